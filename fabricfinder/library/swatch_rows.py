"""Reading swatches from their tables, all of them or a few, as values."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice

from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.library.database import Database, from_stored
from fabricfinder.library.filing import Fields, read_shared

_NOTHING_SAID = Labels()
_NOTHING_OWN: frozenset[str] = frozenset()
_NO_FIELDS: Fields = {}
_CHUNK = 500  # row numbers in one SQL list; older SQLite takes 999


def row_lists(rows: Sequence[int] | None, column: str) -> Iterator[str]:
    """SQL conditions that pick some rows, a few hundred at a time; one empty one for all rows."""
    if rows is None:
        yield ""
        return
    numbers = iter(rows)
    while chunk := list(islice(numbers, _CHUNK)):
        yield f" WHERE {column} IN ({','.join(map(str, chunk))})"


def read_swatches(database: Database, rows: Sequence[int] | None = None) -> dict[int, Swatch]:
    """Row number -> swatch in order of arrival; all, or those of the given row numbers.

    Swatches that were taken out of the library are left out.
    """
    swatches: dict[int, Swatch] = {}
    with database.reading():
        labels = read_labels(database, rows)
        own: dict[int, Fields] = {}
        for where in row_lists(rows, "swatch"):
            for row, name, value in database.rows(f"SELECT swatch, name, value FROM field{where}"):
                own.setdefault(row, {})[name] = from_stored(value)
        shared = read_shared(database, None if rows is None else _colourways(database, rows))
        for where in row_lists(rows, "row"):
            columns = (
                "SELECT row, id, path, name, width, height, px_per_cm, colourway, view,"
                " scale_source FROM swatch"
            )
            condition = f"{where} AND" if where else " WHERE"
            for row, i, path, name, width, height, scale, colourway, view, who in database.rows(
                f"{columns}{condition} removed_at IS NULL ORDER BY row"
            ):
                fields, against = _effective(shared.get(colourway), own.get(row))
                swatches[row] = Swatch(
                    i, os.fsdecode(path), from_stored(name), width, height, scale,
                    labels.get(row, _NOTHING_SAID), fields, view, against,
                    who or "",
                )  # fmt: skip
    return swatches


def _colourways(database: Database, rows: Sequence[int]) -> list[int]:
    """Rows of the colourways some swatches are filed under."""
    found: set[int] = set()
    for where in row_lists(rows, "row"):
        found.update(
            row for (row,) in database.rows(f"SELECT colourway FROM swatch{where}") if row
        )
    return sorted(found)


def _effective(
    shared: Fields | None, own: Fields | None
) -> tuple[Fields, frozenset[str]]:
    """The fields in force, and the names in which a picture says other than it shares.

    Pictures that say nothing of their own share one dictionary; nobody may write into it.
    """
    if shared is None:
        return own or _NO_FIELDS, _NOTHING_OWN
    if own is None:
        return shared, _NOTHING_OWN
    return shared | own, frozenset(own.keys() & shared.keys())


def read_labels(database: Database, rows: Sequence[int] | None = None) -> dict[int, Labels]:
    """Row number -> what a person said, for rows where anything was said."""
    said: dict[int, dict[str, str | float]] = {}
    for where in row_lists(rows, "swatch"):
        for row, dimension, value in database.rows(
            f"SELECT swatch, dimension, value FROM label{where}"
        ):
            said.setdefault(row, {})[dimension] = from_stored(value)
    return {
        row: Labels(labels.get("coarse"), labels.get("fine"), labels.get("tightness"))
        for row, labels in said.items()
    }
