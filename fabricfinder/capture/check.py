"""The capture check in plain words, with amounts: how blurred, how much shine, how askew.

What is wrong at all is decided in ``vision.quality``; here it is measured, and two things are
added that only matter when cloth is to be measured: that it lies straight, and that it was seen
from straight above.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.vision.light import light_field
from fabricfinder.vision.quality import (
    LEAST_SIDE,
    WORKING_SIDE,
    check_capture,
    glare_patch,
    sharpness,
)

GOOD_SHARPNESS = 0.65  # of a good photograph, see ``vision.quality.sharpness``
LEAST_ASKEW_DEG, MOST_ASKEW_DEG = 2.0, 20.0
LEAST_TILT_DEG = 8.0  # a card's tilt is not known better than 5°
_STEP_DEG = 0.25
_LEAST_LINE = 4.0  # times the median direction: threads draw lines into the spectrum
_BAND = (10.0, 0.42)  # cycles over the window; cycles a px

_NAMES = (
    ("at the upper left", "at the top", "at the upper right"),
    ("at the left", "in the middle", "at the right"),
    ("at the lower left", "at the bottom", "at the lower right"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a picture of cloth.

    Attributes:
        flag: of ``CaptureQuality.flags``, or "askew", "tilted".
        amount: how much, in the unit of the sentence (percent, times, degrees, px).
        sentence: for a designer.
    """

    flag: str
    amount: float
    sentence: str


def capture_findings(
    rgb: np.ndarray, full_side: int | None = None, tilt_deg: float | None = None
) -> tuple[Finding, ...]:
    """What is wrong with a picture and by how much, the gravest first; () when it is good.

    Args:
        rgb: uint8 (h, w, 3) sRGB, the part that counts.
        full_side: its shorter side in the whole picture's px, where ``rgb`` is reduced.
        tilt_deg: by a scale card in the picture, or None.
    """
    found = [_measured(flag, rgb, full_side) for flag in check_capture(rgb, full_side).flags]
    if not any(f.flag in ("uniform", "too_dark") for f in found):
        askew = askew_deg(rgb)
        if askew is not None and abs(askew) >= LEAST_ASKEW_DEG:
            way = "clockwise" if askew > 0 else "anticlockwise"
            found.append(Finding("askew", abs(askew), f"The threads lie {abs(askew):.0f}° askew, "
                                 f"turned {way}. Lay the cloth straight."))  # fmt: skip
    if tilt_deg is not None and tilt_deg >= LEAST_TILT_DEG:
        short = 100 * (1 - np.cos(np.radians(tilt_deg)))
        found.append(Finding("tilted", tilt_deg, f"Seen {tilt_deg:.0f}° from the side: one way "
                             f"everything is up to {short:.0f} % too short. Hold the camera "
                             "straight above."))  # fmt: skip
    return tuple(found)


def askew_deg(rgb: np.ndarray) -> float | None:
    """How far the threads (or ribs, checks) are turned from upright, -20..20°, clockwise > 0.

    Threads draw lines through the middle of the power spectrum, across themselves; the direction
    (and the one square to it) that holds most of the spectrum is the cloth's. A twill's own line
    runs steeper than 20° and is not taken for one.

    Returns:
        degrees; None where no direction stands out, as in a print or a knit from afar.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = min(512, *grey.shape)
    if side < 96:
        return None
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    part = grey[top : top + side, left : left + side]
    part = part - cv2.GaussianBlur(part, (0, 0), side / 16)
    hann = np.hanning(side)
    power = np.abs(np.fft.fftshift(np.fft.fft2(part * np.outer(hann, hann)))) ** 2
    angles = np.arange(-45.0, 45.0, _STEP_DEG)
    energy = _along(power, angles) + _along(power, angles + 90.0)
    line = float(np.median(energy))
    near = np.flatnonzero(abs(angles) <= MOST_ASKEW_DEG)
    best = int(near[energy[near].argmax()])
    if line <= 0 or energy[best] < _LEAST_LINE * line or energy[best] < 0.7 * energy.max():
        return None
    span = slice(max(0, best - 3), best + 4)
    weights = energy[span] - energy[span].min()
    return float((angles[span] * weights).sum() / weights.sum())


def _along(power: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Spectrum summed along lines from the middle, square root of power, (len(angles),)."""
    side = power.shape[0]
    radii = np.arange(_BAND[0], _BAND[1] * side, 0.7, dtype=np.float32)
    turned = np.radians(angles)[:, None]
    x = (side // 2 + radii * np.cos(turned)).astype(np.float32)
    y = (side // 2 + radii * np.sin(turned)).astype(np.float32)
    values = cv2.remap(np.sqrt(power).astype(np.float32), x, y, cv2.INTER_LINEAR)
    return values.sum(axis=1)


def _measured(flag: str, rgb: np.ndarray, full_side: int | None) -> Finding:
    """One of the flags of ``check_capture`` with its amount."""
    short = min(rgb.shape[:2])
    small = rgb
    if short > WORKING_SIDE:
        size = tuple(round(n * WORKING_SIDE / short) for n in rgb.shape[1::-1])
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(np.ascontiguousarray(small), cv2.COLOR_RGB2GRAY)
    if flag == "too_small":
        n = full_side or short
        return Finding(flag, n, f"Only {n} px on its shorter side, and {LEAST_SIDE} are needed "
                       "to judge a weave. Come nearer, or scan at more dpi.")  # fmt: skip
    if flag == "too_dark":
        amount = 100 * float(grey.mean()) / 255
        return Finding(flag, amount, f"Too dark: {amount:.0f} % of full brightness. Take it again "
                       "with more light.")  # fmt: skip
    if flag == "uniform":
        return Finding(flag, 0.0, "One flat colour, without any cloth to be seen.")
    if flag == "blurred":
        amount = 100 * min(1.0, sharpness(grey) / GOOD_SHARPNESS)
        return Finding(flag, amount, f"Blurred: {amount:.0f} % of the fine detail of a sharp photo "
                       "is left. Hold still, come no nearer than it can focus.")  # fmt: skip
    if flag == "glare":
        share, place = glare_patch(grey)
        return Finding(flag, 100 * share, f"Shine on {100 * share:.0f} % of the picture, "
                       f"{_place(*place)}. Tilt the cloth or move the lamp.")  # fmt: skip
    field = light_field(small)
    dark = np.unravel_index(int(field.log_gain.argmin()), field.log_gain.shape)
    n = field.log_gain.shape[0] - 1
    where = _place(dark[1] / n, dark[0] / n)
    return Finding("uneven_light", field.ratio, f"Uneven light: {field.ratio:.1f} times brighter "
                   f"at one side, darkest {where}. Light it from both sides.")  # fmt: skip


def _place(x: float, y: float) -> str:
    """Where in a picture, in words; shares 0..1."""
    return _NAMES[min(2, int(3 * y))][min(2, int(3 * x))]
