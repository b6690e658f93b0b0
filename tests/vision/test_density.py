"""Thread counts of simple weaves drawn here, whose counts are therefore known."""

import cv2
import numpy as np
import pytest

from fabricfinder.domain.density import TOO_COARSE, settle
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.weaves import weaves_of
from fabricfinder.vision.density import (
    NO_YARNS,
    TOO_SMALL,
    density_readings,
    pair_weigher,
    pairs_in,
)
from fabricfinder.vision.yarn_spectrum import PLACES, flattened, standing

TAXONOMY = default_taxonomy()
NOTHING = np.full(len(TAXONOMY.fine), np.nan, np.float32)
PLAIN = np.array([[1, 0], [0, 1]])
TWILL = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1]])


def weave(
    draft: np.ndarray, ends: float, picks: float, px_per_cm: float, turn: float = 0.0,
    side: int = 520, seed: int = 0,
) -> np.ndarray:  # fmt: skip
    """Round yarns in a draft (1: the end lies on top), unevenly thick, turned, lit, noisy."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / px_per_cm
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    across, along = (20 + cos * x - sin * y) * ends, (20 + sin * x + cos * y) * picks
    end, pick = across.astype(int), along.astype(int)
    warp_up = draft[pick % draft.shape[0], end % draft.shape[1]] == 1
    tone = rng.normal(1, 0.05, 40000)
    warp = np.sqrt(1 - (2 * (across - end) - 1) ** 2 * 0.95) * 150 * tone[end]
    weft = np.sqrt(1 - (2 * (along - pick) - 1) ** 2 * 0.95) * 120 * tone[20000 + pick]
    pixels = np.where(warp_up, warp, weft) + rng.normal(0, 6, (side, side))
    return np.repeat(np.clip(pixels, 0, 255).astype(np.uint8)[..., None], 3, 2)


@pytest.mark.parametrize("turn", [0.0, -14.0, 8.0])
@pytest.mark.parametrize(
    ("draft", "ends", "picks", "px_per_cm"),
    [(PLAIN, 24.0, 20.0, 160.0), (TWILL, 30.0, 25.0, 160.0), (TWILL, 18.0, 14.5, 236.0)],
)
def test_the_true_pair_is_put_forward(
    draft: np.ndarray, ends: float, picks: float, px_per_cm: float, turn: float
) -> None:
    pairs = pairs_in(weave(draft, ends, picks, px_per_cm, turn), px_per_cm)
    counts = np.stack([pairs.across, pairs.along], axis=1) * px_per_cm
    off = np.abs(counts / np.array([ends, picks]) - 1).max(axis=1)
    assert off.min() < 0.015


def rendered(fine: str, ends: float, picks: float, turn: float) -> np.ndarray:
    """A blue and white cloth of the renderer at 160 px/cm, turned, its middle 520 px."""
    tex = 0.45 / 0.037**2 / (ends * 0.1) ** 2
    cloth = Fabric(
        weave=weaves_of(fine)[0], warp=Plan(), weft=Plan((1,)), warp_yarn=Yarn(tex),
        weft_yarn=Yarn(tex), colours=((0.3, 0.4, 0.7), (0.8, 0.8, 0.75)), ends_per_cm=ends,
        picks_per_cm=picks, coarse="solid/chambray", seed=11,
    )  # fmt: skip
    whole = render(cloth, 760, 160.0, seed=3)
    matrix = cv2.getRotationMatrix2D((379.5, 379.5), turn, 1.0)
    return np.ascontiguousarray(cv2.warpAffine(whole, matrix, (760, 760))[120:640, 120:640])


@pytest.mark.parametrize("turn", [0.0, 12.0])
@pytest.mark.parametrize(
    ("fine", "ends", "picks"), [("plain", 24.0, 20.0), ("twill-2-2", 33.0, 27.0)]
)
def test_rendered_cloth_is_counted_askew_and_on_its_side(
    fine: str, ends: float, picks: float, turn: float
) -> None:
    picture = rendered(fine, ends, picks, turn)
    belief = np.eye(len(TAXONOMY.fine), dtype=np.float32)[TAXONOMY.fine_index[fine]]
    for rgb, first, second in ((picture, ends, picks), (np.rot90(picture), picks, ends)):
        count, why = settle(density_readings(rgb, 160.0), belief, TAXONOMY)
        assert why == ""
        assert count.ends == pytest.approx(first, rel=0.03)
        assert count.picks == pytest.approx(second, rel=0.03)
        assert 0 < count.ends_within < 0.06 * first


def test_a_spectrum_stands_where_the_wave_is_and_is_symmetric() -> None:
    y, x = np.mgrid[0:300, 0:400]
    wave = 128 + 40 * np.sin(2 * np.pi * (20 * x + 8 * y) / 256)
    noisy = wave + np.random.default_rng(1).normal(0, 4, wave.shape)
    heights, windows = standing(flattened(noisy.astype(np.float32)))
    assert windows == 2 * 3
    row, column = np.unravel_index(heights[:, 128:].argmax(), (256, 128))
    assert (row - 128, column) == (8, 20)
    inner = heights[13:-12, 13:-12]  # at the rim the median looks past it
    np.testing.assert_allclose(inner, inner[::-1, ::-1], atol=0.11)


def test_places_are_alike_for_both_systems() -> None:
    assert {(a, b) for a, b in PLACES} == {(b, a) for a, b in PLACES}
    weigher = pair_weigher()
    pairs = pairs_in(weave(PLAIN, 24.0, 20.0, 160.0), 160.0)
    assert pairs.facts.shape == (len(pairs), len(weigher.middle))
    assert set(weigher.weaves) <= set(TAXONOMY.fine)


def test_what_cannot_be_counted_is_refused_with_a_sentence() -> None:
    picture = weave(PLAIN, 20.0, 20.0, 160.0)
    assert density_readings(picture, None).reason == TOO_COARSE
    assert density_readings(picture, 59.0).reason == TOO_COARSE
    assert density_readings(picture[:80], 160.0).reason == TOO_SMALL
    flat = np.full((300, 300, 3), 90, np.uint8)
    assert density_readings(flat, 160.0).reason == NO_YARNS


def test_noise_and_yarns_finer_than_the_scan_are_not_counted() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (400, 400, 3)).astype(np.uint8)
    fine = weave(PLAIN, 80.0, 76.0, 160.0)  # 2 px a yarn
    for picture in (noise, fine):
        assert not settle(density_readings(picture, 160.0), NOTHING, TAXONOMY)[0].known
