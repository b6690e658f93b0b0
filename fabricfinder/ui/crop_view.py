"""The query swatch, large, with a crop rectangle drawn, moved and resized by mouse or keyboard."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.ui.theme import current_theme

Crop = tuple[float, float, float, float]

MARGIN = 7  # px around the picture, room for handles and the focus ring
REACH = 9  # px within which a handle is taken
CLICK = 5  # px; a smaller drag is a click and changes nothing
STEP = 0.02  # of the picture, per arrow key
SMALLEST = 0.03  # of the picture, by keyboard
PULSE_MS = 700
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
_WHOLE = QRectF(0, 0, 1, 1)


class CropView(QWidget):
    """Shows a picture fitted in the middle, and the part of it that is searched with.

    Attributes:
        unreadable: there is no picture and none will come.

    Signals:
        crop_changed: the new crop (left, top, right, bottom, each 0..1), or None for the whole
            picture; sent once, when the mouse button or the key is let go.
    """

    crop_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self.unreadable = False
        self._crop: QRectF | None = None
        self._grip = ""  # what the mouse holds: "new", "move", or edges such as "lt", "r"
        self._pressed_at = QPointF()
        self._before: QRectF | None = None
        self._pulse = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=PULSE_MS)
        self._pulse.valueChanged.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Query swatch"))
        self.setAccessibleDescription(
            self.tr(
                "Drag to search with a part of it. Arrow keys move the part, "
                "with Shift they resize it, Escape takes the whole picture."
            )
        )

    @property
    def crop(self) -> Crop | None:
        """The part searched with: left, top, right, bottom, each 0..1; None = all of it."""
        if self._crop is None:
            return None
        r = self._crop
        return r.left(), r.top(), r.right(), r.bottom()

    def set_picture(self, picture: QPixmap | None, *, unreadable: bool = False) -> None:
        """Show a picture, or nothing yet, or that there is nothing to show."""
        self._picture, self.unreadable = picture, unreadable
        self.update()

    def set_crop(self, crop: Crop | None) -> None:
        """Show a crop without announcing it."""
        self._crop = None if crop is None else QRectF(QPointF(*crop[:2]), QPointF(*crop[2:]))
        self.update()

    def pulse(self) -> None:
        """Pulse the frame once: a search has begun."""
        self._pulse.stop()
        self._pulse.start()

    def reset_crop(self) -> None:
        """Search with the whole picture again."""
        if self._crop is not None:
            self._crop = None
            self.update()
            self.crop_changed.emit(None)

    def picture_rect(self) -> QRectF:
        """Where the picture stands in the widget, empty without one."""
        if self._picture is None or self._picture.isNull():
            return QRectF()
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        size = QSize(self._picture.size()).scaled(
            room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio
        )
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        return place.toAlignedRect().toRectF()

    def _grip_at(self, point: QPointF) -> str:
        """What the mouse would take hold of at a point; "" outside the picture."""
        if self._crop is not None:
            box = _on_screen(self._crop, self.picture_rect())
            if box.adjusted(-REACH, -REACH, REACH, REACH).contains(point):
                edges = _near(point.x(), box.left(), box.right(), "lr")
                edges += _near(point.y(), box.top(), box.bottom(), "tb")
                if edges:
                    return edges
            if box.contains(point):
                return "move"
        return "new" if self.picture_rect().contains(point) else ""

    def _drag_to(self, point: QPointF) -> None:
        place = self.picture_rect()
        start, here = _in_picture(self._pressed_at, place), _in_picture(point, place)
        if self._grip == "new":
            if (point - self._pressed_at).manhattanLength() >= CLICK:
                self._crop = QRectF(start, here).normalized()
        elif self._grip == "move":
            self._crop = _moved(self._before, here.x() - start.x(), here.y() - start.y())
        else:
            self._crop = _stretched(self._before, self._grip, here)
        self.update()

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(280, 280)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: take hold of the crop, or begin a new one."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = self._grip_at(event.position())
            self._pressed_at, self._before = event.position(), self._crop

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent."""
        if self._grip:
            self._drag_to(event.position())
        else:
            grip = self._grip_at(event.position())
            self.setCursor(_CURSORS.get(grip, Qt.CursorShape.ArrowCursor))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent: the crop stands, search with it."""
        if event.button() != Qt.MouseButton.LeftButton or not self._grip:
            return
        self._grip = ""
        box = None if self._crop is None else _on_screen(self._crop, self.picture_rect())
        if box is not None and min(box.width(), box.height()) < CLICK:
            self._crop = self._before
        self.update()
        if self._crop != self._before:
            self.crop_changed.emit(self.crop)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseDoubleClickEvent: the whole picture."""
        self.reset_crop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: arrows move, Shift+arrows resize, Escape resets."""
        if event.key() == Qt.Key.Key_Escape and self._grip:
            self._grip, self._crop = "", self._before
            self.update()
        elif event.key() == Qt.Key.Key_Escape and self._crop is not None:
            self.reset_crop()
        elif event.key() in _ARROWS and self._picture is not None:
            if not event.isAutoRepeat():
                self._before = self._crop
            self._crop = _by_key(self._crop, event.key(), event.modifiers())
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyReleaseEvent: the crop stands, search with it."""
        if event.key() in _ARROWS and self._picture is not None:
            if not event.isAutoRepeat() and self._crop != self._before:
                self._before = self._crop
                self.crop_changed.emit(self.crop)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Override QWidget::focusInEvent: show the ring."""
        self._before = self._crop
        self.update()
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surround"))
        place = self.picture_rect()
        if not place.isEmpty():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
            if self._crop is not None:
                _paint_crop(painter, place, _on_screen(self._crop, place))
        elif self.unreadable:
            painter.setPen(theme.color("muted"))
            centre = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.rect(), centre, self.tr("No picture to show"))
        if self._pulse.state() == QVariantAnimation.State.Running and not place.isEmpty():
            strength = 1 - abs(2 * self._pulse.currentValue() - 1)
            color = theme.color("focus")
            color.setAlphaF(strength)
            painter.setPen(QPen(color, 3))
            painter.drawRect(place.adjusted(-3, -3, 3, 3))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))


_CURSORS = {
    "new": Qt.CursorShape.CrossCursor, "move": Qt.CursorShape.SizeAllCursor,
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
    "lt": Qt.CursorShape.SizeFDiagCursor, "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor, "lb": Qt.CursorShape.SizeBDiagCursor,
}  # fmt: skip


def _on_screen(crop: QRectF, place: QRectF) -> QRectF:
    """A crop in shares of a picture as a rectangle of the widget where the picture stands."""
    return QRectF(
        place.left() + crop.left() * place.width(), place.top() + crop.top() * place.height(),
        crop.width() * place.width(), crop.height() * place.height(),
    )  # fmt: skip


def _in_picture(point: QPointF, place: QRectF) -> QPointF:
    """A widget point as shares of the picture, kept inside it."""
    x = (point.x() - place.left()) / max(1.0, place.width())
    y = (point.y() - place.top()) / max(1.0, place.height())
    return QPointF(min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))


def _paint_crop(painter: QPainter, place: QRectF, box: QRectF) -> None:
    """Fade what is left out, and outline the part so that it shows on any cloth."""
    fade = current_theme().color("surround")
    fade.setAlpha(175)
    for strip in (
        QRectF(place.topLeft(), QPointF(place.right(), box.top())),
        QRectF(QPointF(place.left(), box.bottom()), place.bottomRight()),
        QRectF(QPointF(place.left(), box.top()), box.bottomLeft()),
        QRectF(box.topRight(), QPointF(place.right(), box.bottom())),
    ):
        painter.fillRect(strip, fade)
    painter.setPen(QPen(QColor("#ffffff"), 3))
    painter.drawRect(box)
    painter.setPen(QPen(QColor("#1a1a1a"), 1))
    painter.drawRect(box)
    painter.setBrush(QColor("#ffffff"))
    middle = box.center()
    for x in (box.left(), middle.x(), box.right()):
        for y in (box.top(), middle.y(), box.bottom()):
            if QPointF(x, y) != middle:
                painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _near(value: float, low: float, high: float, letters: str) -> str:
    """Which of two edges a coordinate is within reach of, the nearer one; "" for neither."""
    distances = sorted(((abs(value - low), letters[0]), (abs(value - high), letters[1])))
    return distances[0][1] if distances[0][0] <= min(REACH, max(3.0, (high - low) / 3)) else ""


def _moved(rect: QRectF, dx: float, dy: float) -> QRectF:
    """A crop shifted, stopped at the picture's edges."""
    dx = min(1 - rect.right(), max(-rect.left(), dx))
    dy = min(1 - rect.bottom(), max(-rect.top(), dy))
    return rect.translated(dx, dy)


def _stretched(rect: QRectF, edges: str, to: QPointF) -> QRectF:
    """A crop with the named edges drawn to a point; it may be turned inside out and stays valid."""
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    left, right = (to.x() if "l" in edges else left), (to.x() if "r" in edges else right)
    top, bottom = (to.y() if "t" in edges else top), (to.y() if "b" in edges else bottom)
    return QRectF(QPointF(left, top), QPointF(right, bottom)).normalized()


def _by_key(crop: QRectF | None, key: int, modifiers: Qt.KeyboardModifier) -> QRectF:
    """The crop after an arrow key; the first key on a whole picture takes its middle half."""
    if crop is None:
        return QRectF(0.25, 0.25, 0.5, 0.5)
    dx, dy = (STEP * d for d in _ARROWS[key])
    if not modifiers & Qt.KeyboardModifier.ShiftModifier:
        return _moved(crop, dx, dy)
    right = min(1.0, max(crop.left() + SMALLEST, crop.right() + dx))
    bottom = min(1.0, max(crop.top() + SMALLEST, crop.bottom() + dy))
    return QRectF(crop.topLeft(), QPointF(right, bottom)) & _WHOLE
