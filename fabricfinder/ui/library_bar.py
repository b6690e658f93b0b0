"""The bar above the library's grid: words to look for, how many are shown, order and size."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QToolButton,
    QWidget,
)

from fabricfinder.ui.flow_layout import FlowLayout
from fabricfinder.ui.library_grid import MAX_SIDE, MIN_SIDE, SIDE_STEP
from fabricfinder.ui.library_model import ORDERS
from fabricfinder.ui.theme import SPACE_M, SPACE_S

TYPING_MS = 180
LEAST_SEARCH = 260  # px of the search box while everything stands in one line


class LibraryBar(QFrame):
    """The bar itself.

    Signals:
        text_changed: she stopped typing.
        order_changed: one of ORDERS.
        side_changed: edge of the swatches in px.
        piles_changed: whether one card is to stand for each article.
        spec_changed: whether the spec sheet is to be seen.
    """

    text_changed = Signal(str)
    order_changed = Signal(str)
    side_changed = Signal(int)
    piles_changed = Signal(bool)
    spec_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", True)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search the words"))
        self.search.setAccessibleName(self.tr("Search text"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(520)
        self.search.setToolTip(
            self.tr(
                "Words, and fields: weave:twill  supplier:vitale  gsm:180..220  season:SS27\n"
                "AND, OR, NOT and brackets join them; a minus in front refuses."
            )
        )
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._tell_text)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._tell_text)
        self.count = QLabel(self)
        self.count.setProperty("muted", True)
        self.order = QComboBox(self)
        self.order.setAccessibleName(self.tr("Order"))
        names = (self.tr("As they came"), self.tr("Newest first"), self.tr("By name"))
        for name, key in zip(names, ORDERS, strict=True):
            self.order.addItem(name, key)
        self.order.currentIndexChanged.connect(self._tell_order)
        self.size = QSlider(Qt.Orientation.Horizontal, self)
        self.size.setRange(MIN_SIDE // SIDE_STEP, MAX_SIDE // SIDE_STEP)
        self.size.setPageStep(2)
        self.size.setFixedWidth(110)
        self.size.setAccessibleName(self.tr("Size of the swatches"))
        self.size.setToolTip(self.tr("Size of the swatches"))
        self.size.valueChanged.connect(self._tell_side)
        self.piles = self._toggle(self.tr("By article"), self.tr("One card for each article"))
        self.piles.toggled.connect(self.piles_changed)
        self.spec = self._toggle(self.tr("Spec sheet"), self.tr("Show the spec sheet (Ctrl+E)"))
        self.spec.setShortcut("Ctrl+E")
        self.spec.toggled.connect(self.spec_changed)
        self._controls = QWidget(self)
        self._parts = (self.piles, self.order, self.size, self.spec)
        self._lay_out()

    def _lay_out(self) -> None:
        """Search and count, and the controls beside them, or under them in a narrow window."""
        first = QHBoxLayout()
        first.setSpacing(SPACE_M)
        first.addWidget(self.search, 1)
        first.addWidget(self.count)
        flow = FlowLayout(self._controls, spacing=SPACE_M)
        for widget in self._parts:
            flow.addWidget(widget)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        self._lines.setSpacing(SPACE_S)
        self._lines.addLayout(first, 1)
        self._lines.addWidget(self._controls)

    def show_count(self, words: str) -> None:
        """Say how many swatches are shown."""
        self.count.setText(words)
        self._fit()

    def _fit(self) -> None:
        """One line where everything fits, else two; the count and the size give way first."""
        width = self.width() - 2 * SPACE_M
        gaps = SPACE_M * (len(self._parts) - 1)
        widths = (max(p.sizeHint().width(), p.minimumWidth()) for p in self._parts)
        controls = sum(widths) + gaps
        count = self.count.sizeHint().width() + SPACE_M
        one = width >= LEAST_SEARCH + count + SPACE_S + controls
        way = QBoxLayout.Direction
        self._lines.setDirection(way.LeftToRight if one else way.TopToBottom)
        self._controls.setMinimumWidth(controls if one else 0)
        self.count.setVisible(one or width >= self.search.minimumWidth() + count)
        self.size.setVisible(one or width >= controls)

    def minimumSizeHint(self) -> QSize:
        """Override QFrame::minimumSizeHint: what one line needs must not keep the pane wide."""
        return QSize(self.search.minimumWidth() + 2 * SPACE_M, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QFrame::resizeEvent."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Override QFrame::changeEvent: larger letters need more room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self.layout() is not None:
            self._fit()

    def _toggle(self, text: str, told: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(told)
        button.setCheckable(True)
        button.setProperty("toggle", True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def set_side(self, side: int) -> None:
        """Show a size without announcing it."""
        self.size.blockSignals(True)
        self.size.setValue(side // SIDE_STEP)
        self.size.blockSignals(False)

    def _typed(self, text: str) -> None:
        # Clearing is an answer by itself; anything else waits until she pauses.
        self._typing.start(0 if not text else TYPING_MS)

    def _tell_text(self) -> None:
        self._typing.stop()
        self.text_changed.emit(self.search.text().strip())

    def _tell_order(self) -> None:
        self.order_changed.emit(self.order.currentData())

    def _tell_side(self, steps: int) -> None:
        self.side_changed.emit(steps * SIDE_STEP)
