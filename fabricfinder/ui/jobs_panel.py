"""What is going on and what went wrong: the strip in the status bar, the panel behind it."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.swatch import ImportProblem
from fabricfinder.ui.elided_label import ElidedLabel
from fabricfinder.ui.job_book import PAUSABLE, JobBook, JobLine, job_title, progress_text
from fabricfinder.ui.number_words import count_text, named
from fabricfinder.ui.problem_model import ProblemModel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font

STRIP_DELAY_MS = 300
STRIP_TITLE_PX = 160  # of a job's title that a long sentence beside it leaves, at most


class JobRow(QFrame):
    """One job: its title, where it is, and Pause and Stop.

    Signals:
        pause: job number and whether to hold it.
        stop: job number.
    """

    pause = Signal(int, bool)
    stop = Signal(int)

    def __init__(self, line: JobLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._title = QLabel(self)
        self._title.setFont(scaled_font(1.0, bold=True))
        self._where = ElidedLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self.pause_button = QPushButton(self)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.pause_button.clicked.connect(self._toggle)
        self.stop_button.clicked.connect(self._stop)
        column = QVBoxLayout()
        column.setSpacing(SPACE_XS)
        column.addWidget(self._title)
        column.addWidget(self._where)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        row.setSpacing(SPACE_S)
        row.addLayout(column, 1)
        row.addWidget(self.pause_button)
        row.addWidget(self.stop_button)
        self.show_line(line)

    def show_line(self, line: JobLine) -> None:
        """Show a newer state of the job."""
        self._line = line
        title, where = job_title(line.name), progress_text(line)
        self._title.setText(title)
        self._where.setText(where)
        self.setAccessibleName(named(title, where))
        self._bar.setVisible(line.active)
        self._bar.setRange(0, line.total or 0)
        self._bar.setValue(line.done)
        paused = line.state == "paused"
        self.pause_button.setText(self.tr("Continue") if paused else self.tr("Pause"))
        self.pause_button.setVisible(line.active and line.name in PAUSABLE)
        self.stop_button.setVisible(line.active)

    def _toggle(self) -> None:
        self.pause.emit(self._line.job, self._line.state != "paused")

    def _stop(self) -> None:
        self.stop.emit(self._line.job)


class JobsStrip(QWidget):
    """The slim strip in the status bar: the one job that matters now.

    Signals:
        pause, stop: as JobRow.
        opened: she wants to see the panel.
    """

    pause = Signal(int, bool)
    stop = Signal(int)
    opened = Signal()

    def __init__(self, book: JobBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._text = ElidedLabel(self)
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._bar.setAccessibleName(self.tr("Progress"))
        self.pause_button = self._quiet(self.tr("Pause"), self._toggle)
        self.stop_button = self._quiet(self.tr("Stop"), self._stop)
        self.jobs_button = self._quiet(self.tr("Jobs"), self.opened)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SPACE_XS, 0)
        row.setSpacing(SPACE_S)
        row.addStretch(1)
        row.addWidget(self._text, 1000)
        for widget in (self._bar, self.pause_button, self.stop_button, self.jobs_button):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._delay = QTimer(self, singleShot=True, interval=STRIP_DELAY_MS)
        self._delay.timeout.connect(self._show_now)
        book.changed.connect(self.refresh)
        self.refresh()

    def _quiet(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("quiet", True)
        button.clicked.connect(slot)
        return button

    def refresh(self) -> None:
        """Show the book's present state; a job shorter than a blink is never shown."""
        active = self._book.active()
        if not active:
            self._delay.stop()
            self._show_now()
        elif self._bar.isHidden():
            if not self._delay.isActive():
                self._delay.start()
        else:
            self._show_now()

    def _show_now(self) -> None:
        active = self._book.active()
        failures = len(self._book.failures())
        for widget in (self._text, self._bar, self.pause_button, self.stop_button):
            widget.setVisible(bool(active))
        text = self.tr("Jobs")
        if active:
            line = active[-1]
            where = progress_text(line)
            title = job_title(line.name)
            self._text.setText(f"{title} · {where}" if where else title)
            title_px = self._text.fontMetrics().horizontalAdvance(title) + SPACE_S
            self._text.setMinimumWidth(min(title_px, STRIP_TITLE_PX))
            self._bar.setRange(0, line.total or 0)
            self._bar.setValue(line.done)
            paused = line.state == "paused"
            self.pause_button.setText(self.tr("Continue") if paused else self.tr("Pause"))
            self.pause_button.setVisible(line.name in PAUSABLE)
            text = self.tr("Jobs ({n})").format(n=len(active))
        if failures:
            text += self.tr(" · {n} failed").format(n=failures)
        self.jobs_button.setText(text)

    def _toggle(self) -> None:
        active = self._book.active()
        if active:
            self.pause.emit(active[-1].job, active[-1].state != "paused")

    def _stop(self) -> None:
        active = self._book.active()
        if active:
            self.stop.emit(active[-1].job)


class JobsPanel(QWidget):
    """The panel: every job on the left, the pictures that could not be read on the right.

    Signals:
        pause, stop: as JobRow.
        retry: paths to import once more.
    """

    pause = Signal(int, bool)
    stop = Signal(int)
    retry = Signal(object)

    def __init__(self, book: JobBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self._rows: dict[int, JobRow] = {}
        self.problems = ProblemModel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._jobs_side(), 1)
        row.addWidget(self._problems_side(), 1)
        self.setMinimumHeight(150)
        book.changed.connect(self.refresh)
        self.refresh()

    def _jobs_side(self) -> QWidget:
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._nothing = QLabel(self.tr("Nothing is running."))
        self._nothing.setProperty("muted", True)
        self._nothing.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        inside = QWidget()
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._nothing)
        outer.addLayout(self._column)
        outer.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setAccessibleName(self.tr("Jobs"))
        return area

    def _problems_side(self) -> QWidget:
        side = QFrame(self)
        self._heading = QLabel(side)
        self._heading.setFont(scaled_font(1.0, bold=True))
        self.table = QTableView(side)
        self.table.setModel(self.problems)
        self.table.setAccessibleName(self.tr("Pictures that could not be read"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(0, 220)
        self.copy_button = QPushButton(self.tr("Copy list"), side)
        self.retry_button = QPushButton(self.tr("Try all again"), side)
        self.copy_button.clicked.connect(self._copy)
        self.retry_button.clicked.connect(self._retry)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self._heading, 1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.retry_button)
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE_L, SPACE_S, SPACE_M, SPACE_S)
        column.setSpacing(SPACE_S)
        column.addLayout(buttons)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.show_problems(())
        return side

    def show_problems(self, problems: tuple[ImportProblem, ...]) -> None:
        """Show the files of the open library that could not be read."""
        self.problems.show(problems)
        n = len(problems)
        many = self.tr("{n} pictures could not be read").format(n=count_text(n))
        one = self.tr("One picture could not be read")
        self._heading.setText((self.tr("No problems"), one)[n] if n < 2 else many)
        self.table.setVisible(bool(n))
        for button in (self.copy_button, self.retry_button):
            button.setVisible(bool(n))

    def refresh(self) -> None:
        """Show the book's present state."""
        lines = {line.job: line for line in self._book.lines()}
        for job in [job for job in self._rows if job not in lines]:
            row = self._rows.pop(job)
            self._column.removeWidget(row)
            row.deleteLater()
        for job, line in lines.items():
            row = self._rows.get(job)
            if row is None:
                row = self._rows[job] = JobRow(line, self)
                row.pause.connect(self.pause)
                row.stop.connect(self.stop)
                self._column.insertWidget(0, row)
            row.show_line(line)
        self._nothing.setVisible(not lines)

    def row(self, job: int) -> JobRow | None:
        """The row of a job, or None."""
        return self._rows.get(job)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.problems.as_text())

    def _retry(self) -> None:
        self.retry.emit(self.problems.paths())

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: bold faces follow the application's font."""
        if event.type() == QEvent.Type.FontChange:
            self._heading.setFont(scaled_font(1.0, bold=True))
        super().changeEvent(event)


class JobsDock(QDockWidget):
    """The panel as a pane that can float to a second monitor."""

    def __init__(self, book: JobBook, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Jobs"))
        self.setObjectName("jobsDock")
        self.panel = JobsPanel(book, self)
        self.setWidget(self.panel)
        self.hide()
