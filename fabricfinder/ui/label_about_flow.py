"""What stands behind the labels: one dialog of four leaves, and the wishes made on them."""

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from fabricfinder.domain.opinion import Opinion
from fabricfinder.jobs import BACKGROUND, JobEvent
from fabricfinder.ui.how_well_plots import PlotPainter
from fabricfinder.ui.label_doubts import AgreementPanel, DoubtsPanel
from fabricfinder.ui.label_gains import GainsPanel
from fabricfinder.ui.label_words import step_name, tr
from fabricfinder.ui.theme import SPACE_L
from fabricfinder.ui.thumbnails import ThumbnailCache
from fabricfinder.ui.vocabulary_panel import VocabularyPanel

if TYPE_CHECKING:
    from fabricfinder.domain.vocabulary import Vocabulary
    from fabricfinder.ui.label_flow import LabelFlow
    from fabricfinder.ui.main_window import MainWindow

STANDING, FIT, BACK, DOUBTS, AGREE, WORDS, CHANGE = (
    "label-standing", "label-fit", "label-back", "label-doubts", "label-agree", "label-words",
    "label-change-words",
)  # fmt: skip
JOBS = (STANDING, FIT, BACK, DOUBTS, AGREE, WORDS, CHANGE)


class AboutLabels(QDialog):
    """Four leaves: what the labels taught, doubtful ones, second opinions, words."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About the labels"))
        self.painter = PlotPainter(self)
        self.gains = GainsPanel(self.painter, self)
        self.doubts = DoubtsPanel(thumbnails, self)
        self.agreement = AgreementPanel(self)
        self.words = VocabularyPanel(self)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.gains, self.tr("What they taught"))
        self.tabs.addTab(self.doubts, self.tr("Doubtful labels"))
        self.tabs.addTab(self.agreement, self.tr("Second opinions"))
        self.tabs.addTab(self.words, self.tr("Words"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.addWidget(self.tabs)
        self.resize(1040, 700)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override QDialog::closeEvent: nothing is drawn any more."""
        self.painter.wait()
        super().closeEvent(event)


class LabelAboutFlow(QObject):
    """Ties the dialog to the desk."""

    def __init__(self, window: "MainWindow", flow: "LabelFlow") -> None:
        super().__init__(flow)
        self._window, self._flow = window, flow
        self.dialog: AboutLabels | None = None
        self._known: Vocabulary | None = None
        window.desk.job_event.connect(self._take_event)

    def open(self) -> None:
        """Show the dialog; it is made when first wanted."""
        self._flow.settle()
        if self.dialog is None:
            self.dialog = AboutLabels(self._window.thumbnails, self._window)
            self.dialog.gains.learn_wanted.connect(self._fit)
            self.dialog.gains.back_wanted.connect(self._give_back)
            self.dialog.doubts.wanted.connect(self._look)
            self.dialog.doubts.changed.connect(self._change_label)
            self.dialog.words.change_wanted.connect(self._change_words)
            self.dialog.words.file_wanted.connect(self._read_words)
            self.dialog.tabs.currentChanged.connect(self._turned)
            self._flow.learning.learned.connect(self._ask_standing)
        self.dialog.show()
        self.dialog.raise_()
        self._run(WORDS, lambda f: f.labels.words())
        self._turned(self.dialog.tabs.currentIndex())

    def close(self) -> None:
        """The window closes: nothing is drawn any more."""
        if self.dialog is not None:
            self.dialog.close()

    def _run(self, job: str, deed: Any) -> None:
        self._window.desk.run(job, deed, replaces=job)

    def _turned(self, leaf: int) -> None:
        if leaf == 0:
            self._ask_standing()
        elif leaf == 1:
            self.dialog.doubts.ask()
        elif leaf == 2:
            self._run(AGREE, lambda f: f.labels.agreement())

    # Wishes ------------------------------------------------------------------------------------

    def _ask_standing(self) -> None:
        self._run(STANDING, lambda f: f.labels.heads.standing())

    def _fit(self, dimension: str) -> None:
        self.dialog.gains.cards[dimension].show_busy(tr("Learning…"))
        self._window.desk.submit(
            FIT, lambda f: f.labels.heads.refit(dimension, curve=True), BACKGROUND, replaces=FIT
        )

    def _give_back(self, dimension: str) -> None:
        self._run(BACK, lambda f: f.labels.heads.give_back(dimension))

    def _look(self, dimension: str) -> None:
        self._run(DOUBTS, lambda f: f.labels.suspects(dimension))

    def _change_label(self, dimension: str, swatch_id: str, value: object) -> None:
        opinion = Opinion(swatch_id, dimension, value, "", int(time.time()))
        name = step_name(1, dimension, value, self._known)
        self._flow.say((opinion,), name)

    def _change_words(self, name: str, what: tuple) -> None:
        self._run(CHANGE, lambda f: f.labels.change_words(lambda v: changed(v, what), name))

    def _read_words(self, path: str) -> None:
        name = tr("Words from a file")
        self._run(CHANGE, lambda f: f.labels.change_words(lambda v: changed(v, ("read", path)), name))

    # Answers -----------------------------------------------------------------------------------

    def _take_event(self, event: JobEvent) -> None:
        if event.name not in JOBS or self.dialog is None:
            return
        if event.kind == "failed":
            self._failed(event)
        elif event.kind == "done":
            self._take_value(event)

    def _failed(self, event: JobEvent) -> None:
        if event.name == CHANGE:
            self.dialog.words.show_sentence(event.sentence)
        else:
            self._window.banners.tell("label", event.sentence)
            self._ask_standing()

    def _take_value(self, event: JobEvent) -> None:
        dialog, catalog = self.dialog, self._window.desk.catalog
        if event.name == STANDING:
            dialog.gains.show_standing(event.value)
        elif event.name in (FIT, BACK):
            self._ask_standing()
            self._flow.begin_anew()
        elif event.name == DOUBTS and catalog is not None and self._known is not None:
            dialog.doubts.show_suspects(event.value, catalog, self._known)
        elif event.name == AGREE:
            dialog.agreement.show_agreement(event.value)
        elif event.name == WORDS:
            self._known = event.value[0]
            dialog.words.show_words(*event.value)
        elif event.name == CHANGE:
            self._run(WORDS, lambda f: f.labels.words())
            self._flow.begin_anew()


def changed(words: "Vocabulary", what: tuple) -> "Vocabulary":
    """A vocabulary after one change of the panel; raises FabricFinderError when it cannot be."""
    from pathlib import Path

    from fabricfinder.domain.vocabulary import new_term, read_terms

    deed, *told = what
    if deed == "extended":
        name, dimension, counts_as = told
        return words.extended(new_term(name, dimension, counts_as))
    if deed == "read":
        return words.with_terms(t for t in read_terms(Path(told[0])) if t.dimension)
    return {"renamed": words.renamed, "merged": words.merged, "aliased": words.aliased}[deed](*told)
