"""The cluster bootstrap against theory, naive resampling and clusters that copy each other."""

import math

import numpy as np
import pytest

from fabricfinder.evaluation.intervals import (
    bootstrap_columns,
    cluster_bootstrap,
    cluster_sums,
    cluster_weights,
    holm,
    paired_difference,
)


def test_the_interval_of_a_mean_is_near_the_normal_one() -> None:
    values = np.random.default_rng(0).random(400)
    found = cluster_bootstrap(values, range(400), resamples=4000)
    half = 1.96 * values.std() / math.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_copies_of_a_query_add_no_certainty() -> None:
    rng = np.random.default_rng(1)
    values = rng.random(60)
    once = cluster_bootstrap(values, range(60), resamples=2000)
    copied = cluster_bootstrap(np.repeat(values, 9), np.repeat(np.arange(60), 9), resamples=2000)
    alone = cluster_bootstrap(np.repeat(values, 9), range(540), resamples=2000)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert alone.high - alone.low < 0.5 * (copied.high - copied.low)


def test_clusters_of_unequal_size_weigh_by_their_queries() -> None:
    """Recomputed by drawing clusters one by one."""
    values = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 0.5])
    clusters = ["a", "b", "b", "c", "c", "c"]
    found = cluster_bootstrap(values, clusters, resamples=20_000, seed=3)
    rng = np.random.default_rng(9)
    held = {c: [v for v, d in zip(values, clusters, strict=True) if d == c] for c in "abc"}
    means = [
        np.mean([v for c in rng.choice(list("abc"), 3) for v in held[c]]) for _ in range(20_000)
    ]
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(np.percentile(means, 2.5), abs=1e-9)
    assert found.high == pytest.approx(np.percentile(means, 97.5), abs=1e-9)


def test_left_out_queries_count_nowhere() -> None:
    values = np.array([1.0, np.nan, 0.0, np.nan, 1.0, 0.0])
    kept = ~np.isnan(values)
    with_gaps = cluster_bootstrap(values, range(6), resamples=500)
    without = cluster_bootstrap(values[kept], range(4), resamples=500)
    assert with_gaps == without


def test_a_statistic_of_two_means_is_resampled_as_a_whole() -> None:
    rng = np.random.default_rng(2)
    a = rng.random(200)
    found = cluster_bootstrap(
        np.column_stack([a, a]), range(200), lambda m: m[:, 0] - m[:, 1], resamples=300
    )
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_one_cluster_or_none_has_no_interval() -> None:
    one = cluster_bootstrap(np.array([1.0, 0.0]), ["a", "a"], resamples=10)
    assert one.value == 0.5
    assert math.isnan(one.low)
    assert math.isnan(one.high)
    assert math.isnan(cluster_bootstrap(np.array([np.nan]), ["a"], resamples=10).value)
    assert math.isnan(paired_difference(np.ones(2), np.zeros(2), ["a", "a"]).p)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for trial in range(200):
        values = rng.random(80) < 0.3
        found = cluster_bootstrap(values, range(80), resamples=400, seed=trial)
        covered += found.low <= 0.3 <= found.high
    assert 0.88 <= covered / 200 <= 0.99


def test_a_paired_difference_sees_what_two_intervals_hide() -> None:
    rng = np.random.default_rng(5)
    a = rng.random(300)
    b = a + 0.02 + rng.normal(0, 0.02, 300)
    found = paired_difference(a, b, range(300), resamples=2000)
    assert found.low > 0.01
    assert found.p < 0.01
    assert cluster_bootstrap(a, range(300), resamples=500).high > b.mean()
    back = paired_difference(b, a, range(300), resamples=2000)
    assert back.value == pytest.approx(-found.value)


def test_no_difference_has_a_large_p_value() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.random(200), rng.random(200)
    found = paired_difference(a, b, range(200), resamples=2000)
    assert found.low < 0 < found.high
    assert found.p > 0.05
    assert paired_difference(a, a, range(200), resamples=100).p == 1.0
    with pytest.raises(ValueError, match="pair"):
        paired_difference(a, b[:-1], range(200))


def test_holm_steps_down_and_never_reorders() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_weights_are_whole_draws_of_all_clusters() -> None:
    chunks = list(cluster_weights(7, 1203, 0))
    drawn = np.concatenate(chunks)
    assert drawn.shape == (1203, 7)
    assert (drawn.sum(axis=1) == 7).all()
    assert drawn.mean(axis=0) == pytest.approx(np.ones(7), abs=0.15)


def test_sums_by_cluster_need_a_cluster_for_each_row() -> None:
    assert cluster_sums(np.eye(3), ["x", "y", "x"]).tolist() == [[1, 0, 1], [0, 1, 0]]
    with pytest.raises(ValueError, match="2 clusters for 3"):
        cluster_sums(np.eye(3), ["x", "y"])


def test_columns_are_resampled_as_each_alone() -> None:
    rng = np.random.default_rng(8)
    values = rng.random((60, 3))
    values[:20, 1] = np.nan
    values[1:, 2] = np.nan
    clusters = [i // 3 for i in range(60)]
    found = bootstrap_columns(values, clusters, resamples=800, seed=3)
    assert found[0] == cluster_bootstrap(values[:, 0], clusters, resamples=800, seed=3)
    alone = cluster_bootstrap(values[20:, 1], clusters[20:], resamples=800, seed=3)
    assert found[1].value == pytest.approx(alone.value)
    assert (found[1].low, found[1].high) == pytest.approx((alone.low, alone.high), abs=0.03)
    assert found[2].value == values[0, 2] and np.isnan(found[2].low)  # one cluster only
    few = bootstrap_columns(values, clusters, resamples=50, least_clusters=18)
    assert np.isnan(few[1].low) and not np.isnan(few[0].low)  # 14 and 20 clusters
    assert np.isnan(bootstrap_columns(np.zeros((0, 2)), [])[1].value)
