"""Checks palettes as values, and the HSV cone."""

import colorsys
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.palette import (
    COLOR_NAMES,
    MAX_COLORS,
    Palette,
    PaletteColor,
    cone_coordinates,
)

colors = st.tuples(st.floats(0, 359.9), st.floats(0, 1), st.floats(0, 1))


@st.composite
def palettes(draw: st.DrawFn) -> Palette:
    n = draw(st.integers(0, MAX_COLORS))
    masses = draw(st.lists(st.integers(1, 100), min_size=n, max_size=n))
    regions = draw(st.permutations(range(MAX_COLORS)))[:n]
    return Palette(
        tuple(
            PaletteColor(region, *draw(colors), mass / sum(masses))
            for region, mass in zip(regions, masses, strict=True)
        )
    )


@given(palettes())
def test_an_array_and_back(palette: Palette):
    array = palette.to_array()
    assert array.shape == (MAX_COLORS, 5) and array.dtype == np.float32
    back = Palette.from_array(array)
    assert len(back.colors) == len(palette.colors)
    for a, b in zip(palette.colors, back.colors, strict=True):
        assert a.region == b.region
        assert (a.hue, a.saturation, a.value, a.share) == pytest.approx(
            (b.hue, b.saturation, b.value, b.share), abs=1e-4
        )
    assert not back.colors or sum(c.share for c in back.colors) == pytest.approx(1, abs=1e-9)


def test_shares_must_be_shares():
    red = PaletteColor(3, 0.0, 1.0, 1.0, 0.6)
    with pytest.raises(ValueError, match="sum to 1"):
        Palette((red,))
    with pytest.raises(ValueError, match="sum to 1"):
        Palette((PaletteColor(3, 0, 1, 1, 1.5), PaletteColor(0, 0, 0, 0, -0.5)))
    assert Palette(()).to_array().sum() == 0


def test_the_ten_names_and_a_colour_as_srgb():
    assert len(COLOR_NAMES) == MAX_COLORS == 10
    color = PaletteColor(4, 39.0, 1.0, 1.0, 1.0)
    assert color.name == "orange" and color.rgb == (255, 166, 0)


@given(colors, colors)
def test_cone_coordinates_by_hand_and_their_reach(a, b):
    rows = np.array([[0, *a, 1], [0, *b, 1]], np.float64)
    cone = cone_coordinates(rows)
    for (h, s, v), point in zip((a, b), cone, strict=True):
        angle = math.radians(h)
        expected = [s * v * math.cos(angle), s * v * math.sin(angle), v]
        assert point == pytest.approx(expected, abs=1e-6)
    assert np.linalg.norm(cone[0] - cone[1]) <= 2 + 1e-6


def test_known_distances_in_the_cone():
    def distance(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
        hsv = [colorsys.rgb_to_hsv(*(x / 255 for x in rgb)) for rgb in (a, b)]
        cone = cone_coordinates(np.array([[0, h * 360, s, v, 1] for h, s, v in hsv]))
        return float(np.linalg.norm(cone[0] - cone[1]))

    assert distance((0, 0, 0), (255, 255, 255)) == pytest.approx(1)
    assert distance((255, 0, 0), (0, 255, 255)) == pytest.approx(2)
    assert distance((0, 0, 128), (0, 0, 255)) == pytest.approx(0.704, abs=1e-3)
    rows = np.array([[3, 0, 1, 1, 1], [3, 358, 1, 1, 1]], float)  # OpenCV's hues 0 and 179
    cone = cone_coordinates(rows)
    assert np.linalg.norm(cone[0] - cone[1]) == pytest.approx(0.0349, abs=1e-4)
