"""The Find workspace: the query left, the results in the middle, the inspector right.

This page takes wishes, from the window and from its panes, and hands them to the session. What the
session answers comes back to the panes through ``FindAnswers``.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QStandardPaths, Signal, Slot
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Filters, Preference, Query
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import find_states
from fabricfinder.ui.find_answers import FindAnswers
from fabricfinder.ui.find_panes import FindPanes
from fabricfinder.ui.library_flow import PICTURES
from fabricfinder.ui.query_pictures import QueryPictures
from fabricfinder.ui.result_actions import ResultActions
from fabricfinder.ui.search_session import SearchSession
from fabricfinder.ui.thumbnails import ThumbnailCache


class FindPage(QWidget):
    """The workspace.

    Attributes:
        panes: the panes, for focus and tests.
        session: what is asked and answered.
        ask_file: the desktop's own file dialog; tests answer in its place.

    Signals:
        status: a sentence for the status bar.
        choose_folder: she wants to add a folder to the empty library.
    """

    status = Signal(str)
    choose_folder = Signal()

    def __init__(
        self, desk: Any, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.ask_file = QFileDialog.getOpenFileName
        taxonomy = default_taxonomy()
        cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
        self.session = SearchSession(desk, self)
        self.panes = FindPanes(thumbnails, taxonomy, self)
        self.pictures = QueryPictures(thumbnails, Path(cache) / "pasted", self)
        self._answers = FindAnswers(desk, self.session, self.panes, self.pictures, taxonomy)
        self._deeds = ResultActions(self.panes.results)
        self.back = QAction(self.tr("Query before"), self)
        self.back.setShortcut(QKeySequence("Alt+Left"))
        self.forward = QAction(self.tr("Query after"), self)
        self.forward.setShortcut(QKeySequence("Alt+Right"))
        self.clear = QAction(self.tr("Clear query"), self)
        self.addActions([self.back, self.forward, self.clear])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panes)
        self._connect()
        self.session.prefer(self.panes.match.applied_to(Preference()))
        self.set_catalog(None)

    # What the window asks ----------------------------------------------------------------------

    @Slot(str)
    def set_query_path(
        self, path: str, crop: tuple[float, float, float, float] | None = None
    ) -> None:
        """Search with a picture file; conditions and weights stay as they are."""
        self.session.ask(Query(path=path, crop=crop, filters=self._answers.filters()))

    @Slot(str)
    def use_swatch(self, swatch_id: str) -> None:
        """Search with a swatch of the library; it is not its own result."""
        filters = self._answers.filters()
        self.session.ask(Query(swatch_id=swatch_id, filters=filters, exclude_self=True))

    @Slot(QImage)
    def paste_image(self, image: QImage) -> None:
        """Search with a picture from the clipboard, as soon as it is saved."""
        self.pictures.save_pasted(image)

    @Slot()
    def go_back(self) -> None:
        """Return to the query before."""
        self.session.go_back()

    @Slot()
    def go_forward(self) -> None:
        """Go on to the query after."""
        self.session.go_forward()

    @Slot(object)
    def set_catalog(self, catalog: Catalog | None) -> None:
        """Search another library, or the same one grown."""
        self._answers.set_catalog(catalog)

    def add_deed(self, action: QAction) -> None:
        """Offer a deed of the window's own in the results' context menu."""
        self._deeds.more.append(action)

    def actions_for_menu(self) -> list[QAction]:
        """Every action of the page for the menus, in groups parted by separators."""
        deeds = self._deeds
        groups = (
            [self.back, self.forward, self.clear], deeds.deeds(), [*deeds.sorts.values()],
            [*deeds.locks.values()],
        )  # fmt: skip
        found: list[QAction] = []
        for group in groups:
            if found:
                separator = QAction(self)
                separator.setSeparator(True)
                found.append(separator)
            found += group
        return found

    def save_state(self) -> QByteArray:
        """The widths of the three panes, for the next start."""
        return self.panes.saveState()

    def restore_state(self, state: QByteArray) -> bool:
        """Bring back widths saved by ``save_state``; False when they do not fit."""
        return self.panes.restoreState(state)

    # What the panes wish -----------------------------------------------------------------------

    def _connect(self) -> None:
        panes, results = self.panes, self.panes.results
        panes.query.crop_chosen.connect(self.session.set_crop)
        panes.query.scale_chosen.connect(self.session.set_scale)
        panes.query.swatch_dropped.connect(self.use_swatch)
        panes.query.back_wanted.connect(self.go_back)
        panes.query.forward_wanted.connect(self.go_forward)
        panes.query.clear_wanted.connect(self.session.clear)
        panes.match.changed.connect(self._weigh)
        panes.facets.filters_changed.connect(self._grant)
        panes.inspector.labelled.connect(self._label)
        results.query_wanted.connect(self.use_swatch)
        results.header.order_chosen.connect(self._sort)
        results.header.floor_chosen.connect(self._floor)
        results.header.again_wanted.connect(self.session.ask_again)
        results.chips.lifted.connect(self._grant)
        results.state.remedy_chosen.connect(self._grant)
        results.state.query_chosen.connect(self._ask)
        for action in (*self._deeds.sorts.values(), *self._deeds.locks.values()):
            action.triggered.connect(self._key_deed)
        self.back.triggered.connect(self.go_back)
        self.forward.triggered.connect(self.go_forward)
        self.clear.triggered.connect(self.session.clear)
        self.session.query_changed.connect(self._enable_history)
        self.pictures.saved.connect(self.set_query_path)
        self.pictures.not_saved.connect(self._paste_failed)
        self._answers.status.connect(self.status)
        self._enable_history()

    def _ask(self, query: Query) -> None:
        """Search with a swatch from a shelf, under the conditions in force."""
        self.session.ask(replace(query, filters=self._answers.filters()))

    def _weigh(self) -> None:
        self.session.prefer(self.panes.match.applied_to(self.session.preference))

    def _sort(self, order: str) -> None:
        self.panes.results.model.sort(-1)
        self.session.prefer(replace(self.session.preference, order=order))

    def _floor(self, floor: float) -> None:
        self.session.prefer(replace(self.session.preference, floor=floor))

    def _grant(self, key: object) -> None:
        """Do what a chip, a facet or a state's button stands for."""
        if isinstance(key, Preference):
            self.session.prefer(key)
        elif isinstance(key, Filters):
            self.session.change(filters=key)
        elif key == find_states.AGAIN:
            self.session.ask_again()
        elif key == find_states.WHOLE:
            self.session.set_crop(None)
        elif key == find_states.RECODE:
            self._desk.recode()
        elif key == find_states.FOLDER:
            self.choose_folder.emit()
        elif key == find_states.CHOOSE:
            self._choose_picture()

    def _choose_picture(self) -> None:
        """Ask for a picture file to search with, beside the one that could not serve."""
        query = self.session.query
        beside = "" if query is None else str(Path(query.path).parent)
        title, kinds = self.tr("Choose a picture to search with"), self.tr("Pictures ({kinds})")
        path = self.ask_file(self, title, beside, kinds.format(kinds=PICTURES))[0]
        if path:
            self.set_query_path(path)

    def _key_deed(self) -> None:
        """Sort by, or lock, what the pressed action stands for."""
        for name, action in self._deeds.sorts.items():
            if action is self.sender():
                self._sort(name)
        for name, action in self._deeds.locks.items():
            if action is self.sender():
                self.panes.match.toggle_lock(name)

    def _label(self, swatch_id: str, labels: Labels) -> None:
        self._desk.label([swatch_id], labels, replace=True)

    def _enable_history(self) -> None:
        self.back.setEnabled(self.session.history.can_go_back)
        self.forward.setEnabled(self.session.history.can_go_forward)
        self.clear.setEnabled(self.session.query is not None)

    def _paste_failed(self) -> None:
        self.status.emit(self.tr("The pasted picture could not be saved."))
