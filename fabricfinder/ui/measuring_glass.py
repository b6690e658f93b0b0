"""The measuring glass: cloth at true millimetres under a 1 cm pick-glass, counted and measured.

The view only: it shows a picture, keeps the clicks, and says what changed. What surrounds it (a
measuring page, a comparison of two cloths) shows the numbers.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.ui.glass_marks import (
    COUNTING,
    ENDS,
    GLASS_CM,
    LOOK,
    PICKS,
    REPEAT,
    TOOLS,
    Stretch,
    ThreadMarks,
)
from fabricfinder.ui.glass_painting import paint_glass

CLICK = 5  # px; a smaller drag is a click
FIT_SHARE = 0.82  # of the view's shorter side that 1 cm fills when counting begins
_ZOOM_STEP = 1.25
_LEAST_ZOOM, _MOST_ZOOM = 0.02, 48.0
_MM_PER_INCH = 25.4
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class MeasuringGlass(QWidget):
    """One picture of cloth, looked at closely.

    Attributes:
        zoom: screen px (logical) for a px of the picture.
        centre: px of the picture in the middle of the view.
        marks: the clicks, by ``ENDS`` and ``PICKS``.
        stretch: the repeat or ruler that was dragged, or None.

    Signals:
        changed: marks, stretch or tool are others now.
        view_changed: the part that is seen is another: centre as shares of the picture (QPointF
            0..1) and logical screen px per mm (nan without a scale). Not sent by ``show_part``.
    """

    changed = Signal()
    view_changed = Signal(QPointF, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: QPixmap | None = None
        self._px_per_cm: float | None = None
        self._tool = LOOK
        self.zoom, self.centre = 1.0, QPointF()
        self.marks = {ENDS: ThreadMarks(), PICKS: ThreadMarks()}
        self.stretch: Stretch | None = None
        self.glass = QPointF()  # middle of the pick-glass, px of the picture
        self.caret: QPointF | None = None  # where the keyboard marks
        self._pressed: QPointF | None = None
        self._from = QPointF()
        self._dragging = False
        self._fitted = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Measuring glass"))
        self.setAccessibleDescription(self.tr(
            "Plus and minus change the size, 0 shows everything, 1 shows true size. Arrow keys "
            "move; when counting they move a cross, and Space marks a thread there."
        ))  # fmt: skip

    # What is shown -----------------------------------------------------------------------------

    @property
    def tool(self) -> str:
        """One of ``TOOLS``."""
        return self._tool

    @property
    def px_per_cm(self) -> float | None:
        """Scale of the picture shown, or None."""
        return self._px_per_cm

    @property
    def picture_size(self) -> QSize:
        """Of the picture shown, px; empty without one."""
        return QSize() if self._picture is None else self._picture.size()

    def set_picture(self, image: QImage | None, px_per_cm: float | None = None) -> None:
        """Show another picture and forget the marks.

        Args:
            px_per_cm: scale of this image's own pixels (a reduced copy has a smaller one).
        """
        there = image is not None and not image.isNull()
        self._picture = QPixmap.fromImage(image) if there else None
        self._px_per_cm = px_per_cm
        self.clear_marks()
        self.caret = None
        self.fit()
        self.glass = QPointF(self.centre)

    def swap_picture(self, image: QImage) -> None:
        """The same picture in other colours: place, size and clicks stay."""
        if not image.isNull() and image.size() == self.picture_size:
            self._picture = QPixmap.fromImage(image)
            self.update()

    def set_scale(self, px_per_cm: float | None) -> None:
        """The same picture at another scale: what was clicked stays."""
        self._px_per_cm = px_per_cm
        self.update()
        self.changed.emit()

    def set_tool(self, tool: str) -> None:
        """Take up another tool; a counting tool lays the pick-glass in the middle of the view.

        Raises:
            ValueError: there is no such tool.
        """
        if tool not in TOOLS:
            raise ValueError(f"no tool called {tool!r}")
        before, self._tool = self._tool, tool
        if tool in COUNTING and before not in COUNTING:
            self.glass = QPointF(self.centre)
            if self._px_per_cm is not None:
                side = FIT_SHARE * min(self.width(), self.height())
                self._set_view(side / (GLASS_CM * self._px_per_cm), self.glass)
        if tool not in COUNTING and tool != LOOK and tool != before:
            self.stretch = None
        self.caret = None
        looks = tool == LOOK
        self.setCursor(Qt.CursorShape.OpenHandCursor if looks else Qt.CursorShape.CrossCursor)
        self.update()
        self.changed.emit()

    def clear_marks(self) -> None:
        """Forget every click and what was dragged."""
        self.marks = {ENDS: ThreadMarks(), PICKS: ThreadMarks()}
        self.stretch = None
        self.update()
        self.changed.emit()

    def take_back(self) -> None:
        """Forget the last click of the tool in hand, or what was dragged."""
        if self._tool in COUNTING:
            self.marks[self._tool] = self.marks[self._tool].shortened()
        else:
            self.stretch = None
        self.update()
        self.changed.emit()

    # The part that is seen ---------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole picture."""
        size = self.picture_size
        if size.isEmpty():
            self.update()
            return
        room = min(self.width() / size.width(), self.height() / size.height())
        self._fitted = True
        self._set_view(max(1e-3, room), QPointF(size.width() / 2, size.height() / 2))

    def show_true_size(self, times: float = 1.0) -> None:
        """Show cloth as large as it is (or that many times), by the screen's own millimetres."""
        if self._px_per_cm is not None:
            self._fitted = False
            self._set_view(times * 10 * self.screen_px_per_mm / self._px_per_cm, self.centre)

    def show_part(self, centre: QPointF, px_per_mm: float) -> None:
        """Show the same part as another view, silently.

        Args:
            centre: as shares of the picture, 0..1.
            px_per_mm: logical screen px for a mm of cloth; nan leaves the size as it is.
        """
        size = self.picture_size
        there = QPointF(centre.x() * size.width(), centre.y() * size.height())
        zoom = self.zoom
        if px_per_mm == px_per_mm and self._px_per_cm is not None:
            zoom = 10 * px_per_mm / self._px_per_cm
        self._fitted = False
        self._set_view(zoom, there, silent=True)

    @property
    def screen_px_per_mm(self) -> float:
        """Logical px of this screen for a millimetre on it."""
        screen = self.screen()
        return (screen.physicalDotsPerInch() if screen is not None else 96.0) / _MM_PER_INCH

    @property
    def times(self) -> float | None:
        """How many times larger than life cloth is shown, or None without a scale."""
        if self._px_per_cm is None:
            return None
        return self.zoom * self._px_per_cm / (10 * self.screen_px_per_mm)

    def to_screen(self, point: QPointF) -> QPointF:
        """A point of the picture as one of the widget."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        return (point - self.centre) * self.zoom + middle

    def to_picture(self, point: QPointF) -> QPointF:
        """A point of the widget as one of the picture."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        return (point - middle) / self.zoom + self.centre

    def picture_rect(self) -> QRectF:
        """Where the whole picture would stand in the widget."""
        size = self.picture_size
        return QRectF(self.to_screen(QPointF()), self.to_screen(QPointF(size.width(), size.height())))

    def glass_rect(self) -> QRectF | None:
        """Where the pick-glass lies in the widget, or None when there is none."""
        if self._tool not in COUNTING or self._px_per_cm is None:
            return None
        half = QPointF(1, 1) * GLASS_CM * self._px_per_cm / 2
        return QRectF(self.to_screen(self.glass - half), self.to_screen(self.glass + half))

    @property
    def picture(self) -> QPixmap | None:
        """The picture shown."""
        return self._picture

    def _set_view(self, zoom: float, centre: QPointF, *, silent: bool = False) -> None:
        size = self.picture_size
        if size.isEmpty():
            return
        self.zoom = min(_MOST_ZOOM, max(_LEAST_ZOOM, zoom))
        self.centre = QPointF(
            min(float(size.width()), max(0.0, centre.x())),
            min(float(size.height()), max(0.0, centre.y())),
        )
        self.update()
        if not silent:
            scale = float("nan") if self._px_per_cm is None else self.zoom * self._px_per_cm / 10
            shares = QPointF(self.centre.x() / size.width(), self.centre.y() / size.height())
            self.view_changed.emit(shares, scale)

    def _zoom_at(self, place: QPointF, factor: float) -> None:
        """Larger or smaller, what lies under a point of the widget staying there."""
        held = self.to_picture(place)
        self._fitted = False
        self._set_view(self.zoom * factor, self.centre)
        self._set_view(self.zoom, self.centre + held - self.to_picture(place))

    # Marking -----------------------------------------------------------------------------------

    def mark(self, place: QPointF) -> None:
        """Mark a thread at a point of the picture, with a counting tool in hand."""
        size = self.picture_size
        inside = 0 <= place.x() <= size.width() and 0 <= place.y() <= size.height()
        if self._tool in COUNTING and inside:
            along = place.x() if self._tool == ENDS else place.y()
            self.marks[self._tool] = self.marks[self._tool].marked(along)
            self.update()
            self.changed.emit()

    def _stretch_to(self, place: QPointF) -> None:
        """Drag the repeat or the ruler to a point of the picture."""
        size = self.picture_size
        x = min(float(size.width()), max(0.0, place.x()))
        y = min(float(size.height()), max(0.0, place.y()))
        start = self._from
        self.stretch = Stretch(start.x(), start.y(), x - start.x(), y - start.y())
        self.update()
        self.changed.emit()

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(640, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: a picture shown whole stays whole."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override QWidget::wheelEvent: larger and smaller at the cursor."""
        turn = event.angleDelta().y()
        if turn:
            self._zoom_at(event.position(), _ZOOM_STEP ** (turn / 120))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent."""
        if event.button() == Qt.MouseButton.LeftButton and self._picture is not None:
            self._pressed, self._dragging, self.caret = event.position(), False, None
            moves = self._tool == LOOK or self._tool in COUNTING
            self._from = QPointF(self.centre) if moves else self.to_picture(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent: move the cloth, or drag the repeat or ruler."""
        if self._pressed is None:
            return
        gone = event.position() - self._pressed
        self._dragging = self._dragging or gone.manhattanLength() >= CLICK
        if not self._dragging:
            return
        if self._tool == LOOK or self._tool in COUNTING:
            self._fitted = False
            self._set_view(self.zoom, self._from - gone / self.zoom)
        else:
            self._stretch_to(self.to_picture(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent: a click marks a thread."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        if not self._dragging:
            self.mark(self.to_picture(event.position()))
        self._pressed, self._dragging = None, False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent."""
        key, middle = event.key(), QPointF(self.width() / 2, self.height() / 2)
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom_at(middle, _ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._zoom_at(middle, 1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self.show_true_size()
        elif key == Qt.Key.Key_Backspace:
            self.take_back()
        elif key in _ARROWS:
            self._step(key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Space and self._tool != LOOK:
            self._mark_by_key()
        else:
            super().keyPressEvent(event)

    def _step(self, key: int, far: bool) -> None:
        """An arrow key: move the cloth, or the cross that marks."""
        dx, dy = _ARROWS[key]
        step = QPointF(dx, dy) * (40 if far else 8 if self._tool == LOOK else 2) / self.zoom
        if self._tool == LOOK:
            self._fitted = False
            self._set_view(self.zoom, self.centre + step)
            return
        self.caret = (self.caret or QPointF(self.centre)) + step
        if self._pressed is None and self._tool not in COUNTING and self.stretch is not None:
            self._stretch_to(self.caret)
        self.update()

    def _mark_by_key(self) -> None:
        """Space: mark a thread at the cross, or begin a repeat or ruler there, or end it."""
        self.caret = self.caret or QPointF(self.centre)
        if self._tool in COUNTING:
            self.mark(self.caret)
        elif self.stretch is None:
            self._from = QPointF(self.caret)
            self._stretch_to(self.caret)
        else:
            self.caret = None
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        paint_glass(painter, self, repeat=self._tool == REPEAT)
        painter.end()
