"""Sample a cloth: a minor, then the weave, yarns, sett, colours and plans that suit it."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis import plans
from fabricfinder.synthesis.colours import (
    NEUTRAL_LIGHT,
    Colour,
    any_colour,
    contrast,
    luminance,
    mix,
    pick,
    scheme,
    shade,
    vary,
)
from fabricfinder.synthesis.fabric import Fabric, Plan, Print, Yarn
from fabricfinder.synthesis.weaves import WEAVE_FINES, Weave, twill, weaves_of
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
# Minor -> (kinds of print, smallest and largest tile in mm, fewest and most inks).
PRINTS: dict[str, tuple[tuple[str, ...], float, float, int, int]] = {
    "pattern/floral-ditsy": (("floral-ditsy",), 30, 120, 2, 6),
    "pattern/floral-large": (("floral-large",), 110, 420, 2, 7),
    "pattern/leaf": (("leaf",), 70, 360, 2, 5),
    "pattern/paisley": (("paisley",), 50, 280, 2, 6),
    "pattern/dot": (("dot",), 12, 110, 2, 4),
    "pattern/geometric": (("geometric",), 15, 140, 2, 4),
    "pattern/chevron": (("chevron",), 25, 220, 2, 4),
    "pattern/argyle": (("argyle",), 40, 260, 2, 5),
    "pattern/ogee": (("ogee",), 40, 260, 2, 5),
    "pattern/animal": (("leopard", "zebra"), 90, 420, 2, 3),
    "pattern/camouflage": (("camouflage",), 140, 420, 3, 5),
    "pattern/tie-dye": (("tie-dye",), 120, 420, 2, 4),
    "pattern/ikat": (("ikat",), 60, 260, 2, 4),
    "pattern/batik": (("batik",), 110, 320, 2, 4),
    "pattern/foulard": (("foulard",), 12, 60, 2, 4),
    "pattern/abstract": (("abstract",), 90, 360, 2, 6),
    "pattern/conversational": (("conversational",), 35, 140, 2, 4),
    "pattern/text": (("text",), 35, 140, 2, 3),
    "pattern/fair-isle": (("fair-isle",), 60, 220, 2, 5),
    "pattern/patchwork": (("patchwork",), 140, 420, 3, 6),
}
FIGURED = ("pattern/dobby", "pattern/jacquard")
MINORS: tuple[str, ...] = (*SOLIDS, *STRIPES, *PLAIDS, *PRINTS, *FIGURED)

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


def _choose(rng: Rng, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _sample_minor(rng: Rng) -> str:
    """A minor: the four majors in equal shares, minors within a major in equal shares."""
    majors = (SOLIDS, STRIPES, PLAIDS, (*PRINTS, *FIGURED, "pattern/animal"))
    return _choose(rng, majors[int(rng.choice(4, p=[0.22, 0.22, 0.24, 0.32]))])


def _sample_two_tone(rng: Rng) -> tuple[str, str]:
    """A figured weave that two colours bring out, as herringbone tweeds are worn."""
    fine = _choose(rng, ("herringbone", "herringbone", "herringbone", "birdseye",
                         "twill-pointed", "honeycomb", "barleycorn", "basket"))  # fmt: skip
    return _choose(rng, ("solid/chambray", "solid/chambray", "solid/nep")), fine


def _sample_weave(rng: Rng, minor: str, fine: str | None) -> Weave:
    if fine is None:
        if minor in PRINTS or minor in FIGURED:
            fine = _choose(rng, _GROUNDS)
        elif minor in _USUAL and (rng.random() < 0.85 or minor in _STRICT):
            fine = _choose(rng, _USUAL[minor])
        else:
            fine = _choose(rng, WEAVE_FINES)
    options = weaves_of(fine)
    return options[int(rng.integers(len(options)))]


def _sample_family(rng: Rng, minor: str, fine: str) -> str:
    """The kind of cloth a minor and weave suggest."""
    if minor == "solid/denim":
        return "canvas"
    if minor == "solid/slub":
        return "linen"
    if minor in _WOOLLY or fine in ("herringbone", "birdseye", "barleycorn"):
        return _choose(rng, ("suiting", "tweed", "tweed", "cotton"))
    if fine in ("satin-5", "satin-8", "sateen", "crepe"):
        return _choose(rng, ("filament", "shirting", "cotton"))
    if fine in ("honeycomb", "mock-leno", "basket"):
        return _choose(rng, ("cotton", "canvas", "linen"))
    if fine in ("poplin", "oxford"):
        return _choose(rng, ("shirting", "shirting", "cotton"))
    return _choose(rng, ("shirting", "cotton", "cotton", "canvas", "suiting", "tweed", "linen"))


def sample_fabric(rng: Rng, minor: str | None = None, fine: str | None = None) -> Fabric:
    """Sample one cloth.

    Args:
        rng: source of chance; the same state gives the same cloth.
        minor: a member of ``MINORS``, or any.
        fine: a member of ``weaves.WEAVE_FINES``, or what suits the minor.

    Raises:
        KeyError: no such minor or weave in this room.
    """
    if minor is None and fine is None and rng.random() < TWO_TONE_SHARE:
        minor, fine = _sample_two_tone(rng)
    minor = minor or _sample_minor(rng)
    if minor not in MINORS:
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
    fill = {"solid": _solid, "stripe": _stripe, "plaid": _plaid, "pattern": _pattern}[major]
    cloth = fill(rng, blank)
    if cloth.warp_yarn.fibre == "wool" and rng.random() < 0.5:
        cloth = replace(cloth, nap=float(rng.uniform(0.1, 0.9)))
    name = f"{seed:08x}"
    return replace(
        cloth, id=f"f{name}", design=f"d{name}", colourway=f"{colour_code(cloth.colours)}"
    )


def colour_code(colours: tuple[Colour, ...]) -> str:
    """A colourway's name: its colours in hex, the first three."""
    return "-".join("".join(f"{round(c * 255):02x}" for c in colour) for colour in colours[:3])


def _solid(rng: Rng, cloth: Fabric) -> Fabric:
    """Solids: plain dyed and its fancy yarn and dye effects."""
    kind = cloth.coarse.split("/")[1]
    base = cloth.colours[0]
    yarns = (cloth.warp_yarn, cloth.weft_yarn)

    def both(**change: object) -> dict[str, Yarn]:
        return {"warp_yarn": replace(yarns[0], **change), "weft_yarn": replace(yarns[1], **change)}

    if kind == "melange":
        return replace(cloth, **both(melange=float(rng.uniform(0.45, 1.0))))
    if kind == "nep" and cloth.weave.fine in ("herringbone", "birdseye", "barleycorn"):
        pair = scheme(rng, 2, 0.3)
        return replace(cloth, colours=pair, weft=Plan((1,)), **both(nep=0.006, melange=0.4))
    if kind in ("chambray", "tonal"):
        gap = 0.22 if kind == "chambray" else 0.05
        other = _partner(rng, base, gap, 0.16 if kind == "tonal" else 9)
        if kind == "tonal":
            return _figured(rng, cloth, (base, mix(base, other, 0.5)))
        return replace(cloth, colours=(base, other), weft=Plan((1,)))
    if kind == "slub":
        return replace(cloth, **both(slub=float(rng.uniform(0.55, 1.0)),
                                     slub_mm=float(rng.uniform(12, 50))))  # fmt: skip
    if kind == "nep":
        flecks = tuple(any_colour(rng) for _ in range(int(rng.integers(1, 5))))
        return replace(cloth, colours=(base, *flecks), **both(nep=float(rng.uniform(0.006, 0.04)),
                       melange=float(rng.uniform(0, 0.5))))  # fmt: skip
    if kind == "crinkle":
        return replace(cloth, crinkle=float(rng.uniform(0.4, 1.0)))
    if kind == "ombre":
        other = _partner(rng, base, 0.3, 9)
        length = float(rng.uniform(120, 400))
        return replace(cloth, print=Print("gradient", (length, length), (base, other), cloth.seed))
    if kind == "denim":
        blue = vary(rng, shade(_choose(rng, ("indigo", "navy", "denim", "ink", "indigo"))), 0.03)
        if rng.random() < 0.12:
            blue = pick(rng, ("black", "charcoal", "olive", "ecru", "burgundy"))
        weft = pick(rng, ("ecru", "white", "stone"))
        face = cloth.weave
        if face.warp_share < 0.5:
            face = replace(face, lift=~face.lift)
        return replace(
            cloth, weave=face, colours=(blue, weft), weft=Plan((1,)),
            warp_yarn=replace(yarns[0], melange=float(rng.uniform(0.1, 0.5)),
                              slub=float(rng.uniform(0.1, 0.6)), slub_mm=60.0),
        )  # fmt: skip
    return cloth


def _partner(rng: Rng, colour: Colour, low: float, high: float) -> Colour:
    """A colour between two contrasts from another."""
    best = colour
    for _ in range(60):
        other = any_colour(rng) if high > 1 else vary(rng, colour, 0.09)
        if low <= contrast(colour, other) <= high:
            return other
        best = other
    return best


def _stripe(rng: Rng, cloth: Fabric) -> Fabric:
    """Stripes: by the warp order, by the weave, or printed."""
    kind = cloth.coarse.split("/")[1]
    n = {"multi": int(rng.integers(3, 7)), "ombre": int(rng.integers(2, 4))}.get(kind, 2)
    if kind in ("pin", "awning", "pencil") and rng.random() < 0.2:
        n = 3
    colours = scheme(rng, n, 0.25)
    if kind in ("shadow", "inlaid"):
        return _weave_stripe(rng, cloth)
    if kind in ("breton", "diagonal"):
        if kind == "breton" and rng.random() < 0.4:
            plan = plans.stripe_plan(rng, "stripe/breton", cloth.picks_per_cm, 2)
            face = weaves_of(_choose(rng, ("sateen", "twill-3-1", "plain")))[-1]
            return _weft_faced(replace(cloth, colours=colours, weft=plan), face)
        width = sum(plans.width_mm(rng, cloth.coarse, part) for part in ("stripe", "ground"))
        tile = width * float(rng.integers(2, 5))
        pattern = Print(kind, (tile, tile), scheme(rng, int(rng.integers(2, 5)), 0.25), cloth.seed)
        return replace(cloth, colours=(pick(rng, ("white", "ecru")),), print=pattern)
    plan = plans.stripe_plan(rng, cloth.coarse, cloth.ends_per_cm, n)
    cloth = replace(cloth, colours=colours, warp=plan)
    if kind == "seersucker":
        period = plan.repeat * 10 / cloth.ends_per_cm
        return replace(cloth, pucker=(period, 0.5), fine_label="seersucker")
    if kind == "chalk":
        light = pick(rng, ("white", "ecru", "silver", "stone", "sky"))
        dark = pick(rng, ("navy", "charcoal", "ink", "grey", "chocolate", "bottle", "slate"))
        cloth = replace(cloth, colours=(dark, mix(light, dark, float(rng.uniform(0.1, 0.4)))),
                        nap=float(rng.uniform(0.5, 1)))  # fmt: skip
    if kind == "ticking" and rng.random() < 0.7:
        cloth = replace(cloth, colours=(pick(rng, ("ecru", "cream", "white")),
                        pick(rng, ("navy", "charcoal", "burgundy", "indigo", "bottle"))))
    # Yarn-dyed stripes are clearest warp-faced: cover the weft more as the stripes get bolder.
    if kind in ("awning", "bengal", "candy", "multi", "ticking") and rng.random() < 0.6:
        dense = cloth.ends_per_cm * float(rng.uniform(1.1, 1.35))
        wider = cloth.warp.stretched(dense / cloth.ends_per_cm)
        cloth = replace(cloth, ends_per_cm=round(dense, 2), warp=wider)
    return cloth


def _weft_faced(cloth: Fabric, weave: Weave) -> Fabric:
    """Weave it with the weft on the face, so that weft stripes show."""
    if weave.warp_share > 0.5:
        weave = replace(weave, lift=~weave.lift)
    return replace(cloth, weave=weave)


def _weave_stripe(rng: Rng, cloth: Fabric) -> Fabric:
    """Shadow and satin stripes: two weaves side by side, in one colour or a second yarn."""
    inlaid = cloth.coarse.endswith("inlaid")
    names = (("plain", "satin-5"), ("plain", "satin-8")) if inlaid else (
        ("twill-2-2", "mirror"), ("plain", "twill-3-1"), ("satin-5", "sateen"), ("plain", "rep"))
    first, second = names[int(rng.integers(len(names)))]
    a = weaves_of(first)[-1]
    b_lift = a.lift[:, ::-1] if second == "mirror" else weaves_of(second)[0].lift
    ends = [plans.threads(plans.width_mm(rng, cloth.coarse, part), cloth.ends_per_cm, 4)
            for part in ("ground", "stripe")]  # fmt: skip
    lift = side_by_side(a.lift, b_lift, ends[0], ends[1])
    weave = replace(a, lift=lift, name=f"{a.name} with {second} stripes")
    colours = cloth.colours
    warp = Plan()
    if inlaid and rng.random() < 0.6:
        colours = scheme(rng, 2, 0.2)
        warp = Plan.of_runs([(0, ends[0]), (1, ends[1])])
    return replace(cloth, weave=weave, colours=colours, warp=warp,
                   warp_yarn=replace(cloth.warp_yarn, lustre=max(0.5, cloth.warp_yarn.lustre)))


def side_by_side(a: np.ndarray, b: np.ndarray, ends_a: int, ends_b: int) -> np.ndarray:
    """A lift of ``ends_a`` ends in weave a and ``ends_b`` in weave b."""
    picks = int(np.lcm(len(a), len(b)))
    left = np.tile(a, (picks // len(a), ends_a // a.shape[1] + 1))[:, :ends_a]
    right = np.tile(b, (picks // len(b), ends_b // b.shape[1] + 1))[:, :ends_b]
    return np.hstack([left, right])


def _plaid(rng: Rng, cloth: Fabric) -> Fabric:
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
        rest.append(_far(rng, lines, (first, *rest)))
    return (first, second, *rest)


def _far(rng: Rng, names: tuple[str, ...], others: tuple[Colour, ...]) -> Colour:
    """A shade that stands apart from others (the best of twelve tries)."""
    tries = [pick(rng, names) for _ in range(12)]
    return max(tries, key=lambda c: min(contrast(c, o) for o in others) + 0.25 * rng.random())


def _colour_and_weave(rng: Rng, cloth: Fabric, kind: str) -> Fabric:
    """Houndstooth, glen, gun club and overchecks: colour order against 2/2 twill."""
    weave = weaves_of("twill-2-2")[int(rng.integers(2))]
    if cloth.weave.fine == "twill-2-2":
        weave = cloth.weave
    pair = (pick(rng, ("black", "navy", "charcoal", "chocolate", "burgundy", "bottle", "ink")),
            pick(rng, NEUTRAL_LIGHT))  # fmt: skip
    if rng.random() < 0.35:
        pair = scheme(rng, 2, 0.45)[:2]
    accent = _far(rng, ("red", "sky", "mustard", "orange", "teal", "lilac", "royal"), pair)
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
    face = weaves_of(_choose(rng, ("satin-5", "twill-3-1", "twill-2-1")))[0].lift
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
        colours = (colours[0], _partner(rng, colours[0], 0.04, 0.15))
        weft = Plan((1,))
    return replace(cloth, weave=weave, fine_label="jacquard", colours=colours, weft=weft,
                   warp_yarn=replace(cloth.warp_yarn, lustre=0.7),
                   weft_yarn=replace(cloth.weft_yarn, lustre=0.7))  # fmt: skip


def _figured(rng: Rng, cloth: Fabric, colours: tuple[Colour, ...]) -> Fabric:
    """Dobby and jacquard: a figure in another weave, weft colour against warp colour."""
    small = cloth.coarse == "pattern/dobby" or (
        cloth.coarse == "solid/tonal" and rng.random() < 0.4
    )
    kind = "dobby" if small else _choose(rng, ("jacquard", "jacquard", "paisley", "floral-large",
                                               "leaf", "ogee"))  # fmt: skip
    size = float(rng.uniform(8, 36) if small else rng.uniform(60, 260))
    ground = weaves_of(_choose(rng, ("plain", "twill-2-1") if small else ("satin-5", "satin-8")))[0]
    figure = weaves_of("sateen")[0]
    return replace(
        cloth, weave=ground, figure_weave=figure, colours=colours, weft=Plan((1,)),
        figure=Print(kind, (size, size), (), cloth.seed), fine_label="dobby" if small else "jacquard",
        warp_yarn=replace(cloth.warp_yarn, lustre=float(rng.uniform(0.4, 1))),
        weft_yarn=replace(cloth.weft_yarn, lustre=float(rng.uniform(0.4, 1))),
    )  # fmt: skip


def _pattern(rng: Rng, cloth: Fabric) -> Fabric:
    """Prints on a pale ground, and woven figures."""
    if cloth.coarse in FIGURED:
        return _figured(rng, cloth, scheme(rng, 2, 0.2))
    kinds, low, high, fewest, most = PRINTS[cloth.coarse]
    kind = _choose(rng, kinds)
    n = int(rng.integers(fewest, most + 1))
    if n > 3 and rng.random() < 0.3:
        n = fewest
    inks = scheme(rng, n, 0.3)
    if kind in ("leopard", "zebra"):
        inks = _skin_inks(rng, kind)
    size = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    ratio = float(rng.choice([1.0, 1.0, 1.25, 0.8]))
    pattern = Print(kind, (size, size * ratio), inks, cloth.seed)
    return replace(cloth, colours=(pick(rng, ("white", "ecru", "optic")),), print=pattern)


def _skin_inks(rng: Rng, kind: str) -> tuple[Colour, ...]:
    """An animal's own colours mostly, sometimes fashion colours."""
    if rng.random() < 0.3:
        return scheme(rng, 3 if kind == "leopard" else 2, 0.4)
    if kind == "zebra":
        pair = (pick(rng, ("white", "optic", "cream", "ecru")), pick(rng, ("black", "black", "ink",
                "chocolate", "charcoal")))  # fmt: skip
        return pair if rng.random() < 0.6 else pair[::-1]
    return (pick(rng, ("camel", "sand", "tan", "oat", "cream", "stone", "gold")),
            pick(rng, ("tobacco", "rust", "tan", "camel", "coffee")),
            pick(rng, ("black", "chocolate", "black")))  # fmt: skip
