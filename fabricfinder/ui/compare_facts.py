"""What two cloths have in common, in words and numbers: the panel beside them."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.comparing import Cloth, Comparison
from fabricfinder.domain.palette import Palette
from fabricfinder.sheets.content import ColorLine
from fabricfinder.sheets.differences import DIFFERS, ONE_SIDED, SAME, Difference
from fabricfinder.ui.compare_palettes import PaletteFlow
from fabricfinder.ui.number_words import decimal_text, named
from fabricfinder.ui.score_bars import FourBars
from fabricfinder.ui.theme import SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.wording import as_sentence

translate = QCoreApplication.translate

WIDTH = 340
MARKS = {SAME: "=", DIFFERS: "≠", ONE_SIDED: "–"}


class CompareFacts(QScrollArea):
    """Four bars and the sentence, colour measured, both palettes, the specs' differences."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = FourBars(self)
        self.sentence = _wrapped(self)
        self.color = _wrapped(self)
        self.color_basis = _wrapped(self)
        self.color_basis.setProperty("muted", True)
        self.color_basis.setFont(scaled_font(0.85))
        self.palettes = PaletteFlow(self)
        self.table = QTableWidget(0, 4, self)
        self._lay_out()
        self.setMinimumWidth(260)

    def show_comparison(
        self, pinned: Cloth, candidate: Cloth, found: Comparison, basis: str
    ) -> None:
        """Show what was found; ``basis`` says what the colour numbers rest on."""
        self.bars.set_scores(found.scores)
        self.sentence.setText(as_sentence(found.sentence))
        self.sentence.setVisible(bool(found.sentence))
        self.color.setText(color_text(found.color) if found.color else self.tr("Not known."))
        self.color_basis.setText(basis)
        palettes = [c.known.palette if c.known else Palette(()) for c in (pinned, candidate)]
        self.palettes.set_palettes(*palettes, found.flows)
        self._fill(found.differences)

    def _fill(self, rows: tuple[Difference, ...]) -> None:
        """What both cloths state first: there is something to compare."""
        rows = tuple(sorted(rows, key=lambda row: row.verdict == ONE_SIDED))
        self.table.setRowCount(len(rows))
        for y, row in enumerate(rows):
            said = MARKS[row.verdict] + ("" if row.verdict == ONE_SIDED else f" {row.words}")
            for x, text in enumerate((row.label, row.pinned or "–", row.candidate or "–", said)):
                item = QTableWidgetItem(text)
                item.setToolTip(row.words if x == 3 else text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                if x == 3 and row.verdict == DIFFERS:
                    item.setFont(scaled_font(1.0, bold=True))
                self.table.setItem(y, x, item)
        self.table.resizeRowsToContents()
        height = self.table.horizontalHeader().height() + 4
        height += sum(self.table.rowHeight(y) for y in range(len(rows)))
        self.table.setFixedHeight(height)

    def _lay_out(self) -> None:
        table = self.table
        table.setHorizontalHeaderLabels(
            [self.tr("Fact"), self.tr("Query"), self.tr("This cloth"), self.tr("Difference")]
        )
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTabKeyNavigation(False)
        table.setWordWrap(True)
        table.setAccessibleName(self.tr("Differences of the specifications"))
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        for words, widgets in (
            (self.tr("Why it is near"), (self.bars, self.sentence)),
            (self.tr("Main colours"), (self.color, self.palettes, self.color_basis)),
            (self.tr("Specification"), (self.table,)),
        ):
            heading = QLabel(words, body)
            heading.setFont(scaled_font(1.0, bold=True))
            column.addWidget(heading)
            for widget in widgets:
                column.addWidget(widget)
            column.addSpacing(SPACE_S)
        column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def color_text(line: ColorLine) -> str:
    """Both main colours in CIELAB, both formulas by name, and the parts in words."""
    query, here = (
        ", ".join(decimal_text(v, 1).replace("-", "−") for v in lab)
        for lab in (line.query_lab, line.lab)
    )
    parts = " · ".join(
        f"Δ{name} {decimal_text(value, 1, signed=True)}"
        for name, value in (("L", line.delta_l), ("C", line.delta_c), ("h", line.delta_h))
    )
    return "\n".join((
        translate("Compare", "Query Lab {lab}").format(lab=query),
        translate("Compare", "This cloth Lab {lab}").format(lab=here),
        f"ΔE00 {decimal_text(line.delta_e_2000, 1)} · CMC(2:1) {decimal_text(line.delta_e_cmc, 1)}",
        named(parts, line.words),
    ))  # fmt: skip


def _wrapped(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
