"""fabricfinder: find the historical cloth nearest to a scrap, and say why."""

__version__ = "0.1.0"
