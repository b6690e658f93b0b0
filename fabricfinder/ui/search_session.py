"""One line of searching: the query she is at, how she weighs it, its answer, and the way back."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.ui.query_history import QueryHistory


class SearchSession(QObject):
    """Between the Find page's panes and the desk; holds values, draws nothing.

    Weighing differently never searches: the panes re-order the answer they have. A new query, crop,
    scale or filter does, once.

    Signals:
        query_changed: the Query she is at now.
        preference_changed: the Preference in force.
        result_changed: the SearchResult to show, or None.
        searching_changed: whether an answer is on its way.
        failed: the sentence why there is no answer.
    """

    query_changed = Signal(object)
    preference_changed = Signal(object)
    result_changed = Signal(object)
    searching_changed = Signal(bool)
    failed = Signal(str)

    def __init__(self, desk: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = QueryHistory()
        self.preference = Preference()
        self.result: SearchResult | None = None
        self.searching = False
        self._desk = desk
        desk.search_partial.connect(self._take_partial)
        desk.search_done.connect(self._take_answer)
        desk.search_failed.connect(self._take_failure)

    @property
    def query(self) -> Query | None:
        """The query she is at, or None before the first."""
        visit = self.history.current
        return None if visit is None else visit.query

    def ask(self, query: Query) -> None:
        """Go to a new query and search."""
        self.history.visit(query, self.preference)
        self.query_changed.emit(query)
        self._search()

    def change(self, **changes: Any) -> None:
        """Ask the present query again with some of its fields changed, unless nothing changes."""
        if self.query is not None and replace(self.query, **changes) != self.query:
            self.ask(replace(self.query, **changes))

    def set_crop(self, crop: tuple[float, float, float, float] | None) -> None:
        """Search with a part of the picture, or with all of it."""
        self.change(crop=crop)

    def set_scale(self, px_per_cm: float | None) -> None:
        """Search at a scale set by hand, or at the file's own."""
        self.change(px_per_cm=px_per_cm)

    def ask_again(self) -> None:
        """Search with the present query again: the library has grown."""
        if self.query is not None:
            self._search()

    def prefer(self, preference: Preference) -> None:
        """Weigh the present answer differently; nothing is searched."""
        if preference != self.preference:
            self.preference = preference
            self.history.keep_preference(preference)
            self.preference_changed.emit(preference)

    def go_back(self) -> None:
        """Return to the query before, with its answer if it is still at hand."""
        if self.history.back() is not None:
            self._arrive()

    def go_forward(self) -> None:
        """Return to the query after."""
        if self.history.forward() is not None:
            self._arrive()

    def clear(self) -> None:
        """Ask nothing for now; going back returns to the query that was cleared."""
        self.history.leave()
        self._show(None)
        self._set_searching(False)
        self.query_changed.emit(None)

    def forget(self) -> None:
        """Start over: another library was opened."""
        self.history = QueryHistory()
        self._show(None)
        self._set_searching(False)
        self.query_changed.emit(None)

    def _arrive(self) -> None:
        """Show the visit that was stepped to."""
        visit = self.history.current
        self.preference = visit.preference
        self.preference_changed.emit(visit.preference)
        self.query_changed.emit(visit.query)
        if visit.result is None:
            self._search()
        else:
            self._set_searching(False)
            self._show(visit.result)

    def _search(self) -> None:
        self._set_searching(True)
        self._desk.search(self.query)

    def _take_partial(self, result: SearchResult) -> None:
        if self.searching and result.query == self.query:
            self._show(result)

    def _take_answer(self, result: SearchResult) -> None:
        """Show an answer, unless she has gone on to another query meanwhile."""
        if result.query == self.query:
            self.history.keep_result(result)
            self._set_searching(False)
            self._show(result)

    def _take_failure(self, sentence: str) -> None:
        if self.searching:
            self.history.keep_failure()
            self._set_searching(False)
            self._show(None)
            self.failed.emit(sentence)

    def _show(self, result: SearchResult | None) -> None:
        self.result = result
        self.result_changed.emit(result)

    def _set_searching(self, searching: bool) -> None:
        if searching != self.searching:
            self.searching = searching
            self.searching_changed.emit(searching)
