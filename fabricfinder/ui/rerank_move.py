"""The re-rank move: when weights change, each card glides from its old place to its new one.

The only thing that ever moves over cloth. It lasts 200 ms, is off when the desktop asks for no
animation, and steps aside when the next change comes or the grid is scrolled.
"""

from PySide6.QtCore import (
    QEasingCurve,
    QElapsedTimer,
    QPoint,
    QPointF,
    QRect,
    Qt,
    QVariantAnimation,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from fabricfinder.ui.result_grid import ResultGrid
from fabricfinder.ui.result_model import ResultRole
from fabricfinder.ui.theme import current_theme

MOVE_MS = 200
CALM_MS = 300  # changes closer together than this are one drag


class RerankMove(QWidget):
    """Lies over the grid while its cards move."""

    def __init__(self, grid: ResultGrid) -> None:
        super().__init__(grid.viewport())
        self._grid = grid
        self._before: dict[str, QPoint] = {}
        self._since = QElapsedTimer()
        self._cards: list[tuple[QPixmap, QPoint | None, QPoint]] = []
        self._clock = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=MOVE_MS)
        self._clock.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._clock.valueChanged.connect(self.update)
        self._clock.finished.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        grid.verticalScrollBar().valueChanged.connect(self.stop)
        self.hide()

    def remember(self) -> None:
        """Note where the cards in sight are, before the order changes."""
        self.stop()
        # While she drags a slider the order changes faster than eyes follow: then nothing glides.
        dragging = self._since.isValid() and self._since.elapsed() < CALM_MS
        self._since.start()
        self._before = {} if dragging else {key: at for key, (_, at) in self._in_sight().items()}

    def play(self) -> None:
        """Let the cards glide to where they are now."""
        if not self._before or not self._grid.isVisible() or not _animates(self._grid):
            return
        after = self._in_sight()
        if {key: at for key, (_, at) in after.items()} == self._before:
            return
        self._cards = [
            (self._picture(place), self._before.get(key), at) for key, (place, at) in after.items()
        ]
        self.setGeometry(self._grid.viewport().rect())
        self.show()
        self._clock.start()

    def stop(self) -> None:
        """Step aside."""
        self._clock.stop()
        self.hide()

    def _in_sight(self) -> dict[str, tuple[int, QPoint]]:
        """The cards in sight: id -> place in the model and top left corner."""
        model, found = self._grid.model(), {}
        for place in self._grid.visible_range():
            index = model.index(place, 0)
            corner = self._grid.visualRect(index).topLeft()
            found[index.data(ResultRole.SWATCH_ID)] = (place, corner)
        return found

    def _picture(self, place: int) -> QPixmap:
        """One card as it stands at a place."""
        index = self._grid.model().index(place, 0)
        size = self._grid.visualRect(index).size()
        ratio = self.devicePixelRatioF()
        card = QPixmap(size * ratio)
        card.setDevicePixelRatio(ratio)
        card.fill(Qt.GlobalColor.transparent)
        option = QStyleOptionViewItem()
        self._grid.initViewItemOption(option)
        option.rect = QRect(QPoint(0, 0), size)
        option.state = QStyle.StateFlag.State_Enabled
        if self._grid.selectionModel().isSelected(index):
            option.state |= QStyle.StateFlag.State_Selected
        painter = QPainter(card)
        self._grid.itemDelegate().paint(painter, option, index)
        painter.end()
        return card

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: cards that come from out of sight fade in."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().color("surround"))
        share = float(self._clock.currentValue() or 0.0)
        for card, start, end in self._cards:
            painter.setOpacity(share if start is None else 1.0)
            begin = QPointF(end if start is None else start)
            painter.drawPixmap(begin + (QPointF(end) - begin) * share, card)


def _animates(widget: QWidget) -> bool:
    """Whether the desktop wants things to move at all."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
