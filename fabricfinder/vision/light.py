"""Uneven light across a photograph: measured as a smooth field, and taken out again."""

from dataclasses import dataclass

import cv2
import numpy as np

_GRID = 12


@dataclass(frozen=True, slots=True, eq=False)
class LightField:
    """The smooth part of a picture's brightness.

    Attributes:
        log_gain: float32 (12, 12), natural log of the light over its mean, from a quadratic.
        explained: share 0..1 of the variation between coarse blocks which that quadratic explains;
            low for stripes and checks, high for a lamp at one side or a dark rim.
    """

    log_gain: np.ndarray
    explained: float

    @property
    def ratio(self) -> float:
        """The brightest over the darkest place of the field, >= 1."""
        return float(np.exp(self.log_gain.max() - self.log_gain.min()))


def light_field(rgb: np.ndarray) -> LightField:
    """Fit a quadratic to the log brightness of 12 × 12 blocks of uint8 (h, w, 3)."""
    blocks = cv2.resize(rgb, (_GRID, _GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
    log_light = np.log(blocks @ np.array([0.299, 0.587, 0.114], np.float32) + 4.0).ravel()
    centred = log_light - log_light.mean()
    fitted = _QUADRATIC @ centred
    total = float(centred @ centred)
    left = centred - fitted
    explained = 1.0 - float(left @ left) / total if total > 1e-9 else 0.0
    return LightField(fitted.reshape(_GRID, _GRID).astype(np.float32), max(0.0, explained))


def _quadratic_projection() -> np.ndarray:
    """The matrix that projects 144 block values on 1, x, y, x², xy, y²."""
    ramp = np.linspace(-1, 1, _GRID)
    y, x = (a.ravel() for a in np.meshgrid(ramp, ramp, indexing="ij"))
    basis = np.linalg.qr(np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y]))[0]
    return basis @ basis.T


_QUADRATIC = _quadratic_projection().astype(np.float32)


def flatten_light(rgb: np.ndarray, most: float = 0.3, least_explained: float = 0.6) -> np.ndarray:
    """Take a smooth light field out of a picture's brightness; its hue and mean are left alone.

    Applied only where one quadratic explains most of what differs between coarse blocks, so that
    stripes and checks stay as they are, and by at most ``most`` (natural log), so that an ombré
    keeps its ends.

    Args:
        rgb: uint8 (h, w, 3).
        most: strongest correction either way, natural log.
        least_explained: share the field must explain before it is believed to be light.
    """
    field = light_field(rgb)
    if field.explained < least_explained or field.ratio < 1.05:
        return rgb
    gain = np.exp(-np.clip(field.log_gain, -most, most))
    height, width = rgb.shape[:2]
    gain = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(np.rint(rgb * gain[..., None]), 0, 255).astype(np.uint8)
