"""GIST: how much of each scale and direction lies in each part of a picture."""

from functools import lru_cache

import cv2
import numpy as np

from fabricfinder.evaluation.baselines import color_moments, lbp_histogram

SIDE = 128
SCALES, DIRECTIONS, BLOCKS = 4, 8, 4
_MARGIN = 16
_CYCLES = 4.0  # per picture; slower waves are taken for light, not for cloth
_PREFILTER_MARGIN = 5


def gist(image: np.ndarray) -> np.ndarray:
    """Energy of 4 scales × 8 directions of Gabor filters in 4 × 4 parts, float32 (512,).

    The middle square of the picture, uint8 RGB (h, w, 3), grey and brought to 128 × 128 px, its
    local mean and contrast evened out first.

    Source: Oliva and Torralba (2001), §3; filters and prefilter as in the authors' public code.
    """
    side = min(image.shape[:2])
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    shrinks = side > SIDE
    grey = cv2.resize(
        grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    even = np.pad(_evened(grey.astype(np.float32)), _MARGIN, mode="symmetric")
    answers = np.abs(np.fft.ifft2(np.fft.fft2(even) * _gabor_bank()))
    inner = answers[:, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    step = SIDE // BLOCKS
    means = inner.reshape(len(inner), BLOCKS, step, BLOCKS, step).mean(axis=(2, 4))
    return means.reshape(-1).astype(np.float32)


def handcrafted(image: np.ndarray) -> np.ndarray:
    """HSV colour moments 9, LBP riu2 54 and GIST 512 of uint8 RGB (h, w, 3): float32 (575,).

    Parts differ in size by orders of magnitude: standardise columns before comparing.
    """
    return np.concatenate([color_moments(image), lbp_histogram(image), gist(image)])


def _evened(grey: np.ndarray) -> np.ndarray:
    """Log brightness without its slow part, divided by the local contrast, float32 (128, 128)."""
    edge = _PREFILTER_MARGIN
    padded = np.pad(np.log1p(grey), edge, mode="symmetric")
    low_pass = _low_pass(len(padded))
    sharp = padded - np.fft.ifft2(np.fft.fft2(padded) * low_pass).real
    energy = np.fft.ifft2(np.fft.fft2(sharp**2) * low_pass)
    evened = sharp / (0.2 + np.sqrt(np.abs(energy)))
    return evened[edge:-edge, edge:-edge].astype(np.float32)


def _frequencies(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Distance from 0 in cycles a picture and direction in radians of each FFT bin, (n, n)."""
    cycles = np.fft.fftfreq(n) * n
    x, y = np.meshgrid(cycles, cycles)
    return np.hypot(x, y), np.arctan2(y, x)


@lru_cache(maxsize=2)
def _low_pass(n: int) -> np.ndarray:
    radius, _ = _frequencies(n)
    width = _CYCLES / np.sqrt(np.log(2))
    return np.exp(-(radius**2) / width**2).astype(np.float32)


@lru_cache(maxsize=1)
def _gabor_bank() -> np.ndarray:
    """Transfer functions, float32 (32, n, n), finest scale first."""
    n = SIDE + 2 * _MARGIN
    radius, direction = _frequencies(n)
    bank = []
    for scale in range(SCALES):
        centre = 0.3 / 1.85**scale  # cycles a pixel
        radial = -10 * 0.35 * (radius / n / centre - 1) ** 2
        for k in range(DIRECTIONS):
            turned = direction + np.pi / DIRECTIONS * k
            turned = (turned + np.pi) % (2 * np.pi) - np.pi
            bank.append(np.exp(radial - 2 * (16 * DIRECTIONS**2 / 32**2) * np.pi * turned**2))
    return np.stack(bank).astype(np.float32)
