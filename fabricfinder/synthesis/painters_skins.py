"""Painters of animal skins: rosettes and blotches, forking stripes, patches and scales."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.synthesis.canvas import Canvas, blob, grid_points, spread_points
from fabricfinder.synthesis.noise import choose, white
from fabricfinder.synthesis.painters_organic import wrapped_noise

Rng = np.random.Generator
Shape = tuple[int, int]
GRID = 256


def warped(ink: np.ndarray, reach: float, sigma: float, rng: Rng) -> np.ndarray:
    """A wrapping drawing pushed about by smooth noise, uint8 (h, w).

    Args:
        ink: uint8 (h, w).
        reach: typical push in px.
        sigma: how wide a push is, px.
        rng: source of chance.
    """
    h, w = ink.shape
    pad = int(4 * reach) + 2
    wide = cv2.copyMakeBorder(ink, pad, pad, pad, pad, cv2.BORDER_WRAP)
    x = np.arange(w, dtype=np.float32)[None, :] + pad
    y = np.arange(h, dtype=np.float32)[:, None] + pad
    dx = np.clip(wrapped_noise(ink.shape, sigma, rng), -4, 4) * np.float32(reach)
    dy = np.clip(wrapped_noise(ink.shape, sigma, rng), -4, 4) * np.float32(reach)
    return cv2.remap(wide, dx + x, dy + y, cv2.INTER_NEAREST)


def stipple(shape: Shape) -> np.ndarray:
    """Fixed grain of unit variance over a tile, float32 (h, w)."""
    grain = white()
    reps = (-(-shape[0] // len(grain)), -(-shape[1] // len(grain)))
    return np.tile(grain, reps)[: shape[0], : shape[1]]


@dataclass(frozen=True)
class _Coat:
    """How the marks of one coat are drawn."""

    size: float
    stretch: float
    thick: float
    gap: float
    pieces: tuple[int, int]
    hearts: bool
    seeds: bool


def _mark(canvas: Canvas, x: float, y: float, coat: _Coat, angle: float, rng: Rng,
          inks: tuple[int, int]) -> None:  # fmt: skip
    """One rosette: a heart, and pieces of ring that swell and taper."""
    heart, dark = inks
    size = coat.size * float(rng.uniform(0.72, 1.2))
    waves = [(k, rng.normal() * 0.13 / k**0.4, rng.uniform(0, 6.3)) for k in (2, 3, 4, 5)]

    def radius(t: np.ndarray) -> np.ndarray:
        return 1 + sum(a * np.cos(k * t + p) for k, a, p in waves)

    def put(t: np.ndarray, r: np.ndarray) -> np.ndarray:
        px, py = r * np.cos(t) * coat.stretch, r * np.sin(t)
        cos, sin = np.cos(angle) * size, np.sin(angle) * size
        return np.stack([px * cos - py * sin + x, px * sin + py * cos + y], axis=1)

    full = np.linspace(0, 2 * np.pi, 26, endpoint=False)
    if coat.hearts:
        canvas.fill(put(full, radius(full) * 0.92), heart)
    pieces = int(rng.integers(coat.pieces[0], coat.pieces[1] + 1))
    cuts = np.sort(rng.uniform(0, 2 * np.pi / pieces * 0.6, pieces)
                   + np.arange(pieces) * 2 * np.pi / pieces)  # fmt: skip
    for first, last in zip(cuts, np.append(cuts[1:], cuts[0] + 2 * np.pi), strict=True):
        last -= coat.gap * float(rng.uniform(0.5, 1.5))
        if last - first < 0.25:
            continue
        t = np.linspace(first, last, max(6, int((last - first) * 6)))
        taper = np.sin(np.pi * np.linspace(0.12, 0.88, len(t))) ** 0.6
        swell = 1 + 0.45 * np.sin(t * float(rng.uniform(1, 3)) + float(rng.uniform(0, 6.3)))
        half = coat.thick * taper * swell * 0.5
        r = radius(t)
        canvas.fill(np.vstack([put(t, r + half), put(t, np.maximum(r - half, 0.05))[::-1]]), dark)
    if coat.seeds and rng.random() < 0.7:
        for _ in range(int(rng.integers(1, 3))):
            dx, dy = rng.normal(0, 0.22 * size, 2)
            canvas.fill(blob(rng, 9, 0.15) * size * 0.15 + (x + dx, y + dy), dark)


def _shaded_ground(canvas: Canvas, rng: Rng, share: float) -> None:
    """Let the fur's second shade grow through the ground, in drifts."""
    field = wrapped_noise(canvas.ink.shape, canvas.height / 7, rng)
    field += 0.7 * stipple(canvas.ink.shape)
    canvas.ink[field > share] = 1


def _packed(shape: Shape, step: float, rng: Rng) -> list[tuple[float, float]]:
    """Places about ``step`` apart, close and uneven as marks on a hide."""
    rows, columns = max(2, round(shape[0] / step)), max(2, round(shape[1] / step))
    return grid_points(shape, rows, columns, "brick", 0.17, rng)


def rosettes(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Leopard and jaguar: broken rings round darker hearts, closely packed.

    Inks: ground, ground's second shade, heart, mark; with fewer the hearts go first.
    """
    canvas = Canvas(shape)
    count = int(choose(rng, (24, 40, 60, 90, 130)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    flow, heart, dark = float(rng.uniform(0, np.pi)), max(1, n - 2), n - 1
    if n > 3:
        _shaded_ground(canvas, rng, float(rng.uniform(0.2, 1.4)))
    coat = _Coat(
        step * float(rng.uniform(0.3, 0.39)), float(rng.uniform(0.95, 1.3)),
        float(rng.uniform(0.34, 0.62)), float(rng.uniform(0.25, 0.8)),
        choose(rng, ((1, 3), (2, 3), (2, 5), (3, 5))), n > 2, rng.random() < 0.25,
    )  # fmt: skip
    points = _packed(shape, step, rng)
    for x, y in points:
        angle = flow + float(rng.normal(0, 0.45))
        _mark(canvas, x, y, coat, angle, rng, (heart, dark))
    places = np.array(points)
    size = np.array([shape[1], shape[0]])
    for x, y in spread_points(shape, int(count * rng.uniform(0.6, 1.8)), rng, 2):
        gap = np.abs(places - (x, y))
        if np.hypot(*np.minimum(gap, size - gap).T).min() > coat.size * 1.35:
            canvas.fill(blob(rng, 11, 0.2) * coat.size * float(rng.uniform(0.18, 0.36)) + (x, y),
                        dark)  # fmt: skip
    return warped(canvas.ink, step * float(rng.uniform(0.05, 0.2)), step * 0.8, rng)


def blotches(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Printed leopard in solid marks: bent blots and C shapes, or cheetah's spots."""
    canvas = Canvas(shape)
    count = int(choose(rng, (30, 60, 100, 160, 220)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    flow, dark = float(rng.uniform(0, np.pi)), n - 1
    if n > 3:
        _shaded_ground(canvas, rng, float(rng.uniform(0.2, 1.4)))
    spots = rng.random() < 0.35
    coat = _Coat(
        step * float(rng.uniform(0.24, 0.33)), float(rng.uniform(1, 1.4)),
        float(rng.uniform(0.7, 1.1)), float(rng.uniform(0.7, 1.6)), (1, 2), False, False,
    )  # fmt: skip
    for x, y in _packed(shape, step, rng):
        angle = flow + float(rng.normal(0, 0.5))
        if spots:
            mark = blob(rng, 16, 0.15) * step * float(rng.uniform(0.16, 0.34))
            mark = mark * (coat.stretch, 1) @ np.array(
                [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # fmt: skip
            canvas.fill(mark + (x, y), dark)
            if n > 2 and rng.random() < 0.3:
                canvas.fill(mark * 0.45 + (x, y), n - 2)
        else:
            _mark(canvas, x, y, coat, angle, rng, (1, dark))
    return warped(canvas.ink, step * float(rng.uniform(0.05, 0.25)), step * 0.7, rng)


def stripe_field(rng: Rng, cycles: float, angle: float, spread: float) -> np.ndarray:
    """Stripes that fork, as a wrapping complex field (256, 256): noise passed by a narrow band.

    The angle of the value is the place within a stripe; where its size falls, stripes end or
    fork (wave dislocations: Nye & Berry 1974).

    Args:
        rng: source of chance.
        cycles: stripes over the tile.
        angle: direction across the stripes, radians.
        spread: how far the direction wanders, radians.
    """
    f = np.fft.fftfreq(GRID, 1 / GRID).astype(np.float32)
    fx, fy = f[None, :], f[:, None]
    radial = np.exp(-(((np.hypot(fx, fy) - cycles) / (0.16 * cycles)) ** 2) / 2)
    turn = np.angle(np.exp(1j * (np.arctan2(fy, fx) - angle)))
    band = radial * np.exp(-((turn / spread) ** 2) / 2)
    noise = rng.standard_normal((GRID, GRID), dtype=np.float32)
    field = np.fft.ifft2(np.fft.fft2(noise) * band)
    return (field / np.sqrt((np.abs(field) ** 2).mean())).astype(np.complex64)


def forked_stripes(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Zebra and tiger: stripes that fork and taper, in any direction, often with a spine."""
    cycles = float(np.exp(rng.uniform(np.log(4.5), np.log(17))))
    angle = float(choose(rng, (0.0, np.pi / 2, np.pi / 2, rng.uniform(0, np.pi))))
    mirror = rng.random() < 0.3
    if mirror:
        angle = float(choose(rng, (0.35, 0.6, 0.9, 1.2, np.pi / 2))) * np.pi / 2
    field = stripe_field(rng, cycles, angle, float(rng.uniform(0.1, 0.34)))
    value = np.real(field) / (0.35 + 0.65 * np.abs(field))
    # Where stripes end they come to a point, and their width breathes along them.
    value += float(rng.uniform(0.05, 0.35)) * wrapped_noise((GRID, GRID), 14, rng)
    value += float(rng.uniform(0.1, 0.7)) * (np.minimum(np.abs(field), 1.1) - 0.9)
    if mirror:
        value = np.hstack([value[:, ::2], value[:, ::2][:, ::-1]])
    pad = 4
    wide = cv2.copyMakeBorder(value.astype(np.float32), pad, pad, pad, pad, cv2.BORDER_WRAP)
    sx, sy = shape[1] / GRID, shape[0] / GRID
    u = (np.arange(shape[1], dtype=np.float32)[None, :] + 0.5) / np.float32(sx) + (pad - 0.5)
    v = (np.arange(shape[0], dtype=np.float32)[:, None] + 0.5) / np.float32(sy) + (pad - 0.5)
    big = cv2.remap(wide, *(np.ascontiguousarray(np.broadcast_to(c, shape)) for c in (u, v)),
                    cv2.INTER_CUBIC)  # fmt: skip
    level = float(rng.uniform(-0.25, 0.3))
    if rng.random() < 0.2:
        big += np.float32(0.12) * stipple(shape)  # the edge of hairs
    ink = (big > level).astype(np.uint8)
    if n > 2:
        ink[(ink == 0) & (big < level - 0.75)] = 2
    return ink


def patches(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Giraffe's plates, cow's patches or snake's scales."""
    kind = int(rng.integers(3))
    if kind == 0:
        canvas = Canvas(shape, 0)
        count = int(choose(rng, (14, 24, 40)))
        points = np.array(spread_points(shape, count, rng, 10))
        size = np.array([shape[1], shape[0]])
        for k, (x, y) in enumerate(points):
            gap = points - (x, y)
            gap -= np.round(gap / size) * size
            near = gap[np.argsort((gap**2).sum(1))[1:9]]
            canvas.fill(_cell(near, 0.88) + (x, y), 1 + k % max(1, n - 1))
        return warped(canvas.ink, min(shape) * 0.006, min(shape) / 40, rng)
    if kind == 1:
        level = wrapped_noise(shape, min(shape) / float(rng.uniform(7, 14)), rng)
        level += 0.2 * wrapped_noise(shape, min(shape) / 40, rng)
        return (level > float(rng.uniform(0.1, 0.7))).astype(np.uint8)
    cells = int(choose(rng, (12, 18, 26)))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    a = x / shape[1] * cells + y / shape[0] * cells
    b = x / shape[1] * cells - y / shape[0] * cells
    edge = np.minimum(np.minimum(a % 1, 1 - a % 1), np.minimum(b % 1, 1 - b % 1)) < 0.1
    places = (np.floor(a).astype(int) % cells, np.floor(b).astype(int) % cells)
    tone = cv2.GaussianBlur(rng.random((cells, cells)), (0, 0), 1.4)[places]
    ink = np.clip((tone - tone.min()) / np.ptp(tone) * n, 0, n - 1).astype(np.uint8)
    ink[edge] = n - 1
    return ink


def _cell(near: np.ndarray, share: float) -> np.ndarray:
    """The Voronoi cell about the origin against near points, shrunk to ``share``, (m, 2)."""
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    way = np.stack([np.cos(t), np.sin(t)], axis=1)
    reach = (near**2).sum(1) / 2 / np.maximum(way @ near.T, 1e-6)
    return way * np.where(reach > 0, reach, np.inf).min(1)[:, None] * share


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "rosettes": rosettes, "blotches": blotches, "forked-stripes": forked_stripes,
    "patches": patches,
}  # fmt: skip
