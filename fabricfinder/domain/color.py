"""Colour as the eye measures it: sRGB to CIELAB and back, and the CIEDE2000 difference."""

import numpy as np

from fabricfinder.domain.palette import Palette

# IEC 61966-2-1 primaries with the D65 white, linear RGB to XYZ.
_RGB_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
# The white is the matrix's own row sums, so that (255, 255, 255) is exactly L = 100, a = b = 0.
_WHITE = _RGB_TO_XYZ.sum(axis=1)
_EPSILON = (6 / 29) ** 3


def srgb_to_linear(encoded: np.ndarray) -> np.ndarray:
    """Undo the sRGB transfer curve; values in 0..1, any shape (IEC 61966-2-1)."""
    encoded = np.asarray(encoded, np.float64)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(linear: np.ndarray) -> np.ndarray:
    """Apply the sRGB transfer curve; values are clipped to 0..1, any shape (IEC 61966-2-1)."""
    linear = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def srgb_to_lab(rgb: np.ndarray) -> np.ndarray:
    """Turn 8-bit sRGB values (..., 3), 0..255, into CIELAB D65 float64 (..., 3)."""
    xyz = srgb_to_linear(np.asarray(rgb, np.float64) / 255.0) @ _RGB_TO_XYZ.T / _WHITE
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    lab = (116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2]))
    return np.stack(lab, axis=-1)


def lab_to_srgb(lab: np.ndarray) -> np.ndarray:
    """Turn CIELAB D65 (..., 3) into sRGB float64 (..., 3), 0..255, clipped to the gamut."""
    lab = np.asarray(lab, np.float64)
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE
    return linear_to_srgb(xyz @ np.linalg.inv(_RGB_TO_XYZ).T) * 255.0


def palette_lab(palette: Palette) -> np.ndarray:
    """The palette's centres in CIELAB with their shares: float64 (n, 4), rows L, a, b, share."""
    if not palette.colors:
        return np.zeros((0, 4))
    hsv = np.array([(c.hue, c.saturation, c.value) for c in palette.colors])
    shares = np.array([c.share for c in palette.colors])
    return np.column_stack([srgb_to_lab(hsv_to_rgb(hsv) * 255.0), shares])


def hsv_to_rgb(hsv: np.ndarray) -> np.ndarray:
    """HSV (..., 3), hue in degrees, saturation and value 0..1, to RGB in 0..1, unrounded."""
    hue, saturation, value = hsv[..., 0:1], hsv[..., 1:2], hsv[..., 2:3]
    k = (np.array([5.0, 3.0, 1.0]) + hue / 60.0) % 6.0
    return value - value * saturation * np.clip(np.minimum(k, 4.0 - k), 0.0, 1.0)


def delta_e_2000(lab1: np.ndarray, lab2: np.ndarray) -> np.ndarray:
    """CIEDE2000 colour difference, broadcasting over the leading axes.

    Not a metric: the triangle inequality fails, so never put it into a metric tree.

    Args:
        lab1, lab2: CIELAB (..., 3).

    Returns:
        float64 (...): ΔE00 ≥ 0 with kL = kC = kH = 1.

    Source: Sharma, Wu and Dalal (2005), equations (2)-(22).
    """
    lab1, lab2 = np.asarray(lab1, np.float64), np.asarray(lab2, np.float64)
    l1, c1, h1, l2, c2, h2 = _adjusted_polar(lab1, lab2)
    chromatic = c1 * c2 > 0
    turn = np.where(chromatic, h2 - h1, 0.0)
    turn = turn - 360.0 * (turn > 180) + 360.0 * (turn < -180)
    delta_h = 2 * np.sqrt(c1 * c2) * np.sin(np.deg2rad(turn) / 2)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    mean_h = _mean_hue(h1, h2, chromatic)
    t = (
        1
        - 0.17 * np.cos(np.deg2rad(mean_h - 30))
        + 0.24 * np.cos(np.deg2rad(2 * mean_h))
        + 0.32 * np.cos(np.deg2rad(3 * mean_h + 6))
        - 0.20 * np.cos(np.deg2rad(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * t
    rotation = 30 * np.exp(-(((mean_h - 275) / 25) ** 2))
    r_t = -2 * _chroma_share(mean_c) * np.sin(np.deg2rad(2 * rotation))
    x, y, z = (l2 - l1) / s_l, (c2 - c1) / s_c, delta_h / s_h
    return np.sqrt(np.maximum(x * x + y * y + z * z + r_t * y * z, 0.0))


def _chroma_share(chroma: np.ndarray) -> np.ndarray:
    """sqrt(C^7 / (C^7 + 25^7)), the weight both of G (4) and of R_C (17) in the paper."""
    seventh = chroma**7
    return np.sqrt(seventh / (seventh + 25.0**7))


def _adjusted_polar(lab1: np.ndarray, lab2: np.ndarray) -> tuple[np.ndarray, ...]:
    """L, C', h' (degrees, 0 for greys) of both colours: equations (2)-(7)."""
    chroma = (np.hypot(lab1[..., 1], lab1[..., 2]) + np.hypot(lab2[..., 1], lab2[..., 2])) / 2
    stretch = 1 + 0.5 * (1 - _chroma_share(chroma))
    polar: list[np.ndarray] = []
    for lab in (lab1, lab2):
        a, b = stretch * lab[..., 1], lab[..., 2] * np.ones_like(stretch)
        polar += [lab[..., 0], np.hypot(a, b), np.rad2deg(np.arctan2(b, a)) % 360.0]
    return tuple(polar)


def _mean_hue(h1: np.ndarray, h2: np.ndarray, chromatic: np.ndarray) -> np.ndarray:
    """The mean hue in degrees, the short way round; the sum where either is grey: (14)."""
    total = h1 + h2
    far = np.abs(h1 - h2) > 180
    mean = np.where(far, np.where(total < 360, total + 360, total - 360), total) / 2
    return np.where(chromatic, mean, total)


def lab_differences(standard: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """ΔL*, ΔC*ab, ΔH*ab of sample less standard, float64 (..., 3); ISO/CIE 11664-4.

    ΔH keeps the sign of the turn: above 0 where the hue angle grows.
    """
    standard, sample = np.asarray(standard, np.float64), np.asarray(sample, np.float64)
    chroma = [np.hypot(lab[..., 1], lab[..., 2]) for lab in (standard, sample)]
    apart = ((sample - standard)[..., 1:] ** 2).sum(axis=-1)
    size = np.sqrt(np.maximum(apart - (chroma[1] - chroma[0]) ** 2, 0.0))
    turn = standard[..., 1] * sample[..., 2] - standard[..., 2] * sample[..., 1]
    signed = np.where(turn < 0, -size, size)
    return np.stack([sample[..., 0] - standard[..., 0], chroma[1] - chroma[0], signed], axis=-1)


def delta_e_cmc(
    standard: np.ndarray, sample: np.ndarray, lightness: float = 2.0, chroma: float = 1.0
) -> np.ndarray:
    """CMC(l:c) colour difference, CMC(2:1) by default: the trade's tolerance for textiles.

    Not symmetric: the ellipsoid is the standard's.

    Args:
        standard, sample: CIELAB (..., 3).
        lightness, chroma: l and c.

    Returns:
        float64 (...), ≥ 0.

    Source: Clarke, McDonald and Rigg (1984); BS 6923, ISO 105-J03.
    """
    standard = np.asarray(standard, np.float64)
    level = standard[..., 0]
    c1 = np.hypot(standard[..., 1], standard[..., 2])
    hue = np.rad2deg(np.arctan2(standard[..., 2], standard[..., 1])) % 360.0
    s_l = np.where(level < 16, 0.511, 0.040975 * level / (1 + 0.01765 * level))
    s_c = 0.0638 * c1 / (1 + 0.0131 * c1) + 0.638
    f = np.sqrt(c1**4 / (c1**4 + 1900.0))
    t = np.where(
        (hue >= 164) & (hue <= 345),
        0.56 + np.abs(0.2 * np.cos(np.deg2rad(hue + 168))),
        0.36 + np.abs(0.4 * np.cos(np.deg2rad(hue + 35))),
    )
    s_h = s_c * (f * t + 1 - f)
    d = lab_differences(standard, sample)
    parts = (d[..., 0] / (lightness * s_l), d[..., 1] / (chroma * s_c), d[..., 2] / s_h)
    return np.sqrt(sum(part**2 for part in parts))
