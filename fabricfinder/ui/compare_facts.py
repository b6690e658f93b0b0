"""What two cloths have in common, in words and numbers: the panel beside them."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from fabricfinder.comparing import Cloth, Comparison
from fabricfinder.domain.palette import Palette
from fabricfinder.sheets.content import ColorLine
from fabricfinder.ui.compare_palettes import PaletteFlow
from fabricfinder.ui.facts_table import FactsTable
from fabricfinder.ui.number_words import decimal_text, named
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.score_bars import FourBars
from fabricfinder.ui.theme import SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.wording import as_sentence

translate = QCoreApplication.translate

WIDTH, LEAST_WIDTH = 360, 300


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
        self.table = FactsTable(self)
        self._lay_out()
        self.setMinimumWidth(LEAST_WIDTH)

    def show_comparison(
        self, pinned: Cloth, candidate: Cloth, found: Comparison, basis: str
    ) -> None:
        """Show what was found; ``basis`` says what the colour numbers rest on."""
        self.bars.set_scores(found.scores, unsure=found.unsure)
        self.sentence.setText(as_sentence(found.sentence))
        self.sentence.setVisible(bool(found.sentence))
        self.color.setText(color_text(found.color) if found.color else self.tr("Not known."))
        self.color_basis.setText(basis)
        palettes = [c.known.palette if c.known else Palette(()) for c in (pinned, candidate)]
        self.palettes.set_palettes(*palettes, found.flows)
        self.table.show_rows(found.differences)

    def _lay_out(self) -> None:
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
    label = WrappedLabel("", parent)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
