"""Several swatches laid on a scanner's glass: found, straightened and cut apart.

The lid behind them is even; cloth differs from it in colour, or, white cloth on a white lid, by
its texture and its shadowed edge. What differs is closed to solid pieces; each piece's smallest
enclosing rectangle (rotating calipers) is drawn in to the first sharp step along its sides, since
shadow and smoothing reach a little beyond the cloth.
"""

from dataclasses import dataclass

import cv2
import numpy as np

WORKING_SIDE = 900
_LEAST_SHARE = 0.003  # of the bed: smaller pieces are threads and dust
_LEAST_SIDE = 0.03  # of the bed's shorter side
_LEAST_FILL = 0.6  # of its rectangle: less is no swatch but a tangle
_APART_LAB = 9.0
_ROUGH = 2.2  # times the lid's own texture
_REACH = 16  # px of the working picture in which a side's step is looked for
_AS_SHARP = 0.5
_INSET = 0.006  # of a side: no rim of lid is left on the cut piece


@dataclass(frozen=True, slots=True, eq=False)
class SwatchOutline:
    """One swatch on the bed.

    Attributes:
        corners: px of the picture, float (4, 2): top left, top right, bottom right, bottom left
            as it will lie when straightened.
        turned_deg: how far it lay askew, -45..45.
    """

    corners: np.ndarray
    turned_deg: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, px."""
        across, down = self.corners[1] - self.corners[0], self.corners[3] - self.corners[0]
        return float(np.hypot(*across)), float(np.hypot(*down))


def find_swatches(rgb: np.ndarray) -> list[SwatchOutline]:
    """The swatches on a scanner bed, row by row; none on an empty bed.

    Args:
        rgb: uint8 (h, w, 3), the whole bed.
    """
    factor = max(1.0, max(rgb.shape[:2]) / WORKING_SIDE)
    size = (round(rgb.shape[1] / factor), round(rgb.shape[0] / factor))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if factor > 1 else rgb
    lab = cv2.cvtColor(np.ascontiguousarray(small).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    cloth = _cloth_mask(lab)
    found = []
    contours, _ = cv2.findContours(cloth, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        outline = _outline(contour, cloth, lab)
        if outline is not None:
            scaled = (outline.corners + 0.5) * factor - 0.5
            found.append(SwatchOutline(scaled, outline.turned_deg))
    return _in_reading_order(found)


def cut_out(rgb: np.ndarray, outline: SwatchOutline) -> np.ndarray:
    """One swatch straightened, uint8 (h, w, 3), at the picture's own scale, no lid at its rim."""
    width, height = outline.size
    inset = max(1.0, _INSET * min(width, height))
    size = (max(1, round(width - 2 * inset)), max(1, round(height - 2 * inset)))
    across = (outline.corners[1] - outline.corners[0]) / width
    down = (outline.corners[3] - outline.corners[0]) / height
    start = outline.corners[0] + inset * (across + down)
    # Maps pixels of the cut piece to the picture: a turn and a shift, no change of scale.
    there = np.column_stack([across, down, start])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    if abs(outline.turned_deg) < 0.05:
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(rgb, there, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _cloth_mask(lab: np.ndarray) -> np.ndarray:
    """Where there is cloth, uint8 (h, w) of 0 and 1."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    lid = _lid_color(smooth)
    far = np.linalg.norm(smooth - lid, axis=2)
    rough = _roughness(lab[..., 0])
    is_lid = far < _APART_LAB / 2
    calm = float(np.percentile(rough[is_lid], 30)) if is_lid.any() else 0.0
    apart = (far > _APART_LAB) | (rough > max(_ROUGH * calm, 0.6))
    mask = apart.astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(9))
    filled = np.zeros_like(mask)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return cv2.morphologyEx(filled, cv2.MORPH_OPEN, _disc(11))


def _lid_color(lab: np.ndarray) -> np.ndarray:
    """The commonest colour along the rim of the bed, (3,)."""
    rim = max(3, min(lab.shape[:2]) // 60)
    strips = (lab[:rim], lab[-rim:], lab[:, :rim], lab[:, -rim:])
    values = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    bins = np.round(values / 4).astype(int)
    _, first, counts = np.unique(bins, axis=0, return_index=True, return_counts=True)
    near = np.linalg.norm(values - values[first[counts.argmax()]], axis=1) < 6
    return np.median(values[near], axis=0)


def _roughness(lightness: np.ndarray) -> np.ndarray:
    """Local standard deviation of lightness, float (h, w)."""
    mean = cv2.GaussianBlur(lightness, (0, 0), 2.5)
    return np.sqrt(np.maximum(cv2.GaussianBlur(lightness**2, (0, 0), 2.5) - mean**2, 0))


def _disc(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def _outline(contour: np.ndarray, cloth: np.ndarray, lab: np.ndarray) -> SwatchOutline | None:
    """The rectangle of one piece, or None where it is no swatch."""
    (cx, cy), (wide, high), angle = cv2.minAreaRect(contour)
    if min(wide, high) < _LEAST_SIDE * min(cloth.shape):
        return None
    area = cv2.contourArea(contour)
    if area < _LEAST_SHARE * cloth.size or area < _LEAST_FILL * wide * high:
        return None
    while angle > 45:
        angle, wide, high = angle - 90, high, wide
    while angle <= -45:
        angle, wide, high = angle + 90, high, wide
    turn = np.radians(angle)
    across, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    size = (int(np.ceil(wide)) + 1, int(np.ceil(high)) + 1)
    start = np.array([cx, cy]) - across * wide / 2 - down * high / 2
    piece = cv2.warpAffine(lab, np.column_stack([across, down, start]), size,
                           flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)  # fmt: skip
    upright = piece.swapaxes(0, 1)
    left, right = _step(upright), size[0] - 1 - _step(upright[::-1])
    top, bottom = _step(piece), size[1] - 1 - _step(piece[::-1])
    places = ((left, top), (right, top), (right, bottom), (left, bottom))
    return SwatchOutline(np.array([start + x * across + y * down for x, y in places]), float(angle))


def _step(lines: np.ndarray) -> float:
    """Where, from its first line inwards, a rectangle's cloth begins; Lab float (n, m, 3).

    The first place where colour or texture of whole lines steps at least half as much as anywhere
    near: a stripe of the cloth further in may step more.
    """
    reach = min(_REACH, len(lines) // 4)
    m = lines.shape[1]
    near = lines[: reach + 2, m // 8 : m - m // 8]
    rough = np.abs(np.diff(near[..., 0], axis=1)).mean(axis=1)
    looks = np.column_stack([near.mean(axis=1), 2 * rough])
    steps = np.linalg.norm(looks[1:] - looks[:-1], axis=1)
    return float(np.argmax(steps >= _AS_SHARP * steps.max())) + 0.5


def _in_reading_order(found: list[SwatchOutline]) -> list[SwatchOutline]:
    """From top to bottom in rows, each from left to right."""
    rows: list[list[SwatchOutline]] = []
    for outline in sorted(found, key=lambda o: float(o.corners[:, 1].mean())):
        middle = float(outline.corners[:, 1].mean())
        if rows and middle < float(np.mean([o.corners[:, 1].max() for o in rows[-1]])) - (
            0.5 * min(outline.size)
        ):
            rows[-1].append(outline)
        else:
            rows.append([outline])
    return [o for row in rows for o in sorted(row, key=lambda o: float(o.corners[:, 0].mean()))]
