"""What stands on the glass while no scanner is there: that none was found, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fabricfinder.ui.plain_parts import plain_button, plain_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

WIDTH = 300


class NoScanner(QFrame):
    """A card with two ways on.

    Signals:
        again_wanted: look for scanners once more.
        guide_wanted: she wants to read how a scanner is connected.
    """

    again_wanted = Signal()
    guide_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setFixedWidth(WIDTH)
        title = QLabel(self.tr("No scanner was found"), self)
        title.setFont(scaled_font(1.15, bold=True))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        said = plain_words(self, self.tr(
            "Switch it on, connect it by its cable or to this network, and look again. "
            "A scanner in the network can also be given by its address, at the right."
        ))  # fmt: skip
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.again = plain_button(self, self.tr("Look again"), self.again_wanted)
        self.again.setProperty("primary", True)
        self.guide = plain_button(self, self.tr("How to, in the guide"), self.guide_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch(1)
        buttons.addWidget(self.again)
        buttons.addWidget(self.guide)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(title)
        column.addWidget(said)
        column.addLayout(buttons)
