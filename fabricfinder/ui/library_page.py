"""The Library workspace: the endless grid, what narrows it, and the spec sheet of the chosen."""

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.where import one_an_article
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.collection_list import CollectionList
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.facet_panel import FacetPanel
from fabricfinder.ui.health_page import HealthPage
from fabricfinder.ui.library_bar import LibraryBar
from fabricfinder.ui.library_choice import LibraryChoice
from fabricfinder.ui.library_deeds import LibraryDeeds
from fabricfinder.ui.library_details import DetailsStrip
from fabricfinder.ui.library_grid import LibraryGrid
from fabricfinder.ui.library_model import LibraryModel
from fabricfinder.ui.library_states import EmptyDrawer, NothingFits
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.quick_view import QuickView
from fabricfinder.ui.spec_panel import SpecPanel
from fabricfinder.ui.theme import SPACE_M, SPACE_S
from fabricfinder.ui.thumbnails import ThumbnailCache

SPEC_WIDTH = 330


class LibraryPage(QWidget):
    """The workspace.

    Signals:
        use_as_query: a swatch id.
        choose_folder, choose_pictures: she wants to add something.
        problems_wanted: she wants the list of files that could not be read.
        status: a sentence for the status bar.
    """

    use_as_query = Signal(str)
    choose_folder = Signal()
    choose_pictures = Signal()
    problems_wanted = Signal()
    status = Signal(str)

    def __init__(
        self,
        desk: Desk,
        thumbnails: ThumbnailCache,
        parent: QWidget | None = None,
        archive: ArchiveDesk | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._archive = archive or ArchiveDesk(desk, self)
        self._catalog: Catalog | None = None
        self._coming = False
        self.deeds_of_window: list[QAction] = []  # of the window's own, for the context menu
        self.choice = LibraryChoice(desk, self)
        self.model = LibraryModel(thumbnails, self)
        self.grid = LibraryGrid(self.model, self)
        self.bar = LibraryBar(self)
        self.bar.set_side(self.grid.side)
        self.details = DetailsStrip(thumbnails, self)
        self.spec = SpecPanel(self._archive, thumbnails, self)
        self.spec.hide()
        self.deeds = LibraryDeeds(self._archive, self)
        self.collections = CollectionList(self)
        self.health = HealthPage(self._archive, self)
        self.health_button = QPushButton(self.tr("Health of the library"), self)
        self.health_button.setProperty("link", True)
        self.empty = EmptyDrawer(self)
        self.nothing = NothingFits(self)
        self._middle = QStackedWidget(self)
        for widget in (self.grid, self.empty, self.nothing):
            self._middle.addWidget(widget)
        self.quick = QuickView(thumbnails, self._middle)
        self.facets = FacetPanel(default_taxonomy(), self)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.grid)

    def _lay_out(self) -> None:
        """Collections and facets left, the grid in the middle, the spec sheet right."""
        self._side = QScrollArea(self)
        self._side.setProperty("side", True)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        padded = QFrame(self._side)
        padded.setProperty("side", True)
        inner = QVBoxLayout(padded)
        inner.setContentsMargins(SPACE_M, SPACE_M, SPACE_S, SPACE_M)
        inner.addWidget(self.collections)
        inner.addSpacing(SPACE_M)
        inner.addWidget(self.facets)
        inner.addStretch(1)
        inner.addWidget(self.health_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._side.setWidget(padded)
        self._side.setMinimumWidth(190)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._middle, 1)
        column.addWidget(self.details)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("librarySplitter3")
        for widget in (self._side, middle, self.spec):
            splitter.addWidget(widget)
        splitter.setStretchFactor(1, 1)
        splitter.setCollapsible(1, False)
        splitter.setSizes([230, 1000, SPEC_WIDTH])
        self._panes = splitter
        self._stack = QStackedWidget(self)
        self._stack.addWidget(splitter)
        self._stack.addWidget(self.health)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _connect(self) -> None:
        self.bar.text_changed.connect(self.choice.set_text)
        self.bar.order_changed.connect(self.model.set_order)
        self.bar.side_changed.connect(self.grid.set_side)
        self.bar.piles_changed.connect(self._refresh)
        self.bar.spec_changed.connect(self._show_spec)
        self.choice.changed.connect(self._refresh)
        self.grid.chosen.connect(self.use_as_query)
        self.grid.copy_wanted.connect(self.copy_selected)
        self.grid.current.connect(self._show_details)
        self.grid.selection.connect(self._show_chosen)
        self.grid.look_wanted.connect(self.look_closer)
        self.grid.removal_wanted.connect(self._take_out)
        self.quick.arrow_pressed.connect(self._look_at_neighbour)
        self.quick.chosen.connect(self.details.query_button.click)
        self.quick.closed.connect(self.grid.setFocus)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._open_menu)
        self.details.use_as_query.connect(self.use_as_query)
        self.spec.swatch_wanted.connect(self._go_to)
        self.facets.filters_changed.connect(self.choice.set_filters)
        self.nothing.everything.connect(self._show_everything)
        self.empty.choose_folder.connect(self.choose_folder)
        self.empty.choose_pictures.connect(self.choose_pictures)
        self._connect_archive()

    def _connect_archive(self) -> None:
        """Collections, deeds, and the page of the library's health."""
        lines, deeds, health = self.collections, self.deeds, self.health
        lines.chosen.connect(self.choice.set_collection)
        lines.renamed.connect(
            lambda old, new: self._archive.rename_collection(
                old, new, self.tr("Call a collection “{name}”").format(name=new)
            )
        )
        lines.dropped.connect(lambda name, ids: self.deeds.drop_on(self._catalog, name, ids))
        lines.removal_wanted.connect(
            lambda name: self._archive.drop_collection(
                name, self.tr("Drop the collection “{name}”").format(name=name)
            )
        )
        lines.new_wanted.connect(lambda: self._new_collection(""))
        lines.rule_wanted.connect(lambda: self._new_collection(self.choice.rule))
        deeds.told.connect(self.status)
        deeds.collection_named.connect(lines.name_next)
        self.health_button.clicked.connect(self.show_health)
        health.closed.connect(lambda: self._stack.setCurrentIndex(0))
        health.search_wanted.connect(self.search)
        health.swatches_wanted.connect(self.show_only)
        health.problems_wanted.connect(self.problems_wanted)
        health.relink_wanted.connect(
            lambda: self.deeds.relink_one(self._catalog, self.selected(), self.model.missing)
        )
        self._archive.originals_checked.connect(lambda o: self.model.set_missing(o.missing))

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Show a catalog; a newer one of the same library keeps her place and her words."""
        before, self._catalog = self._catalog, catalog
        same = before is not None and catalog is not None and catalog.folder == before.folder
        self._coming = True  # what follows ends in one look at everything, not in several
        if not same:
            self.choice.forget()
            self.bar.search.clear()
            self.model.set_missing(frozenset())
            self._stack.setCurrentIndex(0)
        self.choice.set_catalog(catalog)
        self.collections.show_catalog(catalog)
        self.health.show_catalog(catalog)
        self._coming = False
        self._refresh()

    def focus_search(self) -> None:
        """Put the cursor into the search box, its words selected."""
        self._stack.setCurrentIndex(0)
        self.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.search.selectAll()

    def search(self, text: str) -> None:
        """Show what a search means, as if she had typed it."""
        self._show_everything()
        self._stack.setCurrentIndex(0)
        self.bar.search.setText(text)

    def set_side(self, side: int) -> None:
        """Show swatches of another size (a restored session)."""
        self.grid.set_side(side)
        self.bar.set_side(self.grid.side)

    def show_health(self) -> None:
        """Show what is wanting in the library."""
        self._stack.setCurrentWidget(self.health)
        self.health.look()

    def selected(self) -> list[Swatch]:
        """The chosen swatches; a card that stands for an article means all its pictures."""
        catalog, chosen = self._catalog, []
        for swatch in self.grid.chosen_swatches():
            article = str(swatch.fields.get("article", ""))
            if self.bar.piles.isChecked() and article in catalog.articles:
                chosen += [catalog.swatches[row] for row in catalog.articles[article]]
            else:
                chosen.append(swatch)
        return chosen

    def _refresh(self) -> None:
        """Bring model, facets, count and states in line with catalog and choice."""
        if self._coming:
            return
        catalog = self._catalog
        current = self.grid.current_id()
        rows = None if catalog is None else self.choice.rows()
        piles: dict[int, int] = {}
        if catalog is not None and self.bar.piles.isChecked():
            rows, piles = one_an_article(
                catalog, np.arange(len(catalog)) if rows is None else rows
            )
        self.model.set_piles(piles)
        self.model.show(catalog, rows)
        filters, found = self.choice.filters, self.choice.found()
        self.facets.show_counts(filters, self._desk.facets(filters, found))
        self._show_state(self.model.rowCount(), 0 if catalog is None else len(catalog))
        if current and self.grid.current_id() != current:
            self.grid.show_swatch(current)
        self._show_chosen()

    def _show_state(self, n: int, total: int) -> None:
        """Show grid, empty drawer or "nothing fits", and the count of swatches."""
        if self.bar.piles.isChecked():
            count = self.tr("{n} cards of {total}").format(n=count_text(n), total=count_text(total))
        elif n != total:
            count = self.tr("{n} of {total}").format(n=count_text(n), total=count_text(total))
        elif total == 1:
            count = self.tr("one swatch")
        else:
            count = self.tr("{n} swatches").format(n=count_text(total))
        self.bar.show_count(count)
        self.collections.rule_action.setEnabled(bool(self.choice.rule))
        if total and not n:
            self.nothing.sentence.setText(self._why_nothing())
        elif self.choice.refusal:
            self.status.emit(self.choice.refusal)
        shown = self.empty if not total else self.grid if n else self.nothing
        self._middle.setCurrentWidget(shown)
        for widget in (self.bar, self._side):
            widget.setVisible(bool(total) or bool(self._catalog and self._catalog.removed))
        self.details.setVisible(bool(n))

    def _why_nothing(self) -> str:
        """Why no swatch is to be seen, in a sentence."""
        choice = self.choice
        if choice.refusal:
            return choice.refusal
        if choice.text:
            among = self.tr(" among the ticked kinds") if choice.filters.active else ""
            words = self.tr("No swatch has the words “{text}”{among}.")
            return words.format(text=choice.text, among=among)
        if choice.collection is not None and not choice.filters.active:
            if choice.collection.is_smart:
                return self.tr("No swatch follows the rule of this collection now.")
            return self.tr("This collection is empty. Drag swatches onto its name at the left.")
        return self.tr("No swatch fits everything ticked at the left.")

    def _show_everything(self) -> None:
        """Lift the words, the collection and every tick."""
        self.collections.lines.setCurrentRow(0)
        if self.bar.search.text():
            self.bar.search.clear()
        self.choice.forget()

    def show_only(self, title: str, ids: tuple[str, ...]) -> None:
        """Show some swatches the health page speaks of."""
        self._show_everything()
        self._stack.setCurrentIndex(0)
        self.choice.set_only(title, ids)
        self.status.emit(self.tr("{title}: {n}. Choose “All swatches” to see everything.").format(
            title=title, n=count_text(len(ids))))  # fmt: skip

    def _show_details(self, swatch_id: str) -> None:
        """Tell of the swatch under the cursor; of several chosen, how many they are."""
        swatch = self._catalog.find(swatch_id) if self._catalog and swatch_id else None
        cards = self.grid.chosen_swatches()
        chosen = self.selected() if len(cards) > 1 else cards
        self.details.show_chosen(self._catalog, swatch, chosen)

    def _show_spec(self, shown: bool) -> None:
        """Open the spec sheet beside the grid, or put it away."""
        left, middle, before = self._panes.sizes()
        self.spec.setVisible(shown)
        if shown and not before:
            self._panes.setSizes([left, middle - SPEC_WIDTH, SPEC_WIDTH])
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Tell of what is chosen; its spec sheet while it is to be seen."""
        self._show_details(self.grid.current_id())
        if self.spec.isVisibleTo(self):
            self.spec.show_swatches(self._catalog, self.selected())

    def _go_to(self, swatch_id: str) -> None:
        """Put the cursor on a picture of the same article."""
        if not self.grid.show_swatch(swatch_id):
            self._show_everything()
            self.bar.piles.setChecked(False)
            self.grid.show_swatch(swatch_id)

    def _take_out(self, with_files: bool) -> None:
        if self._catalog is not None and not self._catalog.read_only:
            self.deeds.take_out(self.selected(), with_files=with_files)

    def _new_collection(self, rule: str) -> None:
        name = self.collections.free_name()
        self.collections.name_next(name)
        self._archive.make_collection(name, self.tr("Make a collection"), rule=rule)

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
            (self.tr("Copy path"), lambda: self.deeds.copy_paths(self.selected())),
        )
        for words, deed in deeds:
            action = QAction(words, menu)
            action.triggered.connect(deed)
            menu.addAction(action)
        menu.insertActions(menu.actions()[2], self.deeds_of_window)
        if self._catalog is not None:
            chosen, missing = self.selected(), self.model.missing
            self.deeds.fill_menu(menu, self._catalog, chosen, self.choice.collection, missing)
        menu.popup(self.grid.viewport().mapToGlobal(point))

    def copy_selected(self) -> None:
        """Put the selected swatches on the clipboard: files, picture and paths."""
        indexes = self.grid.selectedIndexes()
        if indexes:
            QGuiApplication.clipboard().setMimeData(self.model.mimeData(indexes))

    def showEvent(self, event: QShowEvent) -> None:
        """Override QWidget::showEvent: the keys are the grid's, not the first field's."""
        super().showEvent(event)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
