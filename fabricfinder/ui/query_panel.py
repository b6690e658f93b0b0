"""The query: her swatch large with its crop, its scale, what was noticed about it, its palette."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.search import Query, SearchResult
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.textile import CM_PER_INCH
from fabricfinder.ui import wording
from fabricfinder.ui.crop_view import CropView
from fabricfinder.ui.elided_label import ElidedLabel
from fabricfinder.ui.palette_strip import PaletteStrip
from fabricfinder.ui.plain_parts import off_the_frame
from fabricfinder.ui.reading_label import WrappedLabel
from fabricfinder.ui.sentences import retold
from fabricfinder.ui.swatch_mime import swatch_ids
from fabricfinder.ui.theme import SPACE_S, SPACE_XS, scaled_font
from fabricfinder.ui.thread_words import density_text

MAX_DPI = 10_000.0
SAID_BY_CHIP = "scale unknown"  # a note that begins so repeats the scale chip


class ScaleChip(QWidget):
    """Says the query's scale; pressed, it lets her set the dpi.

    Signals:
        chosen: pixels per centimetre she set, or None to believe the file again.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = QToolButton(self)
        self.chip.setCheckable(True)
        self.chip.setProperty("toggle", True)
        self.chip.setFont(scaled_font(0.9))
        self.chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dpi = QDoubleSpinBox(self)
        off_the_frame(self.dpi)
        self.dpi.setRange(0, MAX_DPI)
        self.dpi.setDecimals(0)
        self.dpi.setSuffix(self.tr(" dpi"))
        self.dpi.setSpecialValueText(self.tr("as in the file"))
        self.dpi.setKeyboardTracking(False)
        self.dpi.setAccessibleName(self.tr("Resolution of the query picture"))
        self.set_button = QPushButton(self.tr("Set"), self)
        self.editor = QWidget(self)
        row = QHBoxLayout(self.editor)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.dpi, 1)
        row.addWidget(self.set_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addWidget(self.chip)
        column.addWidget(self.editor)
        self.editor.hide()
        self.chip.toggled.connect(self._open)
        self.set_button.clicked.connect(self._choose)
        self.dpi.lineEdit().returnPressed.connect(self._choose)

    def show_scale(self, px_per_cm: float | None, source: str) -> None:
        """Show a scale and who says it, one of ``SCALE_SOURCES`` or ""."""
        text = wording.scale_text(px_per_cm, source)
        self.chip.setText(text)
        self.chip.setAccessibleName(text)
        told = wording.pixel_text(px_per_cm) if px_per_cm is not None else ""
        press = self.tr("Press to set the scale of this picture.")
        self.chip.setToolTip("\n".join(filter(None, (told, press))))
        self.dpi.setValue(0 if px_per_cm is None else px_per_cm * CM_PER_INCH)

    def _open(self, opened: bool) -> None:
        self.editor.setVisible(opened)
        if opened:
            self.dpi.setFocus()
            self.dpi.selectAll()

    def _choose(self) -> None:
        self.dpi.interpretText()
        self.chip.setChecked(False)
        self.chosen.emit(self.dpi.value() / CM_PER_INCH if self.dpi.value() else None)


class QueryPanel(QWidget):
    """Everything about the query itself.

    Signals:
        crop_chosen: a new crop, or None for the whole picture.
        scale_chosen: pixels per centimetre set by her, or None.
        swatch_dropped: id of a library swatch dropped here.
        back_wanted, forward_wanted: the query before, or after.
        clear_wanted: ask nothing, start over.
    """

    crop_chosen = Signal(object)
    scale_chosen = Signal(object)
    swatch_dropped = Signal(str)
    back_wanted = Signal()
    forward_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.title = ElidedLabel(self.tr("Query"), self)
        self.title.setFont(scaled_font(1.0, bold=True))
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.back = self._arrow("‹", self.tr("The query before (Alt+Left)"))
        self.forward = self._arrow("›", self.tr("The query after (Alt+Right)"))
        self.clear = self._arrow("×", self.tr("Clear the query"))
        self.clear.setEnabled(True)
        self.view = CropView(self)
        self.hint = QLabel(self.tr("Drop a swatch here, or paste one with Ctrl+V."), self)
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        self.whole = QPushButton(self.tr("Whole picture"), self)
        self.whole.setProperty("chip", True)
        self.whole.setToolTip(self.tr("Search with the whole picture again (Escape)"))
        self.scale = ScaleChip(self)
        self.notes = QVBoxLayout()
        self.notes.setSpacing(2)
        self.palette_strip = PaletteStrip(self)
        self._lay_out()
        self.back.clicked.connect(self.back_wanted)
        self.forward.clicked.connect(self.forward_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.view.crop_changed.connect(self._cropped)
        self.whole.clicked.connect(self.view.reset_crop)
        self.scale.chosen.connect(self.scale_chosen)
        self.show_query(None, None)

    def show_query(self, query: Query | None, swatch: Swatch | None) -> None:
        """Show what is asked; the picture and what is seen in it come later.

        Args:
            query: the query, or None for an empty pane.
            swatch: the library swatch it names, if any.
        """
        asked = query is not None
        name = ""
        if asked:
            name = wording.swatch_title(swatch) if swatch else wording.file_name(query.path)
        self.title.setText(name or self.tr("Query"))
        self.title.setToolTip(wording.shown_path(query.path) if asked and query.path else name)
        self.view.set_crop(query.crop if asked else None)
        self.view.unreadable = False
        self.view.setVisible(asked)
        self.hint.setVisible(not asked)
        self.clear.setVisible(asked)
        self.whole.setVisible(asked and query.crop is not None)
        self.scale.hide()
        self.palette_strip.hide()
        self._show_notes(())

    def show_picture(self, picture: QPixmap | QImage | None) -> None:
        """Show the query's picture, or clear it; a null one could not be read."""
        pixmap = QPixmap.fromImage(picture) if isinstance(picture, QImage) else picture
        unreadable = pixmap is not None and pixmap.isNull()
        self.view.set_picture(None if unreadable else pixmap, unreadable=unreadable)

    def show_seen(self, result: SearchResult) -> None:
        """Show what the search saw in the query: scale, threads, notes, palette."""
        self.scale.show_scale(result.query_px_per_cm, result.query_scale_source)
        self.scale.show()
        self.palette_strip.set_colors(result.descriptor.palette)
        self.palette_strip.setVisible(bool(result.descriptor.palette.colors))
        unknown = result.query_px_per_cm is None
        said = [retold(n) for n in result.notes if not (unknown and n.lower().startswith(SAID_BY_CHIP))]
        counted = result.descriptor.density
        self._show_notes([density_text(counted), *said] if counted.known else said)

    def show_searching(self, searching: bool) -> None:
        """Pulse once when a search begins."""
        if searching:
            self.view.pulse()

    def show_history(self, back: bool, forward: bool) -> None:
        """Whether there are queries before and after."""
        self.back.setEnabled(back)
        self.forward.setEnabled(forward)

    def note_texts(self) -> list[str]:
        """The sentences shown about the query."""
        return [self.notes.itemAt(i).widget().text() for i in range(self.notes.count())]

    def _show_notes(self, notes: Iterable[str]) -> None:
        while self.notes.count():
            label = self.notes.takeAt(0).widget()
            label.hide()
            label.deleteLater()
        for note in dict.fromkeys(notes):
            label = WrappedLabel(note, self)
            label.setFont(scaled_font(0.9))
            label.setProperty("note", True)
            self.notes.addWidget(label)

    def _cropped(self, crop: object) -> None:
        self.whole.setVisible(crop is not None)
        self.crop_chosen.emit(crop)

    def _arrow(self, sign: str, meaning: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setFont(scaled_font(1.4))
        button.setToolTip(meaning)
        button.setAccessibleName(meaning)
        button.setEnabled(False)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_XS)
        head.addWidget(self.back)
        head.addWidget(self.forward)
        head.addWidget(self.title, 1)
        head.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.view)
        column.addWidget(self.whole, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.hint)
        column.addWidget(self.scale)
        column.addLayout(self.notes)
        column.addWidget(self.palette_strip)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Override QWidget::dragEnterEvent: take our own swatches; files belong to the window."""
        if swatch_ids(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Override QWidget::dropEvent."""
        ids = swatch_ids(event.mimeData())
        if ids:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.swatch_dropped.emit(ids[0])
