"""The rows of the spec sheet: a field's name, what it says, and why something cannot be saved."""

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.trade_fields import TradeField, read_value
from fabricfinder.domain.units import show_measure
from fabricfinder.ui import field_words
from fabricfinder.ui.number_words import count_text, pointed
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, scaled_font

LABEL_WIDTH, UNIT_WIDTH = 84, 62
SUGGESTIONS = 200


class FieldEdit(QLineEdit):
    """One line that tells when she is done with it: Enter, Tab or a click elsewhere; Esc undoes.

    Signals:
        done: she has left it with another text than was shown.
    """

    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.returnPressed.connect(self._finish)

    def show_text(self, text: str) -> None:
        """Show what is so; from here on it is not changed by her."""
        self._shown = text
        self.setText(text)
        self.setCursorPosition(0)

    @property
    def changed(self) -> bool:
        """Whether she has typed something else."""
        return self.text().strip() != self._shown.strip()

    def _finish(self) -> None:
        if self.changed:
            self.done.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Override QWidget::focusOutEvent: leaving it means done, but not for a menu."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QLineEdit::keyPressEvent: Esc brings back what was there."""
        if event.key() == Qt.Key.Key_Escape and self.changed:
            self.setText(self._shown)
            return
        super().keyPressEvent(event)


class SpecRow(QWidget):
    """One field of the spec sheet for one or many swatches.

    Signals:
        said: the field's name and its new value as it is stored, "" to take it away.
    """

    said = Signal(str, object)

    def __init__(self, field: TradeField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.button: QToolButton | None = None
        name = field_words.field_name(field.name)
        self.label = QLabel(name, self)
        self.label.setProperty("muted", True)
        self.label.setFixedWidth(LABEL_WIDTH)
        self.edit = FieldEdit(self)
        self.edit.setAccessibleName(name)
        self.unit = QLabel(self)
        self.unit.setProperty("muted", True)
        self.unit.setFont(scaled_font(0.9))
        self.unit.setFixedWidth(UNIT_WIDTH)
        self.unit.setVisible(field.measured)
        self.problem = QLabel(self)
        self.problem.setProperty("note", True)
        self.problem.setWordWrap(True)
        self.problem.setFont(scaled_font(0.9))
        self.problem.hide()
        self.label.setBuddy(self.edit)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_S)
        line.addWidget(self.label)
        line.addWidget(self.edit, 1)
        line.addWidget(self.unit)
        self._line = line
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(line)
        column.addWidget(self.problem)
        self.edit.done.connect(self._read)

    def show_swatches(self, swatches: Sequence[Swatch], read_only: bool) -> None:
        """Show what some swatches say; she is not disturbed while she types here."""
        if self.edit.hasFocus() and self.edit.changed:
            return
        self._show_unit()
        values = Counter(swatch.fields.get(self.field.name, "") for swatch in swatches)
        self.edit.setEnabled(bool(swatches) and not read_only)
        if self.button is not None:
            self.button.setEnabled(self.edit.isEnabled())
        mixed = len(values) > 1
        self.edit.show_text("" if mixed or not values else self._text(next(iter(values))))
        self.edit.setPlaceholderText(self.tr("various") if mixed else "")
        self.edit.setToolTip(self._told(values) if mixed else "")
        own = sum(self.field.name in swatch.own for swatch in swatches)
        self._mark_own(own, len(swatches))
        self.problem.hide()

    def add_button(self, told: str, deed: Callable[[], object]) -> None:
        """Put a button behind the field that opens an editor of its own."""
        self.button = QToolButton(self)
        self.button.setText("…")
        self.button.setToolTip(told)
        self.button.setAccessibleName(told)
        self.button.clicked.connect(deed)
        self._line.addWidget(self.button)

    def set_suggestions(self, values: Sequence[str]) -> None:
        """Offer what other swatches say in this field while she types."""
        completer = QCompleter(list(values[:SUGGESTIONS]), self.edit)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.edit.setCompleter(completer)

    def _show_unit(self) -> None:
        if self.field.measured:
            unit = field_words.display_units().unit(self.field.kind)
            symbol = field_words.unit_symbol(unit)
            self.unit.setText(symbol)
            self.unit.setToolTip(
                self.tr("A number alone is in {unit}; another unit can be typed behind it.").format(
                    unit=symbol
                )
            )

    def _text(self, value: str | float) -> str:
        """A value as it is typed: in her unit, without naming it."""
        if not self.field.measured or not isinstance(value, float):
            return field_words.field_value(self.field.name, value)
        unit = field_words.display_units().unit(self.field.kind)
        return pointed(show_measure(value, unit, with_unit=False))

    def _told(self, values: Counter) -> str:
        """The values of many swatches with how often each is said, the most frequent first."""
        said = field_words.field_value
        lines = [
            f"{said(self.field.name, value) or self.tr('nothing')} × {count_text(n)}"
            for value, n in values.most_common(6)
        ]
        return "\n".join([*lines, "…"] if len(values) > 6 else lines)

    def _mark_own(self, own: int, n: int) -> None:
        """Mark a field in which a picture says other than its article."""
        name = field_words.field_name(self.field.name)
        self.label.setText(f"{name} *" if own else name)
        told = self.tr("This picture says other than its article.")
        many = self.tr("{own} of {n} pictures say other than their article.").format(own=own, n=n)
        self.label.setToolTip("" if not own else told if n == 1 else many)

    def _read(self) -> None:
        """Check what she typed, and say it if it can be so."""
        unit = field_words.display_units().unit(self.field.kind) if self.field.measured else None
        try:
            value = read_value(self.field, self.edit.text(), unit)
        except FabricFinderError as error:
            self.problem.setText(retold(str(error)))
            self.problem.show()
            return
        self.problem.hide()
        self.edit.show_text(self._text(value))
        self.said.emit(self.field.name, value)
