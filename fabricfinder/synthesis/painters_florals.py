"""Painters of florals: painted, outlined, crowded, trailing, in silhouette and in watercolour."""

from collections.abc import Callable

import cv2
import numpy as np

from fabricfinder.synthesis.blooms import (
    FLOWERS,
    Garden,
    Shades,
    bell,
    berries,
    daisy,
    open_flower,
    shaded_leaf,
    spray,
    tendril,
)
from fabricfinder.synthesis.canvas import Canvas, curve, grid_points, placed, spread_points
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.painters_organic import wrapped_noise
from fabricfinder.synthesis.painters_skins import stipple, warped

Rng = np.random.Generator
Shape = tuple[int, int]


def _places(shape: Shape, count: int, rng: Rng) -> list[tuple[float, float]]:
    """Tossed more often than set."""
    if rng.random() < 0.7:
        return spread_points(shape, count, rng, 10)
    many = max(1, round(np.sqrt(count)))
    return grid_points(shape, many, many, str(choose(rng, ("half", "brick"))), 0.08, rng)


def _posy(
    canvas: Canvas, x: float, y: float, size: float, garden: Garden, rng: Rng, leaves: int,
    flower: Callable[..., None],
) -> None:  # fmt: skip
    """One large flower with leaves behind it, and perhaps buds, berries and small flowers."""
    for _ in range(leaves):
        angle = float(rng.uniform(0, 6.3))
        out = placed(np.array([[0.55, 0.0]]), x, y, size, angle)[0]
        shaded_leaf(canvas, *out, size * float(rng.uniform(0.8, 1.35)), angle, garden.leaf, rng)
    for _ in range(int(rng.integers(0, 3))):
        tip = spray(canvas, x, y, size * float(rng.uniform(1.3, 1.9)), garden.leaf, rng,
                    int(rng.integers(2, 6)))  # fmt: skip
        inks = choose(rng, garden.flowers)
        choose(rng, (bell, berries, daisy))(canvas, *tip, size * 0.28, inks, rng)
    flower(canvas, x, y, size, choose(rng, garden.flowers), rng)


def painted(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Posies of shaded flowers and leaves, apart on their ground or in bouquets."""
    canvas, garden = Canvas(shape), Garden.of(n)
    count = int(choose(rng, (3, 5, 8, 14, 24)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    size = step * float(rng.uniform(0.22, 0.36))
    kinds = [choose(rng, FLOWERS) for _ in range(3)]
    leaves = int(rng.integers(2, 8))
    bouquet = rng.random() < 0.35
    for x, y in _places(shape, count, rng):
        if bouquet:
            for _ in range(int(rng.integers(2, 5))):
                dx, dy = rng.normal(0, size * 0.75, 2)
                _posy(canvas, x + dx, y + dy, size * 0.6, garden, rng, leaves // 2,
                      choose(rng, kinds))  # fmt: skip
        _posy(canvas, x, y, size * float(rng.uniform(0.75, 1.1)), garden, rng, leaves,
              choose(rng, kinds))  # fmt: skip
    return canvas.ink


def crowded(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Flowers and leaves over each other until little ground is left."""
    canvas, garden = Canvas(shape), Garden.of(n)
    count = int(choose(rng, (10, 18, 32, 50)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    for x, y in spread_points(shape, count * 2, rng, 3):
        shaded_leaf(canvas, x, y, step * float(rng.uniform(0.6, 1.1)), float(rng.uniform(0, 6.3)),
                    garden.leaf, rng)  # fmt: skip
    kinds = [choose(rng, FLOWERS) for _ in range(4)]
    for x, y in spread_points(shape, count, rng, 6):
        choose(rng, kinds)(canvas, x, y, step * float(rng.uniform(0.22, 0.56)),
                           choose(rng, garden.flowers), rng)  # fmt: skip
    for x, y in spread_points(shape, count, rng, 3):
        open_flower(canvas, x, y, step * float(rng.uniform(0.1, 0.18)),
                    choose(rng, garden.flowers), rng)  # fmt: skip
    return canvas.ink


def calico(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Calico and Liberty: many tiny flowers, leaves and dots, close or on dainty stems."""
    canvas, garden = Canvas(shape), Garden.of(n)
    count = int(choose(rng, (30, 60, 100)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    size = step * float(rng.uniform(0.2, 0.42))
    leaves, stems = int(rng.integers(0, 4)), rng.random() < 0.5
    kinds = [choose(rng, (open_flower, open_flower, daisy, bell)) for _ in range(2)]
    drop = str(choose(rng, ("random", "random", "half", "brick")))
    many = max(2, round(np.sqrt(count)))
    for x, y in grid_points(shape, many, many, drop, 0.2, rng):
        inks = choose(rng, garden.flowers)
        if stems:
            x, y = spray(canvas, x, y, step * 0.42, garden.leaf, rng, leaves)
        else:
            for _ in range(leaves):
                shaded_leaf(canvas, x, y, size * 1.6, float(rng.uniform(0, 6.3)), garden.leaf, rng)
        choose(rng, kinds)(canvas, x, y, size, inks, rng)
    if rng.random() < 0.5:
        for x, y in spread_points(shape, 2 * count, rng, 2):
            canvas.disc(x, y, size * 0.14, choose(rng, garden.flowers).light)
    return canvas.ink


def sprigs(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Stems of flowers standing apart on an open ground."""
    canvas, garden = Canvas(shape), Garden.of(n)
    count = int(choose(rng, (4, 7, 12, 20)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    size = step * float(rng.uniform(0.4, 0.75))
    kind = choose(rng, FLOWERS)
    lean = float(rng.uniform(0.2, 3))
    for x, y in _places(shape, count, rng):
        base = -np.pi / 2 + float(rng.normal(0, lean))
        inks = choose(rng, garden.flowers)
        for k in range(int(rng.integers(1, 4))):
            tip = spray(canvas, x, y, size * float(rng.uniform(0.7, 1.2)), garden.leaf, rng,
                        int(rng.integers(2, 6)), base + (k - 1) * 0.45)  # fmt: skip
            kind(canvas, *tip, size * float(rng.uniform(0.2, 0.36)), inks, rng)
    return canvas.ink


def trailing(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Chintz: wavy stems that run through the cloth with flowers, leaves and tendrils."""
    canvas, garden = Canvas(shape), Garden.of(n)
    vines = int(choose(rng, (1, 2, 3, 4)))
    wide = shape[1] / vines
    waves = int(choose(rng, (1, 2, 3)))
    bend = wide * float(rng.uniform(0.16, 0.34))
    size = min(wide, shape[0] / waves / 2) * float(rng.uniform(0.3, 0.46))
    kinds = [choose(rng, FLOWERS) for _ in range(3)]
    for v in range(vines):
        phase = np.pi * (v % 2) + float(rng.uniform(0, 0.5))
        y = np.linspace(0, shape[0], 60 * waves)
        x = (v + 0.5) * wide + bend * np.sin(2 * np.pi * waves * y / shape[0] + phase)
        canvas.line(np.stack([x, y], axis=1), garden.leaf.dark or garden.leaf.body, size * 0.06)
        for k in range(0, len(y) - 1, max(2, 60 // int(rng.integers(9, 16)))):
            side = 1 if (k // 4) % 2 else -1
            angle = np.arctan2(y[k + 1] - y[k], x[k + 1] - x[k]) + side * 0.9
            reach = size * float(rng.uniform(0.5, 1))
            shaded_leaf(canvas, x[k], y[k], reach, angle, garden.leaf, rng)
            if rng.random() < 0.3:
                curl = tendril(x[k], y[k], size * 1.1, angle + 0.5 * side)
                canvas.line(curl, garden.leaf.body, max(1.5, size * 0.03))
        for turn in range(2 * waves):
            at = int((turn + 0.5 - phase / np.pi) / (2 * waves) * len(y)) % len(y)
            side = np.sign(x[at] - (v + 0.5) * wide) or 1
            choose(rng, kinds)(canvas, x[at] - side * bend * 0.55, y[at],
                               size * float(rng.uniform(0.7, 1)), choose(rng, garden.flowers), rng)
    return canvas.ink


def silhouettes(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Flat flowers and leaves, their petals parted by lines of the ground (Hawaiian, stencil)."""
    flat = Garden.of(n)
    if n >= 7:
        flat = Garden(Shades(0, 2, 2, 0), tuple(
            Shades(0, f.body, f.body, 0) for f in flat.flowers))  # fmt: skip
    else:
        flat = Garden(flat.leaf, tuple(Shades(0, f.body, f.body, 0) for f in flat.flowers))
    canvas = Canvas(shape)
    count = int(choose(rng, (3, 5, 9, 16)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    size = step * float(rng.uniform(0.3, 0.44))
    kind = choose(rng, (open_flower, open_flower, daisy))
    fronds = int(rng.integers(2, 7))
    for x, y in _places(shape, count, rng):
        for _ in range(fronds):
            spray(canvas, x, y, size * float(rng.uniform(1.2, 1.7)), flat.leaf, rng,
                  int(rng.integers(3, 8)))  # fmt: skip
        kind(canvas, x, y, size, choose(rng, flat.flowers), rng)
    return canvas.ink


def _outlined_flower(
    canvas: Canvas, x: float, y: float, size: float, line: int, fill: int, wide: float, rng: Rng
) -> None:
    """A flower in line: lobed rounds one inside the other, each with its veins."""
    lobes = int(rng.integers(5, 8))
    turn = float(rng.uniform(0, 6.3))
    t = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    for k, scale in enumerate((1.0, 0.66, 0.4)):
        r = 0.74 + 0.26 * np.abs(np.cos(lobes * t / 2 + 0.6 * k)) ** 0.7
        r = r * (1 + 0.05 * np.sin(3 * t + turn))
        shape = placed(np.stack([r * np.cos(t), r * np.sin(t)], 1), x, y, size * scale, turn)
        canvas.fill(shape, fill)
        canvas.line(shape, line, wide, closed=True)
        for m in range(lobes * 2):
            way = np.array([np.cos(turn + m * np.pi / lobes), np.sin(turn + m * np.pi / lobes)])
            canvas.line(np.array([x, y]) + way * size * scale * np.array([[0.55], [0.72]]), line,
                        wide * 0.7)  # fmt: skip
    canvas.disc(x, y, size * 0.12, line)


def outlined(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Flowers and leaves in line, empty or filled off their lines."""
    canvas = Canvas(shape)
    count = int(choose(rng, (3, 5, 9, 16, 26)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    size = step * float(rng.uniform(0.26, 0.42))
    wide = max(2.0, size * float(rng.uniform(0.018, 0.05)))
    line = n - 1 if n < 7 else 1
    fills = list(range(1, n - 1)) if n > 2 and rng.random() < 0.7 else [0]
    for x, y in _places(shape, count, rng):
        for _ in range(int(rng.integers(2, 7))):
            angle = float(rng.uniform(0, 6.3))
            reach = size * float(rng.uniform(1.2, 1.9))
            bent = curve([(0.3, 0), (0.65, 0.24), (1, 0), (0.65, -0.2), (0.3, 0)], 6)
            blade = placed(bent, x, y, reach, angle)
            canvas.fill(blade, int(choose(rng, fills)))
            canvas.line(blade, line, wide)
            canvas.line(placed(np.array([[0.3, 0.0], [0.9, 0.0]]), x, y, reach, angle), line, wide)
        _outlined_flower(canvas, x, y, size * float(rng.uniform(0.8, 1.1)), line,
                         int(choose(rng, fills)), wide, rng)  # fmt: skip
    return canvas.ink


def watercolour(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """A painted or crowded floral whose edges have run and whose washes break up."""
    ink = (painted if rng.random() < 0.5 else crowded)(shape, n, rng)
    scale = min(shape)
    ink = warped(ink, scale * float(rng.uniform(0.004, 0.02)), scale / 30, rng)
    wash = wrapped_noise(shape, scale / 24, rng) + 1.2 * stipple(shape)
    second = warped(ink, scale * float(rng.uniform(0.008, 0.02)), scale / 14, rng)
    ink = np.where(wash > 0.9, second, ink)
    if rng.random() < 0.4:
        ink = cv2.medianBlur(ink, 5)
    return ink


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "floral-painted": painted, "floral-crowded": crowded, "floral-calico": calico,
    "floral-sprigs": sprigs, "floral-trailing": trailing, "floral-silhouettes": silhouettes,
    "floral-outlined": outlined, "floral-watercolour": watercolour,
}  # fmt: skip
