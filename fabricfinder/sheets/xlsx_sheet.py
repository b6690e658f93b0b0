"""A sheet as XLSX: pictures, real numbers, the settings on a second tab, a legend on a third."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from fabricfinder.sheets.content import Sheet, SheetEntry
from fabricfinder.sheets.saving import written_beside
from fabricfinder.sheets.starting_spec import rests_on
from fabricfinder.sheets.table import Table, sheet_table

PICTURE_PX = 96  # on the sheet, a square at 96 dpi
_WIDTHS = {"title": 26, "sentence": 46, "note": 30, "file": 40, "record": 24, "band": 14}


def write_xlsx(sheet: Sheet, target: Path) -> None:
    """Write the workbook.

    Every text is written as text, whatever it begins with.

    Raises:
        SheetError: the file cannot be written; nothing half-written is left.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False})  # fmt: skip
    made = datetime.combine(date.fromisoformat(sheet.date), datetime.min.time())
    book.set_properties({"title": sheet.title, "author": "", "comments": "", "created": made})
    formats = _formats(book)
    table = sheet_table(sheet)
    _results(book, sheet, table, formats)
    _settings(book, sheet, formats)
    _fields(book, sheet, table, formats)
    book.close()
    with written_beside(target) as unfinished:
        unfinished.write_bytes(buffer.getvalue())


def _formats(book: Any) -> dict[str, Any]:
    top = {"valign": "top", "text_wrap": True}
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "text": book.add_format(top), "name": book.add_format({**top, "bold": True}),
        "whole": book.add_format({**top, "num_format": "0"}),
        "number": book.add_format({**top, "num_format": "0.0##"}),
        "date": book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"}),
    }  # fmt: skip


def _results(book: Any, sheet: Sheet, table: Table, formats: dict[str, Any]) -> None:
    """The first tab: a picture, then the columns of the table."""
    page = book.add_worksheet(_tab(sheet.words["results"]))
    page.write_string(0, 0, sheet.words["picture"], formats["head"])
    page.set_column(0, 0, 14)
    page.set_row(0, 32)
    for place, column in enumerate(table.columns, start=1):
        page.write_string(0, place, column.title, formats["head"])
        page.set_column(place, place, _WIDTHS.get(column.key, 11))
    for number, (entry, row) in enumerate(zip(sheet.entries, table.rows, strict=True), start=1):
        page.set_row_pixels(number, PICTURE_PX + 6)
        _picture(page, number, entry)
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True), start=1):
            if isinstance(cell, str):
                form = formats["name" if column.key == "title" else "text"]
                page.write_string(number, place, cell, form)
            elif cell is not None:
                form = formats["whole" if isinstance(cell, int) else "number"]
                page.write_number(number, place, cell, form)
    page.freeze_panes(1, 3)
    page.autofilter(0, 0, len(table.rows), len(table.columns))
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _picture(page: Any, row: int, entry: SheetEntry) -> None:
    picture = entry.whole
    if picture is None:
        return
    scale = PICTURE_PX / max(picture.width, picture.height)
    page.insert_image(row, 0, f"{entry.number}.jpg", {
        "image_data": io.BytesIO(picture.jpeg), "x_scale": scale, "y_scale": scale,
        "x_offset": 2, "y_offset": 2, "object_position": 2, "description": entry.title,
    })  # fmt: skip


def _settings(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    """The second tab: all that makes the sheet repeatable, and the starting spec."""
    page = book.add_worksheet(_tab(sheet.words["settings"]))
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 70)
    page.set_column(2, 4, 14)
    page.write_string(0, 0, sheet.title, formats["title"])
    page.set_landscape()
    page.fit_to_pages(1, 0)
    lines = [*sheet.facts]
    if sheet.query is not None:
        lines += [*sheet.query.settings, *sheet.query.exact]
    date_label = sheet.words["date"]
    row = 2
    for label, text in dict.fromkeys((k, v) for k, v in lines if k != date_label):
        page.write_string(row, 0, label, formats["name"])
        page.write_string(row, 1, text, formats["text"])
        row += 1
    page.write_string(row, 0, date_label, formats["name"])
    page.write_datetime(row, 1, datetime.fromisoformat(sheet.date), formats["date"])
    page.write_string(row + 1, 0, sheet.words[sheet.profile], formats["text"])
    row += 3
    if not sheet.spec:
        return
    page.write_string(row, 0, sheet.words["spec_title"], formats["title"])
    page.merge_range(row + 1, 0, row + 1, 1, sheet.words["spec_note"], formats["text"])
    for place, line in enumerate(sheet.spec, start=row + 2):
        page.write_string(place, 0, line.label, formats["name"])
        said = f"{line.text}; {rests_on(line, sheet.spec, sheet.words)}"
        page.write_string(place, 1, said, formats["text"])
        for offset, number in enumerate((line.low, line.high)):
            if number is not None:
                page.write_number(place, 2 + offset, number, formats["number"])


def _fields(book: Any, sheet: Sheet, table: Table, formats: dict[str, Any]) -> None:
    """The third tab: what each column means."""
    page = book.add_worksheet(_tab(sheet.words["fields"]))
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 12)
    page.set_column(2, 2, 140)
    for place, key in enumerate(("column", "unit", "meaning")):
        page.write_string(0, place, sheet.words[key], formats["head"])
    for row, column in enumerate(table.columns, start=1):
        page.write_string(row, 0, column.title, formats["name"])
        page.write_string(row, 1, column.unit, formats["text"])
        page.write_string(row, 2, column.meaning, formats["text"])
    row = len(table.columns) + 2
    page.merge_range(row, 0, row, 2, sheet.words["colour_note"], formats["text"])
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _tab(name: str) -> str:
    """A tab's name as spreadsheets allow it: 31 letters, none of []:*?/\\."""
    return "".join(" " if c in "[]:*?/\\" else c for c in name)[:31]
