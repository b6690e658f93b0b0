"""From the menu to a lesson and back: the page, its job, and what the window says of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fabricfinder.domain.catalog import Catalog
from fabricfinder.jobs import BACKGROUND, JobEvent
from fabricfinder.ui.teach_words import outcome_text

if TYPE_CHECKING:
    from fabricfinder.ui.main_window import MainWindow
    from fabricfinder.ui.teach_dialog import TeachDialog

TEACH, TAKE_UP, GO_BACK, STANDING = "teach", "take-up", "go-back", "teach-standing"
LONG = (TEACH, TAKE_UP, GO_BACK)


class TeachFlow(QObject):
    """Teaching, as the window does it; one lesson at a time."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._dialog: TeachDialog | None = None
        self._job = 0
        window.desk.job_event.connect(self._take_event)
        window.desk.catalog_changed.connect(self._take_catalog)
        window.desk.library_opened.connect(self._ask_standing)

    @property
    def dialog(self) -> "TeachDialog | None":
        """The page, once it was opened."""
        return self._dialog

    def open_dialog(self) -> None:
        """Show the page; it is made when first wanted."""
        from fabricfinder.ui.teach_dialog import TeachDialog, open_on

        window = self._window
        if self._dialog is None:
            self._dialog = TeachDialog(window)
            self._dialog.start_wanted.connect(self._start)
            self._dialog.stop_wanted.connect(self._stop)
            self._dialog.go_on_wanted.connect(self._take_up)
            self._dialog.go_back_wanted.connect(self._go_back)
            window.book.changed.connect(self._show_line)
        self._dialog.say("")
        open_on(self._dialog, window.desk.catalog)
        self._show_line()
        self._ask_standing()

    # Wishes ------------------------------------------------------------------------------------

    def _start(self, with_labels: bool) -> None:
        self._begin(TEACH, lambda f: f.teaching.learn(with_labels=with_labels))

    def _take_up(self) -> None:
        self._begin(TAKE_UP, lambda f: f.teaching.take_up())

    def _go_back(self) -> None:
        self._begin(GO_BACK, lambda f: f.teaching.go_back())

    def _begin(self, name: str, start: object) -> None:
        """Run one of the long deeds behind everything else."""
        if self._dialog is not None:
            self._dialog.say("")
            self._dialog.show_lesson(None)
        self._job = self._window.desk.submit(name, start, BACKGROUND, replaces=name)

    def _stop(self) -> None:
        self._window.desk.cancel(self._job)

    def _ask_standing(self, _: object = None) -> None:
        if self._dialog is not None and self._window.desk.catalog is not None:
            self._window.desk.run(STANDING, lambda f: f.teaching.standing(), replaces=STANDING)

    # Answers -----------------------------------------------------------------------------------

    def _take_catalog(self, catalog: Catalog) -> None:
        if self._dialog is not None:
            self._dialog.show_catalog(catalog)

    def _take_event(self, event: JobEvent) -> None:
        if event.name == STANDING and self._dialog is not None:
            if event.kind == "done":
                self._dialog.show_standing(event.value)
            elif event.kind == "failed":
                self._dialog.say(event.sentence)
        elif event.name in LONG and event.kind in ("done", "failed", "cancelled"):
            self._take_end(event)

    def _take_end(self, event: JobEvent) -> None:
        """Say what came of a long deed, on the page or, when that is put away, in the window."""
        dialog = self._dialog
        self._ask_standing()
        if dialog is None:
            return
        if event.kind == "failed":
            dialog.say(event.sentence)
        elif event.kind == "cancelled":
            dialog.say(self.tr("Stopped. The model you had goes on answering."))
        elif event.name == TEACH:
            dialog.show_lesson(event.value)
            if not dialog.isVisible():
                self._window.banners.tell("taught", outcome_text(event.value),
                                          (self.tr("See how"), self.open_dialog))  # fmt: skip
        elif event.name == GO_BACK:
            dialog.say(self.tr("The model that came with the program answers again."))

    def _show_line(self) -> None:
        if self._dialog is not None:
            lines = [line for line in self._window.book.active() if line.name in LONG]
            self._dialog.show_line(lines[-1] if lines else None)
