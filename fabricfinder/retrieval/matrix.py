"""Similarities of every fabric with every other: training targets and evaluation."""

from collections.abc import Collection, Iterator

import numpy as np

from fabricfinder.domain.similarity import (
    DIMENSIONS,
    Weights,
    coarse_similarity,
    fine_similarity,
    knit_against_woven,
    overall_similarity,
    tightness_similarity,
)
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.palette_transport import (
    PAIRS_PER_STEP,
    PalettePoints,
    pair_similarity,
    palette_points,
    palette_similarity,
)

_BLOCK = 1 << 22  # floats in the largest intermediate array


def palette_matrix(
    palettes: np.ndarray, others: np.ndarray | None = None, measure: str = "emd_hsv"
) -> np.ndarray:
    """Colour similarity of n palettes with m others, or with each other.

    With each other only one half is solved, and the matrix is exactly symmetric.

    Args:
        palettes: (n, 10, 5) as ``Palette.to_array``.
        others: (m, 10, 5), or None for ``palettes`` again.
        measure: one of ``palette_transport.MEASURES``.

    Returns:
        float32 (n, m) in [0, 1]; nan where a palette has no colour.
    """
    if measure == "paper_corrected":
        other = palettes if others is None else others
        rows = [palette_similarity(palette, other, measure) for palette in palettes]
        matrix = np.stack(rows) if rows else np.zeros((0, len(other)), np.float32)
        return (matrix + matrix.T) / 2 if others is None else matrix
    a = palette_points(palettes, measure)
    b = a if others is None else palette_points(others, measure)
    matrix = np.empty((len(a), len(b)), np.float32)
    for rows_a, rows_b in _pairs(a, b):
        matrix[rows_a, rows_b] = pair_similarity(a, rows_a, b, rows_b)
        if others is None:
            matrix[rows_b, rows_a] = matrix[rows_a, rows_b]
    return matrix


def _pairs(a: PalettePoints, b: PalettePoints) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Every pair of rows in blocks, or those on and over the diagonal when a is b."""
    step = max(1, PAIRS_PER_STEP // max(1, len(b)))
    for start in range(0, len(a), step):
        rows_a = np.arange(start, min(start + step, len(a)))
        grid = np.meshgrid(rows_a, np.arange(start if a is b else 0, len(b)), indexing="ij")
        rows_a, rows_b = (axis.ravel() for axis in grid)
        if a is b:
            above = rows_b >= rows_a
            rows_a, rows_b = rows_a[above], rows_b[above]
        for part in range(0, len(rows_a), PAIRS_PER_STEP):
            yield rows_a[part : part + PAIRS_PER_STEP], rows_b[part : part + PAIRS_PER_STEP]


def similarity_matrix(
    coarse: np.ndarray,
    fine: np.ndarray,
    tightness: np.ndarray,
    palettes: np.ndarray | None,
    taxonomy: Taxonomy,
    *,
    dimensions: Collection[str] = DIMENSIONS,
    weights: Weights | None = None,
    color: np.ndarray | None = None,
    measure: str = "emd_hsv",
) -> np.ndarray:
    """Overall similarity S of DVSH eq. (6) of every fabric with every other.

    Args:
        coarse: (n, n_coarse), one-hot labels or beliefs; nan rows = unknown.
        fine: (n, n_fine).
        tightness: (n,) certain values in percent, or (n, 2) means and standard deviations.
        palettes: (n, 10, 5), or None when ``color`` is given or colour does not count.
        taxonomy: the vocabularies of the beliefs.
        dimensions: which of DIMENSIONS count.
        weights: how much each of them counts; None = equally.
        color: (n, n) from ``palette_matrix``, to spare solving it again for every batch.
        measure: used when ``color`` is None.

    Returns:
        float32 (n, n) in [0, 1]. What cannot be judged takes its row's median, so that the
        matrix is symmetric only where everything is known.

    Raises:
        ValueError: no such dimension, nothing counts, or colour counts and is not given.
    """
    unknown = set(dimensions) - set(DIMENSIONS)
    if unknown:
        raise ValueError(f"no such dimension: {', '.join(sorted(unknown))}")
    given = (weights or Weights()).as_tuple()
    counted = Weights(
        *(w if d in dimensions else 0.0 for d, w in zip(DIMENSIONS, given, strict=True))
    )
    if "color" not in dimensions:
        color = np.zeros((len(coarse), len(coarse)), np.float32)
    elif color is None:
        if palettes is None:
            raise ValueError("colour counts, but there are neither palettes nor their matrix")
        color = palette_matrix(palettes, measure=measure)
    if tightness.ndim == 1:
        tightness = np.stack([tightness, np.zeros_like(tightness)], axis=1)
    result = np.empty((len(coarse), len(coarse)), np.float32)
    step = max(1, _BLOCK // max(1, coarse.size))
    for start in range(0, len(coarse), step):
        part = slice(start, start + step)
        texture = _texture_scores(part, coarse, fine, tightness, taxonomy)
        scores = np.stack([*texture[:2], color[part], texture[2]], axis=-1)  # (rows, n, 4)
        result[part] = overall_similarity(scores, counted, _row_medians(scores))
    return result


def _texture_scores(
    part: slice, coarse: np.ndarray, fine: np.ndarray, tightness: np.ndarray, taxonomy: Taxonomy
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coarse, fine and tightness similarity of some rows with all, each (rows, n)."""
    same_kind = 1 - knit_against_woven(fine[part, None], fine, taxonomy)
    return (
        coarse_similarity(coarse[part, None], coarse, taxonomy),
        fine_similarity(fine[part, None], fine),
        tightness_similarity(tightness[part, None], tightness) * same_kind,
    )


def _row_medians(scores: np.ndarray) -> np.ndarray:
    """Median of each dimension in each row, (rows, 1, 4); nan where none could be judged."""
    medians = np.full((len(scores), 1, scores.shape[2]), np.nan)
    for row, column in zip(*np.nonzero(np.isnan(scores).any(axis=1)), strict=True):
        judged = scores[row, :, column]
        judged = judged[~np.isnan(judged)]
        medians[row, 0, column] = np.median(judged) if len(judged) else np.nan
    return medians
