"""What stands on the Label page where nothing is asked: why, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from fabricfinder.labelling.queue import AGAIN, DISAGREE, MOST_USEFUL, SECOND
from fabricfinder.ui.label_sitting import Sitting
from fabricfinder.ui.label_words import DIMENSIONS, dimension_word, tr
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.theme import SPACE_L, SPACE_S, scaled_font

BUTTON_PX = 320


@dataclass(frozen=True, slots=True)
class Way:
    """A way on: a dimension and an order to ask in, or "" and "" for adding cloth."""

    text: str
    dimension: str = ""
    order: str = ""


def over_text(sitting: Sitting) -> str:
    """Why nothing is asked."""
    queue = sitting.queue
    if not queue.total:
        return tr("There is nothing to label yet. Add a folder of swatches first.")
    if queue.order == DISAGREE and not queue.asked:
        return tr("You and the model agree on everything you have labelled.")
    if queue.order == SECOND and not queue.asked:
        return tr("There is nothing that somebody else has labelled and you have not.")
    if queue.order == AGAIN and not queue.asked:
        return tr("You have labelled nothing here yet.")
    if queue.order == AGAIN:
        return tr("You have seen all your labels.")
    if sitting.left:
        return tr("You have seen all of these.")
    return tr("All of these are answered.")


def ways_on(sitting: Sitting) -> list[Way]:
    """What to do next, the nearest first."""
    queue = sitting.queue
    if not queue.total:
        return [Way(tr("Add a folder…"))]
    order = MOST_USEFUL if queue.order in (AGAIN, DISAGREE, SECOND) else queue.order
    left = {**queue.open, queue.dimension: sitting.left}
    names = [queue.dimension, *(d for d in DIMENSIONS if d != queue.dimension)]
    ways = [
        Way(tr("{dimension}: {n} to label").format(
            dimension=dimension_word(name), n=count_text(left[name])), name, order)
        for name in names if left.get(name)
    ]  # fmt: skip
    if sitting.labelled and queue.order != AGAIN:
        ways.append(Way(tr("Look through the labels again"), queue.dimension, AGAIN))
    if not any(left.values()):
        ways.append(Way(tr("Add a folder…")))
    return ways


class OverPage(QWidget):
    """A sentence, and a button for each way on.

    Signals:
        queue_wanted: dimension and order.
        choose_folder: she wants to add cloth.
    """

    queue_wanted = Signal(str, str)
    choose_folder = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel(self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setFont(scaled_font(1.15))
        self.buttons: list[QPushButton] = []
        self._ways: tuple[Way, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setSpacing(SPACE_S)
        self._column.addStretch(2)
        self._column.addWidget(self.words)
        self._column.addSpacing(SPACE_L)
        self._column.addStretch(3)

    def show_ways(self, words: str, ways: Sequence[Way]) -> None:
        """Show why nothing is asked, and the ways on."""
        self.words.setText(words)
        if tuple(ways) == self._ways:
            return
        self._ways = tuple(ways)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = [QPushButton(way.text, self) for way in self._ways]
        for at, button in enumerate(self.buttons):
            button.setProperty("primary", at == 0)
            button.setFixedWidth(max(BUTTON_PX, button.sizeHint().width()))
            button.setAutoDefault(True)
            button.clicked.connect(self._pressed)
            self._column.insertWidget(
                self._column.count() - 1, button, 0, Qt.AlignmentFlag.AlignHCenter
            )

    def _pressed(self) -> None:
        way = self._ways[self.buttons.index(self.sender())]
        if way.dimension:
            self.queue_wanted.emit(way.dimension, way.order)
        else:
            self.choose_folder.emit()
