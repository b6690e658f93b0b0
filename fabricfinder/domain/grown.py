"""A swatch enlarged to twice its size: what of it is true, and what was imagined around it."""

from dataclasses import dataclass

import numpy as np

GROWTH_FORMAT = "fabricfinder-growth"
GROWTH_GRAPH, GROWTH_CHECKPOINT = "tsn-grow.onnx", "tsn-grow.safetensors"
GROWTH_INPUTS = ("patch", "ways", "costs")
GROWTH_OUTPUTS = ("own", "shares")
PATCH_PX = 128
GROWN_PX = 2 * PATCH_PX
IMAGINED_WORDS = (
    "Only the framed middle is the real cloth. Everything around it was imagined by fabricfinder."
)


@dataclass(frozen=True, slots=True, eq=False)
class GrownSwatch:
    """A picture of cloth in the middle of one twice its size.

    Attributes:
        rgb: uint8 (2h, 2w, 3), not yet marked.
        true_box: (left, top, right, bottom) in px: the picture that was grown, pixel for pixel.
        px_per_cm: scale of ``rgb`` (the picture's own), or None when unknown.
        painted: share of the imagined part that a network painted by itself; the rest is laid
            from copies of the true cloth.
        repeats: whether most of it goes on by a repeat seen in the picture; else it is mirrored.
        notes: sentences about what was left out or assumed.
    """

    rgb: np.ndarray
    true_box: tuple[int, int, int, int]
    px_per_cm: float | None
    painted: float
    repeats: bool
    notes: tuple[str, ...] = ()


def stretched(maps: np.ndarray, height: int, width: int, rows: slice = slice(None)) -> np.ndarray:
    """Maps brought to another size, linearly between pixel centres, as ``cv2.INTER_LINEAR`` does.

    Args:
        maps: float (h, w, c).
        rows: which of the ``height`` rows to make.

    Returns:
        float32 (rows, width, c).
    """
    y0, y1, fy = _between(maps.shape[0], height)
    x0, x1, fx = _between(maps.shape[1], width)
    y0, y1, fy = (v[rows] for v in (y0, y1, fy))
    maps = maps.astype(np.float32)
    lines = maps[y0] * (1 - fy)[:, None, None] + maps[y1] * fy[:, None, None]
    return lines[:, x0] * (1 - fx)[None, :, None] + lines[:, x1] * fx[None, :, None]


def _between(n: int, n_out: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each of n_out places the two of n it lies between, and how far it is from the first."""
    place = np.clip((np.arange(n_out) + 0.5) * n / n_out - 0.5, 0, n - 1)
    first = np.minimum(place.astype(int), n - 1)
    return first, np.minimum(first + 1, n - 1), (place - first).astype(np.float32)
