"""The results as a table: the same rows in the same order as the grid, every figure in a column."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui.result_model import TABLE_PICTURE_PX, ResultModel, ResultRole
from fabricfinder.ui.result_order import SCORE_COLUMNS, Column
from fabricfinder.ui.score_bars import paint_score_bar
from fabricfinder.ui.theme import current_theme

_WIDTHS = {
    Column.RANK: 48, Column.PICTURE: 60, Column.NAME: 110, Column.BAND: 86,
    Column.OVERALL: 62, Column.COARSE: 58, Column.FINE: 50, Column.COLOR: 58,
    Column.TIGHTNESS: 78, Column.WEAVE: 110, Column.PATTERN: 150, Column.COVER: 68,
    Column.SCALE: 144, Column.PATH: 240,
}  # fmt: skip
TITLE_PX = 21  # beside a title: its arrow stands there
_HIGH_FIRST = {Column.OVERALL, Column.BAND, *SCORE_COLUMNS}


class ScoreCellDelegate(QStyledItemDelegate):
    """A score as its number with its bar beneath."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Override QStyledItemDelegate::paint."""
        super().paint(painter, option, index)
        scores = index.data(ResultRole.SCORES)
        if scores is None:
            return
        which = SCORE_COLUMNS.index(Column(index.column()))
        box = QRectF(option.rect).adjusted(6, 0, -6, -5)
        box.setTop(box.bottom() - 5)
        coming = scores[which] is None and not index.data(ResultRole.COMPLETE)
        paint_score_bar(
            painter, box, DIMENSIONS[which], 0.0 if coming else scores[which],
            familiar=bool(index.data(ResultRole.FAMILIAR)),
            unsure=index.data(ResultRole.UNSURE)[which],
        )  # fmt: skip


class NameCellDelegate(QStyledItemDelegate):
    """A name cut in its middle: names of colourways differ at their ends."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Override QStyledItemDelegate::initStyleOption."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class PictureCellDelegate(QStyledItemDelegate):
    """A swatch in a cell, its colours untouched: a style tints the picture of a selected row."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Override QStyledItemDelegate::initStyleOption: the ground only."""
        super().initStyleOption(option, index)
        option.icon = QIcon()
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Override QStyledItemDelegate::paint."""
        super().paint(painter, option, index)
        place = QRect(0, 0, TABLE_PICTURE_PX, TABLE_PICTURE_PX)
        place.moveCenter(option.rect.center())
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if picture is None:
            painter.fillRect(place, current_theme().color("placeholder"))
        else:
            painter.drawPixmap(place, picture)


class ResultTable(QTableView):
    """A table over a ResultModel; a click on a title sorts by it, scores highest first.

    Signals:
        chosen: an index was double-clicked, or Enter was pressed on it.
        preview_wanted: Space was pressed.
    """

    chosen = Signal(QModelIndex)
    preview_wanted = Signal()

    def __init__(self, model: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores = ScoreCellDelegate(self)
        self.setModel(model)
        for column in SCORE_COLUMNS:
            self.setItemDelegateForColumn(column, self._scores)
        self._names = NameCellDelegate(self)
        self.setItemDelegateForColumn(Column.NAME, self._names)
        self._pictures = PictureCellDelegate(self)
        self.setItemDelegateForColumn(Column.PICTURE, self._pictures)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(TABLE_PICTURE_PX + 6)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setProperty("sorts", True)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.sectionClicked.connect(self._sort_by)
        self.show_sort()
        words = header.fontMetrics()
        for column, width in _WIDTHS.items():  # a title in another language may be longer
            title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            self.setColumnWidth(column, max(width, words.horizontalAdvance(title) + TITLE_PX))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Results as a table"))
        self.doubleClicked.connect(self.chosen)
        model.layoutChanged.connect(self.show_sort)
        model.modelReset.connect(self.show_sort)

    def show_sort(self) -> None:
        """Mark the column the rows are sorted by."""
        view = self.model().view
        order = Qt.SortOrder
        column = Column.RANK if view is None else view.column
        backwards = view is not None and view.backwards
        direction = order.DescendingOrder if backwards else order.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, direction)

    def _sort_by(self, section: int) -> None:
        """Sort by a clicked column, and turn the order round on the second click."""
        column, view = Column(section), self.model().view
        if view is None or column is Column.PICTURE:
            self.show_sort()
            return
        backwards = column in _HIGH_FIRST
        if view.column is column:
            backwards = not view.backwards
        order = Qt.SortOrder
        self.model().sort(column, order.DescendingOrder if backwards else order.AscendingOrder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QTableView::keyPressEvent: Enter chooses, Space looks closer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.chosen.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space:
            self.preview_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Override QTableView::keyboardSearch: letters are commands here."""
