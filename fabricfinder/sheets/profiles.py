"""Who a sheet is for, and what may therefore stand on it.

A profile is a list of what is *allowed*: a trade field that is new to the archive stays off every
sheet that leaves the house until somebody puts it on the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fabricfinder.domain.swatch import Swatch

_CONSTRUCTION = frozenset(
    {"ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex", "weight", "width", "repeat",
     "finish", "composition", "weave", "pattern", "tightness", "dye", "print_method"}
)  # fmt: skip
_NAMES = frozenset({"article", "colourway", "design", "colour_name"})
_OFFERED = frozenset({"season", "scale", "end_use"})
PRIVATE_WORDS = frozenset({"private", "confidential"})
INSIDE_WORDS = PRIVATE_WORDS | {"internal"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of reader may see.

    Attributes:
        key: internal, customer or supplier.
        fields: allowed facts by key, or None for all of them.
        files: names and places of files, the library's name, how and by what was searched.
        match: how near a cloth is to the query, and the query itself.
        withheld_facts: lines of the header that do not stand on it: a mill is not told for whom.
    """

    key: str
    fields: frozenset[str] | None
    files: bool
    match: bool
    withheld_facts: frozenset[str] = frozenset()

    def allows(self, key: str) -> bool:
        """Whether a fact may stand on the sheet."""
        return self.fields is None or key in self.fields

    def may_show(self, swatch: Swatch) -> bool:
        """Whether a swatch may stand on the sheet at all: private cloth never leaves the house."""
        if self.key == "internal":
            return True
        return str(swatch.fields.get("visibility", "")).strip().casefold() not in INSIDE_WORDS


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "internal": Profile("internal", None, files=True, match=True),
        "customer": Profile(
            "customer", _NAMES | _CONSTRUCTION | _OFFERED, files=False, match=True
        ),
        "supplier": Profile(
            "supplier", _NAMES | _CONSTRUCTION, files=False, match=False,
            withheld_facts=frozenset({"customer"}),
        ),
    }
)  # fmt: skip
