"""How readings of a thread count and a belief about the weave become a count, or do not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.density import (
    KNIT,
    TOO_COARSE,
    UNCOUNTED,
    UNDECIDED,
    DensityReadings,
    YarnDensity,
    settle,
)
from fabricfinder.domain.taxonomy import default_taxonomy

TAXONOMY = default_taxonomy()
WEAVES = ("plain", "twill-2-2")


def readings(weights: list[list[float]], px_per_cm: float = 160.0) -> DensityReadings:
    """Readings of 26 × 24 and of 13 × 24 threads, weighed under a plain weave and a twill."""
    ends, picks = np.array([26.0, 13.0]), np.array([24.0, 24.0])
    return DensityReadings(
        ends, picks, ends * 0.02, picks * 0.02, np.array(weights), WEAVES, px_per_cm, 0.6
    )


def belief(**shares: float) -> np.ndarray:
    row = np.zeros(len(TAXONOMY.fine), np.float32)
    for name, share in shares.items():
        row[TAXONOMY.fine_index[name.replace("_", "-")]] = share
    return row


NOTHING = np.full(len(TAXONOMY.fine), np.nan, np.float32)


def test_a_clear_reading_needs_no_weave() -> None:
    count, why = settle(readings([[5, 5], [0, 0], [0, 0]]), NOTHING, TAXONOMY)
    assert why == ""
    assert count == YarnDensity(26.0, 24.0, 26 * 0.02, 24 * 0.02, 160 / 26)
    assert count.known and count.mean == pytest.approx(math.sqrt(26 * 24))


@pytest.mark.parametrize(("weave", "ends"), [("plain", 26.0), ("twill_2_2", 13.0)])
def test_the_weave_settles_what_the_spectrum_leaves_open(weave: str, ends: float) -> None:
    open_ = readings([[4, 0], [0, 4], [-2, -2]])  # 26 if plain, 13 if twill
    assert settle(open_, NOTHING, TAXONOMY) == (UNCOUNTED, UNDECIDED)
    count, _ = settle(open_, belief(**{weave: 0.9, "felt": 0.1}), TAXONOMY)
    assert count.ends == ends


def test_none_of_them_refuses() -> None:
    assert settle(readings([[1, 1], [1, 1], [6, 6]]), NOTHING, TAXONOMY) == (UNCOUNTED, UNDECIDED)
    coarse = readings([[1, 1], [1, 1], [6, 6]], px_per_cm=80.0)
    assert settle(coarse, NOTHING, TAXONOMY) == (UNCOUNTED, TOO_COARSE)


def test_under_two_and_a_half_pixels_a_yarn_nothing_is_said() -> None:
    for px_per_cm, known in ((26 * 2.6, True), (26 * 2.4, False)):
        clear = readings([[9, 9], [0, 0], [0, 0]], px_per_cm)
        assert settle(clear, NOTHING, TAXONOMY)[0].known is known


def test_a_knit_is_not_counted() -> None:
    clear = readings([[9, 9], [0, 0], [0, 0]])
    assert settle(clear, belief(**{"single-jersey": 0.7, "plain": 0.3}), TAXONOMY) == (
        UNCOUNTED, KNIT,
    )  # fmt: skip


def test_readings_of_one_count_are_one() -> None:
    """Two peaks a hundredth apart share the evidence and are still believed together."""
    ends, picks = np.array([26.0, 26.2]), np.array([24.0, 24.1])
    twins = DensityReadings(
        ends, picks, ends * 0.02, picks * 0.02, np.array([[3.0], [3.1], [0.0]]), ("plain",), 160.0,
        0.6,
    )  # fmt: skip
    assert settle(twins, NOTHING, TAXONOMY)[0].ends == 26.2


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=6), st.floats(0, 1))
def test_the_probability_is_that_of_the_formula(values: list[float], plain: float) -> None:
    weights = np.array(values).reshape(3, 2)
    given_ = readings(weights.tolist())
    fine = belief(plain=plain, twill_2_2=1 - plain)
    prior = np.array([0.02 + plain, 0.02 + 1 - plain]) ** 0.4
    share = (np.exp(weights) * prior).sum(axis=1)
    share /= share.sum()
    count, _ = settle(given_, fine, TAXONOMY)
    best = int(share[:2].argmax())
    if abs(share[best] - 0.6) > 1e-6 and abs(share[0] - share[1]) > 1e-9:
        assert count.known == (share[best] > 0.6)
        assert not count.known or count.ends == given_.ends[best]


def test_an_array_holds_a_count() -> None:
    count = YarnDensity(26.0, 24.0, 0.5, 0.25, 6.0)
    assert YarnDensity.from_array(count.to_array()) == count
    assert np.isnan(UNCOUNTED.to_array()).all() and not UNCOUNTED.known
