"""The search: exact distances to every code, then the four dimensions, filters applied inside.

All four dimensions are worked out over the whole library while that is quick enough (it is, far
beyond a designer's archive); in a larger one over candidates: the nearest codes with every tie
kept, and beside them the best of each dimension, so that no preference is left without them.
"""

import time
from collections.abc import Generator, Iterator, Sequence

import numpy as np

from fabricfinder.domain.certainty import Certainty, certainty
from fabricfinder.domain.descriptor import (
    TABLE_COLUMNS,
    DescriptorTable,
    FabricDescriptor,
)
from fabricfinder.domain.encoder import Blend, CodeLayout
from fabricfinder.domain.errors import QueryError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import SCORE_DECIMALS, Query, SearchResult
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    Weights,
    coarse_similarity,
    fine_similarity,
    knit_against_woven,
    overall_similarity,
    sett_similarity,
    tightness_similarity,
    tightness_with_sett,
)
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.retrieval.columns import TableColumns, columns_of, swatch_columns_of
from fabricfinder.retrieval.hamming import (
    asymmetric_similarity,
    hamming_distances,
    nearest_with_ties,
    sub_code_similarities,
)
from fabricfinder.retrieval.palette_transport import (
    MEASURES,
    PAIRS_PER_STEP,
    PalettePoints,
    palette_points,
    similarity_steps,
)

# 2 µs a pair of palettes: 200,000 swatches are scored in about half a second.
EXHAUSTIVE_UP_TO = 200_000
CANDIDATES_AT_LEAST = 5_000
CANDIDATES_SHARE = 0.05
MEDIAN_SAMPLE = 4_000
EARLY_RESULT_FROM = 20_000
ROWS_PER_STEP = 8_192
_COLOR = DIMENSIONS.index("color")
_NO_COLOR = Weights(1, 1, 0, 1)

Steps = Generator[Progress, None, SearchResult]


def search(
    descriptor: FabricDescriptor,
    swatches: Sequence[Swatch],
    table: DescriptorTable,
    query: Query,
    mask: np.ndarray | None = None,
    blend: Blend = (0.0, 0.0),
    taxonomy: Taxonomy | None = None,
    *,
    measure: str = "emd_hsv",
    layout: CodeLayout = (),
    exhaustive_up_to: int = EXHAUSTIVE_UP_TO,
) -> Steps:
    """Score a library against one cloth; no step takes long.

    In a library above EARLY_RESULT_FROM one Progress carries an early SearchResult
    (``complete`` is False): its colour is scored for the best of the other dimensions only.

    Args:
        descriptor: what was seen in the query.
        swatches: n swatches, in the table's order; threads their fields state win over counts.
        table: their descriptors, by one encoder.
        query: kept with the result; ``exclude_self`` leaves its ``swatch_id`` out.
        mask: bool (n,), which swatches to search at all; None = all.
        blend: the encoder's code weights.
        taxonomy: the vocabularies of the beliefs; None = the program's own.
        layout: the encoder's sub-codes; with them the code counts as the weights do.
        measure: how colours are compared, see ``palette_transport.MEASURES``.
        exhaustive_up_to: searched swatches above which only candidates are scored.

    Returns:
        the result, its candidates in the library's order (see ``SearchResult.order``).

    Raises:
        QueryError: library and query were coded by different encoders.
        ValueError: no such colour measure, or swatches and table do not match.
    """
    began = time.perf_counter()
    if measure not in MEASURES:
        raise ValueError(f"{measure!r} is no colour similarity; known are {', '.join(MEASURES)}")
    if len(swatches) != len(table):
        raise ValueError(f"{len(swatches)} swatches for {len(table)} descriptors")
    _refuse_foreign_codes(descriptor, table)
    searched = _searched_rows(query, table, mask)
    yield Progress("Searching", 0, len(searched))
    threads = _serving(descriptor, swatches, table)
    names = taxonomy or default_taxonomy()
    scan = _Scan(descriptor, table, searched, names, measure, layout, threads)
    yield from scan.score_texture()
    rows = scan.candidates(exhaustive_up_to)
    chosen = yield from _taken(table, rows)
    kept = tuple(swatches) if len(rows) == len(table) else tuple(swatches[r] for r in rows.tolist())
    for done in scan.score_color(rows):
        early = None
        if done == PAIRS_PER_STEP and len(rows) > EARLY_RESULT_FROM:
            early = scan.result(query, kept, chosen, rows, blend, began, complete=False)
        yield Progress("Searching", done, len(rows), partial=early)
    return scan.result(query, kept, chosen, rows, blend, began)


def _serving(
    descriptor: FabricDescriptor, swatches: Sequence[Swatch], table: DescriptorTable
) -> np.ndarray:
    """The threads each swatch is compared by, (n, 5); as counted where the query's are not known."""
    if not descriptor.density.known:
        return table.density
    return swatch_columns_of(swatches, table).serving(table.density)


def _refuse_foreign_codes(descriptor: FabricDescriptor, table: DescriptorTable) -> None:
    """Codes of different encoders mean different things and are never compared."""
    n_bits = 8 * table.codes.shape[1] if len(table) else descriptor.encoding.code.n_bits
    if len(table) and (
        descriptor.encoder != table.encoder or descriptor.encoding.code.n_bits != n_bits
    ):
        raise QueryError(
            "This swatch and the library were looked at by different models, so they cannot be "
            "compared: let the library be looked at again first."
        )


def _searched_rows(
    query: Query, table: DescriptorTable, mask: np.ndarray | None
) -> np.ndarray:
    """Rows that meet the conditions, int64 (m,)."""
    keep = np.ones(len(table), bool) if mask is None else np.array(mask, bool)
    if len(keep) != len(table):
        raise ValueError(f"a mask of {len(keep)} for {len(table)} descriptors")
    if query.exclude_self and query.swatch_id in table.ids:
        keep[table.ids.index(query.swatch_id)] = False
    return np.flatnonzero(keep)


class _Scan:
    """The columns of one search while they fill; arrays have a row for every swatch of the table.

    Attributes:
        threads: float32 (n, 5), those each swatch is compared by.
        hamming: int32 (n,); code: float32 (n,), or (n, 4) by sub-code; scores: float32 (n, 4),
            nan where not (yet) judged or not searched; unsure, same_texture: as ``Certainty``.
    """

    def __init__(
        self, descriptor: FabricDescriptor, table: DescriptorTable, searched: np.ndarray,
        taxonomy: Taxonomy, measure: str, layout: CodeLayout, threads: np.ndarray,
    ) -> None:  # fmt: skip
        self.descriptor = descriptor
        self.threads = threads
        self.table = table
        self.searched = searched
        self.taxonomy = taxonomy
        self.columns: TableColumns = columns_of(table)
        self.measure = measure
        self.hamming = np.zeros(len(table), np.int32)
        self.layout = layout
        shape = (len(table), len(layout)) if layout else (len(table),)
        self.code = np.zeros(shape, np.float32)
        self.scores = np.full((len(table), len(DIMENSIONS)), np.nan, np.float32)
        self.unsure = np.zeros(self.scores.shape, bool)
        self.same_texture = np.zeros(len(table), bool)
        self._color_sample = searched
        self._medians: dict[str, np.ndarray] = {}

    def score_texture(self) -> Iterator[Progress]:
        """Distances of the codes and the three dimensions that need no solver."""
        n = len(self.searched)
        for start in range(0, n, ROWS_PER_STEP):
            self._score_texture(self.searched[start : start + ROWS_PER_STEP])
            yield Progress("Searching", 0, n)
        self._score_sett()
        yield Progress("Searching", 0, n)
        for _ in self.columns.point_steps(self.measure):
            yield Progress("Searching", 0, n)
        yield Progress("Searching", 0, n)
        _ = self.columns.id_rank  # a sort of all ids, once a table
        yield Progress("Searching", 0, n)

    def _score_texture(self, rows: np.ndarray) -> None:
        seen, table = self.descriptor.encoding, self.table
        codes, fine = table.codes[rows], table.fine[rows]
        self.hamming[rows] = hamming_distances(seen.code.packed, codes)
        if self.layout:
            self.code[rows] = sub_code_similarities(seen.relaxed, codes, self.layout)
        else:
            self.code[rows] = asymmetric_similarity(seen.relaxed, codes)
        same_kind = 1 - knit_against_woven(seen.fine, fine, self.taxonomy)
        tightness = tightness_similarity(np.array(seen.tightness), table.tightness[rows])
        for column, values in (
            (0, coarse_similarity(seen.coarse, table.coarse[rows], self.taxonomy)),
            (1, fine_similarity(seen.fine, fine)),
            (3, tightness * same_kind),
        ):
            self.scores[rows, column] = np.round(values, SCORE_DECIMALS)
        sure = certainty(self.descriptor, table, self.threads, self.taxonomy, rows)
        self.unsure[rows], self.same_texture[rows] = sure.unsure, sure.same_texture

    def _score_sett(self) -> None:
        """Let the threads speak in the tightness dimension, where those of the query are known."""
        seen, rows = self.descriptor, self.searched
        if not seen.density.known or not len(rows):
            return
        fine = self.table.fine[rows]
        same_kind = 1 - knit_against_woven(seen.encoding.fine, fine, self.taxonomy)
        sett = sett_similarity(seen.density.to_array(), self.threads[rows]) * same_kind
        cover = self.scores[rows, 3]
        medians = (_median(cover), _median(sett))
        self.scores[rows, 3] = np.round(tightness_with_sett(cover, sett, *medians), SCORE_DECIMALS)

    def attainable(self) -> tuple[float, float, float, float]:
        """The best score of each dimension that a surely labelled cloth could have."""
        seen = self.descriptor.encoding
        sure = np.eye(len(seen.coarse), dtype=np.float32)
        coarse = np.nan_to_num(coarse_similarity(seen.coarse, sure, self.taxonomy), nan=1.0)
        fine = float(np.nan_to_num(seen.fine, nan=1.0).max())
        certain = np.array([[seen.tightness[0], 0.0]])
        tight = tightness_similarity(np.array(seen.tightness), certain)
        cover = np.nan_to_num(tight, nan=1.0)
        if self.descriptor.density.known:
            cover = tightness_with_sett(cover, np.ones(1), 1.0, 1.0)
        return float(coarse.max()), fine, 1.0, float(cover[0])

    def candidates(self, exhaustive_up_to: int) -> np.ndarray:
        """Rows whose four dimensions are worked out, int64, in the library's order."""
        n = len(self.searched)
        if n <= exhaustive_up_to:
            return self.searched
        k = max(CANDIDATES_AT_LEAST, int(CANDIDATES_SHARE * n))
        near = [nearest_with_ties(self.hamming[self.searched], k)]
        for loss in self._losses():
            near.append(np.argpartition(loss, min(k // 4, n - 1))[: k // 4])
        # Colour's median is that of an even sample of all that was searched.
        self._color_sample = self.searched[:: max(1, n // MEDIAN_SAMPLE)]
        return self.searched[np.unique(np.concatenate(near))]

    def _losses(self) -> Iterator[np.ndarray]:
        """How far each searched swatch is by each cheap view of it; distance breaks the ties."""
        rows = self.searched
        tie = self.hamming[rows] / (16.0 * self.table.codes.shape[1])  # ½ at most
        steps = 10.0**SCORE_DECIMALS
        for column in (0, 1, 3):
            yield -np.nan_to_num(self.scores[rows, column], nan=-1.0) * steps + tie
        yield -overall_similarity(self.scores[rows], _NO_COLOR, self.medians()) * steps + tie
        own = self._own_points()
        points = self.columns.points(self.measure)
        gap = np.linalg.norm(points.means[rows] - own.means[0], axis=1)
        yield np.where(points.n_colors[rows] > 0, gap, np.inf)

    def score_color(self, rows: np.ndarray) -> Iterator[int]:
        """Score the colour of some rows, the best of the others first; yields rows done so far.

        With only candidates to score, a sample of all that was searched is scored beside them.
        """
        others = overall_similarity(self.scores[rows], _NO_COLOR, self.medians())
        order = rows[np.argsort(-others, kind="stable")]
        sampled = self._color_sample[~np.isin(self._color_sample, rows)]
        best_first = np.concatenate([order[:PAIRS_PER_STEP], sampled, order[PAIRS_PER_STEP:]])
        points = self.columns.points(self.measure)
        done = 0
        for part, values in similarity_steps(self._own_points(), points, best_first):
            self.scores[part, _COLOR] = np.round(values, SCORE_DECIMALS)
            self._medians.pop("color", None)
            done += len(part)
            yield min(done, len(rows))

    def result(
        self, query: Query, swatches: tuple[Swatch, ...], chosen: DescriptorTable,
        rows: np.ndarray, blend: Blend, began: float, *, complete: bool = True,
    ) -> SearchResult:  # fmt: skip
        """What is known by now of some rows, copied; ``chosen`` is their table."""
        return SearchResult(
            query, self.descriptor, swatches, chosen, self.hamming[rows], self.code[rows],
            self.scores[rows], self.medians(), blend, len(self.searched), len(self.table),
            time.perf_counter() - began, sure=Certainty(self.unsure[rows], self.same_texture[rows]),
            id_rank=self.columns.id_rank[rows], complete=complete, attainable=self.attainable(),
        )  # fmt: skip

    def medians(self) -> np.ndarray:
        """Median of each dimension over the searched swatches, float64 (4,); nan = none judged."""
        result = np.full(len(DIMENSIONS), np.nan)
        for column, name in enumerate(DIMENSIONS):
            if name not in self._medians:
                rows = self._color_sample if name == "color" else self.searched
                self._medians[name] = np.float64(_median(self.scores[rows, column]))
            result[column] = self._medians[name]
        return result

    def _own_points(self) -> PalettePoints:
        return palette_points(self.descriptor.palette.to_array()[None], self.measure)


def _median(values: np.ndarray) -> float:
    """Median of what could be judged, nan where nothing was."""
    judged = values[~np.isnan(values)]
    return float(np.median(judged)) if len(judged) else float("nan")


def _taken(
    table: DescriptorTable, rows: np.ndarray
) -> Generator[Progress, None, DescriptorTable]:
    """The table of some rows; the table itself when that is all of them."""
    if len(rows) == len(table):
        return table
    columns = []
    for name in TABLE_COLUMNS:
        columns.append(getattr(table, name)[rows])
        yield Progress("Searching")
    return DescriptorTable(table.encoder, tuple(table.ids[r] for r in rows.tolist()), *columns)
