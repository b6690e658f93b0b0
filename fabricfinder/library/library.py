"""A library: the folder a designer's swatches are known in; the originals stay where they are."""

import os
from pathlib import Path
from types import TracebackType

from fabricfinder.domain.errors import CRASH_SENTENCE, LibraryError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library.backups import backup_due, make_backup, newest_backup, put_back
from fabricfinder.library.coding import Coding
from fabricfinder.library.database import (
    DATABASE_NAME,
    DISK_FULL_SENTENCE,
    Database,
    damaged,
    has_room,
)
from fabricfinder.library.errors import LibraryReadOnlyError
from fabricfinder.library.lock import LibraryLock
from fabricfinder.library.opinions import Opinions
from fabricfinder.library.places import THIS_COMPUTER, Surroundings
from fabricfinder.library.schema import (
    APPLICATION_ID,
    VERSION,
    migrate,
    refuse_newer,
    version_of,
    write_schema,
)
from fabricfinder.library.swatch_rows import read_swatches
from fabricfinder.library.thumbnails import Thumbnails
from fabricfinder.library.words import INDEX_VERSION, index_words

# What may lie in a folder that is still called empty: the desktop's own files, and ours when an
# earlier attempt was cut short.
_NO_CONTENT = frozenset(
    {".DS_Store", "desktop.ini", "Thumbs.db", ".directory", "lock", f"{DATABASE_NAME}.tmp",
     f"{DATABASE_NAME}.tmp-wal", f"{DATABASE_NAME}.tmp-shm"}
)  # fmt: skip
_MAGIC = b"SQLite format 3\0"


class Library(Opinions, Coding):
    """An open library, for the one thread that opened it.

    Attributes:
        folder: where it lies.
        read_only: whether every write is refused.
        uuid: its identity, wherever the folder is moved.
        closed_badly: whether the program that last had it open ended without closing it.
        notices: quiet sentences about the opening, to show once.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        lock: LibraryLock | None,
        notices: tuple[str, ...] = (),
    ) -> None:
        """Use ``create`` or ``open``; this only ties the parts together."""
        self.folder = folder
        self.read_only = database.read_only
        self.closed_badly = lock is not None and lock.left_by_a_crash
        self.notices = ((CRASH_SENTENCE,) if self.closed_badly else ()) + notices
        self._db = database
        self._lock = lock
        self._thumbnails = Thumbnails(folder)
        self._forget()
        self.uuid = self.meta_get("uuid") or ""

    @property
    def name(self) -> str:
        """What the library is called; its folder's name unless ``meta_set("name", ...)``."""
        return self.meta_get("name") or self.folder.name

    @classmethod
    def create(cls, folder: Path, *, around: Surroundings = THIS_COMPUTER) -> "Library":
        """Make a library in a folder that is new or empty, and open it.

        Raises:
            LibraryError: the folder holds other things, lies on a network share or cannot be
                written; the sentence says which.
        """
        folder = folder_of(folder)
        _refuse_network(folder, around)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            content = {entry.name for entry in folder.iterdir()} - _NO_CONTENT
        except OSError as error:
            raise LibraryError(f"{folder} cannot be made ({error.strerror}).") from error
        if DATABASE_NAME in content:
            raise LibraryError(f"There is a library in {folder} already; open it instead.")
        if content:
            raise LibraryError(
                f"{folder} is not empty. Choose an empty folder for the library;"
                " your photographs stay where they are."
            )
        _require_writable(folder, around)
        lock = _take_lock(folder, around)
        try:
            _make_database(folder, around)
        except BaseException:
            lock.release()
            raise
        lock.release()
        return cls.open(folder, around=around)

    @classmethod
    def open(
        cls, folder: Path, *, read_only: bool = False, around: Surroundings = THIS_COMPUTER
    ) -> "Library":
        """Open a library, to write unless ``read_only``; migrates and backs up as needed.

        Args:
            folder: the library's folder, or its ``library.fflib``.

        Raises:
            LibraryInUseError: another window has it open; the sentence says who, where, since when.
            LibraryReadOnlyError: it cannot be written here; it can be opened to read only.
            LibraryNewerError: a newer program wrote it.
            LibraryDamagedError: its file is damaged; the sentence names the last backup.
            LibraryError: there is no library there, or it lies on a network share.
        """
        folder = folder_of(folder)
        _refuse_network(folder, around)
        file = folder / DATABASE_NAME
        _require_library(file)
        if read_only:
            return cls(folder, _open_to_read(file, around), None)
        _require_writable(folder, around)
        if not has_room(folder):
            raise LibraryReadOnlyError(
                "The disk that holds the library is full. Make room, or open it to read only."
            )
        lock = _take_lock(folder, around)
        try:
            database, notices = _open_to_write(folder, around)
        except BaseException:
            lock.release()
            raise
        try:
            library = cls(folder, database, lock, notices)
        except BaseException:  # damage found only now must not keep the restoring out
            database.close()
            lock.release()
            raise
        try:
            library._tidy()
        except BaseException:
            library.close()
            raise
        return library

    @classmethod
    def open_backup(cls, folder: Path, backup: Path | None = None) -> "Library":
        """Open a backup of a library to read only, the newest unless told which.

        Raises:
            LibraryError: there is no such backup.
        """
        folder = folder_of(folder)
        file = backup or newest_backup(folder)
        if file is None or not file.is_file():
            raise LibraryError(f"There is no backup of the library in {folder}.")
        database = _migrated_copy(Database(file, "immutable"))
        return cls(folder, database, None)

    @staticmethod
    def restore_backup(
        folder: Path, backup: Path | None = None, *, around: Surroundings = THIS_COMPUTER
    ) -> Path:
        """Put a backup in the place of a damaged library; returns where the damaged file now lies.

        Raises:
            LibraryInUseError: a window has the library open.
            LibraryError: there is no such backup, or no room for it.
        """
        folder = folder_of(folder)
        file = backup or newest_backup(folder)
        if file is None or not file.is_file():
            raise LibraryError(f"There is no backup of the library in {folder}.")
        _require_writable(folder, around)
        lock = _take_lock(folder, around)
        try:
            return put_back(folder, file, DATABASE_NAME, around.now())
        except OSError as error:
            raise LibraryError(f"The backup could not be put back ({error.strerror}).") from error
        finally:
            lock.release()

    def close(self) -> None:
        """Write what is still in memory, close, and let the next window in; safe to call twice."""
        if self._lock is None and self.read_only:
            self._db.close()
            return
        if self._lock is None:
            return
        try:
            self.flush_columns()
        finally:
            self._db.close()
            self._lock.release()
            self._lock = None

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tidy(self) -> None:
        """After opening to write: sweep what a crash left, renew words of an older taxonomy."""
        if self.closed_badly:
            self._thumbnails.sweep({i for (i,) in self._db.rows("SELECT id FROM swatch")})
        taxonomy = default_taxonomy()
        words = f"{INDEX_VERSION}.{taxonomy.version}"
        if self.meta_get("words") != words:
            with self._db.transaction():
                self._db.write("DELETE FROM words")
                index_words(self._db, read_swatches(self._db).items(), taxonomy, new=True)
                self._note("words", words)


def folder_of(path: Path) -> Path:
    """The library's folder, given the folder or the .fflib file in it; absolute."""
    path = Path(os.path.abspath(path))
    return path.parent if path.name == DATABASE_NAME and path.is_file() else path


def _refuse_network(folder: Path, around: Surroundings) -> None:
    if around.on_network(folder):
        raise LibraryError(
            f"{folder} is on a network share, where a library would be damaged sooner or later."
            " Keep the library on this computer; the photographs may stay on the share."
        )


def _require_writable(folder: Path, around: Surroundings) -> None:
    file = folder / DATABASE_NAME
    if not around.writable(folder) or file.exists() and not os.access(file, os.W_OK):
        raise LibraryReadOnlyError(
            f"{folder} cannot be written, so nothing can be added there."
            " An existing library can be opened to read only."
        )


def _take_lock(folder: Path, around: Surroundings) -> LibraryLock:
    try:
        return LibraryLock(folder, around.now())
    except OSError as error:
        raise LibraryReadOnlyError(
            f"{folder} cannot be locked for writing ({error.strerror})."
            " You can open the library to read only."
        ) from error


def _require_library(file: Path) -> None:
    """Refuse a folder without a library file, and a file that is none of ours or is damaged."""
    try:
        with open(file, "rb") as opened:
            head = opened.read(100)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LibraryError(f"There is no library in {file.parent}.") from error
    except OSError as error:
        raise LibraryError(f"{file} cannot be read ({error.strerror}).") from error
    if len(head) < 100 or not head.startswith(_MAGIC):
        raise damaged(file.parent)
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise LibraryError(f"{file} is a database of another program, not a fabricfinder library.")


def _make_database(folder: Path, around: Surroundings) -> None:
    """Write an empty library under another name and rename it when it is whole."""
    unfinished = folder / f"{DATABASE_NAME}.tmp"
    for tail in ("", "-wal", "-shm"):
        Path(f"{unfinished}{tail}").unlink(missing_ok=True)
    database = Database(unfinished, "rwc")
    try:
        write_schema(database, folder.name, around.now())
    finally:
        database.close()
    os.replace(unfinished, folder / DATABASE_NAME)


def _open_to_write(folder: Path, around: Surroundings) -> tuple[Database, tuple[str, ...]]:
    """Connect; migrate an older library after a backup; back up once a day.

    Returns:
        The database, and a sentence if the day's backup could not be made: a disk too full for
        that must not keep her from her swatches. Without its backup nothing is migrated, though.
    """
    notices: tuple[str, ...] = ()
    database = Database(folder / DATABASE_NAME, "rw")
    try:
        version = version_of(database)
        refuse_newer(version)
        older = version < VERSION
        if older or _backup_wanted(database, folder, around):
            # A damaged library must not push a good backup out.
            if database.value("PRAGMA quick_check(1)") != "ok":
                raise damaged(folder)
            try:
                make_backup(database.connection, folder, around.now())
            except LibraryError as error:
                if older:
                    raise
                notices = (str(error),)
        if older:
            migrate(database)
    except BaseException:
        database.close()
        raise
    return database, notices


def _backup_wanted(database: Database, folder: Path, around: Surroundings) -> bool:
    """Whether a day has passed since the last backup and something was added since the first."""
    if not backup_due(folder, around.now()):
        return False
    if not database.value("SELECT count(*) FROM (SELECT 1 FROM swatch LIMIT 1)"):
        return False
    newest = newest_backup(folder)
    written = (folder / DATABASE_NAME).stat().st_mtime
    return newest is None or written > newest.stat().st_mtime


def _open_to_read(file: Path, around: Surroundings) -> Database:
    """Connect without writing anything, not even SQLite's own helper files where that is barred."""
    log = Path(f"{file}-wal")
    unwritten = log.exists() and log.stat().st_size > 0
    # SQLite wants a file of its own beside the library even to read: a full disk bars that.
    if around.writable(file.parent) and has_room(file.parent):
        database = Database(file, "ro")
    elif unwritten and around.writable(file.parent):
        raise LibraryError(DISK_FULL_SENTENCE)
    elif unwritten:
        raise LibraryError(
            f"The library in {file.parent} was not closed before it was copied there."
            " Copy it to a place that can be written and open it there once."
        )
    else:
        database = Database(file, "immutable")
    return _migrated_copy(database)


def _migrated_copy(database: Database) -> Database:
    """A library as it is, or, when it is older, a copy of it in memory brought up to date."""
    try:
        version = version_of(database)
        refuse_newer(version)
        if version >= VERSION:
            return database
        copy = Database(database.folder / DATABASE_NAME, "memory")
        database.copy_to(copy.connection)
    except BaseException:
        database.close()
        raise
    database.close()
    copy.read_only = False
    migrate(copy)
    copy.read_only = True
    return copy
