"""Small drawn weaves in the theme's greys: the window's own ornaments, never a picture of her cloth."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.ui.theme import current_theme

# A draft is rows of picks from top to bottom; x is a warp end over, . is a weft pick over.
# ``plan`` colours the ends and picks, d dark and l light, repeated along the cloth.
DRAFTS = {
    "houndstooth": (("xx..", ".xx.", "..xx", "x..x"), "ddddllll"),
    "herringbone": (
        ("xx..xx..x..xx..x", ".xx..xx.xx..xx..", "..xx..xx.xx..xx.", "x..xx..x..xx..xx"),
        "dl",
    ),
    "gingham": (("x.", ".x"), "ddddddllllll"),
    "twill": (("xx..", ".xx.", "..xx", "x..x"), "d"),
}


def warp_over(weave: str, end: int, pick: int) -> bool:
    """Whether the warp end lies over the weft pick in a weave of DRAFTS."""
    draft, _ = DRAFTS[weave]
    row = draft[pick % len(draft)]
    return row[end % len(row)] == "x"


def paint_weave(painter: QPainter, rect: QRectF, weave: str, thread: float) -> None:
    """Fill a rect with a weave of DRAFTS, its threads ``thread`` px wide, from the top left."""
    theme, (_, plan) = current_theme(), DRAFTS[weave]
    dark, light = QColor(theme.strong_line), QColor(theme.track)
    if weave == "herringbone":  # dark warp over light weft shows the points best
        warp_plan, weft_plan = "d", "l"
    else:
        warp_plan = weft_plan = plan
    tones = {"d": dark, "l": light}
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(rect, QColor(theme.muted))
    shade = 0.14 * thread
    for pick in range(int(rect.height() / thread) + 1):
        for end in range(int(rect.width() / thread) + 1):
            over = warp_over(weave, end, pick)
            tone = warp_plan[end % len(warp_plan)] if over else weft_plan[pick % len(weft_plan)]
            x, y = rect.left() + end * thread, rect.top() + pick * thread
            # The gap beside a thread is its shadow: left and right of an end, above and below a pick.
            cell = (
                QRectF(x + shade, y, thread - 2 * shade, thread)
                if over
                else QRectF(x, y + shade, thread, thread - 2 * shade)
            )
            painter.fillRect(cell, tones[tone])
    painter.restore()


class WeaveBand(QWidget):
    """A strip of drawn weave across the top of a card; decoration only."""

    def __init__(self, weave: str, thread: float = 6.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weave, self._thread = weave, thread
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(132)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: object) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        paint_weave(painter, QRectF(self.rect()), self._weave, self._thread)
        painter.end()


class DrawerArt(QWidget):
    """An empty swatch drawer, drawn in one line weight: the empty library."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(220, 140)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: object) -> None:
        """Override QWidget::paintEvent."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.strong_line), 2))
        painter.setBrush(QColor(theme.panel))
        painter.drawRect(QRectF(20, 10, 180, 34))
        painter.drawRect(QRectF(20, 44, 180, 34))
        front = QRectF(6, 82, 208, 50)
        painter.setBrush(QColor(theme.surround))
        painter.drawPolygon([QRectF(20, 78, 180, 4).topLeft(), QRectF(20, 78, 180, 4).topRight(),
                             front.topRight(), front.topLeft()])  # fmt: skip
        painter.setBrush(QColor(theme.panel))
        painter.drawRect(front)
        for middle in (27, 61, 107):
            painter.drawRoundedRect(QRectF(96, middle - 4, 28, 8), 4, 4)
        painter.end()
