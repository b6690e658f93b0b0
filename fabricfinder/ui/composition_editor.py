"""The composition fibre by fibre: what is missing is said while she types, and filled by one key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.composition import (
    FIBRES,
    Composition,
    CompositionError,
    fibre_code,
    read_composition,
)
from fabricfinder.domain.units import show_number
from fabricfinder.ui.field_words import composition_text, fibre_word
from fabricfinder.ui.number_words import pointed
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.spec_rows import FieldEdit
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL


class FibreRow(QWidget):
    """One fibre and its share.

    Signals:
        changed: something was typed or chosen.
        gone: she wants this line away.
    """

    changed = Signal()
    gone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.share = FieldEdit(self)
        self.share.setFixedWidth(70)
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.share.setAccessibleName(self.tr("Share in percent"))
        self.fibre = QComboBox(self)
        self.fibre.setEditable(True)
        self.fibre.setAccessibleName(self.tr("Fibre"))
        self.fibre.setMaxVisibleItems(14)
        self.fibre.addItems(["", *(fibre_word(code) for code in FIBRES)])
        away = QToolButton(self)
        away.setText("×")
        away.setToolTip(self.tr("Take this fibre away"))
        away.setAccessibleName(away.toolTip())
        away.clicked.connect(self.gone)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        for widget in (self.share, QLabel("%", self), self.fibre, away):
            row.addWidget(widget)
        row.setStretch(2, 1)
        self.share.textEdited.connect(self.changed)
        self.fibre.currentTextChanged.connect(self.changed)

    def show_part(self, code: str, share: float) -> None:
        """Show a fibre and its share."""
        self.fibre.setCurrentText(fibre_word(code))
        self.share.show_text(pointed(show_number(share)))

    @property
    def percent(self) -> float:
        """The share typed; 0 while it is none."""
        try:
            return max(0.0, float(self.share.text().replace(",", ".")))
        except ValueError:
            return 0.0

    @property
    def part(self) -> tuple[str, float]:
        """(fibre code, percent)."""
        return fibre_code(self.fibre.currentText()), self.percent


class CompositionEditor(QDialog):
    """Not modal; Esc puts it away.

    Signals:
        said: the composition as it is stored.
    """

    said = Signal(str)

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Composition"))
        self.rows: list[FibreRow] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE_S)
        self.total = QLabel(self)
        self.total.setProperty("note", True)
        self.total.setWordWrap(True)
        self.rest = QPushButton(self)
        self.rest.clicked.connect(self._fill_rest)
        add = QPushButton(self.tr("One more fibre"), self)
        add.clicked.connect(lambda: self._add().fibre.setFocus())
        self.save = QPushButton(self.tr("Save"), self)
        self.save.setProperty("primary", True)
        self.save.clicked.connect(self._save)
        middle, foot = QHBoxLayout(), QHBoxLayout()
        middle.addWidget(add)
        middle.addWidget(self.rest)
        middle.addStretch(1)
        foot.addWidget(self.total, 1)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addLayout(self._lines)
        column.addLayout(middle)
        column.addStretch(1)
        column.addLayout(foot)
        for code, share in _parts(text):
            self._add().show_part(code, share)
        if len(self.rows) < 2:
            self._add()
        self.resize(400, 240)
        self._tell()

    def composition(self) -> Composition:
        """What the lines say now; lines without fibre or share say nothing."""
        shares: dict[str, float] = {}
        for code, share in (row.part for row in self.rows):
            if code and share:
                shares[code] = shares.get(code, 0.0) + share
        return Composition(tuple(sorted(shares.items(), key=lambda part: -part[1])))

    def _add(self) -> FibreRow:
        row = FibreRow(self)
        row.changed.connect(self._tell)
        row.gone.connect(self._take_away)
        self.rows.append(row)
        self._lines.addWidget(row)
        return row

    def _take_away(self) -> None:
        row = self.sender()
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self._tell()

    def _tell(self) -> None:
        """Say whether it adds up, and what is missing."""
        made = self.composition()
        nothing = self.tr("Say fibres and their shares.")
        complaint = retold(made.complaint) if made.parts else nothing
        whole = self.tr("100 %: {all}").format(all=composition_text(str(made)))
        self.total.setText(complaint or whole)
        self.save.setEnabled(not complaint)
        missing = 100 - made.total
        empty = next((row for row in self.rows if not row.percent), None)
        self.rest.setVisible(bool(made.parts) and missing > 0 and empty is not None)
        rest = pointed(show_number(max(0.0, missing)))
        self.rest.setText(self.tr("The rest is {n} %").format(n=rest))

    def _fill_rest(self) -> None:
        """Give the first line without a share what is missing."""
        row = next(row for row in self.rows if not row.percent)
        row.share.setText(pointed(show_number(100 - self.composition().total)))
        row.fibre.setFocus()
        self._tell()

    def _save(self) -> None:
        self.said.emit(str(self.composition()))
        self.close()


def _parts(text: str) -> tuple[tuple[str, float], ...]:
    """The fibres of a composition as it is typed; () where it cannot be read."""
    try:
        return read_composition(text).parts if text.strip() else ()
    except CompositionError:
        return ()
