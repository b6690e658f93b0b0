"""A measured field as a facet: how the library is spread over it, and two ends to narrow it by."""

import math

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.trade_fields import FIELD
from fabricfinder.domain.units import Unit, read_measure, show_number
from fabricfinder.retrieval.filters import RangeCount
from fabricfinder.ui import field_words
from fabricfinder.ui.number_words import count_text, pointed
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.spec_rows import FieldEdit
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, current_theme, scaled_font

Range = tuple[str, float, float]
BARS_HEIGHT = 26


class SpreadBars(QWidget):
    """Bars of how many swatches lie where; those outside the chosen range are pale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count: RangeCount | None = None
        self._low, self._high = -math.inf, math.inf
        self.setFixedHeight(BARS_HEIGHT)

    def show_count(self, count: RangeCount, low: float, high: float) -> None:
        """Show a spread and the range in force, in stored units."""
        self._count, self._low, self._high = count, low, high
        self.update()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(120, BARS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        if self._count is None:
            return
        painter, theme, bars = QPainter(self), current_theme(), self._count.bars
        most = max(max(bars), 1)
        step = (self._count.high - self._count.low) / len(bars)
        width = self.width() / len(bars)
        for at, n in enumerate(bars):
            left = self._count.low + at * step
            inside = left + step > self._low and left < self._high
            # Rare values are as worth knowing as frequent ones: the root keeps them visible.
            height = math.sqrt(n / most) * (BARS_HEIGHT - 2)
            bar = QRectF(at * width, BARS_HEIGHT - 1 - height, max(1.0, width - 1), height)
            painter.fillRect(bar, theme.color("strong_line" if inside else "line"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, BARS_HEIGHT - 1, self.width(), BARS_HEIGHT - 1)
        painter.end()


class RangeRow(QWidget):
    """One measured field: name, spread, from and to.

    Signals:
        changed: (field, low, high) in stored units, infinite where open; None for no condition.
    """

    changed = Signal(str, object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._count: RangeCount | None = None
        self.head = QLabel(self)
        self.bars = SpreadBars(self)
        self.low, self.high = FieldEdit(self), FieldEdit(self)
        words = field_words.field_name(name)
        self.low.setAccessibleName(self.tr("{field}, from").format(field=words))
        self.high.setAccessibleName(self.tr("{field}, to").format(field=words))
        for edit in (self.low, self.high):
            edit.setMaximumWidth(74)
            edit.done.connect(self._read)
        self._dash = QLabel("–", self)
        self.unit = QLabel(self)
        self.unit.setProperty("muted", True)
        self.unit.setFont(scaled_font(0.9))
        ends = QHBoxLayout()
        ends.setContentsMargins(0, 0, 0, 0)
        ends.setSpacing(SPACE_S)
        for widget in (self.low, self._dash, self.high, self.unit):
            ends.addWidget(widget)
        ends.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_XS, 0, SPACE_S)
        column.setSpacing(2)
        column.addWidget(self.head)
        column.addWidget(self.bars)
        column.addLayout(ends)

    def _unit(self) -> Unit:
        return field_words.display_units().unit(FIELD[self.name].kind)

    def show_count(self, count: RangeCount, chosen: Range | None) -> None:
        """Show a spread and the range in force."""
        self._count, unit = count, self._unit()
        low, high = (chosen[1], chosen[2]) if chosen else (-math.inf, math.inf)
        self.head.setText(field_words.field_name(self.name))
        self.unit.setText(field_words.unit_symbol(unit))
        self.bars.show_count(count, low, high)
        self.bars.setToolTip(self.tr("{n} swatches say it").format(n=count_text(count.known)))
        for edit, end, limit in ((self.low, low, count.low), (self.high, high, count.high)):
            if not (edit.hasFocus() and edit.changed):
                said = pointed(show_number(unit.from_stored(end), 3)) if math.isfinite(end) else ""
                edit.show_text(said)
                edit.setPlaceholderText(pointed(show_number(unit.from_stored(limit), 3)))

    def _read(self) -> None:
        """Take both ends as typed; what cannot be read is marked and changes nothing."""
        ends = []
        for edit, open_end in ((self.low, -math.inf), (self.high, math.inf)):
            text = edit.text().strip()
            try:
                kind = FIELD[self.name].kind
                ends.append(read_measure(text, kind, self._unit()) if text else open_end)
            except FabricFinderError as error:
                edit.setToolTip(retold(str(error)))
                edit.selectAll()
                self.unit.setText(self.tr("cannot be read"))
                return
            edit.setToolTip("")
        low, high = min(ends), max(ends)
        nothing = math.isinf(low) and math.isinf(high)
        self.changed.emit(self.name, None if nothing else (self.name, low, high))


class RangePanel(QWidget):
    """The measured fields the library has, one under another; hidden without any.

    Signals:
        changed: the set of all ranges in force.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, RangeRow] = {}
        self._chosen: frozenset[Range] = frozenset()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, SPACE_S, 0, 0)
        self._column.setSpacing(SPACE_XS)

    def rows(self) -> dict[str, RangeRow]:
        """The rows made so far, by field."""
        return self._rows

    def show_counts(self, counts: tuple[RangeCount, ...], chosen: frozenset[Range]) -> None:
        """Show these spreads and the ranges in force."""
        self._chosen = chosen
        there = {count.name: count for count in counts}
        for name, count in there.items():
            if name not in self._rows:
                self._rows[name] = RangeRow(name, self)
                self._rows[name].changed.connect(self._change)
                self._column.addWidget(self._rows[name])
            in_force = next((c for c in chosen if c[0] == name), None)
            self._rows[name].show_count(count, in_force)
        for name, row in self._rows.items():
            row.setVisible(name in there)
        self.setVisible(bool(there))

    def _change(self, name: str, chosen: Range | None) -> None:
        others = {c for c in self._chosen if c[0] != name}
        self.changed.emit(frozenset(others | ({chosen} if chosen else set())))
