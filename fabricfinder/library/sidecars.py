"""Compact copies of the descriptor tables beside the database, for opening a large library fast.

``columns/<encoder>-<change>/`` holds one .npy file a column, as it lies in memory (beliefs as
float32: widening float16 takes longer than reading twice the bytes), and ``stamp.json``. The stamp
names the library, the state of it (a mark that every change renews) and the encoder; a sidecar of
any other state, or whose files do not add up, is not believed: the table is read from the database.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fabricfinder.domain.density import COLUMNS as DENSITY_COLUMNS
from fabricfinder.domain.descriptor import TABLE_COLUMNS, DescriptorTable
from fabricfinder.domain.palette import MAX_COLORS
from fabricfinder.domain.taxonomy import Taxonomy

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a sidecar was made of; it counts only while this is still true.

    Attributes:
        library: the library's uuid.
        change: the mark of the library's state.
        encoder: id of the encoder.
        coarse, fine: numbers of words in the taxonomy the labels were merged by.
    """

    library: str
    change: str
    encoder: str
    coarse: int
    fine: int

    @staticmethod
    def of(library: str, change: str, encoder: str, taxonomy: Taxonomy) -> "Stamp":
        """The stamp for a taxonomy."""
        return Stamp(library, change, encoder, len(taxonomy.coarse), len(taxonomy.fine))

    @property
    def prefix(self) -> str:
        """A file name for the encoder, whose id may hold any sign."""
        return hashlib.sha256(self.encoder.encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def folder_name(self) -> str:
        """The sidecar's folder, of its own for every state: a reader never sees a half."""
        return f"{self.prefix}-{self.change}"


def write_sidecar(
    place: Path, stamp: Stamp, rows: Sequence[int], table: DescriptorTable
) -> bool:
    """Write a table beside the database and drop the encoder's older ones.

    Returns:
        False when it could not be written (disk full): that costs time at the next opening and
        nothing else.
    """
    final = place / stamp.folder_name
    unfinished = place / f"{stamp.folder_name}-{os.getpid()}.tmp"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        arrays = {name: getattr(table, name) for name in TABLE_COLUMNS}
        arrays["rows"] = np.array(rows, np.int64)
        sums = {}
        for name, array in arrays.items():
            array = np.ascontiguousarray(array)
            np.save(unfinished / f"{name}.npy", array, allow_pickle=False)
            sums[name] = checksum(array)
        head = {"format": FORMAT, "stamp": _as_dict(stamp), "n": len(table), "sums": sums}
        (unfinished / "stamp.json").write_text(json.dumps(head), "utf-8")
        shutil.rmtree(final, ignore_errors=True)
        os.replace(unfinished, final)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        return False
    drop_sidecars(place, stamp.prefix, keep=stamp.folder_name)
    return True


def drop_sidecars(place: Path, prefix: str, *, keep: str = "") -> None:
    """Remove an encoder's sidecars but one, and what an interrupted writing left."""
    for old in place.glob(f"{prefix}-*"):
        if old.name != keep:
            shutil.rmtree(old, ignore_errors=True)


def read_sidecar(place: Path, stamp: Stamp) -> tuple[list[int], dict[str, np.ndarray]] | None:
    """Row numbers and columns as they were written; None unless everything is as it should be."""
    folder = place / stamp.folder_name
    try:
        head = json.loads((folder / "stamp.json").read_text("utf-8"))
        if head["format"] != FORMAT or head["stamp"] != _as_dict(stamp):
            return None
        arrays = {
            name: np.load(folder / f"{name}.npy", allow_pickle=False)
            for name in (*TABLE_COLUMNS, "rows")
        }
        whole = all(checksum(array) == head["sums"][name] for name, array in arrays.items())
        if not whole or not _well_shaped(arrays, head["n"], stamp):
            return None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    columns = {name: arrays[name] for name in TABLE_COLUMNS}
    return arrays["rows"].tolist(), columns


def _well_shaped(arrays: dict[str, np.ndarray], n: int, stamp: Stamp) -> bool:
    """Whether every column has n rows of the right width and type."""
    expected: dict[str, tuple[str, tuple[int, ...]]] = {
        "codes": ("u1", arrays["codes"].shape[1:2]),
        "coarse": ("f4", (max(stamp.coarse, *arrays["coarse"].shape[1:]),)),
        "fine": ("f4", (max(stamp.fine, *arrays["fine"].shape[1:]),)),
        "tightness": ("f4", (2,)),
        "palettes": ("f4", (MAX_COLORS, 5)),
        "unfamiliarity": ("f4", ()),
        "certain": ("?", (3,)),
        "density": ("f4", (DENSITY_COLUMNS,)),
        "rows": ("i8", ()),
    }
    return all(
        arrays[name].dtype == np.dtype(kind) and arrays[name].shape == (n, *width)
        for name, (kind, width) in expected.items()
    )


def checksum(array: np.ndarray) -> int:
    """Sum of an array's bytes as 64-bit words, modulo 2^64.

    It finds files that are cut short, zeroed or overwritten, at the speed of reading memory; a
    cryptographic digest would take longer than the sidecar saves.
    """
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = len(flat) // 8 * 8
    total = int(flat[:whole].view("<u8").sum(dtype=np.uint64))
    return (total + int.from_bytes(flat[whole:].tobytes(), "little")) % 2**64


def _as_dict(stamp: Stamp) -> dict[str, object]:
    return {name: getattr(stamp, name) for name in Stamp.__dataclass_fields__}
