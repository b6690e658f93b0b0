"""Drawing in millimetres: text, cloth, rulers, bars and codes, the same on screen and paper."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
    QTextLayout,
    QTextOption,
)

from fabricfinder.sheets.content import SheetPicture, Shade
from fabricfinder.sheets.dress import LINE, MUTED, STRONG_LINE, TEXT
from fabricfinder.ui.letters import CHINESE_FONTS

MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72
UNITS = 20  # painter units in a mm: fonts have whole sizes there, 0.14 pt apart
FAMILIES = ("Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans", *CHINESE_FONTS)
LINE_SPACING = 1.22
GROUND = "#f2f2f2"  # behind a swatch that does not fill its box
HAIRLINE = 0.18  # mm


class Align(Enum):
    """Where a line of text stands in its width: how much of the room left over is before it."""

    LEFT = 0.0
    RIGHT = 1.0
    CENTER = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm from the page's upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def inset(self, by: float) -> "Box":
        """The box less a margin on every side."""
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


def line_height(size: float) -> float:
    """From one line of text to the next in mm, for a size in points."""
    return size * MM_PER_POINT * LINE_SPACING


class Canvas:
    """A painter whose coordinates are millimetres of the page.

    Args:
        painter: active on the page; its state is restored by ``close``.
        px_per_mm: of the painter's device.
    """

    def __init__(self, painter: QPainter, px_per_mm: float) -> None:
        self.painter = painter
        painter.save()
        painter.scale(px_per_mm / UNITS, px_per_mm / UNITS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._fonts: dict[tuple[float, bool], QFont] = {}

    def close(self) -> None:
        """Leave the painter as it was."""
        self.painter.restore()

    # Text --------------------------------------------------------------------------------------

    def font(self, size: float, bold: bool = False) -> QFont:
        """The sheet's font in points; unhinted, so that every device breaks lines alike."""
        key = size, bold
        if key not in self._fonts:
            font = QFont()
            font.setFamilies(list(FAMILIES))
            font.setPixelSize(max(1, round(size * MM_PER_POINT * UNITS)))
            font.setBold(bold)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            # A PDF's reader must find “Office” by its letters, not by a joined ffi.
            font.setFeature(QFont.Tag("liga"), 0)
            self._fonts[key] = font
        return self._fonts[key]

    def width_of(self, words: str, size: float, bold: bool = False) -> float:
        """Width of a line of text in mm."""
        return QFontMetricsF(self.font(size, bold)).horizontalAdvance(words) / UNITS

    def text(
        self, x: float, y: float, width: float, words: str, size: float = 7.0, *,
        bold: bool = False, color: str = TEXT, lines: int = 1, align: Align = Align.LEFT,
    ) -> float:  # fmt: skip
        """Write words, wrapped over at most ``lines`` lines, the last one elided.

        Args:
            x, y, width: where, in mm; ``y`` is the top of the first line.
            words: what; any script.
            size: in points.

        Returns:
            the y below the last line written.
        """
        if not words:
            return y
        font = self.font(size, bold)
        self.painter.setPen(QColor(color))
        step = line_height(size)
        for line in self._wrapped(words, font, width * UNITS, lines):
            self._line(line, font, x, y, width, align)
            y += step
        return y

    def count_lines(
        self, words: str, width: float, size: float, lines: int, bold: bool = False
    ) -> int:
        """How many lines ``text`` would take."""
        return len(self._wrapped(words, self.font(size, bold), width * UNITS, lines))

    def _wrapped(self, words: str, font: QFont, width: float, lines: int) -> list[str]:
        """The lines of a text; the last one elided when more would be needed."""
        layout = QTextLayout(words, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        found: list[str] = []
        while len(found) < lines:
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            start, length = line.textStart(), line.textLength()
            rest = words[start:] if len(found) == lines - 1 else words[start : start + length]
            found.append(rest.strip())
        layout.endLayout()
        if found:
            metrics = QFontMetricsF(font)
            # A hair of room: the elided width is worked out with another rounding than the line's.
            found[-1] = metrics.elidedText(found[-1], Qt.TextElideMode.ElideRight, width + 1)
        return found

    def _line(
        self, words: str, font: QFont, x: float, y: float, width: float, align: Align
    ) -> None:
        """One line by its foot: letters of another font, taller perhaps, stand on the same line."""
        metrics = QFontMetricsF(font)
        before = align.value * (width * UNITS - metrics.horizontalAdvance(words))
        self.painter.setFont(font)
        self.painter.drawText(QPointF(x * UNITS + before, y * UNITS + metrics.ascent()), words)

    # Shapes ------------------------------------------------------------------------------------

    def fill(self, box: Box, color: str) -> None:
        """Fill a rectangle."""
        self.painter.fillRect(_units(box), QColor(color))

    def frame(self, box: Box, color: str = STRONG_LINE, width: float = HAIRLINE) -> None:
        """Draw a rectangle's edge."""
        self.painter.setPen(QPen(QColor(color), width * UNITS))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(_units(box))

    def line(
        self, x1: float, y1: float, x2: float, y2: float, color: str = LINE,
        width: float = HAIRLINE, dashed: bool = False,
    ) -> None:  # fmt: skip
        """Draw a straight line."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        pen = QPen(QColor(color), width * UNITS, style, Qt.PenCapStyle.FlatCap)
        self.painter.setPen(pen)
        self.painter.drawLine(QPointF(x1 * UNITS, y1 * UNITS), QPointF(x2 * UNITS, y2 * UNITS))

    def image(self, box: Box, image: QImage) -> None:
        """Draw a picture so that it fills a box."""
        self.painter.drawImage(_units(box), image)

    def modules(self, box: Box, dark: np.ndarray) -> None:
        """Draw bool (n, n) as squares, a QR code; runs in a row are one rectangle, no seams."""
        side = box.width / len(dark)
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for y, row in enumerate(dark):
            edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
            for start, end in edges.reshape(-1, 2):
                run = Box(box.x + start * side, box.y + y * side, (end - start) * side, side)
                self.fill(run, "#000000")
        self.painter.restore()

    def palette(self, box: Box, palette: tuple[Shade, ...]) -> None:
        """Draw colours side by side, each as wide as its share."""
        x = box.x
        for shade in palette:
            width = shade.share * box.width
            self.fill(Box(x, box.y, width, box.height), "#{:02x}{:02x}{:02x}".format(*shade.rgb))
            x += width
        if palette:
            self.frame(box)

    def clip(self, box: Box) -> None:
        """Draw only inside a box until the painter's state is restored."""
        self.painter.setClipRect(_units(box))


@lru_cache(maxsize=4)
def picture_image(picture: SheetPicture, width: int = 0, height: int = 0) -> QImage:
    """The decoded picture of a sheet, or its middle of some px.

    The last few are kept: a PDF holds a picture drawn on every page, the query's, only once.
    """
    image = QImage.fromData(picture.jpeg)
    if width and height and (width, height) != (image.width(), image.height()):
        left, top = (image.width() - width) // 2, (image.height() - height) // 2
        image = image.copy(left, top, width, height)
    return image


def muted(canvas: Canvas, x: float, y: float, width: float, words: str, size: float = 6.2) -> float:
    """A quiet line of text; returns the y below it."""
    return canvas.text(x, y, width, words, size, color=MUTED)


def _units(box: Box) -> QRectF:
    return QRectF(box.x * UNITS, box.y * UNITS, box.width * UNITS, box.height * UNITS)
