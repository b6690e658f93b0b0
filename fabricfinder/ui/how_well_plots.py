"""Plots of an evaluation as pictures in the page: drawn off the window's thread, at its width."""

import itertools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from shiboken6 import isValid

from fabricfinder.ui.plot_words import plot_words
from fabricfinder.ui.settling import Settling, settling_timer
from fabricfinder.ui.theme import current_theme

log = logging.getLogger("fabricfinder")

FIRST_RATIO = 0.62
PLOT_PX = 760  # there its words are as large as the page's
Draw = Callable[[Any], Any]
"""evaluation's Look -> a matplotlib figure; called on the painter's thread."""


class _Out(QObject):
    """Carries what a task made to the window's thread."""

    done = Signal(int, object)


class _Task(QRunnable):
    """One piece of work; whatever it raises is logged and comes out as None."""

    def __init__(self, number: int, work: Callable[[], object], out: _Out) -> None:
        super().__init__()
        self._number, self._work, self._out = number, work, out

    def run(self) -> None:
        """Override QRunnable::run."""
        try:
            made = self._work()
        except Exception:  # a plot that cannot be drawn must not take the window with it
            log.exception("A plot could not be drawn")
            made = None
        self._out.done.emit(self._number, made)


class PlotPainter(QObject):
    """Does one piece of work after the other on a thread of its own.

    matplotlib is imported there, when the first plot is wanted.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._out = _Out()
        self._out.done.connect(self._take)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, tuple[QObject, Callable[[object], None]]] = {}

    @property
    def idle(self) -> bool:
        """Whether everything asked for is there."""
        return not self._waiting

    def do(
        self, work: Callable[[], object], owner: QObject, take: Callable[[object], None]
    ) -> int:
        """Do ``work`` on the thread; ``take`` gets what it made (None: it failed), here.

        Nothing is handed to an ``owner`` that is gone by then.
        """
        number = next(self._numbers)
        self._waiting[number] = owner, take
        self._pool.start(_Task(number, work, self._out))
        return number

    def forget(self, number: int) -> None:
        """Nobody waits for that piece any more."""
        self._waiting.pop(number, None)

    def wait(self, timeout_ms: int = 5000) -> bool:
        """Drop what has not begun and wait for what has (closing); False when time ran out."""
        self._pool.clear()
        self._waiting.clear()
        return self._pool.waitForDone(timeout_ms)

    def _take(self, number: int, made: object) -> None:
        owner, take = self._waiting.pop(number, (None, None))
        if owner is not None and isValid(owner):
            take(made)


def _picture(
    draw: Draw, dark: bool, colors: dict[str, Any], width: int, words: Mapping[str, str]
) -> QImage:
    """Draw a plot; runs on the painter's thread."""
    from fabricfinder.measuring.plotting import look_like, png_of

    return QImage.fromData(png_of(draw, look_like(dark, **colors), width, words), "PNG")


class PlotView(Settling, QWidget):
    """One plot, as wide as there is room; redrawn when width or theme change."""

    def __init__(
        self, painter: PlotPainter, draw: Draw, name: str, words: str, parent: QWidget
    ) -> None:
        """``name`` and ``words`` are what a screen reader says instead of the picture."""
        super().__init__(parent)
        self._painter, self._draw = painter, draw
        self._image = QImage()
        self._asked: tuple[int, str] = (0, "")
        self._number = 0
        self._failed = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)
        self.setAccessibleDescription(words)
        self._settle = settling_timer(self, self._ask)

    @property
    def image(self) -> QImage:
        """What is shown; null until the first drawing is there."""
        return self._image

    @property
    def drawn_for(self) -> tuple[int, str]:
        """Width in device pixels and theme that were asked for last."""
        return self._asked

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(640, self.heightForWidth(640))

    def hasHeightForWidth(self) -> bool:
        """Override QWidget::hasHeightForWidth."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Override QWidget::heightForWidth: the drawing's own proportions."""
        width = min(width, self.maximumWidth())  # a layout asks for more than there will be
        if self._image.isNull():
            return round(width * FIRST_RATIO)
        return round(width * self._image.height() / self._image.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter = QPainter(self)
        if self._image.isNull():
            painter.setPen(current_theme().color("muted"))
            words = self.tr("This plot could not be drawn.") if self._failed else self.tr("Drawing…")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)

    def _ask(self) -> None:
        """Have it drawn for the present width and theme, unless that was asked."""
        theme = current_theme()
        width = round(self.width() * self.devicePixelRatioF())
        if width < 50 or (width, theme.name) == self._asked:
            return
        self._asked = (width, theme.name)
        self._painter.forget(self._number)
        draw, dark, words = self._draw, theme.dark, plot_words()
        colors = {name: getattr(theme, name) for name in ("text", "muted", "line", "track")}
        colors |= {"surface": theme.panel}
        colors |= {"bars": tuple(style.color for style in theme.dimensions.values())}
        self._number = self._painter.do(
            lambda: _picture(draw, dark, colors, width, words), self, self._take
        )

    def _take(self, image: object) -> None:
        self._failed = not isinstance(image, QImage) or image.isNull()
        if not self._failed:
            self._image = image
            self.updateGeometry()
        self.update()
