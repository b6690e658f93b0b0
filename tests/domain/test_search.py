"""Checks preferences, the order of results under them, and the bands."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.bands import BANDS, band_of, match_bands
from fabricfinder.domain.certainty import Certainty
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import (
    LOCK_FLOORS,
    Filters,
    Preference,
    Query,
    SearchResult,
    code_weight,
    stretched,
)
from fabricfinder.domain.similarity import DIMENSIONS, Weights, overall_similarity
from fabricfinder.domain.swatch import Swatch

BLEND = (0.5, 0.25)


def make_result(scores: np.ndarray, hamming: np.ndarray, ids: list[str], **extra) -> SearchResult:
    """A result with given scores (n, 4) and distances of 64-bit codes."""
    n = len(ids)
    table = DescriptorTable(
        "fake", tuple(ids), np.zeros((n, 8), np.uint8), np.zeros((n, 3), np.float32),
        np.zeros((n, 3), np.float32), np.zeros((n, 2), np.float32),
        np.zeros((n, 10, 5), np.float32), np.zeros(n, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip
    swatches = tuple(Swatch(i, f"/cloth/{i}.png", i, 100, 100) for i in ids)
    medians = np.array([
        np.median(c[~np.isnan(c)]) if (~np.isnan(c)).any() else np.nan for c in scores.T
    ])  # fmt: skip
    code = (1 - hamming / 64).astype(np.float32)
    return SearchResult(
        Query(), None, swatches, table, hamming, code, scores.astype(np.float32), medians, BLEND,
        n, n, 0.0, **extra,
    )  # fmt: skip


def random_result(seed: int, n: int = 40, **extra) -> SearchResult:
    """Coarse-grained scores, so that ties of every kind occur."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, 4)) / 4
    scores[rng.random((n, 4)) < 0.15] = np.nan
    ids = [f"{i:03x}" for i in rng.permutation(n)]
    return make_result(scores, rng.integers(0, 4, n) * 8, ids, **extra)


def naive_order(result: SearchResult, preference: Preference) -> list[int]:
    """The same order by Python's own sort on (score, distance, id)."""
    weights = preference.effective_weights
    keyed = []
    share = code_weight(result.blend, weights)
    four = overall_similarity(result.scores, weights, result.medians)
    for row, swatch in enumerate(result.swatches):
        overall = round((1 - share) * four[row] + share * float(result.code_similarity[row]), 6)
        locked = preference.locked - preference.free
        scores = dict(zip(DIMENSIONS, result.scores[row].tolist(), strict=True))
        if any(not scores[d] >= LOCK_FLOORS[d] for d in locked) or overall < preference.floor:
            continue
        distance = int(result.hamming[row])
        first = {"overall": -overall, "hamming": distance}.get(preference.order)
        if first is None:
            own = scores[preference.order]
            first = 2.0 if math.isnan(own) else -own
        keyed.append((first, distance, swatch.id, row))
    return [row for *_, row in sorted(keyed)]


@st.composite
def preferences(draw: st.DrawFn) -> Preference:
    values = draw(st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, 2.0])] * 4).filter(any))
    subsets = st.frozensets(st.sampled_from(DIMENSIONS), max_size=4)
    return Preference(
        Weights(*values), draw(subsets.map(lambda s: frozenset(sorted(s)[:2]))), draw(subsets),
        draw(st.sampled_from(["overall", "hamming", *DIMENSIONS])),
        draw(st.sampled_from([0.0, 0.4, 0.7])),
    )  # fmt: skip


@given(st.integers(0, 1000), preferences())
@settings(max_examples=120)
def test_the_order_is_total_and_as_python_sorts_it(seed: int, preference: Preference):
    result = random_result(seed)
    rows, overall = result.order(preference)
    assert rows.tolist() == naive_order(result, preference)
    assert len(overall) == 40 and overall.min() >= 0 and overall.max() <= 1


@given(st.integers(0, 50))
@settings(max_examples=15)
def test_a_given_id_rank_with_gaps_changes_nothing(seed: int):
    result = random_result(seed)
    ids = sorted(s.id for s in result.swatches)
    gaps = np.array([7 * ids.index(s.id) + 3 for s in result.swatches])
    for order in ("overall", "hamming", "fine"):
        preference = Preference(order=order)
        rows = random_result(seed, id_rank=gaps).order(preference)[0]
        assert rows.tolist() == result.order(preference)[0].tolist()
    enormous = gaps * 2**40  # past one int64 key: the long way round
    rows = random_result(seed, id_rank=enormous).order(Preference())[0]
    assert rows.tolist() == result.order(Preference())[0].tolist()


def test_the_order_does_not_hang_on_how_the_candidates_lie():
    result = random_result(3)
    turned = np.arange(40)[::-1]
    other = make_result(
        result.scores[turned], result.hamming[turned], [result.swatches[r].id for r in turned]
    )
    for order in ("overall", "hamming", "color"):
        one, two = (
            [r.swatch.id for r in x.ranked(Preference(order=order))] for x in (result, other)
        )
        assert one == two


def test_ranked_gives_values_from_rank_one():
    result = random_result(5)
    best = result.ranked(Preference(), top=3)
    rows, overall = result.order(Preference())
    assert [r.rank for r in best] == [1, 2, 3] and [r.row for r in best] == rows[:3].tolist()
    assert best[0].overall == overall[rows[0]] and best[0].swatch is result.swatches[rows[0]]
    assert len(result.ranked(Preference())) == len(result.ranked(Preference(), top=999)) == 40


def test_overall_blends_the_code_by_how_much_colour_counts():
    assert code_weight(BLEND, Weights()) == 0.5
    assert code_weight(BLEND, Weights(0, 0, 1, 0)) == 0.25
    assert code_weight(BLEND, Weights(1, 1, 0, 1)) == 0.25
    assert code_weight(BLEND, Weights(2, 1, 1, 1)) == pytest.approx(0.45)
    assert code_weight(BLEND, Weights(7, 7, 7, 7)) == 0.5
    result = make_result(np.array([[1, 1, 1, 1], [0, 0, 0, 0.0]]), np.array([32, 0]), ["a", "b"])
    np.testing.assert_allclose(result.overall(Weights()), [0.75, 0.5])
    np.testing.assert_allclose(result.overall(Weights(1, 1, 0, 1)), [0.875, 0.25])


@given(st.floats(0, 1), st.floats(1, 9), st.floats(0, 1))
def test_stretching_a_code_moves_the_number_not_the_order(share, k, code):
    near, far = stretched(np.array([code, code / 2]), (share, 0.0, k))
    assert 0 <= far <= near <= 1 and near == max(0.0, 1 - k * (1 - code))
    assert stretched(np.array([1.0]), (share, 0.0, k)) == 1
    assert stretched(np.array([code]), (share, 0.0)) == pytest.approx(code, abs=1e-9)


def test_a_stretched_overall_stands_among_the_bars():
    result = make_result(np.full((2, 4), 0.7), np.array([2, 32]), ["a", "b"])
    plain, apart = result.overall(Weights())
    near, far = replace(result, blend=(0.5, 0.25, 5.0)).overall(Weights())
    assert result.code_similarity.tolist() == [1 - 2 / 64, 0.5]
    assert near == pytest.approx(0.35 + 0.5 * (1 - 5 * 2 / 64), abs=1e-6)
    assert far == 0.35 and near < plain and far < apart


def test_a_locked_dimension_must_match_and_unknown_does_not():
    scores = np.array([[1, 1, 1, 1], [0.5, 1, 1, 1], [np.nan, 1, 1, 1]])
    result = make_result(scores, np.zeros(3, int), ["a", "b", "c"])
    assert result.order(Preference(locked=frozenset({"coarse"})))[0].tolist() == [0]
    doubtful = make_result(
        scores / 2, np.zeros(3, int), ["a", "b", "c"], attainable=(0.5, 1.0, 1.0, 1.0)
    )
    assert doubtful.order(Preference(locked=frozenset({"coarse"})))[0].tolist() == [0]
    both = Preference(locked=frozenset({"coarse"}), free=frozenset({"coarse"}))
    assert len(result.order(both)[0]) == 3


def test_a_free_dimension_does_not_count():
    result = make_result(np.array([[1, 1, 0, 1], [1, 1, 1, 0.9]]), np.zeros(2, int), ["a", "b"])
    assert result.order(Preference())[0].tolist() == [1, 0]
    assert result.order(Preference(free=frozenset({"color"})))[0].tolist() == [0, 1]


def test_the_weights_that_are_left():
    free = frozenset({"color", "fine"})
    assert Preference(Weights(1, 2, 3, 4), free=free).effective_weights == Weights(1, 0, 0, 4)
    assert Preference(Weights(0, 0, 3, 0), free=free).effective_weights == Weights(1, 0, 0, 1)
    assert Preference(free=frozenset(DIMENSIONS)).effective_weights == Weights()


def test_the_floor_leaves_out_what_is_under_it():
    result = random_result(9)
    rows, overall = result.order(Preference(floor=0.6))
    assert 0 < len(rows) < 40
    assert set(rows.tolist()) == set(np.flatnonzero(overall >= 0.6).tolist())


def test_an_empty_result_has_an_order():
    result = make_result(np.zeros((0, 4)), np.zeros(0, int), [])
    for order in ("overall", "hamming", "color"):
        assert len(result.order(Preference(order=order))[0]) == 0


@pytest.mark.parametrize(
    "bad", [{"order": "best"}, {"locked": {"hue"}}, {"free": {"hue"}}, {"floor": 1.5}]
)
def test_a_preference_of_unknown_things(bad):
    bad = {k: frozenset(v) if isinstance(v, set) else v for k, v in bad.items()}
    with pytest.raises(ValueError):
        Preference(**bad)


def test_columns_of_a_result_must_match():
    with pytest.raises(ValueError, match="one row a candidate"):
        make_result(np.zeros((2, 4)), np.zeros(3, int), ["a", "b"])


def test_filters_are_active_when_anything_is_asked():
    assert not Filters().active
    assert Filters(labelled=False).active and Filters(tightness=(0, 50)).active
    assert Filters(fields=frozenset({("supplier", "Mill")})).active


def test_bands_cover_every_score():
    floors = [band.floor for band in BANDS]
    assert floors == sorted(floors, reverse=True) and floors[-1] == 0
    for band in BANDS:
        assert band_of(band.floor) is band
        if band.floor:
            assert band_of(band.floor - 1e-9) is not band
    assert band_of(1.0).key == "same"
    assert band_of(-0.1) is BANDS[-1] and band_of(math.nan) is BANDS[-1]


def naive_band(overall: float, scores, unsure, same_texture: bool) -> int:
    """The rule of the bands, clause by clause, for one pair."""
    place = BANDS.index(band_of(overall))
    missing = [math.isnan(score) for score in scores]
    doubtful = [a or b for a, b in zip(missing, unsure, strict=True)]
    if not same_texture or any(doubtful):
        place = max(place, 1)
    if sum(missing) > 1 or (doubtful[0] and doubtful[1]):
        place = max(place, 2)
    return place


def test_how_sure_both_sides_are_caps_the_band():
    rng, n = np.random.default_rng(2), 400
    overall = np.concatenate([rng.uniform(0.5, 1, n - 6), [0.9, 0.8, 0.65, 0, 1, math.nan]])
    scores = np.where(rng.random((n, 4)) < 0.15, np.nan, rng.random((n, 4)))
    unsure, same = rng.random((n, 4)) < 0.2, rng.random(n) < 0.7
    found = match_bands(overall, scores, Certainty(unsure, same))
    rows = zip(overall, scores, unsure, same, strict=True)
    assert found.tolist() == [naive_band(*row) for row in rows]
    assert set(found.tolist()) == {0, 1, 2, 3}
