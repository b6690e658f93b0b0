"""A tile that wraps: shapes drawn over one edge come back at the other."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np


class Canvas:
    """Ink indices on a wrapping tile, drawn back to front.

    Attributes:
        ink: uint8 (h, w), 0 = ground.
    """

    def __init__(self, shape: tuple[int, int], ground: int = 0) -> None:
        self.ink = np.full(shape, ground, np.uint8)

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.ink.shape[0]

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.ink.shape[1]

    def _copies(self, points: np.ndarray, margin: float = 0) -> Iterator[np.ndarray]:
        """The points shifted by each whole tile that puts some of them on the tile."""
        low, high = points.min(0) - margin, points.max(0) + margin
        size = np.array([self.width, self.height])
        first, last = np.ceil(-high / size).astype(int), np.floor((size - low) / size).astype(int)
        for kx in range(first[0], last[0] + 1):
            for ky in range(first[1], last[1] + 1):
                yield points + size * (kx, ky)

    def fill(self, points: np.ndarray, ink: int) -> None:
        """Fill a polygon, float (n, 2) x, y in pixels."""
        for copy in self._copies(np.asarray(points, float)):
            cv2.fillPoly(self.ink, [np.rint(copy * 16).astype(np.int32)], ink, cv2.LINE_8, 4)

    def line(
        self, points: np.ndarray, ink: int, thickness: float, closed: bool = False
    ) -> None:
        """Stroke a polyline, float (n, 2), ``thickness`` pixels wide."""
        width = max(1, round(thickness))
        for copy in self._copies(np.asarray(points, float), thickness):
            cv2.polylines(
                self.ink, [np.rint(copy * 16).astype(np.int32)], closed, ink, width, cv2.LINE_8, 4
            )

    def disc(self, x: float, y: float, radius: float, ink: int) -> None:
        """Fill a circle."""
        for copy in self._copies(np.array([[x, y]]), radius):
            centre = tuple(np.rint(copy[0] * 16).astype(int).tolist())
            cv2.circle(self.ink, centre, max(1, round(radius * 16)), ink, -1, cv2.LINE_8, 4)


def placed(shape: np.ndarray, x: float, y: float, size: float, angle: float) -> np.ndarray:
    """Scale a unit shape (n, 2), turn it by ``angle`` radians and move it to x, y."""
    cos, sin = np.cos(angle) * size, np.sin(angle) * size
    return shape @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def grid_points(
    shape: tuple[int, int], rows: int, columns: int, drop: str, jitter: float,
    rng: np.random.Generator,
) -> list[tuple[float, float]]:  # fmt: skip
    """Places for motifs on a tile.

    Args:
        shape: tile height and width.
        rows, columns: how many (rows or columns is made even where the drop needs it).
        drop: ``straight``, ``half`` (every other column half a step down), ``brick`` or
            ``random``.
        jitter: share of the step each place may move, 0..0.5.
        rng: source of chance.
    """
    if drop == "half" and columns % 2:
        columns += 1
    if drop == "brick" and rows % 2:
        rows += 1
    step_y, step_x = shape[0] / rows, shape[1] / columns
    if drop == "random":
        return spread_points(shape, rows * columns, rng)
    places = []
    for r in range(rows):
        for c in range(columns):
            x = (c + 0.5 + (0.5 * (r % 2) if drop == "brick" else 0)) * step_x
            y = (r + 0.5 + (0.5 * (c % 2) if drop == "half" else 0)) * step_y
            dx, dy = rng.uniform(-jitter, jitter, 2)
            places.append((x + dx * step_x, y + dy * step_y))
    return places


def spread_points(
    shape: tuple[int, int], count: int, rng: np.random.Generator, tries: int = 8
) -> list[tuple[float, float]]:
    """Random places that keep apart on a wrapping tile (best of ``tries`` candidates each)."""
    size = np.array([shape[1], shape[0]], float)
    chosen = rng.random((1, 2)) * size
    for _ in range(count - 1):
        candidates = rng.random((tries, 2)) * size
        gap = np.abs(candidates[:, None, :] - chosen[None, :, :])
        gap = np.minimum(gap, size - gap)
        nearest = (gap**2).sum(-1).min(1)
        chosen = np.vstack([chosen, candidates[nearest.argmax()]])
    return [(float(x), float(y)) for x, y in chosen]


def circle(n: int = 32) -> np.ndarray:
    """Unit circle, (n, 2)."""
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([np.cos(t), np.sin(t)], axis=1)


def regular(n: int, turn: float = 0.0) -> np.ndarray:
    """Regular polygon of n corners, (n, 2)."""
    t = np.linspace(0, 2 * np.pi, n, endpoint=False) + turn
    return np.stack([np.cos(t), np.sin(t)], axis=1)


def star(points: int, inner: float = 0.45) -> np.ndarray:
    """Star with inner radius ``inner``, (2·points, 2)."""
    t = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False) - np.pi / 2
    r = np.where(np.arange(2 * points) % 2, inner, 1.0)
    return np.stack([r * np.cos(t), r * np.sin(t)], axis=1)


def petals(n: int, depth: float = 0.5, roundness: float = 0.5, steps: int = 12) -> np.ndarray:
    """Outline of a flower of n petals: radius from 1 − depth to 1, (n·steps, 2)."""
    t = np.linspace(0, 2 * np.pi, n * steps, endpoint=False)
    r = 1 - depth + depth * np.abs(np.cos(n * t / 2)) ** roundness
    return np.stack([r * np.cos(t), r * np.sin(t)], axis=1)


def leaf(width: float = 0.35, tip: float = 0.0, steps: int = 14) -> np.ndarray:
    """Leaf from the origin to (1, 0), bent by ``tip``: (2·steps, 2)."""
    t = np.linspace(0, 1, steps)
    half = width * np.sin(np.pi * t**0.8) * (1 - 0.25 * t)
    spine = tip * t**2
    upper = np.stack([t, spine - half], axis=1)
    lower = np.stack([t, spine + half], axis=1)[::-1]
    return np.vstack([upper, lower])


def boteh(curl: float = 0.55, width: float = 0.55, steps: int = 48) -> np.ndarray:
    """The paisley drop, round below, its tip bent over; about one unit high: (steps, 2)."""
    t = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    x = width * np.sin(t) * np.sin(t / 2) ** 1.1
    y = np.cos(t)
    rise = np.clip((y + 0.2) / 1.2, 0, 1)
    return np.stack([x + curl * rise**2.2, -y + 0.35 * curl * rise**3], axis=1) * 0.62


def blob(rng: np.random.Generator, n: int, rough: float) -> np.ndarray:
    """A rough closed outline about the unit circle, (n, 2)."""
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = np.ones(n)
    for k in range(2, 6):
        r += rough * rng.normal() / k**0.5 * np.cos(k * t + rng.uniform(0, 6.3))
    r = np.clip(r, 0.4, 1.7)
    return np.stack([r * np.cos(t), r * np.sin(t)], axis=1)


def curve(points: Sequence[tuple[float, float]], steps: int = 16) -> np.ndarray:
    """Catmull-Rom curve through points, (n, 2)."""
    p = np.asarray(points, float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    return np.vstack([*parts, p[-2][None]])
