"""Ties the page “Models” to the window: its command, its jobs, and the name in the status bar."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from fabricfinder.choosing import Choice
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.models import Model, list_models
from fabricfinder.jobs import BACKGROUND, NORMAL, JobEvent
from fabricfinder.ui.models_page import TAUGHT, ModelsPage
from fabricfinder.ui.models_words import answering_name, looking_text

if TYPE_CHECKING:
    from fabricfinder.ui.desk import Steps
    from fabricfinder.ui.main_window import MainWindow

MODELS = "models"
CHOOSE, SPEED, STANDING, GIVE_UP = "choose-model", "model-speed", "model-standing", "model-give-up"
TAKE_UP = "take-up"  # what was taught, as the page “Teach it my cloth” does it
SHOWN = (CHOOSE, SPEED, TAKE_UP)
SPEEDS_KEY = "models/speed"


def _measure(models: tuple[Model, ...]) -> Callable[[Any], "Steps"]:
    """Measures the speed of models, on the worker; its room renders cloth, imported there."""

    def start(finder: Any) -> "Steps":
        from fabricfinder.eyes import named_encoder
        from fabricfinder.measuring.speed import measure_speed

        def loader(name: str) -> Callable[[], Encoder]:
            return lambda: named_encoder(name, finder.notify)

        return measure_speed(
            {model.card.id: loader(model.system.name) for model in models if model.card is not None}
        )

    return start


class ModelsFlow(QObject):
    """Everything about the page that the window need not know.

    Attributes:
        page: the page; filled when it is first shown.
        action: opens it.
    """

    def __init__(
        self, window: "MainWindow", models: Callable[[], tuple[Model, ...]] = list_models
    ) -> None:
        """``models`` lists what came with the program."""
        super().__init__(window)
        self._window, self._list = window, models
        self._models: tuple[Model, ...] | None = None
        self._choice: Choice | None = None
        self._folder: Path | None = None
        self._job, self._from, self._looking = 0, "", ""
        self.page = ModelsPage(window)
        self.action = QAction(self.tr("&Models"), self)
        self.action.setObjectName(MODELS)
        self.action.setShortcut(QKeySequence("Ctrl+Shift+M"))
        self.action.triggered.connect(self.show)
        self.page.closed.connect(self._go_back)
        self.page.chosen.connect(self.choose)
        self.page.speed_wanted.connect(self._measure)
        self.page.change.pause.connect(self._pause)
        self.page.change.stop.connect(self._stop)
        self.page.change.go_on.connect(self._go_on)
        self.page.change.leave.connect(self._leave)

    def connect_parts(self) -> None:
        """Once the window's own ears are connected: the job book hears of a job first."""
        window = self._window
        window.desk.catalog_changed.connect(self._take_catalog)
        window.desk.library_opened.connect(self._ask_standing)
        window.desk.job_event.connect(self._take_event)
        window.book.changed.connect(self._show_line)

    def show(self) -> None:
        """Go to the page."""
        if self._window.page != MODELS:
            self._from = self._window.page
        self._window.show_page(MODELS)
        self.page.show_models(self._known())
        self.page.show_speeds(self._speeds())
        self.page.show_catalog(self._window.desk.catalog)
        self.page.setFocus()
        self._ask_standing()
        self._show_line()

    def choose(self, key: str) -> None:
        """Look at the library with another model, behind everything else."""
        self.page.say("")
        desk = self._window.desk
        if key == TAUGHT:
            self._job = desk.submit(TAKE_UP, lambda f: f.teaching.take_up(), BACKGROUND,
                                    replaces=TAKE_UP)  # fmt: skip
        else:
            self._looking = key
            self._job = desk.submit(CHOOSE, lambda f: f.choosing.choose(key), BACKGROUND,
                                    replaces=CHOOSE)  # fmt: skip

    def _known(self) -> tuple[Model, ...]:
        if self._models is None:
            self._models = self._list()
        return self._models

    def _measure(self) -> None:
        self.page.say("")
        here = tuple(model for model in self._known() if model.shipped)
        self._job = self._window.desk.submit(SPEED, _measure(here), NORMAL, replaces=SPEED)

    def _pause(self, paused: bool) -> None:
        self._window.desk.pause(self._job, paused)
        self._window.book.set_paused(self._job, paused)

    def _stop(self) -> None:
        self._window.desk.cancel(self._job)

    def _go_on(self) -> None:
        if self._choice is not None and self._choice.wanted:
            self.choose(self._choice.wanted)

    def _leave(self) -> None:
        self._window.desk.run(GIVE_UP, lambda f: f.choosing.give_up())

    def _go_back(self) -> None:
        self._window.show_page(self._from or "start")
        self._window.setFocus()

    # Answers -----------------------------------------------------------------------------------

    def _ask_standing(self, _: object = None) -> None:
        """Look up which model answers, while the page is seen and there is a library."""
        if self._window.page == MODELS and self._window.desk.catalog is not None:
            self._window.desk.run(STANDING, lambda f: f.choosing.standing(), replaces=STANDING)

    def _take_catalog(self, catalog: Catalog) -> None:
        """Name the model that answers; another one may have taken over."""
        self._window.line.dot.show_name(answering_name(catalog.table.encoder, self._known()))
        if self._folder != catalog.folder:
            self._folder = catalog.folder
            self._show_choice(None)
        self.page.show_catalog(catalog)

    def _take_event(self, event: JobEvent) -> None:
        if event.name == STANDING and event.kind == "done":
            self._show_choice(event.value)
        elif event.name == GIVE_UP and event.kind == "done":
            self._ask_standing()
        elif event.name == SPEED and event.kind == "done":
            self._keep_speeds(event.value)
        if event.name not in SHOWN or event.kind not in ("done", "failed", "cancelled"):
            return
        self._ask_standing()
        if event.kind == "done" and event.name != SPEED:
            self._window.find.session.ask_again()  # what is shown was found by the one of before
        elif event.kind == "failed":
            self.page.say(event.sentence)
            if self._window.page == MODELS:
                self._window.banners.drop("failed")  # it is said here
        elif event.kind == "cancelled" and event.name != SPEED:
            self.page.say(self.tr(
                "Stopped. The model you had goes on answering; what was looked at is kept."
            ))  # fmt: skip

    def _show_choice(self, choice: Choice | None) -> None:
        self._choice = choice
        self.page.show_choice(choice)

    def _show_line(self) -> None:
        """Show how far the change is, whoever began it."""
        lines = [line for line in self._window.book.active() if line.name in SHOWN]
        title = ""
        if lines:
            self._job = lines[-1].job
            title = looking_text(self._looking) if lines[-1].name == CHOOSE else ""
        self.page.show_line(lines[-1] if lines else None, title)

    # The speed on this computer ----------------------------------------------------------------

    def _speeds(self) -> dict[str, float]:
        """Seconds a picture as measured here, by the ids of cards."""
        try:
            kept = json.loads(self._window.session.text(SPEEDS_KEY, "{}"))
            return {str(name): float(value) for name, value in kept.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def _keep_speeds(self, speeds: dict[str, float]) -> None:
        kept = {name: round(value, 5) for name, value in speeds.items()}
        self._window.session.put(SPEEDS_KEY, json.dumps(kept))
        self.page.show_speeds(speeds)
