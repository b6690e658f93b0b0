"""The parts of every layout: cloth at true scale with its ruler, bars, values, page frame."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.sheets.content import Sheet, SheetEntry, SheetPicture, SheetValue
from fabricfinder.sheets.dress import BAR_DRESS, LINE, MUTED, STRONG_LINE, TEXT, TRACK
from fabricfinder.sheets.qr import qr_modules
from fabricfinder.ui.sheet_canvas import (
    GROUND,
    UNITS,
    Align,
    Box,
    Canvas,
    line_height,
    picture_image,
)

RULER_HEIGHT = 4.6
_TICKS = {1: 0.9, 5: 1.4, 10: 2.0}  # mm of cloth -> length of the tick in mm
OUTLINE_MM = 0.25
_PITCH = {"diagonal": 2.0, "dots": 0.9, "lines": 0.9}


@dataclass(frozen=True, slots=True)
class Shown:
    """How a picture was drawn: where, and mm of paper per mm of cloth (None = scale unknown)."""

    box: Box
    ratio: float | None


def paint_cloth(
    canvas: Canvas, box: Box, picture: SheetPicture | None, words: Mapping[str, str],
    *, fit: bool = False, at: float | None = None, corner: bool = False,
) -> Shown:  # fmt: skip
    """Draw cloth into a box: at 1:1 where its scale is known, else to fill the box.

    A piece smaller than the box stands in its middle on a quiet ground; of a larger one the
    middle is shown.

    Args:
        fit: show the whole picture as large as the box allows, at whatever ratio.
        at: mm of paper per mm of cloth, instead of 1:1.
        corner: a piece smaller than the box stands in its upper left corner, without ground.
    """
    if picture is None:
        canvas.fill(box, GROUND)
        y = box.y + box.height / 2 - line_height(6.5) / 2
        canvas.text(box.x, y, box.width, words["no_picture"], 6.5, color=MUTED,
                    align=Align.CENTER)  # fmt: skip
        return Shown(box, None)
    size = picture.size_mm
    ratio = 1.0
    if fit or at or size is None:
        natural = size or (float(picture.width), float(picture.height))
        shares = box.width / natural[0], box.height / natural[1]
        ratio = at or (min(shares) if fit else max(shares))
        drawn = natural[0] * ratio, natural[1] * ratio
    else:
        drawn = size
    width, height = min(drawn[0], box.width), min(drawn[1], box.height)
    if not corner and (width < box.width - 0.1 or height < box.height - 0.1):
        canvas.fill(box, GROUND)
    x, y = (0.0, 0.0) if corner else ((box.width - width) / 2, (box.height - height) / 2)
    target = Box(box.x + x, box.y + y, width, height)
    px = round(picture.width * width / drawn[0]), round(picture.height * height / drawn[1])
    canvas.image(target, picture_image(picture, max(1, px[0]), max(1, px[1])))
    return Shown(target, ratio if size is not None else None)


def paint_ruler(canvas: Canvas, box: Box, ratio: float | None, words: Mapping[str, str]) -> None:
    """Draw a ruler in mm of the cloth under a picture, with its scale and the warp's direction.

    Args:
        box: the row under the picture, as wide as the picture.
        ratio: mm of paper per mm of cloth; None says that the scale is not known.
    """
    if ratio is None:
        canvas.text(box.x, box.y + 0.6, box.width, words["no_scale"], 5.6, color=MUTED)
        return
    label = ratio_words(ratio, words)
    room = canvas.width_of(label, 5.6) + canvas.width_of(words["warp"], 5.6) + 5.0
    ticks(canvas, box, ratio, room)
    x = box.right - room + 1.2
    canvas.text(x, box.y + 2.3, room, label, 5.6, color=MUTED)
    arrow_x = box.right - canvas.width_of(words["warp"], 5.6) - 1.3
    warp_arrow(canvas, arrow_x, box.y + 2.5, 2.0)
    canvas.text(box.x, box.y + 2.3, box.width, words["warp"], 5.6, color=MUTED, align=Align.RIGHT)


def ticks(canvas: Canvas, box: Box, ratio: float, room: float) -> None:
    """The marks of a ruler: every mm of cloth where there is space, numbers every 10 or more."""
    every = next((mm for mm in (1, 5, 10, 50, 100) if mm * ratio >= 0.8), 500)
    numbered = next((mm for mm in (10, 20, 50, 100, 200, 500) if mm * ratio >= 7), 1000)
    canvas.line(box.x, box.y, box.right, box.y, STRONG_LINE)
    last = math.floor(box.width / ratio + 1e-6)
    for mm in range(0, last + 1, every):
        kind = 10 if mm % numbered == 0 else 5 if mm % (numbered // 2) == 0 else 1
        x = box.x + mm * ratio
        canvas.line(x, box.y, x, box.y + _TICKS[kind], TEXT if kind == 10 else STRONG_LINE, 0.12)
        if mm % numbered == 0 and x + 3 < box.right - room:
            left = x if mm == 0 else x - 4
            unit = "0 mm" if mm == 0 else f"{mm}"
            canvas.text(left, box.y + 2.3, 8, unit, 5.6, color=MUTED,
                        align=Align.LEFT if mm == 0 else Align.CENTER)  # fmt: skip


def ratio_words(ratio: float, words: Mapping[str, str]) -> str:
    """“1 : 1”, “2.6 : 1” or “1 : 4”."""
    if abs(ratio - 1) < 0.005:
        return words["true_scale"]
    key, value = ("ratio", ratio) if ratio > 1 else ("ratio_small", 1 / ratio)
    return words[key].format(ratio=f"{value:.2g}")


def warp_arrow(canvas: Canvas, x: float, y: float, height: float) -> None:
    """A small upright arrow with two heads."""
    canvas.line(x, y + 0.3, x, y + height - 0.3, TEXT, 0.2)
    for tip, way in ((y, 1), (y + height, -1)):
        head = [(x, tip), (x - 0.45, tip + way * 0.75), (x + 0.45, tip + way * 0.75)]
        canvas.painter.setPen(Qt.PenStyle.NoPen)
        canvas.painter.setBrush(QColor(TEXT))
        canvas.painter.drawPolygon(QPolygonF([QPointF(a * UNITS, b * UNITS) for a, b in head]))


def paint_bar(
    canvas: Canvas, box: Box, dimension: str, score: float | None, unsure: bool = False
) -> None:
    """One bar: track and patterned fill; not judged is a dashed line, never an empty track.

    A guess (``unsure``) is the outline of its fill, as in the window.
    """
    if score is None:
        y = box.y + box.height / 2
        canvas.line(box.x, y, box.right, y, STRONG_LINE, 0.2, dashed=True)
        return
    canvas.fill(box, TRACK)
    filled = Box(box.x, box.y, box.width * min(1.0, max(0.0, score)), box.height)
    if unsure:
        edge = OUTLINE_MM / 2
        wide = max(0.1, filled.width - OUTLINE_MM)
        inside = Box(filled.x + edge, filled.y + edge, wide, filled.height - OUTLINE_MM)
        canvas.fill(inside, "#ffffff")
        canvas.frame(inside, BAR_DRESS[dimension][0], OUTLINE_MM)
    elif filled.width > 0.01:
        paint_pattern(canvas, filled, dimension)


def paint_pattern(canvas: Canvas, box: Box, dimension: str) -> None:
    """A dimension's fill and pattern, as strokes that print on any device."""
    fill, ink, pattern = BAR_DRESS[dimension]
    canvas.fill(box, fill)
    if pattern == "solid":
        return
    painter, pitch = canvas.painter, _PITCH[pattern]
    painter.save()
    canvas.clip(box)
    if pattern == "diagonal":
        for i in range(math.ceil((box.width + box.height) / pitch)):
            x = box.x + i * pitch
            canvas.line(x - box.height, box.bottom, x, box.y, ink, 0.55)
    elif pattern == "lines":
        for i in range(math.ceil(box.width / pitch)):
            x = box.x + (i + 0.5) * pitch
            canvas.line(x, box.y, x, box.bottom, ink, 0.32)
    else:
        _dots(canvas, box, ink, pitch)
    painter.restore()


def _dots(canvas: Canvas, box: Box, ink: str, pitch: float) -> None:
    """Points like yarn crossings, every second row between the first one's."""
    for row in range(max(1, round(box.height / (pitch / 2)))):
        for i in range(math.ceil(box.width / pitch) + 1):
            x = box.x + (i + 0.5 * (row % 2)) * pitch + 0.1
            y = box.y + (row + 0.5) * pitch / 2 - 0.18
            canvas.fill(Box(x, y, 0.36, 0.36), ink)


def paint_bars(
    canvas: Canvas, box: Box, entry: SheetEntry, words: Mapping[str, str], size: float = 6.5
) -> float:
    """The four bars under one another with names and numbers; returns the y below them."""
    row = box.height / len(DIMENSIONS)
    left = max(canvas.width_of(words[name], size) for name in DIMENSIONS) + 1.6
    right = canvas.width_of("100", size) + 1.4
    thick = min(2.0, row * 0.6)
    for i, (name, score) in enumerate(zip(DIMENSIONS, entry.scores, strict=True)):
        y = box.y + i * row
        words_y = y + (row - line_height(size)) / 2
        canvas.text(box.x, words_y, left, words[name], size, color=MUTED)
        bar = Box(box.x + left, y + (row - thick) / 2, box.width - left - right, thick)
        paint_bar(canvas, bar, name, score, entry.unsure[i])
        said = words["na"] if score is None else f"{100 * score:.0f}"
        canvas.text(box.right - right, words_y, right, said, size, align=Align.RIGHT)
    return box.bottom


def paint_values(
    canvas: Canvas, box: Box, values: Sequence[SheetValue | tuple[str, str]], size: float = 6.5
) -> float:
    """Facts as label and text, as many as fit, long ones wrapped; returns the y below them."""
    pairs = [(v.label, v.text) if isinstance(v, SheetValue) else v for v in values]
    if not pairs:
        return box.y
    left = min(box.width * 0.42, max(canvas.width_of(k, size) for k, _ in pairs) + 2.0)
    y, step = box.y, line_height(size)
    for label, text in pairs:
        room = int((box.bottom - y) / step + 1e-6)
        if room < 1:
            break
        canvas.text(box.x, y, left - 0.8, label, size, color=MUTED)
        y = canvas.text(box.x + left, y, box.width - left, text, size, lines=min(3, room))
    return y


def paint_title(
    canvas: Canvas, box: Box, entry: SheetEntry, size: float, lines: int = 1
) -> float:
    """A cloth's name left, its band and score right; returns the y below them."""
    band = f"{entry.band} · {100 * entry.overall:.0f}" if entry.band else ""
    small = size - 1.2
    right = canvas.width_of(band, small) + 2.0 if band else 0.0
    if band:
        canvas.text(box.x, box.y + 0.35, box.width, band, small, align=Align.RIGHT)
    return canvas.text(box.x, box.y, box.width - right, entry.title, size, bold=True, lines=lines)


def paint_qr(canvas: Canvas, box: Box, record: str) -> None:
    """The record's code; its box includes no quiet zone, so leave white around it."""
    if record:
        canvas.modules(box, qr_modules(record))


def paint_legend(canvas: Canvas, x: float, y: float, sheet: Sheet, size: float = 5.8) -> None:
    """What the four bars mean, in one line."""
    for name in DIMENSIONS:
        paint_pattern(canvas, Box(x, y + 0.5, 3.0, 1.6), name)
        words = sheet.words[f"{name}_long"]
        canvas.text(x + 3.8, y, 60, words, size, color=MUTED)
        x += canvas.width_of(words, size) + 7.0


def separator(canvas: Canvas, x: float, y: float, width: float) -> None:
    """A hairline across."""
    canvas.line(x, y, x + width, y, LINE)
