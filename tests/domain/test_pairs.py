"""The scale of answers to “which is tighter?”, beside a naive gradient and by its properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.pairs import (
    UNKNOWN,
    answer_chance,
    expected_information,
    fit_scale,
    kendall_tau,
    log_posterior,
    next_pair,
)


def _naive_fit(n, answers, mean, sd, beta, mistakes, steps=6000, rate=2.0):
    """Plain gradient ascent with the slope of each answer by finite differences."""
    cover = np.array(mean, float)

    def chance(d):
        return mistakes + (1 - 2 * mistakes) / (1 + math.exp(-d / beta))

    for _ in range(steps):
        slope = (mean - cover) / sd**2
        for won, lost in answers:
            d = cover[won] - cover[lost]
            pull = (math.log(chance(d + 1e-5)) - math.log(chance(d - 1e-5))) / 2e-5
            slope[won] += pull
            slope[lost] -= pull
        cover = cover + rate * slope
    return cover


@pytest.mark.parametrize("mistakes", [0.0, 0.08])
def test_the_fit_is_the_naive_gradient_s(mistakes):
    rng = np.random.default_rng(4)
    n = 6
    true = rng.uniform(20, 90, n)
    answers = []
    for _ in range(25):
        i, j = rng.choice(n, 2, replace=False)
        tighter = rng.random() < answer_chance(true[i] - true[j])
        answers.append((i, j) if tighter else (j, i))
    mean, sd = np.full(n, 50.0), np.full(n, 10.0)
    scale = fit_scale(n, answers, mean, sd, mistakes=mistakes)
    naive = _naive_fit(n, answers, mean, sd, 6.0, mistakes)
    np.testing.assert_allclose(scale.mean, naive, atol=0.02)
    # It is a summit: no small step in any direction is likelier.
    here = log_posterior(scale.mean, np.array(answers), mean, sd, mistakes=mistakes)
    for step in rng.normal(0, 0.1, (20, n)):
        there = log_posterior(scale.mean + step, np.array(answers), mean, sd, mistakes=mistakes)
        assert there <= here + 1e-9


def test_the_covariance_of_bradley_terry_is_the_inverse_hessian():
    answers = np.array([(0, 1), (1, 2), (0, 2), (2, 1)])
    mean, sd = np.full(3, 50.0), np.full(3, 8.0)
    scale = fit_scale(3, answers, mean, sd, mistakes=0.0)
    hessian, h = np.zeros((3, 3)), 1e-3
    for a in range(3):
        for b in range(3):
            total = 0.0
            for x, y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                at = scale.mean.copy()
                at[a] += x * h
                at[b] += y * h
                total += x * y * log_posterior(at, answers, mean, sd, mistakes=0.0)
            hessian[a, b] = total / (4 * h * h)
    np.testing.assert_allclose(scale.covariance, np.linalg.inv(-hessian), rtol=1e-3, atol=0.05)


def test_measured_values_hold_the_scale():
    """Answers slide unknown cloths in between measured ones, and make them surer."""
    mean = np.array([30.0, 80.0, UNKNOWN[0]])
    sd = np.array([1.5, 1.5, UNKNOWN[1]])
    answers = [(2, 0)] * 4 + [(1, 2)] * 4
    scale = fit_scale(3, answers, mean, sd)
    assert scale.mean[:2] == pytest.approx(mean[:2], abs=1.0)
    assert 45 < scale.mean[2] < 65 and scale.sd[2] < UNKNOWN[1] - 2
    assert fit_scale(3, []).mean == pytest.approx(np.full(3, UNKNOWN[0]))
    np.testing.assert_allclose(fit_scale(3, [], mean, sd).sd, sd)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_answering_makes_nothing_less_sure_and_names_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    answers = [tuple(rng.choice(5, 2, replace=False)) for _ in range(int(rng.integers(1, 12)))]
    scale = fit_scale(5, answers)
    assert (scale.sd <= UNKNOWN[1] + 1e-9).all()
    turned = fit_scale(5, [(4 - a, 4 - b) for a, b in answers])
    np.testing.assert_allclose(turned.mean[::-1], scale.mean, atol=1e-3)


def test_information_is_the_integral_and_the_best_pair_is_asked():
    scale = fit_scale(4, [(0, 1)] * 6 + [(1, 2)] * 2)
    pairs = np.stack(np.triu_indices(4, 1), axis=1)
    told = expected_information(scale, pairs)
    rng = np.random.default_rng(1)
    for (i, j), bits in zip(pairs, told, strict=True):
        v = scale.covariance
        spread = math.sqrt(v[i, i] + v[j, j] - 2 * v[i, j])
        d = scale.mean[i] - scale.mean[j] + spread * rng.standard_normal(200_000)
        p = answer_chance(d)
        entropy = lambda q: -(q * np.log2(q) + (1 - q) * np.log2(1 - q))  # noqa: E731
        assert bits == pytest.approx(entropy(p.mean()) - entropy(p).mean(), abs=0.005)
    assert next_pair(scale) == tuple(pairs[np.argmax(told)])
    assert set(next_pair(scale)) != {0, 1}  # asked six times already
    with pytest.raises(ValueError, match="two"):
        next_pair(fit_scale(1, []))
    many = fit_scale(200, [])
    i, j = next_pair(many, most=50)
    assert i != j and 0 <= min(i, j) and max(i, j) < 200


def test_tau():
    order = np.arange(7.0)
    assert kendall_tau(order, order * 3) == 1 and kendall_tau(order, -order) == -1
    one_swap = np.array([1, 0, 2, 3, 4, 5, 6.0])
    assert kendall_tau(order, one_swap) == pytest.approx(1 - 2 / 21)


def test_twelve_cloths_are_put_in_order_from_answers_alone():
    rng = np.random.default_rng(8)
    true = rng.permutation(np.linspace(20, 95, 12))
    answers: list[tuple[int, int]] = []
    scale = fit_scale(12, [])
    for _ in range(110):
        i, j = next_pair(scale)
        tighter = (true[i] > true[j]) != (rng.random() < 0.1)
        answers.append((i, j) if tighter else (j, i))
        scale = fit_scale(12, answers, start=scale.mean)
    assert kendall_tau(scale.mean, true) > 0.9
