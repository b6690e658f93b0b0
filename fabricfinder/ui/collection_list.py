"""The collections at the left of the library: choose one, name it, drop swatches on it."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.archive import Collection
from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.swatch_mime import SWATCH_IDS, swatch_ids
from fabricfinder.ui.theme import SPACE_XS, current_theme, scaled_font

COUNT = Qt.ItemDataRole.UserRole + 1
NAME = Qt.ItemDataRole.UserRole + 2
LINE_HEIGHT, MOST_LINES = 26, 9


class CountDelegate(QStyledItemDelegate):
    """A line with its count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return QSize(super().sizeHint(option, index).width(), LINE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        """Override QStyledItemDelegate::paint."""
        super().paint(painter, option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(scaled_font(0.9))
        painter.setPen(current_theme().color("select_text" if chosen else "muted"))
        place = option.rect.adjusted(0, 0, -6, 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, right, index.data(COUNT) or "")
        painter.restore()


class CollectionLines(QListWidget):
    """The lines; swatches can be dropped on those gathered by hand.

    Signals:
        dropped: a collection's name and swatch ids.
        removal_wanted: Del was pressed.
    """

    dropped = Signal(str, object)
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setItemDelegate(CountDelegate(self))
        self.setEditTriggers(QListWidget.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def _target(self, point: QPoint) -> QListWidgetItem | None:
        item = self.itemAt(point)
        if item is None or not item.data(NAME) or item.data(Qt.ItemDataRole.UserRole):
            return None
        return item

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent."""
        if event.mimeData().hasFormat(SWATCH_IDS):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Override QWidget::dragMoveEvent: only collections gathered by hand take swatches."""
        item = self._target(event.position().toPoint())
        event.setAccepted(item is not None and event.mimeData().hasFormat(SWATCH_IDS))

    def dropEvent(self, event: QDropEvent) -> None:
        """Override QWidget::dropEvent."""
        item = self._target(event.position().toPoint())
        if item is not None:
            self.dropped.emit(item.data(NAME), swatch_ids(event.mimeData()))
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent."""
        if event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)


class CollectionList(QWidget):
    """All swatches, then each collection.

    Signals:
        chosen: the Collection to show, None for all swatches.
        renamed: old and new name.
        dropped: a collection's name and the ids put on it.
        removal_wanted: name of a collection to drop.
        new_wanted: she wants an empty collection.
        rule_wanted: she wants one that follows from the present search.
    """

    chosen = Signal(object)
    renamed = Signal(str, str)
    dropped = Signal(str, object)
    removal_wanted = Signal(str)
    new_wanted = Signal()
    rule_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Collections"), self)
        title.setFont(scaled_font(1.0, bold=True))
        self.add = QToolButton(self)
        self.add.setText("+")
        self.add.setToolTip(self.tr("New collection"))
        self.add.setAccessibleName(self.tr("New collection"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.add)
        self.new_action = QAction(self.tr("New collection"), menu)
        self.rule_action = QAction(self.tr("From this search, kept up to date"), menu)
        self.new_action.triggered.connect(self.new_wanted)
        self.rule_action.triggered.connect(self.rule_wanted)
        menu.addActions([self.new_action, self.rule_action])
        self.add.setMenu(menu)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.add)
        self.lines = CollectionLines(self)
        self.lines.setAccessibleName(self.tr("Collections"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(head)
        column.addWidget(self.lines)
        self._collections: tuple[Collection, ...] = ()
        self._filling = False
        self._name_next = self._follow = ""
        self.lines.currentRowChanged.connect(self._choose)
        self.lines.itemChanged.connect(self._rename)
        self.lines.dropped.connect(self.dropped)
        self.lines.removal_wanted.connect(self._remove)
        self.lines.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.lines.customContextMenuRequested.connect(self._open_menu)

    @property
    def current(self) -> Collection | None:
        """The collection shown, or None for all swatches."""
        row = self.lines.currentRow()
        return self._collections[row - 1] if 0 < row <= len(self._collections) else None

    def show_catalog(self, catalog: Catalog | None) -> None:
        """Show the collections of a catalog; the one chosen stays while it is there."""
        shown = self.current
        before = self._follow or (shown.name if shown else "")
        self._follow = ""
        self._collections = () if catalog is None else catalog.collections
        self._filling = True
        self.lines.clear()
        total = 0 if catalog is None else len(catalog)
        self._line(self.tr("All swatches"), count_text(total), None)
        for one in self._collections:
            told = self.tr("by rule") if one.is_smart else count_text(len(one.ids))
            self._line(one.name, told, one)
        names = [one.name for one in self._collections]
        wanted = self._name_next if self._name_next in names else before
        self.lines.setCurrentRow(names.index(wanted) + 1 if wanted in names else 0)
        self._filling = False
        self.lines.setFixedHeight(LINE_HEIGHT * min(MOST_LINES, len(names) + 1) + 4)
        read_only = catalog is None or catalog.read_only
        self.add.setEnabled(not read_only)
        if self._name_next in names:
            self._name_next = ""
            self.lines.editItem(self.lines.currentItem())
        if self.current != shown:
            self.chosen.emit(self.current)

    def name_next(self, name: str) -> None:
        """When a collection of this name arrives, show it and let her name it."""
        self._name_next = name

    def free_name(self) -> str:
        """A name no collection has yet."""
        names = {one.name for one in self._collections}
        name, n = self.tr("New collection"), 2
        while name in names:
            name, n = self.tr("New collection {n}").format(n=n), n + 1
        return name

    def _line(self, text: str, count: str, one: Collection | None) -> None:
        item = QListWidgetItem(text)
        item.setData(COUNT, count)
        item.setData(NAME, one.name if one else "")
        item.setData(Qt.ItemDataRole.UserRole, bool(one and one.is_smart))
        if one is not None:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(one.rule)
        self.lines.addItem(item)

    def _choose(self, row: int) -> None:
        if not self._filling and row >= 0:
            self.chosen.emit(self.current)

    def _rename(self, item: QListWidgetItem) -> None:
        old = item.data(NAME)
        new = " ".join(item.text().split())
        if not self._filling and old and new and new != old:
            self._follow = new
            self.renamed.emit(old, new)

    def _remove(self) -> None:
        if self.current is not None:
            self.removal_wanted.emit(self.current.name)

    def _open_menu(self, point: QPoint) -> None:
        item = self.lines.itemAt(point)
        if item is None or not item.data(NAME) or not self.add.isEnabled():
            return
        self.lines.setCurrentItem(item)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = menu.addAction(self.tr("Rename\tF2"))
        rename.triggered.connect(lambda: self.lines.editItem(self.lines.currentItem()))
        remove = menu.addAction(self.tr("Drop the collection\tDel"))
        remove.setToolTip(self.tr("Its swatches stay in the library."))
        remove.triggered.connect(self._remove)
        menu.popup(self.lines.viewport().mapToGlobal(point))
