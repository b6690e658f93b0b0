"""The repeat of a pattern: rendered ones of known size, and cloth that has none."""

import numpy as np
import pytest

from fabricfinder.capture.repeat import find_repeat


def stripes(period: float, axis: int, size: tuple[int, int] = (420, 500)) -> np.ndarray:
    """A stripe of three colours, one broad, under noise."""
    rng = np.random.default_rng(2)
    place = np.indices(size)[axis] % period / period
    grey = np.select([place < 0.5, place < 0.6], [60, 220], 130).astype(float)
    return np.clip(grey[..., None] + rng.normal(0, 8, (*size, 3)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("period", [24.0, 47.5, 90.0, 160.0])
def test_a_stripe_repeats_one_way_only(period: float) -> None:
    across = find_repeat(stripes(period, 1))
    assert across.across == pytest.approx(period, rel=0.02)
    assert across.down is None or across.down < 20, "moved along itself it is always alike"
    down = find_repeat(stripes(period, 0))
    assert down.down == pytest.approx(period, rel=0.02)


def test_a_print_repeats_both_ways_and_the_picture_size_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    tile = rng.integers(40, 220, (12, 9, 3)).astype(np.uint8).repeat(16, 0).repeat(20, 1)
    picture = np.tile(tile, (5, 5, 1))
    reading = find_repeat(picture)
    assert reading.across == pytest.approx(180, rel=0.01)
    assert reading.down == pytest.approx(192, rel=0.01)
    assert 0.9 < reading.likeness <= 1.05


def test_plain_cloth_and_a_single_motif_have_none() -> None:
    rng = np.random.default_rng(4)
    plain = np.clip(rng.normal(120, 10, (400, 400, 3)), 0, 255).astype(np.uint8)
    assert find_repeat(plain) == find_repeat(plain[:300])
    assert find_repeat(plain).across is None
    y, x = np.mgrid[0:400, 0:400]
    spot = np.where((x - 180) ** 2 + (y - 200) ** 2 < 80**2, 200, 60).astype(np.uint8)
    reading = find_repeat(np.repeat(spot[..., None], 3, axis=2))
    assert (reading.across, reading.down) == (None, None)


def test_light_from_one_side_is_no_pattern() -> None:
    picture = stripes(60, 1).astype(float)
    picture *= np.linspace(0.5, 1.2, 420)[:, None, None]
    reading = find_repeat(np.clip(picture, 0, 255).astype(np.uint8))
    assert reading.across == pytest.approx(60, rel=0.02)
    assert reading.down is None
