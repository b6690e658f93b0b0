"""Small drawn weaves in the theme's greys: the window's own ornaments, never her cloth."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fabricfinder.ui.theme import THEMES, current_theme

THREAD_PX = 5.0


@dataclass(frozen=True)
class Weave:
    """A drawn cloth: its repeat, where the warp lies on top, its colour plans (d dark, l light).

    ``warp_over(end, pick)`` says whether an end covers a pick.
    """

    ends: int
    picks: int
    warp_over: Callable[[int, int], bool]
    warp_plan: str
    weft_plan: str


def _herringbone(end: int, pick: int) -> bool:
    """A 2/2 twill that turns back after every eight ends."""
    end %= 16
    return ((end if end < 8 else 15 - end) + pick) % 4 < 2


WEAVES = {
    # Four dark and four light in both ways of a 2/2 twill: the checks grow teeth.
    "houndstooth": Weave(8, 8, lambda e, p: (e - p) % 4 < 2, "ddddllll", "ddddllll"),
    "herringbone": Weave(16, 4, _herringbone, "d", "l"),
    "gingham": Weave(12, 12, lambda e, p: (e + p) % 2 == 0, "ddddddllllll", "ddddddllllll"),
}


@lru_cache(maxsize=32)
def _tile(weave_name: str, theme_name: str, ratio: float) -> QPixmap:
    """One repeat of a weave, its threads shaded at their edges."""
    weave, theme = WEAVES[weave_name], THEMES[theme_name]
    tones = {"d": QColor(theme.strong_line), "l": QColor(theme.track)}
    size = QRectF(0, 0, weave.ends * THREAD_PX, weave.picks * THREAD_PX)
    tile = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    tile.setDevicePixelRatio(ratio)
    painter = QPainter(tile)
    shade = QColor(0, 0, 0, 40)
    for pick in range(weave.picks):
        for end in range(weave.ends):
            over = weave.warp_over(end, pick)
            plan, place = (weave.warp_plan, end) if over else (weave.weft_plan, pick)
            x, y = end * THREAD_PX, pick * THREAD_PX
            painter.fillRect(QRectF(x, y, THREAD_PX, THREAD_PX), tones[plan[place % len(plan)]])
            # The edge away from the light: the right of an end, the underside of a pick.
            edge = (
                QRectF(x + THREAD_PX - 1, y, 1, THREAD_PX)
                if over
                else QRectF(x, y + THREAD_PX - 1, THREAD_PX, 1)
            )
            painter.fillRect(edge, shade)
    painter.end()
    return tile


class WeaveBand(QWidget):
    """A strip of drawn weave across the top of a card; decoration only."""

    def __init__(self, weave: str, parent: QWidget | None = None) -> None:
        """``weave`` is a name of WEAVES."""
        super().__init__(parent)
        self._weave = weave
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(120)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: object) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        tile = _tile(self._weave, current_theme().name, self.devicePixelRatioF())
        painter.drawTiledPixmap(self.rect(), tile)
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
        painter.drawRect(QRectF(24, 4, 172, 30))
        painter.drawRect(QRectF(24, 34, 172, 30))
        # The lowest drawer stands open and shows its bare floor.
        inside = [QPointF(24, 64), QPointF(196, 64), QPointF(212, 98), QPointF(8, 98)]
        painter.setBrush(QColor(theme.track))
        painter.drawPolygon(QPolygonF(inside))
        painter.setBrush(QColor(theme.panel))
        painter.drawRect(QRectF(8, 98, 204, 38))
        for middle in (19, 49, 117):
            painter.drawRoundedRect(QRectF(98, middle - 4, 24, 7), 3, 3)
        painter.end()
