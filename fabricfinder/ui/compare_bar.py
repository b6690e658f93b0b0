"""The bars of the comparison: which candidate, which way to look, how large, what spoke."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.ui import wording
from fabricfinder.ui.compare_painting import BLINK, SIDE, SPLIT, SWIPE
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, current_theme, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

GLASS, CHART = "glass", "chart"
THUMB = 44


class WaysBar(QWidget):
    """The ways to look: side by side, blink, swipe, halves, pick-glass, chart; each has a letter.

    Signals:
        chosen: SIDE, BLINK, SWIPE, SPLIT, GLASS or CHART.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for way, words, key, meaning in (
            (SIDE, self.tr("Side by side"), "S", self.tr("Query left, candidate right")),
            (BLINK, self.tr("Blink"), "K", self.tr("One after the other in one place; Space "
                                                   "blinks by hand")),
            (SWIPE, self.tr("Swipe"), "W", self.tr("Drag a line across: query left of it, "
                                                   "candidate right; Ctrl+arrows move it")),
            (SPLIT, self.tr("Halves"), "H", self.tr("Query above, candidate below, edge to edge")),
            (GLASS, self.tr("Pick-glass"), "G", self.tr("Count ends and picks in both")),
            (CHART, self.tr("Chart"), "A", self.tr("All candidates at a glance: bars and "
                                                   "palettes")),
        ):  # fmt: skip
            button = QToolButton(self)
            button.setText(words)
            button.setCheckable(True)
            button.setProperty("toggle", True)
            button.setToolTip(f"{meaning} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setObjectName(way)
            self._group.addButton(button)
            row.addWidget(button)
            QShortcut(QKeySequence(key), parent.window(), button.click)
            self.buttons[way] = button
        self.buttons[SIDE].setChecked(True)
        self._group.buttonClicked.connect(self._choose)

    def _choose(self, button: QToolButton) -> None:
        self.chosen.emit(button.objectName())


class CandidateBar(QWidget):
    """The candidates as small pictures; the one shown is pressed.

    Signals:
        chosen: the place of a candidate, from 0.
    """

    chosen = Signal(int)

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_XS)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._keys: tuple[str, ...] = ()
        thumbnails.ready.connect(self._show_picture)

    def show_candidates(self, keys: tuple[str, ...], titles: tuple[str, ...]) -> None:
        """Show these."""
        if keys == self._keys:
            return
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        self._keys = keys
        for place, (key, title) in enumerate(zip(keys, titles, strict=True)):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setIconSize(QPixmap(THUMB, THUMB).size())
            button.setToolTip(title)
            button.setAccessibleName(title)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, place)
            self._row.addWidget(button)
            self._show_picture(key)

    def show_current(self, place: int) -> None:
        """Press one."""
        button = self._group.button(place)
        if button is not None:
            button.setChecked(True)

    def _show_picture(self, key: str) -> None:
        if key in self._keys:
            side = round(THUMB * self.devicePixelRatioF())
            pixmap = self._thumbnails.pixmap(key, side, fill=True)
            if pixmap is None:
                pixmap = QPixmap(side, side)
                pixmap.fill(current_theme().color("placeholder"))
            self._group.button(self._keys.index(key)).setIcon(QIcon(pixmap))


class SpokeBar(QWidget):
    """Which parts of the query spoke for the match: asked for, worked out, shown by dimension.

    Signals:
        wanted: True to work it out (or show it), False to lift the veil.
        dimension_chosen: 0..3, the dimension to show.
        stop_wanted: enough.
    """

    wanted = Signal(bool)
    dimension_chosen = Signal(int)
    stop_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.button = QToolButton(self)
        self.button.setText(self.tr("What spoke for it"))
        self.button.setToolTip(self.tr(
            "Covers the query part by part and looks again: clear parts spoke for the match, "
            "veiled ones did not (O)"))  # fmt: skip
        self.button.setCheckable(True)
        self.button.setProperty("toggle", True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        QShortcut(QKeySequence("O"), parent.window(), self.button.click)
        self.dimension = QComboBox(self)
        self.dimension.setAccessibleName(self.tr("In which dimension"))
        self.dimension.addItems(wording.dimension_names())
        self.progress = QProgressBar(self)
        self.progress.setFixedWidth(90)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress"))
        self.stop = QPushButton(self.tr("Stop"), self)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setFont(scaled_font(0.9))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        for widget in (self.button, self.dimension, self.progress, self.stop):
            row.addWidget(widget)
        row.addWidget(self.said, 1)
        self.button.clicked.connect(self.wanted)
        self.dimension.activated.connect(self.dimension_chosen)
        self.stop.clicked.connect(self.stop_wanted)
        self.show_working(False)
        self.dimension.hide()

    def show_working(self, working: bool, done: int = 0, total: int = 0) -> None:
        """Show how far it is, or that it is over."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        for widget in (self.progress, self.stop):
            widget.setVisible(working)

    def show_map(self, shown: bool, words: str) -> None:
        """Whether a map is shown, and what it says."""
        self.button.setChecked(shown)
        self.dimension.setVisible(shown)
        self.said.setText(words)

    @property
    def column(self) -> int:
        """The dimension chosen, as a place in DIMENSIONS."""
        return max(0, min(len(DIMENSIONS) - 1, self.dimension.currentIndex()))
