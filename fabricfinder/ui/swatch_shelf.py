"""A row of small swatches to pick from, each a button with a caption."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from fabricfinder.domain.search import Query
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.flow_layout import FlowLayout
from fabricfinder.ui.result_model import PictureArrivals
from fabricfinder.ui.theme import current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

SIDE = 116
PAD = 5


@dataclass(frozen=True, slots=True, eq=False)
class ShelfItem:
    """One swatch on a shelf: the query it stands for, its caption, and a picture at hand."""

    query: Query
    caption: str
    picture: QPixmap | None = None


class SwatchButton(QAbstractButton):
    """One swatch that can be pressed."""

    def __init__(self, item: ShelfItem, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self.item = item
        self._thumbnails = thumbnails
        self.setText(item.caption)
        self.setAccessibleName(item.caption)
        self.setToolTip(item.caption)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _picture(self) -> QPixmap | None:
        if self.item.picture is not None:
            return self.item.picture
        if not self.item.query.swatch_id:
            return None  # a file's picture comes with the item
        side = round(SIDE * self.devicePixelRatioF())
        return self._thumbnails.pixmap(self.item.query.swatch_id, side, fill=True)

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(SIDE + 2 * PAD, SIDE + 2 * PAD + 3 + QFontMetrics(scaled_font(0.9)).height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QAbstractButton::keyPressEvent: Enter picks it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override QWidget::enterEvent: show the hover ground."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override QWidget::leaveEvent."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        if self.underMouse() or self.isDown():
            painter.fillRect(self.rect(), theme.color("panel"))
        place = QRect(PAD, PAD, SIDE, SIDE)
        picture = self._picture()
        if picture is None or picture.isNull():
            painter.fillRect(place, theme.color("placeholder"))
        else:
            edge = min(picture.width(), picture.height())
            cut = QRect((picture.width() - edge) // 2, (picture.height() - edge) // 2, edge, edge)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, picture, cut)
            paint_cloth_edge(painter, place)
        painter.setFont(scaled_font(0.9))
        painter.setPen(theme.color("muted"))
        words = QRect(PAD, place.bottom() + 3, SIDE, self.height() - place.bottom() - 4)
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, SIDE)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, shown)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class SwatchShelf(QWidget):
    """Some swatches side by side.

    Signals:
        chosen: the Query of the swatch that was pressed.
    """

    chosen = Signal(object)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._flow = FlowLayout(self, spacing=6)
        self._arrivals = PictureArrivals(thumbnails, self)
        self._arrivals.arrived.connect(self._repaint)

    def set_items(self, items: Sequence[ShelfItem]) -> None:
        """Show these swatches in place of the former."""
        self._flow.clear()
        for item in items:
            button = SwatchButton(item, self._thumbnails, self)
            button.clicked.connect(self._pressed)
            self._flow.addWidget(button)
            button.show()
        self.updateGeometry()

    def buttons(self) -> list[SwatchButton]:
        """The swatches shown, in order."""
        items = (self._flow.itemAt(i).widget() for i in range(self._flow.count()))
        return [b for b in items if isinstance(b, SwatchButton)]

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, SwatchButton):
            self.chosen.emit(button.item.query)

    def _repaint(self, ids: object) -> None:
        for button in self.buttons():
            if button.item.query.swatch_id in ids:
                button.update()
