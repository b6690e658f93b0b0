"""Yarns and setts a weaver would choose together for a weave."""

from dataclasses import replace

import numpy as np

from fabricfinder.domain.textile import thread_cover
from fabricfinder.synthesis.fabric import Yarn
from fabricfinder.synthesis.weaves import Weave

Rng = np.random.Generator

# Fine id -> (warp cover %, weft cover %) ranges; the rest are balanced.
_COVERS = {
    "poplin": ((55, 72), (27, 40)), "rep": ((70, 95), (30, 45)), "satin-5": ((65, 95), (38, 55)),
    "satin-8": ((75, 99), (38, 55)), "sateen": ((38, 52), (65, 95)),
    "twill-steep": ((70, 95), (38, 52)), "twill-3-1": ((60, 85), (40, 58)),
    "twill-2-1": ((52, 72), (38, 55)), "oxford": ((45, 62), (38, 52)),
    "mock-leno": ((28, 45), (28, 45)), "plain": ((38, 62), (36, 58)),
    "velvet": ((60, 85), (50, 70)),
}  # fmt: skip
_BALANCED = ((46, 70), (42, 64))

# Kind of cloth -> (lightest, heaviest tex, fibre, twist, hairiness, lustre).
_FAMILIES = {
    "shirting": (8, 20, "cotton", 0.4, 0.15, 0.2),
    "cotton": (15, 45, "cotton", 0.5, 0.35, 0.12),
    "canvas": (40, 110, "cotton", 0.7, 0.4, 0.08),
    "suiting": (22, 50, "wool", 0.45, 0.3, 0.12),
    "tweed": (70, 260, "wool", 0.6, 0.9, 0.04),
    "linen": (25, 90, "linen", 0.4, 0.5, 0.2),
    "filament": (6, 22, "filament", 0.05, 0.02, 0.9),
}  # fmt: skip


def sample_yarns(rng: Rng, family: str) -> tuple[Yarn, Yarn]:
    """Warp and weft yarn of a family of cloth.

    Raises:
        KeyError: no such family.
    """
    low, high, fibre, twist, hair, lustre = _FAMILIES[family]
    tex = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    warp = Yarn(
        tex=round(tex, 2),
        fibre=fibre,
        twist=float(np.clip(twist * rng.uniform(0.5, 1.5), 0, 1)),
        z_twist=bool(rng.random() < 0.85),
        hairiness=float(np.clip(hair * rng.uniform(0.5, 1.5), 0, 1)),
        lustre=float(np.clip(lustre * rng.uniform(0.5, 1.5), 0, 1)),
        slub=float(rng.uniform(0.1, 0.45)) if family == "linen" else 0.0,
    )
    ratio = float(rng.uniform(0.85, 1.5)) if rng.random() < 0.6 else 1.0
    weft = replace(warp, tex=round(tex * ratio, 2))
    return warp, weft


def sample_sett(rng: Rng, weave: Weave, warp: Yarn, weft: Yarn) -> tuple[float, float]:
    """Ends and picks per cm that give this weave its usual cover with these yarns."""
    ranges = _COVERS.get(weave.fine, _BALANCED)
    covers = [float(rng.uniform(*r)) for r in ranges]
    if weave.fine == "oxford":
        weft = replace(weft, tex=weft.tex)
    return tuple(  # type: ignore[return-value]
        round(cover / thread_cover(1.0, yarn.tex, yarn.fibre), 2)
        for cover, yarn in zip(covers, (warp, weft), strict=True)
    )


FAMILIES = tuple(_FAMILIES)
