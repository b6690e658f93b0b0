"""Palettes of pictures, and the evening of their light."""

import numpy as np
import pytest

from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.vision.light import flatten_light, light_field
from fabricfinder.vision.palette import extract_palette


def shares(palette: object) -> dict[str, float]:
    return {c.name: c.share for c in palette.colors}


def checks(side: int = 480) -> np.ndarray:
    """Broad red and white checks."""
    y, x = np.mgrid[0:side, 0:side] // 60
    red = ((x + y) % 2 == 0)[..., None]
    return np.where(red, (190, 20, 40), (245, 244, 240)).astype(np.uint8)


def lamp(side: int, darkest: float) -> np.ndarray:
    """Light that falls off to ``darkest`` from left to right."""
    return np.linspace(1.0, darkest, side)[None, :, None]


def test_shares_of_a_check() -> None:
    found = shares(extract_palette(checks()))
    # Averaged pixels on the edges between checks are pink, which counts as red.
    assert found["red"] == pytest.approx(0.5, abs=0.05)
    assert found["white"] == pytest.approx(0.5, abs=0.05)


def test_only_the_central_nine_tenths_count() -> None:
    rgb = np.full((400, 400, 3), (30, 60, 200), np.uint8)
    rgb[:18] = rgb[-18:] = (200, 30, 30)
    rgb[:, :18] = rgb[:, -18:] = (200, 30, 30)
    assert shares(extract_palette(rgb)) == {"blue": 1.0}


def test_a_small_picture_is_counted_pixel_by_pixel() -> None:
    rng = np.random.default_rng(2)
    rgb = rng.integers(0, 256, (100, 100, 3)).astype(np.uint8)
    expected = palette_from_rgb(rgb[5:95, 5:95])
    assert extract_palette(rgb) == expected


def test_solids_keep_their_colour() -> None:
    """Grey-world correction would make each of these grey."""
    for color, name in (((180, 30, 30), "red"), ((30, 60, 190), "blue"), ((30, 140, 60), "green")):
        rgb = np.full((300, 300, 3), color, np.uint8)
        palette = extract_palette(rgb)
        assert shares(palette) == {name: 1.0}
        assert np.abs(np.array(palette.colors[0].rgb) - color).max() <= 2


def test_uneven_light_is_taken_out_of_a_solid() -> None:
    rng = np.random.default_rng(4)
    solid = np.full((300, 300, 3), (150.0, 40.0, 50.0)) + rng.normal(0, 3, (300, 300, 1))
    lit = np.clip(solid * lamp(300, 0.65), 0, 255).astype(np.uint8)
    before = lit[:, :60].mean() - lit[:, -60:].mean()
    after_pixels = flatten_light(lit).astype(float)
    after = after_pixels[:, :60].mean() - after_pixels[:, -60:].mean()
    assert abs(after) < 0.1 * before
    assert light_field(lit).explained > 0.9
    evened, seen = extract_palette(lit, flat_field=True), extract_palette(lit)
    truth = solid.mean((0, 1)) * 0.825
    assert np.abs(np.array(evened.colors[0].rgb) - truth).max() < 6
    assert shares(evened) == shares(seen) == {"red": 1.0}


def test_checks_and_stripes_are_no_light() -> None:
    np.testing.assert_array_equal(flatten_light(checks()), checks())
    x = np.arange(400) // 50 % 2
    bands = np.repeat((60 + 120 * x)[None, :, None], 400, 0).repeat(3, 2).astype(np.uint8)
    np.testing.assert_array_equal(flatten_light(bands), bands)


def test_an_ombre_keeps_its_ends() -> None:
    ombre = (np.full((300, 300, 3), 230.0) * lamp(300, 0.1)).astype(np.uint8)
    flat = flatten_light(ombre)
    assert float(flat[:, 10].mean()) > 3 * float(flat[:, -10].mean())


def test_a_white_reference_corrects_the_light() -> None:
    seen = (np.full((200, 200, 3), (200, 200, 200)) * (1.0, 0.9, 0.6)).astype(np.uint8)
    assert "grey" not in shares(extract_palette(seen))
    corrected = extract_palette(seen, white=(255.0, 229.5, 153.0))
    assert shares(corrected) == {"grey": 1.0}


def test_paper_table_is_passed_on() -> None:
    rgb = np.full((64, 64, 3), (255, 165, 0), np.uint8)
    assert shares(extract_palette(rgb)) == {"orange": 1.0}
    assert shares(extract_palette(rgb, table="paper_literal")) == {"yellow": 1.0}
