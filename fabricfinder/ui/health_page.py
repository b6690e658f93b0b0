"""The health of the library: what is wanting, in plain words, each with what to do about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.archive import Originals
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Alike
from fabricfinder.ui import wording
from fabricfinder.ui.archive_desk import ArchiveDesk
from fabricfinder.ui.number_words import count_text, day_text, listed
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, SPACE_XS, scaled_font

Deed = tuple[str, Callable[[], object]]
PAIRS_TOLD = 3  # the most alike; the rest are seen by “Show them”


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the page: how many, what, what it means, and the buttons."""

    count: int | None
    title: str
    words: str
    deeds: tuple[Deed, ...] = ()


class FindingCard(QFrame):
    """A finding: its number large at the left, what to do at the right."""

    def __init__(self, finding: Finding, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.finding = finding
        number = QLabel("–" if finding.count is None else count_text(finding.count), self)
        number.setFont(scaled_font(1.7, bold=bool(finding.count)))
        number.setProperty("muted", not finding.count)
        number.setMinimumWidth(110)
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        title = QLabel(finding.title, self)
        title.setFont(scaled_font(1.1, bold=True))
        words = WrappedLabel(finding.words, self)
        words.setProperty("muted", True)
        said = QVBoxLayout()
        said.setSpacing(SPACE_XS)
        said.addWidget(title)
        said.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_L)
        row.addWidget(number)
        row.addLayout(said, 1)
        self.buttons = []
        for text, deed in finding.deeds:
            button = QPushButton(text, self)
            button.setAccessibleDescription(finding.title)
            button.clicked.connect(deed)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons.append(button)
        self.setAccessibleName(f"{number.text()} {finding.title}")


class HealthPage(QWidget):
    """The page; it looks for missing originals and doubles when it is opened.

    Signals:
        search_wanted: text for the search box.
        swatches_wanted: a title, and the ids to show.
        problems_wanted: she wants the list of unreadable files.
        relink_wanted: she wants to find missing originals by one example.
        closed: back to the swatches.
    """

    search_wanted = Signal(str)
    swatches_wanted = Signal(str, object)
    problems_wanted = Signal()
    relink_wanted = Signal()
    closed = Signal()

    def __init__(self, archive: ArchiveDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._archive = archive
        self._catalog: Catalog | None = None
        self._originals: Originals | None = None
        self._twice: Sequence[Alike] | None = None
        self._copies: Mapping[str, Sequence[str]] = {}
        self._backups: tuple[tuple[Path, datetime], ...] = ()
        heading = QLabel(self.tr("Health of the library"), self)
        heading.setFont(scaled_font(1.5, bold=True))
        back = QPushButton(self.tr("Back to the swatches"), self)
        back.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_S)
        head.addWidget(heading, 1)
        head.addWidget(back)
        self._inside = QWidget(self)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(SPACE_XL, 0, SPACE_XL, SPACE_XL)
        self._column.setSpacing(SPACE_S)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        archive.originals_checked.connect(self._take_originals)
        archive.duplicates_found.connect(self._take_duplicates)

    def look(self) -> None:
        """Look at everything anew."""
        self._archive.check_originals()
        self._archive.find_duplicates()
        self._fill()

    def show_catalog(self, catalog: Catalog | None) -> None:
        """Show another state of the library."""
        if catalog is None or self._catalog is None or catalog.folder != self._catalog.folder:
            self._originals = self._twice = None
        self._catalog = catalog
        if self.isVisible():
            self._fill()

    def cards(self) -> list[FindingCard]:
        """The cards shown, in order."""
        return self._inside.findChildren(FindingCard, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _take_originals(self, originals: Originals) -> None:
        self._originals = originals
        if self.isVisible():
            self._fill()

    def _take_duplicates(self, twice: object, copies: object) -> None:
        self._twice, self._copies = twice, copies
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        """Make the cards anew; they are few."""
        while self._column.count():
            widget = self._column.takeAt(0).widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        if self._catalog is not None:
            # Not at the top: the library's SQL is not loaded before the window has painted.
            from fabricfinder.archive.originals import backup_list

            self._backups = backup_list(self._catalog.folder)
        for finding in () if self._catalog is None else self.findings(self._catalog):
            self._column.addWidget(FindingCard(finding, self._inside))
        self._column.addStretch(1)

    # What is found -----------------------------------------------------------------------------

    def findings(self, catalog: Catalog) -> list[Finding]:
        """Everything worth saying, what is most urgent first."""
        found = [self._missing(), self._unreadable(catalog), *self._unlooked(catalog)]
        found += [self._unlabelled(catalog), self._unscaled(catalog), self._doubles(catalog)]
        return [*found, self._taken_out(catalog), *self._backup_findings(catalog)]

    def _missing(self) -> Finding:
        title, seen = self.tr("Originals not where they were"), self._originals
        again: Deed = (self.tr("Look again"), self.look)
        if seen is None:
            return Finding(None, title, self.tr("Looking…"))
        n = len(seen.missing)
        if not n:
            words = self.tr("All {n} originals are there.").format(n=count_text(seen.looked))
            return Finding(0, title, words, (again,))
        places = "\n".join(
            f"{wording.shown_path(folder)}  ({count_text(count)})"
            for folder, count in list(seen.folders.items())[:4]
        )
        words = self.tr(
            "They are shown from their thumbnails, labels and fields are safe. Connect the drive, or"
            " show where one of them lies now: its neighbours are found with it."
        )
        show: Deed = (self.tr("Show them"), self._show_missing)
        find: Deed = (self.tr("Find one…"), self.relink_wanted.emit)
        return Finding(n, title, f"{words}\n{places}", (find, show, again))

    def _show_missing(self) -> None:
        self.swatches_wanted.emit(self.tr("Originals missing"), tuple(self._originals.missing))

    def _unreadable(self, catalog: Catalog) -> Finding:
        n = len(catalog.problems)
        words = self.tr("Every file that was asked for could be read.")
        if n:
            words = self.tr("The list says why for each, and tries again.")
        deeds = ((self.tr("Show the list"), self.problems_wanted.emit),) if n else ()
        return Finding(n, self.tr("Files that could not be read"), words, deeds)

    def _unlooked(self, catalog: Catalog) -> list[Finding]:
        n = len(catalog) - len(catalog.table)
        if not n:
            return []
        words = self.tr("They cannot be found by looks yet. Coding goes on with the next import.")
        return [Finding(n, self.tr("Swatches not looked at yet"), words)]

    def _unlabelled(self, catalog: Catalog) -> Finding:
        labelled = {i for i, certain in zip(catalog.table.ids, catalog.table.certain, strict=True)
                    if certain.any()}  # fmt: skip
        n = len(catalog) - len(labelled)
        words = self.tr(
            "What was seen in them stands in for your word. Label those you know: the search trusts"
            " you more."
        )
        return Finding(n, self.tr("Swatches without a label of yours"), words,
                       self._search("labelled:no") if n else ())  # fmt: skip

    def _unscaled(self, catalog: Catalog) -> Finding:
        n = sum(s.px_per_cm is None for s in catalog.swatches)
        words = self.tr(
            "Weave and tightness count on looks alone. If you know the resolution, select them and"
            " type it into the spec sheet, as 600 dpi."
        )
        return Finding(n, self.tr("Swatches without a scale"), words,
                       self._search("scale:no") if n else ())  # fmt: skip

    def _search(self, text: str) -> tuple[Deed, ...]:
        return ((self.tr("Show them"), lambda: self.search_wanted.emit(text)),)

    def _doubles(self, catalog: Catalog) -> Finding:
        title = self.tr("Perhaps one cloth twice")
        if self._twice is None:
            return Finding(None, title, self.tr("Looking…"))
        n, copies = len(self._twice), len(self._copies)
        words = self.tr("No two articles look so alike that they might be one cloth.")
        if n:
            words = self.tr(
                "Filed apart, but so alike that it may be one cloth photographed again. If it is,"
                " file both under one article, or take one out."
            )
            lines = (_alike_line(catalog, a) for a in self._twice[:PAIRS_TOLD])
            words = "\n".join(filter(None, (words, *lines)))
        if copies:
            words += "\n" + self.tr("{n} swatches lie in several files; each is here once.").format(
                n=count_text(copies)
            )
        ids = tuple(i for a in self._twice for i in (a.earlier, a.swatch))
        show: Deed = (self.tr("Show them"), lambda: self.swatches_wanted.emit(title, ids))
        return Finding(n, title, words, (show,) if n else ())

    def _taken_out(self, catalog: Catalog) -> Finding:
        gone = catalog.removed
        words = self.tr("Nothing was taken out of the library.")
        deeds: tuple[Deed, ...] = ()
        if gone:
            names = listed(wording.shown_path(r.name) for r in gone[:5])
            words = names + (" …" if len(gone) > 5 else "")
            ids = [r.id for r in gone]
            step = self.tr("Put {n} swatches back").format(n=count_text(len(gone)))
            back = lambda: self._archive.put_back(ids, step)  # noqa: E731
            deeds = ((self.tr("Put them back"), back),) if not catalog.read_only else ()
        return Finding(len(gone), self.tr("Swatches taken out"), words, deeds)

    def _backup_findings(self, catalog: Catalog) -> list[Finding]:
        title = self.tr("Backups of labels and fields")
        if not self._backups:
            words = self.tr("The first is made at the next opening on another day.")
            return [Finding(0, title, words)]
        words = self.tr(
            "One is made a day; the last three are kept beside the library. Going back to one keeps"
            " what is here now in a file beside it."
        )
        deeds = tuple(
            (self.tr("Go back to {when}").format(when=day_text(made)),
             lambda _=False, f=file: self._archive.restore_backup(catalog.folder, f))
            for file, made in self._backups[:3]
        )  # fmt: skip
        return [Finding(len(self._backups), title, words, deeds if not catalog.read_only else ())]


def _alike_line(catalog: Catalog, alike: Alike) -> str:
    """“argyle-160.jpg looks like argyle-161.jpg, 89 % alike”; "" when one is gone meanwhile."""
    earlier, later = catalog.find(alike.earlier), catalog.find(alike.swatch)
    if earlier is None or later is None:
        return ""
    return QCoreApplication.translate("HealthPage", "{name} looks like {other}, {n} % alike").format(
        name=wording.swatch_title(later), other=wording.swatch_title(earlier),
        n=f"{100 * alike.likeness:.0f}",
    )  # fmt: skip
