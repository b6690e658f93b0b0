"""How sure a mean over queries is: cluster bootstrap, paired differences, Holm's correction.

Queries that show the same cloth are no independent evidence, so whole clusters (a physical
fabric, a group of near duplicates) are drawn, not queries.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
LEVEL = 0.95
_CHUNK = 500  # resamples held at once: 500 x 10,000 clusters of float64 are 40 MB


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its percentile interval; nan bounds where fewer than two clusters exist."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference b − a: the estimate, its interval and a two-sided bootstrap p-value."""

    value: float
    low: float
    high: float
    p: float


def cluster_bootstrap(
    values: np.ndarray,
    clusters: Sequence[object] | np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """The 95 % percentile interval of a mean, or of a function of means, over clustered queries.

    Args:
        values: float (n,) or (n, m), one row a query; nan entries are left out of their mean.
        clusters: n hashable names; queries of one cluster are drawn together.
        statistic: means (b, m) -> (b,); by default the first column's mean.

    Example:
        >>> cluster_bootstrap(np.array([1.0, 1.0, 1.0]), [0, 1, 2])
        Interval(value=1.0, low=1.0, high=1.0)

    Source: Cameron, Gelbach and Miller (2008), pairs cluster bootstrap.
    """
    drawn, value = _resampled(values, clusters, statistic or _first, resamples, seed)
    if drawn is None:
        return Interval(value, float("nan"), float("nan"))
    return Interval(value, *_bounds(drawn))


def bootstrap_columns(
    values: np.ndarray,
    clusters: Sequence[object] | np.ndarray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
    least_clusters: int = 2,
) -> list[Interval]:
    """``cluster_bootstrap`` of the mean of each column of (n, m), all from the same draws.

    One column may hold the queries of one class and nan elsewhere; a class of fewer than
    ``least_clusters`` has nan bounds, since so few say nothing of their spread. Resamples that draw none of a class are left out of its bounds.
    """
    values = np.asarray(values, np.float64)
    known = ~np.isnan(values)
    m = values.shape[1]
    sums = cluster_sums(np.hstack([np.where(known, values, 0.0), known]), clusters)
    estimate = _ratio(sums.sum(axis=0, keepdims=True), m)[0]
    n_clusters = np.count_nonzero(sums[:, m:], axis=0)
    if not len(sums):
        return [Interval(float("nan"), float("nan"), float("nan"))] * m
    drawn = np.concatenate(
        [_ratio(weights @ sums, m) for weights in cluster_weights(len(sums), resamples, seed)]
    )
    intervals = []
    for column in range(m):
        bounds = (float("nan"),) * 2 if n_clusters[column] < least_clusters else _bounds(drawn[:, column])
        intervals.append(Interval(float(estimate[column]), *bounds))
    return intervals


def paired_difference(
    a: np.ndarray,
    b: np.ndarray,
    clusters: Sequence[object] | np.ndarray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Difference:
    """Mean of b − a over the same queries; those nan in either are left out.

    The p-value is twice the smaller share of resamples on either side of 0, (x + 1) / (B + 1), at
    most 1; nan where fewer than two clusters exist.

    Raises:
        ValueError: a and b are not of the same queries.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} and {b.shape} do not pair up")
    drawn, value = _resampled(b - a, clusters, _first, resamples, seed)
    if drawn is None:
        return Difference(value, float("nan"), float("nan"), float("nan"))
    drawn = drawn[~np.isnan(drawn)]
    tail = int(min(np.count_nonzero(drawn <= 0), np.count_nonzero(drawn >= 0)))
    return Difference(value, *_bounds(drawn), min(1.0, 2 * (tail + 1) / (drawn.size + 1)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction: p-values that hold jointly for all comparisons, in input order.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]

    Source: Holm (1979).
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected.tolist()


def cluster_weights(n_clusters: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each cluster is drawn: float64 (≤ 500, n_clusters) at a time, rows sum to n."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - start)
        picks = rng.integers(n_clusters, size=(rows, n_clusters))
        flat = (picks + np.arange(rows)[:, None] * n_clusters).ravel()
        counts = np.bincount(flat, minlength=rows * n_clusters)
        yield counts.reshape(rows, n_clusters).astype(np.float64)


def cluster_sums(columns: np.ndarray, clusters: Sequence[object] | np.ndarray) -> np.ndarray:
    """Sum rows of ``columns`` (n, m) by cluster: float64 (n_clusters, m).

    Raises:
        ValueError: there is not one cluster name for each row.
    """
    if len(clusters) != len(columns):
        raise ValueError(f"{len(clusters)} clusters for {len(columns)} queries")
    index: dict[object, int] = {}
    of_row = np.array([index.setdefault(c, len(index)) for c in clusters], np.int64)
    sums = np.zeros((len(index), columns.shape[1]))
    np.add.at(sums, of_row, columns)
    return sums


def _resampled(
    values: np.ndarray,
    clusters: Sequence[object] | np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    resamples: int,
    seed: int,
) -> tuple[np.ndarray | None, float]:
    """The statistic of every resample (b,), or None with fewer than two clusters; and the value."""
    values = np.asarray(values, np.float64)
    values = values.reshape(len(values), -1)
    known = ~np.isnan(values)
    m = values.shape[1]
    sums = cluster_sums(np.hstack([np.where(known, values, 0.0), known]), clusters)
    sums = sums[sums[:, m:].any(axis=1)]
    value = float(statistic(_ratio(sums.sum(axis=0, keepdims=True), m))[0])
    if len(sums) < 2:
        return None, value
    drawn = [
        statistic(_ratio(weights @ sums, m))
        for weights in cluster_weights(len(sums), resamples, seed)
    ]
    return np.concatenate(drawn), value


def _ratio(sums: np.ndarray, m: int) -> np.ndarray:
    """Means (b, m) from m sums and m counts (b, 2m); nan where nothing was counted."""
    counts = sums[:, m:]
    return np.where(counts > 0, sums[:, :m] / np.maximum(counts, 1), np.nan)


def _first(means: np.ndarray) -> np.ndarray:
    """The first column."""
    return means[:, 0]


def _bounds(drawn: np.ndarray) -> tuple[float, float]:
    """The percentile bounds of resampled statistics, nan ones left out."""
    low, high = np.nanpercentile(drawn, [50 * (1 - LEVEL), 100 - 50 * (1 - LEVEL)])
    return float(low), float(high)
