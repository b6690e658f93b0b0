"""Garbage is swept on the window's thread only: Qt's objects must die where they lived.

Python runs its cycle collector on whichever thread happens to allocate. On the worker's thread, or
in a decoding pool, that would destroy widgets there, and the program with them. So while a worker
runs the automatic collector is off, and a timer of the window's thread sweeps instead. What is
known to live long (the swatches of a big library) is set aside, so that no sweep is ever felt.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 400
YOUNG = 2_000  # new objects that are worth a sweep
FLOOD = 50_000  # so many at once are a library being loaded, not litter
MIDDLE_EVERY = 10  # sweeps of the young between two of the middle-aged
FULL_EVERY_S = 60.0
FELT_S = 0.02  # a full sweep that takes longer sets its survivors aside


class GarbageSweeper(QObject):
    """Sweeps in place of the automatic collector between ``begin`` and ``end``."""

    _active = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.sweep)
        self._began = False
        self._sweeps = 0
        self._full_at = time.monotonic()

    def begin(self) -> None:
        """Take over from the automatic collector."""
        if not self._began:
            self._began = True
            GarbageSweeper._active += 1
            gc.disable()
            self._timer.start()

    def end(self) -> None:
        """Hand back, once every sweeper has."""
        if self._began:
            self._began = False
            GarbageSweeper._active -= 1
            self._timer.stop()
            if GarbageSweeper._active == 0:
                gc.enable()

    def sweep(self) -> str:
        """Do what is due; returns "nothing", "set aside", "young", "middle" or "full"."""
        new = gc.get_count()[0]
        if new > FLOOD:
            gc.freeze()
            return "set aside"
        now = time.monotonic()
        if now - self._full_at > FULL_EVERY_S:
            self._full_at = now
            gc.collect()
            if time.monotonic() - now > FELT_S:
                gc.freeze()
            return "full"
        if new < YOUNG:
            return "nothing"
        self._sweeps += 1
        middle = self._sweeps % MIDDLE_EVERY == 0
        gc.collect(1 if middle else 0)
        return "middle" if middle else "young"
