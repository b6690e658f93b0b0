"""A table is about to be read: which column is what, in which unit; nothing is guessed in silence."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.tables import Column, TableOffer, missing_in
from fabricfinder.domain.trade_fields import ARTICLE, COLOURWAY, FIELD, PICTURE
from fabricfinder.domain.units import UNITS
from fabricfinder.ui import field_words, wording
from fabricfinder.ui.number_words import count_text, in_a_row, listed
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font

SAMPLE_WIDTH = 230


class ColumnRow:
    """One column of the table: its name, some of its values, what it is, in which unit."""

    def __init__(self, at: int, head: str, samples: Sequence[str], parent: QWidget) -> None:
        self.at = at
        self.head = QLabel(head or f"({at + 1})", parent)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setFont(scaled_font(1.0, bold=True))
        self.sample = QLabel(parent)
        self.sample.setTextFormat(Qt.TextFormat.PlainText)
        self.sample.setProperty("muted", True)
        text = " · ".join(samples)
        metrics = QFontMetrics(self.sample.font())
        self.sample.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, SAMPLE_WIDTH))
        self.sample.setToolTip(text)
        self.field, self.unit = QComboBox(parent), QComboBox(parent)
        self.field.setAccessibleName(parent.tr("What “{column}” is").format(column=head))
        self.unit.setAccessibleName(parent.tr("Unit of “{column}”").format(column=head))
        self.field.setMaxVisibleItems(16)
        for name, words in field_choices(parent):
            self.field.addItem(words, name)
        self.unit.setMinimumWidth(120)

    def show_column(self, column: Column, parent: QWidget) -> None:
        """Show what the column is taken for."""
        self.field.setCurrentIndex(max(0, self.field.findData(column.name)))
        self.fill_units(parent)
        if column.unit:
            self.unit.setCurrentIndex(self.unit.findData(column.unit))

    def fill_units(self, parent: QWidget) -> None:
        """Offer the units of the field chosen; none is chosen for her."""
        self.unit.clear()
        known = FIELD.get(self.field.currentData())
        measured = known is not None and known.measured
        self.unit.setVisible(measured)
        if measured:
            self.unit.addItem(parent.tr("which unit?"), "")
            for unit in UNITS[known.kind]:
                self.unit.addItem(field_words.unit_symbol(unit), unit.key)

    @property
    def column(self) -> Column:
        """What it is taken for now."""
        return Column(self.field.currentData() or "", self.unit.currentData() or "")


def field_choices(parent: QWidget) -> list[tuple[str, str]]:
    """(name, words) of everything a column may be."""
    names = wording.dimension_short_names()
    choices = [
        ("", parent.tr("leave aside")), ("path", parent.tr("File of the picture")),
    ]  # fmt: skip
    for level in (ARTICLE, COLOURWAY, PICTURE):
        choices += [(f.name, field_words.field_name(f.name)) for f in field_words.fields_of(level)]
    choices += [
        ("view", parent.tr("What the picture shows")),
        ("fine", parent.tr("Your label: weave or knit")),
        ("coarse", parent.tr("Your label: pattern")),
        ("tightness", parent.tr("Your label: {name}").format(name=names[3].lower())),
    ]
    return choices


class TableDialog(QDialog):
    """Not modal; Esc puts it away and nothing is read.

    Signals:
        accepted_columns: the TableOffer, and the columns as she told them.
    """

    accepted_columns = Signal(object, object)

    def __init__(self, offer: TableOffer, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Read a table"))
        self._offer = offer
        heading = QLabel(offer.path.name, self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setFont(scaled_font(1.4, bold=True))
        about = QLabel(self._about(), self)
        about.setProperty("muted", True)
        about.setWordWrap(True)
        self.rows: list[ColumnRow] = []
        self.why = QLabel(self)
        self.why.setProperty("note", True)
        self.why.setWordWrap(True)
        self.read_button = QPushButton(self)
        self.read_button.setProperty("primary", True)
        self.read_button.clicked.connect(self._accept)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.why, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.read_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in (heading, about):
            column.addWidget(widget)
        column.addWidget(self._columns(), 1)
        column.addLayout(buttons)
        self.resize(820, min(720, 240 + 38 * len(offer.header)))
        self._check()

    def _about(self) -> str:
        n = self.tr("One line.") if self._offer.n_lines == 1 else self.tr("{n} lines.").format(
            n=count_text(self._offer.n_lines)
        )  # fmt: skip
        how = (
            self.tr("The columns are as you told them the last time.")
            if self._offer.remembered
            else self.tr("Say once which column is what; it is remembered for the next such table.")
        )
        return in_a_row(n, how, *map(retold, self._offer.notes))

    def _columns(self) -> QScrollArea:
        """A line for each column of the table."""
        inside = QWidget(self)
        grid = QGridLayout(inside)
        grid.setHorizontalSpacing(SPACE_L)
        grid.setVerticalSpacing(SPACE_S)
        for at, head in enumerate(self._offer.header):
            row = ColumnRow(at, head, self._offer.samples[at], inside)
            row.show_column(self._offer.columns[at], inside)
            row.field.activated.connect(self._choose)
            row.unit.activated.connect(self._check)
            for place, widget in enumerate((row.head, row.sample, row.field, row.unit)):
                grid.addWidget(widget, at, place)
            self.rows.append(row)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self.rows), 1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        return scroll

    def _choose(self) -> None:
        row = next(row for row in self.rows if row.field is self.sender())
        row.fill_units(self)
        self._check()

    def columns(self) -> tuple[Column, ...]:
        """What the columns are taken for now."""
        return tuple(row.column for row in self.rows)

    def _check(self) -> None:
        """Say what is still wanting; only then the table can be read."""
        columns = self.columns()
        why = missing_in(columns)
        bare = [row.head.text() for row in self.rows if row.column.wants_unit]
        if not why and bare:
            why = self.tr("Say the unit of {columns}: inch or cm is not guessed.").format(
                columns=listed(f"“{name}”" for name in bare)
            )
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.read_button.setEnabled(not why)
        told = sum(bool(column.name) for column in columns)
        self.read_button.setText(self.tr("Read {n} columns").format(n=told))

    def _accept(self) -> None:
        self.accepted_columns.emit(self._offer, self.columns())
        self.close()
