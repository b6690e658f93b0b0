"""Calibration against beliefs whose temperature, error and coverage are known."""

import math

import numpy as np
import pytest

from fabricfinder.evaluation.calibration import (
    conformal_quantile,
    conformal_set,
    conformal_threshold,
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
    reliability,
    softmax,
)


def honest(seed: int, n: int = 4000, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from exactly their softmax."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (n, classes))
    steps = softmax(logits).cumsum(axis=1)
    return logits, np.minimum((steps < rng.random((n, 1))).sum(axis=1), classes - 1)


def test_softmax_and_likelihood_against_loops() -> None:
    logits, labels = honest(0, 20)
    probabilities = softmax(logits, 1.7)
    total = 0.0
    for row, label, found in zip(logits, labels, probabilities, strict=True):
        powers = [math.exp(v / 1.7) for v in row]
        assert found == pytest.approx([p / sum(powers) for p in powers])
        total -= math.log(powers[label] / sum(powers))
    assert negative_log_likelihood(logits, labels, 1.7) == pytest.approx(total / 20)
    assert softmax(np.array([[1e4, 0.0]]))[0].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("stretch", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_a_stretch(stretch: float) -> None:
    logits, labels = honest(1)
    assert fit_temperature(logits * stretch, labels) == pytest.approx(stretch, rel=0.06)


def test_no_temperature_does_better() -> None:
    logits, labels = honest(2, 500)
    best = fit_temperature(logits * 2, labels)
    least = negative_log_likelihood(logits * 2, labels, best)
    for temperature in np.geomspace(0.05, 20, 400):
        assert least <= negative_log_likelihood(logits * 2, labels, temperature) + 1e-9


def test_always_right_or_never_right_ends_at_a_bound() -> None:
    logits = np.eye(4)
    assert fit_temperature(logits, np.arange(4)) == pytest.approx(0.05, rel=1e-3)
    assert fit_temperature(logits, (np.arange(4) + 1) % 4) == pytest.approx(20, rel=1e-3)


def test_calibration_error_against_loops() -> None:
    logits, labels = honest(3, 700)
    probabilities = softmax(logits * 2)
    expected = 0.0
    for low in range(15):
        inside = [
            (p.max(), p.argmax() == y)
            for p, y in zip(probabilities, labels, strict=True)
            if low / 15 <= p.max() < (low + 1) / 15 or (low == 14 and p.max() == 1)
        ]
        if inside:
            gap = np.mean([c for c, _ in inside]) - np.mean([r for _, r in inside])
            expected += abs(gap) * len(inside) / 700
    found = expected_calibration_error(probabilities, labels, resamples=300)
    assert found.value == pytest.approx(expected)
    assert found.low < found.high
    assert found.low > 0.03


def test_honest_beliefs_have_little_error_and_boasting_ones_much() -> None:
    logits, labels = honest(4)
    assert expected_calibration_error(softmax(logits), labels, resamples=50).value < 0.03
    assert expected_calibration_error(softmax(logits * 4), labels, resamples=50).value > 0.12


def test_copies_make_the_error_no_surer() -> None:
    logits, labels = honest(5, 200)
    boast = softmax(logits * 3)
    once = expected_calibration_error(boast, labels, resamples=500)
    copied = expected_calibration_error(
        np.repeat(boast, 5, axis=0), np.repeat(labels, 5), np.repeat(np.arange(200), 5),
        resamples=500,
    )  # fmt: skip
    assert (copied.value, copied.low, copied.high) == pytest.approx(
        (once.value, once.low, once.high)
    )
    alone = expected_calibration_error(boast[:3], labels[:3], ["f", "f", "f"])
    assert math.isnan(alone.low)


def test_the_reliability_table_adds_up() -> None:
    logits, labels = honest(6, 900)
    probabilities = softmax(logits * 2)
    table = reliability(probabilities, labels)
    assert len(table) == 15
    assert sum(row.n for row in table) == 900
    gap = sum(row.n * abs(row.confidence - row.accuracy) for row in table if row.n) / 900
    assert gap == pytest.approx(expected_calibration_error(probabilities, labels,
                                                           resamples=10).value)  # fmt: skip
    for row in table:
        if row.n:
            assert row.low <= row.confidence <= row.high
        else:
            assert math.isnan(row.accuracy)
    certain = reliability(np.array([[1.0, 0.0]]), np.array([0]))
    assert (certain[-1].n, certain[-1].accuracy) == (1, 1.0)


def test_the_conformal_quantile_is_the_right_order_statistic() -> None:
    errors = np.array([0.4, 0.1, 0.3, 0.2])
    assert conformal_quantile(errors, 0.6) == pytest.approx(0.3)  # ceil(5 x .6) = 3rd
    assert conformal_quantile(errors, 0.8) == pytest.approx(0.4)
    assert conformal_quantile(errors, 0.9) == math.inf


def test_conformal_sets_and_intervals_cover_new_cloth() -> None:
    logits, labels = honest(7)
    probabilities = softmax(logits * 3)  # boasting beliefs are covered all the same
    true = probabilities[np.arange(len(labels)), labels]
    quantile = conformal_quantile(1 - true[:2000], 0.9)
    sets = conformal_set(probabilities[2000:], quantile)
    covered = sets[np.arange(2000), labels[2000:]].mean()
    assert 0.88 <= covered <= 0.93
    assert sets.any(axis=1).all()
    rng = np.random.default_rng(8)
    errors = np.abs(rng.standard_t(3, 4000))
    width = conformal_quantile(errors[:2000], 0.9)
    assert 0.88 <= (errors[2000:] <= width).mean() <= 0.93


def test_a_threshold_makes_the_set_that_the_quantile_makes() -> None:
    logits, labels = honest(9)
    probabilities = softmax(logits)
    least = conformal_threshold(probabilities[:2000], labels[:2000])
    kept = probabilities[2000:] >= least
    covered = kept[np.arange(len(kept)), labels[2000:]].mean()
    assert 0.88 <= covered <= 0.93
    assert conformal_threshold(probabilities[:5], labels[:5]) == 0  # too few to promise anything
    sure = np.tile([1.0, 0.0], (50, 1))
    assert conformal_threshold(sure, np.zeros(50, int)) == 0.999


def test_a_set_always_holds_the_likeliest_and_inf_holds_all() -> None:
    probabilities = np.array([[0.4, 0.35, 0.25]])
    assert conformal_set(probabilities, 0.1).tolist() == [[True, False, False]]
    assert conformal_set(probabilities, 0.65).tolist() == [[True, True, False]]
    assert conformal_set(probabilities, math.inf).all()
