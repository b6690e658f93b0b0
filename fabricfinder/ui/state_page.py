"""What stands in place of results when there are none: why, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.swatch_shelf import ShelfItem, SwatchShelf
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, SPACE_XXL, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache


@dataclass(frozen=True, slots=True)
class Remedy:
    """A sentence with one button: what stands in the way, and what the button lifts.

    ``key`` is handed back when the button is pressed.
    """

    sentence: str
    button: str
    key: object


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """A heading and the swatches under it."""

    heading: str
    items: tuple[ShelfItem, ...]


class StatePage(QScrollArea):
    """A headline, a sentence, remedies and shelves, in the middle of the results' place.

    Signals:
        remedy_chosen: the key of the remedy whose button was pressed.
        query_chosen: the Query of a swatch that was picked.
    """

    remedy_chosen = Signal(object)
    query_chosen = Signal(object)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._remedies: tuple[Remedy, ...] = ()
        self._used = False
        self.headline = QLabel()
        self.sentence = QLabel()
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._body)
        self._body.setObjectName("stateBody")

    def show_state(
        self,
        headline: str,
        sentence: str = "",
        remedies: Sequence[Remedy] = (),
        shelves: Sequence[Shelf] = (),
    ) -> None:
        """Show a state in place of the former."""
        self._remedies = tuple(remedies)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(SPACE_XXL, SPACE_XXL, SPACE_XXL, SPACE_XL)
        column.setSpacing(SPACE_M)
        self.headline = WrappedLabel(headline, body)
        self.sentence = WrappedLabel(sentence, body)
        self.headline.setFont(scaled_font(1.6))
        for label in (self.headline, self.sentence):
            column.addWidget(label)
        self.sentence.setVisible(bool(sentence))
        column.addSpacing(SPACE_S)
        for number, remedy in enumerate(self._remedies):
            column.addLayout(self._remedy_row(number, remedy, body))
        for shelf in shelves:
            self._add_shelf(column, shelf, body)
        column.addStretch(1)
        self._body = body
        self.setWidget(body)
        self.setAccessibleName(f"{headline} {sentence}".strip())

    def buttons(self) -> list[QPushButton]:
        """The remedies' buttons, in order."""
        return self._body.findChildren(QPushButton)

    def shelves(self) -> list[SwatchShelf]:
        """The shelves, in order."""
        return self._body.findChildren(SwatchShelf)

    def _remedy_row(self, number: int, remedy: Remedy, body: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        button = QPushButton(remedy.button, body)
        button.setObjectName(f"remedy{number}")
        button.setAutoDefault(True)  # Enter presses it, as Space does
        button.clicked.connect(self._pressed)
        row.addWidget(button)
        if remedy.sentence:
            row.addWidget(WrappedLabel(remedy.sentence, body), 1)
        else:
            row.addStretch(1)
        return row

    def _add_shelf(self, column: QVBoxLayout, shelf: Shelf, body: QWidget) -> None:
        if not shelf.items:
            return
        heading = QLabel(shelf.heading, body)
        heading.setFont(scaled_font(1.0, bold=True))
        column.addSpacing(SPACE_L)
        column.addWidget(heading)
        row = SwatchShelf(self._thumbnails, body)
        row.set_items(shelf.items)
        row.chosen.connect(self._pick)
        column.addWidget(row)

    def take_used(self) -> bool:
        """Whether something on the page was pressed since this was last asked."""
        used, self._used = self._used, False
        return used

    def _pick(self, query: object) -> None:
        self._used = True
        self.query_chosen.emit(query)

    def _pressed(self) -> None:
        self._used = True
        number = int(self.sender().objectName().removeprefix("remedy"))
        self.remedy_chosen.emit(self._remedies[number].key)
