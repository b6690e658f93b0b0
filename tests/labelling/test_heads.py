"""Heads fitted from labels: the formulas beside naive ones, and what they must never do."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.heads import (
    Head,
    Lessons,
    class_logs,
    cover_of,
    fit_classes,
    fit_cover,
    folds,
    head_from,
    inputs,
    offsets,
    scales,
    with_cover,
)
from fabricfinder.labelling.judging import fitted, forecast
from fabricfinder.labelling.minimum import lowest

RNG = np.random.default_rng


def make_table(n: int = 60, seed: int = 3) -> DescriptorTable:
    rng, taxonomy = RNG(seed), default_taxonomy()
    return DescriptorTable(
        "m", tuple(f"{i:040x}" for i in range(n)), rng.integers(0, 256, (n, 8), np.uint8),
        rng.dirichlet(np.full(len(taxonomy.coarse), 0.05), n).astype(np.float32),
        rng.dirichlet(np.full(len(taxonomy.fine), 0.05), n).astype(np.float32),
        np.stack([rng.uniform(20, 95, n), rng.uniform(2, 20, n)], 1).astype(np.float32),
        np.zeros((n, 10, 5), np.float32), np.zeros(n, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip


def taught(n: int = 120, seed: int = 1) -> Lessons:
    """Three terms, two of one column, told by the inputs and hidden from the encoder."""
    rng = RNG(seed)
    said = rng.integers(0, 3, n)
    x = rng.normal(0, 0.3, (n, 6)) + np.eye(6)[said] * 0.8
    prior = rng.dirichlet(np.ones(5), n)
    return Lessons(x.astype(np.float32), prior, said, np.array([0, 2, 2]), np.arange(n) // 2)


def test_the_lowest_point_of_a_bowl():
    rng = RNG(0)
    a = rng.normal(size=(7, 7))
    bowl, middle = a @ a.T + np.eye(7), rng.normal(size=7)

    def cost(at):
        return 0.5 * (at - middle) @ bowl @ (at - middle), bowl @ (at - middle)

    assert np.allclose(lowest(cost, np.zeros(7), 100, 1e-9), middle, atol=1e-6)
    assert np.allclose(lowest(cost, middle, 5), middle)


def naive_cost(lessons, weight, pull):
    """Mean cross entropy by loops, terms nobody said as one further class."""
    total = 0.0
    n_columns = lessons.prior.shape[1]
    for x, prior, said in zip(lessons.x, lessons.prior, lessons.said, strict=True):
        mixed = [(p + 1e-3) / (1 + 1e-3 * n_columns) for p in prior]
        scores, left = [], sum(mixed)
        for k, column in enumerate(lessons.columns):
            share = mixed[column] / (1 + list(lessons.columns).count(column))
            left -= share
            scores.append(share * np.exp(sum(x * weight[:-1, k]) + weight[-1, k]))
        total -= np.log(scores[said] / (sum(scores) + left))
    return (
        total / len(lessons) + 0.5 * pull * (weight[:-1] ** 2).sum()
        + 0.5 * 0.01 * (weight[-1] ** 2).sum()
    )  # fmt: skip


def test_the_fit_is_the_lowest_point_of_the_naive_cost():
    lessons = taught(40)
    weight = fit_classes(lessons, 0.01, None, 200)
    here = naive_cost(lessons, weight, 0.01)
    rng = RNG(5)
    for _ in range(30):
        assert naive_cost(lessons, weight + rng.normal(0, 0.05, weight.shape), 0.01) > here
    own = class_logs(lessons, weight)[np.arange(40), lessons.said]
    plain = 0.5 * 0.01 * ((weight[:-1] ** 2).sum() + (weight[-1] ** 2).sum())
    assert here == pytest.approx(plain - own.mean(), abs=1e-5)


def test_without_weights_a_head_says_what_the_encoder_said():
    table = make_table()
    taxonomy = default_taxonomy()
    d, x = inputs(table).shape[1], inputs(table)
    centre, spread = scales(x, len(taxonomy.coarse) + len(taxonomy.fine))
    columns = np.array([3, 3, 7])
    head = Head("coarse", "m", ("a", "b", "c"), columns, centre, spread,
                np.zeros((d, 3), np.float32), np.zeros(3, np.float32))  # fmt: skip
    chances, beliefs = head.chances(x, table.coarse)
    mixed = (table.coarse + 1e-3) / (1 + 1e-3 * table.coarse.shape[1])
    assert np.allclose(beliefs, mixed, atol=1e-5)
    assert np.allclose(chances[:, 0], mixed[:, 3] / 3, atol=1e-6)
    assert np.allclose(chances[:, 2], mixed[:, 7] / 2, atol=1e-6)
    logs, rest = offsets(table.coarse, columns)
    assert np.allclose(np.exp(logs).sum(1) + np.exp(rest), 1, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 6))
def test_beliefs_sum_to_one_whatever_the_weights(seed, size):
    table = make_table(20, 2)
    x = inputs(table)
    rng = RNG(seed)
    head = Head("fine", "m", ("a", "b"), np.array([1, 1]), np.zeros(x.shape[1], np.float32),
                np.ones(x.shape[1], np.float32), rng.normal(0, size, (x.shape[1], 2)).astype("f4"),
                rng.normal(0, size, 2).astype("f4"))  # fmt: skip
    chances, beliefs = head.chances(x, table.fine)
    assert np.allclose(beliefs.sum(1), 1, atol=1e-4) and (beliefs >= -1e-6).all()
    assert (chances.sum(1) <= 1 + 1e-4).all()


def test_what_cannot_be_judged_stays_unjudged_and_the_rest_is_corrected():
    table = make_table(300)
    table.coarse[4] = np.nan
    x = inputs(table)
    head = Head("coarse", "m", ("a",), np.array([9]), np.zeros(x.shape[1], np.float32),
                np.ones(x.shape[1], np.float32), np.zeros((x.shape[1], 1), np.float32),
                np.array([4.0], np.float32))  # fmt: skip
    new = head.corrected(table)
    assert np.isnan(new[4]).all() and np.isfinite(np.delete(new, 4, 0)).all()
    assert (np.delete(new, 4, 0)[:, 9] > np.delete(table.coarse, 4, 0)[:, 9]).all()
    told = head_from(json.loads(json.dumps(head.to_json())))
    assert np.array_equal(told.corrected(table), new, equal_nan=True)
    with pytest.raises(FabricFinderError):
        head_from(head.to_json() | {"format": 99})


def test_tightness_is_a_weighted_ridge():
    rng = RNG(2)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    prior = np.stack([rng.uniform(20, 90, 50), np.full(50, 9.0)], 1)
    said = np.clip(prior[:, 0] + 6 * x[:, 1] - 5, 0, 100)
    trust = np.where(np.arange(50) % 2, 8.0, 2.0)
    lessons = Lessons(x, prior, said, np.zeros(0, int), np.arange(50), trust)
    weight = fit_cover(lessons, 0.1)
    full = np.hstack([with_cover(x, prior[:, 0]), np.ones((50, 1))])

    def cost(w):
        off = np.minimum(64 / trust**2, 4) * (full @ w - (said - prior[:, 0])) ** 2
        return off.sum() + (np.r_[np.full(5, 1.0), 0.2] * w**2).sum()

    assert all(cost(weight + rng.normal(0, 0.02, 6)) > cost(weight) for _ in range(30))
    assert np.abs(cover_of(lessons, weight) - said).mean() < 0.5


def test_folds_never_part_an_article_and_do_not_depend_on_order():
    groups = [f"article {i % 23}" for i in range(200)]
    fold = folds(groups, 5)
    assert all(len(set(fold[np.array(groups) == g])) == 1 for g in set(groups))
    assert np.bincount(fold).min() >= 26
    turned = folds(groups[::-1], 5)
    assert (turned[::-1] == fold).all()


def test_a_head_is_kept_when_it_learns_and_not_when_there_is_nothing_to_learn():
    weight, judged = run_to_end(fitted(taught(), "coarse"))
    assert judged.kept and judged.after > judged.before + 0.2 and judged.low > 0
    assert judged.labels == 120 and judged.articles == 60
    rng = RNG(0)
    sure = np.full((80, 5), 0.01)
    said = rng.integers(0, 3, 80)
    sure[np.arange(80), np.array([0, 2, 4])[said]] = 0.96  # the encoder knows it all
    noise = Lessons(rng.normal(size=(80, 6)).astype(np.float32), sure, said, np.array([0, 2, 4]),
                    np.arange(80))  # fmt: skip
    _, judged = run_to_end(fitted(noise, "coarse"))
    assert judged.before == judged.after == 1.0 and judged.low <= 0 <= judged.high


def test_the_forecast_is_silent_with_few_labels_and_near_with_many():
    few = taught(50)
    _, judged = run_to_end(fitted(few, "coarse"))
    assert np.isnan(run_to_end(forecast(few, "coarse", judged)).next_low)
    many = taught(240)
    _, judged = run_to_end(fitted(many, "coarse"))
    told = run_to_end(forecast(many, "coarse", judged))
    assert [n for n, _ in told.curve] == [48, 96, 192] and told.next_low <= told.next_high
    assert told.next_high < 0.2
