"""The scale card as a file to print: a PDF that is true to the millimetre, or a PNG at 600 dpi.

The PDF is written here, shape by shape, because a card is only worth as much as its millimetres:
every edge is a rectangle in mm, and the file asks the printer not to scale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fabricfinder.capture.errors import CaptureError
from fabricfinder.capture.scale_card import (
    HEIGHT_MM,
    MARGIN_MM,
    MARKER_CELLS,
    MARKER_MM,
    MARKERS,
    WIDTH_MM,
    marker_bits,
)
from fabricfinder.domain.whole_file import whole_file

PT_PER_MM = 72 / 25.4
PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
PNG_DPI = 600
GREYS = (0.95, 0.78, 0.61, 0.44, 0.27, 0.10)  # sRGB, light to dark
CHECK_MM = 150.0

_RULER_X, _RULER_MM = 25.0, 50.0
_LINE = 0.2
_TITLE = "fabricfinder scale card"
_ADVICE = (
    "Print at 100 % (“actual size”), cut out, and lay it flat beside the cloth.",
    f"Check the print: the line below is {CHECK_MM:.0f} mm long.",
)


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle on the card: mm from its top left, grey 0 (black) .. 1 (white)."""

    x: float
    y: float
    width: float
    height: float
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """Text on the card: mm from its top left to the start of its base line, height in mm."""

    x: float
    y: float
    text: str
    size: float


def card_shapes() -> Iterator[Box | Word]:
    """Everything on the card, in the order it is painted."""
    yield Box(0, 0, WIDTH_MM, HEIGHT_MM, 1.0)
    for marker, (left, top) in MARKERS.items():
        yield from _marker(marker, left, top)
    yield from _ruler()
    step = _RULER_MM / len(GREYS)
    for i, grey in enumerate(GREYS):
        yield Box(_RULER_X + i * step, 36.0, step, 12.0, grey)
    yield Word(_RULER_X, 27.5, _TITLE, 3.2)
    yield Word(_RULER_X, 31.8, "5 cm along the upper edge", 2.4)
    yield from _rim()


def _marker(marker: int, left: float, top: float) -> Iterator[Box]:
    """Black ground and its white cells, runs of cells as one box so that no seams show."""
    yield Box(left, top, MARKER_MM, MARKER_MM)
    cell = MARKER_MM / MARKER_CELLS
    for row, cells in enumerate(marker_bits(marker)):
        start = None
        for column, white in enumerate([*cells, False]):
            if white and start is None:
                start = column
            elif not white and start is not None:
                wide = (column - start) * cell
                yield Box(left + start * cell, top + row * cell, wide, cell, 1.0)
                start = None


def _ruler() -> Iterator[Box | Word]:
    """Five centimetres with a tick each millimetre, hanging from the card's upper edge."""
    yield Box(_RULER_X, MARGIN_MM, _RULER_MM, _LINE)
    for mm in range(int(_RULER_MM) + 1):
        high = 8.0 if mm % 10 == 0 else 6.0 if mm % 5 == 0 else 4.0
        yield Box(_RULER_X + mm - _LINE / 2, MARGIN_MM, _LINE, high)
        if mm % 10 == 0:
            yield Word(_RULER_X + mm - 0.8, MARGIN_MM + 11.5, str(mm // 10), 3.0)


def _rim() -> Iterator[Box]:
    """A thin line to cut along."""
    for x, y, wide, high in (
        (0, 0, WIDTH_MM, _LINE), (0, HEIGHT_MM - _LINE, WIDTH_MM, _LINE),
        (0, 0, _LINE, HEIGHT_MM), (WIDTH_MM - _LINE, 0, _LINE, HEIGHT_MM),
    ):  # fmt: skip
        yield Box(x, y, wide, high, 0.6)


def card_picture(px_per_mm: float) -> np.ndarray:
    """The card alone as grey pixels, uint8 (h, w), edges weighed by the part of a pixel they cover.

    Args:
        px_per_mm: from 2.
    """
    finer = 4
    scale = px_per_mm * finer
    size = (round(HEIGHT_MM * px_per_mm) * finer, round(WIDTH_MM * px_per_mm) * finer)
    picture = np.full(size, 255, np.uint8)
    for shape in card_shapes():
        if isinstance(shape, Box):
            x0, x1 = round(shape.x * scale), round((shape.x + shape.width) * scale)
            y0, y1 = round(shape.y * scale), round((shape.y + shape.height) * scale)
            picture[y0:y1, x0:x1] = round(255 * shape.grey)
        else:
            at = (round(shape.x * scale), round(shape.y * scale))
            size_px = shape.size * scale / 30
            cv2.putText(picture, _plain(shape.text), at, cv2.FONT_HERSHEY_SIMPLEX, size_px, 0,
                        max(1, round(scale * 0.22)), cv2.LINE_AA)  # fmt: skip
    return cv2.resize(picture, (size[1] // finer, size[0] // finer), interpolation=cv2.INTER_AREA)


def write_card(path: Path, paper: str = "A4") -> None:
    """Write the card as ``.pdf`` (on a sheet of paper) or ``.png`` (the card alone, 600 dpi).

    Raises:
        CaptureError: another suffix, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in (".pdf", ".png"):
        raise CaptureError("The scale card is written as PDF or PNG: name a file ending in .pdf.")
    made = card_pdf(paper) if suffix == ".pdf" else _card_png()
    try:
        with whole_file(path) as unfinished:
            unfinished.write_bytes(made)
    except OSError as error:
        raise CaptureError(f"{path} cannot be written ({error.strerror or error}).") from error


def _card_png() -> bytes:
    from fabricfinder.capture.stamp import stamped_png

    done, encoded = cv2.imencode(".png", card_picture(PNG_DPI / 25.4))
    if not done:
        raise RuntimeError("the PNG encoder refused an 8-bit picture")
    return stamped_png(encoded.tobytes(), PNG_DPI)


def card_pdf(paper: str = "A4") -> bytes:
    """A PDF 1.6 of one page: the card in the middle of the upper half, advice, a line to check.

    Args:
        paper: a key of ``PAPERS``.
    """
    wide, high = PAPERS[paper]
    left, top = (wide - WIDTH_MM) / 2, 35.0
    lines = [_painted(shape, left, top, high) for shape in card_shapes()]
    start = (wide - CHECK_MM) / 2
    for i, sentence in enumerate(_ADVICE):
        lines.append(_painted(Word(start, 115.0 + 7 * i, sentence, 3.6), 0, 0, high))
    for box in (
        Box(start, 130.0, CHECK_MM, 0.3), Box(start, 127.0, 0.3, 6.0),
        Box(start + CHECK_MM - 0.3, 127.0, 0.3, 6.0),
    ):  # fmt: skip
        lines.append(_painted(box, 0, 0, high))
    content = "\n".join(lines).encode("cp1252")
    page = f"{wide * PT_PER_MM:.4f} {high * PT_PER_MM:.4f}"
    return _pdf_file(
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) "
        b"/ViewerPreferences << /PrintScaling /None /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page}] /Contents 4 0 R "
        "/Resources << /Font << /F 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({_TITLE}) /Producer (fabricfinder) >>".encode(),
    )


def _painted(shape: Box | Word, left: float, top: float, page_mm: float) -> str:
    """A shape as PDF operators, its card's corner at (left, top) mm of the page."""
    x = (left + shape.x) * PT_PER_MM
    if isinstance(shape, Word):
        y = (page_mm - top - shape.y) * PT_PER_MM
        text = shape.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return f"BT 0 g /F {shape.size * PT_PER_MM:.3f} Tf {x:.4f} {y:.4f} Td ({text}) Tj ET"
    y = (page_mm - top - shape.y - shape.height) * PT_PER_MM
    size = f"{shape.width * PT_PER_MM:.4f} {shape.height * PT_PER_MM:.4f}"
    return f"{shape.grey:.3f} g {x:.4f} {y:.4f} {size} re f"


def _pdf_file(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first its catalog, the last its document information."""
    made = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    made += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, len(objects), table,
    )  # fmt: skip
    return bytes(made)


def _plain(text: str) -> str:
    """Only letters that the drawn font has."""
    return text.encode("ascii", "replace").decode()
