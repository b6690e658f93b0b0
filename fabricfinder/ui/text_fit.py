"""Words measured and fitted once: cards repaint often, their words seldom change."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from fabricfinder.ui.number_words import held_together

KEPT = 4096  # fitted texts kept; beyond it all are forgotten and measured anew


class Face:
    """A font with its measures, and the texts that were fitted to it.

    Attributes:
        font: the font.
        height: of a line of letters, px.
        spacing: from one line to the next, px.
        ascent: from the top of a line to the letters' foot, px.
    """

    def __init__(self, font: QFont) -> None:
        self.font = QFont(font)
        self._metrics = QFontMetricsF(self.font)
        self.height = self._metrics.height()
        self.spacing = self._metrics.lineSpacing()
        self.ascent = self._metrics.ascent()
        self._advances: dict[str, float] = {}
        self._fitted: dict[tuple[str, int, int], tuple[str, ...]] = {}

    def advance(self, text: str) -> float:
        """Width of a text in px."""
        if text not in self._advances:
            if len(self._advances) >= KEPT:
                self._advances.clear()
            self._advances[text] = self._metrics.horizontalAdvance(text)
        return self._advances[text]

    def fitted(self, text: str, width: float, n_lines: int = 1) -> tuple[str, ...]:
        """A text wrapped over at most ``n_lines`` lines of ``width`` px, the last one elided.

        No number parts from its unit.
        """
        key = (text, round(width), n_lines)
        if key not in self._fitted:
            if len(self._fitted) >= KEPT:
                self._fitted.clear()
            self._fitted[key] = self._wrap(*key)
        return self._fitted[key]

    def fitted_middle(self, text: str, width: float) -> str:
        """A text on one line of ``width`` px, elided in the middle: names differ at their ends."""
        key = (text, round(width), 0)
        if key not in self._fitted:
            elided = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, round(width))
            self._fitted[key] = (elided,)
        return self._fitted[key][0]

    def _wrap(self, text: str, width: int, n_lines: int) -> tuple[str, ...]:
        text = held_together(text)
        layout = QTextLayout(text, self.font)
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        layout.beginLayout()
        lines: list[str] = []
        while len(lines) < n_lines:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            start, length = line.textStart(), line.textLength()
            last = len(lines) == n_lines - 1
            words = (text[start:] if last else text[start : start + length]).strip()
            lines.append(self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, width))
        layout.endLayout()
        return tuple(lines)
