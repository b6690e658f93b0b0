"""Codes judged by class labels as the hashing papers do, and again with ties counted fairly.

A ranking by Hamming distance is full of ties, and a plain sort breaks them by whatever order the
database is in. Here every tied order counts alike (McSherry and Najork 2008), from counts by
distance alone, so that 10,000 queries among 50,000 pictures take seconds; the sorted figure stands
beside it.
"""

from typing import NamedTuple

import numpy as np

from fabricfinder.evaluation.batched import row_blocks
from fabricfinder.evaluation.classic_codes import hamming_matrix


class LabelRanking(NamedTuple):
    """How well codes find their class.

    Attributes:
        tie_aware: MAP over the whole ranking, expected over all tied orders.
        sorted: MAP by one plain sort of the shuffled database, as the papers compute it.
        at_depth: expected precision among the first ``depth``.
        within: mean precision within the radius, 0 where nobody lies there; empty: share of those.
        precision, recall: float (L + 1,), micro, within each radius; nan where nobody lies.
    """

    tie_aware: float
    sorted: float
    at_depth: float
    within: float
    empty: float
    precision: np.ndarray
    recall: np.ndarray


def expected_ap(counts: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """Average precision expected over all orders of ties, from counts by distance.

    Σ_t (r/n) Σ_{i=1..n} (R + 1 + (i − 1)(r − 1)/(n − 1)) / (N + i), over the number of relevant
    items, with N items and R relevant ones nearer than the n, r at distance t. The inner sums are
    differences of harmonic numbers.

    Args:
        counts, hits: int (q, m), all and relevant items at each distance, nearest first.

    Returns:
        float (q,), nan for a query with nothing relevant.
    """
    total = int(counts.sum(1).max(initial=0))
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, total + 1))])
    nearer, before = np.cumsum(counts, 1) - counts, np.cumsum(hits, 1) - hits
    first = harmonic[nearer + counts] - harmonic[nearer]
    second = counts - (nearer + 1) * first
    share = hits / np.maximum(counts, 1)
    pairs = (hits - 1) / np.maximum(counts - 1, 1) * (counts > 1)
    found = (share * ((before + 1) * first + pairs * second)).sum(1)
    relevant = hits.sum(1)
    return np.where(relevant > 0, found / np.maximum(relevant, 1), np.nan)


def sorted_ap(distances: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Average precision of a stable sort: (q, n), bool (q, n) -> (q,); nan without a relevant."""
    order = np.argsort(distances, axis=1, kind="stable")
    hit = np.take_along_axis(relevant, order, 1)
    precision = np.cumsum(hit, 1) / np.arange(1, hit.shape[1] + 1)
    n = hit.sum(1)
    return np.where(n > 0, (precision * hit).sum(1) / np.maximum(n, 1), np.nan)


def expected_hits(counts: np.ndarray, hits: np.ndarray, depth: int) -> np.ndarray:
    """Relevant items expected among the first ``depth``: (q, m), (q, m) -> (q,)."""
    nearer = np.cumsum(counts, 1) - counts
    taken = np.clip(depth - nearer, 0, counts)
    return (hits * taken / np.maximum(counts, 1)).sum(1)


def rank_by_label(
    queries: np.ndarray, gallery: np.ndarray, asked: np.ndarray, lying: np.ndarray,
    *, depth: int = 1000, radius: int = 2, seed: int = 0,
) -> LabelRanking:  # fmt: skip
    """Judge packed codes by whose label is the query's.

    Args:
        queries, gallery: uint8 (q, n_bits/8), (n, n_bits/8).
        asked, lying: int (q,), (n,), their labels.
        depth: of the precision among the first.
        radius: of P@H≤radius.
        seed: of the order the plain sort finds the database in.
    """
    shuffle = np.random.default_rng(seed).permutation(len(gallery))
    gallery, lying = gallery[shuffle], lying[shuffle]
    n_radii = 8 * gallery.shape[1] + 1
    all_counts = np.zeros((len(queries), n_radii), np.int64)
    all_hits, plain = np.zeros_like(all_counts), np.zeros(len(queries))
    for rows in row_blocks(len(queries), len(gallery)):
        distances = hamming_matrix(queries[rows], gallery)
        relevant = asked[rows, None] == lying[None]
        places = np.arange(len(distances))[:, None] * n_radii + distances
        size = len(distances) * n_radii
        all_counts[rows] = np.bincount(places.ravel(), minlength=size).reshape(-1, n_radii)
        all_hits[rows] = np.bincount(places[relevant], minlength=size).reshape(-1, n_radii)
        plain[rows] = sorted_ap(distances, relevant)
    ball, found = all_counts[:, : radius + 1].sum(1), all_hits[:, : radius + 1].sum(1)
    depth = min(depth, len(gallery))
    lies, right = all_counts.sum(0).cumsum(), all_hits.sum(0).cumsum()
    with np.errstate(invalid="ignore"):
        precision = right / lies
    return LabelRanking(
        float(np.nanmean(expected_ap(all_counts, all_hits))),
        float(np.nanmean(plain)),
        float(expected_hits(all_counts, all_hits, depth).mean() / depth),
        float((found / np.maximum(ball, 1)).mean()),
        float((ball == 0).mean()),
        precision,
        right / max(1, right[-1]),
    )
