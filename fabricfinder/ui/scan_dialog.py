"""The page “Scan”: which scanner and how, the glass with its frames, and what came of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.capture.finding import Listing
from fabricfinder.capture.scanner import GLASS, Abilities, Area, ScanSettings
from fabricfinder.capture.scanning import (
    Frame,
    Preview,
    fitted_area,
    is_from_feeder,
    pages_wanted,
)
from fabricfinder.ui.plain_parts import off_the_frame, plain_button, plain_words
from fabricfinder.ui.scan_absent import NoScanner
from fabricfinder.ui.scan_bed import AREA, FRAMES, ScanBed
from fabricfinder.ui.scan_words import frames_sentence, offered_dpi, scale_sentence, source_title
from fabricfinder.ui.screen_room import fitting
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font

SIDE_WIDTH = 340
_AFTER_ADDRESS = 2  # rows of the form that are a scanner's own begin here
USUAL = 300.0


class ScanDialog(QDialog):
    """Not modal: a scan goes on while she looks elsewhere.

    Signals:
        refresh_wanted: look for scanners again.
        scanner_chosen: a scanner's name.
        address_given: a network scanner's address.
        preview_wanted, scan_wanted, stop_wanted: the buttons.
        guide_wanted: she wants to read how a scanner is connected.
    """

    refresh_wanted = Signal()
    scanner_chosen = Signal(str)
    address_given = Signal(str)
    preview_wanted = Signal()
    scan_wanted = Signal()
    stop_wanted = Signal()
    guide_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Scan swatches"))
        self.abilities: Abilities | None = None
        self._busy, self._looked = False, False
        self.bed = ScanBed(self)
        self.absent = NoScanner(self.bed)
        self.scanners, self.sources = QComboBox(self), QComboBox(self)
        self.dpi, self.depths = QComboBox(self), QComboBox(self)
        self.pages = QSpinBox(self)
        off_the_frame(self.pages)
        self.pages.setRange(0, 500)
        self.pages.setSpecialValueText(self.tr("all"))
        self.grey = QCheckBox(self.tr("Grey only"), self)
        self.cut = QCheckBox(self.tr("Cut swatches apart and straighten them"), self)
        self.cut.setChecked(True)
        self.scanners.setPlaceholderText("…")
        self.address = QLineEdit(self)
        self.address.setPlaceholderText("http://192.168.1.20/eSCL")
        self.scale, self.frames, self.said, self.notes = (plain_words(self) for _ in range(4))
        self.whole = plain_button(self, self.tr("All"))
        self.whole.setToolTip(self.tr("Scan all of the glass"))
        self.preview_button = plain_button(self, self.tr("Preview"))
        self.scan_button = plain_button(self, self.tr("Scan into the library"))
        self.scan_button.setProperty("primary", True)
        self.stop_button = plain_button(self, self.tr("Stop"))
        self.refresh = plain_button(self, self.tr("Look again"))
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.modes = self._mode_buttons()
        self.edges = self._edge_boxes()
        self._lay_out()
        self._connect()
        self.resize(fitting(self, 1040, 760))
        self.say("")
        self.show_busy(False)
        self.show_abilities(None)

    def _mode_buttons(self) -> dict[str, QToolButton]:
        """What a drag on the glass draws."""
        group, made = QButtonGroup(self), {}
        for mode, text in ((AREA, self.tr("Draw the area")), (FRAMES, self.tr("Frame swatches"))):
            button = QToolButton(self)
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("toggle", True)
            group.addButton(button)
            made[mode] = button
        made[AREA].setChecked(True)
        return made

    def _edge_boxes(self) -> list[QSpinBox]:
        """Left, top, width and height of the area, mm."""
        names = (self.tr("From the left"), self.tr("From the top"), self.tr("Width"),
                 self.tr("Height"))  # fmt: skip
        made = []
        for name in names:
            box = QSpinBox(self)
            off_the_frame(box)
            box.setRange(0, 2000)
            box.setAccessibleName(name)
            box.setToolTip(self.tr("{name}, in millimetres").format(name=name))
            made.append(box)
        return made

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        tools = QHBoxLayout()
        tools.setSpacing(SPACE_S)
        for button in self.modes.values():
            tools.addWidget(button)
        tools.addStretch(1)
        middle.addLayout(tools)
        middle.addWidget(self.bed, 1)
        QVBoxLayout(self.bed).addWidget(self.absent, 0, Qt.AlignmentFlag.AlignCenter)
        side = QWidget(self)
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        title = QLabel(self.tr("Scan swatches"), self)
        title.setFont(scaled_font(1.6, bold=True))
        column.addWidget(title)
        self.form = self._form()
        column.addLayout(self.form)
        for widget in (self.scale, self.cut, self.frames):
            column.addWidget(widget)
        self.scale.setProperty("muted", True)
        self.frames.setProperty("muted", True)
        self.notes.setProperty("muted", True)
        self.notes.setFont(scaled_font(0.9))
        self.said.setProperty("note", True)
        column.addStretch(1)
        for widget in (self.said, self.bar, self.notes):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addWidget(self.preview_button)
        buttons.addStretch(1)
        buttons.addWidget(self.stop_button)
        buttons.addWidget(self.scan_button)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L)
        row.addLayout(middle, 1)
        row.addWidget(side)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_M)
        form.setVerticalSpacing(SPACE_S)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        scanner = QHBoxLayout()
        scanner.setSpacing(SPACE_S)
        scanner.addWidget(self.scanners, 1)
        scanner.addWidget(self.refresh)
        area = QHBoxLayout()
        area.setSpacing(SPACE_S)
        for box in self.edges:
            box.setFixedWidth(44)
            area.addWidget(box)
        area.addWidget(self.whole)
        rows = (
            (self.tr("Scanner"), scanner, self.scanners), (self.tr("Address"), self.address, None),
            (self.tr("Source"), self.sources, None), (self.tr("Pages"), self.pages, None),
            (self.tr("Resolution"), self.dpi, None), (self.tr("Depth"), self.depths, None),
            ("", self.grey, None), (self.tr("Area, mm"), area, self.edges[0]),
        )  # fmt: skip
        for name, field, named in rows:
            label = QLabel(name, self)
            label.setBuddy(named or field)
            form.addRow(label, field)
            if name:
                (named or field).setAccessibleName(name)
        self.address.setToolTip(self.tr("Of a network scanner (eSCL, AirScan); press Enter."))
        self.edges[0].setAccessibleName(self.tr("From the left"))
        return form

    def _connect(self) -> None:
        self.refresh.clicked.connect(self.refresh_wanted)
        self.absent.again_wanted.connect(self.refresh_wanted)
        self.absent.guide_wanted.connect(self.guide_wanted)
        self.scanners.activated.connect(lambda _: self.scanner_chosen.emit(self.scanner))
        self.address.returnPressed.connect(self._give_address)
        for box in (self.sources, self.dpi, self.depths):
            box.currentIndexChanged.connect(self._show_words)
        self.cut.toggled.connect(self._show_words)
        for mode, button in self.modes.items():
            button.clicked.connect(lambda _, m=mode: self.bed.set_mode(m))
        self.bed.area_changed.connect(self._take_area)
        self.bed.frames_changed.connect(self._show_words)
        for box in self.edges:
            box.editingFinished.connect(self._type_area)
        self.whole.clicked.connect(self._take_whole)
        self.preview_button.clicked.connect(self.preview_wanted)
        self.scan_button.clicked.connect(self.scan_wanted)
        self.stop_button.clicked.connect(self.stop_wanted)

    # What she chose ----------------------------------------------------------------------------

    @property
    def scanner(self) -> str:
        """The chosen scanner's name, or ""."""
        return self.scanners.currentData() or ""

    @property
    def from_feeder(self) -> bool:
        """Whether sheets are drawn in, page after page."""
        source = self.sources.currentData() or ""
        return self.abilities is not None and is_from_feeder(self.abilities, source)

    def settings(self) -> ScanSettings:
        """How to scan, as it stands; a scanner must be chosen and asked."""
        assert self.abilities is not None
        source = self.sources.currentData() or ""
        return ScanSettings(
            self.dpi.currentData() or USUAL, self.bed.area, not self.grey.isChecked(),
            self.depths.currentData() or 8, source or GLASS,
            pages_wanted(self.abilities, source, self.pages.value()),
        )  # fmt: skip

    def wanted_frames(self) -> Sequence[Frame] | None:
        """The frames to cut by, or None where they are to be found on the scan, or not at all."""
        if not self.cut.isChecked() or self.from_feeder or not self.bed.has_preview:
            return None
        return tuple(self.bed.frames)

    # What the flow tells -----------------------------------------------------------------------

    def show_listing(self, listing: Listing, chosen: str = "") -> None:
        """Show the scanners that were found, and where none could be looked for."""
        self._looked = True
        self.scanners.clear()
        for found in listing.found:
            self.scanners.addItem(found.title, found.name)
        if not listing.found:
            self.scanners.addItem(self.tr("No scanner was found"), "")
        self.scanners.setCurrentIndex(max(0, self.scanners.findData(chosen)))
        self.notes.setText(retold(" ".join(listing.notes)))
        if self.scanner:
            self.scanner_chosen.emit(self.scanner)
        else:
            self.show_abilities(None)

    def show_abilities(self, abilities: Abilities | None) -> None:
        """Offer what a scanner can do; None while that is not known."""
        self.abilities = abilities
        there = abilities is not None
        for row in range(_AFTER_ADDRESS, self.form.rowCount()):
            self.form.setRowVisible(row, there)
        for widget in (self.scale, self.cut, self.frames, *self.modes.values()):
            widget.setVisible(there)
        for box in (self.sources, self.dpi, self.depths):
            box.clear()
        if abilities is not None:
            for source in abilities.sources or ("",):
                self.sources.addItem(source_title(abilities, source), source)
            for dpi in offered_dpi(abilities):
                self.dpi.addItem(self.tr("{n} dpi").format(n=f"{dpi:g}"), dpi)
            usual = min(range(self.dpi.count()), default=0,
                        key=lambda i: abs(self.dpi.itemData(i) - USUAL))  # fmt: skip
            self.dpi.setCurrentIndex(usual)
            for depth in abilities.depths:
                self.depths.addItem(self.tr("{n} bits a colour").format(n=depth), depth)
            self.bed.show_glass(abilities.width_mm, abilities.height_mm)
        self._take_whole()
        self._show_choices()
        self._show_words()

    def show_preview(self, seen: Preview) -> None:
        """Show what lies on the glass."""
        height, width, _ = seen.rgb.shape
        image = QImage(seen.rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.bed.show_preview(image, seen.px_per_mm, seen.frames)
        self.modes[FRAMES].click()
        self._show_words()

    def show_busy(self, busy: bool, sentence: str = "", percent: int | None = None) -> None:
        """Show how far a scan or preview is."""
        self._busy = busy
        self.bar.setVisible(busy)
        self.bar.setRange(0, 100 if percent is not None else 0)
        self.bar.setValue(percent or 0)
        if busy and sentence:
            self.say(sentence)
        self._show_choices()

    def say(self, sentence: str) -> None:
        """Show a sentence: what went wrong, what came; "" takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    # Inside ------------------------------------------------------------------------------------

    def _give_address(self) -> None:
        if self.address.text().strip():
            self.address_given.emit(self.address.text().strip())

    def _show_choices(self) -> None:
        """Offer what can be done now."""
        ready = self.abilities is not None and not self._busy
        for button in (self.preview_button, self.scan_button, self.whole):
            button.setEnabled(ready)
        self.scanners.setEnabled(not self._busy)
        for button in (self.refresh, self.absent.again):
            button.setEnabled(not self._busy)
        self.absent.setVisible(self._looked and not self._busy and not self.scanner)
        lay = self.tr("Lay the swatches on the glass and press Preview.")
        if self.abilities is None:
            self.bed.say(self.said.text() if self._busy else "")
        else:
            self.bed.say("" if self.from_feeder else lay)
        self.stop_button.setVisible(self._busy)

    def _show_words(self) -> None:
        """What the choices come to."""
        feeder = self.from_feeder
        self.pages.setEnabled(feeder)
        self._show_choices()
        self.preview_button.setVisible(not feeder)
        if self.abilities is None:
            self.scale.setText("")
            self.frames.setText("")
            return
        self.scale.setText(scale_sentence(self.settings(), self.abilities))
        said = frames_sentence(self.bed.has_preview, len(self.bed.frames), feeder)
        self.frames.setText(said if self.cut.isChecked() else "")

    def _take_area(self) -> None:
        """She drew an area."""
        area = self.bed.area
        if area is not None and self.abilities is not None:
            self.bed.set_area(fitted_area(area, self.abilities))
        self._show_area()

    def _type_area(self) -> None:
        """She typed an edge of it."""
        if self.abilities is not None and [b.value() for b in self.edges] != self._edges():
            area = Area(*(float(box.value()) for box in self.edges))
            self.bed.set_area(fitted_area(area, self.abilities))
            self._show_area()

    def _take_whole(self) -> None:
        self.bed.set_area(None)
        self._show_area()

    def _edges(self) -> list[int]:
        """The area's edges in whole mm."""
        can, area = self.abilities, self.bed.area
        if area is None:
            return [0, 0, round(can.width_mm) if can else 0, round(can.height_mm) if can else 0]
        return [round(n) for n in (area.x, area.y, area.width, area.height)]

    def _show_area(self) -> None:
        for box, value in zip(self.edges, self._edges(), strict=True):
            box.setValue(value)
        self._show_words()
