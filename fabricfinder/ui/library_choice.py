"""What narrows the library: words, a collection, a handful of swatches, ticked facets."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from fabricfinder.domain.archive import Collection
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import filter_mask
from fabricfinder.retrieval.where import expression_text
from fabricfinder.ui.desk import Desk


class LibraryChoice(QObject):
    """Keeps what she asked to see, and knows which swatches that is.

    Attributes:
        text: the words in the search box.
        collection: the one shown, or None.
        only: a title and ids she was sent to, or None.
        filters: the ticked facets.
        refusal: why the words cannot be understood, or "".

    Signals:
        changed: other swatches are to be seen.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.catalog: Catalog | None = None
        self.text, self.refusal = "", ""
        self.collection: Collection | None = None
        self.only: tuple[str, tuple[str, ...]] | None = None
        self.filters = Filters()
        self._found: tuple[str, ...] | None = None
        desk.text_found.connect(self._take_found)
        desk.text_refused.connect(self._take_refusal)

    def set_catalog(self, catalog: Catalog | None) -> None:
        """Look at another catalog; words and rules are asked again, for swatches may be new."""
        self.catalog = catalog
        if catalog is not None and self.collection is not None:
            name = self.collection.name
            self.collection = next((c for c in catalog.collections if c.name == name), None)
        self._ask(keep=True)

    def forget(self) -> None:
        """See everything; the search box is the page's to clear."""
        self.text, self.refusal, self.collection, self.only = "", "", None, None
        self.filters, self._found = Filters(), None
        self.changed.emit()

    def set_text(self, text: str) -> None:
        """Look for words."""
        self.text = text
        self._ask()

    def set_collection(self, collection: Collection | None) -> None:
        """See a collection, or all swatches."""
        self.collection, self.only = collection, None
        self._ask()

    def set_only(self, title: str, ids: Sequence[str]) -> None:
        """See these swatches only."""
        self.only = (title, tuple(ids))
        self.changed.emit()

    def set_filters(self, filters: Filters) -> None:
        """See what fits the ticked facets."""
        self.filters = filters
        self.changed.emit()

    @property
    def asked(self) -> str:
        """What is asked of the archive: the rule of a smart collection, and the words."""
        rule = self.collection.rule if self.collection else ""
        return f"({rule}) {self.text}".strip() if rule else self.text

    @property
    def rule(self) -> str:
        """Everything in force as one search, for a collection that follows it."""
        written = expression_text(self.filters)
        parts = [part for part in (self.asked, written) if part]
        if len(parts) == 2 and " OR " in parts[0]:
            parts[0] = f"({parts[0]})"
        return " ".join(parts)

    @property
    def narrowed(self) -> bool:
        """Whether anything narrows the library."""
        return bool(self.text or self.collection or self.only or self.filters.active)

    def found(self) -> tuple[str, ...] | None:
        """Ids that words, collection and handful leave, best first; None when none of them does."""
        groups = []
        if self.asked:
            groups.append(self._found if self._found is not None else ())
        if self.collection is not None and not self.collection.is_smart:
            groups.append(self.collection.ids)
        if self.only is not None:
            groups.append(self.only[1])
        if not groups:
            return None
        rest = [frozenset(group) for group in groups[1:]]
        return tuple(i for i in groups[0] if all(i in group for group in rest))

    def rows(self) -> np.ndarray | None:
        """Positions in the catalog's swatches that are to be seen, best first; None for all."""
        catalog, found = self.catalog, self.found()
        if catalog is None or (found is None and not self.filters.active):
            return None
        row_of = catalog.row_of
        if found is None:
            rows = np.arange(len(catalog))
        else:
            rows = np.array([row_of[i] for i in found if i in row_of], np.int64)
        if self.filters.active:
            mask = filter_mask(self.filters, catalog.coded, catalog.table, None, default_taxonomy())
            passing = np.zeros(len(catalog), bool)
            passing[catalog.coded_rows[mask]] = True
            rows = rows[passing[rows]]
        return rows

    def _ask(self, *, keep: bool = False) -> None:
        """Ask the archive what the words mean; meanwhile what was found stays, if told so."""
        self.refusal = ""
        if not self.asked:
            self._found = None
        elif self.catalog is not None:
            self._desk.find_text(self.asked)
            if self._found is not None or keep:
                return
        self.changed.emit()

    def _take_found(self, text: str, ids: tuple[str, ...]) -> None:
        if text == self.asked:
            self._found, self.refusal = ids, ""
            self.changed.emit()

    def _take_refusal(self, text: str, sentence: str) -> None:
        if text == self.asked:
            self.refusal = sentence
            self.changed.emit()
