"""What happens to a knit after the machine: raised naps, pills, and hairs that stand off."""

from functools import cache

import cv2
import numpy as np

from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.window import Window

MAX_HAIRS = 500


def nap_relief(fabric: Fabric, window: Window) -> np.ndarray:
    """Relief of a raised face in pixels, float32 (px, px): fibre, tufts, and brushed swathes."""
    px, scale = window.px, window.px_per_cm
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 23)
    total = np.zeros((px, px), np.float32)
    # Tufts of half a millimetre up to swathes of a centimetre, each a quarter of its size deep.
    for size_mm, depth in ((0.7, 0.05), (1.6, 0.05), (4.0, 0.02), (14.0, 0.010)):
        cells = window.side_cm * 10 / size_mm
        if 1.0 < cells < 0.45 * px:
            tufts = noise.field(rng, px, px, cells)
            total += tufts * np.float32(depth * size_mm / 10 * scale)
    # Fibres of about two millimetres; from far they are only a grain.
    length = next((n for n in _FIBRE_PX if n >= 0.2 * scale), _FIBRE_PX[-1])
    salt = fabric.seed % 467
    fibres = noise.window(_fibre_table(length), salt, salt * 3, px, px)
    return total + fibres * np.float32(0.05 + 0.05 * min(4.0, length / 6))


_FIBRE_PX = (6, 12, 24, 48)
_MOST_FIBRES = 24_000


@cache
def _fibre_table(length: int) -> np.ndarray:
    """A tiling mat of curved fibres ``length`` px long, the later over the earlier, unit variance:
    float32 (512, 512)."""
    size = noise.SIZE
    rng = noise.generator(41, length)
    mat = np.zeros((size, size), np.float32)
    many = min(_MOST_FIBRES, int(2.2 * size * size / length / max(1.0, length / 16)))
    starts = rng.random((many, 2)) * size
    turns = rng.uniform(0, 2 * np.pi, many)[:, None] + rng.normal(0, 0.35, (many, 4)).cumsum(axis=1)
    steps = np.stack([np.cos(turns), np.sin(turns)], axis=2) * (length / 4)
    paths = starts[:, None, :] + np.concatenate(
        [np.zeros((many, 1, 2)), steps.cumsum(axis=1)], axis=1
    )
    levels = rng.uniform(0, 1, many)
    for path, level in zip(paths, levels, strict=True):
        for dx in (0, -size) if path[:, 0].max() >= size else (0,):
            moved = np.rint((path + (dx, 0)) * 16).astype(np.int32)
            cv2.polylines(mat, [moved], False, float(level), 1, cv2.LINE_AA, 4)
    mat = cv2.GaussianBlur(np.pad(mat, 4, mode="wrap"), (0, 0), 0.6)[4:-4, 4:-4]
    table = np.ascontiguousarray((mat - mat.mean()) / mat.std(), np.float32)
    table.setflags(write=False)
    return table


def pills(fabric: Fabric, window: Window) -> np.ndarray:
    """Relief of pills in pixels, float32 (px, px)."""
    assert fabric.knit is not None
    px, scale = window.px, window.px_per_cm
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 25)
    many = min(600, int(rng.poisson(1.6 * fabric.knit.pilling * window.side_cm**2)))
    image = np.zeros((px, px), np.float32)
    for x, y, mm in zip(rng.random(many) * px, rng.random(many) * px,
                        rng.uniform(0.4, 1.3, many), strict=True):  # fmt: skip
        radius = mm / 20 * scale
        if radius > 0.4:
            centre = (int(x * 16), int(y * 16))
            cv2.circle(image, centre, int(radius * 16), 0.4 * radius, -1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(image, (0, 0), max(0.5, 0.03 * scale))


def add_hairs(
    fabric: Fabric, window: Window, picture: np.ndarray, pitch: float, clear: np.ndarray
) -> np.ndarray:
    """Loose fibres across the loops: a halo of fuzz, and single hairs that catch the light.

    Args:
        fabric: a knit.
        window: where.
        picture: linear light, float32 (px, px, 3).
        pitch: pixels in a wale.
        clear: share of each pixel that is yarn, float32 (px, px).
    """
    hair = fabric.warp_yarn.hairiness
    if hair < 0.05 or pitch < 8:
        return picture
    px = window.px
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 27)
    halo = cv2.GaussianBlur(picture, (0, 0), 0.16 * pitch)
    picture = picture + (halo - picture) * np.float32(0.42 * hair)
    many = min(MAX_HAIRS, int(hair * 26 * window.side_cm**2 * min(4.0, fabric.ends_per_cm)))
    mask = np.zeros((px, px), np.uint8)
    length = np.float32(window.px_per_cm * 0.16)
    starts = rng.random((many, 2)) * px
    angles = rng.uniform(0, 2 * np.pi, many)
    bends = rng.normal(0, 0.5, (many, 5)).cumsum(axis=1)
    for start, angle, bend in zip(starts, angles, bends, strict=True):
        step = np.stack([np.cos(angle + bend), np.sin(angle + bend)], axis=1) * length / 5
        path = np.vstack([start, start + step.cumsum(axis=0)])
        cv2.polylines(mask, [np.rint(path * 16).astype(np.int32)], False, 255, 1, cv2.LINE_AA, 4)
    # A hair is as bright as its own yarn in full light, thinner than a pixel mostly.
    glow = cv2.blur(picture, (9, 9)) * np.float32(1.45) + np.float32(0.015)
    thin = min(1.0, window.px_per_cm / 250) * (0.25 + 0.35 * hair)
    share = (mask * clear * np.float32(thin / 255))[..., None]
    return picture * (1 - share) + glow * share
