"""Weaves as lift matrices, made from drafts: threading × tie-up × treadling.

A lift matrix is bool (picks, ends): True where the warp end lies over the weft pick, row 0 at
the top of the cloth. A twill that climbs to the right as one looks at the cloth is Z (right
hand), to the left S. Sources: Watson, *Textile Design and Colour*; Oelsner, *Handbook of Weaves*.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Weave:
    """One repeat of a weave.

    Attributes:
        fine: the taxonomy's fine id.
        name: what a weaver would call it ("2/2 twill Z").
        lift: bool (picks, ends), True = warp on top; read-only.
        gather: (warp, weft) period in threads of groups that crowd together (mock leno), or 0.
        gather_strength: how far they crowd, 0 (not at all) to 1 (open gaps between groups).
        relief: how strongly long floats stand out of the cloth (honeycomb), 0..1.
    """

    fine: str
    name: str
    lift: np.ndarray
    gather: tuple[int, int] = (0, 0)
    gather_strength: float = 0.0
    relief: float = 0.0

    def __post_init__(self) -> None:
        lift = np.ascontiguousarray(self.lift, bool)
        lift.setflags(write=False)
        object.__setattr__(self, "lift", lift)

    @property
    def shape(self) -> tuple[int, int]:
        """Picks and ends of one repeat."""
        return self.lift.shape  # type: ignore[return-value]

    @property
    def warp_share(self) -> float:
        """Share of crossings with the warp on top: 0.5 balanced, near 1 warp-faced."""
        return float(self.lift.mean())


def draft(threading: Sequence[int], tie_up: np.ndarray, treadling: Sequence[int]) -> np.ndarray:
    """Lift matrix of a draft.

    Args:
        threading: shaft of each end.
        tie_up: bool (treadles, shafts): True lifts the shaft.
        treadling: treadle of each pick.

    Returns:
        bool (picks, ends).
    """
    tie_up = np.asarray(tie_up, bool)
    return tie_up[np.asarray(treadling)][:, np.asarray(threading)]


def runs_tie_up(runs: Sequence[int]) -> np.ndarray:
    """Regular twill tie-up of a run list: (2, 1) is 2/1, (3, 1, 1, 2) is 3/1/1/2.

    Args:
        runs: threads over, under, over, under...; the total is the number of shafts.

    Returns:
        bool (n, n), each treadle one shaft on from the last.
    """
    row = np.concatenate([np.full(n, k % 2 == 0) for k, n in enumerate(runs)])
    return np.stack([np.roll(row, k) for k in range(len(row))])


def twill(up: int, down: int, direction: str = "Z") -> np.ndarray:
    """Regular twill ``up/down``; direction Z climbs to the right, S to the left."""
    lift = runs_tie_up((up, down))
    # Row 0 is the top: a line that moves right with the row falls to the right, which is S.
    return lift if direction == "S" else lift[:, ::-1]


def steep_twill(runs: Sequence[int], step: int = 2, direction: str = "Z") -> np.ndarray:
    """Steep twill: each end steps ``step`` picks on from its neighbour (63° for 2)."""
    column = np.concatenate([np.full(n, k % 2 == 0) for k, n in enumerate(runs)])
    n = len(column)
    lift = np.stack([np.roll(column, step * i) for i in range(n)], axis=1)
    return lift if direction == "S" else lift[:, ::-1]


def satin(n: int, step: int) -> np.ndarray:
    """Warp-faced satin: every end passes under one pick a repeat, ``step`` picks on each time.

    Raises:
        ValueError: the step is 1, n − 1 or shares a factor with n (no satin).
    """
    if step in (1, n - 1) or np.gcd(n, step) != 1:
        raise ValueError(f"a {n}-end satin has no step {step}")
    lift = np.ones((n, n), bool)
    ends = np.arange(n)
    lift[(ends * step) % n, ends] = False
    return lift


def basket(n: int) -> np.ndarray:
    """Hopsack of n × n threads."""
    return np.kron(np.array([[1, 0], [0, 1]]), np.ones((n, n), int)).astype(bool)


def herringbone(base: np.ndarray, block: int) -> np.ndarray:
    """Twill reversed every ``block`` ends, with the floats cut at each turn.

    Args:
        base: a regular twill with as many ends as picks.
        block: ends in one direction.
    """
    n = base.shape[1]
    up = [i % n for i in range(block)]
    down = [(up[-1] + n // 2 - i) % n for i in range(block)]
    return base[:, up + down]


def pointed(base: np.ndarray, block: int) -> np.ndarray:
    """Twill on a point draft: reversed every ``block`` ends on the same shaft, making waves."""
    n = base.shape[1]
    up = list(range(block))
    return base[:, [i % n for i in up + up[-2:0:-1]]]


def diamond(tie_up: np.ndarray, block: int) -> np.ndarray:
    """Point threading and point treadling: diamonds (bird's-eye, diaper)."""
    n = len(tie_up)
    order = [i % n for i in [*range(block), *range(block - 2, 0, -1)]]
    return draft(order, tie_up, order)


def crepe(n: int, step: int, marks: Sequence[tuple[int, int]]) -> np.ndarray:
    """Crepe: a sateen base with the same marks added round every point, so no line shows."""
    lift = np.zeros((n, n), bool)
    ends = np.arange(n)
    for pick, end in [(0, 0), *marks]:
        lift[(ends * step + pick) % n, (ends + end) % n] = True
    return lift


def honeycomb(half: int) -> np.ndarray:
    """Ordinary honeycomb on a point draft of ``half`` shafts: floats frame a sunken cell."""
    n = 2 * half - 2
    ring = np.abs(np.arange(n) - half + 1)
    distance = ring[:, None] + ring[None, :]
    lift = distance < half - 2
    # The diagonal of plain crossings between the warp floats and the weft floats.
    lift |= distance == half - 1
    return lift


def mock_leno(n: int = 3) -> np.ndarray:
    """Mock leno: groups of n threads pull together and leave a hole (n odd)."""
    block = np.ones((n, n), bool)
    block[::2, 1::2] = False
    return np.block([[block, ~block], [~block, block]])


def spot(n: int) -> np.ndarray:
    """Barleycorn (spot Bronson): short weft floats in a plain ground, offset like bricks."""
    width = 2 * n + 2
    pick, end = np.indices((2 * width, 2 * width))
    lift = (pick + end) % 2 == 0
    for top, left in ((0, 0), (width, width)):
        inside = (pick >= top) & (pick < top + width - 1) & (end >= left + 1)
        inside &= (end < left + width) & (pick % 2 == 0)
        lift[inside] = False
    return lift


def float_lengths(lift: np.ndarray) -> tuple[int, int]:
    """Longest warp float (down a column) and longest weft float (along a row), in threads."""

    def longest(columns: np.ndarray) -> int:
        best = 0
        for column in columns.T:
            if column.all():
                return len(column)
            run = 0
            for up in np.concatenate([column, column]):
                run = run + 1 if up else 0
                best = max(best, run)
        return best

    return longest(lift), longest(~lift.T)


def _make(fine: str, name: str, lift: np.ndarray, **more: object) -> Weave:
    return Weave(fine, name, np.asarray(lift, bool), **more)  # type: ignore[arg-type]


def _twills() -> list[Weave]:
    """The twill family in both directions."""
    weaves = []
    for d in "SZ":
        weaves += [
            _make("twill-2-1", f"2/1 twill {d}", twill(2, 1, d)),
            _make("twill-2-1", f"1/2 twill {d}", twill(1, 2, d)),
            _make("twill-2-2", f"2/2 twill {d}", twill(2, 2, d)),
            _make("twill-3-1", f"3/1 twill {d}", twill(3, 1, d)),
            _make("twill-3-1", f"1/3 twill {d}", twill(1, 3, d)),
            _make("twill-steep", f"whipcord {d}", steep_twill((5, 1, 1, 2), 2, d)),
            _make("twill-steep", f"gabardine {d}", steep_twill((4, 1, 1, 1), 2, d)),
            _make("twill-steep", f"cavalry twill {d}", steep_twill((4, 2, 4, 3), 2, d)),
        ]
    for base, up in ((twill(2, 2), "2/2"), (twill(3, 1), "3/1"), (twill(2, 1), "2/1")):
        for block in (6, 8, 12, 16):
            fit = block // len(base) * len(base)
            weaves.append(_make("herringbone", f"{up} herringbone {fit}", herringbone(base, fit)))
            weaves.append(_make("twill-pointed", f"{up} pointed twill {fit}", pointed(base, fit)))
    broken = [0, 1, 3, 2]
    weaves.append(_make("twill-broken", "3/1 broken twill", twill(3, 1)[:, broken]))
    weaves.append(_make("twill-broken", "1/3 broken twill", twill(1, 3)[:, broken]))
    jumps = [0, 1, 2, 3, 1, 0, 3, 2]
    weaves.append(_make("twill-broken", "2/2 broken twill", twill(2, 2)[:, jumps]))
    return weaves


def _plains() -> list[Weave]:
    """Plain weave and what is derived from it."""
    tabby = basket(1)
    return [
        _make("plain", "plain weave", tabby),
        _make("poplin", "poplin", tabby),
        _make("oxford", "oxford 2/1", np.repeat(tabby, 2, axis=1), gather=(2, 0),
              gather_strength=0.25),
        *(_make("basket", f"{n}/{n} hopsack", basket(n), gather=(n, n), gather_strength=0.2)
          for n in (2, 3, 4)),
        *(_make("rep", f"{n}/{n} warp rib", np.repeat(tabby, n, axis=0), gather=(0, n),
                gather_strength=0.3) for n in (2, 3, 4, 6)),
    ]  # fmt: skip


def _fancies() -> list[Weave]:
    """Satins, crepes and small fancy weaves."""
    weaves = [
        *(_make("satin-5", f"5-end satin, step {s}", satin(5, s)) for s in (2, 3)),
        *(_make("satin-8", f"8-end satin, step {s}", satin(8, s)) for s in (3, 5)),
        *(_make("sateen", f"{n}-end sateen", ~satin(n, s)) for n, s in ((5, 2), (5, 3), (8, 3))),
        _make("crepe", "crepe on 8-end sateen", crepe(8, 3, [(0, 1), (2, 1), (3, 0)])),
        _make("crepe", "crepe on 10-end sateen", crepe(10, 3, [(0, 1), (1, 0), (4, 1), (6, 2)])),
        _make("crepe", "sand crepe", crepe(12, 5, [(1, 1), (3, 0), (5, 2), (8, 1), (10, 3)])),
        *(_make("honeycomb", f"{h}-shaft honeycomb", honeycomb(h), relief=1.0) for h in (5, 6, 8)),
        *(_make("birdseye", f"bird's-eye {b}", diamond(runs_tie_up(r), b))
          for r, b in (((1, 3), 4), ((3, 1), 4), ((1, 1, 3, 1), 6), ((2, 2), 4))),
        *(_make("barleycorn", f"barleycorn {n}", spot(n), relief=0.3) for n in (1, 2)),
        *(_make("mock-leno", f"{n}-thread mock leno", mock_leno(n), gather=(n, n),
                gather_strength=0.8) for n in (3, 5)),
    ]  # fmt: skip
    return weaves


WEAVES: tuple[Weave, ...] = (*_plains(), *_twills(), *_fancies())
WEAVE_FINES: tuple[str, ...] = tuple(dict.fromkeys(w.fine for w in WEAVES))


def weaves_of(fine: str) -> tuple[Weave, ...]:
    """Every weave of a fine id; raises KeyError when this room weaves none."""
    found = tuple(w for w in WEAVES if w.fine == fine)
    if not found:
        raise KeyError(fine)
    return found
