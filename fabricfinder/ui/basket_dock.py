"""The basket's panel: thumbnails in her order, a note for each, and the way to a sheet."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui import wording
from fabricfinder.ui.basket import Basket
from fabricfinder.ui.score_chart import ChartRow, ScoreChart
from fabricfinder.ui.swatch_mime import swatch_mime
from fabricfinder.ui.theme import SPACE_M, SPACE_S, current_theme
from fabricfinder.ui.thumbnails import ThumbnailCache

THUMB = 72
_ID = Qt.ItemDataRole.UserRole


class BasketList(QListWidget):
    """The picks; drag to bring them into another order or out, Del takes one out.

    Attributes:
        swatches_of: tells the swatches of some ids; set by who knows the library.

    Signals:
        arranged: they were dragged.
        removal_wanted: Del was pressed.
    """

    arranged = Signal()
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.swatches_of: Callable[[Sequence[str]], list[Swatch]] = lambda ids: []
        self.setIconSize(QSize(THUMB, THUMB))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(True)
        self.setAccessibleName(self.tr("Basket"))
        self.model().rowsMoved.connect(self.arranged)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Override QAbstractItemView::startDrag: outside they are files, picture and text."""
        drag = QDrag(self)
        drag.setMimeData(self.drag_mime())
        drag.setPixmap(self.selectedItems()[0].icon().pixmap(self.iconSize()))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.CopyAction)

    def drag_mime(self) -> QMimeData:
        """What a drag of the selected picks carries, for this list and for other programs."""
        mime = self.model().mimeData(self.selectedIndexes())
        swatches = self.swatches_of(self.chosen())
        if swatches:
            picture = self.selectedItems()[0].icon().pixmap(self.iconSize())
            outside = swatch_mime(swatches, picture)
            mime.setUrls(outside.urls())
            mime.setText(outside.text())
            if outside.hasImage():
                mime.setImageData(outside.imageData())
        return mime

    def ids(self) -> list[str]:
        """The swatches in the order shown."""
        return [self.item(row).data(_ID) for row in range(self.count())]

    def chosen(self) -> list[str]:
        """The selected swatches."""
        return [item.data(_ID) for item in self.selectedItems()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: Del and Backspace take out, Alt+arrows move."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit()
            return
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move(step)
            return
        super().keyPressEvent(event)

    def _move(self, step: int) -> None:
        row = self.currentRow()
        if 0 <= row + step < self.count():
            item = self.takeItem(row)
            self.insertItem(row + step, item)
            self.setCurrentRow(row + step)
            self.arranged.emit()


class BasketDock(QDockWidget):
    """The panel.

    Signals:
        sheet_wanted: she wants a sheet of the basket.
        compare_wanted: she wants to see its cloths beside the query.
        chart_wanted: the chart is to be seen; ``show_chart`` answers.
    """

    sheet_wanted = Signal()
    compare_wanted = Signal()
    chart_wanted = Signal()

    def __init__(
        self, basket: Basket, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("basketDock")
        self.setWindowTitle(self.tr("Basket"))
        self._basket, self._thumbnails = basket, thumbnails
        self._catalog: Catalog | None = None
        self.list = BasketList(self)
        self.list.swatches_of = self._swatches
        self.hint = QLabel(
            self.tr("Press B on a result or a swatch to put it in here. Then make a sheet.")
        )
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("Note, printed on the sheet"))
        self.note.setAccessibleName(self.tr("Note, printed on the sheet"))
        self.chart = ScoreChart(self)
        self.chart_button = QPushButton(self.tr("Chart"), self)
        self.chart_button.setCheckable(True)
        self.chart_button.setToolTip(
            self.tr("The four dimensions and the palettes of what is gathered, side by side")
        )
        self.sheet_button = QPushButton(self.tr("Make a sheet…"), self)
        self.compare_button = QPushButton(self.tr("Compare…"), self)
        self.remove_button = QPushButton(self.tr("Take out"), self)
        self.remove_button.setProperty("quiet", True)
        self._lay_out()
        self.list.arranged.connect(self._arrange)
        self.list.removal_wanted.connect(self._remove)
        self.list.currentItemChanged.connect(self._show_note)
        self.note.textEdited.connect(self._note)
        self.remove_button.clicked.connect(self._remove)
        self.sheet_button.clicked.connect(self.sheet_wanted)
        self.compare_button.clicked.connect(self.compare_wanted)
        self.chart_button.clicked.connect(self._show_way)
        self.chart.chosen.connect(self._choose_row)
        basket.changed.connect(self._refresh)
        basket.noted.connect(self._show_titles)
        thumbnails.ready.connect(self._show_picture)
        self._refresh()

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Know the swatches' names."""
        self._catalog = catalog
        self._show_titles()

    def _show_titles(self) -> None:
        """Names and notes as they are now."""
        self._show_note()
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setText(self._title(item.data(_ID)))

    def _lay_out(self) -> None:
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self.hint)
        self._chart_area = QScrollArea(body)
        self._chart_area.setWidget(self.chart)
        self._chart_area.setWidgetResizable(True)
        self._chart_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.list, 1)
        column.addWidget(self._chart_area, 1)
        column.addWidget(self.note)
        ways = QHBoxLayout()
        ways.addWidget(self.remove_button)
        ways.addStretch(1)
        ways.addWidget(self.chart_button)
        column.addLayout(ways)
        # One below the other: beside each other they are clipped where the window is narrow.
        column.addWidget(self.compare_button)
        column.addWidget(self.sheet_button)
        self.setWidget(body)
        body.setMinimumWidth(220)

    def _refresh(self) -> None:
        """Show the picks; what is current stays so."""
        picks = self._basket.picks
        # Dragged, the list is in the new order already: it must not be rebuilt under the mouse.
        if self.list.ids() != [pick.swatch_id for pick in picks]:
            current = self.list.currentItem()
            kept = current.data(_ID) if current else ""
            self.list.blockSignals(True)
            self.list.clear()
            for pick in picks:
                self.list.addItem(self._item(pick.swatch_id))
            for row, pick in enumerate(picks):
                if pick.swatch_id == kept:
                    self.list.setCurrentRow(row)
            self.list.blockSignals(False)
        if self.list.currentRow() < 0 and picks:
            self.list.setCurrentRow(0)
        self.hint.setVisible(not picks)
        buttons = self.remove_button, self.compare_button, self.sheet_button, self.chart_button
        for widget in (self.note, *buttons):
            widget.setVisible(bool(picks))
        self._show_way()
        self.setWindowTitle(self.tr("Basket ({n})").format(n=len(picks)) if picks
                            else self.tr("Basket"))  # fmt: skip
        self._show_note()

    def show_chart(self, scores: Mapping[str, Sequence[float | None]]) -> None:
        """Chart what is gathered; ``scores`` by swatch id, none without a search."""
        rows = []
        for swatch in self._swatches([pick.swatch_id for pick in self._basket.picks]):
            row = self._catalog.table_row_of.get(swatch.id)
            palette = Palette(())
            if row is not None:
                palette = self._catalog.table.descriptor(row).palette
            title = wording.swatch_title(swatch)
            rows.append(ChartRow(swatch.id, title, scores.get(swatch.id, ()), palette))
        current = self.list.currentItem()
        self.chart.set_rows(rows, current.data(_ID) if current else "")

    def _show_way(self) -> None:
        """The list, or the chart in its place."""
        there, charted = len(self._basket) > 0, self.chart_button.isChecked()
        self.list.setVisible(there and not charted)
        self._chart_area.setVisible(there and charted)
        if there and charted:
            self.chart_wanted.emit()

    def _choose_row(self, swatch_id: str) -> None:
        self.list.setCurrentRow(self.list.ids().index(swatch_id))

    def _item(self, swatch_id: str) -> QListWidgetItem:
        item = QListWidgetItem(self._icon(swatch_id), self._title(swatch_id))
        item.setData(_ID, swatch_id)
        item.setSizeHint(QSize(0, THUMB + SPACE_S))
        return item

    def _swatches(self, ids: Sequence[str]) -> list[Swatch]:
        found = (self._catalog.find(swatch_id) for swatch_id in ids) if self._catalog else ()
        return [swatch for swatch in found if swatch is not None]

    def _title(self, swatch_id: str) -> str:
        swatch = self._catalog.find(swatch_id) if self._catalog else None
        title = wording.swatch_title(swatch) if swatch else self.tr("No longer in the library")
        note = next((p.note for p in self._basket.picks if p.swatch_id == swatch_id), "")
        return f"{title}\n{note}" if note else title

    def _icon(self, swatch_id: str) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = self._thumbnails.pixmap(swatch_id, round(THUMB * ratio), fill=True)
        if pixmap is None:
            pixmap = QPixmap(THUMB, THUMB)
            pixmap.fill(current_theme().color("placeholder"))
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt tints it: cloth keeps its colour
        return icon

    def _show_picture(self, swatch_id: str) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == swatch_id:
                self.list.item(row).setIcon(self._icon(swatch_id))

    def _show_note(self) -> None:
        item = self.list.currentItem()
        pick = next((p for p in self._basket.picks if item and p.swatch_id == item.data(_ID)), None)
        self.note.setEnabled(pick is not None)
        if pick is None or self.note.text() != pick.note:
            self.note.setText(pick.note if pick else "")

    def _note(self, words: str) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._basket.note(item.data(_ID), words)

    def _arrange(self) -> None:
        self._basket.arrange(self.list.ids())

    def _remove(self) -> None:
        self._basket.remove(self.list.chosen())
