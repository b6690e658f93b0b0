"""Painters of flowers, leaves, paisleys, small dobby figures, knit bands and lettering."""

from collections.abc import Callable

import cv2
import numpy as np

from fabricfinder.synthesis.canvas import (
    Canvas,
    boteh,
    circle,
    curve,
    grid_points,
    leaf,
    petals,
    placed,
    regular,
    spread_points,
    star,
)
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator
Shape = tuple[int, int]


def _flower(
    canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int, int], rng: Rng,
    kind: int, n_petals: int,
) -> None:  # fmt: skip
    """One flower: petals, an inner ring and a heart; kind 0 simple, 1 daisy, 2 rose."""
    turn = float(rng.uniform(0, 6.3))
    outer, inner, heart = inks
    if kind == 0:
        canvas.fill(placed(petals(n_petals, 0.45, 0.7), x, y, size, turn), outer)
        canvas.disc(x, y, size * 0.3, heart)
    elif kind == 1:
        for k in range(n_petals + 4):
            angle = turn + 2 * np.pi * k / (n_petals + 4)
            canvas.fill(placed(leaf(0.16), x, y, size, angle), outer)
        canvas.disc(x, y, size * 0.25, heart)
    else:
        for k, scale in enumerate((1.0, 0.8, 0.62, 0.44, 0.27)):
            ink = (outer, inner)[k % 2] if k < 4 else heart
            shape = petals(max(3, n_petals - k), 0.22, 0.8)
            off = size * 0.05 * rng.normal(0, 1, 2)
            canvas.fill(placed(shape, x + off[0], y + off[1], size * scale, turn + 0.7 * k), ink)


def _sprig(
    canvas: Canvas, x: float, y: float, size: float, ink: int, rng: Rng, leaves: int
) -> None:
    """A bent stem with leaves on both sides."""
    angle = float(rng.uniform(0, 6.3))
    bend = float(rng.normal(0, 0.5))
    spine = placed(curve([(0, 0), (0.5, bend * 0.25), (1, bend)], 8), x, y, size, angle)
    canvas.line(spine, ink, max(2.0, size * 0.04))
    for k in range(leaves):
        at = spine[int((k + 1) / (leaves + 1) * (len(spine) - 1))]
        side = 1 if k % 2 else -1
        canvas.fill(placed(leaf(0.3), at[0], at[1], size * 0.42, angle + side * 0.9), ink)


def floral_ditsy(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Many small flowers and leaves, strewn or in order."""
    canvas = Canvas(shape)
    many = int(rng.integers(3, 8))
    step = min(shape) / many
    size = step * float(rng.uniform(0.2, 0.4))
    drop = str(choose(rng, ("half", "random", "random", "brick")))
    kind, n_petals = int(rng.integers(3)), int(rng.integers(4, 7))
    green = n - 1 if n > 2 else 1
    for x, y in grid_points(shape, many, many, drop, 0.22, rng):
        if rng.random() < 0.75:
            _sprig(canvas, x, y, size * float(rng.uniform(1, 1.6)), green, rng,
                   int(rng.integers(1, 5)))  # fmt: skip
        first = 1 + int(rng.integers(max(1, n - 2))) if n > 2 else 1
        heart = int(choose(rng, (0, n - 1, 1 + first % max(1, n - 1))))
        _flower(canvas, x, y, size * float(rng.uniform(0.7, 1.1)), (first, heart, heart), rng,
                kind if rng.random() < 0.8 else 0, n_petals)  # fmt: skip
    if rng.random() < 0.4:
        for x, y in spread_points(shape, many * many, rng, 2):
            canvas.disc(x, y, step * 0.035, 1 + int(rng.integers(max(1, n - 1))))
    return canvas.ink


def floral_large(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Large blooms with leaves and buds, overlapping in clusters."""
    canvas = Canvas(shape)
    count = int(rng.integers(3, 9))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    green = n - 1
    second_green = max(1, n - 2)
    for x, y in spread_points(shape, count, rng, 10):
        size = step * float(rng.uniform(0.26, 0.44))
        for _ in range(int(rng.integers(3, 8))):
            angle = float(rng.uniform(0, 6.3))
            length = size * float(rng.uniform(1.0, 1.8))
            blade = placed(leaf(float(rng.uniform(0.18, 0.36)), float(rng.normal(0, 0.25))),
                           x, y, length, angle)  # fmt: skip
            ink = int(choose(rng, (green, second_green)))
            canvas.fill(blade, ink)
            canvas.line(np.array([[x, y], blade[len(blade) // 2]]), 0, max(1.5, size * 0.015))
        for _ in range(int(rng.integers(0, 4))):
            dx, dy = rng.normal(0, size * 1.1, 2)
            _flower(canvas, x + dx, y + dy, size * 0.35, (1 + int(rng.integers(max(1, n - 1))),
                    0, n - 1), rng, int(rng.integers(2)), 5)  # fmt: skip
        bloom = 1 + int(rng.integers(max(1, n - 2))) if n > 2 else 1
        inner = 1 + bloom % max(1, n - 2) if n > 3 else 0
        _flower(canvas, x, y, size, (bloom, inner, int(choose(rng, (0, n - 1)))), rng,
                int(choose(rng, (2, 2, 0, 1))), int(rng.integers(5, 9)))  # fmt: skip
    return canvas.ink


def leaves(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Leaves: palm fans, ferns, monstera or plain leaves, sparse or dense."""
    canvas = Canvas(shape)
    kind = int(rng.integers(4))
    count = int(rng.integers(8, 40))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    flow = float(rng.uniform(0, 6.3))
    spread = float(choose(rng, (0.3, 0.8, 3.0)))
    for k, (x, y) in enumerate(spread_points(shape, count, rng)):
        angle = flow + float(rng.normal(0, spread))
        size = step * float(rng.uniform(0.6, 1.1))
        ink = 1 + k % max(1, n - 1)
        vein = 0 if n < 3 or rng.random() < 0.6 else 1 + (k + 1) % (n - 1)
        tail = (x - 0.5 * size * np.cos(angle), y - 0.5 * size * np.sin(angle))
        if kind == 0:
            canvas.fill(placed(leaf(0.28, 0.15), *tail, size, angle), ink)
            canvas.line(np.array([tail, (x + 0.4 * size * np.cos(angle),
                        y + 0.4 * size * np.sin(angle))]), vein, size * 0.025)  # fmt: skip
        elif kind == 1:
            spine = placed(curve([(0, 0), (0.5, 0.05), (1, 0.22)], 12), *tail, size, angle)
            canvas.line(spine, ink, max(2.0, size * 0.03))
            for j, (px, py) in enumerate(spine[2:]):
                reach = size * 0.42 * (1 - 0.7 * j / len(spine))
                for side in (1, -1):
                    canvas.fill(placed(leaf(0.16), px, py, reach, angle + side * 0.95), ink)
        elif kind == 2:
            for j in range(9):
                fan = angle + (j - 4) * 0.33
                canvas.fill(placed(leaf(0.13), *tail, size * (1 - 0.04 * abs(j - 4)), fan), ink)
        else:
            blade = placed(leaf(0.46, 0.0, 24), *tail, size, angle)
            canvas.fill(blade, ink)
            spine_end = np.array(blade[24])
            canvas.line(np.array([tail, spine_end]), vein, size * 0.025)
            for j in range(1, 5):
                at = np.array(tail) + (spine_end - tail) * j / 5
                for side in (1, -1):
                    tip = at + size * 0.34 * np.array(
                        [np.cos(angle + side * 0.9), np.sin(angle + side * 0.9)])  # fmt: skip
                    canvas.line(np.array([at + (tip - at) * 0.45, tip]), 0, size * 0.035)
    return canvas.ink


def paisley(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Paisley: nested drops with beaded rims, small flowers between."""
    canvas = Canvas(shape)
    count = int(rng.integers(4, 22))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    curl, wide = float(rng.uniform(0.35, 0.75)), float(rng.uniform(0.45, 0.65))
    order = rng.random() < 0.45
    places = (
        grid_points(shape, max(2, round(shape[0] / step)), max(2, round(shape[1] / step)),
                    "half", 0.02, rng)
        if order else spread_points(shape, count, rng, 12)
    )  # fmt: skip
    size = step * float(rng.uniform(0.5, 0.72))
    base = float(rng.uniform(0, 6.3))
    rim = int(choose(rng, (0, 1, 2)))
    filler = rng.random() < 0.8
    if filler:
        for x, y in spread_points(shape, count * int(rng.integers(3, 9)), rng, 4):
            _flower(canvas, x, y, size * float(rng.uniform(0.08, 0.16)),
                    (1 + int(rng.integers(max(1, n - 1))), 0, 0), rng, 0, 5)  # fmt: skip
            if rng.random() < 0.6:
                _sprig(canvas, x, y, size * 0.3, n - 1, rng, 3)
    for k, (x, y) in enumerate(places):
        flip = -1.0 if (k % 2 and rng.random() < 0.8) else 1.0
        drop = boteh(curl, wide) * (flip, 1)
        angle = base + (np.pi * (k % 2) if order else float(rng.uniform(0, 6.3)))
        main = 1 + k % max(1, n - 1)
        other = 0 if n < 3 else 1 + (k + 1) % (n - 1)
        canvas.fill(placed(drop, x, y, size * 1.12, angle), 0)
        outline = placed(drop, x, y, size, angle)
        canvas.fill(outline, main)
        centre = placed(np.array([[0.0, 0.18]]), x, y, size, angle)[0]
        layers = ((0.8, 0), (0.7, other), (0.48, main if n < 3 else 0), (0.36, main))
        for scale, ink in layers[: int(rng.integers(2, 5))]:
            canvas.fill(centre + (outline - centre) * scale, ink)
        if rim:
            beads = outline[:: 3 - rim // 2]
            outer = centre + (beads - centre) * 1.12
            for bx, by in outer:
                canvas.disc(bx, by, size * 0.035, main)
        _flower(canvas, *centre, size * 0.15, (main, 0, other), rng, int(rng.integers(2)), 6)
    return canvas.ink


def dobby(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Small woven figures: diamonds, crosses, spots, sprigs on a strict set."""
    canvas = Canvas(shape)
    many = int(rng.integers(2, 5))
    step = min(shape) / many
    size = step * float(rng.uniform(0.16, 0.34))
    drop = str(choose(rng, ("half", "brick", "straight")))
    kind = int(rng.integers(5))
    for x, y in grid_points(shape, many, many, drop, 0, rng):
        if kind == 0:
            canvas.fill(placed(regular(4), x, y, size, 0), 1)
        elif kind == 1:
            canvas.fill(placed(regular(4), x, y, size, 0), 1)
            canvas.fill(placed(regular(4), x, y, size * 0.5, 0), 0)
        elif kind == 2:
            bar = np.array([[-1, -0.22], [1, -0.22], [1, 0.22], [-1, 0.22]])
            for turn in (0, np.pi / 2):
                canvas.fill(placed(bar, x, y, size, turn), 1)
        elif kind == 3:
            canvas.disc(x, y, size * 0.7, 1)
        else:
            canvas.fill(placed(star(4, 0.35), x, y, size * 1.1, 0), 1)
    return canvas.ink


def damask(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Damask figure: mirrored scrolls and blooms on a half drop, two tones."""
    half = (shape[0], shape[1] // 2)
    canvas = Canvas((shape[0] // 2, half[1]))
    inner = canvas.ink.shape
    cx, cy = 0.0, inner[0] * 0.5
    size = min(inner) * float(rng.uniform(0.3, 0.42))
    for k in range(int(rng.integers(3, 6))):
        angle = -np.pi / 2 + (k + 0.5) * np.pi / 5
        bent = leaf(float(rng.uniform(0.2, 0.32)), float(rng.uniform(-0.4, 0.4)))
        canvas.fill(placed(bent, cx, cy, size * float(rng.uniform(0.9, 1.5)), angle), 1)
    _flower(canvas, cx, cy, size * 0.6, (1, 0, 1), rng, 2, int(rng.integers(5, 9)))
    scroll = [(0.2, 0.1), (0.55, 0.15), (0.75, 0.4), (0.6, 0.6), (0.45, 0.5)]
    canvas.line(np.array(curve(scroll, 10)) * inner[::-1], 1, size * 0.12)
    for x, y in rng.random((4, 2)) * inner[::-1]:
        canvas.fill(placed(petals(5, 0.5), x, y, size * 0.2, 0), 1)
    drawn = canvas.ink
    mirrored = np.hstack([drawn, drawn[:, ::-1]])
    # Half drop: the lower half is the upper, moved half a width.
    lower = np.roll(mirrored, mirrored.shape[1] // 2, axis=1)
    full = np.vstack([mirrored, lower])
    return cv2.resize(full, shape[::-1], interpolation=cv2.INTER_NEAREST)


def fair_isle(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Fair Isle: bands of small mirrored stitch motifs."""
    stitches = int(choose(rng, (24, 32, 48)))
    rows = max(8, round(stitches * shape[0] / shape[1]))
    chart = np.zeros((rows, stitches), np.uint8)
    top = 0
    while top < rows:
        high = int(choose(rng, (1, 2, 3, 5, 7, 9)))
        ground, figure = (int(v) for v in rng.permutation(max(2, n))[:2])
        if rng.random() < 0.5:
            ground = 0
            figure = 1 + int(rng.integers(max(1, n - 1)))
        period = int(choose(rng, (2, 4, 8, 8, 12)))
        cell = rng.random(((high + 1) // 2, period // 2 + 1)) < 0.5
        cell = np.hstack([cell, cell[:, -2:0:-1]])
        band = np.vstack([cell, cell[::-1][high % 2 :]])[:high]
        across = np.tile(band, (1, stitches // band.shape[1] + 1))[:, :stitches]
        piece = np.where(across, figure, ground).astype(np.uint8)
        fit = min(high, rows - top)
        chart[top : top + fit] = piece[:fit]
        top += high
    return cv2.resize(chart, shape[::-1], interpolation=cv2.INTER_NEAREST)


def conversational(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Small pictures: hearts, anchors, birds, fish, cherries, sailing boats."""
    canvas = Canvas(shape)
    many = int(rng.integers(2, 5))
    step = min(shape) / many
    size = step * float(rng.uniform(0.24, 0.38))
    kind = int(rng.integers(5))
    turned = rng.random() < 0.4
    drop = str(choose(rng, ("half", "brick", "random")))
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    heart = np.stack([16 * np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t)
                      - 2 * np.cos(3 * t) - np.cos(4 * t))], axis=1) / 17  # fmt: skip
    for k, (x, y) in enumerate(grid_points(shape, many, many, drop, 0.05, rng)):
        angle = float(rng.normal(0, 0.6)) if turned else 0.0
        ink = 1 + k % max(1, n - 1)
        other = 1 + (k + 1) % max(1, n - 1)

        def at(points: list[list[float]] | np.ndarray, x=x, y=y, angle=angle) -> np.ndarray:  # noqa: ANN001
            return placed(np.asarray(points, float), x, y, size, angle)

        if kind == 0:
            canvas.fill(at(heart), ink)
        elif kind == 1:  # anchor
            canvas.line(at([[0, -0.8], [0, 0.9]]), ink, size * 0.18)
            canvas.line(at([[-0.4, -0.45], [0.4, -0.45]]), ink, size * 0.16)
            canvas.line(at(circle(24)[:13] * 0.75 + (0, 0.15)), ink, size * 0.18)
            canvas.disc(*at([[0, -0.95]])[0], size * 0.2, ink)
        elif kind == 2:  # fish
            canvas.fill(at(leaf(0.34) * 1.7 - (1.0, 0)), ink)
            canvas.fill(at([[0.5, 0], [1.0, -0.45], [1.0, 0.45]]), ink)
            canvas.disc(*at([[-0.6, -0.08]])[0], size * 0.08, 0)
        elif kind == 3:  # cherries
            canvas.line(at([[-0.4, 0.4], [0.1, -0.8], [0.5, 0.4]]), other, size * 0.08)
            canvas.disc(*at([[-0.4, 0.5]])[0], size * 0.36, ink)
            canvas.disc(*at([[0.5, 0.5]])[0], size * 0.36, ink)
        else:  # boat
            canvas.fill(at([[-0.9, 0.4], [0.9, 0.4], [0.5, 0.85], [-0.6, 0.85]]), ink)
            canvas.fill(at([[0.02, 0.3], [0.02, -1.0], [0.75, 0.3]]), other)
            canvas.fill(at([[-0.08, 0.3], [-0.08, -0.8], [-0.65, 0.3]]), ink)
    return canvas.ink


def lettering(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Lettering: a made-up monogram in rows."""
    canvas = np.zeros(shape, np.uint8)
    rows = int(rng.integers(2, 5))
    letters = "".join(chr(65 + int(k)) for k in rng.integers(0, 26, int(rng.integers(1, 4))))
    font = int(choose(rng, (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX,
                       cv2.FONT_HERSHEY_SCRIPT_COMPLEX)))  # fmt: skip
    high = shape[0] / rows
    scale = high * float(rng.uniform(0.4, 0.7)) / 22
    for r in range(rows):
        for c in range(rows):
            x = int(((c + 0.5 * (r % 2)) % rows) * shape[1] / rows + high * 0.1)
            cv2.putText(canvas, letters, (x, int((r + 0.75) * high)), font, scale,
                        1 + (r + c) % max(1, n - 1), max(2, int(scale * 1.6)))  # fmt: skip
    return canvas


def patchwork(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Patchwork: squares cut from other prints, sewn edge to edge."""
    from fabricfinder.synthesis.painters_geometric import bands, chevron, dots, lattice

    sources = [floral_ditsy, bands, chevron, dots, lattice, dobby]
    side = int(choose(rng, (2, 3, 4)))
    small = (shape[0] // side, shape[1] // side)
    quilt = np.zeros(shape, np.uint8)
    pieces = [
        (sources[int(rng.integers(len(sources)))](small, n, rng) + int(rng.integers(n))) % n
        for _ in range(4)
    ]
    for r in range(side):
        for c in range(side):
            piece = pieces[int(rng.integers(len(pieces)))]
            piece = (piece + int(rng.integers(n))) % n
            top, left = r * small[0], c * small[1]
            quilt[top : top + small[0], left : left + small[1]] = piece
    return quilt


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "floral-ditsy": floral_ditsy, "floral-large": floral_large, "leaf": leaves,
    "paisley": paisley, "dobby": dobby, "jacquard": damask, "fair-isle": fair_isle,
    "conversational": conversational, "text": lettering, "patchwork": patchwork,
}  # fmt: skip
