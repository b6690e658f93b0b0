"""The macro and micro views: what is cut, where, and at which scale."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fabricfinder.domain.errors import QueryError
from fabricfinder.vision.decode import DecodedImage, decode
from fabricfinder.vision.views import (
    crop_region,
    cut_views,
    load_for_encoding,
    views_of,
    working_side,
)


def grating(height: int, width: int, period: float) -> np.ndarray:
    """Vertical stripes of a sine, ``period`` px wide, slowly brighter to the right and below."""
    x, y = np.arange(width), np.arange(height)
    wave = 128 + 60 * np.sin(2 * np.pi * x / period)[None, :] + 20 * (y / height)[:, None]
    return np.repeat(np.clip(wave + 20 * (x / width), 0, 255).astype(np.uint8)[..., None], 3, 2)


def period_of(crop: np.ndarray) -> float:
    """Strongest horizontal period of a crop in px, by zero-padded Fourier transform."""
    row = crop[..., 1].astype(float).mean(0)
    row = (row - np.poly1d(np.polyfit(np.arange(row.size), row, 1))(np.arange(row.size)))
    spectrum = np.abs(np.fft.rfft(row * np.hanning(row.size), 4096))
    return 4096 / (20 + int(np.argmax(spectrum[20:])))


@pytest.mark.parametrize("size", [(512, 512), (700, 500), (64, 64), (128, 128), (300, 2000),
                                  (33, 400), (2000, 90)])  # fmt: skip
@pytest.mark.parametrize("px_per_cm", [None, 40.0, 60.0, 118.0, 236.0, 472.0])
def test_shapes_for_every_size_and_scale(size: tuple[int, int], px_per_cm: float | None) -> None:
    views = views_of(grating(*size, 9.0), px_per_cm)
    assert views.macro.shape == (128, 128, 3)
    assert views.micro.shape == (4, 128, 128, 3)
    assert views.macro.dtype == views.micro.dtype == np.uint8
    assert views.scale_known == (px_per_cm is not None and px_per_cm >= 60)


def test_macro_is_the_area_average_of_the_central_square() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (256, 400, 3)).astype(np.uint8)
    naive = rgb[:, 72:328].reshape(128, 2, 128, 2, 3).mean((1, 3))
    assert np.abs(views_of(rgb).macro - naive).max() <= 0.51


def test_a_long_strip_is_folded_so_that_all_of_it_is_seen() -> None:
    rgb = np.zeros((128, 512, 3), np.uint8)
    rgb[:, :256] = (200, 0, 0)
    rgb[:, 256:] = (0, 0, 200)
    macro = views_of(rgb).macro
    assert tuple(macro[32, 64]) == (200, 0, 0)
    assert tuple(macro[96, 64]) == (0, 0, 200)
    upright = views_of(np.ascontiguousarray(rgb.swapaxes(0, 1))).macro
    np.testing.assert_array_equal(upright, macro.swapaxes(0, 1))


@pytest.mark.parametrize("px_per_cm", [80.0, 118.11, 160.0, 236.22, 472.44])
def test_micro_crops_show_yarns_at_160_px_per_cm(px_per_cm: float) -> None:
    threads = 12.0  # per cm
    rgb = grating(int(4 * px_per_cm), int(4 * px_per_cm), px_per_cm / threads)
    views = views_of(rgb, px_per_cm)
    for crop in views.micro:
        assert period_of(crop) == pytest.approx(160 / threads, rel=0.02)


def test_unknown_scale_gives_the_same_crops_from_every_size_of_a_picture() -> None:
    large = grating(2048, 2048, 80.0)
    small = cv2.resize(large, (512, 512), interpolation=cv2.INTER_AREA)
    from_large, from_small = views_of(large).micro, views_of(small).micro
    np.testing.assert_array_equal(from_large, from_small)
    assert period_of(from_large[0]) == pytest.approx(20.0, rel=0.02)


def test_micro_grid_lies_in_the_central_four_fifths_and_spreads() -> None:
    rgb = np.zeros((512, 512, 3), np.uint8)
    y, x = np.mgrid[0:512, 0:512]
    rgb[..., 0], rgb[..., 1] = x // 2, y // 2
    corners = [(int(c[0, 0, 0]) * 2, int(c[0, 0, 1]) * 2) for c in views_of(rgb).micro]
    assert corners == [(50, 50), (332, 50), (50, 332), (332, 332)]


@given(st.integers(32, 700), st.integers(32, 700), st.one_of(st.none(), st.floats(20, 500)))
@settings(max_examples=40, deadline=None)
def test_views_are_deterministic_and_of_the_pictures_own_colours(
    height: int, width: int, px_per_cm: float | None
) -> None:
    rgb = np.full((height, width, 3), (180, 90, 40), np.uint8)
    views = views_of(rgb, px_per_cm)
    assert (views.macro == (180, 90, 40)).all()
    assert (views.micro == (180, 90, 40)).all()
    np.testing.assert_array_equal(views.micro, views_of(rgb, px_per_cm).micro)


def test_a_crop_looks_only_at_its_part() -> None:
    rgb = np.zeros((400, 600, 3), np.uint8)
    rgb[:, 300:] = 255
    image = DecodedImage(rgb, 600, 400)
    assert (cut_views(image, (0.0, 0.0, 0.5, 1.0)).macro == 0).all()
    right = cut_views(image, (0.5, 0.25, 1.0, 0.75))
    assert (right.macro == 255).all()
    assert (right.micro == 255).all()
    assert crop_region(image, (0.5, 0.25, 1.0, 0.75)).shape == (200, 300, 3)


@pytest.mark.parametrize("crop", [(0.5, 0.5, 0.53, 0.9), (0.9, 0.1, 0.1, 0.9), (2, 2, 3, 3),
                                  (0.0, 0.0, float("nan"), 1.0)])  # fmt: skip
def test_crops_under_32_px_are_refused(crop: tuple) -> None:
    image = DecodedImage(np.zeros((400, 600, 3), np.uint8), 600, 400)
    with pytest.raises(QueryError, match="too small"):
        cut_views(image, crop)


def test_crop_size_counts_in_the_whole_pictures_pixels() -> None:
    image = DecodedImage(np.zeros((100, 100, 3), np.uint8), 1000, 1000, reduction=10.0)
    cut_views(image, (0.5, 0.5, 0.54, 0.54))
    with pytest.raises(QueryError):
        cut_views(image, (0.5, 0.5, 0.531, 0.531))


def test_working_side_by_hand() -> None:
    assert working_side(4000, 3000, None) == 683  # 3000 to 512
    assert working_side(400, 300, None) == 400
    assert working_side(4000, 3000, 40.0) == 683  # too coarse to count as known
    assert working_side(4000, 3000, 320.0) == 2000  # 320 to 160 px/cm
    assert working_side(4000, 3000, 100.0) == 4000
    assert working_side(4000, 3000, None, (0.0, 0.0, 0.5, 0.5)) == 1366


@pytest.mark.parametrize("dpi", [None, 600])
@pytest.mark.parametrize("crop", [None, (0.2, 0.1, 0.7, 0.8)])
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_one_cheap_pass_sees_what_the_whole_picture_shows(
    tmp_path: Path, name: str, crop: tuple | None, dpi: int | None
) -> None:
    rgb = grating(1500, 2000, 40.0)
    options = {"quality": 95} if name.endswith("jpg") else {"compress_level": 1}
    path = str(tmp_path / name)
    Image.fromarray(rgb).save(path, **options, **({"dpi": (dpi, dpi)} if dpi else {}))
    image, views = load_for_encoding(path, crop)
    whole = cut_views(decode(path), crop)
    assert views.scale_known == whole.scale_known == (dpi is not None)
    if dpi is None and crop is None:
        assert max(image.rgb.shape) < 2000
    for one, two in ((views.macro, whole.macro), (views.micro, whole.micro)):
        assert np.abs(one.astype(int) - two.astype(int)).mean() < 3


def test_a_scale_set_by_a_person_counts(tmp_path: Path) -> None:
    path = str(tmp_path / "a.png")
    Image.fromarray(grating(600, 800, 20.0)).save(path)
    image, views = load_for_encoding(path, px_per_cm=200.0)
    assert views.scale_known
    assert image.px_per_cm == 200.0
    assert period_of(views.micro[0]) == pytest.approx(16.0, rel=0.03)


@pytest.mark.parametrize("size", [(500, 700), (700, 500), (300, 2000), (2000, 90), (64, 80)])
@pytest.mark.parametrize("px_per_cm", [0.7, 12.0, 45.0, 60.0, 118.0, 472.0])
@pytest.mark.parametrize("reduction", [1.0, 2.0])
def test_views_know_their_own_scale(
    size: tuple[int, int], px_per_cm: float, reduction: float
) -> None:
    """Stripes of the stated width are as many pixels wide as each view's px/cm says."""
    height, width = size
    image = DecodedImage(grating(height, width, 16.0), round(width * reduction),
                         round(height * reduction), px_per_cm * reduction, reduction)  # fmt: skip
    stripe_cm = 16.0 / px_per_cm
    views = cut_views(image)
    fine_enough = px_per_cm * reduction >= 60
    assert views.scale_known == fine_enough
    if fine_enough:
        assert views.micro_px_per_cm == pytest.approx(160)
    micro_period, macro_period = (
        stripe_cm * scale for scale in (views.micro_px_per_cm, views.macro_px_per_cm)
    )
    mirrored = fine_enough and min(size) < 128 * px_per_cm / 160
    if 5 < micro_period < 25 and not mirrored:
        assert period_of(views.micro[0]) == pytest.approx(micro_period, rel=0.06)
    if 5 < macro_period < 25 and width < 4 * height and height < 4 * width:
        assert period_of(views.macro) == pytest.approx(macro_period, rel=0.06)


def test_the_scale_of_a_folded_strip_is_that_of_its_rows() -> None:
    views = views_of(grating(100, 900, 20.0), 50.0)  # three rows of 300 px
    assert views.macro_px_per_cm == pytest.approx(50 * 128 / 300)
    upright = views_of(np.ascontiguousarray(grating(100, 900, 20.0).swapaxes(0, 1)), 50.0)
    assert upright.macro_px_per_cm == views.macro_px_per_cm


def test_views_of_unknown_scale_state_none() -> None:
    views = views_of(grating(200, 200, 9.0))
    assert views.macro_px_per_cm is views.micro_px_per_cm is None and not views.scale_known


def test_a_coarse_scale_set_by_hand_is_told_at_any_value(tmp_path: Path) -> None:
    path = str(tmp_path / "a.png")
    Image.fromarray(grating(512, 640, 20.0)).save(path, dpi=(72, 72))
    assert load_for_encoding(path)[1].macro_px_per_cm is None
    for px_per_cm in (0.4, 28.0):
        _, views = load_for_encoding(path, px_per_cm=px_per_cm)
        assert views.macro_px_per_cm == pytest.approx(px_per_cm * 128 / 512)
        assert views.micro_px_per_cm == pytest.approx(px_per_cm) and not views.scale_known
