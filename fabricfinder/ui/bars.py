"""The four bars, drawn the same way everywhere: fill and pattern by dimension, length by score."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from fabricfinder.ui.theme import THEMES, Theme, current_theme

_TILE_PX = {"diagonal": 8, "dots": 4, "lines": 4, "solid": 4}


def paint_bar(
    painter: QPainter,
    rect: QRectF,
    dimension: str,
    score: float | None,
    *,
    theme: Theme | None = None,
    outlined: bool = False,
) -> None:
    """Draw one bar.

    A track over the whole rect, and the dimension's patterned fill over ``score`` of it. An
    unknown score is a dashed middle line and no track: it must not look like 0.

    Args:
        painter: where; its state is left as it was.
        rect: the full bar in logical pixels.
        dimension: one of DIMENSIONS.
        score: 0..1, or None when it cannot be judged.
        theme: defaults to the theme in use.
        outlined: draw the fill's outline only: the score is a guess.
    """
    theme = theme or current_theme()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if score is None:
        middle = rect.center().y()
        painter.setPen(QPen(QColor(theme.strong_line), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.right(), middle))
    else:
        painter.fillRect(rect, QColor(theme.track))
        filled = QRectF(rect)
        filled.setWidth(rect.width() * min(1.0, max(0.0, score)))
        if outlined:
            paint_outline(painter, filled, QColor(theme.dimensions[dimension].color), theme)
        else:
            painter.setBrushOrigin(rect.topLeft())
            ratio = painter.device().devicePixelRatioF()
            painter.fillRect(filled, dimension_brush(dimension, theme, ratio))
    painter.restore()


def paint_outline(painter: QPainter, rect: QRectF, color: QColor, theme: Theme) -> None:
    """A hollow bar in one colour, at least as wide as its two edges."""
    inside = QRectF(rect.topLeft(), rect.size()).adjusted(0.5, 0.5, -0.5, -0.5)
    inside.setWidth(max(1.0, inside.width()))
    painter.setPen(QPen(color, 1))
    painter.setBrush(QColor(theme.field))
    painter.drawRect(inside)


def dimension_brush(dimension: str, theme: Theme, ratio: float = 1.0) -> QBrush:
    """The patterned brush of a dimension at a device pixel ratio (GUI thread only)."""
    return _brush(dimension, theme.name, ratio)


@lru_cache(maxsize=64)
def _brush(dimension: str, theme_name: str, ratio: float) -> QBrush:
    """Paint one tile of the pattern; every tile repeats without a seam."""
    style = THEMES[theme_name].dimensions[dimension]
    side = _TILE_PX[style.pattern]
    tile = QPixmap(round(side * ratio), round(side * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(QColor(style.color))
    painter = QPainter(tile)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.ink))
    if style.pattern == "diagonal":
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shift in (-side, 0, side):
            corners = ((0, side), (side, 0), (side + 2.5, 0), (2.5, side))
            painter.drawPolygon(QPolygonF([QPointF(x + shift, y) for x, y in corners]))
    elif style.pattern == "dots":
        painter.drawRect(QRectF(0, 0, 1.5, 1.5))
        painter.drawRect(QRectF(2, 2, 1.5, 1.5))
    elif style.pattern == "lines":
        painter.drawRect(QRectF(0, 0, 1.25, side))
    painter.end()
    return QBrush(tile)
