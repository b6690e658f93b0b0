"""Painters of paisley: drops filled, in line, ornamented; tossed, set in rows or crowded."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fabricfinder.synthesis.blooms import tendril
from fabricfinder.synthesis.canvas import (
    Canvas,
    grid_points,
    leaf,
    petals,
    placed,
    spread_points,
)
from fabricfinder.synthesis.noise import choose

Rng = np.random.Generator
Shape = tuple[int, int]


@dataclass(frozen=True)
class Drop:
    """A boteh as a bent spine with a swelling body, so that any inner line runs parallel.

    Attributes:
        width: half width of the belly, the length being about 1.
        curl: how far the tip turns, radians.
        hook: how late and tight it turns.
    """

    width: float
    curl: float
    hook: float

    def spine(self, n: int = 26) -> np.ndarray:
        """Points from the foot to the tip, (n, 2)."""
        t = np.linspace(0, 1, n)
        turn = self.curl * t**self.hook
        step = 1.0 / (n - 1)
        walk = np.stack([np.sin(turn), -np.cos(turn)], axis=1) * step
        points = np.cumsum(np.vstack([[[0.0, 0.0]], walk[:-1]]), axis=0)
        return points - points[n // 3]

    def outline(self, inset: float = 0.0) -> np.ndarray:
        """Closed outline, ``inset`` inside the drop's edge, (m, 2)."""
        spine = self.spine()
        t = np.linspace(0, 1, len(spine))
        belly = self.width * np.sqrt(np.clip(t / 0.26, 0, 1) * (2 - np.clip(t / 0.26, 0, 1)))
        fall = np.clip((t - 0.26) / 0.74, 0, 1)
        half = belly * (1 - fall) ** 0.75 - inset
        keep = half > 0.004
        spine, half = spine[keep], half[keep]
        if len(spine) < 3:
            return np.zeros((0, 2))
        along = np.gradient(spine, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half[:, None]
        return np.vstack([spine + across, (spine - across)[::-1]])


@dataclass(frozen=True)
class Ornament:
    """How every drop of one cloth is dressed.

    Attributes:
        bands: (inset, ink) filled from the edge inwards.
        beads: ink of beads along the rim, or −1.
        scallops: ink of scallops outside the rim, or −1.
        lines: ink of lines along each band, or −1.
        heart: 0 nothing, 1 flower, 2 stem with leaves, 3 scales, 4 spiral.
        inks: how many.
    """

    bands: tuple[tuple[float, int], ...]
    beads: int
    scallops: int
    lines: int
    heart: int
    inks: int


def _along(outline: np.ndarray, spacing: float) -> np.ndarray:
    """Points every ``spacing`` along a closed outline."""
    closed = np.vstack([outline, outline[:1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    places = np.linspace(0, length[-1], max(4, int(length[-1] / spacing)), endpoint=False)
    return np.stack([np.interp(places, length, closed[:, k]) for k in (0, 1)], axis=1)


def _put_drop(
    canvas: Canvas, drop: Drop, dress: Ornament, at: tuple[float, float], size: float,
    angle: float, flip: float, turn: int,
) -> None:  # fmt: skip
    """Draw one drop; ``turn`` shifts the inks from drop to drop."""
    inks = dress.inks

    def ink(k: int) -> int:
        return 0 if k == 0 else 1 + (k - 1 + turn) % (inks - 1)

    def lay(points: np.ndarray) -> np.ndarray:
        return placed(points * (flip, 1), *at, size, angle)

    if dress.scallops >= 0:
        for x, y in lay(_along(drop.outline(-0.03), 0.1)):
            canvas.disc(x, y, size * 0.052, ink(dress.scallops))
        canvas.fill(lay(drop.outline(-0.025)), 0)
    for inset, colour in dress.bands:
        shape = drop.outline(inset)
        if len(shape):
            canvas.fill(lay(shape), ink(colour))
            if dress.lines >= 0 and size > 40:
                canvas.line(lay(shape), ink(dress.lines), max(1.5, size * 0.014), closed=True)
    if dress.lines >= 0 and not dress.bands:
        for inset in (0.0, 0.055, 0.16):
            shape = drop.outline(inset)
            if len(shape):
                canvas.line(lay(shape), ink(dress.lines), max(1.5, size * 0.02), closed=True)
    if dress.beads >= 0:
        for x, y in lay(_along(drop.outline(0.045), 0.075)):
            canvas.disc(x, y, max(1.0, size * 0.018), ink(dress.beads))
    _heart(canvas, drop, dress, lay, size, ink)


def _heart(
    canvas: Canvas, drop: Drop, dress: Ornament, lay: Callable[[np.ndarray], np.ndarray],
    size: float, ink: Callable[[int], int],
) -> None:  # fmt: skip
    """What grows inside a drop."""
    spine = drop.spine()
    centre = lay(spine[8:9])[0]
    main, other = ink(1), ink(2 if dress.inks > 2 else 0)
    mark = main if canvas.ink[int(centre[1]) % canvas.height, int(centre[0]) % canvas.width] != (
        main) else other  # fmt: skip
    if dress.heart == 1:
        canvas.fill(placed(petals(7, 0.4, 0.8), *centre, size * drop.width * 0.46, 0), mark)
        canvas.disc(*centre, size * drop.width * 0.15, other if mark == main else main)
    elif dress.heart == 2:
        stem = lay(spine[3:18])
        canvas.line(stem, mark, max(1.5, size * 0.02))
        for k in range(1, 12, 2):
            way = np.arctan2(*(stem[k + 1] - stem[k])[::-1])
            for side in (0.9, -0.9):
                reach = size * drop.width * (0.62 - 0.04 * k)
                canvas.fill(placed(leaf(0.24), *stem[k], reach, way + side), mark)
        canvas.fill(placed(petals(5, 0.4), *stem[0], size * 0.09, 0), mark)
    elif dress.heart == 3:
        for row in range(4, 16, 2):
            wide = drop.width * (0.6 - 0.03 * row)
            for k in np.linspace(-1, 1, 4 if row % 4 else 3):
                at = lay((spine[row] + (k * wide, 0))[None])[0]
                canvas.disc(*at, size * 0.028, mark)
    elif dress.heart == 4:
        t = np.linspace(0, 1, 30)
        coil = np.stack([np.cos(11 * t), np.sin(11 * t)], 1) * (0.06 + 0.6 * t)[:, None]
        canvas.line(lay(spine[8] + coil * drop.width), mark, max(1.5, size * 0.025))


def _dress(n: int, rng: Rng) -> Ornament:
    """Choose the ornament of a cloth's drops."""
    style = rng.random()
    other = 2 if n > 2 else 1
    if style < 0.25:
        return Ornament((), 1 if rng.random() < 0.4 else -1, 1 if rng.random() < 0.4 else -1, 1,
                        int(rng.integers(5)), n)  # fmt: skip
    insets = np.cumsum([0.0, *rng.uniform(0.03, 0.09, int(rng.integers(2, 6)))])
    pattern = ([1, 0, other, 0, 1, 0], [1, other, 0, 1, other, 0], [1, other, 3, 1, 0, other])
    order = pattern[int(rng.integers(3 if n > 3 else 2))]
    if n == 2:
        order = [1, 0] * 3
    bands = tuple((float(i), order[k]) for k, i in enumerate(insets))
    return Ornament(
        bands, int(choose(rng, (-1, 0, other if n > 2 else 0))),
        int(choose(rng, (-1, -1, 1, other))), int(choose(rng, (-1, -1, 0, 1))),
        int(rng.integers(5)), n,
    )  # fmt: skip


def _fill_between(canvas: Canvas, places: np.ndarray, reach: float, n: int, rng: Rng) -> None:
    """Small flowers, leaves, curls and dots where no drop lies."""
    kind = int(rng.integers(5))
    size = reach * float(rng.uniform(0.14, 0.3))
    shape = canvas.ink.shape
    many = int(len(places) * rng.uniform(4, 10))
    wide = np.array([shape[1], shape[0]])
    for x, y in spread_points(shape, min(260, many), rng, 3):
        gap = np.abs(places - (x, y))
        if np.hypot(*np.minimum(gap, wide - gap).T).min() < reach * 0.5:
            continue
        ink, angle = 1 + int(rng.integers(n - 1)), float(rng.uniform(0, 6.3))
        if kind == 0 or (kind == 4 and rng.random() < 0.4):
            canvas.fill(placed(petals(int(rng.integers(5, 8)), 0.45, 0.7), x, y, size, angle), ink)
            canvas.disc(x, y, size * 0.28, 0)
        elif kind == 1:
            for side in (0.7, 0.0, -0.7):
                canvas.fill(placed(leaf(0.2), x, y, size * 1.5, angle + side), ink)
        elif kind == 2:
            canvas.line(tendril(x, y, size * 2.2, angle), ink, max(1.5, size * 0.12))
        else:
            canvas.disc(x, y, size * 0.3, ink)


def ornate(shape: Shape, n: int, rng: Rng) -> np.ndarray:
    """Paisley of any kind: set or tossed, one size or three, empty between or filled."""
    canvas = Canvas(shape)
    drop = Drop(float(rng.uniform(0.24, 0.4)), float(rng.uniform(1.4, 3.6)),
                float(rng.uniform(1.5, 3.2)))  # fmt: skip
    dress = _dress(n, rng)
    count = int(choose(rng, (4, 7, 12, 20, 36)))
    step = float(np.sqrt(shape[0] * shape[1] / count))
    base = float(rng.uniform(0, 6.3))
    layout = str(choose(rng, ("tossed", "tossed", "set", "turned", "crowded")))
    if layout in ("set", "turned"):
        many = max(2, round(np.sqrt(count)))
        places = grid_points(shape, many, many, str(choose(rng, ("half", "brick"))), 0.0, rng)
        sizes = [step * float(rng.uniform(0.65, 1.05))] * len(places)
    else:
        places = spread_points(shape, count, rng, 12)
        sizes = [step * float(rng.uniform(0.7, 1.1)) for _ in places]
    if layout == "crowded":
        extra = spread_points(shape, 2 * count, rng, 4)
        places = extra + places
        sizes = [step * float(rng.uniform(0.25, 0.42)) for _ in extra] + sizes
    if rng.random() < 0.75:
        for _ in range(int(rng.integers(1, 3))):
            _fill_between(canvas, np.array(places), step * 0.75, n, rng)
    shift = rng.random() < 0.5
    for k, (at, size) in enumerate(zip(places, sizes, strict=True)):
        if layout == "set":
            angle, flip = base, 1.0
        elif layout == "turned":
            angle, flip = base + np.pi * (k % 2), 1.0 if k % 2 else -1.0
        else:
            angle, flip = float(rng.uniform(0, 6.3)), float(choose(rng, (-1.0, 1.0)))
        clear = placed(drop.outline(-0.06) * (flip, 1), *at, size, angle)
        canvas.fill(clear, 0)
        _put_drop(canvas, drop, dress, at, size, angle, flip, k if shift else 0)
    return canvas.ink


PAINTERS: dict[str, Callable[[Shape, int, Rng], np.ndarray]] = {"paisley-ornate": ornate}
