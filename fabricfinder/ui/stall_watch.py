"""Measures how long the window's thread keeps an event waiting: a timer that watches itself."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 2


class StallWatch(QObject):
    """Ticks every two milliseconds on the thread it lives on and notes the longest delay.

    Attributes:
        longest_ms: the longest stall since ``start``, in milliseconds; 0 before the first tick.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest_ms = 0.0
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start anew."""
        self.longest_ms, self._last = 0.0, time.perf_counter()
        self._timer.start()

    def stop(self) -> float:
        """Stop, and return the longest stall in milliseconds."""
        self._tick()
        self._timer.stop()
        return self.longest_ms

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000 - INTERVAL_MS)
        self._last = now
