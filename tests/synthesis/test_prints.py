"""Checks that prints repeat, keep their inks and can be recoloured."""

from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.synthesis.canvas import Canvas, grid_points, spread_points
from fabricfinder.synthesis.fabric import Print
from fabricfinder.synthesis.light import to_srgb8
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.prints import PAINTERS, ink_map, mask_at, print_window

INKS = ((0.95, 0.94, 0.9), (0.7, 0.1, 0.15), (0.1, 0.2, 0.4), (0.9, 0.7, 0.2))


@pytest.mark.parametrize("kind", sorted(PAINTERS))
def test_every_print_draws_its_inks_and_repeats(kind: str) -> None:
    pattern = Print(kind, (64.0, 64.0), INKS, 12)
    drawn = ink_map(pattern)
    if drawn.dtype == np.uint8:
        assert drawn.max() < len(INKS)
        assert len(np.unique(drawn)) >= 2
    else:
        assert 0 <= drawn.min() < 0.2 and 0.8 < drawn.max() <= 1
    here = print_window(pattern, 1.0, 2.0, 96, 10.0)
    a_repeat_on = print_window(pattern, 1.0 + 6.4, 2.0 + 6.4, 96, 10.0)
    assert np.array_equal(here, a_repeat_on)
    assert here.shape == (96, 96, 3) and here.dtype == np.float32
    near = print_window(pattern, 1.0, 2.0, 96, 160.0)
    assert np.isfinite(near).all() and near.min() >= -1e-6 and near.max() <= 1 + 1e-6


@pytest.mark.parametrize("kind", ["dot", "argyle", "paisley", "zebra", "leopard"])
def test_recoloured_print_is_the_same_drawing(kind: str) -> None:
    pattern = Print(kind, (80.0, 80.0), INKS[:3], 3)
    other = replace(pattern, colours=INKS[1:])
    assert np.array_equal(ink_map(pattern), ink_map(other))
    assert not np.array_equal(ink_map(pattern), ink_map(replace(pattern, seed=4)))


def test_tiles_join_without_a_seam() -> None:
    for kind in ("leopard", "zebra", "camouflage", "paisley", "floral-large", "abstract"):
        drawn = ink_map(Print(kind, (100.0, 100.0), INKS, 5)).astype(int)
        inside = np.mean(drawn[:, 1:] != drawn[:, :-1])
        seam = np.mean(drawn[:, 0] != drawn[:, -1])
        assert seam < 0.05 + 4 * inside, kind


def test_shapes_over_an_edge_come_back_at_the_other() -> None:
    canvas = Canvas((100, 100))
    canvas.disc(0, 0, 10, 1)
    corners = [canvas.ink[:15, :15], canvas.ink[:15, -15:], canvas.ink[-15:, :15]]
    assert all(c.any() for c in corners)
    assert canvas.ink[40:60, 40:60].sum() == 0
    canvas.fill(np.array([[95.0, 40.0], [110.0, 40.0], [110.0, 50.0], [95.0, 50.0]]), 2)
    assert (canvas.ink[45, 96:] == 2).all() and (canvas.ink[45, :9] == 2).all()


def test_half_drop_lowers_every_other_column() -> None:
    places = np.array(grid_points((120, 120), 4, 4, "half", 0.0, generator(1)))
    columns = [sorted(places[np.isclose(places[:, 0], x), 1]) for x in np.unique(places[:, 0])]
    assert np.allclose(np.subtract(columns[1], columns[0]), 15.0)
    assert np.allclose(columns[2], columns[0])


def test_spread_points_keep_apart() -> None:
    places = np.array(spread_points((100, 100), 25, generator(2)))
    gap = np.abs(places[:, None] - places[None])
    gap = np.hypot(*np.moveaxis(np.minimum(gap, 100 - gap), -1, 0))
    np.fill_diagonal(gap, 99)
    assert gap.min() > 4


def test_mask_of_a_figure_is_its_drawing() -> None:
    pattern = Print("dobby", (20.0, 20.0), (), 9)
    steps = (np.arange(200) + 0.5) / 100
    mask = mask_at(pattern, steps, steps)
    assert 0.01 < mask.mean() < 0.6
    drawn = ink_map(pattern)
    assert mask.mean() == pytest.approx((drawn > 0).mean(), abs=0.03)


def test_a_far_print_is_the_mean_of_its_inks() -> None:
    pattern = Print("dot", (10.0, 10.0), INKS[:2], 7)
    far = print_window(pattern, 0.0, 0.0, 64, 2.0)
    near = print_window(pattern, 0.0, 0.0, 200, 200.0)
    assert np.allclose(far.mean((0, 1)), near.mean((0, 1)), atol=0.03)
    assert to_srgb8(far).dtype == np.uint8
