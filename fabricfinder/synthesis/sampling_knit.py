"""Sample a knit: a structure, a yarn and a gauge that suit it, then colour, motif or print."""

from dataclasses import dataclass, replace

import numpy as np

from fabricfinder.synthesis import plans
from fabricfinder.synthesis.colours import any_colour, colour_code, partner, pick, scheme, shade
from fabricfinder.synthesis.dressing import dress_widely
from fabricfinder.synthesis.fabric import Fabric, Plan, Print, Yarn
from fabricfinder.synthesis.knit import Knit, loop_length_mm
from fabricfinder.synthesis.knit_colour import motif_stitches
from fabricfinder.synthesis.knit_motifs import nordic_chart
from fabricfinder.synthesis.knit_structures import KNIT_FINES, structure
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.patterns import PRINTS
from fabricfinder.synthesis.weaves import weaves_of

__all__ = ["KNIT_FINES", "KNIT_MINORS", "reknitted", "sample_knit"]

Rng = np.random.Generator

_SOLIDS = ("solid/plain", "solid/plain", "solid/plain", "solid/melange", "solid/melange",
           "solid/nep", "solid/chambray", "solid/slub", "solid/ombre", "solid/tonal")  # fmt: skip
_STRIPES = ("stripe/breton", "stripe/breton", "stripe/awning", "stripe/pencil", "stripe/candy",
            "stripe/bengal", "stripe/multi", "stripe/pin")  # fmt: skip
_MOTIFS = {
    # Minor -> (painters, smallest and largest repeat in stitches, fewest and most colours).
    "pattern/fair-isle": (("nordic",), 24, 24, 2, 5),
    "pattern/argyle": (("argyle",), 24, 80, 2, 4),
    "pattern/jacquard": (("jacquard", "ogee", "paisley", "leaf"), 50, 160, 2, 2),
    "pattern/geometric": (("geometric",), 12, 60, 2, 4),
    "pattern/chevron": (("chevron",), 16, 60, 2, 4),
    "pattern/dot": (("dot",), 12, 48, 2, 3),
    "pattern/conversational": (("conversational",), 36, 90, 2, 4),
    "pattern/floral-large": (("floral-large",), 80, 180, 2, 5),
    "pattern/animal": (("leopard", "zebra"), 70, 180, 2, 3),
    "pattern/ogee": (("ogee",), 40, 120, 2, 4),
    "plaid/houndstooth": (("houndstooth",), 40, 110, 2, 2),
}  # fmt: skip
_PRINTS = ("pattern/floral-ditsy", "pattern/floral-large", "pattern/leaf", "pattern/dot",
           "pattern/geometric", "pattern/animal", "pattern/camouflage", "pattern/tie-dye",
           "pattern/abstract", "pattern/conversational", "pattern/text",
           "pattern/paisley")  # fmt: skip
KNIT_MINORS: tuple[str, ...] = tuple(dict.fromkeys((*_SOLIDS, *_STRIPES, *_MOTIFS, *_PRINTS)))

# What each class is made in: (kinds of yarn, tightness factor low and high).
_YARNS_OF: dict[str, tuple[tuple[str, ...], float, float]] = {
    "single-jersey": (("tee", "tee", "tee", "sweater", "wool", "chunky", "viscose"), 1.1, 1.75),
    "reverse-jersey": (("tee", "sweater", "wool", "chunky", "viscose"), 1.05, 1.7),
    "rib-1-1": (("tee", "sweater", "wool", "chunky"), 1.05, 1.65),
    "rib-2-2": (("tee", "sweater", "wool", "chunky"), 1.05, 1.65),
    "interlock": (("tee", "tee", "viscose", "filament"), 1.05, 1.5),
    "pique": (("tee", "polo", "polo", "filament"), 1.2, 1.75),
    "ponte": (("viscose", "tee", "filament"), 1.1, 1.6),
    "french-terry": (("polo", "tee", "sweater"), 1.2, 1.7),
    "fleece": (("polo", "filament", "sweater"), 1.2, 1.7),
    "cable": (("wool", "chunky", "chunky", "sweater"), 1.15, 1.7),
    "jacquard-knit": (("wool", "wool", "sweater", "chunky", "tee"), 1.15, 1.75),
    "tricot": (("filament", "filament", "viscose"), 1.0, 1.5),
    "raschel": (("filament", "polo", "sweater"), 0.9, 1.45),
    "lace-knit": (("tee", "sweater", "wool", "viscose"), 0.95, 1.5),
}  # fmt: skip


@dataclass(frozen=True)
class _YarnKind:
    tex: tuple[float, float]
    fibre: str
    twist: float
    hairiness: float
    lustre: float
    bulk: tuple[float, float]


_YARN_KINDS = {
    "tee": _YarnKind((12, 30), "cotton", 0.3, 0.3, 0.10, (1.75, 2.1)),
    "polo": _YarnKind((20, 50), "cotton", 0.4, 0.35, 0.10, (1.75, 2.1)),
    "viscose": _YarnKind((10, 24), "cotton", 0.25, 0.15, 0.45, (1.75, 2.1)),
    "filament": _YarnKind((4, 20), "filament", 0.05, 0.03, 0.85, (1.8, 2.2)),
    "sweater": _YarnKind((60, 260), "cotton", 0.65, 0.3, 0.10, (1.7, 2.05)),
    "wool": _YarnKind((55, 400), "wool", 0.55, 0.65, 0.08, (1.75, 2.25)),
    "chunky": _YarnKind((450, 2600), "wool", 0.5, 0.7, 0.06, (1.7, 2.2)),
}

# Printing wants a smooth face.
_PRINTED_ON = ("single-jersey", "interlock", "pique", "tricot", "ponte", "fleece")
_COLOUR_KNITTED = ("jacquard-knit",)


def sample_knit(rng: Rng, minor: str | None = None, fine: str | None = None) -> Fabric:
    """Sample one knitted cloth.

    Args:
        rng: source of chance; the same state gives the same cloth.
        minor: a member of ``KNIT_MINORS``, or any that suits.
        fine: a member of ``KNIT_FINES``, or what suits the minor.

    Raises:
        KeyError: no such minor or knit in this room.
    """
    if minor is not None and minor not in KNIT_MINORS:
        raise KeyError(minor)
    fine = fine or _sample_fine(rng, minor)
    if fine not in KNIT_FINES:
        raise KeyError(fine)
    minor = minor or _sample_minor(rng, fine)
    knit = structure(rng, fine)
    yarn, knit = _sample_yarn(rng, fine, minor, knit)
    wales, courses = _sample_gauge(rng, fine, yarn)
    seed = int(rng.integers(1, 2**31))
    knit = _finished(rng, knit, wales)
    cloth = Fabric(
        weave=weaves_of("plain")[0], warp=Plan(), weft=Plan(), colours=(any_colour(rng),),
        warp_yarn=yarn, weft_yarn=yarn, ends_per_cm=wales, picks_per_cm=courses, coarse=minor,
        seed=seed, knit=knit,
    )  # fmt: skip
    cloth = _dressed(rng, cloth)
    inks = cloth.print.colours if cloth.print is not None else cloth.colours
    name = f"{seed:08x}"
    return replace(cloth, id=f"f{name}", design=f"d{name}", colourway=colour_code(inks))


def _sample_fine(rng: Rng, minor: str | None) -> str:
    if minor is None:
        return choose(rng, KNIT_FINES)
    if minor == "pattern/argyle":
        return choose(rng, ("single-jersey", "jacquard-knit"))
    if minor in _MOTIFS and (minor not in _PRINTS or rng.random() < 0.5):
        return "jacquard-knit"
    if minor in _PRINTS:
        return choose(rng, _PRINTED_ON)
    if minor == "solid/tonal":
        return "jacquard-knit"
    if minor == "solid/ombre":
        return choose(rng, ("single-jersey", "interlock", "tricot", "rib-1-1", "lace-knit"))
    return choose(rng, tuple(f for f in KNIT_FINES if f not in _COLOUR_KNITTED))


def _sample_minor(rng: Rng, fine: str) -> str:
    """What a knit of this class usually shows."""
    if fine in _COLOUR_KNITTED:
        if rng.random() < 0.08:
            return "solid/tonal"
        many = ("pattern/fair-isle",) * 4 + ("pattern/jacquard", "pattern/geometric") * 2
        return choose(rng, (*many, *_MOTIFS))
    plain = tuple(m for m in _SOLIDS if m != "solid/tonal")
    if fine in ("cable", "raschel", "lace-knit"):
        return choose(rng, plain)
    roll = rng.random()
    if fine == "single-jersey" and roll < 0.06:
        return "pattern/argyle"
    if fine in _PRINTED_ON and roll < 0.28:
        return choose(rng, _PRINTS)
    if roll < 0.55 and fine not in ("fleece", "french-terry", "tricot"):
        return choose(rng, _STRIPES)
    return choose(rng, plain)


def _sample_yarn(rng: Rng, fine: str, minor: str, knit: Knit) -> tuple[Yarn, Knit]:
    """A yarn that suits the class and minor, and the knit with that yarn's bulk."""
    names = _YARNS_OF[fine][0]
    if minor in _PRINTS and fine in _PRINTED_ON:
        names = tuple(n for n in names if n in ("tee", "polo", "viscose", "filament"))
    if minor in ("solid/nep", "solid/chambray"):
        names = tuple(n for n in names if n not in ("filament", "viscose")) or ("sweater",)
    kind = _YARN_KINDS[choose(rng, names)]
    low, high = np.log(kind.tex)
    yarn = Yarn(
        tex=round(float(np.exp(rng.uniform(low, high))), 2),
        fibre=kind.fibre,
        twist=float(np.clip(kind.twist * rng.uniform(0.3, 1.6), 0, 1)),
        z_twist=bool(rng.random() < 0.6),
        hairiness=float(np.clip(kind.hairiness * rng.uniform(0.3, 1.5), 0, 1)),
        lustre=float(np.clip(kind.lustre * rng.uniform(0.4, 1.5), 0, 1)),
    )
    return yarn, replace(knit, bulk=round(float(rng.uniform(*kind.bulk)), 3))


def _sample_gauge(rng: Rng, fine: str, yarn: Yarn) -> tuple[float, float]:
    """Wales and courses per cm that give the class its usual tightness factor with this yarn."""
    factor = float(rng.uniform(*_YARNS_OF[fine][1:]))
    ratio = float(rng.uniform(1.15, 1.5))
    if fine in ("raschel", "tricot"):
        ratio = float(rng.uniform(1.0, 1.5))
    loop = np.sqrt(yarn.tex) / factor
    # The loop is as many wale spacings long at any size.
    wales = loop_length_mm(1.0, ratio) / loop
    return round(float(wales), 3), round(float(wales * ratio), 3)


def _finished(rng: Rng, knit: Knit, wales: float) -> Knit:
    """Irregularity, spirality and wear; holes that show something else behind."""
    single = knit.fine in ("single-jersey", "reverse-jersey", "jacquard-knit", "lace-knit")
    skew = float(rng.normal(0, 0.05)) if single else float(rng.normal(0, 0.008))
    pilled = rng.random() < (0.5 if knit.fine == "fleece" else 0.12)
    behind = None
    if knit.fine in ("raschel", "lace-knit") and rng.random() < 0.4:
        behind = pick(rng, ("optic", "white", "black", "sand", "peach", "charcoal", "stone"))
    return replace(
        knit,
        skew=round(skew, 4),
        uneven=float(rng.uniform(0.1, 0.45) if wales > 6 else rng.uniform(0.2, 0.8)),
        pilling=float(rng.uniform(0.2, 1.0)) if pilled else 0.0,
        nap=float(rng.uniform(0.82, 1.0)) if knit.nap > 0 else (
            float(rng.uniform(0.1, 0.35)) if rng.random() < 0.06 else 0.0),
        behind=behind,
    )


def _dressed(rng: Rng, cloth: Fabric) -> Fabric:
    """Give a blank knit the colours its minor asks for."""
    minor = cloth.coarse
    knitted = cloth.fine in _COLOUR_KNITTED or minor == "pattern/argyle"
    if minor == "solid/tonal" or (minor in _MOTIFS and knitted):
        return _motif(rng, cloth)
    if minor in _PRINTS:
        return _printed(rng, cloth)
    if minor.startswith("stripe/"):
        return _striped(rng, cloth)
    if minor in _MOTIFS:
        return _motif(rng, cloth)
    return _solid(rng, cloth)


def _both(cloth: Fabric, **change: object) -> Fabric:
    yarn = replace(cloth.warp_yarn, **change)  # type: ignore[arg-type]
    return replace(cloth, warp_yarn=yarn, weft_yarn=yarn)


def _solid(rng: Rng, cloth: Fabric) -> Fabric:
    kind = cloth.coarse.split("/")[1]
    base = cloth.colours[0]
    assert cloth.knit is not None
    if kind == "plain" and rng.random() < 0.35:
        cloth = replace(cloth, colours=(pick(rng, ("white", "ecru", "black", "navy", "charcoal",
                        "grey", "cream", "oat", "burgundy", "camel")),))  # fmt: skip
    if kind == "melange":
        if rng.random() < 0.5:
            grey = pick(rng, ("grey", "silver", "slate", "charcoal", "oat", "stone", "denim"))
            cloth = replace(cloth, colours=(grey,))
        return _both(cloth, melange=float(rng.uniform(0.4, 1.0)))
    if kind == "nep":
        flecks = tuple(any_colour(rng) for _ in range(int(rng.integers(1, 5))))
        cloth = replace(cloth, colours=(base, *flecks))
        return _both(cloth, nep=float(rng.uniform(0.008, 0.05)),
                     melange=float(rng.uniform(0, 0.5)))  # fmt: skip
    if kind == "chambray":
        other = partner(rng, base, 0.25, 9)
        return replace(_both(cloth, twist=max(0.5, cloth.warp_yarn.twist)),
                       colours=(base, other), knit=replace(cloth.knit, marl=True))  # fmt: skip
    if kind == "slub":
        return _both(cloth, slub=float(rng.uniform(0.5, 1.0)), slub_mm=float(rng.uniform(10, 60)))
    if kind == "ombre":
        length = float(rng.uniform(120, 400))
        inks = (base, partner(rng, base, 0.3, 9))
        pattern = Print("gradient", (length, length), inks, cloth.seed)
        return replace(cloth, colours=(shade("white"),), print=pattern)
    return cloth


def _striped(rng: Rng, cloth: Fabric) -> Fabric:
    """Course stripes by the trade's widths; a Breton's ground is the pale one mostly."""
    many = {"multi": int(rng.integers(3, 7))}.get(cloth.coarse.split("/")[1], 2)
    colours = scheme(rng, many, 0.25)
    if cloth.coarse == "stripe/breton" and rng.random() < 0.5:
        colours = (pick(rng, ("white", "ecru", "cream")),
                   pick(rng, ("navy", "ink", "black", "red", "bottle", "royal")))  # fmt: skip
        colours = colours if rng.random() < 0.8 else colours[::-1]
    plan = plans.stripe_plan(rng, cloth.coarse, cloth.picks_per_cm, many)
    return replace(cloth, colours=colours, weft=plan)


def _motif(rng: Rng, cloth: Fabric) -> Fabric:
    """A motif knitted in, stitch by stitch."""
    if cloth.coarse == "solid/tonal":
        kinds, low, high, fewest, most = ("jacquard", "geometric", "ogee"), 20, 140, 2, 2
        base = cloth.colours[0]
        colours = (base, partner(rng, base, 0.05, 0.16))
    else:
        kinds, low, high, fewest, most = _MOTIFS[cloth.coarse]
        colours = scheme(rng, int(rng.integers(fewest, most + 1)), 0.3)
    per_x = int(np.exp(rng.uniform(np.log(low), np.log(high))))
    per_x = max(8, min(per_x, int(32 * cloth.ends_per_cm)))
    ratio = float(rng.choice([1.0, 1.0, 1.25, 0.8, 1.6]))
    wide = per_x * 10 / cloth.ends_per_cm
    figure = Print(choose(rng, kinds), (wide, wide * ratio), (), cloth.seed)
    if figure.kind == "nordic":
        rows, stitches = nordic_chart(cloth.seed, len(colours)).shape
        size = (stitches * 10 / cloth.ends_per_cm, rows * 10 / cloth.picks_per_cm)
        return replace(cloth, colours=colours, figure=replace(figure, repeat_mm=size))
    cloth = replace(cloth, colours=colours, figure=figure)
    per_x, per_y = motif_stitches(cloth)
    whole = (per_x * 10 / cloth.ends_per_cm, per_y * 10 / cloth.picks_per_cm)
    return replace(cloth, figure=replace(figure, repeat_mm=whole))


def _printed(rng: Rng, cloth: Fabric) -> Fabric:
    """A print on a pale knit, from the widened repertoire where it offers one."""
    wide = dress_widely(rng, cloth)
    if wide is not None and wide.print is not None:
        return replace(cloth, colours=wide.colours, print=wide.print)
    kinds, low, high, fewest, most = PRINTS[cloth.coarse]
    inks = scheme(rng, int(rng.integers(fewest, min(most, 5) + 1)), 0.3)
    size = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    ratio = float(rng.choice([1.0, 1.0, 1.25, 0.8]))
    pattern = Print(choose(rng, kinds), (size, size * ratio), inks, cloth.seed)
    return replace(cloth, colours=(shade("white"),), print=pattern)


# Classes one may turn into another without a new machine or a new minor.
_ALIKE = (frozenset(("single-jersey", "jacquard-knit")), frozenset(("french-terry", "fleece")))


def reknitted(fabric: Fabric, rng: Rng) -> Fabric:
    """The same yarn, colours and gauge in a knit of another fine class.

    Raises:
        ValueError: the fabric is no knit.
    """
    old = fabric.knit
    if old is None:
        raise ValueError("only a knit can be knitted otherwise")
    same = {old.fine}.union(*(pair for pair in _ALIKE if old.fine in pair))
    others = [f for f in KNIT_FINES if f not in same and f != "jacquard-knit"]
    if fabric.figure is not None or fabric.print is not None:
        others = [f for f in others if f in ("single-jersey", "reverse-jersey", "rib-1-1",
                                             "rib-2-2", "interlock", "pique")]  # fmt: skip
    new = structure(rng, choose(rng, others))
    return replace(fabric, knit=replace(
        new, bulk=old.bulk, skew=old.skew, uneven=old.uneven, marl=old.marl, pilling=old.pilling,
    ))  # fmt: skip
