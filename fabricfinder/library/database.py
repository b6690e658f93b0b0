"""The one SQLite connection of a library: transactions, and sentences for what can go wrong."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from fabricfinder.domain.errors import LibraryError
from fabricfinder.library.backups import newest_backup
from fabricfinder.library.errors import (
    LibraryDamagedError,
    LibraryInUseError,
    LibraryReadOnlyError,
)

DATABASE_NAME = "library.fflib"
Mode = Literal["rw", "rwc", "ro", "immutable", "memory"]
LEAST_FREE = 128 * 1024
READ_ONLY_SENTENCE = "This library is open to read only, so nothing can be changed in it."
DISK_FULL_SENTENCE = (
    "The disk that holds the library is full. Make room and try again; nothing was lost."
)


def damaged(folder: Path) -> LibraryDamagedError:
    """The error for a library file that cannot be read any more, naming its newest backup."""
    backup = newest_backup(folder)
    hope = (
        f"The last backup is {backup.name}, in {backup.parent}; it can be restored."
        if backup
        else "There is no backup beside it. The photographs themselves are not touched:"
        " import them into a new library."
    )
    return LibraryDamagedError(f"The library in {folder} is damaged. {hope}", backup)


def has_room(folder: Path) -> bool:
    """Whether a folder's disk has room for SQLite's own helper files; True where nobody can tell."""
    try:
        return shutil.disk_usage(folder).free >= LEAST_FREE
    except OSError:
        return True


def understood(error: sqlite3.Error, folder: Path) -> LibraryError | None:
    """What an SQLite error means to a person, or None when it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    match code & 0xFF if code is not None else None:
        case sqlite3.SQLITE_FULL:
            return LibraryError(DISK_FULL_SENTENCE)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(folder)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return LibraryReadOnlyError(
                f"The library in {folder} cannot be written. You can open it to read only."
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LibraryInUseError(
                f"Another program is using the library in {folder}. You can open it to read only."
            )
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            if not has_room(folder):
                return LibraryError(DISK_FULL_SENTENCE)
            return LibraryError(
                f"The library in {folder} could not be reached ({error})."
                " Check that its disk is connected."
            )
    return None


class Database:
    """A connection for one thread, with explicit transactions.

    Every method raises a LibraryError where the environment is to blame (disk full, damaged,
    locked, unplugged) and lets sqlite3's own error pass where the program is.

    Attributes:
        read_only: writes are refused before they reach SQLite.
    """

    def __init__(self, path: Path, mode: Mode) -> None:
        self.folder = path.parent
        self.read_only = mode in ("ro", "immutable", "memory")
        query = "immutable=1&mode=ro" if mode == "immutable" else f"mode={mode}"
        address = ":memory:" if mode == "memory" else f"{path.absolute().as_uri()}?{query}"
        try:
            self.connection = sqlite3.connect(
                address, uri=True, isolation_level=None, cached_statements=256, timeout=5.0
            )
        except sqlite3.Error as error:
            raise self._blame(error) from error
        try:
            self.rows("PRAGMA foreign_keys = ON")
            if mode in ("rw", "rwc"):
                self.rows("PRAGMA journal_mode = WAL")
                self.rows("PRAGMA synchronous = NORMAL")
        except BaseException:
            self.connection.close()
            raise

    def _blame(self, error: sqlite3.Error) -> Exception:
        """The error to raise in place of sqlite3's: a sentence where there is one."""
        return understood(error, self.folder) or error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._blame(error) from error

    def value(self, sql: str, values: Sequence[Any] = (), default: Any = None) -> Any:
        """The first column of the first row, or ``default``."""
        found = self.rows(sql, values)
        return found[0][0] if found else default

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        """One writing statement; alone it is its own transaction."""
        self.require_writable()
        self.rows(sql, values)

    def write_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """One writing statement for many rows; call it inside ``transaction``."""
        self.require_writable()
        try:
            self.connection.executemany(sql, values)
        except sqlite3.Error as error:
            raise self._blame(error) from error

    def require_writable(self) -> None:
        """Raises LibraryReadOnlyError when this connection only reads."""
        if self.read_only:
            raise LibraryReadOnlyError(READ_ONLY_SENTENCE)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end, rolls back when anything is raised.

        Inside another one it is a part of that.
        """
        self.require_writable()
        if self.connection.in_transaction:
            yield
        else:
            with self._between("BEGIN IMMEDIATE"):
                yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several queries that see one and the same moment, whatever another process writes."""
        if self.connection.in_transaction:
            yield
        else:
            with self._between("BEGIN"):
                yield

    @contextmanager
    def _between(self, begin: str) -> Iterator[None]:
        self.rows(begin)
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # SQLite itself rolls back when the disk is full
                self.connection.execute("ROLLBACK")
            raise

    def copy_to(self, other: sqlite3.Connection) -> None:
        """Copy the whole database, a consistent moment of it, into another connection."""
        try:
            self.connection.backup(other)
        except sqlite3.Error as error:
            raise self._blame(error) from error

    def close(self) -> None:
        """Fold the write-ahead log into the file and close; safe to call twice."""
        if not self.read_only:
            try:
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error:  # already closed, or busy: the log stays, which loses nothing
                pass
        self.connection.close()


def to_stored(text: str) -> str | bytes:
    """Text as SQLite can keep it; what is not Unicode (a surrogate-escaped name) becomes bytes."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_stored(value: Any) -> Any:
    """The inverse of ``to_stored``; numbers pass."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
