"""Tables in and out: a mill's spreadsheet taken over, everything known written as one."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fabricfinder.archive.rows import as_csv, header, rows
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.tables import Column, TableOffer, TableReport
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.units import DisplayUnits
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.jobs import until_done
from fabricfinder.library.spreadsheet_text import Sheet
from fabricfinder.library.tables import (
    guess,
    header_key,
    mapping_from,
    read_rows,
    read_table,
    write_xlsx,
)

Steps = Generator[Progress, None, Any]
SAMPLES = 4


def offer_table(
    path: Path, note: Callable[[str], str | None], pool: ThreadPoolExecutor
) -> Steps:
    """Read a table in the pool; returns a TableOffer. ``note`` gives a library's note by its key."""
    reading = pool.submit(read_table, path)
    yield from until_done([reading], Progress("Reading the table"))
    sheet: Sheet = reading.result()
    kept = mapping_from(note(header_key(sheet.header)), len(sheet.header))
    samples = tuple(
        tuple(cells[at] for _, cells in sheet.lines if at < len(cells) and cells[at])[:SAMPLES]
        for at in range(len(sheet.header))
    )
    return TableOffer(
        path, sheet.header, samples, len(sheet.lines), kept or guess(sheet.header),
        kept is not None, sheet.notes,
    )  # fmt: skip


def take_table(
    path: Path, columns: Sequence[Column], catalog: Catalog, pool: ThreadPoolExecutor
) -> Steps:
    """Read a table again under told columns; returns its note's key, Said and a TableReport."""
    reading = pool.submit(read_table, path)
    yield from until_done([reading], Progress("Reading the table"))
    sheet: Sheet = reading.result()
    if len(columns) != len(sheet.header):
        raise FabricFinderError(f"{path.name} has changed since it was read; open it again.")
    taking = pool.submit(read_rows, sheet, columns, catalog.swatches, default_taxonomy())
    yield from until_done([taking], Progress("Reading the table"))
    said = taking.result()
    known = {i for i, values in said.fields.items() if values} | said.labels.keys()
    report = TableReport(len(known | said.views.keys()), said.problems)
    return header_key(sheet.header), said, report


def write_table(
    path: Path,
    ids: Sequence[str] | None,
    catalog: Catalog,
    units: DisplayUnits,
    pool: ThreadPoolExecutor,
) -> Steps:
    """Write a CSV, or an XLSX by its name; returns how many swatches were written."""
    swatches = (
        catalog.swatches
        if ids is None
        else tuple(s for s in map(catalog.find, ids) if s is not None)
    )
    writing = pool.submit(_write, path, catalog, swatches, units)
    yield from until_done([writing], Progress("Writing the table", 0, len(swatches)))
    writing.result()
    return len(swatches)


def _write(path: Path, catalog: Catalog, swatches: Sequence[Any], units: DisplayUnits) -> None:
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, header(units), rows(catalog, swatches, units))
        return
    try:
        with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
            file.writelines(as_csv(catalog, swatches, units))
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error
