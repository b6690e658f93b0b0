"""“Match on”: how much each of the four dimensions counts, which must match, which are free."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.search import Preference
from fabricfinder.domain.similarity import DIMENSIONS, Weights
from fabricfinder.ui import wording
from fabricfinder.ui.score_bars import DimensionMark
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, scaled_font

translate = QCoreApplication.translate

BALANCED = 50  # where every slider stands at first, of 0..100


@dataclass(frozen=True, slots=True)
class Preset:
    """A named way to weigh: four sliders 0..100, locks and frees."""

    name: str
    sliders: tuple[int, int, int, int]
    locked: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    meaning: str = ""


def presets() -> tuple[Preset, ...]:
    """The presets in the order of the menu."""
    return (
        Preset(
            translate("Presets", "Balanced"), (50, 50, 50, 50),
            meaning=translate("Presets", "All four count the same."),
        ),
        Preset(
            translate("Presets", "Reproduce this cloth"), (60, 100, 30, 100),
            meaning=translate("Presets", "Construction first: weave and cover, then pattern."),
        ),
        Preset(
            translate("Presets", "Colourways of this cloth"), (80, 80, 50, 60),
            locked=frozenset({"coarse", "fine"}), free=frozenset({"color"}),
            meaning=translate("Presets", "Same pattern and weave, any colour."),
        ),
        Preset(
            translate("Presets", "Same colour, other cloth"), (50, 50, 100, 50),
            locked=frozenset({"color"}), free=frozenset({"coarse", "fine", "tightness"}),
            meaning=translate("Presets", "The colours must match, the cloth may be any."),
        ),
        Preset(
            translate("Presets", "Same hand, other pattern"), (50, 100, 50, 100),
            locked=frozenset({"fine", "tightness"}), free=frozenset({"coarse", "color"}),
            meaning=translate("Presets", "Same weave and cover, any pattern and colour."),
        ),
    )  # fmt: skip


class MatchRow(QObject):
    """The controls of one dimension: mark, name, slider, number, Lock and Free.

    Signals:
        changed: she moved or pressed one of them.
    """

    changed = Signal()

    def __init__(self, dimension: str, parent: QWidget) -> None:
        super().__init__(parent)
        column = DIMENSIONS.index(dimension)
        full = wording.dimension_names()[column]
        meaning = wording.dimension_meanings()[column]
        self.dimension = dimension
        self.mark = DimensionMark(dimension, parent)
        self.name = QLabel(wording.dimension_short_names()[column], parent)
        self.name.setToolTip(f"{full}. {meaning}")
        self.slider = QSlider(Qt.Orientation.Horizontal, parent)
        self.slider.setRange(0, 100)
        self.slider.setValue(BALANCED)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(self.tr("{name} counts").format(name=full))
        self.number = QSpinBox(parent)
        self.number.lineEdit().setTextMargins(3, 0, 3, 0)
        self.number.setRange(0, 100)
        self.number.setValue(BALANCED)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(40)
        self.number.setAccessibleName(self.tr("{name} counts, number").format(name=full))
        self.lock = _toggle(self.tr("Lock"), parent)
        self.lock.setAccessibleName(self.tr("Lock {name}").format(name=full))
        self.lock.setToolTip(
            self.tr("Must match: leave out what clearly differs here.")
        )
        self.free = _toggle(self.tr("Free"), parent)
        self.free.setAccessibleName(self.tr("Free {name}").format(name=full))
        self.free.setToolTip(self.tr("May be anything: does not count at all."))
        self.slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self.slider.setValue)
        self.lock.clicked.connect(self._locked)
        self.free.clicked.connect(self._freed)

    def show_state(self, percent: int, locked: bool, free: bool) -> None:
        """Show a weight 0..100 and the toggles without announcing a change."""
        blocked = self.blockSignals(True)
        self.slider.setValue(percent)
        self.lock.setChecked(locked and not free)
        self.free.setChecked(free)
        self._dress()
        self.blockSignals(blocked)

    def _slid(self, value: int) -> None:
        self.number.blockSignals(True)
        self.number.setValue(value)
        self.number.blockSignals(False)
        self.changed.emit()

    def _locked(self, checked: bool) -> None:
        if checked:
            self.free.setChecked(False)
        self._dress()
        self.changed.emit()

    def _freed(self, checked: bool) -> None:
        if checked:
            self.lock.setChecked(False)
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        """A free dimension's weight does not matter, so it cannot be set."""
        counts = not self.free.isChecked()
        for widget in (self.slider, self.number, self.name):
            widget.setEnabled(counts)


class MatchPanel(QWidget):
    """The four rows and the presets.

    Signals:
        changed: she weighs differently now; see ``applied_to``.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        title = QLabel(self.tr("Match on"), self)
        title.setFont(scaled_font(1.0, bold=True))
        self.preset = QComboBox(self)
        self.preset.setAccessibleName(self.tr("Ways to match"))
        self.preset.setPlaceholderText(self.tr("My own"))
        self.preset.setMinimumContentsLength(8)
        self.preset.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for i, preset in enumerate(presets()):
            self.preset.addItem(preset.name)
            self.preset.setItemData(i, preset.meaning, Qt.ItemDataRole.ToolTipRole)
        self.preset.activated.connect(self._take_preset)
        head.addWidget(title)
        head.addWidget(self.preset, 1)
        column.addLayout(head)
        self.rows = {name: MatchRow(name, self) for name in DIMENSIONS}
        column.addLayout(self._grid())
        self._show_preset()

    def applied_to(self, preference: Preference) -> Preference:
        """A preference with this panel's weights, locks and frees; all at 0 counts all equally."""
        values = [row.slider.value() / 100 for row in self.rows.values()]
        return replace(
            preference,
            weights=Weights(*values) if any(values) else Weights(),
            locked=frozenset(n for n, row in self.rows.items() if row.lock.isChecked()),
            free=frozenset(n for n, row in self.rows.items() if row.free.isChecked()),
        )

    def show_preference(self, preference: Preference) -> None:
        """Show a preference without announcing a change."""
        values = preference.weights.as_tuple()
        top = max(1.0, *values)
        if self.applied_to(preference) != preference:
            for value, (name, row) in zip(values, self.rows.items(), strict=True):
                percent = round(100 * value / top) if top > 1 or set(values) != {1.0} else BALANCED
                row.show_state(percent, name in preference.locked, name in preference.free)
        self._show_preset()

    def toggle_lock(self, dimension: str) -> None:
        """Lock a dimension, or unlock it, as a click on its toggle does."""
        self.rows[dimension].lock.click()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_S - 2)
        grid.setVerticalSpacing(2)
        for i, row in enumerate(self.rows.values()):
            cells = (row.mark, row.name, row.slider, row.number, row.lock, row.free)
            for j, widget in enumerate(cells):
                grid.addWidget(widget, i, j)
            row.changed.connect(self._row_changed)
        grid.setColumnStretch(2, 1)
        return grid

    def _row_changed(self) -> None:
        self._show_preset()
        self.changed.emit()

    def _take_preset(self, index: int) -> None:
        chosen = presets()[index]
        for percent, (name, row) in zip(chosen.sliders, self.rows.items(), strict=True):
            row.show_state(percent, name in chosen.locked, name in chosen.free)
        self.changed.emit()

    def _show_preset(self) -> None:
        """Name the preset the rows stand at, or that they are her own."""
        now = self.applied_to(Preference())
        for i, preset in enumerate(presets()):
            weights = Weights(*(v / 100 for v in preset.sliders))
            if now == Preference(weights, preset.locked, preset.free):
                self.preset.setCurrentIndex(i)
                return
        self.preset.setCurrentIndex(-1)


def _toggle(text: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setCheckable(True)
    button.setProperty("toggle", True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setFont(scaled_font(0.9))
    # Styles leave a tool button room for an icon; that width belongs to the slider.
    button.setFixedWidth(QFontMetrics(button.font()).horizontalAdvance(text) + 18)
    return button
