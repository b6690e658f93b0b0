"""The ranking metrics of many queries at once; each row equals the function of ``metrics``.

Scores are float (q, n), larger is nearer. A mask leaves items out of a query's ranking. Rows are
sorted once and every metric reads that order, so 2,000 queries among 2,000 take about a second.
"""

from collections.abc import Iterator

import numpy as np

from fabricfinder.evaluation.metrics import Gain, reciprocal_rank

BLOCK = 1 << 21  # scores sorted at once


class RankedRows:
    """Rankings of q queries as runs of equal scores, nearest first; left-out items come last.

    Attributes:
        n: items in each ranking, left-out ones included.
        kept: int64 (q,), items of each ranking that count.
    """

    def __init__(
        self, scores: np.ndarray, truth: np.ndarray, left_out: np.ndarray | None = None
    ) -> None:
        """Sort.

        Args:
            scores: (q, n).
            truth: (q, n); equal scores are held in the order of it, so that sums over a run do
                not depend on the order of the items.
            left_out: bool (q, n), or None.

        Raises:
            ValueError: a score that counts is nan.
        """
        scores = np.array(scores, np.float64)
        if left_out is not None:
            scores[left_out] = np.nan
        if np.isnan(scores).any() and (left_out is None or np.isnan(scores[~left_out]).any()):
            raise ValueError("a score is nan; give -inf to what cannot be found")
        self.kept = np.count_nonzero(~np.isnan(scores), axis=1)
        first = np.argsort(truth, axis=1, kind="stable")
        sorted_once = np.take_along_axis(scores, first, axis=1)
        second = np.argsort(-sorted_once, axis=1, kind="stable")  # nan last
        self._order = np.take_along_axis(first, second, axis=1)
        ranked = np.take_along_axis(sorted_once, second, axis=1)
        self.n = ranked.shape[1]
        new = np.ones(ranked.shape, bool)
        # nan differs from nan: every left-out item is a run of its own, behind all others.
        new[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
        self._starts = np.flatnonzero(new)
        self._sizes = np.diff(np.append(self._starts, ranked.size))
        self._gone = np.isnan(ranked)

    def _sorted(self, values: np.ndarray) -> np.ndarray:
        """Values (q, n) in ranked order, 0 where left out."""
        return np.where(self._gone, 0.0, np.take_along_axis(values, self._order, axis=1))

    def _runs(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum of ``values`` over each rank's run and over all ranks before the run, (q, n)."""
        ranked = self._sorted(values)
        sums = np.add.reduceat(ranked.ravel(), self._starts)
        behind = np.cumsum(ranked, axis=1) - ranked
        before = np.repeat(behind.ravel()[self._starts], self._sizes).reshape(ranked.shape)
        return np.repeat(sums, self._sizes).reshape(ranked.shape), before

    def _run_sizes(self) -> np.ndarray:
        return np.repeat(self._sizes, self._sizes).reshape(self._gone.shape)

    def ndcg(self, similarity: np.ndarray, k: int, gain: Gain = "exp") -> np.ndarray:
        """``metrics.ndcg_at`` of every row, (q,); the similarity (q, n) lies in [0, 1]."""
        gains = np.exp2(np.asarray(similarity, np.float64)) - 1 if gain == "exp" else similarity
        discounts = 1 / np.log2(np.arange(self.n) + 2)
        sums, _ = self._runs(gains)
        expected = (sums / self._run_sizes())[:, :k] @ discounts[:k]
        ideal = -np.sort(-self._sorted(gains), axis=1)[:, :k] @ discounts[:k]
        return np.where(ideal > 0, expected / np.where(ideal > 0, ideal, 1), np.nan)

    def average_precision(self, relevant: np.ndarray) -> np.ndarray:
        """``metrics.average_precision`` of every row, (q,); ``relevant`` is bool (q, n)."""
        r, before = self._runs(np.asarray(relevant, np.float64))
        n = self._run_sizes()
        rank = np.arange(1, self.n + 1)
        start = np.repeat(self._starts % self.n, self._sizes).reshape(n.shape)
        within = rank - start
        expected = r / n * (before + 1 + (within - 1) * (r - 1) / np.maximum(n - 1, 1)) / rank
        total = self._sorted(np.asarray(relevant, np.float64)).sum(axis=1)
        return np.where(total > 0, expected.sum(axis=1) / np.maximum(total, 1), np.nan)

    def expected_hits(self, relevant: np.ndarray) -> np.ndarray:
        """``metrics.expected_hits`` of every row, (q, n)."""
        sums, _ = self._runs(np.asarray(relevant, np.float64))
        return np.cumsum(sums / self._run_sizes(), axis=1)


def hit_chances(scores: np.ndarray, relevant: np.ndarray, k: int) -> np.ndarray:
    """``metrics.hit_at`` of every row, (q,): chance that one of the first k is relevant.

    Args:
        scores: float (q, n) without nan.
        relevant: bool (q, n); a row without any gives nan.
    """
    ahead, tied, right = _first_run(scores, relevant)
    missing = np.ones(len(scores))
    for draw in range(k):
        may = (ahead + draw < k) & (draw < tied)
        share = np.maximum(tied - right - draw, 0) / np.maximum(tied - draw, 1)
        missing *= np.where(may, share, 1.0)
    return np.where(right > 0, 1 - missing, np.nan)


def reciprocal_ranks(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """``metrics.reciprocal_rank`` of every row, (q,)."""
    ahead, tied, right = _first_run(scores, relevant)
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, scores.shape[1] + 1))])
    values = (harmonic[ahead + tied] - harmonic[ahead]) / np.maximum(tied, 1)
    for row in np.flatnonzero((right > 1) & (right < tied)):
        values[row] = reciprocal_rank(scores[row], relevant[row])
    values = np.where(right == tied, 1 / (ahead + 1), values)
    return np.where(right > 0, values, np.nan)


def _first_run(
    scores: np.ndarray, relevant: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items ahead of the best relevant one, items as good as it, and how many of those are
    relevant, int64 (q,) each; 0 relevant where there is none."""
    scores = np.asarray(scores)
    if np.isnan(scores).any():
        raise ValueError("a score is nan; give -inf to what cannot be found")
    any_right = relevant.any(axis=1)
    place = np.where(relevant, scores, -np.inf).argmax(axis=1)
    # argmax of all -inf is item 0, which need not be relevant: take the first relevant one then.
    first = relevant.argmax(axis=1)
    rows = np.arange(len(scores))
    place = np.where(relevant[rows, place], place, first)
    best = scores[rows, place][:, None]
    tied = scores == best
    ahead = np.count_nonzero(scores > best, axis=1)
    right = np.where(any_right, np.count_nonzero(tied & relevant, axis=1), 0)
    return ahead, np.count_nonzero(tied, axis=1), right


def row_blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Slices of rows that hold about BLOCK numbers each."""
    step = max(1, BLOCK // max(1, n_columns))
    for start in range(0, n_rows, step):
        yield slice(start, min(n_rows, start + step))
