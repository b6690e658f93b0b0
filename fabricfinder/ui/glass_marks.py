"""What is clicked and dragged under the measuring glass, as lengths and counts: no Qt."""

import math
from dataclasses import dataclass

from fabricfinder.domain.density import YarnDensity

LOOK, ENDS, PICKS, REPEAT, RULER = "look", "ends", "picks", "repeat", "ruler"
TOOLS = (LOOK, ENDS, PICKS, REPEAT, RULER)
COUNTING = (ENDS, PICKS)
GLASS_CM = 1.0  # side of a weaver's pick-glass
_CLICK_OFF = 0.5  # of a thread: how far both outer clicks together may lie beside their threads


@dataclass(frozen=True, slots=True)
class ThreadMarks:
    """Threads of one system, each clicked once.

    Attributes:
        at: where across the threads, px of the picture, in the order of the clicks.
    """

    at: tuple[float, ...] = ()

    def marked(self, place: float) -> "ThreadMarks":
        """With one more."""
        return ThreadMarks((*self.at, place))

    def shortened(self) -> "ThreadMarks":
        """Without the last click."""
        return ThreadMarks(self.at[:-1])

    @property
    def span(self) -> float:
        """From the outermost click to the other, px."""
        return max(self.at) - min(self.at) if self.at else 0.0

    def per_cm(self, px_per_cm: float | None) -> float | None:
        """Threads per cm, counted as steps from thread to thread; None under two or no scale.

        n threads make n - 1 steps: so it does not matter where the glass was laid, nor whether
        the clicks reach from rim to rim.
        """
        if px_per_cm is None or len(self.at) < 2 or self.span <= 0:
            return None
        return (len(self.at) - 1) / self.span * px_per_cm

    def within(self, px_per_cm: float | None) -> float | None:
        """How far the count may be off by unsteady clicks, threads per cm, or None."""
        count = self.per_cm(px_per_cm)
        return None if count is None else count * _CLICK_OFF / (len(self.at) - 1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A line or rectangle that was dragged, px of the picture.

    Attributes:
        x, y: where it began.
        dx, dy: how far it goes.
    """

    x: float
    y: float
    dx: float
    dy: float

    @property
    def length(self) -> float:
        """Of the line, px."""
        return math.hypot(self.dx, self.dy)

    def sides_mm(self, px_per_cm: float | None) -> tuple[float, float] | None:
        """Width and height in mm, or None without a scale."""
        if px_per_cm is None:
            return None
        return abs(self.dx) * 10 / px_per_cm, abs(self.dy) * 10 / px_per_cm

    def length_mm(self, px_per_cm: float | None) -> float | None:
        """Of the line in mm, or None without a scale."""
        return None if px_per_cm is None else self.length * 10 / px_per_cm


def scale_of_ruler(stretch: Stretch, mm: float) -> float | None:
    """px per cm when a dragged line is ``mm`` long on the cloth; None for no length."""
    if mm <= 0 or stretch.length < 2:
        return None
    return stretch.length * 10 / mm


def agreement(counted: float, within: float, density: YarnDensity, tool: str) -> bool | None:
    """Whether a count by eye and the measured one agree; None where none was measured."""
    measured = density.ends if tool == ENDS else density.picks
    off = density.ends_within if tool == ENDS else density.picks_within
    if not measured > 0:
        return None
    return abs(counted - measured) <= within + (off if off > 0 else 0.0)
