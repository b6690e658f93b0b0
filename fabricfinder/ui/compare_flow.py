"""From results, basket and library to the comparison: what is pinned, what is compared with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import SearchResult
from fabricfinder.ui.cloth_words import spoken_default
from fabricfinder.ui.sheet_words import sheet_words
from fabricfinder.ui.side_docks import bring

if TYPE_CHECKING:
    from fabricfinder.comparing import Cloth
    from fabricfinder.ui.compare_window import CompareWindow
    from fabricfinder.ui.main_window import MainWindow

MOST = 5  # candidates at a time


class CompareFlow(QObject):
    """Everything of the window that leads to a comparison.

    Attributes:
        action: “Compare with the query”, for menus.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._opened: CompareWindow | None = None
        self._ids: tuple[str, ...] = ()
        self._pinned_id = ""  # of a swatch pinned where nothing is asked
        self.action = self._action(self.tr("&Compare\tC"))
        window.find.add_deed(self.action)
        window.library.deeds_of_window.append(self.action)
        for place in (window.find.panes.results.places, window.library.grid):
            key = self._action(self.tr("&Compare"))
            key.setShortcut(QKeySequence("C"))
            key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            place.addAction(key)
        window.find.panes.inspector.compare_wanted.connect(self.open_results)
        window.sheets.dock.compare_wanted.connect(self.open_basket)
        window.find.session.result_changed.connect(self._renew)

    @property
    def opened(self) -> "CompareWindow | None":
        """The window, once it was opened."""
        return self._opened

    def set_catalog(self, catalog: Catalog | None) -> None:
        """A library was opened, or has grown."""
        if self._opened is None or not self._opened.isVisible():
            return
        if catalog is None or not any(catalog.find(i) for i in self._ids):
            self._opened.close()
        else:
            self._renew()

    def close(self) -> None:
        """Put the window away; the program ends."""
        if self._opened is not None:
            self._opened.close()

    def open_chosen(self) -> None:
        """Compare what is chosen on the page shown."""
        if self._window.page == "library":
            self.open_swatches([s.id for s in self._window.library.selected()])
        else:
            self.open_results()

    def open_results(self) -> None:
        """Compare the query with the chosen results; one alone brings those after it along."""
        results = self._window.find.panes.results
        view, places = results.model.view, results.chosen_places()
        if view is None or not places:
            self._say(self.tr("Search for something first, then choose what to compare."))
            return
        if len(places) == 1:
            places = list(range(places[0], min(len(view), places[0] + MOST)))
        self._open("", [view.ranked(place).swatch.id for place in places])

    def open_basket(self) -> None:
        """Compare the query with the basket; without a query its first cloth is pinned."""
        ids = [pick.swatch_id for pick in self._window.sheets.basket.picks]
        self._open("", ids) if self._result() is not None else self.open_swatches(ids)

    def open_swatches(self, ids: Sequence[str]) -> None:
        """Compare some swatches with the first of them."""
        if len(ids) < 2:
            self._say(self.tr("Choose two swatches or more to compare them."))
            return
        self._open(ids[0], ids[1:])

    # Inside ------------------------------------------------------------------------------------

    def _open(self, pinned_id: str, ids: Sequence[str]) -> None:
        from fabricfinder.ui.compare_window import CompareWindow

        if not ids:
            return
        if len(ids) > MOST:
            words = self.tr("The first {n} of {m} are compared.")
            self._say(words.format(n=MOST, m=len(ids)))
        self._pinned_id, self._ids = pinned_id, tuple(ids[:MOST])
        if self._opened is None:
            window = self._window
            self._opened = CompareWindow(window.desk, window.thumbnails, window)
            self._opened.gather_wanted.connect(self._gather)
            self._opened.query_wanted.connect(window.use_swatch)
            self._opened.scale_chosen.connect(self._keep_scale)
        if self._show(0):
            self._opened.show()
            self._opened.raise_()
            self._opened.activateWindow()

    def _show(self, place: int) -> bool:
        """Bring the cloths as they are known now; False when some are gone."""
        from fabricfinder.comparing import query_cloth, scores_of, swatch_cloth
        from fabricfinder.ui.compare_window import Compared

        catalog, result = self._window.desk.catalog, self._result()
        words, names = sheet_words(), spoken_default()
        swatches = [s for s in (catalog.find(i) for i in self._ids) if s is not None]
        pinned = catalog.find(self._pinned_id) if self._pinned_id else None
        if not swatches or (pinned is None and result is None):
            return False
        candidates = tuple(swatch_cloth(s, catalog, words, names) for s in swatches)
        if pinned is not None:
            cloth = swatch_cloth(pinned, catalog, words, names)
            self._opened.show_compared(Compared(cloth, candidates, {}, is_query=False), place)
            return True
        scores = scores_of(result, catalog, self._ids)
        query = query_cloth(result, catalog, words, names)
        measure = result.query.color_measure
        self._opened.show_compared(Compared(query, candidates, scores, True, measure), place)
        return True

    def _result(self) -> SearchResult | None:
        """The present search's whole answer, or None."""
        return self._window.sheets.searched()[0]

    def _renew(self) -> None:
        """What is compared has changed: another scale, another query, a label."""
        opened = self._opened
        if opened is None or not opened.isVisible() or self._window.desk.catalog is None:
            return
        if not self._pinned_id and self._result() is None:
            return  # the next answer is on its way
        candidate = opened.candidate
        keys = [c.key for c in opened.compared.candidates]
        self._show(keys.index(candidate.key) if candidate is not None else 0)

    def _keep_scale(self, cloth: "Cloth", px_per_cm: float | None) -> None:
        """A scale was set there: the query is asked again with it, a swatch keeps it."""
        window, pinned = self._window, self._opened.compared.pinned
        if self._opened.compared.is_query and cloth.key == pinned.key:
            window.find.session.set_scale(px_per_cm)
        elif cloth.swatch is not None and not window.desk.catalog.read_only:
            name = self.tr("Set the scale of {name}").format(name=cloth.title)
            window.archive.desk.set_scale([cloth.swatch.id], px_per_cm, name)

    def _gather(self, swatch_id: str) -> None:
        self._window.sheets.basket.add([swatch_id])
        bring(self._window.sheets.dock)

    def _say(self, words: str) -> None:
        self._window.line.message.setText(words)

    def _action(self, words: str) -> QAction:
        action = QAction(words, self)
        action.triggered.connect(self.open_chosen)
        return action
