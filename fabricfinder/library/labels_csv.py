"""Labels and trade fields from a CSV beside the pictures: what can be read is, the rest is told."""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PureWindowsPath

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.units import Unit
from fabricfinder.library.label_cells import (
    KNOWN,
    LEFT_ASIDE,
    cell_text,
    column_name,
    column_unit,
    read_fields,
    read_labels,
)
from fabricfinder.library.spreadsheet_text import Sheet, read_sheet

MAX_BYTES = 64 * 2**20
_BARE = re.compile(r"\s*[\d.,]*\d[\d.,]*\s*")  # a number that names no unit
Said = tuple[Labels, Mapping[str, str | float]]


@dataclass(frozen=True, eq=False)
class LabelSheet:
    """What a CSV says of pictures.

    Attributes:
        rows: absolute path, or path or file name as written where no such file lies beside the
            CSV -> the labels and trade fields of that picture.
        problems: a sentence for everything that could not be read or was read in a special way.
        lines: the line number each row was read from.
    """

    rows: Mapping[str, Said]
    problems: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _exact(self) -> dict[str, str]:
        """Comparable absolute path -> key of ``rows``."""
        return {_comparable(key): key for key in self.rows if os.path.isabs(key)}

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """Comparable file name -> (parts of the path, key of ``rows``), longest path first."""
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for key in self.rows:
            parts = _parts(key)
            found.setdefault(parts[-1], []).append((parts, key))
        for entries in found.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return found

    def row_for(self, path: str) -> Said | None:
        """What the sheet says of the picture at an absolute path, or None."""
        key = self.key_for(path)
        return None if key is None else self.rows[key]

    def key_for(self, path: str) -> str | None:
        """The key of ``rows`` that means a picture: its path, else the longest ending of it."""
        key = self._exact.get(_comparable(path))
        if key is not None:
            return key
        parts = _parts(path)
        for ending, key in self._by_name.get(parts[-1], ()) if parts else ():
            if os.path.isabs(key):  # the same file by another way, through a link
                if os.path.realpath(key) == os.path.realpath(path):
                    return key
            elif parts[-len(ending) :] == ending:
                return key
        return None

    def unmatched(self, paths: Iterable[str]) -> tuple[str, ...]:
        """A sentence for each row that means none of the pictures at these absolute paths."""
        met = {self.key_for(path) for path in paths}
        return tuple(
            f"Line {self.lines.get(key, 0)}: no picture “{_printable(key)}” is in the library."
            for key in self.rows
            if key not in met
        )


def read_labels_csv(path: Path, taxonomy: Taxonomy) -> LabelSheet:
    """Read a CSV with a ``path`` column, label columns and any trade field by its name.

    UTF-8, UTF-16 and GB18030; separated by commas, semicolons or tabs (then with decimal commas).
    Paths may be absolute, relative to the CSV, endings of a path, or bare file names.

    Raises:
        FabricFinderError: the file cannot be read, is no table, or has no column ``path``.
    """
    path = Path(os.path.abspath(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FabricFinderError(f"{path} is too large for a sheet of labels (over 64 MB).")
        raw = path.read_bytes()
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be read ({error.strerror}).") from error
    try:
        sheet = read_sheet(raw)
    except FabricFinderError as error:
        raise FabricFinderError(f"{path}: {error}") from error
    columns = [column_name(cell) for cell in sheet.header]
    if "path" not in columns:
        raise FabricFinderError(
            f"{path} has no column “path” that says which picture a line is about"
            f" (its columns: {', '.join(c.strip() for c in sheet.header)})."
        )
    reading = _Reading(path.parent, sheet, taxonomy)
    return reading.read(columns)


class _Reading:
    """One pass over the lines of a sheet."""

    def __init__(self, folder: Path, sheet: Sheet, taxonomy: Taxonomy) -> None:
        self._folder = folder
        self._sheet = sheet
        self._taxonomy = taxonomy
        self._decimal_comma = sheet.separator != ","
        self._problems = list(sheet.notes)

    def read(self, columns: list[str]) -> LabelSheet:
        """Read every line under the plain names of its columns."""
        self._check_columns(columns)
        units = self._units(columns)
        rows: dict[str, Said] = {}
        lines: dict[str, int] = {}
        for number, cells in self._sheet.lines:
            if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                self._tell(number, f"there are {len(cells)} cells for {len(columns)} columns.")
            # The first column of a name counts, as the sentence on columns says.
            named = dict(reversed(list(zip(columns, cells, strict=False))))
            written = cell_text(named.get("path"))
            if not written:
                self._tell(number, "no path, so it is not known which picture is meant.")
                continue
            key = self._resolve(number, written)
            if key in rows:
                self._tell(number, f"“{written}” was on line {lines[key]} too; this line counts.")
            labels, complaints = read_labels(named, self._taxonomy, self._decimal_comma)
            fields, more = read_fields(named, self._decimal_comma, units)
            for complaint in (*complaints, *more):
                self._problems.append(f"Line {number}, {complaint}")
            rows[key], lines[key] = (labels, fields), number
        return LabelSheet(rows, tuple(self._problems), lines)

    def _tell(self, number: int, sentence: str) -> None:
        self._problems.append(f"Line {number}: {sentence}")

    def _check_columns(self, columns: list[str]) -> None:
        """A sentence for columns nobody knows and for names given twice."""
        for name, header in zip(columns, self._sheet.header, strict=True):
            if name and name not in KNOWN | LEFT_ASIDE:
                known = ", ".join(sorted(KNOWN - {"path"}))
                self._problems.append(
                    f"The column “{header.strip()}” is not known and was left aside"
                    f" (known are {known})."
                )
        for name in dict.fromkeys(c for c in columns if c and columns.count(c) > 1):
            self._problems.append(f"The column “{name}” is there twice; the first counts.")

    def _units(self, columns: list[str]) -> dict[str, Unit | None]:
        """The unit of each column's bare numbers; a sentence where its name tells none."""
        units: dict[str, Unit | None] = {}
        for at, (name, header) in enumerate(zip(columns, self._sheet.header, strict=True)):
            if name in units:
                continue
            units[name], told = column_unit(header)
            cells = (line[at] for _, line in self._sheet.lines if at < len(line))
            if not told and any(map(_BARE.fullmatch, cells)):
                self._problems.append(
                    f"The column “{header.strip()}” names no unit; read in {units[name].symbol}."
                )
        return units

    def _resolve(self, number: int, written: str) -> str:
        """The absolute path of the file a cell names; the cell itself where there is none."""
        absolute = os.path.isabs(written) or bool(PureWindowsPath(written).drive)
        for spelling in self._spellings(written):
            place = os.path.normpath(os.path.join(self._folder, spelling))
            if os.path.lexists(place):
                return place
        if absolute:
            self._tell(number, f"there is no file “{written}”.")
        return os.path.normpath(written) if os.path.isabs(written) else written

    def _spellings(self, written: str) -> Iterator[str]:
        """A path as it may lie on this disk: other slashes, other Unicode form, other bytes."""
        yield written
        if os.sep == "/" and "\\" in written:
            yield written.replace("\\", "/")
        if not written.isascii():
            yield unicodedata.normalize("NFC", written)
            yield unicodedata.normalize("NFD", written)
            try:
                yield os.fsdecode(written.encode(self._sheet.encoding))
            except UnicodeError:
                return


def _comparable(path: str) -> str:
    """A path as two spellings of it are compared: Unicode form, and case where that is blind."""
    plain = unicodedata.normalize("NFC", os.path.normpath(path))
    return plain.casefold() if sys.platform in ("win32", "darwin") else plain


def _parts(path: str) -> tuple[str, ...]:
    """The comparable parts of a path, without leading ``.`` and with either slash."""
    plain = _comparable(path.replace("\\", "/")).replace("\\", "/")
    return tuple(part for part in plain.split("/") if part not in ("", "."))


def _printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")
