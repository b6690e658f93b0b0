"""Two palettes as one chart: which colour of the one became which of the other, and how much."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.ui import wording
from fabricfinder.ui.shade_names import shade_name
from fabricfinder.ui.theme import current_theme, scaled_font

BAR_PX, BAND_PX = 20, 44
LEAST_FLOW = 0.01  # of the cloth; less is not drawn
LEAST_LABEL_PX = 34


class PaletteFlow(QWidget):
    """The pinned cloth's colours above, the candidate's below, bands between what was matched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palettes = (Palette(()), Palette(()))
        self._flows = np.zeros((0, 0), np.float32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Both palettes"))

    def set_palettes(self, pinned: Palette, candidate: Palette, flows: np.ndarray) -> None:
        """Show two palettes.

        Args:
            flows: (k, m), how much of the cloth colour i of the one is of colour j of the other.
        """
        self._palettes, self._flows = (pinned, candidate), flows
        self.setAccessibleDescription(" → ".join(wording.palette_text(p) for p in self._palettes))
        self.update()

    def bands(self) -> list[tuple[int, int, QRectF, QRectF]]:
        """Every band: its two colours, and where it leaves the one bar and meets the other.

        Along each bar bands stand in the order of the other's colours, so that few of them cross.
        """
        width = float(self.width())
        starts = [self._edges(p) for p in self._palettes]
        top, bottom = starts[0].copy(), starts[1].copy()
        found = []
        for i, row in enumerate(self._flows):
            for j, share in enumerate(row):
                span = float(share) * width
                if share >= LEAST_FLOW:
                    upper = QRectF(top[i] * width, 0, span, BAR_PX)
                    lower = QRectF(bottom[j] * width, BAR_PX + BAND_PX, span, BAR_PX)
                    found.append((i, j, upper, lower))
                top[i] += share
                bottom[j] += share
        return found

    def _edges(self, palette: Palette) -> np.ndarray:
        """Left edge of each colour, 0..1."""
        shares = np.array([c.share for c in palette.colors], np.float64)
        return np.concatenate([[0.0], shares.cumsum()])[: len(shares)]

    def _under(self, at: QPointF) -> PaletteColor | None:
        row = self._bar_at(at.y())
        if row is None:
            return None
        colors, share = self._palettes[row].colors, at.x() / max(1, self.width())
        edges = self._edges(self._palettes[row])
        place = int(np.searchsorted(edges, share, side="right")) - 1
        return colors[place] if 0 <= place < len(colors) else None

    def _bar_at(self, y: float) -> int | None:
        label = self.fontMetrics().height()
        if label <= y < label + BAR_PX:
            return 0
        low = label + BAR_PX + BAND_PX
        return 1 if low <= y < low + BAR_PX else None

    # Qt overrides ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(200, 2 * (BAR_PX + self.fontMetrics().height()) + BAND_PX)

    def minimumSizeHint(self) -> QSize:
        """Override QWidget::minimumSizeHint."""
        return QSize(80, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: name the colour under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            color = self._under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), wording.color_text(color) if color else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(0.85))
        label = self.fontMetrics().height()
        painter.translate(0, label)
        for i, j, upper, lower in self.bands():
            self._paint_band(painter, i, j, upper, lower)
        for row, palette in enumerate(self._palettes):
            y = row * (BAR_PX + BAND_PX)
            for color, left in zip(palette.colors, self._edges(palette), strict=True):
                box = QRectF(left * self.width(), y, color.share * self.width(), BAR_PX)
                painter.fillRect(box, QColor(*color.rgb))
                self._paint_label(painter, color, box, row, label)
            if palette.colors:
                painter.setPen(QPen(theme.color("strong_line"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(0.5, y + 0.5, self.width() - 1, BAR_PX - 1))

    def _paint_band(
        self, painter: QPainter, i: int, j: int, upper: QRectF, lower: QRectF
    ) -> None:
        """One band, in the colour it comes from, outlined so that greys part from the ground."""
        path = QPainterPath(upper.bottomLeft())
        middle = BAR_PX + BAND_PX / 2
        path.cubicTo(QPointF(upper.left(), middle), QPointF(lower.left(), middle), lower.topLeft())
        path.lineTo(lower.topRight())
        path.cubicTo(QPointF(lower.right(), middle), QPointF(upper.right(), middle),
                     upper.bottomRight())  # fmt: skip
        path.closeSubpath()
        color = QColor(*self._palettes[0].colors[i].rgb)
        color.setAlpha(150)
        painter.setPen(QPen(current_theme().color("strong_line"), 0.5))
        painter.setBrush(color)
        painter.drawPath(path)

    def _paint_label(
        self, painter: QPainter, color: PaletteColor, box: QRectF, row: int, height: int
    ) -> None:
        """A colour's name and share above or below its bar, where they fit."""
        if box.width() < LEAST_LABEL_PX:
            return
        share = f"{100 * color.share:.0f} %"
        full = f"{shade_name(color)} {share}"
        said = full if painter.fontMetrics().horizontalAdvance(full) + 4 <= box.width() else share
        y = -height if row == 0 else 2 * BAR_PX + BAND_PX
        painter.setPen(current_theme().color("muted"))
        place = QRectF(box.left(), y, box.width(), height)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, said)
