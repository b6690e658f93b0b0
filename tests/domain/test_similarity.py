"""Checks the four dimensions against tables, brute force and the properties they must have."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    SimilarityBreakdown,
    Weights,
    coarse_similarity,
    expected_tightness_similarity,
    fine_similarity,
    knit_against_woven,
    overall_similarity,
    palette_distance_literal,
    palette_similarity_corrected,
    sett_similarity,
    tightness_similarity,
    tightness_with_sett,
)
from fabricfinder.domain.taxonomy import default_taxonomy

TAXONOMY = default_taxonomy()
N_COARSE, N_FINE = len(TAXONOMY.coarse), len(TAXONOMY.fine)


def beliefs(rng: np.random.Generator, n: int, width: int, sharp: float = 3.0) -> np.ndarray:
    """Softmax beliefs, float32 (n, width); about as sharp as a trained head's."""
    e = np.exp(rng.normal(size=(n, width)) * sharp)
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def best_coupling(p: np.ndarray, q: np.ndarray, table: np.ndarray) -> float:
    """max Σ T·A over all couplings T of p and q, by a transport solver."""
    masses = (np.ascontiguousarray(x, np.float32)[:, None] for x in (p, q))
    return 1 - cv2.EMD(*masses, cv2.DIST_USER, np.ascontiguousarray(1 - table, np.float32))[0]


# -- coarse ---------------------------------------------------------------------------------------


def test_one_hot_beliefs_reproduce_the_coarse_table():
    eye = np.eye(N_COARSE, dtype=np.float32)
    rows = np.stack([coarse_similarity(one, eye, TAXONOMY) for one in eye])
    assert np.array_equal(rows, TAXONOMY.coarse_table)


@pytest.mark.parametrize("seed", range(4))
def test_coarse_is_the_best_coupling(seed: int):
    rng = np.random.default_rng(seed)
    p, q = beliefs(rng, 1, N_COARSE)[0], beliefs(rng, 20, N_COARSE)
    expected = [best_coupling(p, one, TAXONOMY.coarse_table) for one in q]
    np.testing.assert_allclose(coarse_similarity(p, q, TAXONOMY), expected, atol=2e-5)


def test_a_belief_is_like_itself_but_for_what_it_calls_other():
    p = beliefs(np.random.default_rng(1), 50, N_COARSE)
    own = np.array([coarse_similarity(one, one[None], TAXONOMY)[0] for one in p])
    np.testing.assert_allclose(own, 1 - p[:, TAXONOMY.is_other].sum(axis=1) / 2, atol=1e-5)
    p[:, TAXONOMY.is_other] = 0
    p /= p.sum(axis=1, keepdims=True)
    own = [coarse_similarity(one, one[None], TAXONOMY)[0] for one in p]
    np.testing.assert_allclose(own, 1, atol=1e-5)


def test_the_same_cloth_in_doubt_beats_another_cloth_labelled():
    doubt = np.zeros(N_COARSE, np.float32)
    doubt[TAXONOMY.coarse_index["plaid/gingham"]] = 0.6
    doubt[TAXONOMY.coarse_index["plaid/buffalo"]] = 0.4
    labelled = np.eye(N_COARSE, dtype=np.float32)[TAXONOMY.coarse_index["plaid/gingham"]]
    same, other = coarse_similarity(doubt, np.stack([doubt, labelled]), TAXONOMY)
    assert same == pytest.approx(1) and other == pytest.approx(0.8)


# -- fine -----------------------------------------------------------------------------------------


def test_fine_is_one_or_nothing_for_labels_and_the_best_coupling_for_beliefs():
    eye = np.eye(N_FINE, dtype=np.float32)
    assert np.array_equal(np.stack([fine_similarity(one, eye) for one in eye]), eye)
    rng = np.random.default_rng(0)
    p, q = beliefs(rng, 1, N_FINE)[0], beliefs(rng, 20, N_FINE)
    expected = [best_coupling(p, one, eye) for one in q]
    np.testing.assert_allclose(fine_similarity(p, q), expected, atol=2e-5)
    np.testing.assert_allclose(fine_similarity(p, p[None]), 1, atol=1e-6)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_texture_similarities_are_symmetric_and_in_range(seed: int):
    rng = np.random.default_rng(seed)
    p, q = beliefs(rng, 6, N_COARSE), beliefs(rng, 6, N_FINE)
    coarse = np.stack([coarse_similarity(one, p, TAXONOMY) for one in p])
    fine = np.stack([fine_similarity(one, q) for one in q])
    for matrix in (coarse, fine):
        np.testing.assert_allclose(matrix, matrix.T, atol=1e-6)
        assert matrix.min() >= 0 and matrix.max() <= 1
    np.testing.assert_allclose(coarse_similarity(p[:, None], p, TAXONOMY), coarse, atol=1e-6)
    np.testing.assert_allclose(fine_similarity(q[:, None], q), fine, atol=1e-6)


def test_what_is_not_known_is_not_judged():
    p = beliefs(np.random.default_rng(0), 3, N_COARSE)
    p[1] = np.nan
    assert np.isnan(coarse_similarity(p[1], p, TAXONOMY)).all()
    assert np.array_equal(np.isnan(coarse_similarity(p[0], p, TAXONOMY)), [False, True, False])
    q = beliefs(np.random.default_rng(0), 3, N_FINE)
    q[1] = np.nan
    assert np.isnan(fine_similarity(q[1], q)).all()
    assert np.array_equal(np.isnan(fine_similarity(q[0], q)), [False, True, False])
    t = np.array([[60, 0], [np.nan, 0], [np.nan, np.nan]], np.float32)
    assert np.isnan(tightness_similarity(t[1], t)).all()
    assert np.array_equal(np.isnan(tightness_similarity(t[0], t)), [False, True, True])


# -- tightness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "score"), [(60, 70, 0.75), (60, 100, 0), (20, 90, 0), (5, 5, 1)]
)
def test_tightness_of_certain_values(a: float, b: float, score: float):
    assert tightness_similarity(np.array([a, 0]), np.array([[b, 0]]))[0] == score
    assert tightness_similarity(np.array([b, 0]), np.array([[a, 0]]))[0] == score


@given(st.floats(0, 100), st.floats(0, 15), st.floats(0, 100), st.floats(0, 15))
@settings(max_examples=60)
def test_tightness_is_the_wasserstein_distance_of_normals(m1, s1, m2, s2):
    from statistics import NormalDist

    grid = (np.arange(2000) + 0.5) / 2000
    z = np.array([NormalDist().inv_cdf(p) for p in grid])
    distance = np.abs((m1 + s1 * z) - (m2 + s2 * z)).mean()  # W₁ by quantiles
    score = tightness_similarity(np.array([m1, s1]), np.array([[m2, s2]]))[0]
    assert score == pytest.approx(max(0, 1 - distance / 40), abs=2e-3)
    assert score == tightness_similarity(np.array([m2, s2]), np.array([[m1, s1]]))[0]


def test_the_same_tightness_in_doubt_is_the_same():
    assert tightness_similarity(np.array([62, 8]), np.array([[62, 8.0]]))[0] == 1
    # a deviation nobody knows is taken to be the other side's
    assert tightness_similarity(np.array([60, 8]), np.array([[70, np.nan]]))[0] == 0.75


@pytest.mark.parametrize(("m", "s", "value"), [(0, 5, 0.90026), (10, 5, 0.74788), (38, 8, 0.10727)])
def test_the_independent_expectation_has_its_check_values(m: float, s: float, value: float):
    one, two = np.array([50.0, s]), np.array([[50.0 + m, 0.0]])
    assert expected_tightness_similarity(one, two)[0] == pytest.approx(value, abs=1e-5)
    half = s / math.sqrt(2)  # only the sum of the variances counts
    one, two = np.array([50.0, half]), np.array([[50.0 + m, half]])
    assert expected_tightness_similarity(one, two)[0] == pytest.approx(value, abs=1e-5)


def test_the_independent_expectation_against_a_simulation_and_certainty():
    rng = np.random.default_rng(0)
    a, b = rng.normal(50, 6, 400_000), rng.normal(63, 9, 400_000)
    mean = np.maximum(0, 1 - np.abs(a - b) / 40).mean()
    got = expected_tightness_similarity(np.array([50, 6]), np.array([[63, 9], [np.nan, 1]]))
    assert got[0] == pytest.approx(mean, abs=2e-3) and np.isnan(got[1])
    sure = expected_tightness_similarity(np.array([60, 0]), np.array([[70, 0], [60, 0], [99, 0]]))
    np.testing.assert_allclose(sure, [0.75, 1, 0.025], atol=1e-9)


# -- knit against woven ---------------------------------------------------------------------------


def test_knit_against_woven_for_labels():
    eye = np.eye(N_FINE, dtype=np.float32)
    kind = [TAXONOMY.constructions[f] for f in TAXONOMY.fine]
    for row, one in enumerate(eye):
        crossed = knit_against_woven(one, eye, TAXONOMY)
        expected = [{kind[row], k} == {"knit", "woven"} for k in kind]
        assert np.array_equal(crossed, np.array(expected, float))


def test_knit_against_woven_is_the_least_any_coupling_allows():
    rng = np.random.default_rng(3)
    p, q = beliefs(rng, 1, N_FINE)[0], beliefs(rng, 40, N_FINE)
    knit, woven = TAXONOMY.is_knit, TAXONOMY.is_woven
    crossing = (knit[:, None] & woven[None]) | (woven[:, None] & knit[None])
    expected = [1 - best_coupling(p, one, 1.0 - crossing) for one in q]
    np.testing.assert_allclose(knit_against_woven(p, q, TAXONOMY), expected, atol=2e-5)
    assert max(expected) > 0.2
    own = [knit_against_woven(one, one[None], TAXONOMY)[0] for one in q]
    np.testing.assert_allclose(own, 0, atol=1e-6)


def test_an_unknown_weave_is_no_evidence_of_crossing():
    p = beliefs(np.random.default_rng(3), 2, N_FINE)
    p[1] = np.nan
    assert knit_against_woven(p[0], p, TAXONOMY)[1] == 0
    assert (knit_against_woven(p[1], p, TAXONOMY) == 0).all()


# -- the paper's colour variants ------------------------------------------------------------------


counts = st.floats(4, 80)


@settings(deadline=None)
@given(counts, counts, counts, counts)
def test_sett_is_the_mean_ratio_of_both_systems_however_the_cloth_lies(a, b, c, d):
    def one_way(e1, p1, e2, p2):
        return max(0.0, 1 - (abs(math.log(e1 / e2)) + abs(math.log(p1 / p2))) / 2 / math.log(1.25))

    one, other = np.array([a, b, 0, 0, 0]), np.array([[c, d, 0, 0, 0], [d, c, 0, 0, 0]])
    expected = max(one_way(a, b, c, d), one_way(a, b, d, c))
    np.testing.assert_allclose(sett_similarity(one, other), [expected] * 2, atol=1e-5)
    assert sett_similarity(one, np.array([[b, a, 1, 1, 1]]))[0] == pytest.approx(1)


def test_sett_at_known_ratios_and_where_nothing_was_counted():
    query = np.array([20.0, 20.0, 0.5, 0.5, 6])
    others = np.array([[22, 22], [25, 25], [30, 30], [60, 60], [np.nan, np.nan]])
    others = np.pad(others, ((0, 0), (0, 3)))
    scores = sett_similarity(query, others)
    np.testing.assert_allclose(scores[:4], [0.573, 0, 0, 0], atol=1e-3)
    assert np.isnan(scores[4])
    assert np.isnan(sett_similarity(np.full(5, np.nan), others)).all()


def test_cover_and_sett_count_half_each_and_unknown_is_neutral():
    cover, sett = np.array([1, 0.5, np.nan, 0.8, np.nan]), np.array([0.6, 1, 0.5, np.nan, np.nan])
    both = tightness_with_sett(cover, sett, 0.7, 0.4)
    np.testing.assert_allclose(both, [0.8, 0.75, 0.6, 0.6, np.nan], atol=1e-6)
    same = tightness_with_sett(cover, np.full(5, np.nan), 0.7, math.nan)
    np.testing.assert_array_equal(same, cover.astype(np.float32))


@settings(deadline=None)
@given(
    hnp.arrays(np.float64, 9, elements=st.floats(0, 1)),
    hnp.arrays(np.float64, 9, elements=st.floats(0, 1)),
)
def test_taking_a_count_away_never_raises_a_rank(cover, sett):
    before = tightness_with_sett(cover, sett, np.median(cover), np.median(sett))
    for row in np.flatnonzero(sett > np.median(sett)):
        poorer = sett.copy()
        poorer[row] = np.nan
        after = tightness_with_sett(cover, poorer, np.median(cover), np.nanmedian(poorer))
        assert after[row] <= before[row] + 1e-6
        above = before > before[row] + 1e-6
        assert (after[above] >= after[row] - 1e-6).all()


def palette(*colors: tuple[str, float, float, float, float]) -> np.ndarray:
    """Palette rows (10, 5) of (name, hue in degrees, s, v, share)."""
    rows = np.zeros((10, 5), np.float32)
    for row, (name, *values) in zip(rows, colors, strict=False):
        row[:] = (COLOR_NAMES.index(name), *values)
    return rows


BLACK, WHITE = ("black", 0.0, 0.0, 0.0), ("white", 0.0, 0.0, 1.0)
RED = ("red", 0.0, 1.0, 1.0)


def solid(color: tuple[str, float, float, float]) -> np.ndarray:
    return palette((*color, 1.0))


def test_the_literal_colour_term_is_a_distance_and_wrong_as_the_paper_prints_it():
    black, white, red = solid(BLACK), solid(WHITE), solid(RED)
    stripe = palette((*BLACK, 0.5), (*WHITE, 0.5))
    assert palette_distance_literal(black, black[None])[0] == 0
    assert palette_distance_literal(red, black[None])[0] == pytest.approx(360.62, abs=0.01)
    assert palette_distance_literal(black, white[None])[0] == 255
    assert palette_distance_literal(stripe, stripe[None])[0] == 255  # identical, yet far


def test_the_corrected_colour_term():
    even = palette((*BLACK, 0.5), (*WHITE, 0.5))
    uneven = palette((*BLACK, 0.25), (*WHITE, 0.75))
    scores = palette_similarity_corrected(even, np.stack([even, uneven, solid(RED)]))
    np.testing.assert_allclose(scores, [1.0, 0.5625, 0.0], atol=1e-6)


def test_the_paper_variants_against_their_sums_written_out():
    rng = np.random.default_rng(5)

    def random_palette() -> np.ndarray:
        k = int(rng.integers(1, 6))
        rows = np.zeros((10, 5), np.float32)
        rows[:k, 0] = rng.permutation(10)[:k]
        rows[:k, 1] = rng.uniform(0, 360, k)
        rows[:k, 2:4] = rng.uniform(0, 1, (k, 2))
        rows[:k, 4] = rng.dirichlet(np.ones(k))
        return rows

    for _ in range(40):
        p, q = random_palette(), random_palette()
        literal = corrected = 0.0
        for c1, h1, s1, v1, p1 in p[p[:, 4] > 0].astype(float):
            for c2, h2, s2, v2, p2 in q[q[:, 4] > 0].astype(float):
                agreement = (1 - abs(p1 - p2)) * min(p1, p2)
                steps = ((h1 - h2) / 2, (s1 - s2) * 255, (v1 - v2) * 255)
                literal += math.hypot(*steps) * agreement
                if c1 == c2:
                    a, b = math.radians(h1), math.radians(h2)
                    d = math.hypot(
                        s1 * v1 * math.cos(a) - s2 * v2 * math.cos(b),
                        s1 * v1 * math.sin(a) - s2 * v2 * math.sin(b), v1 - v2,
                    )  # fmt: skip
                    corrected += (1 - d / 2) * agreement
        assert palette_distance_literal(p, q[None])[0] == pytest.approx(literal, rel=1e-4)
        assert palette_similarity_corrected(p, q[None])[0] == pytest.approx(corrected, abs=1e-5)


# -- overall --------------------------------------------------------------------------------------

score_rows = hnp.arrays(
    np.float64, (12, 4), elements=st.one_of(st.floats(0, 1), st.just(float("nan")))
)
weights_values = st.tuples(*[st.floats(0, 5)] * 4).filter(lambda w: sum(w) > 0.01)


def medians_of(scores: np.ndarray) -> np.ndarray:
    judged = [column[~np.isnan(column)] for column in scores.T]
    return np.array([np.median(column) if len(column) else np.nan for column in judged])


def test_overall_is_the_weighted_mean_and_an_unknown_ranks_neutrally():
    scores = np.array([[1, 0, 1, 0.5], [1, 0, 1, np.nan]])
    quarter = Weights()
    medians = np.array([0.5, 0.5, 0.5, 0.3])
    got = overall_similarity(scores, quarter, medians)
    np.testing.assert_allclose(got, [0.625, (2 + 0.3) / 4])  # not .667 for being incomparable
    nobody = overall_similarity(scores[1:], quarter, np.full(4, np.nan))
    np.testing.assert_allclose(nobody, [(2 + 0.5) / 4])
    got = overall_similarity(scores, Weights(2, 0, 0, 2), medians)
    np.testing.assert_allclose(got, [0.75, 0.65])


@given(score_rows, weights_values, st.integers(0, 3))
def test_removing_a_field_that_scored_above_the_median_never_raises_a_rank(scores, values, column):
    weights = Weights(*values)
    medians = medians_of(scores)
    before = overall_similarity(scores, weights, medians)
    for row in np.flatnonzero(scores[:, column] > medians[column]):
        poorer = scores.copy()
        poorer[row, column] = np.nan
        after = overall_similarity(poorer, weights, medians_of(poorer))
        assert after[row] <= before[row] + 1e-12
        above_before = before > before[row] + 1e-9
        assert (after[above_before] >= after[row] - 1e-9).all()


@pytest.mark.parametrize(
    "bad", [(-1, 1, 1, 1), (0, 0, 0, 0), (math.nan, 1, 1, 1), (math.inf, 1, 1, 1)]
)
def test_weights_are_a_preference_not_anything(bad):
    with pytest.raises(ValueError, match="weights"):
        Weights(*bad)


def test_weights_are_normalised_and_keep_their_order():
    array = Weights(coarse=2, fine=0, color=1, tightness=1).as_array()
    np.testing.assert_allclose(array, [0.5, 0, 0.25, 0.25])
    assert DIMENSIONS == ("coarse", "fine", "color", "tightness")


def test_a_breakdown_says_none_for_what_it_does_not_know():
    breakdown = SimilarityBreakdown.from_row(np.array([1, np.nan, 0.5, 0], np.float32))
    assert breakdown.as_tuple() == (1.0, None, 0.5, 0.0) and breakdown.judged == 3
