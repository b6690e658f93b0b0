"""The record of what is going on: one frozen line a job, with its rate and the time left."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QObject, Signal

from fabricfinder.jobs import JobEvent
from fabricfinder.ui.number_words import count_text, decimal_text

translate = QCoreApplication.translate

# Jobs that are over in a moment are not shown, only their failures.
SHOWN = frozenset({"import", "demo", "recode", "teach", "take-up", "go-back", "measure",
                   "choose-model", "model-speed"})  # fmt: skip
SHOWN_WHILE_ACTIVE = frozenset({"encoder", "open", "relink", "table", "table-take", "table-write",
                                "scan"})  # fmt: skip
PAUSABLE = frozenset({"import", "recode", "demo", "measure", "choose-model", "model-speed"})
# What fails here for a reason she can mend is told where she asked for it.
TOLD_THERE = frozenset({"grow", "grow-save", "search", "find_text", "sheet", "sheet-preview",
                        "occlusion", "scanners", "scan-ask", "scan-preview", "scan", "camera"})  # fmt: skip
KEEP_ENDED = 50
RATE_MEMORY_S = 4.0


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as the panel shows it.

    Attributes:
        job, name: as in JobEvent.
        phase: the word for what it is doing.
        done, total, unit: as in Progress.
        rate: units a second, smoothed; 0 while unknown.
        state: "running", "paused", "done", "failed" or "cancelled".
        sentence: why it failed, or "".
        trace: a bug's traceback, or "".
    """

    job: int
    name: str
    phase: str = ""
    done: int = 0
    total: int | None = None
    unit: str = "swatches"
    rate: float = 0.0
    state: str = "running"
    sentence: str = ""
    trace: str = ""

    @property
    def active(self) -> bool:
        """Whether it still runs or waits."""
        return self.state in ("running", "paused")

    @property
    def left_s(self) -> float | None:
        """Seconds left at the present rate, or None while that cannot be said."""
        if self.total is None or self.rate <= 0 or self.state != "running":
            return None
        return max(0, self.total - self.done) / self.rate


class JobBook(QObject):
    """Keeps the lines, newest last.

    Signals:
        changed: some line has changed.
    """

    changed = Signal()

    def __init__(
        self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._lines: dict[int, JobLine] = {}
        self._marks: dict[int, tuple[float, int, str]] = {}
        self._clock = clock

    def lines(self) -> list[JobLine]:
        """Every line worth showing: the long jobs, and whatever failed."""
        return [
            line
            for line in self._lines.values()
            if line.name in SHOWN
            or line.state == "failed"
            or (line.active and line.name in SHOWN_WHILE_ACTIVE)
        ]

    def active(self) -> list[JobLine]:
        """The long jobs that run or wait, oldest first."""
        return [line for line in self.lines() if line.active]

    def failures(self) -> list[JobLine]:
        """What went wrong since the start, kept until cleared."""
        return [line for line in self._lines.values() if line.state == "failed"]

    def take(self, event: JobEvent) -> None:
        """Note an event."""
        line = self._lines.get(event.job, JobLine(event.job, event.name))
        if event.kind == "progress" and event.progress is not None:
            p = event.progress
            rate = self._rate(event.job, p.phase, p.done, line.rate)
            line = replace(
                line, phase=p.phase, done=p.done, total=p.total, unit=p.unit, rate=rate
            )
        elif event.kind == "failed" and event.name in TOLD_THERE and not event.trace:
            self._lines.pop(event.job, None)  # nothing broke
            return
        elif event.kind != "started":
            line = replace(line, state=event.kind, sentence=event.sentence, trace=event.trace)
            self._marks.pop(event.job, None)
        self._lines[event.job] = line
        self._forget_old()
        self.changed.emit()

    def set_paused(self, job: int, paused: bool) -> None:
        """Note that a job is held, or goes on; its rate is measured anew."""
        line = self._lines.get(job)
        if line is not None and line.active:
            self._lines[job] = replace(line, state="paused" if paused else "running", rate=0.0)
            self._marks.pop(job, None)
            self.changed.emit()

    def clear_ended(self) -> None:
        """Forget the jobs that are over."""
        self._lines = {k: line for k, line in self._lines.items() if line.active}
        self.changed.emit()

    def _rate(self, job: int, phase: str, done: int, before: float) -> float:
        """Units a second over the last seconds; a new phase starts anew."""
        now = self._clock()
        at, mark, in_phase = self._marks.get(job, (now, done, phase))
        if in_phase != phase or done < mark:
            self._marks[job] = (now, done, phase)
            return 0.0
        self._marks.setdefault(job, (at, mark, phase))
        if now - at < 0.2:
            return before
        fresh = (done - mark) / (now - at)
        if now - at > RATE_MEMORY_S:
            # The window slides: keep half of it, so that the rate follows without jumping.
            self._marks[job] = ((at + now) / 2, (mark + done) // 2, phase)
        return fresh

    def _forget_old(self) -> None:
        ended = [job for job, line in self._lines.items() if not line.active]
        for job in ended[: max(0, len(ended) - KEEP_ENDED)]:
            del self._lines[job]


def job_title(name: str) -> str:
    """What a job is called; "" where it has no name that she would know."""
    titles = {
        "import": translate("Jobs", "Adding to the library"),
        "demo": translate("Jobs", "Making the demo library"),
        "recode": translate("Jobs", "Looking again at your cloth"),
        "measure": translate("Jobs", "Measuring how well it finds"),
        "choose-model": translate("Jobs", "Looking at your cloth with another model"),
        "model-speed": translate("Jobs", "Measuring how fast the models look at cloth"),
        "encoder": translate("Jobs", "Getting ready"),
        "open": translate("Jobs", "Opening the library"),
        "search": translate("Jobs", "Searching"),
        "grow": translate("Jobs", "Growing"),
        "grow-save": translate("Jobs", "Save the grown swatch"),
        "scan": translate("Jobs", "Scanning"),
        "find_text": translate("Jobs", "Searching the words"),
        "label": translate("Jobs", "Saving labels"),
        "sheet": translate("Jobs", "Writing the sheet"),
        "basket-keep": translate("Jobs", "Keeping the basket"),
        "edit": translate("Jobs", "Nothing was changed"),
        "undo": translate("Jobs", "Nothing was taken back"),
        "originals": translate("Jobs", "Looking for originals"),
        "relink": translate("Jobs", "Finding originals again"),
        "duplicates": translate("Jobs", "Looking for one cloth twice"),
        "table": translate("Jobs", "Reading the table"),
        "table-take": translate("Jobs", "Reading the table"),
        "table-write": translate("Jobs", "Writing the table"),
        "teach": translate("Jobs", "Teaching it your cloth"),
        "take-up": translate("Jobs", "Looking at your cloth with what was learned"),
        "go-back": translate("Jobs", "Going back to the model it came with"),
    }
    return titles.get(name, "")


def progress_text(line: JobLine) -> str:
    """“Looking at the cloth · 1,204 of 2,000 · 31 a second · about 26 s left”."""
    if line.state == "failed":
        return line.sentence
    if line.state == "cancelled":
        return translate("Jobs", "Stopped. What was finished stays.")
    if line.state == "done":
        return translate("Jobs", "Done")
    parts = [translate("Jobs", "Paused") if line.state == "paused" else _phase(line)]
    if line.total:
        parts.append(
            translate("Jobs", "{done} of {total}").format(
                done=count_text(line.done), total=count_text(line.total)
            )
        )
    elif line.done:
        parts.append(count_text(line.done))
    if line.rate > 0 and line.state == "running":
        rate = f"{line.rate:.0f}" if line.rate >= 10 else decimal_text(line.rate, 1)
        parts.append(translate("Jobs", "{rate} a second").format(rate=rate))
    if line.left_s is not None and line.done:
        parts.append(translate("Jobs", "about {time} left").format(time=duration(line.left_s)))
    return " · ".join(part for part in parts if part)


def _phase(line: JobLine) -> str:
    """The word for what a job is doing."""
    return translate("Progress", line.phase) if line.phase else ""


def duration(seconds: float) -> str:
    """A length of time in round words: 40 s, 12 min, 2 h 5 min."""
    if seconds < 90:
        return translate("Jobs", "{n} s").format(n=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return translate("Jobs", "{n} min").format(n=minutes)
    return translate("Jobs", "{h} h {m} min").format(h=minutes // 60, m=minutes % 60)
