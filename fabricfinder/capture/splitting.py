"""Scanned pages cut into the swatches that lay on the glass, each a file of its own."""

from collections.abc import Sequence
from pathlib import Path

import cv2

from fabricfinder.capture.errors import CaptureError
from fabricfinder.capture.scanner import ScannedPage, Steps
from fabricfinder.capture.split import SwatchOutline, cut_out, find_swatches
from fabricfinder.capture.stamp import stamp
from fabricfinder.domain.progress import Progress
from fabricfinder.vision.decode import DecodedImage, decode
from fabricfinder.vision.scale import CM_PER_INCH

PHASE = "Cutting swatches apart"


def split_pages(pages: Sequence[ScannedPage]) -> Steps:
    """Cut pages apart beside themselves, ``<page>-s1.png`` and on; the pages stay as they are.

    A page on which nothing is found gives no piece. Returns the paths of the pieces.

    Raises:
        UnreadableImageError: a page cannot be read; CaptureError: a piece cannot be written.
    """
    pieces: list[Path] = []
    for page in pages:
        pieces += yield from split_page(page)
    return pieces


def split_page(page: ScannedPage) -> Steps:
    """Find the swatches on one page and cut them out; returns their paths. Raises as above."""
    yield Progress(PHASE, unit="pieces")
    image = decode(page.path)
    return (yield from cut_page(page, image, find_swatches(image.rgb)))


def cut_page(page: ScannedPage, image: DecodedImage, outlines: Sequence[SwatchOutline]) -> Steps:
    """Cut swatches out of a decoded page; returns their paths. Raises as above."""
    dpi = (image.working_px_per_cm or page.dpi / image.reduction / CM_PER_INCH) * CM_PER_INCH
    pieces: list[Path] = []
    for i, outline in enumerate(outlines, start=1):
        yield Progress(PHASE, i - 1, len(outlines), "pieces")
        path = page.path.with_name(f"{page.path.stem}-s{i}.png")
        piece = cv2.cvtColor(cut_out(image.rgb, outline), cv2.COLOR_RGB2BGR)
        done, encoded = cv2.imencode(".png", piece)
        if not done:
            raise RuntimeError("the PNG encoder refused an 8-bit picture")
        try:
            path.write_bytes(encoded.tobytes())
            stamp(path, dpi)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise CaptureError(f"{path} cannot be written ({error.strerror}).") from error
        pieces.append(path)
        yield Progress(PHASE, i, len(outlines), "pieces", path)
    return pieces
