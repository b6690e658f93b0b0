"""The Library workspace: the endless grid, words to search it, and what is known of one swatch."""

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import filter_mask
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.facet_panel import FacetPanel
from fabricfinder.ui.library_bar import LibraryBar
from fabricfinder.ui.library_details import DetailsStrip
from fabricfinder.ui.library_grid import LibraryGrid
from fabricfinder.ui.library_model import LibraryModel
from fabricfinder.ui.library_states import EmptyDrawer, NothingFits
from fabricfinder.ui.quick_view import QuickView
from fabricfinder.ui.theme import SPACE_M, SPACE_S
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.wording import shown_path


class LibraryPage(QWidget):
    """The workspace.

    Signals:
        use_as_query: a swatch id.
        choose_folder, choose_pictures: she wants to add something.
        status: a sentence for the status bar.
    """

    use_as_query = Signal(str)
    choose_folder = Signal()
    choose_pictures = Signal()
    status = Signal(str)

    def __init__(
        self, desk: Desk, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._catalog = desk, None
        self._found: tuple[str, ...] | None = None
        self._filters = Filters()
        self.model = LibraryModel(thumbnails, self)
        self.grid = LibraryGrid(self.model, self)
        self.bar = LibraryBar(self)
        self.bar.set_side(self.grid.side)
        self.details = DetailsStrip(thumbnails, self)
        self.empty = EmptyDrawer(self)
        self.nothing = NothingFits(self)
        self._middle = QStackedWidget(self)
        for widget in (self.grid, self.empty, self.nothing):
            self._middle.addWidget(widget)
        self.quick = QuickView(thumbnails, self._middle)
        self.facets = FacetPanel(default_taxonomy(), self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        """Facets left, everything else right."""
        self._side = QScrollArea(self)
        self._side.setProperty("side", True)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        padded = QFrame(self._side)
        padded.setProperty("side", True)
        inner = QVBoxLayout(padded)
        inner.setContentsMargins(SPACE_M, SPACE_M, SPACE_S, SPACE_M)
        inner.addWidget(self.facets)
        inner.addStretch(1)
        self._side.setWidget(padded)
        self._side.setMinimumWidth(180)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._middle, 1)
        column.addWidget(self.details)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("librarySplitter")
        splitter.addWidget(self._side)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setCollapsible(1, False)
        splitter.setSizes([230, 1000])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _connect(self) -> None:
        self.bar.text_changed.connect(self._look_for)
        self.bar.order_changed.connect(self.model.set_order)
        self.bar.side_changed.connect(self.grid.set_side)
        self.grid.chosen.connect(self.use_as_query)
        self.grid.copy_wanted.connect(self.copy_selected)
        self.grid.current.connect(self._show_details)
        self.grid.look_wanted.connect(self.look_closer)
        self.quick.arrow_pressed.connect(self._look_at_neighbour)
        self.quick.chosen.connect(self.details.query_button.click)
        self.quick.closed.connect(self.grid.setFocus)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._open_menu)
        self.details.use_as_query.connect(self.use_as_query)
        self.facets.filters_changed.connect(self._filter)
        self.nothing.everything.connect(self._show_everything)
        self.empty.choose_folder.connect(self.choose_folder)
        self.empty.choose_pictures.connect(self.choose_pictures)
        self._desk.text_found.connect(self._take_found)

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Show a catalog; a newer one of the same library keeps her place and her words."""
        same = (
            self._catalog is not None
            and catalog is not None
            and catalog.folder == self._catalog.folder
        )
        self._catalog = catalog
        if not same:
            self._found, self._filters = None, Filters()
            self.bar.search.clear()
        elif self.bar.search.text().strip():
            self._look_for(self.bar.search.text().strip())  # new swatches may match as well
        self._refresh()

    def focus_search(self) -> None:
        """Put the cursor into the search box, its words selected."""
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def set_side(self, side: int) -> None:
        """Show swatches of another size (a restored session)."""
        self.grid.set_side(side)
        self.bar.set_side(self.grid.side)

    def _look_for(self, text: str) -> None:
        """Ask for the swatches with these words; none shows everything again."""
        if self._catalog is None:
            return
        if text:
            self._desk.find_text(text)
        else:
            self._found = None
            self._refresh()

    def _take_found(self, text: str, ids: tuple[str, ...]) -> None:
        if text == self.bar.search.text().strip():
            self._found = ids
            self._refresh()

    def _filter(self, filters: Filters) -> None:
        self._filters = filters
        self._refresh()

    def _allowed(self, catalog: Catalog) -> np.ndarray | None:
        """Rows that have the words and pass the facets, best words first; None for all."""
        filtered = self._filters.active
        if self._found is None and not filtered:
            return None
        rows = np.arange(len(catalog))
        if self._found is not None:
            rows = np.array(
                [catalog.row_of[i] for i in self._found if i in catalog.row_of], np.int64
            )
        if filtered:
            mask = filter_mask(
                self._filters, catalog.coded, catalog.table, None, default_taxonomy()
            )
            passing = np.zeros(len(catalog), bool)
            passing[[catalog.row_of[catalog.table.ids[k]] for k in np.flatnonzero(mask)]] = True
            rows = rows[passing[rows]]
        return rows

    def _refresh(self) -> None:
        """Bring model, facets, count and states in line with catalog, words and filters."""
        catalog = self._catalog
        current = self.grid.current_id()
        self.model.show(catalog, None if catalog is None else self._allowed(catalog))
        self.facets.show_counts(self._filters, self._desk.facets(self._filters, self._found))
        self._show_state(self.model.rowCount(), 0 if catalog is None else len(catalog))
        if current and self.grid.current_id() != current:
            self.grid.show_swatch(current)
        self._show_details(self.grid.current_id())

    def _show_state(self, n: int, total: int) -> None:
        """Show grid, empty drawer or "nothing fits", and the count of swatches."""
        if n != total:
            count = self.tr("{n} of {total}").format(n=f"{n:,}", total=f"{total:,}")
        elif total == 1:
            count = self.tr("one swatch")
        else:
            count = self.tr("{n} swatches").format(n=f"{total:,}")
        self.bar.count.setText(count)
        if total and not n:
            text = self.bar.search.text().strip()
            among = self.tr(" among the ticked kinds") if self._filters.active else ""
            words = self.tr("No swatch has the words “{text}”{among}.")
            kinds = self.tr("No swatch fits everything ticked at the left.")
            sentence = words.format(text=text, among=among) if text else kinds
            self.nothing.sentence.setText(sentence)
        shown = self.empty if not total else self.grid if n else self.nothing
        self._middle.setCurrentWidget(shown)
        for widget in (self.bar, self._side):
            widget.setVisible(bool(total))
        self.details.setVisible(bool(n))

    def _show_everything(self) -> None:
        """Lift the words and every tick."""
        self._filters = Filters()
        if self.bar.search.text():
            self.bar.search.clear()
        self._found = None
        self._refresh()

    def _show_details(self, swatch_id: str) -> None:
        swatch = self._catalog.find(swatch_id) if self._catalog and swatch_id else None
        self.details.show_swatch(self._catalog, swatch)

    def look_closer(self) -> None:
        """Show the swatch under the cursor as large as the grid."""
        swatch = self.model.swatch(self.grid.currentIndex())
        if swatch is not None:
            self.quick.look_at(swatch, self.model.subtitle(swatch))

    def _look_at_neighbour(self, key: int) -> None:
        self.grid.step(key)
        self.look_closer()

    def _open_menu(self, point: QPoint) -> None:
        """The menu of a swatch: the same deeds as its buttons and keys."""
        index = self.grid.indexAt(point)
        if not index.isValid():  # asked for by key
            index = self.grid.currentIndex()
            point = self.grid.visualRect(index).center()
        if self.model.swatch(index) is None:
            return
        if not self.grid.selectionModel().isSelected(index):
            self.grid.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        deeds = (
            (self.tr("Use as query\tEnter"), self.details.query_button.click),
            (self.tr("Look closer\tSpace"), self.look_closer),
            (self.tr("Show in folder"), self.details.folder_button.click),
            (self.tr("Copy\tCtrl+C"), self.copy_selected),
            (self.tr("Copy path"), self._copy_paths),
        )
        for words, deed in deeds:
            action = QAction(words, menu)
            action.triggered.connect(deed)
            menu.addAction(action)
        menu.popup(self.grid.viewport().mapToGlobal(point))

    def copy_selected(self) -> None:
        """Put the selected swatches on the clipboard: files, picture and paths."""
        indexes = self.grid.selectedIndexes()
        if indexes:
            QGuiApplication.clipboard().setMimeData(self.model.mimeData(indexes))

    def _copy_paths(self) -> None:
        swatches = [self.model.swatch(index) for index in self.grid.selectedIndexes()]
        QGuiApplication.clipboard().setText("\n".join(shown_path(s.path) for s in swatches if s))
