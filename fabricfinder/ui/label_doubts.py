"""Labels to look at again: those their neighbours speak against, and where two people differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui import wording
from fabricfinder.ui.cloth_edge import paint_cloth_edge
from fabricfinder.ui.label_words import DIMENSIONS, dimension_word, value_text
from fabricfinder.ui.number_words import count_text, decimal_text, named
from fabricfinder.ui.reading_label import ReadingLabel
from fabricfinder.ui.theme import SPACE_M, SPACE_S, current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from fabricfinder.domain.agreement import Agreement, Suspect
    from fabricfinder.domain.catalog import Catalog
    from fabricfinder.domain.swatch import Swatch
    from fabricfinder.domain.vocabulary import Vocabulary

SHOWN = 40
STEP = 10.0


class Picture(QWidget):
    """A swatch as a square of some size."""

    def __init__(
        self, swatch: "Swatch", side: int, thumbnails: ThumbnailCache, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._swatch, self._thumbnails = swatch, thumbnails
        thumbnails.ready.connect(self._arrived)
        self.setFixedSize(side, side)
        self.setAccessibleName(wording.spoken_title(swatch))
        self.setToolTip(wording.swatch_title(swatch))

    def _arrived(self, swatch_id: str) -> None:
        if swatch_id == self._swatch.id:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        painter, place = QPainter(self), QRect(0, 0, self.width() - 1, self.height() - 1)
        ratio = self.devicePixelRatioF()
        picture = self._thumbnails.pixmap(self._swatch.id, round(self.width() * ratio), fill=True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is None or picture.isNull():
            painter.fillRect(place, current_theme().color("placeholder"))
        else:
            painter.drawPixmap(place, picture)
        paint_cloth_edge(painter, place)


class DoubtRow(QFrame):
    """One label its neighbours speak against.

    Signals:
        changed: swatch id and the other label; kept: swatch id.
    """

    changed = Signal(str, object)
    kept = Signal(str)

    def __init__(
        self, swatch: "Swatch", suspect: "Suspect", near: Sequence["Swatch"], words: "Vocabulary",
        thumbnails: ThumbnailCache, parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setProperty("card", True)
        self.swatch_id = swatch.id
        self._expected = suspect.expected
        step = isinstance(suspect.expected, int)
        said, expected = (
            _step_text(v) if step else value_text(v, words) for v in (suspect.said, suspect.expected)
        )
        title = QLabel(wording.swatch_title(swatch), self)
        title.setFont(scaled_font(1.05, bold=True))
        told = ReadingLabel(self.tr("You said {said}. Of those that look most like it, {share} % by "
                                    "nearness are {expected}.").format(
            said=said, expected=expected, share=round(100 * suspect.share)), self)  # fmt: skip
        self.change = QPushButton(self.tr("Change to {value}").format(value=expected), self)
        self.change.setVisible(not step)
        self.keep = QPushButton(self.tr("It is right"), self)
        for button in (self.change, self.keep):
            button.setAutoDefault(False)
        self.change.clicked.connect(self._change)
        self.keep.clicked.connect(self._keep)
        buttons = QHBoxLayout()
        buttons.addWidget(self.change)
        buttons.addWidget(self.keep)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(SPACE_S)
        column.addWidget(title)
        column.addWidget(told)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setSpacing(SPACE_M)
        row.addWidget(Picture(swatch, 112, thumbnails, self))
        row.addLayout(column, 1)
        for other in near[:4]:
            row.addWidget(Picture(other, 72, thumbnails, self))
        self.setAccessibleName(named(title.text(), told.text()))

    def _change(self) -> None:
        self.changed.emit(self.swatch_id, self._expected)

    def _keep(self) -> None:
        self.kept.emit(self.swatch_id)


def _step_text(step: object) -> str:
    low = int(step) * STEP
    return f"{low:.0f}–{low + STEP:.0f} %"


class DoubtsPanel(QWidget):
    """Suspicious labels of one dimension.

    Signals:
        wanted: the dimension to look through.
        changed: dimension, swatch id and the other label.
    """

    wanted = Signal(str)
    changed = Signal(str, str, object)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.rows: list[DoubtRow] = []
        self._right: set[str] = set()
        self.dimension = QComboBox(self)
        self.dimension.setAccessibleName(self.tr("Dimension"))
        for dimension in DIMENSIONS:
            self.dimension.addItem(dimension_word(dimension), dimension)
        self.dimension.activated.connect(self.ask)
        self.note = ReadingLabel("", self)
        self.note.setProperty("muted", True)
        inside = QWidget(self)
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, SPACE_M, 0)
        self._list.setSpacing(SPACE_S)
        self._list.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        head = QHBoxLayout()
        head.addWidget(self.dimension)
        head.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(scroll, 1)

    def ask(self) -> None:
        """Look through the dimension chosen."""
        self.note.setText(self.tr("Looking at the neighbours…"))
        self.wanted.emit(str(self.dimension.currentData()))

    def show_suspects(
        self, found: Sequence[tuple["Swatch", "Suspect"]], catalog: "Catalog", words: "Vocabulary"
    ) -> None:
        """Show the labels to look at again, the worst first."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        found = [one for one in found if one[0].id not in self._right]
        for swatch, suspect in found[:SHOWN]:
            near = [catalog.coded[r] for r in suspect.neighbours if r < len(catalog.coded)]
            row = DoubtRow(swatch, suspect, near, words, self._thumbnails, self)
            row.changed.connect(self._change)
            row.kept.connect(self._keep)
            self._list.insertWidget(len(self.rows), row)
            self.rows.append(row)
        self._tell(len(found))

    def _tell(self, n: int) -> None:
        if n:
            self.note.setText(self.tr(
                "{n} labels that those nearest to them speak against; pictures of the same article "
                "are not asked."
            ).format(n=count_text(n)))  # fmt: skip
        else:
            self.note.setText(self.tr("No label stands against its neighbours."))

    def _drop(self, swatch_id: str) -> None:
        self._right.add(swatch_id)
        for row in [r for r in self.rows if r.swatch_id == swatch_id]:
            row.hide()
            row.deleteLater()
            self.rows.remove(row)
        self._tell(len(self.rows))

    def _change(self, swatch_id: str, value: object) -> None:
        self._drop(swatch_id)
        self.changed.emit(str(self.dimension.currentData()), swatch_id, value)

    def _keep(self, swatch_id: str) -> None:
        self._drop(swatch_id)


class AgreementPanel(QWidget):
    """How far people, and the model, agree on swatches both have labelled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = ReadingLabel("", self)
        self.table = QTableWidget(0, 6, self)
        self.table.setHorizontalHeaderLabels([
            self.tr("Who"), self.tr("and who"), self.tr("Of"), self.tr("Both labelled"),
            self.tr("Alike"), self.tr("Cohen's kappa"),
        ])  # fmt: skip
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setAccessibleName(self.tr("Agreement"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        column.setSpacing(SPACE_M)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)

    def show_agreement(self, found: Sequence["Agreement"]) -> None:
        """Show every pair of people."""
        self.note.setText(self.tr(
            "Kappa is agreement beyond what chance alone would give: 1 is perfect, 0 is chance. "
            "Somebody else labels the same swatches by the order “second opinions”, or on another "
            "computer whose labels are read in here."
        ) if found else self.tr(
            "Nobody has labelled the same swatch twice yet. Choose the order “second opinions” to "
            "label what somebody else has, without seeing what they said; or read in a file of labels "
            "made on another computer."
        ))  # fmt: skip
        self.table.setRowCount(len(found))
        self.table.setVisible(bool(found))
        for at, one in enumerate(found):
            kappa = self.tr("cannot be said") if one.kappa != one.kappa else (
                f"{decimal_text(one.kappa, 2)}  {kappa_word(self, one.kappa)}")  # fmt: skip
            cells = (one.first, one.second, dimension_word(one.dimension), count_text(one.n),
                     f"{100 * one.share:.0f} %", kappa)  # fmt: skip
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column in (3, 4):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(at, column, item)
        self.table.resizeColumnsToContents()


def kappa_word(widget: QWidget, kappa: float) -> str:
    """Landis and Koch's (1977) word for a kappa."""
    for least, word in (
        (0.81, widget.tr("almost perfect")), (0.61, widget.tr("substantial")),
        (0.41, widget.tr("moderate")), (0.21, widget.tr("fair")), (0.0, widget.tr("slight")),
    ):  # fmt: skip
        if kappa >= least:
            return word
    return widget.tr("less than chance")
