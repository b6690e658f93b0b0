"""The tables of a library, their versions, and the steps from one version to the next.

``PRAGMA user_version`` holds 1000 · major + minor. A newer minor only adds what this program may
ignore; a newer major is refused. Every version that was ever written has a frozen library among
the test fixtures, and a step here that brings it forward.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from fabricfinder.library.database import Database, to_stored
from fabricfinder.library.errors import LibraryNewerError
from fabricfinder.library.filing import TABLES as FILING_TABLES
from fabricfinder.library.filing import lift_all

APPLICATION_ID = 0x46466C62  # "FFlb", in the SQLite header for `file` and for us
VERSION = 3003

_ARCHIVE_TABLES = (
    # A smart collection has a rule in the search box's grammar, one gathered by hand none.
    """CREATE TABLE collection (
        row INTEGER PRIMARY KEY, name NOT NULL UNIQUE, rule NOT NULL DEFAULT '')""",
    """CREATE TABLE gathered (
        collection INTEGER NOT NULL REFERENCES collection(row),
        swatch INTEGER NOT NULL REFERENCES swatch(row), PRIMARY KEY (collection, swatch))
        WITHOUT ROWID""",
    # What can be taken back (see history.py): `deed` is insert, update or delete of a row of
    # `place`, v0… what the row held before it.
    """CREATE TABLE step (
        row INTEGER PRIMARY KEY AUTOINCREMENT, name NOT NULL, who NOT NULL, at INTEGER NOT NULL,
        undone INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE step_row (
        seq INTEGER PRIMARY KEY, step INTEGER NOT NULL REFERENCES step(row), place TEXT NOT NULL,
        deed TEXT NOT NULL, v0, v1, v2, v3, v4, v5)""",
    """CREATE INDEX step_row_step ON step_row(step)""",
)

_SEVENTH_SLOT = """ALTER TABLE step_row ADD COLUMN v6"""  # swatch has one column more since 3003

_OPINION_TABLES = (
    # The latest word of everybody, a model among them, on a swatch: `label` holds what is in force.
    # `how` is JSON: the suggestion it followed, its source (see domain.opinion).
    """CREATE TABLE opinion (
        swatch INTEGER NOT NULL REFERENCES swatch(row), dimension TEXT NOT NULL, who TEXT NOT NULL,
        value NOT NULL, said_at INTEGER NOT NULL, how TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (swatch, dimension, who)) WITHOUT ROWID""",
    # Words that differ from the shipped ones; `names` is JSON: names by language, other words.
    """CREATE TABLE term (
        id TEXT PRIMARY KEY, dimension TEXT NOT NULL, names TEXT NOT NULL, counts_as TEXT NOT NULL,
        merged_into TEXT NOT NULL) WITHOUT ROWID""",
)
_PAIR_TABLE = """CREATE TABLE pair (
    row INTEGER PRIMARY KEY, tighter INTEGER NOT NULL REFERENCES swatch(row),
    looser INTEGER NOT NULL REFERENCES swatch(row), who TEXT NOT NULL, said_at INTEGER NOT NULL)"""

_TABLES = (
    """CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID""",
    *FILING_TABLES,
    # `row` is the order of arrival. `path` is where the picture is now, as the bytes of the file
    # system, because names need not be Unicode; `thumbnail` is 1 when its file was written.
    # `removed_at` is when she took it out of the library; its record stays. `scale_source` is who
    # says px_per_cm (see domain.swatch); NULL = not known, as in libraries older than 3003.
    """CREATE TABLE swatch (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path BLOB NOT NULL, name NOT NULL,
        width INTEGER NOT NULL, height INTEGER NOT NULL, px_per_cm REAL,
        imported_at INTEGER NOT NULL, thumbnail INTEGER NOT NULL,
        colourway INTEGER REFERENCES colourway(row), view TEXT NOT NULL DEFAULT '',
        removed_at INTEGER, scale_source TEXT)""",
    """CREATE INDEX swatch_colourway ON swatch(colourway)""",
    # Every file a swatch was seen in; size and time tell an unchanged file without reading it.
    """CREATE TABLE location (
        path BLOB PRIMARY KEY, swatch INTEGER NOT NULL REFERENCES swatch(row),
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, seen_at INTEGER NOT NULL)
        WITHOUT ROWID""",
    """CREATE INDEX location_swatch ON location(swatch)""",
    # What a person said, one value a dimension; `value` is a taxonomy id or a percentage.
    """CREATE TABLE label (
        swatch INTEGER NOT NULL REFERENCES swatch(row), dimension TEXT NOT NULL, value NOT NULL,
        who TEXT NOT NULL, said_at INTEGER NOT NULL, PRIMARY KEY (swatch, dimension))
        WITHOUT ROWID""",
    # What a picture says by itself; what its article or colourway says lies in `spec`.
    """CREATE TABLE field (
        swatch INTEGER NOT NULL REFERENCES swatch(row), name TEXT NOT NULL, value NOT NULL,
        PRIMARY KEY (swatch, name)) WITHOUT ROWID""",
    """CREATE TABLE encoder (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)""",
    # What a model said, never mixed with what a person said. Beliefs are float16, the palette is
    # float32 rows of region, hue, saturation, value, share; threads are per cm, with the half width
    # of their 90 % interval; NULL = unknown.
    """CREATE TABLE descriptor (
        encoder INTEGER NOT NULL REFERENCES encoder(row),
        swatch INTEGER NOT NULL REFERENCES swatch(row), code BLOB NOT NULL, coarse BLOB NOT NULL,
        fine BLOB NOT NULL, tightness REAL, tightness_sd REAL, palette BLOB NOT NULL,
        unfamiliarity REAL, ends REAL, picks REAL, ends_within REAL, picks_within REAL,
        px_per_yarn REAL, PRIMARY KEY (encoder, swatch)) WITHOUT ROWID""",
    """CREATE TABLE queue (position INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE)""",
    """CREATE TABLE problem (
        path BLOB PRIMARY KEY, reason TEXT NOT NULL, found_at INTEGER NOT NULL) WITHOUT ROWID""",
    # Words are folded before they come here (see words.py), so the tokenizer only splits.
    """CREATE VIRTUAL TABLE words USING fts5(
        name, labels, fields, place, tokenize = 'unicode61 remove_diacritics 0',
        prefix = '1 2 3')""",
    *_ARCHIVE_TABLES,
    _SEVENTH_SLOT,
    *_OPINION_TABLES,
    # Answers to “which is tighter?”.
    _PAIR_TABLE,
)

_FROM_1 = (
    """CREATE TABLE location (
        path BLOB PRIMARY KEY, swatch INTEGER NOT NULL REFERENCES swatch(row),
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, seen_at INTEGER NOT NULL)
        WITHOUT ROWID""",
    """CREATE INDEX location_swatch ON location(swatch)""",
    # Version 1 could hold two swatches of one path, when the file had changed: the later has it.
    """INSERT OR REPLACE INTO location
        SELECT path, row, size, mtime_ns, imported_at FROM swatch ORDER BY row""",
    """ALTER TABLE swatch DROP COLUMN size""",
    """ALTER TABLE swatch DROP COLUMN mtime_ns""",
)

_FROM_2 = (
    *FILING_TABLES,
    # Threads counted in the picture; NULL = could not be.
    *(f"ALTER TABLE descriptor ADD COLUMN {name} REAL"
      for name in ("ends", "picks", "ends_within", "picks_within", "px_per_yarn")),
    """ALTER TABLE swatch ADD COLUMN colourway INTEGER REFERENCES colourway(row)""",
    """ALTER TABLE swatch ADD COLUMN view TEXT NOT NULL DEFAULT ''""",
    """ALTER TABLE swatch ADD COLUMN removed_at INTEGER""",
    """CREATE INDEX swatch_colourway ON swatch(colourway)""",
    *_ARCHIVE_TABLES,
    lift_all,
)

_FROM_3000 = (
    *_OPINION_TABLES,
    """INSERT INTO opinion (swatch, dimension, who, value, said_at)
        SELECT swatch, dimension, who, value, said_at FROM label""",
)

_FROM_3002 = ("""ALTER TABLE swatch ADD COLUMN scale_source TEXT""", _SEVENTH_SLOT)

# Version that a step starts from -> (statements and deeds, version it ends at).
MIGRATIONS: dict[int, tuple[tuple[str | Callable[[Database], None], ...], int]] = {
    1000: (_FROM_1, 2000),
    2000: (_FROM_2, 3000),
    3000: (_FROM_3000, 3001),
    3001: ((_PAIR_TABLE,), 3002),
    3002: (_FROM_3002, 3003),
}


def write_schema(database: Database, name: str, now: datetime) -> None:
    """Make the tables of an empty database and give the library its name and identity."""
    with database.transaction():
        for statement in _TABLES:
            database.write(statement)
        database.write(f"PRAGMA application_id = {APPLICATION_ID}")
        database.write(f"PRAGMA user_version = {VERSION}")
        values = {
            "uuid": uuid.uuid4().hex,
            "name": name,
            "made_at": now.isoformat(timespec="seconds"),
            "change": new_change(),
        }
        stored = [(key, to_stored(value)) for key, value in values.items()]
        database.write_many("INSERT INTO meta VALUES (?, ?)", stored)


def new_change() -> str:
    """A mark for the state of the library after a change; never the same twice.

    A counter would repeat itself after a backup is restored, and files stamped with it would be
    believed wrongly.
    """
    return uuid.uuid4().hex


def version_of(database: Database) -> int:
    """The library's version, 1000 · major + minor."""
    return int(database.value("PRAGMA user_version"))


def refuse_newer(version: int) -> None:
    """Raises LibraryNewerError for a library of a newer major version."""
    if version // 1000 > VERSION // 1000:
        raise LibraryNewerError(
            "This library was last opened by a newer fabricfinder. Update this program to open it."
        )


def migrate(database: Database) -> None:
    """Bring an older library to ``VERSION``, all steps in one transaction.

    Raises:
        KeyError: there is no step from its version, which no released program can have written.
    """
    with database.transaction():
        while (version := version_of(database)) < VERSION:
            statements, reached = MIGRATIONS[version]
            for statement in statements:
                if callable(statement):
                    statement(database)
                else:
                    database.write(statement)
            database.write(f"PRAGMA user_version = {reached}")
        database.write("UPDATE meta SET value = ? WHERE key = 'change'", (new_change(),))
