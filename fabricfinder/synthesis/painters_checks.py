"""Painters of dots, argyles, checkerboards and printed checks in every size."""

from collections.abc import Callable

import cv2
import numpy as np

from fabricfinder.synthesis.canvas import (
    Canvas,
    blob,
    grid_points,
    placed,
    regular,
    spread_points,
    star,
)
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.painters_geometric import unit_grid
from fabricfinder.synthesis.painters_skins import stipple, warped

Rng = np.random.Generator
Shape = tuple[int, int]


def spots(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Dots from pin to coin: set on a half drop, tossed, in two sizes, many colours, hand drawn."""
    canvas = Canvas(shape)
    style = str(choose(rng, ("set", "set", "set", "set", "tossed", "tossed", "mixed", "drawn",
                             "woven")))  # fmt: skip
    many = int(choose(rng, (2, 4, 4, 6, 8, 12)))
    step = min(shape) / many
    radius = step * float(np.exp(rng.uniform(np.log(0.07), np.log(0.3))))
    if style in ("tossed", "mixed"):
        places = spread_points(shape, min(150, many * many), rng, 12)
    else:
        drop = str(choose(rng, ("half", "half", "brick", "straight")))
        columns = max(2, round(many * shape[1] / shape[0]))
        places = grid_points(shape, many, columns, drop, 0.1 if style == "drawn" else 0, rng)
    low = float(rng.uniform(0.3, 0.9)) if style == "mixed" else 1.0
    second = float(rng.uniform(0.35, 0.7)) if rng.random() < 0.12 else 1.0
    rings = rng.random() < 0.08
    for k, (x, y) in enumerate(places):
        size = radius * float(rng.uniform(low, 1.3 if low < 1 else 1.0))
        size *= second if k % 2 else 1.0
        ink = 1 + (k if style == "set" else int(rng.integers(n))) % max(1, n - 1)
        if style == "drawn":
            canvas.fill(blob(rng, 18, 0.09) * size + (x, y), ink)
        elif style == "woven":
            canvas.fill(placed(regular(4, np.pi / 4), x, y, size, 0), ink)
        else:
            canvas.disc(x, y, size, ink)
        if rings:
            canvas.disc(x, y, size * 0.6, 0)
    return canvas.ink


def argyle_knit(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Argyle stitch by stitch: diamonds in two to four colours, thin lines over them.

    With 6 inks or more the second half are heather neighbours of the first.
    """
    half = n // 2 if n >= 6 else n
    columns = int(choose(rng, (1, 2, 2, 3)))
    stitches = int(choose(rng, (16, 24, 32, 48))) * columns
    rows = max(1, round(columns * shape[0] / shape[1] / float(rng.uniform(1.05, 1.8))))
    courses = max(8, round(stitches * shape[0] / shape[1] * float(rng.uniform(1.0, 1.35))))
    x, y = unit_grid((courses, stitches))
    a, b = x * columns + y * rows, x * columns - y * rows
    ia, ib = np.floor(a).astype(int), np.floor(b).astype(int)
    solid, place = (ia + ib) % 2 == 0, (ia + ib) // 2
    fills = int(choose(rng, (1, 1, 2, 2, 3)))
    fills = max(1, min(fills, half - 2))
    line = half - 1 if half > 2 else 0
    by = place if rng.random() < 0.6 else (ia - ib) // 2
    chart = np.where(solid, 1 + by % fills, 0)
    bare = rng.random() < 0.1
    if bare:
        chart[:] = 0  # only the lines
        line = 1
    if bare or rng.random() < 0.85:
        shift = 0.5
        wide = max(0.55 * 2 * columns / stitches, float(choose(rng, (0.0, 0.0, 0.02))))
        fa, fb = (a + shift) % 1, (b + shift) % 1
        lines = (np.minimum(fa, 1 - fa) < wide / 2) | (np.minimum(fb, 1 - fb) < wide / 2)
        if rng.random() < 0.35:
            lines &= (np.indices(chart.shape)[0] % 3) < 2
        chart[lines] = line
    if n >= 6:
        mottled = rng.random(chart.shape) < float(rng.uniform(0.2, 0.5))
        chart = np.where(mottled, chart + half, chart)
    chart = np.minimum(chart, n - 1).astype(np.uint8)
    return cv2.resize(chart, shape[::-1], interpolation=cv2.INTER_NEAREST)


def argyle_smooth(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Argyle with clean edges: three colours in rows, a single band, or lines alone."""
    x, y = unit_grid(shape)
    columns = int(choose(rng, (1, 2, 3, 4)))
    rows = max(1, round(columns * shape[0] / shape[1] / float(rng.uniform(1.0, 1.9))))
    a, b = x * columns + y * rows, x * columns - y * rows
    ia, ib = np.floor(a).astype(int), np.floor(b).astype(int)
    solid = (ia + ib) % 2 == 0
    fills = max(1, min(int(choose(rng, (1, 2, 3))), n - 2))
    by = ((ia + ib) // 2 if rng.random() < 0.5 else (ia - ib) // 2) % fills
    ink = np.where(solid, 1 + by, 0)
    line = n - 1 if n > 2 else 0
    fa, fb = (a + 0.5) % 1, (b + 0.5) % 1
    wide = float(np.exp(rng.uniform(np.log(0.006), np.log(0.03))))
    on = (np.minimum(fa, 1 - fa) < wide) | (np.minimum(fb, 1 - fb) < wide)
    if rng.random() < 0.4:
        dashes = float(choose(rng, (10, 16, 24)))
        on &= ((a + b) * dashes) % 1 < 0.6
    if rng.random() < 0.9:
        ink[on] = line
    if rng.random() < 0.12 and rows > 1:
        ink[(y * rows).ravel() % rows >= 1] = 0  # one band of diamonds on a plain ground
    return ink.astype(np.uint8)


def checkerboard(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Checkerboards: squares or lozenges in two colours or more, even, broken or worn."""
    x, y = unit_grid(shape)
    cells = 2 * int(choose(rng, (1, 2, 4, 6)))
    rows = 2 * max(1, round(cells * shape[0] / shape[1] / 2))
    u, v = x * cells, y * rows
    if rng.random() < 0.25:
        u, v = u + v, u - v
    iu, iv = np.floor(u).astype(int), np.floor(v).astype(int)
    odd = (iu + iv) % 2
    ink = odd * (1 + (iu // 2 + iv) % max(1, n - 1)) if n > 2 else odd
    style = rng.random()
    if style < 0.15 and n > 2:  # each square framed by a thread
        fu, fv = u % 1, v % 1
        frame = np.minimum(np.minimum(fu, 1 - fu), np.minimum(fv, 1 - fv)) < 0.1
        ink = np.where(frame, n - 1, ink)
    ink = np.ascontiguousarray(np.broadcast_to(ink, shape)).astype(np.uint8)
    if 0.15 <= style < 0.3:
        ink = warped(ink, shape[0] / cells * 0.05, shape[0] / cells * 0.35, rng)
    return ink


def _check(shape: Shape, n: int, rng: Rng, style: str) -> np.ndarray:
    """One check printed in three tones: 0, 1 where one band lies, 2 where two cross."""
    x, y = unit_grid(shape)
    u, v = (x + y, x - y) if style == "diagonal" else (x, y)
    wide = {"even": 0.5, "diagonal": 0.5, "graph": float(rng.uniform(0.03, 0.14)),
            "uneven": float(rng.uniform(0.3, 0.7))}[style]  # fmt: skip
    bands = [(u % 1 < wide), (v % 1 < wide)]
    if style == "uneven":
        for k, t in enumerate((u, v)):
            bands[k] = bands[k] | ((t % 1 > wide + 0.1) & (t % 1 < wide + 0.2))
    level = bands[0].astype(np.uint8) + bands[1].astype(np.uint8)
    if style == "graph":
        level = np.minimum(level, 1)
    if n == 2 and style != "graph":
        # Two inks: where one band lies, every other line of twill is left open.
        twill = (np.add(*np.indices(shape)) // max(2, shape[0] // 64)) % 2
        return np.where(level == 1, twill, level // 2).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(np.minimum(level, n - 1), shape))


def check_even(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Printed gingham or buffalo: one repeat of even bands."""
    return _check(shape, n, rng, "even")


def check_graph(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Printed graph check or windowpane: one pane."""
    return _check(shape, n, rng, "graph")


def check_odd(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Checks of other kinds: uneven with a second line, or standing on their corners."""
    return _check(shape, n, rng, str(choose(rng, ("uneven", "diagonal"))))


def tooth_print(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Printed or knitted houndstooth: the woven tooth, with longer points, or made of stitches."""
    cells = int(choose(rng, (1, 2, 3)))
    style = str(choose(rng, ("woven", "sharp", "sharp", "stitched", "soft")))
    x, y = unit_grid(shape)
    u, v = (x * cells) % 1 * 4, (y * cells) % 1 * 4
    if rng.random() < 0.5:
        u = 4 - u
    # A square of 2 × 2 with a slanted bar through each of two corners.
    block = (u < 2) & (v < 2)
    slope = float(rng.uniform(0.8, 1.0)) if style == "sharp" else 1.0
    d = (u - v * slope) % 4
    right = (u >= 2) & (v < 2) & (d % 2 < 1)
    below = (u < 2) & (v >= 2) & (d % 2 >= 1)
    ink = np.broadcast_to(block | right | below, shape).astype(np.uint8)
    if style == "stitched":
        stitches = cells * int(choose(rng, (12, 16, 24)))
        small = cv2.resize(ink * 255, (stitches, stitches), interpolation=cv2.INTER_AREA) > 127
        ink = cv2.resize(small.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    elif style == "soft":
        ink = warped(ink, shape[0] / cells * 0.008, shape[0] / cells / 14, rng)
    if n > 2 and rng.random() < 0.5:
        ink[((np.floor(x * cells) + np.floor(y * cells)) % 2 == 1) & (ink > 0)] = 2
    return ink


def herringbone_print(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Herringbone printed large, or laid as bricks."""
    x, y = unit_grid(shape)
    columns = 2 * int(choose(rng, (1, 2, 3)))
    u = x * columns
    rows = max(2, round(columns * float(rng.uniform(1.5, 3.5))))
    slope = float(rng.uniform(0.8, 2)) * rows / columns
    fold = np.where(np.floor(u).astype(int) % 2 == 0, u % 1, 1 - u % 1)
    t = y * rows + fold * slope + 0.5 * (np.floor(u) % 2) * float(choose(rng, (0, 1)))
    ink = (t % 1 < float(rng.uniform(0.35, 0.6))).astype(int) * (
        1 + np.floor(t).astype(int) % rows % max(1, n - 1))  # fmt: skip
    return np.ascontiguousarray(np.broadcast_to(ink, shape)).astype(np.uint8)


def _stripes(shape: Shape, n: int, rng: Rng, way: str, styles: tuple[str, ...]) -> np.ndarray:
    """Stripes one way: even, grouped, wavy, brushed, dashed or marled."""
    x, y = unit_grid(shape)
    t = {"across": y, "down": x, "slant": x + y, "counter": x - y}[way]
    s = {"across": x, "down": y, "slant": x - y, "counter": x + y}[way]
    style = str(choose(rng, styles))
    if style == "wavy":
        t = t + float(rng.uniform(0.01, 0.06)) * np.sin(
            2 * np.pi * s * int(choose(rng, (1, 2, 3, 5))))  # fmt: skip
    groups = 1 if style == "even" else int(rng.integers(2, 7))
    wide = np.exp(rng.normal(0, 0.7, 2 * groups))
    wide[::2] *= float(rng.uniform(0.8, 2.5))
    edges = np.cumsum(wide) / wide.sum()
    repeats = int(choose(rng, (1, 2, 3, 5)))
    phase = (t * repeats) % 1
    run = np.minimum(np.searchsorted(edges, phase, side="right"), 2 * groups - 1)
    ink = np.where(run % 2 == 0, 0, 1 + run // 2 % max(1, n - 1))
    if style == "dashed":
        dash = ((s + 0.37 * np.floor(t * repeats)) * int(choose(rng, (12, 20, 32)))) % 1 < 0.6
        ink = np.where(dash, ink, 0)
    ink = np.ascontiguousarray(np.broadcast_to(ink, shape)).astype(np.uint8)
    if style == "brushed":
        ink = warped(ink, shape[0] * 0.004, shape[0] / 50, rng)
        ink[(stipple(shape) > 1.2)] = 0
    elif style == "marled":
        streaks = cv2.resize(stipple((shape[0] // 2, 24)), shape[::-1],
                             interpolation=cv2.INTER_NEAREST)  # fmt: skip
        other = warped(ink, shape[0] * 0.007, shape[0] / 20, rng)
        ink = np.where(streaks > 0.5, other, ink)
    return ink


_NEAT = ("even", "even", "group", "group", "group", "marled")


def stripes_across(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Horizontal stripes of any width and grouping."""
    return _stripes(shape, n, rng, "across", _NEAT)


def stripes_down(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Upright printed stripes in irregular groups."""
    return _stripes(shape, n, rng, "down", ("group",))


def stripes_slant(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Diagonal stripes of any width and grouping."""
    return _stripes(shape, n, rng, str(choose(rng, ("slant", "counter"))), _NEAT)


def stripes_odd(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Stripes of other kinds: wavy, brushed by hand, or rows of dashes."""
    way = str(choose(rng, ("across", "down", "slant")))
    return _stripes(shape, n, rng, way, ("wavy", "wavy", "brushed", "dashed"))


def tile_work(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Tiles: stars, quatrefoils and rounds set corner to corner (mosaic, azulejo, medallions)."""
    canvas = Canvas(shape)
    columns = 2 * int(choose(rng, (1, 1, 2, 3)))
    rows = 2 * max(1, round(columns * shape[0] / shape[1] / 2))
    wide, high = shape[1] / columns, shape[0] / rows
    points = int(choose(rng, (4, 6, 8, 12)))
    layers = int(rng.integers(2, 6))
    inner = [float(rng.uniform(0.35, 0.85)) for _ in range(layers)]
    for which, scale in ((0, 0.5), (1, float(rng.uniform(0.2, 0.36)))):
        for r in range(rows):
            for c in range(columns):
                x, y = (c + 0.5 * which) * wide, (r + 0.5 * which) * high
                for k in range(layers):
                    size = min(wide, high) * scale * (1 - k / layers)
                    shape_k = star(points, inner[k]) if (k + which) % 2 else regular(24)
                    canvas.fill(placed(shape_k, x, y, size, 0), (k + 1 + which) % n)
    return canvas.ink


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "spots": spots, "argyle-knit": argyle_knit, "argyle-smooth": argyle_smooth,
    "checkerboard": checkerboard, "check-even": check_even,
    "check-graph": check_graph, "check-odd": check_odd, "tooth-print": tooth_print,
    "herringbone-print": herringbone_print, "stripes-across": stripes_across,
    "stripes-down": stripes_down, "stripes-slant": stripes_slant, "stripes-odd": stripes_odd,
    "tile-work": tile_work,
}  # fmt: skip
