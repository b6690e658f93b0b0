"""“Only among”: conditions with how many swatches each would leave, as rows that can be ticked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.conditions import field_text, labelled_text, scale_known_text
from fabricfinder.ui.flow_layout import FlowLayout
from fabricfinder.ui.range_facet import RangePanel
from fabricfinder.ui.theme import SPACE_L, SPACE_XS, scaled_font

if TYPE_CHECKING:
    from fabricfinder.retrieval.filters import FacetCounts

# One plain sRGB patch for each colour region, only to tell them apart in the list.
_PATCHES = {
    "black": "#16161a", "white": "#f6f5f0", "grey": "#8d8d8d", "red": "#b3262e",
    "orange": "#d9772a", "yellow": "#e3c53a", "green": "#3f7d46", "cyan": "#3f9fa8",
    "blue": "#2c4f93", "purple": "#70478c",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that can be ticked: its words, count, whether it is on, the filters if pressed.

    ``depth`` indents minors under their major; ``color`` is a patch to show, or "".
    """

    text: str
    count: int
    chosen: bool
    pressed: Filters
    depth: int = 0
    color: str = ""


def _toggled(values: frozenset, value: object) -> frozenset:
    return values - {value} if value in values else values | {value}


def pattern_choices(filters: Filters, counts: "FacetCounts", taxonomy: Taxonomy) -> list[Choice]:
    """The four majors, each followed by its minors while it or one of them is ticked."""
    choices = []
    for major in taxonomy.majors:
        minors = [c for c in taxonomy.coarse if c.split("/")[0] == major]
        ticked = filters.coarse & set(minors)
        on = major in filters.majors or bool(ticked)
        if not on and not counts.majors.get(major):
            continue
        off = replace(filters, majors=filters.majors - {major}, coarse=filters.coarse - ticked)
        pressed = off if on else replace(filters, majors=filters.majors | {major})
        count = counts.majors.get(major, 0)
        choices.append(Choice(wording.term(major, taxonomy), count, on, pressed))
        for minor in minors if on else ():
            if counts.coarse.get(minor) or minor in ticked:
                pressed = replace(filters, coarse=_toggled(filters.coarse, minor))
                name, n = wording.term(minor, taxonomy), counts.coarse.get(minor, 0)
                choices.append(Choice(name, n, minor in ticked, pressed, depth=1))
    return choices


def fine_choices(filters: Filters, counts: "FacetCounts", taxonomy: Taxonomy) -> list[Choice]:
    """Weaves and knits that occur, the most frequent first; ticked ones always."""
    there = [f for f in taxonomy.fine if counts.fine.get(f) or f in filters.fine]
    there.sort(key=lambda f: -counts.fine.get(f, 0))
    return [
        Choice(wording.term(f, taxonomy), counts.fine.get(f, 0), f in filters.fine,
               replace(filters, fine=_toggled(filters.fine, f)))
        for f in there
    ]  # fmt: skip


def color_choices(filters: Filters, counts: "FacetCounts") -> list[Choice]:
    """Colours that occur, in the palette's order."""
    return [
        Choice(shown, counts.colors.get(key, 0), key in filters.colors,
               replace(filters, colors=_toggled(filters.colors, key)), color=_PATCHES[key])
        for key, shown in zip(COLOR_NAMES, wording.color_names(), strict=True)
        if counts.colors.get(key) or key in filters.colors
    ]  # fmt: skip


def tightness_choices(filters: Filters, counts: "FacetCounts") -> list[Choice]:
    """The bands of cover; one at a time."""
    choices = []
    for band in counts.tightness:
        span = (band.low, band.high)
        on = filters.tightness == span
        if band.count or on:
            text = wording.cover_band_text(band.word, *span)
            pressed = replace(filters, tightness=None if on else span)
            choices.append(Choice(text, band.count, on, pressed))
    return choices


def state_choices(filters: Filters, counts: "FacetCounts") -> list[Choice]:
    """Labelled or not, scale known or not."""
    choices = []
    for name, words in (("labelled", labelled_text), ("scale_known", scale_known_text)):
        for value in (True, False):
            count = getattr(counts, name).get(value, 0)
            on = getattr(filters, name) is value
            if count or on:
                pressed = replace(filters, **{name: None if on else value})
                choices.append(Choice(words(value), count, on, pressed))
    return choices


def field_choices(filters: Filters, counts: "FacetCounts") -> list[Choice]:
    """Values of the trade fields that have a facet."""
    return [
        Choice(field_text(name, value), count, (name, value) in filters.fields,
               replace(filters, fields=_toggled(filters.fields, (name, value))))
        for name, values in counts.fields.items()
        for value, count in values.items()
        if count or (name, value) in filters.fields
    ]  # fmt: skip


class FacetSection(QWidget):
    """One facet: a title that opens and closes it, and its values.

    Signals:
        chosen: the Filters after a value was pressed.
    """

    chosen = Signal(object)
    FIRST = 8  # values shown before “more”

    def __init__(self, title: str, *, chips: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._chips = title, chips
        self._choices: list[Choice] = []
        self._all = False
        self.head = QToolButton(self)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setProperty("fold", True)
        self.head.setAccessibleName(title)
        self.body = QWidget(self)
        self._flow: FlowLayout | QVBoxLayout
        if chips:
            self._flow = FlowLayout(self.body, spacing=SPACE_XS)
        else:
            self._flow = QVBoxLayout(self.body)
            self._flow.setContentsMargins(0, 0, 0, 0)
            self._flow.setSpacing(0)
        self.more = QToolButton(self)
        self.more.setFont(scaled_font(0.9))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.head, self.body, self.more):
            column.addWidget(widget)
        self.head.toggled.connect(self._fold)
        self.more.clicked.connect(self._show_all)
        self._fold(False)

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Show the values of this facet; without any it hides itself."""
        focused = self._focused_text()
        self._choices = list(choices)
        self.setVisible(bool(choices))
        if any(c.chosen for c in choices) and not self.head.isChecked():
            self.head.setChecked(True)
        self._fill()
        for box in self.boxes():
            if focused and box.text() == focused:
                box.setFocus()

    def boxes(self) -> list[QWidget]:
        """The buttons of the values shown, in order."""
        return [self._flow.itemAt(i).widget() for i in range(self._flow.count())]

    def _focused_text(self) -> str:
        return next((b.text() for b in self.boxes() if b.hasFocus()), "")

    def _fill(self) -> None:
        """Make the value buttons, only while the section is open."""
        while self._flow.count():
            widget = self._flow.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        opened = self.head.isChecked()
        shown = self._choices if self._all else self._choices[: self.FIRST]
        for number, choice in enumerate(shown if opened else ()):
            self._flow.addWidget(self._button(number, choice))
        rest = len(self._choices) - len(shown)
        self.more.setVisible(opened and rest > 0)
        self.more.setText(self.tr("{n} more").format(n=rest))
        self.body.setVisible(opened)
        self.body.updateGeometry()

    def _button(self, number: int, choice: Choice) -> QWidget:
        """A ticked line, or a chip with a patch of colour."""
        if self._chips:
            button = QToolButton(self.body)
            button.setText(choice.text)
            button.setCheckable(True)
            button.setProperty("toggle", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIcon(_patch(choice.color))
            button.setIconSize(QSize(12, 12))
        else:
            button = FacetBox(choice, self.body)
        button.setChecked(choice.chosen)
        button.setFont(scaled_font(0.95))
        said = self.tr("{text}, {n} swatches").format(text=choice.text, n=choice.count)
        button.setAccessibleName(said)
        button.setToolTip(said)
        button.setObjectName(f"choice{number}")
        button.clicked.connect(self._pressed)
        button.show()
        return button

    def _pressed(self) -> None:
        number = int(self.sender().objectName().removeprefix("choice"))
        self.chosen.emit(self._choices[number].pressed)

    def _fold(self, opened: bool) -> None:
        self.head.setText(f"{'▾' if opened else '▸'}  {self._title}")
        self._fill()

    def _show_all(self) -> None:
        self._all = True
        self._fill()


class FacetBox(QCheckBox):
    """A value with its tick left and its count right, minors indented."""

    def __init__(self, choice: Choice, parent: QWidget) -> None:
        super().__init__(choice.text, parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.addStretch(1)
        self.count = QLabel(wording.count_text(choice.count), self)
        self.count.setProperty("muted", True)
        self.count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(self.count)
        if choice.depth:
            self.setStyleSheet(f"QCheckBox {{ margin-left: {SPACE_L * choice.depth}px; }}")

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint."""
        return QSize(40, super().minimumSizeHint().height())


class FacetPanel(QWidget):
    """All facets under one another.

    Signals:
        filters_changed: the Filters she has just made.
    """

    filters_changed = Signal(object)

    def __init__(self, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taxonomy = taxonomy
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        title = QLabel(self.tr("Only among"), self)
        title.setFont(scaled_font(1.0, bold=True))
        column.addWidget(title)
        self.sections: dict[str, FacetSection] = {}
        for key, name, chips in (
            ("pattern", self.tr("Pattern"), False), ("fine", self.tr("Weave or knit"), False),
            ("color", self.tr("Colours"), True), ("tightness", self.tr("Tightness"), False),
            ("state", self.tr("Labels and scale"), False),
            ("fields", self.tr("Trade fields"), False),
        ):  # fmt: skip
            section = FacetSection(name, chips=chips, parent=self)
            section.chosen.connect(self.filters_changed)
            self.sections[key] = section
            column.addWidget(section)
        self.ranges = RangePanel(self)
        self.ranges.changed.connect(self._range)
        self._filters = Filters()
        column.addWidget(self.ranges)

    def show_counts(self, filters: Filters, counts: "FacetCounts | None") -> None:
        """Show what each value would leave under these filters; None hides every facet."""
        self._filters = filters
        self.ranges.show_counts(() if counts is None else counts.ranges, filters.ranges)
        makers: dict[str, Callable[[], Iterable[Choice]]] = {
            "pattern": lambda: pattern_choices(filters, counts, self._taxonomy),
            "fine": lambda: fine_choices(filters, counts, self._taxonomy),
            "color": lambda: color_choices(filters, counts),
            "tightness": lambda: tightness_choices(filters, counts),
            "state": lambda: state_choices(filters, counts),
            "fields": lambda: field_choices(filters, counts),
        }
        for key, section in self.sections.items():
            section.show_choices([] if counts is None else list(makers[key]()))

    def _range(self, ranges: frozenset) -> None:
        self.filters_changed.emit(replace(self._filters, ranges=ranges))


def _patch(color: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(color).darker(160))
    painter = QPainter(pixmap)
    painter.fillRect(1, 1, 10, 10, QColor(color))
    painter.end()
    return QIcon(pixmap)
