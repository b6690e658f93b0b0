"""A cloth's palette: colour regions with a centre and a share.

Colours are HSV with hue in degrees [0, 360), saturation and value in [0, 1]. ``region`` is the
name's index in COLOR_NAMES (ten classes of DVSH's Table 1, as settled by our ``opencv`` table).
"""

import colorsys
from dataclasses import dataclass

import numpy as np

COLOR_NAMES = (
    "black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple",
)  # fmt: skip
MAX_COLORS = len(COLOR_NAMES)


@dataclass(frozen=True, slots=True)
class PaletteColor:
    """One colour region: its class, HSV centre (degrees, 0..1, 0..1) and share of the cloth."""

    region: int
    hue: float
    saturation: float
    value: float
    share: float

    @property
    def rgb(self) -> tuple[int, int, int]:
        """The centre as 8-bit sRGB."""
        r, g, b = colorsys.hsv_to_rgb(self.hue / 360.0, self.saturation, self.value)
        return round(r * 255), round(g * 255), round(b * 255)

    @property
    def name(self) -> str:
        """The class's English name."""
        return COLOR_NAMES[self.region]


@dataclass(frozen=True, slots=True)
class Palette:
    """At most ten colour regions, one a class, largest share first; shares sum to 1.

    Raises:
        ValueError: shares that are negative or do not sum to 1 (an empty palette is allowed).
    """

    colors: tuple[PaletteColor, ...]

    def __post_init__(self) -> None:
        shares = [c.share for c in self.colors]
        if shares and (min(shares) < 0 or abs(sum(shares) - 1) > 1e-3):
            raise ValueError("palette shares must be positive and sum to 1")

    def to_array(self) -> np.ndarray:
        """float32 (10, 5): region, hue, saturation, value, share; unused rows have share 0."""
        array = np.zeros((MAX_COLORS, 5), np.float32)
        for row, c in enumerate(self.colors):
            array[row] = (c.region, c.hue, c.saturation, c.value, c.share)
        return array

    @staticmethod
    def from_array(array: np.ndarray) -> "Palette":
        """Rebuild from ``to_array``; rows of share 0 are dropped."""
        rows = [row for row in np.asarray(array, np.float64) if row[4] > 0]
        total = sum(row[4] for row in rows) or 1.0
        return Palette(
            tuple(PaletteColor(int(r[0]), *map(float, r[1:4]), float(r[4] / total)) for r in rows)
        )


def cone_coordinates(palettes: np.ndarray) -> np.ndarray:
    """Place colours in the HSV cone: (s·v·cos h, s·v·sin h, v), so distances lie in [0, 2].

    Args:
        palettes: (..., 5) rows as ``Palette.to_array``.

    Returns:
        float32 (..., 3).
    """
    hue = np.deg2rad(palettes[..., 1])
    radius = palettes[..., 2] * palettes[..., 3]
    return np.stack(
        [radius * np.cos(hue), radius * np.sin(hue), palettes[..., 3]], axis=-1
    ).astype(np.float32)
