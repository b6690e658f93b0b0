"""Facets counted off the GUI thread: a library of many thousands must not hold the window up."""

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.search import Filters

if TYPE_CHECKING:
    from fabricfinder.retrieval.filters import FacetCounts


class _Carrier(QObject):
    """Brings the counts to the GUI thread."""

    finished = Signal(int, object, object)


class FacetCounter(QObject):
    """Counts what each further condition would leave; a newer question replaces the older.

    Signals:
        counted: the Filters asked about, and their FacetCounts (None without a library).
    """

    counted = Signal(object, object)

    def __init__(
        self, count: "Callable[[Filters], FacetCounts | None]", parent: QObject | None = None
    ) -> None:
        """``count`` is pure and may be called on any thread."""
        super().__init__(parent)
        self._count = count
        self._tickets = itertools.count(1)
        self._newest = 0
        self._carrier = _Carrier()
        self._carrier.finished.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def ask(self, filters: Filters) -> None:
        """Count under these conditions; ``counted`` answers."""
        self._newest = ticket = next(self._tickets)
        self._pool.clear()
        count, carrier = self._count, self._carrier

        def work() -> None:
            """Count in the pool."""
            try:
                counts = count(filters)
            except FabricFinderError:  # the library was closed meanwhile
                counts = None
            try:
                carrier.finished.emit(ticket, filters, counts)
            except RuntimeError:  # the page was deleted while this counted
                return

        self._pool.start(work)

    def _take(self, ticket: int, filters: Filters, counts: object) -> None:
        if ticket == self._newest:
            self.counted.emit(filters, counts)
