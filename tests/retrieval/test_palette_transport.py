"""Checks the colour similarities against a naive transport solver and the properties they need."""

import colorsys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.color import delta_e_2000, srgb_to_lab
from fabricfinder.domain.palette import Palette, PaletteColor, cone_coordinates
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.retrieval.palette_transport import (
    LITERAL,
    MEASURES,
    PAIRS_PER_STEP,
    join_points,
    pair_similarity,
    palette_points,
    palette_similarity,
    similarity_steps,
    transport_plan,
)

SOLVER_EXACT = 5e-6  # cv2.EMD stops at a relative 1e-5; one pair in 50,000 shows it at all
UNITS = 24  # shares of the naive solver are multiples of 1/24


def naive_emd(cost: np.ndarray, supply: list[int], demand: list[int]) -> float:
    """Least cost of moving whole units, by successive cheapest paths (Bellman-Ford)."""
    k, m = cost.shape
    flow = np.zeros((k, m), int)
    left, wanted = list(supply), list(demand)
    total = 0.0
    while sum(left):
        distance = [0.0 if left[i] else np.inf for i in range(k)] + [np.inf] * m
        came: dict[int, int] = {}
        for _ in range(k + m):
            for i in range(k):
                for j in range(m):
                    if distance[i] + cost[i, j] < distance[k + j] - 1e-12:
                        distance[k + j], came[k + j] = distance[i] + cost[i, j], i
                    if flow[i, j] and distance[k + j] - cost[i, j] < distance[i] - 1e-12:
                        distance[i], came[i] = distance[k + j] - cost[i, j], k + j
        node = min((k + j for j in range(m) if wanted[j]), key=lambda node: distance[node])
        total += distance[node]
        wanted[node - k] -= 1
        while node in came:
            before = came[node]
            if node >= k:
                flow[before, node - k] += 1
            else:
                flow[node, before - k] -= 1
            node = before
        left[node] -= 1
    return total / sum(supply)


@st.composite
def palettes(draw: st.DrawFn, most: int = 4) -> np.ndarray:
    """Palette rows (10, 5) whose shares are multiples of 1/UNITS."""
    k = draw(st.integers(1, most))
    cuts = sorted(draw(st.sets(st.integers(1, UNITS - 1), min_size=k - 1, max_size=k - 1)))
    rows = np.zeros((10, 5), np.float32)
    shares = np.diff([0, *cuts, UNITS]) / UNITS
    regions = draw(st.permutations(range(10)))
    unit = st.integers(0, 20).map(lambda x: x / 20)
    for row, region, share in zip(rows, regions, shares, strict=False):
        row[:] = region, draw(st.integers(0, 71)) * 5, draw(unit), draw(unit), share
    return rows


def ground(measure: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Naive ground distances, (ka, kb), as a share of the reach of the measure."""

    def rgb(row: np.ndarray) -> list[float]:
        return [255 * x for x in colorsys.hsv_to_rgb(row[1] / 360, row[2], row[3])]

    if measure == "emd_lab":
        labs = [srgb_to_lab(np.array([rgb(row) for row in rows])) for rows in (a, b)]
        return np.minimum(delta_e_2000(labs[0][:, None], labs[1][None]), 50) / 50
    cones = [cone_coordinates(rows.astype(float)).astype(float) for rows in (a, b)]
    distance = np.linalg.norm(cones[0][:, None] - cones[1][None], axis=-1)
    return distance / {"emd_hsv": 1, "emd_hsv_wide": 2}[measure]


@pytest.mark.parametrize("measure", ["emd_hsv", "emd_hsv_wide", "emd_lab"])
@given(palettes(), palettes())
@settings(max_examples=25)
def test_against_a_naive_solver(measure: str, p: np.ndarray, q: np.ndarray):
    a, b = p[p[:, 4] > 0], q[q[:, 4] > 0]
    masses = ([round(x * UNITS) for x in rows[:, 4].tolist()] for rows in (a, b))
    expected = max(0.0, 1 - naive_emd(ground(measure, a, b), *masses))
    assert palette_similarity(p, q[None], measure)[0] == pytest.approx(expected, abs=SOLVER_EXACT)


@pytest.mark.parametrize("measure", MEASURES)
def test_identity_symmetry_and_range_over_five_hundred_palettes(measure: str, make_palettes):
    rows = make_palettes(np.random.default_rng(1), 500, most=10)
    own = [palette_similarity(p, p[None], measure)[0] for p in rows]
    np.testing.assert_allclose(own, 1, atol=1e-6)
    for p, q in zip(rows[:250], rows[250:], strict=True):
        there, back = (palette_similarity(*x, measure)[0] for x in ((p, q[None]), (q, p[None])))
        assert there == pytest.approx(back, abs=SOLVER_EXACT) and 0 <= there <= 1


@pytest.mark.parametrize("measure", MEASURES)
def test_the_order_of_the_colours_does_not_matter(measure: str, make_palettes):
    rng = np.random.default_rng(2)
    rows = make_palettes(rng, 60)
    mixed = np.stack([p[rng.permutation(10)] for p in rows])  # empty rows in between, too
    for p, q in zip(rows, mixed, strict=True):
        one, two = palette_similarity(p, rows, measure), palette_similarity(q, mixed, measure)
        np.testing.assert_allclose(one, two, atol=SOLVER_EXACT)


@pytest.mark.parametrize("measure", ["emd_hsv", "emd_hsv_wide", "emd_lab"])
def test_splitting_a_colour_in_two_changes_nothing(measure: str, make_palettes):
    rows = make_palettes(np.random.default_rng(3), 80)
    split = rows.copy()
    for p in split:
        p[8] = p[0]
        p[[0, 8], 4] = p[0, 4] / 2
    for p in rows[:20]:
        one, two = palette_similarity(p, rows, measure), palette_similarity(p, split, measure)
        assert np.abs(one - two).max() < SOLVER_EXACT
        assert np.median(np.abs(one - two)) < 1e-7


def test_means_only_rule_out_what_is_ruled_out(make_palettes):
    rows = make_palettes(np.random.default_rng(4), 300)
    rows[:, :, 2:4] = np.sqrt(rows[:, :, 2:4])  # strong colours, so that many pairs lie far apart
    points = palette_points(rows)
    pairs = np.arange(0, 150), np.arange(150, 300)
    gaps = np.linalg.norm(points.means[pairs[0]] - points.means[pairs[1]], axis=1)
    wide = pair_similarity(*(x for r in pairs for x in (palette_points(rows, "emd_hsv_wide"), r)))
    assert (2 * (1 - wide) >= gaps - 1e-6).all()  # the bound itself
    score = pair_similarity(points, pairs[0], points, pairs[1])
    np.testing.assert_allclose(score, np.maximum(0, 2 * wide - 1), atol=SOLVER_EXACT)
    assert (score == 0).sum() > 5


def solid(rgb: tuple[int, int, int]) -> np.ndarray:
    """Palette rows of one colour everywhere."""
    return palette_from_rgb(np.full((4, 4, 3), rgb, np.uint8)).to_array()


def mixture(*parts: tuple[tuple[int, int, int], float]) -> np.ndarray:
    """Palette rows of colours in given shares."""
    colors = np.array([rgb for rgb, _ in parts], np.uint8)
    return palette_from_rgb(colors, np.array([share for _, share in parts])).to_array()


BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)


@pytest.mark.parametrize(
    ("a", "b", "score"),
    [
        (BLACK, WHITE, 0.0), (RED, (255, 128, 0), 0.482), ((0, 0, 128), (0, 0, 255), 0.296),
        (RED, (0, 255, 255), 0.0), (RED, (255, 0, 8), 0.965),
    ],
)  # fmt: skip
def test_known_pairs_of_solids(a, b, score: float):
    got = palette_similarity(solid(a), solid(b)[None])[0]
    assert got == pytest.approx(score, abs=4e-3)


def test_known_pairs_of_mixtures():
    even = mixture((BLACK, 0.5), (WHITE, 0.5))
    uneven = mixture((BLACK, 0.25), (WHITE, 0.75))
    assert palette_similarity(even, uneven[None])[0] == pytest.approx(0.75, abs=1e-6)
    wide = palette_similarity(even, uneven[None], "emd_hsv_wide")[0]
    assert wide == pytest.approx(0.875, abs=1e-6)
    corrected = palette_similarity(even, uneven[None], "paper_corrected")[0]
    assert corrected == pytest.approx(0.5625, abs=1e-6)
    literal = palette_similarity(solid(RED), np.stack([solid(BLACK), solid(RED)]), LITERAL)
    np.testing.assert_allclose(literal, [360.62, 0], atol=0.01)


@given(st.floats(0, 359), st.floats(0.2, 1), st.floats(0.2, 1))
@settings(max_examples=25)
def test_similarity_falls_with_hue_to_nothing_and_stays(hue: float, s: float, v: float):
    def one(h: float) -> np.ndarray:
        return Palette((PaletteColor(3, h % 360, s, v, 1.0),)).to_array()

    turns = np.stack([one(hue + step) for step in range(0, 181, 5)])
    score = palette_similarity(one(hue), turns)
    assert score[0] == pytest.approx(1) and (np.diff(score) <= 1e-6).all()


def test_a_full_colour_is_another_from_sixty_degrees_on():
    turns = [0, 59, 60, 61, 90, 180]
    rows = [Palette((PaletteColor(3, turn, 1.0, 1.0, 1.0),)).to_array() for turn in turns]
    score = palette_similarity(rows[0], np.stack(rows))
    assert score[0] == 1 and 0 < score[1] < 0.02
    np.testing.assert_allclose(score[2:], 0, atol=1e-6)


def test_two_percent_of_brightness_is_a_small_step(make_palettes):
    rows = make_palettes(np.random.default_rng(6), 200)
    rows[..., 3] = np.clip(rows[..., 3], 0.02, 0.98)
    for step in (-0.02, 0.02):
        moved = rows.copy()
        moved[..., 3] += step * (rows[..., 4] > 0)
        for p, q in zip(rows, moved, strict=True):
            assert palette_similarity(p, q[None])[0] > 1 - 0.029
        base = palette_similarity(rows[0], rows)
        assert np.abs(palette_similarity(rows[0], moved) - base).max() <= 0.029


def test_a_small_difference_in_lab():
    a = np.array([120, 80, 60])
    shades = [a + (0, 0, d) for d in range(0, 30)]
    labs = srgb_to_lab(np.array(shades))
    delta = delta_e_2000(labs[:1], labs)
    rows = np.stack([solid(tuple(int(x) for x in shade)) for shade in shades])
    score = palette_similarity(rows[0], rows, "emd_lab")
    np.testing.assert_allclose(score, 1 - delta / 50, atol=0.02)


@pytest.mark.parametrize("measure", MEASURES)
def test_no_colour_is_not_judged(measure: str):
    empty = np.zeros((10, 5), np.float32)
    rows = np.stack([solid(RED), empty, mixture((RED, 0.5), (BLACK, 0.5))])
    assert np.isnan(palette_similarity(empty, rows, measure)).all()
    assert np.isnan(palette_similarity(rows[0], rows, measure)).tolist() == [False, True, False]
    assert len(palette_similarity(rows[0], rows[:0], measure)) == 0


def test_shares_need_not_be_normalised():
    rows = mixture((RED, 0.4), (WHITE, 0.6))
    twice = rows * (1, 1, 1, 1, 2)
    assert palette_similarity(rows, twice[None])[0] == pytest.approx(1, abs=1e-6)


def test_unknown_measures_are_refused():
    with pytest.raises(ValueError, match="no colour similarity"):
        palette_similarity(solid(RED), solid(RED)[None], "emd_hsl")
    with pytest.raises(ValueError, match="no colour similarity"):
        palette_points(solid(RED)[None], LITERAL)  # a distance is nothing to rank by


def test_steps_cover_every_row_once_and_parts_join(make_palettes):
    rows = make_palettes(np.random.default_rng(7), PAIRS_PER_STEP + 100)
    parts = [palette_points(rows[:700]), palette_points(rows[700:])]
    joined = join_points(parts)
    wanted = np.arange(len(rows))[::-1]
    seen, scores = zip(*similarity_steps(palette_points(rows[5:6]), joined, wanted), strict=True)
    assert len(seen) == 2 and np.array_equal(np.concatenate(seen), wanted)
    expected = palette_similarity(rows[5], rows)[wanted]
    assert np.array_equal(np.concatenate(scores), expected)


@given(palettes(), palettes())
@settings(max_examples=30)
def test_the_plan_moves_all_of_one_palette_into_the_other(p: np.ndarray, q: np.ndarray):
    plan = transport_plan(p, q)
    np.testing.assert_allclose(plan.sum(axis=1), p[:, 4], atol=1e-5)
    np.testing.assert_allclose(plan.sum(axis=0), q[:, 4], atol=1e-5)
    used_a, used_b = p[:, 4] > 0, q[:, 4] > 0
    cost = (plan[used_a][:, used_b] * ground("emd_hsv", p[used_a], q[used_b])).sum()
    score = palette_similarity(p, q[None])[0]
    assert max(0, 1 - cost) == pytest.approx(score, abs=1e-5)
