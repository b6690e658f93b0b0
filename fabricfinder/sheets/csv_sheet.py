"""A sheet as CSV: UTF-8 with a byte order mark, ISO dates, no formulas."""

import csv
from dataclasses import dataclass
from pathlib import Path

from fabricfinder.sheets.content import Sheet
from fabricfinder.sheets.saving import written_beside
from fabricfinder.sheets.table import Cell, sheet_table

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How numbers and cells are parted; the standard is comma and point."""

    separator: str = ","
    decimal: str = "."


STANDARD = Dialect()


def dialect_for(decimal: str) -> Dialect:
    """What a spreadsheet of a language expects: a decimal comma brings the semicolon with it."""
    return Dialect(";", ",") if decimal == "," else STANDARD


def write_csv(sheet: Sheet, target: Path, dialect: Dialect = STANDARD) -> None:
    """Write one row a cloth.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, which
    spreadsheets read as “this is text”.

    Raises:
        SheetError: the file cannot be written; nothing half-written is left.
    """
    table = sheet_table(sheet)
    with written_beside(target) as unfinished:
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=dialect.separator, lineterminator="\r\n")
            writer.writerow([as_text(column.title) for column in table.columns])
            for row in table.rows:
                writer.writerow([_shown(cell, dialect) for cell in row])


def as_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _shown(cell: Cell, dialect: Dialect) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return as_text(cell)
    return repr(cell).replace(".", dialect.decimal)
