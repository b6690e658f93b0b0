"""The capture check says how much: blur, shine, uneven light, size, askew threads, tilt."""

import cv2
import numpy as np
import pytest

from fabricfinder.capture.check import MOST_ASKEW_DEG, askew_deg, capture_findings


def cloth(px: int = 520, turn: float = 0.0, seed: int = 1) -> np.ndarray:
    """Plain weave with uneven yarns, turned clockwise by so many degrees, uint8 (px, px, 3)."""
    rng = np.random.default_rng(seed)
    side = 2 * px
    y, x = np.mgrid[0:side, 0:side]
    column, row = x // 9, y // 11
    over = (column + row) % 2 == 0
    warp = rng.normal(0, 14, side)[column]
    weft = rng.normal(0, 14, side)[row]
    grey = np.where(over, 150 + warp, 80 + weft) + rng.normal(0, 4, (side, side))
    matrix = cv2.getRotationMatrix2D((px, px), -turn, 1)
    turned = cv2.warpAffine(grey.astype(np.float32), matrix, (side, side))
    part = turned[px // 2 : px // 2 + px, px // 2 : px // 2 + px]
    return np.clip(part[..., None] * (1.0, 0.9, 0.75), 0, 255).astype(np.uint8)


def flags(rgb: np.ndarray, **known: float) -> dict[str, float]:
    return {f.flag: f.amount for f in capture_findings(rgb, **known)}


def test_a_good_picture_has_nothing() -> None:
    assert capture_findings(cloth()) == ()


@pytest.mark.parametrize("turn", [-15.0, -4.0, 3.0, 10.0])
def test_threads_that_lie_askew_are_measured(turn: float) -> None:
    assert askew_deg(cloth(turn=turn)) == pytest.approx(turn, abs=0.5)
    (finding,) = capture_findings(cloth(turn=turn))
    assert finding.flag == "askew"
    assert f"{abs(turn):.0f}°" in finding.sentence
    assert ("anticlockwise" in finding.sentence) == (turn < 0)


def test_a_print_without_threads_is_never_askew() -> None:
    rng = np.random.default_rng(4)
    blobs = cv2.GaussianBlur(rng.normal(0, 1, (500, 500)).astype(np.float32), (0, 0), 6)
    picture = np.clip(128 + 900 * blobs[..., None] * (1, 1, 1), 0, 255).astype(np.uint8)
    assert askew_deg(picture) is None
    assert askew_deg(cloth(90)) is None


def test_a_twill_line_is_not_taken_for_the_threads() -> None:
    y, x = np.mgrid[0:512, 0:512]
    rng = np.random.default_rng(2)
    twill = 120 + 60 * np.sin(2 * np.pi * (x + y) / 17) + 25 * np.sin(2 * np.pi * x / 8.5)
    grey = twill + rng.normal(0, 5, twill.shape)
    askew = askew_deg(np.clip(grey[..., None] * (1, 1, 1), 0, 255).astype(np.uint8))
    assert askew is None or abs(askew) < 1


def test_more_blur_is_less_detail() -> None:
    little = flags(cv2.GaussianBlur(cloth(), (0, 0), 2.0))["blurred"]
    much = flags(cv2.GaussianBlur(cloth(), (0, 0), 3.5))["blurred"]
    assert 0 <= much < little < 40


def test_shine_says_where_and_how_much() -> None:
    y, x = np.mgrid[0:520, 0:520]
    shine = 300 * np.exp(-((x - 110) ** 2 + (y - 120) ** 2) / (2 * 60**2))
    lit = np.clip(cloth() * 0.7 + shine[..., None], 0, 255).astype(np.uint8)
    found = [f for f in capture_findings(lit) if f.flag == "glare"]
    assert found and 2 < found[0].amount < 12
    assert "upper left" in found[0].sentence


def test_uneven_light_says_how_many_times_and_where_it_is_dark() -> None:
    fall = np.linspace(1.0, 0.2, 520)[None, :, None]
    found = [f for f in capture_findings((cloth() * fall).astype(np.uint8)) if f.flag == "uneven_light"]
    assert found and 3 < found[0].amount < 8
    assert "darkest at the right" in found[0].sentence


def test_too_small_says_the_pixels_and_a_card_says_the_tilt() -> None:
    assert flags(cloth(140))["too_small"] == 140
    assert flags(cloth(), full_side=100)["too_small"] == 100
    assert flags(cloth(), tilt_deg=25.0)["tilted"] == 25
    assert "tilted" not in flags(cloth(), tilt_deg=5.0)


def test_nothing_to_see_is_not_called_askew() -> None:
    assert set(flags(np.zeros((300, 300, 3), np.uint8))) == {"too_dark"}
    assert set(flags(np.full((300, 300, 3), 120, np.uint8))) == {"uniform"}
    assert MOST_ASKEW_DEG < 26  # a twill of two picks to three ends runs at 56°: 34° off
