"""Focus and exposure of a live picture, said while there is still time to mend them."""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.vision.quality import sharpness

_SIDE = 512
_BURNT, _BLACK = 250, 8
MUCH_BURNT, MUCH_BLACK = 0.02, 0.25
_DARK, _GOOD_SHARPNESS = 50.0, 0.35


@dataclass(frozen=True, slots=True)
class LiveLook:
    """One picture of a camera, judged.

    Attributes:
        sharp: 0..1, fine contrast over coarse (``vision.quality.sharpness``).
        brightness: mean, 0..1.
        burnt, black: shares of the picture in which nothing can be told any more.
    """

    sharp: float
    brightness: float
    burnt: float
    black: float

    @property
    def sentence(self) -> str:
        """The gravest thing in the way of a good picture, or that it is good."""
        if self.brightness * 255 < _DARK:
            return "Too dark: more light, or a longer exposure."
        if self.burnt > MUCH_BURNT:
            return f"Too bright: {100 * self.burnt:.0f} % is burnt out. Less light, or shorter."
        if self.black > MUCH_BLACK:
            return f"{100 * self.black:.0f} % is black: light the shadows."
        if self.sharp < _GOOD_SHARPNESS:
            return "Not in focus: change the distance, or wait for the camera."
        return "Sharp and well lit."


def judged(rgb: np.ndarray) -> LiveLook:
    """Judge a live picture, uint8 (h, w, 3) sRGB, at its own pixels in the middle."""
    height, width = rgb.shape[:2]
    top, left = max(0, (height - _SIDE) // 2), max(0, (width - _SIDE) // 2)
    middle = np.ascontiguousarray(rgb[top : top + _SIDE, left : left + _SIDE])
    grey = cv2.cvtColor(middle, cv2.COLOR_RGB2GRAY)
    step = max(1, width // _SIDE)
    whole = rgb[::step, ::step]
    return LiveLook(
        min(1.0, sharpness(grey)), float(whole.mean()) / 255,
        float((whole >= _BURNT).any(axis=2).mean()), float((whole <= _BLACK).all(axis=2).mean()),
    )  # fmt: skip
