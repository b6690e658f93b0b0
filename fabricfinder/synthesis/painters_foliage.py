"""Painters of foliage: palm fronds, ferns, split leaves and branches, shaded, flat or in line."""

from collections.abc import Callable

import numpy as np

from fabricfinder.synthesis.blooms import Shades, shaded_leaf, spray
from fabricfinder.synthesis.canvas import Canvas, curve, leaf, placed, spread_points
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator
Shape = tuple[int, int]


def _frond(
    canvas: Canvas, x: float, y: float, size: float, angle: float, inks: Shades, rng: Rng
) -> None:
    """A palm or fern frond: narrow leaflets, longest in the middle, along a bent rib."""
    bend = float(rng.normal(0, 0.3))
    knots = curve([(0, 0), (0.5, bend * 0.3), (1, bend)], int(rng.integers(5, 9)))
    rib = placed(knots, x, y, size, angle)
    narrow = float(rng.uniform(0.06, 0.1))
    open_ = float(rng.uniform(0.6, 1.1))
    for k in range(1, len(rib) - 1):
        way = np.arctan2(*(rib[k + 1] - rib[k])[::-1])
        reach = size * 0.5 * np.sin(np.pi * (0.12 + 0.85 * k / len(rib))) ** 0.8
        for side, ink in ((open_, inks.body), (-open_, inks.dark or inks.body)):
            canvas.fill(placed(leaf(narrow, 0.1), *rib[k], reach, way + side), ink)
    canvas.line(rib, inks.light, max(1.5, size * 0.014))


def _split_leaf(
    canvas: Canvas, x: float, y: float, size: float, angle: float, inks: Shades, rng: Rng
) -> None:
    """A monstera: a broad heart cut from its edge towards the rib."""
    t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    r = 0.52 * (1 - 0.35 * np.cos(t)) * (1 + 0.08 * np.cos(2 * t))
    cuts = np.abs(np.sin(4.5 * (t - np.pi))) < 0.2
    inner = np.where(cuts & (np.abs(t - np.pi) < 2.6), 0.42, 1.0)
    outline = np.stack([-np.cos(t), np.sin(t)], axis=1) * (r * inner)[:, None] + (0.5, 0)
    canvas.fill(placed(outline, x, y, size, angle), inks.body)
    rib = placed(np.array([[0.05, 0.0], [0.95, 0.0]]), x, y, size, angle)
    canvas.line(rib, inks.dark, max(1.5, size * 0.02))
    for k in range(2, 8):
        for side in (0.9, -0.9):
            foot = rib[0] + (rib[1] - rib[0]) * k / 9
            tip = foot + size * 0.26 * np.array([np.cos(angle + side), np.sin(angle + side)])
            canvas.line(np.array([foot, tip]), inks.dark, max(1.0, size * 0.01))


def _branch(
    canvas: Canvas, x: float, y: float, size: float, angle: float, inks: Shades, rng: Rng
) -> None:
    spray(canvas, x, y, size, inks, rng, int(rng.integers(5, 11)), angle)


def foliage(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Leaves of one or two kinds, sparse or layered from far to near.

    Inks: ground, then shades in threes (dark, body, light) when there are 4, 7 or 10; flat else.
    """
    canvas = Canvas(shape)
    if n in (4, 7, 10):
        sets = [Shades(k, k + 1, k + 2, 0) for k in range(1, n, 3)]
    else:
        sets = [Shades(0, k, 0, 0) for k in range(1, n)]
    kinds = [choose(rng, (_frond, _frond, _split_leaf, _branch, shaded_leaf)) for _ in range(2)]
    count = int(choose(rng, (6, 10, 18, 32)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    layers = int(choose(rng, (1, 1, 2, 3))) if n in (4, 7, 10) else 1
    size_1 = step * (0.95 if len(sets) > 1 or layers > 1 else 0.72)
    flow, spread = float(rng.uniform(0, 6.3)), float(choose(rng, (0.3, 0.8, 3.0)))
    for layer in range(layers):
        inks = sets[layer % len(sets)]
        for x, y in spread_points(shape, count, rng, 8):
            angle = flow + float(rng.normal(0, spread))
            size = size_1 * float(rng.uniform(0.75, 1.25))
            back = 0.5 * size * np.array([np.cos(angle), np.sin(angle)])
            if layers == 1:
                inks = choose(rng, sets)
            choose(rng, kinds)(canvas, x - back[0], y - back[1], size, angle, inks, rng)
    return canvas.ink


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {"foliage": foliage}
