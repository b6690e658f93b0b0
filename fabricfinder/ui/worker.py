"""The one thread that works: it owns the finder and steps its jobs while the window stays free.

Requests come in as frozen values through queued signals, events and catalogs go out the same way;
nothing is shared and nothing is locked. A request's ``start`` is called here, on the worker's
thread, never where it was made.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Filters
from fabricfinder.jobs import URGENT, JobEvent, JobRunner

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

ENCODER_JOB = 0
BASKET_JOB = "basket-keep"  # what she gathered is not lost with the window
PROGRESS_EVERY_S = 0.05
WAITING_MS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A wish of the window: one operation of the finder.

    Attributes:
        ticket: the number the window knows it by; every event of the job carries it.
        name: what kind of operation it is ("search", "import").
        start: makes the operation from the finder; runs on the worker's thread.
        priority: see ``jobs``.
        replaces: cancel earlier jobs of this name.
    """

    ticket: int
    name: str
    start: Callable[["Finder"], Generator[Progress, None, Any]]
    priority: int
    replaces: str = ""


class Worker(QObject):
    """Lives on its own QThread; owns the finder and the job runner.

    Signals:
        event: a JobEvent whose ``job`` is the request's ticket; with "failed", ``value`` is the
            FabricFinderError itself (None when the failure is a bug).
        catalog: the finder's new Catalog, whenever it has a new one.
    """

    event = Signal(object)
    catalog = Signal(object)

    def __init__(self, make_finder: Callable[[], "Finder"]) -> None:
        super().__init__()
        self._make_finder = make_finder
        self.finder: Finder | None = None
        self._runner = JobRunner()
        self._tickets: dict[int, int] = {}
        self._errors: dict[int, FabricFinderError] = {}
        self._sent: dict[int, tuple[Progress, float]] = {}
        self._catalog: Catalog | None = None
        self._timer: QTimer | None = None

    @Slot()
    def begin(self) -> None:
        """Wake finder and encoder as job 0; called by the thread's ``started``."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        self.accept(Request(ENCODER_JOB, "encoder", self._wake, URGENT))

    @Slot(object)
    def accept(self, request: Request) -> None:
        """Queue a request and start stepping."""
        number = self._runner.submit(
            request.name, lambda: self._watched(request), priority=request.priority,
            replaces=request.replaces,
        )  # fmt: skip
        self._tickets[number] = request.ticket
        self._go()

    @Slot(int)
    def cancel(self, ticket: int) -> None:
        """Stop a job at its last safe point."""
        for number in self._numbers(ticket):
            self._runner.cancel(number)
        self._go()

    @Slot()
    def cancel_all(self) -> None:
        """Stop every job but the waking of the encoder."""
        for number, ticket in list(self._tickets.items()):
            if ticket != ENCODER_JOB:
                self._runner.cancel(number)
        self._go()

    @Slot(int, bool)
    def pause(self, ticket: int, paused: bool) -> None:
        """Hold a job between two steps, or let it go on."""
        for number in self._numbers(ticket):
            self._runner.set_paused(number, paused)
        self._go()

    @Slot()
    def end(self) -> None:
        """Cancel everything but the keeping of the basket, close the finder, leave the thread."""
        if self._timer is not None:
            self._timer.stop()
        self._runner.cancel_all(but=BASKET_JOB)
        if self.finder is not None:
            self.finder.close()
        QThread.currentThread().quit()

    def _numbers(self, ticket: int) -> list[int]:
        return [number for number, t in self._tickets.items() if t == ticket]

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.start(0)

    def _step(self) -> None:
        """Advance the most urgent job by one step and tell what happened."""
        events = self._runner.step()
        # The catalog goes first, so that whoever hears of a job's end finds what it brought.
        if self.finder is not None and self.finder.catalog is not self._catalog:
            self._share(self.finder.catalog)
        waiting = bool(events) and not any([self._tell(event) for event in events])
        if self._runner.idle:
            self._timer.stop()
        elif self._timer.interval() != (interval := WAITING_MS if waiting else 0):
            self._timer.setInterval(interval)

    def _share(self, catalog: Catalog | None) -> None:
        """Send a new catalog on, its look-up tables built: they take long in a big library."""
        self._catalog = catalog
        if catalog is not None:
            _ = catalog.row_of, catalog.table_row_of, catalog.coded
            _ = catalog.coded_rows, catalog.articles
            self.finder.facets(Filters())  # its columns are kept with the table from here on
            self.catalog.emit(catalog)

    def _tell(self, event: JobEvent) -> bool:
        """Send an event on, sparing the window a flood; False when it says nothing new."""
        ticket = self._tickets[event.job]
        now = time.monotonic()
        if event.kind == "progress":
            before, at = self._sent.get(event.job, (None, 0.0))
            if event.progress == before:
                return False
            quiet = before is not None and before.phase == event.progress.phase
            if event.progress.partial is None and not event.progress.notice and quiet:
                if now - at < PROGRESS_EVERY_S:
                    return True
            self._sent[event.job] = (event.progress, now)
        elif event.kind != "started":
            self._tickets.pop(event.job)
            self._sent.pop(event.job, None)
            if event.kind == "failed":
                event = replace(event, value=self._errors.pop(ticket, None))
        self.event.emit(replace(event, job=ticket))
        return True

    def _watched(self, request: Request) -> Generator[Progress, None, Any]:
        """Run a request's operation, keeping the error a designer can mend for its event."""
        try:
            return (yield from request.start(self.finder))
        except FabricFinderError as error:
            self._errors[request.ticket] = error
            raise

    def _wake(self, _: Any) -> Generator[Progress, None, Any]:
        """Job 0: make the finder, then let it load its encoder; a failure of either is told."""
        yield Progress("Getting ready")
        self.finder = self._make_finder()
        return (yield from self.finder.load_encoder())
