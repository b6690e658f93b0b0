"""A knit as a recipe: its stitch chart, how its loops lie, and its loop length.

Charts are read as a knitter sees the cloth: row 0 on top, wale 0 on the left, one letter a
stitch. Lengths inside a chart are in wale spacings unless the name says otherwise.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

# One letter a stitch: face loop, back loop, tuck, miss (or knitted on the other bed), yarn over,
# face loops whose heads lean one wale to the right or left (transfers), and no yarn at all.
FACE, BACK, TUCK, MISS, OVER, RIGHT, LEFT, NONE = "K", "P", "T", "-", "O", "/", "\\", "."
STITCHES = FACE + BACK + TUCK + MISS + OVER + RIGHT + LEFT + NONE
LOOPS = FACE + BACK + RIGHT + LEFT

# Proportions of a relaxed plain loop, in wale spacings. With courses 1.3 as dense as wales they
# give a loop of about 4.1 wale spacings, as Munden measured (J. Text. Inst. 50, 1959, T448).
OVERLAP = 0.75
BULGE = 0.21
DEPTH = 0.13


@dataclass(frozen=True)
class Rope:
    """A group of wales that cross each other: a cable, or a zigzag pillar of a net.

    Attributes:
        wale: the first wale it takes.
        strands: how many strands cross (1 wanders alone).
        wide: wales in a strand.
        rows: rows after which the strands have changed places (one full wave for 1 or 3).
        reach: how far a strand strays sideways, in wales.
        mirrored: whether it turns the other way.
    """

    wale: int
    strands: int
    wide: int
    rows: int
    reach: float
    mirrored: bool = False


@dataclass(frozen=True)
class Knit:
    """How a cloth is knitted.

    Attributes:
        fine: taxonomy fine id.
        chart: one string a row, top row first, letters of ``STITCHES``.
        rows_per_course: chart rows that make one visible course (2 where two beds take turns).
        bulk: how much wider the yarn lies in the cloth than its free diameter.
        ropes: groups of wales that cross.
        rib: how far back wales sink behind face wales, 0..1.
        inlay: wales between the points that hold a laid-in loop (French terry), 0 for none.
        lap: wales a warp knit's yarn crosses behind each stitch, seen from the back; 0 for none.
        nap: raised finish, 0 (loops clear) to 1 (loops hidden).
        skew: spirality, sideways drift over height.
        marl: whether two plies of different colours are twisted together.
        uneven: how much loops differ in size, 0..1.
        pilling: little balls of fibre, 0..1.
        behind: sRGB of what shows through the holes, None for the cloth's own shadow.
    """

    fine: str
    chart: tuple[str, ...]
    rows_per_course: int = 1
    bulk: float = 1.9
    ropes: tuple[Rope, ...] = ()
    rib: float = 0.0
    inlay: int = 0
    lap: int = 0
    nap: float = 0.0
    skew: float = 0.0
    marl: bool = False
    uneven: float = 0.3
    pilling: float = 0.0
    behind: tuple[float, float, float] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and wales of the chart."""
        return len(self.chart), len(self.chart[0])

    def stitch(self, row: int, wale: int) -> str:
        """The stitch at a place, the chart repeating for ever."""
        rows, wales = self.shape
        return self.chart[row % rows][wale % wales]

    def reach(self, row: int, wale: int) -> int:
        """Rows a loop is held: up to the next row that knits this wale, at most six."""
        rows = 1
        while rows < 6 and self.stitch(row - rows, wale) in (TUCK, MISS):
            rows += 1
        return rows


def loop_curve(height: float, points: int = 129, sign: int = 1) -> np.ndarray:
    """Centre line of one plain loop from sinker arc to sinker arc.

    x = t/2π + b·sin 2t, y a cosine from foot to head, z = −d·cos 2t: legs in front, head and feet
    behind for a face loop (``sign`` 1), the other way round for a back loop (−1).

    Args:
        height: course spacing the loop spans, in wale spacings.
        points: along the yarn.
        sign: 1 face, −1 back.

    Returns:
        float64 (points, 3): x right, y down (0 at the head's cell edge, ``height`` at the
        foot's), z towards the eye, in wale spacings.
    """
    t = np.linspace(0, 2 * np.pi, points)
    x = t / (2 * np.pi) + BULGE * np.sin(2 * t)
    foot, head = height + OVERLAP / 2, -OVERLAP / 2
    y = foot + (head - foot) * (1 - np.cos(t)) / 2
    return np.stack([x, y, -sign * DEPTH * np.cos(2 * t)], axis=1)


@lru_cache(maxsize=512)
def loop_length_mm(wales_per_cm: float, courses_per_cm: float) -> float:
    """Yarn in one plain loop in mm, the length of its centre line.

    Args:
        wales_per_cm, courses_per_cm: densities, both positive.
    """
    curve = loop_curve(wales_per_cm / courses_per_cm)
    return float(np.linalg.norm(np.diff(curve, axis=0), axis=1).sum() * 10 / wales_per_cm)
