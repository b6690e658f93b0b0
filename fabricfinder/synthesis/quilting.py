"""Relief cells: the stitched pockets of matelassé, the blisters of cloqué."""

import numpy as np

from fabricfinder.synthesis.pile import Quilt
from fabricfinder.synthesis.surfaces import cloth_noise
from fabricfinder.synthesis.window import Window


def quilt_relief(quilt: Quilt, window: Window) -> np.ndarray:
    """Height of the cells over a window, float32 (px, px) in pixels.

    Cells finer than three pixels flatten out, as they would under a lens.
    """
    scale = window.px_per_cm / 10
    cell = min(quilt.cell_mm) * scale
    steps = (np.arange(window.px) + 0.5) / scale
    x = ((window.x_cm * 10 + steps) / quilt.cell_mm[0]).astype(np.float32)[None, :]
    y = ((window.y_cm * 10 + steps) / quilt.cell_mm[1]).astype(np.float32)[:, None]
    loose = cloth_noise(window, (0.45 * quilt.cell_mm[0], 0.45 * quilt.cell_mm[1]), quilt.seed % 61)
    swell = _cells(quilt, window, x + 0.03 * loose, y + 0.03 * loose[::-1])
    # The face is longer than its back, so it wrinkles where it stands up.
    swell = swell * (1 + np.float32(0.10) * loose)
    fade = float(np.clip((cell - 1.8) / 2.5, 0, 1))
    return (swell * np.float32(0.22 * quilt.depth * cell * fade)).astype(np.float32)


def _cells(quilt: Quilt, window: Window, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Relative height 0..1 by cell coordinates."""
    pi = np.float32(np.pi)
    if quilt.kind == "diamond":
        a, b = x + y, x - y
        return np.abs(np.sin(pi * a) * np.sin(pi * b)) ** np.float32(0.5)
    if quilt.kind == "square":
        return np.abs(np.sin(pi * x) * np.sin(pi * y)) ** np.float32(0.45)
    if quilt.kind == "brick":
        row = np.floor(y)
        return np.abs(np.sin(pi * (x + 0.5 * (row % 2))) * np.sin(pi * y)) ** np.float32(0.45)
    if quilt.kind == "wave":
        return np.abs(np.sin(pi * (y + 0.28 * np.sin(2 * pi * x)))) ** np.float32(0.55)
    if quilt.kind == "scale":
        return _scales(x, y)
    wide, high = quilt.cell_mm
    blister = cloth_noise(window, (0.8 * wide, 0.8 * high), quilt.seed % 61 + 3)
    return np.clip(np.abs(blister) * 0.9, 0, 1) ** np.float32(0.5)


def _scales(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Clamshells: overlapping half circles, the upper row before the lower, highest inside."""
    best = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32)
    done = np.zeros(best.shape, bool)
    base = np.floor(y * 2)
    for k in (1, 0, -1):
        row = base + k
        u = (x + 0.5 * (row % 2)) % 1 - 0.5
        v = y - row / 2
        radius = np.sqrt(u * u + v * v) * 2
        inside = (radius < 1) & (v >= 0) & ~done
        best = np.where(inside, np.sqrt(np.maximum(1 - radius**4, 0)), best)
        done |= inside
    return best
