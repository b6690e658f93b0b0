"""The small picture of a swatch that the grid shows."""

import cv2
import numpy as np

from fabricfinder.vision.decode import shrink_to

JPEG_QUALITY = 85
# Sharp on the largest cards, and on small ones where a screen has two pixels for one: 30 to 50 KB a
# swatch on real photographs of cloth, decoded in about 1 ms.
THUMBNAIL_SIDE = 512


def thumbnail_jpeg(
    rgb: np.ndarray, side: int = THUMBNAIL_SIDE, quality: int = JPEG_QUALITY
) -> bytes:
    """Reduce uint8 (h, w, 3) sRGB to at most ``side`` px and encode as JPEG (never enlarged)."""
    small = shrink_to(rgb, side)
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), flags)
    if not done:
        raise RuntimeError("the JPEG encoder refused an 8-bit picture")
    return encoded.tobytes()
