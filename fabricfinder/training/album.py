"""An album: cloth photographed once and looked at by many networks in turn.

The camera costs as much as a network of 64 px. Where many are trained on one budget they may as well
see the very same pictures, each seed in an order of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fabricfinder.domain.progress import Progress
from fabricfinder.hashing.base import Batch
from fabricfinder.training.batches import CAPTURES, Photographs, batch_of, photograph
from fabricfinder.training.cloth import ClothSet

ROWS = "rows.npy"
TOGETHER = 64


@dataclass(frozen=True, eq=False)
class Album:
    """A few pictures of each of n fabrics.

    Attributes:
        rows: int (n,), which fabrics of the cloth set.
        taken: their pictures, each array (n, looks, ...), mapped from disk.
    """

    rows: np.ndarray
    taken: Photographs
    _places: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        places = {int(row): place for place, row in enumerate(self.rows)}
        object.__setattr__(self, "_places", places)

    def __call__(
        self, cloth: ClothSet, rows: np.ndarray, rng: np.random.Generator, size: int = 0
    ) -> Batch:
        """CAPTURES different pictures of each fabric and its exact labels, as ``photograph_batch``.

        Args:
            rows: int (m,), fabrics of this album.
            size: not asked; pictures have the size they were taken at.
        """
        places = np.array([self._places[int(row)] for row in rows])
        n_looks = self.taken.macro.shape[1]
        looks = np.stack([rng.permutation(n_looks)[:CAPTURES] for _ in places])
        chosen = [np.concatenate(array[places[:, None], looks]) for array in self.taken]
        return batch_of(cloth, rows, Photographs(*chosen))


def open_album(folder: Path) -> Album:
    """An album that ``fill_album`` has finished.

    Raises:
        FileNotFoundError: it has not.
    """
    rows = np.load(folder / ROWS)
    arrays = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in Photographs._fields)
    return Album(rows, Photographs(*arrays))


def fill_album(
    folder: Path, cloth: ClothSet, rows: np.ndarray, looks: int, size: int, seed: int
) -> Iterator[Progress]:
    """Photograph fabrics ``looks`` times at ``size`` px into a folder; returns the Album.

    One that holds these very rows is opened instead.
    """
    done = folder / ROWS
    if done.exists() and np.array_equal(np.load(done), rows):
        return open_album(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    kept: list[np.ndarray] = []
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        found = photograph(cloth, np.repeat(some, looks), rng, size)
        if not kept:
            kept = [
                np.lib.format.open_memmap(
                    folder / f"{name}.npy", "w+", array.dtype, (len(rows), looks, *array.shape[1:])
                )
                for name, array in zip(Photographs._fields, found, strict=True)
            ]
        for whole, part in zip(kept, found, strict=True):
            whole[start : start + len(some)] = part.reshape(len(some), looks, *part.shape[1:])
        yield Progress("Photographing cloth", start + len(some), len(rows), "fabrics")
    for whole in kept:
        whole.flush()
    np.save(done, rows)
    return open_album(folder)
