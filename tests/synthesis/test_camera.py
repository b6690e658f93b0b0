"""Checks the camera: scale kept, ranges respected, same seed same bytes."""

from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.synthesis.camera import (
    RECIPE_V1,
    SCANNER,
    CaptureSettings,
    capture,
    develop,
    edge,
    fold,
    photograph,
)
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.sampling import sample_fabric

STILL = CaptureSettings(
    rotation_deg=0, quarter_turns=False, scale=(1.0, 1.0), crop=(0.999, 1.0), exposure_stops=0,
    white_balance=0, blur_px=(0.3, 0.31), noise=(0, 1e-6), jpeg=(98, 98), vignette=(0, 0),
    perspective=0, fold_or_edge=0,
)  # fmt: skip


def grating(px: int, period: float) -> np.ndarray:
    """Vertical grey bars, uint8 (px, px, 3)."""
    wave = 128 + 90 * np.sin(2 * np.pi * np.arange(px) / period)
    return np.repeat(np.tile(wave, (px, 1))[..., None], 3, axis=-1).astype(np.uint8)


def measured_period(image: np.ndarray) -> float:
    """Strongest period in px of the picture's rows or columns."""
    flat = image.astype(float).mean(-1)
    flat -= flat.mean()
    best = (0.0, 0.0)
    for axis in (0, 1):
        power = (np.abs(np.fft.rfft(flat, 4096, axis=axis)) ** 2).mean(1 - axis)
        power[:20] = 0
        best = max(best, (float(power.max()), 4096 / int(power.argmax())))
    return best[1]


def test_same_seed_same_bytes() -> None:
    image = grating(300, 12)
    one, two = (photograph(image, 50.0, generator(5)) for _ in range(2))
    assert np.array_equal(one.image, two.image) and one.px_per_cm == two.px_per_cm
    fabric = sample_fabric(generator(6), "pattern/paisley")
    one, two = (capture(fabric, generator(7)) for _ in range(2))
    assert np.array_equal(one.image, two.image)
    assert not np.array_equal(one.image, capture(fabric, generator(8)).image)


@pytest.mark.parametrize("seed", range(6))
def test_reported_scale_is_the_pictures_scale(seed: int) -> None:
    # A grating of 0.2 cm: its period in the picture must be 0.2 × px_per_cm.
    settings = replace(STILL, scale=(0.6, 1.6), crop=(0.5, 1.0), quarter_turns=True)
    photo = photograph(grating(500, 10), 50.0, generator(seed), settings)
    assert measured_period(photo.image) == pytest.approx(0.2 * photo.px_per_cm, rel=0.03)


def test_a_still_camera_changes_almost_nothing() -> None:
    image = grating(200, 25)
    photo = photograph(image, 40.0, generator(1), STILL, out_px=200)
    assert np.abs(photo.image.astype(int) - image.astype(int)).mean() < 3
    assert photo.px_per_cm == pytest.approx(40.0, rel=0.01)


def test_white_balance_and_exposure_stay_in_their_ranges() -> None:
    grey = np.full((64, 64, 3), 120, np.uint8)
    settings = replace(RECIPE_V1, vignette=(0, 0), noise=(0, 1e-6), jpeg=(95, 95))
    for seed in range(30):
        red, green, blue = (develop(grey, generator(seed), settings).reshape(-1, 3) / 120).mean(0)
        low, high = (2 ** (s / 2.2) for s in (-0.5, 0.5))
        assert low - 0.03 <= green <= high + 0.03
        for ratio in (red / green, blue / green):
            assert 0.85 ** (1 / 2.2) - 0.03 <= ratio <= 1.15 ** (1 / 2.2) + 0.03


def test_a_fifth_of_captures_have_a_fold_or_an_edge() -> None:
    small = grating(64, 8)
    events = [photograph(small, 10.0, generator(9, k), out_px=32).event for k in range(400)]
    share = sum(e != "" for e in events) / len(events)
    assert 0.13 < share < 0.27
    assert {"fold", "edge"} <= set(events)


def test_folds_and_edges_change_the_picture_but_not_its_size() -> None:
    image = grating(160, 9)
    for change in (fold, edge):
        changed = change(image, generator(3))
        assert changed.shape == image.shape and changed.dtype == np.uint8
        assert np.abs(changed.astype(int) - image.astype(int)).mean() > 1


def test_captures_keep_to_the_size_asked_for() -> None:
    for k in range(8):
        fabric = sample_fabric(generator(10, k))
        photo = capture(fabric, generator(11, k), SCANNER)
        assert photo.image.shape[0] == photo.image.shape[1] <= SCANNER.max_px
        assert photo.px_per_cm > 5
