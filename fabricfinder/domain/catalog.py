"""What the window may know of an open library: one immutable snapshot at a time."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

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

    def find(self, swatch_id: str) -> Swatch | None:
        """The swatch of this id, or None."""
        row = self.row_of.get(swatch_id)
        return None if row is None else self.swatches[row]
