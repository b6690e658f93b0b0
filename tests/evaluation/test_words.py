"""The percentages behind band words, "unfamiliar" and colourways, counted by hand."""

import numpy as np
import pytest

from fabricfinder.evaluation.truth import Captures, CaptureTruth
from fabricfinder.evaluation.words import (
    evaluate_bands,
    evaluate_colorways,
    evaluate_unfamiliar,
)


def one_family_and_a_stranger() -> CaptureTruth:
    """A base, its two colours, its weave sibling, and another design."""
    side = Captures(
        ("a", "a1", "a2", "aw", "z"), ("A", "A", "A", "A", "Z"),
        ("base", "colour-1", "colour-2", "weave", "base"), ("plaid/glen",) * 5, ("plain",) * 5,
    )  # fmt: skip
    return CaptureTruth("made", side, side, np.full((5, 5), 0.5, np.float32))


def test_bands_are_counted_pair_by_pair() -> None:
    truth = one_family_and_a_stranger()
    overall = np.full((5, 5), 0.1)
    overall[0] = [0.95, 0.91, 0.2, 0.2, 0.92]
    overall[1] = [0.2, 0.7, 0.2, 0.2, 0.66]
    report = evaluate_bands(overall, truth, resamples=50)
    same = "Same quality (0.90)"
    assert report.figure("same fabric", same).value == pytest.approx(1 / 3)
    assert report.figure("same design", same).value == pytest.approx(2 / 3)
    assert report.figure("re-captures at or above", same).value == pytest.approx(1 / 5)
    related = "Related (0.65)"
    assert report.figure("same design", related).value == pytest.approx(3 / 5)
    assert report.figure("other designs below", related).value == pytest.approx(6 / 8)
    assert report.figure("re-captures at or above", related).n == 5


def test_colorways_are_found_across_colours_and_the_right_one_first() -> None:
    truth = one_family_and_a_stranger()
    free, even = np.zeros((5, 5)), np.zeros((5, 5))
    free[0] = [9, 8, 1, 2, 3]  # of its two other colours one is among the first two
    free[1] = [8, 9, 7, 2, 3]  # both
    free[2] = [1, 1, 9, 5, 5]  # none
    even[0] = [5, 6, 1, 9, 9]  # another colour of it is ahead; the weave and strangers never count
    even[1] = [1, 6, 6, 9, 9]  # ties with another colour
    even[2] = [1, 1, 6, 9, 9]
    report = evaluate_colorways(even, free, truth, resamples=50)
    found = report.per_query["other colourways found, colour freed"]
    assert found[:3].tolist() == [0.5, 1.0, 0.0] and np.isnan(found[3:]).all()
    ten = report.figure("another colourway among ten, colour freed")
    assert (ten.value, ten.n) == (1.0, 3)  # of five cloths all are among ten
    first = report.per_query["right colourway first"]
    assert first[:3].tolist() == [0.0, 0.5, 1.0] and np.isnan(first[3:]).all()
    assert report.figure("right colourway first").floor == pytest.approx(1 / 3)


def test_unfamiliar_is_said_from_1_on() -> None:
    report = evaluate_unfamiliar(
        np.array([0.2, 1.0, 1.7, np.nan]), ["a", "b", "b", "c"], is_cloth=True, resamples=50
    )
    figure = report.figure("flagged of cloth")
    assert (figure.value, figure.n, figure.excluded) == (pytest.approx(2 / 3), 3, 1)
