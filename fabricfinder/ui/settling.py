"""Widgets whose drawing is dear: made anew only when width and dress have come to rest."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QResizeEvent

SETTLE_MS = 120


class Settling:
    """Mixed into a widget, named before its class; the widget makes ``_settle`` when it is made."""

    _settle: QTimer

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QWidget::resizeEvent."""
        super().resizeEvent(event)
        self._settle.start()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: another theme, another dress."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._settle.start()


def settling_timer(widget: QObject, settled: Callable[[], None]) -> QTimer:
    """What runs out, and calls ``settled``, once a widget has come to rest."""
    timer = QTimer(widget, singleShot=True, interval=SETTLE_MS)
    timer.timeout.connect(settled)
    return timer
