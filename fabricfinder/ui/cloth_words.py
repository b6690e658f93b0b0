"""What patterns, weaves and knits are called in the window's language."""

from dataclasses import replace
from functools import cache

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy


def term(key: str, taxonomy: Taxonomy) -> str:
    """A major, minor or fine id as she reads it."""
    return QCoreApplication.translate("Cloth", taxonomy.names[key])


def coarse_name(minor: str, taxonomy: Taxonomy) -> str:
    """“plaid / gingham”; a major's “other” is just the major."""
    major, _, tail = minor.partition("/")
    if tail == "other":
        return term(major, taxonomy)
    return f"{term(major, taxonomy)} / {term(minor, taxonomy)}"


def spoken(taxonomy: Taxonomy) -> Taxonomy:
    """A taxonomy whose names are in her language, for sentences made without Qt."""
    return spoken_default() if taxonomy is default_taxonomy() else taxonomy


@cache
def spoken_default() -> Taxonomy:
    """The usual one; made once a sitting."""
    taxonomy = default_taxonomy()
    return replace(taxonomy, names={key: term(key, taxonomy) for key in taxonomy.names})
