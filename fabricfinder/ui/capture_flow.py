"""Everything by which cloth comes into the window: scanner, camera, watched folder, review."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.camera_flow import CameraFlow
from fabricfinder.ui.measure_flow import MeasureFlow
from fabricfinder.ui.review_flow import ReviewFlow
from fabricfinder.ui.scan_flow import ScanFlow
from fabricfinder.ui.watch_flow import WatchFlow

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow


class CaptureFlow(QObject):
    """Ties the ways in to the window.

    Attributes:
        scan: scanning.
        review: what the last import brought.
        watch: the folders that are watched.
        camera: looking through cameras.
        measure: the measuring glass.
        actions: for the File menu, None for a line between.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.scan, self.review, self.watch = ScanFlow(window), ReviewFlow(window), WatchFlow(window)
        self.camera, self.measure = CameraFlow(window), MeasureFlow(window)
        self.scan_action = self._action("scan", self.tr("&Scan swatches…"), "Ctrl+Shift+S",
                                        self.scan.open_dialog)  # fmt: skip
        self.review_action = self._action("review", self.tr("Import re&view…"), "Ctrl+Shift+R",
                                          self.review.open_dialog)  # fmt: skip
        self.camera_action = self._action("camera", self.tr("&Camera…"), "Ctrl+Shift+C",
                                          self.camera.open_dialog)  # fmt: skip
        self.watch_action = self._action("watch", self.tr("&Watched folders…"), "",
                                         self.watch.open_dialog)  # fmt: skip
        self.look_action = self._action("look", self.tr("Look into watched folders &now"), "F5",
                                        self.watch.look_now)  # fmt: skip
        self.measure_action = self._action("measure", self.tr("&Measuring glass…"), "Ctrl+G",
                                           self.measure.open_dialog)  # fmt: skip
        self.actions: list[QAction | None] = [
            self.scan_action, self.camera_action, self.watch_action, self.look_action, None,
            self.review_action, self.measure_action,
        ]  # fmt: skip

    def _action(self, key: str, text: str, keys: str, deed: object) -> QAction:
        action = QAction(text, self)
        action.setObjectName(key)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(deed)
        action.setEnabled(False)  # until a library is open
        return action

    def connect_parts(self) -> None:
        """Once the window's pages are there."""
        window = self._window
        window.desk.catalog_changed.connect(self._show_catalog)
        for jobs in (window.line.strip, window.dock.panel):
            jobs.stop.connect(self.scan.devices.cancel)
        self.watch.connect_parts()
        ways = [self.scan_action, self.camera_action, self.watch_action]
        window.header.add.menu().addActions(ways)
        window.library.empty.add_ways([
            (self.tr("Scan…"), self.scan_action), (self.tr("Camera…"), self.camera_action),
            (self.tr("Watch a folder…"), self.watch_action),
        ])  # fmt: skip
        window.library.deeds_of_window.append(self.measure_action)

    def close(self) -> None:
        """End the devices with the window."""
        self.scan.close()
        self.watch.close()
        self.camera.close()
        self.measure.close()

    def _show_catalog(self, catalog: Catalog) -> None:
        """Offer what this library can take in."""
        for action in self.actions:
            if action is not None:
                action.setEnabled(not catalog.read_only or action is self.measure_action)
