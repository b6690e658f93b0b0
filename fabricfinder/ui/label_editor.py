"""Her own labels of one swatch, set in three small fields."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QWidget

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.theme import SPACE_S, SPACE_XS


class LabelEditor(QWidget):
    """Coarse, fine and tightness as a person says them; each can also be taken back.

    Signals:
        labelled: all the Labels the swatch is to have, the field she has just set among them.
    """

    labelled = Signal(object)

    def __init__(self, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = Labels()
        names = wording.dimension_names()
        self.coarse = self._combo(names[0])
        for minor in taxonomy.coarse:
            self.coarse.addItem(wording.coarse_name(minor, taxonomy), minor)
        self.fine = self._combo(names[1])
        for fine in taxonomy.fine:
            self.fine.addItem(wording.term(fine, taxonomy), fine)
        self.cover = CoverBox(self)
        self.cover.setRange(-1, 100)
        self.cover.setSpecialValueText(self.tr("not labelled"))
        self.cover.setSuffix(self.tr(" % cover"))
        self.cover.lineEdit().setTextMargins(5, 0, 5, 0)
        self.cover.setKeyboardTracking(False)
        self.cover.setAccessibleName(self.tr("{name}, label").format(name=names[3]))
        self.cover.setToolTip(self.tr("Emptied, it is not labelled."))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(SPACE_S)
        form.setVerticalSpacing(SPACE_XS)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        short = wording.dimension_short_names()
        for name, field in ((short[0], self.coarse), (short[1], self.fine), (short[3], self.cover)):
            form.addRow(name, field)
        self.coarse.activated.connect(self._coarse_chosen)
        self.fine.activated.connect(self._fine_chosen)
        self.cover.editingFinished.connect(self._cover_set)

    def show_labels(self, labels: Labels) -> None:
        """Show what has been said so far."""
        self._labels = labels
        self.coarse.setCurrentIndex(max(0, self.coarse.findData(labels.coarse or "")))
        self.fine.setCurrentIndex(max(0, self.fine.findData(labels.fine or "")))
        self.cover.setValue(-1 if labels.tightness is None else round(labels.tightness))

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.addItem(self.tr("not labelled"), "")
        combo.setAccessibleName(self.tr("{name}, label").format(name=name))
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMaxVisibleItems(20)
        return combo

    def _coarse_chosen(self, index: int) -> None:
        self._say(replace(self._labels, coarse=self.coarse.itemData(index) or None))

    def _fine_chosen(self, index: int) -> None:
        self._say(replace(self._labels, fine=self.fine.itemData(index) or None))

    def _cover_set(self) -> None:
        before = self._labels.tightness
        value = self.cover.value()
        if value != (-1 if before is None else round(before)):
            self._say(replace(self._labels, tightness=None if value < 0 else float(value)))

    def _say(self, labels: Labels) -> None:
        self._labels = labels
        self.labelled.emit(labels)


class CoverBox(QSpinBox):
    """A percentage of cover; an emptied field is -1, nothing said."""

    def validate(self, text: str, pos: int) -> object:
        """Override QSpinBox::validate: empty is as good as a number."""
        if not text.replace(self.suffix(), "").strip():
            return QValidator.State.Acceptable
        return super().validate(text, pos)

    def valueFromText(self, text: str) -> int:
        """Override QSpinBox::valueFromText."""
        return super().valueFromText(text) if any(map(str.isdigit, text)) else -1
