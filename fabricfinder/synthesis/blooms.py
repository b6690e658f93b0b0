"""Flowers, leaves and stems in several shades, drawn one petal over another."""

from dataclasses import dataclass

import numpy as np

from fabricfinder.synthesis.canvas import Canvas, curve, leaf, placed, star
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator


@dataclass(frozen=True)
class Shades:
    """Inks of one flower or leaf: its shadow, its body, its light and its heart."""

    dark: int
    body: int
    light: int
    heart: int


@dataclass(frozen=True)
class Garden:
    """The inks of a floral: leaves first, then flowers.

    Inks in order: ground; with 7 or more, two leaf shades, three shades a flower and a heart;
    with fewer, flowers flat and the last ink for leaves.
    """

    leaf: Shades
    flowers: tuple[Shades, ...]

    @staticmethod
    def of(n: int) -> "Garden":
        """The roles of n inks, n at least 2."""
        if n >= 7:
            flowers = tuple(
                Shades(k, k + 1, k + 2, n - 1) for k in range(3, n - 3, 3)
            )
            return Garden(Shades(1, 2, 2, n - 1), flowers)
        green = n - 1
        flat = tuple(
            Shades(0 if n < 4 else green, k, k, 0 if n < 5 else 1 + k % (n - 2))
            for k in range(1, max(2, n - 1))
        )
        return Garden(Shades(0, green, green, 0), flat)


def petal(width: float, notch: float = 0.0, ruffle: float = 0.0, steps: int = 13) -> np.ndarray:
    """Petal from the origin to (1, 0): ``width`` across, its end notched or ruffled, (2n, 2)."""
    t = np.linspace(0, 1, steps)
    half = 0.5 * width * np.sin(np.pi * t**0.72) ** 0.75 * (0.35 + 0.65 * t**0.4)
    x = t.copy()
    x[-3:] -= notch * np.array([0.1, 0.5, 1.0])
    side = np.stack([x, half], axis=1)
    edge = np.vstack([side, (side * (1, -1))[::-1]])
    if ruffle:
        reach = np.hypot(*edge.T)
        turn = np.arctan2(edge[:, 1], edge[:, 0])
        edge = edge * (1 + ruffle * reach * np.sin(14 * turn))[:, None]
    return edge


def _around(n: int, turn: float) -> np.ndarray:
    return turn + np.arange(n) * 2 * np.pi / n


def _petal_in_shades(
    canvas: Canvas, shape: np.ndarray, x: float, y: float, size: float, angle: float,
    inks: Shades,
) -> None:  # fmt: skip
    """One petal: a dark rim, its body, a light towards the end."""
    if inks.dark != inks.body:
        canvas.fill(placed(shape, x, y, size * 1.06, angle), inks.dark)
    canvas.fill(placed(shape * (0.97, 0.9), x, y, size, angle), inks.body)
    if inks.light != inks.body:
        canvas.fill(placed(shape * (0.5, 0.62) + (0.42, 0.03), x, y, size, angle), inks.light)


def open_flower(canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng) -> None:
    """Five or six broad petals, a throat and stamens: hibiscus, cherry, anemone."""
    n = int(choose(rng, (4, 5, 5, 5, 6)))
    shape = petal(float(rng.uniform(0.75, 1.15)), float(rng.uniform(0, 0.2)),
                  float(choose(rng, (0, 0, 0.05))))  # fmt: skip
    turn = float(rng.uniform(0, 6.3))
    squash = float(rng.uniform(0.7, 1))
    for angle in _around(n, turn):
        _petal_in_shades(canvas, shape, x, y, size * (1 - (1 - squash) * abs(np.sin(angle))),
                         angle, inks)  # fmt: skip
    if inks.dark != inks.body:
        canvas.fill(placed(star(2 * n, 0.45), x, y, size * 0.36, turn), inks.dark)
    canvas.disc(x, y, size * float(rng.uniform(0.1, 0.22)), inks.heart)
    if rng.random() < 0.5 and size > 18:
        for angle in _around(int(rng.integers(6, 12)), turn):
            tip = placed(np.array([[0.38, 0.0]]), x, y, size, angle)
            canvas.line(np.vstack([[[x, y]], tip]), inks.heart, size * 0.022)
            canvas.disc(*tip[0], max(1.5, size * 0.035), inks.heart)


def daisy(canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng) -> None:
    """Many narrow petals in one or two rows round a broad heart."""
    n, width = int(rng.integers(8, 17)), float(rng.uniform(0.26, 0.42))
    turn = float(rng.uniform(0, 6.3))
    for row, scale in enumerate((1.0, 0.78) if rng.random() < 0.4 else (1.0,)):
        ink = Shades(inks.dark, inks.light if row else inks.body, inks.light, inks.heart)
        for angle in _around(n, turn + row * np.pi / n):
            reach = size * scale * float(rng.uniform(0.86, 1.05))
            _petal_in_shades(canvas, petal(width), x, y, reach, angle, ink)
    canvas.disc(x, y, size * 0.27, inks.heart)
    if inks.dark not in (0, inks.heart):
        for dx, dy in rng.normal(0, 0.09 * size, (7, 2)):
            canvas.disc(x + dx, y + dy, size * 0.035, inks.dark)


def rose(canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng) -> None:
    """A full rose or peony: rounds of petals, smaller and turned, about a coiled heart."""
    n, turn = int(rng.integers(5, 8)), float(rng.uniform(0, 6.3))
    ruffle = float(choose(rng, (0, 0.04, 0.07)))
    shape = petal(float(rng.uniform(1.1, 1.45)), 0.06, ruffle)
    lean = rng.normal(0, 0.07, 2) * size
    for ring, scale in enumerate((1.0, 0.76, 0.55, 0.38)):
        cx, cy = x + lean[0] * ring, y + lean[1] * ring
        pair = (inks.body, inks.light) if ring % 2 == 0 else (inks.light, inks.body)
        ink = Shades(inks.dark, *pair, inks.heart)
        for angle in _around(max(3, n - ring), turn + 0.5 * ring):
            _petal_in_shades(canvas, shape, cx, cy, size * scale, angle, ink)
    t = np.linspace(0, 1, 22)
    coil = np.stack([np.cos(9 * t + turn), np.sin(9 * t + turn)], 1) * (0.05 + 0.2 * t)[:, None]
    rim = inks.dark if inks.dark != inks.body else inks.heart
    canvas.line(coil * size + (x + 3 * lean[0], y + 3 * lean[1]), rim, size * 0.05)


def bell(canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng) -> None:
    """A flower from the side: tulip, bluebell or bud with its sepals."""
    angle = float(rng.uniform(0, 6.3))
    for side in (0.42, -0.42, 0.0):
        _petal_in_shades(canvas, petal(0.55), x, y, size, angle + side,
                         inks if side else Shades(inks.dark, inks.light, inks.body, 0))  # fmt: skip
    canvas.disc(x, y, size * 0.12, inks.heart)


FLOWERS = (open_flower, open_flower, daisy, rose, rose, bell)


def shaded_leaf(
    canvas: Canvas, x: float, y: float, size: float, angle: float, inks: Shades, rng: Rng
) -> None:
    """A leaf with one half in shade and a vein, or flat when there is one ink."""
    width, bend = float(rng.uniform(0.2, 0.36)), float(rng.normal(0, 0.2))
    blade = leaf(width, bend, 12)
    canvas.fill(placed(blade, x, y, size, angle), inks.body)
    spine = np.stack([np.linspace(0, 1, 12), bend * np.linspace(0, 1, 12) ** 2], axis=1)
    if inks.dark != inks.body:
        if inks.dark:
            half = np.vstack([blade[:12], spine[::-1]])
            canvas.fill(placed(half, x, y, size, angle), inks.dark)
        else:
            canvas.line(placed(spine[:10], x, y, size, angle), 0, size * 0.03)


def spray(
    canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng, leaves: int,
    angle: float | None = None,
) -> np.ndarray:  # fmt: skip
    """A bent stem with leaves on both sides; returns its tip (2,)."""
    angle = float(rng.uniform(0, 6.3)) if angle is None else angle
    bend = float(rng.normal(0, 0.35))
    spine = placed(curve([(0, 0), (0.5, bend * 0.4), (1, bend)], 6), x, y, size, angle)
    canvas.line(spine, inks.body, max(2.0, size * 0.035))
    for k in range(leaves):
        at = spine[int((k + 1) / (leaves + 1) * (len(spine) - 1))]
        side = 0.9 if k % 2 else -0.9
        shaded_leaf(canvas, *at, size * float(rng.uniform(0.3, 0.5)), angle + side, inks, rng)
    return spine[-1]


def berries(canvas: Canvas, x: float, y: float, size: float, inks: Shades, rng: Rng) -> None:
    """A cluster of berries with a light on each."""
    for dx, dy in rng.normal(0, 0.5 * size, (int(rng.integers(3, 8)), 2)):
        canvas.disc(x + dx, y + dy, size * 0.24, inks.dark or inks.body)
        canvas.disc(x + dx, y + dy, size * 0.19, inks.body)
        canvas.disc(x + dx - size * 0.06, y + dy - size * 0.06, size * 0.07, inks.light)


def tendril(x: float, y: float, size: float, angle: float) -> np.ndarray:
    """A curling tendril as a line, (n, 2)."""
    t = np.linspace(0, 1, 34)
    turn = 7.5 * t**2.2
    walk = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (1.6 / 34) * (1 - 0.55 * t)[:, None]
    return placed(np.cumsum(walk, axis=0), x, y, size, angle)
