"""The tie-aware metrics against every order of the ties, the known figures and a random ranking."""

import doctest
import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.evaluation import (
    baselines,
    calibration,
    intervals,
    metrics,
)
from fabricfinder.evaluation.metrics import (
    average_precision,
    curve_by_radius,
    curve_by_rank,
    expected_hits,
    floor_of,
    hit_at,
    mean_of,
    ndcg_at,
    precision_at,
    precision_within,
    recall_at,
    reciprocal_rank,
)

RANKINGS = st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6)


def orders(scores: np.ndarray, values: np.ndarray) -> Iterator[np.ndarray]:
    """The values in every order that respects the scores, ties in all their permutations."""
    levels = sorted(set(scores.tolist()), reverse=True)
    blocks = [itertools.permutations(values[scores == level].tolist()) for level in levels]
    for parts in itertools.product(*[list(block) for block in blocks]):
        yield np.array([v for part in parts for v in part])


def brute(naive: Callable[[np.ndarray], float], scores: np.ndarray, values: np.ndarray) -> float:
    return float(np.mean([naive(order) for order in orders(scores, values)]))


def naive_precision(order: np.ndarray, k: int) -> float:
    return sum(bool(v) for v in order[:k]) / k


def naive_ap(order: np.ndarray, k: int) -> float:
    total = 0.0
    for i in range(min(k, len(order))):
        if order[i]:
            total += naive_precision(order, i + 1)
    return total / min(k, int(order.sum()))


def naive_rr(order: np.ndarray) -> float:
    return 1 / (1 + order.tolist().index(True))


def naive_ndcg(order: np.ndarray, k: int, gain: Callable[[float], float]) -> float:
    def dcg(values: list[float]) -> float:
        return sum(gain(v) / math.log2(i + 2) for i, v in enumerate(values[:k]))

    return dcg(order.tolist()) / dcg(sorted(order.tolist(), reverse=True))


def test_known_average_precisions() -> None:
    assert average_precision(
        -np.array([0, 1, 1, 1, 2]), np.array([1, 1, 0, 0, 1], bool)
    ) == pytest.approx(0.774074, abs=5e-7)
    assert average_precision(np.zeros(4), np.array([1, 1, 0, 0], bool)) == pytest.approx(
        0.680556, abs=5e-7
    )


@pytest.mark.parametrize(
    ("scores", "gain", "expected"),
    [
        ([3, 2, 1], "exp", 1.0),
        ([3, 2, 1], "linear", 1.0),
        ([1, 2, 3], "exp", 0.603596),
        ([1, 2, 3], "linear", 0.619906),
        ([1, 1, 1], "exp", 0.796399),
    ],
)
def test_known_ndcg(scores: list[int], gain: str, expected: float) -> None:
    found = ndcg_at(np.array(scores), np.array([1, 0.5, 0]), 50, gain)
    assert found == pytest.approx(expected, abs=5e-7)


@settings(max_examples=60, deadline=None)
@given(RANKINGS, st.integers(1, 7))
def test_binary_metrics_are_the_mean_over_all_orders(
    ranking: list[tuple[int, bool]], k: int
) -> None:
    scores = np.array([s for s, _ in ranking])
    relevant = np.array([r for _, r in ranking])
    found = {
        "ap": average_precision(scores, relevant),
        "ap@k": average_precision(scores, relevant, k),
        "p": precision_at(scores, relevant, k),
        "r": recall_at(scores, relevant, k),
        "hit": hit_at(scores, relevant, k),
        "rr": reciprocal_rank(scores, relevant),
    }
    if not relevant.any():
        assert all(math.isnan(value) for value in found.values())
        return
    total = int(relevant.sum())
    naive = {
        "ap": lambda o: naive_ap(o, len(o)),
        "ap@k": lambda o: naive_ap(o, k),
        "p": lambda o: naive_precision(o, k),
        "r": lambda o: naive_precision(o, k) * k / total,
        "hit": lambda o: float(any(o[:k])),
        "rr": naive_rr,
    }
    for name, value in found.items():
        assert value == pytest.approx(brute(naive[name], scores, relevant), abs=1e-12), name


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0, 0.25, 0.5, 1])), min_size=1, max_size=6
    ),
    st.integers(1, 7),
)
def test_ndcg_is_the_mean_over_all_orders(ranking: list[tuple[int, float]], k: int) -> None:
    scores, truth = np.array([s for s, _ in ranking]), np.array([t for _, t in ranking])
    for gain, formula in (("exp", lambda v: 2**v - 1), ("linear", lambda v: v)):
        found = ndcg_at(scores, truth, k, gain)
        if not truth.any():
            assert math.isnan(found)
        else:
            expected = brute(lambda o, f=formula: naive_ndcg(o, k, f), scores, truth)
            assert found == pytest.approx(expected, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_shuffling_the_gallery_changes_nothing_at_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 5, 40)
    relevant, truth = rng.random(40) < 0.3, rng.random(40)
    relevant[0] = True
    order = rng.permutation(40)
    for metric, args in (
        (average_precision, ()), (precision_at, (7,)), (recall_at, (7,)), (hit_at, (7,)),
        (reciprocal_rank, ()),
    ):  # fmt: skip
        plain = metric(scores, relevant, *args)
        assert plain == metric(scores[order], relevant[order], *args)
    assert ndcg_at(scores, truth, 9) == ndcg_at(scores[order], truth[order], 9)


def test_the_floor_is_what_random_rankings_score() -> None:
    rng = np.random.default_rng(3)
    relevant, truth = np.arange(60) < 9, rng.random(60) ** 3
    for metric, values, args in (
        (average_precision, relevant, ()),
        (precision_at, relevant, (5,)),
        (hit_at, relevant, (5,)),
        (reciprocal_rank, relevant, ()),
        (ndcg_at, truth, (20,)),
    ):
        drawn = [metric(rng.random(60), values, *args) for _ in range(3000)]
        error = np.std(drawn) / math.sqrt(len(drawn))
        assert abs(np.mean(drawn) - floor_of(metric, values, *args)) < 4 * error


def test_oracle_scores_give_ndcg_1_and_ap_1() -> None:
    truth = np.random.default_rng(0).random(100)
    assert ndcg_at(truth, truth, 50) == pytest.approx(1.0, abs=1e-12)
    assert average_precision(truth, truth > 0.8) == pytest.approx(1.0, abs=1e-12)


def test_average_precision_at_k_does_not_reward_few_hits() -> None:
    """Dividing by the hits inside k would give 1 here."""
    relevant = np.array([1, 0, 0, 1, 1], bool)
    assert average_precision(np.arange(5)[::-1], relevant, 3) == pytest.approx(1 / 3)


def test_hits_and_precision_beyond_the_gallery() -> None:
    relevant = np.array([True, False])
    assert expected_hits(np.array([1.0, 1.0]), relevant).tolist() == [0.5, 1.0]
    assert precision_at(np.array([2, 1]), relevant, 10) == pytest.approx(0.1)
    assert recall_at(np.array([2, 1]), relevant, 10) == 1.0
    assert hit_at(np.array([2, 1]), relevant, 10) == 1.0


def test_missing_items_lie_last_and_nan_is_refused() -> None:
    relevant = np.array([True, False, False])
    scores = np.array([-np.inf, 0.0, -np.inf])
    assert reciprocal_rank(scores, relevant) == pytest.approx((1 / 2 + 1 / 3) / 2)
    with pytest.raises(ValueError, match="nan"):
        average_precision(np.array([np.nan, 0, 1]), relevant)
    with pytest.raises(ValueError, match="not one ranking"):
        average_precision(np.zeros(2), relevant)


def test_unsigned_and_empty_scores() -> None:
    assert precision_at(np.array([0, 9], np.uint8), np.array([False, True]), 1) == 1.0
    assert math.isnan(average_precision(np.zeros(0), np.zeros(0, bool)))
    assert math.isnan(ndcg_at(np.zeros(0), np.zeros(0), 5))


def test_precision_within_a_radius_counts_the_empty_ball_as_0() -> None:
    distances, relevant = np.array([1, 2, 3, 5]), np.array([1, 0, 1, 1], bool)
    assert precision_within(distances, relevant, 0) == (0.0, 0)
    assert precision_within(distances, relevant, 3) == (pytest.approx(2 / 3), 3)


def test_the_radius_curve_counts_over_all_queries() -> None:
    rng = np.random.default_rng(5)
    distances, relevant = rng.integers(0, 17, (6, 30)), rng.random((6, 30)) < 0.3
    distances[np.arange(6), np.arange(6)] = -1  # each query's own picture
    curve = curve_by_radius(distances, relevant, 16)
    counted = distances >= 0
    for radius in range(17):
        inside = counted & (distances <= radius)
        hits = (inside & relevant).sum()
        if inside.any():
            assert curve.precision[radius] == pytest.approx(hits / inside.sum())
        assert curve.recall[radius] == pytest.approx(hits / (counted & relevant).sum())
    assert curve.recall[-1] == 1.0
    assert np.isnan(curve_by_radius(np.array([[3]]), np.array([[True]]), 8).precision[0])


def test_the_rank_curve_is_the_mean_of_expected_precision() -> None:
    rng = np.random.default_rng(6)
    rankings = [(rng.integers(0, 4, 12), rng.random(12) < 0.4) for _ in range(5)]
    rankings.append((np.arange(12), np.zeros(12, bool)))
    curve = curve_by_rank(rankings, 12)
    for rank in (1, 4, 12):
        found = [precision_at(s, r, rank) for s, r in rankings]
        assert curve.precision[rank - 1] == pytest.approx(np.nanmean(found))
    assert curve.recall[-1] == pytest.approx(1.0)
    assert np.isnan(curve_by_rank(rankings[-1:], 3).precision).all()


def test_means_leave_out_and_count_queries_without_a_relevant_item() -> None:
    assert mean_of(np.array([1.0, np.nan, 0.0])) == (0.5, 2, 1)
    value, n, excluded = mean_of(np.array([np.nan]))
    assert math.isnan(value)
    assert (n, excluded) == (0, 1)


@pytest.mark.parametrize("module", [metrics, intervals, baselines, calibration])
def test_the_docstring_examples_hold(module: object) -> None:
    result = doctest.testmod(module, extraglobs={"np": np})
    assert result.failed == 0
    assert result.attempted > 0
