"""The part of "How well does it find?" that measures her own library: button, progress, figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.how_well_own_words import (
    kind_word,
    label_rows,
    own_words,
    wanting_words,
    when_words,
)
from fabricfinder.ui.how_well_plots import PLOT_PX, Draw, PlotPainter, PlotView
from fabricfinder.ui.job_book import JobLine, progress_text
from fabricfinder.ui.number_words import in_a_row
from fabricfinder.ui.reading_label import READING_PX, ReadingLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font

if TYPE_CHECKING:
    from fabricfinder.evaluation.report import Report
    from fabricfinder.measuring.kept import OwnFigures

MOST_ROWS_SEEN = 10
LEAST_TABLE_PX = 780


class LabelTable(QTableWidget):
    """Figures by label: first place and order, each with its interval and what chance gives."""

    def __init__(self, rows: Sequence[Sequence[str]], name: str, parent: QWidget) -> None:
        titles = [
            self.tr("Label"), self.tr("Swatches"), self.tr("Same label first, of 100"),
            self.tr("by chance"), self.tr("All of it together (mAP), of 100"), self.tr("by chance"),
        ]  # fmt: skip
        super().__init__(len(rows), len(titles), parent)
        self.setHorizontalHeaderLabels(titles)
        self.setAccessibleName(name)
        self.verticalHeader().hide()
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                item = QTableWidgetItem(text)
                if j:
                    item.setTextAlignment(right)
                self.setItem(i, j, item)
        header = self.horizontalHeader()
        header.setDefaultAlignment(right)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeaderItem(0).setTextAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.setStyleSheet("QTableView::item { padding: 0 8px; }")  # as its header's
        header.setHighlightSections(False)
        seen = min(len(rows), MOST_ROWS_SEEN)
        height = header.sizeHint().height() + seen * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(height + 2 * self.frameWidth())
        self.setMinimumWidth(LEAST_TABLE_PX)
        self.setMaximumWidth(READING_PX)


class _Beside(QWidget):
    """A table and its plot: side by side where there is room, else one below the other."""

    def __init__(self, table: QWidget, plot: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_L)
        self._row.addWidget(table, READING_PX, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(plot, PLOT_PX, Qt.AlignmentFlag.AlignTop)
        self._row.addStretch(1)  # takes what is left when both are as wide as they may be

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        way = QBoxLayout.Direction
        room = self.width() >= READING_PX + SPACE_L + PLOT_PX // 2
        self._row.setDirection(way.LeftToRight if room else way.TopToBottom)


class OwnPanel(QFrame):
    """Measures the open library and shows what came of it.

    Signals:
        wanted: she wants it measured.
        stop_wanted: she wants the measuring stopped.
    """

    wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, painter: PlotPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._painter = painter
        self._figures: OwnFigures | None = None
        self._encoder = ""
        self._running = False
        title = QLabel(self.tr("In your own library"), self)
        title.setFont(scaled_font(1.15, bold=True))
        self.state = ReadingLabel("", self)
        self.button = QPushButton(self)
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.wanted)
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.setAccessibleDescription(self.tr("Stop measuring the library"))
        self.stop.clicked.connect(self.stop_wanted)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setMaximumWidth(READING_PX)
        self.bar.setAccessibleName(self.tr("Progress of measuring"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self.button)
        row.addWidget(self.stop)
        row.addStretch(1)
        self._results = QVBoxLayout()
        self._results.setSpacing(SPACE_M)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addLayout(row)
        column.addLayout(self._results)
        column.addStretch(1)
        self.show_library(None)

    # States ------------------------------------------------------------------------------------

    def show_library(self, catalog: Catalog | None) -> None:
        """Show that nothing has been measured in this library yet (or that none is open)."""
        self._clear()
        self._figures = None
        ready = catalog is not None and len(catalog.table) > 0
        if catalog is None:
            words = self.tr("Open a library to measure how well it finds in your own cloth.")
        elif not len(catalog):
            words = self.tr("There is no cloth in this library yet, so nothing to measure.")
        elif not ready:
            words = self.tr(
                "The model has not looked at the cloth of this library yet. Once it has, how well it"
                " finds among it can be measured."
            )
        else:
            words = self.tr(
                "Not measured yet. Some of your pictures are photographed again, with other light,"
                " crop and sharpness, and searched for; where you have set labels, these are the"
                " truth. Nothing in the library is changed, and you can go on working."
            )
        self._show_idle(words, ready)

    def show_encoder(self, encoder: str) -> None:
        """Say which model is at work: figures of another one are out of date."""
        other, self._encoder = encoder != self._encoder, encoder
        if other and self._figures is not None and not self._running:
            self.show_figures(self._figures)

    def show_figures(self, figures: "OwnFigures") -> None:
        """Show what was measured, with its date."""
        self._clear()
        self._figures, encoder = figures, self._encoder
        self._show_idle(when_words(figures.now), True)
        said, wanting = own_words(figures), wanting_words(figures, encoder)
        for i, words in enumerate([*said, *wanting]):
            label = ReadingLabel(words, self)
            if i == 0:
                label.setFont(scaled_font(1.15))
            label.setProperty("muted", i >= len(said))
            self._results.addWidget(label)
        for kind, report in figures.now.by_label.items():
            self._add_labels(kind, report)
        self.setAccessibleDescription(in_a_row(*said, *wanting))

    def show_line(self, line: JobLine) -> None:
        """Show how far the measuring has come, or why it ended."""
        if line.active:
            self._running = True
            self.state.setText(progress_text(line))
            self.bar.setRange(0, line.total or 0)
            self.bar.setValue(line.done)
        elif line.state == "failed":
            self._show_idle(line.sentence, True)
            self.button.setText(self.tr("Try again"))
            return
        elif line.state == "cancelled":
            self._show_idle(self.tr("Stopped before the end, so there is no new figure."), True)
            return
        self._show_buttons()

    @property
    def running(self) -> bool:
        """Whether a measuring is under way."""
        return self._running

    def _show_idle(self, words: str, ready: bool) -> None:
        self._running = False
        self.state.setText(words)
        again = self._figures is not None
        self.button.setText(self.tr("Measure again") if again else self.tr("Measure my library"))
        self.button.setEnabled(ready)
        self._show_buttons()

    def _show_buttons(self) -> None:
        """While it runs there is Stop; the keyboard stays on the button that takes its place."""
        held = self.button.hasFocus() or self.stop.hasFocus()
        self.bar.setVisible(self._running)
        self.stop.setVisible(self._running)
        self.button.setVisible(not self._running)
        if held:
            (self.stop if self._running else self.button).setFocus()

    # Figures -----------------------------------------------------------------------------------

    def _add_labels(self, kind: str, report: "Report") -> None:
        """Table and plot of one kind of label."""
        name = self.tr("By {kind}").format(kind=kind_word(kind))
        heading = QLabel(name, self)
        heading.setFont(scaled_font(1.0, bold=True))
        self._results.addSpacing(SPACE_XS)
        self._results.addWidget(heading)
        words = self.tr("The same figures as the table's: how often the same label comes first.")
        plot = PlotView(self._painter, _by_label(kind, report), name, words, self)
        plot.setMaximumWidth(PLOT_PX)
        self._results.addWidget(_Beside(LabelTable(label_rows(report), name, self), plot, self))

    def _clear(self) -> None:
        while self._results.count():
            widget = self._results.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.setAccessibleDescription("")


def _by_label(kind: str, report: "Report") -> Draw:
    """Draws the plot of one kind of label; on the painter's thread."""

    def draw(look: object) -> object:
        from fabricfinder.measuring.plotting import labels_drawing

        return labels_drawing(kind, report).draw(look)

    return draw
