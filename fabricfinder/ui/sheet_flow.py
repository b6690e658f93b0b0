"""From gathering to paper: the basket, its panel, the sheet's window, and their commands."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Preference, SearchResult
from fabricfinder.ui.basket import Basket
from fabricfinder.ui.basket_dock import BasketDock
from fabricfinder.ui.side_docks import bring, toggle

if TYPE_CHECKING:
    from fabricfinder.ui.archive_map_dialog import ArchiveMapDialog
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.sheet_dialog import SheetDialog


class SheetFlow(QObject):
    """Everything of the window that leads to a sheet.

    Attributes:
        basket: what is gathered.
        dock: its panel, hidden until there is something in it or she asks for it.
        gather: the deed “Put into the basket”, for results and library alike.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: SheetDialog | None = None
        self._map: ArchiveMapDialog | None = None
        self.basket = Basket(window.desk, self)
        self.dock = BasketDock(self.basket, window.thumbnails, window)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.hide()
        self.dock.sheet_wanted.connect(self.open_dialog)
        self.dock.chart_wanted.connect(self._show_chart)
        window.find.session.result_changed.connect(self._renew_chart)
        self.gather = self._action(self.tr("Put into the &basket\tB"))
        window.find.add_deed(self.gather)
        window.library.deeds_of_window.append(self.gather)
        # One key in two places: each has an action of its own, so that neither steals the other's.
        for place in self._places():
            key = self._action(self.tr("Put into the &basket"))
            key.setShortcut(QKeySequence("B"))
            key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            place.addAction(key)

    def set_catalog(self, catalog: Catalog | None) -> None:
        """A library was opened, or has grown."""
        self.dock.set_catalog(catalog)
        self.basket.set_catalog(catalog)

    def open_dialog(self) -> None:
        """Show the sheet's window; it is made when first wanted."""
        from fabricfinder.ui.sheet_dialog import SheetDialog

        if self._dialog is None:
            window = self._window
            self._dialog = SheetDialog(window.desk, self.basket, self.searched, window)
            window.find.session.result_changed.connect(self._renew)
            window.find.session.preference_changed.connect(self._renew)
        self._dialog.refresh()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def open_map(self) -> None:
        """Show the archive map of the open library."""
        from fabricfinder.ui.archive_map_dialog import ArchiveMapDialog

        window = self._window
        if window.desk.catalog is None:
            return
        if self._map is None:
            self._map = ArchiveMapDialog(window.desk, self.basket, window.thumbnails, window)
            self._map.query_wanted.connect(window.use_swatch)
        self._map.show_catalog(window.desk.catalog)
        self._map.show()
        self._map.raise_()

    @property
    def map(self) -> "ArchiveMapDialog | None":
        """The archive map, once it was opened."""
        return self._map

    @property
    def dialog(self) -> "SheetDialog | None":
        """The sheet's window, once it was opened."""
        return self._dialog

    def searched(self) -> tuple[SearchResult | None, Preference]:
        """The present search and her preference."""
        session = self._window.find.session
        result = session.result
        return (result if result is not None and result.complete else None), session.preference

    def toggle_dock(self) -> None:
        """Show or hide the basket."""
        toggle(self.dock)

    def gather_chosen(self) -> None:
        """Put what is chosen on the page shown into the basket, and say so."""
        window = self._window
        if window.page == "find":
            ids = [s.id for s in window.find.panes.results.chosen_swatches()]
        else:
            grid = window.library.grid
            swatches = (window.library.model.swatch(index) for index in grid.selectedIndexes())
            ids = [s.id for s in swatches if s is not None]
        if not ids:
            return
        new = self.basket.add(ids)
        if new:
            bring(self.dock)
        total = len(self.basket)
        said = self.tr("{n} in the basket.") if new else self.tr("Already in the basket ({n}).")
        window.line.message.setText(said.format(n=total))

    def _action(self, words: str) -> QAction:
        action = QAction(words, self)
        action.triggered.connect(self.gather_chosen)
        return action

    def _places(self) -> list[QWidget]:
        """Where the key B puts something into the basket."""
        return [self._window.find.panes.results.places, self._window.library.grid]

    def _show_chart(self) -> None:
        """Chart the basket by the present search; without one there are palettes only."""
        from fabricfinder.comparing import scores_of

        result, catalog = self.searched()[0], self._window.desk.catalog
        ids = [pick.swatch_id for pick in self.basket.picks]
        judged = result is not None and catalog is not None
        self.dock.show_chart(scores_of(result, catalog, ids) if judged else {})

    def _renew_chart(self) -> None:
        if self.dock.chart_button.isChecked() and len(self.basket):
            self._show_chart()

    def _renew(self) -> None:
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.refresh()
