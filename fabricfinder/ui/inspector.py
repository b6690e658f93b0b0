"""The inspector: why this cloth is near, both palettes, what both are taken for, its own data."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.bands import Band
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.search import RankedSwatch, SearchResult
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import field_words, wording
from fabricfinder.ui.belief_words import belief_text
from fabricfinder.ui.label_editor import LabelEditor
from fabricfinder.ui.palette_strip import PaletteStrip
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.score_bars import AlikeLine, DimensionMark, FourBars
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font
from fabricfinder.ui.thread_words import density_text


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """All the inspector shows of one result.

    Attributes:
        result: the search it belongs to.
        one: the result.
        band: its band.
        alike: how alike both codes are, 0..1, and their share of the overall match, 0..1.
        sentence: why, in one sentence.
        swatch: the swatch as the library knows it now (labels may be newer than the search's).
        known: its descriptor, as new.
    """

    result: SearchResult
    one: RankedSwatch
    band: Band
    alike: tuple[float, float]
    sentence: str
    swatch: Swatch
    known: FabricDescriptor


class Inspector(QScrollArea):
    """What is known of one result, beside what was seen in the query.

    Signals:
        labelled: a swatch id and all the Labels it is to have.
        compare_wanted: she wants to see it beside the query.
    """

    labelled = Signal(str, object)
    compare_wanted = Signal()

    def __init__(self, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taxonomy = taxonomy
        self._shown: Inspected | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Inspector"))
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_L)
        self._column.setSpacing(SPACE_XS)
        self.hint = self._text(self.tr("Choose a result to see why it is near."), muted=True)
        self.title = self._text("", size=1.3)
        self.band = self._text("", muted=True)
        self.bars = FourBars(body)
        self.alike = AlikeLine(body)
        self.sentence = self._text("")
        self.judged = self._text("", muted=True)
        self.parts = QGridLayout()
        self.query_palette, self.swatch_palette = PaletteStrip(body), PaletteStrip(body)
        self.beliefs = QGridLayout()
        self.compare_button = QPushButton(self.tr("Compare with the query"), body)
        self.compare_button.setToolTip(self.tr("Side by side in the same millimetres (C)"))
        self.editor = LabelEditor(taxonomy, body)
        self.facts = QGridLayout()
        self._sections: list[QWidget] = []
        self._lay_out(body)
        self.setWidget(body)
        self.editor.labelled.connect(self._label)
        self.compare_button.clicked.connect(self.compare_wanted)
        self.show_result(None)

    def show_result(self, shown: Inspected | None) -> None:
        """Show a result, or nothing."""
        before, self._shown = self._shown, shown
        self.hint.setVisible(shown is None)
        for widget in self._sections:
            widget.setVisible(shown is not None)
        if shown is None:
            return
        one, result = shown.one, shown.result
        self.band.setText(wording.band_line(shown.band, one.overall, one.rank))
        self.alike.set_alike(*shown.alike)
        self.alike.setVisible(shown.alike[1] > 0)
        if before is not None and before.result is result and before.swatch is shown.swatch:
            return  # only its place and score have changed: she moved a weight
        self.title.setText(wording.swatch_title(shown.swatch))
        familiar = not result.descriptor.encoding.unfamiliarity >= 1.0
        unsure = result.unsure(one.row)
        self.bars.set_scores(one.breakdown.as_tuple(), familiar, unsure)
        self.sentence.setText(wording.as_sentence(shown.sentence))
        self.judged.setText(wording.judged_text(one.breakdown, unsure))
        self._show_parts(result, one.row)
        self.query_palette.set_colors(result.descriptor.palette)
        self.swatch_palette.set_colors(shown.known.palette)
        self._show_beliefs(result, shown.known, shown.swatch.fields)
        self.editor.show_labels(shown.swatch.labels)
        self._show_facts(shown.swatch, result)

    def _show_parts(self, result: SearchResult, row: int) -> None:
        """A line for each dimension: its mark and what it has to say."""
        _empty(self.parts)
        for i, part in enumerate(wording.result_parts(result, row, self._taxonomy)):
            self.parts.addWidget(DimensionMark(part.dimension), i, 0, Qt.AlignmentFlag.AlignTop)
            self.parts.addWidget(self._text(part.words), i, 1)

    def _show_beliefs(
        self, result: SearchResult, candidate: FabricDescriptor, fields: Mapping[str, object]
    ) -> None:
        """What query and swatch are taken for, side by side, and how surely."""
        _empty(self.beliefs)
        heads = ("", self.tr("Query"), self.tr("This swatch"))
        for j, head in enumerate(heads):
            self.beliefs.addWidget(self._text(head, muted=True), 0, j)
        both = (result.descriptor, candidate.with_stated_threads(fields))
        conformal = result.extra.get(wording.CONFORMAL, (0.0, 0.0))
        names = wording.dimension_short_names()
        for i, (name, dimension) in enumerate(
            zip((names[0], names[1], names[3]), ("coarse", "fine", "tightness"), strict=True), 1
        ):
            top = Qt.AlignmentFlag.AlignTop
            self.beliefs.addWidget(self._called(name), i, 0, top)
            for j, side in enumerate(both, 1):
                said = belief_text(side, dimension, self._taxonomy, conformal)
                self.beliefs.addWidget(self._text(said), i, j, top)
        self.beliefs.addWidget(self._called(self.tr("Threads/cm")), 4, 0, top)
        for j, side in enumerate(both, 1):
            self.beliefs.addWidget(self._text(density_text(side.density, unit=False)), 4, j, top)

    def _show_facts(self, swatch: Swatch, result: SearchResult) -> None:
        """Scale, size, trade fields and file; what is not known says so."""
        _empty(self.facts)
        rows = [
            (self.tr("Scale"), wording.short_scale_text(swatch.px_per_cm, swatch.scale_source)),
            (self.tr("Query scale"),
             wording.short_scale_text(result.query_px_per_cm, result.query_scale_source)),
            (self.tr("Size"), wording.size_text(swatch.width, swatch.height, swatch.px_per_cm)),
        ]
        rows += [
            (field_words.field_name(name), field_words.field_value(name, value))
            for name, value in swatch.fields.items()
            if str(value).strip()
        ]
        rows.append((self.tr("File"), wording.breakable(wording.shown_path(swatch.path))))
        for i, (name, value) in enumerate(rows):
            self.facts.addWidget(self._called(name), i, 0, Qt.AlignmentFlag.AlignTop)
            label = self._text(value)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.facts.addWidget(label, i, 1)

    def _label(self, labels: Labels) -> None:
        if self._shown is not None:
            self.labelled.emit(self._shown.swatch.id, labels)

    def _text(self, text: str, *, muted: bool = False, size: float = 1.0) -> QLabel:
        label = WrappedLabel(text)
        label.setMinimumWidth(1)
        if muted:
            label.setProperty("muted", True)
        if size != 1.0:
            label.setFont(scaled_font(size, bold=True))
        return label

    def _called(self, text: str) -> QLabel:
        """What a row is called, on one line: Chinese would break after every sign."""
        label = self._text(text, muted=True)
        label.setWordWrap(False)
        return label

    def _lay_out(self, body: QWidget) -> None:
        """Why, palettes, what it is taken for, labels, data: from top to bottom."""
        column = self._column
        column.addWidget(self.hint)
        for widget in (self.title, self.band):
            self._add(widget)
        column.addSpacing(SPACE_S)
        parts = self._holder(self.parts, body)
        for widget in (self.bars, self.alike, self.sentence, parts, self.judged,
                       self.compare_button):  # fmt: skip
            self._add(widget)
        self._heading(self.tr("Colours"))
        for name, strip in ((self.tr("Query"), self.query_palette),
                            (self.tr("This swatch"), self.swatch_palette)):  # fmt: skip
            self._add(self._text(name, muted=True))
            self._add(strip)
        self._heading(self.tr("Taken for"))
        self._add(self._holder(self.beliefs, body))
        self._heading(self.tr("Labels"))
        self._add(self.editor)
        self._heading(self.tr("This swatch"))
        self._add(self._holder(self.facts, body))
        column.addStretch(1)

    def _holder(self, grid: QGridLayout, body: QWidget) -> QWidget:
        holder = QWidget(body)
        holder.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        if grid is self.beliefs:
            grid.setColumnStretch(2, 1)
        return holder

    def _heading(self, text: str) -> None:
        heading = self._text(text)
        heading.setFont(scaled_font(1.0, bold=True))
        heading.setContentsMargins(0, SPACE_M, 0, 0)
        self._add(heading)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        self._sections.append(widget)


def _empty(grid: QGridLayout) -> None:
    """Take every widget out of a grid and delete it."""
    while grid.count():
        widget = grid.takeAt(0).widget()
        widget.hide()
        widget.deleteLater()
