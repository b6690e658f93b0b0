"""A QR code as a matrix of dark and light modules."""

from functools import lru_cache

import cv2
import numpy as np

QUIET_MODULES = 4  # ISO/IEC 18004 wants four light modules around the code


@lru_cache(maxsize=512)
def qr_modules(text: str) -> np.ndarray:
    """Encode text as bool (n, n), True = dark, its quiet zone not included.

    >>> qr_modules("fabricfinder").dtype
    dtype('bool')
    """
    picture = cv2.QRCodeEncoder.create().encode(text)
    dark = picture < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
