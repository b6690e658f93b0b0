"""Pictures handed over by the desktop: “Open with”, a file dropped on the icon, a second start.

The first window keeps a door, a local socket of this user only; a later start with pictures knocks,
hands them over and ends. Nothing of it is reachable from another machine.
"""

import hashlib
import json
import os
from collections.abc import Sequence

from platformdirs import user_config_path
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from fabricfinder.ui.drops import Dropped
from fabricfinder.ui.main_window import MainWindow

PATIENCE_MS = 500
MOST_BYTES = 1 << 20


def door_name() -> str:
    """The door of this user's windows: her settings' place, shortened."""
    place = os.fsencode(user_config_path("fabricfinder"))
    return f"fabricfinder-{hashlib.sha256(place).hexdigest()[:16]}"


def hand_over(paths: Sequence[str], name: str = "") -> bool:
    """Give pictures to a window that is open already; False where there is none.

    Args:
        paths: absolute; what they are is the window's to find out.
        name: of the door, or "" for this user's.
    """
    socket = _knock(name or door_name())
    if socket is None:
        return False
    socket.write(json.dumps(list(paths)).encode() + b"\n")
    given = socket.waitForBytesWritten(PATIENCE_MS)
    socket.disconnectFromServer()
    return given


class Door(QObject):
    """The door of the first window, and its ear for what macOS hands over.

    Attributes:
        given: local paths, as they came.
    """

    given = Signal(list)

    def __init__(self, parent: QObject, name: str = "") -> None:
        super().__init__(parent)
        self._name = name or door_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._knocked)

    def open(self) -> bool:
        """Begin to listen; False where another window does, or the system lets nobody."""
        QApplication.instance().installEventFilter(self)
        if _knock(self._name) is not None:  # listening would take the door from under its window
            return False
        QLocalServer.removeServer(self._name)  # left behind by a program that was killed
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening."""
        QApplication.instance().removeEventFilter(self)
        self._server.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override QObject::eventFilter: macOS says what to open by an event."""
        if event.type() == QEvent.Type.FileOpen and event.file():
            self.given.emit([event.file()])
            return True
        return super().eventFilter(watched, event)

    def _knocked(self) -> None:
        while (guest := self._server.nextPendingConnection()) is not None:
            guest.readyRead.connect(self._read)
            guest.disconnected.connect(guest.deleteLater)
            self._hear(guest)  # what came before anybody listened

    def _read(self) -> None:
        self._hear(self.sender())

    def _hear(self, guest: QLocalSocket) -> None:
        if guest.bytesAvailable() > MOST_BYTES:
            guest.abort()
        while guest.canReadLine():
            try:
                paths = json.loads(bytes(guest.readLine().data()))
            except ValueError:
                continue
            if isinstance(paths, list) and all(isinstance(path, str) for path in paths):
                self.given.emit(paths)


def _knock(name: str) -> QLocalSocket | None:
    """A line to the window behind a door, or None where nobody answers."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    return socket if socket.waitForConnected(PATIENCE_MS) else None


class OpenWith(QObject):
    """Takes what is handed over to the window as if it had been dropped there."""

    def __init__(self, window: MainWindow, first: Sequence[str], door: Door | None = None) -> None:
        """Take ``first`` once a library is open, and whatever comes to the door."""
        super().__init__(window)
        self._window = window
        self._waiting: list[str] = list(first)
        self.door = door or Door(self)
        self.door.given.connect(self.take)
        window.flow.opened.connect(self._library_opened)

    def take(self, paths: list[str]) -> None:
        """Bring the window to the front; search with the first picture, add folders."""
        window = self._window
        shown = window.windowState() & ~Qt.WindowState.WindowMinimized
        window.setWindowState(shown | Qt.WindowState.WindowActive)
        window.raise_()
        window.activateWindow()
        if window.desk.catalog is None:
            self._waiting = paths
            return
        files = tuple(p for p in paths if not os.path.isdir(p))
        folders = tuple(p for p in paths if os.path.isdir(p))
        if files:
            window.search_with(Dropped(files=files))
        elif folders:
            window.flow.add_dropped(Dropped(folders=folders))

    def _library_opened(self, _: object) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            # After the query of the last sitting, which is asked again now.
            QTimer.singleShot(0, self, lambda: self.take(waiting))

