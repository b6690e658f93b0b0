"""Painters of dots, stripes, chevrons, argyles, ogees and other geometry."""

from collections.abc import Callable

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

Rng = np.random.Generator
Shape = tuple[int, int]
DROPS = ("straight", "half", "brick")


def _ink(rng: Rng, n: int) -> int:
    """One of the inks, not the ground."""
    return 1 + int(rng.integers(n - 1)) if n > 1 else 1


def unit_grid(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates 0..1 over the tile: x (1, w) and y (h, 1)."""
    y = (np.arange(shape[0], dtype=np.float32) + np.float32(0.5))[:, None] / np.float32(shape[0])
    x = (np.arange(shape[1], dtype=np.float32) + np.float32(0.5))[None, :] / np.float32(shape[1])
    return x, y


def dots(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Dots: pin dot to coin dot, on a grid or strewn, one size or many."""
    canvas = Canvas(shape)
    style = rng.random()
    many = int(choose(rng, (2, 2, 3, 4, 4, 6)))
    if style < 0.72:
        drop = choose(rng, ("half", "half", "brick", "straight"))
        places = grid_points(shape, many, many, drop, float(choose(rng, (0, 0, 0, 0.12))), rng)
        step = min(shape) / many
        radius = step * float(rng.uniform(0.1, 0.36))
        second = radius * float(rng.uniform(0.3, 0.8)) if rng.random() < 0.15 else radius
        radii = [radius if k % 2 else second for k in range(len(places))]
    else:
        places = spread_points(shape, max(14, 2 * many * many), rng)
        step = min(shape) / max(3.7, 1.4 * many)
        low, high = sorted(rng.uniform(0.1, 0.42, 2))
        radii = [step * float(rng.uniform(low, high)) for _ in places]
    ring = rng.random() < 0.1
    rough = rng.random() < 0.15
    for k, ((x, y), radius) in enumerate(zip(places, radii, strict=True)):
        ink = 1 + k % max(1, n - 1) if style < 0.8 else _ink(rng, n)
        if rough:
            canvas.fill(blob(rng, 24, 0.09) * radius + (x, y), ink)
        else:
            canvas.disc(x, y, radius, ink)
        if ring:
            canvas.disc(x, y, radius * 0.6, 0)
    return canvas.ink


def bands(shape: Shape, n: int, rng: Rng, angle: str = "") -> np.ndarray:
    """Printed or knitted stripes: horizontal, diagonal or upright, even or in groups."""
    angle = angle or choose(rng, ("across", "diagonal", "down"))
    x, y = unit_grid(shape)
    t = {"across": y, "down": x, "diagonal": x + y, "counter": x - y + 1}[angle]
    widths: list[tuple[int, float]] = []
    groups = int(rng.integers(1, 4)) if rng.random() < 0.7 else int(rng.integers(4, 9))
    for k in range(groups):
        widths += [(0, float(rng.uniform(0.4, 2.5))), (1 + k % max(1, n - 1),
                   float(rng.uniform(0.2, 1.6)))]  # fmt: skip
    if groups == 1 and rng.random() < 0.5:
        widths = [(0, 1.0), (1, 1.0)]
    repeats = int(choose(rng, (1, 2, 3, 4, 6))) if groups < 4 else int(choose(rng, (1, 2)))
    edges = np.cumsum([w for _, w in widths])
    inks = np.array([ink for ink, _ in widths], np.uint8)
    steps = (np.arange(4096) + 0.5) / 4096 * edges[-1]
    table = inks[np.minimum(np.searchsorted(edges, steps, side="right"), len(inks) - 1)]
    ink = table[(t * np.float32(repeats * 4096)).astype(np.int32) & 4095]
    return np.ascontiguousarray(np.broadcast_to(ink, shape))


def breton(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Horizontal stripes."""
    return bands(shape, n, rng, "across")


def diagonal(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Diagonal (regimental) stripes."""
    return bands(shape, n, rng, str(choose(rng, ("diagonal", "counter"))))


def chevron(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Zigzag bands."""
    x, y = unit_grid(shape)
    teeth = int(choose(rng, (1, 2, 3, 4, 6)))
    rows = int(choose(rng, (2, 3, 4, 6, 8)))
    amplitude = float(rng.uniform(0.3, 1.4)) / rows * min(2.0, rows / teeth)
    wave = np.abs((x * teeth) % 1 - 0.5) * 2 * amplitude
    t = ((y + wave) * rows) % 1
    inks = int(choose(rng, (2, 2, n, n + 1)))
    if inks <= 2:
        return (t < rng.uniform(0.25, 0.6)).astype(np.uint8)
    return np.minimum((t * inks).astype(np.uint8), inks - 1) % np.uint8(n)


def argyle(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Argyle: diamonds in two or three colours, thin lines crossing over them."""
    x, y = unit_grid(shape)
    columns = int(choose(rng, (1, 1, 2, 2, 3, 4)))
    rows = max(1, round(columns * shape[0] / shape[1] / float(rng.uniform(1.0, 1.9))))
    a, b = (x * columns + y * rows), (x * columns - y * rows)
    ia, ib = np.floor(a).astype(np.int32), np.floor(b).astype(np.int32)
    solid = (ia + ib) & 1 == 0
    ink = np.zeros(shape, np.uint8)
    if n > 3 and rng.random() < 0.7:
        column = ((ia + ib) >> 1) & 1
        ink[solid] = (1 + column[solid]).astype(np.uint8)
        line_ink = 3
    else:
        ink[solid] = 1
        line_ink = min(2, n - 1)
    if rng.random() < 0.12:
        return ink
    thickness = float(rng.uniform(0.012, 0.045))
    fa, fb = (a + 0.5) % 1, (b + 0.5) % 1
    on_a, on_b = np.minimum(fa, 1 - fa) < thickness, np.minimum(fb, 1 - fb) < thickness
    if rng.random() < 0.6:
        dashes = float(choose(rng, (8, 12, 16, 24)))
        on_a &= (b * dashes) % 1 < 0.62
        on_b &= (a * dashes) % 1 < 0.62
    ink[on_a | on_b] = line_ink
    return ink


def ogee(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Ogee and medallion lattices: onion shapes with smaller ones nested in them."""
    x, y = unit_grid(shape)
    columns = int(choose(rng, (1, 2, 3)))
    rows = max(1, round(columns * shape[0] / shape[1] / float(rng.uniform(0.9, 1.7))))
    u, v = (x * columns) % 1, (y * rows) % 1
    swell = float(rng.uniform(0.5, 1.0))
    value = np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v)
    value = value + 0.35 * swell * np.sin(2 * np.pi * v) ** 2 * np.cos(2 * np.pi * u)
    rings = np.array(sorted(rng.uniform(0.12, 1.7, int(rng.integers(2, 6)))))
    level = np.searchsorted(rings, np.abs(value)).astype(np.uint8)
    sign = (value > 0).astype(np.uint8)
    ink = (level + sign * np.uint8(choose(rng, (0, 1)))) % np.uint8(n)
    if rng.random() < 0.6:
        canvas = Canvas(shape)
        canvas.ink = ink.astype(np.uint8)
        motif = int(choose(rng, (4, 5, 6, 8)))
        for r in range(2 * rows):
            for c in range(columns):
                cx = (c + 0.5 * (r % 2)) / columns * shape[1]
                cy = (r * 0.5) / rows * shape[0]
                size = 0.16 * min(shape[1] / columns, shape[0] / rows)
                for k, scale in enumerate((1.0, 0.55)):
                    outline = star(motif, 0.5)
                    canvas.fill(placed(outline, cx, cy, size * scale, 0), (k + 1) % n)
        ink = canvas.ink
    return ink


def lattice(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Trellises, triangles, hexagons, quarter circles, scales and concentric squares."""
    x, y = unit_grid(shape)
    cells = int(choose(rng, (2, 2, 3, 4, 6)))
    rows = max(1, round(cells * shape[0] / shape[1]))
    u, v = x * cells, y * rows
    cell_u, cell_v = np.floor(u).astype(np.int32) % cells, np.floor(v).astype(np.int32) % rows
    fu, fv = u % 1, v % 1
    toss = rng.integers(0, 4, (rows, cells))[cell_v, cell_u]
    kind = int(rng.integers(7))
    wide = float(rng.uniform(0.06, 0.2))
    if kind == 0:  # truchet quarter circles
        flip = toss % 2 == 1
        fu = np.where(flip, 1 - fu, fu)
        d1, d2 = np.hypot(fu, fv), np.hypot(1 - fu, 1 - fv)
        on = (np.abs(d1 - 0.5) < wide) | (np.abs(d2 - 0.5) < wide)
        return on.astype(np.uint8)
    if kind == 1:  # triangles
        half = (fu + fv < 1).astype(np.int32) if rng.random() < 0.5 else (
            np.where(toss % 2 == 0, fu + fv < 1, fu < fv).astype(np.int32))
        colour = (toss + half * 2 + cell_u) if n > 2 else half
        return (colour % n).astype(np.uint8)
    if kind == 2:  # scales
        row = np.floor(v * 2).astype(np.int32)
        su = (u + 0.5 * (row % 2)) % 1 - 0.5
        sv = (v * 2) % 1
        ring = np.hypot(su * 2, sv * 1.0) / 1.1
        return (np.floor(ring * float(rng.integers(2, 5))).astype(np.int32) % n).astype(np.uint8)
    if kind == 3:  # concentric squares or diamonds
        m = np.maximum(np.abs(fu - 0.5), np.abs(fv - 0.5)) if rng.random() < 0.5 else (
            np.abs(fu - 0.5) + np.abs(fv - 0.5))
        rings = np.floor(m * 2 * float(rng.integers(2, 6))).astype(np.int32)
        return ((rings + (cell_u + cell_v) * int(rng.integers(2))) % n).astype(np.uint8)
    if kind == 4:  # trellis
        a, b = (u + v) % 1, (u - v) % 1
        on = (np.minimum(a, 1 - a) < wide) | (np.minimum(b, 1 - b) < wide)
        ink = on.astype(np.uint8)
        if n > 2:
            ink[(np.hypot((a + 0.5) % 1 - 0.0, 0 * b) < 0) | (
                (np.abs(a - 0.5) < 0.14) & (np.abs(b - 0.5) < 0.14))] = 2
        return ink
    if kind == 5:  # interlocking Greek-key steps
        key = (np.abs(fu - 0.5) > 0.5 - wide) | (np.abs(fv - 0.5) > 0.5 - wide)
        inner = (np.abs(fu - 0.5) < 0.25) & (np.abs(fv - 0.5) < 0.25)
        inner &= ~((np.abs(fu - 0.5) < 0.25 - wide) & (np.abs(fv - 0.5) < 0.25 - wide))
        link = (np.abs(fv - 0.5) < wide / 2) & (fu < 0.3)
        return np.where(key | inner | link, 1 + (n > 2) * (inner & ~key), 0).astype(np.uint8)
    return _strewn_shapes(shape, n, rng)


def _strewn_shapes(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Crosses, triangles, squares, bars on a grid: small geometrics."""
    canvas = Canvas(shape)
    many = int(rng.integers(2, 7))
    drop = str(choose(rng, (*DROPS, "random")))
    size = min(shape) / many * float(rng.uniform(0.18, 0.42))
    corners = int(choose(rng, (3, 4, 4, 6, 2)))
    turned = rng.random() < 0.5
    for k, (x, y) in enumerate(grid_points(shape, many, many, drop, 0.05, rng)):
        angle = float(rng.uniform(0, 6.3)) if turned else np.pi / 4 * (corners == 4)
        ink = 1 + k % max(1, n - 1)
        if corners == 2:
            for turn in (0, np.pi / 2) if not turned else (0,):
                bar = np.array([[-1, -0.18], [1, -0.18], [1, 0.18], [-1, 0.18]])
                canvas.fill(placed(bar, x, y, size, angle + turn), ink)
        else:
            canvas.fill(placed(regular(corners, -np.pi / 2), x, y, size, angle), ink)
            if rng.random() < 0.3:
                canvas.fill(placed(regular(corners, -np.pi / 2), x, y, size * 0.5, angle), 0)
    return canvas.ink


def foulard(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Foulard: one small neat motif, stars among them, on a strict half drop."""
    canvas = Canvas(shape)
    many = int(rng.integers(2, 5))
    step = min(shape) / many
    size = step * float(rng.uniform(0.2, 0.36))
    kind = int(rng.integers(4))
    drop = str(choose(rng, ("half", "brick", "straight")))
    for k, (x, y) in enumerate(grid_points(shape, many, many, drop, 0, rng)):
        turn = np.pi / 4 * (k % 2) if kind == 3 else 0.0
        if kind == 0:
            canvas.fill(placed(star(5), x, y, size, 0), 1)
        elif kind == 1:
            canvas.fill(placed(star(8, 0.6), x, y, size, 0), 1)
            canvas.disc(x, y, size * 0.45, 2 % n)
            canvas.disc(x, y, size * 0.2, 1)
        elif kind == 2:
            for j in range(4):
                canvas.disc(*placed(np.array([[0.6, 0]]), x, y, size, j * np.pi / 2)[0],
                            size * 0.4, 1)  # fmt: skip
            canvas.disc(x, y, size * 0.3, 2 % n)
        else:
            canvas.fill(placed(regular(4), x, y, size, turn), 1)
            canvas.fill(placed(regular(4), x, y, size * 0.65, turn), 0)
            canvas.fill(placed(regular(4), x, y, size * 0.35, turn), 2 % n or 1)
    if rng.random() < 0.4:
        for x, y in grid_points(shape, many, many, drop, 0, rng):
            canvas.disc(x + step / 2, y, step * 0.06, (n - 1) or 1)
    return canvas.ink


def ikat(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Ikat: diamonds or chevrons whose edges bleed along the warp, end by end."""
    base = choose(rng, (ogee, argyle, chevron, lattice))(shape, n, rng)
    step = max(2, shape[1] // 240)
    columns = np.repeat(rng.normal(0, 0.012, shape[1] // step + 1), step)[: shape[1]]
    slow = np.interp(
        np.arange(shape[1]), np.linspace(0, shape[1], 40), rng.normal(0, 0.01, 40)
    )
    slide = ((columns + slow) * shape[0]).astype(np.int32)
    rows = (np.arange(shape[0])[:, None] + slide[None, :]) % shape[0]
    return base[rows, np.arange(shape[1])[None, :]]


def houndstooth(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """One large houndstooth: 4-and-4 on 2/2 twill, each thread a strip of the tile."""
    threads = np.arange(8) // 4 % 2
    pick, end = np.indices((8, 8))
    warp_up = (end - pick) % 4 < 2
    if rng.random() < 0.5:
        warp_up = warp_up[:, ::-1]
    tooth = np.where(warp_up, threads[end], threads[pick])
    rows = np.arange(shape[0]) * 8 // shape[0]
    columns = np.arange(shape[1]) * 8 // shape[1]
    return tooth[rows[:, None], columns[None, :]].astype(np.uint8)


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "dot": dots, "bands": bands, "breton": breton, "diagonal": diagonal, "chevron": chevron,
    "argyle": argyle, "ogee": ogee, "geometric": lattice, "foulard": foulard, "ikat": ikat,
    "houndstooth": houndstooth,
}  # fmt: skip
