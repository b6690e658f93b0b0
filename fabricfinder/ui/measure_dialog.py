"""The page “Measuring glass”: count, repeat, ruler, the capture check, and true colours."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.density import UNCOUNTED, YarnDensity
from fabricfinder.ui.glass_marks import (
    COUNTING,
    ENDS,
    LOOK,
    PICKS,
    REPEAT,
    RULER,
    scale_of_ruler,
)
from fabricfinder.ui.glass_words import count_text, repeat_text, ruler_text
from fabricfinder.ui.measuring_glass import MeasuringGlass
from fabricfinder.ui.plain_parts import off_the_frame, plain_button, plain_words
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

SIDE_WIDTH = 300


class MeasureDialog(QDialog):
    """Not modal; one picture at a time.

    Signals:
        count_kept: ``ENDS`` or ``PICKS``, and threads per cm.
        repeat_kept: mm, down the cloth.
        scale_kept: px per cm of the whole picture, by the ruler.
        target_wanted: look for a colour target.
        grey_wanted: the part dragged is a grey card (left, top, right, bottom as shares).
        correction_shown: whether true colours are to be seen.
        save_wanted: keep a copy with true colours.
    """

    count_kept = Signal(str, float)
    repeat_kept = Signal(float)
    scale_kept = Signal(float)
    target_wanted = Signal()
    grey_wanted = Signal(object)
    correction_shown = Signal(bool)
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Measuring glass"))
        self._density: YarnDensity = UNCOUNTED
        self._found_mm: tuple[float | None, float | None] | None = None
        self._full_share = 1.0  # px of the whole picture for a px shown
        self._may_write = True
        self.glass = MeasuringGlass(self)
        self.title = plain_words(self)
        self.title.setFont(scaled_font(1.3, bold=True))
        self.tools = self._tool_buttons()
        self.reading, self.capture, self.colours, self.said = (plain_words(self) for _ in range(4))
        self.said.setProperty("note", True)
        self.keep_button = plain_button(self, self.tr("Keep in the spec"))
        self.keep_button.setProperty("primary", True)
        self.back_button = plain_button(self, self.tr("Take a click back"))
        self.clear_button = plain_button(self, self.tr("Begin again"))
        self.length = QDoubleSpinBox(self)
        off_the_frame(self.length)
        self.length.setRange(0.5, 2000)
        self.length.setValue(50)
        self.length.setSuffix(self.tr(" mm"))
        self.length.setAccessibleName(self.tr("Length of the line"))
        self.scale_button = plain_button(self, self.tr("It is so long: set the scale"))
        self.target_button = plain_button(self, self.tr("Find the colour target"))
        self.grey_button = plain_button(self, self.tr("The dragged part is a grey card"))
        self.show_button = plain_button(self, self.tr("Show true colours"))
        self.show_button.setCheckable(True)
        self.save_button = plain_button(self, self.tr("Keep a copy with true colours"))
        self._lay_out()
        self._connect()
        self.resize(fitting(self, 1080, 760))
        self.show_colours("", None)
        self.say("")
        self._show()

    def _tool_buttons(self) -> dict[str, QToolButton]:
        group, made = QButtonGroup(self), {}
        names = {LOOK: self.tr("Look"), ENDS: self.tr("Count ends"), PICKS: self.tr("Count picks"),
                 REPEAT: self.tr("Repeat"), RULER: self.tr("Ruler")}  # fmt: skip
        for tool, name in names.items():
            button = QToolButton(self)
            button.setText(name)
            button.setCheckable(True)
            button.setProperty("toggle", True)
            button.clicked.connect(lambda _, t=tool: self.take_up(t))
            group.addButton(button)
            made[tool] = button
        made[LOOK].setChecked(True)
        return made

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(SPACE_S)
        for button in self.tools.values():
            bar.addWidget(button)
        bar.addStretch(1)
        left = QVBoxLayout()
        left.addLayout(bar)
        left.addWidget(self.glass, 1)
        side = QWidget(self)
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.title)
        for widget in (self.reading, self.keep_button, self.length, self.scale_button,
                       self.back_button, self.clear_button):  # fmt: skip
            column.addWidget(widget)
        for name, widgets in (
            (self.tr("Capture check"), (self.capture,)),
            (self.tr("Colours"), (self.colours, self.target_button, self.grey_button,
                                  self.show_button, self.save_button)),
        ):  # fmt: skip
            head = QLabel(name, side)
            head.setFont(scaled_font(1.0, bold=True))
            head.setContentsMargins(0, SPACE_M, 0, 0)
            column.addWidget(head)
            for widget in widgets:
                column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.said)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L)
        row.addLayout(left, 1)
        row.addWidget(side)

    def _connect(self) -> None:
        self.glass.changed.connect(self._show)
        self.keep_button.clicked.connect(self._keep)
        self.scale_button.clicked.connect(self._keep_scale)
        self.back_button.clicked.connect(self.glass.take_back)
        self.clear_button.clicked.connect(self.glass.clear_marks)
        self.target_button.clicked.connect(self.target_wanted)
        self.grey_button.clicked.connect(self._name_grey)
        self.show_button.toggled.connect(self.correction_shown)
        self.save_button.clicked.connect(self.save_wanted)

    # What the flow tells -----------------------------------------------------------------------

    def show_picture(
        self, title: str, image: QImage, px_per_cm: float | None, full_width: int,
        density: YarnDensity, *, may_write: bool,
    ) -> None:  # fmt: skip
        """Show another picture.

        Args:
            px_per_cm: of the whole picture, ``full_width`` px wide, or None.
            density: threads counted in it by the program.
            may_write: whether the library takes what is measured.
        """
        self.title.setText(title)
        self._density, self._found_mm, self._may_write = density, None, may_write
        self._full_share = full_width / max(1, image.width())
        self.capture.setText(self.tr("Being looked at…"))
        self.show_button.setChecked(False)
        self.show_colours("", None)
        self.glass.set_picture(image, None if px_per_cm is None else px_per_cm / self._full_share)
        self.say("" if not image.isNull() else self.tr("The original is not there to be measured."))
        self._show()

    def show_scale(self, px_per_cm: float | None) -> None:
        """The scale is another now; of the whole picture."""
        self.glass.set_scale(None if px_per_cm is None else px_per_cm / self._full_share)

    def show_capture(
        self, sentences: Sequence[str], found_mm: tuple[float | None, float | None] | None
    ) -> None:
        """What is wrong with the picture and by how much, and the repeat the program found."""
        good = self.tr("Nothing is wrong with this picture: sharp, evenly lit, straight.")
        self.capture.setText("\n".join(f"• {s}" for s in sentences) if sentences else good)
        self._found_mm = found_mm
        self._show()

    def show_colours(self, sentence: str, there: bool | None) -> None:
        """What a colour target or grey card told; ``there`` whether it can be corrected by it."""
        idle = self.tr("With a 24-patch colour target or a grey card in the picture its colours "
                       "can be made true.")  # fmt: skip
        self.colours.setText(sentence or idle)
        for button in (self.show_button, self.save_button):
            button.setVisible(bool(there))
        self.save_button.setEnabled(self._may_write)

    def say(self, sentence: str) -> None:
        """Show a sentence; "" takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def take_up(self, tool: str) -> None:
        """Take up a tool; the glass has the keys."""
        self.tools[tool].setChecked(True)
        self.glass.set_tool(tool)
        self.glass.setFocus(Qt.FocusReason.OtherFocusReason)

    # Inside ------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Reading and buttons of the tool in hand."""
        glass, tool = self.glass, self.glass.tool
        scale = glass.px_per_cm
        if tool in COUNTING:
            self.reading.setText(count_text(tool, glass.marks[tool], scale, self._density))
        elif tool == REPEAT:
            self.reading.setText(repeat_text(glass.stretch, scale, self._found_mm))
        elif tool == RULER:
            self.reading.setText(ruler_text(glass.stretch, scale))
        else:
            self.reading.setText(self.tr(
                "Drag to move, turn the wheel to come nearer, press 1 for true size."))  # fmt: skip
        self.keep_button.setVisible(tool in COUNTING or tool == REPEAT)
        self.keep_button.setEnabled(self._may_write and self._kept() is not None)
        for widget in (self.length, self.scale_button):
            widget.setVisible(tool == RULER)
        self.scale_button.setEnabled(self._may_write and glass.stretch is not None)
        self.back_button.setVisible(tool in COUNTING)
        self.back_button.setEnabled(tool in COUNTING and bool(glass.marks[tool].at))
        self.clear_button.setVisible(tool != LOOK)
        self.grey_button.setVisible(tool == REPEAT and glass.stretch is not None)

    def _kept(self) -> float | None:
        """What “Keep in the spec” would keep, or None."""
        glass = self.glass
        if glass.tool in COUNTING:
            return glass.marks[glass.tool].per_cm(glass.px_per_cm)
        if glass.tool == REPEAT and glass.stretch is not None:
            sides = glass.stretch.sides_mm(glass.px_per_cm)
            return sides[1] if sides is not None and sides[1] >= 0.5 else None
        return None

    def _keep(self) -> None:
        kept = self._kept()
        if kept is None:
            return
        if self.glass.tool == REPEAT:
            self.repeat_kept.emit(round(kept, 1))
        else:
            self.count_kept.emit(self.glass.tool, round(kept, 1))

    def _keep_scale(self) -> None:
        stretch = self.glass.stretch
        scale = None if stretch is None else scale_of_ruler(stretch, self.length.value())
        if scale is not None:
            self.scale_kept.emit(scale * self._full_share)

    def _name_grey(self) -> None:
        stretch, size = self.glass.stretch, self.glass.picture_size
        if stretch is None or size.isEmpty():
            return
        xs = sorted((stretch.x, stretch.x + stretch.dx))
        ys = sorted((stretch.y, stretch.y + stretch.dy))
        self.grey_wanted.emit(
            (xs[0] / size.width(), ys[0] / size.height(), xs[1] / size.width(), ys[1] / size.height())
        )
