"""From F1 to the guide: the command, and which page is for what is in front of her."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication

from fabricfinder.domain.resources import resource_path

if TYPE_CHECKING:
    from fabricfinder.ui.guide_window import GuideWindow
    from fabricfinder.ui.main_window import MainWindow

FOLDER = "guide"
INDEX = "index"
# The page for each page of the window …
PAGES = {
    "start": "first-search", "find": "first-search", "library": "library", "label": "labelling",
    "how-well": "models", "models": "models",
}  # fmt: skip
FOUND = "four-bars"  # … for Find once there are results …
# … and for each window beside it, by the name of its class: none is imported for that.
WINDOWS = {
    "AboutSheet": "trouble", "BugSheet": "trouble",
    "ArchiveMapDialog": "library", "CameraDialog": "bringing-in",
    "CompareWindow": "comparing", "CountsDialog": "labelling", "DraftDialog": "labelling",
    "GrowWindow": "growing", "ImportReview": "bringing-in", "KeySheet": INDEX,
    "AboutLabels": "labelling", "CompositionEditor": "library",
    "MeasureDialog": "measuring", "PairsDialog": "labelling",
    "ScanDialog": "bringing-in", "SettingsSheet": "settings", "SheetDialog": "sheets",
    "TableDialog": "library", "TeachDialog": "labelling", "WatchDialog": "bringing-in",
}  # fmt: skip


class GuideFlow(QObject):
    """The guide, made when it is first wanted.

    Attributes:
        action: opens it, wherever she is.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._opened: GuideWindow | None = None
        self.action = QAction(self.tr("&Guide"), self)
        self.action.setObjectName("guide")
        self.action.setShortcut(QKeySequence("F1"))
        self.action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        self.action.triggered.connect(self.open)

    @property
    def opened(self) -> "GuideWindow | None":
        """The window, once it was opened."""
        return self._opened

    def open(self) -> None:
        """Show the page for what is in front of her; from within the guide, its contents."""
        self.open_page(self.page_here())

    def open_page(self, key: str) -> None:
        """Show a page of the guide."""
        if self._opened is None:
            from fabricfinder.ui.guide_pages import GuideBook
            from fabricfinder.ui.guide_window import GuideWindow

            book = GuideBook(resource_path(FOLDER), guide_language())
            self._opened = GuideWindow(book, self._window)
        self._opened.search.clear()
        self._opened.open_page(key)
        self._opened.show()
        self._opened.raise_()
        self._opened.activateWindow()
        self._opened.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def page_here(self) -> str:
        """The key of the page for what is in front of her."""
        active = QApplication.activeWindow()
        if active is not None and active is not self._window:
            if active is self._opened:
                return INDEX
            return WINDOWS.get(type(active).__name__, INDEX)
        if self._window.page == "find" and self._window.find.session.result is not None:
            return FOUND
        return PAGES.get(self._window.page, INDEX)

    def close(self) -> None:
        """Put it away; the program ends."""
        if self._opened is not None:
            self._opened.close()


def guide_language() -> str:
    """The language of the guide, as the words of the window name its folder."""
    return QCoreApplication.translate("Guide", "guide/en").rpartition("/")[2]
