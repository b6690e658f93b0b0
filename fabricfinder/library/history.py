"""Every change by its name, and how it is taken back: over sittings, not only within one.

While a step is recorded, triggers note what each row of the tables a person edits held before. To
take a step back is to put those rows back, last first; what that overwrites is noted in the same
way, so the step can be done again. Values stay values: nothing that is stored is ever run as SQL.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fabricfinder.domain.archive import Step
from fabricfinder.library.annotations import Annotations, this_user
from fabricfinder.library.database import from_stored, to_stored

KEPT_STEPS = 500
_SLOTS = 7


@dataclass(frozen=True, slots=True)
class _Place:
    """A table whose rows are noted: its key columns, the others that a person changes."""

    keys: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.keys + self.others


_PLACES = {
    "field": _Place(("swatch", "name"), ("value",)),
    "label": _Place(("swatch", "dimension"), ("value", "who", "said_at")),
    "opinion": _Place(("swatch", "dimension", "who"), ("value", "said_at", "how")),
    "pair": _Place(("row",), ("tighter", "looser", "who", "said_at")),
    "term": _Place(("id",), ("dimension", "names", "counts_as", "merged_into")),
    "article": _Place(("row",), ("code",)),
    "colourway": _Place(("row",), ("article", "code")),
    "spec": _Place(("article", "colourway", "name"), ("value",)),
    "swatch": _Place(
        ("row",), ("colourway", "view", "removed_at", "name", "px_per_cm", "scale_source")
    ),
    "collection": _Place(("row",), ("name", "rule")),
    "gathered": _Place(("collection", "swatch")),
}
_DEEDS = {"insert": "NEW", "update": "OLD", "delete": "OLD"}
# New swatches are an import's; taking that back removes them from sight (see ``note_arrival``).
_NOT_NOTED = {("swatch", "insert"), ("swatch", "delete")}


class History(Annotations):
    """The steps of an open library."""

    _recording: int | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Record every change made inside as one step, in one transaction.

        A step inside a step is a part of it; a step that changes nothing leaves no trace.

        Args:
            name: as the history shows it, “Change the supplier of 12 swatches”.

        Raises:
            LibraryError: the library is read-only or its disk is full; nothing was changed.
        """
        if self._recording is not None:
            yield
            return
        with self._changing():
            values = (to_stored(name), to_stored(this_user()), int(time.time()))
            self._db.write("INSERT INTO step(name, who, at) VALUES (?, ?, ?)", values)
            number = self._db.value("SELECT max(row) FROM step")
            with self._noting(number):
                yield
            self._settle_step(number)

    def _settle_step(self, number: int) -> None:
        """Forget a step without changes; else forget what was undone before, and the very old."""
        if not self._db.value("SELECT count(*) FROM step_row WHERE step = ?", (number,)):
            self._db.write("DELETE FROM step WHERE row = ?", (number,))
            return
        old = f"row <= {number - KEPT_STEPS} OR undone = 1"
        self._db.write(f"DELETE FROM step_row WHERE step IN (SELECT row FROM step WHERE {old})")
        self._db.write(f"DELETE FROM step WHERE {old}")

    @contextmanager
    def _noting(self, number: int) -> Iterator[None]:
        """Note every changed row under a step's number."""
        # REPLACE fires no delete trigger otherwise, and what it replaced would be lost.
        self._db.rows("PRAGMA recursive_triggers = ON")
        for place, deed in _noted():
            self._db.rows(_trigger(place, deed, number))
        self._recording = number
        try:
            yield
        finally:
            self._recording = None
            for place, deed in _noted():
                self._db.rows(f"DROP TRIGGER IF EXISTS temp.note_{place}_{deed}")
            self._db.rows("PRAGMA recursive_triggers = OFF")

    def note_arrival(self, ids: Sequence[str], name: str) -> None:
        """Make a step of swatches that have just come in: taking it back takes them out again."""
        rows = self._rows_of(ids)
        if not rows:
            return
        now = int(time.time())
        with self.step(name):
            number = self._recording
            self._db.write_many(
                "INSERT INTO step_row(step, place, deed, v0, v1, v2, v3, v4, v5, v6)"
                " SELECT ?, 'swatch', 'update', row, colourway, view, ?, name, px_per_cm,"
                " scale_source FROM swatch WHERE row = ?",
                [(number, now, row) for row in rows],
            )

    def history(self) -> tuple[Step, ...]:
        """The steps, oldest first; those taken back stand at the end."""
        rows = self._db.rows("SELECT row, name, who, at, undone FROM step ORDER BY row")
        return tuple(
            Step(row, from_stored(name), from_stored(who), at, bool(undone))
            for row, name, who, at, undone in rows
        )

    def undo(self) -> Step | None:
        """Take the newest step back; returns it, or None when there is nothing to take back.

        Raises:
            LibraryError: the library is read-only or its disk is full.
        """
        return self._turn(next((s for s in reversed(self.history()) if not s.undone), None))

    def redo(self) -> Step | None:
        """Do the step again that was taken back last; None when there is none."""
        return self._turn(next((s for s in self.history() if s.undone), None))

    def _turn(self, step: Step | None) -> Step | None:
        self._db.require_writable()
        if step is None:
            return None
        columns = ", ".join(f"v{slot}" for slot in range(_SLOTS))
        noted = self._db.rows(
            f"SELECT place, deed, {columns} FROM step_row WHERE step = ? ORDER BY seq DESC",
            (step.number,),
        )
        with self._changing():
            self._db.rows("PRAGMA defer_foreign_keys = ON")
            touched = self._rows_behind(noted)
            self._db.write("DELETE FROM step_row WHERE step = ?", (step.number,))
            with self._noting(step.number):
                for place, deed, *values in noted:
                    self._put_row_back(place, deed, values)
            touched |= self._rows_behind(noted)
            self._db.write(
                "UPDATE step SET undone = ? WHERE row = ?", (not step.undone, step.number)
            )
            self._reindex(sorted(touched))
        self._touch(sorted(touched))
        return Step(step.number, step.name, step.who, step.at, not step.undone)

    def _put_row_back(self, place: str, deed: str, values: Sequence[Any]) -> None:
        """Bring one row of a table to what it held before a deed."""
        table = _PLACES[place]
        values = values[: len(table.columns)]
        key = " AND ".join(f"{column} = ?" for column in table.keys)
        keys, others = values[: len(table.keys)], values[len(table.keys) :]
        if deed == "insert":
            self._db.write(f"DELETE FROM {place} WHERE {key}", keys)
        elif deed == "update":
            changes = ", ".join(f"{column} = ?" for column in table.others)
            self._db.write(f"UPDATE {place} SET {changes} WHERE {key}", [*others, *keys])
        elif deed == "delete":
            columns, marks = ", ".join(table.columns), ", ".join("?" * len(values))
            self._db.write(f"INSERT OR REPLACE INTO {place} ({columns}) VALUES ({marks})", values)

    def _rows_behind(self, noted: Iterable[Sequence[Any]]) -> set[int]:
        """Row numbers of the swatches that changed rows speak of."""
        rows: set[int] = set()
        articles: set[int] = set()
        for place, _, *values in noted:
            if place in ("field", "label", "opinion", "swatch"):
                rows.add(values[0])
            elif place in ("article", "spec"):
                articles.add(values[0])
        for article in articles:
            rows.update(
                row
                for (row,) in self._db.rows(
                    "SELECT row FROM swatch WHERE colourway IN"
                    " (SELECT row FROM colourway WHERE article = ?)",
                    (article,),
                )
            )
        return rows


def _noted() -> Iterator[tuple[str, str]]:
    """The (table, deed) pairs that are noted."""
    for place, table in _PLACES.items():
        for deed in _DEEDS:
            if (place, deed) in _NOT_NOTED or deed == "update" and not table.others:
                continue
            yield place, deed


def _trigger(place: str, deed: str, number: int) -> str:
    """SQL of the trigger that notes a deed under a step."""
    table, row = _PLACES[place], _DEEDS[deed]
    columns = table.keys if deed == "insert" else table.columns
    slots = ", ".join(f"v{slot}" for slot in range(len(columns)))
    values = ", ".join(f"{row}.{column}" for column in columns)
    of = f" OF {', '.join(table.others)}" if deed == "update" else ""
    return (
        f"CREATE TEMP TRIGGER note_{place}_{deed} AFTER {deed}{of} ON main.{place} BEGIN"
        f" INSERT INTO step_row(step, place, deed, {slots})"
        f" VALUES ({number}, '{place}', '{deed}', {values}); END"
    )
