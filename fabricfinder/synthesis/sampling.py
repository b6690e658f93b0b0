"""Sample a cloth: a minor, then the weave, yarns, sett, colours and plans that suit it."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis.colours import any_colour, colour_code
from fabricfinder.synthesis.dressing import NEW_MINORS, dress_widely
from fabricfinder.synthesis.fabric import Fabric, Plan
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.patterns import FIGURED, PRINTS, dress_pattern
from fabricfinder.synthesis.plaids import dress_plaid
from fabricfinder.synthesis.sampling_knit import sample_knit
from fabricfinder.synthesis.sampling_pile import sample_pile
from fabricfinder.synthesis.solids import dress_solid
from fabricfinder.synthesis.stripes import dress_stripe
from fabricfinder.synthesis.weaves import WEAVE_FINES, Weave, weaves_of
from fabricfinder.synthesis.yarns import sample_sett, sample_yarns

Rng = np.random.Generator

SOLIDS = tuple(
    f"solid/{m}"
    for m in ("plain", "melange", "chambray", "slub", "nep", "crinkle", "tonal", "ombre", "denim")
)
STRIPES = tuple(
    f"stripe/{m}"
    for m in ("pin", "pencil", "chalk", "candy", "bengal", "awning", "ticking", "multi", "shadow",
              "inlaid", "seersucker", "ombre", "breton", "diagonal")
)  # fmt: skip
PLAIDS = tuple(
    f"plaid/{m}"
    for m in ("pin-check", "gingham", "shepherd", "buffalo", "graph", "windowpane", "tattersall",
              "houndstooth", "glen", "gun-club", "tartan", "madras", "overcheck", "shadow")
)  # fmt: skip
# How the cloth is made: flat woven here, pile and open or double structures in sampling_pile,
# knits in sampling_knit.
CONSTRUCTIONS = ("woven", "pile", "knit")
MINORS: tuple[str, ...] = (*SOLIDS, *STRIPES, *PLAIDS, *PRINTS, *FIGURED)
ALL_MINORS: tuple[str, ...] = (*MINORS, *NEW_MINORS)

# What a minor is usually woven in; anything else is sampled from every weave.
_TWILLS = ("twill-2-1", "twill-2-2", "twill-3-1", "twill-steep", "herringbone", "twill-broken")
_GROUNDS = ("plain", "plain", "poplin", "twill-2-1", "satin-5", "sateen", "crepe", "twill-2-2")
_USUAL = {
    "solid/denim": ("twill-3-1", "twill-2-1", "twill-broken"),
    "solid/chambray": ("plain", "poplin", "oxford", "basket"),
    "solid/crinkle": ("plain", "crepe"),
    "solid/nep": ("twill-2-2", "herringbone", "plain", "twill-2-1", "birdseye"),
    "stripe/pin": ("twill-2-2", "twill-2-1", "plain", "poplin", "twill-steep"),
    "stripe/chalk": ("twill-2-2", "twill-2-1"),
    "stripe/ticking": ("twill-2-1", "herringbone", "plain", "twill-3-1", "satin-5"),
    "stripe/awning": ("plain", "rep", "basket", "satin-5", "twill-2-2", "poplin"),
    "stripe/seersucker": ("plain",),
    "plaid/pin-check": ("plain", "poplin", "oxford"),
    "plaid/gingham": ("plain", "plain", "poplin", "oxford", "twill-2-2"),
    "plaid/shepherd": ("twill-2-2",),
    "plaid/buffalo": ("twill-2-2", "plain", "twill-2-1"),
    "plaid/houndstooth": ("twill-2-2",),
    "plaid/glen": ("twill-2-2",),
    "plaid/gun-club": ("twill-2-2",),
    "plaid/tartan": ("twill-2-2", "twill-2-2", "plain", "twill-2-1"),
    "plaid/madras": ("plain", "poplin"),
    "plaid/overcheck": ("twill-2-2", "herringbone", "birdseye"),
    "plaid/tattersall": ("plain", "twill-2-2", "twill-2-1", "poplin"),
    "plaid/graph": ("plain", "poplin", "twill-2-2", "oxford"),
    "plaid/windowpane": ("twill-2-2", "plain", "herringbone", "birdseye", "twill-2-1"),
}  # fmt: skip
TWO_TONE_SHARE = 0.06
# Minors that another weave would turn into something else.
_STRICT = (
    "plaid/houndstooth", "plaid/glen", "plaid/gun-club", "plaid/shepherd", "plaid/overcheck",
    "plaid/pin-check", "stripe/seersucker", "solid/denim", "solid/nep",
)  # fmt: skip
_WOOLLY = ("stripe/chalk", "plaid/houndstooth", "plaid/glen", "plaid/gun-club", "plaid/shepherd",
           "plaid/overcheck", "plaid/windowpane", "solid/nep")  # fmt: skip


def _sample_minor(rng: Rng) -> str:
    """A minor: the four majors in equal shares, minors within a major in equal shares."""
    majors = (SOLIDS, STRIPES, PLAIDS, (*PRINTS, *FIGURED, "pattern/animal"))
    return choose(rng, majors[int(rng.choice(4, p=[0.22, 0.22, 0.24, 0.32]))])


def _sample_minor_widely(rng: Rng) -> str:
    """A minor of the widened range: patterns oftener, and the patterns of many looks twice."""
    patterns = tuple(m for m in ALL_MINORS if m.startswith("pattern/"))
    often = ("pattern/animal", "pattern/animal", "pattern/floral-large", "pattern/floral-ditsy",
             "pattern/paisley", "pattern/dot", "pattern/argyle")  # fmt: skip
    majors = (
        (*SOLIDS, "solid/other"), (*STRIPES, "stripe/other", "stripe/breton"),
        (*PLAIDS, "plaid/other", "plaid/tartan", "plaid/houndstooth"), (*patterns, *often),
    )  # fmt: skip
    return choose(rng, majors[int(rng.choice(4, p=[0.18, 0.2, 0.24, 0.38]))])


def _sample_two_tone(rng: Rng) -> tuple[str, str]:
    """A figured weave that two colours bring out, as herringbone tweeds are worn."""
    fine = choose(rng, ("herringbone", "herringbone", "herringbone", "birdseye",
                         "twill-pointed", "honeycomb", "barleycorn", "basket"))  # fmt: skip
    return choose(rng, ("solid/chambray", "solid/chambray", "solid/nep")), fine


def _sample_weave(rng: Rng, minor: str, fine: str | None) -> Weave:
    if fine is None:
        if minor in PRINTS or minor in FIGURED or minor in NEW_MINORS:
            fine = choose(rng, _GROUNDS)
        elif minor in _USUAL and (rng.random() < 0.85 or minor in _STRICT):
            fine = choose(rng, _USUAL[minor])
        else:
            fine = choose(rng, WEAVE_FINES)
    options = weaves_of(fine)
    return options[int(rng.integers(len(options)))]


def _sample_family(rng: Rng, minor: str, fine: str) -> str:
    """The kind of cloth a minor and weave suggest."""
    if minor == "solid/denim":
        return "canvas"
    if minor == "solid/slub":
        return "linen"
    if minor in _WOOLLY or fine in ("herringbone", "birdseye", "barleycorn"):
        return choose(rng, ("suiting", "tweed", "tweed", "cotton"))
    if fine in ("satin-5", "satin-8", "sateen", "crepe"):
        return choose(rng, ("filament", "shirting", "cotton"))
    if fine in ("honeycomb", "mock-leno", "basket"):
        return choose(rng, ("cotton", "canvas", "linen"))
    if fine in ("poplin", "oxford"):
        return choose(rng, ("shirting", "shirting", "cotton"))
    return choose(rng, ("shirting", "cotton", "cotton", "canvas", "suiting", "tweed", "linen"))


def sample_fabric(
    rng: Rng, minor: str | None = None, fine: str | None = None, construction: str = "woven",
    variety: int = 1,
) -> Fabric:  # fmt: skip
    """Sample one cloth.

    Args:
        rng: source of chance; the same state gives the same cloth.
        minor: a member of ``MINORS``, or any.
        fine: a member of ``weaves.WEAVE_FINES``, or what suits the minor.
        construction: a member of ``CONSTRUCTIONS``; other than woven, minor and fine are of that
            construction's own lists.
        variety: 1 for the range the committed benchmark is made of, 2 for the widened range
            (more prints, setts and sizes, and all of ``ALL_MINORS``).

    Raises:
        KeyError: no such minor, weave or construction in this room.
    """
    if construction == "pile":
        return sample_pile(rng, minor, fine)
    if construction == "knit":
        return sample_knit(rng, minor, fine)
    if construction != "woven":
        raise KeyError(construction)
    if minor is None and fine is None and rng.random() < TWO_TONE_SHARE:
        minor, fine = _sample_two_tone(rng)
    if minor is None:
        minor = _sample_minor(rng) if variety == 1 else _sample_minor_widely(rng)
    if minor not in (MINORS if variety == 1 else ALL_MINORS):
        raise KeyError(minor)
    weave = _sample_weave(rng, minor, fine)
    warp, weft = sample_yarns(rng, _sample_family(rng, minor, weave.fine))
    ends, picks = sample_sett(rng, weave, warp, weft)
    seed = int(rng.integers(1, 2**31))
    ground = any_colour(rng)
    blank = Fabric(
        weave=weave, warp=Plan(), weft=Plan(), colours=(ground,), warp_yarn=warp,
        weft_yarn=weft, ends_per_cm=ends, picks_per_cm=picks, coarse=minor, seed=seed,
    )  # fmt: skip
    major = minor.split("/")[0]
    fill = {
        "solid": dress_solid, "stripe": dress_stripe, "plaid": dress_plaid,
        "pattern": dress_pattern,
    }[major]  # fmt: skip
    cloth = (dress_widely(rng, blank) if variety > 1 else None) or fill(rng, blank)
    if cloth.warp_yarn.fibre == "wool" and rng.random() < 0.5:
        cloth = replace(cloth, nap=float(rng.uniform(0.1, 0.9)))
    name = f"{seed:08x}"
    return replace(
        cloth, id=f"f{name}", design=f"d{name}", colourway=f"{colour_code(cloth.colours)}"
    )
