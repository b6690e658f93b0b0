"""Values of tables that come in: what a column is taken for, what was read, what was taken over."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fabricfinder.domain.trade_fields import FIELD


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of a table is taken for.

    Attributes:
        name: a trade field or one of OTHERS; "" leaves the column aside.
        unit: key of the unit of its bare numbers; "" where it has none or nobody said.
    """

    name: str = ""
    unit: str = ""

    @property
    def wants_unit(self) -> bool:
        """Whether it cannot be read before somebody says its unit."""
        return self.name in FIELD and FIELD[self.name].measured and not self.unit


@dataclass(frozen=True, slots=True)
class TableOffer:
    """A table that was read, and what its columns seem to be.

    Attributes:
        path: the file.
        header: names of the columns as written.
        samples: for each column a few of its first values.
        n_lines: how many lines it has.
        columns: what each column is taken for.
        remembered: whether that was told for such a table before.
        notes: how it was read, where that is not plain.
    """

    path: Path
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    n_lines: int
    columns: tuple[Column, ...]
    remembered: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReport:
    """What was taken over: of how many swatches something was said, and what was left aside."""

    swatches: int
    problems: tuple[str, ...] = ()


def missing_in(columns: Sequence[Column]) -> str:
    """Why a mapping cannot be used yet, in a sentence; "" when it can."""
    names = [column.name for column in columns if column.name]
    if not {"path", "article"} & set(names):
        return "Say which column names the article, or the file of the picture."
    for name in names:
        if names.count(name) > 1:
            return f"Two columns are “{name}”; leave one of them aside."
    return ""
