"""Leaving when the system asks: a log-out or a shutdown is an ordinary end, not a crash."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

# Sent at the end of a session, when a terminal is closed, and by Ctrl+C in it.
ASKING = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGBREAK")
    if hasattr(signal, name)
)  # fmt: skip


class Leaving(QObject):
    """Calls ``leave`` on the window's thread as soon as the system asks for the program's end.

    Python runs a signal's handler only when it has the floor, which Qt may keep for long; so the
    signal is written to a socket, and Qt wakes up of that.
    """

    def __init__(self, leave: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._leave = leave
        self._ours, self._pythons = socket.socketpair()
        for end in (self._ours, self._pythons):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)
        self._wakeup = signal.set_wakeup_fd(self._pythons.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _nothing) for number in ASKING}

    def end(self) -> None:
        """Leave signals as they were; safe to call twice."""
        if self._before:
            signal.set_wakeup_fd(self._wakeup)
            for number, before in self._before.items():
                signal.signal(number, before)
            self._before = {}
            self._notifier.setEnabled(False)
            self._ours.close()
            self._pythons.close()

    def _take(self) -> None:
        if any(number in ASKING for number in self._ours.recv(64)):
            self._leave()


def _nothing(number: int, frame: FrameType | None) -> None:
    """The socket tells of it."""
