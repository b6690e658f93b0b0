"""What an archive holds beside its swatches: collections, and the steps that can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Collection:
    """Some swatches under a name.

    Attributes:
        name: unique in its library.
        rule: a smart collection's search, in the search box's own grammar; "" = gathered by hand.
        ids: the swatches of one gathered by hand, in order of arrival; () for a smart one.
    """

    name: str
    rule: str = ""
    ids: tuple[str, ...] = ()

    @property
    def is_smart(self) -> bool:
        """Whether its swatches follow from a rule."""
        return bool(self.rule)


@dataclass(frozen=True, slots=True)
class Step:
    """A change that was made to a library, and can be taken back.

    Attributes:
        number: grows with every step; never used twice.
        name: as the history shows it, “Change the supplier of 12 swatches”.
        who: the user it was made by.
        at: seconds since 1970.
        undone: whether it has been taken back (it can then be done again).
    """

    number: int
    name: str
    who: str
    at: int
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """A swatch taken out of the library; its record is kept.

    Attributes:
        id, name, path: as in Swatch.
        at: when, in seconds since 1970.
    """

    id: str
    name: str
    path: str
    at: int


@dataclass(frozen=True, slots=True)
class Originals:
    """Which originals were there when it was last looked.

    Attributes:
        missing: ids of the swatches whose file is not where it was.
        looked: how many were looked for.
        folders: folder that is not there -> how many missing originals lie under it.
    """

    missing: frozenset[str] = frozenset()
    looked: int = 0
    folders: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relinked:
    """What one example brought back.

    Attributes:
        found: how many originals are linked again.
        missing: how many that lay beside them still are not there.
        other: files that lie where one was looked for and hold something else.
    """

    found: int
    missing: int
    other: tuple[str, ...] = ()
