"""The Label workspace's bar and its row of keys: dimension, order, one or many, pace, deeds."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui import label_words as words_of
from fabricfinder.ui.label_sitting import Sitting
from fabricfinder.ui.theme import SPACE_M, SPACE_S, SPACE_XS


class LabelBar(QWidget):
    """What is asked and in which order, and how far she is.

    Signals:
        wanted: dimension and order.
        many_toggled: many swatches at once, or one.
    """

    wanted = Signal(str, str)
    many_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimensions = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE_XS)
        for at, dimension in enumerate(words_of.DIMENSIONS):
            button = self._toggle(f"{words_of.dimension_word(dimension)}  F{at + 2}")
            button.setObjectName(f"label-{dimension}")
            self._dimensions.addButton(button)
            row.addWidget(button)
        self._dimensions.buttonClicked.connect(self._clicked)
        row.addSpacing(SPACE_M)
        self.order = QComboBox(self)
        self.order.setAccessibleName(self.tr("Order of the swatches"))
        for key, text in words_of.order_words().items():
            self.order.addItem(text, key)
        self.order.activated.connect(self._ask)
        row.addWidget(self.order)
        self.many = self._toggle(self.tr("Many at once  F5"))
        self.many.toggled.connect(self.many_toggled)
        row.addSpacing(SPACE_M)
        row.addWidget(self.many)
        row.addSpacing(SPACE_M)
        self.pace = QLabel(self)
        self.pace.setProperty("muted", True)
        self.pace.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.pace, 1)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Labelled so far"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(row)
        column.addWidget(self.progress)

    def _toggle(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("toggle", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @property
    def order_key(self) -> str:
        """The order chosen."""
        return str(self.order.currentData())

    def show_dimension(self, dimension: str) -> None:
        """Mark the dimension that is asked."""
        self.findChild(QToolButton, f"label-{dimension}").setChecked(True)

    def show_order(self, order: str) -> None:
        """Mark the order asked in."""
        self.order.setCurrentIndex(self.order.findData(order))

    def show_pace(self, s: Sitting, before: int) -> None:
        """Show how far she is; ``before`` were answered in other dimensions and orders."""
        done = before + s.done
        self.pace.setText(words_of.pace_text(done, s.labelled, s.queue.total, s.per_minute))
        self.progress.setRange(0, max(1, s.queue.total))
        self.progress.setValue(s.labelled)

    def _clicked(self, button: QToolButton) -> None:
        self.wanted.emit(button.objectName().removeprefix("label-"), self.order_key)

    def _ask(self) -> None:
        self.wanted.emit("", self.order_key)


class LabelKeys(QWidget):
    """The deeds that have a key of their own, as buttons with it.

    Signals:
        pressed: "accept", "skip", "back", "cant", "not", "true", "counts", "draft", "pairs",
            "about" or "undo".
    """

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        for key, text in (
            ("accept", self.tr("⏎  Accept")), ("skip", self.tr("S  Skip")),
            ("back", self.tr("⌫  Back")), ("cant", self.tr("–  Can't tell")),
            ("not", self.tr("Del  Not cloth")), ("true", self.tr("F7  True size")),
            ("counts", self.tr("F8  Counts…")), ("draft", self.tr("F8  Draft…")),
            ("pairs", self.tr("F9  Pairs…")), ("about", self.tr("F10  About labels…")),
            ("undo", self.tr("Ctrl+Z  Undo")),
        ):  # fmt: skip
            button = QPushButton(text, self)
            button.setObjectName(f"label-key-{key}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._clicked)
            row.addWidget(button)
        row.addStretch(1)
        self.show_asking(False, False)

    def show_asking(self, asking: bool, back: bool, undo: bool = True) -> None:
        """Let the keys be pressed that have something to act on.

        Args:
            asking: whether a swatch is asked about.
            back: whether there is one to go back to.
            undo: whether a step may be taken back.
        """
        for key in ("accept", "skip", "cant", "not", "true", "counts", "draft", "pairs"):
            self.findChild(QPushButton, f"label-key-{key}").setEnabled(asking)
        self.findChild(QPushButton, "label-key-back").setEnabled(back)
        self.findChild(QPushButton, "label-key-undo").setEnabled(undo)

    def show_dimension(self, dimension: str) -> None:
        """Offer counts and densities, and pairs, for tightness; a draft for the weave."""
        for key, of in (("counts", "tightness"), ("pairs", "tightness"), ("draft", "fine")):
            self.findChild(QPushButton, f"label-key-{key}").setVisible(dimension == of)

    def _clicked(self) -> None:
        self.pressed.emit(self.sender().objectName().removeprefix("label-key-"))
