"""A search: what was asked, what was found, and the order under any preference."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fabricfinder.domain.bands import BANDS, Band, match_bands
from fabricfinder.domain.certainty import Certainty, certainty
from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.encoder import Blend
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    SimilarityBreakdown,
    Weights,
    overall_similarity,
)
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy

# A locked dimension must score at least this share of what the query could score at all. Coarse .75 means "same minor, on the whole";
# colour .85 is about ΔE00 8; tightness .85 is within 6 points of cover.
LOCK_FLOORS = {"coarse": 0.75, "fine": 0.6, "color": 0.85, "tightness": 0.85}
# Scores are told apart to this many decimals, so that float noise never decides an order.
SCORE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Preference:
    """How the designer wants the results ordered; moving it never re-encodes anything.

    Attributes:
        weights: how much each dimension counts.
        locked: dimensions that must match (score at least its LOCK_FLOORS value; a score that
            is n/a does not). A dimension both locked and free is free.
        free: dimensions that do not count at all, whatever their weight.
        order: "overall", "hamming", or one of DIMENSIONS.
        floor: results below this overall score are left out, 0..1.

    Raises:
        ValueError: an unknown order or dimension, or a floor outside 0..1.
    """

    weights: Weights = Weights()
    locked: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    order: str = "overall"
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.order not in ("overall", "hamming", *DIMENSIONS):
            raise ValueError(f"unknown order {self.order!r}")
        unknown = (self.locked | self.free) - set(DIMENSIONS)
        if unknown:
            raise ValueError(f"no such dimension: {', '.join(sorted(unknown))}")
        if not 0 <= self.floor <= 1:
            raise ValueError(f"a floor lies between 0 and 1, not at {self.floor}")

    @property
    def effective_weights(self) -> Weights:
        """The weights with freed dimensions at 0.

        When nothing is left to weigh, what is not free counts equally, or everything does.
        """
        counted = [name not in self.free for name in DIMENSIONS]
        values = [
            value if counts else 0.0
            for counts, value in zip(counted, self.weights.as_tuple(), strict=True)
        ]
        if any(values):
            return Weights(*values)
        return Weights(*map(float, counted)) if any(counted) else Weights()


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions a swatch must meet to be searched at all; empty = no condition.

    A label condition looks at the person's label, else at the model's most likely one. ``majors``
    and ``coarse`` are one tree: a ticked major stands for all its minors until some of them are
    ticked too. ``colors`` names palette regions that cover at least a tenth of the cloth (any of
    them). ``tightness`` is an inclusive range in percent. ``text`` is a full-text search over
    names, paths and fields. ``fields`` holds (trade field, value) pairs: any of the values of a
    field, all of the fields. ``ranges`` holds (measured field, low, high) in stored units, both
    ends included and infinite where open.
    """

    majors: frozenset[str] = frozenset()
    coarse: frozenset[str] = frozenset()
    fine: frozenset[str] = frozenset()
    colors: frozenset[str] = frozenset()
    tightness: tuple[float, float] | None = None
    labelled: bool | None = None
    scale_known: bool | None = None
    text: str = ""
    fields: frozenset[tuple[str, str]] = frozenset()
    ranges: frozenset[tuple[str, float, float]] = frozenset()

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
        color_measure: how palettes are compared: ``emd_hsv``, ``emd_hsv_wide``, ``emd_lab`` (ΔE00) or
            ``paper_corrected``; see ``retrieval.palette_transport``.
    """

    path: str = ""
    swatch_id: str = ""
    crop: tuple[float, float, float, float] | None = None
    px_per_cm: float | None = None
    filters: Filters = Filters()
    exclude_self: bool = False
    color_measure: str = "emd_hsv"


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


def code_weight(blend: Blend, weights: Weights) -> float:
    """Weight of code similarity in the ranking score, by how evenly the question is asked.

    The code sees all dimensions at once and cannot leave one out, so it is trusted most when all
    four count alike and least when one is freed. The two values were chosen on validation cloth:
    recall of a re-captured cloth with equal weights, and precision of the same pattern with
    colour and tightness freed.
    """
    even = min(1.0, 4.0 * float(weights.as_array().min()))
    return even * blend[0] + (1 - even) * blend[1]


def stretched(code_similarity: np.ndarray, blend: Blend) -> np.ndarray:
    """Code similarity on the scale of the four bars: 1 − k·(1 − s), at least 0; same shape.

    Codes of near cloths differ in few bits, so that s alone stands above every bar and an overall
    number made of it would contradict them. k was fitted on validation cloth (``training.finish``)
    so that among the nearest ten the code is on average as far from 1 as the four dimensions.
    """
    stretch = blend[2] if len(blend) == 3 else 1.0
    return np.maximum(0.0, 1.0 - stretch * (1.0 - code_similarity))


def weighted_code(code_similarity: np.ndarray, weights: Weights) -> np.ndarray:
    """Code similarity as the weights count it: (n,) as it is, (n, 4) by Σ w_d·s_d; (n,)."""
    if code_similarity.ndim == 1:
        return code_similarity
    return code_similarity @ weights.as_array().astype(np.float32)


@dataclass(frozen=True, eq=False)
class SearchResult:
    """Everything found for one query, reorderable without searching again.

    Attributes:
        query: as asked.
        descriptor: what was seen in the query.
        swatches: the n candidates.
        table: their descriptors, same order.
        hamming: int (n,), distance of the codes.
        code_similarity: float32 (n,) in [0, 1], 1 − distance/bits (asymmetric where available);
            (n, 4), one column a dimension, for a code made of sub-codes.
        scores: float32 (n, 4) in the order of DIMENSIONS, nan = n/a.
        medians: float (4,), each dimension's median over the searched swatches.
        blend: the encoder's code weights and stretch, see ``Blend``.
        n_searched: swatches the search looked at, after the filters.
        n_library: swatches in the library that the encoder knows.
        seconds: time taken.
        notes: quiet sentences ("scale unknown: fine texture counts less").
        query_size: width and height of the query picture in px, its full size.
        query_px_per_cm: scale used, or None.
        sure: how surely each candidate can be compared with the query; None: worked out when first
            needed.
        id_rank: int (n,), place of each candidate's id in alphabetical order (gaps allowed), for
            the last tie-break; None: worked out when first needed.
        complete: False for an early result whose colour bars are still being filled.
        attainable: the best score of each dimension that a surely labelled cloth could have with
            this query: 1 for a sure query, less where the query itself is in doubt. Locks ask for a
            share of it, or an unsure query would match nothing.
    """

    query: Query
    descriptor: FabricDescriptor
    swatches: tuple[Swatch, ...]
    table: DescriptorTable
    hamming: np.ndarray
    code_similarity: np.ndarray
    scores: np.ndarray
    medians: np.ndarray
    blend: Blend
    n_searched: int
    n_library: int
    seconds: float
    notes: tuple[str, ...] = ()
    query_size: tuple[int, int] = (0, 0)
    query_px_per_cm: float | None = None
    sure: Certainty | None = None
    id_rank: np.ndarray | None = None
    complete: bool = True
    attainable: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def query_scale_source(self) -> str:
        """Who says the query's scale, one of ``SCALE_SOURCES``; "" = not known."""
        if self.query.px_per_cm is not None:
            return "hand"
        return str(self.extra.get("scale_source", "")) if self.query.swatch_id else "file"

    def __post_init__(self) -> None:
        n = len(self.swatches)
        columns = (self.table, self.hamming, self.code_similarity, self.scores)
        if any(len(column) != n for column in columns):
            raise ValueError("a result's columns must have one row a candidate")

    @cached_property
    def _tie_break(self) -> np.ndarray:
        """Hamming distance and id rank in one int64 (n,): equal scores are ordered by it."""
        rank = self.id_rank
        if rank is None:
            ids = np.array([s.id for s in self.swatches], dtype=np.str_)
            rank = np.empty(len(ids), np.int64)
            rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
        span = int(rank.max(initial=0)) + 1
        return self.hamming.astype(np.int64) * span + rank

    def candidate(self, row: int) -> FabricDescriptor:
        """What is known of candidate ``row``, with the threads it was compared by."""
        return self.table.descriptor(row).with_stated_threads(self.swatches[row].fields)

    @cached_property
    def certainty(self) -> Certainty:
        """How surely each candidate can be compared with the query."""
        if self.sure is not None:
            return self.sure
        return certainty(self.descriptor, self.table, self.table.density, default_taxonomy())

    def unsure(self, row: int) -> tuple[bool, bool, bool, bool]:
        """Which scores of candidate ``row`` are guesses, in the order of DIMENSIONS."""
        return tuple(self.certainty.unsure[row].tolist())

    def band(self, row: int, overall: float) -> Band:
        """The band of candidate ``row`` under an overall score."""
        return BANDS[int(self.bands(np.array([overall]), slice(row, row + 1))[0])]

    def bands(self, overall: np.ndarray, rows: slice = slice(None)) -> np.ndarray:
        """The bands of some candidates (all of them) under their overall scores.

        While colours are still being compared, one that is missing is held against nobody.

        Args:
            overall: (m,), of those rows.
            rows: which candidates.

        Returns:
            int (m,), places in BANDS.
        """
        sure, scores = self.certainty, self.scores[rows]
        if not self.complete:
            scores = scores.copy()
            scores[:, DIMENSIONS.index("color")] = 0.0
        return match_bands(overall, scores, Certainty(sure.unsure[rows], sure.same_texture[rows]))

    def alike(self, weights: Weights, rows: slice = slice(None)) -> np.ndarray:
        """How alike the codes of some candidates are, (m,) in [0, 1], on the scale of the bars."""
        return stretched(weighted_code(self.code_similarity[rows], weights), self.blend)

    def overall(self, weights: Weights) -> np.ndarray:
        """Ranking score, float64 (n,) in [0, 1]: four dimensions blended with the code.

        Rounded to SCORE_DECIMALS, so that the order is total in the very numbers shown.
        """
        share = code_weight(self.blend, weights)
        four = overall_similarity(self.scores, weights, self.medians)
        return np.round((1 - share) * four + share * self.alike(weights), SCORE_DECIMALS)

    def order(self, preference: Preference) -> tuple[np.ndarray, np.ndarray]:
        """Candidate rows best first, int (m,), and every candidate's overall score, (n,).

        Locked dimensions and the floor leave candidates out. The order is total: score, then
        Hamming distance, then id. Ordered by one dimension, what is n/a there comes last.
        """
        overall = self.overall(preference.effective_weights)
        keep = overall >= preference.floor
        for name in preference.locked - preference.free:
            dimension = DIMENSIONS.index(name)
            floor = LOCK_FLOORS[name] * self.attainable[dimension]
            keep &= np.nan_to_num(self.scores[:, dimension], nan=-1.0) >= floor
        rows = np.flatnonzero(keep)
        ties = self._tie_break[rows]
        if preference.order == "hamming":
            return rows[np.argsort(ties)], overall
        score = overall[rows]
        if preference.order != "overall":
            column = self.scores[rows, DIMENSIONS.index(preference.order)]
            score = np.nan_to_num(column.astype(np.float64), nan=-1.0)
        steps = 10**SCORE_DECIMALS
        loss = np.rint((1.0 - score) * steps).astype(np.int64)  # 0 .. 2 million
        span = int(ties.max(initial=0)) + 1
        if span < 2**62 // (2 * steps):  # both fit into one int64: one quick sort, no equal keys
            return rows[np.argsort(loss * span + ties)], overall
        return rows[np.lexsort((ties, loss))], overall

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
