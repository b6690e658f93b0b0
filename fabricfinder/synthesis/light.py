"""Light on cloth: linear light and sRGB, where the lamp stands, Lambert and sheen."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

_STEPS = 4096


@cache
def _encode_table() -> np.ndarray:
    """sRGB byte of each of 4096 linear steps."""
    x = np.linspace(0, 1, _STEPS)
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    return np.rint(srgb * 255).astype(np.uint8)


def to_linear(srgb: np.ndarray) -> np.ndarray:
    """sRGB floats 0..1 to linear light, float32 (IEC 61966-2-1)."""
    x = np.asarray(srgb, np.float32)
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb8(linear: np.ndarray) -> np.ndarray:
    """Linear light (clipped to 0..1) to 8-bit sRGB, same shape."""
    index = np.clip(linear * np.float32(_STEPS - 1), 0, _STEPS - 1).astype(np.uint16)
    return _encode_table()[index]


def soft_shoulder(linear: np.ndarray, knee: float = 0.8) -> np.ndarray:
    """Bend light above the knee towards 1 instead of clipping it, so white cloth keeps its yarns."""
    over = np.maximum(linear - np.float32(knee), 0)
    if not over.any():
        return linear
    room = np.float32(1 - knee)
    return np.minimum(linear, np.float32(knee)) + room * (1 - np.exp(over * (-1 / room)))


@dataclass(frozen=True)
class Light:
    """One lamp.

    Attributes:
        azimuth: radians, 0 = from the right, π/2 = from the top.
        elevation: radians above the cloth; low light shows relief.
        ambient: share of light from everywhere.
    """

    azimuth: float
    elevation: float
    ambient: float

    @staticmethod
    def sample(rng: np.random.Generator) -> "Light":
        """A lamp anywhere round the cloth, 25° to 75° high."""
        return Light(
            float(rng.uniform(0, 2 * np.pi)),
            float(np.radians(rng.uniform(25, 75))),
            float(rng.uniform(0.25, 0.6)),
        )

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector to the lamp: x right, y down the picture, z up from the cloth."""
        flat = np.cos(self.elevation)
        return (
            float(flat * np.cos(self.azimuth)),
            float(-flat * np.sin(self.azimuth)),
            float(np.sin(self.elevation)),
        )


def shade(
    height: np.ndarray, light: Light, depth: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Lambert and Blinn terms of a height field.

    Args:
        height: float32 (h, w) in pixels.
        light: the lamp.
        depth: exaggerates (or flattens) the relief.

    Returns:
        diffuse (mean about 1) and specular (0..1), float32 (h, w).
    """
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125 * depth)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125 * depth)
    inverse = 1.0 / np.sqrt(dx * dx + dy * dy + 1.0)
    lx, ly, lz = light.direction
    lambert = np.maximum((lz - dx * lx - dy * ly) * inverse, 0)
    half = np.array([lx, ly, lz + 1.0])
    hx, hy, hz = half / np.linalg.norm(half)
    gloss = np.maximum((hz - dx * hx - dy * hy) * inverse, 0)
    gloss *= gloss
    gloss *= gloss
    gloss *= gloss
    return light.ambient + (1 - light.ambient) / max(lz, 0.3) * lambert, gloss * gloss
