"""Letters of other scripts: the font here that has a language's, and words as a picture of ink."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QCoreApplication, QLocale, QPointF
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter, QTextLayout

# Of Windows, macOS and Linux. Without them Qt takes whatever font has a letter, and that may be one
# whose Chinese letters are drawn as Japan draws them.
CHINESE_FONTS = (
    "Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei",
)  # fmt: skip
FONTS: Mapping[str, tuple[str, ...]] = MappingProxyType({"zh_CN": CHINESE_FONTS})
BEFORE = "font_before"  # the application's property: its font before another script was put on
INK_PX = 96


def put_on_letters(app: QCoreApplication, language: str, desktop: str) -> None:
    """Write in a font made for a language, where the desktop is of another one and one is here.

    Rows are then as high as the language's letters want, and digits stand on the line they do.
    """
    fonts = FONTS.get(language, ())
    family = next((name for name in fonts if QFontDatabase.hasFamily(name)), "")
    if not isinstance(app, QGuiApplication) or not family:
        return
    if QLocale(desktop).script() == QLocale(language).script():
        return  # the desktop's own font is for it
    font = app.font()
    app.setProperty(BEFORE, QFont(font))
    font.setFamilies([family, *font.families()])
    app.setFont(font)


def take_off_letters(app: QCoreApplication) -> None:
    """Write in the desktop's font again."""
    font = app.property(BEFORE)
    if font is not None:
        app.setFont(font)
        app.setProperty(BEFORE, None)


def ink_of(words: str) -> np.ndarray | None:
    """A line of words as ink, uint8 (INK_PX, w), 255 where it is; None where no font here has them.

    It is cut to its ink from left to right, and as high as its font's line.
    """
    font = QFont(QGuiApplication.font())
    font.setPixelSize(round(0.72 * INK_PX))
    layout = QTextLayout(words, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    width = round(line.naturalTextWidth()) if line.isValid() else 0
    if width < 1 or any(0 in run.glyphIndexes() for run in layout.glyphRuns()):
        return None
    image = QImage(width, INK_PX, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen("white")
    layout.draw(painter, QPointF(0, (INK_PX - line.height()) / 2))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(INK_PX, image.bytesPerLine())
    return rows[:, :width].copy()
