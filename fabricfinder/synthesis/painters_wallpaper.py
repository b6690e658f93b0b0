"""Painters of prints in each of the 17 plane symmetry groups: geometric, and arabesques."""

from collections.abc import Callable
from functools import partial

import numpy as np

from fabricfinder.synthesis.canvas import (
    Canvas,
    blob,
    boteh,
    leaf,
    petals,
    placed,
    regular,
    star,
)
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.wallpaper import (
    GROUPS,
    folded,
    rectangle,
    to_fraction,
)

Rng = np.random.Generator
Shape = tuple[int, int]
CELL = 512


def _band(path: np.ndarray, wide: float) -> np.ndarray:
    """A closed outline ``wide`` about a polyline (m, 2)."""
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * wide / 2
    return np.vstack([path + across, (path - across)[::-1]])


def _angular(rng: Rng) -> np.ndarray:
    """A straight-edged piece about the origin, about one unit large."""
    kind = int(rng.integers(6))
    if kind == 0:
        return regular(int(choose(rng, (3, 4, 4, 6, 8))))
    if kind == 1:
        return star(int(choose(rng, (4, 5, 6, 8))), float(rng.uniform(0.3, 0.7)))
    if kind == 2:
        return np.array([[-1, -0.2], [1, -0.2], [1, 0.2], [-1, 0.2]])
    if kind == 3:
        return np.array([[-1.0, -0.3], [0.6, -0.3], [1, 0], [0.6, 0.3], [-1, 0.3], [-0.6, 0]])
    if kind == 4:
        return np.array([[-0.9, -0.9], [0.9, -0.9], [0.9, -0.3], [-0.3, -0.3], [-0.3, 0.9],
                         [-0.9, 0.9]])  # fmt: skip
    return blob(rng, int(choose(rng, (3, 4, 5))), 0.3)


def _curved(rng: Rng) -> np.ndarray:
    """A leaf, petal, drop, scroll or flower about the origin, about one unit large."""
    kind = int(rng.integers(6))
    if kind == 0:
        return leaf(float(rng.uniform(0.2, 0.45)), float(rng.uniform(-0.5, 0.5))) * 1.8 - (0.9, 0)
    if kind == 1:
        return petals(int(rng.integers(4, 9)), float(rng.uniform(0.2, 0.5)), 0.6)
    if kind == 2:
        return boteh(float(rng.uniform(0.3, 0.8)), 0.55) * 1.5
    if kind == 3:
        t = np.linspace(0.6, 7, 40)
        return _band(np.stack([np.cos(t), np.sin(t)], axis=1) * (t / 7)[:, None], 0.2)
    if kind == 4:
        return regular(28)
    t = np.linspace(-1, 1, 24)
    return _band(np.stack([t, 0.4 * np.sin(np.pi * t)], axis=1), float(rng.uniform(0.12, 0.3)))


def cell_of(group: str, n: int, rng: Rng, curved: bool) -> np.ndarray:
    """One cell of a print: pieces laid over each other, each at all its places, uint8 (512, 512).

    Args:
        group: a key of ``wallpaper.GROUPS``.
        n: inks.
        rng: source of chance.
        curved: leaves and scrolls instead of straight edges.
    """
    operations = GROUPS[group]
    canvas = Canvas((CELL, CELL))
    reach = min(0.62, float(np.sqrt(1 / len(operations))))
    piece = _curved if curved else _angular

    def lay(points: np.ndarray, ink: int) -> None:
        for operation in operations:
            canvas.fill(operation.on(to_fraction(points, group)) * CELL, ink)

    for k in range(int(rng.integers(3, 8))):
        shape = piece(rng)
        size = reach * float(rng.uniform(0.2, 0.5)) * 0.9**k
        x, y = rng.random(2)
        turn = float(choose(rng, (0, np.pi / 4, np.pi / 2, rng.uniform(0, 6.3))))
        ink = 1 + k % max(1, n - 1)
        lay(placed(shape, x, y, size, turn), ink)
        for scale in (0.66, 0.36)[: int(rng.integers(0, 3))]:
            ink = (ink + 1) % n
            lay(placed(shape, x, y, size * scale, turn), ink)
    if rng.random() < 0.7:
        # Something stands where the group's rotations (or the corners of its cells) meet.
        sides = {"p3": 3, "p31m": 3, "p3m1": 3, "p6": 6, "p6m": 6}.get(group, 4)
        for k, scale in enumerate((0.3, 0.19, 0.09)):
            middle = petals(sides, 0.4) if curved else star(sides, 0.55)
            lay(placed(middle, 0, 0, reach * scale * 1.2, 0), (k + 1) % n)
    return folded(canvas.ink, group)


def painted_in(shape: Shape, n: int, rng: Rng, group: str, curved: bool) -> np.ndarray:
    """A tile of one to three cells across in a symmetry group."""
    cell = cell_of(group, n, rng, curved)
    return rectangle(cell, group, shape, int(choose(rng, (1, 2, 2, 3))))


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {
    f"{name}-{group}": partial(painted_in, group=group, curved=curved)
    for name, curved in (("geometric", False), ("arabesque", True))
    for group in GROUPS
}
