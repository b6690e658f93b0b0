"""A cloth's palette as a strip: each colour as wide as its share of the cloth."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.ui import wording
from fabricfinder.ui.shade_names import shade_name
from fabricfinder.ui.theme import current_theme, scaled_font

STRIP_PX = 22
LEAST_LABEL_PX = 30  # a colour narrower than this shows no number


class PaletteStrip(QWidget):
    """Paints a palette, largest share first; names and shares in percent beneath where they fit."""

    def __init__(self, parent: QWidget | None = None, *, shares: bool = True) -> None:
        super().__init__(parent)
        self._palette = Palette(())
        self._shares = shares
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Palette"))

    @property
    def colors(self) -> tuple[PaletteColor, ...]:
        """The colours shown."""
        return self._palette.colors

    def set_colors(self, palette: Palette) -> None:
        """Show a palette; an empty one leaves the strip blank."""
        self._palette = palette
        self.setAccessibleDescription(wording.palette_text(palette))
        self.update()

    def _spans(self) -> list[tuple[QRectF, PaletteColor]]:
        """Where each colour stands, left to right, without gaps."""
        spans, left = [], 0.0
        for color in self._palette.colors:
            width = color.share * self.width()
            spans.append((QRectF(left, 0, width, STRIP_PX), color))
            left += width
        return spans

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        words = self.fontMetrics().height() if self._shares else 0
        return QSize(120, STRIP_PX + words)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint."""
        return QSize(60, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: name the colour under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = event.pos().x()
            under = [c for box, c in self._spans() if box.left() <= at < box.right()]
            text = wording.color_text(under[0]) if under else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setFont(scaled_font(0.85))
        for box, color in self._spans():
            painter.fillRect(box.toAlignedRect() & self.rect(), QColor(*color.rgb))
            if self._shares and box.width() >= LEAST_LABEL_PX:
                painter.setPen(theme.color("muted"))
                words = QRectF(box.left(), STRIP_PX, box.width(), self.height() - STRIP_PX)
                painter.drawText(words, Qt.AlignmentFlag.AlignLeft, _said(painter, box, color))
        if self._palette.colors:
            painter.setPen(QPen(theme.color("strong_line"), 1))
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, STRIP_PX - 1))


def _said(painter: QPainter, box: QRectF, color: PaletteColor) -> str:
    """“grey 71 %” where that fits under its colour, else “71 %”."""
    share = f"{100 * color.share:.0f} %"
    full = f"{shade_name(color)} {share}"
    return full if painter.fontMetrics().horizontalAdvance(full) + 6 <= box.width() else share
