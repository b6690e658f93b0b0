"""Labels, trade fields and the words they are found by."""

import getpass
import time
from collections.abc import Mapping
from pathlib import PurePath

from fabricfinder.domain.swatch import Labels
from fabricfinder.library.database import to_stored
from fabricfinder.library.filing import code_text, write_fields
from fabricfinder.library.remarks import LABEL_DIMENSIONS, write_labels
from fabricfinder.library.shelf import Shelf
from fabricfinder.library.words import match_expression

# How much a hit counts by where it is: name, labels, fields, place.
_COLUMN_WEIGHTS = "10.0, 6.0, 3.0, 1.0"
_RANKED = 10_000


class Annotations(Shelf):
    """What a person says of swatches, and finding swatches by it."""

    def set_labels(
        self, labels: Mapping[str, Labels], *, who: str = "", merge: bool = False
    ) -> None:
        """Set what a person says of swatches, by id, in one transaction.

        Args:
            labels: the whole of what is said; None takes a label away, and what was said
                just so before stays the word of whoever said it.
            who: whose word it is; the user of this computer when empty.
            merge: None leaves a label as it was (for a sheet with empty cells).

        Raises:
            KeyError: a swatch is not in the library.
            ValueError: a tightness is no percentage.
            LibraryError: the library is read-only or its disk is full.
        """
        self._db.require_writable()
        if not labels:
            return
        rows = self._rows_of(list(labels))
        said = dict(zip(rows, labels.values(), strict=True))
        with self._changing():
            if not merge:
                said = self._take_away(said)
            write_labels(self._db, said, who or this_user(), int(time.time()))
            self._reindex(rows)
        self._touch(rows)

    def _take_away(self, said: Mapping[int, Labels]) -> dict[int, Labels]:
        """Delete the labels that are said no more; returns only what is said anew."""
        loaded, gone, new = self._loaded(), [], {}
        for row, labels in said.items():
            changed = {}
            for name in LABEL_DIMENSIONS:
                value = getattr(labels, name)
                if value is None:
                    gone.append((row, name))
                elif value != getattr(loaded[row].labels, name):
                    changed[name] = value
            new[row] = Labels(**changed)
        whose = " WHERE swatch = ?1 AND dimension = ?2"
        self._db.write_many(
            "DELETE FROM opinion"
            f"{whose} AND who = (SELECT who FROM label{whose})", gone,
        )  # fmt: skip
        self._db.write_many(f"DELETE FROM label{whose}", gone)
        return new

    def set_fields(self, fields: Mapping[str, Mapping[str, str | float]]) -> None:
        """Set trade fields of swatches, by id; other fields stay, an empty text removes one.

        What is said of all pictures of an article is kept with the article (see ``filing``). A
        swatch with an article is called by it, one without by its file's stem.

        Raises:
            KeyError: a swatch is not in the library.
            ValueError: a number is nan.
            LibraryError: the library is read-only or its disk is full.
        """
        self._db.require_writable()
        if not fields:
            return
        rows = self._rows_of(list(fields))
        said = dict(zip(rows, fields.values(), strict=True))
        before = self._siblings(rows)
        with self._changing():
            write_fields(self._db, said)
            renamed = [row for row, values in said.items() if "article" in values]
            self._rename(renamed, said)
            touched = sorted({*rows, *self._siblings(rows), *before})
            self._reindex(touched)
        self._touch(touched)

    def _rename(self, rows: list[int], said: Mapping[int, Mapping[str, str | float]]) -> None:
        """Call swatches by their new article, or by their file when it was taken away."""
        loaded = self._loaded()
        names = [
            (code_text(said[row]["article"]) or PurePath(loaded[row].path).stem, row) for row in rows
        ]
        self._db.write_many(
            "UPDATE swatch SET name = ? WHERE row = ?",
            [(to_stored(name), row) for name, row in names],
        )

    def find_text(self, text: str) -> list[str]:
        """Ids of the swatches whose names, labels, fields or places hold the words, best first.

        Words match by their beginning; AND, OR, NOT, brackets and quotes are understood (see
        ``words.match_expression``). Text without a word finds nothing. A search that finds tens
        of thousands gives them in order of arrival: ranking them would tell nobody anything.
        """
        expression = match_expression(text)
        if expression is None:
            return []
        hits = self._db.value("SELECT count(*) FROM words WHERE words MATCH ?", (expression,))
        order = f"bm25(words, {_COLUMN_WEIGHTS}), rowid" if hits <= _RANKED else "rowid"
        rows = self._db.rows(
            f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY {order}", (expression,)
        )
        swatches = self._loaded()
        return [swatches[row].id for (row,) in rows if row in swatches]


def this_user() -> str:
    """The user of this computer, or "" when the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
