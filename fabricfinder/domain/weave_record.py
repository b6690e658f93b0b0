"""How a cloth is woven, as a record: family, over and under, step, S or Z, and which face shows."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

WARP_FACED, WEFT_FACED, BALANCED = "warp", "weft", "balanced"
MOST_KEPT = 32  # threads a way up to which the repeat itself is kept


@dataclass(frozen=True, slots=True)
class WeaveRecord:
    """One weave.

    Attributes:
        fine: id of the taxonomy's fine class.
        family: of the taxonomy: "twill", "satin".
        over, under: picks an end passes over and then under, for weaves of one float each;
            0 where the run is of several floats.
        step: picks by which each end starts later than the one to its left, 1..; 0 = irregular.
        direction: "Z" climbs to the right, "S" to the left, "" neither.
        face: WARP_FACED, WEFT_FACED or BALANCED.
        repeat: picks and ends of one repeat.
        rows: the repeat from the top, "1" warp over weft, rows apart by "/"; "" when too large.
    """

    fine: str
    family: str
    over: int
    under: int
    step: int
    direction: str
    face: str
    repeat: tuple[int, int]
    rows: str = ""

    @property
    def notation(self) -> str:
        """As a weaver writes it: “2/2 Z”, “4/1 step 2”, or the size of the repeat."""
        if not self.over:
            return f"{self.repeat[1]} × {self.repeat[0]}"
        text = f"{self.over}/{self.under}"
        if self.step > 1 and self.repeat[0] - self.step > 1:
            text += f" step {self.step}"
        return f"{text} {self.direction}".strip()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; the inverse of ``weave_record_from``."""
        return asdict(self) | {"repeat": list(self.repeat)}


def weave_record_from(told: dict[str, Any]) -> WeaveRecord:
    """Read ``to_json``; raises ValueError, TypeError or KeyError when it is none."""
    picks, ends = told["repeat"]
    return WeaveRecord(**told | {"repeat": (int(picks), int(ends))})


def record_of(repeat: np.ndarray, fine: str, family: str) -> WeaveRecord:
    """The record of one repeat.

    Args:
        repeat: bool (picks, ends), warp over weft, row 0 at the top of the cloth, as short as it
            can be.
        fine, family: what the weave is called.
    """
    picks, ends = repeat.shape
    over, under = _one_float(repeat[:, 0])
    step = _step(repeat)
    direction = ""
    if step and picks > 2 and over:
        # Down the cloth by one pick for every end to the right is S; up by one is Z.
        direction = "S" if step == 1 else "Z" if step == picks - 1 else ""
    share = float(repeat.mean())
    face = WARP_FACED if share > 0.5 else WEFT_FACED if share < 0.5 else BALANCED
    rows = ""
    if max(picks, ends) <= MOST_KEPT:
        rows = "/".join("".join("1" if lifted else "0" for lifted in row) for row in repeat)
    # Steps are told upwards, as weavers count: the first pick is the lowest.
    up = (picks - step) % picks if step else 0
    if direction:
        up = 1
    return WeaveRecord(fine, family, over, under, up, direction, face, (picks, ends), rows)


def _one_float(column: np.ndarray) -> tuple[int, int]:
    """Picks over and picks under of an end with one float of each; (0, 0) for others."""
    turns = int((column != np.roll(column, 1)).sum())
    over = int(column.sum())
    return (over, len(column) - over) if turns == 2 else (0, 0)


def _step(repeat: np.ndarray) -> int:
    """Picks downwards from each end to the next where that is the same throughout, else 0."""
    picks, ends = repeat.shape
    for step in range(1, picks):
        moved = [np.array_equal(np.roll(repeat[:, e], step), repeat[:, (e + 1) % ends])
                 for e in range(ends)]  # fmt: skip
        if all(moved):
            return step
    return 0
