"""What anyone would pick instead: hand-made descriptors and random codes, as floors to beat.

Images are uint8 RGB (h, w, 3), already decoded and turned. Descriptors are float32 vectors, one a
picture; ``hellinger_scores`` and ``euclidean_scores`` turn them into scores, larger is nearer.
"""

import math

import cv2
import numpy as np

HSV_BINS = (8, 4, 4)
HSV_PX = 64
LBP_CIRCLES = ((8, 1), (16, 2), (24, 3))
LBP_PX = 256
_TIE = 1e-3  # grey levels: interpolation noise must not decide a comparison


def hsv_histogram(image: np.ndarray) -> np.ndarray:
    """Share of 64 × 64 area-averaged pixels in 8 × 4 × 4 equal bins of HSV, float32 (128,).

    Example:
        >>> hsv_histogram(np.zeros((9, 9, 3), np.uint8)).argmax()
        np.int64(0)
    """
    small = cv2.resize(image, (HSV_PX, HSV_PX), interpolation=cv2.INTER_AREA)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV_FULL).reshape(-1, 3).astype(np.int64)
    hue, saturation, value = (hsv * HSV_BINS // 256).T
    bins = (hue * HSV_BINS[1] + saturation) * HSV_BINS[2] + value
    counts = np.bincount(bins, minlength=math.prod(HSV_BINS))
    return (counts / counts.sum()).astype(np.float32)


def lbp_histogram(image: np.ndarray) -> np.ndarray:
    """Rotation-invariant uniform local binary patterns on three circles, float32 (54,).

    Histograms of LBP riu2 with (points, radius) (8, 1), (16, 2), (24, 3), each of sum 1, of the
    grey picture reduced to at most 256 px a side. Blind to brightness and contrast.

    Raises:
        ValueError: the picture is under 7 px a side.

    Source: Ojala, Pietikäinen and Mäenpää (2002), equations (4), (5) and (9).
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    shrink = LBP_PX / max(grey.shape)
    if shrink < 1:
        size = tuple(max(1, round(side * shrink)) for side in grey.shape[::-1])
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    if min(grey.shape) < 7:
        raise ValueError(f"a picture of {grey.shape} is too small for a circle of radius 3")
    parts = [_riu2_histogram(grey.astype(np.float32), *circle) for circle in LBP_CIRCLES]
    return np.concatenate(parts).astype(np.float32)


def _riu2_histogram(grey: np.ndarray, points: int, radius: int) -> np.ndarray:
    """Shares of the points + 2 patterns over the inner pixels, float64 (points + 2,)."""
    height, width = grey.shape
    centre = grey[radius : height - radius, radius : width - radius]
    brighter = np.empty((points, *centre.shape), bool)
    for p in range(points):
        angle = 2 * math.pi * p / points
        brighter[p] = _difference(grey, centre, -radius * math.sin(angle),
                                  radius * math.cos(angle), radius) >= -_TIE  # fmt: skip
    changes = np.count_nonzero(brighter != np.roll(brighter, 1, axis=0), axis=0)
    ones = np.count_nonzero(brighter, axis=0)
    pattern = np.where(changes <= 2, ones, points + 1)
    return np.bincount(pattern.ravel(), minlength=points + 2) / pattern.size


def _difference(
    grey: np.ndarray, centre: np.ndarray, down: float, right: float, margin: int
) -> np.ndarray:
    """Bilinear value at an offset minus the centre; exactly 0 on flat ground."""
    down, right = round(down, 6), round(right, 6)
    top, left = math.floor(down), math.floor(right)
    y, x = down - top, right - left
    height, width = centre.shape
    total = np.zeros_like(centre)
    for dy, dx, weight in (
        (0, 0, (1 - y) * (1 - x)), (0, 1, (1 - y) * x), (1, 0, y * (1 - x)), (1, 1, y * x),
    ):  # fmt: skip
        if weight > 0:
            row, column = margin + top + dy, margin + left + dx
            total += np.float32(weight) * (
                grey[row : row + height, column : column + width] - centre
            )
    return total


def color_moments(image: np.ndarray) -> np.ndarray:
    """Mean, deviation and cube root of skew of H, S and V in 0..1, float32 (9,).

    Source: Stricker and Orengo (1995); the hue is treated as a plain number, as there.
    """
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL).reshape(-1, 3) / 255.0
    mean = hsv.mean(axis=0)
    third = ((hsv - mean) ** 3).mean(axis=0)
    return np.concatenate([mean, hsv.std(axis=0), np.cbrt(third)]).astype(np.float32)


def random_codes(n: int, n_bits: int, seed: int = 0) -> np.ndarray:
    """Codes that know nothing, packed uint8 (n, n_bits/8)."""
    return np.random.default_rng(seed).integers(256, size=(n, n_bits // 8), dtype=np.uint8)


def standardised(rows: np.ndarray, learned_from: np.ndarray) -> np.ndarray:
    """Columns (n, d) shifted and scaled to mean 0 and deviation 1 of ``learned_from`` (m, d).

    A column that never varies there becomes 0.
    """
    deviation = learned_from.std(axis=0)
    varies = deviation > 1e-9
    scaled = (rows - learned_from.mean(axis=0)) / np.where(varies, deviation, 1.0)
    return np.where(varies, scaled, 0.0).astype(np.float32)


def hellinger_scores(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Σ √(p·q) of histograms (q, d) and (n, d): float32 (q, n), 1 for equal ones of sum 1.

    It falls as the Hellinger distance √(1 − Σ √(p·q)) rises.
    """
    return np.sqrt(queries) @ np.sqrt(gallery).T


def euclidean_scores(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Minus the Euclidean distance of vectors (q, d) and (n, d): float64 (q, n)."""
    return np.stack([-np.linalg.norm(gallery - query, axis=1) for query in queries])


def hamming_scores(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Minus the Hamming distance of packed codes (q, bytes) and (n, bytes): int64 (q, n)."""
    return np.stack(
        [-np.bitwise_count(gallery ^ query).sum(axis=1, dtype=np.int64) for query in queries]
    )
