"""How the measuring glass is painted: cloth, pick-glass, marks, what was dragged, a bar of scale.

Lines over cloth are drawn twice, dark beside light, so that they show on any colour.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from fabricfinder.ui.glass_marks import COUNTING, ENDS
from fabricfinder.ui.number_words import decimal_text, pointed
from fabricfinder.ui.theme import SPACE_M, SPACE_S, current_theme, scaled_font

if TYPE_CHECKING:
    from fabricfinder.ui.measuring_glass import MeasuringGlass

_LIGHT, _DARK = QColor("#ffffff"), QColor("#141414")
_SMOOTH_TO = 6.0  # beyond that many screen px for one of the picture, its pixels are shown as such
_BARS_MM = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)


def paint_glass(painter: QPainter, view: "MeasuringGlass", *, repeat: bool) -> None:
    """Paint a whole view.

    Args:
        repeat: what was dragged is a rectangle, the pattern's repeat; else a line, the ruler.
    """
    theme = current_theme()
    painter.fillRect(view.rect(), theme.color("surround"))
    picture = view.picture
    if picture is None:
        painter.setPen(theme.color("muted"))
        words = QCoreApplication.translate("MeasuringGlass", "No picture to show")
        painter.drawText(view.rect(), Qt.AlignmentFlag.AlignCenter, words)
        return
    smooth = view.zoom <= _SMOOTH_TO
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    seen = QRectF(view.to_picture(QPointF()), view.to_picture(QPointF(view.width(), view.height())))
    part = seen.adjusted(-2, -2, 2, 2) & QRectF(picture.rect())
    target = QRectF(view.to_screen(part.topLeft()), view.to_screen(part.bottomRight()))
    painter.drawPixmap(target, picture, part)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    glass = view.glass_rect()
    if glass is not None:
        _paint_pick_glass(painter, view, glass)
    if view.tool in COUNTING:
        _paint_marks(painter, view)
    if view.stretch is not None:
        _paint_stretch(painter, view, repeat)
    if view.caret is not None:
        at = view.to_screen(view.caret)
        for line in (QLineF(at.x() - 14, at.y(), at.x() + 14, at.y()),
                     QLineF(at.x(), at.y() - 14, at.x(), at.y() + 14)):  # fmt: skip
            _line(painter, line)
    _paint_bar(painter, view)
    if view.hasFocus():
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(view.rect()).adjusted(1, 1, -1, -1))


def _line(painter: QPainter, line: QLineF, wide: float = 1.4) -> None:
    for color, width in ((_DARK, wide + 2), (_LIGHT, wide)):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(line)


def _paint_pick_glass(painter: QPainter, view: "MeasuringGlass", glass: QRectF) -> None:
    """The glass's rim with a tick each millimetre; cloth outside is faded."""
    fade = current_theme().color("surround")
    fade.setAlpha(120)
    whole = QRectF(view.rect())
    for strip in (
        QRectF(whole.topLeft(), QPointF(whole.right(), glass.top())),
        QRectF(QPointF(whole.left(), glass.bottom()), whole.bottomRight()),
        QRectF(QPointF(whole.left(), glass.top()), glass.bottomLeft()),
        QRectF(glass.topRight(), QPointF(whole.right(), glass.bottom())),
    ):
        if strip.width() > 0 and strip.height() > 0:
            painter.fillRect(strip, fade)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((_DARK, 5), (_LIGHT, 2)):
        painter.setPen(QPen(color, width))
        painter.drawRect(glass)
    step = glass.width() / 10
    if step < 5:
        return
    for mm in range(1, 10):
        long = 12.0 if mm == 5 else 7.0
        x, y = glass.left() + mm * step, glass.top() + mm * step
        for line in (
            QLineF(x, glass.top(), x, glass.top() - long),
            QLineF(x, glass.bottom(), x, glass.bottom() + long),
            QLineF(glass.left(), y, glass.left() - long, y),
            QLineF(glass.right(), y, glass.right() + long, y),
        ):
            _line(painter, line)


def _paint_marks(painter: QPainter, view: "MeasuringGlass") -> None:
    """A line along each thread that was clicked, numbered where there is room."""
    ends = view.tool == ENDS
    marks = view.marks[view.tool].at
    glass = view.glass_rect() or QRectF(view.rect()).adjusted(20, 20, -20, -20)
    painter.setFont(scaled_font(0.9, bold=True))
    order = {place: number for number, place in enumerate(sorted(marks), 1)}
    spans = sorted(view.to_screen(QPointF(m, m)).x() for m in marks)
    crowded = any(b - a < 18 for a, b in zip(spans, spans[1:], strict=False))
    for place in marks:
        at = view.to_screen(QPointF(place, place))
        line = (
            QLineF(at.x(), glass.top(), at.x(), glass.bottom()) if ends
            else QLineF(glass.left(), at.y(), glass.right(), at.y())
        )  # fmt: skip
        _line(painter, line, 0.8)
        number = order[place]
        if crowded and number % 5 and number not in (1, len(marks)):
            continue
        corner = QPointF(at.x() - 8, glass.top() + 14) if ends else (
            QPointF(glass.left() + 4, at.y() - 3)
        )
        _words(painter, corner, str(number))


def _paint_stretch(painter: QPainter, view: "MeasuringGlass", repeat: bool) -> None:
    """The repeat as a rectangle with its neighbours hinted, or the ruler as a line with ends."""
    s = view.stretch
    start, end = view.to_screen(QPointF(s.x, s.y)), view.to_screen(QPointF(s.x + s.dx, s.y + s.dy))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if repeat:
        box = QRectF(start, end).normalized()
        for color, width in ((_DARK, 4), (_LIGHT, 2)):
            painter.setPen(QPen(color, width))
            painter.drawRect(box)
        painter.setPen(QPen(_LIGHT, 1, Qt.PenStyle.DashLine))
        painter.drawRect(box.translated(box.width(), 0))
        painter.drawRect(box.translated(0, box.height()))
        return
    line = QLineF(start, end)
    _line(painter, line, 2)
    if line.length() > 1:
        across = line.normalVector().unitVector()
        step = QPointF(across.dx(), across.dy()) * 9
        for at in (start, end):
            _line(painter, QLineF(at - step, at + step), 2)


def _words(painter: QPainter, at: QPointF, text: str) -> None:
    """Light words with a dark rim."""
    painter.setPen(_DARK)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(at + QPointF(dx, dy), text)
    painter.setPen(_LIGHT)
    painter.drawText(at, text)


def _paint_bar(painter: QPainter, view: "MeasuringGlass") -> None:
    """A bar of so many millimetres at the lower left, and how much larger than life it is."""
    if view.px_per_cm is None:
        return
    px_per_mm = view.zoom * view.px_per_cm / 10
    fitting = [mm for mm in _BARS_MM if mm * px_per_mm <= 0.3 * view.width()]
    mm = fitting[-1] if fitting else _BARS_MM[0]
    left, bottom = SPACE_M + 4, view.height() - SPACE_M - 4
    painter.setFont(scaled_font(1.0, bold=True))
    words = QCoreApplication.translate("Glass", "{mm} mm").format(mm=pointed(f"{mm:g}"))
    if view.times is not None:
        times = decimal_text(view.times, 1) if view.times < 10 else f"{view.times:.0f}"
        words += "  " + QCoreApplication.translate("MeasuringGlass", "{n} × life size").format(n=times)
    plate = QRectF(left - SPACE_S, bottom - 34, max(
        mm * px_per_mm, painter.fontMetrics().horizontalAdvance(words)) + 2 * SPACE_S, 42)
    ground = QColor(_DARK)
    ground.setAlpha(190)
    painter.fillRect(plate, ground)
    painter.fillRect(QRectF(left, bottom - 4, mm * px_per_mm, 4), _LIGHT)
    painter.setPen(_LIGHT)
    painter.drawText(QPointF(left, bottom - 12), words)
