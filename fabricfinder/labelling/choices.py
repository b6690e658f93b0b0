"""The vocabulary as it is asked: groups first, then the terms of one, each under a key."""

from dataclasses import dataclass

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import COARSE, Term, Vocabulary, major_names

# Letters under the hand, without S (skips); digits are the ladder's and of what is left over.
LETTERS = "qwertyuiopadfghjklzxcvbnm"
DIGITS = "1234567890"
KEYS = LETTERS + DIGITS


@dataclass(frozen=True, slots=True)
class Group:
    """Some terms asked for together.

    Attributes:
        id: a major, or a family of weaves.
        name: as she reads it.
        example: the term whose picture stands for it.
        terms: its terms in order.
    """

    id: str
    name: str
    example: str
    terms: tuple[Term, ...]


_MAJOR_EXAMPLES = {
    "solid": "solid/melange", "stripe": "stripe/bengal", "plaid": "plaid/gun-club",
    "pattern": "pattern/floral-large",
}  # fmt: skip
# Families of weaves: id, name, example, and the families of the taxonomy it takes in.
_WEAVES = (
    ("plain", "plain weaves", "plain", ("plain",)),
    ("twill", "twills", "twill-2-2", ("twill",)),
    ("satin", "satins", "satin-5", ("satin",)),
    ("fancy", "fancy weaves", "honeycomb",
     ("crepe", "honeycomb", "dobby", "leno", "jacquard", "double", "seersucker")),
    ("pile", "pile", "corduroy", ("pile",)),
    ("knit", "knits", "rib-1-1", ()),
    ("nonwoven", "nonwovens", "felt", ()),
)  # fmt: skip


def groups_of(words: Vocabulary, dimension: str, language: str = "en") -> tuple[Group, ...]:
    """The groups of a dimension with the terms in use, merged ones left out."""
    taxonomy, offered = default_taxonomy(), words.offered(dimension)
    if dimension == COARSE:
        names = major_names()
        return tuple(
            Group(
                major, names[major].get(language) or taxonomy.names[major], _MAJOR_EXAMPLES[major],
                tuple(t for t in offered if words.shipped(t.id).split("/")[0] == major),
            )
            for major in taxonomy.majors
        )  # fmt: skip
    return tuple(
        Group(key, name, example,
              tuple(t for t in offered if _weave_group(words.shipped(t.id)) == key))
        for key, name, example, _ in _WEAVES
    )  # fmt: skip


def _weave_group(fine: str) -> str:
    taxonomy = default_taxonomy()
    construction = taxonomy.constructions[fine]
    if construction != "woven":
        return construction
    return next(key for key, _, _, families in _WEAVES if taxonomy.families[fine] in families)
