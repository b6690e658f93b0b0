"""Named jobs and the runner that steps their generators: no Qt, no threads, no locks.

An operation is a generator that yields ``Progress`` at safe points and returns its value. The
runner advances the most urgent one step at a time, so a search overtakes a running import between
two of the import's steps. Cancel is ``generator.close()``: the operation cleans up by ordinary
``with`` and ``finally`` on the thread that runs it.
"""

import itertools
import traceback
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, Literal

from fabricfinder.domain.errors import sentence_of
from fabricfinder.domain.progress import Progress

Operation = Generator[Progress, None, Any]
WAIT_S = 0.01
Kind = Literal["started", "progress", "done", "failed", "cancelled"]

URGENT, NORMAL, BACKGROUND = 0, 10, 20


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job.

    Attributes:
        job: its number, unique in this process.
        name: what kind of operation it is ("search", "import").
        kind: started, then any number of progress, then exactly one of done, failed, cancelled;
            a job cancelled before its first step has only its cancelled.
        progress: with "progress".
        value: the operation's return value, with "done".
        sentence: what the user reads, with "failed".
        trace: the traceback when the failure is a bug, else "".
    """

    job: int
    name: str
    kind: Kind
    progress: Progress | None = None
    value: Any = None
    sentence: str = ""
    trace: str = ""


@dataclass(slots=True, eq=False)
class _Job:
    """A job in the queue; ``operation`` is None until its first step."""

    number: int
    name: str
    start: Callable[[], Operation]
    priority: int
    operation: Operation | None = None
    paused: bool = False


@dataclass
class JobRunner:
    """Steps jobs, most urgent first; equal urgency in order of arrival."""

    _jobs: list[_Job] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    _events: list[JobEvent] = field(default_factory=list)

    def submit(
        self,
        name: str,
        start: Callable[[], Operation],
        *,
        priority: int = NORMAL,
        replaces: str = "",
    ) -> int:
        """Queue an operation and return its job number.

        Args:
            name: what kind of operation it is.
            start: called on the first step, so that nothing runs on the submitting thread.
            priority: smaller is more urgent.
            replaces: cancel every earlier job of this name (a newer query replaces the older).
        """
        if replaces:
            for job in [j for j in self._jobs if j.name == replaces]:
                self.cancel(job.number)
        number = next(self._numbers)
        self._jobs.append(_Job(number, name, start, priority))
        return number

    @property
    def idle(self) -> bool:
        """Whether a step would do nothing: no runnable job and no event waiting."""
        return not self._events and all(job.paused for job in self._jobs)

    def names(self) -> list[str]:
        """Names of the jobs queued, running or paused."""
        return [job.name for job in self._jobs]

    def cancel(self, number: int) -> None:
        """Stop a job at its last safe point; its cancelled event comes with the next step.

        When its clean-up goes wrong the event is failed instead, and nothing is raised here: a
        newer query must not die of an older one's.
        """
        job = self._find(number)
        if job is None:
            return
        event = JobEvent(number, job.name, "cancelled")
        if job.operation is not None:
            try:
                job.operation.close()
            except Exception as error:
                event = _failed(job, error)
        self._end(job, event)

    def cancel_all(self, but: str = "") -> None:
        """Stop everything, newest first; jobs of the name ``but`` are run to their end instead."""
        for job in reversed(list(self._jobs)):
            if not but or job.name != but:
                self.cancel(job.number)
        while but in self.names() and not all(job.paused for job in self._jobs):
            self.step()

    def set_paused(self, number: int, paused: bool) -> None:
        """Hold a job between two steps, or let it go on."""
        job = self._find(number)
        if job is not None:
            job.paused = paused

    def step(self) -> list[JobEvent]:
        """Advance the most urgent job by one step and return what happened since the last step."""
        runnable = [job for job in self._jobs if not job.paused]
        if runnable:
            self._advance(min(runnable, key=lambda job: (job.priority, job.number)))
        events, self._events = self._events, []
        return events

    def _advance(self, job: _Job) -> None:
        """Run one ``next()`` of a job and note its event."""
        try:
            if job.operation is None:
                self._events.append(JobEvent(job.number, job.name, "started"))
                job.operation = job.start()
            progress = next(job.operation)
            self._events.append(JobEvent(job.number, job.name, "progress", progress))
        except StopIteration as stop:
            self._end(job, JobEvent(job.number, job.name, "done", value=stop.value))
        except Exception as error:  # the one place that catches everything: the job's own border
            self._end(job, _failed(job, error))

    def _end(self, job: _Job, event: JobEvent) -> None:
        self._jobs.remove(job)
        self._events.append(event)

    def _find(self, number: int) -> _Job | None:
        return next((job for job in self._jobs if job.number == number), None)


def _failed(job: _Job, error: Exception) -> JobEvent:
    """The event of a failure: its sentence, and the traceback when it is a bug."""
    if told := sentence_of(error):
        return JobEvent(job.number, job.name, "failed", sentence=told)
    sentence = f"Something went wrong inside fabricfinder ({type(error).__name__})."
    trace = "".join(traceback.format_exception(error))
    return JobEvent(job.number, job.name, "failed", sentence=sentence, trace=trace)


def run_to_end(operation: Operation, watch: Callable[[Progress], None] | None = None) -> Any:
    """Run an operation here and now and return its value; for the command line and tests."""
    try:
        while True:
            progress = next(operation)
            if watch is not None:
                watch(progress)
    except StopIteration as stop:
        return stop.value
    finally:
        operation.close()


def until_done(futures: Sequence[Future], progress: Progress) -> Operation:
    """Yield until every future is done, without ever holding the thread for long."""
    try:
        while wait(futures, timeout=WAIT_S).not_done:
            yield progress
    finally:
        for future in futures:
            future.cancel()
