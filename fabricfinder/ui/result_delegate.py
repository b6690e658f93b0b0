"""The card of one result: the cloth, large and square, four bars, band, name and one sentence.

The delegate paints what the index's roles say and nothing else; the grid tells it how large.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fabricfinder.ui.card_ground import paint_card_ground
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.result_model import ResultRole
from fabricfinder.ui.score_bars import paint_four_bars
from fabricfinder.ui.theme import current_theme, scaled_font
from fabricfinder.ui.text_fit import Face

PAD = 8  # px around a card's content
GAP = 5
SENTENCE_LINES = 3  # what differs is said last, and must not be cut
STALE_OPACITY = 0.45
FAINT_OPACITY = 0.6


class SwatchCardDelegate(QStyledItemDelegate):
    """Paints results as cards of one size.

    Attributes:
        side: edge of the cloth in px; the card is that wide plus its padding.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = 200
        self._small, self._title = Face(scaled_font(0.9)), Face(scaled_font(1.0, bold=True))

    def refresh_fonts(self) -> None:
        """Take the application's font anew."""
        self._small, self._title = Face(scaled_font(0.9)), Face(scaled_font(1.0, bold=True))

    def card_size(self) -> QSize:
        """Width and height of a card at the present side and font."""
        return QSize(self.side + 2 * PAD, self.side + 2 * PAD + self._words_height())

    def _words_height(self) -> int:
        lines = SENTENCE_LINES * self._small.spacing
        return round(3 * GAP + 4 * self._small.height + self._title.height + lines)

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
        paint_card_ground(painter, card, option.state)
        if index.data(ResultRole.STALE):
            painter.setOpacity(STALE_OPACITY)
        inner = card.adjusted(PAD, PAD, -PAD, -PAD)
        cloth = QRect(inner.topLeft(), QSize(self.side, self.side))
        self._paint_cloth(painter, cloth, index)
        if index.data(ResultRole.FAINT):  # never the cloth: its colours must stay true
            painter.setOpacity(painter.opacity() * FAINT_OPACITY)
        flags = QStyle.StateFlag
        hovered = option.state & (flags.State_MouseOver | flags.State_Selected)
        bars = QRectF(inner.left(), cloth.bottom() + 1 + GAP, inner.width(),
                      4 * self._small.height)  # fmt: skip
        paint_four_bars(
            painter, bars, index.data(ResultRole.SCORES), face=self._small,
            numbers=bool(hovered), familiar=bool(index.data(ResultRole.FAMILIAR)),
            complete=bool(index.data(ResultRole.COMPLETE)), unsure=index.data(ResultRole.UNSURE),
        )  # fmt: skip
        below = inner.bottom() - bars.bottom()
        words = QRectF(bars.left(), bars.bottom() + GAP, bars.width(), below)
        self._paint_words(painter, words, title, index)
        painter.restore()

    def _paint_cloth(
        self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        picture = index.data(ResultRole.PICTURE)
        if picture is None or picture.isNull():
            painter.fillRect(place, current_theme().color("placeholder"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture)
        paint_cloth_edge(painter, place)

    def _paint_words(
        self,
        painter: QPainter,
        place: QRectF,
        title: str,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Name left and band right on one line, the sentence beneath."""
        theme = current_theme()
        small, bold = self._small, self._title
        line = QRectF(place.left(), place.top(), place.width(), bold.height)
        band = index.data(ResultRole.BAND_WORD)
        painter.setPen(theme.color("text"))
        painter.setFont(small.font)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, band)
        painter.setFont(bold.font)
        room = line.width() - small.advance(band) - 10
        shown = bold.fitted_middle(title, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, shown)
        painter.setPen(theme.color("muted"))
        under = line.translated(0, line.height() + GAP - 2)
        paint_elided(painter, under, index.data(ResultRole.SENTENCE), small, SENTENCE_LINES)


def paint_elided(painter: QPainter, place: QRectF, text: str, face: Face, lines: int) -> None:
    """Draw text wrapped over at most ``lines`` lines, the last one elided."""
    painter.setFont(face.font)
    top = place.top() + face.ascent
    for line in face.fitted(text, place.width(), lines):
        painter.drawText(QPointF(place.left(), round(top)), line)
        top += face.spacing
