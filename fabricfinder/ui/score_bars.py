"""The four bars of a result with their words, the same on cards and in the inspector."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui import wording
from fabricfinder.ui.bars import dimension_brush, paint_bar, paint_outline
from fabricfinder.ui.theme import current_theme, scaled_font
from fabricfinder.ui.text_fit import Face

Scores = Sequence[float | None]
Unsure = Sequence[bool]
ALL_SURE = (False,) * len(DIMENSIONS)
LINE_PX = 3


def paint_score_bar(
    painter: QPainter, rect: QRectF, dimension: str, score: float | None, *,
    familiar: bool = True, unsure: bool = False,
) -> None:  # fmt: skip
    """Draw one bar; an unknown score is a hollow hatched frame, never an empty track.

    Args:
        painter: where; its state is left as it was.
        rect: the full bar.
        dimension: one of DIMENSIONS.
        score: 0..1, or None when it cannot be judged.
        familiar: False paints the bar grey: the query is like nothing the program learned from.
        unsure: the score is a guess: the bar is an outline, told from a full one without colour.
    """
    theme = current_theme()
    if score is not None and familiar:
        paint_bar(painter, rect, dimension, score, theme=theme, outlined=unsure)
        return
    painter.save()
    if score is None:
        painter.setPen(QPen(theme.color("strong_line"), 1))
        painter.setBrush(QBrush(theme.color("strong_line"), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.fillRect(rect, theme.color("track"))
        filled = QRectF(rect.topLeft(), rect.size())
        filled.setWidth(rect.width() * min(1.0, max(0.0, score)))
        if unsure:
            paint_outline(painter, filled, theme.color("strong_line"), theme)
        else:
            painter.fillRect(filled, theme.color("strong_line"))
    painter.restore()


def paint_four_bars(
    painter: QPainter,
    rect: QRectF,
    scores: Scores,
    *,
    face: Face,
    numbers: bool,
    familiar: bool = True,
    complete: bool = True,
    unsure: Unsure = ALL_SURE,
) -> None:
    """Draw the four bars under one another with their short names left and numbers right.

    Args:
        painter: where; its state is left as it was.
        rect: the block, split into four equal rows.
        scores: four scores 0..1, None = cannot be judged, in the order of DIMENSIONS.
        face: of names and numbers.
        numbers: show the scores; “n/a” always shows.
        familiar: see ``paint_score_bar``.
        complete: False while scores are still coming: an unknown one is an empty track then.
        unsure: which scores are guesses.
    """
    theme = current_theme()
    names = wording.dimension_short_names()
    left = max(face.advance(name) for name in names) + 6
    right = max(face.advance(wording.score_text(s)) for s in (None, 1.0)) + 4
    row = rect.height() / len(DIMENSIONS)
    thick = min(12.0, max(5.0, round(row * 0.55)))
    painter.save()
    painter.setFont(face.font)
    for i, dimension in enumerate(DIMENSIONS):
        line = QRectF(rect.left(), rect.top() + i * row, rect.width(), row)
        top = round(line.center().y() - thick / 2)
        bar = QRectF(round(line.left() + left), top, round(line.width() - left - right), thick)
        coming = scores[i] is None and not complete
        shown = 0.0 if coming else scores[i]
        paint_score_bar(painter, bar, dimension, shown, familiar=familiar, unsure=unsure[i])
        painter.setPen(theme.color("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, names[i])
        if not coming and (numbers or scores[i] is None):
            painter.setPen(theme.color("muted" if unsure[i] else "text"))
            said = wording.score_text(scores[i])
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, said)
    painter.restore()


class FourBars(QWidget):
    """The four bars large, with numbers, for the inspector."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: Scores = (None,) * 4
        self._unsure: Unsure = ALL_SURE
        self._familiar = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Why this is near"))

    @property
    def scores(self) -> Scores:
        """The four scores shown, in the order of DIMENSIONS."""
        return self._scores

    def set_scores(
        self, scores: Scores, familiar: bool = True, unsure: Unsure = ALL_SURE
    ) -> None:
        """Show four scores, 0..1 or None; ``unsure`` ones as outlines."""
        self._scores, self._familiar, self._unsure = tuple(scores), familiar, tuple(unsure)
        self.setAccessibleDescription(wording.scores_text(self._scores, self._unsure))
        self.update()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(200, 4 * (self.fontMetrics().height() + 6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        paint_four_bars(
            painter, QRectF(self.rect()), self._scores, face=Face(scaled_font(1.0)), numbers=True,
            familiar=self._familiar, unsure=self._unsure,
        )  # fmt: skip


class AlikeLine(QWidget):
    """How alike both codes are, as a thin line under the four bars: it has its share of the order.

    Grey and thin, because it is no fifth thing to weigh: the code sees all four at once.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alike, self._share = 0.0, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Looks alike overall"))
        self.setToolTip(
            self.tr(
                "How alike both cloths look as a whole. It counts beside the four bars, and most "
                "where all four are weighed alike; it cannot be weighed by itself."
            )
        )

    def set_alike(self, alike: float, share: float) -> None:
        """Show a likeness 0..1 and its share of the overall match, 0..1."""
        self._alike, self._share = alike, share
        self.setAccessibleDescription(wording.alike_text(alike, share))
        self.update()

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(200, self.fontMetrics().height() + 2 * LINE_PX + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, painter = current_theme(), QPainter(self)
        face = Face(scaled_font(0.9))
        words = QRectF(0, 0, self.width(), self.fontMetrics().height())
        said = wording.alike_text(self._alike, self._share)
        painter.setFont(face.font)
        painter.setPen(theme.color("muted"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | middle, said)
        name = face.fitted(self.accessibleName(), words.width() - face.advance(said) - 8)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | middle, name[0])
        line = QRectF(0, words.bottom() + 2, self.width(), LINE_PX)
        painter.fillRect(line, theme.color("track"))
        line.setWidth(line.width() * min(1.0, max(0.0, self._alike)))
        painter.fillRect(line, theme.color("strong_line"))


class DimensionMark(QWidget):
    """A small square in a dimension's colour and pattern: the legend of its bars."""

    def __init__(self, dimension: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension = dimension
        self.setFixedSize(14, 14)
        names = dict(zip(DIMENSIONS, wording.dimension_names(), strict=True))
        self.setToolTip(names[dimension])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.setBrushOrigin(QPointF(0, 0))
        painter.fillRect(self.rect(), dimension_brush(self._dimension, current_theme(), ratio))
