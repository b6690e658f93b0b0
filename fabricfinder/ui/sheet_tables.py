"""The layouts for the loom: the spec table and the process sheet; and pages of drawings."""

from collections.abc import Sequence

from PySide6.QtGui import QImage

from fabricfinder.sheets.content import Sheet, SheetEntry, SheetPlot
from fabricfinder.sheets.dress import MUTED
from fabricfinder.sheets.starting_spec import rests_on
from fabricfinder.sheets.values import TITLE_KEYS
from fabricfinder.ui.sheet_canvas import Align, Box, Canvas, line_height
from fabricfinder.ui.sheet_grids import paint_query
from fabricfinder.ui.sheet_parts import paint_cloth, separator

PICTURE_BOX = (15.0, 15.0)
QUERY_BOX = (70.0, 42.0)
ROW, TABLE_HEAD = 18.0, 9.0
QUERY_HEIGHT = QUERY_BOX[1] + 10
_NAME = 36.0
_MOST_COLUMNS = 8
_WORDY = ("composition", "finish", "pattern", "season", "supplier", "drawer", "lot", "notes",
          "customer", "end_use", "status", "dye", "print_method", "colour_name")  # fmt: skip
_SIZE = 6.5


def rows_on(body: Box, sheet: Sheet, first: bool) -> int:
    """How many cloths fit on a page of the table."""
    used = TABLE_HEAD + (QUERY_HEIGHT if first and sheet.query is not None else 0)
    return max(1, int((body.height - used) / ROW))


def table_columns(sheet: Sheet) -> list[tuple[str, str]]:
    """(key, title) of the numeric and short facts any cloth has, in their order."""
    titles: dict[str, str] = {}
    for entry in sheet.entries:
        for value in entry.values:
            if value.key in TITLE_KEYS or value.key in ("file", "scale", *_WORDY):
                continue
            unit = "/cm" if value.unit == "1/cm" else value.unit
            title = f"{value.label} {unit}".strip() if value.number is not None else value.label
            if value.key not in titles or value.number is not None:
                titles[value.key] = title
    return list(titles.items())[:_MOST_COLUMNS]


def table(
    canvas: Canvas, body: Box, entries: Sequence[SheetEntry], sheet: Sheet, first: bool
) -> None:
    """A page of the table: a row a cloth, the query above the first."""
    y = body.y
    if first and sheet.query is not None:
        paint_query(canvas, Box(body.x, y, body.width, QUERY_HEIGHT - 4), sheet, QUERY_BOX)
        y += QUERY_HEIGHT
    columns = table_columns(sheet)
    start = body.x + PICTURE_BOX[0] + 2 + _NAME
    step = (body.right - start) / max(1, len(columns))
    for i, (_, title) in enumerate(columns):
        canvas.text(start + i * step, y, step - 1.2, title, _SIZE, color=MUTED, lines=2)
    canvas.text(body.x, y, _NAME, sheet.words["name"], _SIZE, color=MUTED)
    y += TABLE_HEAD - 2
    separator(canvas, body.x, y, body.width)
    for entry in entries:
        _row(canvas, Box(body.x, y + 1.4, body.width, ROW - 2), entry, sheet, columns, start)
        y += ROW
        separator(canvas, body.x, y, body.width)


def _row(
    canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet, columns: list[tuple[str, str]],
    start: float,
) -> None:  # fmt: skip
    picture = Box(box.x, box.y, *PICTURE_BOX)
    paint_cloth(canvas, picture, entry.true or entry.whole, sheet.words)
    x = picture.right + 2
    width = _NAME - 2
    y = canvas.text(x, box.y - 0.3, width, entry.title, 7.5, bold=True, lines=2)
    if entry.band:
        band = f"{entry.band} · {100 * entry.overall:.0f}"
        y = canvas.text(x, y, width, band, _SIZE, color=MUTED)
    wordy = " · ".join(v.text for v in entry.values if v.key in _WORDY)
    rest = " · ".join(filter(None, (wordy, entry.note)))
    room = int((box.bottom - y) / line_height(5.8) + 1e-6)
    if rest and room > 0:
        canvas.text(x, y, width, rest, 5.8, color=MUTED, lines=room)
    step = (box.right - start) / max(1, len(columns))
    for i, (key, _) in enumerate(columns):
        value = entry.value(key)
        if value is not None:
            canvas.text(start + i * step, box.y - 0.3, step - 1.2, _cell(value), 7, lines=4)


def _cell(value: object) -> str:
    """A fact without the unit its column states."""
    if value.number is None:
        return value.text
    return f"{value.number:.4g}" if value.key != "tightness" else value.text.replace(" %", "")


def process(canvas: Canvas, body: Box, sheet: Sheet) -> None:
    """The starting spec: a range for each value, what it rests on, and the sources' pictures."""
    words = sheet.words
    y = body.y
    if sheet.query is not None:
        paint_query(canvas, Box(body.x, y, body.width, QUERY_HEIGHT - 4), sheet, QUERY_BOX)
        y += QUERY_HEIGHT
    y = canvas.text(body.x, y, body.width, words["spec_title"], 12, bold=True) + 0.5
    note = words["spec_note"] if sheet.spec else words["no_spec"]
    y = canvas.text(body.x, y, body.width, note, 7.5, color=MUTED, lines=2) + 2
    columns = (body.x, body.x + 30, body.x + 102)
    widths = (28.0, 70.0, body.right - body.x - 102)
    numbers = _source_numbers(sheet)
    for line in sheet.spec:
        rests = rests_on(line, sheet.spec, words, numbers)
        cells = ((line.label, 8, False), (line.text, 9, True), (rests, 7.5, False))
        ends = [
            canvas.text(x, y + (0 if size == 9 else 0.4), width, text, size, bold=bold, lines=3,
                        color="#1a1a1a" if bold else MUTED)
            for (text, size, bold), x, width in zip(cells, columns, widths, strict=True)
        ]  # fmt: skip
        y = max(ends) + 1.6
        separator(canvas, body.x, y - 0.8, body.width)
    _sources(canvas, Box(body.x, y + 3, body.width, body.bottom - y - 3), sheet)


def _source_numbers(sheet: Sheet) -> dict[str, int]:
    """The cloths a spec rests on, by name, numbered in their order."""
    titles = dict.fromkeys(title for line in sheet.spec for title in line.sources)
    return {title: number for number, title in enumerate(titles, start=1)}


def _sources(canvas: Canvas, box: Box, sheet: Sheet) -> None:
    """The cloths the spec rests on, each with its number and name."""
    titles = _source_numbers(sheet)
    entries = {entry.title: entry for entry in reversed(sheet.entries)}
    side = min(32.0, box.height - 9)
    if side < 12:
        return
    for place, (title, number) in enumerate(titles.items()):
        entry = entries.get(title)
        x = box.x + place * (side + 4)
        if entry is None or x + side > box.right + 0.1:
            break
        cloth = Box(x, box.y, side, side)
        paint_cloth(canvas, cloth, entry.whole or entry.true, sheet.words, fit=True)
        canvas.text(x, cloth.bottom + 0.8, side, f"{number}  {title}", 6.5, lines=2)


def plots(canvas: Canvas, body: Box, drawings: Sequence[SheetPlot]) -> None:
    """Up to two drawings under one another, their words beside them."""
    room = body.height / 2 - 4
    for place, plot in enumerate(drawings):
        y = body.y + place * (room + 8)
        _plot(canvas, Box(body.x, y, body.width, room), plot)


def _plot(canvas: Canvas, box: Box, plot: SheetPlot) -> None:
    y = canvas.text(box.x, box.y, box.width, plot.caption, 10, bold=True) + 2
    label_width = box.width - plot.width_mm if plot.labels else 8.0
    scale = min(1.0, (box.bottom - y - 6) / plot.height_mm)
    picture = Box(box.x + label_width, y, plot.width_mm, plot.height_mm * scale)
    # Without its alpha: PDF/A-1 allows no transparency, not even an opaque one.
    canvas.image(picture, QImage.fromData(plot.png).convertToFormat(QImage.Format.Format_RGB32))
    if plot.labels:
        row = picture.height / len(plot.labels)
        for n, label in enumerate(plot.labels):
            middle = y + (n + 0.5) * row - line_height(7) / 2
            canvas.text(box.x, middle, label_width - 3, label, 7)
    if plot.x_label:
        canvas.text(picture.x, picture.bottom + 0.5, picture.width, plot.x_label, 7, color=MUTED,
                    align=Align.RIGHT)  # fmt: skip
        canvas.text(picture.x, y - 1.5, picture.width, plot.y_label, 7, color=MUTED)
