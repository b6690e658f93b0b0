"""Render a fabric: yarn geometry where yarns can be seen, area-averaged crossings where not.

Two ways to one cloth. Where a yarn is at least ``GEOMETRY_PX`` pixels wide the yarns are drawn:
elliptical sections that ride up and down along a rounded crimp, the upper one seen, shaded from
the height field. Where it is finer, each crossing becomes one cell of mixed colour and mean
relief, and cells are averaged over pixels in linear light, as a camera would.
"""

import cv2
import numpy as np

from fabricfinder.domain.palette import Palette
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.synthesis import crossings, geometry, knit_draw, openings, piled
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.light import Light, soft_shoulder, to_srgb8
from fabricfinder.synthesis.noise import field, generator
from fabricfinder.synthesis.prints import print_window
from fabricfinder.synthesis.window import Window

# Which renderer made a picture: raised whenever the same recipe would give other bytes.
RENDERER = 1
GEOMETRY_PX = 2.0
DRAWN_PX = 4.0


def choose_window(fabric: Fabric, px: int, px_per_cm: float, seed: int) -> Window:
    """A window at a place on the cloth chosen by seed."""
    rng = generator(fabric.seed, seed, 1)
    return Window(float(rng.uniform(0, 40)), float(rng.uniform(0, 40)), px, px_per_cm)


def render(
    fabric: Fabric,
    px: int,
    px_per_cm: float,
    seed: int = 0,
    window: Window | None = None,
    light: Light | None = None,
) -> np.ndarray:
    """Render a square of cloth.

    Args:
        fabric: the recipe.
        px: side in pixels, at least 1.
        px_per_cm: scale.
        seed: chooses the place on the cloth and the light, where not given.
        window: the exact square; its px and px_per_cm take precedence.
        light: where the light comes from.

    Returns:
        uint8 sRGB (px, px, 3); the same arguments give the same bytes.
    """
    window = window or choose_window(fabric, px, px_per_cm, seed)
    light = light or Light.sample(generator(fabric.seed, seed, 2))
    return to_srgb8(soft_shoulder(_linear(fabric, window, light)))


def albedo(fabric: Fabric, px: int, px_per_cm: float, seed: int = 0) -> np.ndarray:
    """The cloth's colour before any light falls on it, uint8 sRGB (px, px, 3)."""
    window = choose_window(fabric, px, px_per_cm, seed)
    return to_srgb8(_linear(fabric, window, None))


def palette_of(fabric: Fabric) -> Palette:
    """Exact palette label: from colours before lighting, yarns mixed as the eye mixes them.

    The view is a field of a few repeats, drawn from three places of the cloth.
    """
    side = macro_field_cm(fabric)
    views = [albedo(fabric, 128, 128 / side, seed) for seed in (11, 12, 13)]
    return palette_from_rgb(np.concatenate([v.reshape(-1, 3) for v in views]))


# A print's tile holds several motifs; these tiles hold just one or two.
_TILES_SEEN = {
    "houndstooth": 6.0, "breton": 1.6, "diagonal": 1.6, "check-even": 7.0, "check-graph": 5.0,
    "check-odd": 5.0, "tooth-print": 2.5,
}  # fmt: skip


def macro_field_cm(fabric: Fabric, repeats: float = 2.5) -> float:
    """Side in cm of a view that shows ``repeats`` pattern repeats, between 3 and 25 cm."""
    if fabric.print is not None:
        repeats *= _TILES_SEEN.get(fabric.print.kind, 1.5) / 2.5
    # Of a chunky knit nobody photographs three loops.
    least = 3.0 if fabric.knit is None else float(np.clip(12 / fabric.ends_per_cm, 3.0, 12.0))
    return float(np.clip(max(fabric.repeat_mm) * repeats / 10, least, 25.0))


def sample_field_cm(fabric: Fabric, rng: np.random.Generator) -> float:
    """Side of a view as people take them, from one repeat to the width of a garment (2.5–40 cm)."""
    low, high = macro_field_cm(fabric, 1.3), macro_field_cm(fabric, 2.5) * 5
    return float(np.clip(np.exp(rng.uniform(np.log(low), np.log(high))), 2.5, 40.0))


def _linear(fabric: Fabric, window: Window, light: Light | None) -> np.ndarray:
    """The picture in linear light, float32 (px, px, 3); without light, its albedo."""
    ink = None
    if fabric.print is not None:
        ink = print_window(
            fabric.print, window.x_cm, window.y_cm, window.px, window.px_per_cm
        )
    if fabric.knit is not None:
        return knit_draw.draw(fabric, window, light, ink)
    if fabric.pile is not None:
        return piled.draw(fabric, window, light, ink)
    if fabric.openwork is not None:
        return openings.draw(fabric, window, light, ink, _woven)
    return _woven(fabric, window, light, ink)


def _woven(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Flat woven cloth, drawn yarn by yarn or crossing by crossing as the scale asks."""
    pitch = window.px_per_cm / max(fabric.ends_per_cm, fabric.picks_per_cm)
    if pitch < GEOMETRY_PX:
        return crossings.draw(fabric, window, light, ink)
    oversample = 1 if pitch >= DRAWN_PX else int(np.ceil(DRAWN_PX / pitch))
    if oversample == 1:
        return geometry.draw(fabric, window, light, ink)
    fine = Window(
        window.x_cm, window.y_cm, window.px * oversample, window.px_per_cm * oversample
    )
    if ink is not None:
        ink = cv2.resize(ink, (fine.px, fine.px), interpolation=cv2.INTER_LINEAR)
    big = geometry.draw(fabric, fine, light, ink)
    # A lens is softer than a pixel; without this, yarns beat against the pixel grid.
    big = cv2.GaussianBlur(big, (0, 0), 0.4 * oversample)
    return cv2.resize(big, (window.px, window.px), interpolation=cv2.INTER_AREA)


def drape(image: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Lay soft folds of light and dark over a picture of cloth.

    Args:
        image: uint8 (h, w, 3).
        rng: source of chance.
        strength: 0 (flat) to 1 (deep folds).
    """
    height, width = image.shape[:2]
    relief = field(rng, height, width, float(rng.uniform(1.5, 5)))
    gain = np.clip(1 + 0.16 * strength * relief, 0.35, 1.45)
    return np.clip(image * gain[..., None], 0, 255).astype(np.uint8)
