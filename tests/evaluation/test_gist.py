"""GIST against plain filtering, and what it must and must not notice."""

import numpy as np
import pytest

from fabricfinder.evaluation import gist as gist_module
from fabricfinder.evaluation.baselines import color_moments, lbp_histogram
from fabricfinder.evaluation.gist import gist, handcrafted


def grating(angle: float, period: float, side: int = 128) -> np.ndarray:
    """Stripes that cross the picture in a direction, uint8 RGB."""
    y, x = np.mgrid[:side, :side]
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    return np.repeat((127 + 100 * wave).astype(np.uint8)[..., None], 3, axis=2)


def parts(values: np.ndarray) -> np.ndarray:
    """(512,) as (scale, direction, row, column)."""
    return values.reshape(4, 8, 4, 4)


@pytest.mark.parametrize("k", range(8))
def test_a_grating_answers_in_its_own_direction(k: int) -> None:
    values = parts(gist(grating(-np.pi / 8 * k, 1 / 0.3 * 1.85)))
    assert values.sum(axis=(2, 3)).argmax() == 8 * 1 + k  # second scale, k-th direction


@pytest.mark.parametrize("scale", range(3))
def test_a_grating_answers_at_its_own_scale(scale: int) -> None:
    values = parts(gist(grating(0.0, 1.85**scale / 0.3)))
    assert values.sum(axis=(1, 2, 3)).argmax() == scale


def test_each_part_sees_its_own_corner() -> None:
    picture = np.full((128, 128, 3), 120, np.uint8)
    picture[:32, 96:] = grating(0.0, 6.0)[:32, 96:]
    energy = parts(gist(picture)).sum(axis=(0, 1))
    assert energy.argmax() == 3  # first row, last column


def test_brightness_is_evened_out() -> None:
    cloth = grating(0.3, 8.0).astype(float)
    lit = np.clip(cloth * 0.8, 0, 255).astype(np.uint8)
    usual = gist(cloth.astype(np.uint8))
    assert gist(lit) == pytest.approx(usual, abs=float(0.05 * usual.max()))


def test_one_filter_is_plain_filtering() -> None:
    """The vectorised bank against one filter at a time."""
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (150, 190, 3), dtype=np.uint8)
    import cv2

    middle = picture[:, 20:170]
    grey = cv2.resize(cv2.cvtColor(np.ascontiguousarray(middle), cv2.COLOR_RGB2GRAY), (128, 128),
                      interpolation=cv2.INTER_AREA)  # fmt: skip
    even = np.pad(gist_module._evened(grey.astype(np.float32)), 16, mode="symmetric")
    one = np.abs(np.fft.ifft2(np.fft.fft2(even) * gist_module._gabor_bank()[13]))[16:-16, 16:-16]
    naive = [one[r : r + 32, c : c + 32].mean() for r in range(0, 128, 32) for c in range(0, 128, 32)]
    assert gist(picture)[13 * 16 : 14 * 16] == pytest.approx(naive, rel=1e-4)


def test_handcrafted_is_its_three_parts() -> None:
    picture = grating(0.5, 7.0, 200)
    values = handcrafted(picture)
    assert values.shape == (575,) and values.dtype == np.float32
    assert np.array_equal(values[:9], color_moments(picture))
    assert np.array_equal(values[9:63], lbp_histogram(picture))
    assert np.array_equal(values[63:], gist(picture))
