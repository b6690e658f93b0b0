"""Patterns: prints on a pale ground, and figures woven in."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis.colours import Colour, pick, scheme
from fabricfinder.synthesis.fabric import Fabric, Plan, Print
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.weaves import weaves_of

Rng = np.random.Generator

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


def figured(rng: Rng, cloth: Fabric, colours: tuple[Colour, ...]) -> Fabric:
    """Dobby and jacquard: a figure in another weave, weft colour against warp colour."""
    small = cloth.coarse == "pattern/dobby" or (
        cloth.coarse == "solid/tonal" and rng.random() < 0.4
    )
    kind = "dobby" if small else choose(rng, ("jacquard", "jacquard", "paisley", "floral-large",
                                               "leaf", "ogee"))  # fmt: skip
    size = float(rng.uniform(8, 36) if small else rng.uniform(60, 260))
    ground = weaves_of(choose(rng, ("plain", "twill-2-1") if small else ("satin-5", "satin-8")))[0]
    figure = weaves_of("sateen")[0]
    return replace(
        cloth, weave=ground, figure_weave=figure, colours=colours, weft=Plan((1,)),
        figure=Print(kind, (size, size), (), cloth.seed), fine_label="dobby" if small else "jacquard",
        warp_yarn=replace(cloth.warp_yarn, lustre=float(rng.uniform(0.4, 1))),
        weft_yarn=replace(cloth.weft_yarn, lustre=float(rng.uniform(0.4, 1))),
    )  # fmt: skip


def dress_pattern(rng: Rng, cloth: Fabric) -> Fabric:
    """Prints on a pale ground, and woven figures."""
    if cloth.coarse in FIGURED:
        return figured(rng, cloth, scheme(rng, 2, 0.2))
    kinds, low, high, fewest, most = PRINTS[cloth.coarse]
    kind = choose(rng, kinds)
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
