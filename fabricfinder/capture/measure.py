"""Everything a picture of cloth can be measured for: scale, threads, repeat, fitness."""

from dataclasses import dataclass

import numpy as np

from fabricfinder.capture.check import Finding, capture_findings
from fabricfinder.capture.repeat import RepeatReading, find_repeat
from fabricfinder.capture.scale_card import ScaleReading, find_scale_card, straightened
from fabricfinder.domain.density import DensityReadings
from fabricfinder.vision.decode import DecodedImage, decode
from fabricfinder.vision.density import density_readings
from fabricfinder.vision.scale import CM_PER_INCH

SOURCES = ("hand", "card", "file", "unknown")
STRAIGHTEN_FROM_DEG = 6.0  # 0.5 % of a length


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured in a picture.

    Attributes:
        px_per_cm: its scale, or None; with a card that of the card, true to area.
        source: of the scale, one of ``SOURCES``.
        card: the scale card, where there is one.
        cloth: the part that was judged, straightened where a card lay tilted, uint8 (h, w, 3).
        cloth_px_per_cm: scale of ``cloth``, or None.
        threads: readings the weave has to settle.
        repeat: in px of ``cloth``.
        findings: the capture check of ``cloth``, with amounts.
        width, height: of the whole picture, px.
        notes: sentences about the file.
    """

    px_per_cm: float | None
    source: str
    card: ScaleReading | None
    cloth: np.ndarray
    cloth_px_per_cm: float | None
    threads: DensityReadings
    repeat: RepeatReading
    findings: tuple[Finding, ...]
    width: int
    height: int
    notes: tuple[str, ...] = ()

    @property
    def repeat_mm(self) -> tuple[float | None, float | None]:
        """The repeat across and down in mm; None where it or the scale is unknown."""
        if self.cloth_px_per_cm is None:
            return None, None
        scale = self.cloth_px_per_cm / 10
        both = (self.repeat.across, self.repeat.down)
        across, down = (None if px is None else px / scale for px in both)
        return across, down


def measure(path: str, dpi: float | None = None) -> Measured:
    """Measure a picture file.

    Args:
        dpi: a scale given by hand; None looks for a scale card, then believes the file.

    Raises:
        UnreadableImageError: it is no picture we can read.
    """
    image = decode(path)
    card = find_scale_card(image.rgb)
    by_hand = None if dpi is None else dpi / CM_PER_INCH
    if by_hand is None and card is not None:
        by_card = card.px_per_cm * image.reduction
        cloth, scale = cloth_beside(image.rgb, card)
        return _measured(image, by_card, "card", card, cloth, scale)
    scale = by_hand or image.px_per_cm
    source = "hand" if by_hand else "file" if scale else "unknown"
    cloth = image.rgb if card is None else beside(image.rgb, card.corners)
    working = None if scale is None else scale / image.reduction
    return _measured(image, scale, source, card, cloth, working)


def _measured(
    image: DecodedImage,
    scale: float | None,
    source: str,
    card: ScaleReading | None,
    cloth: np.ndarray,
    cloth_scale: float | None,
) -> Measured:
    return Measured(
        scale, source, card, cloth, cloth_scale, density_readings(cloth, cloth_scale),
        find_repeat(cloth), _findings(image, cloth, card), image.full_width, image.full_height,
        image.notes,
    )  # fmt: skip


def _findings(
    image: DecodedImage, cloth: np.ndarray, card: ScaleReading | None
) -> tuple[Finding, ...]:
    full_side = round(min(cloth.shape[:2]) * image.reduction)
    return capture_findings(cloth, full_side, None if card is None else card.tilt_deg)


def cloth_beside(rgb: np.ndarray, card: ScaleReading) -> tuple[np.ndarray, float]:
    """The cloth beside a card and its px per cm, seen from straight above.

    Args:
        rgb: the whole picture, uint8 (h, w, 3), in which the card was found.

    Returns:
        uint8 (h', w', 3) without anything of the card, straightened where it lay tilted.
    """
    if card.tilt_deg < STRAIGHTEN_FROM_DEG:
        return beside(rgb, card.corners), card.px_per_cm
    straight = straightened(rgb, card, card.px_per_mm_along)
    again = find_scale_card(straight)
    if again is None:
        return beside(rgb, card.corners), card.px_per_cm
    return _without_black(beside(straight, again.corners)), again.px_per_cm


def beside(rgb: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The part of a picture that ``beside_card`` names (a view)."""
    left, top, right, bottom = beside_card(rgb.shape[1], rgb.shape[0], corners)
    return rgb[top:bottom, left:right]


def beside_card(width: int, height: int, corners: np.ndarray) -> tuple[int, int, int, int]:
    """The largest upright part of a picture that holds nothing of a card.

    Args:
        width, height: of the picture, px.
        corners: of the card, px, (4, 2).

    Returns:
        left, top, right, bottom, px; the whole picture where the card leaves under a tenth of it.
    """
    margin = 0.04 * max(np.ptp(corners, axis=0))
    left, top = np.clip(np.floor(corners.min(axis=0) - margin), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0) + margin), 0, (width, height)).astype(int)
    parts = [(0, 0, int(left), height), (int(right), 0, width, height),
             (0, 0, width, int(top)), (0, int(bottom), width, height)]  # fmt: skip
    largest = max(parts, key=lambda part: min(_sides(part)) * np.prod(_sides(part)))
    room = np.prod(_sides(largest))
    return largest if room >= 0.1 * width * height else (0, 0, width, height)


def _sides(part: tuple[int, int, int, int]) -> tuple[int, int]:
    """Width and height of a part."""
    return part[2] - part[0], part[3] - part[1]


def _without_black(rgb: np.ndarray) -> np.ndarray:
    """Cut away what the straightening left unseen, from the middle outwards (a view)."""
    seen = rgb.any(axis=2)
    top, bottom, left, right = 0, rgb.shape[0], 0, rgb.shape[1]
    while bottom - top > 32 and right - left > 32:
        part = seen[top:bottom, left:right]
        rims = (part[0], part[-1], part[:, 0], part[:, -1])
        missing = [1 - float(rim.mean()) for rim in rims]
        worst = int(np.argmax(missing))
        if missing[worst] <= 0.01:
            break
        step = 1 + (bottom - top if worst < 2 else right - left) // 100
        top += step * (worst == 0)
        bottom -= step * (worst == 1)
        left += step * (worst == 2)
        right -= step * (worst == 3)
    return rgb[top:bottom, left:right]
