"""From the session to the panes: what was asked, what was found, or why nothing was."""

import random
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import (
    Filters,
    Preference,
    Query,
    RankedSwatch,
    code_weight,
)
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import find_states, wording
from fabricfinder.ui.facet_counter import FacetCounter
from fabricfinder.ui.find_panes import FindPanes
from fabricfinder.ui.find_states import State
from fabricfinder.ui.inspector import Inspected
from fabricfinder.ui.query_pictures import QueryPictures
from fabricfinder.ui.search_session import SearchSession
from fabricfinder.ui.swatch_shelf import ShelfItem

RECENT, PICKS = 5, 10
COUNT_MS = 300  # a growing library's facets are counted at most this often


class FindAnswers(QObject):
    """Keeps the panes in step with the session and the library.

    Signals:
        status: a sentence for the status bar.
    """

    status = Signal(str)

    def __init__(
        self,
        desk: Any,
        session: SearchSession,
        panes: FindPanes,
        pictures: QueryPictures,
        taxonomy: Taxonomy,
    ) -> None:
        super().__init__(panes)
        self.catalog: Catalog | None = None
        self._desk, self._session, self._panes = desk, session, panes
        self._pictures, self._taxonomy = pictures, taxonomy
        self._picks_seed = random.randrange(2**31)
        self._counter = FacetCounter(desk.facets, self)
        self._counter.counted.connect(panes.facets.show_counts)
        self._count_soon = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._count_soon.timeout.connect(self.count_facets)
        session.query_changed.connect(self._query_changed)
        session.searching_changed.connect(self._searching_changed)
        session.result_changed.connect(self.show_answer)
        session.preference_changed.connect(self._preference_changed)
        session.failed.connect(self._failed)
        panes.results.current_changed.connect(self._inspect)
        pictures.ready.connect(panes.query.show_picture)
        pictures.small_ready.connect(self._small_ready)

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Show another library, or the same one grown."""
        before, self.catalog = self.catalog, catalog
        self._panes.inspector.editor.setEnabled(catalog is not None and not catalog.read_only)
        if catalog is None or before is None or catalog.folder != before.folder:
            self._pictures.forget()
            self._session.forget()
        else:
            self._session.history.forget_results()
            self._library_grew(before)
        if not self._count_soon.isActive():
            self._count_soon.start()

    def show_answer(self) -> None:
        """Show the session's answer under its preference, or why it is empty."""
        result, preference = self._session.result, self._session.preference
        if result is None:
            if self._session.query is None:
                self._panes.show_state(self._idle_state())
            return
        self._panes.query.show_seen(result)
        self._panes.results.show_result(result, preference)
        self._show_searched()
        if len(self._panes.results.model.view):
            self.status.emit(wording.answered_text(result))
        else:
            self._panes.show_state(
                find_states.nothing_left(result, preference, self._n_with, self._taxonomy)
            )

    def count_facets(self) -> None:
        """Count what each condition would leave, under those in force."""
        self._counter.ask(self.filters())

    def _library_grew(self, before: Catalog) -> None:
        """The same library has more swatches, or newer labels; what is shown keeps its order."""
        if self._session.query is None:
            if not len(before):
                self._panes.show_state(self._idle_state())
        elif not len(before.table) and len(self.catalog.table) and not self._session.searching:
            self._session.ask_again()  # there was nothing to search, now there is
        elif self._session.result is not None:
            self._show_searched()
            self._inspect(self._panes.results.current())

    def _show_searched(self) -> None:
        """Say how much of the library the answer looked at, and offer to look at the rest."""
        result, searching = self._session.result, self._session.searching
        n_now = result.n_library if self.catalog is None else len(self.catalog.table)
        waiting = self._n_waiting()
        header = self._panes.results.header
        header.searched.setText(wording.searched_text(result, n_now, waiting))
        header.again.setVisible(n_now != result.n_library and not searching)

    def filters(self) -> Filters:
        """The conditions in force."""
        query = self._session.query
        return Filters() if query is None else query.filters

    def _query_changed(self, query: Query | None) -> None:
        """Show what is asked now, before anything is known of it."""
        swatch = self._swatch(query.swatch_id) if query is not None else None
        self._panes.query.show_query(query, swatch)
        history = self._session.history
        self._panes.query.show_history(history.can_go_back, history.can_go_forward)
        self._pictures.show(query, swatch)
        self.count_facets()
        if query is None:
            self._panes.results.show_nothing()
            self._panes.show_state(self._idle_state())

    def _small_ready(self) -> None:
        """The picture of the swatch beside a demo library has come."""
        if self._session.query is None and self.catalog is not None:
            self._panes.show_state(self._idle_state())

    def _searching_changed(self, searching: bool) -> None:
        """Dim the old answer while a new one is on its way."""
        self._panes.query.show_searching(searching)
        self._panes.results.show_stale(searching)
        if searching and self._session.result is None:
            self._panes.show_state(find_states.first_search())

    def _preference_changed(self, preference: Preference) -> None:
        self._panes.match.show_preference(preference)
        self.show_answer()

    def _failed(self, sentence: str) -> None:
        self._panes.results.show_nothing()
        self.status.emit("")  # what was searched before is no news of this one
        self._panes.show_state(
            find_states.failure(
                sentence, self._session.query, must_recode=self._must_recode(),
                refused=self._desk.query_refused,
            )
        )  # fmt: skip

    def _must_recode(self) -> bool:
        """Whether every swatch waits for the present model to look at it."""
        catalog = self.catalog
        return catalog is not None and catalog.other_codes > 0 and not len(catalog.table)

    def _inspect(self, one: RankedSwatch | None) -> None:
        """Show the current result in the inspector."""
        view = self._panes.results.model.view
        if one is None or view is None:
            self._panes.inspector.show_result(None)
            return
        result, catalog = view.facts.result, self.catalog
        swatch, known = one.swatch, result.table.descriptor(one.row)
        if catalog is not None and catalog.table.encoder == result.table.encoder:
            row = catalog.table_row_of.get(swatch.id)
            swatch = catalog.find(swatch.id) or swatch
            known = known if row is None else catalog.table.descriptor(row)
        sentence, weights = view.facts.sentence(one.row), view.preference.effective_weights
        alike = float(result.alike(weights, slice(one.row, one.row + 1))[0])
        self._panes.inspector.show_result(
            Inspected(
                result, one, view.band(one.row), (alike, code_weight(result.blend, weights)),
                sentence, swatch, known,
            )
        )  # fmt: skip

    def _swatch(self, swatch_id: str) -> Swatch | None:
        """A swatch as the library knows it now."""
        return self.catalog.find(swatch_id) if self.catalog is not None and swatch_id else None

    def _n_waiting(self) -> int:
        """Swatches that cannot be searched yet: an import has still to look at them."""
        if self.catalog is None:
            return 0
        return self.catalog.pending_import + len(self.catalog) - len(self.catalog.table)

    def _n_with(self, filters: Filters) -> int:
        counts = self._desk.facets(filters)
        return 0 if counts is None else counts.n

    def _idle_state(self) -> State:
        """What stands there while nothing is asked."""
        catalog = self.catalog
        if catalog is None:
            return find_states.no_library()
        if not len(catalog):
            return find_states.empty_library()
        return find_states.empty_query(
            self._beside(catalog), self._recent(), self._picks(catalog)
        )

    def _recent(self) -> list[ShelfItem]:
        """The last queries, each to be asked again."""
        items = []
        for query in self._session.history.recent(RECENT):
            swatch = self._swatch(query.swatch_id)
            name = wording.swatch_title(swatch) if swatch else wording.file_name(query.path)
            items.append(ShelfItem(query, name, self._pictures.small(query.path)))
        return items

    def _beside(self, catalog: Catalog) -> list[ShelfItem]:
        """The swatch that lies beside a demo library."""
        path = catalog.demo_query
        if not path:
            return []
        self._pictures.want_small(path)
        picture = self._pictures.small(path)
        return [ShelfItem(Query(path=path), wording.file_name(path), picture)]

    def _picks(self, catalog: Catalog) -> list[ShelfItem]:
        """Some swatches by lot."""
        items = []
        rng = random.Random(self._picks_seed)
        for swatch in rng.sample(catalog.swatches, min(PICKS, len(catalog))):
            query = Query(swatch_id=swatch.id, exclude_self=True)
            items.append(ShelfItem(query, wording.swatch_title(swatch)))
        return items
