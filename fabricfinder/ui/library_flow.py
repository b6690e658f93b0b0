"""Opening, making and filling libraries: what is asked of her, what the banners say."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import CRASH_SENTENCE
from fabricfinder.jobs import JobEvent
from fabricfinder.ui.banner import BannerStack
from fabricfinder.ui.desk import Desk, Refusal
from fabricfinder.ui.drops import Dropped
from fabricfinder.ui.job_book import TOLD_THERE, job_title
from fabricfinder.ui.number_words import count_text, named
from fabricfinder.ui.session import Session

PICTURES = "*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp"


class Asking:
    """The desktop's own file dialogs; tests answer in their place."""

    def folder(self, parent: QWidget, title: str) -> str:
        """An existing folder, or ""."""
        return QFileDialog.getExistingDirectory(parent, title)

    def new_folder(self, parent: QWidget, title: str, proposed: str) -> str:
        """A folder to be made, or ""."""
        return QFileDialog.getSaveFileName(parent, title, proposed)[0]

    def pictures(self, parent: QWidget, title: str) -> list[str]:
        """Picture files, none when she thinks better of it."""
        return QFileDialog.getOpenFileNames(parent, title, "", f"Pictures ({PICTURES})")[0]


class LibraryFlow(QObject):
    """Turns wishes about libraries into requests, and catalogs and refusals into banners.

    Signals:
        opened: the Catalog of the library now open.
    """

    opened = Signal(object)

    def __init__(
        self,
        desk: Desk,
        banners: BannerStack,
        session: Session,
        home: Path,
        window: QWidget,
        asking: Asking | None = None,
    ) -> None:
        """``home`` is the folder in which libraries are made when she names none."""
        super().__init__(window)
        self._desk, self._banners, self._session = desk, banners, session
        self._home, self._window = home, window
        self._ask = asking or Asking()
        self._then_import: tuple[str, ...] = ()
        desk.library_opened.connect(self._take_opened)
        desk.library_refused.connect(self._take_refused)
        desk.catalog_changed.connect(self._take_catalog)
        desk.demo_ready.connect(self._take_demo)
        desk.job_event.connect(self._take_event)
        desk.notice.connect(self._take_notice)

    # Wishes ------------------------------------------------------------------------------------

    def new_library(self) -> None:
        """Ask where, and make an empty library there."""
        proposed = str(self._home / self.tr("My cloth"))
        folder = self._ask.new_folder(self._window, self.tr("New library"), proposed)
        if folder:
            self._desk.open_library(Path(folder), create=True)

    def open_other(self) -> None:
        """Ask which library, and open it."""
        folder = self._ask.folder(self._window, self.tr("Open a library"))
        if folder:
            self.open_folder(folder)

    def open_folder(self, folder: str) -> None:
        """Open a library she had open before."""
        self._desk.open_library(Path(folder))

    def make_from_folder(self) -> None:
        """Ask for a folder of pictures, make a library named after it, and fill it."""
        folder = self._ask.folder(self._window, self.tr("Choose your folder of swatches"))
        if folder:
            self.make_for((folder,))

    def make_for(self, paths: Sequence[str]) -> None:
        """Make a library named after the first path, in the usual place, and fill it."""
        first = Path(paths[0])
        name = first.name if first.is_dir() else first.parent.name
        self._then_import = tuple(paths)
        self._desk.open_library(self._free_folder(name), create=True)

    def add_pictures(self) -> None:
        """Ask for pictures, and add them."""
        self.add(self._ask.pictures(self._window, self.tr("Add pictures")))

    def ask_folder(self, title: str) -> str:
        """An existing folder she names, or ""."""
        return self._ask.folder(self._window, title)

    def add_folder(self) -> None:
        """Ask for a folder, and add all that is in it."""
        folder = self._ask.folder(self._window, self.tr("Add a folder"))
        self.add([folder] if folder else [])

    def add_dropped(self, dropped: Dropped) -> None:
        """Add what was dropped; with no library open, make one of it."""
        self.add([*dropped.folders, *dropped.files])

    def add(self, paths: Sequence[str]) -> None:
        """Add files and folders to the open library, or make a library of them."""
        if not paths:
            return
        if self._desk.catalog is None:
            self.make_for(paths)
        else:
            self._desk.import_paths(list(paths))

    # Answers -----------------------------------------------------------------------------------

    def _take_opened(self, catalog: Catalog) -> None:
        for kind in ("read-only", "pending", "recode", "refused", "failed", "notice", "report"):
            self._banners.drop(kind)
        self._session.remember_library(catalog.folder, demo=bool(catalog.demo_query))
        self.opened.emit(catalog)
        self._offer(catalog)
        paths, self._then_import = self._then_import, ()
        if paths and not catalog.read_only:
            self._desk.import_paths(paths)

    def _take_demo(self, demo: object) -> None:
        catalog = self._desk.catalog
        if catalog is not None:
            self._take_opened(catalog)

    def _take_catalog(self, catalog: Catalog) -> None:
        """Take back an offer that has become pointless."""
        if not catalog.other_codes:
            self._banners.drop("recode")
        if not catalog.pending_import:
            self._banners.drop("pending")

    def _offer(self, catalog: Catalog) -> None:
        """What can be done about a library just opened."""
        if catalog.read_only:
            self._banners.tell(
                "read-only", self.tr("This library is open to read only: nothing can be added.")
            )
            return
        if catalog.pending_import:
            sentence = (
                self.tr("An import was interrupted: one file to go.")
                if catalog.pending_import == 1
                else self.tr("An import was interrupted: {n} files to go.").format(
                    n=count_text(catalog.pending_import)
                )
            )
            self._banners.tell(
                "pending", sentence, (self.tr("Continue"), self._desk.resume_import)
            )
        if catalog.other_codes and not self._session.safe:  # its own model has looked at them
            self._banners.tell(
                "recode",
                self.tr(
                    "{n} swatches were looked at by an older model and cannot be searched until "
                    "it is done again."
                ).format(n=count_text(catalog.other_codes)),
                (self.tr("Look again at my cloth"), self._desk.recode),
            )

    def _take_refused(self, refusal: Refusal) -> None:
        """Say why a library did not open; where reading is possible, offer that."""
        self._then_import = ()
        actions: tuple[tuple[str, Callable[[], object]], ...] = ()
        if getattr(refusal.error, "can_read", False):
            folder = refusal.folder

            def read_only() -> None:
                self._desk.open_library(folder, read_only=True)

            actions = ((self.tr("Open to read only"), read_only),)
        elif getattr(refusal.error, "backup", None) is not None:
            folder, backup = refusal.folder, Path(refusal.error.backup)
            place = QUrl.fromLocalFile(str(backup.parent))
            actions = (
                (self.tr("Restore it"), lambda: self._desk.restore_backup(folder, backup)),
                (self.tr("Show the backup"), lambda: QDesktopServices.openUrl(place)),
            )
        self._banners.tell("refused", refusal.sentence, *actions)

    def _take_event(self, event: JobEvent) -> None:
        """Failures of the long jobs; searches speak for themselves on their page."""
        if event.kind == "failed" and event.name not in ("search", "open", "find_text", "encoder"):
            # A sheet's window may be closed by then.
            if event.name in TOLD_THERE - {"sheet"} and not event.trace:
                return
            title = job_title(event.name)
            self._banners.tell("failed", named(title, event.sentence) if title else event.sentence)
        elif event.kind == "started" and event.name in ("import", "recode", "demo"):
            self._banners.drop("failed")
            self._banners.drop("pending" if event.name == "import" else event.name)

    def _take_notice(self, sentence: str) -> None:
        """A quiet sentence; that of a crash is not said twice."""
        if sentence != CRASH_SENTENCE or self._banners.banner("crash") is None:
            self._banners.tell("notice", sentence)

    def _free_folder(self, name: str) -> Path:
        """A folder under home that does not exist yet, named after ``name``."""
        name = re.sub(r"[^\w .-]", "_", os.fsencode(name).decode("utf-8", "replace")).strip(". ")
        folder, number = self._home / (name or "library"), 2
        while folder.exists():
            folder = self._home / f"{name or 'library'} {number}"
            number += 1
        return folder
