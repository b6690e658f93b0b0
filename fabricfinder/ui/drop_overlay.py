"""The sheet that covers the window during a drag: two targets, plainly named."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from fabricfinder.ui.drops import Dropped, read_drop
from fabricfinder.ui.theme import SPACE_L, SPACE_XL, SPACE_XXL, current_theme, scaled_font

SEARCH, ADD = "search", "add"


class DropOverlay(QWidget):
    """Covers its parent during a drag and takes the drop.

    Signals:
        search_with: a Dropped to search with.
        add_to_library: a Dropped to add.
        refused: a Dropped that is only a link.
    """

    search_with = Signal(object)
    add_to_library = Signal(object)
    refused = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dropOverlay")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop here"))
        self._dropped = Dropped()
        self._over = ""
        self._can_add = True
        self._gone = QTimer(self, singleShot=True, interval=120)
        self._gone.timeout.connect(self.hide)
        self.hide()

    def offer(self, dropped: Dropped, *, can_add: bool) -> None:
        """Show the targets that make sense for what is being dragged."""
        self._dropped, self._can_add = dropped, can_add
        self._over = ""
        self._gone.stop()
        self.setGeometry(self.parentWidget().rect())
        self.raise_()
        self.show()

    def leave_soon(self) -> None:
        """The drag left the window; hide unless it comes right back onto this sheet."""
        self._gone.start()

    def targets(self) -> dict[str, QRectF]:
        """The targets offered now and where they are; one target fills the sheet."""
        offered = []
        if self._dropped.can_search or self._dropped.link:
            offered.append(SEARCH)
        if self._dropped.can_add and self._can_add:
            offered.append(ADD)
        area = QRectF(self.rect()).adjusted(SPACE_XXL, SPACE_XXL, -SPACE_XXL, -SPACE_XXL)
        gap = SPACE_XL * (len(offered) - 1)
        width = (area.width() - gap) / max(1, len(offered))
        return {
            name: QRectF(area.left() + i * (width + SPACE_XL), area.top(), width, area.height())
            for i, name in enumerate(offered)
        }

    def target_at(self, point: QPointF) -> str:
        """The target under a point, or "" between and around them."""
        return next((name for name, rect in self.targets().items() if rect.contains(point)), "")

    def words(self, target: str) -> tuple[str, str]:
        """The heading and the sentence of a target."""
        d = self._dropped
        if target == ADD:
            n = len(d.files) + len(d.folders)
            what = self.tr("this folder") if d.folders and n == 1 else self.tr("this picture")
            if n > 1:
                pictures = self.tr("these {n} pictures")
                what = (self.tr("these {n} things") if d.folders else pictures).format(n=n)
            return self.tr("Add to library"), self.tr(
                "Adds {what}. The originals stay where they are."
            ).format(what=what)
        if d.link:
            return self.tr("A link, not a picture"), self.tr("fabricfinder never goes online.")
        if len(d.files) > 1:
            return self.tr("Search with it"), self.tr("Searches with the first of them.")
        return self.tr("Search with it"), self.tr("Finds the cloths nearest to it.")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent."""
        self._gone.stop()
        self._dropped = read_drop(event.mimeData())
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Override QWidget::dragMoveEvent: light up the target under the pointer."""
        over = self.target_at(event.position())
        if over != self._over:
            self._over = over
            self.update()
        event.setAccepted(bool(over))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Override QWidget::dragLeaveEvent."""
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override QWidget::dropEvent: tell which target took it."""
        self._dropped = read_drop(event.mimeData())
        target = self.target_at(event.position())
        self.hide()
        if not target:
            return
        event.acceptProposedAction()
        if self._dropped.link:
            self.refused.emit(self._dropped)
        elif target == ADD:
            self.add_to_library.emit(self._dropped)
        else:
            self.search_with.emit(self._dropped)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: a veil, and the targets as stitched frames."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.surround)
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        for name, rect in self.targets().items():
            self._paint_target(painter, name, rect)
        painter.end()

    def _paint_target(self, painter: QPainter, name: str, rect: QRectF) -> None:
        theme = current_theme()
        lit = name == self._over
        painter.setBrush(QColor(theme.select if lit else theme.panel))
        # The stitch runs inside the edge, as on a sewn label.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRect(rect)
        stitch = QPen(QColor(theme.select_text if lit else theme.strong_line), 2)
        stitch.setDashPattern([5, 4])
        painter.setPen(stitch)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(SPACE_L, SPACE_L, -SPACE_L, -SPACE_L))
        heading, sentence = self.words(name)
        painter.setPen(QColor(theme.select_text if lit else theme.text))
        inner = rect.adjusted(SPACE_XXL, 0, -SPACE_XXL, 0)
        middle = rect.center().y()
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.setFont(scaled_font(2.0, bold=True))
        upper = QRectF(inner.left(), middle - 90, inner.width(), 86)
        painter.drawText(upper, flags | Qt.AlignmentFlag.AlignBottom, heading)
        painter.setFont(scaled_font(1.15))
        lower = QRectF(inner.left(), middle + 10, inner.width(), 90)
        painter.drawText(lower, flags | Qt.AlignmentFlag.AlignTop, sentence)

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: repaint in a new theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
