"""The size of a pattern's repeat, from the picture's likeness to itself when it is moved.

The normalised autocorrelation of the flattened picture (Wiener-Khinchin, by way of the FFT, each
lag divided by the pixels that overlap) peaks where the pattern comes again. Along each axis the
first peak that is nearly as high as the highest is the repeat; yarns are blurred away before, and
a plain cloth has none.
"""

from dataclasses import dataclass

import cv2
import numpy as np

WORKING_SIDE = 512
_LEAST_LAG = 14  # px of the working picture
_MOST_LAG = 0.55  # of the side: the pattern must be seen nearly twice
_LEAST_LIKENESS = 0.5
_AS_HIGH = 0.9
_LEAST_CONTRAST = 2.5  # 0..255, after yarns are blurred away
_ASKEW = 0.03  # a repeat may wander this far from the axis, share of the lag


@dataclass(frozen=True, slots=True)
class RepeatReading:
    """How far a pattern must be moved to meet itself.

    Attributes:
        across, down: px of the picture, along its width and height; None = no repeat seen.
        likeness: of the picture to itself there, 0..1, the lesser where there are two.
    """

    across: float | None = None
    down: float | None = None
    likeness: float = 0.0


def find_repeat(rgb: np.ndarray) -> RepeatReading:
    """The repeat of a pattern lying nearly straight, uint8 (h, w, 3)."""
    short = min(rgb.shape[:2])
    factor = max(1.0, short / WORKING_SIDE)
    if factor > 1:
        size = (round(rgb.shape[1] / factor), round(rgb.shape[0] / factor))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    flat = _flattened(rgb)
    if float(flat.std(axis=(0, 1)).max()) < _LEAST_CONTRAST:
        return RepeatReading()
    likeness = _self_likeness(flat)
    across, high = _first_return(likeness, rgb.shape[1])
    down, deep = _first_return(likeness.T, rgb.shape[0])
    found = [n for n, lag in ((high, across), (deep, down)) if lag is not None]
    return RepeatReading(
        None if across is None else across * factor,
        None if down is None else down * factor,
        min(found, default=0.0),
    )


def _flattened(rgb: np.ndarray) -> np.ndarray:
    """Lab without yarns and without uneven light, float32 (h, w, 3)."""
    lab = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2LAB).astype(np.float32)
    fine = cv2.GaussianBlur(lab, (0, 0), 2.0)
    y, x = np.mgrid[-1 : 1 : lab.shape[0] * 1j, -1 : 1 : lab.shape[1] * 1j]
    basis = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], -1).reshape(-1, 6)
    values = fine.reshape(-1, 3)
    some = slice(None, None, max(1, len(values) // 20_000))
    weights, *_ = np.linalg.lstsq(basis[some], values[some], rcond=None)
    return (values - basis @ weights).reshape(lab.shape).astype(np.float32)


def _self_likeness(flat: np.ndarray) -> np.ndarray:
    """Autocorrelation over lags 0..h-1 down and 0..w-1 across, float (h, w), 1 at no lag.

    The greater of moving downwards and upwards: a pattern may lie a little askew either way.
    """
    height, width = flat.shape[:2]
    shape = (2 * height, 2 * width)
    power = sum(np.abs(np.fft.rfft2(flat[..., c], shape)) ** 2 for c in range(3))
    total = np.fft.irfft2(power, shape)
    overlap = np.outer(np.arange(height, 0, -1), np.arange(width, 0, -1))
    down = total[:height, :width] / overlap
    up = np.vstack([total[:1, :width], total[:height:-1, :width]]) / overlap
    return np.maximum(down, up) / down[0, 0]


def _first_return(likeness: np.ndarray, width: int) -> tuple[float | None, float]:
    """The first lag across at which the picture is like itself again, and how like; (h, w)."""
    most = int(width * _MOST_LAG)
    lags = np.arange(most)
    reach = (lags * _ASKEW).astype(int)
    row = np.array([likeness[: r + 1, lag].max() for lag, r in zip(lags, reach, strict=True)])
    inner = row[1:-1]
    peaks = 1 + np.flatnonzero((inner > row[:-2]) & (inner >= row[2:]) & (lags[1:-1] >= _LEAST_LAG))
    valleys = np.minimum.accumulate(row)
    # A gentle bump on a slope that never fell is no return.
    peaks = peaks[(row[peaks] >= _LEAST_LIKENESS) & (row[peaks] - valleys[peaks] > 0.15)]
    if not len(peaks):
        return None, 0.0
    first = int(peaks[row[peaks] >= _AS_HIGH * row[peaks].max()][0])
    before, here, after = row[first - 1 : first + 2]
    bend = before - 2 * here + after
    return first + (0.5 * (before - after) / bend if bend < 0 else 0.0), float(here)
