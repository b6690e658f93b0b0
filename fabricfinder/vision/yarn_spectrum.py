"""The spectrum of cloth, and the pairs of its peaks that may be its two systems of yarns.

The weave repeats over several yarns and a stripe over many, so the yarns' own peaks are two among
dozens. Here every pair of peaks that lies nearly square in the picture is put forward, with how
high the spectrum stands at the places where each weave would show itself if the pair were right.
"""

from dataclasses import dataclass

import cv2
import numpy as np

WINDOW = 256
MIN_SIDE = 96
MAX_CYCLES = 0.4  # a yarn of 2.5 px
MIN_CYCLES = 0.025
_HOP = 128
_FLAT_PX = 25
_MEDIAN_PX = 23
_LEAST_HEIGHT = 1.2
_NEAR = 9  # peaks taken in each direction
_STRONGEST = 30
_LEAN_DEG = 21.0
_SKEW_DEG = 4.0

# Places in the lattice, in yarns of the one system and of the other: repeats of 1, 2, 3, 4, 5, 6
# and 8 threads. The table holds (a, b) and (b, a) alike.
_HALF = (
    (1, 0), (2, 0), (1, 1), (1 / 2, 0), (1 / 2, 1 / 2), (1, 1 / 2), (3 / 2, 0), (3 / 2, 1 / 2),
    (1 / 3, 0), (1 / 3, 1 / 3), (2 / 3, 0), (2 / 3, 1 / 3), (2 / 3, 2 / 3), (1, 1 / 3),
    (1 / 4, 0), (1 / 4, 1 / 4), (3 / 4, 0), (1 / 2, 1 / 4), (3 / 4, 1 / 4), (1, 1 / 4),
    (3 / 4, 1 / 2), (1 / 5, 2 / 5), (1 / 5, 0), (3 / 5, 1 / 5), (2 / 5, 4 / 5), (1 / 8, 3 / 8),
    (1 / 6, 1 / 6), (1 / 6, 0),
)  # fmt: skip
PLACES = np.array(sorted({pair for a, b in _HALF for pair in ((a, b), (b, a))}))
REPEATS = (1, 2, 3, 4, 5, 6, 8)


@dataclass(frozen=True, slots=True, eq=False)
class PeakPairs:
    """Pairs of spectral peaks, n of them.

    Attributes:
        across, along: cycles/px of the peak beside the picture's x axis and of the other, (n,).
        facts: float32 (n, f): what the spectrum shows for each pair.
        spread: float32 (n, 2, 4): what tells how exact each of the two frequencies is.
    """

    across: np.ndarray
    along: np.ndarray
    facts: np.ndarray
    spread: np.ndarray

    def __len__(self) -> int:
        return len(self.across)


def flattened(grey: np.ndarray) -> np.ndarray:
    """A picture of even light and even contrast, float32, mean near 0: prints and folds recede."""
    grey = grey.astype(np.float32)
    flat = grey - _blurred(grey, _FLAT_PX)
    contrast = np.sqrt(np.maximum(_blurred(flat * flat, 3 * _FLAT_PX // 2), 0))
    return flat / (contrast + 2.0)


def _blurred(picture: np.ndarray, size: int) -> np.ndarray:
    """Two box blurs: nearly Gaussian, and quick at any size."""
    return cv2.blur(cv2.blur(picture, (size, size)), (size, size))


def standing(flat: np.ndarray) -> tuple[np.ndarray, int]:
    """How far each frequency stands out of its surroundings, in nats.

    The mean log power of overlapping windows, so that one window with a seam or a print's edge
    does not decide, less the median of a neighbourhood.

    Args:
        flat: float32 (h, w).

    Returns:
        float32 (256, 256), frequency 0 at [128, 128], rows along y; and the number of windows.
    """
    height, width = flat.shape
    total, windows = np.zeros((WINDOW, WINDOW // 2 + 1), np.float32), 0
    for y in _starts(height):
        for x in _starts(width):
            part = flat[y : y + WINDOW, x : x + WINDOW]
            fades = [np.hanning(n + 1)[:-1].astype(np.float32) for n in part.shape]
            padded = np.zeros((WINDOW, WINDOW), np.float32)
            padded[: part.shape[0], : part.shape[1]] = part * np.outer(*fades)
            wave = np.fft.rfft2(padded)
            total += np.log(wave.real**2 + wave.imag**2 + 1e-3)
            windows += 1
    whole = _both_halves(total / windows)
    low = float(whole.min())
    coarse = np.clip((whole - low) * 10, 0, 255).astype(np.uint8)
    ground = cv2.medianBlur(coarse, _MEDIAN_PX).astype(np.float32) / 10 + low
    return whole - ground, windows


def _starts(length: int) -> list[int]:
    """Starts of windows that cover a length, overlapping by half or more."""
    if length <= WINDOW:
        return [0]
    steps = -(-(length - WINDOW) // _HOP)
    return [round(i * (length - WINDOW) / steps) for i in range(steps + 1)]


def _both_halves(half: np.ndarray) -> np.ndarray:
    """The whole plane of a real picture's spectrum, frequency 0 in the middle."""
    half = np.fft.fftshift(half, axes=0)
    middle = WINDOW // 2
    whole = np.empty((WINDOW, WINDOW), np.float32)
    whole[:, middle:] = half[:, :middle]
    whole[:, :middle] = np.roll(half[::-1, 1:], 1, axis=0)[:, ::-1]
    return whole


def peak_pairs(heights: np.ndarray, windows: int, px_per_cm: float, halved: bool) -> PeakPairs:
    """Every pair of peaks that may be the two systems of yarns.

    Args:
        heights: from ``standing``.
        windows: how many windows it is the mean of.
        px_per_cm: scale of the picture it was made from.
        halved: whether that picture was halved to see coarser yarns; then only coarse pairs are
            put forward, else only fine ones (they overlap).
    """
    places, strength = _peaks(heights)
    radius = np.hypot(*places.T)
    countable = (radius >= WINDOW * MIN_CYCLES) & (radius <= WINDOW * MAX_CYCLES)
    upright = places * np.where(places[:, 1:] < 0, -1, 1)
    lean = np.tan(np.radians(_LEAN_DEG))
    one = np.flatnonzero(countable & (np.abs(places[:, 1]) <= lean * places[:, 0]))[:_NEAR]
    two = np.flatnonzero(countable & (np.abs(upright[:, 0]) <= lean * upright[:, 1]))[:_NEAR]
    i, j = (axis.ravel() for axis in np.meshgrid(one, two, indexing="ij"))
    rank_i, rank_j = (
        a.ravel() for a in np.meshgrid(np.arange(len(one)), np.arange(len(two)), indexing="ij")
    )
    p, q = places[i], upright[j]
    turn_p, turn_q = np.arctan2(p[:, 1], p[:, 0]), np.arctan2(-q[:, 0], q[:, 1])
    skew = np.degrees(turn_p - turn_q)
    length_p, length_q = radius[i], radius[j]
    with np.errstate(divide="ignore"):
        allowed = np.maximum(_SKEW_DEG, np.degrees(1 / np.minimum(length_p, length_q)))
        yarn_px = WINDOW / np.sqrt(length_p * length_q)
    keep = (np.abs(skew) <= allowed) & ((yarn_px >= 4.5) if halved else (yarn_px < 9.0))
    i, j, p, q, skew, turn_p, turn_q, rank_i, rank_j = (
        values[keep] for values in (i, j, p, q, skew, turn_p, turn_q, rank_i, rank_j)
    )
    bends = _bends(heights, places)
    geometry = _geometry(radius[i], radius[j], px_per_cm, halved)
    signs = [
        np.abs(skew) / 4, np.abs(turn_p + turn_q) * 2, np.log1p(rank_i), np.log1p(rank_j),
        strength[i] / 4, strength[j] / 4, np.minimum(strength[i], strength[j]) / 4,
        np.full(len(i), strength[:1].sum() / 4), np.full(len(i), windows / 9),
        bends[i], bends[j],
    ]  # fmt: skip
    facts = [_heights_at(heights, p, q), _explained(places, strength, p, q), geometry]
    facts.append(np.stack(signs, axis=1))
    spread = [
        np.stack([bends[k], strength[k] / 4, np.log(radius[k] / 40), np.full(len(k), windows / 9)], 1)
        for k in (i, j)
    ]
    return PeakPairs(
        radius[i] / WINDOW, radius[j] / WINDOW, np.concatenate(facts, axis=1).astype(np.float32),
        np.stack(spread, axis=1).astype(np.float32),
    )  # fmt: skip


def _peaks(heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Local maxima in the half plane x > 0, the highest first: places in bins (n, 2), heights."""
    highest = cv2.dilate(heights, np.ones((5, 5), np.uint8))
    inner = np.zeros(heights.shape, bool)
    inner[1:-1, 1:-1] = True
    y, x = np.nonzero((heights >= highest) & (heights > _LEAST_HEIGHT) & inner)
    fx, fy = x - WINDOW // 2, y - WINDOW // 2
    radius = np.hypot(fx, fy)
    keep = (radius > 3) & (radius < 0.46 * WINDOW) & ((fx > 0) | ((fx == 0) & (fy > 0)))
    y, x = y[keep], x[keep]
    order = np.argsort(-heights[y, x], kind="stable")
    y, x = y[order], x[order]
    here = heights[y, x]
    shift_x = _vertex(heights[y, x - 1], here, heights[y, x + 1])
    shift_y = _vertex(heights[y - 1, x], here, heights[y + 1, x])
    places = np.stack([x + shift_x, y + shift_y], axis=1).astype(np.float64) - WINDOW // 2
    return places, here


def _vertex(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Where between −½ and ½ the parabola through three samples has its top."""
    bend = before - 2 * here + after
    return np.where(bend < 0, np.clip(0.5 * (before - after) / np.minimum(bend, -1e-6), -0.5, 0.5), 0)


def _bends(heights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """How sharp each peak is: the fall two bins away along the line from the middle, in nats / 4."""
    if not len(places):
        return np.zeros(0)
    unit = places / np.hypot(*places.T)[:, None]
    here, out, back = (_nearest(heights, places + k * unit) for k in (0, 2, -2))
    return (here - 0.5 * (out + back)) / 4


def _nearest(heights: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The map at (x, y) places in bins, −1 outside it."""
    cell = np.rint(places).astype(np.int64) + WINDOW // 2
    inside = ((cell >= 0) & (cell < WINDOW)).all(axis=-1)
    cell = np.clip(cell, 0, WINDOW - 1)
    return np.where(inside, heights[cell[..., 1], cell[..., 0]], -1.0)


def _heights_at(heights: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The spectrum at PLACES of each lattice (n, f); S and Z twills look alike.

    A place off the axes has a mirrored twin: the higher of the two, then the lower.
    """
    wide = cv2.dilate(heights, np.ones((3, 3), np.uint8))
    a, b = PLACES[None, :, :1], PLACES[None, :, 1:]
    one = _nearest(wide, p[:, None] * a + q[:, None] * b)
    other = _nearest(wide, p[:, None] * a - q[:, None] * b)
    twins = (PLACES != 0).all(axis=1)
    both = [np.maximum(one, other), np.minimum(one, other)[:, twins]]
    return np.clip(np.concatenate(both, axis=1), -1, 8) / 4


def _explained(
    places: np.ndarray, strength: np.ndarray, p: np.ndarray, q: np.ndarray
) -> np.ndarray:
    """Share of the strongest peaks that a weave of each of REPEATS would put there, less chance.

    Returns:
        float (n, 7).
    """
    places, strength = places[:_STRONGEST], strength[:_STRONGEST]
    weight = strength / max(float(strength.sum()), 1e-9)
    area = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])[:, None]
    a = (places[None, :, 0] * q[:, 1:] - places[None, :, 1] * q[:, :1]) / area
    b = (p[:, :1] * places[None, :, 1] - p[:, 1:] * places[None, :, 0]) / area
    lengths = np.hypot(*p.T)[:, None], np.hypot(*q.T)[:, None]
    shares = []
    for repeat in REPEATS:
        off = [
            np.abs(c * repeat - np.rint(c * repeat)) / repeat * length
            for c, length in zip((a, b), lengths, strict=True)
        ]
        hit = (off[0] < 1.2) & (off[1] < 1.2)
        chance = np.prod([np.minimum(1, 2.4 * repeat / n[:, 0]) for n in lengths], axis=0)
        shares.append(2 * ((hit * weight).sum(axis=1) - chance))
    return np.stack(shares, axis=1)


def _geometry(
    length_p: np.ndarray, length_q: np.ndarray, px_per_cm: float, halved: bool
) -> np.ndarray:
    """Sizes of the yarns in pixels and in the cloth, and how unlike the two systems are, (n, 7)."""
    per_cm = [n / WINDOW * px_per_cm / 20 for n in (length_p, length_q)]
    ratio = np.log(length_p / length_q)
    columns = [np.log(WINDOW / length_p), np.log(WINDOW / length_q), *map(np.log, per_cm), ratio,
               np.abs(ratio), np.full(len(ratio), float(halved))]  # fmt: skip
    return np.stack(columns, axis=1)
