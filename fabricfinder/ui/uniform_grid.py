"""A grid of equal cells whose layout is arithmetic: nothing is laid out, whatever the row count.

QListView's own layout walks every row, 65 ms for a hundred thousand of them, and its list mode does
so again for every changed picture. Cells of one size need no walk: row and column follow from the
index. What a list view gives besides (selection, keys, drags, screen readers) stays as it is.
"""

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QHoverEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

Index = QModelIndex | QPersistentModelIndex
CursorAction = QAbstractItemView.CursorAction


class UniformGrid(QListView):
    """Shows a flat model in rows of equal cells that share the width evenly."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cell = QSize(160, 200)
        self._hovered = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: a bar that comes and goes would change the width and with it the columns.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)

    # The arithmetic ----------------------------------------------------------------------------

    @property
    def cell(self) -> QSize:
        """The least size of a cell; its width grows until the row is full."""
        return self._cell

    def set_cell(self, size: QSize) -> None:
        """Set the least size of a cell, in px."""
        if size != self._cell:
            self._cell = size
            self.scheduleDelayedItemsLayout()

    @property
    def n_columns(self) -> int:
        """Cells in a row at the present width, at least one."""
        return max(1, self.viewport().width() // max(1, self._cell.width()))

    @property
    def n_rows(self) -> int:
        """Rows of cells, the last one perhaps not full."""
        return -(-self._count() // self.n_columns)

    def visible_range(self) -> range:
        """Model rows that are at least partly in sight."""
        top = self.verticalOffset()
        first = top // self._cell.height()
        last = (top + max(0, self.viewport().height() - 1)) // self._cell.height()
        return range(first * self.n_columns, min(self._count(), (last + 1) * self.n_columns))

    def _count(self) -> int:
        return 0 if self.model() is None else self.model().rowCount(self.rootIndex())

    def _cell_rect(self, place: int) -> QRect:
        """Where the ``place``-th cell is in the viewport."""
        row, column = divmod(place, self.n_columns)
        width = self.viewport().width()
        left, right = column * width // self.n_columns, (column + 1) * width // self.n_columns
        top = row * self._cell.height() - self.verticalOffset()
        return QRect(left, top, right - left, self._cell.height())

    # QAbstractItemView's questions -------------------------------------------------------------

    def visualRect(self, index: Index) -> QRect:
        """Override QListView::visualRect."""
        return self._cell_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """Override QListView::indexAt."""
        width = self.viewport().width()
        y = point.y() + self.verticalOffset()
        if not (0 <= point.x() < width and y >= 0) or self.model() is None:
            return QModelIndex()
        # The inverse of the edges in _cell_rect, exact for every pixel.
        column = ((point.x() + 1) * self.n_columns - 1) // width
        place = y // self._cell.height() * self.n_columns + column
        if place >= self._count():
            return QModelIndex()
        return self.model().index(place, 0, self.rootIndex())

    def scrollTo(
        self, index: Index, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        """Override QListView::scrollTo."""
        if not index.isValid():
            return
        bar, rect = self.verticalScrollBar(), self.visualRect(index)
        room, above = self.viewport().height(), rect.top()
        below = rect.bottom() + 1 - room
        if hint == QListView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - room // 2)
        elif hint == QListView.ScrollHint.PositionAtTop or above < 0:
            bar.setValue(bar.value() + above)
        elif hint == QListView.ScrollHint.PositionAtBottom or below > 0:
            bar.setValue(bar.value() + min(below, above))

    def moveCursor(self, action: CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Override QListView::moveCursor: arrows walk the grid, pages move by what is seen."""
        count = self._count()
        if not count:
            return QModelIndex()
        here, columns = self.currentIndex().row(), self.n_columns
        if here < 0:
            return self.model().index(0, 0, self.rootIndex())
        page = columns * max(1, self.viewport().height() // self._cell.height())
        steps = {
            CursorAction.MoveLeft: -1, CursorAction.MoveRight: 1,
            CursorAction.MovePrevious: -1, CursorAction.MoveNext: 1,
            CursorAction.MoveUp: -columns, CursorAction.MoveDown: columns,
            CursorAction.MovePageUp: -page, CursorAction.MovePageDown: page,
            CursorAction.MoveHome: -here, CursorAction.MoveEnd: count - 1 - here,
        }  # fmt: skip
        place = here + steps[action]
        if not 0 <= place < count:
            pages = (CursorAction.MovePageUp, CursorAction.MovePageDown)
            last_row = action == CursorAction.MoveDown and here // columns < (count - 1) // columns
            place = min(count - 1, max(0, place)) if action in pages or last_row else here
        return self.model().index(place, 0, self.rootIndex())

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Override QListView::setSelection: a click takes a cell, a frame what it touches."""
        rect = rect.normalized()
        model, selection = self.model(), QItemSelection()
        if model is None:
            return
        width, height = self.viewport().width(), self._cell.height()
        left = max(0, rect.left()) * self.n_columns // max(1, width)
        right = min(self.n_columns - 1, max(0, rect.right()) * self.n_columns // max(1, width))
        top = max(0, rect.top() + self.verticalOffset()) // height
        bottom = max(0, rect.bottom() + self.verticalOffset()) // height
        for row in range(top, min(bottom, self.n_rows - 1) + 1):
            first = row * self.n_columns + left
            last = min(self._count() - 1, row * self.n_columns + right)
            if first <= last:
                selection.select(model.index(first, 0), model.index(last, 0))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Override QListView::visualRegionForSelection: only what is in sight is repainted."""
        seen, region = self.visible_range(), QRegion()
        for ranges in selection:
            for place in range(max(ranges.top(), seen.start), min(ranges.bottom() + 1, seen.stop)):
                region += self._cell_rect(place)
        return region

    def horizontalOffset(self) -> int:
        """Override QListView::horizontalOffset."""
        return 0

    def verticalOffset(self) -> int:
        """Override QListView::verticalOffset."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        """Override QListView::isIndexHidden."""
        return False

    # Layout, scrolling, painting ---------------------------------------------------------------

    def doItemsLayout(self) -> None:
        """Override QListView::doItemsLayout: there is nothing to lay out."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Override QListView::updateGeometries: the scroll bar follows from the row count."""
        bar, room = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(max(8, self._cell.height() // 3))
        bar.setPageStep(room)
        bar.setRange(0, max(0, self.n_rows * self._cell.height() - room))
        QAbstractItemView.updateGeometries(self)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Override QListView::scrollContentsBy."""
        self.viewport().scroll(dx, dy)

    def dataChanged(self, top: QModelIndex, bottom: QModelIndex, roles: list[int] = ()) -> None:
        """Override QListView::dataChanged: repaint what is in sight, lay out nothing."""
        seen = self.visible_range()
        for place in range(max(top.row(), seen.start), min(bottom.row() + 1, seen.stop)):
            self.viewport().update(self._cell_rect(place))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QListView::paintEvent: the delegate paints the cells in sight."""
        painter, model = QPainter(self.viewport()), self.model()
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        flags, idle = QStyle.StateFlag, option.state & ~QStyle.StateFlag.State_MouseOver
        current, chosen = self.currentIndex().row(), self.selectionModel()
        for place in self.visible_range():
            option.rect = self._cell_rect(place)
            if not option.rect.intersects(event.rect()):
                continue
            index = model.index(place, 0, self.rootIndex())
            state = idle & ~flags.State_HasFocus
            if chosen.isSelected(index):
                state |= flags.State_Selected
            if place == self._hovered:
                state |= flags.State_MouseOver
            if place == current and self.hasFocus():
                state |= flags.State_HasFocus
            option.state = state
            self.itemDelegateForIndex(index).paint(painter, option, index)
        painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        """Override QAbstractItemView::viewportEvent: remember the cell under the pointer."""
        kinds = QEvent.Type
        if event.type() in (kinds.HoverMove, kinds.HoverEnter) and isinstance(event, QHoverEvent):
            self._set_hovered(self.indexAt(event.position().toPoint()).row())
        elif event.type() in (kinds.HoverLeave, kinds.Leave):
            self._set_hovered(-1)
        return super().viewportEvent(event)

    def _set_hovered(self, place: int) -> None:
        if place != self._hovered:
            for cell in (self._hovered, place):
                if cell >= 0:
                    self.viewport().update(self._cell_rect(cell))
            self._hovered = place
