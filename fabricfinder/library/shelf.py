"""The swatches themselves: adding them, knowing them again, and reading them all."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library.database import to_stored
from fabricfinder.library.descriptor_rows import write_descriptors
from fabricfinder.library.filing import write_fields
from fabricfinder.library.journal import Journal
from fabricfinder.library.remarks import write_labels
from fabricfinder.library.swatch_rows import read_swatches, row_lists
from fabricfinder.library.thumbnails import Thumbnails, require_digest
from fabricfinder.library.words import index_words

SHEET = "sheet"  # whose word a label is that came with the file


@dataclass(frozen=True, slots=True, eq=False)
class NewSwatch:
    """A swatch on its way into a library.

    Attributes:
        swatch: with the labels and fields a sheet gave it, if any.
        thumbnail: JPEG bytes, 512 px; empty when there is none.
        descriptor: what the encoder said, before any label of a person; None = not coded yet.
        mtime_ns, file_size: of the file, to know it again without reading it.
    """

    swatch: Swatch
    thumbnail: bytes
    descriptor: FabricDescriptor | None
    mtime_ns: int
    file_size: int


class Shelf(Journal):
    """The swatches of an open library, in order of arrival.

    SQLite holds the truth; the values handed out are kept here and only what changed is read
    again. A library open to read only looks for another writer's changes on each ``swatches``.
    """

    _thumbnails: Thumbnails
    _swatches: dict[int, Swatch] | None = None
    _row_of: dict[str, int]
    _stale: set[int]
    _seen_version: int = 0

    def _forget(self) -> None:
        """Drop everything kept in memory."""
        self._swatches = None
        self._row_of = {}
        self._stale = set()

    def _loaded(self) -> dict[int, Swatch]:
        """Row number -> swatch, up to date with this connection's own writes."""
        if self._swatches is None:
            self._seen_version = self._db.value("PRAGMA data_version")
            self._swatches = read_swatches(self._db)
            self._row_of = {swatch.id: row for row, swatch in self._swatches.items()}
        elif self._stale:
            self._catch_up_swatches()
        self._stale.clear()
        return self._swatches

    def _catch_up_swatches(self) -> None:
        """Read changed rows again; those taken out go, those put back come to their place."""
        assert self._swatches is not None
        changed = read_swatches(self._db, sorted(self._stale))
        gone = [row for row in self._stale if row in self._swatches and row not in changed]
        for row in gone:
            del self._row_of[self._swatches.pop(row).id]
        last = next(reversed(self._swatches), 0)
        back = [row for row in changed if row not in self._swatches]
        self._swatches |= changed
        self._row_of |= {changed[row].id: row for row in back}
        if back and back[0] < last:
            self._swatches = dict(sorted(self._swatches.items()))

    def _rows_of(self, ids: Sequence[str]) -> list[int]:
        """Row numbers of swatch ids; raises KeyError for one that is not here."""
        self._loaded()
        return [self._row_of[swatch_id] for swatch_id in ids]

    def _touch(self, rows: Sequence[int]) -> None:
        """Note rows whose stored values have changed."""
        self._stale.update(rows)

    def __len__(self) -> int:
        if self._swatches is None:
            return int(self._db.value("SELECT count(*) FROM swatch WHERE removed_at IS NULL"))
        return len(self._loaded())

    def swatches(self) -> tuple[Swatch, ...]:
        """Every swatch, in order of arrival."""
        if self._db.read_only and self._db.value("PRAGMA data_version") != self._seen_version:
            self._forget()
        return tuple(self._loaded().values())

    def swatches_since(self, count: int) -> tuple[Swatch, ...]:
        """The swatches after the first ``count``: what a snapshot of that many lacks."""
        return self.swatches()[count:]

    def known(self) -> Set[str]:
        """The ids of every swatch; a live view that grows with the library."""
        self._loaded()
        return self._row_of.keys()

    def seen(self, path: str, size: int, mtime_ns: int) -> str | None:
        """The id of the swatch this very file was imported as, told without reading it, or None.

        One that was taken out of the library is not seen: asked for again, it comes back.
        """
        return self._db.value(
            "SELECT id FROM location JOIN swatch ON swatch.row = location.swatch"
            " WHERE location.path = ? AND size = ? AND mtime_ns = ? AND removed_at IS NULL",
            (os.fsencode(path), size, mtime_ns),
        )

    def add(self, batch: Sequence[NewSwatch]) -> int:
        """Add swatches in one transaction; returns how many were new.

        A swatch whose bytes are here already gets no second row: its file is remembered as
        another place of the same swatch, and what its labels and fields say is taken over. Files
        that are added leave the journal and the problems in the same transaction.

        Raises:
            LibraryError: the library is read-only or its disk is full; nothing was added.
            ValueError: an id is no digest, a thumbnail no JPEG, a label no percentage.
        """
        self._db.require_writable()
        if not batch:
            return 0
        self._put_back([new.swatch.id for new in batch])
        self._loaded()
        fresh: dict[str, NewSwatch] = {}
        again: list[NewSwatch] = []
        for new in batch:
            known = new.swatch.id in self._row_of or new.swatch.id in fresh
            again.append(new) if known else fresh.update({require_digest(new.swatch.id): new})
        # A thumbnail without a swatch is harmless; a swatch without its thumbnail is not.
        self._thumbnails.write({i: new.thumbnail for i, new in fresh.items() if new.thumbnail})
        now = int(time.time())
        with self._changing():
            numbers = self._insert(fresh, now)
            row_of = {new.swatch.id: numbers.get(new.swatch.id) or self._row_of[new.swatch.id]
                      for new in batch}  # fmt: skip
            moved = self._place(batch, row_of, now)
            self._describe(batch, row_of)
            for new in again:
                self._take_over(new.swatch, row_of[new.swatch.id], now)
            filed = [row_of[new.swatch.id] for new in batch if new.swatch.fields]
            changed = moved | {row_of[new.swatch.id] for new in again} | self._siblings(filed)
            self._reindex(sorted(changed))
            paths = [new.swatch.path for new in batch]
            self._strike(paths)
            self._settle(paths)
        self._row_of |= numbers
        self._touch([*numbers.values(), *changed])
        return len(numbers)

    def _put_back(self, ids: Sequence[str]) -> None:
        """Put swatches that were taken out of the library back where they were."""
        gone = "SELECT row FROM swatch WHERE id = ? AND removed_at IS NOT NULL"
        rows = [row for i in ids for (row,) in self._db.rows(gone, (i,))]
        if rows:
            with self._changing():
                numbers = [(row,) for row in rows]
                self._db.write_many("UPDATE swatch SET removed_at = NULL WHERE row = ?", numbers)
            self._touch(rows)

    def _insert(self, fresh: Mapping[str, NewSwatch], now: int) -> dict[str, int]:
        """Insert new swatches with all they say; returns their row numbers by id."""
        first = self._db.value("SELECT coalesce(max(row), 0) + 1 FROM swatch")
        numbers = {swatch_id: first + i for i, swatch_id in enumerate(fresh)}
        swatches = {numbers[i]: new.swatch for i, new in fresh.items()}
        self._db.write_many(
            "INSERT INTO swatch (row, id, path, name, width, height, px_per_cm, imported_at,"
            " thumbnail, view, scale_source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (row, s.id, os.fsencode(s.path), to_stored(s.name), s.width, s.height, s.px_per_cm,
                 now, bool(fresh[s.id].thumbnail), s.view, s.scale_source)
                for row, s in swatches.items()
            ],
        )  # fmt: skip
        write_labels(self._db, {row: s.labels for row, s in swatches.items()}, SHEET, now)
        write_fields(self._db, {row: s.fields for row, s in swatches.items() if s.fields})
        index_words(self._db, swatches.items(), default_taxonomy(), new=True)
        return numbers

    def _place(self, batch: Sequence[NewSwatch], row_of: Mapping[str, int], now: int) -> set[int]:
        """Remember where each file lies; returns rows whose own path changed by it.

        A path belongs to the swatch whose bytes it held last, and a swatch whose file is gone is
        found at the place it was seen now.
        """
        moved: set[int] = set()
        for new in batch:
            row, path = row_of[new.swatch.id], os.fsencode(new.swatch.path)
            owner = self._db.value("SELECT swatch FROM location WHERE path = ?", (path,))
            self._db.write(
                "INSERT INTO location VALUES (?, ?, ?, ?, ?) ON CONFLICT(path) DO UPDATE SET"
                " swatch = excluded.swatch, size = excluded.size, mtime_ns = excluded.mtime_ns,"
                " seen_at = excluded.seen_at",
                (path, row, new.file_size, new.mtime_ns, now),
            )
            if owner not in (None, row):
                self._db.write(
                    "UPDATE swatch SET path = coalesce((SELECT path FROM location WHERE swatch = ?1"
                    " ORDER BY seen_at DESC LIMIT 1), path) WHERE row = ?1 AND path = ?2",
                    (owner, path),
                )
                moved.add(owner)
            here = self._db.value("SELECT path FROM swatch WHERE row = ?", (row,))
            if here != path and not os.path.lexists(here) and os.path.lexists(path):
                self._db.write("UPDATE swatch SET path = ? WHERE row = ?", (path, row))
                moved.add(row)
        return moved

    def _describe(self, batch: Sequence[NewSwatch], row_of: Mapping[str, int]) -> None:
        """Store the descriptors of a batch; one already stored for its encoder stays."""
        coded = [(row_of[n.swatch.id], n.descriptor) for n in batch if n.descriptor is not None]
        write_descriptors(self._db, coded, replace=False)

    def _take_over(self, swatch: Swatch, row: int, now: int) -> None:
        """What a second file of a swatch says of it, added to what is known."""
        if swatch.labels != Labels():
            write_labels(self._db, {row: swatch.labels}, SHEET, now)
        if swatch.fields:
            write_fields(self._db, {row: swatch.fields})

    def _siblings(self, rows: Iterable[int]) -> set[int]:
        """Row numbers of all pictures of the articles some pictures are filed under."""
        found: set[int] = set()
        for where in row_lists(sorted(rows), "row"):
            found.update(
                row for (row,) in self._db.rows(
                    "SELECT row FROM swatch WHERE colourway IN (SELECT row FROM colourway WHERE"
                    " article IN (SELECT article FROM colourway WHERE row IN"
                    f" (SELECT colourway FROM swatch{where})))"
                )
            )  # fmt: skip
        return found

    def _reindex(self, rows: Sequence[int]) -> None:
        """Write the words of changed rows again, inside the transaction that changed them."""
        if rows:
            changed = read_swatches(self._db, rows)
            index_words(self._db, changed.items(), default_taxonomy(), new=False)

    def thumbnail(self, swatch_id: str) -> bytes | None:
        """The JPEG of a swatch; None when it has none or a power cut spoiled it."""
        return self._thumbnails.read(swatch_id)

    def thumbnail_file(self, swatch_id: str) -> Path:
        """Where the JPEG of a swatch lies; the file may be read on any thread."""
        return self._thumbnails.file(swatch_id)

    def put_thumbnails(self, jpegs: Mapping[str, bytes]) -> None:
        """Write the thumbnails of swatches again, in place of lost or spoiled ones.

        Raises:
            LibraryError: the library is read-only or its disk is full.
            KeyError: a swatch is not in the library.
        """
        self._db.require_writable()
        rows = self._rows_of(list(jpegs))
        self._thumbnails.write(jpegs)
        with self._db.transaction():
            numbers = [(row,) for row in rows]
            self._db.write_many("UPDATE swatch SET thumbnail = 1 WHERE row = ?", numbers)

    def locations(self, swatch_id: str) -> list[str]:
        """Every file this swatch was seen in, the one it is known by first."""
        rows = self._db.rows(
            "SELECT location.path FROM location JOIN swatch ON swatch.row = location.swatch"
            " WHERE id = ? ORDER BY location.path != swatch.path, seen_at, location.path",
            (swatch_id,),
        )
        return [os.fsdecode(path) for (path,) in rows]

