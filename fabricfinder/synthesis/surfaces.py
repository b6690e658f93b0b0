"""Faces of cloth drawn once as tiles that repeat, and laid over any window without moiré.

A face is float32 (h, w, 4): the slope to the right and down (height in face pixels), how much
light reaches the place (0..1), and the tone of the fibre (mean about 1). Slopes rather than
heights, because light is nearly linear in them: averaged slopes give the averaged light.
"""

from functools import lru_cache

import cv2
import numpy as np

from fabricfinder.synthesis.canvas import Canvas
from fabricfinder.synthesis.noise import blurred, generator
from fabricfinder.synthesis.noise import window as noise_window
from fabricfinder.synthesis.window import Window

FACE_PX = 512
WALES = 8
LOOPS = 20
# Side of a fibre mat's face in mm.
MAT_MM = 24.0


def soft(table: np.ndarray, sigma: float) -> np.ndarray:
    """A tile blurred by sigma pixels round its edges."""
    pad = int(3 * sigma) + 2
    wide = np.pad(table, [(pad, pad), (pad, pad)] + [(0, 0)] * (table.ndim - 2), mode="wrap")
    return cv2.GaussianBlur(wide, (0, 0), sigma)[pad:-pad, pad:-pad]


def face(height: np.ndarray, reach: np.ndarray, tone: np.ndarray) -> np.ndarray:
    """Put a face together from a height tile (in its own pixels), reach of light and tone.

    Anything slower than an eighth of the tile is evened out: it would show as a repeat.
    """
    reach = np.clip(reach * (float(reach.mean()) / soft(reach, reach.shape[1] / 8)), 0, 1)
    tone = tone / soft(tone.astype(np.float32), tone.shape[1] / 8)
    dx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * np.float32(0.5)
    dy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * np.float32(0.5)
    made = np.stack([dx, dy, reach, tone], axis=2).astype(np.float32)
    made.setflags(write=False)
    return made


def laid(
    tile: np.ndarray,
    size_mm: tuple[float, float],
    window: Window,
    shift: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """A tile laid over a window, averaged where the window's pixels are the coarser.

    Args:
        tile: float32 (h, w) or (h, w, c ≤ 4), wrapping.
        size_mm: width and height of the tile on the cloth.
        window: the square of cloth.
        shift: how far to look aside at each pixel, mm, float32 (px, px) right and down.

    Returns:
        float32 (px, px) or (px, px, c).
    """
    scale = window.px_per_cm / 10
    wide, high = size_mm[0] * scale, size_mm[1] * scale
    # Two tile pixels to a picture pixel, softened like a lens: nothing left to beat.
    want = (max(2, round(2 * wide)), max(2, round(2 * high)))
    have = (min(want[0], tile.shape[1]), min(want[1], tile.shape[0]))
    if have != (tile.shape[1], tile.shape[0]):
        tile = cv2.resize(tile, have, interpolation=cv2.INTER_AREA)
        tile = soft(tile, 0.9)
    high_px, wide_px = tile.shape[:2]
    steps = (np.arange(window.px) + 0.5) / scale
    x = ((window.x_cm * 10 + steps) % size_mm[0]) * (wide_px / size_mm[0])
    y = ((window.y_cm * 10 + steps) % size_mm[1]) * (high_px / size_mm[1])
    u, v = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    if shift is not None:
        u += shift[0] * np.float32(wide_px / size_mm[0])
        v += shift[1] * np.float32(high_px / size_mm[1])
    padded = np.pad(tile, [(1, 2), (1, 2)] + [(0, 0)] * (tile.ndim - 2), mode="wrap")
    u = np.mod(u - 0.5, np.float32(wide_px)) + 1
    v = np.mod(v - 0.5, np.float32(high_px)) + 1
    return cv2.remap(padded, u, v, cv2.INTER_LINEAR)


def cloth_noise(
    window: Window,
    cell_mm: tuple[float, float],
    salt: int,
    rough: float = 1.2,
    shift_mm: np.ndarray | None = None,
) -> np.ndarray:
    """Noise that belongs to the cloth: the same place has the same value at every scale.

    Args:
        window: the square of cloth.
        cell_mm: width and height of a bump.
        salt: which noise.
        rough: blur of the table in its own cells.
        shift_mm: how far to look aside at each pixel, right and down alike, or None.

    Returns:
        float32 (px, px); unit variance where bumps are wider than a pixel, fainter where finer.
    """
    step = [max(c, 1e-3) / (2.4 * rough) for c in cell_mm]
    scale = window.px_per_cm / 10
    x = (window.x_cm * 10 + (np.arange(window.px) + 0.5) / scale) / step[0] + salt * 37.7
    y = (window.y_cm * 10 + (np.arange(window.px) + 0.5) / scale) / step[1] + salt * 91.3
    table = blurred(rough, rough)
    size = table.shape[0]
    u, v = np.meshgrid((x % size).astype(np.float32), (y % size).astype(np.float32))
    if shift_mm is not None:
        u = np.mod(u + shift_mm * np.float32(1 / step[0]), np.float32(size))
        v = np.mod(v + shift_mm * np.float32(1 / step[1]), np.float32(size))
    padded = _padded_noise(rough)
    made = cv2.remap(padded, u, v, cv2.INTER_LINEAR)
    finer = min(1.0, cell_mm[0] * scale / 1.5) * min(1.0, cell_mm[1] * scale / 1.5)
    return made * np.float32(finer)


@lru_cache(maxsize=8)
def _padded_noise(rough: float) -> np.ndarray:
    return np.pad(blurred(rough, rough), ((0, 2), (0, 2)), mode="wrap")


def _table(sigma_x: float, sigma_y: float, salt: int, px: int = FACE_PX) -> np.ndarray:
    """Wrapping noise of unit variance, (px, px); px divides the table's 512."""
    # Blurred tables are kept for good, so only half-octave steps of blur are asked for.
    steps = [round(2 ** (round(2 * np.log2(s)) / 2), 3) for s in (sigma_x, sigma_y)]
    table = blurred(steps[0], steps[1])
    return noise_window(table, salt * 131, salt * 57, px, px)


@lru_cache(maxsize=6)
def cord_face(cord_share: float, height: float, tuft: float, variant: int) -> np.ndarray:
    """Face of corduroy: ``WALES`` wales wide and as long.

    Args:
        cord_share: share of the wale that the cord covers.
        height: pile height in wales.
        tuft: tuft size in wales.
        variant: which irregularities.
    """
    px = FACE_PX
    wale = px / WALES
    grain = max(0.8, tuft * wale / 2.4)
    x = (np.arange(px) + 0.5) / wale
    index = np.floor(x).astype(int)
    rng = generator(variant, 61)
    aside = (0.03 * rng.standard_normal(WALES))[index].astype(np.float32)
    edge = _table(0.01, grain, variant)  # rows differ, tuft by tuft
    # Each cord has its own ragged edges, left and right.
    column = (index * 53 + 7) % px
    left, right = edge[:, column], edge[::-1, (column + 29) % px]
    t = (x - index - 0.5).astype(np.float32)[None, :] + aside[None, :]
    half = np.float32(cord_share / 2) * (1 + np.float32(0.07) * np.where(t < 0, left, right))
    q = np.clip(np.abs(t) / half, 0, 1)
    profile = (1 - q**2.4) ** np.float32(0.62)
    tufts = _table(grain * 1.5, grain, variant + 3)
    body = soft(profile, max(0.8, 0.02 * wale))
    lumpy = body * (1 + np.float32(0.10) * tufts)
    reach = np.clip(0.26 + 0.74 * body ** np.float32(0.7), 0, 1)
    reach = np.clip(reach * (1 + np.float32(0.05) * tufts), 0.12, 1)
    tone = 1 + np.float32(0.06) * tufts * body
    return face(lumpy * np.float32(height * wale), reach, tone)


@lru_cache(maxsize=4)
def tuft_face(variant: int) -> np.ndarray:
    """Face of velvet: cut tufts seen from their ends, ``FACE_PX`` / 10 tufts a side."""
    tufts = _table(2.4, 2.9, variant)
    fine = _table(0.8, 1.0, variant + 5)
    height = soft(np.tanh(tufts), 0.7) * np.float32(1.3) + fine * np.float32(0.22)
    reach = np.clip(0.90 + 0.10 * np.tanh(tufts) + 0.03 * fine, 0.4, 1.0)
    return face(height, reach, 1 + np.float32(0.035) * fine + np.float32(0.03) * tufts)


def _loop(lean: float, long: float, wide: float, curl: float) -> np.ndarray:
    """A loop from above, (17, 2): out along ``lean`` and back, ``long`` px far, curling aside."""
    t = np.linspace(0.02, 0.98, 17)
    out = long * (1 - np.cos(2 * np.pi * t)) / 2
    aside = wide * np.sin(2 * np.pi * t) * (0.45 + 0.55 * np.sin(np.pi * t))
    turn = lean + curl * out / max(long, 1e-3)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([out * cos - aside * sin, out * sin + aside * cos], axis=1)


@lru_cache(maxsize=9)
def loop_face(aspect: float, variant: int) -> np.ndarray:
    """Face of terry: ``LOOPS`` loops across and down, lying over each other.

    Args:
        aspect: height over width of the loops' lattice, about 1 to 2.
        variant: which irregularities; odd ones lie over more.
    """
    width, height_px = FACE_PX, int(round(FACE_PX * aspect / 2)) * 2
    rng = generator(variant, 62)
    step_x, step_y = width / LOOPS, height_px / LOOPS
    yarn = 0.36 * min(step_x, step_y) ** 0.8 * max(step_x, step_y) ** 0.2
    relief, tone = Canvas((height_px, width), 10), Canvas((height_px, width), 128)
    bias = rng.normal(0, 0.5)
    for layer in (0.55, 1.0):  # the lower loops show only through the others
        for number in rng.permutation(LOOPS * LOOPS):
            row, column = divmod(int(number), LOOPS)
            base = np.array([(column + 0.5 + 0.3 * rng.standard_normal()) * step_x,
                             (row + 0.5 + 0.25 * rng.standard_normal()) * step_y])  # fmt: skip
            lean = bias + rng.normal(np.pi / 2 * (1 if rng.random() < 0.5 else -1), 1.0)
            long = (0.62 + 0.2 * (variant % 2)) * step_y * rng.uniform(0.6, 1.3)
            path = base + _loop(float(lean), float(long), yarn * rng.uniform(0.5, 1.1),
                                float(rng.normal(0, 1.0)))  # fmt: skip
            shade = int(np.clip(128 + 9 * rng.standard_normal(), 80, 180))
            tone.line(path, shade, yarn)
            for first, last, high in ((0, 17, 0.55), (4, 13, 0.85)):
                for thick, more in ((1.0, -0.22), (0.7, -0.05), (0.4, 0.06)):
                    level = int(255 * layer * (high + more))
                    relief.line(path[first:last], level, yarn * thick)
    body = soft(relief.ink.astype(np.float32) / 255, 1.4)
    sunk = np.clip(soft(body, 0.7 * yarn) - body, 0, 1)
    fuzz = _table(0.9, 0.9, variant, 512)
    fuzz = cv2.resize(fuzz, (width, height_px), interpolation=cv2.INTER_LINEAR)
    reach = np.clip(0.30 + 0.80 * body - 1.1 * sunk + 0.02 * fuzz, 0.12, 1)
    fibre = soft(tone.ink.astype(np.float32) / 128, 1.0) * (1 + np.float32(0.035) * fuzz)
    return face((body + np.float32(0.035) * fuzz) * np.float32(0.9 * yarn), reach, fibre)


@lru_cache(maxsize=6)
def mat_face(bonded: bool, variant: int) -> np.ndarray:
    """Face of a fibre mat ``MAT_MM`` wide: felt, or a bonded web with its pressed points.

    The tone carries each fibre's own shade, so that a mélange can be dyed from it.
    """
    px = 768
    rng = generator(variant, 63)
    relief, tone = Canvas((px, px), 90), Canvas((px, px), 128)
    count, bend = (1200, 0.12) if bonded else (1800, 0.5)
    for _ in range(count):
        steps = 12
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, bend, steps))
        long = px / MAT_MM * rng.uniform(2.5, 8) / steps * (2.2 if bonded else 1)
        path = rng.uniform(0, px, 2) + np.cumsum(
            np.stack([np.cos(heading), np.sin(heading)], 1) * long, axis=0
        )
        relief.line(path, int(rng.integers(60, 215)), 1 if rng.random() < 0.7 else 2)
        tone.line(path, int(rng.integers(40, 216)), 1 if rng.random() < 0.6 else 2)
    body = soft(relief.ink.astype(np.float32) / 255, 0.7)
    lumps = cv2.resize(_table(9, 9, variant), (px, px), interpolation=cv2.INTER_CUBIC)
    shade = 1 + (soft(tone.ink.astype(np.float32), 0.6) / 128 - 1) * np.float32(0.5)
    if not bonded:
        reach = np.clip(0.80 + 0.28 * (body - 0.4) + 0.03 * lumps, 0.4, 1)
        return face(body * 3 + lumps * np.float32(0.7), reach, shade)
    points = _bond_points(px, variant)
    height = body * 2 * (1 - points) - 4 * soft(points, 1.5)
    reach = np.clip(0.9 + 0.2 * (body - 0.4) + 0.05 * lumps - 0.16 * points, 0.4, 1)
    return face(height, reach, shade * (1 - points) + points * np.float32(0.98))


def _bond_points(px: int, variant: int) -> np.ndarray:
    """Where a calender welded the web: small lozenges or bars in staggered rows, 0..1."""
    across = 20
    step = px / across
    y, x = np.indices((px, px), np.float32)
    row = np.floor(y / step)
    u = (x / step + 0.5 * (row % 2)) % 1 - 0.5
    v = (y / step) % 1 - 0.5
    if variant % 2:
        reach = np.abs(u) * 1.0 + np.abs(v) * 1.0 - 0.24
    else:
        tilt = np.where(row % 2 == 0, 0.7, -0.7).astype(np.float32)
        a, b = u * np.cos(tilt) - v * np.sin(tilt), u * np.sin(tilt) + v * np.cos(tilt)
        reach = np.maximum(np.abs(a) - 0.30, np.abs(b) - 0.08)
    return np.clip(0.5 - reach * step / 2, 0, 1).astype(np.float32)
