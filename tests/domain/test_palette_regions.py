"""Checks the partition of the HSV cube and the palette of pixels."""

import colorsys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.palette_regions import (
    UNMATCHED,
    palette_from_rgb,
    quantise,
    rgb_to_hsv8,
)


def cube() -> np.ndarray:
    """Every HSV triple OpenCV can make, uint8 (180, 256, 256, 3)."""
    h, s, v = np.meshgrid(np.arange(180), np.arange(256), np.arange(256), indexing="ij")
    return np.stack([h, s, v], axis=-1).astype(np.uint8)


def written_out_rows(hsv: np.ndarray) -> np.ndarray:
    """How many rows of the mended table, written out one by one, claim each triple."""
    h, s, v = (hsv[..., k].astype(int) for k in range(3))
    pale = (v >= 221) & (s >= 31) & (s <= 42)
    chromatic = ((s >= 43) & (v >= 47)) | pale
    hues = [(0, 10, "red"), (156, 179, "red"), (11, 25, "orange"), (26, 34, "yellow"),
            (35, 77, "green"), (78, 99, "cyan"), (100, 124, "blue"), (125, 155, "purple")]
    claims = np.zeros((len(COLOR_NAMES), *h.shape), np.uint8)
    claims[0] += v <= 46
    claims[1] += (v >= 221) & (s <= 30)
    claims[2] += (v >= 47) & (v <= 220) & (s < 43)
    for low, high, name in hues:
        claims[COLOR_NAMES.index(name)] += chromatic & (h >= low) & (h <= high)
    return claims


def test_every_triple_of_the_cube_has_exactly_one_class() -> None:
    hsv = cube()
    claims = written_out_rows(hsv)
    assert (claims.sum(0) == 1).all()
    assert np.array_equal(quantise(hsv), claims.argmax(0))


def test_the_paper_table_leaves_violet_and_the_pale_gap_unnamed() -> None:
    hsv = cube()
    regions = quantise(hsv, "paper_literal")
    missing = hsv[regions == UNMATCHED]
    violet = (missing[:, 0] >= 125) & (missing[:, 0] <= 155)
    pale = (missing[:, 1] < 43) & (missing[:, 2] >= 221)
    assert (violet | pale).all()
    assert violet.any() and pale.any()


@pytest.mark.parametrize(
    ("rgb", "hue", "name", "paper"),
    [
        ((255, 165, 0), 19, "orange", "yellow"),
        ((255, 255, 0), 30, "yellow", "green"),
        ((0, 255, 0), 60, "green", "cyan"),
        ((0, 255, 255), 90, "cyan", "blue"),
        ((0, 0, 255), 120, "blue", "purple"),
        ((255, 0, 255), 150, "purple", None),
        ((128, 0, 32), 173, "red", "orange"),
        ((245, 245, 220), 30, "white", "white"),
    ],
)
def test_probe_colours(rgb: tuple[int, int, int], hue: int, name: str, paper: str | None) -> None:
    hsv = rgb_to_hsv8(np.array(rgb, np.uint8))
    assert abs(int(hsv[0]) - hue) <= 1
    assert COLOR_NAMES[int(quantise(hsv))] == name
    literal = int(quantise(hsv, "paper_literal"))
    assert literal == (UNMATCHED if paper is None else COLOR_NAMES.index(paper))


def test_the_numpy_conversion_agrees_with_opencv() -> None:
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)
    ours = rgb_to_hsv8(rgb).astype(int)
    theirs = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV).astype(int)
    turn = np.abs(ours[..., 0] - theirs[..., 0])
    assert np.minimum(turn, 180 - turn).max() <= 1
    assert np.abs(ours[..., 1:] - theirs[..., 1:]).max() <= 1
    assert (ours == theirs).all(-1).mean() > 0.99
    assert (quantise(ours.astype(np.uint8)) == quantise(theirs.astype(np.uint8))).mean() > 0.995


def test_red_hues_average_across_the_wrap() -> None:
    sides = [colorsys.hsv_to_rgb(h / 360, 1, 0.8) for h in (350, 10)]
    rgb = np.round(np.array(sides) * 255).astype(np.uint8)
    (only,) = palette_from_rgb(rgb).colors
    assert only.name == "red"
    assert min(only.hue, 360 - only.hue) < 1.5
    assert only.value == pytest.approx(0.8, abs=0.01)


def test_rare_colours_are_dropped_and_the_rest_renormalised() -> None:
    rgb = np.zeros((1000, 3), np.uint8)
    rgb[:700] = (200, 30, 30)
    rgb[700:991] = (250, 250, 250)
    rgb[991:] = (20, 20, 200)
    palette = palette_from_rgb(rgb)
    assert [c.name for c in palette.colors] == ["red", "white"]
    assert [c.share for c in palette.colors] == pytest.approx([700 / 991, 291 / 991])


def test_no_pixels_no_palette() -> None:
    assert palette_from_rgb(np.zeros((0, 3), np.uint8)).colors == ()


def test_weights_count_as_pixels() -> None:
    rgb = np.array([[200, 30, 30], [30, 30, 200]], np.uint8)
    shares = {c.name: c.share for c in palette_from_rgb(rgb, np.array([3.0, 1.0])).colors}
    assert shares == pytest.approx({"red": 0.75, "blue": 0.25})


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 400))
def test_shares_sum_to_one_and_order_of_pixels_does_not_matter(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (n, 3), dtype=np.uint8)
    palette = palette_from_rgb(rgb)
    again = palette_from_rgb(rng.permutation(rgb))
    assert sum(c.share for c in palette.colors) == pytest.approx(1)
    assert np.allclose(palette.to_array(), again.to_array(), atol=1e-4)
    assert all(0 <= c.hue < 360 and 0 <= c.saturation <= 1 for c in palette.colors)
