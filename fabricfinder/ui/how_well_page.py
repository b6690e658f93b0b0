"""The page "How well does it find?": her own library first, then what the model was measured at."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.how_well_own import OwnPanel
from fabricfinder.ui.how_well_plots import PLOT_PX, Draw, PlotPainter, PlotView
from fabricfinder.ui.how_well_words import (
    ORDER,
    card_words,
    joined,
    shipped_note,
    shipped_words,
)
from fabricfinder.ui.reading_label import ReadingLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, scaled_font

if TYPE_CHECKING:
    from fabricfinder.measuring.drawn import Measurement

TWO_COLUMNS_PX = 1500
BESIDE_PX = 1150  # in one column there is room for the words beside the plot
TABLE_PX = 1250
EMPTY: Mapping[str, float] = MappingProxyType({})
WIDE = frozenset({"confusion"})  # a table of sixty patterns: it gets the whole width


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """What the model was measured at, and its plots by key."""

    measured: "Measurement"
    plots: Mapping[str, Draw]


class Plate(QFrame):
    """What a plot says, in words, and the plot below or beside."""

    def __init__(
        self, key: str, words: str, draw: Draw | None, painter: PlotPainter, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.key = key
        self.plot: PlotView | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._parts.setSpacing(SPACE_M)
        self.words = ReadingLabel(words, self)
        self.words.setFont(scaled_font(1.1))
        self.words.setVisible(bool(words))
        self._parts.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(self._parts)
        if draw is not None:
            self.plot = PlotView(painter, draw, self.tr("Plot: {key}").format(key=key), words, self)
            self.plot.setMaximumWidth(TABLE_PX if key in WIDE else PLOT_PX)
            self._parts.addWidget(self.plot, 2)
        column.addStretch(1)
        self.setAccessibleName(words)

    def put_beside(self, beside: bool) -> None:
        """Set the words beside the plot, if there is one, or above; a table keeps the whole width."""
        beside = beside and self.plot is not None and self.key not in WIDE
        ways = QBoxLayout.Direction
        self._parts.setDirection(ways.LeftToRight if beside else ways.TopToBottom)


class HowWellPage(QWidget):
    """The page.

    Signals:
        closed: back to where she was.
    """

    closed = Signal()

    def __init__(self, painter: PlotPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._painter = painter
        self._shipped: Shipped | None = None
        self._encoder, self._card, self._read = "", EMPTY, False
        self._plates: list[Plate] = []
        heading = QLabel(self.tr("How well does it find?"), self)
        heading.setFont(scaled_font(1.5, bold=True))
        self.back = QPushButton(self.tr("Back"), self)
        self.back.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_S)
        head.addWidget(heading, 1)
        head.addWidget(self.back)
        self.own = OwnPanel(painter, self)
        self._scroll = self._arrange()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.setFocusProxy(self._scroll)

    def _arrange(self) -> QScrollArea:
        """Her library over the model's figures, in one column that scrolls."""
        inside = QWidget(self)
        title = QLabel(self.tr("The model, measured before it came to you"), inside)
        title.setFont(scaled_font(1.15, bold=True))
        self.note = ReadingLabel(self.tr("Reading its figures…"), inside)
        self.note.setProperty("muted", True)
        self._left, self._right, self._below = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self._columns = QHBoxLayout()
        for column in (self._left, self._right, self._below, self._columns):
            column.setSpacing(SPACE_M)
        for column in (self._left, self._right):
            column.addStretch(1)  # the shorter one ends where its plates do
            self._columns.addLayout(column, 1)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(SPACE_XL, 0, SPACE_XL, SPACE_XL)
        rows.setSpacing(SPACE_S)
        rows.addWidget(self.own)
        rows.addSpacing(SPACE_L)
        rows.addWidget(title)
        rows.addWidget(self.note)
        rows.addLayout(self._columns)
        rows.addSpacing(SPACE_M - SPACE_S)
        rows.addLayout(self._below)
        rows.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setAccessibleName(self.tr("How well does it find?"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    @property
    def plates(self) -> tuple[Plate, ...]:
        """The plates shown, in order."""
        return tuple(self._plates)

    def show_encoder(self, encoder: str, card: Mapping[str, float] = EMPTY) -> None:
        """Say which model is at work, and the figures its own card tells.

        Figures of another model are told as such; the card's stand in where there are no others.
        """
        self._encoder, self._card = encoder, card
        self.own.show_encoder(encoder)
        self._say()

    def show_shipped(self, shipped: Shipped | None) -> None:
        """Show the model's figures, or that there are none."""
        self._shipped = shipped
        for plate in self._plates:
            plate.hide()
            plate.deleteLater()
        self._plates = []
        self._read = True
        self._say()
        if shipped is None:
            return
        said = shipped_words(shipped.measured)
        keys = [key for key in ORDER if key in said or key in shipped.plots]
        for key in [*keys, *(key for key in shipped.plots if key not in ORDER)]:
            draw = shipped.plots.get(key)
            self._plates.append(Plate(key, said.get(key, ""), draw, self._painter, self))
        self._lay_out()

    def _say(self) -> None:
        """Of which model the figures are, or that there are none."""
        if self._shipped is not None:
            self.note.setText(shipped_note(self._shipped.measured, self._encoder))
        elif self._read:
            self.note.setText(
                joined(
                    card_words(self._card) or self.tr("No figures came with this model."),
                    self.tr("How well it finds among your own cloth can be measured above."),
                )
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent: two columns where there is room."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Plates into one column or two, each at its own height; a wide one goes below."""
        columns = (self._left, self._right) if self.width() >= TWO_COLUMNS_PX else (self._left,)
        self._columns.setStretch(1, len(columns) - 1)
        beside = len(columns) == 1 and self.width() >= BESIDE_PX
        for plate in self._plates:
            plate.put_beside(beside)
        narrow = [plate for plate in self._plates if plate.key not in WIDE]
        for i, plate in enumerate(narrow):
            column = columns[i % len(columns)]
            column.insertWidget(i // len(columns), plate)
        for plate in self._plates:
            if plate.key in WIDE:
                self._below.addWidget(plate)
