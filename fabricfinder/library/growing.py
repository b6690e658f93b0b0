"""A descriptor table that grows while snapshots of it are in use elsewhere."""

from collections.abc import Collection, Sequence

import numpy as np

from fabricfinder.domain.descriptor import TABLE_COLUMNS, DescriptorTable


class GrowingTable:
    """Columns with room to grow, and snapshots of them that never change.

    A snapshot is a read-only view of the first n rows. Appending writes behind every view;
    changing a row first copies the columns if a snapshot might see it.

    Attributes:
        rows: the library's row number of each table row, ascending.
    """

    def __init__(self, rows: Sequence[int], table: DescriptorTable) -> None:
        self.rows = list(rows)
        self._ids = table.ids
        self._encoder = table.encoder
        self._columns = {name: getattr(table, name) for name in TABLE_COLUMNS}
        self._snapshot: DescriptorTable | None = None
        self._own: set[str] = set()  # columns that no snapshot, however old, looks into

    def __len__(self) -> int:
        return len(self.rows)

    def append(self, rows: Sequence[int], table: DescriptorTable) -> None:
        """Add rows that come after all others; raises ValueError when they do not."""
        if not rows:
            return
        if self.rows and rows[0] <= self.rows[-1]:
            raise ValueError("appended rows must follow the ones that are here")
        n, grown = len(self), len(self) + len(rows)
        for name, column in self._columns.items():
            added = getattr(table, name)
            if n == 0:
                self._columns[name] = added
                continue
            if len(column) < grown:
                roomy = np.empty((grown + grown // 2 + 256, *column.shape[1:]), column.dtype)
                roomy[:n] = column[:n]
                self._columns[name] = column = roomy
                self._own.add(name)
            column[n:grown] = added
        self.rows += rows
        self._ids += table.ids
        self._snapshot = None

    def replace(self, rows: Sequence[int], table: DescriptorTable) -> None:
        """Change rows that are here already; raises KeyError for one that is not."""
        if not rows:
            return
        place = {row: at for at, row in enumerate(self.rows)}
        at = [place[row] for row in rows]
        for name, column in self._columns.items():
            new = getattr(table, name)
            if new.tobytes() == column[at].tobytes():  # a label leaves codes and palettes alone
                continue
            if name not in self._own:
                self._columns[name] = column = column[: len(self)].copy()
                self._own.add(name)
            column[at] = new
        self._snapshot = None

    def drop(self, rows: Collection[int]) -> None:
        """Leave rows out from now on; numbers that are not here are nobody's loss."""
        going = set(rows)
        kept = [at for at, row in enumerate(self.rows) if row not in going]
        if len(kept) == len(self.rows):
            return
        for name, column in self._columns.items():
            self._columns[name] = column[kept]
            self._own.add(name)
        self.rows = [self.rows[at] for at in kept]
        self._ids = tuple([self._ids[at] for at in kept])
        self._snapshot = None

    def insert(self, rows: Sequence[int], table: DescriptorTable) -> None:
        """Put rows where they belong by their number, between others or after them.

        Raises:
            ValueError: one of them is here already.
        """
        if not rows:
            return
        if set(rows) & set(self.rows):
            raise ValueError("a row that is here cannot come again")
        numbers = np.array([*self.rows, *rows])
        order = np.argsort(numbers, kind="stable")
        n = len(self)
        for name, column in self._columns.items():
            added = getattr(table, name)
            joined = np.concatenate([column[:n], added]) if n else added
            self._columns[name] = joined[order]
            self._own.add(name)
        ids = (*self._ids, *table.ids)
        self._ids = tuple([ids[at] for at in order])
        self.rows = numbers[order].tolist()
        self._snapshot = None

    def snapshot(self) -> DescriptorTable:
        """The table as it is now; the same value until something changes."""
        if self._snapshot is None:
            views = {name: column[: len(self)] for name, column in self._columns.items()}
            for view in views.values():
                view.flags.writeable = False
            self._snapshot = DescriptorTable(self._encoder, self._ids, **views)
            self._own.clear()
        return self._snapshot
