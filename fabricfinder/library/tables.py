"""Tables of articles from a mill: CSV or XLSX, whatever their columns are called.

Each column is mapped to a field once; the mapping is remembered with the library for the next
table with the same header.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.folding import fold
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.tables import Column, missing_in
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.trade_fields import FIELD, VIEWS, find_field, read_value
from fabricfinder.domain.units import unit_by_key
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.library.label_cells import cell_text, read_labels
from fabricfinder.library.spreadsheet_text import Sheet, read_sheet

MAX_BYTES = 64 * 2**20
# What a column may be beside a trade field.
OTHERS = ("path", "view", "coarse", "fine", "tightness")
_OTHER_WORDS = {
    "path": ("path", "file", "file name", "filename", "image", "picture", "photo"),
    "view": ("view", "side"), "coarse": ("coarse", "pattern"),
    "fine": ("fine", "weave", "knit", "structure"), "tightness": ("tightness", "cover"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a table says of swatches, by id, with a sentence for each thing left aside."""

    fields: Mapping[str, Mapping[str, str | float]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_table(path: Path) -> Sheet:
    """Read a CSV or the first sheet of an XLSX.

    Raises:
        FabricFinderError: it cannot be read, is too large, or is no table.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FabricFinderError(f"{path.name} is too large for a table (over 64 MB).")
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return _read_xlsx(path)
        return read_sheet(path.read_bytes())
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be read ({error.strerror or error}).") from error


def _read_xlsx(path: Path) -> Sheet:
    """The first sheet of a workbook as text, numbers without needless digits."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise FabricFinderError(f"{path.name} is no spreadsheet this program can read.") from error
    try:
        rows = [tuple(map(_cell, row)) for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()
    at = next((i for i, row in enumerate(rows) if any(row)), None)
    if at is None:
        raise FabricFinderError(f"{path.name} is empty; its first line must name the columns.")
    lines = tuple((i + 1, row) for i, row in enumerate(rows) if i > at and any(row))
    return Sheet(rows[at], lines, ";", "xlsx", ())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value).strip()


def write_xlsx(path: Path, header: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    """Write a workbook with one sheet: header frozen and filtered, numbers as numbers.

    Raises:
        FabricFinderError: the file cannot be written.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Swatches")
    sheet.freeze_panes = "B2"
    cells = []
    for name in header:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for row in rows:
        sheet.append([_as_cell(sheet, value, WriteOnlyCell, ILLEGAL_CHARACTERS_RE) for value in row])
    try:
        with whole_file(path) as unfinished:
            book.save(unfinished)
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error


def _as_cell(sheet: Any, value: Any, cell: Any, illegal: Any) -> Any:
    """A value without what a workbook cannot hold; text stays text, never a formula."""
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    made = cell(sheet, value=illegal.sub("", text))
    made.data_type = "s"
    return made


# -- columns ---------------------------------------------------------------------------------------


def guess(header: Sequence[str]) -> tuple[Column, ...]:
    """What each column seems to be, each field once; units only where the header tells them."""
    taken: set[str] = set()
    columns = []
    for head in header:
        column = _guess(head)
        columns.append(Column() if column.name in taken else column)
        taken.add(column.name)
    return tuple(columns)


def _guess(head: str) -> Column:
    plain = " ".join(head.replace("_", " ").casefold().split())
    for name, words in _OTHER_WORDS.items():
        if plain in words:
            return Column(name)
    found = find_field(head)
    if found is None:
        return Column()
    return Column(found[0].name, found[1].key if found[1] else "")


def header_key(header: Sequence[str]) -> str:
    """Under which note a library remembers the mapping of tables with this header."""
    joined = "\n".join(fold(head) for head in header)
    return f"columns:{hashlib.blake2b(joined.encode(), digest_size=8).hexdigest()}"


def mapping_text(columns: Sequence[Column]) -> str:
    """A mapping as it is remembered."""
    return json.dumps([[column.name, column.unit] for column in columns])


def mapping_from(text: str | None, n: int) -> tuple[Column, ...] | None:
    """A remembered mapping of n columns; None when there is none or it does not fit."""
    try:
        columns = tuple(Column(str(name), str(unit)) for name, unit in json.loads(text or "null"))
    except (ValueError, TypeError):
        return None
    known = {"", *OTHERS, *FIELD}
    fits = len(columns) == n and all(column.name in known for column in columns)
    return columns if fits else None


# -- rows ------------------------------------------------------------------------------------------


def read_rows(
    sheet: Sheet, columns: Sequence[Column], swatches: Sequence[Swatch], taxonomy: Taxonomy
) -> Said:
    """What the lines of a table say of swatches.

    A line with a path is about that picture; one without is about all pictures of its article, or
    of its colourway where it names one.

    Raises:
        FabricFinderError: the mapping lacks what tells which swatches are meant.
    """
    if why := missing_in(columns):
        raise FabricFinderError(why)
    return _Rows(sheet, columns, swatches, taxonomy).read()


class _Rows:
    """One pass over a table."""

    def __init__(
        self, sheet: Sheet, columns: Sequence[Column], swatches: Sequence[Swatch], taxonomy: Taxonomy
    ) -> None:
        self._sheet, self._columns, self._taxonomy = sheet, columns, taxonomy
        self._decimal_comma = sheet.separator != ","
        self._problems: list[str] = list(sheet.notes)
        self._by_path = {swatch.path: swatch.id for swatch in swatches}
        self._by_name: dict[str, list[str]] = {}
        self._by_article: dict[tuple[str, str], list[str]] = {}
        for swatch in swatches:
            name = PurePath(swatch.path.replace("\\", "/"))
            for spelling in {name.name.casefold(), name.stem.casefold()}:
                self._by_name.setdefault(spelling, []).append(swatch.id)
            article = fold(str(swatch.fields.get("article", "")))
            colourway = fold(str(swatch.fields.get("colourway", "")))
            for key in {(article, colourway), (article, "")} if article else ():
                self._by_article.setdefault(key, []).append(swatch.id)

    def read(self) -> Said:
        fields: dict[str, dict[str, str | float]] = {}
        labels: dict[str, Labels] = {}
        views: dict[str, str] = {}
        for number, cells in self._sheet.lines:
            named = {
                column.name: (cell_text(cell), column.unit)
                for column, cell in zip(self._columns, cells, strict=False) if column.name
            }  # fmt: skip
            ids = self._meant(number, named)
            values = self._values(number, named)
            said, complaints = read_labels(
                {name: text for name, (text, _) in named.items()}, self._taxonomy,
                self._decimal_comma,
            )  # fmt: skip
            self._problems += [f"Line {number}, {complaint}" for complaint in complaints]
            view = named.get("view", ("", ""))[0].casefold()
            for swatch_id in ids:
                fields.setdefault(swatch_id, {}).update(values)
                if said != Labels():
                    labels[swatch_id] = said
                if view in VIEWS:
                    views[swatch_id] = view
        return Said(fields, labels, views, tuple(self._problems))

    def _meant(self, number: int, named: Mapping[str, tuple[str, str]]) -> list[str]:
        """The swatches a line is about; a sentence where there are none."""
        path = named.get("path", ("", ""))[0]
        article = named.get("article", ("", ""))[0]
        if path:
            name = PurePath(path.replace("\\", "/")).name.casefold()
            ids = [self._by_path[path]] if path in self._by_path else self._by_name.get(name, [])
            what = f"picture “{path}”"
            if len(ids) > 1:
                self._problems.append(f"Line {number}: several pictures are called “{path}”.")
                return []
        else:
            colourway = fold(named.get("colourway", ("", ""))[0])
            key = (fold(article), colourway)
            ids = self._by_article.get(key, [])
            what = f"article “{article}”" + (f" in colourway “{colourway}”" if colourway else "")
        if not ids:
            told = f"no {what} is in the library" if path or article else "it names no article"
            self._problems.append(f"Line {number}: {told}.")
        return ids

    def _values(
        self, number: int, named: Mapping[str, tuple[str, str]]
    ) -> dict[str, str | float]:
        """The trade fields of a line; an empty cell says nothing."""
        values: dict[str, str | float] = {}
        for name, (text, unit) in named.items():
            if name not in FIELD or not text:
                continue
            known = FIELD[name]
            assumed = unit_by_key(known.kind, unit) if unit else None
            try:
                values[name] = read_value(
                    known, text, assumed, decimal_comma=self._decimal_comma
                )
            except FabricFinderError as error:
                self._problems.append(f"Line {number}, {name}: {error}")
        return values
