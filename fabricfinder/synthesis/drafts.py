"""Weaving drafts as values: threading, tie-up, treadling or liftplan, colours and sett.

A draft is drawn as weavers draw it: the first end at the right, the first pick at the top.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from fabricfinder.synthesis.colours import Colour
from fabricfinder.synthesis.weaves import WEAVES, Weave

Picked = tuple[frozenset[int], ...]
MOST_SHAFTS_OF_DOBBY = 32


@dataclass(frozen=True)
class Draft:
    """One weaving draft; shafts and treadles count from 1, colours from 0.

    Attributes:
        name: its title.
        threading: shafts of each end, end 1 first.
        tie_up: shafts of each treadle, or empty with a liftplan.
        treadling: treadles of each pick, or empty with a liftplan.
        liftplan: shafts of each pick, or empty with a tie-up.
        rising: whether named shafts rise (else they sink).
        colours: sRGB 0..1.
        warp, weft: colour of each end and pick.
        ends_per_cm, picks_per_cm: the sett, or None where the draft does not say.
        warp_mm, weft_mm: yarn diameters, or None.
    """

    name: str
    threading: Picked
    tie_up: Picked
    treadling: Picked
    liftplan: Picked
    rising: bool
    colours: tuple[Colour, ...]
    warp: tuple[int, ...]
    weft: tuple[int, ...]
    ends_per_cm: float | None = None
    picks_per_cm: float | None = None
    warp_mm: float | None = None
    weft_mm: float | None = None

    @property
    def shafts(self) -> int:
        """The highest shaft named."""
        rows = (*self.threading, *self.tie_up, *self.liftplan)
        return max((max(row) for row in rows if row), default=0)

    def lift(self) -> np.ndarray:
        """Where the warp lies on top as drawn (end 1 right, pick 1 top), bool (picks, ends)."""
        harness = _as_matrix(self.threading, self.shafts)
        if self.liftplan:
            raised = _as_matrix(self.liftplan, self.shafts)
        else:
            trodden = _as_matrix(self.treadling, len(self.tie_up))
            raised = trodden @ _as_matrix(self.tie_up, self.shafts) > 0
        named = raised.astype(np.float32) @ harness.T > 0
        return (named if self.rising else ~named)[:, ::-1]


def _as_matrix(rows: Picked, columns: int) -> np.ndarray:
    """Sets counting from 1 as a matrix of 0 and 1, float32 (len(rows), columns)."""
    matrix = np.zeros((len(rows), columns), np.float32)
    for k, row in enumerate(rows):
        matrix[k, [c - 1 for c in row]] = 1
    return matrix


def draft_of(lift: np.ndarray, name: str = "") -> Draft:
    """The draft of a lift matrix: like ends share a shaft, like picks a treadle.

    Args:
        lift: bool (picks, ends) as drawn.
        name: its title.

    Returns:
        threading and tie-up with one treadle a pick, in the order the shafts come into use; a
        draft of one colour, black.
    """
    ends = np.ascontiguousarray(lift[:, ::-1].T)
    shaft_of, treadle_of = _classes(ends), _classes(np.ascontiguousarray(lift))
    first_end = [shaft_of.index(s) for s in range(max(shaft_of) + 1)]
    tie_up = tuple(
        frozenset(s + 1 for s, end in enumerate(first_end) if ends[end, pick])
        for pick in (treadle_of.index(t) for t in range(max(treadle_of) + 1))
    )
    return Draft(
        name, tuple(frozenset({s + 1}) for s in shaft_of), tie_up,
        tuple(frozenset({t + 1}) for t in treadle_of), (), True, ((0.0, 0.0, 0.0),),
        (0,) * lift.shape[1], (0,) * lift.shape[0],
    )  # fmt: skip


def _classes(rows: np.ndarray) -> list[int]:
    """Number the rows from 0, like rows alike, in the order they come."""
    seen: dict[bytes, int] = {}
    return [seen.setdefault(row.tobytes(), len(seen)) for row in rows]


def period(sequence: np.ndarray) -> int:
    """The shortest repeat along the first axis seen at least twice, else the whole length."""
    n = len(sequence)
    for step in range(1, n // 2 + 1):
        if np.array_equal(sequence[step:], sequence[:-step]):
            return step
    return n


def one_repeat(lift: np.ndarray) -> np.ndarray:
    """The lift cut to its shortest repeat each way."""
    return lift[: period(lift), : period(np.ascontiguousarray(lift.T))]


def _canonical(lift: np.ndarray) -> bytes:
    """The same bytes for every shift, mirror and half turn of a repeat."""
    forms = []
    for turned in (lift, lift[::-1], lift[:, ::-1], lift[::-1, ::-1]):
        for row in range(len(lift)):
            down = np.roll(turned, row, axis=0)
            forms += [np.roll(down, c, axis=1).tobytes() for c in range(lift.shape[1])]
    return bytes(lift.shape) + min(forms)


@cache
def _known() -> dict[bytes, Weave]:
    found: dict[bytes, Weave] = {}
    for weave in WEAVES:
        if max(weave.shape) <= 24:
            found.setdefault(_canonical(one_repeat(weave.lift)), weave)
    return found


def weave_of(lift: np.ndarray, shafts: int, name: str = "") -> Weave:
    """A weave of one repeat of a lift, named where this room knows it.

    An unknown one is a dobby up to 32 shafts and jacquard beyond.
    """
    repeat = one_repeat(lift)
    if max(repeat.shape) <= 24:
        known = _known().get(_canonical(repeat))
        if known is not None:
            return replace(known, lift=repeat)
    fine = "dobby" if shafts <= MOST_SHAFTS_OF_DOBBY else "jacquard"
    return Weave(fine, name or f"{shafts}-shaft draft", repeat)
