"""The desk where every page puts its wishes: it forwards them and brings the answers back.

Pages never see the worker, the thread or the finder. They ask here, and listen here.
"""

import itertools
import logging
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError, QueryError, UnreadableImageError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Filters, Query, SearchResult
from fabricfinder.domain.swatch import ImportReport, Labels
from fabricfinder.jobs import BACKGROUND, NORMAL, URGENT, JobEvent
from fabricfinder.ui.garbage import GarbageSweeper
from fabricfinder.ui.sentences import heard, retold
from fabricfinder.ui.worker import Request, Worker

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

log = logging.getLogger("fabricfinder")

CLOSE_TIMEOUT_MS = 2000

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Refusal:
    """A library that did not open: which, why in a sentence, and the error itself."""

    folder: Path
    sentence: str
    error: FabricFinderError | None


def _make_demo(finder: "Finder", folder: Path | None) -> Steps:
    """The real demo; its room renders cloth and is imported on the worker, when it is wanted."""
    from fabricfinder.demo import make_demo

    return make_demo(finder, folder)


class Desk(QObject):
    """Between the pages and the worker.

    Attributes:
        catalog: the open library's newest Catalog, or None.
        encoder: once it has woken; ``encoder_sentence`` says why it cannot.
        last_query: the Query last asked, or None; ``query_refused``: whether the search that failed
            last did so for its query's sake.

    Signals:
        catalog_changed: the new Catalog (an import committed a batch, a label was set, ...).
        library_opened: the Catalog of a library that has just been opened.
        library_refused: a Refusal.
        search_started: the search's number; older searches are dead from here on.
        search_partial, search_done: a SearchResult, of the newest search only.
        search_failed: the sentence why the newest search has no result.
        text_found: the text asked for, and a tuple of swatch ids, best first.
        text_refused: the text asked for, and why it cannot be understood.
        import_done: an ImportReport.
        demo_ready: a Demo (its library is open by then).
        encoder_changed: the encoder has woken (``encoder``) or cannot (``encoder_sentence``).
        job_event: every JobEvent, for the jobs panel.
        notice: a quiet sentence to show once.
    """

    catalog_changed = Signal(object)
    library_opened = Signal(object)
    library_refused = Signal(object)
    search_started = Signal(int)
    search_partial = Signal(object)
    search_done = Signal(object)
    search_failed = Signal(str)
    text_found = Signal(str, object)
    text_refused = Signal(str, str)
    import_done = Signal(object)
    demo_ready = Signal(object)
    encoder_changed = Signal()
    job_event = Signal(object)
    notice = Signal(str)

    _request = Signal(object)
    _cancel = Signal(int)
    _cancel_all = Signal()
    _pause = Signal(int, bool)
    _end = Signal()

    def __init__(
        self,
        make_finder: Callable[[], "Finder"],
        make_demo: Callable[["Finder", Path | None], Steps] = _make_demo,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.last_query: Query | None = None
        self.query_refused = False
        self._make_demo = make_demo
        self.catalog: Catalog | None = None
        self.encoder: Encoder | None = None
        self.encoder_sentence = ""
        self._tickets = itertools.count(1)
        self._newest_search = -1
        self._asked: dict[int, Any] = {}
        self._sweeper = GarbageSweeper(self)
        self._thread = QThread(self)
        self._worker = Worker(make_finder)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.begin)
        # It dies in its own thread, timer and all, not at the program's end in another's hands.
        self._thread.finished.connect(self._worker.deleteLater)
        self._worker.event.connect(self._take_event)
        self._worker.catalog.connect(self._take_catalog)
        self._request.connect(self._worker.accept)
        self._cancel.connect(self._worker.cancel)
        self._cancel_all.connect(self._worker.cancel_all)
        self._pause.connect(self._worker.pause)
        self._end.connect(self._worker.end)

    def start(self) -> None:
        """Start the worker; wishes made before are kept and done first come, first served."""
        self._sweeper.begin()
        self._thread.start()

    def close(self, timeout_ms: int = CLOSE_TIMEOUT_MS) -> bool:
        """Cancel everything and end the thread; False when a step outlasted the time."""
        if not self._thread.isRunning():
            return True
        self._end.emit()
        ended = self._thread.wait(timeout_ms)
        if ended:
            self._sweeper.end()
        return ended

    def search(self, query: Query) -> int:
        """Search, in place of any search still running; returns the search's number."""
        self.last_query = query
        ticket = self.submit("search", lambda f: f.search(query), URGENT, replaces="search")
        self._newest_search = ticket
        self.search_started.emit(ticket)
        return ticket

    def find_text(self, text: str) -> int:
        """Look for words in names, paths and fields; ``text_found`` answers."""
        start = lambda f: f.find_text(text)  # noqa: E731
        return self.submit("find_text", start, URGENT, replaces="find_text", asked=text)

    def import_paths(self, paths: Sequence[str], labels_csv: str = "") -> int:
        """Add files and folders to the open library."""
        paths = tuple(paths)
        return self.submit("import", lambda f: f.import_paths(paths, labels_csv=labels_csv))

    def resume_import(self) -> int:
        """Go on with an import that was interrupted."""
        return self.submit("import", lambda f: f.resume_import())

    def open_library(self, folder: Path, create: bool = False, read_only: bool = False) -> int:
        """Open a library (make it first, with ``create``) in place of the one that is open."""
        folder = Path(folder)
        self._cancel_all.emit()
        return self.submit(
            "open", lambda f: f.open_library(folder, create=create, read_only=read_only), URGENT,
            replaces="open", asked=folder,
        )  # fmt: skip

    def restore_backup(self, folder: Path, backup: Path) -> int:
        """Put a backup in a library's place and open it, in place of the one that is open."""
        self._cancel_all.emit()
        return self.submit(
            "open", lambda f: f.restore_backup(folder, backup), URGENT, replaces="open", asked=folder
        )

    def make_demo(self, folder: Path | None = None) -> int:
        """Make the demo library (in its usual place) and open it; ``demo_ready`` answers."""
        self._cancel_all.emit()
        return self.submit("demo", lambda f: self._make_demo(f, folder), asked=folder)

    def recode(self) -> int:
        """Look at every cloth again with the present encoder; searching goes on meanwhile."""
        return self.submit("recode", lambda f: f.recode(), BACKGROUND, replaces="recode")

    def label(self, ids: Sequence[str], labels: Labels, replace: bool = False) -> int:
        """Set a person's labels on some swatches; with ``replace``, None takes one away."""
        ids = tuple(ids)
        return self.submit("label", lambda f: f.label(ids, labels, replace=replace), URGENT)

    def run(self, name: str, start: Callable[["Finder"], Steps], replaces: str = "") -> int:
        """Run an operation of a page's own; ``job_event`` tells how it goes. Returns its number."""
        return self.submit(name, start, URGENT, replaces=replaces)

    def cancel(self, job: int) -> None:
        """Stop a job; what it has finished so far stays."""
        self._cancel.emit(job)

    def pause(self, job: int, paused: bool) -> None:
        """Hold a job, or let it go on."""
        self._pause.emit(job, paused)

    def facets(self, filters: Filters, text_ids: Sequence[str] | None = None) -> Any:
        """Counts of every facet under some filters, over the catalog; quick, no job.

        Args:
            filters: the conditions; their text counts through ``text_ids`` only.
            text_ids: what ``text_found`` brought for that text, or None for no text.

        Returns:
            retrieval's FacetCounts, or None while no library is open.
        """
        finder = self._worker.finder
        if finder is None or self.catalog is None:
            return None
        try:
            return finder.facets(filters, text_ids)
        except FabricFinderError:  # the worker has closed the library; its word is on the way
            return None

    def submit(
        self,
        name: str,
        start: Callable[["Finder"], Steps],
        priority: int = NORMAL,
        *,
        replaces: str = "",
        asked: Any = None,
    ) -> int:
        """Send a wish to the worker; returns the number its job's events carry.

        Args:
            name: what kind of operation it is.
            start: makes the operation; runs on the worker's thread.
            priority, replaces: see ``jobs``.
            asked: kept for the answer.
        """
        ticket = next(self._tickets)
        self._asked[ticket] = asked
        self._request.emit(Request(ticket, name, start, priority, replaces))
        return ticket

    def _take_catalog(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.catalog_changed.emit(catalog)

    def _take_event(self, event: JobEvent) -> None:
        """Turn a job's event into the signal its kind of job has."""
        event = heard(event)
        if event.kind == "progress" and event.progress.notice:
            self.notice.emit(event.progress.notice)
        if event.trace:
            log.error("%s failed\n%s", event.name, event.trace)
        if event.name == "search":
            self._take_search_event(event)
        elif event.kind == "done":
            self._take_value(event)
        elif event.kind == "failed":
            self._take_failure(event)
        self.job_event.emit(event)
        if event.kind in ("done", "failed", "cancelled"):
            self._asked.pop(event.job, None)

    def _take_search_event(self, event: JobEvent) -> None:
        """Forward the newest search only: an older one's late words would mislead."""
        if event.job != self._newest_search:
            return
        if event.kind == "progress" and isinstance(event.progress.partial, SearchResult):
            self.search_partial.emit(event.progress.partial)
        elif event.kind == "done":
            self.search_done.emit(event.value)
        elif event.kind == "failed":
            self.query_refused = isinstance(event.value, UnreadableImageError | QueryError)
            self.search_failed.emit(event.sentence)

    def _take_value(self, event: JobEvent) -> None:
        """Announce what a finished job brought."""
        if event.name == "encoder":
            self.encoder = event.value
            self.encoder_changed.emit()
        elif event.name == "open":
            self.library_opened.emit(event.value)
        elif event.name == "demo":
            self.demo_ready.emit(event.value)
        elif event.name == "find_text":
            self.text_found.emit(self._asked[event.job], tuple(event.value))
        elif isinstance(event.value, ImportReport):
            self.import_done.emit(event.value)
            for sentence in event.value.notices:
                self.notice.emit(retold(sentence))

    def _take_failure(self, event: JobEvent) -> None:
        """Announce why a job brought nothing."""
        if event.name == "encoder":
            self.encoder_sentence = event.sentence
            self.encoder_changed.emit()
        elif event.name == "find_text":
            self.text_refused.emit(self._asked[event.job], event.sentence)
        elif event.name == "open":
            refusal = Refusal(self._asked[event.job], event.sentence, event.value)
            self.library_refused.emit(refusal)
