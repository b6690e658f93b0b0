"""The archive map's window: the map, what is under the mouse, and what to do with the chosen."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import JobEvent
from fabricfinder.sheets.plots import map_points
from fabricfinder.ui import wording
from fabricfinder.ui.archive_map import ArchiveMap
from fabricfinder.ui.basket import Basket
from fabricfinder.ui.desk import Steps
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.theme import SPACE_M, SPACE_S
from fabricfinder.ui.thumbnails import ThumbnailCache

NAME = "archive-map"
THUMB = 96


class ArchiveMapDialog(QDialog):
    """Not modal.

    Signals:
        query_wanted: a swatch id to search with.
    """

    query_wanted = Signal(str)

    def __init__(
        self, desk: Any, basket: Basket, thumbnails: ThumbnailCache, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Archive map"))
        self._desk, self._basket, self._thumbnails = desk, basket, thumbnails
        self._catalog: Catalog | None = None
        self._job, self._under = 0, ""
        self.map = ArchiveMap(self)
        self.picture = QLabel(self)
        self.picture.setFixedSize(THUMB, THUMB)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.gather_button = QPushButton(self.tr("Put into the basket"), self)
        self.query_button = QPushButton(self.tr("Use as query"), self)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_M)
        foot.addStrut(THUMB)  # as high without the picture
        foot.addWidget(self.picture)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.query_button)
        foot.addWidget(self.gather_button)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_S)
        column.addWidget(self.map, 1)
        column.addLayout(foot)
        self.map.chosen_changed.connect(self._show_chosen)
        self.map.current_changed.connect(self._show_current)
        self.gather_button.clicked.connect(self._gather)
        self.query_button.clicked.connect(self._query)
        thumbnails.ready.connect(self._show_picture)
        desk.job_event.connect(self._take_event)
        self._show_chosen(())
        self.resize(fitting(self, 900, 700))

    def show_catalog(self, catalog: Catalog) -> None:
        """Place a library's cloths; the placing is done on the worker."""
        self._catalog = catalog
        self._job = self._desk.run(NAME, lambda _: _placed(catalog), replaces=NAME)

    def _take_event(self, event: JobEvent) -> None:
        if event.name == NAME and event.job == self._job and event.kind == "done":
            self.map.show_points(event.value)
            self._show_chosen(())

    def _show_chosen(self, chosen: tuple[str, ...]) -> None:
        for button, fits in ((self.gather_button, bool(chosen)),
                             (self.query_button, len(chosen) == 1)):  # fmt: skip
            button.setEnabled(fits)
        if chosen:
            self.said.setText(self.tr("{n} chosen").format(n=count_text(len(chosen))))
            self._under = chosen[0] if len(chosen) == 1 else ""
            self._show_picture(self._under)
        else:
            self.said.setText(self.tr("Draw a line around some cloths to choose them."))
            self.picture.hide()

    def _show_current(self, swatch_id: str) -> None:
        swatch = self._catalog.find(swatch_id) if self._catalog and swatch_id else None
        if swatch is None:
            self._show_chosen(self.map.chosen)
            return
        self._under = swatch_id
        self.said.setText(wording.swatch_title(swatch))
        self._show_picture(swatch_id)

    def _show_picture(self, swatch_id: str) -> None:
        if not swatch_id or swatch_id != self._under:
            return
        ratio = self.devicePixelRatioF()
        pixmap = self._thumbnails.pixmap(swatch_id, round(THUMB * ratio), fill=True)
        if pixmap is not None:
            pixmap.setDevicePixelRatio(ratio)
            self.picture.setPixmap(pixmap)
            self.picture.show()

    def _gather(self) -> None:
        new = self._basket.add(self.map.chosen)
        self.said.setText(self.tr("{n} put into the basket.").format(n=count_text(new)))

    def _query(self) -> None:
        if len(self.map.chosen) == 1:
            self.query_wanted.emit(self.map.chosen[0])


def _placed(catalog: Catalog) -> Steps:
    """The points of a library."""
    yield Progress("Placing the cloths")
    return map_points(catalog)
