"""Ties the Label workspace to the window: its queue, its answers, undo, and when to publish."""

from typing import TYPE_CHECKING

from platformdirs import user_cache_path
from PySide6.QtCore import QObject, QTimer

from fabricfinder.domain.archive import Step
from fabricfinder.domain.catalog import Catalog
from fabricfinder.jobs import URGENT, JobEvent
from fabricfinder.ui.label_about_flow import LabelAboutFlow
from fabricfinder.ui.label_counts import CountsDialog
from fabricfinder.ui.label_draft import DraftDialog
from fabricfinder.ui.label_learning import LabelLearning
from fabricfinder.ui.label_page import LabelPage
from fabricfinder.ui.label_pairs import PairsDialog
from fabricfinder.ui.label_pictures import TermPictures
from fabricfinder.ui.label_sitting import Said
from fabricfinder.ui.label_words import DIMENSIONS, step_name, tr

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow

LABEL = "label"
QUEUE, SAY, TURN, NEAR, ALIKE, SETTLE, PAIRS, PAIR_STEP, TAKE, DRAFT = (
    "label-queue", "label-say", "label-turn", "label-near", "label-alike", "label-settle",
    "label-pairs", "label-pair-step", "label-take-scale", "label-draft",
)  # fmt: skip
# After this long without an answer the rest of the window hears of what was said.
SETTLE_MS = 2500


class LabelFlow(QObject):
    """Everything about the workspace that the window need not know.

    Attributes:
        page: the page.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        folder = user_cache_path("fabricfinder") / "terms"
        self.pictures = TermPictures(window.desk, folder, self)
        self.page = LabelPage(window.thumbnails, self.pictures, window)
        self._counts: CountsDialog | None = None
        self._pairs: PairsDialog | None = None
        self._draft: DraftDialog | None = None
        self.learning = LabelLearning(window.desk, self.page, self)
        self.about = LabelAboutFlow(window, self)
        self._pairs_answered = 0
        self._folder: object = None
        self._unsaved = False
        self._settling = 0
        self._turning: dict[int, str] = {}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.settle)
        page = self.page
        page.queue_wanted.connect(self._begin)
        page.said.connect(self.say)
        page.undo_wanted.connect(self._undo)
        page.redo_wanted.connect(self._redo)
        page.references_wanted.connect(self._find_near)
        page.alike_wanted.connect(self._find_alike)
        page.counts_wanted.connect(self._ask_counts)
        page.pairs_wanted.connect(self._ask_pairs)
        page.draft_wanted.connect(self._ask_draft)
        page.about_wanted.connect(self.about.open)
        page.choose_folder.connect(self._add_folder)
        window.desk.job_event.connect(self._take_event)

    def show(self) -> None:
        """Go to the page; the first time a queue is asked for."""
        self._window.show_page(LABEL)
        self.page.setFocus()
        self.pictures.want()
        catalog = self._window.desk.catalog
        if catalog is not None and (self.page.sitting is None or self._folder != catalog.folder):
            self._begin(self.page.dimension, self.page.bar.order_key)

    def take_catalog(self, catalog: Catalog) -> None:
        """Another library: its own queue is asked for when the page is seen."""
        sitting = self.page.sitting
        if self._folder is not None and self._folder != catalog.folder:
            self.page.sitting = None
            if self._window.page == LABEL:
                self.show()
        elif sitting is not None and self.page.read_only != catalog.read_only:
            self.begin_anew()  # the same library was opened another way
        elif sitting is not None and sitting.current is None and sitting.queue.total != len(catalog):
            self.begin_anew()  # cloth came in while nothing was left to ask

    def settle(self) -> None:
        """Let the rest of the window see what was said, if anything was."""
        self._settle.stop()
        if self._unsaved:
            self._unsaved = False
            self._settling = self._window.desk.run(SETTLE, lambda f: f.labels.settle(), replaces=SETTLE)

    def _add_folder(self) -> None:
        self._window.flow.add_folder()

    # Wishes ------------------------------------------------------------------------------------

    def _begin(self, dimension: str, order: str) -> None:
        catalog = self._window.desk.catalog
        self._folder = catalog.folder if catalog else None
        self.page.read_only = catalog is not None and catalog.read_only
        self._unsaved = False
        if dimension in DIMENSIONS:
            self._window.desk.run(QUEUE, lambda f: f.labels.begin(dimension, order), replaces=QUEUE)

    @property
    def busy(self) -> bool:
        """Whether something is still to be published or learned."""
        return self._unsaved or self._settling != 0 or self.learning.busy

    def begin_anew(self) -> None:
        """Ask again from what the library knows now."""
        self._begin(self.page.dimension, self.page.bar.order_key)

    def say(self, opinions: object, name: str) -> None:
        """Keep words on swatches as one step, and have them learned from when they are enough."""
        self._changed()
        # Kept first: what learns at the twenty-fifth answer must find it in the library.
        self._window.desk.submit(SAY, lambda f: f.labels.say(opinions, name), URGENT)
        self.learning.answered(opinions[0].dimension, len(opinions))

    def _changed(self) -> None:
        self._unsaved = True
        self._settle.start()

    def _undo(self) -> None:
        self._turn("undo")

    def _redo(self) -> None:
        self._turn("redo")

    def _turn(self, way: str) -> None:
        """Take a step of this sitting back at once, or one of before by the library's history."""
        sitting = self.page.sitting
        known = sitting is not None and (sitting.undo() if way == "undo" else sitting.redo())
        self._changed()
        job = self._window.desk.submit(
            TURN, lambda f: f.labels.undo() if way == "undo" else f.labels.redo(), URGENT
        )
        self._turning[job] = self._name_of(known) if known else ""
        if known:
            n = len(known.rows) * (-1 if way == "undo" else 1)
            self.learning.answered(self.page.dimension, n)
            self.page.show_now()

    def _name_of(self, said: Said) -> str:
        """The name under which the library's history knows a step of this sitting."""
        queue = self.page.sitting.queue
        return step_name(len(said.rows), queue.dimension, said.value, queue.vocabulary)

    def _find_near(self, swatch_id: str) -> None:
        dimension = self.page.dimension
        self._window.desk.run(
            NEAR, lambda f: f.labels.references(swatch_id, dimension), replaces=NEAR
        )

    def _find_alike(self, swatch_id: str) -> None:
        dimension = self.page.dimension
        self._window.desk.run(ALIKE, lambda f: f.labels.alike(swatch_id, dimension), replaces=ALIKE)

    def _ask_counts(self) -> None:
        sitting = self.page.sitting
        if sitting is None or sitting.current is None:
            return
        if self._counts is None:
            self._counts = CountsDialog(self._window)
            self._counts.taken.connect(self.page.say_cover)
        self._counts.ask(sitting.current.swatch.fields)

    def _ask_draft(self) -> None:
        sitting = self.page.sitting
        if sitting is None or sitting.current is None:
            return
        if self._draft is None:
            self._draft = DraftDialog(self._window)
            self._draft.taken.connect(self.page.say_weave)
            self._draft.read_wanted.connect(self._read_draft)
            self._draft.known_wanted.connect(self._know_draft)
        self._draft.ask(sitting.queue.vocabulary)

    def _read_draft(self, path: str) -> None:
        self._window.desk.run(DRAFT, lambda f: f.labels.read_draft(path), replaces=DRAFT)

    def _know_draft(self, lift: object) -> None:
        self._window.desk.run(DRAFT, lambda f: f.labels.know_draft(lift), replaces=DRAFT)

    def _ask_pairs(self) -> None:
        if self._pairs is None:
            self._pairs = PairsDialog(self._window.thumbnails, self._window)
            self._pairs.answered.connect(self._keep_pair)
            self._pairs.undo_wanted.connect(self._undo_pair)
            self._pairs.take_wanted.connect(self._take_scale)
        self._pairs_answered = 0
        self._pairs.show()
        self._weigh()

    def _weigh(self) -> None:
        self._window.desk.run(PAIRS, lambda f: f.labels.pairs.scale(), replaces=PAIRS)

    def _keep_pair(self, tighter: str, looser: str) -> None:
        self._changed()
        self._pairs_answered += 1
        name = tr("Say which of two is tighter")
        self._window.desk.submit(
            PAIR_STEP, lambda f: f.labels.pairs.answer(tighter, looser, name), URGENT
        )
        self._weigh()

    def _take_scale(self) -> None:
        name = tr("Tightness by the scale of pairs")
        self._window.desk.run(TAKE, lambda f: f.labels.pairs.take_over(name), replaces=TAKE)

    def _undo_pair(self) -> None:
        if not self._pairs_answered:
            return
        self._pairs_answered -= 1
        self._changed()
        self._window.desk.submit(PAIR_STEP, lambda f: f.labels.undo(), URGENT)
        self._weigh()

    # Answers -----------------------------------------------------------------------------------

    def _take_event(self, event: JobEvent) -> None:
        if event.name == "undo" and event.kind == "done" and self._window.page == LABEL:
            self.begin_anew()  # by the menu or the history
        if event.job == self._settling and event.kind in ("done", "failed", "cancelled"):
            self._settling = 0
        if event.name not in (QUEUE, SAY, TURN, NEAR, ALIKE, PAIRS, PAIR_STEP, TAKE, DRAFT):
            return
        if event.kind == "failed" and event.name == DRAFT:
            self._draft.show_sentence(event.sentence)
        elif event.kind == "failed":
            self._window.banners.tell("label", event.sentence)
            if event.name == SAY:  # nothing was kept: ask again from what the library knows
                self.begin_anew()
        elif event.kind == "done":
            self._take_value(event)

    def _take_value(self, event: JobEvent) -> None:
        page = self.page
        if event.name == QUEUE:
            page.show_queue(event.value)
        elif event.name == PAIRS:
            if self._window.desk.catalog is not None:
                self._pairs.show_scale(*event.value, self._window.desk.catalog)
        elif event.name == DRAFT:
            self._draft.show_known(*event.value)
        elif event.name == TAKE:
            self._changed()
            self._pairs.show_taken(event.value)
        elif event.name == ALIKE:
            page.show_alike(event.value)
        elif event.name == NEAR:
            swatch_id, near = event.value
            if page.stage.cloth.swatch is not None and page.stage.cloth.swatch.id == swatch_id:
                page.stage.show_references(near, page.sitting.queue.vocabulary)
        else:
            self._window.archive.steps.mirror(event.value.history)
            if event.name == TURN:
                self._tell_turned(self._turning.pop(event.job, ""), event.value.step)

    def _tell_turned(self, expected: str, step: Step | None) -> None:
        """Say what was turned; a step that is not of this sitting changes what is to be asked."""
        if step is None:
            page_text = tr("There is nothing to take back.")
        elif step.undone:
            page_text = tr("Taken back: {step}").format(step=step.name)
        else:
            page_text = tr("Done again: {step}").format(step=step.name)
        self.page.status.emit(page_text)
        if step is not None and step.name != expected:
            self.begin_anew()
