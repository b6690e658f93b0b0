"""Whether a photograph is good enough to judge cloth by, said in plain words.

Thresholds were set on 1,056 web photographs of garments (at most 512 px) and the same blurred:
the sharpness ratio's first percentile is 0.25 on the photographs and its 95th is 0.22 once they
are blurred by 2 px; their mean brightness is below 20 for fewer than 1 in 300.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.vision.light import light_field

WORKING_SIDE = 512
LEAST_SIDE = 160
DARK_MEAN = 20.0
UNIFORM_DEVIATION = 1.5
BLUR_RATIO = 0.22
GLARE_LEVEL = 250
GLARE_SHARE = 0.02
GLARE_SOFTNESS = 25.0
UNEVEN_RATIO = 3.0
UNEVEN_EXPLAINED = 0.75

SENTENCES = {
    "too_small": "This photo is very small, so its weave cannot be judged.",
    "too_dark": "This photo is too dark to judge cloth by. Take it again with more light.",
    "uniform": "This photo is one flat colour, so only its colour can be compared.",
    "blurred": "Too blurred to judge fine texture; trust colour and pattern only.",
    "glare": "Light is glaring off part of the cloth; tilt it or move the lamp.",
    "uneven_light": "The light falls off across the photo; colours at its edges may be off.",
}


@dataclass(frozen=True, slots=True)
class CaptureQuality:
    """What is wrong with a photograph; nothing when it is good.

    Attributes:
        flags: of ``too_small``, ``too_dark``, ``uniform``, ``blurred``, ``glare``,
            ``uneven_light``, the gravest first.
    """

    flags: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a flag, in the same order."""
        return tuple(SENTENCES[flag] for flag in self.flags)

    @property
    def is_hopeless(self) -> bool:
        """Whether there is no cloth to be seen: black, or one flat colour."""
        return "too_dark" in self.flags or "uniform" in self.flags

    @property
    def hides_fine_texture(self) -> bool:
        """Whether the weave cannot be told from it."""
        return self.is_hopeless or "blurred" in self.flags or "too_small" in self.flags


def check_capture(rgb: np.ndarray, full_side: int | None = None) -> CaptureQuality:
    """Look over a photograph.

    Args:
        rgb: uint8 (h, w, 3) sRGB, the part that counts.
        full_side: its shorter side in the whole picture's pixels, where ``rgb`` is reduced.
    """
    short = min(rgb.shape[:2])
    if short > WORKING_SIDE:
        share = WORKING_SIDE / short
        size = (round(rgb.shape[1] * share), round(rgb.shape[0] * share))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    flags = ["too_small"] if (full_side or short) < LEAST_SIDE else []
    if float(grey.mean()) < DARK_MEAN and np.percentile(grey, 95) < 2 * DARK_MEAN:
        flags.append("too_dark")
    elif max(float(rgb[..., c].std()) for c in range(3)) < UNIFORM_DEVIATION:
        flags.append("uniform")
    if "too_dark" not in flags and "uniform" not in flags:
        field = light_field(rgb)
        if sharpness(grey) < BLUR_RATIO:
            flags.append("blurred")
        if glare_patch(grey)[0]:
            flags.append("glare")
        if field.explained > UNEVEN_EXPLAINED and field.ratio > UNEVEN_RATIO:
            flags.append("uneven_light")
    return CaptureQuality(tuple(flags))


def sharpness(grey: np.ndarray) -> float:
    """Contrast finer than 1 px over contrast between 1 and 4 px, of uint8 (h, w).

    About 0.65 in a good photograph and 0.16 in one blurred by 2 px; it does not depend on the
    cloth's contrast, as the usual variance of the Laplacian does.
    """
    pixels = grey.astype(np.float32)
    fine = cv2.GaussianBlur(pixels, (0, 0), 1)
    broad = cv2.GaussianBlur(pixels, (0, 0), 4)
    # Rounding to whole levels alone gives 0.3 levels of fine contrast, which is no sharpness.
    finest = max(0.0, float((pixels - fine).var()) - 0.3**2) ** 0.5
    return finest / (float((fine - broad).std()) + 1e-3)


def glare_patch(grey: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The burnt-out patch with a soft rim on darker cloth, of uint8 (h, w).

    White yarn and white dots are burnt out too, but end sharply; a reflection fades. A patch at
    the picture's rim is more often a white background.

    Returns:
        its share of the picture, 0 where there is none, and its middle as shares (x, y).
    """
    none = 0.0, (0.5, 0.5)
    smooth = cv2.GaussianBlur(grey, (0, 0), 3)
    burnt = (smooth >= GLARE_LEVEL).astype(np.uint8)
    if not burnt.any() or float(np.median(grey)) > 200:
        return none
    _, labels, stats, middles = cv2.connectedComponentsWithStats(burnt, connectivity=8)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, wide, high, area = stats[largest]
    at_rim = left == 0 or top == 0 or left + wide == grey.shape[1] or top + high == grey.shape[0]
    if at_rim or area < GLARE_SHARE * grey.size:
        return none
    patch = (labels == largest).astype(np.uint8)
    ring = cv2.dilate(patch, np.ones((15, 15), np.uint8)) - cv2.dilate(
        patch, np.ones((7, 7), np.uint8)
    )
    fall = GLARE_LEVEL - smooth[ring > 0].astype(np.float32)
    if not fall.size or float(np.median(fall)) >= GLARE_SOFTNESS:
        return none
    x, y = middles[largest]
    return float(area) / grey.size, (float(x) / grey.shape[1], float(y) / grey.shape[0])
