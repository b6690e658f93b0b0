"""Two cloths in the same millimetres: side by side, blinking, under a swipe line, or halved."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.comparing import Cloth
from fabricfinder.ui.compare_painting import (
    BLINK,
    GAP,
    MODES,
    SIDE,
    SWIPE,
    ShownCloth,
    paint_comparison,
)
from fabricfinder.ui.compare_pictures import ComparePictures
from fabricfinder.ui.linked_view import (
    ClothSize,
    LinkedView,
    anchor_of,
    cloth_sizes,
    fitting,
    whole,
)
from fabricfinder.ui.theme import current_theme

BLINK_MS = 700
ZOOM_STEP, PAN_PX, LINE_STEP = 1.25, 40, 0.05
REACH = 8  # px beside the swipe line within which it is taken
MM_PER_INCH = 25.4
_ARROWS = {
    Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


class CompareCanvas(QWidget):
    """The cloths.

    Attributes:
        view: what part is seen; it stays while candidates are paged through.
        line: where the swipe line stands, 0..1 of the width.
        veil: losses (cells, cells) of the parts of the query, or None.
        pictures: where they come from.

    Signals:
        view_changed: zoom or place are others now.
        turn_wanted: -1 or 1, the candidate before or after.
        second_shown: whether the blinking shows the candidate now.
    """

    view_changed = Signal()
    turn_wanted = Signal(int)
    second_shown = Signal(bool)

    def __init__(self, pictures: ComparePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self._sides: tuple[ShownCloth, ShownCloth] | None = None
        self._mode = SIDE
        self.view, self.line = LinkedView(), 0.5
        self._fitted = True
        self._second = False
        self.veil: np.ndarray | None = None
        self._held: tuple[QPointF, LinkedView] | None = None
        self._holds_line = False
        self._blinking = QTimer(self, interval=BLINK_MS)
        self._blinking.timeout.connect(self.flip)
        pictures.ready.connect(self._picture_ready)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Cloths side by side"))

    # What is shown -----------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """One of MODES."""
        return self._mode

    @property
    def shows_second(self) -> bool:
        """While blinking: whether the candidate is to be seen."""
        return self._second

    @property
    def sizes(self) -> tuple[ClothSize, ClothSize] | None:
        """How large query and candidate are taken to be."""
        return None if self._sides is None else (self._sides[0].size, self._sides[1].size)

    def set_pair(self, pinned: Cloth, candidate: Cloth, titles: tuple[str, str]) -> None:
        """Show two cloths; the zoom stays where it was."""
        cloths = (pinned, candidate)
        sizes = cloth_sizes(
            [self._shape(c) for c in cloths], [c.px_per_cm for c in cloths],
            [anchor_of(c.crop) for c in cloths],
        )  # fmt: skip
        before = self._sides
        self._sides = tuple(
            ShownCloth(c, s, t) for c, s, t in zip(cloths, sizes, titles, strict=True)
        )  # type: ignore[assignment]
        self.veil = None
        if before is None or before[0].cloth.key != pinned.key:
            self.fit()
        self._set_view(self.view)

    def set_mode(self, mode: str) -> None:
        """Look at them another way; blinking begins by itself.

        Raises:
            ValueError: there is no such way.
        """
        if mode not in MODES:
            raise ValueError(f"no way to compare called {mode!r}")
        self._mode, self._second = mode, False
        if mode == BLINK and self.isVisible():
            self._blinking.start()
        else:
            self._blinking.stop()
        if self._fitted:
            self.fit()
        self.second_shown.emit(False)
        self.update()

    def set_veil(self, losses: np.ndarray | None) -> None:
        """Show which parts of the query spoke: losses (cells, cells), or None to lift the veil."""
        self.veil = losses
        self.update()

    def flip(self) -> None:
        """Blink once: show the other cloth."""
        self._second = not self._second
        self.second_shown.emit(self._second)
        self.update()

    def stop(self) -> None:
        """No more blinking."""
        self._blinking.stop()

    def fit(self) -> None:
        """Fill the view with the smaller cloth."""
        if self._sides is not None:
            self._set_view(fitting(self.sizes, self.panes()[0]))
        self._fitted = True

    def show_whole(self) -> None:
        """Show all of both."""
        if self._sides is not None:
            self._set_view(whole(self.sizes, self.panes()[0]))
            self._fitted = False

    def show_life_size(self) -> None:
        """As large as the cloth is, by what the screen says of its own size."""
        if self._sides is not None and any(s.size.true for s in self._sides):
            self._fitted = False
            self._set_view(LinkedView(self.screen_px_per_mm, self.view.x, self.view.y))

    def zoom(self, factor: float) -> None:
        """Larger or smaller about the middle."""
        self._zoom_at(factor, self.panes()[0].center())

    @property
    def screen_px_per_mm(self) -> float:
        """Logical px of this screen for a millimetre on it."""
        screen = self.screen()
        return (screen.physicalDotsPerInch() if screen is not None else 96.0) / MM_PER_INCH

    def panes(self) -> list[QRectF]:
        """The panes: two beside one another, or one."""
        room = QRectF(self.rect())
        if self._mode != SIDE:
            return [room]
        half = (room.width() - GAP) / 2
        return [QRectF(0, 0, half, room.height()), QRectF(half + GAP, 0, half, room.height())]

    # Inside ------------------------------------------------------------------------------------

    def _shape(self, cloth: Cloth) -> tuple[int, int]:
        """Width and height of a picture, of what was read of it where nobody said."""
        if cloth.width and cloth.height:
            return cloth.width, cloth.height
        image = self.pictures.best(cloth.key, 1)
        return (image.width(), image.height()) if image is not None else (1, 1)

    def _set_view(self, view: LinkedView) -> None:
        self.view = view if self._sides is None else view.within(self.sizes)
        self._want_pictures()
        self.view_changed.emit()
        self.update()

    def _want_pictures(self) -> None:
        """Ask for pictures fine enough for this zoom."""
        if self._sides is None:
            return
        for side in reversed(self._sides):  # asked last is read first: the query's
            self.pictures.want(side.cloth.key, side.px_wanted(self.view, self.devicePixelRatioF()))

    def _picture_ready(self, key: str) -> None:
        if self._sides is not None and any(s.cloth.key == key for s in self._sides):
            if any(not s.cloth.width and s.cloth.key == key for s in self._sides):
                pinned, candidate = self._sides
                titles = (pinned.title, candidate.title)
                self.set_pair(pinned.cloth, candidate.cloth, titles)
            self._want_pictures()
            self.update()

    def _zoom_at(self, factor: float, at: QPointF) -> None:
        self._fitted = False
        pane = next((p for p in self.panes() if p.contains(at)), self.panes()[0])
        self._set_view(self.view.zoomed(factor, at, pane))

    def _line_x(self) -> float:
        return self.line * self.width()

    def _move_line(self, share: float) -> None:
        self.line = min(1.0, max(0.0, share))
        self.update()

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(760, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: what filled the view goes on filling it."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget::wheelEvent: larger and smaller under the cursor, in both."""
        turn = event.angleDelta().y()
        if turn:
            self._zoom_at(ZOOM_STEP ** (turn / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: take the cloth, or the line."""
        if event.button() == Qt.MouseButton.LeftButton:
            near = abs(event.position().x() - self._line_x()) <= REACH
            self._holds_line = self._mode == SWIPE and near
            self._held = event.position(), self.view

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent: move both cloths at once, or the line."""
        if self._held is None:
            near = self._mode == SWIPE and abs(event.position().x() - self._line_x()) <= REACH
            shape = Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor
            self.setCursor(shape)
        elif self._holds_line:
            self._move_line(event.position().x() / max(1, self.width()))
        else:
            gone = event.position() - self._held[0]
            self._fitted = False
            self._set_view(self._held[1].panned(gone.x(), gone.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent."""
        self._held, self._holds_line = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseDoubleClickEvent: fill the view again."""
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: page, pan, zoom, blink and swipe."""
        key, held = Qt.Key(event.key()), event.modifiers()
        if key in _ARROWS and held & Qt.KeyboardModifier.ShiftModifier:
            dx, dy = _ARROWS[key]
            self._fitted = False
            self._set_view(self.view.panned(dx * PAN_PX, dy * PAN_PX))
        elif key in _ARROWS and held & Qt.KeyboardModifier.ControlModifier:
            self._move_line(self.line - LINE_STEP * _ARROWS[key][0])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
            self.turn_wanted.emit(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            self.turn_wanted.emit(1)
        elif key == Qt.Key.Key_Space and self._mode == BLINK:
            self._blinking.stop()  # from here on she blinks by hand
            self.flip()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: object) -> None:
        """Override QWidget::hideEvent: nobody looks, nothing blinks."""
        self._blinking.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surround"))
        if self._sides is not None:
            paint_comparison(painter, self, self._sides)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
