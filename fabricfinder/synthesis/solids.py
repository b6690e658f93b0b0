"""Solids: piece dyed, and the effects of fancy yarn, two-tone weaving and dye."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis.colours import any_colour, mix, partner, pick, scheme, shade, vary
from fabricfinder.synthesis.fabric import Fabric, Plan, Print, Yarn
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.patterns import figured

Rng = np.random.Generator


def dress_solid(rng: Rng, cloth: Fabric) -> Fabric:
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
        other = partner(rng, base, gap, 0.16 if kind == "tonal" else 9)
        if kind == "tonal":
            return figured(rng, cloth, (base, mix(base, other, 0.5)))
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
        other = partner(rng, base, 0.3, 9)
        length = float(rng.uniform(120, 400))
        return replace(cloth, print=Print("gradient", (length, length), (base, other), cloth.seed))
    if kind == "denim":
        blue = vary(rng, shade(choose(rng, ("indigo", "navy", "denim", "ink", "indigo"))), 0.03)
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
