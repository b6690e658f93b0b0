"""The facts of two cloths in four columns, each as wide as its words ask."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fabricfinder.sheets.differences import DIFFERS, ONE_SIDED, SAME, Difference
from fabricfinder.ui.theme import scaled_font

MARKS = {SAME: "=", DIFFERS: "≠", ONE_SIDED: "–"}
PAD = 9  # px around the words of a cell, both sides together
_BREAKS = re.compile(r"[ \n]+")  # not the blank that keeps a number by its unit


class FactsTable(QTableWidget):
    """What each cloth states and what differs; as high as its rows, never scrolled by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels(
            ["", self.tr("Query"), self.tr("This cloth"), self.tr("Difference")]
        )
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setProperty("narrow", True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setAccessibleName(self.tr("Differences of the specifications"))

    def show_rows(self, rows: tuple[Difference, ...]) -> None:
        """Show facts; what both cloths state comes first: there is something to compare."""
        rows = tuple(sorted(rows, key=lambda row: row.verdict == ONE_SIDED))
        self.setRowCount(len(rows))
        for y, row in enumerate(rows):
            said = MARKS[row.verdict] + ("" if row.verdict == ONE_SIDED else f" {row.words}")
            for x, text in enumerate((row.label, row.pinned or "–", row.candidate or "–", said)):
                item = QTableWidgetItem(text)
                item.setToolTip(row.words if x == 3 else text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if x == 3 and row.verdict == DIFFERS:
                    item.setFont(scaled_font(1.0, bold=True))
                self.setItem(y, x, item)
        self._fit()

    def _fit(self) -> None:
        """Give each column its longest word, and what is left to those that lack least first."""
        asked = [self._asked(x) for x in range(self.columnCount())]
        least = sum(word for word, _ in asked)
        frame = 2 * self.frameWidth()
        self.setMinimumWidth(least + frame)
        spare = max(self.width() - frame - least, 0)
        waiting = len(asked)
        for x in sorted(range(waiting), key=lambda x: asked[x][1] - asked[x][0]):
            word, whole = asked[x]
            given = min(whole - word, spare // waiting) if waiting > 1 else spare
            self.setColumnWidth(x, word + given)
            spare, waiting = spare - given, waiting - 1
        self.resizeRowsToContents()
        rows = sum(self.rowHeight(y) for y in range(self.rowCount()))
        self.setFixedHeight(self.horizontalHeader().height() + rows + 4)

    def _asked(self, x: int) -> tuple[int, int]:
        """Width in px of a column's longest word, and of its longest text on one line.

        A title is not broken: it counts as one word.
        """
        title = self.horizontalHeaderItem(x).text()
        word = whole = self.horizontalHeader().fontMetrics().horizontalAdvance(title)
        for cell in (self.item(y, x) for y in range(self.rowCount())):
            metrics = QFontMetrics(self._font(cell))
            whole = max(whole, metrics.horizontalAdvance(cell.text()))
            words = _BREAKS.split(cell.text())
            word = max(word, *(metrics.horizontalAdvance(part) for part in words))
        return word + PAD, whole + PAD

    def _font(self, cell: QTableWidgetItem) -> QFont:
        """A cell's own font, or the table's."""
        own = cell.data(Qt.ItemDataRole.FontRole)
        return own if own is not None else self.font()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QTableWidget::resizeEvent."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
