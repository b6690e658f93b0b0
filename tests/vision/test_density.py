"""Thread counts of gratings and simple weaves drawn here, whose counts are therefore known."""

import numpy as np
import pytest

from fabricfinder.vision.density import (
    MOIRE,
    NO_PEAK,
    TOO_COARSE,
    TOO_SMALL,
    DensityCandidates,
    yarn_density,
)

PLAIN = np.array([[1, 0], [0, 1]])
TWILL = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])
SATIN = np.array([[(p * 2 - e) % 5 == 0 for e in range(5)] for p in range(5)]).astype(int)


def weave(
    draft: np.ndarray, ends: float, picks: float, px_per_cm: float, side: int = 520, seed: int = 0
) -> np.ndarray:
    """Round yarns in a draft (1: the end lies on top), unevenly thick, lit from above, noisy."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / px_per_cm
    across, along = x * ends, y * picks
    end, pick = across.astype(int), along.astype(int)
    warp_up = draft[pick % draft.shape[0], end % draft.shape[1]] == 1
    tone = rng.normal(1, 0.05, 4000)
    warp = np.sqrt(1 - (2 * (across - end) - 1) ** 2 * 0.95) * 150 * tone[end]
    weft = np.sqrt(1 - (2 * (along - pick) - 1) ** 2 * 0.95) * 120 * tone[2000 + pick]
    pixels = np.where(warp_up, warp, weft) + rng.normal(0, 6, (side, side))
    return np.repeat(np.clip(pixels, 0, 255).astype(np.uint8)[..., None], 3, 2)


def holds(candidates: tuple, truth: float) -> bool:
    return any(abs(c.per_cm - truth) <= 0.03 * truth for c in candidates)


@pytest.mark.parametrize("per_cm", [8.0, 17.3, 31.0, 44.0])
def test_a_grating_is_counted_to_half_a_percent(per_cm: float) -> None:
    x = np.arange(600) / 160.0
    wave = (128 + 50 * np.sin(2 * np.pi * per_cm * x)).astype(np.uint8)
    rgb = np.repeat(np.broadcast_to(wave, (400, 600))[..., None], 3, 2)
    found = yarn_density(rgb, 160.0)
    assert found.across[0].per_cm == pytest.approx(per_cm, rel=0.005)
    assert found.across[0].px_per_yarn == pytest.approx(160 / per_cm, rel=0.005)
    turned = yarn_density(np.ascontiguousarray(rgb.swapaxes(0, 1)), 160.0)
    assert turned.along[0].per_cm == pytest.approx(per_cm, rel=0.005)


@pytest.mark.parametrize("draft", [PLAIN, TWILL, SATIN], ids=["plain", "twill", "satin"])
@pytest.mark.parametrize(("ends", "picks"), [(18.0, 14.5), (24.0, 22.0), (34.0, 28.0)])
def test_weaves_have_their_count_among_the_candidates(
    draft: np.ndarray, ends: float, picks: float
) -> None:
    found = yarn_density(weave(draft, ends, picks, 160.0), 160.0)
    assert holds(found.across, ends)
    assert holds(found.along, picks)
    for side in (found.across, found.along):
        assert 1 <= len(side) <= 4
        assert [c.confidence for c in side] == sorted((c.confidence for c in side), reverse=True)
        assert 0 < sum(c.confidence for c in side) <= 1 + 1e-9


def test_a_count_follows_the_scale() -> None:
    picture = weave(TWILL, 20.0, 20.0, 160.0)
    one, two = yarn_density(picture, 160.0), yarn_density(picture, 320.0)
    for a, b in zip(one.across, two.across, strict=True):
        assert b.per_cm == pytest.approx(2 * a.per_cm)


def test_what_cannot_be_counted_is_refused_with_a_sentence() -> None:
    picture = weave(PLAIN, 20.0, 20.0, 160.0)
    assert yarn_density(picture, None) == DensityCandidates(reason=TOO_COARSE)
    assert yarn_density(picture, 59.0) == DensityCandidates(reason=TOO_COARSE)
    assert yarn_density(picture[:80], 160.0) == DensityCandidates(reason=TOO_SMALL)
    flat = np.full((300, 300, 3), 90, np.uint8)
    assert yarn_density(flat, 160.0) == DensityCandidates(reason=NO_PEAK)


def test_noise_has_no_confident_count() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3)).astype(np.uint8)
    found = yarn_density(noise, 160.0)
    assert all(c.confidence < 0.3 for c in (*found.across, *found.along))


def test_yarns_finer_than_the_scan_are_refused() -> None:
    x = np.arange(512)
    wave = (128 + 50 * np.sin(2 * np.pi * 0.47 * x)).astype(np.uint8)
    rgb = np.repeat(np.broadcast_to(wave, (512, 512))[..., None], 3, 2)
    found = yarn_density(rgb, 118.0)
    assert found.across == ()
    assert found.reason == MOIRE
