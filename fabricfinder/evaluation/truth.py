"""What is exactly known of rendered captures: which fabric, which family, and true similarity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError

TRUTH_FILE = "truth.npz"
COLUMNS = ("fabric", "family", "kind", "coarse", "fine", "tightness", "density", "palette")
SIMILAR = 0.75
"""True similarity from which cloth counts as relevant (R2)."""


@dataclass(frozen=True, eq=False)
class FabricTruth:
    """Exact labels of m fabrics.

    Attributes:
        fabric: names, text (m,).
        family: int64 (m,); siblings share it.
        kind: text (m,): ``base`` or what differs from the base (``colour-1``, ``sett-10``).
        coarse, fine: keys of the taxonomy, text (m,).
        tightness: float32 (m,), percent.
        density: float32 (m, 2), threads per cm of the two directions; nan where it has none.
        palette: float32 (m, 10, 5) under neutral light.
    """

    fabric: np.ndarray
    family: np.ndarray
    kind: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray
    density: np.ndarray
    palette: np.ndarray

    def __post_init__(self) -> None:
        if len({len(getattr(self, name)) for name in COLUMNS}) != 1:
            raise ValueError("every column needs one row a fabric")

    def __len__(self) -> int:
        return len(self.fabric)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Name -> row."""
        return {str(name): row for row, name in enumerate(self.fabric)}

    def rows(self, fabrics: Sequence[str]) -> np.ndarray:
        """Rows of named fabrics, int64; raises KeyError for an unknown one."""
        return np.array([self.row_of[name] for name in fabrics], np.int64)

    def save(self, path: Path) -> None:
        """Write to an .npz."""
        columns = {name: getattr(self, name) for name in COLUMNS}
        with path.open("wb") as file:
            np.savez_compressed(file, **columns)

    @staticmethod
    def load(path: Path) -> "FabricTruth":
        """Read what ``save`` wrote.

        Raises:
            FabricFinderError: it is not there or no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                return FabricTruth(**{name: held[name] for name in COLUMNS})
        except (OSError, ValueError, KeyError) as error:
            raise FabricFinderError(
                f"{path} does not hold the labels of rendered cloth; draw the benchmark again."
            ) from error


@dataclass(frozen=True, slots=True)
class Captures:
    """Labels of n captures in columns of text; "" where nothing is known."""

    fabrics: tuple[str, ...]
    families: tuple[str, ...]
    kinds: tuple[str, ...]
    minors: tuple[str, ...]
    fines: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = (self.families, self.kinds, self.minors, self.fines)
        if any(len(column) != len(self.fabrics) for column in columns):
            raise ValueError("every column needs one entry a capture")

    def __len__(self) -> int:
        return len(self.fabrics)

    @staticmethod
    def of(fabrics: Sequence[str], truth: FabricTruth) -> "Captures":
        """The labels of captures of known fabrics."""
        rows = truth.rows(fabrics)
        columns = (truth.family, truth.kind, truth.coarse, truth.fine)
        return Captures(
            tuple(fabrics), *(tuple(str(column[row]) for row in rows) for column in columns)
        )

    @staticmethod
    def unrelated(
        fabrics: Sequence[str], minors: Sequence[str], fines: Sequence[str]
    ) -> "Captures":
        """Captures of fabrics that are nobody's siblings: each fabric is its own family."""
        nothing = ("",) * len(fabrics)
        return Captures(tuple(fabrics), tuple(fabrics), nothing, tuple(minors), tuple(fines))


@dataclass(frozen=True, eq=False)
class CaptureTruth:
    """What a system is asked and what would be right: q queries, n gallery captures.

    Attributes:
        name: of the benchmark, as printed.
        queries, gallery: their labels.
        similarity: true S of DVSH eq. (6) by exact labels, float32 (q, n) in [0, 1].
    """

    name: str
    queries: Captures
    gallery: Captures
    similarity: np.ndarray

    def __post_init__(self) -> None:
        if self.similarity.shape != (len(self.queries), len(self.gallery)):
            raise ValueError(f"similarity is {self.similarity.shape}, not queries × gallery")

    @cached_property
    def same_fabric(self) -> np.ndarray:
        """R3: the very fabric, bool (q, n)."""
        return _equal(self.queries.fabrics, self.gallery.fabrics)

    @cached_property
    def same_family(self) -> np.ndarray:
        """The fabric or a sibling of it, bool (q, n)."""
        return _equal(self.queries.families, self.gallery.families)

    @cached_property
    def same_minor(self) -> np.ndarray:
        """Equal coarse minor, bool (q, n)."""
        return _equal(self.queries.minors, self.gallery.minors)

    @cached_property
    def same_classes(self) -> np.ndarray:
        """R1: equal coarse minor and equal fine class, bool (q, n)."""
        return self.same_minor & _equal(self.queries.fines, self.gallery.fines)

    @cached_property
    def similar(self) -> np.ndarray:
        """R2: true similarity of at least SIMILAR, bool (q, n)."""
        return self.similarity >= SIMILAR

    @cached_property
    def coarse_only(self) -> np.ndarray:
        """Scores that know the coarse labels alone: 1 same minor, ½ same major, float32 (q, n)."""
        majors = [
            tuple(minor.split("/")[0] for minor in side.minors)
            for side in (self.queries, self.gallery)
        ]
        return (0.5 * self.same_minor + 0.5 * _equal(*majors)).astype(np.float32)


def _equal(a: Sequence[str], b: Sequence[str]) -> np.ndarray:
    """Which of ``a`` equal which of ``b``, bool (len(a), len(b)); "" equals nothing."""
    index: dict[str, int] = {}
    rows = np.array([index.setdefault(name, len(index)) if name else -1 for name in a], np.int64)
    columns = np.array([index.get(name, -2) if name else -2 for name in b], np.int64)
    return rows[:, None] == columns[None, :]
