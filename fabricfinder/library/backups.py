"""Copies of the library's file beside it: made before a migration and at most once a day."""

import os
import shutil
import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from fabricfinder.domain.errors import LibraryError

KEEP = 3
EVERY = timedelta(days=1)
_STAMP = "%Y-%m-%d-%H%M%S"


def backups(folder: Path) -> list[Path]:
    """The backups of the library in ``folder``, newest first."""
    return sorted((folder / "backups").glob("library-*.fflib"), reverse=True)


def newest_backup(folder: Path) -> Path | None:
    """The newest backup, or None."""
    return next(iter(backups(folder)), None)


def backup_time(backup: Path) -> datetime | None:
    """When a backup was made, in local time without zone; None for a foreign name."""
    try:
        return datetime.strptime(backup.stem.removeprefix("library-")[:17], _STAMP)
    except ValueError:
        return None


def backup_due(folder: Path, now: datetime) -> bool:
    """Whether the newest backup is a day old, or from the future (a clock set back)."""
    newest = newest_backup(folder)
    made = backup_time(newest) if newest else None
    return made is None or not timedelta(0) <= now.replace(tzinfo=None) - made < EVERY


def make_backup(connection: sqlite3.Connection, folder: Path, now: datetime) -> Path:
    """Copy an open library into ``backups`` and drop all but the newest three; returns the copy.

    Raises:
        LibraryError: the copy cannot be written (disk full).
    """
    place = folder / "backups"
    final = place / f"library-{now.strftime(_STAMP)}.fflib"
    unfinished = place / f"{final.name}.tmp"
    try:
        place.mkdir(exist_ok=True)
        unfinished.unlink(missing_ok=True)
        target = sqlite3.connect(unfinished)
        try:
            connection.backup(target)
            # A backup is one file: no write-ahead log that could be left behind in a copy.
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()
        os.replace(unfinished, final)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise LibraryError(
            f"A backup of the library could not be written to {place} ({error});"
            " nothing was changed. Make room on that disk and open the library again."
        ) from error
    for old in backups(folder)[KEEP:]:
        old.unlink(missing_ok=True)
    return final


def put_back(folder: Path, backup: Path, database: str, now: datetime) -> Path:
    """Put a backup in the place of the library's file; the caller holds the lock.

    Returns:
        Where the file that was there now lies; nothing is deleted.
    """
    aside = folder / f"library-damaged-{now.strftime(_STAMP)}.fflib"
    incoming = folder / f"{database}.tmp"
    shutil.copyfile(backup, incoming)
    for tail in ("", "-wal", "-shm"):
        old = folder / f"{database}{tail}"
        if old.exists():
            os.replace(old, f"{aside}{tail}")
    os.replace(incoming, folder / database)
    shutil.rmtree(folder / "columns", ignore_errors=True)
    return aside
