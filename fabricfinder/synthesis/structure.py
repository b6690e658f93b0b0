"""Which thread lies on top where, and the relief of the cloth as a whole."""

import cv2
import numpy as np

from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.prints import mask_at
from fabricfinder.synthesis.quilting import quilt_relief
from fabricfinder.synthesis.window import Window


def _tiled(lift: np.ndarray, pick: int, end: int, picks: int, ends: int) -> np.ndarray:
    """A window of a repeating lift matrix, bool (picks, ends)."""
    rows = (np.arange(picks) + pick) % lift.shape[0]
    columns = (np.arange(ends) + end) % lift.shape[1]
    return lift[rows[:, None], columns[None, :]]


def figure_mask(fabric: Fabric, pick: int, end: int, picks: int, ends: int) -> np.ndarray:
    """Where the woven figure lies, bool (picks, ends), by crossing."""
    assert fabric.figure is not None
    x = (np.arange(ends) + end + 0.5) / fabric.ends_per_cm
    y = (np.arange(picks) + pick + 0.5) / fabric.picks_per_cm
    return mask_at(fabric.figure, x, y)


def lift_window(fabric: Fabric, pick: int, end: int, picks: int, ends: int) -> np.ndarray:
    """Lift of a window of crossings, bool (picks, ends), the figure woven in.

    Args:
        fabric: the recipe.
        pick, end: the first thread of each system; may be negative.
        picks, ends: how many.
    """
    ground = _tiled(fabric.weave.lift, pick, end, picks, ends)
    if fabric.figure is None or fabric.figure_weave is None:
        return ground
    figure = _tiled(fabric.figure_weave.lift, pick, end, picks, ends)
    return np.where(figure_mask(fabric, pick, end, picks, ends), figure, ground)


def float_relief(lift: np.ndarray) -> np.ndarray:
    """Relief of the floats: how far the crossings around agree, -1..1, float32.

    A crossing in the middle of a long float rides high; one among changes lies low.
    """
    state = lift.astype(np.float32) * 2 - 1
    along_warp = cv2.blur(state, (1, 5), borderType=cv2.BORDER_REFLECT_101)
    along_weft = cv2.blur(state, (5, 1), borderType=cv2.BORDER_REFLECT_101)
    return np.where(lift, along_warp, -along_weft) - np.float32(0.4)


def surface_relief(fabric: Fabric, window: Window) -> np.ndarray | None:
    """Relief larger than a yarn, float32 (px, px) in pixels, or None where there is none.

    Honeycomb cells, crinkle, the pockets of double cloth and the puckered bands of seersucker.
    """
    px, scale = window.px, window.px_per_cm
    total: np.ndarray | None = None
    if fabric.weave.relief > 0:
        total = _weave_relief(fabric, window)
    if fabric.crinkle > 0:
        total = _add(total, _crinkle(fabric, window))
    if fabric.quilt is not None:
        total = _add(total, quilt_relief(fabric.quilt, window))
    if fabric.pucker is not None:
        period_mm, share = fabric.pucker
        x = (window.x_cm + (np.arange(px) + 0.5) / scale) * 10 / period_mm
        band = np.clip((share / 2 - np.abs(x % 1 - 0.5)) * 14, 0, 1).astype(np.float32)
        rng = noise.generator(fabric.seed, int(window.y_cm * 1e4), 5)
        ripple = noise.field(rng, px, px, window.side_cm * 10 / (0.55 * period_mm))
        depth = np.float32(0.028 * period_mm / 10 * scale)
        total = _add(total, band[None, :] * ripple * depth * 1.6)
    return total


def _add(a: np.ndarray | None, b: np.ndarray) -> np.ndarray:
    return b if a is None else a + b


def _weave_relief(fabric: Fabric, window: Window) -> np.ndarray:
    """Height of long floats over the whole cloth (honeycomb's cells), in pixels."""
    lift = fabric.weave.lift
    picks, ends = lift.shape
    tiled = np.tile(lift, (3, 3))
    state = tiled.astype(np.float32) * 2 - 1
    high_w = cv2.blur(state, (1, min(picks - 1, 9)), borderType=cv2.BORDER_REFLECT_101)
    high_f = cv2.blur(-state, (min(ends - 1, 9), 1), borderType=cv2.BORDER_REFLECT_101)
    high = cv2.GaussianBlur(np.maximum(high_w, high_f), (0, 0), 0.8)
    cell = high[picks : 2 * picks, ends : 2 * ends]
    steps = (np.arange(window.px, dtype=np.float32) + 0.5) / np.float32(window.px_per_cm)
    u = ((window.x_cm + steps) * fabric.ends_per_cm - 0.5).astype(np.float32) % ends
    v = ((window.y_cm + steps) * fabric.picks_per_cm - 0.5).astype(np.float32) % picks
    padded = np.pad(cell, 2, mode="wrap")
    grid_u, grid_v = np.meshgrid(u + 2, v + 2)
    surface = cv2.remap(padded, grid_u, grid_v, cv2.INTER_LINEAR)
    pitch = window.px_per_cm / max(fabric.ends_per_cm, fabric.picks_per_cm)
    return surface * np.float32(fabric.weave.relief * 2.4 * pitch)


def _crinkle(fabric: Fabric, window: Window) -> np.ndarray:
    """Lengthwise crinkles with cross breaks, in pixels."""
    px = window.px
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 6)
    across = max(4, round(window.side_cm * 4.5))
    along = max(3, round(window.side_cm * 1.1))
    coarse = rng.standard_normal((along + 3, across + 3), dtype=np.float32)
    folds = cv2.resize(coarse, (px, px), interpolation=cv2.INTER_CUBIC)
    depth = 0.05 * fabric.crinkle * window.px_per_cm
    return np.abs(folds) * np.float32(-depth)
