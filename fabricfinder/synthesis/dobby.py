"""Small woven figures on a plain or twill ground, thread by thread, as a dobby loom makes them."""

import numpy as np

from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.weaves import Weave, basket, twill

Rng = np.random.Generator

# Spots drawn thread by thread: rows of a figure, # = the warp floats.
_SPOTS = {
    "diamond": ("....#....", "...###...", "..#####..", ".#######.", "..#####..", "...###...",
                "....#...."),
    "cross": ("...##...", "...##...", "########", "########", "...##...", "...##..."),
    "star": ("#...#...#", ".#..#..#.", "..#.#.#..", "...###...", "#########", "...###...",
             "..#.#.#..", ".#..#..#.", "#...#...#"),
    "bar": ("##", "##", "##", "##", "##", "##"),
    "dot": (".###.", "#####", "#####", "#####", ".###."),
    "hollow": ("...##...", "..#..#..", ".#....#.", "#......#", "#......#", ".#....#.", "..#..#..",
               "...##..."),
    "pine": ("...#...", "..###..", ".#####.", "...#...", ".#####.", "#######", "...#..."),
    "key": ("######..", "#....#..", "#.##.#..", "#.#..#..", "#.####..", "#.......", "########"),
}  # fmt: skip


def figure_of(kind: str, scale: int) -> np.ndarray:
    """A spot, bool (picks, ends), each of its points ``scale`` threads wide; KeyError if none."""
    rows = np.array([[c == "#" for c in row] for row in _SPOTS[kind]])
    return np.kron(rows, np.ones((scale, scale), bool)).astype(bool)


def dobby_weave(rng: Rng) -> Weave:
    """A ground with a small figure in warp floats, straight or half-dropped.

    Floats are tied down every fifth pick, so that the cloth holds together.
    """
    kind = choose(rng, tuple(_SPOTS))
    spot = figure_of(kind, int(choose(rng, (1, 2, 2, 3, 3, 4))))
    high, wide = spot.shape
    room = float(rng.uniform(1.3, 2.8))
    even = 2 * (2 if rng.random() < 0.75 else 3)
    repeat_y = -(-max(high + 2, round(high * room)) // even) * even
    repeat_x = -(-max(wide + 2, round(wide * room)) // even) * even
    mask = np.zeros((repeat_y, repeat_x), bool)
    mask[1 : 1 + high, 1 : 1 + wide] = spot
    if rng.random() < 0.6:  # half drop
        blank = np.zeros_like(mask)
        left = np.vstack([mask, blank])
        mask = np.hstack([left, np.roll(left, repeat_y, axis=0)])
    ground = basket(1) if even == 4 else twill(1, 2)
    picks, ends = mask.shape
    lift = np.tile(ground, (-(-picks // len(ground)), -(-ends // len(ground))))[:picks, :ends]
    pick, end = np.indices(mask.shape)
    tie = (pick + 2 * end) % 5 == 0
    lift = np.where(mask, ~tie, lift)
    return Weave("dobby", f"{kind} spot", lift, relief=round(float(rng.uniform(0.1, 0.35)), 2))
