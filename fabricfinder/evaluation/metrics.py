"""Ranking metrics of one query, exact under ties.

Hamming distances tie often, and a metric that lets the sort decide who of the tied comes first
measures the order of the files. Every function here gives the *expected* value over all orders of
the tied items, so shuffling the gallery changes nothing.

Conventions: ``scores`` are float (n,), larger is nearer (pass minus a distance); -inf is allowed
and lies last, nan raises ValueError. ``relevant`` is bool (n,). A query without a relevant item
gives nan, which ``mean_of`` leaves out and counts. The value expected of a random ranking is the
same function on all-tied scores: ``floor_of``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Gain = Literal["exp", "linear"]


@dataclass(frozen=True, slots=True, eq=False)
class TieBuckets:
    """One ranking as runs of equal scores, nearest first.

    Attributes:
        sizes: int64 (t,), how many items tie.
        sums: float64 (t,), their summed relevance or gain.
    """

    sizes: np.ndarray
    sums: np.ndarray

    @property
    def before(self) -> np.ndarray:
        """How many items lie ahead of each bucket, int64 (t,)."""
        return np.cumsum(self.sizes) - self.sizes

    def per_rank(self, of_bucket: np.ndarray) -> np.ndarray:
        """Repeat a value of each bucket (t,) for every rank it covers, (n,)."""
        return np.repeat(of_bucket, self.sizes)


def tie_buckets(scores: np.ndarray, values: np.ndarray) -> TieBuckets:
    """Group ``values`` (n,) by equal ``scores`` (n,), largest score first.

    Within a bucket the values are summed in sorted order, so the sums do not depend on the order
    of the items, not even in the last bit.

    Raises:
        ValueError: the lengths differ or a score is nan.
    """
    scores, values = np.asarray(scores, np.float64), np.asarray(values, np.float64)
    if scores.ndim != 1 or scores.shape != values.shape:
        raise ValueError(f"scores {scores.shape} and values {values.shape} are not one ranking")
    if np.isnan(scores).any():
        raise ValueError("a score is nan; give -inf to what cannot be found")
    if not scores.size:
        return TieBuckets(np.zeros(0, np.int64), np.zeros(0))
    order = np.lexsort((values, -scores))
    ranked = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    sizes = np.diff(np.append(starts, scores.size))
    return TieBuckets(sizes, np.add.reduceat(values[order], starts))


def average_precision(
    scores: np.ndarray, relevant: np.ndarray, k: int | None = None
) -> float:
    """Expected average precision over all orders of the ties, in [0, 1]; nan without a relevant.

    At rank N + i of a bucket of n items with r relevant, N items and R relevant before it, the
    expected (is relevant) × (precision there) is (r/n)(R + 1 + (i−1)(r−1)/(n−1)) / (N + i).
    The sum over ranks, cut at ``k``, is divided by min(all relevant, k), never by the hits made.

    Example:
        >>> distances = np.array([0, 1, 1, 1, 2])
        >>> average_precision(-distances, np.array([1, 1, 0, 0, 1], bool)).__round__(6)
        0.774074

    Source: McSherry and Najork (2008), equation (8).
    """
    buckets = tie_buckets(scores, relevant)
    total = buckets.sums.sum()
    if not total:
        return float("nan")
    n, r = buckets.per_rank(buckets.sizes), buckets.per_rank(buckets.sums)
    ahead = buckets.per_rank(np.cumsum(buckets.sums) - buckets.sums)
    rank = np.arange(1, n.size + 1)
    within = rank - buckets.per_rank(buckets.before)
    expected = r / n * (ahead + 1 + (within - 1) * (r - 1) / np.maximum(n - 1, 1)) / rank
    return float(expected[:k].sum() / (total if k is None else min(total, k)))


def expected_hits(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Expected number of relevant items among the first 1, 2, … n, float64 (n,).

    Example:
        >>> expected_hits(np.array([2, 1, 1]), np.array([0, 1, 0], bool)).tolist()
        [0.0, 0.5, 1.0]
    """
    buckets = tie_buckets(scores, relevant)
    return np.cumsum(buckets.per_rank(buckets.sums / np.maximum(buckets.sizes, 1)))


def precision_at(scores: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Expected share of relevant items among the first k; nan without a relevant item.

    The divisor is k even where the gallery is smaller.

    Example:
        >>> precision_at(np.array([3, 3, 1]), np.array([1, 0, 1], bool), 1)
        0.5
    """
    hits = expected_hits(scores, relevant)
    if not np.any(relevant):
        return float("nan")
    return float(hits[min(k, hits.size) - 1] / k)


def recall_at(scores: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Expected share of the relevant items that lie among the first k; nan without one.

    Example:
        >>> recall_at(np.array([3, 2, 1]), np.array([1, 0, 1], bool), 2)
        0.5
    """
    hits = expected_hits(scores, relevant)
    if not np.any(relevant):
        return float("nan")
    return float(hits[min(k, hits.size) - 1] / np.count_nonzero(relevant))


def hit_at(scores: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Probability that at least one of the first k is relevant; nan without a relevant item.

    This is what re-identification calls recall@k; with one relevant item it equals ``recall_at``.

    Example:
        >>> round(hit_at(np.array([1, 1, 1]), np.array([1, 1, 0], bool), 2), 6)
        1.0
    """
    if not np.any(relevant):
        return float("nan")
    buckets = tie_buckets(scores, relevant)
    first = int(np.flatnonzero(buckets.sums)[0])
    n, r = int(buckets.sizes[first]), int(buckets.sums[first])
    places = min(max(k - int(buckets.before[first]), 0), n)
    return float(1 - np.prod(_still_missing(n, r)[:places]))


def reciprocal_rank(scores: np.ndarray, relevant: np.ndarray) -> float:
    """Expected 1 / rank of the first relevant item; nan without one.

    Example:
        >>> reciprocal_rank(np.array([5, 1, 1]), np.array([0, 1, 0], bool)).__round__(6)
        0.416667
    """
    if not np.any(relevant):
        return float("nan")
    buckets = tie_buckets(scores, relevant)
    first = int(np.flatnonzero(buckets.sums)[0])
    n, r = int(buckets.sizes[first]), int(buckets.sums[first])
    missing = np.concatenate([[1.0], np.cumprod(_still_missing(n, r))])
    ranks = buckets.before[first] + 1 + np.arange(n)
    return float(np.sum((missing[:-1] - missing[1:]) / ranks))


def _still_missing(n: int, r: int) -> np.ndarray:
    """Of n tied items, r relevant: chance that draw j misses when all before it did, (n,)."""
    drawn = np.arange(n)
    return np.maximum(n - r - drawn, 0) / (n - drawn)


def ndcg_at(
    scores: np.ndarray, similarity: np.ndarray, k: int, gain: Gain = "exp"
) -> float:
    """Expected normalised discounted cumulative gain of the first k; nan where nothing is similar.

    Args:
        scores: (n,), larger is nearer.
        similarity: the true similarity S of each item, (n,) in [0, 1].
        k: ranks counted.
        gain: "exp" gives 2^S − 1, "linear" gives S. The discount is 1 / log2(rank + 1).

    Example:
        >>> round(ndcg_at(np.array([1, 2, 3]), np.array([1, 0.5, 0]), 50), 6)
        0.603596

    Source: Järvelin and Kekäläinen (2002); each tie gets its mean gain (McSherry and Najork).
    """
    similarity = np.asarray(similarity, np.float64)
    gains = np.exp2(similarity) - 1 if gain == "exp" else similarity
    discounts = 1 / np.log2(np.arange(gains.size) + 2)
    ideal = np.sort(gains)[::-1][:k] @ discounts[:k]
    if not ideal > 0:
        return float("nan")
    buckets = tie_buckets(scores, gains)
    expected = buckets.per_rank(buckets.sums / buckets.sizes)
    return float(expected[:k] @ discounts[:k] / ideal)


def precision_within(
    distances: np.ndarray, relevant: np.ndarray, radius: int
) -> tuple[float, int]:
    """Share of relevant items within a Hamming radius (0 for an empty ball), and the ball's size.

    Example:
        >>> precision_within(np.array([0, 2, 3]), np.array([1, 0, 1], bool), 2)
        (0.5, 2)
    """
    inside = np.asarray(distances) <= radius
    size = int(np.count_nonzero(inside))
    return (float(np.count_nonzero(inside & relevant) / size) if size else 0.0), size


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecall:
    """A precision-recall curve: at each radius or rank, float64 (m,) each; nan = nothing found."""

    at: np.ndarray
    precision: np.ndarray
    recall: np.ndarray


def curve_by_radius(
    distances: np.ndarray, relevant: np.ndarray, n_bits: int
) -> PrecisionRecall:
    """Micro precision and recall over all queries, one point for each Hamming radius 0..n_bits.

    Args:
        distances: int (q, n); a negative distance marks an item that is left out.
        relevant: bool (q, n).

    Example:
        >>> curve = curve_by_radius(np.array([[0, 1]]), np.array([[True, False]]), 1)
        >>> curve.precision.tolist(), curve.recall.tolist()
        ([1.0, 0.5], [1.0, 1.0])
    """
    distances = np.asarray(distances)
    counted = distances >= 0
    relevant = relevant & counted
    found = np.cumsum(np.bincount(distances[counted], minlength=n_bits + 1))
    hits = np.cumsum(np.bincount(distances[relevant], minlength=n_bits + 1))
    precision = np.where(found > 0, hits / np.maximum(found, 1), np.nan)
    recall = hits / hits[-1] if hits[-1] else np.full(hits.size, np.nan)
    return PrecisionRecall(np.arange(n_bits + 1), precision, recall)


def curve_by_rank(
    rankings: list[tuple[np.ndarray, np.ndarray]], depth: int
) -> PrecisionRecall:
    """Mean expected precision and recall over queries at ranks 1..depth.

    Args:
        rankings: (scores, relevant) of each query; those without a relevant item are left out.
        depth: ranks reported, at most the shortest gallery's.

    Example:
        >>> curve_by_rank([(np.array([2, 1]), np.array([True, False]))], 2).precision.tolist()
        [1.0, 0.5]
    """
    ranks = np.arange(1, depth + 1)
    judged = [(expected_hits(s, r)[:depth], np.count_nonzero(r)) for s, r in rankings if r.any()]
    if not judged:
        return PrecisionRecall(ranks, np.full(depth, np.nan), np.full(depth, np.nan))
    precision = np.mean([hits / ranks for hits, _ in judged], axis=0)
    return PrecisionRecall(ranks, precision, np.mean([hits / n for hits, n in judged], axis=0))


def floor_of(metric: Callable[..., float], truth: np.ndarray, *args: object) -> float:
    """What a random ranking is expected to score: the metric of all-tied scores, in closed form.

    Example:
        >>> floor_of(precision_at, np.array([1, 0, 0, 0], bool), 1)
        0.25
    """
    return metric(np.zeros(len(truth)), truth, *args)


def mean_of(values: np.ndarray) -> tuple[float, int, int]:
    """Mean over the queries that have a value, how many those are, and how many were left out.

    Example:
        >>> mean_of(np.array([1.0, 0.5, np.nan]))
        (0.75, 2, 1)
    """
    judged = ~np.isnan(values)
    n = int(np.count_nonzero(judged))
    return (float(np.mean(values[judged])) if n else float("nan")), n, len(values) - n
