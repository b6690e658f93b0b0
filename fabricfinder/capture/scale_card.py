"""A card of known size laid beside the cloth, found in a photograph: px per mm and the tilt.

Four ArUco markers at the corners of the card (Garrido-Jurado et al. 2014, Pattern Recognition 47,
2280-2292) give sixteen points of the card's plane. The homography from millimetres of that plane
to pixels is fitted to all of them; its derivative at the middle of the card is the local scale in
every direction. Marker corners are found a little inside where they are, but each marker shrinks
about its own middle, so that the fit over the whole card is not biased.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from fabricfinder.vision.decode import shrink_to

WIDTH_MM, HEIGHT_MM = 100.0, 60.0
MARKER_MM = 18.0
MARGIN_MM = 3.0
MARKER_CELLS = 6  # four of the code and a black rim
# Ids of the 4 × 4 dictionary and the top left corner of each on the card, mm.
MARKERS: dict[int, tuple[float, float]] = {
    11: (MARGIN_MM, MARGIN_MM),
    13: (WIDTH_MM - MARGIN_MM - MARKER_MM, MARGIN_MM),
    23: (MARGIN_MM, HEIGHT_MM - MARGIN_MM - MARKER_MM),
    29: (WIDTH_MM - MARGIN_MM - MARKER_MM, HEIGHT_MM - MARGIN_MM - MARKER_MM),
}

_SEARCH_SIDES = (1600, 3200)  # a card is sought in a reduced picture first
_GLANCE_SIDE = 640
_LEAST_MARKERS = 2
_MOST_RESIDUAL = 0.06  # of a marker's side: beyond, the markers do not lie on one flat card
_MOST_TILT = 65.0
MAX_STRAIGHT_PX = 40_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ScaleReading:
    """What the card says of a picture.

    Attributes:
        px_per_mm: true to area at the middle of the card: the geometric mean of the scales along
            and across the tilt.
        px_per_mm_along: across the line of sight, where the tilt shortens nothing.
        tilt_deg: angle between the card and the picture plane, degrees, 0..65; under about 5° it
            cannot be told from none.
        corners: of the card, px, float (4, 2): top left, top right, bottom right, bottom left.
        to_px: homography from mm on the card to px, (3, 3).
        markers: how many were seen, 2..4.
    """

    px_per_mm: float
    px_per_mm_along: float
    tilt_deg: float
    corners: np.ndarray
    to_px: np.ndarray
    markers: int

    @property
    def px_per_cm(self) -> float:
        """The scale in the unit the library keeps."""
        return 10 * self.px_per_mm


def find_scale_card(rgb: np.ndarray) -> ScaleReading | None:
    """The scale card in a picture, uint8 (h, w, 3); None when there is none to rely on.

    None also where fewer than two markers are seen, or the card is bent or tilted beyond 65°.
    """
    longest = max(rgb.shape[:2])
    for side in _SEARCH_SIDES:
        small = shrink_to(rgb, side)
        reading = _read(small, longest / max(small.shape[:2]))
        if reading is not None or side >= longest:
            return reading
    return None


def is_card_likely(rgb: np.ndarray) -> bool:
    """A quick look, a fifth of the time of ``find_scale_card``: a marker is there, or seems to be.

    A card under a quarter of the picture's longer side may be missed.
    """
    grey = cv2.cvtColor(shrink_to(np.ascontiguousarray(rgb), _GLANCE_SIDE), cv2.COLOR_RGB2GRAY)
    asked = cv2.aruco.DetectorParameters()
    asked.adaptiveThreshWinSizeMin = asked.adaptiveThreshWinSizeMax = 15
    asked.minMarkerPerimeterRate = 0.06
    _, ids, _ = cv2.aruco.ArucoDetector(_dictionary(), asked).detectMarkers(grey)
    return ids is not None and any(int(marker) in MARKERS for marker in ids.ravel())


def card_corners(marker: int) -> np.ndarray:
    """Corners of a marker on the card, mm, (4, 2), clockwise from its top left."""
    x, y = MARKERS[marker]
    s = MARKER_MM
    return np.array([(x, y), (x + s, y), (x + s, y + s), (x, y + s)])


def marker_bits(marker: int) -> np.ndarray:
    """The cells of a marker, bool (6, 6), True = white."""
    side = MARKER_CELLS * 8
    picture = cv2.aruco.generateImageMarker(_dictionary(), marker, side)
    return picture[4::8, 4::8] > 127


def local_scale(to_px: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """Largest and least px per mm of a homography at a point of the card (mm)."""
    u, v, w = to_px @ (x, y, 1.0)
    jacobian = (to_px[:2, :2] * w - np.outer((u, v), to_px[2, :2])) / w**2
    most, least = np.linalg.svd(jacobian, compute_uv=False)
    return float(most), float(least)


def straightened(rgb: np.ndarray, reading: ScaleReading, px_per_mm: float) -> np.ndarray:
    """The picture as if taken from straight above, at a chosen scale.

    The whole field that was seen is kept as far as it is at most three times the straight scale
    away; uint8 (h, w, 3), black where nothing was seen.
    """
    height, width = rgb.shape[:2]
    seen = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)[:, None]
    back = np.linalg.inv(reading.to_px)
    there = cv2.perspectiveTransform(seen, back)[:, 0]
    reach = max(width, height) / reading.px_per_mm
    middle = np.array([WIDTH_MM / 2, HEIGHT_MM / 2])
    low = np.maximum(there.min(axis=0), middle - reach)
    high = np.minimum(there.max(axis=0), middle + reach)
    share = min(1.0, (MAX_STRAIGHT_PX / float(np.prod((high - low) * px_per_mm))) ** 0.5)
    scale = px_per_mm * share
    move = np.array([[scale, 0, -low[0] * scale], [0, scale, -low[1] * scale], [0, 0, 1.0]])
    size = tuple(int(n) for n in np.ceil((high - low) * scale))
    return cv2.warpPerspective(rgb, move @ back, size, flags=cv2.INTER_AREA)


@cache
def _dictionary() -> cv2.aruco.Dictionary:
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)


def _detector() -> cv2.aruco.ArucoDetector:
    """A fresh one: detectors are not shared between threads."""
    asked = cv2.aruco.DetectorParameters()
    asked.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    asked.cornerRefinementWinSize = 4
    asked.relativeCornerRefinmentWinSize = 0.2
    asked.adaptiveThreshWinSizeMin = 5
    asked.adaptiveThreshWinSizeMax = 45
    asked.adaptiveThreshWinSizeStep = 10
    asked.minMarkerPerimeterRate = 0.015
    return cv2.aruco.ArucoDetector(_dictionary(), asked)


def _read(rgb: np.ndarray, reduction: float) -> ScaleReading | None:
    """A reading in pixels of the whole picture, which ``rgb`` is reduced from."""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)
    found, ids, _ = _detector().detectMarkers(grey)
    seen: dict[int, np.ndarray] = {}
    for corners, (marker,) in zip(found, () if ids is None else ids.reshape(-1, 1), strict=True):
        if int(marker) in MARKERS:
            if int(marker) in seen:  # two cards: which one lies beside the cloth is not known
                return None
            seen[int(marker)] = corners.reshape(4, 2)
    if len(seen) < _LEAST_MARKERS:
        return None
    on_card = np.concatenate([card_corners(marker) for marker in seen])
    in_px = (np.concatenate(list(seen.values())).astype(np.float64) + 0.5) * reduction
    to_px, _ = cv2.findHomography(on_card, in_px)
    if to_px is None or not np.isfinite(to_px).all():
        return None
    return _judged(to_px, on_card, in_px, len(seen))


def _judged(
    to_px: np.ndarray, on_card: np.ndarray, in_px: np.ndarray, markers: int
) -> ScaleReading | None:
    """The reading of a homography, or None where the points do not fit a flat card."""
    back = cv2.perspectiveTransform(on_card[:, None], to_px)[:, 0]
    most, least = local_scale(to_px, WIDTH_MM / 2, HEIGHT_MM / 2)
    residual = float(np.sqrt(((back - in_px) ** 2).sum(axis=1).mean()))
    tilt = float(np.degrees(np.arccos(np.clip(least / most, 0, 1))))
    if residual > _MOST_RESIDUAL * MARKER_MM * least or tilt > _MOST_TILT:
        return None
    rim = np.array([(0, 0), (WIDTH_MM, 0), (WIDTH_MM, HEIGHT_MM), (0, HEIGHT_MM)])
    corners = cv2.perspectiveTransform(rim[:, None], to_px)[:, 0]
    return ScaleReading((most * least) ** 0.5, most, tilt, corners, to_px, markers)
