"""The networks of the systems by name; a new one is one file, one test file, one entry in SYSTEMS."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from fabricfinder.domain.systems import SYSTEMS
from fabricfinder.hashing.base import HashingMethod


class Networks(Mapping[str, type[HashingMethod]]):
    """Every system's class; its module is imported when it is asked for."""

    def __getitem__(self, name: str) -> type[HashingMethod]:
        for system in SYSTEMS:
            if system.name == name:
                module, _, network = system.home.partition(":")
                return getattr(import_module(f"fabricfinder.hashing.{module}"), network)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (system.name for system in SYSTEMS)

    def __len__(self) -> int:
        return len(SYSTEMS)


HASHING_METHODS: Mapping[str, type[HashingMethod]] = Networks()
