"""Many swatches at once: chosen by arrows, space and mouse, labelled by the same keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.questions import Asked
from fabricfinder.retrieval.explanation import short_name
from fabricfinder.ui import wording
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.label_choices import paint_tag
from fabricfinder.ui.label_words import certainty_text, value_text
from fabricfinder.ui.number_words import listed
from fabricfinder.ui.text_fit import Face
from fabricfinder.ui.theme import current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

CELLS = 24
GAP, PAD = 8, 4
NAME_LINES = 2


def words_room() -> int:
    """Height a tile needs around its picture, px."""
    return round(NAME_LINES * Face(scaled_font(0.88)).spacing) + 2 * PAD + 2


class Tile(QAbstractButton):
    """One swatch of the grid: chosen or not."""

    def __init__(
        self, asked: Asked, words: Vocabulary, thumbnails: ThumbnailCache, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.asked, self._thumbnails = asked, thumbnails
        ghost = asked.ghosts[0] if asked.ghosts else None
        self._sure = "" if ghost is None else certainty_text(ghost.certainty)
        shown = asked.said if ghost is None else ghost.value
        self.setText("" if shown is None else value_text(shown, words))
        told = f"{self.text()} {self._sure}".strip()
        self.setAccessibleName(listed((wording.spoken_title(asked.swatch), told)))
        self.setToolTip(self.accessibleName())
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Override QWidget::enterEvent."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Override QWidget::leaveEvent."""
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QAbstractButton::keyPressEvent: arrows belong to the grid."""
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.key() in arrows:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent: the picture, a tick where it is chosen, the ghost under it.

        How sure the model is stands on the picture, so that a long name has the line for itself.
        """
        theme, painter = current_theme(), QPainter(self)
        small = Face(scaled_font(0.88))
        side = min(self.height() - words_room(), self.width() - 2 * PAD)
        place = QRect((self.width() - side) // 2, PAD, side, side)
        picture = self._thumbnails.pixmap(
            self.asked.swatch.id, round(side * self.devicePixelRatioF()), fill=True
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is None or picture.isNull():
            painter.fillRect(place, theme.color("placeholder"))
        else:
            painter.drawPixmap(place, picture)
        paint_cloth_edge(painter, place)
        if self.isChecked():
            painter.setPen(QPen(theme.color("focus"), 3))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            paint_tag(painter, QRect(place.left() + 4, place.top() + 4, 20, 20), "✓", filled=True)
        if self._sure:
            room = QSize(round(Face(scaled_font(0.82)).advance(self._sure)) + 8, 16)
            corner = place.bottomRight() - QPoint(room.width() + 1, room.height() + 1)
            paint_tag(painter, QRect(corner, room), self._sure, filled=False)
        painter.setFont(small.font)
        painter.setPen(theme.color("muted"))
        foot = place.bottom() + 3 + small.ascent
        for line in small.fitted(short_name(self.text()), self.width() - 4, NAME_LINES):
            painter.drawText(place.left(), round(foot), line)
            foot += small.spacing
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class LabelGrid(QWidget):
    """Up to ``CELLS`` swatches.

    Signals:
        changed: other swatches are chosen.
    """

    changed = Signal()

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.tiles: list[Tile] = []
        self._columns = 6
        thumbnails.ready.connect(self._repaint)

    def show_asked(
        self, asked: Sequence[Asked], words: Vocabulary, value: str | float | None = None
    ) -> None:
        """Show swatches; chosen are those of which the model also believes ``value``."""
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        self.tiles = [Tile(one, words, self._thumbnails, self) for one in asked[:CELLS]]
        for tile in self.tiles:
            tile.setChecked(value is not None and believes(tile.asked, value, words))
            tile.toggled.connect(self._toggled)
        self._arrange()
        for tile in self.tiles:
            tile.show()
        if self.tiles:
            self.tiles[0].setFocus()
        self.changed.emit()

    def chosen(self) -> tuple[int, ...]:
        """Positions of the chosen tiles; the one with the keyboard when none is."""
        rows = tuple(at for at, tile in enumerate(self.tiles) if tile.isChecked())
        if rows:
            return rows
        return tuple(at for at, tile in enumerate(self.tiles) if tile.hasFocus())

    def choose_all(self) -> None:
        """Choose every tile, or none when all are."""
        on = not all(tile.isChecked() for tile in self.tiles)
        for tile in self.tiles:
            tile.setChecked(on)

    def _toggled(self) -> None:
        self.changed.emit()

    def _repaint(self, swatch_id: str) -> None:
        for tile in self.tiles:
            if tile.asked.swatch.id == swatch_id:
                tile.update()

    def _arrange(self) -> None:
        n, room = max(1, len(self.tiles)), words_room()
        best = QSize(0, 0)
        for columns in range(2, 13):
            rows = -(-n // columns)
            cell = QSize((self.width() - (columns - 1) * GAP) // columns,
                         (self.height() - (rows - 1) * GAP) // rows)  # fmt: skip
            side, best_side = (min(s.width(), s.height() - room) for s in (cell, best))
            if side > best_side:
                best, self._columns = cell, columns
        best.setHeight(min(best.height(), best.width() + room))
        for at, tile in enumerate(self.tiles):
            row, column = divmod(at, self._columns)
            tile.setGeometry(column * (best.width() + GAP), row * (best.height() + GAP),
                             best.width(), best.height())  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: arrows go from tile to tile."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self._columns,
                Qt.Key.Key_Down: self._columns}.get(event.key())  # fmt: skip
        here = next((at for at, tile in enumerate(self.tiles) if tile.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
        elif 0 <= here + step < len(self.tiles):
            self.tiles[here + step].setFocus()


def believes(asked: Asked, value: str | float, words: Vocabulary) -> bool:
    """Whether a model gives a swatch this label too: likeliest or a fifth sure; tightness within 8."""
    for at, ghost in enumerate(asked.ghosts):
        if isinstance(value, str) and value in words.terms:
            if ghost.value == words.shipped(value):
                return at == 0 or ghost.certainty >= 0.2
        elif not isinstance(value, str) and not isinstance(ghost.value, str):
            return abs(ghost.value - value) <= 8
    return False
