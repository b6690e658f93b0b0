"""Loops in space: every yarn of a knit's repeat as a curve, and the relief they make together."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from fabricfinder.synthesis.knit import (
    BACK, BULGE, DEPTH, LEFT, LOOPS, NONE, OVER, OVERLAP, RIGHT, TUCK, Knit, Rope,
)  # fmt: skip

POINTS = 65
# Radius in wales that a yarn over opens.
HOLE = 0.62
MAX_SPLATS = 2_400_000


@dataclass(frozen=True, eq=False)
class Curve:
    """One stitch's piece of yarn.

    Attributes:
        path: float64 (POINTS, 3): x in wales, y in rows times the row height (down), z up.
        row, wale: the stitch it belongs to.
        thick: relative thickness.
    """

    path: np.ndarray
    row: int
    wale: int
    thick: float = 1.0


@dataclass(frozen=True, eq=False)
class Relief:
    """A tile of cloth drawn from above, repeating both ways.

    Attributes:
        px, row_px: pixels in a wale and in a row.
        height: float32 (h, w) in wale spacings; gaps lie low.
        cover: float32, 1 on yarn, 0 where one sees through.
        shadow: float32, light that reaches a place between its neighbours, about 1.
        wale, row: int16, stitch that owns the yarn seen, less the stitch of the place.
        along: float32, place along the yarn in wale spacings from the stitch's start.
        across: float32, place across the yarn, -1..1.
    """

    px: int
    row_px: int
    height: np.ndarray
    cover: np.ndarray
    shadow: np.ndarray
    wale: np.ndarray
    row: np.ndarray
    along: np.ndarray
    across: np.ndarray


def curves(knit: Knit, row_height: float) -> list[Curve]:
    """Every yarn piece of one repeat.

    Args:
        knit: the structure.
        row_height: of a chart row in wale spacings.
    """
    rows, wales = knit.shape
    roped = {w % wales: rope for rope in knit.ropes for w in _span(rope)}
    places = _wale_places(knit)
    found: list[Curve] = []
    for r in range(rows):
        for w in range(wales):
            if w in roped:
                if roped[w].strands > 1:
                    found.append(_floor(knit, r, w, row_height))
                continue
            found += _stitch(knit, r, w, row_height, places)
    for rope in knit.ropes:
        found += _rope(knit, rope, row_height)
    if knit.inlay:
        found += _inlay(knit, row_height)
    if knit.lap:
        found += _laps(knit, row_height)
    return found


def _span(rope: Rope) -> range:
    return range(rope.wale, rope.wale + rope.strands * rope.wide)


def _wale_places(knit: Knit) -> np.ndarray:
    """Left edge, width and depth of each wale, float64 (wales, 3): in a rib, face wales swell and
    back wales sink."""
    _, wales = knit.shape
    face = np.array([sum(row[w] in LOOPS and row[w] != BACK for row in knit.chart)
                     for w in range(wales)], float)  # fmt: skip
    share = face / len(knit.chart)
    if knit.rib <= 0:
        return np.stack([np.arange(wales), np.ones(wales), np.zeros(wales)], axis=1)
    smooth = (np.roll(share, 1) + 2 * share + np.roll(share, -1)) / 4
    depth = 0.75 * knit.rib * (0.7 * share + 0.3 * smooth - 1)
    if knit.ropes:
        return np.stack([np.arange(wales), np.ones(wales), depth], axis=1)
    width = 1 + 0.75 * knit.rib * (0.6 * share + 0.4 * smooth - 0.5)
    width *= wales / width.sum()
    left = np.concatenate([[0.0], np.cumsum(width)[:-1]])
    return np.stack([left, width, depth], axis=1)


def _opened(knit: Knit, paths: np.ndarray, row_height: float) -> np.ndarray:
    """Paths (n, POINTS, 3) pushed aside by each yarn over: r becomes √(r² + R²·exp(−r²/s²))."""
    rows, wales = knit.shape
    size = np.array([wales, rows * row_height])
    moved = paths.copy()
    # In a small repeat the same hole is felt from the next repeats too.
    reach = [(-n, 0.0, n) if n < 5 else (0.0,) for n in size.tolist()]
    copies = [np.array([x, y]) for x in reach[0] for y in reach[1]]
    for r, line in enumerate(knit.chart):
        for w, stitch in enumerate(line):
            if stitch != OVER:
                continue
            nearest = paths[..., :2] - (w + 0.5, (r + 0.35) * row_height)
            nearest -= np.rint(nearest / size) * size
            for around in copies:
                apart = nearest + around
                square = (apart**2).sum(axis=-1, keepdims=True) + 1e-6
                pushed = np.sqrt(square + HOLE**2 * np.exp(-square / 0.8))
                moved[..., :2] += apart * (pushed / np.sqrt(square) - 1)
    return moved


def _loop(
    row: int, x: float, width: float, reach: float, row_height: float, sign: float,
    lean: float = 0.0, feet: tuple[float, float] = (1.0, 1.0),
) -> np.ndarray:  # fmt: skip
    """A loop's path: the plain loop, ``reach`` rows high, its head moved ``lean`` wales.

    ``sign`` is 1 for a face loop, −1 for a back loop; ``feet`` are the same for the sinker arcs
    left and right (between face and back they run level).
    """
    t = np.linspace(0, 2 * np.pi, POINTS)
    u = t / (2 * np.pi) + BULGE * np.sin(2 * t)
    rise = (1 - np.cos(t)) / 2
    foot = (row + 1) * row_height + OVERLAP / 2
    head = (row + 1 - reach) * row_height - OVERLAP / 2
    y = foot + (head - foot) * rise
    near = np.cos(t / 2) ** 2  # 1 at the left foot, 0 at the right
    at_foot = np.where(near > 0.5, feet[0], feet[1])
    wave = np.cos(2 * t)
    turned = np.where(rise < 0.5, np.where(wave > 0, at_foot, sign), sign)
    z = -DEPTH * turned * wave
    return np.stack([x + u * width + lean * rise, y, z], axis=1)


def _sign(stitch: str) -> float:
    return -1.0 if stitch == BACK else 1.0


def _stitch(
    knit: Knit, r: int, w: int, row_height: float, places: np.ndarray
) -> list[Curve]:
    """The yarn of one stitch of the chart."""
    _, wales = knit.shape
    kind = knit.stitch(r, w)
    if kind == NONE:
        return []
    left, width, depth = places[w]
    if kind in LOOPS:
        own = _sign(kind)
        feet = tuple((own + _sign(knit.stitch(r, w + d))) / 2 for d in (-1, 1))
        lean = {RIGHT: 0.75, LEFT: -0.75}.get(kind, 0.0)
        path = _loop(r, left, width, knit.reach(r, w), row_height, own, lean, (feet[0], feet[1]))
        path[:, 2] += depth
        return [Curve(path, r, w)]
    face = 1.0 if knit.stitch(r + 1, w) != BACK else -1.0
    s = np.linspace(0, 1, POINTS)
    if kind == TUCK:
        # A loop that only hangs over the needle: an arch behind the held loop's head.
        bump = np.sin(np.pi * s) ** 2
        y = (r + 1) * row_height + OVERLAP / 2 - (row_height + OVERLAP * 0.7) * bump
        z = -face * DEPTH * (1.2 - 0.3 * bump)
        return [Curve(np.stack([left + s * width, y, z], axis=1), r, w)]
    if kind == OVER:
        sag = np.sin(np.pi * s) ** 2
        y = (r + 1) * row_height + OVERLAP / 2 - 0.25 * OVERLAP * sag
        z = -DEPTH * np.ones(POINTS)
        return [Curve(np.stack([left + s * width, y, z], axis=1), r, w, 0.9)]
    # Missed: the yarn floats straight behind (or the other bed knits it).
    y = np.full(POINTS, (r + 1) * row_height + 0.1)
    z = np.full(POINTS, -face * 2.6 * DEPTH)
    return [Curve(np.stack([left + s * width, y, z], axis=1), r, w)]


def _rope_path(rope: Rope, strand: int, turn: float) -> tuple[float, float]:
    """Sideways place (wales from the rope's middle) and height of a strand; turn 1 = one change
    of places."""
    way = -1.0 if rope.mirrored else 1.0
    if rope.strands == 1:
        return way * rope.reach * np.sin(2 * np.pi * turn), 0.0
    if rope.strands == 2:
        # Steep at the crossing, upright between, as knitted cables are.
        side = 1.0 if strand == 0 else -1.0
        swing = np.cos(np.pi * turn)
        swing = np.sign(swing) * np.abs(swing) ** 0.8
        return side * rope.reach * swing, way * side * 0.34 * np.sin(np.pi * turn)
    phase = 2 * np.pi * (turn + strand / rope.strands)
    return rope.reach * np.sin(phase), way * 0.3 * np.sin(2 * phase)


def _rope(knit: Knit, rope: Rope, row_height: float) -> list[Curve]:
    """Face loops that follow the strands of a cable."""
    rows, _ = knit.shape
    middle = rope.wale + rope.strands * rope.wide / 2
    found = []
    for r in range(rows):
        for strand in range(rope.strands):
            low = _rope_path(rope, strand, (rows - r - 1) / rope.rows)
            high = _rope_path(rope, strand, (rows - r) / rope.rows)
            for k in range(rope.wide):
                x = middle + low[0] + (k - rope.wide / 2)
                path = _loop(r, x, 1.0, 1, row_height, 1.0, high[0] - low[0])
                rounded = 0.16 * (1 - (2 * (k + 0.5) / rope.wide - 1) ** 2)
                path[:, 2] += (low[1] + high[1]) / 2 + (0.12 + rounded if rope.strands > 1 else 0)
                found.append(Curve(path, r, rope.wale + strand * rope.wide + k, 1.05))
    return found


def _floor(knit: Knit, r: int, w: int, row_height: float) -> Curve:
    """The back loop one sees beside a cable where its strands draw in."""
    path = _loop(r, w, 1.0, 1, row_height, -1.0, 0.0, (-1.0, -1.0))
    path[:, 2] -= 0.45
    return Curve(path, r, w)


def _inlay(knit: Knit, row_height: float) -> list[Curve]:
    """The laid-in yarn of French terry, seen from the back: slack floats in staggered rows."""
    rows, wales = knit.shape
    step = knit.inlay
    found = []
    for r in range(0, rows, 2):
        shift = (r // 2) % 2 * (step // 2)
        s = np.linspace(0, 1, POINTS)
        sag = np.sin(np.pi * s)
        for w in range(shift, wales + shift, step):
            x = w + 0.5 + s * step + 0.12 * np.sin(2 * np.pi * s)
            y = (r + 1.1) * row_height - 0.9 * row_height * (sag - 0.5)
            z = 0.30 * sag + 0.10
            found.append(Curve(np.stack([x, y, z], axis=1), r, w, 1.5))
    return found


def _laps(knit: Knit, row_height: float) -> list[Curve]:
    """Underlaps on the back of a warp knit: slanting floats, turning about every course."""
    rows, wales = knit.shape
    found = []
    s = np.linspace(0, 1, POINTS)
    for r in range(rows):
        way = 1 if r % 2 else -1
        for w in range(wales):
            x = w + 0.5 + way * knit.lap * (s - 0.5)
            y = (r + 0.5) * row_height + (0.5 - s) * row_height * 1.5
            z = 0.2 + 0.06 * np.sin(np.pi * s)
            found.append(Curve(np.stack([x, y, z], axis=1), r, w, 0.9))
    return found


def _resampled(paths: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Paths (n, POINTS, 3) at ``count`` places each, and the length so far at each place."""
    place = np.linspace(0, POINTS - 1, count)
    low = np.minimum(place.astype(int), POINTS - 2)
    share = (place - low)[None, :, None]
    fine = paths[:, low] * (1 - share) + paths[:, low + 1] * share
    steps = np.linalg.norm(np.diff(fine, axis=1), axis=2)
    length = np.concatenate([np.zeros((len(paths), 1)), np.cumsum(steps, axis=1)], axis=1)
    return fine, length


@lru_cache(maxsize=6)
def relief(knit: Knit, row_height: float, radius: float, px: int) -> Relief:
    """Draw the repeat from above: tubes laid point by point, the highest seen.

    Args:
        knit: the structure.
        row_height: of a chart row, in wale spacings.
        radius: half the yarn's width, in wale spacings.
        px: pixels in a wale; fewer are used for very large repeats.
    """
    pieces = curves(knit, row_height)
    rows, wales = knit.shape
    px = int(min(px, max(8, np.sqrt(MAX_SPLATS / (9 * len(pieces))))))
    row_px = max(4, round(px * row_height))
    tall, wide = rows * row_px, wales * px
    paths = np.stack([piece.path for piece in pieces])
    if any(OVER in line for line in knit.chart):
        paths = _opened(knit, paths, row_height)
    longest = float(np.linalg.norm(np.diff(paths, axis=1), axis=2).sum(axis=1).max())
    count = int(np.ceil(longest * px / 0.62)) + 2
    spine, along = _resampled(paths, count)
    tangent = np.gradient(spine[..., :2], axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    thick = radius * np.array([piece.thick for piece in pieces])
    across = np.linspace(-1, 1, int(np.ceil(2 * thick.max() * px / 0.72)) + 2)
    offset = across[None, None, :] * thick[:, None, None]
    x = spine[..., 0, None] - tangent[..., 1, None] * offset
    y = spine[..., 1, None] + tangent[..., 0, None] * offset
    z = spine[..., 2, None] + 0.8 * thick[:, None, None] * np.sqrt(1 - across**2)
    ix = np.floor(x * px).astype(np.int32)
    iy = np.floor(y * (row_px / row_height)).astype(np.int32)
    flat = ((iy % tall) * wide + ix % wide).ravel()
    level = np.clip((z.ravel() + 2) * 12000, 0, 65535).astype(np.uint16)
    order = np.argsort(level, kind="stable")
    seen = np.full(tall * wide, -1, np.int32)
    seen[flat[order]] = order.astype(np.int32)
    return _gathered(pieces, seen.reshape(tall, wide), (ix, iy, z, along, across), px, row_px)


def _gathered(
    pieces: list[Curve], seen: np.ndarray, splats: tuple[np.ndarray, ...], px: int, row_px: int
) -> Relief:
    """The relief from the number of the splat seen at each pixel (−1 for none)."""
    ix, iy, z, along, across = splats
    hit = seen >= 0
    at = np.maximum(seen, 0)
    spots, sides = z.shape[1] * z.shape[2], z.shape[2]
    piece = at // spots
    own_row = np.array([p.row for p in pieces])[piece]
    own_wale = np.array([p.wale for p in pieces])[piece]
    height = np.where(hit, z.ravel()[at], -0.6).astype(np.float32)
    low = np.float32(np.quantile(height[hit], 0.02)) if hit.any() else np.float32(0)
    height = np.maximum(height, low - np.float32(0.25))
    row = own_row - iy.ravel()[at] // row_px
    wale = own_wale - ix.ravel()[at] // px
    return Relief(
        px, row_px, height, _softened(hit.astype(np.float32)), _shadow(height, px),
        np.where(hit, wale, 0).astype(np.int16), np.where(hit, row, 0).astype(np.int16),
        along.ravel()[at // sides].astype(np.float32),
        np.where(hit, across[at % sides], 0).astype(np.float32),
    )  # fmt: skip


def _wrapped_blur(image: np.ndarray, sigma: float) -> np.ndarray:
    pad = int(min(min(image.shape), np.ceil(3 * sigma)))
    wide = np.pad(image, pad, mode="wrap")
    return cv2.GaussianBlur(wide, (0, 0), sigma)[pad:-pad, pad:-pad]


def _softened(cover: np.ndarray) -> np.ndarray:
    return _wrapped_blur(cover, 0.6)


def _shadow(height: np.ndarray, px: int) -> np.ndarray:
    """Light left between neighbours that stand higher, at two distances."""
    near = np.maximum(_wrapped_blur(height, 0.12 * px) - height, 0)
    far = np.maximum(_wrapped_blur(height, 0.5 * px) - height, 0)
    return np.clip(1 - 2.0 * near - 0.7 * far, 0.25, 1).astype(np.float32)
