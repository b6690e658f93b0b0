"""Many queries at once equal one query at a time, ties and left-out items included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.evaluation import metrics
from fabricfinder.evaluation.batched import (
    RankedRows,
    hit_chances,
    reciprocal_ranks,
    row_blocks,
)


def case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with many ties, similarities, left-out items of 6 queries among 14."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, int(rng.integers(1, 8)) + 1, (6, 14)).astype(float)
    scores[rng.random((6, 14)) < 0.1] = -np.inf
    similarity = rng.integers(0, 5, (6, 14)) / 4
    return scores, similarity, rng.random((6, 14)) < 0.2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_sorted_rows_equal_single_queries(seed: int) -> None:
    scores, similarity, out = case(seed)
    rows = RankedRows(scores, similarity, out)
    relevant = similarity >= 0.75
    precision = rows.average_precision(relevant)
    exp, linear = rows.ndcg(similarity, 5), rows.ndcg(similarity, 5, "linear")
    hits = rows.expected_hits(relevant)
    for i in range(6):
        kept = ~out[i]
        one, truth = scores[i, kept], similarity[i, kept]
        assert rows.kept[i] == kept.sum()
        same = pytest.approx
        assert precision[i] == same(metrics.average_precision(one, truth >= 0.75), nan_ok=True)
        assert exp[i] == same(metrics.ndcg_at(one, truth, 5), nan_ok=True)
        assert linear[i] == same(metrics.ndcg_at(one, truth, 5, "linear"), nan_ok=True)
        naive = metrics.expected_hits(one, truth >= 0.75)
        assert hits[i, : kept.sum()] == same(naive)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_hits_equal_single_queries(seed: int) -> None:
    scores, similarity, _ = case(seed)
    relevant = similarity >= 0.9
    for k in (1, 3, 10):
        naive = [metrics.hit_at(s, r, k) for s, r in zip(scores, relevant, strict=True)]
        assert hit_chances(scores, relevant, k) == pytest.approx(naive, nan_ok=True)
    naive = [metrics.reciprocal_rank(s, r) for s, r in zip(scores, relevant, strict=True)]
    assert reciprocal_ranks(scores, relevant) == pytest.approx(naive, nan_ok=True)


def test_shuffling_the_gallery_changes_not_the_last_bit() -> None:
    scores, similarity, out = case(4)
    order = np.random.default_rng(0).permutation(14)
    plain = RankedRows(scores, similarity, out)
    shuffled = RankedRows(scores[:, order], similarity[:, order], out[:, order])
    assert np.array_equal(
        plain.ndcg(similarity, 9), shuffled.ndcg(similarity[:, order], 9), equal_nan=True
    )


def test_nan_is_refused_unless_left_out() -> None:
    scores = np.array([[1.0, np.nan]])
    with pytest.raises(ValueError, match="nan"):
        RankedRows(scores, np.zeros((1, 2)))
    with pytest.raises(ValueError, match="nan"):
        hit_chances(scores, np.ones((1, 2), bool), 1)
    RankedRows(scores, np.zeros((1, 2)), np.array([[False, True]]))


def test_blocks_cover_every_row_once() -> None:
    for n, m in ((0, 5), (7, 10**7), (5000, 2000), (3, 0)):
        rows = [i for block in row_blocks(n, m) for i in range(n)[block]]
        assert rows == list(range(n))
