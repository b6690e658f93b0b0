"""Cloth seen from further off: one cell a crossing, averaged over pixels in linear light."""

import cv2
import numpy as np

from fabricfinder.domain.textile import yarn_diameter_mm
from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.geometry import FLATTENING, GAP_LIGHT, nep_threshold
from fabricfinder.synthesis.light import Light, shade, to_linear
from fabricfinder.synthesis.structure import float_relief, lift_window, surface_relief
from fabricfinder.synthesis.window import Window


def draw(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Draw a window in which yarns are too fine to be drawn.

    Args and result as ``geometry.draw``.
    """
    ends = max(2, round(window.side_cm * fabric.ends_per_cm))
    picks = max(2, round(window.side_cm * fabric.picks_per_cm))
    end, pick = int(window.x_cm * fabric.ends_per_cm), int(window.y_cm * fabric.picks_per_cm)
    lift = lift_window(fabric, pick, end, picks, ends)
    cells = _cell_colours(fabric, lift, pick, end, ink is not None)
    if light is not None:
        cells *= _cell_light(fabric, lift, light)[..., None]
    picture = _to_pixels(cells, window.px)
    if ink is not None:
        picture = picture * ink
    if light is None:
        return picture
    relief = surface_relief(fabric, window)
    if relief is not None:
        diffuse, _ = shade(relief, light)
        picture *= (diffuse / max(float(diffuse.mean()), 1e-3))[..., None]
    return picture


def _to_pixels(cells: np.ndarray, px: int) -> np.ndarray:
    """Average cells over pixels; where pixels are finer, cells are split first, then averaged."""
    picks, ends = cells.shape[:2]
    split_y, split_x = (int(np.ceil(2.5 * px / n)) if px > 0.45 * n else 1 for n in (picks, ends))
    if split_x > 1 or split_y > 1:
        size = (ends * split_x, picks * split_y)
        cells = cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR)
    if px > 0.4 * min(picks, ends):
        # A lens is softer than a pixel; without this, yarns beat against the pixel grid.
        cells = cv2.GaussianBlur(
            cells, (0, 0), sigmaX=0.45 * cells.shape[1] / px, sigmaY=0.45 * cells.shape[0] / px
        )
    return cv2.resize(cells, (px, px), interpolation=cv2.INTER_AREA)


def _cell_colours(
    fabric: Fabric, lift: np.ndarray, pick: int, end: int, inked: bool
) -> np.ndarray:
    """Linear colour of every crossing, float32 (picks, ends, 3): the upper yarn, some of the
    lower beside it, and the dark between."""
    picks, ends = lift.shape
    colours = to_linear(np.array(fabric.colours))
    if inked:
        # A printed ground only passes on its texture; the ink brings the colour.
        colours = np.ones_like(colours)
    warp = _thread_colours(fabric.warp, colours, end, ends, fabric.seed % 9973)
    weft = _thread_colours(fabric.weft, colours, pick, picks, fabric.seed % 9973 + 211)
    wide_w = _seen_width(fabric.warp_yarn, fabric.ends_per_cm)
    wide_f = _seen_width(fabric.weft_yarn, fabric.picks_per_cm)
    warp_share = np.where(lift, np.float32(wide_w), np.float32((1 - wide_f) * wide_w))
    weft_share = np.where(lift, np.float32((1 - wide_w) * wide_f), np.float32(wide_f))
    warp_share *= 1 + _texture(fabric.warp_yarn, fabric, lift.shape, pick, end, True)
    weft_share *= 1 + _texture(fabric.weft_yarn, fabric, lift.shape, pick, end, False)
    cells = warp_share[..., None] * warp[None, :, :]
    cells += weft_share[..., None] * weft[:, None, :]
    # Gaps show a little of the same cloth's shadow, so they keep its hue.
    filled = wide_w + wide_f - wide_w * wide_f
    cells *= np.float32(1 / max(0.5, filled + GAP_LIGHT * (1 - filled)))
    if not inked:
        _put_neps(fabric, cells, lift, pick, end, colours)
    return cells


def _thread_colours(
    plan: Plan, colours: np.ndarray, first: int, count: int, salt: int
) -> np.ndarray:
    """Linear colour of each thread with its lot and thickness, float32 (count, 3)."""
    order = np.asarray(plan.threads)
    which = order[(np.arange(count) + first) % len(order)]
    each = noise.per_thread(first, count, salt) + 0.6 * noise.per_thread(first, count, salt + 17)
    return (colours[which] * (1 + 0.03 * each)[:, None]).astype(np.float32)


def _seen_width(yarn: Yarn, per_cm: float) -> float:
    """Share of its spacing that a yarn covers."""
    return min(1.0, FLATTENING * yarn_diameter_mm(yarn.tex, yarn.fibre) * per_cm / 10.0)


def _texture(
    yarn: Yarn, fabric: Fabric, shape: tuple[int, int], pick: int, end: int, warp: bool
) -> np.ndarray:
    """Relative brightness along the yarns of one system: wander, slub, mélange."""
    picks, ends = shape
    rows = np.arange(picks, dtype=np.int32)[:, None] + pick
    columns = np.arange(ends, dtype=np.int32)[None, :] + end
    salt = fabric.seed % 9973 + (0 if warp else 211)
    if warp:
        index, step_mm = np.broadcast_to(columns, shape), 10.0 / fabric.picks_per_cm
        place = np.broadcast_to(rows, shape)
    else:
        index, step_mm = np.broadcast_to(rows, shape), 10.0 / fabric.ends_per_cm
        place = np.broadcast_to(columns, shape)
    along = place.astype(np.float32) * np.float32(step_mm)
    total = np.float32(0.035) * noise.along_thread(index, along / np.float32(2.5), salt)
    if yarn.slub > 0:
        slow = noise.along_thread(index, along / np.float32(yarn.slub_mm), salt + 5)
        total += np.float32(0.55 * yarn.slub) * np.maximum(slow - 0.9, 0)
    if yarn.melange > 0:
        fibre = noise.along_thread(index, along / np.float32(1.6), salt + 29)
        total += np.tanh(fibre) * np.float32(0.4 * yarn.melange)
    return total


def _put_neps(
    fabric: Fabric, cells: np.ndarray, lift: np.ndarray, pick: int, end: int, colours: np.ndarray
) -> None:
    """Colour the crossings that carry a fleck, in place."""
    picks, ends = lift.shape
    rows = np.broadcast_to(np.arange(picks, dtype=np.int32)[:, None] + pick, lift.shape)
    columns = np.broadcast_to(np.arange(ends, dtype=np.int32)[None, :] + end, lift.shape)
    flecks = colours[1:] if len(colours) > 1 else colours
    systems = (
        (fabric.warp_yarn, lift, columns, rows, fabric.picks_per_cm, 0),
        (fabric.weft_yarn, ~lift, rows, columns, fabric.ends_per_cm, 211),
    )
    for yarn, seen, index, place, per_cm, salt in systems:
        if yarn.nep <= 0:
            continue
        step = place.astype(np.float32) * np.float32(10.0 / per_cm / 1.3)
        drawn = noise.along_thread(index, step, fabric.seed % 9973 + salt + 43)
        spot = seen & (drawn > nep_threshold(yarn.nep))
        which = ((step + 0.5).astype(np.int32) * 7 + index) % len(flecks)
        cells[spot] = flecks[which[spot]]


def _cell_light(fabric: Fabric, lift: np.ndarray, light: Light) -> np.ndarray:
    """Brightness of each crossing, mean 1: relief of the floats and their sheen."""
    relief = float_relief(lift)
    if fabric.nap > 0:
        relief = cv2.GaussianBlur(relief, (0, 0), 0.4 + fabric.nap)
    diffuse, _ = shade(relief, light, depth=0.32 * (1 - 0.6 * fabric.nap))
    diffuse *= 1 + np.float32(0.10) * relief
    # A float shines across its own direction: warp and weft answer the lamp differently.
    across = np.float32(np.cos(2 * light.azimuth) * (0.03 + 0.12 * fabric.warp_yarn.lustre))
    diffuse *= np.where(lift, 1 + across, 1 - across)
    return diffuse / max(float(diffuse.mean()), 1e-3)
