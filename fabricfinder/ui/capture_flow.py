"""Everything by which cloth comes into the window: scanner, camera, watched folder, review."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.domain.catalog import Catalog
from fabricfinder.ui.review_flow import ReviewFlow
from fabricfinder.ui.scan_flow import ScanFlow

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow


class CaptureFlow(QObject):
    """Ties the ways in to the window.

    Attributes:
        scan: scanning.
        review: what the last import brought.
        actions: for the File menu, None for a line between.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.scan, self.review = ScanFlow(window), ReviewFlow(window)
        self.scan_action = self._action("scan", self.tr("&Scan swatches…"), "Ctrl+Shift+S",
                                        self.scan.open_dialog)  # fmt: skip
        self.review_action = self._action("review", self.tr("Import re&view…"), "Ctrl+Shift+R",
                                          self.review.open_dialog)  # fmt: skip
        self.actions: list[QAction | None] = [self.scan_action, None, self.review_action]

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

    def close(self) -> None:
        """End the devices with the window."""
        self.scan.close()

    def _show_catalog(self, catalog: Catalog) -> None:
        """Offer what this library can take in."""
        for action in self.actions:
            if action is not None:
                action.setEnabled(not catalog.read_only)
