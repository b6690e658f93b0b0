"""The endless grid of the library: swatches in rows of equal cards, and how one card is painted."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui.card_ground import paint_card_ground
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.library_model import LibraryModel, LibraryRole
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, current_theme, scaled_font
from fabricfinder.ui.uniform_grid import CursorAction, UniformGrid

MIN_SIDE, MAX_SIDE, SIDE_STEP = 96, 416, 16
DEFAULT_SIDE = 160
MOST_KEPT = 2_000  # chosen swatches that stay chosen when others are shown
PAD = SPACE_S

Index = QModelIndex | QPersistentModelIndex


class LibraryCardDelegate(QStyledItemDelegate):
    """Paints a swatch, its name and what it is, in a card of one size.

    Attributes:
        side: edge of the cloth in logical pixels.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = DEFAULT_SIDE

    def card_size(self) -> QSize:
        """Width and height of a card at the present side and font."""
        words = QFontMetrics(scaled_font(1.0)).height() + QFontMetrics(scaled_font(0.9)).height()
        return QSize(self.side + 2 * PAD, self.side + 2 * PAD + SPACE_XS + words)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return self.card_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override QStyledItemDelegate::paint: only what the roles give."""
        title = index.data(LibraryRole.TITLE)
        if title is None:  # the row went away between layout and paint
            return
        card = QRect(option.rect.topLeft(), self.card_size())
        card.moveLeft(option.rect.left() + (option.rect.width() - card.width()) // 2)
        painter.save()
        paint_card_ground(painter, card, option.state)
        inner = card.adjusted(PAD, PAD, -PAD, -PAD)
        cloth = QRect(inner.topLeft(), QSize(self.side, self.side))
        if (pile := index.data(LibraryRole.PILE) or 1) > 1:
            self._paint_pile(painter, cloth, pile)
        self._paint_cloth(painter, cloth, index)
        if index.data(LibraryRole.MISSING):
            paint_missing_mark(painter, cloth)
        below = inner.adjusted(0, self.side + SPACE_XS, 0, 0)
        self._paint_words(painter, below, title, index.data(LibraryRole.SUBTITLE))
        painter.restore()

    def _paint_cloth(self, painter: QPainter, cloth: QRect, index: Index) -> None:
        picture = index.data(LibraryRole.PICTURE)
        if picture is None:
            painter.fillRect(cloth, current_theme().color("placeholder"))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(cloth, picture)
            paint_cloth_edge(painter, cloth)

    def _paint_pile(self, painter: QPainter, cloth: QRect, pile: int) -> None:
        """Edges of the other pictures of the article, peeping out behind the first."""
        theme = current_theme()
        for depth in range(min(2, pile - 1), 0, -1):
            edge = cloth.translated(2 * depth, -2 * depth)
            painter.fillRect(edge, theme.color("track"))
            painter.setPen(theme.color("strong_line"))
            painter.drawRect(edge.adjusted(0, 0, -1, -1))

    def _paint_words(self, painter: QPainter, place: QRect, title: str, subtitle: str) -> None:
        """Name and what it is, each on its baseline: other scripts are higher than Latin letters."""
        theme, font = current_theme(), scaled_font(1.0)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place.left(), place.top() + metrics.ascent(), shown)
        small = scaled_font(0.9)
        painter.setFont(small)
        painter.setPen(theme.color("muted"))
        under = QFontMetrics(small)
        shown = under.elidedText(subtitle, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place.left(), place.top() + metrics.height() + under.ascent(), shown)


def paint_missing_mark(painter: QPainter, cloth: QRect) -> None:
    """A small broken link in the lower left corner: the original is not where it was."""
    theme = current_theme()
    side = 20
    corner = QRect(cloth.left(), cloth.bottom() - side + 1, side, side)
    painter.save()
    painter.fillRect(corner, theme.color("field"))
    painter.setPen(QPen(theme.color("strong_line"), 1))
    painter.drawRect(corner.adjusted(0, 0, -1, -1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("text"), 1.6))
    painter.translate(corner.center())
    painter.rotate(-45)
    painter.drawArc(-8, -3, 7, 6, 60 * 16, 240 * 16)
    painter.drawArc(2, -3, 7, 6, -120 * 16, 240 * 16)
    painter.restore()


class LibraryGrid(UniformGrid):
    """The view: as many columns as the size she chose allows, each cloth as large as its column.

    Signals:
        chosen: a swatch id, by Enter or a double click.
        current: the swatch under the cursor has changed; its id, or "".
        look_wanted: Space: she wants to see it larger.
        copy_wanted: Ctrl+C.
        removal_wanted: Del; True with Shift: the originals too.
        selection: the selected swatches have changed.
    """

    chosen = Signal(str)
    current = Signal(str)
    look_wanted = Signal()
    copy_wanted = Signal()
    removal_wanted = Signal(bool)
    selection = Signal()

    def __init__(self, model: LibraryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("libraryGrid")
        self.setAccessibleName(self.tr("Swatches of the library"))
        self.setProperty("surround", True)
        self.setDragEnabled(True)
        self.setDragDropMode(QListView.DragDropMode.DragOnly)
        self._wanted_side = DEFAULT_SIDE
        self._delegate = LibraryCardDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        # While the window is being resized pictures of the size before are stretched; the right
        # ones are asked for once, when it rests.
        self._rest = QTimer(self, singleShot=True, interval=120)
        self._rest.timeout.connect(self._ask_for_size)
        self.doubleClicked.connect(self._choose)
        self.selectionModel().currentChanged.connect(self._tell_current)
        # A frame drawn over many swatches changes the selection often; it is told when it rests.
        self._settle = QTimer(self, singleShot=True, interval=60)
        self._settle.timeout.connect(self.selection)
        self.selectionModel().selectionChanged.connect(lambda *_: self._settle.start())
        self._kept: tuple[str, list[str]] = ("", [])
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._bring_selection_back)
        self.set_side(DEFAULT_SIDE)

    @property
    def side(self) -> int:
        """The size she chose: the least edge of a cloth in logical pixels."""
        return self._wanted_side

    def set_side(self, side: int) -> None:
        """Show swatches of another size, the one she looks at staying in sight."""
        self._wanted_side = min(MAX_SIDE, max(MIN_SIDE, side // SIDE_STEP * SIDE_STEP))
        anchor = self.currentIndex()
        if not anchor.isValid() or not self.visualRect(anchor).intersects(self.viewport().rect()):
            anchor = self.indexAt(self.viewport().rect().center())
        self._fit()
        self._ask_for_size()
        if anchor.isValid():
            self.scrollTo(anchor, QListView.ScrollHint.PositionAtCenter)

    def _fit(self) -> None:
        """Share the width among as many columns as hold cloths of the chosen size."""
        around = 2 * PAD + SPACE_XS
        width = self.viewport().width()
        columns = max(1, width // (self._wanted_side + around))
        self._delegate.side = max(self._wanted_side, width // columns - around)
        self.set_cell(
            QSize(self._delegate.side + around, self._delegate.card_size().height() + SPACE_S)
        )
        self.executeDelayedItemsLayout()

    def _ask_for_size(self) -> None:
        self.model().set_picture_px(round(self._delegate.side * self.devicePixelRatioF()))
        self.viewport().update()

    def current_id(self) -> str:
        """Id of the swatch under the cursor, or ""."""
        return self.currentIndex().data(LibraryRole.SWATCH_ID) or ""

    def chosen_swatches(self) -> list[Swatch]:
        """The swatches of the chosen cards, by their ranges: it may be all of a large library."""
        ranges, model = self.selectionModel().selection(), self.model()
        return [s for r in ranges for s in model.swatches_between(r.top(), r.bottom())]

    def show_swatch(self, swatch_id: str) -> bool:
        """Put the cursor on a swatch and bring it into sight; False when it is not shown."""
        index = self.model().index_of(swatch_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QListView.ScrollHint.PositionAtCenter)
        return index.isValid()

    def _keep_selection(self) -> None:
        """Remember what is chosen, for the rows are about to change."""
        chosen = self.selectedIndexes()
        ids = [i.data(LibraryRole.SWATCH_ID) for i in chosen[:MOST_KEPT]]
        self._kept = (self.current_id(), ids)

    def _bring_selection_back(self) -> None:
        """Choose again what was chosen and is still to be seen."""
        current, ids = self._kept
        selection = QItemSelection()
        for swatch_id in ids:
            index = self.model().index_of(swatch_id or "")
            if index.isValid():
                selection.select(index, index)
        if not selection.isEmpty():
            flag = QItemSelectionModel.SelectionFlag
            model = self.selectionModel()
            model.setCurrentIndex(self.model().index_of(current), flag.NoUpdate)
            model.select(selection, flag.ClearAndSelect)

    def _choose(self, index: QModelIndex) -> None:
        swatch_id = index.data(LibraryRole.SWATCH_ID)
        if swatch_id:
            self.chosen.emit(swatch_id)

    def _tell_current(self, index: QModelIndex, before: QModelIndex) -> None:
        self.current.emit(index.data(LibraryRole.SWATCH_ID) or "")

    def step(self, key: int) -> None:
        """Move the cursor as an arrow key would."""
        actions = {
            Qt.Key.Key_Left: CursorAction.MoveLeft, Qt.Key.Key_Right: CursorAction.MoveRight,
            Qt.Key.Key_Up: CursorAction.MoveUp, Qt.Key.Key_Down: CursorAction.MoveDown,
        }  # fmt: skip
        index = self.moveCursor(actions[Qt.Key(key)], Qt.KeyboardModifier.NoModifier)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QListView::keyPressEvent: Enter queries, Space looks closer, Ctrl+C copies."""
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space and plain:
            self.look_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Override QAbstractItemView::keyboardSearch: off, it reads every name."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QListView::resizeEvent."""
        self._fit()
        self._rest.start()
        super().resizeEvent(event)
