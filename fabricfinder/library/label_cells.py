"""The cells of a label sheet: column names, words of the taxonomy, and numbers with their traps."""

import math
import re
import unicodedata
from collections.abc import Mapping

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.trade_fields import FIELD, FIELDS, TRADE_FIELDS, find_field, read_value
from fabricfinder.domain.units import UNITS, Unit

# Other names people and our own rendered data sets use for a column.
_ALIASES = {
    "file": "path", "filename": "path", "file_name": "path", "image": "path", "picture": "path",
    "coarse_minor": "minor", "coarse_major": "major", "colorway": "colourway",
    "repeat_mm": "repeat", "gsm": "weight",
}  # fmt: skip
# Written by ``synthesize`` beside the labels; known, and of no use to a library.
LEFT_ASIDE = frozenset({"fabric", "capture", "palette", "px_per_cm"})
KNOWN = frozenset({"path", "coarse", "major", "minor", "fine", "tightness", *TRADE_FIELDS})
_EMPTY = frozenset({"", "-", "–", "—", "n/a", "?"})
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?")
_AREA = re.compile(r"([\d.,]+)\s*[x×*]\s*([\d.,]+)\s*(\S*)", re.IGNORECASE)


class CellError(Exception):
    """A cell that cannot be used; the message completes “Line 5, tightness: …”."""


def column_name(header: str) -> str:
    """The plain name of a column: “Ends per cm” and “ends-per-cm” are ends_per_cm."""
    plain = unicodedata.normalize("NFKC", header).strip().casefold()
    plain = re.sub(r"[\s\-]+", "_", plain)
    plain = _ALIASES.get(plain, plain)
    if plain not in KNOWN | LEFT_ASIDE and (found := find_field(header)) is not None:
        return found[0].name
    return plain


def column_unit(header: str) -> tuple[Unit | None, bool]:
    """The unit of the bare numbers under a header, and whether the header itself tells it.

    Our own names (weight, width, repeat) stand for the stored unit; a word of the trade's without
    one (“ends”) has none, and then every cell must tell its own.
    """
    name = column_name(header)
    if name not in FIELD or not FIELD[name].measured:
        return None, True
    found = find_field(header)
    if found is not None and found[1] is not None:
        return found[1], True
    plain = re.sub(r"[\s\-]+", "_", unicodedata.normalize("NFKC", header).strip().casefold())
    stored = UNITS[FIELD[name].kind][0]
    if plain.endswith("_mm"):
        return stored, True
    return (stored, False) if plain == name else (None, True)


def cell_text(cell: str | None) -> str:
    """A cell without the space around it; "" where people write - or n/a."""
    text = (cell or "").strip()
    return "" if text.casefold() in _EMPTY else text


def read_number(text: str, unit: str, *, decimal_comma: bool) -> float:
    """The number in a cell, which may be followed by the unit it is stored in.

    Raises:
        CellError: it is no number, is negative, or is in another unit.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    found = _NUMBER.match(plain)
    if not found or "," in found[0] and not decimal_comma:
        raise CellError(f"“{text}” is not a number")
    rest = plain[found.end() :].strip()
    if rest and rest != unicodedata.normalize("NFKC", unit).casefold():
        wanted = f"give it in {unit}" if unit else "it takes no unit"
        raise CellError(f"“{text}” cannot be read as a number; {wanted}")
    value = float(found[0].replace(",", "."))
    if not math.isfinite(value) or value < 0:
        raise CellError(f"“{text}” is no measure of cloth; it must be 0 or more")
    return value


def read_tightness(text: str, *, decimal_comma: bool) -> float:
    """Tightness in percent, 0..100.

    Raises:
        CellError: no such percentage; a bare value between 0 and 1 is taken for a share, which
            nobody but the writer can tell from a very open net.
    """
    value = read_number(text, "%", decimal_comma=decimal_comma)
    if value > 100:
        raise CellError(f"“{text}” is above 100 %")
    told = unicodedata.normalize("NFKC", text).strip().endswith("%")
    if 0 < value < 1 and not told:
        raise CellError(f"“{text}” looks like a share; write the percentage, {value * 100:g}")
    return value


def read_repeat(text: str, unit: Unit | None, *, decimal_comma: bool) -> float:
    """The size of a repeat in mm; of “64 × 32 mm”, width × height, the longer side.

    Raises:
        MeasureError: as ``units.read_measure``.
    """
    sides = _AREA.fullmatch(text.strip())
    parts = [side + sides[3] for side in sides.groups()[:2]] if sides else [text]
    return max(
        float(read_value(FIELD["repeat"], part, unit, decimal_comma=decimal_comma))
        for part in parts
    )


def read_labels(
    cells: Mapping[str, str], taxonomy: Taxonomy, decimal_comma: bool
) -> tuple[Labels, list[str]]:
    """The labels in a row's cells by column name, and a complaint for each unusable one."""
    complaints: list[str] = []
    found: dict[str, str | float | None] = {}

    def attempt(column: str, read: object, text: str) -> None:
        try:
            found[column] = read(text) if text else None  # type: ignore[operator]
        except (CellError, FabricFinderError) as error:
            complaints.append(f"{column}: {_whole(error)}")

    attempt("coarse", taxonomy.coarse_id, coarse_word(cells))
    attempt("fine", taxonomy.fine_id, cell_text(cells.get("fine")))
    attempt(
        "tightness",
        lambda text: read_tightness(text, decimal_comma=decimal_comma),
        cell_text(cells.get("tightness")),
    )
    return Labels(**found), complaints  # type: ignore[arg-type]


def coarse_word(cells: Mapping[str, str]) -> str:
    """The coarse word of a row: ``coarse``, else ``major/minor``, else the one that is there."""
    coarse, major, minor = (cell_text(cells.get(name)) for name in ("coarse", "major", "minor"))
    if coarse or not major or not minor or "/" in minor:
        return coarse or minor or major
    return f"{major}/{minor}"


def read_fields(
    cells: Mapping[str, str], decimal_comma: bool, units: Mapping[str, Unit | None]
) -> tuple[dict[str, str | float], list[str]]:
    """The trade fields in a row's cells, and a complaint for each unusable one.

    Args:
        cells: by column name.
        decimal_comma: whether "2,5" is two and a half.
        units: column name -> the unit of its bare numbers, None where it has none.
    """
    fields: dict[str, str | float] = {}
    complaints: list[str] = []
    for field in FIELDS:
        text = cell_text(cells.get(field.name))
        if not text:
            continue
        unit = units.get(field.name)
        try:
            if field.name == "repeat":
                fields["repeat"] = read_repeat(text, unit, decimal_comma=decimal_comma)
            else:
                fields[field.name] = read_value(field, text, unit, decimal_comma=decimal_comma)
        except FabricFinderError as error:
            complaints.append(f"{field.name}: {_whole(error)}")
    return fields, complaints


def _whole(error: Exception) -> str:
    """What an error says, ended as a sentence is."""
    said = str(error)
    return said if said.endswith((".", "?")) else f"{said}."
