"""One look at two cloths: the same millimetres at the same size, however large their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

GUESSED_WIDTH_MM = 100.0  # of both where neither scale is known: then it is no mm, only a size
LEAST_ZOOM, MOST_ZOOM = 0.05, 400.0  # screen px for a mm


@dataclass(frozen=True, slots=True)
class ClothSize:
    """How large a cloth is taken to be.

    Attributes:
        width, height: mm.
        anchor: the point of the picture that lies in the middle of the view at first, 0..1.
        true: False where the scale is not known and the size is a guess.
    """

    width: float
    height: float
    anchor: tuple[float, float] = (0.5, 0.5)
    true: bool = True


def cloth_sizes(
    shapes: Sequence[tuple[int, int]],
    scales: Sequence[float | None],
    anchors: Sequence[tuple[float, float]],
) -> list[ClothSize]:
    """Sizes of cloths that are looked at together.

    A cloth of unknown scale is taken to be as wide as the first one whose scale is known.

    Args:
        shapes: width and height of each picture in px.
        scales: px per cm of each, or None.
        anchors: see ``ClothSize``.
    """
    known = [w * 10 / s for (w, _), s in zip(shapes, scales, strict=True) if s]
    guess = known[0] if known else GUESSED_WIDTH_MM
    sizes = []
    for (width, height), scale, anchor in zip(shapes, scales, anchors, strict=True):
        mm = width * 10 / scale if scale else guess
        sizes.append(ClothSize(mm, mm * height / max(1, width), anchor, bool(scale)))
    return sizes


@dataclass(frozen=True, slots=True)
class LinkedView:
    """What part of both cloths is seen.

    Attributes:
        zoom: logical screen px for a mm of cloth.
        x, y: the middle of the view, mm right of and below each cloth's anchor.
    """

    zoom: float = 4.0
    x: float = 0.0
    y: float = 0.0

    def place(self, size: ClothSize, pane: QRectF) -> QRectF:
        """Where a whole picture stands on the screen when the pane shows this view."""
        middle = pane.center()
        left = middle.x() - (size.anchor[0] * size.width + self.x) * self.zoom
        top = middle.y() - (size.anchor[1] * size.height + self.y) * self.zoom
        return QRectF(left, top, size.width * self.zoom, size.height * self.zoom)

    def mm_at(self, point: QPointF, pane: QRectF) -> QPointF:
        """The point under a place of the pane, mm from the anchor."""
        away = point - pane.center()
        return QPointF(self.x + away.x() / self.zoom, self.y + away.y() / self.zoom)

    def panned(self, dx: float, dy: float) -> "LinkedView":
        """The cloth pushed by some px of the screen."""
        return replace(self, x=self.x - dx / self.zoom, y=self.y - dy / self.zoom)

    def zoomed(self, factor: float, at: QPointF, pane: QRectF) -> "LinkedView":
        """Larger or smaller; what lies under a point of the pane stays there."""
        held = self.mm_at(at, pane)
        zoom = min(MOST_ZOOM, max(LEAST_ZOOM, self.zoom * factor))
        away = at - pane.center()
        return LinkedView(zoom, held.x() - away.x() / zoom, held.y() - away.y() / zoom)

    def within(self, sizes: Sequence[ClothSize]) -> "LinkedView":
        """Not further from the anchors than any of the cloths reaches."""
        left = max(s.anchor[0] * s.width for s in sizes)
        right = max((1 - s.anchor[0]) * s.width for s in sizes)
        up = max(s.anchor[1] * s.height for s in sizes)
        down = max((1 - s.anchor[1]) * s.height for s in sizes)
        return replace(self, x=min(right, max(-left, self.x)), y=min(down, max(-up, self.y)))


def fitting(sizes: Sequence[ClothSize], pane: QRectF) -> LinkedView:
    """A view that fills the pane with the smaller cloth."""
    rooms = [min(pane.width() / s.width, pane.height() / s.height) for s in sizes]
    return LinkedView(min(MOST_ZOOM, max(LEAST_ZOOM, max(rooms))))


def whole(sizes: Sequence[ClothSize], pane: QRectF) -> LinkedView:
    """A view in which all of every cloth is seen."""
    rooms = []
    for s in sizes:
        across = 2 * max(s.anchor[0], 1 - s.anchor[0]) * s.width
        down = 2 * max(s.anchor[1], 1 - s.anchor[1]) * s.height
        rooms.append(min(pane.width() / across, pane.height() / down))
    return LinkedView(min(MOST_ZOOM, max(LEAST_ZOOM, min(rooms))))


def anchor_of(crop: tuple[float, float, float, float] | None) -> tuple[float, float]:
    """The middle of the part that was searched with (left, top, right, bottom), 0..1."""
    left, top, right, bottom = crop or (0.0, 0.0, 1.0, 1.0)
    return (left + right) / 2, (top + bottom) / 2
