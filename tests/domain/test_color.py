"""CIEDE2000 against Sharma's published pairs, and CIELAB against known colours."""

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.color import (
    delta_e_2000,
    lab_to_srgb,
    linear_to_srgb,
    palette_lab,
    srgb_to_lab,
    srgb_to_linear,
)
from fabricfinder.domain.palette import Palette, PaletteColor

# Sharma, Wu, Dalal (2005), table 1: L1 a1 b1 L2 a2 b2 ΔE00.
SHARMA = np.array(
    """
    50 2.6772 -79.7751 50 0 -82.7485 2.0425
    50 3.1571 -77.2803 50 0 -82.7485 2.8615
    50 2.8361 -74.0200 50 0 -82.7485 3.4412
    50 -1.3802 -84.2814 50 0 -82.7485 1.0000
    50 -1.1848 -84.8006 50 0 -82.7485 1.0000
    50 -0.9009 -85.5211 50 0 -82.7485 1.0000
    50 0 0 50 -1 2 2.3669
    50 -1 2 50 0 0 2.3669
    50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
    50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
    50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
    50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
    50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
    50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
    50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
    50 2.5 0 50 0 -2.5 4.3065
    50 2.5 0 73 25 -18 27.1492
    50 2.5 0 61 -5 29 22.8977
    50 2.5 0 56 -27 -3 31.9030
    50 2.5 0 58 24 15 19.4535
    50 2.5 0 50 3.1736 0.5854 1.0000
    50 2.5 0 50 3.2972 0 1.0000
    50 2.5 0 50 1.8634 0.5757 1.0000
    50 2.5 0 50 3.2592 0.3350 1.0000
    60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
    63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
    61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
    35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
    22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
    36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
    90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
    90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
    6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
    2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
    """.split(),
    float,
).reshape(-1, 7)

byte_colors = st.tuples(*[st.integers(0, 255)] * 3)


@pytest.mark.parametrize("row", SHARMA, ids=[f"pair{i + 1}" for i in range(len(SHARMA))])
def test_sharma_pairs_to_four_places(row: np.ndarray) -> None:
    assert delta_e_2000(row[:3], row[3:6]) == pytest.approx(row[6], abs=5e-5)
    assert delta_e_2000(row[3:6], row[:3]) == pytest.approx(row[6], abs=5e-5)


def test_all_pairs_at_once_broadcast() -> None:
    assert SHARMA.shape == (34, 7)
    np.testing.assert_allclose(delta_e_2000(SHARMA[:, :3], SHARMA[:, 3:6]), SHARMA[:, 6], atol=5e-5)
    table = delta_e_2000(SHARMA[:, None, :3], SHARMA[None, :5, 3:6])
    assert table.shape == (34, 5)
    assert table[17, 3] == pytest.approx(float(delta_e_2000(SHARMA[17, :3], SHARMA[3, 3:6])))


@given(byte_colors, byte_colors)
def test_difference_is_symmetric_and_zero_only_for_the_same(one: tuple, two: tuple) -> None:
    lab1, lab2 = srgb_to_lab(np.array(one)), srgb_to_lab(np.array(two))
    forth, back = float(delta_e_2000(lab1, lab2)), float(delta_e_2000(lab2, lab1))
    assert forth == pytest.approx(back, abs=1e-9)
    assert (forth < 1e-9) == (one == two)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((128, 128, 128), (53.585, 0.0, 0.0)),
    ],
)
def test_lab_of_known_colours(rgb: tuple, lab: tuple) -> None:
    np.testing.assert_allclose(srgb_to_lab(np.array(rgb)), lab, atol=0.02)


@given(byte_colors)
def test_lab_round_trip(rgb: tuple) -> None:
    np.testing.assert_allclose(lab_to_srgb(srgb_to_lab(np.array(rgb))), rgb, atol=1e-3)


def test_transfer_curve_is_its_own_inverse_and_continuous() -> None:
    ramp = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(linear_to_srgb(srgb_to_linear(ramp)), ramp, atol=1e-6)
    assert np.all(np.diff(srgb_to_linear(ramp)) > 0)


def test_palette_lab_matches_a_colour_by_colour_conversion() -> None:
    palette = Palette(
        (
            PaletteColor(8, 221.5, 0.83, 0.41, 0.5),
            PaletteColor(3, 355.0, 0.6, 0.9, 0.3),
            PaletteColor(1, 0.0, 0.0, 1.0, 0.2),
        )
    )
    rows = palette_lab(palette)
    assert rows.shape == (3, 4)
    for row, color in zip(rows, palette.colors, strict=True):
        rgb = colorsys.hsv_to_rgb(color.hue / 360, color.saturation, color.value)
        np.testing.assert_allclose(row[:3], srgb_to_lab(np.array(rgb) * 255), atol=1e-9)
        assert row[3] == color.share
    assert palette_lab(Palette(())).shape == (0, 4)
