"""Descriptors in the database: one row a swatch and encoder, as an encoder made them."""

import math
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.palette import MAX_COLORS
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.library.database import Database
from fabricfinder.library.swatch_rows import read_labels, row_lists

_PALETTE_BYTES = MAX_COLORS * 5 * 4
_COLUMNS = (
    "swatch, code, coarse, fine, tightness, tightness_sd, palette, unfamiliarity,"
    " ends, picks, ends_within, picks_within, px_per_yarn"
)


def encoder_row(database: Database, encoder_id: str) -> int | None:
    """The number an encoder has in this library, or None."""
    return database.value("SELECT row FROM encoder WHERE id = ?", (encoder_id,))


def write_descriptors(
    database: Database, descriptors: Sequence[tuple[int, FabricDescriptor]], *, replace: bool
) -> None:
    """Write (row number, descriptor) pairs inside a transaction.

    Args:
        replace: whether a descriptor of the same swatch and encoder gives way or stays.

    Raises:
        ValueError: a code or belief has another length than the encoder's earlier ones.
    """
    verb = "REPLACE" if replace else "IGNORE"
    numbers: dict[str, int] = {}
    lengths: dict[str, tuple[int, ...]] = {}
    rows = []
    for row, descriptor in descriptors:
        encoder = descriptor.encoder
        if encoder not in numbers:
            database.write("INSERT OR IGNORE INTO encoder(id) VALUES (?)", (encoder,))
            numbers[encoder] = encoder_row(database, encoder) or 0
            lengths[encoder] = _stored_lengths(database, numbers[encoder])
        blobs = _blobs(descriptor)
        size = tuple(map(len, blobs))
        if lengths[encoder] not in ((), size):
            raise ValueError(f"{encoder} made codes or beliefs of another length before")
        lengths[encoder] = size
        mean, spread = descriptor.encoding.tightness
        rows.append(
            (numbers[encoder], row, *blobs, _known(mean), _known(spread),
             _palette_blob(descriptor), _known(descriptor.encoding.unfamiliarity),
             *map(_known, astuple(descriptor.density)))
        )  # fmt: skip
    values = ",".join("?" * 14)
    database.write_many(
        f"INSERT OR {verb} INTO descriptor(encoder, {_COLUMNS}) VALUES ({values})", rows
    )


def _stored_lengths(database: Database, number: int) -> tuple[int, ...]:
    found = database.rows(
        "SELECT length(code), length(coarse), length(fine) FROM descriptor"
        " WHERE encoder = ? LIMIT 1",
        (number,),
    )
    return tuple(found[0]) if found else ()


def _blobs(descriptor: FabricDescriptor) -> tuple[bytes, bytes, bytes]:
    """Code, and coarse and fine belief as little-endian float16."""
    encoding = descriptor.encoding
    coarse, fine = (np.asarray(b).astype("<f2").tobytes() for b in (encoding.coarse, encoding.fine))
    return encoding.code.packed, coarse, fine


def _palette_blob(descriptor: FabricDescriptor) -> bytes:
    """The used rows of the palette as little-endian float32."""
    array = descriptor.palette.to_array()[: len(descriptor.palette.colors)]
    return array.astype("<f4").tobytes()


def _known(value: float) -> float | None:
    """A number for SQLite, which has no nan."""
    return None if math.isnan(value) else float(value)


def read_table(
    database: Database, encoder_id: str, taxonomy: Taxonomy, rows: Sequence[int] | None = None,
    *, as_seen: bool = False,
) -> tuple[list[int], DescriptorTable]:  # fmt: skip
    """Row numbers, ascending, and the table of the swatches an encoder coded, labels merged in.

    Args:
        rows: only these swatches; None = all.
        as_seen: leave the labels out: what the encoder itself believes.
    """
    found: list[tuple] = []
    with database.reading():
        number = encoder_row(database, encoder_id)
        for where in row_lists(rows, "swatch") if number is not None else ():
            condition = f"{where} AND" if where else " WHERE"
            found += database.rows(
                f"SELECT {_COLUMNS}, id FROM descriptor JOIN swatch ON swatch.row = swatch"
                f"{condition} encoder = {number} AND removed_at IS NULL ORDER BY swatch"
            )
        labels = read_labels(database, rows)
    if not found:
        return [], empty_table(encoder_id, taxonomy)
    numbers, codes, coarse, fine, mean, spread, palettes, unfamiliarity, *counted, ids = zip(
        *found, strict=True
    )
    n = len(ids)
    padded = b"".join([palette.ljust(_PALETTE_BYTES, b"\0") for palette in palettes])
    table = DescriptorTable(
        encoder_id, ids, np.frombuffer(b"".join(codes), np.uint8).reshape(n, -1).copy(),
        _beliefs(coarse, len(taxonomy.coarse)), _beliefs(fine, len(taxonomy.fine)),
        np.stack([np.array(mean, np.float32), np.array(spread, np.float32)], axis=1),
        np.frombuffer(padded, "<f4").reshape(n, MAX_COLORS, 5).astype(np.float32),
        np.array(unfamiliarity, np.float32), np.zeros((n, 3), bool),
        np.array(counted, np.float32).T.copy(),
    )  # fmt: skip
    merge_labels(table, numbers, {} if as_seen else labels, taxonomy)
    return list(numbers), table


def _beliefs(blobs: Sequence[bytes], width: int) -> np.ndarray:
    """Stored beliefs as float32 (n, width or more): a taxonomy only grows, new words get 0."""
    beliefs = np.frombuffer(b"".join(blobs), "<f2").reshape(len(blobs), -1).astype(np.float32)
    missing = width - beliefs.shape[1]
    return np.pad(beliefs, ((0, 0), (0, missing))) if missing > 0 else beliefs


def merge_labels(
    table: DescriptorTable,
    numbers: Sequence[int],
    labels: dict[int, Labels],
    taxonomy: Taxonomy,
) -> None:
    """Put a person's labels over a model's beliefs: one-hot, deviation 0, certain; in place.

    A label this program's taxonomy does not know leaves the belief as it is.
    """
    for at, number in enumerate(numbers) if labels else ():
        said = labels.get(number)
        if said is None:
            continue
        if said.coarse in taxonomy.coarse_index:
            table.coarse[at] = 0
            table.coarse[at, taxonomy.coarse_index[said.coarse]] = 1
            table.certain[at, 0] = True
        if said.fine in taxonomy.fine_index:
            table.fine[at] = 0
            table.fine[at, taxonomy.fine_index[said.fine]] = 1
            table.certain[at, 1] = True
        if said.tightness is not None:
            table.tightness[at] = (said.tightness, 0)
            table.certain[at, 2] = True


def empty_table(encoder_id: str, taxonomy: Taxonomy) -> DescriptorTable:
    """A table without rows; how long a code is cannot be told, so it has no bytes."""
    return DescriptorTable(
        encoder_id, (), np.zeros((0, 0), np.uint8),
        np.zeros((0, len(taxonomy.coarse)), np.float32),
        np.zeros((0, len(taxonomy.fine)), np.float32),
        np.zeros((0, 2), np.float32), np.zeros((0, MAX_COLORS, 5), np.float32),
        np.zeros(0, np.float32), np.zeros((0, 3), bool),
    )  # fmt: skip
