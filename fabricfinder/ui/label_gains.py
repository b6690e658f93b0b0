"""What the labels taught: each dimension on labels held back, and what the next hundred bring."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.how_well_plots import PLOT_PX, PlotPainter, PlotView
from fabricfinder.ui.label_learning import gain_text, next_text, surety_text
from fabricfinder.ui.label_words import DIMENSIONS, dimension_word
from fabricfinder.ui.reading_label import ReadingLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

if TYPE_CHECKING:
    from fabricfinder.labelling.judging import Judged

PLOT_WIDTH = 430


class DimensionCard(QFrame):
    """One dimension: what it learned, how sure that is, and the way back.

    Signals:
        learn_wanted, back_wanted: the dimension.
    """

    learn_wanted = Signal(str)
    back_wanted = Signal(str)

    def __init__(self, dimension: str, painter: PlotPainter, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.dimension, self._painter = dimension, painter
        self.plot: PlotView | None = None
        title = QLabel(dimension_word(dimension), self)
        title.setFont(scaled_font(1.2, bold=True))
        self.gain, self.surety, self.ahead = (ReadingLabel("", self) for _ in range(3))
        self.gain.setFont(scaled_font(1.1))
        self.surety.setProperty("muted", True)
        self.learn = QPushButton(self.tr("Learn from the labels now"), self)
        self.back = QPushButton(self.tr("Back to the model's own word"), self)
        for button in (self.learn, self.back):
            button.setAutoDefault(False)
        self.learn.clicked.connect(self._learn)
        self.back.clicked.connect(self._go_back)
        buttons = QHBoxLayout()
        buttons.addWidget(self.learn)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        for widget in (title, self.gain, self.surety, self.ahead):
            words.addWidget(widget)
        words.addStretch(1)
        words.addLayout(buttons)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        self._row.setSpacing(SPACE_L)
        self._row.addLayout(words, 1)

    def _learn(self) -> None:
        self.learn_wanted.emit(self.dimension)

    def _go_back(self) -> None:
        self.back_wanted.emit(self.dimension)

    def show_standing(self, judged: "Judged | None", labels: int) -> None:
        """Show what is known of it; ``labels`` the head was fitted on, 0 = none is used."""
        self.back.setEnabled(bool(labels))
        self._drop_plot()
        if judged is None:
            self.gain.setText(self.tr("Nothing has been learned from labels here yet."))
            self.surety.setText(self.tr("It takes a dozen labels of as many articles."))
            self.ahead.setText("")
            return
        self.gain.setText(gain_text(judged))
        self.surety.setText(surety_text(judged, used=bool(labels)))
        self.ahead.setText(next_text(judged))
        if judged.curve:
            self._show_plot(judged)

    def show_busy(self, phase: str) -> None:
        """Say that it is being learned."""
        self.learn.setEnabled(not phase)
        if phase:
            self.ahead.setText(phase)

    def _drop_plot(self) -> None:
        if self.plot is not None:
            self.plot.hide()
            self.plot.deleteLater()
            self.plot = None

    def _show_plot(self, judged: "Judged") -> None:
        tightness = judged.dimension == "tightness"

        def draw(look: Any) -> Any:
            from fabricfinder.measuring.label_curves import curve_drawing

            gain = (judged.next_low, judged.next_high)
            return curve_drawing(judged.curve, judged.before, gain, tightness=tightness)(look)

        self.plot = PlotView(
            self._painter, draw, self.tr("Learning curve"), gain_text(judged), self
        )
        self.plot.setFixedWidth(PLOT_WIDTH)
        self._row.addWidget(self.plot, 0, Qt.AlignmentFlag.AlignTop)


class GainsPanel(QScrollArea):
    """All three dimensions, and what labels were measured to bring elsewhere.

    Signals:
        learn_wanted, back_wanted: a dimension.
    """

    learn_wanted = Signal(str)
    back_wanted = Signal(str)

    def __init__(self, painter: PlotPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        intro = ReadingLabel(self.tr(
            "After every 25 answers the program learns from all labels in a second or two, and asks "
            "what is still open in a new order. What you said is never changed by it. It judges "
            "itself on labels it was not shown, whole articles at a time; labels asked because it "
            "was unsure are harder than the rest, so it finds more than these figures say."
        ), inside)  # fmt: skip
        column.addWidget(intro)
        self.cards: dict[str, DimensionCard] = {}
        for dimension in DIMENSIONS:
            card = DimensionCard(dimension, painter, inside)
            card.learn_wanted.connect(self.learn_wanted)
            card.back_wanted.connect(self.back_wanted)
            column.addWidget(card)
            self.cards[dimension] = card
        self.study = self._study(painter, inside)
        column.addWidget(self.study)
        column.addStretch(1)
        self.setWidget(inside)

    def _study(self, painter: PlotPainter, parent: QWidget) -> QFrame:
        """The shipped study: accuracy and retrieval against labels, on real photographs."""
        frame = QFrame(parent)
        frame.setProperty("card", True)
        column = QVBoxLayout(frame)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        words = self.tr(
            "Measured beforehand on 1,056 photographs of garments that nothing of this program "
            "learned from: how many more it names right, and how much better it finds pictures "
            "nobody labelled."
        )
        column.addWidget(ReadingLabel(words, frame))

        def draw(look: Any) -> Any:
            from fabricfinder.measuring.label_curves import study_drawing

            drawing = study_drawing()
            return None if drawing is None else drawing(look)

        plot = PlotView(painter, draw, self.tr("What are labels worth?"), words, frame)
        plot.setMaximumWidth(PLOT_PX)
        column.addWidget(plot)
        return frame

    def show_standing(self, found: Mapping[str, tuple["Judged | None", int]]) -> None:
        """Show how each dimension stands."""
        for dimension, (judged, labels) in found.items():
            self.cards[dimension].show_standing(judged, labels)
            self.cards[dimension].show_busy("")
