"""Tables in and out of the library: asking for files, the columns' dialog, what came of it."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from fabricfinder.domain.tables import Column, TableOffer, TableReport
from fabricfinder.jobs import JobEvent
from fabricfinder.ui import field_words
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.table_dialog import TableDialog

OFFER, TAKE, WRITE = "table", "table-take", "table-write"
READABLE = "*.csv *.tsv *.txt *.xlsx *.xlsm"


class TableFlow(QObject):
    """Reads tables into the open library and writes it out as one.

    Attributes:
        read, write: the actions of the menu.
        ask_open, ask_save: the desktop's file dialogs; tests answer in their place.
    """

    def __init__(self, desk: Desk, banners: BannerStack, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._banners, self._window = desk, banners, window
        self.ask_open, self.ask_save = QFileDialog.getOpenFileName, QFileDialog.getSaveFileName
        self.read = QAction(self.tr("&Read a table of articles…"), self)
        self.read.triggered.connect(self.ask_table)
        self.write = QAction(self.tr("&Write everything as a table…"), self)
        self.write.triggered.connect(self.ask_where)
        desk.job_event.connect(self._take_event)

    def ask_table(self) -> None:
        """Ask which table, and read its columns."""
        filters = self.tr("Tables ({patterns})").format(patterns=READABLE)
        path, _ = self.ask_open(self._window, self.tr("Read a table of articles"), "", filters)
        if path:
            self.offer(Path(path))

    def offer(self, path: Path) -> None:
        """Read a table's columns and ask what they are."""
        self._desk.submit(OFFER, lambda f: f.archive.offer_table(path))

    def ask_where(self) -> None:
        """Ask for a file, and write everything known of all swatches into it."""
        catalog = self._desk.catalog
        if catalog is None:
            return
        kinds = self.tr("Workbook (*.xlsx);;CSV (*.csv)")
        name = str(Path.home() / f"{catalog.name}.xlsx")
        path, kind = self.ask_save(self._window, self.tr("Write a table"), name, kinds)
        if not path:
            return
        place = Path(path)
        if place.suffix.lower() not in (".csv", ".xlsx"):
            place = place.with_name(place.name + (".csv" if "csv" in kind else ".xlsx"))
        units = field_words.display_units()
        self._desk.submit(WRITE, lambda f: f.archive.write_table(place, None, units))

    def _take_event(self, event: JobEvent) -> None:
        if event.kind != "done":
            return
        if event.name == OFFER:
            dialog = TableDialog(event.value, self._window)
            dialog.accepted_columns.connect(self._take)
            dialog.show()
        elif event.name == TAKE:
            self._tell(event.value)
        elif event.name == WRITE:
            n = count_text(event.value)
            self._banners.tell("table", self.tr("A table of {n} swatches was written.").format(n=n))

    def _take(self, offer: TableOffer, columns: tuple[Column, ...]) -> None:
        name = self.tr("Read {table}").format(table=offer.path.name)
        path = offer.path
        self._desk.submit(TAKE, lambda f: f.archive.take_table(path, columns, name))

    def _tell(self, report: TableReport) -> None:
        """How many swatches the table spoke of, and what it got wrong, to be copied."""
        said = self.tr("The table told of {n} swatches. Edit ▸ Undo takes it back.").format(
            n=count_text(report.swatches)
        )
        if not report.problems:
            self._banners.tell("table", said)
            return
        problems = [retold(problem) for problem in report.problems]
        more = self.tr("{n} things were left aside: {first}").format(
            n=count_text(len(problems)), first=problems[0]
        )
        text = "\n".join(problems)
        copy = (self.tr("Copy the list"), lambda: QGuiApplication.clipboard().setText(text))
        self._banners.tell("table", f"{said} {more}", copy)
