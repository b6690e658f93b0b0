"""Cloth made up: what a sewn garment and the picture round it do to a macro view.

A photograph of cloth is often a photograph of a coat: panels that meet at a seam without the
pattern meeting, a placket with buttons, a pocket, a collar over skin, folds that run one way, and
a studio wall beyond the edge. None of it changes what the cloth is.
"""

from collections.abc import Callable

import cv2
import numpy as np

Rng = np.random.Generator
# Cuts another piece of the same cloth: (turn in radians) -> uint8 (size, size, 3).
Cut = Callable[[float], np.ndarray]


def backdrop(size: int, rng: Rng) -> np.ndarray:
    """What lies beyond the cloth, uint8 (size, size, 3): wall, skin, dark, or another plain cloth."""
    kind = rng.random()
    if kind < 0.45:  # a studio wall, white to light grey
        color = np.full(3, rng.uniform(205, 256)) + rng.uniform(-6, 6, 3)
    elif kind < 0.7:  # skin, from light to dark
        color = np.array([225, 180, 152]) * rng.uniform(0.35, 1.08) + rng.uniform(-12, 12, 3)
    elif kind < 0.85:
        color = rng.uniform(0, 60) + rng.uniform(-6, 6, 3)
    else:
        color = rng.uniform(0, 256, 3)
    slope = np.linspace(-1, 1, size, dtype=np.float32)
    shade = 1 + rng.uniform(-0.12, 0.12) * slope[:, None] + rng.uniform(-0.12, 0.12) * slope[None]
    return np.clip(color * shade[..., None], 0, 255).astype(np.uint8)


def curved_side(size: int, rng: Rng, reach: tuple[float, float]) -> np.ndarray:
    """A soft mask of all beyond a bent line, float32 (size, size, 1) in 0..1.

    Args:
        reach: how far the line may lie from the middle, in shares of the side.
    """
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    along = -np.sin(angle) * x + np.cos(angle) * y
    across = np.cos(angle) * x + np.sin(angle) * y
    bend = rng.uniform(-0.5, 0.5) * along**2 + rng.uniform(-0.25, 0.25) * along
    distance = (across - np.float32(rng.uniform(*reach)) - bend) * size
    return np.clip(distance + 0.5, 0, 1)[..., None]


def blend(under: np.ndarray, over: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Lay ``over`` on ``under`` where the mask is 1."""
    return (under + (over.astype(np.float32) - under) * mask).astype(np.uint8)


def seam(view: np.ndarray, cut: Cut, rng: Rng) -> np.ndarray:
    """Join a second panel of the same cloth, turned a little or mirrored, with a shadowed seam."""
    size = view.shape[0]
    other = cut(float(np.deg2rad(rng.choice([0, 0, 90, 8, -8, 45]))))
    if rng.random() < 0.4:
        other = view[:, ::-1]
    side = curved_side(size, rng, (-0.25, 0.25))
    joined = blend(view, other, side)
    edge = 1 - np.abs(2 * cv2.GaussianBlur(side[..., 0], (0, 0), rng.uniform(0.6, 1.6)) - 1)
    return (joined * (1 - rng.uniform(0.15, 0.6) * edge[..., None])).astype(np.uint8)


def pocket(view: np.ndarray, cut: Cut, rng: Rng) -> np.ndarray:
    """Sew on a pocket or flap, cut straight or on the bias."""
    size = view.shape[0]
    wide, high = (rng.uniform(0.25, 0.5, 2) * size).astype(int)
    x, y = int(rng.uniform(0, size - wide)), int(rng.uniform(0, size - high))
    mask = np.zeros((size, size), np.float32)
    cv2.rectangle(mask, (x, y), (x + wide, y + high), 1.0, -1)
    turn = float(np.deg2rad(rng.choice([0, 0, 45, 90])))
    sewn = blend(view, cut(turn), mask[..., None])
    shade = tuple(float(c) for c in view.reshape(-1, 3).mean(0) * rng.uniform(0.2, 0.7))
    cv2.rectangle(sewn, (x, y), (x + wide, y + high), shade, 1, cv2.LINE_AA)
    return sewn


def opening(view: np.ndarray, cut: Cut, rng: Rng) -> np.ndarray:
    """A neck opening: a V or round of skin or another cloth, at times between two lapels."""
    size = view.shape[0]
    view = np.ascontiguousarray(view)
    under = backdrop(size, rng)
    middle, depth = rng.uniform(0.3, 0.7) * size, rng.uniform(0.15, 0.7) * size
    half = rng.uniform(0.1, 0.4) * size
    mask = np.zeros((size, size), np.float32)
    if rng.random() < 0.6:
        if rng.random() < 0.4:  # lapels of the same cloth, turned
            width = rng.uniform(0.08, 0.25) * size
            for sign in (-1, 1):
                lapel = np.zeros((size, size), np.float32)
                points = [[middle, depth], [middle + sign * half, 0],
                          [middle + sign * (half + width), 0],
                          [middle + sign * (half * 0.7 + width), depth * 0.5]]  # fmt: skip
                cv2.fillPoly(lapel, [np.array(points, np.int32)], 1.0, cv2.LINE_AA)
                piece = cut(sign * float(rng.uniform(0.2, 0.8)))
                view = blend(view, (piece * 0.92).astype(np.uint8), lapel[..., None])
        points = [[middle, depth], [middle - half, -2], [middle + half, -2]]
        cv2.fillPoly(mask, [np.array(points, np.int32)], 1.0, cv2.LINE_AA)
    else:
        axes = (int(half), int(depth * 0.6))
        cv2.ellipse(mask, (int(middle), 0), axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return blend(view, under, mask[..., None])


def front(view: np.ndarray, rng: Rng) -> np.ndarray:
    """A button placket or a zip down the front; the right half lies a little lower."""
    size = view.shape[0]
    x = int(rng.uniform(0.25, 0.75) * size)
    view = np.ascontiguousarray(view)
    view[:, x:] = np.roll(view[:, x:], int(rng.integers(-6, 7)), axis=0)
    view[:, x : x + 2] = (view[:, x : x + 2] * rng.uniform(0.4, 0.75)).astype(np.uint8)
    color = tuple(float(c) for c in rng.choice([rng.uniform(200, 256, 3), rng.uniform(0, 60, 3)]))
    if rng.random() < 0.35:  # a zip
        width = int(rng.integers(1, 4))
        cv2.rectangle(view, (x - width, 0), (x + width, size), color, -1)
        teeth = (rng.uniform(0.5, 0.9) * view[::2, x - width : x + width + 1]).astype(np.uint8)
        view[::2, x - width : x + width + 1] = teeth
        return view
    step, radius = int(rng.integers(22, 60)), int(rng.integers(2, 5))
    for y in range(int(rng.integers(0, step)), size, step):
        cv2.circle(view, (x - 5, y), radius, color, -1, cv2.LINE_AA)
    return view


def folds(view: np.ndarray, rng: Rng) -> np.ndarray:
    """Folds that run one way and fan out, as cloth hangs: they bend the pattern and shade it."""
    size = view.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32) / size - 0.5
    angle = rng.uniform(-0.6, 0.6) + (np.pi / 2 if rng.random() < 0.25 else 0)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along, across = sin * x + cos * y, cos * x - sin * y
    fan = 1 + np.float32(rng.uniform(-0.7, 0.7)) * along
    wander = cv2.resize(rng.normal(size=(3, 3)).astype(np.float32), (size, size),
                        interpolation=cv2.INTER_CUBIC)  # fmt: skip
    phase = np.float32(2 * np.pi) * (np.float32(rng.uniform(0.6, 4.0)) * across * fan + np.float32(0.35) * wander)
    wave = np.sin(phase)
    wave = np.sign(wave) * np.abs(wave) ** np.float32(rng.uniform(0.6, 1.6))
    fade = np.clip(0.75 + np.float32(rng.uniform(-0.9, 0.9)) * along, 0, 1)
    bend = np.float32(rng.uniform(0, 0.03) * size) * np.cos(phase) * fade
    moved = cv2.remap(
        view, x * size + size / 2 + bend * cos, y * size + size / 2 - bend * sin,
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    shade = 1 + np.float32(rng.uniform(0.05, 0.4)) * wave * fade
    return np.clip(moved * shade[..., None], 0, 255).astype(np.uint8)


def make_up(view: np.ndarray, cut: Cut, rng: Rng) -> np.ndarray:
    """Sew a view of flat cloth into a part of a garment, and photograph it worn or hung.

    Args:
        view: uint8 (size, size, 3), flat cloth.
        cut: cuts other pieces of the same cloth.
        rng: source of chance.
    """
    for deed, share in ((seam, 0.35), (pocket, 0.2), (opening, 0.3)):
        if rng.random() < share:
            view = deed(view, cut, rng)
    if rng.random() < 0.3:
        view = front(view, rng)
    if rng.random() < 0.6:
        view = folds(view, rng)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))):
        view = blend(view, backdrop(view.shape[0], rng), curved_side(view.shape[0], rng, (0.2, 0.5)))
    return view
