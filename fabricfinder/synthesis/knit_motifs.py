"""Charts for stranded knitting, drawn stitch by stitch: Nordic stars, Fair Isle bands, lice.

As knitters draw them: at most two colours a row, motifs mirrored, floats short.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from fabricfinder.synthesis.noise import choose, generator

Rng = np.random.Generator

# Half of a mirrored figure, a row a line; the last column is the axis.
_HALVES = {
    "heart": (".##.", "####", "####", ".###", "..##", "...#"),
    "tree": ("....#", "...##", "..###", "....#", "..###", ".####", "....#", "....#"),
    "cross": ("..#", ".##", "###", ".##", "..#"),
    "deer": (
        ".........#..#.", ".........#.##.", "..........##..", "..........####", "..........##..",
        "#.........##..", ".###########..", "..##########..", "..##########..", "..##.....###..",
        "..#.#.....#.#.", "..#.#.....#.#.", "..#.#.....#.#.",
    ),
    "anchor": ("...#", "..#.", "...#", ".###", "...#", "#..#", "##.#", ".###"),
}  # fmt: skip


def _figure(name: str) -> np.ndarray:
    """A mirrored figure, bool (rows, stitches); the deer looks one way."""
    half = np.array([[c == "#" for c in line] for line in _HALVES[name]])
    return half if name == "deer" else np.hstack([half, half[:, -2::-1]])


def star(radius: int) -> np.ndarray:
    """The eight-petalled Selbu rose, bool (2·radius + 1, 2·radius + 1)."""
    i, j = np.abs(np.mgrid[-radius : radius + 1, -radius : radius + 1])
    far, near = np.maximum(i, j), np.minimum(i, j)
    # Each petal is a lozenge between an axis and a diagonal, both left open.
    return (near >= 1) & (near <= (radius + 1) // 2) & (far > near) & (
        far - near <= (radius + 1) // 2
    )


def _set_in(figure: np.ndarray, period: int) -> np.ndarray:
    """A figure in the middle of ``period`` stitches, bool."""
    space = np.zeros((len(figure), period), bool)
    left = (period - figure.shape[1]) // 2
    space[:, left : left + figure.shape[1]] = figure
    return space


def _zigzag(rng: Rng) -> np.ndarray:
    period = int(choose(rng, (4, 6, 8)))
    high = period // 2 + 1
    depth = np.abs(np.arange(period) - period // 2)
    line = depth[None, :] - np.arange(high)[:, None]
    thick = int(choose(rng, (1, 1, 2)))
    return (line >= 0) & (line < thick)


def _diamonds(rng: Rng) -> np.ndarray:
    period = int(choose(rng, (6, 8, 12)))
    half = period // 2
    i, j = np.mgrid[0 : period - 1, 0:period]
    away = np.abs(i - half + 1) + np.abs(j - half)
    return (away < half) & (away >= int(choose(rng, (0, half - 2)))) | (away == 0)


def _lice(rng: Rng) -> np.ndarray:
    period = int(choose(rng, (4, 6)))
    rows = np.zeros((period, period), bool)
    rows[0, 0] = rows[period // 2, period // 2] = True
    return rows


def _peerie(rng: Rng) -> np.ndarray:
    """A small band: checks, ticks, crosses."""
    kind = int(rng.integers(4))
    if kind == 0:
        return np.array([[True, False], [False, True]])
    if kind == 1:
        return np.array([[True, False]])
    if kind == 2:
        return _set_in(_figure("cross"), int(choose(rng, (6, 8))))
    return np.array([[True, True, False, False], [False, True, True, False],
                     [False, False, True, True]])  # fmt: skip


def _grand(rng: Rng) -> np.ndarray:
    """A large band: roses, hearts, trees, deer."""
    kind = choose(rng, ("star", "star", "star", "heart", "tree", "deer", "anchor"))
    if kind == "star":
        radius = int(choose(rng, (5, 7, 9, 11)))
        rose = star(radius)
        space = _set_in(rose, 12 if radius == 5 else 24)
        if space.shape[1] - rose.shape[1] > 5:
            between = _set_in(_figure("cross"), 24)
            top = (len(rose) - 5) // 2
            space[top : top + 5] |= np.roll(between, 12, axis=1)
        return space
    figure = _figure(kind)
    return _set_in(figure, 24 if kind == "deer" else int(choose(rng, (8, 12))) if
                   figure.shape[1] <= 8 else 12)  # fmt: skip


_BANDS: tuple[Callable[[Rng], np.ndarray], ...] = (_zigzag, _diamonds, _lice, _peerie, _grand)


@lru_cache(maxsize=8)
def nordic_chart(seed: int, colours: int) -> np.ndarray:
    """One repeat of a stranded pattern.

    Args:
        seed: what is drawn.
        colours: how many yarns; 0 is the ground.

    Returns:
        uint8 (rows, 24) yarn numbers, at most two in a row.
    """
    rng = generator(seed, 79)
    if rng.random() < 0.2:
        band = choose(rng, (_lice, _diamonds, _grand, _grand))(rng)
        wide = np.tile(band, (1, 24 // band.shape[1]))
        gap = np.zeros((int(rng.integers(1, 5)), 24), bool)
        moved = np.roll(wide, band.shape[1] // 2, axis=1)
        return np.vstack([wide, gap, moved, gap]).astype(np.uint8)
    pieces: list[np.ndarray] = []
    for _ in range(int(rng.integers(2, 6))):
        band = _BANDS[int(rng.choice(5, p=[0.2, 0.2, 0.1, 0.25, 0.25]))](rng)
        band = np.tile(band, (1, 24 // band.shape[1]))
        ground, figure = 0, 1 + int(rng.integers(max(1, colours - 1)))
        if rng.random() < 0.3:
            ground, figure = figure, 0
        pieces.append(np.where(band, figure, ground).astype(np.uint8))
        plain = np.full((int(rng.integers(1, 4)), 24), ground if rng.random() < 0.5 else 0)
        if rng.random() < 0.3:
            plain[len(plain) // 2] = 1 + int(rng.integers(max(1, colours - 1)))
        pieces.append(plain.astype(np.uint8))
    return np.vstack(pieces)
