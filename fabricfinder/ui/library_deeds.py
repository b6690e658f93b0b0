"""What can be done with the chosen swatches of the library, from the menu or by key."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QFile, QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from fabricfinder.domain.archive import Collection
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui import wording
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.number_words import count_text


class LibraryDeeds(QObject):
    """The archive's deeds on chosen swatches.

    Signals:
        told: a sentence about what was done.
        collection_named: a collection she is about to name.
    """

    told = Signal(str)
    collection_named = Signal(str)

    def __init__(self, archive: ArchiveDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._archive = archive
        self._page = parent
        self.trash = QFile.moveToTrash
        self.ask_file = QFileDialog.getOpenFileName

    def fill_menu(
        self,
        menu: QMenu,
        catalog: Catalog,
        chosen: Sequence[Swatch],
        shown: Collection | None,
        missing: frozenset[str],
    ) -> None:
        """Add what can be done with the chosen swatches.

        Args:
            menu: gets the entries.
            catalog: the open library.
            chosen: at least one swatch.
            shown: the collection they are seen in, or None.
            missing: ids whose originals are not where they were.
        """
        if catalog.read_only:
            return
        menu.addSeparator()
        into = QMenu(self.tr("Put into collection"), menu)
        for one in catalog.collections:
            if not one.is_smart:
                self._add(into, one.name, lambda _=False, c=one.name: self.gather(c, chosen))
        if not into.isEmpty():
            into.addSeparator()
        self._add(into, self.tr("New collection"), lambda: self.gather_new(catalog, chosen))
        menu.addMenu(into)
        if shown is not None and not shown.is_smart:
            text = self.tr("Take out of “{name}”").format(name=shown.name)
            self._add(menu, text, lambda: self.ungather(shown.name, chosen))
        lost = [s for s in chosen if s.id in missing]
        if len(lost) == 1:
            self._add(menu, self.tr("Find the original…"), lambda: self.relink(lost[0]))
        menu.addSeparator()
        self._add(menu, self.tr("Take out of the library\tDel"), lambda: self.take_out(chosen))
        files = self.tr("Take out, originals to the trash\tShift+Del")
        self._add(menu, files, lambda: self.take_out(chosen, with_files=True))

    def _add(self, menu: QMenu, text: str, deed: object) -> QAction:
        action = QAction(text, menu)
        action.triggered.connect(deed)
        menu.addAction(action)
        return action

    def gather(self, collection: str, swatches: Sequence[Swatch]) -> None:
        """Put swatches into a collection."""
        step = self.tr("Put {what} into “{name}”").format(what=what(swatches), name=collection)
        self._archive.gather(collection, [s.id for s in swatches], step)

    def ungather(self, collection: str, swatches: Sequence[Swatch]) -> None:
        """Take swatches out of a collection; they stay in the library."""
        step = self.tr("Take {what} out of “{name}”").format(what=what(swatches), name=collection)
        self._archive.gather(collection, [s.id for s in swatches], step, take_out=True)

    def gather_new(self, catalog: Catalog, swatches: Sequence[Swatch]) -> None:
        """Make a collection of swatches, to be named at once."""
        names = {one.name for one in catalog.collections}
        name, n = self.tr("New collection"), 2
        while name in names:
            name, n = self.tr("New collection {n}").format(n=n), n + 1
        step = self.tr("Make a collection of {what}").format(what=what(swatches))
        self.collection_named.emit(name)
        self._archive.make_collection(name, step, ids=[s.id for s in swatches])

    def take_out(self, swatches: Sequence[Swatch], *, with_files: bool = False) -> None:
        """Take swatches out of the library; with their files these go to the system's trash.

        Their records stay: Edit ▸ Undo brings them back, and so does Health ▸ Taken out.
        """
        if not swatches:
            return
        step = self.tr("Take {what} out of the library").format(what=what(swatches))
        self._archive.take_out([s.id for s in swatches], step)
        n = len(swatches)
        if not with_files:
            one = self.tr("One swatch was taken out. Edit ▸ Undo brings it back.")
            many = self.tr("{n} swatches were taken out. Edit ▸ Undo brings them back.")
            self.told.emit(one if n == 1 else many.format(n=count_text(n)))
            return
        kept = [s for s in swatches if not self.trash(s.path)[0]]
        gone = n - len(kept)
        sentence = self.tr("{n} originals went to the system's trash; their records are kept.")
        if kept:
            sentence = self.tr(
                "{n} originals went to the trash; {kept} could not be moved and lie where they were."
            )
        self.told.emit(sentence.format(n=count_text(gone), kept=count_text(len(kept))))

    def drop_on(self, catalog: Catalog, name: str, ids: Sequence[str]) -> None:
        """Swatches were dropped on a collection: put them into it."""
        swatches = [s for s in map(catalog.find, ids) if s is not None]
        if swatches:
            self.gather(name, swatches)

    def copy_paths(self, swatches: Sequence[Swatch]) -> None:
        """Put the paths of some swatches on the clipboard, one a line."""
        paths = (wording.shown_path(swatch.path) for swatch in swatches)
        QGuiApplication.clipboard().setText("\n".join(paths))

    def relink_one(
        self, catalog: Catalog, chosen: Sequence[Swatch], missing: frozenset[str]
    ) -> None:
        """Ask where one missing original lies now, a chosen one if one of them is missing."""
        lost = [s for s in chosen if s.id in missing]
        lost = lost or [s for s in map(catalog.find, sorted(missing)) if s is not None]
        if lost:
            self.relink(lost[0])

    def relink(self, swatch: Swatch) -> None:
        """Ask where the original of one swatch lies now, and find its neighbours by it."""
        title = self.tr("Where is “{name}” now?").format(name=wording.file_name(swatch.path))
        path, _ = self.ask_file(self._page, title, "", wording.file_name(swatch.path))
        if path:
            self._archive.relink(swatch.id, path)


def what(swatches: Sequence[Swatch]) -> str:
    """Some swatches in a word, for a step's name."""
    if len(swatches) == 1:
        return wording.swatch_title(swatches[0])
    return QCoreApplication.translate("Deeds", "{n} swatches").format(n=count_text(len(swatches)))
