"""What an operation says of itself while it runs."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """One safe point of an operation.

    Attributes:
        phase: a word for the designer: Reading, Looking at the cloth, Searching.
        done: units finished.
        total: units in all, or None while it is not known.
        unit: what is counted ("swatches").
        partial: an early result the receiver may show (a SearchResult, new rows), or None.
        notice: a quiet sentence to show once, or "".
    """

    phase: str
    done: int = 0
    total: int | None = None
    unit: str = "swatches"
    partial: Any = None
    notice: str = ""
