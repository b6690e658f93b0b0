"""“Which is tighter?”: two cloths, one key, and a scale that gets surer with every answer."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fabricfinder.ui import wording
from fabricfinder.ui.label_stage import Cloth
from fabricfinder.ui.number_words import count_text
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from fabricfinder.domain.catalog import Catalog
    from fabricfinder.domain.pairs import PairScale


class PairsDialog(QDialog):
    """Asks about pairs that the scale learns most from.

    Signals:
        answered: ids of the tighter and the looser swatch.
        undo_wanted: take the last answer back.
        take_wanted: make the places on the scale labels.
    """

    answered = Signal(str, str)
    undo_wanted = Signal()
    take_wanted = Signal()

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Which is tighter?"))
        self.resize(980, 620)
        self._pair: tuple[str, str] | tuple[()] = ()
        self.cloths = (Cloth(thumbnails, self), Cloth(thumbnails, self))
        self.buttons = (
            QPushButton(self.tr("←  This one"), self), QPushButton(self.tr("This one  →"), self),
        )  # fmt: skip
        heading = QLabel(self.tr("Which of these two is tighter?"), self)
        heading.setFont(scaled_font(1.3, bold=True))
        self.state = QLabel(self)
        self.state.setProperty("muted", True)
        self.state.setWordWrap(True)
        self.places = (QLabel(self), QLabel(self))
        pair = QHBoxLayout()
        pair.setSpacing(SPACE_L)
        for cloth, button, place in zip(self.cloths, self.buttons, self.places, strict=True):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoDefault(False)
            side = QVBoxLayout()
            side.setSpacing(SPACE_S)
            side.addWidget(cloth, 1)
            side.addWidget(place)
            side.addWidget(button)
            pair.addLayout(side, 1)
        self.buttons[0].clicked.connect(self._left)
        self.buttons[1].clicked.connect(self._right)
        undo = QPushButton(self.tr("⌫  Take the last answer back"), self)
        undo.setAutoDefault(False)
        undo.clicked.connect(self.undo_wanted)
        self.take = QPushButton(self.tr("Take the places as labels"), self)
        self.take.setToolTip(self.tr(
            "Swatches you have compared and whose place is known to ± 12 % get it as their tightness, "
            "judged by you; what was measured or computed stays"
        ))  # fmt: skip
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self.take_wanted)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        foot.addWidget(self.take)
        foot.addWidget(undo)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(heading)
        column.addLayout(pair, 1)
        column.addLayout(foot)

    def show_scale(
        self, ids: list[str], scale: "PairScale", pair: tuple[str, ...], n: int,
        catalog: "Catalog",
    ) -> None:  # fmt: skip
        """Ask the next pair, and say how far the scale is."""
        self._pair = tuple(pair) if len(pair) == 2 else ()
        for button in self.buttons:
            button.setEnabled(bool(self._pair))
        if not self._pair:
            self.state.setText(self.tr("A pair needs two swatches. Add some first."))
            return
        at = {swatch_id: row for row, swatch_id in enumerate(ids)}
        for cloth, place, swatch_id in zip(self.cloths, self.places, self._pair, strict=True):
            swatch = catalog.find(swatch_id)
            cloth.show_swatch(swatch)
            mean, sd = scale.mean[at[swatch_id]], scale.sd[at[swatch_id]]
            place.setText(self.tr("{name}: {n} % cover, ± {sd}").format(
                name=wording.swatch_title(swatch), n=f"{np.clip(mean, 0, 100):.0f}", sd=f"{sd:.0f}"))
        self.state.setText(self.tr(
            "Answers: {n}, about {all} swatches. On average a place is known to ± {sd} % of cover."
        ).format(n=count_text(n), all=count_text(len(ids)), sd=f"{scale.sd.mean():.0f}"))

    def show_taken(self, n: int) -> None:
        """Say how many labels the scale gave."""
        if n:
            self.state.setText(
                self.tr("{n} swatches have their place as a label now; Undo in the Edit menu takes it back.").format(
                    n=count_text(n)))
        else:
            self.state.setText(self.tr("No place is known well enough yet: answer a few more."))

    def _left(self) -> None:
        if self._pair:
            self.answered.emit(*self._pair)

    def _right(self) -> None:
        if self._pair:
            self.answered.emit(*self._pair[::-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QDialog::keyPressEvent: the arrows answer, Backspace takes back."""
        deeds = {Qt.Key.Key_Left: self._left, Qt.Key.Key_Right: self._right,
                 Qt.Key.Key_Backspace: self.undo_wanted.emit}  # fmt: skip
        if event.key() in deeds:
            deeds[event.key()]()
        else:
            super().keyPressEvent(event)
