"""The library's swatches as a Qt list: an order of rows over a frozen Catalog.

Built for a hundred thousand rows: the model holds one array of row numbers, ``data()`` makes what
one visible card needs, and a growing import only inserts rows at the end.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import listed
from fabricfinder.ui.swatch_mime import swatch_mime
from fabricfinder.ui.thumbnails import ThumbnailCache

Index = QModelIndex | QPersistentModelIndex

ORDERS = ("arrival", "newest", "name")


class LibraryRole(IntEnum):
    """What a view may ask of a swatch beyond Qt's own roles."""

    SWATCH_ID = Qt.ItemDataRole.UserRole + 1  # str
    TITLE = Qt.ItemDataRole.UserRole + 2  # str
    SUBTITLE = Qt.ItemDataRole.UserRole + 3  # str, weave and pattern in words, or ""
    PICTURE = Qt.ItemDataRole.UserRole + 4  # QPixmap, or None while it is on its way
    MISSING = Qt.ItemDataRole.UserRole + 5  # bool, the original is not where it was
    PILE = Qt.ItemDataRole.UserRole + 6  # int, pictures behind a card that stands for an article


class LibraryModel(QAbstractListModel):
    """The swatches of a catalog that pass the filter, in the order asked for."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.catalog: Catalog | None = None
        self._rows = np.zeros(0, np.int64)
        self._place: np.ndarray | None = None
        self._allowed: np.ndarray | None = None
        self._order = "arrival"
        self._missing: frozenset[str] = frozenset()
        self._piles: dict[int, int] = {}
        self._thumbnails = thumbnails
        self._picture_px = 160
        self._taxonomy = default_taxonomy()
        self._arrived: set[str] = set()
        self._arrival = QTimer(self, singleShot=True, interval=30)
        self._arrival.timeout.connect(self._announce_pictures)
        thumbnails.ready.connect(self._picture_arrived)

    def show(self, catalog: Catalog | None, allowed: np.ndarray | None = None) -> None:
        """Show a catalog.

        A newer snapshot of the same library that only grew inserts rows; the view keeps its place.

        Args:
            catalog: the snapshot, or None for nothing.
            allowed: rows of ``catalog.swatches`` to show, int in the order to keep with "arrival";
                None shows all.
        """
        grown = (
            self.catalog is not None and catalog is not None and allowed is None
            and self._allowed is None and self._order == "arrival"
            and catalog.folder == self.catalog.folder and self._same_start(catalog)
        )  # fmt: skip
        if grown:
            self._grow(catalog)
        elif catalog is not None and self._only_changed(catalog, allowed):
            self.catalog, self._allowed = catalog, allowed
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        else:
            self._reset(catalog, allowed)

    def _only_changed(self, catalog: Catalog, allowed: np.ndarray | None) -> bool:
        """Whether the same cards are to be seen in the same places (labels or fields changed)."""
        if self.catalog is None or not len(self._rows) or catalog.folder != self.catalog.folder:
            return False
        if len(catalog) != len(self.catalog):
            return False
        if not np.array_equal(self._ordered(catalog, allowed), self._rows):
            return False
        pairs = zip(catalog.swatches, self.catalog.swatches, strict=True)
        return all(new is old or new.id == old.id for new, old in pairs)

    def set_order(self, order: str) -> None:
        """Order the swatches: one of ORDERS; raises ValueError for anything else."""
        if order not in ORDERS:
            raise ValueError(f"unknown order {order!r}")
        if order != self._order:
            self._order = order
            self._reset(self.catalog, self._allowed)

    @property
    def missing(self) -> frozenset[str]:
        """Ids of the swatches whose originals are not where they were."""
        return self._missing

    def set_missing(self, missing: frozenset[str]) -> None:
        """Mark the swatches whose originals are not there."""
        if missing != self._missing:
            self._missing = missing
            if n := len(self._rows):
                self.dataChanged.emit(self.index(0, 0), self.index(n - 1, 0))

    def set_piles(self, piles: dict[int, int]) -> None:
        """Let cards stand for articles: row of ``catalog.swatches`` -> pictures behind it."""
        self._piles = piles

    def set_picture_px(self, side: int) -> None:
        """Tell the edge of the swatches, in device pixels."""
        self._picture_px = side

    def swatch(self, index: Index) -> Swatch | None:
        """The swatch at an index, or None."""
        if self.catalog is None or not index.isValid() or index.row() >= len(self._rows):
            return None
        return self.catalog.swatches[int(self._rows[index.row()])]

    def swatches_between(self, first: int, last: int) -> list[Swatch]:
        """The swatches shown from one row to another, both included."""
        if self.catalog is None:
            return []
        return [self.catalog.swatches[row] for row in self._rows[first : last + 1].tolist()]

    def index_of(self, swatch_id: str) -> QModelIndex:
        """Where a swatch is shown; an invalid index when it is not."""
        row = None if self.catalog is None else self.catalog.row_of.get(swatch_id)
        if row is None:
            return QModelIndex()
        if self._place is None:
            self._place = np.full(len(self.catalog.swatches), -1, np.int64)
            self._place[self._rows] = np.arange(len(self._rows))
        place = int(self._place[row])
        return self.index(place, 0) if place >= 0 else QModelIndex()

    def subtitle(self, swatch: Swatch) -> str:
        """Weave and pattern in words: a person's, else what was seen if it is at all sure."""
        row = None if self.catalog is None else self.catalog.table_row_of.get(swatch.id)
        if row is None:
            return self.tr("not looked at yet")
        table, taxonomy = self.catalog.table, self._taxonomy
        fine, coarse = table.fine[row], table.coarse[row]
        words = []
        if not np.isnan(fine[0]) and fine.max() >= 0.45:
            words.append(wording.term(taxonomy.fine[int(fine.argmax())], taxonomy))
        if not np.isnan(coarse[0]) and coarse.max() >= 0.45:
            minor = taxonomy.coarse[int(coarse.argmax())]
            major, _, tail = minor.partition("/")
            words.append(wording.term(major if tail == "other" else minor, taxonomy))
        return listed(words)

    def _same_start(self, catalog: Catalog) -> bool:
        """Whether the new snapshot begins with the swatches shown now."""
        n = len(self._rows)
        if n > len(catalog.swatches):
            return False
        old, new = self.catalog.swatches, catalog.swatches
        return n == 0 or (old[0].id == new[0].id and old[n - 1].id == new[n - 1].id)

    def _grow(self, catalog: Catalog) -> None:
        before, after = len(self._rows), len(catalog.swatches)
        if after > before:
            self.beginInsertRows(QModelIndex(), before, after - 1)
        self.catalog = catalog
        self._rows, self._place = np.arange(after), None
        if after > before:
            self.endInsertRows()
        if before:
            self.dataChanged.emit(self.index(0, 0), self.index(before - 1, 0))

    def _reset(self, catalog: Catalog | None, allowed: np.ndarray | None) -> None:
        self.beginResetModel()
        self.catalog, self._allowed, self._place = catalog, allowed, None
        self._rows = self._ordered(catalog, allowed)
        self.endResetModel()

    def _ordered(self, catalog: Catalog | None, allowed: np.ndarray | None) -> np.ndarray:
        """Positions to show in the order asked for."""
        n = 0 if catalog is None else len(catalog.swatches)
        rows = np.arange(n) if allowed is None else np.asarray(allowed, np.int64)
        if self._order == "newest":
            rows = np.sort(rows)[::-1]
        elif self._order == "name" and catalog is not None:
            swatches = catalog.swatches
            rows = np.array(sorted(rows.tolist(), key=lambda r: swatches[r].name), np.int64)
        return rows

    def _picture_arrived(self, swatch_id: str) -> None:
        self._arrived.add(swatch_id)
        if not self._arrival.isActive():
            self._arrival.start()

    def _announce_pictures(self) -> None:
        """Repaint the cards whose pictures came, together rather than one by one."""
        for swatch_id in self._arrived:
            index = self.index_of(swatch_id)
            if index.isValid():
                self.dataChanged.emit(index, index, [LibraryRole.PICTURE])
        self._arrived.clear()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        swatch = self.swatch(index)
        if swatch is None:
            return None
        if role == LibraryRole.PICTURE:
            return self._thumbnails.pixmap(swatch.id, self._picture_px, fill=True)
        if role in (LibraryRole.TITLE, Qt.ItemDataRole.DisplayRole):
            return wording.swatch_title(swatch)
        if role == LibraryRole.SUBTITLE:
            return self._pile_text(swatch, index) or self.subtitle(swatch)
        if role == LibraryRole.MISSING:
            return swatch.id in self._missing
        if role == LibraryRole.PILE:
            return self._piles.get(int(self._rows[index.row()]), 1)
        if role == LibraryRole.SWATCH_ID:
            return swatch.id
        if role == Qt.ItemDataRole.AccessibleTextRole:
            scale = wording.scale_text(swatch.px_per_cm, swatch.scale_source)
            lost = self.tr("original missing") if swatch.id in self._missing else ""
            words = (wording.spoken_title(swatch), self.subtitle(swatch), scale, lost)
            return listed(words)
        if role == Qt.ItemDataRole.ToolTipRole:
            lost = self.tr("The original is not there: ") if swatch.id in self._missing else ""
            return lost + wording.shown_path(swatch.path)
        return None

    def _pile_text(self, swatch: Swatch, index: Index) -> str:
        """“7 pictures, 3 colourways” of a card that stands for an article, else ""."""
        n = self._piles.get(int(self._rows[index.row()]), 1)
        if n < 2:
            return ""
        rows = self.catalog.articles.get(str(swatch.fields.get("article")), [])
        colours = {str(self.catalog.swatches[r].fields.get("colourway", "")) for r in rows}
        if len(colours) < 2:
            return self.tr("{n} pictures").format(n=n)
        return self.tr("{n} pictures, {m} colourways").format(n=n, m=len(colours))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override QAbstractItemModel::flags: swatches can be dragged out as files."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        """Override QAbstractItemModel::mimeData."""
        swatches = [s for s in map(self.swatch, indexes) if s is not None]
        picture = None
        if len(swatches) == 1:
            picture = self._thumbnails.pixmap(swatches[0].id, self._picture_px, fill=True)
        return swatch_mime(swatches, picture)

    def supportedDragActions(self) -> Qt.DropAction:
        """Override QAbstractItemModel::supportedDragActions: originals are never moved."""
        return Qt.DropAction.CopyAction
