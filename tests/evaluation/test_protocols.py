"""The protocols on small made sets: what is left out, what is relevant, what chance gives."""

import math
from pathlib import Path

import numpy as np
import pytest

from fabricfinder.evaluation.labelled import LabelledSet
from fabricfinder.evaluation.protocols import evaluate_photos


def labelled_set(labels: list[str], groups: list[str] | None = None) -> LabelledSet:
    n = len(labels)
    names = groups or [str(i) for i in range(n)]
    return LabelledSet("cloths", tuple(Path(f"{i}.png") for i in range(n)), tuple(labels),
                       tuple(names))  # fmt: skip


def test_the_own_group_is_left_out() -> None:
    """The near duplicate would be first; without it the nearest is another label."""
    photos = labelled_set(["a", "a", "b", "a"], ["1", "1", "2", "3"])
    scores = np.array([[9, 8, 5, 1], [8, 9, 5, 1], [1, 1, 9, 3], [4, 4, 2, 9]], float)
    report = evaluate_photos(scores, photos, resamples=50)
    assert report.per_query["P@1"][:2].tolist() == [0.0, 0.0]
    assert math.isnan(report.per_query["P@1"][2])
    assert report.per_query["P@1"][3] == 1.0
    assert report.per_query["mAP"][0] == pytest.approx(0.5)
    figure = report.figure("P@1")
    assert (figure.value, figure.n, figure.excluded) == (pytest.approx(1 / 3), 3, 1)
    # Chance of query 0: one relevant of two; of query 3: two of three.
    assert figure.floor == pytest.approx((0.5 + 0.5 + 2 / 3) / 3)


def test_a_matrix_and_a_function_give_the_same() -> None:
    rng = np.random.default_rng(0)
    photos = labelled_set(list("aabbccdd"))
    scores = rng.random((8, 8))
    by_matrix = evaluate_photos(scores, photos, resamples=100)
    by_function = evaluate_photos(lambda i: scores[i], photos, resamples=100)
    assert by_matrix.figures == by_function.figures
    assert by_matrix.breakdown == by_function.breakdown


def test_random_scores_lie_at_the_floor_and_labels_at_1() -> None:
    rng = np.random.default_rng(1)
    labels = rng.choice(list("abcdef"), 150, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1]).tolist()
    photos = labelled_set(labels)
    random = evaluate_photos(rng.random((150, 150)), photos, resamples=500)
    for figure in random.figures:
        assert figure.low <= figure.floor <= figure.high
    sizes = np.array([labels.count(label) for label in labels])
    assert random.figure("P@1").floor == pytest.approx(np.mean((sizes - 1) / 149))
    same = (photos.label_codes[:, None] == photos.label_codes).astype(float)
    oracle = evaluate_photos(same, photos, resamples=50)
    assert [f.value for f in oracle.figures] == pytest.approx([1.0, 1.0, 1.0])


def test_the_breakdown_is_the_same_measure_within_a_label() -> None:
    rng = np.random.default_rng(2)
    photos = labelled_set(["a"] * 6 + ["b"] * 9)
    report = evaluate_photos(rng.random((15, 15)), photos, resamples=50)
    values = report.per_query["mAP"]
    assert report.figure("mAP", "a").value == pytest.approx(values[:6].mean())
    assert report.figure("mAP", "b").value == pytest.approx(values[6:].mean())
    assert report.figure("mAP", "b").n == 9


def test_shuffling_the_set_changes_no_query() -> None:
    rng = np.random.default_rng(3)
    labels = rng.choice(list("abc"), 40).tolist()
    scores = rng.integers(0, 4, (40, 40)).astype(float)
    order = rng.permutation(40)
    plain = evaluate_photos(scores, labelled_set(labels), resamples=10).per_query
    shuffled = evaluate_photos(
        scores[order][:, order], labelled_set([labels[i] for i in order]), resamples=10
    ).per_query
    for name, values in plain.items():
        assert np.array_equal(values[order], shuffled[name])


def test_the_same_seed_gives_the_same_interval() -> None:
    scores = np.random.default_rng(4).random((9, 9))
    photos = labelled_set(list("aaabbbccc"))
    first, again, other = (
        evaluate_photos(scores, photos, seed=seed, resamples=40).figure("mAP") for seed in (0, 0, 1)
    )
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_scores_that_do_not_fit_are_refused() -> None:
    photos = labelled_set(list("aabb"))
    with pytest.raises(ValueError, match="3 rows for 4"):
        evaluate_photos(np.zeros((3, 4)), photos)
    with pytest.raises(ValueError, match="not \\(4,\\)"):
        evaluate_photos(lambda i: np.zeros(3), photos)
    with pytest.raises(ValueError, match="nan"):
        evaluate_photos(np.full((4, 4), np.nan), photos)
