"""A knit drawn: loops where loops can be seen, one averaged cell a stitch where not.

Near, each pixel looks its place up in the relief of one repeat (``knit_loops.relief``), finds the
stitch whose yarn lies on top, and takes that stitch's colour. Far, the lit relief is averaged
over each stitch first and the stitches over each pixel, so nothing beats against the pixel grid.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.domain.textile import yarn_diameter_mm
from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.knit import Knit
from fabricfinder.synthesis.knit_colour import (
    gap_colour,
    ply_phase,
    stitch_colours,
    yarn_texture,
)
from fabricfinder.synthesis.knit_finish import add_hairs, nap_relief, pills
from fabricfinder.synthesis.knit_loops import Relief, relief
from fabricfinder.synthesis.light import Light, shade
from fabricfinder.synthesis.window import Window

# Pixels a row or wale needs before its loops are drawn, and before they are drawn without
# oversampling.
NEAR_PX = 2.2
DRAWN_PX = 5.0
_SIZES = (8, 12, 16, 24, 32, 48, 64, 96)
_FAR_PX = 12


@dataclass(frozen=True)
class Gauge:
    """How close a knit's stitches lie.

    Attributes:
        wales: per cm.
        rows: chart rows per cm.
        radius: half the seen width of the yarn, in wale spacings.
    """

    wales: float
    rows: float
    radius: float

    @property
    def row_height(self) -> float:
        """Of a chart row, in wale spacings."""
        return self.wales / self.rows


def gauge_of(fabric: Fabric) -> Gauge:
    """The gauge of a knitted fabric."""
    knit = _knit(fabric)
    diameter = yarn_diameter_mm(fabric.warp_yarn.tex, fabric.warp_yarn.fibre)
    radius = 0.5 * knit.bulk * diameter * fabric.ends_per_cm / 10
    return Gauge(
        fabric.ends_per_cm, fabric.picks_per_cm * knit.rows_per_course, min(0.34, radius)
    )


def _knit(fabric: Fabric) -> Knit:
    assert fabric.knit is not None
    return fabric.knit


def draw(
    fabric: Fabric, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Draw a window of a knit.

    Args:
        fabric: the recipe, ``fabric.knit`` set.
        window: the square of cloth.
        light: the lamp, or None for albedo alone.
        ink: linear print colours (px, px, 3), or None.

    Returns:
        linear light, float32 (px, px, 3).
    """
    gauge = gauge_of(fabric)
    pitch = window.px_per_cm / max(gauge.wales, gauge.rows)
    if pitch < NEAR_PX:
        return _far(fabric, gauge, window, light, ink)
    over = 1 if pitch >= DRAWN_PX else int(np.ceil(DRAWN_PX / pitch))
    if over == 1:
        return _near(fabric, gauge, window, light, ink)
    fine = Window(window.x_cm, window.y_cm, window.px * over, window.px_per_cm * over)
    if ink is not None:
        ink = cv2.resize(ink, (fine.px, fine.px), interpolation=cv2.INTER_LINEAR)
    big = _near(fabric, gauge, fine, light, ink)
    big = cv2.GaussianBlur(big, (0, 0), 0.4 * over)
    return cv2.resize(big, (window.px, window.px), interpolation=cv2.INTER_AREA)


def _drift(fabric: Fabric, window: Window, gauge: Gauge) -> tuple[np.ndarray, np.ndarray]:
    """How far wales and rows stray at each pixel, in stitches, float32 (px, px): wavy courses,
    spirality, loops of unequal size."""
    knit, px = _knit(fabric), window.px
    rng = noise.generator(fabric.seed, int(window.x_cm * 1e4), int(window.y_cm * 1e4), 21)
    slow = min(16.0, max(2.0, window.side_cm * 0.8))
    quick = min(64.0, max(2.0, window.side_cm * gauge.wales * 0.7))
    amount = np.float32(0.03 + 0.12 * knit.uneven)
    u = amount * noise.field(rng, px, px, slow) + amount * np.float32(0.45) * noise.field(
        rng, px, px, quick
    )
    v = amount * noise.field(rng, px, px, slow) + amount * np.float32(0.45) * noise.field(
        rng, px, px, quick
    )
    y = np.arange(px, dtype=np.float32)[:, None] / np.float32(window.px_per_cm)
    return u + np.float32(knit.skew * gauge.wales) * y, v


def _near(
    fabric: Fabric, gauge: Gauge, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """Loops one by one."""
    knit, px = _knit(fabric), window.px
    pitch = window.px_per_cm / gauge.wales
    size = next((s for s in _SIZES if s >= pitch), _SIZES[-1])
    tile = relief(knit, gauge.row_height, gauge.radius, size)
    steps = (np.arange(px, dtype=np.float64) + 0.5) / window.px_per_cm
    drift_u, drift_v = _drift(fabric, window, gauge)
    u = (((window.x_cm + steps) * gauge.wales)[None, :] + drift_u).astype(np.float32)
    v = (((window.y_cm + steps) * gauge.rows)[:, None] + drift_v).astype(np.float32)
    if pitch > 6:
        # Loose fibres make a yarn's outline rough, by a pixel or so at any scale.
        salt, hair = fabric.seed % 499, fabric.warp_yarn.hairiness
        rough = noise.window(noise.blurred(0.9, 0.9), salt, salt * 7, px, px)
        loose = np.float32(min(0.04, (0.25 + 0.75 * hair) / pitch))
        u, v = u + rough * loose, v + rough[::-1] * loose
    seen = _Seen(tile, knit.shape, u, v)
    colour = stitch_colours(fabric, seen.row, seen.wale, seen.along, seen.across, pitch)
    if ink is not None:
        colour = ink * (colour / max(float(colour.mean()), 0.05)).clip(0.7, 1.15)
    colour = colour * yarn_texture(
        fabric, seen.row, seen.wale, seen.along, seen.across, pitch * gauge.radius * 2
    )[..., None]
    clear = seen.cover
    behind = gap_colour(fabric)
    if light is None:
        return colour * clear[..., None] + (1 - clear[..., None]) * behind(colour)
    if pitch * gauge.radius > 5:
        plies = np.sin(ply_phase(fabric, seen.row, seen.wale, seen.along, seen.across))
        seen.height += plies * np.float32(0.10 * fabric.warp_yarn.twist * gauge.radius)
    return _lit(fabric, window, seen, colour, behind(colour), pitch, light)


class _Seen:
    """What lies on top at each pixel: float32 or int32 (px, px) arrays named as in ``Relief``."""

    def __init__(
        self, tile: Relief, shape: tuple[int, int], u: np.ndarray, v: np.ndarray
    ) -> None:
        rows, wales = shape
        x = (u % np.float32(wales)) * np.float32(tile.px)
        y = (v % np.float32(rows)) * np.float32(tile.row_px)
        tall, wide = tile.height.shape
        ix = np.minimum(x.astype(np.int32), wide - 1)
        iy = np.minimum(y.astype(np.int32), tall - 1)
        at = iy * wide + ix
        # cv2 counts from pixel middles; two pixels of the other side are laid round the tile.
        x += np.float32(1.5)
        y += np.float32(1.5)
        bands = np.stack([tile.height, tile.cover, tile.shadow], axis=-1)
        padded = np.pad(bands, ((2, 2), (2, 2), (0, 0)), mode="wrap")
        self.height, self.cover, self.shadow = cv2.split(
            cv2.remap(padded, x, y, cv2.INTER_LINEAR)
        )
        self.wale = np.floor(u).astype(np.int32) + tile.wale.ravel()[at]
        self.row = np.floor(v).astype(np.int32) + tile.row.ravel()[at]
        self.along = tile.along.ravel()[at]
        self.across = tile.across.ravel()[at]


def _lit(
    fabric: Fabric, window: Window, seen: _Seen, colour: np.ndarray, behind: np.ndarray,
    pitch: float, light: Light,
) -> np.ndarray:  # fmt: skip
    """Lambert, sheen, shadow between loops and finish; mean brightness is the colour's."""
    knit = _knit(fabric)
    hair = fabric.warp_yarn.hairiness
    height = seen.height * np.float32(pitch)
    height = cv2.GaussianBlur(height, (0, 0), 0.5 + 0.03 * hair * pitch)
    shadow, clear = seen.shadow, seen.cover
    if knit.nap > 0:
        height = height * np.float32(1 - 0.93 * knit.nap)
        height = height + nap_relief(fabric, window) * np.float32(knit.nap)
        shadow = 1 - (1 - shadow) * np.float32(1 - 0.95 * knit.nap)
        clear = 1 - (1 - clear) * np.float32(1 - knit.nap)
        colour = cv2.GaussianBlur(colour, (0, 0), 0.1 + 0.2 * knit.nap * pitch)
    if knit.pilling > 0:
        height = height + pills(fabric, window)
    diffuse, gloss = shade(height, light, depth=0.85)
    diffuse *= shadow
    diffuse *= np.float32(1 / max(float((diffuse * clear).mean() / max(clear.mean(), 0.1)), 1e-3))
    np.minimum(diffuse, 2.0, out=diffuse)
    gloss = (gloss - gloss.mean()) * np.float32(_sheen(fabric))
    picture = np.maximum(colour * diffuse[..., None] + gloss[..., None], 0.3 * colour)
    picture = picture * clear[..., None] + behind * (1 - clear[..., None])
    return add_hairs(fabric, window, picture, pitch, clear)


def _sheen(fabric: Fabric) -> float:
    """Strength of the highlight on a yarn; a nap hides it."""
    return 0.2 * fabric.warp_yarn.lustre * (1 - 0.9 * _knit(fabric).nap)


def _far(
    fabric: Fabric, gauge: Gauge, window: Window, light: Light | None, ink: np.ndarray | None
) -> np.ndarray:
    """One cell, or a few, a stitch."""
    knit, px = _knit(fabric), window.px
    wales = max(2, round(window.side_cm * gauge.wales))
    rows = max(2, round(window.side_cm * gauge.rows))
    wale, row = int(window.x_cm * gauge.wales), int(window.y_cm * gauge.rows)
    split = int(np.clip(np.ceil(2.5 * px / max(wales, rows)), 1, 5))
    tile = relief(knit, gauge.row_height, gauge.radius, _FAR_PX)
    gain, clear = _cell_light(fabric, tile, light, split)
    row_at = (np.arange(rows * split) + row * split) % gain.shape[0]
    wale_at = (np.arange(wales * split) + wale * split) % gain.shape[1]
    gain, clear = (a[row_at[:, None], wale_at[None, :]][..., None] for a in (gain, clear))
    r, w = np.arange(rows, dtype=np.int32) + row, np.arange(wales, dtype=np.int32) + wale
    r, w = np.broadcast_arrays(r[:, None], w[None, :])
    if ink is None:
        cells = stitch_colours(fabric, r, w, None, None, 0.0)
    else:
        cells = np.ones((rows, wales, 3), np.float32)
    cells = cells * yarn_texture(fabric, r, w, None, None, 0.0)[..., None]
    if split > 1:
        cells = np.repeat(np.repeat(cells, split, axis=0), split, axis=1)
    behind = gap_colour(fabric)(cells)
    cells = cells * (gain * clear) + behind * (1 - clear)
    if px > 0.4 * min(cells.shape[:2]):
        cells = cv2.GaussianBlur(
            cells, (0, 0), sigmaX=0.45 * cells.shape[1] / px, sigmaY=0.45 * cells.shape[0] / px
        )
    picture = cv2.resize(cells, (px, px), interpolation=cv2.INTER_AREA)
    picture = _strayed(fabric, gauge, window, picture)
    if ink is not None:
        picture = picture * ink
    if light is not None and (knit.nap > 0 or knit.pilling > 0):
        surface = nap_relief(fabric, window) * np.float32(knit.nap)
        if knit.pilling > 0:
            surface = surface + pills(fabric, window)
        diffuse, _ = shade(surface, light, depth=0.85)
        picture = picture * (diffuse / max(float(diffuse.mean()), 1e-3))[..., None]
    return picture


def _strayed(
    fabric: Fabric, gauge: Gauge, window: Window, picture: np.ndarray
) -> np.ndarray:
    """The far picture with its courses as wavy and slanted as the near one's."""
    u, v = _drift(fabric, window, gauge)
    grid = np.arange(window.px, dtype=np.float32)
    scale = window.px_per_cm
    return cv2.remap(
        picture, grid[None, :] + u * np.float32(scale / gauge.wales),
        grid[:, None] + v * np.float32(scale / gauge.rows), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def _cell_light(
    fabric: Fabric, tile: Relief, light: Light | None, split: int
) -> tuple[np.ndarray, np.ndarray]:
    """Brightness on the yarn (mean 1) and cover of each part of each stitch of the repeat."""
    knit = _knit(fabric)
    rows, wales = knit.shape
    size = (wales * split, rows * split)
    clear = 1 - (1 - tile.cover) * np.float32(1 - knit.nap)
    gain = np.ones_like(clear)
    if light is not None:
        pad = min(tile.height.shape[0], tile.height.shape[1], 8)
        wide = np.pad(tile.height * np.float32(tile.px), pad, mode="wrap")
        diffuse, gloss = shade(wide, light, depth=0.85)
        inside = (slice(pad, -pad), slice(pad, -pad))
        gain = diffuse[inside] * tile.shadow
        gain = np.minimum(gain / max(float(gain.mean()), 1e-3), 2.0)
        gain += np.float32(_sheen(fabric)) * (gloss[inside] - gloss.mean())
        gain = 1 + (gain - 1) * np.float32(1 - 0.93 * knit.nap)
    covered = cv2.resize(gain * clear, size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(clear, size, interpolation=cv2.INTER_AREA)
    gain = covered / np.maximum(share, 1e-3)
    mean = float((gain * share).mean() / max(share.mean(), 1e-3))
    return (gain / max(mean, 1e-3)).astype(np.float32), share.astype(np.float32)
