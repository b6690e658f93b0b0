"""The grid of large swatches: as many columns as fit, each cloth as large as its column allows."""

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from fabricfinder.ui.result_delegate import PAD, SwatchCardDelegate
from fabricfinder.ui.result_model import ResultModel
from fabricfinder.ui.uniform_grid import UniformGrid

SIDES = (130, 420)  # px, the range of the size slider
DEFAULT_SIDE = 184
GUTTER = 6
NEARLY = 1.08  # a column that lacks less than this share is shown a little smaller


class ResultGrid(UniformGrid):
    """Cards of one size in rows, at least as large as she chose; they share what width is left.

    Signals:
        chosen: an index was double-clicked, or Enter was pressed on it.
        preview_wanted: Space was pressed.
    """

    chosen = Signal(QModelIndex)
    preview_wanted = Signal()

    def __init__(self, model: ResultModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted_side = DEFAULT_SIDE
        self._cards = SwatchCardDelegate(self)
        self.setProperty("surround", True)
        self.setItemDelegate(self._cards)
        self.setModel(model)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAccessibleName(self.tr("Results"))
        self.doubleClicked.connect(self.chosen)

    @property
    def swatch_side(self) -> int:
        """Edge of the cloth on each card now, in px."""
        return self._cards.side

    def set_swatch_side(self, side: int) -> None:
        """Ask for cloths of at least ``side`` px, within SIDES."""
        self._wanted_side = min(SIDES[1], max(SIDES[0], side))
        self._fit()

    def _fit(self) -> None:
        """Share the width among as many columns of the wanted size as fit, or very nearly fit.

        A card is never higher than the window, so that its words stay in sight.
        """
        around = 2 * PAD + GUTTER
        width, wanted = self.viewport().width(), self._wanted_side + around
        n = max(1, round(NEARLY * width) // wanted)
        self.set_cell(QSize(min(wanted, max(1, width // n)), self.cell.height()))
        words = self._cards.card_size().height() - self._cards.side + GUTTER
        fitting = max(SIDES[0], self.viewport().height() - words)
        self._cards.side = max(40, min(fitting, width // self.n_columns - around))
        self.set_cell(QSize(self.cell.width(), self._cards.card_size().height() + GUTTER))
        self.model().ratio = self.devicePixelRatioF()
        self.model().picture_px = round(self._cards.side * self.model().ratio)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Override QWidget::changeEvent: another font makes other cards."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._cards.refresh_fonts()
            self._fit()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override QListView::resizeEvent: the same swatch stays on top, however wide it gets."""
        top = self.indexAt(self.viewport().rect().topLeft())
        self._fit()
        super().resizeEvent(event)
        if top.isValid() and top.row():
            self.scrollTo(top, self.ScrollHint.PositionAtTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QListView::keyPressEvent: Enter chooses, Space looks closer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.chosen.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Space:
            self.preview_wanted.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Override QListView::keyboardSearch: letters are commands here."""
