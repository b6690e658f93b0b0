"""The lines of the import review as Qt lists: new, here already, same cloth, unreadable."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QIcon

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Alike, ImportReport
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import listed
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.thumbnails import ThumbnailCache

Index = QModelIndex | QPersistentModelIndex
translate = QCoreApplication.translate

NEW, ALIKE, HERE, UNREAD = "new", "alike", "here", "unread"
TABS = (NEW, ALIKE, HERE, UNREAD)
SIDE = 72


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, in words.

    Attributes:
        swatch: id whose picture stands beside it, or "".
        title, detail: upper and lower line.
        path: of the file, or "".
        alike: what it offers, or None.
    """

    swatch: str
    title: str
    detail: str
    path: str = ""
    alike: Alike | None = None


def lines_of(report: ImportReport, catalog: Catalog) -> dict[str, tuple[Line, ...]]:
    """What an import brought, by tab; what has left the library since is left out."""
    known = catalog.find
    alike = {a.swatch: a for a in report.alike}
    new = tuple(
        Line(s.id, wording.swatch_title(s), wording.size_text(s.width, s.height, s.px_per_cm), s.path)
        for i in report.new if (s := known(i)) is not None
    )  # fmt: skip
    same = tuple(
        Line(a.swatch, wording.swatch_title(s), _alike_text(a, wording.swatch_title(e)), s.path, a)
        for a in alike.values()
        if (s := known(a.swatch)) is not None and (e := known(a.earlier)) is not None
    )  # fmt: skip
    as_what = translate("Review", "is here as {name}")
    here = tuple(
        Line(i, wording.shown_path(path).rsplit("/", 1)[-1],
             as_what.format(name=wording.swatch_title(s)), path)
        for path, i in report.here if (s := known(i)) is not None
    )  # fmt: skip
    unread = tuple(
        Line("", wording.shown_path(p.path).rsplit("/", 1)[-1], retold(p.reason), p.path)
        for p in report.problems
    )
    return {NEW: new, ALIKE: same, HERE: here, UNREAD: unread}


def _alike_text(alike: Alike, earlier: str) -> str:
    return translate("Review", "looks like {name}, {n} % alike").format(
        name=earlier, n=f"{100 * alike.likeness:.0f}"
    )


class ReviewModel(QAbstractListModel):
    """One tab's lines."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.lines: tuple[Line, ...] = ()
        thumbnails.ready.connect(self._arrived)

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show these lines instead of the ones before."""
        if lines != self.lines:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data: both lines, the picture, the whole path as tooltip."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{line.title}\n{line.detail}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return listed((line.title, line.detail))
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.shown_path(line.path)
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, SIDE + 8 if line.swatch else 44)
        if role == Qt.ItemDataRole.DecorationRole and line.swatch:
            picture = self._thumbnails.pixmap(line.swatch, 2 * SIDE, fill=True)
            if picture is None:
                return None
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # cloth is not tinted by being chosen
            return icon
        return None

    def _arrived(self, swatch_id: str) -> None:
        """A picture has been read: show it where it belongs."""
        for row, line in enumerate(self.lines):
            if line.swatch == swatch_id:
                index = self.index(row)
                self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])
