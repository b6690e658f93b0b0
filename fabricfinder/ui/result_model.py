"""The ordered results of one search as a Qt model: the grid and the table show the same rows.

The truth is an ``OrderedResult``; this model only mirrors it. Column 0 carries the card roles that
the grid's delegate paints, the table shows all columns. ``data()`` hands out what a visible row
needs and never reads a file.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPixmap

from fabricfinder.domain.search import Preference, RankedSwatch, SearchResult
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.result_order import (
    NUMBER_COLUMNS,
    SCORE_COLUMNS,
    Column,
    OrderedResult,
    ResultFacts,
)
from fabricfinder.ui.swatch_mime import swatch_mime
from fabricfinder.ui.thumbnails import ThumbnailCache

Index = QModelIndex | QPersistentModelIndex

TABLE_PICTURE_PX = 44


class ResultRole(IntEnum):
    """What a view may ask of a result beyond Qt's own roles."""

    SWATCH_ID = Qt.ItemDataRole.UserRole + 1  # str
    TITLE = Qt.ItemDataRole.UserRole + 2  # str
    BAND_WORD = Qt.ItemDataRole.UserRole + 3  # str
    SCORES = Qt.ItemDataRole.UserRole + 4  # four floats 0..1 or None, order of DIMENSIONS
    SENTENCE = Qt.ItemDataRole.UserRole + 5  # str
    PICTURE = Qt.ItemDataRole.UserRole + 6  # QPixmap, or None while it is on its way
    FAINT = Qt.ItemDataRole.UserRole + 7  # bool: the lowest band, its words drawn quieter
    FAMILIAR = Qt.ItemDataRole.UserRole + 8  # bool: False greys the bars
    COMPLETE = Qt.ItemDataRole.UserRole + 9  # bool: False while colour is still being compared
    STALE = Qt.ItemDataRole.UserRole + 10  # bool: an old answer, all of it drawn quieter
    UNSURE = Qt.ItemDataRole.UserRole + 11  # four bools: which scores are guesses


class ResultModel(QAbstractTableModel):
    """A search result in the order she asked for.

    Attributes:
        view: the ordered result, or None before the first search.
        stale: a newer search is running; what is shown is drawn quieter.
        picture_px: edge of the grid's swatches in device pixels, told by the grid.
        ratio: device pixels a logical one, told by the grid.
    """

    def __init__(self, thumbnails: ThumbnailCache, taxonomy: Taxonomy) -> None:
        super().__init__()
        self.view: OrderedResult | None = None
        self.stale = False
        self._taxonomy = taxonomy
        self._thumbnails = thumbnails
        self.picture_px, self.ratio = 200, 1.0
        self._arrivals = PictureArrivals(thumbnails, self)
        self._arrivals.arrived.connect(self._pictures_arrived)

    # What is shown -----------------------------------------------------------------------------

    def show_result(self, result: SearchResult | None, preference: Preference) -> None:
        """Show a result under a preference; the same result again is only put in a new order."""
        if result is None:
            self._replace(None)
        elif self.view is None or self.view.facts.result is not result:
            self._replace(OrderedResult(ResultFacts(result, self._taxonomy), preference))
        else:
            view = self.view
            if preference.order != view.preference.order:
                self._reorder(OrderedResult(view.facts, preference))
            else:
                self._reorder(OrderedResult(view.facts, preference, view.column, view.backwards))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Override QAbstractItemModel::sort: order by a column; RANK gives her own order back."""
        if self.view is not None:
            by = Column(column) if column >= 0 else Column.RANK
            backwards = order == Qt.SortOrder.DescendingOrder
            self._reorder(OrderedResult(self.view.facts, self.view.preference, by, backwards))

    def ranked(self, index: Index) -> RankedSwatch | None:
        """The result at an index as a value, or None for an invalid index."""
        if self.view is None or not index.isValid() or index.row() >= len(self.view):
            return None
        return self.view.ranked(index.row())

    def index_of(self, swatch_id: str) -> QModelIndex:
        """Where a swatch stands; invalid when it is left out."""
        place = -1 if self.view is None else self.view.place(swatch_id)
        return self.index(place, 0) if place >= 0 else QModelIndex()

    def _replace(self, view: OrderedResult | None) -> None:
        self.beginResetModel()
        self.view = view
        self.endResetModel()

    def _reorder(self, view: OrderedResult) -> None:
        """Change the order in place, so that selection and current card follow their swatch.

        Qt wants equally many rows before and after a new layout. So what comes is added at the end,
        then all is put in order with what goes at the end, then that is taken away.
        """
        old = self.view
        came = view.rows[old.place_of_row[view.rows] < 0]
        went = old.rows[view.place_of_row[old.rows] < 0]
        if len(came):
            self.beginInsertRows(QModelIndex(), len(old), len(old) + len(came) - 1)
            self.view = old.rearranged(np.concatenate([old.rows, came]))
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        both = view.rearranged(np.concatenate([view.rows, went])) if len(went) else view
        indexes = self.persistentIndexList()
        places = [int(both.place_of_row[self.view.rows[i.row()]]) for i in indexes]
        self.view = both
        moved = [self.index(p, i.column()) for p, i in zip(places, indexes, strict=True)]
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()
        if len(went):
            self.beginRemoveRows(QModelIndex(), len(view), len(both) - 1)
            self.view = view
            self.endRemoveRows()

    def _pictures_arrived(self, ids: object) -> None:
        places = [] if self.view is None else [self.view.place(i) for i in ids]
        roles = [ResultRole.PICTURE, Qt.ItemDataRole.DecorationRole]
        for place in places:
            if place >= 0:
                last = self.index(place, Column.PICTURE)
                self.dataChanged.emit(self.index(place, 0), last, roles)

    # Qt overrides ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override QAbstractItemModel::rowCount."""
        return 0 if parent.isValid() or self.view is None else len(self.view)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Override QAbstractItemModel::columnCount."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Override QAbstractItemModel::flags: a result can be chosen and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        usable = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usable | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Override QAbstractItemModel::data."""
        if self.view is None or not index.isValid() or index.row() >= len(self.view):
            return None
        place, column = index.row(), Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.view.cell(place, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.PICTURE:
            return self._small_picture(place)
        if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.RANK:
            return self.view.spoken(place)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(place, column)
        return self._card(place, role)

    def _card(self, place: int, role: int) -> Any:
        """What the grid's card paints."""
        view, row = self.view, int(self.view.rows[place])
        if role == ResultRole.SWATCH_ID:
            return self._id(place)
        if role == ResultRole.TITLE:
            return wording.swatch_title(view.facts.result.swatches[row])
        if role == ResultRole.BAND_WORD:
            return wording.band_word(view.band(row))
        if role == ResultRole.SCORES:
            return view.ranked(place).breakdown.as_tuple()
        if role == ResultRole.UNSURE:
            return view.facts.result.unsure(row)
        if role == ResultRole.SENTENCE:
            return view.facts.sentence(row)
        if role == ResultRole.PICTURE:
            return self._thumbnails.pixmap(self._id(place), self.picture_px, fill=True)
        if role == ResultRole.FAINT:
            return view.band(row).key == "far"
        if role == ResultRole.STALE:
            return self.stale
        if role == ResultRole.FAMILIAR:
            return view.facts.familiar
        if role == ResultRole.COMPLETE:
            return view.facts.result.complete
        return None

    def _tooltip(self, place: int, column: Column) -> str:
        one = self.view.ranked(place)
        if column in SCORE_COLUMNS:
            return wording.dimension_meanings()[SCORE_COLUMNS.index(column)]
        if column is Column.PATH:
            return wording.shown_path(one.swatch.path)
        sentence, unsure = self.view.facts.sentence(one.row), self.view.facts.result.unsure(one.row)
        return wording.result_tooltip(one, self.view.band(one.row), sentence, unsure)

    def _small_picture(self, place: int) -> QPixmap | None:
        """The table's picture; another size at hand meanwhile is brought to this one."""
        side = round(TABLE_PICTURE_PX * self.ratio)
        picture = self._thumbnails.pixmap(self._id(place), side, fill=True)
        if picture is not None and picture.width() != side:
            picture = picture.scaled(side, side)
        if picture is not None and self.ratio != 1.0:
            picture = QPixmap(picture)
            picture.setDevicePixelRatio(self.ratio)
        return picture

    def _id(self, place: int) -> str:
        return self.view.facts.result.swatches[self.view.rows[place]].id

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Override QAbstractItemModel::headerData."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return wording.column_titles()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        """Override QAbstractItemModel::mimeData: files, text and the picture of what is dragged."""
        places = sorted({i.row() for i in indexes if i.isValid()})
        swatches = [self.view.ranked(place).swatch for place in places]
        picture = None
        if len(swatches) == 1:
            picture = self._thumbnails.pixmap(swatches[0].id, self.picture_px, fill=True)
        return swatch_mime(swatches, picture)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers stand right, words left."""
    right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    return (right if column in NUMBER_COLUMNS else left) | Qt.AlignmentFlag.AlignVCenter


class PictureArrivals(QObject):
    """Gathers the thumbnails that become ready within a moment: one repaint for many pictures.

    Signals:
        arrived: the set of swatch ids whose picture came.
    """

    arrived = Signal(object)

    def __init__(self, thumbnails: ThumbnailCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: set[str] = set()
        self._timer = QTimer(self, singleShot=True, interval=30)
        self._timer.timeout.connect(self._tell)
        thumbnails.ready.connect(self._note)

    def _note(self, swatch_id: str) -> None:
        self._ids.add(swatch_id)
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        ids, self._ids = self._ids, set()
        self.arrived.emit(ids)


def tab_separated(model: ResultModel, places: list[int]) -> str:
    """Rows of a model as tab-separated text under a header line, for a spreadsheet."""
    columns = [c for c in Column if c is not Column.PICTURE]
    titles = wording.column_titles()
    lines = [[titles[c] for c in columns]]
    lines += [[model.view.cell(place, c) for c in columns] for place in places]
    clean = str.maketrans({"\t": " ", "\n": " ", "\r": " "})
    return "\n".join("\t".join(cell.translate(clean) for cell in line) for line in lines) + "\n"
