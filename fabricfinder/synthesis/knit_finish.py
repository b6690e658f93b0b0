"""What happens to a knit after the machine: raised naps, pills, and hairs that stand off."""

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
    for size_mm, depth in ((0.5, 0.10), (1.2, 0.06), (3.0, 0.035), (12.0, 0.012)):
        cells = window.side_cm * 10 / size_mm
        if 1.0 < cells < 0.45 * px:
            tufts = noise.field(rng, px, px, cells)
            total += tufts * np.float32(depth * size_mm / 10 * scale)
    salt = fabric.seed % 467
    # Fibres lie every way, rather more along the wales; seen as lines from 40 px per cm on.
    fibres = noise.window(noise.blurred(0.6, 2.4), salt, salt * 3, px, px)
    fibres = fibres + noise.window(noise.blurred(2.0, 0.6), salt * 5, salt, px, px)
    fibres += noise.window(noise.blurred(1.2, 1.2), salt * 7, salt * 2, px, px)
    return total + fibres * np.float32(0.16 * min(1.2, 0.3 + scale / 100))


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
            cv2.circle(image, centre, int(radius * 16), radius, -1, cv2.LINE_AA, 4)
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
