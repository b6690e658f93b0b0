"""Collections, swatches taken out and put back, and originals that have moved."""

import os
import time
from collections.abc import Mapping, Sequence

from fabricfinder.domain.archive import Collection, Removed
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.swatch import SCALE_SOURCES
from fabricfinder.domain.trade_fields import VIEWS
from fabricfinder.library.database import from_stored, to_stored
from fabricfinder.library.history import History


class Gathering(History):
    """What a person gathers, sets aside and files."""

    def collections(self) -> tuple[Collection, ...]:
        """Every collection, by name."""
        gathered: dict[int, list[str]] = {}
        for collection, swatch_id in self._db.rows(
            "SELECT collection, id FROM gathered JOIN swatch ON swatch.row = swatch"
            " WHERE removed_at IS NULL ORDER BY collection, swatch.row"
        ):
            gathered.setdefault(collection, []).append(swatch_id)
        found = [
            Collection(from_stored(name), from_stored(rule), tuple(gathered.get(row, ())))
            for row, name, rule in self._db.rows("SELECT row, name, rule FROM collection")
        ]
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def make_collection(self, name: str, rule: str = "") -> None:
        """Make an empty collection, or a smart one with a rule.

        Raises:
            LibraryError: there is one of that name, the name is empty, or nothing can be written.
        """
        name = " ".join(name.split())
        self._require_free(name)
        values = (to_stored(name), to_stored(rule))
        self._db.write("INSERT INTO collection(name, rule) VALUES (?, ?)", values)

    def _require_free(self, name: str) -> None:
        if not name:
            raise LibraryError("A collection needs a name.")
        if self._db.value("SELECT 1 FROM collection WHERE name = ?", (to_stored(name),)):
            raise LibraryError(f"There is a collection “{name}” already; give it another name.")

    def rename_collection(self, name: str, new: str) -> None:
        """Call a collection otherwise; raises LibraryError as ``make_collection``."""
        new = " ".join(new.split())
        if new != name:
            self._require_free(new)
            self._db.write(
                "UPDATE collection SET name = ? WHERE row = ?",
                (to_stored(new), self._collection(name)),
            )

    def drop_collection(self, name: str) -> None:
        """Drop a collection; its swatches stay. Raises LibraryError when there is none."""
        row = self._collection(name)
        with self._db.transaction():
            self._db.write("DELETE FROM gathered WHERE collection = ?", (row,))
            self._db.write("DELETE FROM collection WHERE row = ?", (row,))

    def gather(self, name: str, ids: Sequence[str], *, take_out: bool = False) -> None:
        """Put swatches into a collection gathered by hand, or take them out of it.

        Raises:
            KeyError: a swatch is not in the library.
            LibraryError: there is no such collection, or it follows from a rule.
        """
        row = self._collection(name)
        if self._db.value("SELECT rule FROM collection WHERE row = ?", (row,)):
            raise LibraryError(f"“{name}” follows from its rule; nothing is put in by hand.")
        pairs = [(row, swatch) for swatch in self._rows_of(ids)]
        verb = (
            "DELETE FROM gathered WHERE collection = ? AND swatch = ?"
            if take_out
            else "INSERT OR IGNORE INTO gathered VALUES (?, ?)"
        )
        with self._db.transaction():
            self._db.write_many(verb, pairs)

    def _collection(self, name: str) -> int:
        row = self._db.value("SELECT row FROM collection WHERE name = ?", (to_stored(name),))
        if row is None:
            raise LibraryError(f"There is no collection “{name}” any more.")
        return int(row)

    def set_views(self, views: Mapping[str, str]) -> None:
        """Say what pictures show, by id: one of VIEWS, or "" for nothing said.

        Raises:
            KeyError: a swatch is not in the library.
            ValueError: there is no such view.
        """
        if unknown := set(views.values()) - {"", *VIEWS}:
            raise ValueError(f"no such view: {', '.join(sorted(unknown))}")
        rows = self._rows_of(list(views))
        with self._changing():
            pairs = list(zip(views.values(), rows, strict=True))
            self._db.write_many("UPDATE swatch SET view = ? WHERE row = ?", pairs)
        self._touch(rows)

    def set_scales(self, scales: Mapping[str, float | None], source: str = "hand") -> None:
        """Set the physical scale of pictures, by id, in px/cm; None = unknown.

        Args:
            source: who says so, one of ``SCALE_SOURCES``.

        Raises:
            KeyError: a swatch is not in the library.
            ValueError: a scale is not above 0, or there is no such source.
        """
        if source not in SCALE_SOURCES:
            raise ValueError(f"no such source of a scale: {source}")
        if any(scale is not None and not scale > 0 for scale in scales.values()):
            raise ValueError("a scale is a number of pixels above 0")
        rows = self._rows_of(list(scales))
        with self._changing():
            said = [(scale, source if scale else None) for scale in scales.values()]
            values = [(*one, row) for one, row in zip(said, rows, strict=True)]
            self._db.write_many(
                "UPDATE swatch SET px_per_cm = ?, scale_source = ? WHERE row = ?", values
            )
        self._touch(rows)

    # -- out of the library, and back --------------------------------------------------------

    def take_out(self, ids: Sequence[str]) -> None:
        """Take swatches out of the library; their records stay and can be put back.

        Raises:
            KeyError: a swatch is not in the library.
        """
        rows = self._rows_of(ids)
        now = int(time.time())
        with self._changing():
            self._db.write_many(
                "UPDATE swatch SET removed_at = ? WHERE row = ?", [(now, row) for row in rows]
            )
        self._touch(rows)

    def put_back(self, ids: Sequence[str]) -> None:
        """Put swatches that were taken out back where they were; others are left alone."""
        self._db.require_writable()
        self._put_back(ids)

    def removed(self) -> tuple[Removed, ...]:
        """The swatches taken out, the latest first."""
        rows = self._db.rows(
            "SELECT id, name, path, removed_at FROM swatch WHERE removed_at IS NOT NULL"
            " ORDER BY removed_at DESC, row"
        )
        return tuple(
            Removed(i, from_stored(name), os.fsdecode(path), at) for i, name, path, at in rows
        )

    # -- where the originals lie -----------------------------------------------------------------

    def places(self) -> dict[str, tuple[str, int, int]]:
        """Swatch id -> path it is known by, and size and mtime_ns of the file seen there."""
        rows = self._db.rows(
            "SELECT id, swatch.path, coalesce(size, 0), coalesce(mtime_ns, 0) FROM swatch"
            " LEFT JOIN location ON location.path = swatch.path WHERE removed_at IS NULL"
        )
        return {i: (os.fsdecode(path), size, mtime) for i, path, size, mtime in rows}

    def move(self, paths: Mapping[str, str]) -> None:
        """Note where originals lie now, by id; their records follow.

        Raises:
            KeyError: a swatch is not in the library.
        """
        rows = self._rows_of(list(paths))
        with self._changing():
            for row, path in zip(rows, paths.values(), strict=True):
                new = os.fsencode(path)
                old = self._db.value("SELECT path FROM swatch WHERE row = ?", (row,))
                self._db.write("DELETE FROM location WHERE path = ? AND swatch != ?", (new, row))
                self._db.write("UPDATE OR REPLACE location SET path = ? WHERE path = ?", (new, old))
                self._db.write("UPDATE swatch SET path = ? WHERE row = ?", (new, row))
            self._reindex(rows)
        self._touch(rows)

    def copies(self) -> dict[str, tuple[str, ...]]:
        """Swatch id -> its files, for every swatch that was seen in more than one."""
        found: dict[str, list[str]] = {}
        for swatch_id, path in self._db.rows(
            "SELECT id, location.path FROM location JOIN swatch ON swatch.row = location.swatch"
            " WHERE removed_at IS NULL AND swatch.row IN"
            " (SELECT swatch FROM location GROUP BY swatch HAVING count(*) > 1)"
            " ORDER BY swatch.row, location.path"
        ):
            found.setdefault(swatch_id, []).append(os.fsdecode(path))
        return {i: tuple(paths) for i, paths in found.items()}
