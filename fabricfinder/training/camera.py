"""A quick camera for training: one master in, one 128 px view out, in about a millisecond.

The slow, careful camera of ``synthesis`` makes the pictures that are evaluated; this one only has to
be varied. Colour casts and exposure are shared by the two views of a capture, as in one photograph.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, VIEW_PX
from fabricfinder.training.garment import backdrop, blend, curved_side, folds, make_up

MADE_UP_SHARE = 0.4
DRAPED_SHARE = 0.2
EDGE_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Light:
    """What one photograph's light and sensor do to both of its views."""

    gain: np.ndarray  # (3,) white balance times exposure
    gamma: float
    noise: float
    jpeg: int  # 0 = none

    @staticmethod
    def sample(rng: np.random.Generator) -> "Light":
        """White balance ±15 %, exposure ±½ stop, some noise, JPEG 60-95 on half."""
        balance = rng.uniform(0.87, 1.15, 3)
        exposure = 2 ** rng.uniform(-0.5, 0.5)
        gain = (balance / balance.mean() * exposure).astype(np.float32)
        jpeg = int(rng.integers(60, 96)) if rng.random() < 0.5 else 0
        return Light(gain, float(rng.uniform(0.85, 1.18)), float(rng.uniform(0.5, 7)), jpeg)


def warp(
    master: np.ndarray, rng: np.random.Generator, side: float, turn: float, size: int
) -> np.ndarray:
    """Cut a turned square of ``side`` px from the master and bring it to ``size`` px, averaged."""
    while side / size > 1.6:  # halve first, so that shrinking averages instead of skipping
        master = cv2.resize(master, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        side /= 2
    n = master.shape[0]
    reach = max(0.0, (n - side) / 2)
    centre = n / 2 + rng.uniform(-reach, reach, 2)
    cos, sin = np.cos(turn) * side / size, np.sin(turn) * side / size
    squeeze = rng.uniform(0.94, 1.06)
    shear = rng.uniform(-0.05, 0.05)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[squeeze, shear], [0, 1 / squeeze]])
    offset = centre - linear @ np.array([size / 2, size / 2])
    matrix = np.concatenate([linear, offset[:, None]], axis=1).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(master, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REFLECT)


def drape(view: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend and shade a view as cloth on a body does: a smooth field moves it and lights it."""
    size = view.shape[0]
    coarse = rng.normal(size=(4, 4, 2)).astype(np.float32)
    field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    bend = field * np.float32(rng.uniform(1, 0.04 * size))
    moved = cv2.remap(
        view, x + bend[..., 0], y + bend[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    across = cv2.Sobel(field[..., 0], cv2.CV_32F, 1, 0, ksize=5)
    across /= np.abs(across).max() + 1e-6
    shade = 1 + np.float32(rng.uniform(0.1, 0.45)) * across
    return np.clip(moved * shade[..., None], 0, 255).astype(np.uint8)


def expose(view: np.ndarray, light: Light, rng: np.random.Generator, blur: float) -> np.ndarray:
    """Uneven light, white balance, exposure, blur, noise and JPEG."""
    size = view.shape[0]
    if blur > 0.3:
        view = cv2.GaussianBlur(view, (0, 0), blur)
    table = 255 * (np.arange(256, dtype=np.float32) / 255) ** light.gamma
    table = np.clip(table[:, None] * light.gain, 0, 255)
    image = cv2.LUT(view, table[None].astype(np.float32))
    slope = rng.uniform(-0.16, 0.16, 2)
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    uneven = 1 + slope[0] * ramp[:, None] + slope[1] * ramp[None]
    image *= uneven[..., None].astype(np.float32)
    image += rng.standard_normal(image.shape, np.float32) * np.float32(light.noise)
    view = np.clip(image, 0, 255).astype(np.uint8)
    if light.jpeg:
        _, data = cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, light.jpeg])
        view = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return view


def turn_of(rng: np.random.Generator) -> float:
    """A rotation in radians: ±15°, and a quarter turn on a fifth of the captures."""
    quarter = rng.integers(4) if rng.random() < 0.2 else 0
    return float(np.deg2rad(rng.uniform(-15, 15)) + quarter * np.pi / 2)


@dataclass(frozen=True, slots=True)
class Shot:
    """One view as the camera took it.

    Attributes:
        view: uint8 (size, size, 3).
        zoom: pixels of the view per pixel of the master it was cut from.
    """

    view: np.ndarray
    zoom: float


def macro_view(
    master: np.ndarray, light: Light, rng: np.random.Generator, turn: float, size: int = VIEW_PX
) -> Shot:
    """The whole-swatch view: 35-100 % of the master; flat, draped, or made up into a garment."""
    side = master.shape[0] * np.sqrt(rng.uniform(0.35, 1.0)) / (1.2 if abs(turn) > 0.05 else 1.0)
    view = warp(master, rng, side, turn, size)
    kind = rng.random()
    if kind < MADE_UP_SHARE:
        view = make_up(view, lambda more: warp(master, rng, side, turn + more, size), rng)
    elif kind < MADE_UP_SHARE + DRAPED_SHARE:
        view = drape(view, rng)
    elif rng.random() < EDGE_SHARE:
        view = blend(view, backdrop(size, rng), curved_side(size, rng, (0.15, 0.5)))
    return Shot(expose(view, light, rng, rng.uniform(0, 1.1)), size / side)


def close_view(
    micro: np.ndarray, light: Light, rng: np.random.Generator, turn: float, size: int = VIEW_PX
) -> Shot:
    """A micro view at true scale (±3 %, the error of a dpi tag), cut from the micro master.

    What was scanned coarser than 160 px/cm is brought up to it, and stays soft.
    """
    side = size * rng.uniform(0.97, 1.03)
    view = warp(micro, rng, side, turn, size)
    share = np.exp(rng.uniform(np.log(60), np.log(240))) / MICRO_PX_PER_CM
    if share < 0.95:
        small = max(8, round(size * share))
        view = cv2.resize(view, (small, small), interpolation=cv2.INTER_AREA)
        view = cv2.resize(view, (size, size), interpolation=cv2.INTER_LINEAR)
    return _hurried(view, light, rng, size / side)


def native_view(
    macro: np.ndarray, light: Light, rng: np.random.Generator, turn: float, size: int = VIEW_PX
) -> Shot:
    """A micro view at whatever the picture's own pixels show, cut from the macro master."""
    side = VIEW_PX * np.exp(rng.uniform(np.log(0.6), np.log(1.3)))
    view = warp(macro, rng, side, turn, size)
    if rng.random() < 0.2:
        view = folds(view, rng) if rng.random() < 0.5 else drape(view, rng)
    return _hurried(view, light, rng, size / side)


def _hurried(view: np.ndarray, light: Light, rng: np.random.Generator, zoom: float) -> Shot:
    """Expose a micro view; now and then its crop holds an edge of the cloth."""
    size = view.shape[0]
    if rng.random() < 0.08:
        view = blend(view, backdrop(size, rng), curved_side(size, rng, (0.15, 0.5)))
    return Shot(expose(view, light, rng, rng.uniform(0, 1.4)), zoom)
