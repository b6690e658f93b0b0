"""What the window may know of an open library: one immutable snapshot at a time."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from fabricfinder.domain.archive import Collection, Removed, Step
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.swatch import ImportProblem, Swatch


@dataclass(frozen=True, eq=False)
class Catalog:
    """A snapshot of a library, safe to hand to another thread.

    Attributes:
        revision: grows with every change.
        folder, name: where the library is and what to call it.
        swatches: every swatch, in order of arrival.
        table: descriptors of those the current encoder has coded; ``table.ids`` is a subset.
        read_only: whether writes are refused.
        other_codes: swatches coded only by another encoder, waiting to be re-coded.
        pending_import: files an interrupted import has not reached.
        problems: files that could not be read, with the reason.
        demo_query: path of the swatch lying beside a demo library, or "".
        collections: what she has gathered, by name.
        history: the steps that can be taken back, oldest first, those taken back at the end.
        removed: swatches taken out of the library, the latest first.
        conformal: of the current encoder, as ``Encoder.conformal``.
    """

    revision: int
    folder: Path
    name: str
    swatches: tuple[Swatch, ...]
    table: DescriptorTable
    read_only: bool = False
    other_codes: int = 0
    pending_import: int = 0
    problems: tuple[ImportProblem, ...] = ()
    demo_query: str = ""
    collections: tuple[Collection, ...] = ()
    history: tuple[Step, ...] = ()
    removed: tuple[Removed, ...] = ()
    conformal: tuple[float, float] = (0.0, 0.0)

    def __len__(self) -> int:
        return len(self.swatches)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Swatch id -> position in ``swatches``."""
        return {swatch.id: row for row, swatch in enumerate(self.swatches)}

    @cached_property
    def table_row_of(self) -> dict[str, int]:
        """Swatch id -> row of ``table``."""
        return {swatch_id: row for row, swatch_id in enumerate(self.table.ids)}

    @cached_property
    def coded(self) -> tuple[Swatch, ...]:
        """The swatches of ``table``, row by row."""
        return tuple(self.swatches[self.row_of[swatch_id]] for swatch_id in self.table.ids)

    @cached_property
    def articles(self) -> dict[str, list[int]]:
        """Article code -> positions of its pictures in ``swatches``."""
        found: dict[str, list[int]] = {}
        for row, swatch in enumerate(self.swatches):
            if article := swatch.fields.get("article"):
                found.setdefault(str(article), []).append(row)
        return found

    @cached_property
    def coded_rows(self) -> np.ndarray:
        """Position in ``swatches`` of each row of ``table``, int64 (len(table),)."""
        rows = (self.row_of[swatch_id] for swatch_id in self.table.ids)
        return np.fromiter(rows, np.int64, len(self.table))

    def find(self, swatch_id: str) -> Swatch | None:
        """The swatch of this id, or None."""
        row = self.row_of.get(swatch_id)
        return None if row is None else self.swatches[row]
