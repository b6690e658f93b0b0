"""Repeats against slow recomputation, and what a continuation must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.repeats import (
    N_CONTINUATIONS,
    Continuation,
    Repeat,
    continuations,
    find_repeats,
    finer_repeat,
    lattice,
    mirrored,
    shift_costs,
    slope_of,
    sloping,
)


def naive_cost(picture: np.ndarray, dy: int, dx: int) -> float:
    height, width, _ = picture.shape
    centred = picture - picture.mean((0, 1))
    variance = (centred**2).sum(2).mean()
    total, count = 0.0, 0
    for y in range(height):
        for x in range(width):
            if 0 <= y - dy < height and 0 <= x - dx < width:
                total += ((picture[y, x] - picture[y - dy, x - dx]) ** 2).sum()
                count += 1
    return total / (2 * variance * count)


def test_costs_are_the_mean_squared_difference_of_what_overlaps() -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (9, 7, 3))
    costs = shift_costs(picture)
    assert costs.shape == (9, 14)
    for dy, dx in ((0, 0), (1, 0), (3, 2), (5, -4), (8, 6), (8, -6)):
        assert costs[dy, dx % 14] == pytest.approx(naive_cost(picture, dy, dx), abs=1e-9)
    assert np.isinf(costs[:, 7]).all()  # a shift by its whole width meets nothing


def tartan(size: int, period: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    tile = rng.integers(0, 256, (period, period, 3))
    return np.tile(tile, (size // period + 2, size // period + 2, 1))[:size, :size].astype(np.uint8)


def test_an_exact_repeat_is_found_and_gone_on_with_exactly() -> None:
    whole = tartan(256, 37)
    patch = whole[64:192, 64:192]
    repeat = find_repeats(patch)[0]
    assert repeat.cost == pytest.approx(0, abs=1e-9)
    assert all(v % 37 == 0 for v in (*repeat.first, *repeat.second))
    assert np.abs(Continuation(patch, repeat).rows() - whole).max() < 1e-3


@settings(max_examples=15, deadline=None)
@given(st.integers(16, 40), st.integers(16, 40), st.integers(0, 99))
def test_whatever_the_picture_there_are_ways_and_their_middle_is_true(
    height: int, width: int, seed: int
) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    ways, costs = continuations(picture)
    assert costs.shape == (N_CONTINUATIONS,) and (costs >= 0).all()
    assert ways.dtype == np.uint8
    assert ways.shape == (N_CONTINUATIONS, 2 * height, 2 * width, 3)
    top, left = height // 2, width // 2
    assert (ways[:, top : top + height, left : left + width] == picture).all()


@pytest.mark.parametrize("value", [0, 137, 255])
def test_a_cloth_of_one_colour_stays_it(value: int) -> None:
    assert (continuations(np.full((20, 24, 3), value, np.uint8)).pictures == value).all()


def test_strips_make_the_whole() -> None:
    picture = tartan(60, 17)
    repeat = find_repeats(picture)[1]
    going_on = Continuation(picture, repeat)
    strips = [going_on.rows(slice(k, k + 31)) for k in range(0, 120, 31)]
    assert np.array_equal(np.concatenate(strips), going_on.rows())


def test_light_that_falls_off_leaves_no_step() -> None:
    """A tartan under a lamp: the copies beside it are as light as its edge, and repeat."""
    whole = tartan(256, 37) * 0.5 + np.linspace(20, 110, 256)[None, :, None]
    patch = np.rint(whole[64:192, 64:192]).astype(np.uint8)
    repeat = find_repeats(patch)[0]
    assert repeat.slope and all(slope[1] == pytest.approx(45, abs=6) for slope in repeat.slope)
    assert repeat.cost < 0.01
    grown = Continuation(patch, repeat).rows()
    beside = grown[64:192, 180:205] - whole[64:192, 180:205]
    assert np.abs(beside).mean() < 4
    plain = Continuation(patch, repeat._replace(slope=()), np.zeros((64, 64, 3), np.float32))
    step = np.abs((plain.rows() - whole)[64:192, 192:205]).mean()
    assert step > 3 * np.abs(grown - whole)[64:192, 192:205].mean()


def test_slope_is_least_squares() -> None:
    picture = np.random.default_rng(4).uniform(0, 255, (12, 9, 2))
    found = slope_of(picture)
    ys, xs = np.mgrid[:12, :9]
    columns = np.stack([(ys + 0.5) / 12 - 0.5, (xs + 0.5) / 9 - 0.5, np.ones((12, 9))], -1)
    for channel in range(2):
        fit = np.linalg.lstsq(columns.reshape(-1, 3), picture[..., channel].ravel(), rcond=None)[0]
        assert found[channel] == pytest.approx(fit[:2])
    light = sloping(found, np.arange(-2, 14), np.arange(9), 12, 9)
    assert np.array_equal(light[0], light[2]) and np.array_equal(light[-1], light[-3])


def test_mirroring_turns_at_the_edges() -> None:
    assert mirrored(8, 2, 4).tolist() == [1, 0, 0, 1, 2, 3, 3, 2]


def test_every_copy_that_touches_is_in_the_lattice() -> None:
    shifts = set(lattice(Repeat((10, 0), (0, 12), 0.0), 20, 24))
    wanted = {(10 * i, 12 * j) for i in range(-2, 3) for j in range(-2, 3)}
    assert wanted <= shifts


def test_a_repeat_found_small_is_exact_again_on_the_large_picture() -> None:
    whole = tartan(300, 83)
    # 83 px are 41.5 of the half: what was found there is off by a pixel.
    found = finer_repeat(Repeat((42, 0), (0, 41), 0.0), whole, 2.0)
    assert (found.first, found.second) == ((83, 0), (0, 83))
