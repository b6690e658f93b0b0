"""Colour similarity of palettes by exact optimal transport, and the paper's variants beside it.

The earth mover's distance asks how far the colours of one cloth must be moved to become those of
the other. Ground distances are Euclidean in the HSV cone (DVSH §3.1, its eq. (2)-(4) mended) or
CIEDE2000 capped at 50. ``cv2.EMD`` solves each pair, to within 5e-6 of the optimum; two cases need
no solver: palettes of one colour, and palettes whose means already lie so far apart that nothing
is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.domain.color import delta_e_2000, hsv_to_rgb, srgb_to_lab
from fabricfinder.domain.palette import cone_coordinates
from fabricfinder.domain.similarity import palette_distance_literal, palette_similarity_corrected

MEASURES = ("emd_hsv", "emd_hsv_wide", "emd_lab", "paper_corrected")
LITERAL = "paper_literal"  # a distance, for audit only: never ranked by
LAB_CAP = 50.0
PAIRS_PER_STEP = 1024  # about 3 ms of palettes of five colours, 8 ms of ten

# Earth mover's distance at which nothing is left of the similarity.
_REACH = {"emd_hsv": 1.0, "emd_hsv_wide": 2.0, "emd_lab": LAB_CAP}


@dataclass(frozen=True, slots=True, eq=False)
class PalettePoints:
    """n palettes as masses at points of a colour space.

    Attributes:
        measure: one of MEASURES.
        palettes: float32 (n, 10, 5), as given.
        axes: float32 (3, n, 10), the coordinates; 0 where the share is 0.
        shares: float32 (n, 10), each row sums to 1, or to 0 when there is no colour.
        means: float32 (n, 3), the share-weighted mean of the coordinates.
        n_colors: int (n,), rows up to the last one with a share.
    """

    measure: str
    palettes: np.ndarray
    axes: np.ndarray
    shares: np.ndarray
    means: np.ndarray
    n_colors: np.ndarray

    def __len__(self) -> int:
        return len(self.palettes)


def palette_points(palettes: np.ndarray, measure: str = "emd_hsv") -> PalettePoints:
    """Prepare palettes for comparison, once for a library.

    Args:
        palettes: (n, 10, 5) rows as ``Palette.to_array``; any number of rows will do.
        measure: one of MEASURES.

    Raises:
        ValueError: no such measure.
    """
    if measure not in MEASURES:
        raise ValueError(f"{measure!r} is no colour similarity; known are {', '.join(MEASURES)}")
    palettes = np.asarray(palettes, np.float32)
    shares = np.maximum(palettes[..., 4], 0)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    used = shares > 0
    axes = np.zeros((3, *shares.shape), np.float32)
    if measure == "emd_lab":
        axes[:, used] = srgb_to_lab(hsv_to_rgb(palettes[used][:, 1:4]) * 255.0).T
    else:
        axes[:, used] = cone_coordinates(palettes[used]).T
    means = np.einsum("ank,nk->na", axes, shares)
    last = shares.shape[1] - np.argmax(used[:, ::-1], axis=1)
    n_colors = np.where(used.any(axis=1), last, 0)
    return PalettePoints(measure, palettes, axes, shares, means, n_colors)


def join_points(parts: list[PalettePoints]) -> PalettePoints:
    """Put parts of one library, prepared one after the other, together again."""
    if len(parts) == 1:
        return parts[0]
    return PalettePoints(
        parts[0].measure, np.concatenate([p.palettes for p in parts]),
        np.concatenate([p.axes for p in parts], axis=1),
        np.concatenate([p.shares for p in parts]), np.concatenate([p.means for p in parts]),
        np.concatenate([p.n_colors for p in parts]),
    )  # fmt: skip


def pair_similarity(
    a: PalettePoints, rows_a: np.ndarray, b: PalettePoints, rows_b: np.ndarray
) -> np.ndarray:
    """Similarity of palette ``rows_a[i]`` of ``a`` with ``rows_b[i]`` of ``b``.

    Returns:
        float32 (m,) in [0, 1]; nan where a palette has no colour. S = max(0, 1 − EMD / reach),
        reach 1 for emd_hsv, 2 for emd_hsv_wide, 50 (ΔE00) for emd_lab.
    """
    similarity = np.full(len(rows_a), np.nan, np.float32)
    known = (a.n_colors[rows_a] > 0) & (b.n_colors[rows_b] > 0)
    reach = _REACH[a.measure]
    if a.measure != "emd_lab":  # ΔE00 is no norm, so means tell nothing about it
        # EMD ≥ distance of the means: beyond the reach the answer is 0 without asking.
        gap = np.linalg.norm(a.means[rows_a] - b.means[rows_b], axis=1)
        near = gap < reach + 1e-5
        similarity[known & ~near] = 0.0
        known &= near
    single = known & ((a.n_colors[rows_a] == 1) | (b.n_colors[rows_b] == 1))
    for chosen, solve in ((single, _only_plan), (known & ~single, _best_plan)):
        where = np.flatnonzero(chosen)
        if len(where):
            cost, mass_a, mass_b = _transport(a, rows_a[where], b, rows_b[where])
            similarity[where] = np.maximum(0.0, 1.0 - solve(cost, mass_a, mass_b) / reach)
    return similarity


def _transport(
    a: PalettePoints, rows_a: np.ndarray, b: PalettePoints, rows_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs (m, ka, kb) and masses (m, ka), (m, kb) of m pairs; unused colours have mass 0."""
    ka, kb = int(a.n_colors[rows_a].max()), int(b.n_colors[rows_b].max())
    mass_a, mass_b = a.shares[rows_a, :ka], b.shares[rows_b, :kb]
    from_, to = a.axes[:, rows_a, :ka, None], b.axes[:, rows_b, None, :kb]
    if a.measure == "emd_lab":
        used = (mass_a[:, :, None] > 0) & (mass_b[:, None, :] > 0)
        lab_a, lab_b = (np.broadcast_to(x, (3, *used.shape))[:, used].T for x in (from_, to))
        cost = np.zeros(used.shape, np.float32)
        cost[used] = np.minimum(delta_e_2000(lab_a, lab_b), LAB_CAP)
        return cost, mass_a, mass_b
    cost = np.square(from_[0] - to[0])
    cost += np.square(from_[1] - to[1])
    cost += np.square(from_[2] - to[2])
    return np.sqrt(cost, out=cost), mass_a, mass_b


def _only_plan(cost: np.ndarray, mass_a: np.ndarray, mass_b: np.ndarray) -> np.ndarray:
    """EMD where one side is a single colour: everything goes there, so (m,) Σ p·q·d is exact."""
    return np.einsum("mij,mi,mj->m", cost, mass_a, mass_b)


def _best_plan(cost: np.ndarray, mass_a: np.ndarray, mass_b: np.ndarray) -> np.ndarray:
    """EMD of each pair by the transport simplex; colours of mass 0 are skipped by it."""
    solve, user = cv2.EMD, cv2.DIST_USER
    signatures = (np.ascontiguousarray(mass)[:, :, None] for mass in (mass_a, mass_b))
    return np.array([solve(p, q, user, c)[0] for p, q, c in zip(*signatures, cost, strict=True)])


def similarity_steps(
    query: PalettePoints, library: PalettePoints, rows: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Compare one palette with many, a few milliseconds at a time.

    Args:
        query: one palette.
        library: n palettes, prepared for the same measure.
        rows: which of them, int (m,).

    Yields:
        (some of the rows, their float32 similarities), until all are done.
    """
    for start in range(0, len(rows), PAIRS_PER_STEP):
        part = rows[start : start + PAIRS_PER_STEP]
        if query.measure == "paper_corrected":
            scores = palette_similarity_corrected(query.palettes[0], library.palettes[part])
            empty = (library.n_colors[part] == 0) | (query.n_colors[0] == 0)
            yield part, np.where(empty, np.float32(np.nan), scores)
        else:
            yield part, pair_similarity(query, np.zeros(len(part), int), library, part)


def palette_similarity(
    query: np.ndarray, palettes: np.ndarray, measure: str = "emd_hsv"
) -> np.ndarray:
    """Colour similarity of one palette to n others.

    Args:
        query: (10, 5) as ``Palette.to_array``; any number of rows will do.
        palettes: (n, 10, 5).
        measure: one of MEASURES, or "paper_literal": DVSH eq. (2)-(4) as printed, which is an
            unbounded *distance* (two identical solids give 0) and kept for audit only.

    Returns:
        float32 (n,): in [0, 1] for MEASURES; nan where a palette has no colour.

    Raises:
        ValueError: no such measure.
    """
    query, palettes = np.asarray(query, np.float32), np.asarray(palettes, np.float32)
    if measure == LITERAL:
        steps = [palettes[i : i + PAIRS_PER_STEP] for i in range(0, len(palettes), PAIRS_PER_STEP)]
        parts = [palette_distance_literal(query, part) for part in steps]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)
    library = palette_points(palettes, measure)
    result = np.full(len(palettes), np.nan, np.float32)
    for rows, scores in similarity_steps(
        palette_points(query[None], measure), library, np.arange(len(palettes))
    ):
        result[rows] = scores
    return result


def transport_plan(query: np.ndarray, candidate: np.ndarray) -> np.ndarray:
    """Which colour of one palette becomes which of the other, and how much of the cloth it is.

    Args:
        query, candidate: (k, 5) and (m, 5) palette rows, each with at least one share above 0.

    Returns:
        float32 (k, m), the optimal plan in the HSV cone: rows sum to the query's shares, columns
        to the candidate's.
    """
    a, b = (palette_points(np.asarray(p, np.float32)[None]) for p in (query, candidate))
    cost, mass_a, mass_b = _transport(a, np.zeros(1, int), b, np.zeros(1, int))
    flow = cv2.EMD(mass_a.T.copy(), mass_b.T.copy(), cv2.DIST_USER, cost[0])[2]
    plan = np.zeros((len(query), len(candidate)), np.float32)
    plan[: flow.shape[0], : flow.shape[1]] = flow
    return plan
