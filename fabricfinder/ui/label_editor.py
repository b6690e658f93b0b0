"""Her own labels of one swatch, set in three small fields."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QWidget

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.theme import SPACE_S, SPACE_XS


class LabelEditor(QWidget):
    """Coarse, fine and tightness as she says them; a field left alone says nothing.

    Signals:
        labelled: Labels with only the field she has just set.
    """

    labelled = Signal(object)

    def __init__(self, taxonomy: Taxonomy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taxonomy = taxonomy
        names = wording.dimension_names()
        self.coarse = self._combo(names[0])
        for minor in taxonomy.coarse:
            self.coarse.addItem(wording.coarse_name(minor, taxonomy), minor)
        self.fine = self._combo(names[1])
        for fine in taxonomy.fine:
            self.fine.addItem(taxonomy.names[fine], fine)
        self.cover = QSpinBox(self)
        self.cover.setRange(-1, 100)
        self.cover.setSpecialValueText(self.tr("not labelled"))
        self.cover.setSuffix(self.tr(" % cover"))
        self.cover.lineEdit().setTextMargins(5, 0, 5, 0)
        self.cover.setKeyboardTracking(False)
        self.cover.setAccessibleName(names[3])
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
        self._cover_before = -1

    def show_labels(self, labels: Labels) -> None:
        """Show what she has said so far."""
        self.coarse.setCurrentIndex(self.coarse.findData(labels.coarse) if labels.coarse else -1)
        self.fine.setCurrentIndex(self.fine.findData(labels.fine) if labels.fine else -1)
        self._cover_before = -1 if labels.tightness is None else round(labels.tightness)
        self.cover.setValue(self._cover_before)

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setPlaceholderText(self.tr("not labelled"))
        combo.setAccessibleName(name)
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMaxVisibleItems(20)
        return combo

    def _coarse_chosen(self, index: int) -> None:
        self.labelled.emit(Labels(coarse=self.coarse.itemData(index)))

    def _fine_chosen(self, index: int) -> None:
        self.labelled.emit(Labels(fine=self.fine.itemData(index)))

    def _cover_set(self) -> None:
        value = self.cover.value()
        if value >= 0 and value != self._cover_before:
            self._cover_before = value
            self.labelled.emit(Labels(tightness=float(value)))
