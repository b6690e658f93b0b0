"""Painters of scenes in line (toile), of small pictures, and of washes of dye."""

from collections.abc import Callable

import numpy as np

from fabricfinder.synthesis.blooms import Shades, open_flower, spray
from fabricfinder.synthesis.canvas import (
    Canvas,
    circle,
    curve,
    grid_points,
    leaf,
    petals,
    placed,
    spread_points,
    star,
)
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.painters_organic import wrapped_noise
from fabricfinder.synthesis.painters_skins import stipple

Rng = np.random.Generator
Shape = tuple[int, int]


class _Pen:
    """Draws engraved line work on one canvas at one place and scale."""

    def __init__(self, canvas: Canvas, x: float, y: float, size: float, rng: Rng, inks: int):
        self.canvas, self.at, self.size, self.rng = canvas, (x, y), size, rng
        self.ink, self.half = inks - 1, max(1, inks - 2)
        self.wide = max(1.6, size * 0.012)

    def put(self, points: np.ndarray | list[tuple[float, float]]) -> np.ndarray:
        """Unit coordinates (y up is negative) to the canvas."""
        return np.asarray(points, float) * self.size + self.at

    def stroke(self, points: np.ndarray | list[tuple[float, float]], wide: float = 1.0) -> None:
        """A smooth line."""
        self.canvas.line(self.put(points), self.ink, self.wide * wide)

    def solid(self, points: np.ndarray | list[tuple[float, float]], ink: int) -> None:
        """A filled outline, its edge drawn."""
        self.canvas.fill(self.put(points), ink)
        self.canvas.line(self.put(points), self.ink, self.wide, closed=True)

    def hatch(self, left: float, right: float, top: float, bottom: float, lines: int) -> None:
        """Shading lines in a slanted box."""
        for k in range(lines):
            x = left + (right - left) * k / max(1, lines - 1)
            self.stroke([(x, top), (x - 0.04, bottom)], 0.7)

    def tree(self, x: float, y: float, high: float) -> None:
        """Trunk, boughs and a crown of scalloped leaf masses."""
        rng = self.rng
        lean = float(rng.normal(0, 0.12)) * high
        for shift in (-0.025, 0.0, 0.025):
            self.stroke(curve([(x + shift, y), (x + shift + lean * 0.3, y - high * 0.4),
                               (x + lean, y - high * 0.75)], 8))  # fmt: skip
        for _ in range(int(rng.integers(5, 10))):
            cx = x + lean + float(rng.normal(0, 0.2)) * high
            cy = y - high * float(rng.uniform(0.6, 1.0))
            crown = petals(9, 0.22, 0.6) * (0.17 * high, 0.12 * high) + (cx, cy)
            self.solid(crown, self.half if rng.random() < 0.3 else 0)
            self.hatch(cx, cx + 0.09 * high, cy, cy + 0.07 * high, 5)

    def house(self, x: float, y: float, wide: float) -> None:
        """A cottage, pavilion or pagoda."""
        high = wide * 0.7
        tiers = int(self.rng.integers(1, 4))
        for k in range(tiers):
            w, base = wide * (1 - 0.25 * k), y - high * 0.75 * k
            self.solid([(x - w / 2, base), (x + w / 2, base), (x + w / 2, base - high * 0.5),
                        (x - w / 2, base - high * 0.5)], 0)  # fmt: skip
            self.hatch(x + w * 0.1, x + w * 0.48, base - high * 0.45, base - 0.01, 7)
            self.solid([(x - w * 0.65, base - high * 0.5), (x, base - high * 0.85),
                        (x + w * 0.65, base - high * 0.5)], self.half)  # fmt: skip
        self.solid([(x - 0.07 * wide, y), (x + 0.07 * wide, y), (x + 0.07 * wide, y - high * 0.3),
                    (x - 0.07 * wide, y - high * 0.3)], self.ink)  # fmt: skip

    def figure(self, x: float, y: float, high: float) -> None:
        """A person in a long coat or skirt."""
        body = [(x - 0.03, -0.62), (x + 0.05, -0.62), (x + 0.16, 0.0), (x - 0.14, 0.0)]
        self.solid([(x + (px - x) * high, y + py * high) for px, py in body], self.half)
        head = circle(14) * 0.09 * high + (x + 0.01, y - 0.74 * high)
        self.solid(head, 0)
        self.stroke([(x - 0.02, y - 0.55 * high), (x - 0.22 * high, y - 0.3 * high)])
        self.stroke([(x + 0.03, y - 0.55 * high), (x + 0.24 * high, y - 0.42 * high)])
        self.hatch(x - 0.02, x + 0.1 * high, y - 0.4 * high, y - 0.02, 5)

    def beast(self, x: float, y: float, size: float) -> None:
        """A sheep or dog, standing."""
        body = circle(20) * (0.5 * size, 0.28 * size) + (x, y - 0.5 * size)
        for k in (-0.3, -0.2, 0.2, 0.3):
            self.stroke([(x + k * size, y - 0.4 * size), (x + k * size, y)], 1.3)
        self.solid(body, 0)
        self.solid(circle(12) * 0.16 * size + (x + 0.55 * size, y - 0.75 * size), self.half)

    def bird(self, x: float, y: float, size: float) -> None:
        """A bird in flight."""
        self.stroke(curve([(x - size, y - 0.3 * size), (x - 0.3 * size, y - 0.25 * size), (x, y),
                           (x + 0.4 * size, y - 0.3 * size), (x + size, y - 0.2 * size)], 5))

    def ground(self, wide: float) -> None:
        """A strip of land with tufts under the vignette."""
        rng = self.rng
        for k in range(6):
            y = 0.02 + 0.035 * k
            reach = wide * (1 - 0.13 * k) * float(rng.uniform(0.7, 1))
            x = np.linspace(-reach, reach, 14)
            self.stroke(np.stack([x, y + 0.015 * np.sin(9 * x + k)], axis=1), 0.8)
        for _ in range(int(rng.integers(6, 14))):
            x = float(rng.uniform(-wide, wide))
            for lean in (-0.04, 0.0, 0.04):
                self.stroke([(x, 0.03), (x + lean, -0.06)], 0.8)


def toile(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Toile de Jouy: islands of trees, buildings, people and animals in one colour of line."""
    canvas = Canvas(shape)
    many = int(choose(rng, (1, 2, 2, 3)))
    step = shape[1] / (2 * many)
    order = rng.permutation(8)
    for k, (x, y) in enumerate(grid_points(shape, many, 2 * many, "half", 0.03, rng)):
        pen = _Pen(canvas, x, y + 0.22 * step, step * float(rng.uniform(0.68, 0.86)), rng, n)
        scene = int(order[k % len(order)])
        pen.ground(0.75)
        pen.tree(-0.45 + 0.1 * (scene % 3), 0.0, float(rng.uniform(0.7, 1.1)))
        if scene % 2:
            pen.house(0.25, 0.0, float(rng.uniform(0.4, 0.65)))
        else:
            pen.tree(0.5, 0.0, float(rng.uniform(0.4, 0.7)))
            pen.beast(0.15, 0.02, float(rng.uniform(0.2, 0.3)))
        pen.figure(-0.08, 0.02, float(rng.uniform(0.32, 0.45)))
        for _ in range(int(rng.integers(1, 4))):
            pen.bird(*rng.uniform((-0.2, -1.0), (0.6, -0.7)), 0.08)
    inks = Shades(0, n - 1, max(1, n - 2), n - 1)
    for x, y in grid_points(shape, many, 2 * many, "half", 0.1, rng):
        for _ in range(2):
            tip = spray(canvas, x + step * 0.1, y + step * 0.55, step * 0.26, inks, rng, 5)
            open_flower(canvas, *tip, step * 0.07, inks, rng)
    return canvas.ink


def _moon(canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng) -> None:
    t = np.linspace(-2.2, 2.2, 20)
    outer = np.stack([np.cos(t), np.sin(t)], axis=1)
    inner = np.stack([np.cos(t[::-1]) * 0.75 + 0.3 * np.cos(t[::-1]), np.sin(t[::-1])], axis=1)
    canvas.fill(placed(np.vstack([outer, inner * (0.7, 1.0)]), x, y, size, 2.6), inks[0])


def _star(canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng) -> None:
    canvas.fill(placed(star(5, 0.42), x, y, size, float(rng.normal(0, 0.3))), inks[0])


def _bird(canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng) -> None:
    flip = float(choose(rng, (-1.0, 1.0)))
    place = lambda pts: np.asarray(pts, float) * (flip * size, size) + (x, y)  # noqa: E731
    canvas.fill(place(leaf(0.3, 0.1) * 1.6 - (0.8, 0.0)), inks[0])
    canvas.disc(x - flip * size * 0.62, y - size * 0.22, size * 0.26, inks[0])
    canvas.fill(place([(-0.85, -0.25), (-1.15, -0.15), (-0.82, -0.12)]), inks[1])
    canvas.fill(place(leaf(0.3, -0.5) * (0.8, 1) + (-0.15, -0.05)), inks[1])
    canvas.fill(place([(0.6, 0.0), (1.15, -0.25), (1.1, 0.2)]), inks[0])
    canvas.disc(x - flip * size * 0.68, y - size * 0.26, size * 0.06, 0)


def _cat(
    canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng
) -> None:
    place = lambda pts: np.asarray(pts, float) * size + (x, y)  # noqa: E731
    canvas.fill(place(circle(22) * (0.5, 0.66) + (0, 0.35)), inks[0])
    canvas.disc(x, y - size * 0.45, size * 0.36, inks[0])
    for side in (-1, 1):
        ear = [(side * 0.34, -0.55), (side * 0.3, -1.0), (side * 0.05, -0.75)]
        canvas.fill(place(ear), inks[0])
        canvas.disc(x + side * size * 0.13, y - size * 0.48, size * 0.06, inks[1])
    canvas.line(place(curve([(0.4, 0.8), (0.9, 0.7), (0.85, 0.1)], 6)), inks[0], size * 0.16)


def _lemon(
    canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng
) -> None:
    angle = float(rng.uniform(0, 6.3))
    fruit = circle(28) * (0.75, 0.55)
    fruit[np.abs(fruit[:, 0]) > 0.72] *= 1.25
    canvas.fill(placed(fruit, x, y, size, angle), inks[0])
    stem = placed(np.array([[0.8, 0.0]]), x, y, size, angle)[0]
    for lean in (-0.5, 0.4):
        canvas.fill(placed(leaf(0.3), *stem, size * 0.9, angle + lean), inks[1])


def _feather(
    canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng
) -> None:
    angle = float(rng.uniform(0, 6.3))
    canvas.fill(placed(leaf(0.24, 0.2, 20) * 2 - (1, 0), x, y, size, angle), inks[0])
    for k in range(7):
        root = placed(np.array([[-0.8 + 0.22 * k, 0.02 * k]]), x, y, size, angle)[0]
        for side in (0.6, -0.6):
            tip = root + size * 0.3 * np.array([np.cos(angle + side), np.sin(angle + side)])
            canvas.line(np.array([root, tip]), 0, max(1.0, size * 0.025))
    ends = placed(np.array([[-1.25, 0.0], [0.9, 0.16]]), x, y, size, angle)
    canvas.line(ends, inks[1], max(1.2, size * 0.04))


def _lips(canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng) -> None:
    top = curve([(-1, 0), (-0.4, -0.42), (0, -0.26), (0.4, -0.42), (1, 0)], 6)
    low = curve([(1, 0), (0.45, 0.42), (-0.45, 0.42), (-1, 0)], 6)
    angle = float(rng.normal(0, 0.3))
    canvas.fill(placed(np.vstack([top, low]), x, y, size * 0.9, angle), inks[0])
    canvas.line(placed(np.array([[-0.9, 0], [0, 0.05], [0.9, 0]]), x, y, size * 0.9, angle), 0,
                max(1.5, size * 0.06))  # fmt: skip


def _tree(canvas: Canvas, x: float, y: float, size: float, inks: tuple[int, int], rng: Rng) -> None:
    place = lambda pts: np.asarray(pts, float) * size + (x, y)  # noqa: E731
    canvas.fill(place([(-0.1, 1), (0.1, 1), (0.08, 0), (-0.08, 0)]), inks[1])
    for k in range(9):
        canvas.fill(placed(leaf(0.16, 0.25), x, y - 0.1 * size, size * 0.95, k * 0.7), inks[0])


def motifs(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Conversationals: moons and stars, birds, cats, lemons, feathers, lips, palms; one or two."""
    canvas = Canvas(shape)
    kinds = [_moon, _star, _bird, _cat, _lemon, _feather, _lips, _tree]
    first = int(rng.integers(len(kinds)))
    chosen = [kinds[first], _star if first == 0 else kinds[int(rng.integers(len(kinds)))]]
    if rng.random() < 0.6 and first:
        chosen = chosen[:1]
    many = int(choose(rng, (2, 3, 4, 5)))
    step = min(shape) / many
    size = step * float(rng.uniform(0.18, 0.36))
    drop = str(choose(rng, ("half", "brick", "random")))
    for k, (x, y) in enumerate(grid_points(shape, many, many, drop, 0.06, rng)):
        inks = (1 + k % max(1, n - 1), 1 + (k + 1) % (n - 1) if n > 2 else 0)
        draw = chosen[k % len(chosen)]
        draw(canvas, x, y, size * (0.6 if draw is _star else 1.0), inks, rng)
    if rng.random() < 0.3:
        for x, y in spread_points(shape, many * many * 2, rng, 2):
            canvas.disc(x, y, size * 0.07, n - 1)
    return canvas.ink


def wash(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Stone wash, acid wash and space dye: soft clouds, flecks or streaks; a ramp 0..1."""
    scale = min(shape)
    cloud = wrapped_noise(shape, scale / float(rng.uniform(8, 60)), rng,
                          float(choose(rng, (1.0, 1.0, 2.0, 3.0))))  # fmt: skip
    cloud = cloud + float(rng.uniform(0.1, 1.0)) * stipple(shape)
    cloud += 0.5 * wrapped_noise(shape, scale / 60, rng)
    return np.clip(0.5 + cloud * float(rng.uniform(0.08, 0.28)), 0, 1).astype(np.float32)


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "toile": toile, "motifs": motifs, "wash": wash,
}  # fmt: skip
