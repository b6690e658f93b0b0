"""A search: what was asked, what was found, and the order under any preference."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    SimilarityBreakdown,
    Weights,
    overall_similarity,
)
from fabricfinder.domain.swatch import Swatch

# A locked dimension must score at least this. Coarse .75 means "same minor, on the whole";
# colour .85 is about ΔE00 8; tightness .85 is within 6 points of cover.
LOCK_FLOORS = {"coarse": 0.75, "fine": 0.6, "color": 0.85, "tightness": 0.85}


@dataclass(frozen=True, slots=True)
class Preference:
    """How the designer wants the results ordered; moving it never re-encodes anything.

    Attributes:
        weights: how much each dimension counts.
        locked: dimensions that must match (score at least its LOCK_FLOORS value).
        free: dimensions that do not count at all, whatever their weight.
        order: "overall", "hamming", or one of DIMENSIONS.
        floor: results below this overall score are left out, 0..1.
    """

    weights: Weights = Weights()
    locked: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    order: str = "overall"
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.order not in ("overall", "hamming", *DIMENSIONS):
            raise ValueError(f"unknown order {self.order!r}")

    @property
    def effective_weights(self) -> Weights:
        """The weights with freed dimensions at 0; all freed counts everything equally."""
        values = [
            0.0 if name in self.free else value
            for name, value in zip(DIMENSIONS, self.weights.as_tuple(), strict=True)
        ]
        return Weights(*values) if any(values) else Weights()


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions a swatch must meet to be searched at all; empty = no condition.

    A label condition looks at the person's label, else at the model's most likely one. ``colors``
    names palette regions that cover at least a tenth of the cloth (any of them). ``tightness`` is
    an inclusive range in percent. ``text`` is a full-text search over names, paths and fields.
    """

    majors: frozenset[str] = frozenset()
    coarse: frozenset[str] = frozenset()
    fine: frozenset[str] = frozenset()
    colors: frozenset[str] = frozenset()
    tightness: tuple[float, float] | None = None
    labelled: bool | None = None
    scale_known: bool | None = None
    text: str = ""

    @property
    def active(self) -> bool:
        """Whether any condition is set."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """What to search with: a picture file, or a swatch of the library.

    Attributes:
        path: the query picture, or "" when ``swatch_id`` is given.
        swatch_id: a library swatch to use as the query, or "".
        crop: left, top, right, bottom, each 0..1 of the picture, or None for all of it.
        px_per_cm: scale given by hand, or None to believe the file.
        filters: conditions applied inside the search.
        exclude_self: leave out the swatch with the query's own digest.
    """

    path: str = ""
    swatch_id: str = ""
    crop: tuple[float, float, float, float] | None = None
    px_per_cm: float | None = None
    filters: Filters = Filters()
    exclude_self: bool = False


@dataclass(frozen=True, slots=True)
class RankedSwatch:
    """One result: the swatch, its place, and why.

    ``row`` is the position in the result's candidate columns; ``overall`` is 0..1.
    """

    rank: int
    row: int
    swatch: Swatch
    hamming: int
    overall: float
    breakdown: SimilarityBreakdown


def code_weight(blend: tuple[float, float], weights: Weights) -> float:
    """Weight of code similarity in the ranking score, by how much colour counts.

    The code sees all dimensions at once, so it is trusted less when colour is freed: the two
    values were chosen on validation cloth for colour counted as ¼ or more, and for colour freed.
    """
    share = min(1.0, 4.0 * float(weights.as_array()[2]))
    return share * blend[0] + (1 - share) * blend[1]


@dataclass(frozen=True, eq=False)
class SearchResult:
    """Everything found for one query, reorderable without searching again.

    Attributes:
        query: as asked.
        descriptor: what was seen in the query.
        swatches: the n candidates.
        table: their descriptors, same order.
        hamming: int (n,), distance of the codes.
        code_similarity: float32 (n,) in [0, 1], 1 − distance/bits (asymmetric where available).
        scores: float32 (n, 4) in the order of DIMENSIONS, nan = n/a.
        medians: float (4,), each dimension's median over the searched swatches.
        blend: the encoder's code weights, see ``code_weight``.
        n_searched: swatches the search looked at, after the filters.
        n_library: swatches in the library that the encoder knows.
        seconds: time taken.
        notes: quiet sentences ("scale unknown: fine texture counts less").
        query_size: width and height of the query picture in px, its full size.
        query_px_per_cm: scale used, or None.
    """

    query: Query
    descriptor: FabricDescriptor
    swatches: tuple[Swatch, ...]
    table: DescriptorTable
    hamming: np.ndarray
    code_similarity: np.ndarray
    scores: np.ndarray
    medians: np.ndarray
    blend: tuple[float, float]
    n_searched: int
    n_library: int
    seconds: float
    notes: tuple[str, ...] = ()
    query_size: tuple[int, int] = (0, 0)
    query_px_per_cm: float | None = None
    extra: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.swatches)
        if not (len(self.table) == len(self.hamming) == len(self.scores) == n):
            raise ValueError("a result's columns must have one row a candidate")

    @cached_property
    def _ids(self) -> np.ndarray:
        """Candidate ids as an array, for the last tie-break."""
        return np.array([s.id for s in self.swatches], dtype=np.str_)

    @cached_property
    def _id_order(self) -> np.ndarray:
        """Rank of each candidate's id, int (n,)."""
        order = np.empty(len(self.swatches), int)
        order[np.argsort(self._ids, kind="stable")] = np.arange(len(self.swatches))
        return order

    def overall(self, weights: Weights) -> np.ndarray:
        """Ranking score, float64 (n,) in [0, 1]: four dimensions blended with the code."""
        share = code_weight(self.blend, weights)
        four = overall_similarity(self.scores, weights, self.medians)
        return (1 - share) * four + share * self.code_similarity

    def order(self, preference: Preference) -> tuple[np.ndarray, np.ndarray]:
        """Candidate rows best first, int (m,), and every candidate's overall score, (n,).

        Locked dimensions and the floor leave candidates out. The order is total: score, then
        Hamming distance, then id.
        """
        overall = self.overall(preference.effective_weights)
        keep = overall >= preference.floor
        for name in preference.locked:
            column = self.scores[:, DIMENSIONS.index(name)]
            keep &= np.nan_to_num(column, nan=-1.0) >= LOCK_FLOORS[name]
        rows = np.flatnonzero(keep)
        if preference.order == "hamming":
            first = self.hamming[rows].astype(np.float64)
        elif preference.order == "overall":
            first = -overall[rows]
        else:
            column = self.scores[rows, DIMENSIONS.index(preference.order)]
            first = -np.nan_to_num(column.astype(np.float64), nan=-1.0)
        # Rounding keeps float noise from splitting what are equal scores.
        keys = (self._id_order[rows], self.hamming[rows], np.round(first, 9))
        return rows[np.lexsort(keys)], overall

    def ranked(self, preference: Preference, top: int | None = None) -> list[RankedSwatch]:
        """The best ``top`` results (all of them for None) as values."""
        rows, overall = self.order(preference)
        return list(self.rows_to_ranked(rows[:top], overall))

    def rows_to_ranked(self, rows: np.ndarray, overall: np.ndarray) -> Iterable[RankedSwatch]:
        """Wrap ordered candidate rows as RankedSwatch values, ranks from 1."""
        for rank, row in enumerate(rows.tolist(), start=1):
            yield RankedSwatch(
                rank, row, self.swatches[row], int(self.hamming[row]), float(overall[row]),
                SimilarityBreakdown.from_row(self.scores[row]),
            )  # fmt: skip
