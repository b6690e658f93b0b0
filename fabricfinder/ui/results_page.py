"""The results of a search: a grid of large swatches or a table, or why there are none."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.search import Preference, RankedSwatch, SearchResult
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.conditions import conditions
from fabricfinder.ui.quick_view import QuickView
from fabricfinder.ui.rerank_move import RerankMove
from fabricfinder.ui.result_grid import ResultGrid
from fabricfinder.ui.result_model import ResultModel
from fabricfinder.ui.result_order import Column
from fabricfinder.ui.result_table import ResultTable
from fabricfinder.ui.results_header import ConditionChips, ResultsHeader
from fabricfinder.ui.state_page import StatePage
from fabricfinder.ui.theme import SPACE_M, SPACE_S
from fabricfinder.ui.thumbnails import ThumbnailCache


class ResultsPage(QWidget):
    """Header, conditions, banner, and the grid, the table or a state.

    Attributes:
        model: the rows both views show.
        grid, table: the two views; they share what is current and chosen.
        state: what stands there when there are no results.

    Signals:
        query_wanted: a swatch id to search with.
        current_changed: the RankedSwatch she looks at, or None.
        menu_wanted: where on the screen a context menu was asked for.
    """

    query_wanted = Signal(str)
    current_changed = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(
        self, thumbnails: ThumbnailCache, taxonomy: Taxonomy, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self._taxonomy = taxonomy
        self._preference = Preference()
        self.model = ResultModel(thumbnails, taxonomy)
        self.header = ResultsHeader(self)
        self.chips = ConditionChips(self)
        self.chips.setContentsMargins(SPACE_M, 0, SPACE_M, SPACE_S)
        self.banner = QLabel(self)
        self.state = StatePage(thumbnails, self)
        self.grid = ResultGrid(self.model)
        self.table = ResultTable(self.model)
        self.move = RerankMove(self.grid)
        self.table.setSelectionModel(self.grid.selectionModel())
        self.views = QStackedWidget()
        self.places = QStackedWidget(self)
        self.quick = QuickView(thumbnails, self.places)
        self._lay_out()
        self._connect()
        self.chips.hide()

    # What is shown -----------------------------------------------------------------------------

    def show_result(self, result: SearchResult, preference: Preference) -> None:
        """Show an answer under a preference, keeping the chosen swatch if it is still there."""
        self._preference = preference
        before = self.current()
        shown = None if self.model.view is None else self.model.view.facts.result
        is_new = shown is not result
        same_query = shown is not None and shown.query == result.query
        scroll = self.grid.verticalScrollBar().value() if same_query else 0
        self.model.stale = False
        if not is_new:
            self.move.remember()
        self.model.show_result(result, preference)
        if not is_new:
            self.move.play()
            if not self.grid.currentIndex().isValid():
                self._choose_again(before.swatch.id if before else "")
        else:
            self._choose_again(before.swatch.id if before and same_query else "")
            self.grid.verticalScrollBar().setValue(scroll)
        self.header.show_count(len(self.model.view))
        self.header.show_preference(preference, self.model.view.column is not Column.RANK)
        self.chips.show_conditions(conditions(result.query.filters, self._taxonomy))
        self._show_banner()
        self.places.setCurrentWidget(self.views)
        if self.state.take_used():  # what had the keyboard has gone with the state
            self.views.currentWidget().setFocus()
        self._tell_current()

    def show_nothing(self) -> None:
        """Forget the results; a state takes their place."""
        self.model.show_result(None, Preference())
        self.header.show_count(-1)
        self.chips.show_conditions(())
        self.banner.hide()
        self._tell_current()

    def show_state(self) -> None:
        """Bring the state page to the front; what it says is set on ``state``."""
        self.banner.hide()
        self.quick.hide()
        self.places.setCurrentWidget(self.state)

    def show_stale(self, stale: bool) -> None:
        """Dim what is shown: a newer answer is on its way."""
        if self.model.stale != stale:
            self.model.stale = stale
            self.grid.viewport().update()
            self.table.viewport().update()

    def current(self) -> RankedSwatch | None:
        """The result she looks at, or None."""
        return self.model.ranked(self.grid.currentIndex())

    def chosen_places(self) -> list[int]:
        """The places of the chosen results, best first; the current one when none is chosen."""
        rows = {i.row() for i in self.grid.selectionModel().selectedIndexes()}
        if not rows and self.grid.currentIndex().isValid():
            rows = {self.grid.currentIndex().row()}
        return sorted(rows)

    def chosen_swatches(self) -> list[Swatch]:
        """The chosen swatches, best first."""
        return [self.model.view.ranked(place).swatch for place in self.chosen_places()]

    def show_table(self, table: bool) -> None:
        """Show the table, or the grid."""
        had_focus = self.views.currentWidget().hasFocus()
        self.views.setCurrentWidget(self.table if table else self.grid)
        self.header.show_table(table)
        if had_focus:
            self.views.currentWidget().setFocus()
        if self.grid.currentIndex().isValid():
            self.views.currentWidget().scrollTo(self.grid.currentIndex())

    def look_closer(self) -> None:
        """Open the quick look on the current result."""
        one = self.current()
        if one is not None:
            self.quick.look_at(one.swatch, self.model.view.facts.sentence(one.row))

    def use_current(self) -> None:
        """Ask for a search with the current result."""
        one = self.current()
        if one is not None:
            self.query_wanted.emit(one.swatch.id)

    # Inside ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.banner.setWordWrap(True)
        self.banner.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        self.banner.setFrameShape(QFrame.Shape.NoFrame)
        self.banner.setProperty("banner", True)
        self.banner.hide()
        self.views.addWidget(self.grid)
        self.views.addWidget(self.table)
        self.places.addWidget(self.views)
        self.places.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.chips, self.banner):
            column.addWidget(widget)
        column.addWidget(self.places, 1)

    def _connect(self) -> None:
        for view in (self.grid, self.table):
            view.chosen.connect(self.use_current)
            view.preview_wanted.connect(self.look_closer)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._menu_asked)
        self.grid.selectionModel().currentChanged.connect(self._tell_current)
        self.model.layoutChanged.connect(self._order_changed)
        self.header.table_chosen.connect(self.show_table)
        self.header.side_chosen.connect(self.grid.set_swatch_side)
        self.quick.arrow_pressed.connect(self._look_at_neighbour)
        self.quick.chosen.connect(self.use_current)
        self.quick.closed.connect(self._back_to_results)

    def _choose_again(self, swatch_id: str) -> None:
        """Make a swatch current, or the first when it is not among the results."""
        index = self.model.index_of(swatch_id) if swatch_id else QModelIndex()
        if not index.isValid():
            index = self.model.index(0, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.grid.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _order_changed(self) -> None:
        if self.model.view is not None:
            self.header.show_preference(
                self._preference, self.model.view.column is not Column.RANK
            )
        self._tell_current()

    def _tell_current(self) -> None:
        self.current_changed.emit(self.current())

    def _show_banner(self) -> None:
        """Say so when even the best is not near."""
        best = self.model.view.best_band()
        weak = best is not None and best.key in ("related", "far")
        if weak:
            said = self.tr("Nothing in this library is close.")
            if best.key == "related":
                said = self.tr("Nothing in this library is close. Best: {band}.")
            if self.model.view.held_back:
                said = self.tr("Too little can be judged surely here to call anything close.")
            self.banner.setText(said.format(band=wording.band_word(best)))
        self.banner.setVisible(weak)

    def _menu_asked(self, at: QPoint) -> None:
        view = self.sender()
        if view.indexAt(at).isValid():
            self.menu_wanted.emit(view.viewport().mapToGlobal(at))

    def _look_at_neighbour(self, key: int) -> None:
        view = self.views.currentWidget()
        QApplication.sendEvent(view, QKeyEvent(
            QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))  # fmt: skip
        self.look_closer()

    def _back_to_results(self) -> None:
        self.views.currentWidget().setFocus()
