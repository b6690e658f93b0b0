"""The large layouts: one card a page, query beside one, and hanger labels to cut out."""

from collections.abc import Mapping, Sequence

from fabricfinder.sheets.content import ColorLine, Sheet, SheetEntry, SheetPicture
from fabricfinder.sheets.differences import DIFFERS, SAME, differences
from fabricfinder.sheets.dress import MUTED, STRONG_LINE
from fabricfinder.sheets.values import TITLE_KEYS, summary
from fabricfinder.ui.number_words import decimal_text
from fabricfinder.ui.sheet_canvas import Box, Canvas, line_height
from fabricfinder.ui.sheet_parts import (
    RULER_HEIGHT,
    Shown,
    paint_bars,
    paint_cloth,
    paint_qr,
    paint_ruler,
    paint_title,
    paint_values,
    separator,
)

CARD_BOX = (124.0, 118.0)
CARD_SIDE = 58.0
CARD_QUERY_BOX = (40.0, 40.0)
HANGER_BOX = (44.0, 41.0)
QR_SIDE = 16.0
_FILLS = 0.55  # a 1:1 piece smaller than this share of its box gives the large place away


def card(canvas: Canvas, body: Box, entry: SheetEntry, sheet: Sheet) -> None:
    """One cloth a page: large, beside it whole or at 1:1, then why, what, and the query."""
    words = sheet.words
    width = min(CARD_BOX[0], body.width - CARD_SIDE - 4)
    large = Box(body.x, body.y, width, CARD_BOX[1])
    side = Box(large.right + 4, body.y, body.right - large.right - 4, 58)
    small_piece = _is_small(entry.true, large)
    first = entry.whole if small_piece else entry.true or entry.whole
    shown = paint_cloth(canvas, large, first, words, fit=small_piece)
    _ruler_under(canvas, large, shown, words)
    second = entry.true if small_piece else entry.whole
    if second is not None and (small_piece or entry.true is not None):
        shown = paint_cloth(canvas, side, second, words, fit=not small_piece)
        _ruler_under(canvas, side, shown, words)
    y = side.bottom + RULER_HEIGHT + 3
    if entry.palette:
        canvas.palette(Box(side.x, y, side.width, 5), entry.palette)
        said = words["join"].join(f"{s.name} {100 * s.share:.0f} %" for s in entry.palette[:6])
        y = canvas.text(side.x, y + 5.5, side.width, said, 6.5, color=MUTED, lines=3)
    code = Box(side.right - QR_SIDE, large.bottom - QR_SIDE, QR_SIDE, QR_SIDE)
    paint_qr(canvas, code, entry.record)
    _card_words(canvas, Box(body.x, large.bottom + 9, body.width, body.bottom - large.bottom - 9),
                entry, sheet)  # fmt: skip


def _card_words(canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet) -> None:
    """Below the cloth: name, why left, what right, the query along the foot."""
    words = sheet.words
    foot = CARD_QUERY_BOX[1] + RULER_HEIGHT + 6 if sheet.query is not None else 0.0
    y = paint_title(canvas, Box(box.x, box.y, box.width, 8), entry, 13, lines=2) + 1.5
    half = box.width / 2 - 4
    left = y
    if entry.overall is not None:
        left = paint_bars(canvas, Box(box.x, y, half, 17), entry, words, 8) + 1.5
        left = canvas.text(box.x, left, half, entry.sentence, 8.5, lines=4) + 1
        left = color_lines(canvas, Box(box.x, left, half, 14), entry.color, words)
    if entry.note:
        note = words["told"].format(name=words["note"], text=entry.note)
        room = max(1, int((box.bottom - foot - left - 1) / line_height(8)))
        canvas.text(box.x, left + 1, half, note, 8, lines=min(6, room))
    values = [v for v in entry.values if v.key not in TITLE_KEYS]
    # Without a match there is nothing at the left but a note: the facts stand there.
    x = box.x + half + 8 if entry.overall is not None or entry.note else box.x
    paint_values(canvas, Box(x, y, half, box.bottom - foot - y), values, 7.5)
    if sheet.query is not None:
        _card_query(canvas, Box(box.x, box.bottom - foot + 3, box.width, foot - 3), sheet)


def _card_query(canvas: Canvas, box: Box, sheet: Sheet) -> None:
    query, words = sheet.query, sheet.words
    separator(canvas, box.x, box.y - 2, box.width)
    cloth = Box(box.x, box.y, *CARD_QUERY_BOX)
    shown = paint_cloth(canvas, cloth, query.true or query.whole, words)
    _ruler_under(canvas, cloth, shown, words)
    x = cloth.right + 6
    y = canvas.text(x, box.y - 0.4, box.right - x, words["query"], 7, color=MUTED)
    y = canvas.text(x, y, box.right - x, query.title, 9, bold=True) + 1
    paint_values(canvas, Box(x, y, box.right - x, box.bottom - y), query.settings, 6.5)


def _is_small(picture: SheetPicture | None, box: Box) -> bool:
    """Whether a piece at 1:1 would look lost in a box."""
    if picture is None or picture.size_mm is None:
        return False
    width, height = picture.size_mm
    return width < box.width * _FILLS and height < box.height * _FILLS


def _ruler_under(canvas: Canvas, box: Box, shown: Shown, words: Mapping[str, str]) -> None:
    ruler = Box(shown.box.x, box.bottom + 0.7, shown.box.width, RULER_HEIGHT)
    paint_ruler(canvas, ruler, shown.ratio, words)


def color_lines(
    canvas: Canvas, box: Box, color: ColorLine | None, words: Mapping[str, str]
) -> float:
    """Both colour formulas by name, the differences, and the same in words."""
    if color is None:
        return box.y
    near = decimal_text(color.delta_e_2000, 1), decimal_text(color.delta_e_cmc, 1)
    step = f"ΔE00 {near[0]} · CMC(2:1) {near[1]}"
    ways = (("L", color.delta_l), ("C", color.delta_c), ("H", color.delta_h))
    parts = " · ".join(f"Δ{name}* {decimal_text(by, 1, signed=True)}" for name, by in ways)
    told = words["told"].format(name=words["color"], text=step)
    y = canvas.text(box.x, box.y, box.width, told, 7.5)
    y = canvas.text(box.x, y, box.width, f"{parts} ({color.words})".replace("-", "−"), 7.5)
    return canvas.text(box.x, y, box.width, words["color_basis"], 5.8, color=MUTED, lines=2)


# Query beside one ------------------------------------------------------------------------------


def compare_box(body: Box) -> tuple[float, float]:
    """Size of each of the two cloths in mm."""
    return (body.width - 6) / 2, 98.0


def compare(canvas: Canvas, body: Box, entry: SheetEntry, sheet: Sheet) -> None:
    """The query beside one candidate at one scale, what differs under it."""
    words, query = sheet.words, sheet.query
    size = compare_box(body)
    left = Box(body.x, body.y + 9, *size)
    right = Box(left.right + 6, left.y, *size)
    ratio = _common_ratio(size, [query.true if query else None, entry.true])
    if query is not None:
        canvas.text(left.x, body.y, size[0], words["query"], 7, color=MUTED)
        canvas.text(left.x, body.y + 3, size[0], query.title, 9, bold=True)
        shown = paint_cloth(canvas, left, query.true or query.whole, words, at=ratio)
        _ruler_under(canvas, left, shown, words)
    number = words["no"].format(n=entry.number)
    canvas.text(right.x, body.y, size[0], number, 7, color=MUTED)
    size_of_name = 9 if canvas.width_of(entry.title, 9, bold=True) < size[0] - 28 else 6.5
    paint_title(canvas, Box(right.x, body.y + 3, size[0], 5), entry, size_of_name, lines=2)
    shown = paint_cloth(canvas, right, entry.true or entry.whole, words, at=ratio)
    _ruler_under(canvas, right, shown, words)
    y = left.bottom + RULER_HEIGHT + 2
    for box, palette in ((left, query.palette if query else ()), (right, entry.palette)):
        canvas.palette(Box(box.x, y, box.width, 4.5), palette)
        said = words["join"].join(f"{s.name} {100 * s.share:.0f} %" for s in palette[:5])
        canvas.text(box.x, y + 5, box.width, said, 6.2, color=MUTED, lines=1)
    _compare_words(canvas, Box(body.x, y + 11, body.width, body.bottom - y - 11), entry, sheet)


def _common_ratio(
    box: tuple[float, float], pictures: Sequence[SheetPicture | None]
) -> float | None:
    """How many times both pieces are enlarged when both are small; None leaves them at 1:1."""
    sizes = [p.size_mm for p in pictures if p is not None]
    if not sizes or None in sizes:
        return None
    room = min(min(box[0] / size[0], box[1] / size[1]) for size in sizes)
    return next((ratio for ratio in (4.0, 3.0, 2.0, 1.5) if ratio <= room), None)


def _compare_words(canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet) -> None:
    words, half = sheet.words, (box.width - 6) / 2
    y = box.y
    if entry.overall is not None:
        y = paint_bars(canvas, Box(box.x, y, half, 17), entry, words, 8) + 1.5
        y = canvas.text(box.x, y, half, entry.sentence, 8.5, lines=4) + 1
        y = color_lines(canvas, Box(box.x, y, half, 14), entry.color, words) + 1.5
    if entry.note:
        note = words["told"].format(name=words["note"], text=entry.note)
        y = canvas.text(box.x, y, half, note, 8, lines=3) + 1.5
    if sheet.query is not None:
        paint_values(canvas, Box(box.x, y, half, box.bottom - y), sheet.query.settings, 6.3)
    right = box.x + half + 6
    stop = _differences(canvas, Box(right, box.y, half, box.height - QR_SIDE - 2), entry, sheet)
    code = Box(box.right - QR_SIDE, max(stop + 2, box.bottom - QR_SIDE), QR_SIDE, QR_SIDE)
    paint_qr(canvas, code, entry.record)


def _differences(canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet) -> float:
    """A table of facts: query, candidate, and what differs; a sign marks what is the same."""
    words, known = sheet.words, sheet.query.values if sheet.query else ()
    rows = differences(known, entry.values, words)
    if not rows:
        return box.y
    size, y, gap = 6.8, box.y, 1.0
    shares = (0.22, 0.26, 0.27, 0.25) if known else (0.3, 0.0, 0.7, 0.0)
    starts = [box.x + box.width * sum(shares[:i]) for i in range(len(shares))]
    heads = ("", words["sample_values"], words["this_cloth"], words["difference"])
    for x, share, head in zip(starts, shares, heads, strict=True):
        if share:
            canvas.text(x, y, share * box.width - gap, head, size, bold=True)
    y += line_height(size) + 0.6
    separator(canvas, box.x, y, box.width)
    y += 0.6
    for row in rows:
        if y + line_height(size) > box.bottom:
            break
        sign = {SAME: "=", DIFFERS: row.words}.get(row.verdict, "")
        cells = (row.label, row.pinned, row.candidate, sign)
        y = max(
            canvas.text(x, y, share * box.width - gap, cell, size,
                        color=MUTED if i == 0 else "#1a1a1a", lines=2)
            for i, (x, share, cell) in enumerate(zip(starts, shares, cells, strict=True)) if share
        )  # fmt: skip
    return y


# Hanger labels ---------------------------------------------------------------------------------


def hangers(
    canvas: Canvas, page: Box, entries: Sequence[SheetEntry], sheet: Sheet,
    label: tuple[float, float],
) -> None:  # fmt: skip
    """Labels side by side on a page, with marks to cut along."""
    columns = 2
    rows = int(page.height // label[1])
    left = (page.width - columns * label[0]) / 2
    top = (page.height - rows * label[1]) / 2
    used = -(-len(entries) // columns)
    _cut_marks(canvas, page, (left, top), label, (columns, used))
    for place, entry in enumerate(entries):
        row, column = divmod(place, columns)
        box = Box(left + column * label[0], top + row * label[1], *label)
        hanger(canvas, box, entry, sheet)


def _cut_marks(
    canvas: Canvas, page: Box, start: tuple[float, float], label: tuple[float, float],
    grid: tuple[int, int],
) -> None:  # fmt: skip
    """Short lines around the labels, and hairlines between them."""
    right, bottom = start[0] + grid[0] * label[0], start[1] + grid[1] * label[1]
    for column in range(grid[0] + 1):
        x = start[0] + column * label[0]
        canvas.line(x, start[1] - 5, x, start[1] - 1, STRONG_LINE, 0.12)
        canvas.line(x, bottom + 1, x, bottom + 5, STRONG_LINE, 0.12)
    for row in range(grid[1] + 1):
        y = start[1] + row * label[1]
        canvas.line(start[0] - 4, y, start[0] - 1, y, STRONG_LINE, 0.12)
        canvas.line(right + 1, y, right + 4, y, STRONG_LINE, 0.12)
        if 0 < row < grid[1]:
            canvas.line(start[0], y, right, y, "#e4e4e4", 0.1)
    for column in range(1, grid[0]):
        x = start[0] + column * label[0]
        canvas.line(x, start[1], x, bottom, "#e4e4e4", 0.1)


def hanger(canvas: Canvas, box: Box, entry: SheetEntry, sheet: Sheet) -> None:
    """One label of 100 × 50 mm: cloth at 1:1, name, facts, code."""
    words = sheet.words
    cloth = Box(box.x + 2.5, box.y + 2.5, *HANGER_BOX)
    shown = paint_cloth(canvas, cloth, entry.true or entry.whole, words)
    ruler = Box(shown.box.x, cloth.bottom + 0.4, shown.box.width, RULER_HEIGHT)
    paint_ruler(canvas, ruler, shown.ratio, words)
    x, side = cloth.right + 3, 13.5
    width = box.right - 3 - x
    y = canvas.text(x, box.y + 2.2, width, entry.title, 9.5, bold=True, lines=3) + 0.8
    code = Box(box.right - 3 - side, box.bottom - 3 - side, side, side)
    values = [v for v in entry.values if v.key not in TITLE_KEYS | {"file", "scale"}]
    step = line_height(6.2)
    room = max(1, int((code.y - 1 - y) / step + 1e-6))
    text = summary(values)
    y = canvas.text(x, y, width, text, 6.2, lines=room)
    if entry.note and y + step <= code.y - 0.5:
        canvas.text(x, y + 0.5, width, entry.note, 6.2, color=MUTED,
                    lines=max(1, int((code.y - 1 - y) / step)))  # fmt: skip
    foot = " · ".join((sheet.date, *(t for _, t in sheet.facts[:1])))
    canvas.text(x, box.bottom - 3 - line_height(5.6), width - side - 2, foot, 5.6, color=MUTED)
    paint_qr(canvas, code, entry.record)
