"""A thread of its own for scanners, cameras and folders: they block, and nobody shall wait for them.

It is the same worker that owns the finder elsewhere, over nothing at all. It starts with the first
wish and ends with the window.
"""

import itertools
import logging
from collections.abc import Callable, Generator
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from fabricfinder.domain.progress import Progress
from fabricfinder.jobs import NORMAL, JobEvent
from fabricfinder.ui.sentences import heard
from fabricfinder.ui.worker import ENCODER_JOB, Request, Worker

log = logging.getLogger("fabricfinder")

Steps = Generator[Progress, None, Any]

CLOSE_TIMEOUT_MS = 8000  # a camera that hangs is given up by itself after six seconds
_numbers = itertools.count(1 << 30)  # apart from the numbers of the desk's own jobs


class _Nothing:
    """What the worker owns here in the place of a finder."""

    catalog = None

    def load_encoder(self) -> Steps:
        """Nothing is loaded."""
        yield Progress("Getting ready")
        return None

    def close(self) -> None:
        """Nothing is open."""


class DeviceDesk(QObject):
    """Runs operations on a thread of their own; one after another.

    Signals:
        event: every JobEvent of its jobs; with "failed", ``value`` is the error itself.
    """

    event = Signal(object)

    _request = Signal(object)
    _cancel = Signal(int)
    _end = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: QThread | None = None
        self._worker: Worker | None = None

    def run(self, name: str, start: Callable[[], Steps], replaces: str = "") -> int:
        """Run an operation; ``event`` tells how it goes. Returns its number.

        Args:
            start: makes the operation; called on this desk's thread.
            replaces: cancel earlier operations of this name.
        """
        self._begin()
        ticket = next(_numbers)
        self._request.emit(Request(ticket, name, lambda _: start(), NORMAL, replaces))
        return ticket

    def cancel(self, job: int) -> None:
        """Stop an operation at its next safe point; a number of another desk is nobody's."""
        self._cancel.emit(job)

    def close(self, timeout_ms: int = CLOSE_TIMEOUT_MS) -> bool:
        """Cancel everything and end the thread; False when a device outlasted the time."""
        if self._thread is None or not self._thread.isRunning():
            return True
        self._end.emit()
        return self._thread.wait(timeout_ms)

    def _begin(self) -> None:
        if self._thread is not None:
            return
        self._thread = QThread(self)
        self._worker = Worker(_Nothing)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.begin)
        self._thread.finished.connect(self._worker.deleteLater)
        self._worker.event.connect(self._take)
        self._request.connect(self._worker.accept)
        self._cancel.connect(self._worker.cancel)
        self._end.connect(self._worker.end)
        self._thread.start()

    def _take(self, event: JobEvent) -> None:
        if event.job == ENCODER_JOB:
            return
        if event.trace:
            log.error("%s failed\n%s", event.name, event.trace)
        self.event.emit(heard(event))
