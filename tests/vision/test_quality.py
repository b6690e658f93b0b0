"""The capture check: what it says of good photographs and of spoiled ones."""

import cv2
import numpy as np
import pytest

from fabricfinder.vision.quality import SENTENCES, CaptureQuality, check_capture, sharpness


def cloth(side: int = 500, contrast: float = 40.0) -> np.ndarray:
    """A checked cloth with visible yarns and a little noise."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:side, 0:side]
    yarns = contrast * 0.5 * (np.sin(2 * np.pi * x / 5) + np.sin(2 * np.pi * y / 5))
    check = contrast * ((x // 50 + y // 50) % 2)
    pixels = 110 + yarns + check + rng.normal(0, 4, (side, side))
    return np.clip(pixels[..., None] * (1.0, 0.8, 0.7), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("contrast", [8.0, 20.0, 60.0])
def test_a_good_photograph_has_no_flags(contrast: float) -> None:
    assert check_capture(cloth(contrast=contrast)) == CaptureQuality()
    assert check_capture(cloth()).sentences == ()
    assert not check_capture(cloth()).hides_fine_texture


def test_black_and_flat() -> None:
    black = check_capture(np.zeros((300, 300, 3), np.uint8))
    assert black.flags == ("too_dark",), "one reason is enough"
    flat = check_capture(np.full((300, 300, 3), (200, 30, 40), np.uint8))
    assert flat.flags == ("uniform",)
    assert "one flat colour" in flat.sentences[0]
    assert black.is_hopeless
    assert flat.is_hopeless


def test_a_dim_photograph_is_too_dark_but_a_black_check_is_not() -> None:
    assert "too_dark" in check_capture((cloth() * 0.08).astype(np.uint8)).flags
    mostly_black = cloth()
    mostly_black[:, :420] = mostly_black[:, :420] // 12
    assert "too_dark" not in check_capture(mostly_black).flags


@pytest.mark.parametrize("sigma", [2.5, 4.0, 8.0])
def test_blur(sigma: float) -> None:
    blurred = cv2.GaussianBlur(cloth(), (0, 0), sigma)
    assert check_capture(blurred).flags == ("blurred",)
    assert check_capture(blurred).hides_fine_texture


def test_sharpness_falls_with_blur_whatever_the_contrast() -> None:
    for contrast in (10.0, 40.0):
        grey = cloth(contrast=contrast)[..., 0]
        values = [sharpness(cv2.GaussianBlur(grey, (0, 0), s)) for s in (0.5, 1.0, 2.0, 3.0)]
        assert all(a > b for a, b in zip(values, values[1:], strict=False))


def test_glare_but_not_white_dots() -> None:
    y, x = np.mgrid[0:500, 0:500]
    spot = 400 * np.exp(-((x - 260) ** 2 + (y - 240) ** 2) / (2 * 60.0**2))
    glaring = np.clip(cloth() + spot[..., None], 0, 255).astype(np.uint8)
    assert "glare" in check_capture(glaring).flags
    dotted = cloth()
    dotted[((x % 125 - 62) ** 2 + (y % 125 - 62) ** 2) < 50**2] = 255
    assert "glare" not in check_capture(dotted).flags


def test_uneven_light() -> None:
    lit = (cloth() * np.linspace(1.2, 0.25, 500)[None, :, None]).clip(0, 255).astype(np.uint8)
    assert "uneven_light" in check_capture(lit).flags


def test_small_pictures_by_their_whole_size() -> None:
    assert check_capture(cloth(120)).flags == ("too_small",)
    assert check_capture(cloth(120), full_side=2000).flags == ()


def test_every_flag_has_its_sentence() -> None:
    assert CaptureQuality(tuple(SENTENCES)).sentences == tuple(SENTENCES.values())
    assert all(s.endswith(".") for s in SENTENCES.values())
