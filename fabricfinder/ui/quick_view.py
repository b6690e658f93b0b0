"""A quick look: the chosen result as large as the results' place allows, and back with one key."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import listed
from fabricfinder.ui.picture_files import PictureReader
from fabricfinder.ui.result_delegate import paint_elided
from fabricfinder.ui.text_fit import Face
from fabricfinder.ui.theme import SPACE_L, SPACE_S, current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

LARGEST_PX = 2400
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class QuickView(QWidget):
    """Covers its parent with one swatch: the thumbnail at once, the original when it is read.

    Signals:
        closed: Space, Escape or a click.
        arrow_pressed: an arrow key, to look at a neighbour.
        chosen: Enter: use this swatch as the query.
    """

    closed = Signal()
    arrow_pressed = Signal(int)
    chosen = Signal()

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._swatch: Swatch | None = None
        self._sentence = ""
        self._picture: QPixmap | None = None
        self._reader = PictureReader(self)
        self._reader.read.connect(self._take_picture)
        thumbnails.ready.connect(self._thumbnail_ready)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Quick look"))
        parent.installEventFilter(self)
        self.hide()

    @property
    def swatch(self) -> Swatch | None:
        """The swatch looked at."""
        return self._swatch

    def look_at(self, swatch: Swatch, sentence: str) -> None:
        """Open on a swatch, or turn to it."""
        self._swatch, self._sentence, self._picture = swatch, sentence, None
        self.setAccessibleDescription(listed((wording.spoken_title(swatch), sentence)))
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
        self.setFocus()
        side = round(max(self.width(), self.height()) * self.devicePixelRatioF())
        self._reader.ask(swatch.path, min(LARGEST_PX, side))
        self.update()

    def close_view(self) -> None:
        """Put it away."""
        self._reader.forget()
        self.hide()
        self.closed.emit()

    def _take_picture(self, path: str, image: QImage) -> None:
        if self._swatch is not None and path == self._swatch.path and not image.isNull():
            self._picture = QPixmap.fromImage(image)
            self.update()

    def _thumbnail_ready(self, swatch_id: str) -> None:
        if self._swatch is not None and swatch_id == self._swatch.id:
            self.update()

    # Qt overrides ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: grow with the parent."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            self.close_view()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_view()
            self.chosen.emit()
        elif event.key() in _ARROWS:
            self.arrow_pressed.emit(event.key())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent."""
        self.close_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surround"))
        if self._swatch is None:
            return
        title, small = Face(scaled_font(1.15, bold=True)), Face(scaled_font(1.0))
        words = 3 * self.fontMetrics().height() + SPACE_S
        room = self.rect().adjusted(SPACE_L, SPACE_L, -SPACE_L, -SPACE_L - words)
        picture = self._picture or self._thumbnails.pixmap(self._swatch.id, 512)
        place = QRect(room)
        if picture is not None and not picture.isNull():
            shape = QSize(self._swatch.width or 1, self._swatch.height or 1)
            size = shape.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(room.topLeft(), size)
            place.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, picture)
        painter.setPen(theme.color("text"))
        under = QRectF(place.left(), place.bottom() + SPACE_S, room.right() - place.left(), words)
        paint_elided(painter, under, wording.swatch_title(self._swatch), title, 1)
        under.setTop(under.top() + title.spacing + 2)
        painter.setPen(theme.color("muted"))
        paint_elided(painter, under, self._sentence, small, 1)
