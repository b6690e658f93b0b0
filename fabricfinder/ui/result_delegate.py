"""The card of one result: the cloth, large and square, four bars, band, name and one sentence.

The delegate paints what the index's roles say and nothing else; the grid tells it how large.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fabricfinder.ui.result_model import ResultRole
from fabricfinder.ui.score_bars import paint_four_bars
from fabricfinder.ui.theme import current_theme, scaled_font

PAD = 8  # px around a card's content
GAP = 5
SENTENCE_LINES = 2
FAINT_OPACITY = 0.45


class SwatchCardDelegate(QStyledItemDelegate):
    """Paints results as cards of one size.

    Attributes:
        side: edge of the cloth in px; the card is that wide plus its padding.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = 200

    def card_size(self) -> QSize:
        """Width and height of a card at the present side and font."""
        return QSize(self.side + 2 * PAD, self.side + 2 * PAD + self._words_height())

    def _words_height(self) -> int:
        small, title = QFontMetricsF(self._small()), QFontMetricsF(self._title())
        lines = SENTENCE_LINES * small.lineSpacing()
        return round(3 * GAP + 4 * small.height() + title.height() + lines)

    @staticmethod
    def _small() -> QFont:
        return scaled_font(0.9)

    @staticmethod
    def _title() -> QFont:
        return scaled_font(1.0, bold=True)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Override QStyledItemDelegate::sizeHint."""
        return self.card_size()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Override QStyledItemDelegate::paint."""
        title = index.data(ResultRole.TITLE)
        if title is None:  # the row went away between layout and paint
            return
        card = QRect(option.rect.topLeft(), self.card_size())
        card.moveLeft(option.rect.left() + (option.rect.width() - card.width()) // 2)
        painter.save()
        self._paint_ground(painter, card, option)
        if index.data(ResultRole.FAINT):
            painter.setOpacity(FAINT_OPACITY)
        inner = card.adjusted(PAD, PAD, -PAD, -PAD)
        cloth = QRect(inner.topLeft(), QSize(self.side, self.side))
        self._paint_cloth(painter, cloth, index)
        hovered = option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected)
        bars = QRectF(inner.left(), cloth.bottom() + 1 + GAP, inner.width(),
                      4 * QFontMetricsF(self._small()).height())  # fmt: skip
        paint_four_bars(
            painter, bars, index.data(ResultRole.SCORES), font=self._small(),
            numbers=bool(hovered), familiar=bool(index.data(ResultRole.FAMILIAR)),
            complete=bool(index.data(ResultRole.COMPLETE)),
        )  # fmt: skip
        words = QRectF(bars.left(), bars.bottom() + GAP, bars.width(), inner.bottom() - bars.bottom())
        self._paint_words(painter, words, title, index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, card: QRect, option: QStyleOptionViewItem) -> None:
        """The card behind the cloth: neutral, framed when chosen, ringed when it has the keyboard."""
        theme = current_theme()
        state, flags = option.state, QStyle.StateFlag
        if state & (flags.State_Selected | flags.State_MouseOver):
            painter.fillRect(card, theme.color("panel"))
        if state & flags.State_Selected:
            painter.setPen(QPen(theme.color("strong_line"), 1))
            painter.drawRect(card.adjusted(0, 0, -1, -1))
        if state & flags.State_HasFocus:
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(card.adjusted(1, 1, -1, -1))

    def _paint_cloth(
        self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        picture = index.data(ResultRole.PICTURE)
        if picture is None or picture.isNull():
            painter.fillRect(place, current_theme().color("placeholder"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture)

    def _paint_words(
        self,
        painter: QPainter,
        place: QRectF,
        title: str,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Name left and band right on one line, the sentence beneath."""
        theme = current_theme()
        metrics, small = QFontMetricsF(self._title()), QFontMetricsF(self._small())
        line = QRectF(place.left(), place.top(), place.width(), metrics.height())
        band = index.data(ResultRole.BAND_WORD)
        band_width = small.horizontalAdvance(band) + 2
        painter.setPen(theme.color("text"))
        painter.setFont(self._small())
        bottom = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | bottom, band)
        painter.setFont(self._title())
        room = line.width() - band_width - 8
        shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | bottom, shown)
        painter.setPen(theme.color("muted"))
        under = QRectF(line.left(), line.bottom() + GAP - 2, line.width(), place.bottom() - line.bottom())
        paint_elided(painter, under, index.data(ResultRole.SENTENCE), self._small(), SENTENCE_LINES)


def paint_elided(painter: QPainter, place: QRectF, text: str, font: QFont, lines: int) -> None:
    """Draw text wrapped over at most ``lines`` lines, the last one elided."""
    metrics = QFontMetricsF(font)
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    painter.setFont(font)
    top = place.top()
    for n in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(place.width())
        start, length = line.textStart(), line.textLength()
        rest = text[start:] if n == lines - 1 else text[start : start + length]
        shown = metrics.elidedText(rest.strip(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(QPoint(round(place.left()), round(top + metrics.ascent())), shown)
        top += metrics.lineSpacing()
    layout.endLayout()
