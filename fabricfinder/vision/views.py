"""The two looks at a swatch: macro (the whole cloth) and micro (its yarns)."""

import os
from dataclasses import replace
from typing import BinaryIO

import cv2
import numpy as np

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, N_MICRO, VIEW_PX, Views
from fabricfinder.domain.errors import QueryError
from fabricfinder.vision.decode import MIN_SIDE, DecodedImage, decode_at_least

# Below this many pixels a centimetre no yarn can be told, so the scale is as good as unknown.
MIN_PX_PER_CM = 60.0
# The shorter side to which a picture of unknown scale is brought before micro crops are cut.
WORKING_SHORT_SIDE = 512

Crop = tuple[float, float, float, float]
WHOLE: Crop = (0.0, 0.0, 1.0, 1.0)


def working_side(
    width: int, height: int, px_per_cm: float | None, crop: Crop | None = None
) -> int:
    """The longer side to which a picture may be reduced without its views losing anything.

    Args:
        width, height: of the whole picture, px.
        px_per_cm: its scale, or None.
        crop: left, top, right, bottom in 0..1 of the whole; None = all of it.
    """
    left, top, right, bottom = crop or WHOLE
    short = max(1.0, min((right - left) * width, (bottom - top) * height))
    if px_per_cm is not None and px_per_cm >= MIN_PX_PER_CM:
        # The macro view wants its 128 px even where the yarns would do with fewer.
        share = max(MICRO_PX_PER_CM / px_per_cm, VIEW_PX / short)
    else:
        share = WORKING_SHORT_SIDE / short
    return int(np.ceil(max(width, height) * min(1.0, share)))


def load_for_encoding(
    source: str | os.PathLike[str] | BinaryIO,
    crop: Crop | None = None,
    px_per_cm: float | None = None,
) -> tuple[DecodedImage, Views]:
    """Read a picture once, at the cheapest size its views allow, and cut them.

    Args:
        source: as for ``decode``.
        crop: left, top, right, bottom in 0..1 of the upright picture.
        px_per_cm: a scale a person has set for the whole picture; else the file's is taken.

    Raises:
        UnreadableImageError: no picture.
        QueryError: the crop is under 32 px.
    """
    image = decode_at_least(
        source, lambda w, h, stated: working_side(w, h, px_per_cm or stated, crop)
    )
    if px_per_cm is not None:
        image = replace(image, px_per_cm=px_per_cm, scale_source="hand")
    return image, cut_views(image, crop)


def cut_views(image: DecodedImage, crop: Crop | None = None) -> Views:
    """Cut the macro and micro views of a picture or of a part of it.

    Macro is the central square of the shorter side, area-averaged to 128 px; a strip four or more
    times as long as wide is folded into rows first, so that its length is not thrown away.
    Micro is four crops of 128 px on a 2 × 2 grid in the central 80 % (overlapping in a small
    picture): at 160 px/cm where the scale is known and at least 60 px/cm, mirrored outwards where
    the cloth is smaller; else at the pixels of a picture whose shorter side is brought down to
    512 px, or up to 128 px. Where the scale is known at all, so are the px/cm of both views.
    Same pixels, same views.

    Args:
        image: decoded, reduced no further than ``working_side`` says.
        crop: left, top, right, bottom in 0..1 of the upright picture; None = all of it.

    Raises:
        QueryError: the crop is under 32 px of the whole picture, or no rectangle.
    """
    region = crop_region(image, crop)
    scale = image.working_px_per_cm
    known = image.px_per_cm is not None and image.px_per_cm >= MIN_PX_PER_CM
    if known and scale:
        crops, zoom = _micro_at_scale(region, scale), MICRO_PX_PER_CM / scale
    else:
        crops, zoom = _micro_native(region)
    macro, span = _macro(region)
    if scale is None:
        return Views(macro, crops, known)
    return Views(macro, crops, known, scale * VIEW_PX / span, scale * zoom)


def views_of(rgb: np.ndarray, px_per_cm: float | None = None) -> Views:
    """``cut_views`` of bare pixels, uint8 (h, w, 3), whose scale is px_per_cm or unknown."""
    return cut_views(DecodedImage(rgb, rgb.shape[1], rgb.shape[0], px_per_cm))


def crop_region(image: DecodedImage, crop: Crop | None) -> np.ndarray:
    """The pixels of a crop rectangle (a view of ``image.rgb``).

    Raises:
        QueryError: the crop lies outside, is turned inside out, or is under 32 px of the picture.
    """
    if crop is None:
        return image.rgb
    left, top, right, bottom = (min(1.0, max(0.0, float(v))) for v in crop)
    wide, high = (right - left) * image.full_width, (bottom - top) * image.full_height
    if not (wide >= MIN_SIDE - 1e-6 and high >= MIN_SIDE - 1e-6):
        raise QueryError(
            f"The selected part is too small to judge; "
            f"draw it at least {MIN_SIDE} × {MIN_SIDE} pixels large."
        )
    height, width = image.rgb.shape[:2]
    x0, x1 = round(left * width), round(right * width)
    y0, y1 = round(top * height), round(bottom * height)
    return image.rgb[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def _macro(region: np.ndarray) -> tuple[np.ndarray, int]:
    """The whole swatch at 128 px, see ``cut_views``, and how many px of the region span it."""
    if region.shape[0] > region.shape[1]:
        macro, span = _macro(region.swapaxes(0, 1))
        return np.ascontiguousarray(macro.swapaxes(0, 1)), span
    height, width = region.shape[:2]
    rows = max(1, int((width / height) ** 0.5))
    span = rows * height
    left = (width - rows * span) // 2
    folded = [region[:, left + i * span : left + (i + 1) * span] for i in range(rows)]
    return resized(np.vstack(folded) if rows > 1 else folded[0], VIEW_PX, VIEW_PX), span


def _micro_at_scale(region: np.ndarray, px_per_cm: float) -> np.ndarray:
    """Four crops at 160 px/cm from a region at ``px_per_cm``: uint8 (4, 128, 128, 3)."""
    side = max(1, round(VIEW_PX * px_per_cm / MICRO_PX_PER_CM))
    padded = _mirrored_to(region, side)
    return np.stack([resized(c, VIEW_PX, VIEW_PX) for c in _grid(padded, side)])


def _micro_native(region: np.ndarray) -> tuple[np.ndarray, float]:
    """Four crops at the working picture's own pixels, uint8 (4, 128, 128, 3), and the factor
    from the region's px/cm to theirs.
    """
    height, width = region.shape[:2]
    short = min(height, width)
    goal = min(max(short, VIEW_PX), WORKING_SHORT_SIDE)
    if goal != short:
        share = goal / short
        region = resized(region, max(goal, round(width * share)), max(goal, round(height * share)))
    return np.stack(_grid(region, VIEW_PX)), goal / short


def _grid(region: np.ndarray, side: int) -> list[np.ndarray]:
    """``N_MICRO`` square crops on a 2 × 2 grid, row by row."""
    height, width = region.shape[:2]
    corners = [(y, x) for y in _starts(height, side) for x in _starts(width, side)]
    assert len(corners) == N_MICRO
    return [region[y : y + side, x : x + side] for y, x in corners]


def _starts(length: int, side: int) -> tuple[int, int]:
    """First and last start of a crop: in the central 80 % where it has room to spread there."""
    margin = min(0.1 * length, (length - side) / 4)
    first = int(margin)
    return first, length - side - first


def _mirrored_to(region: np.ndarray, side: int) -> np.ndarray:
    """Mirror a region outwards until both sides have at least ``side`` px."""
    missing_y, missing_x = (max(0, side - n) for n in region.shape[:2])
    if not (missing_y or missing_x):
        return region
    widths = ((missing_y // 2, missing_y - missing_y // 2),
              (missing_x // 2, missing_x - missing_x // 2), (0, 0))  # fmt: skip
    return np.pad(region, widths, mode="symmetric")


def resized(region: np.ndarray, width: int, height: int) -> np.ndarray:
    """Area-average down, or cubic up."""
    if region.shape[:2] == (height, width):
        return np.ascontiguousarray(region)
    down = region.shape[0] >= height and region.shape[1] >= width
    method = cv2.INTER_AREA if down else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(region), (width, height), interpolation=method)
