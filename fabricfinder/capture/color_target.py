"""A 24-patch colour target or a grey card in a photograph, and the colours made true by it.

The target is found by OpenCV's ``mcc``; a 3 × 3 matrix from linear camera colours to linear sRGB
is fitted by its ``ccm``, which lessens the mean CIEDE2000 difference to the patches' published
colours. What the correction is worth is measured on patches it was not fitted to: each by the
matrix of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from fabricfinder.domain.color import delta_e_2000, linear_to_srgb, srgb_to_lab, srgb_to_linear
from fabricfinder.vision.decode import shrink_to

PATCHES = 24
_SEARCH_SIDE = 1600
_FOLDS = 8  # 24 patches leave in eight groups of three
_CLIPPED = (2.0, 253.0)  # beyond, the camera saw no more than “dark” or “bright”
_LEAST_PATCHES = 16
_GREY_CLIPPED = 250.0


@dataclass(frozen=True, slots=True, eq=False)
class ColorReading:
    """What a colour target says of a photograph.

    Attributes:
        corners: of the target, px, float (4, 2).
        seen: mean colour of each patch, sRGB 0..255, float (24, 3), row by row from dark skin.
        used: which patches were neither burnt out nor black, bool (24,).
        matrix: linear camera colour (row vector) times this is linear sRGB, (3, 3).
        before: ΔE00 of each patch to its published colour, float (24,).
        after: the same once corrected, each patch by a matrix fitted without it; nan where it
            was not used.
    """

    corners: np.ndarray
    seen: np.ndarray
    used: np.ndarray
    matrix: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @property
    def mean_before(self) -> float:
        """Mean ΔE00 of the patches used, as photographed."""
        return float(self.before[self.used].mean())

    @property
    def mean_after(self) -> float:
        """Mean ΔE00 of the patches used, corrected."""
        return float(np.nanmean(self.after))

    @property
    def helps(self) -> bool:
        """Whether the photograph is nearer the truth once corrected."""
        return self.mean_after < self.mean_before


@cache
def published_colors() -> np.ndarray:
    """Linear sRGB (D65) of the 24 patches, 0..1, float (24, 3), as OpenCV's ``ccm`` holds them.

    One, cyan, lies a little outside sRGB; it is taken at the rim.
    """
    anything = np.linspace(0.2, 0.5, PATCHES)[:, None, None] * np.ones((1, 1, 3))
    model = _model(anything)
    model.compute()
    colors = np.clip(model.getRefLinearRGB().reshape(PATCHES, 3), 0, 1)
    colors.flags.writeable = False
    return colors


def find_color_target(rgb: np.ndarray) -> ColorReading | None:
    """The 24-patch target in a photograph, uint8 (h, w, 3) sRGB; None where there is none.

    None also where fewer than 16 patches are fit to be used, or what was found is no target: its
    patches lie in no order that the published ones have.
    """
    small = np.ascontiguousarray(shrink_to(rgb, _SEARCH_SIDE))
    detector = cv2.mcc.CCheckerDetector_create()
    detector.setColorChartType(cv2.mcc.MCC24)
    if not detector.process(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), 1):
        return None
    checker = detector.getBestColorChecker()
    patches = np.asarray(checker.getColorCharts(), np.float64).reshape(PATCHES, 4, 2)
    factor = rgb.shape[1] / small.shape[1]
    seen = np.array([_mean_color(small, patch) for patch in patches])
    if not _is_in_order(seen):
        return None
    corners = (np.asarray(checker.getBox(), np.float64).reshape(4, 2) + 0.5) * factor - 0.5
    return read_patches(seen, corners)


def read_patches(seen: np.ndarray, corners: np.ndarray) -> ColorReading | None:
    """Fit the correction to patches as they were seen; see ``ColorReading`` for both shapes."""
    low, high = _CLIPPED
    used = (seen > low).any(axis=1) & (seen < high).all(axis=1)
    if int(used.sum()) < _LEAST_PATCHES:
        return None
    linear, truth = srgb_to_linear(seen / 255), published_colors()
    true_lab = srgb_to_lab(linear_to_srgb(truth) * 255)
    after = np.full(PATCHES, np.nan)
    for fold in range(_FOLDS):
        left_out = used & (np.arange(PATCHES) % _FOLDS == fold)
        if left_out.any():
            matrix = _fitted(linear, used & ~left_out)
            made = srgb_to_lab(linear_to_srgb(linear[left_out] @ matrix) * 255)
            after[left_out] = delta_e_2000(true_lab[left_out], made)
    before = delta_e_2000(true_lab, srgb_to_lab(seen))
    return ColorReading(corners, seen, used, _fitted(linear, used), before, after)


def corrected(rgb: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A photograph with its colours made true, uint8 (h, w, 3); see ``ColorReading.matrix``."""
    table = srgb_to_linear(np.arange(256) / 255).astype(np.float32)
    made = np.empty_like(rgb)
    for top in range(0, len(rgb), 256):  # a whole picture as floats would not fit everywhere
        linear = table[rgb[top : top + 256]] @ matrix.astype(np.float32)
        made[top : top + 256] = np.rint(linear_to_srgb(linear) * 255)
    return made


def grey_balance(rgb: np.ndarray, corners: Sequence[float]) -> np.ndarray | None:
    """The matrix that turns a grey card neutral and leaves its lightness.

    Args:
        rgb: uint8 (h, w, 3) sRGB.
        corners: left, top, right, bottom of the card, shares of the picture 0..1.

    Returns:
        (3, 3) for ``corrected``; None where the part is burnt out, black, or under 16 px.
    """
    height, width = rgb.shape[:2]
    left, top, right, bottom = corners
    part = rgb[int(top * height) : round(bottom * height), int(left * width) : round(right * width)]
    if min(part.shape[:2], default=0) < 4 or part.shape[0] * part.shape[1] < 16:
        return None
    middle = np.median(part.reshape(-1, 3), axis=0)
    if middle.max() > _GREY_CLIPPED or middle.min() < 8:
        return None
    linear = srgb_to_linear(middle / 255)
    light = linear @ (0.2126, 0.7152, 0.0722)
    return np.diag(light / linear)


def color_cast(rgb: np.ndarray, corners: Sequence[float]) -> float:
    """How far from neutral the middle colour of a part lies: C*ab; arguments as above."""
    height, width = rgb.shape[:2]
    left, top, right, bottom = corners
    part = rgb[int(top * height) : round(bottom * height), int(left * width) : round(right * width)]
    lab = srgb_to_lab(np.median(part.reshape(-1, 3), axis=0))
    return float(np.hypot(lab[1], lab[2]))


def _model(linear: np.ndarray) -> "cv2.ccm.ColorCorrectionModel":
    """OpenCV's model over linear colours, float (24, 1, 3)."""
    model = cv2.ccm.ColorCorrectionModel(linear, cv2.ccm.COLORCHECKER_MACBETH)
    model.setRGB(True)
    model.setColorSpace(cv2.ccm.COLOR_SPACE_SRGB)
    model.setLinearization(cv2.ccm.LINEARIZATION_IDENTITY)
    model.setDistance(cv2.ccm.DISTANCE_CIE2000)
    return model


def _fitted(linear: np.ndarray, used: np.ndarray) -> np.ndarray:
    """The matrix fitted to some patches: linear (24, 3), used bool (24,)."""
    model = _model(linear[:, None, :])
    model.setWeightsList(np.where(used, 1.0, 1e-9)[:, None])
    return np.asarray(model.compute(), np.float64)


def _mean_color(rgb: np.ndarray, patch: np.ndarray) -> np.ndarray:
    """Mean colour of the inner part of a patch, corners (4, 2), px."""
    middle = patch.mean(axis=0)
    inner = middle + 0.8 * (patch - middle)
    mask = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(inner).astype(np.int32), 255)
    return np.array(cv2.mean(rgb, mask)[:3])


def _is_in_order(seen: np.ndarray) -> bool:
    """Whether lightness runs over the patches as it does on a target, whatever the light."""
    truth = srgb_to_lab(linear_to_srgb(published_colors()) * 255)[:, 0]
    here = srgb_to_lab(seen)[:, 0]
    return float(np.corrcoef(truth, here)[0, 1]) > 0.8
