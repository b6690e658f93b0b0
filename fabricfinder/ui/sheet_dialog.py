"""The sheet's window: choices left, the page as it will print right, save and print below."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QStandardPaths, Qt, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.search import Preference, SearchResult
from fabricfinder.jobs import JobEvent
from fabricfinder.sheets.csv_sheet import STANDARD, dialect_for
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.request import PAPERS, SheetRequest
from fabricfinder.ui.basket import Basket
from fabricfinder.ui.cloth_words import spoken_default
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.sheet_choices import SheetChoices
from fabricfinder.ui.sheet_files import make_sheet_file, page_layout, print_sheet
from fabricfinder.ui.sheet_preview import PagePreview, PreviewMaker
from fabricfinder.ui.sheet_words import format_filters, sheet_words
from fabricfinder.ui.swatch_mime import file_url
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S

PREVIEW_AFTER_MS = 180
PREVIEW_HEIGHT_PX = 1000
WRITE, PREVIEW = "sheet", "sheet-preview"


class SheetDialog(QDialog):
    """Not modal: she may go on searching and gathering, the preview follows.

    Args:
        desk: runs what takes time.
        basket: what she gathered.
        searched: the present search's result (or None) and her preference.
    """

    def __init__(
        self, desk: Any, basket: Basket,
        searched: Callable[[], tuple[SearchResult | None, Preference]],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(self.tr("Result sheet"))
        self._desk, self._basket, self._searched = desk, basket, searched
        self._maker = PreviewMaker()
        self._page = 0
        self._jobs = {WRITE: 0, PREVIEW: 0}
        self._saved: Path | None = None
        self.choices = SheetChoices(self)
        self.preview = PagePreview(self)
        self.page_label = QLabel(self)
        self.before_button = QPushButton("‹", self)
        self.after_button = QPushButton("›", self)
        self.save_button = QPushButton(self.tr("Save as…"), self)
        self.print_button = QPushButton(self.tr("Print…"), self)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.open_button = QPushButton(self.tr("Open it"), self)
        self.progress = QProgressBar(self)
        self.said = QLabel(self)
        self._later = QTimer(self, singleShot=True, interval=PREVIEW_AFTER_MS)
        self._lay_out()
        self._connect()
        self.refresh()

    # What the window asks ----------------------------------------------------------------------

    def refresh(self) -> None:
        """Offer what there is now, and show it."""
        result, preference = self._searched()
        n_results = 0 if result is None else len(result.order(preference)[0])
        self.choices.offer(len(self._basket), n_results)
        self._later.start()

    def request(self) -> SheetRequest | None:
        """The sheet as chosen, or None when there is no cloth for it."""
        if self.choices.cloths.currentIndex() < 0 or self._desk.catalog is None:
            return None
        result, preference = self._searched()
        return self.choices.request(result, preference, self._basket.picks)

    def save_to(self, path: Path) -> None:
        """Write the sheet; the ending says the format."""
        request, catalog = self.request(), self._desk.catalog
        if request is None:
            return
        try:
            dialect = STANDARD
            if self.choices.excel.isChecked():
                dialect = dialect_for(QLocale.system().decimalPoint())
            output = Output(path, self.choices.archival.isChecked(), dialect)
        except SheetError as error:
            self._say(retold(str(error)))
            return
        words, names = sheet_words(), spoken_default()
        self._saved = path
        self._begin(lambda _: make_sheet_file(request, catalog, output, words, names))

    # Inside ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QScrollArea(self)
        left.setWidget(self.choices)
        left.setWidgetResizable(True)
        left.setFrameShape(QScrollArea.Shape.NoFrame)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setMinimumWidth(320)
        left.setMaximumWidth(380)
        pages = QHBoxLayout()
        pages.addStretch(1)
        for widget in (self.before_button, self.page_label, self.after_button):
            pages.addWidget(widget)
        pages.addStretch(1)
        self.before_button.setAccessibleName(self.tr("Page before"))
        self.after_button.setAccessibleName(self.tr("Page after"))
        right = QVBoxLayout()
        right.addWidget(self.preview, 1)
        right.addLayout(pages)
        top = QHBoxLayout()
        top.setSpacing(SPACE_L)
        top.addWidget(left)
        top.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_S)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        foot.addWidget(self.said, 1)
        self.progress.setFixedWidth(160)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        for widget in (self.progress, self.stop_button, self.open_button, self.print_button,
                       self.save_button):  # fmt: skip
            foot.addWidget(widget)
        self.save_button.setDefault(True)
        for widget in (self.progress, self.stop_button, self.open_button):
            widget.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.addLayout(top, 1)
        column.addLayout(foot)
        self.resize(fitting(self, 1040, 820))

    def _connect(self) -> None:
        self._later.timeout.connect(self._ask_preview)
        self.choices.changed.connect(self._later.start)
        self._basket.changed.connect(self.refresh)
        self._basket.noted.connect(self._later.start)
        self.before_button.clicked.connect(self._turn_back)
        self.after_button.clicked.connect(self._turn_on)
        self.save_button.clicked.connect(self._choose_file)
        self.print_button.clicked.connect(self._choose_printer)
        self.stop_button.clicked.connect(self._stop)
        self.open_button.clicked.connect(self._open)
        self._desk.job_event.connect(self._take_event)

    def _ask_preview(self) -> None:
        """Have the page painted; a newer wish replaces an older one."""
        request, catalog = self.request(), self._desk.catalog
        for button in (self.save_button, self.print_button):
            button.setEnabled(request is not None and not self._jobs[WRITE])
        if request is None:
            self.preview.say(self.tr("Search for something, or put cloths into the basket."))
            self.page_label.clear()
            return
        scale = PREVIEW_HEIGHT_PX * self.devicePixelRatioF() / PAPERS[request.paper][1]
        page, maker, words, names = self._page, self._maker, sheet_words(), spoken_default()
        self._jobs[PREVIEW] = self._desk.run(
            PREVIEW, lambda _: maker.page(request, catalog, page, scale, words, names),
            replaces=PREVIEW,
        )  # fmt: skip

    def _turn_back(self) -> None:
        self._turn(-1)

    def _turn_on(self) -> None:
        self._turn(1)

    def _turn(self, step: int) -> None:
        total = self.preview.shown.total if self.preview.shown else 1
        self._page = max(0, min(total - 1, self._page + step))
        self._ask_preview()

    def _choose_file(self) -> None:
        filters = format_filters()
        folder = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        start = str(Path(folder) / self._usual_name())
        chosen, picked = QFileDialog.getSaveFileName(
            self, self.tr("Save the sheet"), start, ";;".join(filters.values())
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in filters:
                suffix = next((s for s, words in filters.items() if words == picked), ".pdf")
                path = path.with_name(path.name + suffix)
            self.save_to(path)

    def _usual_name(self) -> str:
        """“2026-11-20_SS28_query-20341_internal.pdf”."""
        request = self.request()
        result = request.result if request else None
        asked = "basket"
        if result is not None and result.query.path:
            asked = f"query-{Path(result.query.path).stem}"
        season = self.choices.season.text().strip()
        profile = self.choices.profile.currentData()
        if profile != "internal":
            asked = self.choices.layout_box.currentData()  # a file's name leaves the house too
        name = "_".join(filter(None, (date.today().isoformat(), season, asked, profile)))
        return re.sub(r'[\\/:*?"<>|\s]+', "-", name) + ".pdf"

    def _choose_printer(self) -> None:
        request, catalog = self.request(), self._desk.catalog
        if request is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout(request.paper))
        printer.setFullPage(True)
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            words, names = sheet_words(), spoken_default()
            self._saved = None
            self._begin(lambda _: print_sheet(request, catalog, printer, words, names))

    def _begin(self, start: Callable) -> None:
        """Run a writing or printing with progress and Stop."""
        self._say("")
        self.open_button.hide()
        self._jobs[WRITE] = self._desk.run(WRITE, start)
        self._show_busy(True)

    def _show_busy(self, busy: bool) -> None:
        self.progress.setRange(0, 0)
        for widget in (self.progress, self.stop_button):
            widget.setVisible(busy)
        for widget in (self.save_button, self.print_button):
            widget.setEnabled(not busy)

    def _stop(self) -> None:
        self._desk.cancel(self._jobs[WRITE])

    def _open(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(file_url(str(self._saved)))

    def _say(self, words: str) -> None:
        self.said.setText(words)

    def _take_event(self, event: JobEvent) -> None:
        if event.name == PREVIEW and event.job == self._jobs[PREVIEW]:
            self._take_preview(event)
        elif event.name == WRITE and event.job == self._jobs[WRITE]:
            self._take_written(event)

    def _take_preview(self, event: JobEvent) -> None:
        if event.kind == "done":
            page = event.value
            self._page = page.number
            self.preview.show_page(page)
            text = self.tr("Page {n} of {m}").format(n=page.number + 1, m=page.total)
            self.page_label.setText(text)
            self.before_button.setEnabled(page.number > 0)
            self.after_button.setEnabled(page.number + 1 < page.total)
        elif event.kind == "failed":
            self.preview.say(event.sentence)

    def _take_written(self, event: JobEvent) -> None:
        if event.kind == "progress":
            self.progress.setRange(0, event.progress.total or 0)
            self.progress.setValue(event.progress.done)
            return
        if event.kind == "started":
            return
        self._jobs[WRITE] = 0
        self._show_busy(False)
        if event.kind == "failed":
            self._say(event.sentence)
        elif event.kind == "cancelled":
            self._say(self.tr("Stopped; nothing was written."))
        elif self._saved is not None:
            self._say(self.tr("Written to {path}.").format(path=self._saved))
            self.open_button.show()
        else:
            self._say(self.tr("Sent to the printer."))
