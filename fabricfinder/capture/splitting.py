"""Scanned pages cut into the swatches that lay on the glass, each a file of its own."""

from collections.abc import Sequence
from pathlib import Path

import cv2

from fabricfinder.capture.errors import CaptureError
from fabricfinder.capture.scanner import ScannedPage, Steps
from fabricfinder.capture.split import cut_out, find_swatches
from fabricfinder.capture.stamp import stamp
from fabricfinder.domain.progress import Progress
from fabricfinder.vision.decode import decode
from fabricfinder.vision.scale import CM_PER_INCH


def split_pages(pages: Sequence[ScannedPage]) -> Steps:
    """Cut pages apart beside themselves, ``<page>-s1.png`` and on; the pages stay as they are.

    A page on which nothing is found gives no piece. Returns the paths of the pieces.

    Raises:
        UnreadableImageError: a page cannot be read; CaptureError: a piece cannot be written.
    """
    pieces: list[Path] = []
    for n, page in enumerate(pages):
        yield Progress("Cutting swatches apart", n, len(pages), "pages")
        image = decode(page.path)
        dpi = (image.working_px_per_cm or page.dpi / CM_PER_INCH) * CM_PER_INCH
        for i, outline in enumerate(find_swatches(image.rgb), start=1):
            path = page.path.with_name(f"{page.path.stem}-s{i}.png")
            piece = cv2.cvtColor(cut_out(image.rgb, outline), cv2.COLOR_RGB2BGR)
            done, encoded = cv2.imencode(".png", piece)
            if not done:
                raise RuntimeError("the PNG encoder refused an 8-bit picture")
            try:
                path.write_bytes(encoded.tobytes())
            except OSError as error:
                raise CaptureError(f"{path} cannot be written ({error.strerror}).") from error
            stamp(path, dpi)
            pieces.append(path)
            yield Progress("Cutting swatches apart", n, len(pages), "pages", path)
    return pieces
