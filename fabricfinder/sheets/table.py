"""A sheet as columns and rows: the same numbers for XLSX, CSV and whoever reads them back."""

from dataclasses import dataclass

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.sheets.content import Sheet, SheetEntry

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, title with the unit, and what it means in a sentence."""

    key: str
    title: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; None is an empty cell, never 0."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet_table(sheet: Sheet) -> Table:
    """One row a cloth; a column for every value that any cloth of the sheet has."""
    columns = [*_fixed_columns(sheet), *_value_columns(sheet)]
    if any(entry.note for entry in sheet.entries):
        columns.append(Column("note", sheet.words["note"], "What was written for this sheet."))
    columns.append(
        Column("record", sheet.words["record"], "The record's name, as its QR code says it.")
    )
    rows = [tuple(_cell(entry, column.key) for column in columns) for entry in sheet.entries]
    return Table(tuple(columns), tuple(rows))


def _fixed_columns(sheet: Sheet) -> list[Column]:
    """Number and name, and with a query how near each cloth is."""
    words = sheet.words
    columns = [
        Column("number", words["no"].format(n="").strip(), "Place on this sheet."),
        Column("title", words["name"], "Article and colourway, else the swatch's name."),
    ]
    if sheet.query is None:
        return columns
    columns.append(Column("band", words["band"], "How near, in a word."))
    scored = "overall", *DIMENSIONS
    meanings = ("Ranking score.", *(words[f"{name}_long"] + "." for name in DIMENSIONS))
    for key, meaning in zip(scored, meanings, strict=True):
        said = f"{meaning} {words['explain_number']}."
        columns.append(Column(f"score_{key}", f"{words[key]} (0–100)", said, "0–100"))
    basis = words["color_basis"]
    columns += [
        Column("delta_e", "ΔE00", f"CIEDE2000 of the main colours. {basis}"),
        Column("cmc", "CMC(2:1)", f"CMC l = 2, c = 1, the query as standard. {basis}"),
        Column("delta_l", "ΔL*", "Lightness, candidate less query."),
        Column("delta_c", "ΔC*", "Chroma, candidate less query."),
        Column("delta_h", "ΔH*", "Hue difference, signed by its turn."),
        Column("sentence", words["sentence"], "What speaks for and against the match."),
    ]
    return columns


def _value_columns(sheet: Sheet) -> list[Column]:
    """A column for each fact some cloth has; words and numbers of one fact share it."""
    found: dict[str, Column] = {}
    for entry in sheet.entries:
        for value in entry.values:
            # A unit can only stand in the header where the fact is a number.
            if value.key not in found or (value.unit and not found[value.key].unit):
                title = f"{value.label} ({value.unit})" if value.unit else value.label
                found[value.key] = Column(value.key, title, f"{value.label}.", value.unit)
    return list(found.values())


def _cell(entry: SheetEntry, key: str) -> Cell:
    """One cell; numbers are numbers, rounded to what they can say."""
    if key in ("number", "title", "band", "sentence", "note", "record"):
        return getattr(entry, key) or None
    if key.startswith("score_"):
        name = key.removeprefix("score_")
        score = entry.overall if name == "overall" else entry.scores[DIMENSIONS.index(name)]
        return None if score is None else round(100 * score, 2)
    color = entry.color
    colors = {"delta_e": "delta_e_2000", "cmc": "delta_e_cmc"}
    if key in ("delta_e", "cmc", "delta_l", "delta_c", "delta_h"):
        return None if color is None else round(getattr(color, colors.get(key, key)), 3)
    value = entry.value(key)
    if value is None:
        return None
    return value.text if value.number is None else round(value.number, 6)
