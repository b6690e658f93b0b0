"""Ties the page "How well does it find?" to the window: its command, its jobs, its answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.jobs import BACKGROUND, URGENT, JobEvent
from fabricfinder.ui.how_well_page import HowWellPage, Shipped
from fabricfinder.ui.how_well_plots import PlotPainter
from fabricfinder.ui.job_book import JobLine

if TYPE_CHECKING:
    from fabricfinder.ui.desk import Steps
    from fabricfinder.ui.main_window import MainWindow

HOW_WELL = "how-well"
MEASURE, MEASURED = "measure", "measured"
FIGURES_FILE = "figures.json"


def read_shipped(path: Path) -> Shipped | None:
    """The model's figures and their plots; None where there is no such file, or it is damaged.

    Slow the first time: what draws plots is imported here.
    """
    from fabricfinder.measuring.drawn import load_answers
    from fabricfinder.measuring.plotting import drawings_of

    if not path.exists():
        return None
    try:
        measured = load_answers(path)
    except FabricFinderError:
        return None
    drawings = (drawing for answer in measured.answers for drawing in drawings_of(answer))
    return Shipped(measured, {drawing.key: drawing.draw for drawing in drawings})


def _measure(finder: Any) -> "Steps":
    """Measure the open library; its room is imported on the worker, when it is wanted."""
    from fabricfinder.measuring.kept import measure_own

    return measure_own(finder)


def _read(finder: Any) -> "Steps":
    """What was measured of the open library the last time."""
    from fabricfinder.measuring.kept import read_own

    return read_own(finder)


class HowWellFlow(QObject):
    """Everything about the page that the window need not know.

    Attributes:
        page: the page; read and drawn when it is first shown.
        action: opens it.
    """

    def __init__(self, window: "MainWindow", figures: Path | None = None) -> None:
        """``figures`` is the file with the model's figures; the one that ships by default."""
        super().__init__(window)
        self._window = window
        self._figures = figures or resource_path(FIGURES_FILE)
        self._painter = PlotPainter(self)
        self._read_figures = False
        self._catalog: Catalog | None = None
        self._folder_read: Path | None = None
        self._job = 0
        self._from = ""
        self.page = HowWellPage(self._painter, window)
        self.action = QAction(self.tr("How &well does it find?"), self)
        self.action.setObjectName(HOW_WELL)
        self.action.setShortcut(QKeySequence("Ctrl+Shift+W"))
        self.action.triggered.connect(self.show)
        self.page.closed.connect(self._go_back)
        self.page.own.wanted.connect(self._begin)
        self.page.own.stop_wanted.connect(self._stop)

    def connect_parts(self) -> None:
        """Once the window's own ears are connected: the job book hears of a job first."""
        window = self._window
        window.desk.catalog_changed.connect(self._take_catalog)
        window.desk.encoder_changed.connect(self._take_encoder)
        window.desk.job_event.connect(self._take_event)
        window.book.changed.connect(self._show_line)

    def show(self) -> None:
        """Go to the page."""
        if self._window.page != HOW_WELL:
            self._from = self._window.page
        self._window.show_page(HOW_WELL)
        self.page.setFocus()
        if not self._read_figures:
            self._read_figures = True
            page = self.page
            self._painter.do(lambda: read_shipped(self._figures), page, page.show_shipped)
        self._look()

    def close(self) -> None:
        """End the drawing; the program closes."""
        self._painter.wait()

    def _go_back(self) -> None:
        self._window.show_page(self._from or "start")
        self._window.setFocus()

    def _look(self) -> None:
        """Read what was measured of the library that is open, once."""
        if self._catalog is not None and self._folder_read != self._catalog.folder:
            self._folder_read = self._catalog.folder
            self._window.desk.submit(MEASURED, _read, URGENT, replaces=MEASURED)

    def _take_catalog(self, catalog: Catalog) -> None:
        """Another library: nothing is known of it; the same one: it may have its first cloth."""
        before, self._catalog = self._catalog, catalog
        other = before is None or before.folder != catalog.folder
        first_cloth = not other and not len(before.table) and len(catalog.table)
        if other:
            self._folder_read = None
        if other or (first_cloth and not self.page.own.running):
            self.page.own.show_library(catalog)
        if other and self._window.page == HOW_WELL:
            self._look()
        if before is None or before.table.encoder != catalog.table.encoder:
            self._take_encoder()

    def _take_encoder(self) -> None:
        """Another model is at work: say so beside what was measured of the one before."""
        encoder = self._window.desk.encoder
        card = getattr(encoder, "card", None)
        own = self._encoder() == getattr(encoder, "id", "")
        self.page.show_encoder(self._encoder(), card.figures if own and card is not None else {})

    def _encoder(self) -> str:
        """Id of the model that answers: a library may have one of its own."""
        if self._catalog is not None and self._catalog.table.encoder:
            return self._catalog.table.encoder
        return getattr(self._window.desk.encoder, "id", "")

    def _begin(self) -> None:
        if not self.page.own.running:
            self._job = self._window.desk.submit(MEASURE, _measure, BACKGROUND, replaces=MEASURE)
            self.page.own.show_line(JobLine(self._job, MEASURE, self.tr("Waiting for its turn")))

    def _stop(self) -> None:
        self._window.desk.cancel(self._job)

    def _take_event(self, event: JobEvent) -> None:
        if event.kind != "done" or event.value is None:
            return
        last = event.name == MEASURED and not self.page.own.running
        if last or (event.name == MEASURE and event.job == self._job):
            self._take_encoder()
            self.page.own.show_figures(event.value)

    def _show_line(self) -> None:
        """Show how the measuring stands."""
        lines = self._window.book.lines()
        line = next((line for line in lines if line.job == self._job), None)
        if line is not None and self.page.own.running and line.state != "done":
            self.page.own.show_line(line)
