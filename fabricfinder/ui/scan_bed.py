"""The glass of a scanner: its preview, the area to scan, and a frame about each swatch on it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.capture.scanner import Area
from fabricfinder.capture.scanning import LEAST_FRAME_MM, Frame
from fabricfinder.ui.number_words import in_a_row
from fabricfinder.ui.scan_frames import (
    CORNERS,
    frame_of,
    grown,
    holds,
    moved,
    stretched,
    turned,
    turned_to,
)
from fabricfinder.ui.theme import current_theme, scaled_font

AREA, FRAMES = "area", "frames"
RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MARGIN, REACH = 30, 9
KNOB_PX = 22  # how far above a frame its turning knob stands
STEP_MM, TURN_DEG = 0.5, 0.5
_LIGHT, _DARK = QColor("#ffffff"), QColor("#141414")
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class ScanBed(QWidget):
    """Draw the area by dragging; correct the frames: drag, stretch, turn, Delete, draw new ones.

    Attributes:
        mode: ``AREA`` or ``FRAMES``: what a drag on the glass draws.
        area: what will be scanned, or None for all of it.
        frames: the swatches, numbered from 1.
        chosen: which of them the keys mean, or -1.

    Signals:
        area_changed: by her.
        frames_changed: by her.
    """

    area_changed = Signal()
    frames_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode = AREA
        self.area: Area | None = None
        self.frames: list[Frame] = []
        self.chosen = -1
        self._glass = (216.0, 297.0)
        self._picture: QPixmap | None = None
        self._words = ""
        self._seen_mm = (0.0, 0.0)
        self._grip = ""  # "new", "move", "turn", a corner, "area"
        self._pressed = QPointF()  # mm
        self._before: Frame | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 320)
        self.setAccessibleName(self.tr("The scanner's glass"))
        self._tell()

    # What is shown -----------------------------------------------------------------------------

    def say(self, words: str) -> None:
        """Write on the empty glass what is to be done; "" leaves it blank."""
        self._words = words
        self.update()

    def show_glass(self, width_mm: float, height_mm: float) -> None:
        """Another glass, empty."""
        self._glass = (width_mm or 216.0, height_mm or 297.0)
        self._picture, self.area, self.frames, self.chosen = None, None, [], -1
        self._tell()

    def show_preview(self, image: QImage, px_per_mm: float, frames: Sequence[Frame]) -> None:
        """What lies on the glass, and the swatches that were found."""
        self._picture = QPixmap.fromImage(image)
        self._seen_mm = (image.width() / px_per_mm, image.height() / px_per_mm)
        self.show_frames(frames)

    def show_frames(self, frames: Sequence[Frame]) -> None:
        """Other frames, none chosen."""
        self.frames, self.chosen = list(frames), -1
        self._tell()

    def set_mode(self, mode: str) -> None:
        """What a drag draws from now on."""
        self.mode = mode
        self.update()

    @property
    def has_preview(self) -> bool:
        """Whether the glass was looked at."""
        return self._picture is not None

    def set_area(self, area: Area | None) -> None:
        """Show an area without announcing it."""
        self.area = area
        self.update()

    def glass_rect(self) -> QRectF:
        """Where the glass stands in the widget."""
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -8, -8)
        scale = min(room.width() / self._glass[0], room.height() / self._glass[1])
        place = QRectF(0, 0, self._glass[0] * scale, self._glass[1] * scale)
        place.moveCenter(room.center())
        return place

    def to_screen(self, x: float, y: float) -> QPointF:
        """A point of the glass (mm) in the widget."""
        place = self.glass_rect()
        return place.topLeft() + QPointF(x, y) * (place.width() / self._glass[0])

    def to_glass(self, point: QPointF) -> QPointF:
        """A point of the widget in mm, kept on the glass."""
        place = self.glass_rect()
        mm = (point - place.topLeft()) / (place.width() / self._glass[0])
        return QPointF(min(self._glass[0], max(0.0, mm.x())), min(self._glass[1], max(0.0, mm.y())))

    def _tell(self) -> None:
        n = len(self.frames)
        said = self.tr("{n} swatches framed.").format(n=n)
        if 0 <= self.chosen < n:
            said = in_a_row(said, self.tr("Number {k} is chosen.").format(k=self.chosen + 1))
        self.setAccessibleDescription(in_a_row(said, self.tr(
            "Page Down chooses the next frame, arrows move it, with Shift they stretch it, comma "
            "and full stop turn it, Delete removes it, Insert adds one."
        )))  # fmt: skip
        self.update()

    # By mouse ----------------------------------------------------------------------------------

    def _knob(self, frame: Frame) -> QPointF:
        """The knob that turns a frame, in the widget."""
        a, b, c, _ = (self.to_screen(*corner) for corner in frame.corners)
        middle, up = (a + b) / 2, b - c
        return middle + up * (KNOB_PX / max(1.0, (up.x() ** 2 + up.y() ** 2) ** 0.5))

    def _grip_at(self, point: QPointF) -> tuple[str, int]:
        """What a press takes hold of, and of which frame."""
        mm = self.to_glass(point)
        if self.mode == AREA:
            return "area", -1
        if 0 <= self.chosen < len(self.frames):
            frame = self.frames[self.chosen]
            if (self._knob(frame) - point).manhattanLength() <= REACH + 3:
                return "turn", self.chosen
            for name, corner in zip(CORNERS, frame.corners, strict=True):
                if (self.to_screen(*corner) - point).manhattanLength() <= REACH + 3:
                    return name, self.chosen
        inside = [i for i, f in enumerate(self.frames) if holds(f, mm.x(), mm.y())]
        return ("move", inside[-1]) if inside else ("new", -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = self.to_glass(event.position())
        self._grip, self.chosen = self._grip_at(event.position())
        self._before = self.frames[self.chosen] if self.chosen >= 0 else None
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent."""
        here, start = self.to_glass(event.position()), self._pressed
        if not self._grip:
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        far = max(abs(here.x() - start.x()), abs(here.y() - start.y())) >= LEAST_FRAME_MM
        if self._grip == "area":
            if far:
                left, top = min(start.x(), here.x()), min(start.y(), here.y())
                self.area = Area(left, top, abs(here.x() - start.x()), abs(here.y() - start.y()))
        elif self._grip == "new":
            if far:
                self.frames.append(frame_of(start.x(), start.y(), here.x(), here.y()))
                self.chosen, self._grip = len(self.frames) - 1, "drawn"
        elif self._grip == "drawn":
            self.frames[self.chosen] = frame_of(start.x(), start.y(), here.x(), here.y())
        elif self._before is not None:
            self.frames[self.chosen] = self._changed(here)
        self.update()

    def _changed(self, here: QPointF) -> Frame:
        """The frame that is held, after a drag to a point of the glass."""
        assert self._before is not None
        if self._grip == "move":
            step = here - self._pressed
            return moved(self._before, step.x(), step.y())
        if self._grip == "turn":
            return turned_to(self._before, here.x(), here.y())
        return stretched(self._before, self._grip, here.x(), here.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent: what was drawn or moved stands."""
        grip, self._grip = self._grip, ""
        if grip == "area":
            self.area_changed.emit()
        elif grip == "drawn" or (grip not in ("", "new") and self._before != self._held()):
            self._announce()

    def _held(self) -> Frame | None:
        return self.frames[self.chosen] if 0 <= self.chosen < len(self.frames) else None

    def _announce(self) -> None:
        self._tell()
        self.frames_changed.emit()

    # By key ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent."""
        key, n = event.key(), len(self.frames)
        frame = self._held()
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and n:
            self.chosen = (self.chosen + (1 if key == Qt.Key.Key_PageDown else -1)) % n
            self._tell()
        elif key == Qt.Key.Key_Insert:
            wide, high = self._glass
            self.frames.append(Frame(wide / 2, high / 2, wide / 3, wide / 3))
            self.chosen = n
            self._announce()
        elif frame is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            del self.frames[self.chosen]
            self.chosen = min(self.chosen, n - 2)
            self._announce()
        elif key in _ARROWS:
            dx, dy = (STEP_MM * d for d in _ARROWS[key])
            stretch = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._replace(grown(frame, dx, dy) if stretch else moved(frame, dx, dy))
        elif key in (Qt.Key.Key_Comma, Qt.Key.Key_Period):
            self._replace(turned(frame, TURN_DEG if key == Qt.Key.Key_Period else -TURN_DEG))
        else:
            super().keyPressEvent(event)

    def _replace(self, frame: Frame) -> None:
        self.frames[self.chosen] = frame
        self._announce()

    # Painting ----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(520, 640)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("surround"))
        place = self.glass_rect()
        painter.fillRect(place, theme.color("field"))
        if self._picture is not None:
            corner = self.to_screen(*self._seen_mm)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            target = QRectF(place.topLeft(), corner)
            painter.drawPixmap(target, self._picture, QRectF(self._picture.rect()))
        else:
            painter.setPen(theme.color("muted"))
            centred = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, centred, self._words)
        painter.setPen(QPen(theme.color("strong_line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
        self._paint_rulers(painter, place)
        if self.area is not None:
            self._paint_area(painter, place)
        for number, frame in enumerate(self.frames):
            self._paint_frame(painter, number, frame)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _paint_rulers(self, painter: QPainter, place: QRectF) -> None:
        """Centimetres along the upper and the left edge."""
        painter.setPen(current_theme().color("muted"))
        painter.setFont(scaled_font(0.75))
        scale = place.width() / self._glass[0]
        for mm in range(0, int(self._glass[0]) + 1, 10):
            long = 8 if mm % 50 == 0 else 4
            x = place.left() + mm * scale
            painter.drawLine(QPointF(x, place.top() - long), QPointF(x, place.top() - 1))
            if mm % 50 == 0:
                painter.drawText(QPointF(x + 2, place.top() - 9), f"{mm // 10}")
        for mm in range(0, int(self._glass[1]) + 1, 10):
            long = 8 if mm % 50 == 0 else 4
            y = place.top() + mm * scale
            painter.drawLine(QPointF(place.left() - long, y), QPointF(place.left() - 1, y))
            if mm and mm % 50 == 0:
                beside = QRectF(place.left() - 26, y - 8, 16, 16)
                painter.drawText(beside, RIGHT_MIDDLE, f"{mm // 10}")

    def _paint_area(self, painter: QPainter, place: QRectF) -> None:
        """Fade what will not be scanned."""
        area = self.area
        assert area is not None
        box = QRectF(self.to_screen(area.x, area.y),
                     self.to_screen(area.x + area.width, area.y + area.height))  # fmt: skip
        fade = current_theme().color("surround")
        fade.setAlpha(165)
        outside = QPolygonF(place).subtracted(QPolygonF(box))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fade)
        painter.drawPolygon(outside)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width, style in ((_DARK, 3, Qt.PenStyle.SolidLine), (_LIGHT, 1, Qt.PenStyle.DashLine)):
            painter.setPen(QPen(color, width, style))
            painter.drawRect(box)

    def _paint_frame(self, painter: QPainter, number: int, frame: Frame) -> None:
        """A frame with its number; the chosen one with handles and its knob."""
        corners = [self.to_screen(*corner) for corner in frame.corners]
        chosen = number == self.chosen
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((_DARK, 5 if chosen else 4), (_LIGHT, 2.5 if chosen else 1.5)):
            painter.setPen(QPen(color, width))
            painter.drawPolygon(QPolygonF(corners))
        painter.setFont(scaled_font(1.1, bold=True))
        plate = QRectF(corners[0] + QPointF(6, 6), corners[0] + QPointF(32, 30))
        painter.fillRect(plate, _DARK)
        painter.setPen(_LIGHT)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        if not chosen:
            return
        knob = self._knob(frame)
        painter.setPen(QPen(_DARK, 2))
        painter.drawLine((corners[0] + corners[1]) / 2, knob)
        painter.setBrush(_LIGHT)
        painter.drawEllipse(knob, 6, 6)
        for corner in corners:
            painter.drawRect(QRectF(corner.x() - 5, corner.y() - 5, 10, 10))
