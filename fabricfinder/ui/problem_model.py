"""The pictures that could not be read, as a Qt table: the file, and the reason in words."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fabricfinder.domain.swatch import ImportProblem
from fabricfinder.ui.number_words import named
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.wording import shown_path

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The table's columns."""

    FILE = 0
    REASON = 1


class ProblemModel(QAbstractTableModel):
    """Mirrors a tuple of ImportProblem."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[ImportProblem, ...] = ()

    def show(self, problems: tuple[ImportProblem, ...]) -> None:
        """Show these problems instead of the ones before."""
        if problems == self._problems:
            return
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()

    def paths(self) -> list[str]:
        """The files' paths, as they were imported."""
        return [problem.path for problem in self._problems]

    def as_text(self) -> str:
        """One line a file, path and reason parted by a tab, for the clipboard."""
        return "\n".join(f"{shown_path(p.path)}\t{retold(p.reason)}" for p in self._problems)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data: name or reason; the whole path as tooltip."""
        if not index.isValid() or index.row() >= len(self._problems):
            return None
        problem = self._problems[index.row()]
        path, reason = shown_path(problem.path), retold(problem.reason)
        if role == Qt.ItemDataRole.DisplayRole:
            return path.rsplit("/", 1)[-1] if index.column() == Column.FILE else reason
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{path}\n{reason}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return named(path, reason)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Override QAbstractItemModel::headerData."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (self.tr("File"), self.tr("Why it could not be read"))[section]
