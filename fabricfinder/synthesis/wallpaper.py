"""The 17 plane symmetry groups: every way a print can repeat, on a grid where it is exact.

Operations act on fractional coordinates of the cell, (x, y) → W (x, y) + w, and are the general
positions of *International Tables for Crystallography* A, plane groups 1 to 17. A cell of n × n
grid points (n even) is carried onto itself by each of them, point onto point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np


@dataclass(frozen=True)
class Operation:
    """A symmetry in fractional coordinates.

    Attributes:
        matrix: rows of W, integers.
        shift: w in halves of the cell.
    """

    matrix: tuple[tuple[int, int], tuple[int, int]]
    shift: tuple[int, int] = (0, 0)

    def on(self, points: np.ndarray) -> np.ndarray:
        """Fractional points (m, 2) carried by the operation (not brought back to the cell)."""
        return points @ np.array(self.matrix, float).T + np.array(self.shift) / 2


_E, _HALF = ((1, 0), (0, 1)), ((-1, 0), (0, -1))
_MX, _MY = ((-1, 0), (0, 1)), ((1, 0), (0, -1))
_Q1, _Q3 = ((0, -1), (1, 0)), ((0, 1), (-1, 0))
_D1, _D2 = ((0, 1), (1, 0)), ((0, -1), (-1, 0))
_T1, _T2 = ((0, -1), (1, -1)), ((-1, 1), (-1, 0))
_S1, _S5 = ((1, -1), (1, 0)), ((0, 1), (-1, 1))
_MIRRORS_3M1 = (_D2, ((-1, 1), (0, 1)), ((1, 0), (1, -1)))
_MIRRORS_31M = (_D1, ((1, -1), (0, -1)), ((-1, 0), (-1, 1)))


def _plain(*matrices: tuple[tuple[int, int], tuple[int, int]]) -> tuple[Operation, ...]:
    return tuple(Operation(m) for m in matrices)


def _centred(operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """The operations, and each of them with the centring (½, ½)."""
    return operations + tuple(Operation(o.matrix, (1, 1)) for o in operations)


GROUPS: Mapping[str, tuple[Operation, ...]] = MappingProxyType(
    {
        "p1": _plain(_E),
        "p2": _plain(_E, _HALF),
        "pm": _plain(_E, _MX),
        "pg": (*_plain(_E), Operation(_MX, (0, 1))),
        "cm": _centred(_plain(_E, _MX)),
        "pmm": _plain(_E, _HALF, _MX, _MY),
        "pmg": (*_plain(_E, _HALF), Operation(_MX, (1, 0)), Operation(_MY, (1, 0))),
        "pgg": (*_plain(_E, _HALF), Operation(_MX, (1, 1)), Operation(_MY, (1, 1))),
        "cmm": _centred(_plain(_E, _HALF, _MX, _MY)),
        "p4": _plain(_E, _HALF, _Q1, _Q3),
        "p4m": _plain(_E, _HALF, _Q1, _Q3, _MX, _MY, _D1, _D2),
        "p4g": (*_plain(_E, _HALF, _Q1, _Q3),
                *(Operation(m, (1, 1)) for m in (_MX, _MY, _D1, _D2))),
        "p3": _plain(_E, _T1, _T2),
        "p3m1": _plain(_E, _T1, _T2, *_MIRRORS_3M1),
        "p31m": _plain(_E, _T1, _T2, *_MIRRORS_31M),
        "p6": _plain(_E, _T1, _T2, _HALF, _S1, _S5),
        "p6m": _plain(_E, _T1, _T2, _HALF, _S1, _S5, *_MIRRORS_3M1, *_MIRRORS_31M),
    }
)  # fmt: skip
HEXAGONAL = ("p3", "p3m1", "p31m", "p6", "p6m")
SQUARE = ("p4", "p4m", "p4g")
# Columns are the axes a and b of the hexagonal cell in the plane: 120° apart.
HEXAGONAL_AXES = np.array([[1.0, -0.5], [0.0, np.sqrt(3) / 2]])


def tile_ratio(group: str) -> float | None:
    """Height over width a tile of the group must have, or None where any will do."""
    if group in HEXAGONAL:
        return float(np.sqrt(3))
    return 1.0 if group in SQUARE else None


def images_of(operation: Operation, n: int) -> np.ndarray:
    """Where each grid point of an n × n cell goes: flat index of its image, int64 (n·n,).

    Grid point (row r, column c) lies at x = c/n, y = r/n; n is even.
    """
    y, x = np.divmod(np.arange(n * n), n)
    (a, b), (c, d) = operation.matrix
    u = (a * x + b * y + operation.shift[0] * n // 2) % n
    v = (c * x + d * y + operation.shift[1] * n // 2) % n
    return v * n + u


@lru_cache(maxsize=20)
def orbits(group: str, n: int) -> np.ndarray:
    """The fundamental domain: for each grid point the first point of its orbit, int64 (n·n,).

    Raises:
        KeyError: no such group.
        ValueError: n is odd.
    """
    if n % 2:
        raise ValueError("a cell needs an even number of grid points a side")
    first = images_of(GROUPS[group][0], n)
    for operation in GROUPS[group][1:]:
        first = np.minimum(first, images_of(operation, n))
    first.setflags(write=False)
    return first


def folded(cell: np.ndarray, group: str) -> np.ndarray:
    """A cell made symmetric: every point takes what its fundamental domain shows, (n, n)."""
    n = len(cell)
    return cell.ravel()[orbits(group, n)].reshape(n, n)


def has_symmetry(cell: np.ndarray, operation: Operation) -> bool:
    """Whether an operation carries an (n, n) cell exactly onto itself."""
    n = len(cell)
    flat = cell.ravel()
    return bool(np.array_equal(flat[images_of(operation, n)], flat))


def to_fraction(points: np.ndarray, group: str) -> np.ndarray:
    """Points of the plane (m, 2), the cell's width 1, in fractional coordinates of the cell."""
    if group not in HEXAGONAL:
        return points
    return points @ np.linalg.inv(HEXAGONAL_AXES).T


def rectangle(cell: np.ndarray, group: str, shape: tuple[int, int], across: int) -> np.ndarray:
    """A rectangular tile of ``across`` cells side by side that repeats without a seam.

    A hexagonal cell fills 1 × √3 twice; such a tile is ``across`` wide and as many times √3 high.
    """
    n = len(cell)
    y = (np.arange(shape[0]) / shape[0] * across)[:, None]
    x = (np.arange(shape[1]) / shape[1] * across)[None, :]
    if group in HEXAGONAL:
        # y counts √3 a unit: fractional v = 2y, u = x + y.
        x, y = x + y, 2 * y
    column, row = np.rint(x * n).astype(np.int64) % n, np.rint(y * n).astype(np.int64) % n
    return cell[np.broadcast_to(row, shape), np.broadcast_to(column, shape)]
