"""Dress a cloth from the widened repertoire (variety 2): prints, figures, setts and washes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from fabricfinder.synthesis.colours import Colour, pick, scheme
from fabricfinder.synthesis.fabric import Fabric, Plan, Print
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.repertoire import (
    argyle_inks,
    check_inks,
    close_inks,
    coat_inks,
    flat_inks,
    floral_inks,
    hide_inks,
    leaf_inks,
    line_inks,
    pair_inks,
)
from fabricfinder.synthesis.setts import sample_sett
from fabricfinder.synthesis.wallpaper import GROUPS, tile_ratio
from fabricfinder.synthesis.weaves import weaves_of

Rng = np.random.Generator
InkMaker = Callable[[Rng, int], tuple[Colour, ...]]


@dataclass(frozen=True)
class Offer:
    """One way to print a minor.

    Attributes:
        kind: a key of ``prints.PAINTERS``.
        low, high: tile in mm, log-uniform between.
        inks: how many, each as likely.
        share: weight among the minor's offers.
    """

    kind: str
    low: float
    high: float
    inks: tuple[int, ...]
    share: float = 1.0


_INKS: dict[str, InkMaker] = {
    "rosettes": coat_inks, "blotches": coat_inks, "forked-stripes": hide_inks,
    "patches": hide_inks, "spots": pair_inks, "argyle-knit": argyle_inks,
    "argyle-smooth": argyle_inks, "checkerboard": pair_inks, "check-even": check_inks,
    "check-graph": pair_inks, "check-odd": check_inks, "tooth-print": pair_inks,
    "herringbone-print": pair_inks, "stripes-across": pair_inks, "stripes-down": flat_inks,
    "stripes-slant": pair_inks, "stripes-odd": pair_inks, "tile-work": flat_inks,
    "paisley-ornate": flat_inks, "toile": line_inks, "wash": close_inks, "houndstooth": pair_inks,
    "motifs": flat_inks, "geometric": flat_inks, "arabesque": flat_inks,
    "foliage": leaf_inks,
}  # fmt: skip
_SHADED, _FLAT = (7, 10, 10, 13), (2, 2, 3, 4, 5)
_FLORAL = (
    Offer("floral-painted", 60, 420, _SHADED, 2), Offer("floral-crowded", 60, 420, _SHADED, 2),
    Offer("floral-trailing", 100, 420, _SHADED), Offer("floral-watercolour", 90, 450, _SHADED),
    Offer("floral-silhouettes", 70, 420, (2, 3, 7, 10)), Offer("floral-outlined", 60, 400, _FLAT),
    Offer("floral-painted", 60, 420, _FLAT, 0.7), Offer("floral-sprigs", 120, 420, _SHADED, 0.5),
)  # fmt: skip
OFFERS: dict[str, tuple[Offer, ...]] = {
    "pattern/floral-large": _FLORAL,
    "pattern/floral-ditsy": (
        Offer("floral-calico", 35, 170, (2, 2, 3, 4, 7, 10), 2),
        Offer("floral-sprigs", 30, 130, (2, 3, 7, 10)), Offer("floral-painted", 20, 60, _SHADED),
        Offer("floral-crowded", 20, 70, (3, 7, 10)), Offer("floral-trailing", 25, 90, (3, 7, 10)),
    ),
    "pattern/paisley": (Offer("paisley-ornate", 25, 380, (2, 2, 3, 3, 4, 5, 6), 5),),
    "pattern/animal": (
        Offer("rosettes", 70, 480, (2, 3, 3, 4, 4), 5), Offer("blotches", 60, 420, (2, 2, 3, 4), 2),
        Offer("forked-stripes", 80, 480, (2, 2, 2, 2, 3), 6), Offer("patches", 90, 400, (2, 3), 1),
    ),
    "pattern/leaf": (Offer("foliage", 70, 420, (2, 2, 3, 4, 4, 7, 7, 10)),),
    "pattern/dot": (Offer("spots", 14, 300, (2, 2, 2, 2, 3, 4, 5), 4),),
    "pattern/argyle": (Offer("argyle-knit", 45, 360, (2, 3, 3, 4, 4, 5, 6, 8), 3),
                       Offer("argyle-smooth", 45, 360, (2, 3, 3, 4, 5), 2)),
    "pattern/chevron": (Offer("herringbone-print", 20, 300, (2, 2, 3, 4)),),
    "pattern/geometric": (Offer("tile-work", 20, 260, (2, 3, 4, 5)),
                          Offer("geometric", 15, 300, (2, 2, 3, 4, 5), 3)),
    "pattern/ogee": (Offer("tile-work", 50, 320, (3, 4, 5, 6), 0.4),),
    "pattern/other": (Offer("tile-work", 30, 300, (3, 4, 5)),
                      Offer("arabesque", 30, 360, (2, 2, 3, 4, 5, 6), 4)),
    "pattern/jacquard": (Offer("arabesque", 60, 320, (2,)),),
    "pattern/toile": (Offer("toile", 120, 480, (2, 2, 3)),),
    "pattern/conversational": (Offer("motifs", 30, 260, (2, 3, 3, 4)),),
    "plaid/other": (Offer("checkerboard", 8, 260, (2, 2, 2, 2, 3, 4), 3),
                    Offer("check-odd", 8, 140, (2, 3, 3))),
    "plaid/gingham": (Offer("check-even", 5, 26, (2, 3, 3)),),
    "plaid/buffalo": (Offer("check-even", 50, 130, (2, 3, 3)),),
    "plaid/graph": (Offer("check-graph", 5, 16, (2,)),),
    "plaid/windowpane": (Offer("check-graph", 28, 110, (2,)),),
    "plaid/houndstooth": (Offer("tooth-print", 8, 260, (2, 2, 2, 3), 2),
                          Offer("houndstooth", 3, 60, (2,))),
    "stripe/breton": (Offer("stripes-across", 8, 340, (2, 2, 2, 3, 4, 5)),),
    "stripe/diagonal": (Offer("stripes-slant", 10, 340, (2, 2, 3, 4, 5)),),
    "stripe/multi": (Offer("stripes-down", 20, 300, (3, 4, 5, 6)),),
    "stripe/other": (Offer("stripes-odd", 15, 320, (2, 2, 3, 4)),),
    "solid/other": (Offer("wash", 220, 480, (2, 3)),),
}  # fmt: skip
# Kinds of the first range keep the way they were recoloured by.
PRINT_KINDS_1 = ("houndstooth", "floral-ditsy", "floral-large", "geometric")
# Kinds that come in each of the 17 symmetry groups.
_IN_GROUPS = ("geometric", "arabesque")
# Minors that today's range does not have.
NEW_MINORS = ("pattern/toile", "pattern/other", "plaid/other", "stripe/other", "solid/other")
# How often a minor that has another way to be made is made from here.
_SHARE = {"plaid/gingham": 0.3, "plaid/buffalo": 0.3, "plaid/graph": 0.25, "plaid/windowpane": 0.3,
          "plaid/houndstooth": 0.5, "stripe/multi": 0.3, "pattern/geometric": 0.6,
          "pattern/jacquard": 0.5,
          "pattern/ogee": 0.3, "pattern/chevron": 0.5, "pattern/conversational": 0.5,
          "plaid/tartan": 0.85, "stripe/breton": 0.65, "stripe/diagonal": 0.65}  # fmt: skip
_WOVEN = ("pattern/paisley", "pattern/floral-large", "pattern/dot", "pattern/animal",
          "pattern/floral-ditsy")  # fmt: skip


def inks_of(kind: str, rng: Rng, n: int) -> tuple[Colour, ...]:
    """n inks such as prints of this kind take."""
    kind = kind.split("-")[0] if kind.startswith(_IN_GROUPS) else kind
    if kind.startswith("floral-"):
        return floral_inks(rng, n)
    return _INKS[kind](rng, n)


def has_own_inks(kind: str) -> bool:
    """Whether a kind's inks come in roles, so that a new colourway is drawn as a whole."""
    return kind not in PRINT_KINDS_1 and (
        kind in _INKS or kind.startswith(("floral-", *_IN_GROUPS))
    )


def dress_widely(rng: Rng, cloth: Fabric) -> Fabric | None:
    """The cloth dressed from the widened repertoire, or None when today's range shall dress it."""
    minor = cloth.coarse
    if minor not in NEW_MINORS and rng.random() >= _SHARE.get(minor, 0.8):
        return None
    if minor == "plaid/tartan":
        return _tartan(rng, cloth)
    offers = OFFERS.get(minor)
    if offers is None:
        return None
    weights = np.array([offer.share for offer in offers])
    offer = offers[int(rng.choice(len(offers), p=weights / weights.sum()))]
    size = float(np.exp(rng.uniform(np.log(offer.low), np.log(offer.high))))
    ratio = 1.0 if minor.startswith(("plaid", "stripe")) else float(
        rng.choice([1.0, 1.0, 1.25, 0.8]))  # fmt: skip
    kind = offer.kind
    if kind in _IN_GROUPS:
        group = choose(rng, tuple(GROUPS))
        kind, ratio = f"{kind}-{group}", tile_ratio(group) or ratio
    if minor == "pattern/jacquard" or (minor in _WOVEN and rng.random() < 0.1):
        return _woven(rng, cloth, kind, (size, size * ratio))
    inks = inks_of(offer.kind, rng, int(choose(rng, offer.inks)))
    pattern = Print(kind, (size, size * ratio), inks, cloth.seed)
    return replace(cloth, colours=(pick(rng, ("white", "ecru", "optic")),), print=pattern)


def _woven(rng: Rng, cloth: Fabric, kind: str, repeat_mm: tuple[float, float]) -> Fabric:
    """The pattern as a jacquard figure: weft colour against warp colour, often tone on tone."""
    colours = pair_inks(rng, 2) if rng.random() < 0.6 else scheme(rng, 2, 0.15)
    return replace(
        cloth, weave=weaves_of(choose(rng, ("satin-5", "satin-8")))[0],
        figure_weave=weaves_of("sateen")[0], colours=colours, weft=Plan((1,)),
        figure=Print(kind, repeat_mm, (), cloth.seed), fine_label="jacquard",
        warp_yarn=replace(cloth.warp_yarn, lustre=float(rng.uniform(0.4, 1))),
        weft_yarn=replace(cloth.weft_yarn, lustre=float(rng.uniform(0.4, 1))),
    )  # fmt: skip


def _tartan(rng: Rng, cloth: Fabric) -> Fabric:
    """A sett in the old manner, from shirting flannel to blanket plaid, evenly set."""
    colours, runs = sample_sett(rng)
    even = round(float(np.sqrt(cloth.ends_per_cm * cloth.picks_per_cm)), 2)
    width = float(np.exp(rng.uniform(np.log(22), np.log(300))))
    factor = width / 10 * even / sum(n for _, n in runs)
    plan = Plan.of_runs([(c, max(1, round(n * factor))) for c, n in runs])
    cloth = replace(cloth, colours=colours, warp=plan, weft=plan, ends_per_cm=even,
                    picks_per_cm=even)  # fmt: skip
    if rng.random() < 0.3:
        cloth = replace(cloth, nap=float(rng.uniform(0.2, 1)))
    return cloth
