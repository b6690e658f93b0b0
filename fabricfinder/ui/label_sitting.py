"""A sitting of labelling: where she is in the queue, what she said, how fast; no widget here."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from fabricfinder.domain.opinion import ANSWERS, COMPUTED, ESTIMATED, JUDGED, Opinion
from fabricfinder.domain.weave_record import WeaveRecord
from fabricfinder.labelling.questions import Asked, LabelQueue
from fabricfinder.labelling.queue import AGAIN, SECOND

_PACE_OF = 12  # answers the pace is taken over
_IDLE_S = 60.0  # a pause longer than this is no labelling


@dataclass(frozen=True, slots=True)
class Said:
    """One step of a sitting: which swatches of the queue, where she was, what they were before."""

    rows: tuple[int, ...]
    at: int
    before: tuple[str | float | None, ...]
    value: str | float


class Sitting:
    """The queue being worked through.

    Attributes:
        queue: what is asked.
        at: position in it; ``len(queue.asked)`` when all was asked.
    """

    def __init__(self, queue: LabelQueue, clock: Callable[[], float] = time.monotonic) -> None:
        self.queue, self.at = queue, 0
        self._clock = clock
        self._said: dict[int, str | float] = {
            row: asked.said for row, asked in enumerate(queue.asked) if asked.said is not None
        }
        self._steps: list[Said] = []
        self._undone: list[Said] = []
        self._times: deque[float] = deque(maxlen=_PACE_OF)

    @property
    def current(self) -> Asked | None:
        """The swatch asked about, or None at the end."""
        return self.queue.asked[self.at] if self.at < len(self.queue.asked) else None

    def said(self, row: int) -> str | float | None:
        """What was said of a row of the queue by now."""
        return self._said.get(row)

    @property
    def done(self) -> int:
        """Swatches answered in this sitting."""
        return len({row for step in self._steps for row in step.rows})

    @property
    def labelled(self) -> int:
        """Swatches of the library with a label in this dimension by now."""
        before = sum(a.said is not None for a in self.queue.asked)
        now = sum(value not in ANSWERS for value in self._said.values())
        return self.queue.labelled - before + now

    @property
    def left(self) -> int:
        """Swatches of the library without an answer in this dimension by now."""
        asked, steps = self.queue.asked, self._steps
        new = {row for step in steps for row in step.rows if asked[row].said is None}
        if self.queue.order in (AGAIN, SECOND):  # of those every one has an answer already
            new.clear()
        return max(0, self.queue.open.get(self.queue.dimension, 0) - len(new))

    @property
    def per_minute(self) -> float:
        """Answers a minute over the last dozen; 0 while that cannot be said."""
        if len(self._times) < 3:
            return 0.0
        return 60.0 * (len(self._times) - 1) / max(1e-6, self._times[-1] - self._times[0])

    def answer(
        self, value: str | float, rows: Sequence[int] | None = None, source: str = "",
        weave: WeaveRecord | None = None,
    ) -> tuple[Opinion, ...]:  # fmt: skip
        """Say something of the swatch asked about, or of some rows; goes on to the next.

        Args:
            value: a term, a percentage, or one of ANSWERS.
            rows: positions in the queue; the present one by default.
            source: of a tightness; by default what the ghost was when it is accepted, else judged.
            weave: how it is woven, when a draft told it.

        Returns:
            the opinions to be kept.
        """
        rows = (self.at,) if rows is None else tuple(rows)
        self._steps.append(Said(rows, self.at, tuple(map(self._said.get, rows)), value))
        self._undone.clear()
        opinions = []
        for row in rows:
            asked = self.queue.asked[row]
            ghost = asked.ghosts[0] if asked.ghosts else None
            came = source or (asked.source if ghost and ghost.value == value else JUDGED)
            if self.queue.dimension != "tightness":
                came = JUDGED
            kept = None if asked.source == COMPUTED else ghost
            opinions.append(Opinion(asked.swatch.id, self.queue.dimension, value, "",
                                    int(time.time()), suggestion=kept, source=came,
                                    weave=weave))  # fmt: skip
            self._said[row] = value
        now = self._clock()
        if self._times and now - self._times[-1] > _IDLE_S:
            self._times.clear()
        self._times.append(now)
        self.at = self._next_open(max(rows) + 1 if len(rows) == 1 else self.at)
        return tuple(opinions)

    def accept(self) -> tuple[Opinion, ...]:
        """Say what the model would; where it says nothing, keep what was said: ()."""
        asked = self.current
        if asked is not None and not asked.ghosts and self.said(self.at) is not None:
            self.skip()
        if asked is None or not asked.ghosts:
            return ()
        source = asked.source if self.queue.dimension == "tightness" else ""
        return self.answer(asked.ghosts[0].value, source=source or ESTIMATED)

    def ghost_rows(self, rows: Iterable[int]) -> dict[str | float, list[int]]:
        """What the model would say of some rows: value -> rows; those it is silent on left out."""
        found: dict[str | float, list[int]] = {}
        for row in rows:
            if ghosts := self.queue.asked[row].ghosts:
                found.setdefault(ghosts[0].value, []).append(row)
        return found

    @property
    def spread_row(self) -> int | None:
        """The row whose label look-alikes may have: this one when it has one, else the one before."""
        for row in (self.at, self.at - 1):
            said = self.said(row)
            if said is not None and said not in ANSWERS:
                return row
        return None

    def take_in(self, asked: Sequence[Asked]) -> None:
        """Ask about swatches too that were not in the queue, at its end."""
        here = {one.swatch.id for one in self.queue.asked}
        new = tuple(one for one in asked if one.swatch.id not in here)
        self.queue = replace(self.queue, asked=self.queue.asked + new)

    def resort(self, queue: LabelQueue) -> None:
        """Ask what is still open in another order, with other ghosts.

        Where she was before, what she answered and what can be done again keep their places, so
        that every step can still be taken back.
        """
        old = self.queue.asked
        kept = {row for step in (*self._steps, *self._undone) for row in step.rows}
        kept |= set(range(self.at))
        staying = {old[row].swatch.id for row in kept}
        coming = [a for a in queue.asked if a.swatch.id not in staying]
        new = {a.swatch.id for a in coming}
        free = [row for row in range(len(old)) if row not in kept]
        coming += [old[row] for row in free if old[row].swatch.id not in new]
        asked = list(old)
        for row, one in zip(free, coming, strict=False):
            asked[row] = one
        asked += coming[len(free) :]
        self.queue = replace(queue, asked=tuple(asked), labelled=self.queue.labelled)
        self._said = {row: value for row, value in self._said.items() if row in kept} | {
            row: a.said for row, a in enumerate(asked) if row not in kept and a.said is not None
        }

    def skip(self, n: int = 1) -> None:
        """Go on without a word, past one swatch or some."""
        self.at = min(self.at + n, len(self.queue.asked))

    def back(self) -> None:
        """Go to the swatch before; what was said of it stays until something else is."""
        self.at = max(0, self.at - 1)

    def _next_open(self, start: int) -> int:
        """The next row without an answer; rows of a queue of labelled ones all count as open."""
        here = start
        answered = {row for step in self._steps for row in step.rows}
        while here < len(self.queue.asked) and here in answered:
            here += 1
        return here

    def undo(self) -> Said | None:
        """Take the last step of this sitting back and go where it was made; None if there is none."""
        if not self._steps:
            return None
        step = self._steps.pop()
        self._undone.append(step)
        for row, value in zip(step.rows, step.before, strict=True):
            if value is None:
                self._said.pop(row, None)
            else:
                self._said[row] = value
        self.at = step.at
        return step

    def redo(self) -> Said | None:
        """Do the step again that was taken back last; None if there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._steps.append(step)
        self._said.update(dict.fromkeys(step.rows, step.value))
        self.at = self._next_open(step.at)
        return step

    def page(self, size: int) -> tuple[int, ...]:
        """The next rows without an answer, at most ``size``, from the present one on."""
        answered = {row for step in self._steps for row in step.rows}
        rows = range(self.at, len(self.queue.asked))
        return tuple([row for row in rows if row not in answered][:size])
