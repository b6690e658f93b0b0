"""The page “Teach it my cloth”: what it does, how far it is, what came of it, the way back."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.lesson import Lesson
from fabricfinder.teaching import Standing
from fabricfinder.ui.job_book import JobLine, progress_text
from fabricfinder.ui.number_words import in_a_row, named
from fabricfinder.ui.plain_parts import plain_button, plain_words
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.teach_words import (
    figure_rows,
    judged_text,
    labelled,
    outcome_text,
    standing_text,
    stock_text,
)
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font

WIDTH = 560


class TeachDialog(QDialog):
    """Not modal: she goes on searching while it learns.

    Signals:
        start_wanted: teach; with her labels or without.
        stop_wanted, go_on_wanted, go_back_wanted: the other buttons.
    """

    start_wanted = Signal(bool)
    stop_wanted = Signal()
    go_on_wanted = Signal()
    go_back_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach it my cloth"))
        self.title = plain_words(self, self.tr("Teach it my cloth"))
        self.title.setFont(scaled_font(1.6, bold=True))
        self.about = plain_words(self, self.tr(
            "The model came knowing drawn cloth only. Here it goes on learning from your own "
            "pictures: that two looks at one swatch belong together, and what you have said of "
            "your cloth. All of it happens on this computer; nothing is sent anywhere."
        ))  # fmt: skip
        self.promise = plain_words(self, self.tr(
            "A quarter of your articles is held back. Only if those are found better, and nothing "
            "worse, is what was learned kept. You can go back whenever you like, and go on "
            "searching meanwhile."
        ))  # fmt: skip
        self.promise.setProperty("muted", True)
        self.stock, self.standing_line, self.said = (plain_words(self) for _ in range(3))
        self.use_labels = QCheckBox(self.tr("Learn from my labels too"), self)
        self.use_labels.setChecked(True)
        self.where = plain_words(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.start_button = plain_button(self, self.tr("Start teaching"))
        self.start_button.setProperty("primary", True)
        self.stop_button = plain_button(self, self.tr("Stop"))
        self.go_on_button = plain_button(self, self.tr("Look at the rest"))
        self.back_button = plain_button(self, self.tr("Go back to the model it came with"))
        self.close_button = plain_button(self, self.tr("Close"))
        self.outcome = QFrame(self)
        self.outcome.setProperty("card", True)
        self._figures = QVBoxLayout(self.outcome)
        self._figures.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self._standing: Standing | None = None
        self._catalog: Catalog | None = None
        self._busy = False
        self._lay_out()
        self._connect()
        self.say("")
        self.show_line(None)
        self.show_lesson(None)
        self.start_button.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (
            self.title, self.about, self.stock, self.use_labels, self.promise,
            self.standing_line, self.outcome, self.said, self.where, self.bar,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.back_button)
        row.addStretch(1)
        for button in (self.close_button, self.stop_button, self.go_on_button, self.start_button):
            row.addWidget(button)
        column.addSpacing(SPACE_S)
        column.addLayout(row)
        self.setMinimumWidth(WIDTH)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self._start)
        self.stop_button.clicked.connect(self.stop_wanted)
        self.go_on_button.clicked.connect(self.go_on_wanted)
        self.back_button.clicked.connect(self.go_back_wanted)
        self.close_button.clicked.connect(self.close)

    def _start(self) -> None:
        self.start_wanted.emit(self.use_labels.isEnabled() and self.use_labels.isChecked())

    # What the flow tells -----------------------------------------------------------------------

    def show_catalog(self, catalog: Catalog | None) -> None:
        """Say how much there is to learn from."""
        self._catalog = catalog
        if catalog is not None:
            self.stock.setText(stock_text(catalog))
        self._show_choices()

    def show_standing(self, standing: Standing | None) -> None:
        """Say which model answers; None while that is being looked up."""
        self._standing = standing
        self.standing_line.setText("" if standing is None else standing_text(standing))
        if standing is not None and standing.hindrance:
            self.say(retold(standing.hindrance))
        self._show_choices()
        self._fit()

    def show_line(self, line: JobLine | None) -> None:
        """Say how far the lesson is; None when none runs."""
        was_busy, self._busy = self._busy, line is not None and line.active
        self.where.setVisible(self._busy)
        self.bar.setVisible(self._busy)
        if line is not None and self._busy:
            self.where.setText(progress_text(line))
            self.bar.setRange(0, line.total or 0)
            self.bar.setValue(line.done)
        self._show_choices()
        if was_busy != self._busy:
            self._fit()

    def show_lesson(self, lesson: Lesson | None) -> None:
        """Say what came of it; None puts the former outcome away."""
        while (item := self._figures.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self.outcome.setVisible(lesson is not None)
        if lesson is not None:
            inside = QWidget(self.outcome)
            grid = QGridLayout(inside)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setVerticalSpacing(SPACE_S)
            grid.setColumnStretch(0, 1)
            headline = plain_words(self, outcome_text(lesson))
            headline.setFont(scaled_font(1.15, bold=True))
            grid.addWidget(headline, 0, 0, 1, 2)
            rows = figure_rows(lesson)
            for number, (words, change) in enumerate(rows, 1):
                grid.addWidget(plain_words(self, words), number, 0)
                value = QLabel(change, inside)
                value.setFont(scaled_font(1.0, bold=True))
                grid.addWidget(value, number, 1, Qt.AlignmentFlag.AlignRight)
            judged = plain_words(self, judged_text(lesson))
            judged.setProperty("muted", True)
            grid.addWidget(judged, len(rows) + 1, 0, 1, 2)
            self._figures.addWidget(inside)
            spoken = [outcome_text(lesson), *(named(*row) for row in rows)]
            self.outcome.setAccessibleName(in_a_row(*spoken))
        self._fit()

    def say(self, sentence: str) -> None:
        """Show a sentence: why it cannot be taught, that it was stopped; "" takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self._fit()

    # Inside ------------------------------------------------------------------------------------

    def _show_choices(self) -> None:
        """Offer what can be done now, nothing else."""
        standing, catalog = self._standing, self._catalog
        can = standing is not None and not standing.hindrance and catalog is not None
        can = can and not catalog.read_only
        lesson = standing.lesson if standing is not None else None
        self.start_button.setVisible(not self._busy)
        self.start_button.setEnabled(bool(can))
        again = self.tr("Teach it again") if lesson else self.tr("Start teaching")
        self.start_button.setText(again)
        self.stop_button.setVisible(self._busy)
        waiting = bool(standing and standing.waiting) and not self._busy
        self.go_on_button.setVisible(waiting)
        self.back_button.setVisible(lesson is not None and not self._busy)
        self.back_button.setEnabled(catalog is not None and not catalog.read_only)
        has_labels = catalog is not None and labelled(catalog) > 0
        self.use_labels.setVisible(has_labels)
        self.use_labels.setEnabled(has_labels and not self._busy)

    def _fit(self) -> None:
        """As tall as what is said: wrapped words change the height a width needs."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            width = max(WIDTH, self.width())
            self.resize(width, max(layout.heightForWidth(width), layout.minimumSize().height()))


def open_on(dialog: TeachDialog, catalog: Catalog | None, standing: Any = None) -> None:
    """Fill a dialog and show it in front."""
    dialog.show_catalog(catalog)
    dialog.show_standing(standing)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
