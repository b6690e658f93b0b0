"""Cloth that is more than one flat layer of yarns: pile, openwork and quilted relief, as values.

These are parts of a ``Fabric``'s recipe; ``piled``, ``openings`` and ``structure`` draw them.
Lengths that belong to the loom are counted in threads, so that a denser sett makes finer wales
and loops by itself.
"""

from dataclasses import dataclass

# Cloth without threads: no sett, so neither density nor tightness can be told.
NONWOVENS = ("felt", "web")


@dataclass(frozen=True)
class Pile:
    """A pile face, or the fibre mat of a cloth that is not woven at all.

    Attributes:
        kind: ``corduroy``, ``velvet``, ``terry``, ``felt`` or ``web`` (spunbond).
        height_mm: how far the pile stands out of the ground.
        wale_ends: ends from cord to cord (corduroy), else 0.
        cord_share: share of a wale that the cord covers, 0.5..0.95.
        lean: direction in which the pile lies, radians (0 = right, π/2 = up the cloth).
        lean_strength: how flat it lies, 0 (upright) to 1.
        crush: how far the pile is pressed this way and that, 0..1.
        crush_mm: size of the pressed places.
        sheen: brightness of pile seen along its sides, 0 (cotton) to 1 (silk).
        tuft_mm: size of a tuft or fibre bundle as it is seen.
        variant: which of the drawn faces (loops, fibre mats) it takes.
    """

    kind: str
    height_mm: float
    wale_ends: int = 0
    cord_share: float = 0.8
    lean: float = 1.5708
    lean_strength: float = 0.4
    crush: float = 0.0
    crush_mm: float = 12.0
    sheen: float = 0.3
    tuft_mm: float = 0.3
    variant: int = 0

    @property
    def nonwoven(self) -> bool:
        """Whether the cloth has no threads."""
        return self.kind in NONWOVENS


@dataclass(frozen=True)
class Openwork:
    """Holes meant to be seen: crossed warp pairs, or embroidered eyelets.

    Attributes:
        kind: ``leno``, or the arrangement of eyelets: ``rows``, ``flowers`` or ``sprays``.
        behind: brightness of what lies behind the holes, linear 0..1.
        hole_mm: width of an eyelet (not for leno).
        step_mm: distance between motifs (not for leno).
        seed: chooses the motif.
    """

    kind: str
    behind: float
    hole_mm: float = 0.0
    step_mm: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Quilt:
    """Relief cells of a double cloth, or blisters of a cloqué.

    Attributes:
        kind: ``diamond``, ``square``, ``scale``, ``wave``, ``brick`` or ``blister``.
        cell_mm: width and height of a cell.
        depth: how far cells stand out, 0..1.
        seed: chooses the blisters.
    """

    kind: str
    cell_mm: tuple[float, float]
    depth: float
    seed: int = 0
