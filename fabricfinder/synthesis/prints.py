"""Prints and woven figures as tiles that repeat: drawn once, laid over any window of cloth."""

from functools import lru_cache

import cv2
import numpy as np

from fabricfinder.synthesis import (
    painters_checks,
    painters_figurative,
    painters_florals,
    painters_foliage,
    painters_geometric,
    painters_organic,
    painters_paisley,
    painters_scenes,
    painters_skins,
    painters_wallpaper,
)
from fabricfinder.synthesis.fabric import Print
from fabricfinder.synthesis.light import to_linear
from fabricfinder.synthesis.noise import generator

TILE_PX = 1024

# kind -> function(shape, n_inks, rng) giving ink indices (uint8) or a 0..1 ramp over the inks.
PAINTERS = {
    **painters_geometric.PAINTERS,
    **painters_organic.PAINTERS,
    **painters_figurative.PAINTERS,
    **painters_checks.PAINTERS,
    **painters_florals.PAINTERS,
    **painters_foliage.PAINTERS,
    **painters_paisley.PAINTERS,
    **painters_scenes.PAINTERS,
    **painters_skins.PAINTERS,
    **painters_wallpaper.PAINTERS,
}


def tile_shape(pattern: Print) -> tuple[int, int]:
    """Height and width in pixels a pattern is drawn at: the longer side ``TILE_PX``."""
    wide, high = pattern.repeat_mm
    longest = max(wide, high)
    return (
        2 * max(32, round(TILE_PX * high / longest / 2)),
        2 * max(32, round(TILE_PX * wide / longest / 2)),
    )


@lru_cache(maxsize=6)
def ink_map(pattern: Print) -> np.ndarray:
    """The drawing before it has colours: uint8 (h, w) ink indices, or float32 ramp 0..1.

    Raises:
        KeyError: no painter of that kind.
    """
    rng = generator(pattern.seed, 77)
    n_inks = max(2, len(pattern.colours))
    drawn = PAINTERS[pattern.kind](tile_shape(pattern), n_inks, rng)
    if drawn.dtype == np.uint8:
        drawn = np.minimum(drawn, n_inks - 1)
    drawn.setflags(write=False)
    return drawn


@lru_cache(maxsize=6)
def colour_tile(pattern: Print) -> np.ndarray:
    """The repeat in colour, linear light, float32 (h, w, 3), half the drawing's size."""
    drawn = ink_map(pattern)
    inks = to_linear(np.array(pattern.colours, np.float32))
    size = (drawn.shape[1] // 2, drawn.shape[0] // 2)
    if drawn.dtype == np.uint8:
        # Each ink's coverage is averaged by itself: exact, and cheaper than a picture in colour.
        bands = [np.zeros((size[1], size[0]), np.float32) for _ in range(3)]
        for k, ink in enumerate(inks):
            mask = cv2.compare(drawn, k, cv2.CMP_EQ)
            cover = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
            for band, value in zip(bands, ink, strict=True):
                cv2.scaleAdd(cover.astype(np.float32), float(value) / 255, band, band)
        tile = cv2.merge(bands)
    else:
        small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
        place = small * (len(inks) - 1)
        low = np.clip(place.astype(np.int32), 0, max(0, len(inks) - 2))
        share = (place - low)[..., None].astype(np.float32)
        tile = inks[low] * (1 - share) + inks[np.minimum(low + 1, len(inks) - 1)] * share
    tile.setflags(write=False)
    return tile


def print_window(
    pattern: Print, x_cm: float, y_cm: float, px: int, px_per_cm: float
) -> np.ndarray:
    """The print's colour over a square window of cloth.

    Args:
        pattern: the print.
        x_cm, y_cm: top-left corner.
        px, px_per_cm: size and scale.

    Returns:
        linear light, float32 (px, px, 3).
    """
    tile = colour_tile(pattern)
    wide = pattern.repeat_mm[0] / 10 * px_per_cm
    high = pattern.repeat_mm[1] / 10 * px_per_cm
    if wide <= tile.shape[1] and high <= tile.shape[0]:
        size = (max(2, round(wide)), max(2, round(high)))
        small = cv2.resize(tile, size, interpolation=cv2.INTER_AREA)
        rows = (np.arange(px) + round(y_cm * px_per_cm)) % small.shape[0]
        columns = (np.arange(px) + round(x_cm * px_per_cm)) % small.shape[1]
        return small[rows[:, None], columns[None, :]]
    steps = np.arange(px, dtype=np.float64)
    u = ((x_cm * px_per_cm + steps) / wide * tile.shape[1]) % tile.shape[1]
    v = ((y_cm * px_per_cm + steps) / high * tile.shape[0]) % tile.shape[0]
    grid_u, grid_v = np.meshgrid(u.astype(np.float32) + 1, v.astype(np.float32) + 1)
    padded = np.pad(tile, ((1, 2), (1, 2), (0, 0)), mode="wrap")
    return cv2.remap(padded, grid_u, grid_v, cv2.INTER_LINEAR)


def mask_at(pattern: Print, x_cm: np.ndarray, y_cm: np.ndarray) -> np.ndarray:
    """Where a figure lies: True off its ground, bool (len(y), len(x))."""
    drawn = ink_map(pattern)
    height, width = drawn.shape
    columns = (np.asarray(x_cm) * 10 / pattern.repeat_mm[0] * width).astype(np.int64) % width
    rows = (np.asarray(y_cm) * 10 / pattern.repeat_mm[1] * height).astype(np.int64) % height
    figure = drawn[rows[:, None], columns[None, :]]
    return figure > 0 if drawn.dtype == np.uint8 else figure > 0.5
