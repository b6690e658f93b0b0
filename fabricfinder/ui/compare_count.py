"""Two pick-glasses side by side: ends and picks counted by clicks in both, at one size."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.comparing import Cloth
from fabricfinder.domain.density import UNCOUNTED
from fabricfinder.ui.compare_pictures import SIDES, ComparePictures
from fabricfinder.ui.glass_marks import ENDS, PICKS, agreement
from fabricfinder.ui.linked_view import anchor_of
from fabricfinder.ui.measuring_glass import MeasuringGlass
from fabricfinder.ui.number_words import decimal_text
from fabricfinder.ui.theme import SPACE_M, SPACE_S, SPACE_XS
from fabricfinder.ui.thread_words import density_text


class CountingSide(QWidget):
    """One cloth under the glass, and what was counted of it.

    Attributes:
        glass: the view.
        said: the counts in words.
    """

    def __init__(self, pictures: ComparePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.cloth: Cloth | None = None
        self._shown_px = 0
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.glass = MeasuringGlass(self)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Three lines always: the two glasses are equally high whatever stands below them.
        self.said.setFixedHeight(3 * self.said.fontMetrics().lineSpacing() + 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.title)
        column.addWidget(self.glass, 1)
        column.addWidget(self.said)
        self.glass.changed.connect(self._say)
        pictures.ready.connect(self._picture_ready)

    def show_cloth(self, cloth: Cloth, title: str) -> None:
        """Lay the glass on a cloth; on the same one again the clicks stay."""
        before, self.cloth = self.cloth, cloth
        self.title.setText(title)
        if before is None or before.key != cloth.key:
            self._shown_px = 0
            self.glass.set_picture(None)
        elif before.px_per_cm != cloth.px_per_cm:
            self.glass.set_scale(self._own_scale())
        self._pictures.want(cloth.key, SIDES[-1])
        self._picture_ready(cloth.key)

    @property
    def marked(self) -> bool:
        """Whether anything was clicked."""
        return any(marks.at for marks in self.glass.marks.values())

    def _picture_ready(self, key: str) -> None:
        """Show the finest picture there is; a finer one only while nothing was clicked."""
        if self.cloth is None or key != self.cloth.key or not self.isVisibleTo(self.window()):
            return
        image = self._pictures.best(key, float("inf"))
        if image is None or image.width() <= self._shown_px or self.marked:
            return
        tool, centre = self.glass.tool, self._share()
        first, self._shown_px = not self._shown_px, image.width()
        self.glass.set_picture(image, self._own_scale())
        self.glass.set_tool("look")
        place = anchor_of(self.cloth.crop) if first else centre
        self.glass.show_part(QPointF(*place), float("nan"))
        self.glass.set_tool(tool)

    def _own_scale(self) -> float | None:
        """px per cm of the picture that is shown."""
        cloth = self.cloth
        if cloth is None or cloth.px_per_cm is None or not cloth.width:
            return None
        return cloth.px_per_cm * self._shown_px / cloth.width

    def _share(self) -> tuple[float, float]:
        size = self.glass.picture_size
        if size.isEmpty():
            return 0.5, 0.5
        return self.glass.centre.x() / size.width(), self.glass.centre.y() / size.height()

    def _say(self) -> None:
        """The counts by eye, beside what was measured."""
        cloth, glass = self.cloth, self.glass
        if cloth is None:
            return
        density = cloth.known.density if cloth.known else UNCOUNTED
        lines = []
        for tool, name in ((ENDS, self.tr("Ends")), (PICKS, self.tr("Picks"))):
            marks = glass.marks[tool]
            count = marks.per_cm(glass.px_per_cm)
            if count is not None:
                within = marks.within(glass.px_per_cm) or 0.0
                said = self.tr("{name} {count} ± {within} /cm by {n} clicks").format(
                    name=name, count=decimal_text(count, 1),
                    within=decimal_text(max(0.1, within), 1),
                    n=len(marks.at))  # fmt: skip
                agrees = agreement(count, within, density, tool)
                if agrees is not None:
                    said += self.tr(", as measured") if agrees else self.tr(
                        ", other than measured")  # fmt: skip
                lines.append(said)
            elif marks.at:
                lines.append(self.tr("{name}: {n} clicked").format(name=name, n=len(marks.at)))
        if not lines:
            lines.append(self.tr("Click every thread across the square, one after the other."))
        if glass.px_per_cm is None:
            lines.append(self.tr("Scale unknown: set it below, then a count per cm is shown."))
        elif density.known:
            lines.append(density_text(density))
        self.said.setText(" · ".join(lines))


class GlassPair(QWidget):
    """The two glasses; moved together in mm, counted each for itself.

    Attributes:
        sides: pinned and candidate.
    """

    def __init__(self, pictures: ComparePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sides = CountingSide(pictures, self), CountingSide(pictures, self)
        self._tools = QButtonGroup(self)
        self.ends = self._tool(self.tr("Count ends"), ENDS)
        self.picks = self._tool(self.tr("Count picks"), PICKS)
        self.back = QPushButton(self.tr("Take the last click back"), self)
        self.clear = QPushButton(self.tr("Clear"), self)
        bar = QHBoxLayout()
        bar.setSpacing(SPACE_S)
        for button in (self.ends, self.picks, self.back, self.clear):
            bar.addWidget(button)
        bar.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        for side in self.sides:
            row.addWidget(side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(bar)
        column.addLayout(row, 1)
        self.back.clicked.connect(self._take_back)
        self.clear.clicked.connect(self._clear)
        self._tools.buttonClicked.connect(self._choose)
        self.sides[0].glass.view_changed.connect(self._first_moved)
        self.sides[1].glass.view_changed.connect(self._second_moved)
        self.ends.setChecked(True)

    def show_pair(self, pinned: Cloth, candidate: Cloth, titles: tuple[str, str]) -> None:
        """Count in two cloths."""
        for side, cloth, title in zip(self.sides, (pinned, candidate), titles, strict=True):
            side.show_cloth(cloth, title)
            side._say()
        self._use(self._tools.checkedButton().objectName())

    def _tool(self, words: str, tool: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setCheckable(True)
        button.setObjectName(tool)
        self._tools.addButton(button)
        return button

    def _choose(self, button: QPushButton) -> None:
        self._use(button.objectName())

    def _use(self, tool: str) -> None:
        for side in self.sides:
            if side.glass.tool != tool:
                side.glass.set_tool(tool)

    def _in_hand(self) -> CountingSide:
        """The side that has the keyboard, else the candidate's."""
        return next((s for s in self.sides if s.glass.hasFocus()), self.sides[1])

    def _take_back(self) -> None:
        self._in_hand().glass.take_back()

    def _clear(self) -> None:
        for side in self.sides:
            side.glass.clear_marks()

    def _first_moved(self, centre: QPointF, zoom: float) -> None:
        self._follow(self.sides[0], self.sides[1], centre, zoom)

    def _second_moved(self, centre: QPointF, zoom: float) -> None:
        self._follow(self.sides[1], self.sides[0], centre, zoom)

    def _follow(
        self, moved: CountingSide, other: CountingSide, centre: QPointF, zoom: float
    ) -> None:
        """Show the other cloth at the same distance from its middle, in mm, at the same size."""
        if moved.cloth is None or other.cloth is None or other.glass.picture_size.isEmpty():
            return
        mine, theirs = anchor_of(moved.cloth.crop), anchor_of(other.cloth.crop)
        share = [1.0, 1.0]
        sizes = moved.glass.picture_size, other.glass.picture_size
        scales = moved.glass.px_per_cm, other.glass.px_per_cm
        if scales[0] and scales[1]:
            share = [sizes[0].width() / scales[0] * scales[1] / sizes[1].width(),
                     sizes[0].height() / scales[0] * scales[1] / sizes[1].height()]  # fmt: skip
        there = QPointF(theirs[0] + (centre.x() - mine[0]) * share[0],
                        theirs[1] + (centre.y() - mine[1]) * share[1])  # fmt: skip
        other.glass.show_part(there, zoom)
