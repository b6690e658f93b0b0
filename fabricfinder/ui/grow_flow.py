"""From a swatch's menu to the window that grows it: the action, the job, and what is said of it."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.domain.swatch import Swatch
from fabricfinder.jobs import JobEvent
from fabricfinder.ui import wording
from fabricfinder.domain.units import show_number
from fabricfinder.ui.number_words import in_a_row
from fabricfinder.ui.sentences import retold

if TYPE_CHECKING:
    import numpy as np

    from fabricfinder.growing import ShownGrowth
    from fabricfinder.ui.grow_window import GrowWindow
    from fabricfinder.ui.main_window import MainWindow

GROW, SAVE = "grow", "grow-save"
CLOTH_PX = 512


class GrowFlow(QObject):
    """Growing, as the window does it; one swatch at a time.

    Attributes:
        action: “Grow this swatch”, for menus.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._opened: GrowWindow | None = None
        self._job = self._saving = 0
        self._shown: ShownGrowth | None = None
        self._swatch_id = ""
        self._ink: np.ndarray | None = None
        self.action = self._action(self.tr("&Grow this swatch\tG"))
        window.find.add_deed(self.action)
        window.library.deeds_of_window.append(self.action)
        library, results = window.library, window.find.panes.results
        for place in (results.places, library.grid, library.quick):
            key = self._action(self.tr("&Grow this swatch"))
            key.setShortcut(QKeySequence("G"))
            key.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            place.addAction(key)
        window.desk.job_event.connect(self._take_event)
        window.thumbnails.ready.connect(self._show_cloth)

    @property
    def opened(self) -> "GrowWindow | None":
        """The window, once it was opened."""
        return self._opened

    def open_chosen(self) -> None:
        """Grow what is chosen on the page shown."""
        window = self._window
        if window.page == "library":
            chosen = window.library.quick.swatch if window.library.quick.isVisible() else None
            swatches = [chosen] if chosen else list(window.library.selected())
        else:
            swatches = list(window.find.panes.results.chosen_swatches())
        if not swatches:
            window.line.message.setText(self.tr("Choose a swatch first."))
            return
        self.open(swatches[0])

    def open(self, swatch: Swatch) -> None:
        """Grow one swatch, in place of what is growing."""
        from fabricfinder.growing import grow_to_show
        from fabricfinder.ui.grow_window import LARGEST_PX, GrowWindow

        if self._opened is None:
            self._opened = GrowWindow(self._window)
            self._opened.stop_wanted.connect(self._stop)
            self._opened.save_wanted.connect(self._save)
        name = wording.swatch_title(swatch)
        path = PurePath(wording.shown_path(swatch.path))
        self._shown = None
        self._swatch_id = swatch.id
        self._opened.canvas.show_cloth(None)
        self._opened.begin(name, str(path.with_name(f"{path.stem}-grown.png")))
        self._show_cloth(swatch.id)
        self._opened.show()
        self._opened.raise_()
        self._opened.activateWindow()
        self._ink = ink = self._mark()
        self._job = self._window.desk.run(
            GROW, lambda _: grow_to_show(swatch.path, LARGEST_PX, ink=ink), replaces=GROW
        )

    # Inside ------------------------------------------------------------------------------------

    def _show_cloth(self, swatch_id: str) -> None:
        """Show the thumbnail of what is growing, once it is there."""
        if self._opened is not None and swatch_id == self._swatch_id:
            self._opened.canvas.show_cloth(self._window.thumbnails.pixmap(swatch_id, CLOTH_PX))

    def _mark(self) -> "np.ndarray | None":
        """The words of the mark as ink in her language; None for English, which it has itself."""
        from fabricfinder.ui.letters import ink_of
        from fabricfinder.vision.imagined import WORDS

        words = self.tr("imagined around the dashed frame")
        return ink_of(words) if words != WORDS else None

    def _stop(self) -> None:
        self._window.desk.cancel(self._job)

    def _save(self, path: str) -> None:
        from pathlib import Path

        from fabricfinder.growing import save_grown

        if self._shown is None:
            return
        grown, ink = self._shown.grown, self._ink
        self._saving = self._window.desk.run(SAVE, lambda _: save_grown(grown, Path(path), ink))

    def _take_event(self, event: JobEvent) -> None:
        opened = self._opened
        if opened is None:
            return
        if event.name == GROW and event.job == self._job:
            if event.kind == "progress":
                opened.show_progress(event.progress.done, event.progress.total)
            elif event.kind == "done":
                self._shown = event.value
                opened.show_growth(event.value, self._sentence(event.value), self._captions(event.value))
            elif event.kind == "cancelled":
                opened.fail(self.tr("Stopped."))
            elif event.kind == "failed":
                opened.fail(event.sentence)
        elif event.name == SAVE and event.job == self._saving:
            if event.kind == "done":
                opened.say(self.tr("Saved: {path}").format(path=wording.shown_path(str(event.value))))
            elif event.kind == "failed":
                opened.say(event.sentence)

    def _sentence(self, shown: "ShownGrowth") -> str:
        """What must be known of a grown swatch."""
        parts = [self.tr("Only the framed middle is the real cloth; all around it was imagined.")]
        if shown.grown.repeats:
            parts.append(self.tr("It goes on by the repeat that was seen in the picture."))
        else:
            parts.append(self.tr(
                "No repeat was seen in the picture, so what lies around it is a guess."
            ))  # fmt: skip
        return in_a_row(*parts, *map(retold, shown.grown.notes))

    def _captions(self, shown: "ShownGrowth") -> tuple[str, str]:
        """A line under each picture, with its size where the scale is known."""
        left, top, right, bottom = shown.grown.true_box
        words = (self.tr("The picture"), self.tr("Imagined"))
        scale = shown.grown.px_per_cm
        if scale is None:
            return words
        size = self.tr("{words}, {w} × {h} cm")
        shape = (right - left) / scale, (bottom - top) / scale
        captions = [
            size.format(words=w, w=show_number(k * shape[0], 3), h=show_number(k * shape[1], 3))
            for w, k in zip(words, (1, 2), strict=True)
        ]
        return captions[0], captions[1]

    def _action(self, words: str) -> QAction:
        action = QAction(words, self)
        action.triggered.connect(self.open_chosen)
        return action
