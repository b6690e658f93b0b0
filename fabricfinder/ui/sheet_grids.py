"""The contact sheets: two by three and three by four swatches a page, the query on top."""

from collections.abc import Sequence

from fabricfinder.sheets.content import Sheet, SheetEntry
from fabricfinder.sheets.dress import MUTED
from fabricfinder.sheets.values import TITLE_KEYS, summary
from fabricfinder.ui.sheet_canvas import Box, Canvas, line_height
from fabricfinder.ui.sheet_parts import (
    RULER_HEIGHT,
    paint_bars,
    paint_cloth,
    paint_qr,
    paint_ruler,
    paint_title,
    paint_values,
    separator,
)

GAP_X, GAP_Y = 5.0, 5.0
QR_SIDE = 12.0
WORDS_HEIGHT = {2: 44.0, 3: 35.0}  # of a cell, under its cloth, by columns
QUERY_LEAST = 46.0  # mm of the query's row: its settings need them
QUERY_UNSCALED = 58.0  # of a query that cannot be shown at 1:1 anyway
MOST_EXTRA = 18.0  # mm a cell's cloth gains at most from a short query row


def cell_size(body: Box, grid: tuple[int, int]) -> tuple[float, float]:
    """Width and height of a cell, (columns, rows) to a page."""
    columns, rows = grid
    return (
        (body.width - (columns - 1) * GAP_X) / columns,
        (body.height - (rows - 1) * GAP_Y) / rows,
    )


def picture_box(cell: tuple[float, float], columns: int = 0) -> tuple[float, float]:
    """Size of the cloth in a cell of some size in mm."""
    columns = columns or (2 if cell[0] > 75 else 3)
    return cell[0], cell[1] - WORDS_HEIGHT[columns]


def query_height(body: Box, sheet: Sheet, grid: tuple[int, int]) -> float:
    """Height of the query's row: a cell's at most, less for a small piece of cloth."""
    full = cell_size(body, grid)[1]
    query = sheet.query
    piece = (query.true or query.whole) if query else None
    if piece is None:
        return QUERY_LEAST
    if piece.size_mm is None:
        return min(full, QUERY_UNSCALED)
    return min(full, max(QUERY_LEAST, piece.size_mm[1] + RULER_HEIGHT + 1.5))


def query_box(body: Box, grid: tuple[int, int]) -> tuple[float, float]:
    """Size of the query's cloth in mm."""
    width, height = cell_size(body, grid)
    return (width if grid[0] == 2 else width * 1.25), height - RULER_HEIGHT - 1.5


def cells(
    canvas: Canvas, body: Box, entries: Sequence[SheetEntry], sheet: Sheet,
    grid: tuple[int, int], with_query: bool,
) -> None:  # fmt: skip
    """A page of cells, the query in the place of the first row where it is wanted."""
    columns = grid[0]
    width, height = cell_size(body, grid)
    top = body.y
    if with_query and sheet.query is not None:
        tall = query_height(body, sheet, grid)
        paint_query(canvas, Box(body.x, top, body.width, tall), sheet, query_box(body, grid))
        top += tall + GAP_Y
        height = (body.bottom - top - (grid[1] - 2) * GAP_Y) / (grid[1] - 1)
        height = min(height, cell_size(body, grid)[1] + MOST_EXTRA)
    for place, entry in enumerate(entries):
        row, column = divmod(place, columns)
        box = Box(body.x + column * (width + GAP_X), top + row * (height + GAP_Y), width, height)
        paint = _wide_cell if columns == 2 else _narrow_cell
        paint(canvas, box, entry, sheet, picture_box((width, height), columns))


def paint_query(
    canvas: Canvas, box: Box, sheet: Sheet, picture: tuple[float, float]
) -> None:
    """The query at 1:1 with its ruler, and all that makes the sheet repeatable beside it."""
    query, words = sheet.query, sheet.words
    tall = min(picture[1], box.height - RULER_HEIGHT - 1.5)
    cloth = Box(box.x, box.y, min(picture[0], tall * 1.5), tall)
    shown = paint_cloth(canvas, cloth, query.true or query.whole, words, corner=True)
    ruler = Box(shown.box.x, shown.box.bottom + 0.6, shown.box.width, RULER_HEIGHT)
    paint_ruler(canvas, ruler, shown.ratio, words)
    x = max(shown.box.right, box.x + 40) + GAP_X + 3
    width = box.right - x
    y = canvas.text(x, box.y - 0.4, width, words["query"], 7, color=MUTED)
    y = canvas.text(x, y, width, query.title, 10, bold=True, lines=2) + 1.2
    if query.palette:
        canvas.palette(Box(x, y, width, 3.4), query.palette)
        said = words["join"].join(f"{s.name} {100 * s.share:.0f} %" for s in query.palette[:5])
        y = canvas.text(x, y + 3.8, width, said, 6, color=MUTED, lines=2) + 1.0
    paint_values(canvas, Box(x, y, width, box.bottom - y), query.settings, 6.5)


def _wide_cell(
    canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet, picture: tuple[float, float]
) -> None:
    """A cell of the two-column sheet: cloth across, then why left and what right."""
    words = sheet.words
    y = _cloth(canvas, box, entry, sheet, picture)
    y = paint_title(canvas, Box(box.x, y, box.width, 5), entry, 9, lines=3) + 0.5
    middle = box.x + box.width * 0.5 + 1
    left, right = box.width * 0.5 - 2, box.right - middle
    facts, side = Box(middle, y, right, box.bottom - y), Box(box.x, y, left, box.bottom - y)
    below = y
    if entry.overall is None:  # no match to speak of: the facts come first
        facts, side = side, facts
    else:
        below = paint_bars(canvas, Box(box.x, y, left, 11.6), entry, words) + 0.6
        below = canvas.text(box.x, below, left, entry.sentence, 6.5, lines=4)
    code_y = max(box.bottom - QR_SIDE, below + 0.5)
    code = Box(side.x, code_y, box.bottom - code_y, box.bottom - code_y)
    paint_qr(canvas, code, entry.record)
    beside = Box(code.right + 2, below, side.width - code.width - 2, box.bottom - below)
    _note(canvas, beside, entry, sheet)
    values = [v for v in entry.values if v.key not in TITLE_KEYS | {"file", "scale"}]
    paint_values(canvas, facts, values, 6.3)


def _narrow_cell(
    canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet, picture: tuple[float, float]
) -> None:
    """A cell of the three-column sheet: cloth, name, bars beside the code, two lines of facts."""
    y = _cloth(canvas, box, entry, sheet, picture)
    y = paint_title(canvas, Box(box.x, y, box.width, 5), entry, 8, lines=3) + 0.3
    side = QR_SIDE - 1.5
    if entry.overall is not None:
        bars = Box(box.x, y, box.width - side - 2.5, side)
        below = paint_bars(canvas, bars, entry, sheet.words, 6.0) + 0.7
        paint_qr(canvas, Box(box.right - side, y, side, side), entry.record)
        y = canvas.text(box.x, below, box.width, entry.sentence, 6.0, lines=3)
    else:
        paint_qr(canvas, Box(box.right - side, box.bottom - side, side, side), entry.record)
        box = Box(box.x, box.y, box.width - side - 2.5, box.height)
    values = [v for v in entry.values if v.key not in ("file", "scale")]
    step = line_height(5.8)
    note = 1 if entry.note else 0
    room = int((box.bottom - y) / step + 1e-6) - note
    y = canvas.text(box.x, y, box.width, summary(values), 5.8, color=MUTED, lines=max(1, room))
    if note:
        _note(canvas, Box(box.x, y, box.width, max(step, box.bottom - y)), entry, sheet, 5.8)


def _cloth(
    canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet, picture: tuple[float, float]
) -> float:
    """The cell's cloth with its ruler; returns the y below it."""
    cloth = Box(box.x, box.y, *picture)
    shown = paint_cloth(canvas, cloth, entry.true or entry.whole, sheet.words)
    ruler = Box(shown.box.x, cloth.bottom + 0.5, shown.box.width, RULER_HEIGHT)
    paint_ruler(canvas, ruler, shown.ratio, sheet.words)
    return cloth.bottom + RULER_HEIGHT + 1.0


def _note(
    canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet, size: float = 6.5
) -> None:
    """What she wrote, with a line before it, as far as there is room."""
    room = int((box.height - 0.8) / line_height(size) + 1e-6)
    if entry.note and room > 0:
        if size > 6:
            separator(canvas, box.x, box.y + 0.4, box.width)
        words = sheet.words["told"].format(name=sheet.words["note"], text=entry.note)
        canvas.text(box.x, box.y + 0.8, box.width, words, size, lines=min(3, room))
