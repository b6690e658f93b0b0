"""How a comparison is painted: cloth at its millimetres, names, a bar of scale, line and veil.

Lines and words over cloth are dark on light, so that they show on any colour.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from fabricfinder.comparing import Cloth
from fabricfinder.ui.linked_view import ClothSize, LinkedView
from fabricfinder.ui.number_words import decimal_text, pointed
from fabricfinder.ui.theme import SPACE_S, current_theme, scaled_font

if TYPE_CHECKING:
    from fabricfinder.ui.compare_canvas import CompareCanvas

translate = QCoreApplication.translate

SIDE, BLINK, SWIPE, SPLIT = "side", "blink", "swipe", "split"
MODES = (SIDE, BLINK, SWIPE, SPLIT)
GAP = 2  # px between two panes

_LIGHT, _DARK = QColor("#ffffff"), QColor("#141414")
_BARS_MM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
LONGEST_BAR_PX = 160
PIXELS_FROM = 6.0  # screen px for one of the picture, from which on its pixels are shown as such
VEIL = 222  # alpha over what did not speak


def paint_cloth(painter: QPainter, pane: QRectF, place: QRectF, image: QImage | None) -> None:
    """Paint the part of a picture that a pane shows; ``place`` is where all of it would stand."""
    part = place & pane
    if part.isEmpty():
        return
    if image is None:
        painter.fillRect(part, current_theme().color("placeholder"))
        return
    scale = image.width() / place.width(), image.height() / place.height()
    source = QRectF(
        (part.left() - place.left()) * scale[0], (part.top() - place.top()) * scale[1],
        part.width() * scale[0], part.height() * scale[1],
    )  # fmt: skip
    smooth = 1 / scale[0] < PIXELS_FROM
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(part, image, source)


def double_line(painter: QPainter, line: QLineF) -> None:
    """A line that shows on any cloth."""
    painter.setPen(QPen(_LIGHT, 3))
    painter.drawLine(line)
    painter.setPen(QPen(_DARK, 1))
    painter.drawLine(line)


def double_frame(painter: QPainter, box: QRectF, *, dashed: bool = False) -> None:
    """A frame that shows on any cloth."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_LIGHT, 3))
    painter.drawRect(box)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(_DARK, 1, style))
    painter.drawRect(box)


def paint_words(
    painter: QPainter, words: str, at: QPointF, room: float, *, right: bool = False
) -> QRectF:
    """Words on a small plate at a point: its upper left corner, or right one; returns the plate."""
    theme = current_theme()
    painter.setFont(scaled_font(0.95))
    metrics = QFontMetricsF(painter.font())
    said = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, max(20.0, room - 16))
    plate = QRectF(0, 0, metrics.horizontalAdvance(said) + 14, metrics.height() + 6)
    plate.moveTo(at.x() - plate.width() if right else at.x(), at.y())
    ground = QColor(theme.panel)
    ground.setAlpha(232)
    painter.fillRect(plate, ground)
    painter.setPen(theme.color("text"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, said)
    return plate


def paint_scale_bar(painter: QPainter, pane: QRectF, zoom: float) -> None:
    """A bar of so many mm in the lower left corner."""
    mm = max((b for b in _BARS_MM if b * zoom <= LONGEST_BAR_PX), default=_BARS_MM[0])
    words = translate("Compare", "{mm} mm").format(mm=pointed(f"{mm:g}"))
    painter.setFont(scaled_font(0.9))
    height = QFontMetricsF(painter.font()).height()
    box = QRectF(pane.left() + SPACE_S, pane.bottom() - SPACE_S - height - 12, 0, height + 12)
    box.setWidth(max(mm * zoom, QFontMetricsF(painter.font()).horizontalAdvance(words)) + 16)
    ground = QColor(current_theme().panel)
    ground.setAlpha(232)
    painter.fillRect(box, ground)
    pen = QPen(current_theme().color("text"), 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    left, y = box.left() + 8, box.bottom() - 6
    painter.drawLine(QLineF(left, y, left + mm * zoom, y))
    for x in (left, left + mm * zoom):
        painter.drawLine(QLineF(x, y - 4, x, y + 1))
    text = QRectF(left, box.top() + 2, box.width(), height)
    painter.drawText(text, Qt.AlignmentFlag.AlignLeft, words)


def veil_image(losses: np.ndarray) -> QImage:
    """A veil for a map of losses (cells, cells): clear where most was lost, thick where nothing.

    The thickness falls evenly from the least loss to the greatest; a flat map is thin all over.
    """
    low, high = float(losses.min()), float(losses.max())
    share = np.full(losses.shape, 0.7) if high - low < 1e-6 else (losses - low) / (high - low)
    pixels = np.zeros((*losses.shape, 4), np.uint8)
    pixels[..., 3] = np.rint(VEIL * (1 - share))
    pixels[..., :3] = 128
    pixels[..., :3] = np.rint(pixels[..., :3] * (pixels[..., 3:] / 255.0))
    height, width = losses.shape
    kind = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.tobytes(), width, height, 4 * width, kind).copy()


def paint_veil(painter: QPainter, pane: QRectF, place: QRectF, losses: np.ndarray) -> None:
    """Lay the veil over the searched part of a cloth and frame the cell that spoke most."""
    painter.save()
    painter.setClipRect(pane)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, veil_image(losses))
    if float(losses.max()) > 0:
        rows, columns = losses.shape
        row, column = np.unravel_index(int(losses.argmax()), losses.shape)
        cell = QRectF(place.left() + column * place.width() / columns,
                      place.top() + row * place.height() / rows,
                      place.width() / columns, place.height() / rows)  # fmt: skip
        double_frame(painter, cell)
        points = translate("Compare", "−{n} points").format(n=decimal_text(100 * losses.max(), 1))
        paint_words(painter, points, cell.topLeft() + QPointF(2, 2), 200)
    painter.restore()


def part_of(place: QRectF, part: tuple[float, float, float, float] | None) -> QRectF:
    """Where a part (left, top, right, bottom, 0..1) of a picture stands; None = all of it."""
    if part is None:
        return place
    left, top, right, bottom = part
    return QRectF(
        place.left() + left * place.width(), place.top() + top * place.height(),
        (right - left) * place.width(), (bottom - top) * place.height(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class ShownCloth:
    """One cloth on the canvas: how large it is taken to be, and what stands on its plate."""

    cloth: Cloth
    size: ClothSize
    title: str

    def px_wanted(self, view: LinkedView, ratio: float) -> float:
        """Longer side in px of a picture that is sharp at this zoom on a screen of this ratio."""
        return max(self.size.width, self.size.height) * view.zoom * ratio


def paint_comparison(
    painter: QPainter, canvas: "CompareCanvas", sides: tuple[ShownCloth, ShownCloth]
) -> None:
    """Paint query and candidate the way the canvas looks at them."""
    panes = canvas.panes()
    if canvas.mode == SIDE:
        for side, pane in zip(sides, panes, strict=True):
            _paint_side(painter, canvas, side, pane, pane, is_query=side is sides[0])
        seam = QRectF(panes[0].right(), 0, GAP, canvas.height())
        painter.fillRect(seam, current_theme().color("strong_line"))
    elif canvas.mode == BLINK:
        side = sides[1 if canvas.shows_second else 0]
        _paint_side(painter, canvas, side, panes[0], panes[0], is_query=side is sides[0])
    else:
        _paint_parted(painter, canvas, sides, panes[0])


def _paint_parted(
    painter: QPainter, canvas: "CompareCanvas", sides: tuple[ShownCloth, ShownCloth], pane: QRectF
) -> None:
    """Query on one side of a line, candidate on the other, in one place."""
    if canvas.mode == SWIPE:
        at = canvas.line * pane.width()
        parts = (QRectF(0, 0, at, pane.height()), QRectF(at, 0, pane.width() - at, pane.height()))
        line = QLineF(at, 0, at, pane.height())
    else:
        at = pane.height() / 2
        parts = QRectF(0, 0, pane.width(), at), QRectF(0, at, pane.width(), at)
        line = QLineF(0, at, pane.width(), at)
    for side, part in zip(sides, parts, strict=True):
        _paint_side(painter, canvas, side, pane, part, is_query=side is sides[0])
    double_line(painter, line)
    if canvas.mode == SWIPE:
        grip = QRectF(at - 5, pane.center().y() - 14, 10, 28)
        painter.fillRect(grip, current_theme().color("panel"))
        double_frame(painter, grip)


def _paint_side(
    painter: QPainter, canvas: "CompareCanvas", side: ShownCloth, pane: QRectF, part: QRectF,
    *, is_query: bool,
) -> None:  # fmt: skip
    """One cloth as the pane shows it, in a part of the pane."""
    if part.isEmpty():
        return
    place = canvas.view.place(side.size, pane)
    key, wanted = side.cloth.key, side.px_wanted(canvas.view, canvas.devicePixelRatioF())
    image = canvas.pictures.best(key, wanted)
    painter.save()
    painter.setClipRect(part)
    paint_cloth(painter, part, place, image)
    crop = part_of(place, side.cloth.crop)
    if side.cloth.crop is not None:
        double_frame(painter, crop, dashed=True)
    if is_query and canvas.veil is not None:
        paint_veil(painter, part, crop, canvas.veil)
    _paint_plates(painter, canvas, side, part, is_query=is_query)
    if image is None and canvas.pictures.failed(key):
        words = translate("Compare", "The picture is not at hand")
        paint_words(painter, words, part.center() - QPointF(80, 10), part.width())
    painter.restore()


def _paint_plates(
    painter: QPainter, canvas: "CompareCanvas", side: ShownCloth, part: QRectF, *, is_query: bool
) -> None:
    """The cloth's name, and a bar of mm or that its scale is not known."""
    right = canvas.mode == SWIPE and not is_query
    x = part.right() - SPACE_S if right else part.left() + SPACE_S
    room = part.width() - 2 * SPACE_S
    at = QPointF(x, part.top() + SPACE_S)
    plate = paint_words(painter, side.title, at, room, right=right)
    if not side.size.true:
        words = translate(
            "Compare", "scale unknown: shown as wide as the other, not at true size"
        )
        if canvas.sizes is not None and not any(size.true for size in canvas.sizes):
            words = translate(
                "Compare", "scale unknown of both: shown equally wide, not at true size"
            )
        paint_words(painter, words, QPointF(x, plate.bottom() + 2), room, right=right)
    elif is_query or canvas.mode in (SIDE, BLINK):
        paint_scale_bar(painter, part, canvas.view.zoom)
