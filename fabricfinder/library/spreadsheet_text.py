"""Reading a CSV as spreadsheets and people really write it: any encoding, any separator."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from fabricfinder.domain.errors import FabricFinderError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text.

    Attributes:
        header: the cells of the first line.
        lines: (line number, cells) of the others; empty lines are left out.
        separator: one of SEPARATORS.
        encoding: Python's name of the encoding it was read in.
        notes: sentences on how it was read, where that is not plain UTF-8 and commas.
    """

    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    separator: str
    encoding: str
    notes: tuple[str, ...]


def read_sheet(raw: bytes) -> Sheet:
    """Read a CSV's bytes.

    Raises:
        FabricFinderError: there is nothing in it, or it is no text.
    """
    text, encoding = decode(raw)
    notes = []
    if encoding == "gb18030":
        notes.append("The file is not in UTF-8; it was read as Chinese (GB18030).")
    elif encoding == "cp1252":
        notes.append("The file is not in UTF-8; it was read as Western European (Windows-1252).")
    if "\0" in text:
        raise FabricFinderError("This is no table of text; save the sheet as CSV.")
    text, separator = _separator(text)
    if separator != ",":
        notes.append(f"The columns are separated by {SEPARATORS[separator]}; read as such.")
    rows = _rows(text, separator, notes)
    header = next(rows, (0, ()))[1]
    if not any(cell.strip() for cell in header):
        raise FabricFinderError("The file is empty; its first line must name the columns.")
    lines = tuple((number, cells) for number, cells in rows if any(c.strip() for c in cells))
    return Sheet(header, lines, separator, encoding, tuple(notes))


def decode(raw: bytes) -> tuple[str, str]:
    """Text and encoding: by its mark, else UTF-8, else Chinese or Western by its look."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace"), "utf-16"
    if raw[1:2] == b"\0" and b"\0" not in raw[0:1]:
        return raw.decode("utf-16-le", "replace"), "utf-16-le"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if looks_chinese(raw):
        return raw.decode("gb18030", "replace"), "gb18030"
    return raw.decode("cp1252", "replace"), "cp1252"


def looks_chinese(raw: bytes) -> bool:
    """Whether bytes above 127 mostly come in pairs, as in GB18030, not alone, as in “Köper”."""
    paired = alone = run = 0
    for byte in (*raw, 0):
        if byte >= 0x80:
            run += 1
        elif run:
            paired += run // 2
            alone += run % 2
            run = 0
    return paired > alone


def _separator(text: str) -> tuple[str, str]:
    """Text without Excel's “sep=;” line, and the separator its first line uses most."""
    first, _, rest = text.partition("\n")
    told = first.strip().casefold().removeprefix("sep=")
    if first.strip().casefold().startswith("sep=") and told in SEPARATORS:
        # A blank line stays in its place, so that line numbers are those of the file.
        return "\n" + rest, told
    outside = "".join(first.split('"')[::2])
    return text, max(SEPARATORS, key=lambda s: (outside.count(s), s == ","))


def _rows(text: str, separator: str, notes: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(number of the line a row begins on, cells); stops with a note where quotes go wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins, begun = 1, False
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            notes.append(f"Line {begins}: nothing from here on could be read ({error}).")
            return
        if cells or begun:
            begun = True
            yield begins, tuple(cells)
        begins = reader.line_num + 1
