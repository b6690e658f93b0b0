"""The partition of the HSV cube into ten colour classes, and the palette of a set of pixels.

HSV is OpenCV's 8-bit convention throughout: hue 0..179 (two degrees a step), saturation and
value 0..255. The tables are those of DVSH's Table 1, once as printed (``paper_literal``, audit
only) and once mended (``opencv``, the default): the paper kept the second red range as "orange"
and so moved every later hue one name to the left.
"""

import numpy as np

from fabricfinder.domain.palette import COLOR_NAMES, Palette, PaletteColor

UNMATCHED = 255
TABLES = ("opencv", "paper_literal")
MIN_SHARE = 0.01

_BLACK, _WHITE, _GREY, _RED, _ORANGE, _YELLOW, _GREEN, _CYAN, _BLUE, _PURPLE = range(10)
# First hue of each chromatic class in the mended table; hues from 156 are red again.
_OPENCV_HUES = (
    (0, _RED), (11, _ORANGE), (26, _YELLOW), (35, _GREEN), (78, _CYAN), (100, _BLUE),
    (125, _PURPLE), (156, _RED),
)  # fmt: skip
# The same as printed; 125..155 has no name.
_PAPER_HUES = (
    (0, _RED), (11, _YELLOW), (26, _GREEN), (35, _CYAN), (78, _BLUE), (100, _PURPLE),
    (125, UNMATCHED), (156, _ORANGE),
)  # fmt: skip


def _hue_lookup(starts: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Class of each of the 256 byte hues (those above 179 never occur and are unmatched)."""
    lookup = np.full(256, UNMATCHED, np.uint8)
    for start, region in starts:
        lookup[start:180] = region
    return lookup


_HUE_LOOKUPS = {"opencv": _hue_lookup(_OPENCV_HUES), "paper_literal": _hue_lookup(_PAPER_HUES)}


def quantise(hsv8: np.ndarray, table: str = "opencv") -> np.ndarray:
    """Name the colour class of each HSV triple.

    Args:
        hsv8: uint8 (..., 3), OpenCV HSV (hue 0..179).
        table: ``opencv`` (a partition: every triple has exactly one class) or
            ``paper_literal`` (DVSH Table 1 as printed, first match in the order black, white,
            grey, red...; the rest is ``UNMATCHED``).

    Returns:
        uint8 (...), index into ``COLOR_NAMES``, or ``UNMATCHED`` (255).

    Raises:
        KeyError: no such table.
    """
    lookup = _HUE_LOOKUPS[table]
    hue, sat, val = hsv8[..., 0], hsv8[..., 1], hsv8[..., 2]
    region = lookup[hue]
    if table == "paper_literal":
        # The printed chromatic rows ask s >= 43, v >= 46; the pale gap is nobody's.
        region = np.where((sat >= 43) & (val >= 46), region, np.uint8(UNMATCHED))
    grey = (val <= 220) & (sat < 43)
    if table == "paper_literal":
        grey &= val >= 46
    region = np.where(grey, np.uint8(_GREY), region)
    region = np.where((val >= 221) & (sat <= 30), np.uint8(_WHITE), region)
    return np.where(val <= 46, np.uint8(_BLACK), region)


# OpenCV divides by table in 12-bit fixed point; the same tables give the same bytes.
_SHIFT = 12
_STEPS = np.arange(1, 256, dtype=np.float64)
_SAT_TABLE = np.concatenate([[0], np.rint((255 << _SHIFT) / _STEPS)]).astype(np.int32)
_HUE_TABLE = np.concatenate([[0], np.rint((180 << _SHIFT) / (6 * _STEPS))]).astype(np.int32)


def rgb_to_hsv8(rgb: np.ndarray) -> np.ndarray:
    """Convert 8-bit sRGB to OpenCV's 8-bit HSV, byte for byte as its scalar ``cvtColor``.

    Args:
        rgb: uint8 (..., 3).

    Returns:
        uint8 (..., 3): hue 0..179, saturation and value 0..255.
    """
    pixels = np.asarray(rgb).astype(np.int32)
    r, g, b = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    value = np.maximum(np.maximum(r, g), b)
    spread = value - np.minimum(np.minimum(r, g), b)
    sector = np.where(
        value == r, g - b, np.where(value == g, b - r + 2 * spread, r - g + 4 * spread)
    )
    half = 1 << (_SHIFT - 1)
    hue = (sector * _HUE_TABLE[spread] + half) >> _SHIFT
    sat = (spread * _SAT_TABLE[value] + half) >> _SHIFT
    return np.stack([np.where(hue < 0, hue + 180, hue), sat, value], axis=-1).astype(np.uint8)


def palette_from_rgb(
    rgb: np.ndarray, weights: np.ndarray | None = None, table: str = "opencv"
) -> Palette:
    """Sum up pixels as at most ten colour regions (DVSH §3.1, with its gaps settled).

    A region's centre is its mean saturation and value and the *circular* mean of its hue
    weighted by saturation × value (red wraps round 0; the hue of grey counts nothing). Regions
    under 1 % of the pixels are dropped and the other shares renormalised to sum 1.

    Args:
        rgb: uint8 (..., 3) sRGB.
        weights: optional weight of each pixel, shape of ``rgb`` without its last axis.
        table: as for ``quantise``; unmatched pixels are discarded.

    Returns:
        the palette, largest share first; empty when there is no pixel.
    """
    hsv = rgb_to_hsv8(np.asarray(rgb).reshape(-1, 3))
    mass = np.ones(len(hsv)) if weights is None else np.asarray(weights, np.float64).ravel()
    region = quantise(hsv, table)
    known = region != UNMATCHED
    region, hsv, mass = region[known], hsv[known].astype(np.float64), mass[known]
    totals = np.bincount(region, mass, minlength=len(COLOR_NAMES))
    if totals.sum() <= 0:
        return Palette(())
    shares = totals / totals.sum()
    sat, val = hsv[:, 1] / 255.0, hsv[:, 2] / 255.0
    angle = hsv[:, 0] * (2 * np.pi / 180)
    chroma = mass * sat * val
    sums = [
        np.bincount(region, w, minlength=len(COLOR_NAMES))
        for w in (mass * sat, mass * val, chroma * np.cos(angle), chroma * np.sin(angle))
    ]
    kept = np.flatnonzero(shares >= MIN_SHARE)
    kept = kept[np.argsort(-shares[kept], kind="stable")]
    scale = shares[kept].sum()
    return Palette(
        tuple(
            PaletteColor(
                int(k),
                float(np.degrees(np.arctan2(sums[3][k], sums[2][k])) % 360.0),
                float(sums[0][k] / totals[k]),
                float(sums[1][k] / totals[k]),
                float(shares[k] / scale),
            )
            for k in kept
        )
    )
