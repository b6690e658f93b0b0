"""Cloths beside one another as a chart: four bars and the palette of each, live."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.domain.palette import Palette
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui import wording
from fabricfinder.ui.score_bars import ALL_SURE, Unsure, paint_score_bar
from fabricfinder.ui.shade_names import shade_name
from fabricfinder.ui.theme import SPACE_S, current_theme, scaled_font

BAR_PX, BAR_GAP, PALETTE_PX = 9, 3, 16
RIGHT_PX = 6  # beside the numbers
WIDEST = 900  # px; longer bars are no easier to compare
LEAST_LABEL_PX = 60


@dataclass(frozen=True, slots=True, eq=False)
class ChartRow:
    """One cloth of the chart.

    Attributes:
        key: what ``ScoreChart.chosen`` sends.
        title: what it is called.
        scores: the four dimensions 0..1, None = cannot be judged; () shows no bars.
        unsure: which of them are guesses.
        palette: its colours.
    """

    key: str
    title: str
    scores: Sequence[float | None] = ()
    palette: Palette = Palette(())
    unsure: Unsure = ALL_SURE


class ScoreChart(QWidget):
    """A row a cloth; its bars begin at one line, so that they are compared at a glance.

    Signals:
        chosen: the key of a row that was clicked, or Enter was pressed on.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ChartRow, ...] = ()
        self._current = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Chart of the four dimensions and the palettes"))

    @property
    def rows(self) -> tuple[ChartRow, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[ChartRow], current: str = "") -> None:
        """Show these cloths, ``current`` marked."""
        self._rows, self._current = tuple(rows), current
        said = (f"{r.title}: {wording.scores_text(r.scores, r.unsure)}" for r in rows if r.scores)
        self.setAccessibleDescription("; ".join(said))
        self.setFixedHeight(max(1, self.sizeHint().height()))
        self.update()

    def places(self) -> list[QRectF]:
        """Where each row stands."""
        found, y = [], 0.0
        for row in self._rows:
            height = self._height(row)
            found.append(QRectF(0, y, min(self.width(), WIDEST), height))
            y += height
        return found

    def bar_rect(self, place: QRectF, number: int) -> QRectF:
        """The full track of a dimension's bar in a row's place."""
        left = self._names_width()
        top = place.top() + self.fontMetrics().height() + number * (BAR_PX + BAR_GAP) + BAR_GAP
        right = self.fontMetrics().horizontalAdvance("100") + 8 + RIGHT_PX
        return QRectF(left, top, max(10.0, place.width() - left - right), BAR_PX)

    def _names_width(self) -> float:
        names = wording.dimension_short_names()
        return max(self.fontMetrics().horizontalAdvance(n) for n in names) * 0.9 + 8

    def _height(self, row: ChartRow) -> float:
        bars = len(DIMENSIONS) * (BAR_PX + BAR_GAP) + BAR_GAP if row.scores else BAR_GAP
        colors = PALETTE_PX + 2 if row.palette.colors else 0
        return self.fontMetrics().height() + bars + colors + SPACE_S + 2

    def _choose(self, step: int) -> None:
        keys = [row.key for row in self._rows]
        if keys:
            here = keys.index(self._current) if self._current in keys else -step
            self._current = keys[max(0, min(len(keys) - 1, here + step))]
            self.update()

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(220, round(sum(self._height(row) for row in self._rows)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent."""
        for row, place in zip(self._rows, self.places(), strict=True):
            if place.contains(event.position()):
                self._current = row.key
                self.update()
                self.chosen.emit(row.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: arrows walk, Enter chooses."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self._choose(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, painter = current_theme(), QPainter(self)
        for row, place in zip(self._rows, self.places(), strict=True):
            self._paint_row(painter, row, place)
            if row.key == self._current:
                painter.fillRect(QRectF(0, place.top() + 2, 3, place.height() - SPACE_S),
                                 theme.color("text"))  # fmt: skip
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_row(self, painter: QPainter, row: ChartRow, place: QRectF) -> None:
        theme, line = current_theme(), self.fontMetrics().height()
        painter.setFont(scaled_font(0.95, bold=row.key == self._current))
        painter.setPen(theme.color("text"))
        head = QRectF(8, place.top(), place.width() - 8, line)
        title = painter.fontMetrics().elidedText(
            row.title, Qt.TextElideMode.ElideMiddle, round(head.width())
        )
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(scaled_font(0.85))
        names = wording.dimension_short_names()
        for n, score in enumerate(row.scores):
            track = self.bar_rect(place, n)
            paint_score_bar(painter, track, DIMENSIONS[n], score, unsure=row.unsure[n])
            around = QRectF(8, track.top() - 4, track.left() - 12, BAR_PX + 8)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(theme.color("muted"))
            painter.drawText(around, Qt.AlignmentFlag.AlignLeft | middle, names[n])
            painter.setPen(theme.color("text"))
            room = place.right() - RIGHT_PX - track.right()
            number = QRectF(track.right(), around.top(), room, around.height())
            said = wording.score_text(score)
            painter.drawText(number, Qt.AlignmentFlag.AlignRight | middle, said)
        self._paint_palette(painter, row, place)

    def _paint_palette(self, painter: QPainter, row: ChartRow, place: QRectF) -> None:
        """The shares of its colours, from the line where the bars begin."""
        if not row.palette.colors:
            return
        track = self.bar_rect(place, len(DIMENSIONS) if row.scores else 0)
        strip = QRectF(track.left(), track.top(), track.width(), PALETTE_PX)
        left = strip.left()
        for color in row.palette.colors:
            width = color.share * strip.width()
            box = QRectF(left, strip.top(), width, PALETTE_PX)
            painter.fillRect(box, QColor(*color.rgb))
            if width >= LEAST_LABEL_PX:
                dark = sum(color.rgb) < 3 * 118
                painter.setPen(QColor("#ffffff" if dark else "#141414"))
                words = f"{shade_name(color)} {100 * color.share:.0f} %"
                if painter.fontMetrics().horizontalAdvance(words) + 6 <= width:
                    inside = box.adjusted(3, 0, 0, 0)
                    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, words)
            left += width
        painter.setPen(QPen(current_theme().color("strong_line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(strip.adjusted(0.5, 0.5, -0.5, -0.5))
