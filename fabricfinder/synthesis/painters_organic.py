"""Painters of skins, camouflage, brushwork and dye: patterns that come from noise."""

from collections.abc import Callable

import cv2
import numpy as np

from fabricfinder.synthesis.canvas import Canvas, blob, curve, spread_points

Rng = np.random.Generator
Shape = tuple[int, int]


def wrapped_noise(shape: Shape, sigma: float, rng: Rng, squash: float = 1.0) -> np.ndarray:
    """Smooth noise on a wrapping tile, unit variance, float32; sigma in px at full size.

    Drawn small and enlarged, so that a wide blur costs little. ``squash`` > 1 lengthens it
    across.
    """
    factor = max(1, int(sigma / 4))
    h, w = max(8, shape[0] // factor), max(8, shape[1] // factor)
    pad = min(min(h, w), int(16 * max(1.0, squash)) + 2)
    small = rng.standard_normal((h, w), dtype=np.float32)
    wide = np.pad(small, pad, mode="wrap")
    s = sigma / factor
    wide = cv2.GaussianBlur(wide, (0, 0), sigmaX=s * squash, sigmaY=s)
    extra = 4
    inner = wide[pad - extra : pad + h + extra, pad - extra : pad + w + extra]
    size = (round((w + 2 * extra) * shape[1] / w), round((h + 2 * extra) * shape[0] / h))
    big = cv2.resize(inner, size, interpolation=cv2.INTER_CUBIC)
    top, left = round(extra * shape[0] / h), round(extra * shape[1] / w)
    big = big[top : top + shape[0], left : left + shape[1]]
    return (big - big.mean()) / max(float(big.std()), 1e-6)


def _nearest(
    shape: Shape, points: np.ndarray, stretch: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Worley field on a wrapping tile: distance to and index of the nearest point, and the gap
    to the second, computed at a quarter of the size."""
    h, w = shape[0] // 4, shape[1] // 4
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) * 4
    size = np.array([shape[1], shape[0]], np.float32)
    best = np.full((h, w), 1e12, np.float32)
    second = np.full((h, w), 1e12, np.float32)
    index = np.zeros((h, w), np.int32)
    for k, (px, py) in enumerate(points.astype(np.float32)):
        dx, dy = np.abs(x - px), np.abs(y - py)
        dx, dy = np.minimum(dx, size[0] - dx), np.minimum(dy, size[1] - dy) * stretch
        d = dx * dx + dy * dy
        closer = d < best
        second = np.where(closer, best, np.minimum(second, d))
        index[closer] = k
        best = np.minimum(best, d)
    return np.sqrt(best), index, np.sqrt(second)


def leopard(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Leopard: broken dark rings round tan hearts, or cheetah's plain spots."""
    canvas = Canvas(shape)
    count = int(rng.integers(14, 110))
    points = np.array(spread_points(shape, count, rng, 6))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    ring = rng.random() < 0.72
    size = step * float(rng.uniform(0.27, 0.42))
    flow = float(rng.uniform(0, np.pi))
    stretch = float(rng.uniform(1.0, 1.7))
    heart, dark = (1, 2) if n > 2 else (0, 1)
    for x, y in points:
        rosette = blob(rng, 22, 0.16) * size * float(rng.uniform(0.7, 1.2))
        rosette[:, 0] *= stretch
        angle = flow + float(rng.normal(0, 0.35))
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        rosette = rosette @ turn
        if not ring:
            canvas.fill(rosette * 0.75 + (x, y), dark)
            continue
        canvas.fill(rosette * 0.72 + (x, y), heart)
        first = int(rng.integers(22))
        for _ in range(int(rng.integers(2, 5))):
            length = int(rng.integers(4, 9))
            arc = np.take(rosette, range(first, first + length), axis=0, mode="wrap")
            canvas.line(arc * 0.85 + (x, y), dark, size * float(rng.uniform(0.35, 0.6)))
            first += length + int(rng.integers(1, 4))
    for x, y in spread_points(shape, count // 2, rng, 2):
        gap = points - (x, y)
        if np.hypot(*gap.T).min() > size * 1.3:
            canvas.fill(blob(rng, 12, 0.2) * size * 0.3 + (x, y), dark)
    return canvas.ink


def zebra(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Zebra (and tiger): stripes that wander, fork and taper."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    scale = min(shape)
    stripes = int(rng.integers(4, 14))
    warp = wrapped_noise(shape, scale / rng.uniform(4, 9), rng)
    pinch = wrapped_noise(shape, scale / rng.uniform(5, 12), rng, float(rng.uniform(1, 2)))
    upright = rng.random() < 0.4
    t = (x / shape[1] if upright else y / shape[0]) * stripes
    if rng.random() < 0.4:
        # The hide laid open: stripes run down from a spine.
        across = (y / shape[0]) if upright else (x / shape[1])
        t = t + float(rng.uniform(0.5, 2.5)) * np.abs(across - 0.5) * 2
    phase = t + warp * float(rng.uniform(0.25, 0.75))
    value = np.sin(2 * np.pi * phase) + float(rng.uniform(0.25, 0.7)) * pinch
    ink = (value > rng.uniform(-0.15, 0.35)).astype(np.uint8)
    if n > 2:
        ink[value > 1.3] = 2
    return ink


def camouflage(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Camouflage: blots of each ink laid over the last."""
    ink = np.zeros(shape, np.uint8)
    scale = min(shape) / float(rng.uniform(8, 26))
    squash = float(rng.uniform(1, 2.2))
    for k in range(1, max(3, n)):
        blot = wrapped_noise(shape, scale, rng, squash)
        blot += 0.35 * wrapped_noise(shape, scale / 3, rng, squash)
        ink[blot > float(rng.uniform(0.25, 0.75))] = k % n
    if rng.random() < 0.25:  # digital
        block = max(4, int(scale / 4))
        small = ink[block // 2 :: block, block // 2 :: block]
        ink = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_NEAREST)
    return ink


def abstract(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Brushwork, contour lines, terrazzo or marbling."""
    kind = int(rng.integers(4))
    scale = min(shape)
    if kind == 0:
        canvas = Canvas(shape)
        for x, y in spread_points(shape, int(rng.integers(20, 80)), rng):
            length = scale * float(rng.uniform(0.05, 0.2))
            angle = float(rng.normal(0.6, 0.6))
            steps = [(x + length * t * np.cos(angle + 0.8 * t),
                      y + length * t * np.sin(angle + 0.8 * t)) for t in (0, 0.5, 1)]
            width = scale * float(rng.uniform(0.01, 0.045))
            canvas.line(curve(steps, 8), 1 + int(rng.integers(max(1, n - 1))), width)
        return canvas.ink
    if kind == 1:
        level = wrapped_noise(shape, scale / rng.uniform(6, 14), rng)
        bands = np.floor((level + 4) * float(rng.uniform(1.2, 3.5))).astype(int)
        return (bands % n).astype(np.uint8)
    if kind == 2:
        canvas = Canvas(shape)
        for x, y in spread_points(shape, int(rng.integers(40, 160)), rng, 4):
            corners = int(rng.integers(3, 7))
            shard = blob(rng, corners, 0.35) * scale * float(rng.uniform(0.012, 0.045))
            canvas.fill(shard + (x, y), 1 + int(rng.integers(max(1, n - 1))))
        return canvas.ink
    y = np.mgrid[0 : shape[0], 0 : shape[1]][0].astype(np.float32) / shape[0]
    fold = wrapped_noise(shape, scale / 8, rng, 2.5) + 0.4 * wrapped_noise(shape, scale / 20, rng)
    phase = y * float(rng.integers(2, 7)) + fold * float(rng.uniform(0.3, 0.8))
    return (np.floor((phase % 1) * n * 1.0).astype(int) % n).astype(np.uint8)


def tie_dye(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Tie-dye and shibori: rings, pleats or bound points; a ramp 0..1."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    scale = min(shape)
    ragged = wrapped_noise(shape, scale / 45, rng) * 0.35 + wrapped_noise(shape, scale / 12, rng)
    kind = int(rng.integers(3))
    if kind == 0:  # rings round tied points
        points = np.array(spread_points(shape, int(rng.integers(2, 10)), rng))
        near, _, _ = _nearest(shape, points)
        near = cv2.resize(near, shape[::-1], interpolation=cv2.INTER_CUBIC)
        step = scale / np.sqrt(len(points))
        phase = near / step * float(rng.uniform(2, 5)) + 0.3 * ragged
    elif kind == 1:  # pleats
        axis = y / shape[0] if rng.random() < 0.5 else x / shape[1]
        phase = axis * float(rng.integers(4, 16)) + 0.22 * ragged
    else:  # crumpled
        phase = 0.55 * ragged + 0.5 * wrapped_noise(shape, scale / 7, rng)
    wave = 0.5 + 0.5 * np.cos(2 * np.pi * phase) + 0.12 * ragged
    sharp = float(rng.uniform(1.0, 2.4))
    return np.clip((wave - 0.5) * sharp + 0.5, 0, 1).astype(np.float32)


def gradient(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Ombré: one slow change of colour down or across the cloth and back; a ramp 0..1."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    t = y / shape[0] if rng.random() < 0.7 else x / shape[1]
    wave = 0.5 - 0.5 * np.cos(2 * np.pi * t)
    return np.clip(wave + 0.02 * wrapped_noise(shape, min(shape) / 12, rng), 0, 1).astype(
        np.float32
    )


def batik(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Batik: resist spots in rows on a dyed ground, crackled by the broken wax."""
    from fabricfinder.synthesis.painters_figurative import floral_large, paisley

    base = (floral_large if rng.random() < 0.6 else paisley)(shape, n, rng).copy()
    points = np.array(spread_points(shape, int(rng.integers(70, 150)), rng, 3))
    near, _, second = _nearest(shape, points)
    crack = cv2.resize(second - near, shape[::-1], interpolation=cv2.INTER_LINEAR)
    patchy = wrapped_noise(shape, min(shape) / 10, rng)
    base[(crack < min(shape) * 0.004) & (patchy > -0.2)] = n - 1
    return base


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    "leopard": leopard, "zebra": zebra, "camouflage": camouflage, "abstract": abstract,
    "tie-dye": tie_dye, "gradient": gradient, "batik": batik,
}  # fmt: skip
