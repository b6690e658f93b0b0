"""Checks: warp and weft orders crossed, and colour-and-weave effects on 2/2 twill."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis import plans
from fabricfinder.synthesis.colours import (
    NEUTRAL_LIGHT,
    Colour,
    any_colour,
    contrast,
    far_from,
    partner,
    pick,
    scheme,
)
from fabricfinder.synthesis.fabric import Fabric, Plan, Print
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.weaves import weaves_of

Rng = np.random.Generator


def dress_plaid(rng: Rng, cloth: Fabric) -> Fabric:
    """Checks: warp and weft orders crossed."""
    kind = cloth.coarse.split("/")[1]
    if kind == "shadow":
        return _weave_check(rng, cloth)
    n = {"tattersall": 3, "tartan": int(rng.integers(3, 6)), "madras": int(rng.integers(4, 7)),
         "gun-club": 3, "windowpane": 2 + int(rng.random() < 0.25)}.get(kind, 2)
    colours = scheme(rng, n, 0.28)
    if kind in ("gingham", "buffalo", "shepherd") and rng.random() < 0.75:
        colours = _gingham_colours(rng, kind)
        n = 2
    if kind == "gingham" and rng.random() < 0.12:
        colours, n = scheme(rng, 3, 0.25), 3
    if kind == "tartan":
        colours = _tartan_colours(rng, n)
    if kind in ("houndstooth", "glen", "overcheck", "gun-club"):
        return _colour_and_weave(rng, cloth, kind)
    # A check is square: the sett is evened a little so that both ways look alike.
    middle = float(np.sqrt(cloth.ends_per_cm * cloth.picks_per_cm))
    ends = round(float(np.sqrt(middle * cloth.ends_per_cm)), 2)
    picks = round(float(np.sqrt(middle * cloth.picks_per_cm)), 2)
    warp, weft = plans.check_plans(rng, cloth.coarse, ends, picks, n)
    if kind == "shepherd":
        # Fewer than six threads on 2/2 twill would be a houndstooth.
        warp, weft = plans.at_least(warp, 6), plans.at_least(weft, 6)
    return replace(cloth, colours=colours, warp=warp, weft=weft, ends_per_cm=ends,
                   picks_per_cm=picks)  # fmt: skip


def _gingham_colours(rng: Rng, kind: str) -> tuple[Colour, ...]:
    """White with a colour, or for buffalo black with red (or another) as often."""
    strong = any_colour(rng)
    light = pick(rng, NEUTRAL_LIGHT)
    for _ in range(30):
        if contrast(light, strong) > 0.35:
            break
        strong = any_colour(rng)
    if kind == "buffalo" and rng.random() < 0.6:
        return pick(rng, ("black", "ink", "charcoal")), pick(rng, ("red", "scarlet", "mustard",
                                                                  "royal", "bottle", "white"))
    return light, strong


def _tartan_colours(rng: Rng, n: int) -> tuple[Colour, ...]:
    """Two deep or bold grounds, then lines that stand out."""
    grounds = ("bottle", "navy", "red", "black", "royal", "emerald", "burgundy", "camel", "grey",
               "crimson", "ink", "olive", "charcoal", "plum", "petrol", "red", "bottle", "navy")
    lines = ("white", "gold", "lemon", "red", "sky", "cream", "black", "orange", "lilac", "silver")
    first = pick(rng, grounds)
    second = pick(rng, grounds)
    for _ in range(20):
        if 0.15 < contrast(first, second) < 0.6:
            break
        second = pick(rng, grounds)
    rest: list[Colour] = []
    while len(rest) < n - 2:
        rest.append(far_from(rng, lines, (first, *rest)))
    return (first, second, *rest)


def _colour_and_weave(rng: Rng, cloth: Fabric, kind: str) -> Fabric:
    """Houndstooth, glen, gun club and overchecks: colour order against 2/2 twill."""
    weave = weaves_of("twill-2-2")[int(rng.integers(2))]
    if cloth.weave.fine == "twill-2-2":
        weave = cloth.weave
    pair = (pick(rng, ("black", "navy", "charcoal", "chocolate", "burgundy", "bottle", "ink")),
            pick(rng, NEUTRAL_LIGHT))  # fmt: skip
    if rng.random() < 0.35:
        pair = scheme(rng, 2, 0.45)[:2]
    accent = far_from(rng, ("red", "sky", "mustard", "orange", "teal", "lilac", "royal"), pair)
    even = float(np.sqrt(cloth.ends_per_cm * cloth.picks_per_cm))
    # Colour and weave needs both threads seen alike: even sett, same yarn.
    cloth = replace(cloth, weave=weave, ends_per_cm=round(even, 2), picks_per_cm=round(even, 2),
                    weft_yarn=replace(cloth.weft_yarn, tex=cloth.warp_yarn.tex))  # fmt: skip
    if kind == "houndstooth":
        return _houndstooth(rng, cloth, pair)
    if kind == "glen":
        over = bool(rng.random() < 0.5)
        plan = plans.glen_plan(rng, over)
        return replace(cloth, colours=(*pair, accent) if over else pair, warp=plan, weft=plan)
    if kind == "gun-club":
        plan = plans.gun_club_plan(rng)
        return replace(cloth, colours=(pair[1], pair[0], accent), warp=plan, weft=plan)
    # Overcheck: lines over a small colour-and-weave ground.
    small = [[0, 0, 1, 1], [0, 1], [0] * 4 + [1] * 4][int(rng.integers(3))]
    mm = plans.width_mm(rng, "plaid/overcheck", "ground")
    ground = (small * 400)[: plans.threads(mm, even, len(small))]
    line = plans.threads(plans.width_mm(rng, "plaid/overcheck", "stripe"), even)
    plan = Plan(tuple(ground + [2] * line))
    return replace(cloth, colours=(*pair, accent), warp=plan, weft=plan)


def _houndstooth(rng: Rng, cloth: Fabric, pair: tuple[Colour, ...]) -> Fabric:
    """4-and-4 on 2/2 twill: puppytooth in fine yarn, and a bold one in coarse yarn.

    Jackets and coats carry teeth up to some centimetres; those are woven as figures (both
    colours thrown by double cloth) or printed, so beyond 9 mm it is the figure that is drawn.
    """
    plan = plans.houndstooth_plan(rng)
    cloth = replace(cloth, colours=pair, warp=plan, weft=plan)
    if rng.random() < 0.45:
        tooth = float(np.exp(rng.uniform(np.log(10), np.log(60))))
        pattern = Print("houndstooth", (tooth, tooth), pair, cloth.seed)
        return replace(cloth, warp=Plan(), weft=Plan(), colours=(pick(rng, ("white", "ecru")),),
                       print=pattern)  # fmt: skip
    return cloth


def _weave_check(rng: Rng, cloth: Fabric) -> Fabric:
    """Shadow check: warp-faced and weft-faced squares of one colour."""
    face = weaves_of(choose(rng, ("satin-5", "twill-3-1", "twill-2-1")))[0].lift
    n = len(face)
    mm = plans.width_mm(rng, "plaid/shadow", "stripe")
    ends = plans.threads(mm, cloth.ends_per_cm, n)
    picks = plans.threads(mm, cloth.picks_per_cm, n)
    square = np.tile(face, (picks // n, ends // n))
    lift = np.block([[square, ~square], [~square, square]])
    weave = replace(cloth.weave, fine="jacquard", lift=lift, name="shadow check",
                    gather=(0, 0), gather_strength=0.0, relief=0.0)  # fmt: skip
    colours = cloth.colours
    weft = Plan()
    if rng.random() < 0.5:
        colours = (colours[0], partner(rng, colours[0], 0.04, 0.15))
        weft = Plan((1,))
    return replace(cloth, weave=weave, fine_label="jacquard", colours=colours, weft=weft,
                   warp_yarn=replace(cloth.warp_yarn, lustre=0.7),
                   weft_yarn=replace(cloth.weft_yarn, lustre=0.7))  # fmt: skip
