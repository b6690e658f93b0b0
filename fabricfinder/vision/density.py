"""Threads per centimetre from a picture of known scale, as candidates with a confidence.

A weave repeats over several yarns and a stripe over many, so the yarn's own frequency is one of
several peaks and not always the highest: the answer is the best four for each direction, and what
is known of the weave decides between them later.
"""

from dataclasses import dataclass

import cv2
import numpy as np

MIN_PX_PER_YARN = 2.5
MIN_PX_PER_CM = 60.0
MIN_PER_CM = 3.0
MAX_CANDIDATES = 4
MOIRE_LIMIT = 0.45

_WINDOW_PX = 512
_MIN_PX = 96
_PADDING = 8
_FLAT_SIGMA = 12.0
_BAND_PX = 64
_WHITEN_WIDTH = 0.06
_LEAST_HEIGHT = 1.0

TOO_COARSE = "The scan is too coarse to count threads; scan at 300 dpi or more."
TOO_SMALL = "The picture shows too little cloth to count threads."
NO_PEAK = "No regular yarns are to be seen."
MOIRE = "The yarns are finer than the scan can carry; scan at a higher resolution."


@dataclass(frozen=True, slots=True)
class DensityCandidate:
    """One possible count.

    Attributes:
        per_cm: threads per centimetre.
        confidence: 0..1, its share of the evidence in its direction; not a calibrated probability.
        px_per_yarn: how finely the picture sampled it (4 and more is good).
    """

    per_cm: float
    confidence: float
    px_per_yarn: float


@dataclass(frozen=True, slots=True)
class DensityCandidates:
    """Possible thread counts in the two directions of a picture, the likeliest first.

    Attributes:
        across: threads counted from left to right (the ends, if the warp runs upwards).
        along: threads counted from top to bottom (the picks, then).
        reason: a sentence why a direction has none, or "".
    """

    across: tuple[DensityCandidate, ...] = ()
    along: tuple[DensityCandidate, ...] = ()
    reason: str = ""


def yarn_density(rgb: np.ndarray, px_per_cm: float | None) -> DensityCandidates:
    """Count the threads of a cloth lying straight in the picture.

    Args:
        rgb: uint8 (h, w, 3) sRGB at its own resolution; the central 512 px are looked at.
        px_per_cm: its scale; None or under 60 is refused.
    """
    if px_per_cm is None or px_per_cm < MIN_PX_PER_CM:
        return DensityCandidates(reason=TOO_COARSE)
    if min(rgb.shape[:2]) < _MIN_PX:
        return DensityCandidates(reason=TOO_SMALL)
    flat = _flat_centre(rgb)
    across, reason_across = _candidates(flat, px_per_cm)
    along, reason_along = _candidates(np.ascontiguousarray(flat.T), px_per_cm)
    return DensityCandidates(across, along, reason_across or reason_along)


def _flat_centre(rgb: np.ndarray) -> np.ndarray:
    """Grey float32 centre of at most 512 px a side, less its own blur (flat field, σ 12 px)."""
    height, width = rgb.shape[:2]
    top, left = max(0, (height - _WINDOW_PX) // 2), max(0, (width - _WINDOW_PX) // 2)
    centre = np.ascontiguousarray(rgb[top : top + _WINDOW_PX, left : left + _WINDOW_PX])
    grey = cv2.cvtColor(centre, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return grey - cv2.GaussianBlur(grey, (0, 0), _FLAT_SIGMA)


def whitened_spectrum(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much each frequency stands out of its surroundings along the rows.

    The mean of two: the spectra of single rows, which also see cloth that lies askew, and those of
    the means of 64 rows, in which the weave's own repeat cancels and the yarns remain.

    Args:
        flat: float32 (h, w), mean near 0.

    Returns:
        frequencies in cycles/px (m,) in 0..0.5, and log power over the local log-mean (m,).
    """
    bands = [flat[i : i + _BAND_PX].mean(0) for i in range(0, len(flat) - _BAND_PX + 1, _BAND_PX)]
    rows, means = _log_power(flat), _log_power(np.stack(bands))
    reach = max(1, round(_WHITEN_WIDTH * rows.size))
    kernel = np.ones(2 * reach + 1) / (2 * reach + 1)
    standing = np.zeros(rows.size)
    for log_power in (rows, means):
        local = np.convolve(np.pad(log_power, reach, mode="reflect"), kernel, mode="valid")
        standing += (log_power - local) / 2
    return np.linspace(0.0, 0.5, rows.size), standing


def _log_power(signals: np.ndarray) -> np.ndarray:
    """Natural log of the mean power spectrum of (n, width) rows, zero-padded 8 times."""
    width = signals.shape[1]
    length = 1 << int(np.ceil(np.log2(width * _PADDING)))
    windowed = signals * np.hanning(width).astype(np.float32)
    power = np.zeros(length // 2 + 1)
    for start in range(0, len(signals), 64):  # in blocks: 512 padded rows at once are 30 MB
        power += (np.abs(np.fft.rfft(windowed[start : start + 64], length)) ** 2).sum(0)
    return np.log(power / len(signals) + 1e-6)


def _candidates(flat: np.ndarray, px_per_cm: float) -> tuple[tuple[DensityCandidate, ...], str]:
    """The best four counts along the rows of ``flat``, and a sentence when there are none."""
    frequency, height = whitened_spectrum(flat)
    lowest = max(MIN_PER_CM / px_per_cm, 4 / flat.shape[1])
    inner = height[1:-1]
    peaks = 1 + np.flatnonzero((inner > height[:-2]) & (inner >= height[2:]))
    peaks = peaks[(frequency[peaks] >= lowest) & (height[peaks] >= _LEAST_HEIGHT)]
    if not peaks.size:
        return (), NO_PEAK
    peaks = _apart(peaks[np.argsort(-height[peaks])], least=2 * frequency.size // flat.shape[1])
    if frequency[peaks[0]] > MOIRE_LIMIT:
        return (), MOIRE
    peaks = [p for p in peaks if frequency[p] <= 1 / MIN_PX_PER_YARN][:MAX_CANDIDATES]
    total = sum(float(height[p]) for p in peaks)
    found = []
    for peak in peaks:
        cycles = _refined(frequency, height, peak)
        # A lone weak bump is poor evidence even when nothing competes with it.
        sure = min(1.0, float(height[peak]) / 4.0) * float(height[peak]) / total
        found.append(DensityCandidate(cycles * px_per_cm, sure, 1 / cycles))
    return tuple(found), "" if found else MOIRE


def _apart(peaks: np.ndarray, least: int) -> list[int]:
    """Keep peaks in order of height, dropping those within a main lobe of a higher one."""
    kept: list[int] = []
    for peak in peaks:
        if all(abs(int(peak) - k) > least for k in kept):
            kept.append(int(peak))
    return kept


def _refined(frequency: np.ndarray, height: np.ndarray, peak: int) -> float:
    """The frequency of a peak by the parabola through it and its neighbours."""
    before, here, after = height[peak - 1 : peak + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return float(frequency[peak] + shift * (frequency[1] - frequency[0]))
