"""Sheets as files: PDF and PNG painted here, HTML, XLSX and CSV by their writers; whole or not."""

import errno
import os
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from fabricfinder.composing import compose, make_document
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.sheets.content import Sheet
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.pdf_letters import spell_plainly
from fabricfinder.sheets.request import PAPERS, SheetRequest
from fabricfinder.sheets.saving import written_beside
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.ui.sheet_canvas import MM_PER_INCH
from fabricfinder.ui.sheet_pages import SheetPages, wish_for

Steps = Generator[Progress, None, Any]
PAINTED = ("pdf", "png")
PDF_DPI = 1200  # of the coordinates; pictures keep their own resolution
PNG_DPI = 150
PNG_MOST_PIXELS = 60_000_000
PNG_LONGEST = 32_000


def make_sheet_file(
    request: SheetRequest,
    catalog: Catalog,
    output: Output,
    words: Mapping[str, str] = ENGLISH,
    taxonomy: Taxonomy | None = None,
) -> Steps:
    """Make a sheet and write it in any format; returns its path. Args as ``compose``.

    Raises:
        SheetError: nothing to show, or the file cannot be written; nothing half-written is left.
    """
    if output.kind not in PAINTED:
        return (yield from make_document(request, catalog, output, words, taxonomy))
    output.require_folder()
    wish = wish_for(request.layout, request.paper)
    sheet = yield from compose(request, catalog, wish, words, None, taxonomy)
    yield from paint_file(sheet, request.layout, request.paper, output)
    return output.path


def paint_file(sheet: Sheet, layout: str, paper: str, output: Output) -> Steps:
    """Write a sheet that is made already as PDF or PNG; returns its path.

    Raises:
        SheetError: the file cannot be written; nothing half-written is left.
    """
    yield Progress("Writing the sheet", 0, None, "pages")
    pages = SheetPages(sheet, layout, paper)
    paint = _write_pdf if output.kind == "pdf" else _write_png
    yield from paint(pages, paper, output)
    return output.path


def headless_application() -> QGuiApplication:
    """What painting needs of Qt where no window is shown; made once, off any screen."""
    if QGuiApplication.instance() is None and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QGuiApplication.instance() or QGuiApplication(sys.argv[:1])


def print_sheet(
    request: SheetRequest, catalog: Catalog, printer: Any, words: Mapping[str, str] = ENGLISH,
    taxonomy: Taxonomy | None = None,
) -> Steps:  # fmt: skip
    """Make a sheet and send it to a QPrinter, page by page; returns the number of pages.

    Raises:
        SheetError: there is nothing to show, or the printer does not answer.
    """
    wish = wish_for(request.layout, request.paper)
    sheet = yield from compose(request, catalog, wish, words, None, taxonomy)
    pages = SheetPages(sheet, request.layout, request.paper)
    painter = QPainter()
    if not painter.begin(printer):
        raise SheetError("The printer does not answer. Is it switched on?")
    try:
        for number in range(len(pages)):
            if number:
                printer.newPage()
            pages.paint(painter, number, printer.resolution() / MM_PER_INCH)
            yield Progress("Printing", number + 1, len(pages), "pages")
    finally:
        painter.end()
    return len(pages)


def page_layout(paper: str) -> QPageLayout:
    """A page without margins: the sheet has its own."""
    sizes = {"A4": QPageSize.PageSizeId.A4, "Letter": QPageSize.PageSizeId.Letter}
    return QPageLayout(
        QPageSize(sizes[paper]), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
    )


def _write_pdf(pages: SheetPages, paper: str, output: Output) -> Steps:
    with written_beside(output.path) as unfinished:
        writer = QPdfWriter(str(unfinished))
        if output.archival:
            writer.setPdfVersion(QPdfWriter.PdfVersion.PdfVersion_A1b)
        writer.setResolution(PDF_DPI)
        writer.setPageLayout(page_layout(paper))
        writer.setTitle(pages.sheet.title)
        writer.setCreator("fabricfinder")
        painter = QPainter()
        if not painter.begin(writer):
            raise SheetError(f"{output.path.name} could not be written.")
        try:
            for number in range(len(pages)):
                if number:
                    writer.newPage()
                pages.paint(painter, number, PDF_DPI / MM_PER_INCH)
                yield Progress("Writing the sheet", number + 1, len(pages), "pages")
        finally:
            ended = painter.end()
            del painter, writer
        if not ended or not _is_whole(unfinished):
            raise OSError(errno.ENOSPC, "No space left on device")
        spell_plainly(unfinished)


def _is_whole(path: Path) -> bool:
    """Whether a PDF has its end mark: Qt says nothing of a disk that filled up."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 32))
        return b"%%EOF" in file.read()


def _write_png(pages: SheetPages, paper: str, output: Output) -> Steps:
    """All pages under one another in one picture, coarser where it would grow too large."""
    width, height = PAPERS[paper]
    tall = height * len(pages)
    per_mm = min(
        PNG_DPI / MM_PER_INCH, PNG_LONGEST / tall, (PNG_MOST_PIXELS / (width * tall)) ** 0.5
    )
    image = QImage(round(width * per_mm), round(tall * per_mm), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setDotsPerMeterX(round(per_mm * 1000))
    image.setDotsPerMeterY(round(per_mm * 1000))
    painter = QPainter(image)
    try:
        for number in range(len(pages)):
            painter.save()
            painter.translate(0, number * height * per_mm)
            painter.setClipRect(QRectF(0, 0, width * per_mm, height * per_mm))
            pages.paint(painter, number, per_mm)
            painter.restore()
            yield Progress("Writing the sheet", number + 1, len(pages), "pages")
    finally:
        painter.end()
    with written_beside(output.path) as unfinished:
        picture = QImageWriter(str(unfinished), b"png")
        picture.setText("Title", pages.sheet.title)
        if not picture.write(image):
            raise OSError(errno.ENOSPC, "No space left on device")


def page_image(pages: SheetPages, number: int, px_per_mm: float) -> QImage:
    """One page as a picture, for the preview; any thread may ask."""
    size = QSizeF(*pages.size_mm) * px_per_mm
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        pages.paint(painter, number, px_per_mm)
    finally:
        painter.end()
    return image
