"""What stands in the grid's place: the empty drawer of a new library, and "nothing fits"."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fabricfinder.ui.theme import SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.weave_art import DrawerArt


class EmptyDrawer(QWidget):
    """What an empty library shows: a drawer, what to drop, and two buttons.

    Signals:
        choose_folder, choose_pictures: a button was pressed.
    """

    choose_folder = Signal()
    choose_pictures = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(1)  # not seen, it must not keep the pane as wide as its words
        centre = Qt.AlignmentFlag.AlignHCenter
        self.heading, self.words = QLabel(self), QLabel(self)
        self.heading.setFont(scaled_font(1.6, bold=True))
        self.words.setProperty("muted", True)
        self.folder_button = QPushButton(self.tr("Choose a folder…"), self)
        self.folder_button.setProperty("primary", True)
        self.folder_button.clicked.connect(self.choose_folder)
        self.pictures_button = QPushButton(self.tr("Choose pictures…"), self)
        self.pictures_button.clicked.connect(self.choose_pictures)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch(1)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.pictures_button)
        buttons.addStretch(1)
        self._buttons, self._ways = buttons, [self.folder_button, self.pictures_button]
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_M)
        column.addStretch(2)
        column.addWidget(DrawerArt(self), 0, centre)
        column.addSpacing(SPACE_M)
        column.addWidget(self.heading, 0, centre)
        column.addWidget(self.words, 0, centre)
        column.addSpacing(SPACE_S)
        column.addLayout(buttons)
        column.addStretch(3)
        self.show_coming(False)

    def add_ways(self, ways: Sequence[tuple[str, QAction]]) -> None:
        """Offer more ways to put cloth in, each a word and what it does."""
        for text, action in ways:
            button = QPushButton(text, self)
            button.clicked.connect(action.trigger)
            self._buttons.insertWidget(self._buttons.count() - 1, button)
            self._ways.append(button)

    def show_coming(self, coming: bool) -> None:
        """Say that swatches are on their way, or how to put some in."""
        heading = self.tr("This library is an empty drawer.")
        words = self.tr("Drop a folder of swatches here. The originals stay where they are.")
        if coming:
            heading = self.tr("Your swatches are on their way.")
            words = self.tr("Each appears here once it has been looked at.")
        self.heading.setText(heading)
        self.words.setText(words)
        for button in self._ways:
            button.setVisible(not coming)


class NothingFits(QWidget):
    """What stands in the grid's place when no swatch fits: why, and the way back.

    Signals:
        everything: she wants to see all swatches again.
    """

    everything = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        self.sentence = QLabel(self)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self.tr("Show everything"), self)
        self.button.clicked.connect(self.everything)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_M)
        column.addStretch(2)
        column.addWidget(self.sentence, 0, centre)
        column.addWidget(self.button, 0, centre)
        column.addStretch(3)
