"""The Label workspace: one swatch or many, answered by one key each, with pictures of every answer."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from fabricfinder.domain.opinion import CANT_TELL, NOT_CLOTH
from fabricfinder.domain.weave_record import WeaveRecord
from fabricfinder.labelling.questions import Asked, LabelQueue
from fabricfinder.labelling.queue import AGAIN
from fabricfinder.ui import label_words as words_of
from fabricfinder.ui.label_asking import choices, heading, spread_heading
from fabricfinder.ui.label_bar import LabelBar, LabelKeys
from fabricfinder.ui.label_choices import Choice, ChoiceBoard
from fabricfinder.ui.label_grid import CELLS, LabelGrid
from fabricfinder.ui.label_over import OverPage, over_text, ways_on
from fabricfinder.ui.label_pictures import TermPictures
from fabricfinder.ui.label_sitting import Sitting
from fabricfinder.ui.label_stage import LabelStage
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, scaled_font
from fabricfinder.ui.thumbnails import ThumbnailCache

UPCOMING = 6
ONE, MANY = 0, 1


class LabelPage(QWidget):
    """Asks, and tells what was answered; it saves nothing itself.

    Signals:
        queue_wanted: dimension and order of a new queue.
        said: the opinions to be kept, and the step's name.
        undo_wanted, redo_wanted: turn the newest step.
        references_wanted: a swatch id.
        alike_wanted: a swatch id.
        counts_wanted: she wants to enter counts and densities.
        pairs_wanted: she wants to compare two and two.
        draft_wanted: she wants to say the weave by a draft.
        about_wanted: what the labels taught, which are doubtful, and the words.
        choose_folder: she wants to add cloth.
        status: a sentence for the status line.
    """

    queue_wanted = Signal(str, str)
    said = Signal(object, str)
    undo_wanted = Signal()
    redo_wanted = Signal()
    references_wanted = Signal(str)
    alike_wanted = Signal(str)
    counts_wanted = Signal()
    pairs_wanted = Signal()
    draft_wanted = Signal()
    about_wanted = Signal()
    choose_folder = Signal()
    status = Signal(str)

    def __init__(
        self, thumbnails: ThumbnailCache, pictures: TermPictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("labelPage")
        self.setAccessibleName(self.tr("Label"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sitting: Sitting | None = None
        self.read_only = False
        self._answered = 0
        self.dimension = "coarse"
        self._group = ""
        self._spreading: tuple[str | float, tuple[Asked, ...]] | None = None
        self._sorted: LabelQueue | None = None
        self.stage, self.grid = LabelStage(thumbnails, self), LabelGrid(thumbnails, self)
        self.board = ChoiceBoard(pictures, self)
        self.board.setMinimumWidth(400)
        self.left = QStackedWidget(self)
        self.left.addWidget(self.stage)
        self.left.addWidget(self.grid)
        self.heading = QLabel(self)
        self.heading.setFont(scaled_font(1.15, bold=True))
        self.over = OverPage(self)
        self.bar, self.keys = LabelBar(self), LabelKeys(self)
        self._arrange()
        self.bar.wanted.connect(self._want_queue)
        self.bar.many_toggled.connect(self._many_toggled)
        self.keys.pressed.connect(self._key_button)
        self.board.chosen.connect(self._choose)
        self.stage.accepted.connect(self._accept)
        self.stage.spread.connect(self._want_alike)
        self.grid.changed.connect(self._show_heading)
        self.over.queue_wanted.connect(self._want_queue)
        self.over.choose_folder.connect(self.choose_folder)

    # Parts -------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(SPACE_S)
        right.addWidget(self.heading)
        right.addWidget(self.board, 1)
        self.work = QWidget(self)
        middle = QHBoxLayout(self.work)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(SPACE_L)
        middle.addWidget(self.left, 5)
        middle.addLayout(right, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        column.addWidget(self.bar)
        column.addWidget(self.work, 1)
        column.addWidget(self.over, 1)
        column.addWidget(self.keys)
        self.over.hide()

    @property
    def _many(self) -> bool:
        return self.left.currentIndex() == MANY

    # What is shown -----------------------------------------------------------------------------

    def show_queue(self, queue: LabelQueue) -> None:
        """Begin a sitting, or go on with it in another dimension or order."""
        self._answered = 0 if self.sitting is None else self._answered + self.sitting.done
        self.sitting = Sitting(queue)
        self.dimension, self._group, self._spreading = queue.dimension, "", None
        self._sorted = None
        self.bar.show_dimension(queue.dimension)
        self.bar.show_order(queue.order)
        self.keys.show_dimension(queue.dimension)
        self.stage.cloth.show_swatch(None)
        self.show_now()

    def sort_anew(self, queue: LabelQueue) -> None:
        """Ask in another order from the next answer on: nothing changes under her eyes."""
        if self.sitting is not None and self.dimension == queue.dimension:
            self._sorted = queue

    def show_now(self) -> None:
        """Show the swatch asked about, or that all is done."""
        sitting = self.sitting
        if sitting is None:
            return
        asked = sitting.current
        over = self.read_only or asked is None and self._spreading is None
        self.work.setVisible(not over)
        self.over.setVisible(over)
        if self.read_only:
            words = self.tr("This library is open to read only, so nothing can be labelled in it.")
            self.over.show_ways(words, ())
        elif over:
            self.over.show_ways(over_text(sitting), ways_on(sitting))
        elif self._many:
            self._show_many()
        else:
            upcoming = sitting.queue.asked[sitting.at + 1 : sitting.at + 1 + UPCOMING]
            self.stage.show_asked(asked, sitting.said(sitting.at), sitting.queue.vocabulary,
                                  [a.swatch for a in upcoming])  # fmt: skip
            self.references_wanted.emit(asked.swatch.id)
        if not over:
            self.board.show_choices(choices(self.sitting, self._group, one=not self._many))
            self._show_heading()
        self.bar.show_pace(sitting, self._answered)
        writable = not self.read_only
        self.keys.show_asking(not over, writable and sitting.at > 0, writable)

    def _show_many(self) -> None:
        sitting = self.sitting
        if self._spreading is not None:
            asked: Sequence[Asked] = self._spreading[1]
        else:
            asked = [sitting.queue.asked[row] for row in sitting.page(CELLS)]
        value = self._spreading[0] if self._spreading is not None else None
        self.grid.show_asked(asked, sitting.queue.vocabulary, value)

    def _show_heading(self) -> None:
        if self.sitting is None:
            return
        if self._spreading is not None:
            text = spread_heading(len(self.grid.chosen()), self._spreading[0], self.sitting)
        else:
            text = heading(self.sitting, self._group)
            if self._many:
                text = self.tr("{n} chosen: ").format(n=len(self.grid.chosen())) + text
        self.heading.setText(text)

    # Deeds -------------------------------------------------------------------------------------

    def _choose(self, choice: Choice) -> None:
        if choice.is_group:
            self._group = str(choice.value)
            self.board.show_choices(choices(self.sitting, self._group, one=not self._many))
            self._show_heading()
        else:
            self._say(choice.value)

    def _say(
        self, value: str | float, source: str = "", weave: WeaveRecord | None = None
    ) -> None:
        """Answer for the swatch, or for those chosen in the grid."""
        sitting = self.sitting
        if sitting is None or sitting.current is None or self.read_only:
            return
        if self._spreading is not None:
            return
        rows = None
        if self._many:
            page = sitting.page(CELLS)
            rows = [page[at] for at in self.grid.chosen()]
            if not rows:
                self.status.emit(self.tr("Choose swatches first: space or a click."))
                return
        opinions = sitting.answer(value, rows, source, weave)
        self._keep(opinions, value)

    def say_cover(self, cover: float, source: str) -> None:
        """Answer with a tightness that was worked out elsewhere."""
        self._say(cover, source)

    def say_weave(self, value: str, weave: WeaveRecord) -> None:
        """Answer with a weave that was told by its draft."""
        self._say(value, weave=weave)

    def _accept(self) -> None:
        sitting = self.sitting
        if sitting is None or self.read_only:
            return
        if self._spreading is not None:
            self._confirm_spread()
        elif self._many:
            self._accept_many(sitting)
        elif opinions := sitting.accept():
            self._keep(opinions, opinions[0].value)
        else:
            self.show_now()

    def _accept_many(self, sitting: Sitting) -> None:
        """Say of those chosen what the model would; labels looked through again all stay."""
        page = sitting.page(CELLS)
        if sitting.queue.order == AGAIN:
            sitting.skip(len(page))
            self.show_now()
            return
        waiting, self._sorted = self._sorted, None  # rows keep their places until all is said
        for value, rows in sitting.ghost_rows(page[at] for at in self.grid.chosen()).items():
            self._keep(sitting.answer(value, rows), value)
        self._sorted = waiting

    def _keep(self, opinions: Sequence[object], value: str | float) -> None:
        words = self.sitting.queue.vocabulary
        self._group = ""
        if self._sorted is not None:
            self.sitting.resort(self._sorted)
            self._sorted = None
        self.said.emit(tuple(opinions),
                       words_of.step_name(len(opinions), self.dimension, value, words))  # fmt: skip
        self.show_now()

    def _go(self, key: str) -> None:
        """Skip, or go back."""
        if self.sitting is not None and self._spreading is None and not self.read_only:
            self._group = ""
            self.sitting.skip() if key == "skip" else self.sitting.back()
            self.show_now()

    def _key_button(self, key: str) -> None:
        """Do what a button of the row of keys says; the keyboard belongs to the page again."""
        if not self._many:
            self.setFocus()
        {
            "accept": self._accept, "skip": partial(self._go, "skip"),
            "back": partial(self._go, "back"), "cant": partial(self._say, CANT_TELL),
            "not": partial(self._say, NOT_CLOTH), "true": self._toggle_true_size,
            "counts": self.counts_wanted.emit, "pairs": self.pairs_wanted.emit,
            "draft": self.draft_wanted.emit, "about": self.about_wanted.emit,
            "undo": self.undo_wanted.emit,
        }[key]()  # fmt: skip

    def _toggle_true_size(self) -> None:
        self.stage.cloth.set_true_size(not self.stage.cloth.true_size)

    def _want_alike(self) -> None:
        """Ask for the look-alikes of the swatch answered last, or of this one."""
        row = self.sitting.spread_row if self.sitting is not None else None
        if row is None:
            self.status.emit(self.tr("Label this swatch first; then its look-alikes can follow."))
        else:
            self.alike_wanted.emit(self.sitting.queue.asked[row].swatch.id)

    def show_alike(self, asked: Sequence[Asked]) -> None:
        """Offer look-alikes for the label of the swatch they were wanted for."""
        row = self.sitting.spread_row
        if row is None or not asked:
            self.status.emit(self.tr("Nothing unlabelled looks like it."))
            return
        self.sitting.take_in(asked)
        self._spreading = (self.sitting.said(row), tuple(asked))
        self.left.setCurrentIndex(MANY)
        self.show_now()

    def _confirm_spread(self) -> None:
        """Give the label to the look-alikes with a tick, as one step."""
        value, asked = self._spreading
        chosen = [asked[at].swatch.id for at, t in enumerate(self.grid.tiles) if t.isChecked()]
        row_of = {a.swatch.id: row for row, a in enumerate(self.sitting.queue.asked)}
        rows = [row_of[i] for i in chosen if i in row_of]
        self._leave_spread()
        if rows:
            self._keep(self.sitting.answer(value, rows), value)

    def _leave_spread(self) -> None:
        self._spreading = None
        self.left.setCurrentIndex(MANY if self.bar.many.isChecked() else ONE)
        self.setFocus()
        self.show_now()

    def _want_queue(self, dimension: str, order: str = "") -> None:
        self.setFocus()
        self.dimension = dimension or self.dimension
        self.queue_wanted.emit(self.dimension, order or self.bar.order_key)

    def _many_toggled(self, on: bool) -> None:
        self._spreading, self._group = None, ""
        self.left.setCurrentIndex(MANY if on else ONE)
        if not on:
            self.setFocus()
        self.show_now()

    # Keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Override QWidget::event: here undo and the function keys are this page's own."""
        if event.type() == QEvent.Type.ShortcutOverride and (_turns(event) or _is_own(event)):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override QWidget::keyPressEvent: one key, one answer."""
        key = event.key()
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        deeds = {
            Qt.Key.Key_Return: self._accept, Qt.Key.Key_Enter: self._accept,
            Qt.Key.Key_S: partial(self._go, "skip"), Qt.Key.Key_Escape: self._escape,
            Qt.Key.Key_Backspace: partial(self._go, "back"),
            Qt.Key.Key_Minus: partial(self._say, CANT_TELL),
            Qt.Key.Key_Delete: partial(self._say, NOT_CLOTH),
            Qt.Key.Key_F5: self.bar.many.toggle, Qt.Key.Key_F6: self._want_alike,
            Qt.Key.Key_F7: self._toggle_true_size, Qt.Key.Key_F10: self.about_wanted.emit,
        }  # fmt: skip
        if turn := _turns(event):
            (self.undo_wanted if turn == "undo" else self.redo_wanted).emit()
        elif plain == Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_A:
            self.grid.choose_all()
        elif plain:
            super().keyPressEvent(event)
        elif key in deeds:
            deeds[key]()
        elif Qt.Key.Key_F2 <= key <= Qt.Key.Key_F4:
            self._want_queue(words_of.DIMENSIONS[key - Qt.Key.Key_F2])
        elif key in (Qt.Key.Key_F8, Qt.Key.Key_F9) and self.dimension == "tightness":
            (self.counts_wanted if key == Qt.Key.Key_F8 else self.pairs_wanted).emit()
        elif key == Qt.Key.Key_F8 and self.dimension == "fine":
            self.draft_wanted.emit()
        elif self._spreading is not None or not self.board.press(event.text().casefold()):
            super().keyPressEvent(event)

    def _escape(self) -> None:
        if self._spreading is not None:
            self._leave_spread()
        elif self._group:
            self._group = ""
            self.show_now()


def _is_own(event: QKeyEvent) -> bool:
    """Whether a key is one of F2 to F10, which the window may use elsewhere."""
    return Qt.Key.Key_F2 <= event.key() <= Qt.Key.Key_F10 and not event.modifiers()


def _turns(event: QEvent) -> str:
    """ "undo" or "redo" for their keys, else ""."""
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    if event.key() == Qt.Key.Key_Z and event.modifiers() == control:
        return "undo"
    if event.key() == Qt.Key.Key_Y and event.modifiers() == control:
        return "redo"
    return "redo" if event.key() == Qt.Key.Key_Z and event.modifiers() == control | shift else ""
