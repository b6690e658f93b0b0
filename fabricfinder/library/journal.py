"""What a library remembers beside its swatches: files waiting, files that failed, small notes."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from fabricfinder.domain.swatch import ImportProblem
from fabricfinder.library.database import Database, from_stored, to_stored
from fabricfinder.library.schema import new_change

# Notes the library keeps about itself; a caller may read them but not write them.
OWN_NOTES = frozenset({"uuid", "change", "made_at", "words"})


class Journal:
    """The import journal, the problems and the notes of an open library.

    A path is in the journal from ``queue_import`` until it is added or finished, so an import that
    is killed at any moment can go on where it was.
    """

    _db: Database

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A transaction after which everything derived from the library is stale."""
        with self._db.transaction():
            yield
            self._db.write("UPDATE meta SET value = ? WHERE key = 'change'", (new_change(),))

    def queue_import(self, paths: Iterable[str]) -> None:
        """Remember files that are to be imported, in order; one already waiting keeps its place.

        Raises:
            LibraryError: the library cannot be written.
        """
        with self._db.transaction():
            self._db.write_many(
                "INSERT OR IGNORE INTO queue(path) VALUES (?)", ((os.fsencode(p),) for p in paths)
            )

    def pending_import(self) -> list[str]:
        """Files still waiting, in the order they were queued."""
        rows = self._db.rows("SELECT path FROM queue ORDER BY position")
        return [os.fsdecode(path) for (path,) in rows]

    def pending_count(self) -> int:
        """How many files are still waiting."""
        return int(self._db.value("SELECT count(*) FROM queue"))

    def finish_import(self, paths: Iterable[str]) -> None:
        """Strike files off the journal: they were added, were here already, or have a problem."""
        with self._db.transaction():
            self._strike(paths)

    def _strike(self, paths: Iterable[str]) -> None:
        self._db.write_many("DELETE FROM queue WHERE path = ?", ((os.fsencode(p),) for p in paths))

    def problems(self) -> tuple[ImportProblem, ...]:
        """Files that could not be imported, with the reason, oldest first."""
        rows = self._db.rows("SELECT path, reason FROM problem ORDER BY found_at, path")
        return tuple(ImportProblem(os.fsdecode(path), from_stored(why)) for path, why in rows)

    def add_problem(self, problem: ImportProblem) -> None:
        """Remember why a file could not be imported, until it is; the newest reason counts."""
        self._db.write(
            "INSERT INTO problem VALUES (?, ?, ?) ON CONFLICT(path) DO UPDATE SET"
            " reason = excluded.reason, found_at = excluded.found_at",
            (os.fsencode(problem.path), to_stored(problem.reason), time.time_ns()),
        )

    def forget_problems(self, paths: Sequence[str]) -> None:
        """Drop the problems of files nobody wants to hear of again."""
        with self._db.transaction():
            self._settle(paths)

    def _settle(self, paths: Iterable[str]) -> None:
        encoded = ((os.fsencode(p),) for p in paths)
        self._db.write_many("DELETE FROM problem WHERE path = ?", encoded)

    def meta_get(self, key: str) -> str | None:
        """A note by its key, or None."""
        return from_stored(self._db.value("SELECT value FROM meta WHERE key = ?", (key,)))

    def meta_set(self, key: str, value: str) -> None:
        """Keep a note.

        Raises:
            ValueError: the key is one the library keeps for itself.
            LibraryError: the library cannot be written.
        """
        if key in OWN_NOTES:
            raise ValueError(f"{key} is the library's own")
        self._note(key, value)

    def _note(self, key: str, value: str) -> None:
        self._db.write(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            (key, to_stored(value)),
        )
