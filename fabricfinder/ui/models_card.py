"""One model on the page “Models”: what it is for, how well it finds, and the way to choose it."""

import math

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.models import KeyFigure, Model
from fabricfinder.ui.how_well_words import hundred_range
from fabricfinder.ui.models_words import (
    engineers_rows,
    not_measured,
    reason_text,
    shown_figures,
    size_text,
    speed_text,
)
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.plain_parts import plain_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, current_theme, scaled_font

BAR_PX, BAR_HEIGHT = 120, 14


class FigureBar(QWidget):
    """A figure of 100 as a mark on a line, its interval as a broad band, chance as a short stroke."""

    def __init__(self, figure: KeyFigure, parent: QWidget) -> None:
        super().__init__(parent)
        self._figure = figure
        self.setMinimumWidth(BAR_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(2 * BAR_PX, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, figure = current_theme(), self._figure
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.fillRect(0, round(middle) - 2, self.width(), 4, QColor(theme.track))
        if not math.isnan(figure.low):
            left, right = self._x(figure.low), self._x(figure.high)
            painter.fillRect(round(left), round(middle) - 4, max(2, round(right - left)), 8,
                             QColor(theme.strong_line))  # fmt: skip
        if not math.isnan(figure.floor):
            painter.setPen(QPen(QColor(theme.muted), 1))
            at = self._x(figure.floor)
            painter.drawLine(QPointF(at, middle - 4), QPointF(at, middle + 4))
        painter.setPen(QPen(QColor(theme.text), 2.4))
        at = self._x(figure.value)
        painter.drawLine(QPointF(at, middle - 6), QPointF(at, middle + 6))
        painter.end()

    def _x(self, share: float) -> float:
        return 1.5 + min(1.0, max(0.0, share)) * (self.width() - 3)


class ModelCard(QFrame):
    """A card of one model, or of what a library was taught.

    Signals:
        chosen: its key.
    """

    chosen = Signal(str)

    def __init__(
        self, key: str, title: str, about: str, model: Model | None, parent: QWidget | None = None
    ) -> None:
        """``model`` is None for what a library was taught, which has no figures of its own."""
        super().__init__(parent)
        self.setProperty("card", True)
        self.key, self.model = key, model
        self.usable = model is None or model.shipped
        self.title = QLabel(title, self)
        self.title.setFont(scaled_font(1.25, bold=True))
        # Not reading labels: those would be centred in their column.
        self.about, self.effort = plain_words(self, about), plain_words(self)
        self.about.setFont(scaled_font(1.05))
        self.effort.setProperty("muted", True)
        self.in_use = QLabel(self.tr("✓ In use"), self)
        self.in_use.setFont(scaled_font(1.05, bold=True))
        self.button = QPushButton(self.tr("Use this one"), self)
        self.button.clicked.connect(self._choose)
        self.in_use.setMinimumHeight(self.button.sizeHint().height())
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(SPACE_M)
        self._facts.setVerticalSpacing(SPACE_XS)
        self._facts.setColumnStretch(1, 1)
        self.speed = QLabel(self)
        self.fold = QToolButton(self)
        self.engineers = QWidget(self)
        self._arrange()
        if model is not None:
            self._fill(model)
        self.show_state(in_use=False, can=False, why="", effort="")

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self.title, 1)
        head.addWidget(self.in_use)
        head.addWidget(self.button)
        left = QVBoxLayout()
        left.setSpacing(SPACE_S)
        left.addWidget(self.about)
        left.addWidget(self.effort)
        left.addStretch(1)
        left.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_L)
        middle.addLayout(left, 1)
        if self.usable and self.model is not None:
            middle.addLayout(self._facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addLayout(middle)
        column.addWidget(self.engineers)
        column.addStretch(1)
        self.fold.setVisible(self.model is not None)
        self.engineers.hide()
        self.speed.hide()

    def _fill(self, model: Model) -> None:
        """Figures, size and speed, and what engineers want to know."""
        if not model.shipped:
            for label in (self.title, self.about):
                label.setProperty("muted", True)
            self.effort.setText(reason_text(model))
            self.button.setToolTip(reason_text(model))
        else:
            figures = shown_figures(model)
            for row, (words, sentence, figure) in enumerate(figures):
                self._add_figure(row, words, sentence, figure)
            row = len(figures)
            if not figures:
                self._facts.addWidget(QLabel(not_measured(), self), 0, 0, 1, 3)
                row = 1
            self._add_fact(row, self.tr("Speed"), self.speed)
            self.speed.show()
            self._add_fact(row + 1, self.tr("Size"), QLabel(size_text(model), self))
            self._facts.setRowStretch(row + 2, 1)
        self.show_speed(None)
        self._add_engineers(model)

    def _add_figure(self, row: int, words: str, sentence: str, figure: KeyFigure) -> None:
        name, value = QLabel(words, self), QLabel(hundred_range(figure), self)
        bar = FigureBar(figure, self)
        asked = self.tr("{sentence} Asked {n} times: {protocol}.").format(
            sentence=sentence, n=count_text(figure.n), protocol=figure.protocol
        )
        for widget in (name, bar, value):
            widget.setToolTip(asked)
        bar.setAccessibleName(self.tr("{words}: {value} of 100").format(
            words=words, value=value.text()))  # fmt: skip
        bar.setAccessibleDescription(asked)
        name.setProperty("muted", True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((name, bar, value)):
            self._facts.addWidget(widget, row, column)

    def _add_fact(self, row: int, words: str, value: QLabel) -> None:
        name = QLabel(words, self)
        name.setProperty("muted", True)
        self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(value, row, 1, 1, 2)

    def _add_engineers(self, model: Model) -> None:
        grid = QGridLayout(self.engineers)
        grid.setContentsMargins(SPACE_M, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(1, 1)
        for row, (words, value) in enumerate(engineers_rows(model)):
            name = QLabel(words, self.engineers)
            name.setProperty("muted", True)
            text = plain_words(self, value)
            text.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        self.fold.setProperty("fold", True)
        self.fold.setText(self.tr("For engineers"))
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setAccessibleName(self.tr("For engineers: {name}").format(name=self.title.text()))
        self.fold.clicked.connect(self._unfold)

    def _unfold(self) -> None:
        opened = self.engineers.isHidden()
        self.fold.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.fold.setAccessibleDescription(self.tr("open") if opened else "")
        self.engineers.setVisible(opened)

    def _choose(self) -> None:
        self.chosen.emit(self.key)

    # What the page tells it --------------------------------------------------------------------

    def show_speed(self, seconds: float | None) -> None:
        """Show how fast it looks at cloth on this computer; None = not measured."""
        self.speed.setText(speed_text(seconds))

    def show_state(self, *, in_use: bool, can: bool, why: str, effort: str) -> None:
        """Show whether it answers, whether it can be chosen (or why not), and what that takes."""
        self.in_use.setVisible(in_use)
        self.button.setVisible(not in_use)
        self.button.setEnabled(self.usable and can)
        if self.usable:
            self.button.setToolTip(why)
            self.effort.setText("" if in_use else effort)
            self.effort.setVisible(bool(self.effort.text()))
        state = self.in_use.text() if in_use else self.effort.text()
        self.setAccessibleName(f"{self.title.text()}. {self.about.text()} {state}")
        self.button.setAccessibleName(self.tr("Use {name}").format(name=self.title.text()))
        self.button.setAccessibleDescription(why or self.effort.text())
