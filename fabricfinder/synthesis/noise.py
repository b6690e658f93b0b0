"""Fixed tables of noise that tile, read with an offset: fast, and the same bytes every run."""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import cv2
import numpy as np

_T = TypeVar("_T")
SIZE = 512
_MASK = SIZE - 1


def generator(*seeds: int) -> np.random.Generator:
    """A PCG64 generator of one or more non-negative integers; same seeds, same stream."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(seeds))))


def choose(rng: np.random.Generator, options: Sequence[_T]) -> _T:
    """One of the options, each as likely."""
    return options[int(rng.integers(len(options)))]


@cache
def white() -> np.ndarray:
    """Standard normal noise, float32 (512, 512)."""
    table = generator(20240501).standard_normal((SIZE, SIZE), dtype=np.float32)
    table.setflags(write=False)
    return table


@cache
def blurred(sigma_x: float, sigma_y: float) -> np.ndarray:
    """Tiling noise blurred by each sigma (px), brought back to unit variance: (512, 512)."""
    pad = int(4 * max(sigma_x, sigma_y)) + 2
    wide = np.pad(white(), pad, mode="wrap")
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=max(sigma_x, 0.01), sigmaY=max(sigma_y, 0.01))
    soft = soft[pad:-pad, pad:-pad]
    table = np.ascontiguousarray((soft - soft.mean()) / soft.std(), np.float32)
    table.setflags(write=False)
    return table


def window(table: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    """A wrapped window of a table, float32 (height, width)."""
    rows = (np.arange(height) + top) & _MASK
    columns = (np.arange(width) + left) & _MASK
    return table[rows[:, None], columns[None, :]]


def field(rng: np.random.Generator, height: int, width: int, cells: float) -> np.ndarray:
    """Smooth random field with about ``cells`` bumps across, unit variance: (height, width)."""
    ny = max(3, round(cells * height / max(height, width)) + 3)
    nx = max(3, round(cells * width / max(height, width)) + 3)
    coarse = rng.standard_normal((ny, nx), dtype=np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def along_thread(index: np.ndarray, position: np.ndarray, salt: int) -> np.ndarray:
    """Noise that runs along threads: one row of the table a thread, interpolated along it.

    Args:
        index: integer thread numbers, any shape.
        position: place along the thread in table steps, same shape.
        salt: which part of the table to use.

    Returns:
        float32, unit variance at whole steps.
    """
    flat = white().ravel()
    floor = np.floor(position).astype(np.int32)
    share = (position - floor).astype(np.float32)
    row = ((index.astype(np.int32) * 37 + salt) & _MASK) * SIZE
    first = flat[row + (floor & _MASK)]
    second = flat[row + ((floor + 1) & _MASK)]
    return first + (second - first) * share


def per_thread(first: int, count: int, salt: int) -> np.ndarray:
    """One standard normal a thread for threads ``first`` to ``first + count``, float32."""
    index = np.arange(first, first + count, dtype=np.int64) + salt * 7919
    return white().ravel()[index % (SIZE * SIZE)]
