"""Where a cloth repeats itself, and how it would go on beyond its edges if it went on so.

A woven or printed cloth is (nearly) unchanged by the shifts of its repeat. The shifts are read from
the mean squared difference between a picture and itself moved, for every whole-pixel move at once
by Fourier transforms; a *continuation* lays moved copies of the picture side by side.
"""

from typing import NamedTuple

import numpy as np

from fabricfinder.domain.grown import stretched

N_CONTINUATIONS = 3
MIN_SHIFT, MAX_SHIFT = 0.22, 0.72
LEAST_CELL = 0.12
FEATHER = 0.02
LEVEL_CELLS, LEVEL_EDGE, LEVEL_BLUR, LEVEL_DOUBT = 64, 0.12, 3.0, 0.5
FLATTER, MOST_FALL, SAME_FALL = 0.6, 0.7, 0.2
FAINT = 60.0  # levels of 0..255, all three channels together
_CELL = np.arange(LEVEL_CELLS)
_BLUR = np.exp(-0.5 * ((_CELL[:, None] - _CELL[None]) / LEVEL_BLUR) ** 2)
SAMPLES = 8_000
LEAST_SAMPLES = 100


class Repeat(NamedTuple):
    """Two shifts that leave a cloth nearly as it is.

    Attributes:
        first, second: (dy, dx) in px, not parallel.
        cost: mean squared difference after the worse of them, in units of the picture's variance;
            0 is an exact repeat, 1 and more is none.
        slope: ((per height, per width) for each channel) of light that falls off across the
            picture and was put aside before it was compared with itself; () = none.
    """

    first: tuple[int, int]
    second: tuple[int, int]
    cost: float
    slope: tuple[tuple[float, float], ...] = ()


def shift_costs(picture: np.ndarray) -> np.ndarray:
    """Mean squared difference of a picture and itself shifted, over what overlaps.

    ‖x(p) − x(p − s)‖² = ‖x(p)‖² + ‖x(p − s)‖² − 2⟨x(p), x(p − s)⟩, each a correlation.

    Args:
        picture: float (h, w, c).

    Returns:
        float64 (h, 2w), row dy ∈ [0, h), column dx mod 2w ∈ [−w, w); divided by twice the
        variance; inf where nothing overlaps.
    """
    height, width = picture.shape[:2]
    centred = picture.astype(np.float64) - picture.mean((0, 1))
    size = (2 * height, 2 * width)
    spectra = np.fft.rfft2(centred, size, axes=(0, 1))
    product = np.fft.irfft2((np.abs(spectra) ** 2).sum(2), size)[:height]
    energy = (centred**2).sum(2)
    inside = np.fft.rfft2(np.ones((height, width)), size)
    power = np.fft.rfft2(energy, size)
    here = np.fft.irfft2(power * inside.conj(), size)[:height]
    there = np.fft.irfft2(power.conj() * inside, size)[:height]
    rows = height - np.arange(height)[:, None]
    columns = np.abs(width - np.arange(2 * width)[None])
    count = (rows * columns).astype(np.float64)
    variance = max(float(energy.mean()), 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        costs = (here + there - 2 * product) / (2 * variance * count)
    costs[count < 1] = np.inf
    return np.maximum(costs, 0)


def find_repeats(picture: np.ndarray, n: int = N_CONTINUATIONS - 1) -> list[Repeat]:
    """The best pairs of shifts, each pair unlike the ones before.

    Shifts of a quarter to three quarters of the picture are looked at: several repeats of a fine
    weave at once say its yarn pitch to a fraction of a pixel. Whatever the cloth there are n.

    Args:
        picture: float or uint8 (h, w, c), h and w ≥ 16.
    """
    height, width = picture.shape[:2]
    picture = np.asarray(picture, np.float64)
    shape = (height, 2 * width)
    dy = np.broadcast_to(np.arange(height)[:, None], shape)
    dx = np.broadcast_to((np.arange(2 * width)[None] + width) % (2 * width) - width, shape)
    across, down = np.abs(dx) / width, dy / height
    reach = np.maximum(across, down)
    allowed = (reach >= MIN_SHIFT) & (reach <= MAX_SHIFT)
    ways = (allowed & (across >= MIN_SHIFT), allowed & (down >= MIN_SHIFT))
    costs, slope = _costs_in_even_light(picture, ways)
    # Shifts that leave little overlap are easily good by luck.
    ranked = np.where(allowed, costs * (1 + 0.5 * reach) + 0.02 * reach, np.inf)
    found: list[Repeat] = []
    for _ in range(n):
        first = np.unravel_index(int(np.argmin(ranked)), ranked.shape)
        a = (int(dy[first]), int(dx[first]))
        cell = np.abs(dy * a[1] - dx * a[0]) / (height * width)
        second = np.unravel_index(
            int(np.argmin(np.where(cell > LEAST_CELL, ranked, np.inf))), ranked.shape
        )
        b = (int(dy[second]), int(dx[second]))
        found.append(Repeat(a, b, float(max(costs[first], costs[second])), slope))
        for y, x in (a, b):
            near = (np.abs(dy - y) < 0.06 * height) & (np.abs(dx - x) < 0.06 * width)
            ranked = np.where(near, np.inf, ranked)
    return found


def _costs_in_even_light(
    picture: np.ndarray, ways: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, tuple[tuple[float, float], ...]]:
    """``shift_costs``, with the picture's slope put aside where it then fits itself much better.

    Args:
        ways: masks of the shifts across and of those down; it should fit itself both ways.
    """
    height, width = picture.shape[:2]
    tilt = slope_of(picture)
    flat = picture - sloping(tilt, np.arange(height), np.arange(width), height, width)
    costs, even = shift_costs(picture), shift_costs(flat)
    least, least_even = (
        sum(float(c[way].min() * p.var((0, 1)).sum()) for way in ways)
        for c, p in ((costs, picture), (even, flat))
    )
    falling = tilt / np.maximum(picture.mean((0, 1)), 1.0)[:, None]
    # Light darkens all channels alike and not to black; what does otherwise is a pattern.
    like_light = np.abs(falling).max() < MOST_FALL and np.ptp(falling, axis=0).max() < SAME_FALL
    if like_light and least_even < FLATTER * least:
        return even, tuple((float(y), float(x)) for y, x in tilt)
    return costs, ()


def finer_repeat(repeat: Repeat, picture: np.ndarray, factor: float) -> Repeat:
    """A repeat found on a smaller picture, sought again on one up to about twice as large.

    Args:
        picture: uint8 (h, w, c), ``factor`` times as large as where the repeat was found.
    """
    rng = np.random.default_rng(0)
    height, width = picture.shape[:2]
    ys, xs = rng.integers(0, height, SAMPLES), rng.integers(0, width, SAMPLES)
    reach = int(np.ceil(factor))

    def difference(y: int, x: int) -> float:
        inside = (ys >= y) & (ys - y < height) & (xs >= x) & (xs - x < width)
        if inside.sum() < LEAST_SAMPLES:
            return np.inf
        here = picture[ys[inside], xs[inside]].astype(np.float32)
        there = picture[ys[inside] - y, xs[inside] - x].astype(np.float32)
        return float(((here - there) ** 2).mean())

    def settled(shift: tuple[int, int]) -> tuple[int, int]:
        y0, x0 = (round(v * factor) for v in shift)
        near = [
            (y, x)
            for y in range(y0 - reach, y0 + reach + 1)
            for x in range(x0 - reach, x0 + reach + 1)
        ]
        return min(near, key=lambda place: difference(*place))

    return repeat._replace(first=settled(repeat.first), second=settled(repeat.second))


def mirrored(n_out: int, start: int, n: int) -> np.ndarray:
    """Indices of a line of n pixels mirrored without end, from ``-start`` on, int (n_out,)."""
    place = np.mod(np.arange(n_out) - start, 2 * n)
    return np.where(place < n, place, 2 * n - 1 - place)


def slope_of(picture: np.ndarray) -> np.ndarray:
    """How each channel rises per height and per width of the picture by least squares, (c, 2)."""
    height, width = picture.shape[:2]
    slopes = []
    for n, means in ((height, picture.mean(1)), (width, picture.mean(0))):
        place = (np.arange(n) + 0.5) / n - 0.5
        slopes.append(place @ means / (place @ place))
    return np.stack(slopes, 1)


def sloping(
    slope: np.ndarray, ys: np.ndarray, xs: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Light of a slope at some rows and columns of a picture, level beyond its edges.

    Args:
        slope: (c, 2); ys, xs: int (n,), (m,); may lie outside of the picture.

    Returns:
        float (n, m, c), 0 in the picture's middle.
    """
    down = (np.clip(ys, 0, height - 1) + 0.5) / height - 0.5
    across = (np.clip(xs, 0, width - 1) + 0.5) / width - 0.5
    return down[:, None, None] * slope[:, 0] + across[None, :, None] * slope[:, 1]


class Continuation:
    """A picture gone on with by copies of itself, in the middle of one twice its size.

    Each place shows the copy that lies deepest inside the picture there, softened over a fiftieth
    of it where two meet; places that no copy reaches, and all places without a repeat, show the
    picture mirrored. The middle is the picture itself. Light that falls off across the picture
    would leave a step where a copy meets it, so copies are brought to its level there.

    Attributes:
        picture: (h, w, c); repeat: by which it goes on, None = mirrored.
        level: float32 (64, 64, c), what is added to the copies, see ``level_of``; None = nothing.
    """

    def __init__(
        self, picture: np.ndarray, repeat: Repeat | None, level: np.ndarray | None = None
    ) -> None:
        """Prepare; float32 copies of the picture are kept.

        Args:
            level: where it has been found already, on a smaller picture of the same cloth.
        """
        self.picture = picture
        self.repeat = repeat
        height, width = picture.shape[:2]
        ys, xs = np.arange(height), np.arange(width)
        down = np.minimum(ys + 1, height - ys) / height
        across = np.minimum(xs + 1, width - xs) / width
        depth = np.minimum(down[:, None], across[None])
        self._weight = np.exp(depth / FEATHER).astype(np.float32)[..., None]
        self._weighted, self._slope = None, None
        if repeat is not None:
            self._weighted = self._weight * picture
            if repeat.slope:
                self._slope = np.array(repeat.slope, np.float32)
                light = sloping(self._slope, ys, xs, height, width).astype(np.float32)
                self._weighted -= self._weight * light
        self.level = level
        if level is None and repeat is not None:
            self.level = self.level_of()

    def rows(self, rows: slice = slice(None)) -> np.ndarray:
        """Some rows of the result, float32 (rows, 2w, c)."""
        height, width = self.picture.shape[:2]
        first, last, _ = rows.indices(2 * height)
        top, left = height // 2 - first, width // 2
        down = mirrored(2 * height, height // 2, height)[first:last]
        across = mirrored(2 * width, left, width)
        result = self.picture[down[:, None], across[None]].astype(np.float32)
        if self._weighted is not None:
            shifts = lattice(self.repeat, height, width)
            seen = self._lay(result, [(top + y, left + x) for y, x in shifts])
            if self._slope is not None:
                ys, xs = np.arange(first, last) - height // 2, np.arange(2 * width) - left
                result += seen[..., None] * sloping(self._slope, ys, xs, height, width)
            if self.level is not None:
                result += stretched(self.level, 2 * height, 2 * width, slice(first, last))
                np.clip(result, 0, 255, out=result)
        here_y, from_y = _meeting(top, height, len(result))
        result[here_y, left : left + width] = self.picture[from_y]
        return result


    def _lay(self, result: np.ndarray, places: list[tuple[int, int]]) -> np.ndarray:
        """Lay copies with their corners at some places of ``result``; returns where any lies."""
        height, width = self.picture.shape[:2]
        total = np.zeros((*result.shape[:2], 1), np.float32)
        mixed = np.zeros_like(result)
        for y, x in places:
            here_y, from_y = _meeting(y, height, result.shape[0])
            here_x, from_x = _meeting(x, width, result.shape[1])
            mixed[here_y, here_x] += self._weighted[from_y, from_x]
            total[here_y, here_x] += self._weight[from_y, from_x]
        np.divide(mixed, total, out=result, where=total > 0)
        return total[..., 0] > 0

    def level_of(self) -> np.ndarray:
        """How much lighter the picture is than its copies along its edge, smooth and fading out.

        Where the repeat fits badly they differ by more than light, and less is made of it.

        Returns:
            float32 (64, 64, c), of the whole continuation.
        """
        height, width = self.picture.shape[:2]
        copied = np.zeros(self.picture.shape, np.float32)
        others = [place for place in lattice(self.repeat, height, width) if place != (0, 0)]
        seen = self._lay(copied, others)
        ys, xs = np.arange(height), np.arange(width)
        if self._slope is not None:
            copied += sloping(self._slope, ys, xs, height, width)
        down = np.minimum(ys, height - 1 - ys) < LEVEL_EDGE * height
        across = np.minimum(xs, width - 1 - xs) < LEVEL_EDGE * width
        seen &= down[:, None] | across[None]
        lighter = np.where(seen[..., None], self.picture - copied, 0).astype(np.float32)
        rows = (ys + height // 2) * LEVEL_CELLS // (2 * height)
        columns = (xs + width // 2) * LEVEL_CELLS // (2 * width)
        sums = _gathered(np.concatenate([lighter, seen[..., None]], 2), rows, columns)
        smooth = np.stack([_BLUR @ sums[..., k] @ _BLUR for k in range(sums.shape[2])], 2)
        count = smooth[..., -1:]
        # Either the pattern fits, or there is so little of it that the difference must be light.
        variance = float(np.var(self.picture.reshape(-1, self.picture.shape[2]), axis=0).sum())
        faint = 1 - (2 * self.repeat.cost * variance) ** 0.5 / FAINT
        trust = max(0.0, 1 - self.repeat.cost / LEVEL_DOUBT, faint)
        return (trust * smooth[..., :-1] / (count + 0.1 * count.max() + 1e-9)).astype(np.float32)


def _gathered(values: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Sums of values (h, w, c) by cells (64, 64, c)."""
    height, width, channels = values.shape
    down = (_CELL[:, None] == rows[None]).astype(np.float32)
    across = (_CELL[:, None] == columns[None]).astype(np.float32)
    cells = (down @ values.reshape(height, -1)).reshape(LEVEL_CELLS, width, channels)
    return np.stack([cells[..., k] @ across.T for k in range(channels)], 2)


def _meeting(start: int, length: int, room: int) -> tuple[slice, slice]:
    """A line of ``length`` laid at ``start`` in one of ``room``: where it lies, what of it does."""
    first, last = max(0, start), max(0, min(room, start + length))
    first = min(first, last)
    return slice(first, last), slice(first - start, last - start)


def lattice(repeat: Repeat, height: int, width: int) -> list[tuple[int, int]]:
    """All i·first + j·second by which a copy of (height, width) still touches twice its size."""
    span = range(-8, 9)
    (ay, ax), (by, bx) = repeat.first, repeat.second
    shifts = [(i * ay + j * by, i * ax + j * bx) for i in span for j in span]
    return [(y, x) for y, x in shifts if abs(y) < 1.5 * height and abs(x) < 1.5 * width]


class Ways(NamedTuple):
    """N_CONTINUATIONS ways in which a cloth may go on: by its best repeats, and mirrored.

    Attributes:
        pictures: uint8 (N, 2h, 2w, 3).
        costs: float32 (N,), the cost of each repeat, see ``Repeat``; of mirroring 0.
    """

    pictures: np.ndarray
    costs: np.ndarray


def continuations(picture: np.ndarray, repeats: list[Repeat] | None = None) -> Ways:
    """How a cloth may go on.

    Args:
        picture: uint8 (h, w, 3).
        repeats: its best, where they have been found already.
    """
    repeats = find_repeats(picture) if repeats is None else repeats
    pictures = np.stack([Continuation(picture, way).rows() for way in (*repeats, None)])
    costs = np.array([*(repeat.cost for repeat in repeats), 0.0], np.float32)
    return Ways(np.clip(np.rint(pictures), 0, 255).astype(np.uint8), costs)
