"""Beliefs beside exact labels, counted by hand."""

import numpy as np
import pytest

from fabricfinder.evaluation.beliefs import (
    BelievedAndTrue,
    dimension_errors,
    evaluate_beliefs,
    evaluate_density,
)

MINORS = ("solid/plain", "solid/slub", "plaid/glen")
FINES = ("plain", "twill-2-2")


def made(n: int = 200, seed: int = 0) -> BelievedAndTrue:
    """Beliefs that are exactly as sure as they are right."""
    rng = np.random.default_rng(seed)
    coarse = rng.dirichlet([0.5] * 3, n)
    fine = rng.dirichlet([0.7] * 2, n)
    mean = rng.uniform(30, 80, n)
    px = np.where(rng.random(n) < 0.3, np.nan, rng.uniform(1, 9, n))
    return BelievedAndTrue(
        coarse, fine, np.column_stack([mean, np.full(n, 4.0)]),
        np.array([rng.choice(3, p=p) for p in coarse]), np.array([rng.choice(2, p=p) for p in fine]),
        mean + rng.normal(0, 4, n), px, [f"b{i // 4}" for i in range(n)],
    )  # fmt: skip


def test_every_figure_is_the_count_it_says() -> None:
    seen = made()
    found = evaluate_beliefs(seen, MINORS, FINES, resamples=100)
    report = found.report
    right = seen.coarse.argmax(1) == seen.true_coarse
    assert report.figure("minor right").value == pytest.approx(right.mean())
    is_plaid = (seen.coarse.argmax(1) == 2) == (seen.true_coarse == 2)
    assert report.figure("major right").value == pytest.approx(is_plaid.mean())
    told, resolved = ~np.isnan(seen.px_per_yarn), seen.px_per_yarn >= 4
    fine = seen.fine.argmax(1) == seen.true_fine
    assert report.figure("fine right, scale told").value == pytest.approx(fine[told].mean())
    figure = report.figure("fine right, ≥ 4 px a yarn")
    assert (figure.value, figure.n) == (pytest.approx(fine[resolved].mean()), resolved.sum())
    error = np.abs(seen.tightness[:, 0] - seen.true_tightness)[told]
    assert report.figure("error of tightness, points").value == pytest.approx(error.mean())
    common = np.bincount(seen.true_coarse).max() / 200
    assert report.figure("minor right").floor == pytest.approx(common)
    slub = seen.true_coarse == 1
    by_class = report.figure("right", "coarse solid/slub")
    assert (by_class.value, by_class.n) == (pytest.approx(right[slub].mean()), slub.sum())
    assert found.confusion.sum() == 200 and np.trace(found.confusion) == right.sum()
    assert sum(b.n for b in found.reliability["coarse"]) == 200


def test_honest_beliefs_keep_their_promises() -> None:
    report = evaluate_beliefs(made(4000), MINORS, FINES, resamples=50).report
    for name in ("minor in its 90 % set", "fine in its 90 % set"):
        assert 0.88 < report.figure(name).value < 0.97, name
    assert 0.93 < report.figure("tightness in its 95 % interval").value < 0.97
    assert report.figure("ECE minor").value < 0.04


def test_overconfidence_shows() -> None:
    seen = made(4000)
    sure = np.eye(3)[seen.coarse.argmax(1)]
    boast = BelievedAndTrue(
        sure, seen.fine, seen.tightness * [1, 0.1], seen.true_coarse, seen.true_fine,
        seen.true_tightness, seen.px_per_yarn, seen.families,
    )  # fmt: skip
    report = evaluate_beliefs(boast, MINORS, FINES, resamples=50).report
    assert report.figure("ECE minor").value > 0.15
    assert report.figure("tightness in its 95 % interval").value < 0.3


def test_the_error_of_each_bar_and_of_saying_the_mean() -> None:
    rng = np.random.default_rng(1)
    true = rng.random((20, 30, 4))
    believed = true + rng.normal(0, 0.1, true.shape)
    believed[:, 5] = np.nan
    report = dimension_errors(believed, true, list(range(20)), resamples=50)
    kept = np.arange(30) != 5
    for i, figure in enumerate(report.figures):
        naive = np.abs(believed - true)[:, kept, i].mean()
        assert figure.value == pytest.approx(naive)
        assert figure.floor == pytest.approx(np.abs(true[..., i] - true[..., i].mean()).mean())


def test_density_counts_either_way_round() -> None:
    true = np.array([[20.0, 30.0], [20, 30], [20, 30], [20, 30]])
    counted = np.array([[20.4, 30.0], [30.1, 20.1], [20.0, 33.0], [np.nan, np.nan]])
    report = evaluate_density(counted, true, list("abcd"), resamples=50)
    assert report.figure("density within 3 %").value == pytest.approx(2 / 3)
    assert report.figure("density within 3 %").n == 3
    assert report.figure("answered").value == 0.75
    assert report.per_query["error of density, relative"][0] == pytest.approx(0.02)
