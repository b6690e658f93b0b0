"""Making the colours of a photograph true, as a window plays it: look, preview, save a copy.

The original is never touched: what is made true is a new file, its scale written into it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fabricfinder.capture.color_target import (
    ColorReading,
    color_cast,
    corrected,
    find_color_target,
    grey_balance,
)
from fabricfinder.capture.errors import CaptureError
from fabricfinder.capture.measure import Measured, measure
from fabricfinder.capture.scanner import Steps
from fabricfinder.capture.stamp import stamp
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.vision.decode import decode
from fabricfinder.vision.scale import CM_PER_INCH


@dataclass(frozen=True, slots=True, eq=False)
class Coloring:
    """A way to make colours true.

    Attributes:
        matrix: for ``corrected``, (3, 3).
        before, after: ΔE00 to the target's published colours (mean), or C*ab of the grey card.
        target: what was read of a colour target; None for a grey card.
    """

    matrix: np.ndarray
    before: float
    after: float
    target: ColorReading | None = None


def measured_picture(path: str, px_per_cm: float | None = None) -> Steps:
    """``measure`` between two safe points; returns a Measured. Raises UnreadableImageError."""
    yield Progress("Measuring")
    seen: Measured = measure(path, None if px_per_cm is None else px_per_cm * CM_PER_INCH)
    return seen


def by_target(path: str) -> Steps:
    """Look for a colour target; returns a Coloring, or None. Raises UnreadableImageError."""
    yield Progress("Looking for a colour target")
    reading = find_color_target(decode(path).rgb)
    if reading is None:
        return None
    return Coloring(reading.matrix, reading.mean_before, reading.mean_after, reading)


def by_grey_card(path: str, part: Sequence[float]) -> Steps:
    """Make a part of a photograph neutral; returns a Coloring, or None where it cannot be.

    Args:
        part: left, top, right, bottom of the card as shares of the picture.

    Raises:
        UnreadableImageError: it is no picture.
    """
    yield Progress("Looking at the grey card")
    rgb = decode(path).rgb
    matrix = grey_balance(rgb, part)
    if matrix is None:
        return None
    height, width = rgb.shape[:2]
    left, top, right, bottom = part
    card = rgb[int(top * height) : round(bottom * height), int(left * width) : round(right * width)]
    after = color_cast(corrected(card, matrix), (0, 0, 1, 1))
    return Coloring(matrix, color_cast(rgb, part), after)


def corrected_preview(path: str, matrix: np.ndarray, side: int) -> Steps:
    """The picture with true colours, longer side at most ``side``; returns uint8 (h, w, 3)."""
    yield Progress("Correcting the colours")
    return corrected(decode(path, max_side=side).rgb, matrix)


def save_corrected(path: str, matrix: np.ndarray, folder: Path, px_per_cm: float | None) -> Steps:
    """Write the whole picture with true colours as ``<name>-true-colour.png``; returns its path.

    Args:
        px_per_cm: scale of the whole picture, written into the file; None = unknown.

    Raises:
        UnreadableImageError: it is no picture; CaptureError: it cannot be written.
    """
    yield Progress("Correcting the colours")
    image = decode(path)
    made = corrected(image.rgb, matrix)
    yield Progress("Saving the picture")
    done, encoded = cv2.imencode(".png", cv2.cvtColor(made, cv2.COLOR_RGB2BGR))
    if not done:
        raise RuntimeError("the PNG encoder refused an 8-bit picture")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stem, number = f"{Path(path).stem}-true-colour", 1
        while (out := folder / (f"{stem}.png" if number == 1 else f"{stem}-{number}.png")).exists():
            number += 1
        with whole_file(out) as unfinished:
            unfinished.write_bytes(encoded.tobytes())
            if px_per_cm is not None:
                stamp(unfinished, px_per_cm / image.reduction * CM_PER_INCH)
    except OSError as error:
        raise CaptureError(f"Nothing can be written to {folder} ({error.strerror}).") from error
    return out
