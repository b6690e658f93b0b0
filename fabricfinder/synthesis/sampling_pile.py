"""Sample cloth that is more than flat weaving: pile, openwork, double cloth and nonwovens."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from fabricfinder.domain.textile import thread_cover
from fabricfinder.synthesis.colours import any_colour, colour_code, partner, pick, scheme
from fabricfinder.synthesis.dobby import dobby_weave
from fabricfinder.synthesis.fabric import Fabric, Plan, Print
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.patterns import dress_pattern
from fabricfinder.synthesis.pile import Openwork, Pile, Quilt
from fabricfinder.synthesis.plaids import dress_plaid
from fabricfinder.synthesis.solids import dress_solid
from fabricfinder.synthesis.stripes import dress_stripe
from fabricfinder.synthesis.weaves import Weave, basket, satin, weaves_of
from fabricfinder.synthesis.yarns import sample_sett, sample_yarns

Rng = np.random.Generator

_PRINTED = (
    "pattern/floral-ditsy", "pattern/floral-large", "pattern/leaf", "pattern/paisley",
    "pattern/dot", "pattern/geometric", "pattern/chevron", "pattern/ogee", "pattern/animal",
    "pattern/camouflage", "pattern/tie-dye", "pattern/abstract", "pattern/batik",
)  # fmt: skip
_WOVEN_STRIPES = ("stripe/awning", "stripe/bengal", "stripe/candy", "stripe/multi")
# Fine id -> the minors such cloth is made in.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "corduroy": ("solid/plain", "solid/tonal", "solid/ombre", "solid/melange", "stripe/multi",
                 "stripe/awning", "plaid/buffalo", "plaid/tartan", *_PRINTED),
    "velvet": ("solid/plain", "solid/tonal", "solid/ombre", "solid/crinkle", "stripe/awning",
               "stripe/ombre", "pattern/jacquard", "plaid/tartan", *_PRINTED),
    "terry": ("solid/plain", "solid/melange", "solid/tonal", "solid/ombre", *_WOVEN_STRIPES,
              "stripe/breton", "plaid/gingham", "plaid/buffalo", "plaid/windowpane",
              "pattern/jacquard", "pattern/floral-large", "pattern/leaf", "pattern/dot",
              "pattern/geometric", "pattern/tie-dye", "pattern/conversational"),
    "leno": ("solid/plain", "solid/chambray", "solid/slub", "solid/ombre", *_WOVEN_STRIPES,
             "stripe/pencil", "plaid/gingham", "plaid/windowpane", "plaid/madras", "plaid/graph",
             "pattern/floral-ditsy", "pattern/floral-large", "pattern/leaf", "pattern/dot"),
    "dobby": ("pattern/dobby", "solid/tonal", "solid/plain", "solid/chambray", "stripe/bengal",
              "stripe/pencil", "stripe/multi", "plaid/gingham", "plaid/windowpane"),
    "double": ("solid/plain", "solid/tonal", "solid/melange", "pattern/jacquard",
               "stripe/awning", "plaid/gingham", "plaid/windowpane", "pattern/floral-large",
               "pattern/ogee", "pattern/geometric"),
    "plain": ("pattern/eyelet",),
    "poplin": ("pattern/eyelet",),
    "honeycomb": ("solid/plain", "solid/melange", "solid/chambray", "stripe/awning",
                  "plaid/windowpane"),
    "felt": ("solid/plain", "solid/melange", "solid/ombre", "pattern/dot", "pattern/geometric",
             "pattern/conversational", "pattern/camouflage"),
    "nonwoven-other": ("solid/plain", "solid/melange", "pattern/dot", "pattern/geometric",
                       "pattern/text"),
})  # fmt: skip
PILE_FINES: tuple[str, ...] = tuple(CHOICES)
PILE_MINORS: tuple[str, ...] = tuple(dict.fromkeys(m for ms in CHOICES.values() for m in ms))
_SHARES = {"corduroy": 3.0, "velvet": 3.0, "terry": 3.0, "leno": 2.0, "dobby": 2.0, "double": 2.0,
           "plain": 1.0, "poplin": 0.7, "honeycomb": 0.8, "felt": 2.0, "nonwoven-other": 1.5}


def sample_pile(rng: Rng, minor: str | None = None, fine: str | None = None) -> Fabric:
    """Sample one cloth with pile, holes, pockets or no weave at all.

    Args:
        rng: source of chance; the same state gives the same cloth.
        minor: a member of ``PILE_MINORS``, or any that suits the fine.
        fine: a member of ``PILE_FINES``, or any that suits the minor.

    Returns:
        a fabric; felt and other nonwovens have nan for sett and tightness.

    Raises:
        KeyError: no such minor or fine here, or that fine is not made in that minor.
    """
    fine = fine or _sample_fine(rng, minor)
    minor = minor or choose(rng, _weighted(fine))
    if minor not in CHOICES[fine]:
        raise KeyError(minor)
    cloth = _GROUNDS[fine](rng, minor)
    cloth = _dressed(rng, cloth)
    cloth = _finished(rng, cloth)
    name = f"{cloth.seed:08x}"
    shown = cloth.print.colours if cloth.print is not None else cloth.colours
    return replace(cloth, id=f"p{name}", design=f"dp{name}", colourway=colour_code(shown))


def _sample_fine(rng: Rng, minor: str | None) -> str:
    options = tuple(f for f in PILE_FINES if minor is None or minor in CHOICES[f])
    return _sample_among(rng, options, minor or "")


def _weighted(fine: str) -> tuple[str, ...]:
    """The minors of a fine, solids (as most such cloth is) as often as the rest."""
    minors = CHOICES[fine]
    solids = tuple(m for m in minors if m.startswith("solid/"))
    rest = tuple(m for m in minors if m not in solids)
    if not rest or not solids:
        return minors
    return solids * max(1, len(rest) // len(solids)) + rest


def _blank(
    rng: Rng, minor: str, weave: Weave, family: str, sett: tuple[float, float] | None = None,
    **more: object,
) -> Fabric:  # fmt: skip
    """A cloth with yarns, sett and a colour, still undressed."""
    warp, weft = sample_yarns(rng, family)
    ends, picks = sett or sample_sett(rng, weave, warp, weft)
    return Fabric(
        weave=weave, warp=Plan(), weft=Plan(), colours=(any_colour(rng),), warp_yarn=warp,
        weft_yarn=weft, ends_per_cm=round(ends, 2), picks_per_cm=round(picks, 2), coarse=minor,
        seed=int(rng.integers(1, 2**31)), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _log(rng: Rng, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def cord_weave(wale_ends: int) -> Weave:
    """The weave of a corduroy whose cords come every ``wale_ends`` ends."""
    lift = np.tile(basket(1), (1, (wale_ends + 1) // 2))[:, :wale_ends]
    return Weave("corduroy", f"corduroy of {wale_ends} ends", lift)


def _corduroy(rng: Rng, minor: str) -> Fabric:
    ends = float(rng.uniform(18, 30))
    # Needlecord, pinwale, standard, wide and jumbo: wales per inch from 21 to 3.
    wale_mm = 25.4 / _log(rng, 3.2, 21)
    wale_ends = max(3, round(wale_mm * ends / 10))
    pile = Pile(
        "corduroy", height_mm=round(wale_mm * float(rng.uniform(0.22, 0.42)), 3),
        wale_ends=wale_ends, cord_share=round(float(rng.uniform(0.62, 0.93)), 3),
        lean=float(rng.choice([1, -1])) * np.pi / 2, lean_strength=float(rng.uniform(0.2, 0.7)),
        crush=float(rng.uniform(0, 0.12)), crush_mm=_log(rng, 8, 40),
        sheen=float(rng.uniform(0.05, 0.6)), tuft_mm=round(float(rng.uniform(0.22, 0.5)), 3),
        variant=int(rng.integers(12)),
    )  # fmt: skip
    sett = (ends, float(rng.uniform(28, 55)))
    return _blank(rng, minor, cord_weave(wale_ends), "cotton", sett, pile=pile)


def _velvet(rng: Rng, minor: str) -> Fabric:
    crushed = minor == "solid/crinkle" or rng.random() < 0.2
    weave = Weave("velvet", "velvet", np.tile(basket(1), (1, 2)))
    pile = Pile(
        "velvet", height_mm=float(rng.uniform(0.8, 3)),
        lean=float(rng.choice([1, -1])) * np.pi / 2 + float(rng.normal(0, 0.3)),
        lean_strength=float(rng.uniform(0.15, 0.9)),
        crush=float(rng.uniform(0.4, 1)) if crushed else float(rng.uniform(0, 0.22)),
        crush_mm=_log(rng, 3.5, 14) if crushed else _log(rng, 12, 70),
        sheen=float(rng.uniform(0.4, 1.0)) if crushed else float(rng.uniform(0.1, 0.9)),
        tuft_mm=round(float(rng.uniform(0.18, 0.4)), 3), variant=int(rng.integers(12)),
    )  # fmt: skip
    sett = (float(rng.uniform(24, 42)), float(rng.uniform(16, 32)))
    return _blank(rng, minor, weave, choose(rng, ("cotton", "filament")), sett, pile=pile)


def _terry(rng: Rng, minor: str) -> Fabric:
    weave = Weave("terry", "three-pick terry", np.array([[1, 0], [0, 1], [0, 1]], bool))
    pile = Pile(
        "terry", height_mm=float(rng.uniform(2.5, 6)), sheen=0.0, tuft_mm=0.7,
        variant=int(rng.integers(12)),
    )
    sett = (float(rng.uniform(18, 30)), float(rng.uniform(14, 27)))
    return _blank(rng, minor, weave, "cotton", sett, pile=pile)


def _leno(rng: Rng, minor: str) -> Fabric:
    weave = Weave("leno", "leno", basket(1), gather=(2, 0))
    family = choose(rng, ("shirting", "cotton", "linen", "filament", "canvas"))
    warp, weft = sample_yarns(rng, family)
    cover = (float(rng.uniform(18, 38)), float(rng.uniform(12, 34)))
    sett = tuple(
        c / thread_cover(1.0, y.tex, y.fibre) for c, y in zip(cover, (warp, weft), strict=True)
    )
    behind = float(choose(rng, (0.9, 0.75, 0.5, 0.2, 0.06, 0.03)))
    work = Openwork("leno", behind)
    blank = _blank(rng, minor, weave, family, (sett[0], sett[1]), openwork=work)
    return replace(blank, warp_yarn=warp, weft_yarn=weft)


def _dobby(rng: Rng, minor: str) -> Fabric:
    weave = dobby_weave(rng)
    family = choose(rng, ("shirting", "shirting", "cotton", "suiting", "filament", "canvas"))
    return _blank(rng, minor, weave, family)


def _double(rng: Rng, minor: str) -> Fabric:
    lift = choose(rng, (basket(1), basket(1), satin(5, 2), weaves_of("twill-2-2")[0].lift))
    weave = Weave("double", "double cloth", lift)
    kind = choose(rng, ("diamond", "square", "scale", "wave", "brick", "blister", "blister"))
    wide = _log(rng, 5, 45)
    high = wide * float(choose(rng, (1.0, 1.0, 0.6, 1.5)))
    quilt = Quilt(kind, (wide, high), float(rng.uniform(0.35, 1.0)), int(rng.integers(2**31)))
    family = choose(rng, ("cotton", "shirting", "filament", "canvas"))
    blank = _blank(rng, minor, weave, family, quilt=quilt)
    return replace(blank, crinkle=float(rng.uniform(0, 0.15)))


def _eyelet(fine: str) -> Callable[[Rng, str], Fabric]:
    def made(rng: Rng, minor: str) -> Fabric:
        step = _log(rng, 6, 45)
        kind = choose(rng, ("rows", "flowers", "sprays"))
        share = float(rng.uniform(0.14, 0.30) if kind == "rows" else rng.uniform(0.09, 0.15))
        work = Openwork(
            kind, float(choose(rng, (0.9, 0.6, 0.3, 0.08, 0.03))), hole_mm=round(step * share, 3),
            step_mm=round(step, 3), seed=int(rng.integers(2**31)),
        )  # fmt: skip
        return _blank(rng, minor, weaves_of(fine)[0], "shirting", openwork=work)

    return made


def _waffle(rng: Rng, minor: str) -> Fabric:
    weave = weaves_of("honeycomb")[int(rng.integers(len(weaves_of("honeycomb"))))]
    blank = _blank(rng, minor, weave, choose(rng, ("cotton", "canvas")))
    return replace(blank, weave=replace(weave, relief=round(float(rng.uniform(1.0, 2.4)), 2)))


def _mat(kind: str, fine: str) -> Callable[[Rng, str], Fabric]:
    def made(rng: Rng, minor: str) -> Fabric:
        weave = Weave(fine, fine, np.ones((1, 1), bool))
        pile = Pile(
            kind, height_mm=float(rng.uniform(0.3, 4)), sheen=0.0,
            tuft_mm=round(float(rng.uniform(0.2, 0.5)), 3), variant=int(rng.integers(12)),
        )  # fmt: skip
        return _blank(rng, minor, weave, "tweed", (math.nan, math.nan), pile=pile)

    return made


_GROUNDS: Mapping[str, Callable[[Rng, str], Fabric]] = MappingProxyType({
    "corduroy": _corduroy, "velvet": _velvet, "terry": _terry, "leno": _leno, "dobby": _dobby,
    "double": _double, "plain": _eyelet("plain"), "poplin": _eyelet("poplin"),
    "honeycomb": _waffle, "felt": _mat("felt", "felt"),
    "nonwoven-other": _mat("web", "nonwoven-other"),
})  # fmt: skip


def _dressed(rng: Rng, cloth: Fabric) -> Fabric:
    """Give the cloth the colours its minor asks for, keeping its own weave."""
    major, kind = cloth.coarse.split("/")
    weave, openwork = cloth.weave, cloth.openwork
    if cloth.coarse in ("solid/plain", "solid/crinkle", "pattern/eyelet"):
        return cloth
    if cloth.coarse in ("solid/tonal", "pattern/jacquard", "pattern/dobby"):
        return _figured(rng, cloth)
    fill = {"solid": dress_solid, "stripe": dress_stripe, "plaid": dress_plaid,
            "pattern": dress_pattern}[major]  # fmt: skip
    if kind == "breton" and cloth.pile is not None:
        # Terry's bands are woven in, across the cloth.
        striped = dress_stripe(rng, replace(cloth, coarse="stripe/bengal"))
        cloth = replace(striped, coarse=cloth.coarse, warp=Plan(), weft=striped.warp.stretched(
            cloth.picks_per_cm / striped.ends_per_cm), ends_per_cm=cloth.ends_per_cm)  # fmt: skip
    else:
        cloth = fill(rng, cloth)
    return replace(cloth, weave=weave, openwork=openwork, figure_weave=None)


def _figured(rng: Rng, cloth: Fabric) -> Fabric:
    """Figures in pile or pockets: embossed velvet, sculpted terry, brocaded double cloth."""
    tonal = cloth.coarse == "solid/tonal"
    base = cloth.colours[0]
    if cloth.fine == "dobby":
        pair = (base, partner(rng, base, 0.04, 0.16)) if tonal else scheme(rng, 2, 0.2)
        return replace(cloth, colours=pair, weft=Plan((1,)))
    if cloth.fine == "double" and tonal:
        return replace(cloth, colours=(base, partner(rng, base, 0.02, 0.1)), weft=Plan((1,)))
    kind = choose(rng, ("jacquard", "jacquard", "paisley", "floral-large", "leaf", "ogee",
                        "geometric", "dot"))  # fmt: skip
    size = _log(rng, 35, 240)
    figure = Print(kind, (size, size), (), cloth.seed)
    if cloth.fine == "double":
        face = satin(5, 2)
        return replace(cloth, figure=figure, figure_weave=Weave("double", "back", ~face),
                       weave=Weave("double", "double cloth", face), colours=scheme(rng, 2, 0.2),
                       weft=Plan((1,)), fine_label="double")  # fmt: skip
    return replace(cloth, figure=figure, colours=(base,) if tonal else scheme(rng, 2, 0.25))


def _finished(rng: Rng, cloth: Fabric) -> Fabric:
    """Stray fibre, and what the dressing could not know about this construction."""
    pile = cloth.pile
    if pile is not None and cloth.fine == "corduroy" and cloth.print is None:
        cloth = replace(cloth, warp=_whole_wales(cloth.warp, pile.wale_ends))
    if cloth.openwork is not None and cloth.openwork.kind != "leno" and rng.random() < 0.2:
        # Embroidered in another colour.
        cloth = replace(cloth, colours=(cloth.colours[0], partner(rng, cloth.colours[0], 0.1, 9)))
    if cloth.coarse == "solid/melange":
        much = float(rng.uniform(0.35, 1.0))
        cloth = replace(cloth, warp_yarn=replace(cloth.warp_yarn, melange=much),
                        weft_yarn=replace(cloth.weft_yarn, melange=much))  # fmt: skip
    if cloth.fine == "leno" and cloth.coarse == "solid/plain" and rng.random() < 0.5:
        cloth = replace(cloth, colours=(pick(rng, ("white", "ecru", "optic", "cream")),))
    return cloth


def _whole_wales(plan: Plan, wale_ends: int) -> Plan:
    """Colour runs of whole wales, since a cord is cut from floats of one colour."""
    if plan.repeat == 1:
        return plan
    return Plan.of_runs(
        [(c, max(1, round(n / wale_ends)) * wale_ends) for c, n in plan.runs()]
    )


def remade(cloth: Fabric, rng: Rng) -> Fabric:
    """The same colours and pattern (and sett, where there is one) in another fine of this room,
    or woven flat where no other is made in this minor."""
    options = tuple(f for f in PILE_FINES if cloth.coarse in CHOICES[f] and f != cloth.fine)
    if not options:
        return _flat(cloth, rng)
    made = sample_pile(rng, cloth.coarse, _sample_among(rng, options, cloth.coarse))
    keep: dict[str, object] = {"print": cloth.print, "crinkle": made.crinkle}
    if cloth.figure is None and made.figure is None:
        keep |= {"colours": cloth.colours, "warp": cloth.warp, "weft": cloth.weft}
    else:
        n = len(made.colours)
        keep["colours"] = (cloth.colours * n)[:n]
        if cloth.figure is not None and made.figure is not None:
            keep["figure"] = cloth.figure
    if math.isfinite(cloth.ends_per_cm) and math.isfinite(made.ends_per_cm):
        keep |= {
            "ends_per_cm": cloth.ends_per_cm, "picks_per_cm": cloth.picks_per_cm,
            "warp_yarn": cloth.warp_yarn, "weft_yarn": cloth.weft_yarn,
        }  # fmt: skip
    return replace(made, seed=cloth.seed, id=cloth.id, design=cloth.design,
                   colourway=cloth.colourway, **keep)  # type: ignore[arg-type]


def _flat(cloth: Fabric, rng: Rng) -> Fabric:
    """The cloth without its pile, holes or pockets, in a weave of its own."""
    fines = ("plain", "twill-2-2", "satin-5", "basket")
    weave = choose(rng, [w for f in fines for w in weaves_of(f)])
    sett = (cloth.ends_per_cm, cloth.picks_per_cm)
    if not all(math.isfinite(v) for v in sett):
        sett = sample_sett(rng, weave, cloth.warp_yarn, cloth.weft_yarn)
    crinkle = 0.8 if cloth.coarse == "solid/crinkle" else 0.0
    return replace(cloth, weave=weave, pile=None, openwork=None, quilt=None, fine_label="",
                   ends_per_cm=sett[0], picks_per_cm=sett[1], crinkle=crinkle)  # fmt: skip


def _sample_among(rng: Rng, options: tuple[str, ...], minor: str) -> str:
    """One of the fines, by their shares; raises KeyError(minor) when there is none."""
    if not options:
        raise KeyError(minor)
    weights = np.array([_SHARES[f] for f in options])
    return options[int(rng.choice(len(options), p=weights / weights.sum()))]
