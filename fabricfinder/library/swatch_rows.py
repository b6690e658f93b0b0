"""Reading swatches from their tables, all of them or a few, as values."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice

from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.library.database import Database, from_stored

_NOTHING_SAID = Labels()
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
    """Row number -> swatch in order of arrival; all, or those of the given row numbers."""
    swatches: dict[int, Swatch] = {}
    with database.reading():
        labels = read_labels(database, rows)
        fields: dict[int, dict[str, str | float]] = {}
        for where in row_lists(rows, "swatch"):
            for row, name, value in database.rows(f"SELECT swatch, name, value FROM field{where}"):
                fields.setdefault(row, {})[name] = from_stored(value)
        for where in row_lists(rows, "row"):
            columns = "SELECT row, id, path, name, width, height, px_per_cm FROM swatch"
            for row, i, path, name, width, height, scale in database.rows(
                f"{columns}{where} ORDER BY row"
            ):
                swatches[row] = Swatch(
                    i, os.fsdecode(path), from_stored(name), width, height, scale,
                    labels.get(row, _NOTHING_SAID), fields.get(row) or {},
                )  # fmt: skip
    return swatches


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
