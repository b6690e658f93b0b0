"""Counts and densities in, tightness out, with the formula and its numbers shown."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.opinion import COMPUTED
from fabricfinder.domain.textile import DIAMETER_FACTORS, cover_working
from fabricfinder.ui.number_words import decimal_text
from fabricfinder.ui.plain_parts import off_the_frame
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.theme import SPACE_M, SPACE_S, scaled_font

_FIELDS = ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex")


class CountsDialog(QDialog):
    """Four numbers and a fibre.

    Signals:
        taken: the cover in percent, and its source.
    """

    taken = Signal(float, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tightness by counts and densities"))
        self.boxes: dict[str, QDoubleSpinBox] = {}
        form = QFormLayout()
        form.setVerticalSpacing(SPACE_S)
        texts = (self.tr("Ends"), self.tr("Picks"), self.tr("Warp yarn"), self.tr("Weft yarn"))
        for name, text in zip(_FIELDS, texts, strict=True):
            box = QDoubleSpinBox(self)
            off_the_frame(box)
            box.setRange(0, 2000)
            box.setDecimals(1)
            box.setSuffix(self.tr(" per cm") if "per_cm" in name else self.tr(" tex"))
            box.setAccessibleName(text)
            box.valueChanged.connect(self._work)
            self.boxes[name] = box
            form.addRow(text, box)
        self.fibre = QComboBox(self)
        names = {"cotton": self.tr("cotton"), "wool": self.tr("wool"), "linen": self.tr("linen"),
                 "polyester": self.tr("polyester"), "filament": self.tr("filament")}  # fmt: skip
        for fibre in DIAMETER_FACTORS:
            self.fibre.addItem(names.get(fibre, fibre), fibre)
        self.fibre.currentIndexChanged.connect(self._work)
        form.addRow(self.tr("Fibre"), self.fibre)
        self.working = WrappedLabel("", self)
        self.working.setProperty("note", True)
        self.working.setMinimumWidth(560)
        self.result = QLabel(self)
        self.result.setFont(scaled_font(1.3, bold=True))
        self.ends = QDialogButtonBox(self)
        self.take = self.ends.addButton(
            self.tr("Take it"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.ends.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.ends.accepted.connect(self._take)
        self.ends.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_M)
        column.addLayout(form)
        column.addWidget(self.working)
        column.addWidget(self.result)
        column.addWidget(self.ends)
        self._cover: float | None = None
        self._work()

    def ask(self, fields: Mapping[str, str | float]) -> None:
        """Open on what is known of a swatch."""
        for name, box in self.boxes.items():
            value = fields.get(name)
            box.setValue(value if isinstance(value, float) else 0.0)
        self.boxes[_FIELDS[0]].setFocus()
        self.boxes[_FIELDS[0]].selectAll()
        self.show()

    def _work(self) -> None:
        values = [self.boxes[name].value() for name in _FIELDS]
        self._cover = None
        if all(value > 0 for value in values):
            working = cover_working(*values, self.fibre.currentData())
            self._cover = round(working.tightness, 1)
            self.working.setText("\n".join(working.lines))
            self.result.setText(self.tr("{n} % cover").format(n=decimal_text(working.tightness, 1)))
        else:
            self.working.setText(self.tr("Enter all four numbers, and the formula appears here."))
            self.result.setText("–")
        self.take.setEnabled(self._cover is not None)

    def _take(self) -> None:
        if self._cover is not None:
            self.accept()
            self.taken.emit(self._cover, COMPUTED)
