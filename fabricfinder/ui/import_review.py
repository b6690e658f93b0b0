"""The import review: what came, what was here, which cloth came back, what could not be read."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Alike, ImportReport
from fabricfinder.ui import wording
from fabricfinder.ui.import_rows import ALIKE, HERE, NEW, SIDE, TABS, UNREAD, ReviewModel, lines_of
from fabricfinder.ui.job_book import JobLine, progress_text
from fabricfinder.ui.library_details import ClothPicture
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.plain_parts import plain_button
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache


class ImportReview(QDialog):
    """Not modal; shows the last import, and the one that runs.

    Signals:
        show_wanted: a title and swatch ids, to be seen in the library.
        same_wanted: Alikes whose pictures are of one article.
        retry_wanted: paths to read once more.
        pause_wanted: whether to hold the import that runs.
        stop_wanted, resume_wanted: end it; go on with what it did not reach.
    """

    show_wanted = Signal(str, object)
    same_wanted = Signal(object)
    retry_wanted = Signal(object)
    pause_wanted = Signal(bool)
    stop_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import review"))
        self.report = ImportReport()
        self._catalog: Catalog | None = None
        self._settled: set[str] = set()  # new swatches she has answered for
        self._line: JobLine | None = None
        self.models = {tab: ReviewModel(thumbnails, self) for tab in TABS}
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for _ in TABS:
            self.tabs.addTab("")
        self.list = QListView(self)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.list.setSpacing(2)
        self.nothing = QLabel(self)
        self.nothing.setProperty("muted", True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.both = self._compared(thumbnails)
        self.where, self.bar = QLabel(self), QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.pause_button, self.stop_button = (plain_button(self, "") for _ in range(2))
        self.stop_button.setText(self.tr("Stop"))
        self.resume_button = plain_button(self, self.tr("Go on with the rest"))
        self.first, self.second = plain_button(self, ""), plain_button(self, "")
        self.first.setProperty("primary", True)
        self._lay_out()
        self._connect()
        self.resize(820, 640)
        self.show_line(None)
        self.show_tab(NEW)

    def _compared(self, thumbnails: ThumbnailCache) -> QFrame:
        """The new picture beside the earlier one."""
        frame = QFrame(self)
        frame.setProperty("card", True)
        row = QHBoxLayout(frame)
        row.setSpacing(SPACE_M)
        self.pictures = (ClothPicture(thumbnails, frame), ClothPicture(thumbnails, frame))
        self.question = QLabel(frame)
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self.pictures[0])
        row.addWidget(self.pictures[1])
        row.addWidget(self.question, 1)
        return frame

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Import review"), self)
        title.setFont(scaled_font(1.6, bold=True))
        running = QHBoxLayout()
        running.setSpacing(SPACE_S)
        running.addWidget(self.where, 1)
        for button in (self.pause_button, self.stop_button, self.resume_button):
            running.addWidget(button)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_S)
        foot.addStretch(1)
        foot.addWidget(self.second)
        foot.addWidget(self.first)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addLayout(running)
        column.addWidget(self.bar)
        column.addWidget(self.tabs)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.both)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_current)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.resume_button.clicked.connect(self.resume_wanted)
        self.first.clicked.connect(self._do_first)
        self.second.clicked.connect(self._do_second)

    # What the flow tells -----------------------------------------------------------------------

    def show_report(self, report: ImportReport) -> None:
        """Show what an import did."""
        self.report, self._settled = report, set()
        self._fill()
        first = ALIKE if self.models[ALIKE].lines else NEW if self.models[NEW].lines else (
            UNREAD if report.problems else HERE)  # fmt: skip
        self.show_tab(first)

    def show_catalog(self, catalog: Catalog | None) -> None:
        """A newer snapshot: names may be others, swatches may have gone."""
        self._catalog = catalog
        self._fill()
        self._show_running()

    def show_line(self, line: JobLine | None) -> None:
        """How far the import that runs is; None when none runs."""
        self._line = line
        self._show_running()

    def show_tab(self, tab: str) -> None:
        """Turn to a tab."""
        self.tabs.setCurrentIndex(TABS.index(tab))
        self._show_current()

    @property
    def tab(self) -> str:
        """The tab shown."""
        return TABS[self.tabs.currentIndex()]

    # Inside ------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Lines and counts, as report and catalog have them."""
        if self._catalog is None:
            return
        lines = lines_of(self.report, self._catalog)
        lines[ALIKE] = tuple(line for line in lines[ALIKE] if line.swatch not in self._settled)
        titles = {
            NEW: self.tr("New {n}"), ALIKE: self.tr("Same cloth, new photo {n}"),
            HERE: self.tr("Already here {n}"), UNREAD: self.tr("Cannot read {n}"),
        }  # fmt: skip
        for number, tab in enumerate(TABS):
            self.models[tab].show(lines[tab])
            self.tabs.setTabText(number, titles[tab].format(n=count_text(len(lines[tab]))))
        self._show_current()

    def _show_running(self) -> None:
        line, catalog = self._line, self._catalog
        runs = line is not None and line.active
        left = 0 if catalog is None or catalog.read_only else catalog.pending_import
        self.bar.setVisible(runs)
        self.pause_button.setVisible(runs)
        self.stop_button.setVisible(runs)
        self.resume_button.setVisible(not runs and left > 0)
        if line is not None and runs:
            self.bar.setRange(0, line.total or 0)
            self.bar.setValue(line.done)
            paused = line.state == "paused"
            self.pause_button.setText(self.tr("Continue") if paused else self.tr("Pause"))
            self.where.setText(progress_text(line))
        elif left:
            self.where.setText(self.tr("{n} files were not reached.").format(n=count_text(left)))
        self.where.setVisible(runs or left > 0)

    def _show_current(self, _: int = 0) -> None:
        """The list of the tab, and what can be done there."""
        tab, model = self.tab, self.models[self.tab]
        if self.list.model() is not model:
            self.list.setModel(model)
            self.list.selectionModel().selectionChanged.connect(self._show_question)
        there = bool(model.lines)
        self.list.setVisible(there)
        self.nothing.setVisible(not there)
        self.nothing.setText({
            NEW: self.tr("Nothing new came."), HERE: self.tr("Nothing of it was here already."),
            ALIKE: self.tr("No new picture seems to show cloth that was here before."),
            UNREAD: self.tr("Every file could be read."),
        }[tab])  # fmt: skip
        words = {
            NEW: (self.tr("Show them in the library"), ""),
            HERE: (self.tr("Show them in the library"), ""),
            ALIKE: (self.tr("Another picture of it"), self.tr("No, another cloth")),
            UNREAD: (self.tr("Try all again"), self.tr("Try the chosen again")),
        }[tab]
        for button, text in zip((self.first, self.second), words, strict=True):
            button.setText(text)
            button.setVisible(bool(text) and there)
        if tab == ALIKE and there and not self.list.selectionModel().hasSelection():
            self.list.setCurrentIndex(model.index(0))
        self._show_question()

    def _show_question(self) -> None:
        """The new picture beside the earlier one, and the question."""
        chosen = self._chosen_alike()
        self.both.setVisible(self.tab == ALIKE and bool(chosen))
        if not chosen or self._catalog is None:
            return
        one = chosen[0]
        for picture, swatch_id in zip(self.pictures, (one.swatch, one.earlier), strict=True):
            picture.show_swatch(swatch_id)
        earlier = self._catalog.find(one.earlier)
        name = wording.swatch_title(earlier) if earlier is not None else ""
        question = self.tr("Is the left one a new picture of {name}?").format(name=name)
        if len(chosen) > 1:
            question = self.tr("Are all {n} chosen ones new pictures of cloth that was here?").format(
                n=len(chosen))  # fmt: skip
        self.question.setText(question)

    def _chosen_alike(self) -> list[Alike]:
        if self.tab != ALIKE or self.list.selectionModel() is None:
            return []
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        lines = self.models[ALIKE].lines
        return [a for row in rows if row < len(lines) and (a := lines[row].alike) is not None]

    def _pause(self) -> None:
        if self._line is not None:
            self.pause_wanted.emit(self._line.state != "paused")

    def _do_first(self) -> None:
        tab, lines = self.tab, self.models[self.tab].lines
        if tab == ALIKE:
            chosen = self._chosen_alike()
            self._settle(chosen)
            self.same_wanted.emit(chosen)
        elif tab == UNREAD:
            self.retry_wanted.emit([line.path for line in lines])
        else:
            ids = tuple(dict.fromkeys(line.swatch for line in lines))
            title = self.tr("New") if tab == NEW else self.tr("Already here")
            self.show_wanted.emit(title, ids)

    def _do_second(self) -> None:
        if self.tab == ALIKE:
            self._settle(self._chosen_alike())
            return
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        lines = self.models[UNREAD].lines
        self.retry_wanted.emit([lines[row].path for row in rows])

    def _settle(self, answered: Sequence[Alike]) -> None:
        """She has answered for these: they are asked no more."""
        self._settled |= {one.swatch for one in answered}
        self._fill()
