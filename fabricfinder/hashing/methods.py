"""The hashing systems by name; a new one is one file, one test file, one line here."""

from fabricfinder.hashing.base import HashingMethod
from fabricfinder.hashing.dah import DAH
from fabricfinder.hashing.dshc import DSHC
from fabricfinder.hashing.dvsh import DVSH
from fabricfinder.hashing.facets import Facets
from fabricfinder.hashing.mdffsh import MDFFSH

HASHING_METHODS: dict[str, type[HashingMethod]] = {
    "dvsh": DVSH,
    "dvsh-facets": Facets,
    "mdffsh": MDFFSH,
    "dshc": DSHC,
    "dah": DAH,
}
