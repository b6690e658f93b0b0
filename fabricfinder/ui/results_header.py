"""Above the results: how many, sorted how, left out below what, how large, grid or table."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.search import Filters, Preference
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui import wording
from fabricfinder.ui.conditions import Condition
from fabricfinder.ui.flow_layout import FlowLayout
from fabricfinder.ui.result_grid import DEFAULT_SIDE, SIDES
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, scaled_font

ORDERS = ("overall", *DIMENSIONS)


class ConditionChips(QWidget):
    """The active conditions as chips; pressing one lifts it.

    Signals:
        lifted: the Filters that are left.
    """

    lifted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, spacing=SPACE_XS)
        self._shown: tuple[Condition, ...] = ()
        self._without: list[Filters] = []

    def show_conditions(self, conditions: Sequence[Condition]) -> None:
        """Show a chip for each condition; more than one also get “Clear all”."""
        if tuple(conditions) == self._shown:
            return
        self._shown = tuple(conditions)
        self._flow.clear()
        self._without = [c.without for c in conditions]
        texts = [self.tr("{text}  ×").format(text=c.text) for c in conditions]
        if len(texts) > 1:
            self._without.append(Filters())
            texts.append(self.tr("Clear all"))
        for number, text in enumerate(texts):
            chip = QPushButton(text, self)
            chip.setObjectName(f"chip{number}")
            chip.setProperty("chip", True)
            chip.setFont(scaled_font(0.9))
            chip.setAccessibleName(self.tr("Lift condition {text}").format(text=text))
            chip.clicked.connect(self._pressed)
            self._flow.addWidget(chip)
        self.setVisible(bool(texts))
        self.updateGeometry()

    def chips(self) -> list[QPushButton]:
        """The chips shown, in order."""
        return [self._flow.itemAt(i).widget() for i in range(self._flow.count())]

    def _pressed(self) -> None:
        self.lifted.emit(self._without[int(self.sender().objectName().removeprefix("chip"))])


class ResultsHeader(QWidget):
    """Count, order, floor, size and view of the results.

    Signals:
        order_chosen: "overall" or one of DIMENSIONS.
        floor_chosen: the lowest overall score kept, 0..1.
        side_chosen: smallest edge of the cloths in the grid, px.
        table_chosen: True for the table, False for the grid.
        again_wanted: search again, the library has grown.
    """

    order_chosen = Signal(str)
    floor_chosen = Signal(float)
    side_chosen = Signal(int)
    table_chosen = Signal(bool)
    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel(self)
        self.count.setFont(scaled_font(1.0, bold=True))
        self.searched = QLabel(self)
        self.searched.setProperty("muted", True)
        self.again = QPushButton(self.tr("Search again"), self)
        self.again.setProperty("quiet", True)
        self.again.setToolTip(self.tr("The library has grown since this search."))
        self.again.clicked.connect(self.again_wanted)
        self.again.hide()
        self.order = QComboBox(self)
        self.order.addItem(self.tr("Overall"))
        self.order.addItems(wording.dimension_names())
        self.order.setPlaceholderText(self.tr("A column"))
        self.order.setAccessibleName(self.tr("Sort by"))
        self.order.activated.connect(self._order_activated)
        self.floor = QSlider(Qt.Orientation.Horizontal, self)
        self.floor.setRange(0, 100)
        self.floor.setFixedWidth(104)
        self.floor.setAccessibleName(self.tr("Leave out below"))
        self.floor_number = QSpinBox(self)
        self.floor_number.lineEdit().setTextMargins(3, 0, 3, 0)
        self.floor_number.setRange(0, 100)
        self.floor_number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.floor_number.setFixedWidth(44)
        self.floor_number.setAccessibleName(self.tr("Leave out below, number"))
        self.floor.valueChanged.connect(self._floor_moved)
        self.floor_number.valueChanged.connect(self.floor.setValue)
        self.size = QSlider(Qt.Orientation.Horizontal, self)
        self.size.setRange(*SIDES)
        self.size.setValue(DEFAULT_SIDE)
        self.size.setFixedWidth(90)
        self.size.setAccessibleName(self.tr("Size of the swatches"))
        self.size.setToolTip(self.tr("Size of the swatches"))
        self.size.valueChanged.connect(self.side_chosen)
        self.grid_button, self.table_button = self._view_buttons()
        self._lay_out()

    def show_count(self, shown: int) -> None:
        """Say how many results there are; -1 for no answer, of which there is nothing to say."""
        said = self.tr("{n} results").format(n=wording.count_text(shown))
        self.count.setText(said if shown >= 0 else "")
        for widget in (self.controls, self.grid_button, self.table_button):
            widget.setVisible(shown >= 0)
        if shown < 0:
            self.searched.clear()
            self.again.hide()

    def show_preference(self, preference: Preference, sorted_by_column: bool) -> None:
        """Show order and floor without announcing them."""
        known = preference.order in ORDERS and not sorted_by_column
        self.order.setCurrentIndex(ORDERS.index(preference.order) if known else -1)
        for widget in (self.floor, self.floor_number):
            widget.blockSignals(True)
            widget.setValue(round(100 * preference.floor))
            widget.blockSignals(False)

    def show_table(self, table: bool) -> None:
        """Show which view is on."""
        (self.table_button if table else self.grid_button).setChecked(True)
        self.size_group.setVisible(not table)

    def _view_buttons(self) -> tuple[QToolButton, QToolButton]:
        buttons = []
        group = QButtonGroup(self)
        for text in (self.tr("Grid"), self.tr("Table")):
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("toggle", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            group.addButton(button)
            buttons.append(button)
        buttons[0].setChecked(True)
        buttons[1].toggled.connect(self._view_toggled)
        return buttons[0], buttons[1]

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_XS)
        column.setSpacing(SPACE_XS)
        first = QHBoxLayout()
        first.setSpacing(SPACE_S)
        first.addWidget(self.count)
        first.addWidget(self.searched)
        first.addWidget(self.again)
        first.addStretch(1)
        first.addWidget(self.grid_button)
        first.addWidget(self.table_button)
        column.addLayout(first)
        # These wrap in a narrow window instead of crowding each other.
        self.controls = QWidget(self)
        flow = FlowLayout(self.controls, spacing=SPACE_L)
        flow.addWidget(_group(self.tr("Sort by"), self.order))
        flow.addWidget(_group(self.tr("Leave out below"), self.floor, self.floor_number))
        self.size_group = _group(self.tr("Size"), self.size)
        flow.addWidget(self.size_group)
        column.addWidget(self.controls)

    def _order_activated(self, index: int) -> None:
        self.order_chosen.emit(ORDERS[index])

    def _floor_moved(self, value: int) -> None:
        self.floor_number.blockSignals(True)
        self.floor_number.setValue(value)
        self.floor_number.blockSignals(False)
        self.floor_chosen.emit(value / 100)

    def _view_toggled(self, table: bool) -> None:
        self.size_group.setVisible(not table)
        self.table_chosen.emit(table)


def _group(label: str, *widgets: QWidget) -> QWidget:
    """A label with its controls, kept together."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_S)
    name = QLabel(label, group)
    name.setBuddy(widgets[0])
    for widget in (name, *widgets):
        row.addWidget(widget)
    return group
