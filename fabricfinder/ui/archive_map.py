"""The archive map: every cloth by tightness and yarn fineness in its own colour; a lasso chooses."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fabricfinder.sheets.plots import MapPoints
from fabricfinder.ui.number_words import pointed
from fabricfinder.ui.theme import current_theme, scaled_font

MARGINS = (52, 12, 14, 40)  # left, top, right, bottom in px: room for the axes' numbers
RADIUS = 4.3  # px of a cloth's point
NEAR_PX = 8.0  # how far from a point the mouse still means it
FADE = 0.6  # how much of the ground a point that is not chosen takes on


class ArchiveMap(QWidget):
    """Paints the points; drag a line around some to choose them, arrows and Space do it by key.

    Signals:
        chosen_changed: the ids of the chosen cloths.
        current_changed: the id the mouse or the arrows point at, or "".
    """

    chosen_changed = Signal(object)
    current_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: MapPoints | None = None
        self._chosen = np.zeros(0, bool)
        self._lasso = QPolygonF()
        self._current = -1
        self._drawn: QImage | None = None
        self._labels = (self.tr("Tightness, %"), self.tr("Yarn fineness, Nm"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(360, 260)
        self.setAccessibleName(self.tr("Archive map: tightness across, yarn fineness up"))

    def show_points(self, points: MapPoints) -> None:
        """Show an archive; nothing is chosen at first."""
        self._points, self._current = points, -1
        self._chosen = np.zeros(len(points), bool)
        self._renew()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen cloths."""
        if self._points is None:
            return ()
        return tuple(self._points.ids[i] for i in np.flatnonzero(self._chosen))

    def choose_inside(self, polygon: QPolygonF, add: bool = False) -> None:
        """Choose what lies inside a polygon of widget pixels, beside what is chosen if ``add``."""
        if self._points is None or not len(self._points):
            return
        inside = points_inside(self._places(), polygon)
        self._chosen = (self._chosen | inside) if add else inside
        self._tell()

    def place_of(self, swatch_id: str) -> QPointF | None:
        """Where a cloth stands in the widget, or None."""
        if self._points is None or swatch_id not in self._points.ids:
            return None
        x, y = self._places()[self._points.ids.index(swatch_id)]
        return QPointF(float(x), float(y))

    # Inside ------------------------------------------------------------------------------------

    def _field(self) -> QRectF:
        left, top, right, bottom = MARGINS
        return QRectF(left, top, self.width() - left - right, self.height() - top - bottom)

    def _ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Lowest and highest tightness and fineness shown, a little room around them."""
        return _roomy(self._points.tightness), _roomy(self._points.fineness)

    def _places(self) -> np.ndarray:
        """Every point in widget pixels, float (n, 2)."""
        field = self._field()
        (x0, x1), (y0, y1) = self._ranges()
        x = field.left() + (self._points.tightness - x0) / (x1 - x0) * field.width()
        y = field.bottom() - (self._points.fineness - y0) / (y1 - y0) * field.height()
        return np.stack([x, y], axis=1)

    def _tell(self) -> None:
        self._renew()
        self.chosen_changed.emit(self.chosen)

    def _renew(self) -> None:
        self._drawn = None
        self.update()

    def _draw_points(self) -> QImage:
        """All points as one picture: stamped with numpy, a hundred thousand are no matter."""
        ratio = self.devicePixelRatioF()
        width, height = (max(1, round(n * ratio)) for n in (self.width(), self.height()))
        pixels = np.zeros((height, width, 4), np.uint8)
        places = np.rint(self._places() * ratio).astype(int)
        theme = current_theme()
        ground = np.array(theme.color("field").getRgb()[:3], np.float64)
        rgb = self._points.rgb.astype(np.float64)
        if self._chosen.any():
            faded = rgb + (ground - rgb) * FADE
            rgb = np.where(self._chosen[:, None], rgb, faded)
        order = np.argsort(self._chosen, kind="stable")  # chosen ones on top
        edge = np.array(theme.color("strong_line").getRgb()[:3], np.uint8)
        radius = RADIUS * ratio
        reach = int(np.ceil(radius))
        offsets = [(dy, dx) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1)]
        for rim in (True, False):
            for dy, dx in offsets:
                far = np.hypot(dy, dx)
                if far > radius or (not rim and far > radius - ratio):
                    continue
                y, x = places[order, 1] + dy, places[order, 0] + dx
                fits = (y >= 0) & (y < height) & (x >= 0) & (x < width)
                color = edge if rim else rgb[order][fits].astype(np.uint8)
                pixels[y[fits], x[fits], :3] = color
                pixels[y[fits], x[fits], 3] = 255
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        image.setDevicePixelRatio(ratio)
        return image

    def _nearest(self, at: QPointF) -> int:
        """The point under the mouse, or -1."""
        if self._points is None or not len(self._points):
            return -1
        far = np.hypot(*(self._places() - [at.x(), at.y()]).T)
        best = int(far.argmin())
        return best if far[best] <= NEAR_PX else -1

    def _point_at(self, index: int) -> None:
        if index != self._current:
            self._current = index
            self.current_changed.emit(self._points.ids[index] if index >= 0 else "")
            self.update()

    def _paint_axes(self, painter: QPainter) -> None:
        theme, field = current_theme(), self._field()
        painter.setFont(scaled_font(0.85))
        painter.setPen(theme.color("muted"))
        (x0, x1), (y0, y1) = self._ranges()
        for value in ticks_between(x0, x1):
            x = field.left() + (value - x0) / (x1 - x0) * field.width()
            painter.drawLine(QPointF(x, field.bottom()), QPointF(x, field.bottom() + 4))
            box = QRectF(x - 30, field.bottom() + 5, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, pointed(f"{value:g}"))
        for value in ticks_between(y0, y1):
            y = field.bottom() - (value - y0) / (y1 - y0) * field.height()
            painter.drawLine(QPointF(field.left() - 4, y), QPointF(field.left(), y))
            box = QRectF(0, y - 8, field.left() - 7, 16)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, pointed(f"{value:g}"))
        painter.setPen(theme.color("strong_line"))
        painter.drawLine(field.bottomLeft(), field.bottomRight())
        painter.drawLine(field.bottomLeft(), field.topLeft())
        painter.setPen(theme.color("text"))
        foot = QRectF(field.left(), field.bottom() + 20, field.width(), 18)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, self._labels[0])
        painter.drawText(QPointF(field.left() + 8, field.top() + 12), self._labels[1])

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(760, 520)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(self.rect(), theme.color("field"))
        if self._points is None or not len(self._points):
            painter.setPen(theme.color("muted"))
            words = self.tr("No cloth here has yarn counts and a tightness yet.")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            return
        self._paint_axes(painter)
        if self._drawn is None:
            self._drawn = self._draw_points()
        painter.drawImage(0, 0, self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current >= 0:
            x, y = self._places()[self._current]
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawEllipse(QPointF(x, y), 8, 8)
        if not self._lasso.isEmpty():
            painter.setPen(QPen(theme.color("focus"), 1.5, Qt.PenStyle.DashLine))
            painter.drawPolygon(self._lasso)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: a theme came."""
        if event.type() == QEvent.Type.PaletteChange:
            self._renew()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: a lasso begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._lasso = QPolygonF([event.position()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent."""
        if event.buttons() & Qt.MouseButton.LeftButton and not self._lasso.isEmpty():
            self._lasso.append(event.position())
            self.update()
        elif self._points is not None:
            self._point_at(self._nearest(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent: choose what is inside; a click chooses one."""
        lasso, self._lasso = self._lasso, QPolygonF()
        add = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._points is None or lasso.isEmpty():
            return
        if lasso.size() > 3:
            self.choose_inside(lasso, add)
            return
        near = self._nearest(event.position())
        mask = np.zeros(len(self._points), bool)
        if near >= 0:
            mask[near] = True
        self._chosen = (self._chosen ^ mask) if add else mask
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: arrows walk by tightness, Space chooses, Esc frees."""
        if self._points is None or not len(self._points):
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            order = np.argsort(self._points.tightness, kind="stable")
            here = int(np.flatnonzero(order == self._current)[0]) if self._current >= 0 else -step
            self._point_at(int(order[max(0, min(len(order) - 1, here + step))]))
        elif event.key() == Qt.Key.Key_Space and self._current >= 0:
            self._chosen[self._current] ^= True
            self._tell()
        elif event.key() == Qt.Key.Key_Escape and self._chosen.any():
            self._chosen[:] = False
            self._tell()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: no tooltip of Qt's own over the points."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.hideText()
            return True
        return super().event(event)


def points_inside(places: np.ndarray, polygon: QPolygonF) -> np.ndarray:
    """Which points (n, 2) lie inside a polygon: bool (n,), by the even-odd rule."""
    corners = np.array([(p.x(), p.y()) for p in polygon])
    inside = np.zeros(len(places), bool)
    x, y = places[:, 0], places[:, 1]
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crosses = (y1 > y) != (y2 > y)
        inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


def ticks_between(low: float, high: float) -> list[float]:
    """Four to nine round numbers between two values; nought has no sign."""
    step = 10.0 ** np.floor(np.log10((high - low) / 4))
    step = next(step * k for k in (1, 2, 5, 10) if (high - low) / (step * k) <= 9)
    first = np.ceil(low / step)
    return [float(n * step) + 0.0 for n in np.arange(first, np.floor(high / step) + 1)]


def _roomy(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = max((high - low) * 0.05, 0.5)
    return low - room, high + room
