"""Watched folders in the window: looked through on a thread of their own, again and again.

Network drives send no word of new files, so a folder is looked through every few seconds, when the
window comes to the front, and at F5; the foot of the window says when that was.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from fabricfinder.domain.catalog import Catalog
from fabricfinder.jobs import JobEvent
from fabricfinder.ui.device_desk import DeviceDesk
from fabricfinder.ui.number_words import clock_text
from fabricfinder.ui.wording import shown_path

if TYPE_CHECKING:
    from fabricfinder.capture.watched import Look
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.watch_dialog import WatchDialog

LOOK = "watch"
KEPT = "watch/folders"
EVERY_MS = 5000
AGAIN_MS = 700  # a file is whole when it has kept its size over two looks


class WatchFlow(QObject):
    """The folders that are watched for the open library.

    Attributes:
        devices: the thread that looks.
        folders: their paths.
        looks: the last look into each, by path; none before the first.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: WatchDialog | None = None
        self.devices = DeviceDesk(self)
        self.devices.event.connect(self._take_event)
        self.folders: list[str] = []
        self.looks: dict[str, Look] = {}
        self._watched: dict[str, Any] = {}
        self._told: set[str] = set()  # folders whose first contents were told
        self._library: Path | None = None
        self._job = 0
        self._once_more = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._look)
        self.label = QToolButton(window)
        self.label.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.label.clicked.connect(self.open_dialog)
        self.label.hide()

    def connect_parts(self) -> None:
        """Once the window's pages are there."""
        window = self._window
        window.line.addPermanentWidget(self.label)
        window.desk.library_opened.connect(self._take_library)
        window.desk.demo_ready.connect(lambda _: self._take_library(window.desk.catalog))
        QGuiApplication.instance().applicationStateChanged.connect(self._take_state)

    def close(self) -> None:
        """End with the window."""
        self._timer.stop()
        self.devices.close()

    # Wishes ------------------------------------------------------------------------------------

    def open_dialog(self) -> None:
        """Show the folders that are watched; the page is made when first wanted."""
        from fabricfinder.ui.watch_dialog import WatchDialog

        if self._dialog is None:
            self._dialog = WatchDialog(self._window)
            self._dialog.add_wanted.connect(self._ask_folder)
            self._dialog.removal_wanted.connect(self.forget)
            self._dialog.look_wanted.connect(self.look_now)
        self._dialog.show_folders(self.folders, self.looks)
        self._dialog.show()
        self._dialog.raise_()

    def watch(self, folder: str) -> None:
        """Watch one more folder; what is in it comes in, too."""
        if folder and folder not in self.folders and self._library is not None:
            self.folders.append(folder)
            self._keep()
            self._begin()

    def forget(self, folder: str) -> None:
        """Watch a folder no more; what came from it stays."""
        if folder in self.folders:
            self.folders.remove(folder)
            self.looks.pop(folder, None)
            self._watched.pop(folder, None)
            self._keep()
            self._show()

    def look_now(self) -> None:
        """Look into every folder at once, and again a moment later."""
        self._once_more = True
        self._look()

    # Inside ------------------------------------------------------------------------------------

    def _ask_folder(self) -> None:
        self.watch(self._window.flow.ask_folder(self.tr("Watch a folder")))

    def _take_library(self, catalog: Catalog | None) -> None:
        """Another library was opened: it has its own folders."""
        if catalog is None:
            return
        self._library = catalog.folder
        kept = self._kept().get(str(catalog.folder), [])
        self.folders = [] if catalog.read_only else list(kept)
        self.looks, self._watched, self._told = {}, {}, set()
        self._timer.stop()
        self._show()
        if self.folders:
            self._begin()

    def _take_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self.folders:
            self.look_now()

    def _begin(self) -> None:
        self._timer.start()
        self.look_now()

    def _look(self) -> None:
        """Look into every folder, unless that is still going on."""
        if self._job or not self.folders:
            return
        from fabricfinder.capture.watched import WatchedFolder, look_through

        for folder in self.folders:
            self._watched.setdefault(folder, WatchedFolder(folder))
        watched = [self._watched[folder] for folder in self.folders]
        self._job = self.devices.run(LOOK, lambda: look_through(watched))

    def _take_event(self, event: JobEvent) -> None:
        if event.job != self._job or event.kind not in ("done", "failed", "cancelled"):
            return
        self._job = 0
        if event.kind == "done":
            self._take_looks(event.value)
        if self._once_more:
            self._once_more = False
            QTimer.singleShot(AGAIN_MS, self, self._look)
        self._show()

    def _take_looks(self, looks: "dict[str, Look]") -> None:
        """Bring in what is new; what the library knows by its path needs no telling at first."""
        catalog = self._window.desk.catalog
        if catalog is None or catalog.folder != self._library:
            return
        known = {swatch.path for swatch in catalog.swatches}
        fresh = [
            path for folder, look in looks.items() if folder in self.folders
            for path in look.new if folder in self._told or path not in known
        ]  # fmt: skip
        self._told |= {folder for folder, look in looks.items() if look.there and not look.coming}
        self.looks |= {folder: look for folder, look in looks.items() if folder in self.folders}
        if fresh:
            self._window.desk.import_paths(fresh)

    def _show(self) -> None:
        self.label.setVisible(bool(self.folders))
        self.label.setText(self._words())
        if self._dialog is not None:
            self._dialog.show_folders(self.folders, self.looks)

    def _words(self) -> str:
        """“Watching Incoming · last looked 14:02”."""
        if not self.folders:
            return ""
        name = shown_path(self.folders[0]).rsplit("/", 1)[-1]
        if len(self.folders) > 1:
            name = self.tr("{n} folders").format(n=len(self.folders))
        gone = [f for f in self.folders if f in self.looks and not self.looks[f].there]
        if gone:
            name = shown_path(gone[0]).rsplit("/", 1)[-1]
            said = self.tr("{name} is not there now").format(name=name)
        else:
            said = self.tr("Watching {name}").format(name=name)
        if not self.looks:
            return said
        at = clock_text(datetime.fromtimestamp(max(k.at for k in self.looks.values())))
        return self.tr("{said} · last looked {at}").format(said=said, at=at)

    def _kept(self) -> dict[str, list[str]]:
        """Watched folders by library, as they were kept."""
        try:
            kept = json.loads(self._window.session.text(KEPT) or "{}")
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def _keep(self) -> None:
        if self._library is not None:
            kept = self._kept() | {str(self._library): self.folders}
            self._window.session.put(KEPT, json.dumps(kept))
