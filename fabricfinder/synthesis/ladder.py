"""Ten rendered reference swatches from open gauze to tight poplin, a rung every few percent.

All are undyed cotton in plain weave or poplin, drawn at one scale, so that only their tightness
differs; each rung's value is computed from its own counts and densities (``domain.textile``).
"""

from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.textile import tightness
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.light import Light
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.weaves import weaves_of

PX_PER_CM = 160.0
_CLOTH = (0.80, 0.76, 0.68)  # undyed cotton
# Name, weave, ends and picks per cm, tex of warp and weft: cottons as they are traded.
_RUNGS = (
    ("gauze", "plain", 8, 6, 12, 12), ("cheesecloth", "plain", 11.5, 9.5, 14, 14),
    ("scrim", "plain", 12, 11, 20, 20), ("voile", "plain", 24, 20, 10, 10),
    ("muslin", "plain", 21, 19.5, 18, 18), ("lawn", "plain", 35, 31, 10, 10),
    ("sheeting", "plain", 26, 23, 25, 25), ("cambric", "plain", 40, 34, 15, 15),
    ("calico", "plain", 32, 29, 30, 30), ("poplin", "poplin", 60, 32, 16, 16),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rung:
    """One reference swatch.

    Attributes:
        name: what the trade calls such a cloth.
        cover: its tightness, percent.
        fabric: the recipe.
    """

    name: str
    cover: float
    fabric: Fabric


def ladder() -> tuple[Rung, ...]:
    """The ten rungs, loosest first."""
    rungs = []
    for name, fine, ends, picks, warp, weft in _RUNGS:
        fabric = Fabric(
            weave=weaves_of(fine)[0], warp=Plan(), weft=Plan(), colours=(_CLOTH,),
            warp_yarn=Yarn(float(warp), hairiness=0.2), weft_yarn=Yarn(float(weft), hairiness=0.2),
            ends_per_cm=float(ends), picks_per_cm=float(picks), coarse="solid/plain", seed=1851,
            id=f"rung-{name}",
        )  # fmt: skip
        rungs.append(Rung(name, tightness(ends, picks, warp, weft), fabric))
    return tuple(rungs)


def rung_picture(rung: Rung, px: int, px_per_cm: float = PX_PER_CM) -> np.ndarray:
    """A rung at the ladder's scale under one light, uint8 sRGB (px, px, 3)."""
    return render(rung.fabric, px, px_per_cm, 3, light=Light.sample(np.random.default_rng(5)))
