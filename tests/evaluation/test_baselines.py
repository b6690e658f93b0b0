"""The hand-made descriptors: recomputed naively, and blind to what they should be blind to."""

import colorsys
import math

import cv2
import numpy as np
import pytest

from fabricfinder.evaluation.baselines import (
    LBP_CIRCLES,
    color_moments,
    euclidean_scores,
    hamming_scores,
    hellinger_scores,
    hsv_histogram,
    lbp_histogram,
    random_codes,
    standardised,
)


def noise(seed: int, px: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (px, px, 3), dtype=np.uint8)


def test_the_hsv_histogram_of_two_solids() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[:16] = (250, 10, 10)  # hue 0, full saturation and value
    histogram = hsv_histogram(image)
    assert histogram.shape == (128,)
    assert histogram[15] == pytest.approx(0.25)
    assert histogram[0] == pytest.approx(0.75)


def test_the_hsv_histogram_against_colorsys() -> None:
    """Exact conversion may move a pixel at a bin's edge, so nearly all mass must agree."""
    image = noise(0, 64)
    expected = np.zeros(128)
    for rgb in image.reshape(-1, 3) / 255.0:
        h, s, v = (min(int(x * n), n - 1) for x, n in zip(colorsys.rgb_to_hsv(*rgb), (8, 4, 4),
                                                          strict=True))  # fmt: skip
        expected[(h * 4 + s) * 4 + v] += 1 / 4096
    assert np.abs(hsv_histogram(image) - expected).sum() / 2 < 0.02


def naive_riu2(grey: np.ndarray, points: int, radius: int) -> np.ndarray:
    counts = np.zeros(points + 2)
    height, width = grey.shape
    for y in range(radius, height - radius):
        for x in range(radius, width - radius):
            bits = []
            for p in range(points):
                dy = -radius * math.sin(2 * math.pi * p / points)
                dx = radius * math.cos(2 * math.pi * p / points)
                y0, x0 = math.floor(round(y + dy, 6)), math.floor(round(x + dx, 6))
                fy, fx = round(y + dy, 6) - y0, round(x + dx, 6) - x0
                y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
                value = (
                    (1 - fy) * ((1 - fx) * grey[y0, x0] + fx * grey[y0, x1])
                    + fy * ((1 - fx) * grey[y1, x0] + fx * grey[y1, x1])
                )  # fmt: skip
                bits.append(value >= grey[y, x] - 1e-3)
            changes = sum(bits[i] != bits[i - 1] for i in range(points))
            counts[sum(bits) if changes <= 2 else points + 1] += 1
    return counts / counts.sum()


def test_lbp_against_naive_loops() -> None:
    image = noise(1, 20)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)
    expected = np.concatenate([naive_riu2(grey, *circle) for circle in LBP_CIRCLES])
    found = lbp_histogram(image)
    assert found.shape == (54,)
    assert found == pytest.approx(expected, abs=1e-6)


def test_lbp_is_blind_to_turns_and_brightness() -> None:
    image = cv2.GaussianBlur(noise(2, 60), (0, 0), 1.5)
    image = (image // 2).astype(np.uint8)
    plain = lbp_histogram(image)
    assert lbp_histogram(np.ascontiguousarray(np.rot90(image))) == pytest.approx(plain, abs=1e-3)
    assert lbp_histogram(image + 40) == pytest.approx(plain, abs=1e-6)


def test_lbp_of_flat_ground_is_all_ones() -> None:
    histogram = lbp_histogram(np.full((300, 400, 3), 77, np.uint8))
    assert histogram[8] == histogram[10 + 16] == histogram[10 + 18 + 24] == 1.0
    assert histogram.sum() == pytest.approx(3.0)
    with pytest.raises(ValueError, match="too small"):
        lbp_histogram(np.zeros((6, 300, 3), np.uint8))


def test_color_moments_against_their_definition() -> None:
    image = noise(3)
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL).reshape(-1, 3) / 255
    found = color_moments(image)
    assert found.shape == (9,)
    for c in range(3):
        mean = sum(hsv[:, c]) / len(hsv)
        third = sum((v - mean) ** 3 for v in hsv[:, c]) / len(hsv)
        assert found[c] == pytest.approx(mean, abs=1e-5)
        assert found[3 + c] ** 2 == pytest.approx(sum((hsv[:, c] - mean) ** 2) / len(hsv), abs=1e-5)
        assert found[6 + c] ** 3 == pytest.approx(third, abs=1e-5)


def test_standardising_uses_the_training_rows_only() -> None:
    learned = np.random.default_rng(4).normal(3, 5, (500, 2))
    learned = np.column_stack([learned, np.full(500, 7.0)])
    rows = np.array([[3.0, 8.0, 9.0]])
    found = standardised(rows, learned)
    assert found[0, :2] == pytest.approx([0, 1], abs=0.2)
    assert found[0, 2] == 0.0
    assert standardised(learned, learned).std(axis=0)[:2] == pytest.approx([1, 1], abs=1e-5)


def test_scores_grow_with_nearness() -> None:
    histograms = np.stack([hsv_histogram(noise(seed)) for seed in range(4)])
    affinity = hellinger_scores(histograms, histograms)
    assert np.diag(affinity) == pytest.approx(np.ones(4), abs=1e-5)
    distance = np.linalg.norm(np.sqrt(histograms[:1]) - np.sqrt(histograms), axis=1)
    assert affinity[0] == pytest.approx(1 - distance**2 / 2, abs=1e-5)
    points = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert euclidean_scores(points, points).tolist() == [[0, -5], [-5, 0]]


def test_hamming_scores_and_random_codes() -> None:
    codes = random_codes(40, 128, seed=1)
    assert codes.shape == (40, 16)
    assert np.array_equal(codes, random_codes(40, 128, seed=1))
    assert not np.array_equal(codes, random_codes(40, 128, seed=2))
    scores = hamming_scores(codes[:3], codes)
    bits = np.unpackbits(codes, axis=1)
    for i in range(3):
        assert scores[i].tolist() == [-int((bits[i] != b).sum()) for b in bits]
    assert bits.mean() == pytest.approx(0.5, abs=0.05)
