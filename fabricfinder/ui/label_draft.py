"""The weave told by its draft: squared out on point paper or read from a WIF file, named at once."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.label_words import language
from fabricfinder.ui.plain_parts import off_the_frame, plain_button
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, current_theme, scaled_font

if TYPE_CHECKING:
    from fabricfinder.domain.vocabulary import Vocabulary
    from fabricfinder.domain.weave_record import WeaveRecord

LARGEST = 32
PAPER, INK = "#f6f5f1", "#1c1c1c"  # point paper is white and its marks black, by night too
SETTLE_MS = 150


class PointPaper(QWidget):
    """A grid of crossings; a filled square is the warp over the weft.

    Signals:
        changed: a square was turned.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lift = np.zeros((8, 8), bool)
        self._here = (0, 0)
        self._painting: bool | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Draft"))
        self.setAccessibleDescription(
            self.tr("Arrows go from crossing to crossing, space turns one over")
        )
        self.setMinimumSize(320, 320)

    def sizeHint(self) -> QSize:
        """Override QWidget::sizeHint."""
        return QSize(420, 420)

    def show_lift(self, lift: np.ndarray) -> None:
        """Show a repeat, bool (picks, ends)."""
        self.lift = np.array(lift[:LARGEST, :LARGEST], bool)
        self._here = (0, 0)
        self.update()

    def set_shape(self, picks: int, ends: int) -> None:
        """Make it larger or smaller; what is on it stays."""
        new = np.zeros((picks, ends), bool)
        rows, columns = min(picks, len(self.lift)), min(ends, self.lift.shape[1])
        new[:rows, :columns] = self.lift[:rows, :columns]
        self.lift = new
        self._here = (min(self._here[0], picks - 1), min(self._here[1], ends - 1))
        self.update()

    def _cell(self) -> float:
        picks, ends = self.lift.shape
        return max(4.0, min((self.width() - 2) / ends, (self.height() - 2) / picks))

    def _at(self, event: QMouseEvent) -> tuple[int, int] | None:
        cell = self._cell()
        row, column = int(event.position().y() // cell), int(event.position().x() // cell)
        inside = 0 <= row < len(self.lift) and 0 <= column < self.lift.shape[1]
        return (row, column) if inside else None

    def _turn(self, at: tuple[int, int], on: bool) -> None:
        self._here = at
        if self.lift[at] != on:
            self.lift[at] = on
            self.changed.emit()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mousePressEvent: turn a crossing; dragging makes others alike."""
        at = self._at(event)
        if at is not None:
            self._painting = not self.lift[at]
            self._turn(at, self._painting)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseMoveEvent."""
        at = self._at(event)
        if at is not None and self._painting is not None:
            self._turn(at, self._painting)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override QWidget::mouseReleaseEvent."""
        self._painting = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: arrows and space."""
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0),
                 Qt.Key.Key_Down: (1, 0)}  # fmt: skip
        if event.key() in steps:
            down, right = steps[event.key()]
            picks, ends = self.lift.shape
            self._here = ((self._here[0] + down) % picks, (self._here[1] + right) % ends)
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._turn(self._here, not self.lift[self._here])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override QWidget::paintEvent."""
        theme, painter, cell = current_theme(), QPainter(self), self._cell()
        picks, ends = self.lift.shape
        edges_x = [round(i * cell) for i in range(ends + 1)]
        edges_y = [round(i * cell) for i in range(picks + 1)]
        painter.fillRect(QRect(0, 0, edges_x[-1], edges_y[-1]), QColor(PAPER))
        for row, column in zip(*np.nonzero(self.lift), strict=True):
            place = QRect(edges_x[column], edges_y[row], edges_x[column + 1] - edges_x[column],
                          edges_y[row + 1] - edges_y[row])  # fmt: skip
            painter.fillRect(place.adjusted(1, 1, 0, 0), QColor(INK))
        painter.setPen(QPen(theme.color("strong_line"), 1))
        for x in edges_x:
            painter.drawLine(x, 0, x, edges_y[-1])
        for y in edges_y:
            painter.drawLine(0, y, edges_x[-1], y)
        if self.hasFocus():
            row, column = self._here
            painter.setPen(QPen(QColor("#c2570c"), 3))  # seen on ink and on paper
            painter.drawRect(QRect(edges_x[column], edges_y[row], round(cell), round(cell)))


class DraftDialog(QDialog):
    """Asks for a draft and says what it is.

    Signals:
        taken: a fine term's id, and the WeaveRecord.
        read_wanted: path of a WIF file.
        known_wanted: a lift, bool (picks, ends), whose name is wanted.
    """

    taken = Signal(str, object)
    read_wanted = Signal(str)
    known_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("The weave by its draft"))
        self.record: WeaveRecord | None = None
        self._words: Vocabulary | None = None
        self.paper = PointPaper(self)
        self.picks, self.ends = self._number(self.tr("Picks")), self._number(self.tr("Ends"))
        self.name, self.facts, self.sentence = (QLabel(self) for _ in range(3))
        self.name.setFont(scaled_font(1.4, bold=True))
        for label in (self.name, self.facts, self.sentence):
            label.setWordWrap(True)
        self.sentence.setProperty("muted", True)
        self.take = plain_button(self, self.tr("Take it"), self._take)
        self.take.setDefault(True)
        self.read = plain_button(self, self.tr("From a WIF file…"), self._choose_file)
        self.clear = plain_button(self, self.tr("Clear"), self._clear)
        self.paper.changed.connect(self._changed)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._want_name)
        self._arrange()

    def _number(self, name: str) -> QSpinBox:
        box = QSpinBox(self)
        off_the_frame(box)
        box.setRange(2, LARGEST)
        box.setValue(8)
        box.setAccessibleName(name)
        box.setPrefix(f"{name} ")
        box.valueChanged.connect(self._reshape)
        return box

    def _arrange(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACE_S)
        hint = QLabel(self.tr(
            "One repeat or more, as weavers draw it: a filled square is the warp over the weft. "
            "Click and drag, or arrows and space."
        ), self)  # fmt: skip
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        numbers = QHBoxLayout()
        numbers.addWidget(self.picks)
        numbers.addWidget(self.ends)
        side.addWidget(hint)
        side.addLayout(numbers)
        side.addWidget(self.read)
        side.addWidget(self.clear)
        side.addSpacing(SPACE_M)
        side.addWidget(self.name)
        side.addWidget(self.facts)
        side.addWidget(self.sentence)
        side.addStretch(1)
        side.addWidget(self.take)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L)
        row.addWidget(self.paper, 3)
        row.addLayout(side, 2)
        self.resize(760, 480)

    def ask(self, words: "Vocabulary") -> None:
        """Ask for the draft of another swatch; the last one stays on the paper."""
        self._words = words
        self.show()
        self.raise_()
        self.paper.setFocus()
        self._want_name()

    def show_known(self, record: "WeaveRecord", repeat: np.ndarray | None) -> None:
        """Show what it is; with a repeat that was read, show that too."""
        if repeat is not None:
            for box, n in ((self.picks, len(repeat)), (self.ends, repeat.shape[1])):
                box.blockSignals(True)
                box.setValue(min(n, LARGEST))
                box.blockSignals(False)
            self.paper.show_lift(repeat)
        self.record = record
        self.take.setEnabled(True)
        self.name.setText(self._words.name(record.fine, language()))
        self.facts.setText(f"{record.notation}\n{self._face(record)}")
        self.sentence.setText(self.tr("One repeat: {ends} ends by {picks} picks.").format(
            ends=record.repeat[1], picks=record.repeat[0]))  # fmt: skip

    def show_sentence(self, sentence: str) -> None:
        """Say why there is no weave."""
        self.record = None
        self.take.setEnabled(False)
        self.name.clear()
        self.facts.clear()
        self.sentence.setText(sentence)

    def _face(self, record: "WeaveRecord") -> str:
        return {"warp": self.tr("warp-faced"), "weft": self.tr("weft-faced"),
                "balanced": self.tr("both faces alike")}[record.face]  # fmt: skip

    def _reshape(self) -> None:
        self.paper.set_shape(self.picks.value(), self.ends.value())
        self._changed()

    def _clear(self) -> None:
        self.paper.show_lift(np.zeros((self.picks.value(), self.ends.value()), bool))
        self._changed()

    def _changed(self) -> None:
        self.take.setEnabled(False)
        self._settle.start()

    def _want_name(self) -> None:
        if self.paper.lift.any():
            self.known_wanted.emit(self.paper.lift.copy())
        else:
            self.show_sentence("")

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("A weaving draft"), "", self.tr("Weaving drafts (*.wif);;All files (*)")
        )
        if path:
            self.read_wanted.emit(path)

    def _take(self) -> None:
        if self.record is not None:
            record = self.record
            self.hide()
            self.taken.emit(record.fine, record)
