"""Codes, beliefs and palettes of the swatches, a table for each encoder."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from operator import attrgetter
from pathlib import Path

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library.descriptor_rows import encoder_row, read_table, write_descriptors
from fabricfinder.library.growing import GrowingTable
from fabricfinder.library.shelf import Shelf
from fabricfinder.library.sidecars import Stamp, drop_sidecars, read_sidecar, write_sidecar

_ID = attrgetter("id")


class Coding(Shelf):
    """The descriptors of an open library.

    A table is read once, from its sidecar where that can be believed, else from the database; after
    that only rows that changed are read again, so a snapshot during an import costs little.
    """

    folder: Path
    uuid: str
    _tables: dict[str, GrowingTable]
    _stale_rows: dict[str, set[int]]
    _sidecars: dict[str, str]  # encoder id -> the state its sidecar on disk was made of

    def _forget(self) -> None:
        """Override Shelf._forget: the tables too."""
        super()._forget()
        self._tables, self._stale_rows, self._sidecars = {}, {}, {}

    def _touch(self, rows: Sequence[int]) -> None:
        """Override Shelf._touch: labels and descriptors lie in the tables too."""
        super()._touch(rows)
        for stale in self._stale_rows.values():
            stale.update(rows)

    def table(self, encoder_id: str) -> DescriptorTable:
        """The descriptors one encoder made, in order of arrival, a person's labels merged in.

        The value and its arrays are read-only and never change; it may cross threads. In a library
        open to read only it holds no swatch that the last ``swatches`` did not.
        """
        swatches = self._loaded()
        if encoder_id not in self._tables:
            self._tables[encoder_id] = self._read(encoder_id, swatches)
            self._stale_rows[encoder_id] = set()
        elif self._stale_rows[encoder_id]:
            self._catch_up(encoder_id)
        return self._tables[encoder_id].snapshot()

    def _read(self, encoder_id: str, swatches: Mapping[int, Swatch]) -> GrowingTable:
        """The whole table from its sidecar, else from the database."""
        stamp = self._stamp(encoder_id)
        found = read_sidecar(self.folder / "columns", stamp)
        if found is not None:
            rows, columns = found
            with suppress(KeyError):  # a row of a swatch that was added after ours were read
                ids = tuple(map(_ID, map(swatches.__getitem__, rows)))
                self._sidecars[encoder_id] = stamp.change
                return GrowingTable(rows, DescriptorTable(encoder_id, ids, **columns))
        rows, table = read_table(self._db, encoder_id, default_taxonomy())
        # Another window may have added swatches after ours were read.
        kept = np.array([row in swatches for row in rows], bool)
        if not kept.all():
            rows, table = [row for row in rows if row in swatches], table.take(kept)
        return GrowingTable(rows, table)

    def _catch_up(self, encoder_id: str) -> None:
        """Read the rows of a table again that changed or are new."""
        growing = self._tables[encoder_id]
        stale = sorted(self._stale_rows[encoder_id])
        rows, table = read_table(self._db, encoder_id, default_taxonomy(), stale)
        growing.drop(set(stale) - set(rows))  # taken out of the library
        here, last = set(growing.rows), growing.rows[-1] if growing.rows else 0
        old, late, new = [], [], []
        for at, row in enumerate(rows):
            (old if row in here else late if row < last else new).append(at)
        growing.replace([rows[at] for at in old], table.take(old))
        growing.append([rows[at] for at in new], table.take(new))
        growing.insert([rows[at] for at in late], table.take(late))  # coded late, or put back
        self._stale_rows[encoder_id] = set()

    def encoder_counts(self) -> dict[str, int]:
        """How many swatches each encoder has coded, by encoder id."""
        return dict(
            self._db.rows(
                "SELECT encoder.id, count(*) FROM descriptor JOIN encoder"
                " ON encoder.row = descriptor.encoder GROUP BY encoder.row ORDER BY encoder.row"
            )
        )

    def ids_without(self, encoder_id: str) -> list[str]:
        """Ids of the swatches an encoder has not coded, in order of arrival."""
        rows = self._db.rows(
            "SELECT id FROM swatch WHERE removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM descriptor"
            " WHERE encoder = ? AND swatch = swatch.row) ORDER BY row",
            (encoder_row(self._db, encoder_id) or 0,),
        )
        return [swatch_id for (swatch_id,) in rows]

    def put_descriptors(self, descriptors: Sequence[tuple[str, FabricDescriptor]]) -> None:
        """Store descriptors by swatch id, in place of the same encoder's earlier ones.

        Other encoders' descriptors stay until ``drop_encoder``: they answer until the re-coding
        is complete.

        Raises:
            KeyError: a swatch is not in the library.
            LibraryError: the library is read-only or its disk is full.
        """
        self._db.require_writable()
        if not descriptors:
            return
        rows = self._rows_of([swatch_id for swatch_id, _ in descriptors])
        made = [descriptor for _, descriptor in descriptors]
        with self._changing():
            write_descriptors(self._db, list(zip(rows, made, strict=True)), replace=True)
        self._touch(rows)

    def drop_encoder(self, encoder_id: str) -> None:
        """Remove every descriptor an encoder made; nothing happens when there is none.

        Raises:
            LibraryError: the library is read-only.
        """
        self._db.require_writable()
        number = encoder_row(self._db, encoder_id)
        if number is None:
            return
        with self._changing():
            self._db.write("DELETE FROM descriptor WHERE encoder = ?", (number,))
            self._db.write("DELETE FROM encoder WHERE row = ?", (number,))
        self._tables.pop(encoder_id, None)
        self._stale_rows.pop(encoder_id, None)
        drop_sidecars(self.folder / "columns", self._stamp(encoder_id).prefix)

    def flush_columns(self) -> None:
        """Write the tables in use beside the database, where that is not done yet.

        Call it when an import ends; closing does it too. A disk that is full is no error here.
        """
        if self._db.read_only:
            return
        for encoder_id in list(self._tables):
            stamp = self._stamp(encoder_id)
            table = self.table(encoder_id)
            if self._sidecars.get(encoder_id) == stamp.change or not len(table):
                continue
            rows = self._tables[encoder_id].rows
            if write_sidecar(self.folder / "columns", stamp, rows, table):
                self._sidecars[encoder_id] = stamp.change

    def _stamp(self, encoder_id: str) -> Stamp:
        change = self.meta_get("change") or ""
        return Stamp.of(self.uuid, change, encoder_id, default_taxonomy())
