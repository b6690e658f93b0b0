"""A camera or scanner in front of the cloth: view, light, lens, sensor and file.

The geometry is one perspective warp (rotation, quarter turns, perspective, scale); then folds,
uneven light, exposure, white balance, blur, noise and JPEG, in the order a photograph meets them.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.light import Light
from fabricfinder.synthesis.noise import field
from fabricfinder.synthesis.render import macro_field_cm, render
from fabricfinder.synthesis.window import Window

Rng = np.random.Generator


@dataclass(frozen=True)
class CaptureSettings:
    """Ranges of a capture (benchmark recipe v1 of the science note).

    Attributes:
        rotation_deg: turn either way.
        quarter_turns: whether the cloth may lie on its side or head.
        scale: factor on the nominal scale, log-uniform.
        crop: share of the nominal field's side that is seen.
        exposure_stops: either way.
        white_balance: relative gain of red and blue, either way.
        blur_px: Gaussian sigma.
        noise: standard deviation of sensor noise, 0..1 of full scale.
        jpeg: quality.
        vignette: darkening at the corners and uneven light.
        perspective: how far corners stray, share of the side.
        fold_or_edge: chance of a fold, or of an edge with background beyond it.
        side_px: nominal side of the picture at scale 1 and crop 1.
        field_cm: smallest and largest nominal field.
        max_px: largest side of the picture.
    """

    rotation_deg: float = 15.0
    quarter_turns: bool = True
    scale: tuple[float, float] = (0.6, 1.6)
    crop: tuple[float, float] = (0.35, 1.0)
    exposure_stops: float = 0.5
    white_balance: float = 0.15
    blur_px: tuple[float, float] = (0.4, 2.0)
    noise: tuple[float, float] = (0.002, 0.02)
    jpeg: tuple[int, int] = (60, 95)
    vignette: tuple[float, float] = (0.0, 0.3)
    perspective: float = 0.04
    fold_or_edge: float = 0.2
    side_px: int = 640
    field_cm: tuple[float, float] = (4.0, 16.0)
    max_px: int = 768


RECIPE_V1 = CaptureSettings()
SCANNER = CaptureSettings(
    rotation_deg=3.0, scale=(0.9, 1.1), crop=(0.75, 1.0), exposure_stops=0.12,
    white_balance=0.04, blur_px=(0.4, 0.8), noise=(0.001, 0.006), jpeg=(85, 95),
    vignette=(0.0, 0.06), perspective=0.0, fold_or_edge=0.05,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture of cloth.

    Attributes:
        image: uint8 sRGB (px, px, 3).
        px_per_cm: true scale at the middle of the picture.
        event: "", "fold" or "edge".
    """

    image: np.ndarray
    px_per_cm: float
    event: str = ""


def photograph(
    image: np.ndarray,
    px_per_cm: float,
    rng: Rng,
    settings: CaptureSettings = RECIPE_V1,
    out_px: int | None = None,
) -> Photo:
    """Photograph a flat, evenly lit picture of cloth.

    Args:
        image: uint8 (n, n, 3), the cloth filling it.
        px_per_cm: its scale.
        rng: source of chance.
        settings: the ranges.
        out_px: side of the result; sampled from ``scale`` when None.
    """
    side = image.shape[0]
    angle = float(np.radians(rng.uniform(-settings.rotation_deg, settings.rotation_deg)))
    room = side / (np.cos(angle) + abs(np.sin(angle))) * (1 - 2 * settings.perspective)
    seen = room * float(rng.uniform(*settings.crop))
    scale = float(np.exp(rng.uniform(*np.log(settings.scale))))
    if out_px is None:
        out_px = int(np.clip(round(seen * scale), 96, settings.max_px))
    turns = int(rng.integers(4)) if settings.quarter_turns else 0
    slack = (side - seen * (np.cos(angle) + abs(np.sin(angle)))) / 2
    centre = side / 2 + rng.uniform(-1, 1, 2) * max(slack - settings.perspective * seen, 0)
    event = ""
    if rng.random() < settings.fold_or_edge:
        event = "fold" if rng.random() < 0.5 else "edge"
    picture = _view(image, rng, settings, seen, angle + turns * np.pi / 2, centre, out_px)
    picture = develop(picture, rng, settings, event)
    return Photo(picture, px_per_cm * out_px / seen, event)


def capture(fabric: Fabric, rng: Rng, settings: CaptureSettings = RECIPE_V1) -> Photo:
    """Render a fabric as one capture sees it: cloth drawn at the capture's own scale.

    Args:
        fabric: the recipe.
        rng: source of chance.
        settings: the ranges.
    """
    nominal_cm = float(np.clip(macro_field_cm(fabric), *settings.field_cm))
    scale = float(np.exp(rng.uniform(*np.log(settings.scale))))
    seen_cm = nominal_cm * float(rng.uniform(*settings.crop))
    px_per_cm = settings.side_px / nominal_cm * scale
    out_px = round(px_per_cm * seen_cm)
    if out_px > settings.max_px:
        px_per_cm *= settings.max_px / out_px
        out_px = settings.max_px
    angle = float(np.radians(rng.uniform(-settings.rotation_deg, settings.rotation_deg)))
    margin = (np.cos(angle) + abs(np.sin(angle))) * (1 + 2.2 * settings.perspective)
    px = int(np.ceil(out_px * margin)) + 2
    x, y = (float(v) for v in rng.uniform(0, 40, 2))
    window = Window(x, y, px, px_per_cm)
    cloth = render(fabric, px, px_per_cm, window=window, light=Light.sample(rng))
    turns = int(rng.integers(4)) if settings.quarter_turns else 0
    event = ""
    if rng.random() < settings.fold_or_edge:
        event = "fold" if rng.random() < 0.5 else "edge"
    centre = np.array([px / 2, px / 2])
    picture = _view(cloth, rng, settings, out_px, angle + turns * np.pi / 2, centre, out_px)
    return Photo(develop(picture, rng, settings, event), px_per_cm, event)


def _view(
    image: np.ndarray,
    rng: Rng,
    settings: CaptureSettings,
    seen: float,
    angle: float,
    centre: np.ndarray,
    out_px: int,
) -> np.ndarray:
    """One perspective warp from cloth to picture, averaged where it shrinks."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * seen / 2
    corners += rng.uniform(-1, 1, (4, 2)) * settings.perspective * seen / 2
    cos, sin = np.cos(angle), np.sin(angle)
    source = corners @ np.array([[cos, sin], [-sin, cos]]) + centre
    shrink = seen / out_px
    if shrink > 1.3:
        small = max(8, round(image.shape[0] / shrink))
        factor = small / image.shape[0]
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        source = source * factor
    target = np.array([[0, 0], [out_px, 0], [out_px, out_px], [0, out_px]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform((source - 0.5).astype(np.float32), target)
    return cv2.warpPerspective(
        image, matrix, (out_px, out_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )


def develop(
    picture: np.ndarray, rng: Rng, settings: CaptureSettings = RECIPE_V1, event: str = ""
) -> np.ndarray:
    """Everything after the view: folds, edges, light, lens, sensor and JPEG.

    Args:
        picture: uint8 (h, w, 3).
        rng: source of chance.
        settings: the ranges.
        event: "fold", "edge" or "".
    """
    if event == "fold":
        picture = fold(picture, rng)
    elif event == "edge":
        picture = edge(picture, rng)
    work = picture.astype(np.float32) * np.float32(1 / 255)
    work *= _light_field(rng, settings, picture.shape[0], picture.shape[1])[..., None]
    gain = 2.0 ** rng.uniform(-settings.exposure_stops, settings.exposure_stops)
    # Gains act on linear light; on gamma-coded values they act with the exponent 1/2.2.
    white = 1 + rng.uniform(-settings.white_balance, settings.white_balance, 3)
    white[1] = 1.0
    work *= ((gain * white) ** (1 / 2.2)).astype(np.float32)
    sigma = float(rng.uniform(*settings.blur_px))
    work = cv2.GaussianBlur(work, (0, 0), sigma)
    amount = float(rng.uniform(*settings.noise))
    work += rng.standard_normal(work.shape, dtype=np.float32) * np.float32(amount)
    bytes_ = np.clip(work * 255 + 0.5, 0, 255).astype(np.uint8)
    quality = int(rng.integers(settings.jpeg[0], settings.jpeg[1] + 1))
    return jpeg_round_trip(bytes_, quality)


def jpeg_round_trip(rgb: np.ndarray, quality: int) -> np.ndarray:
    """Encode to JPEG and back, uint8 RGB in and out."""
    coded = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1])


def _light_field(rng: Rng, settings: CaptureSettings, height: int, width: int) -> np.ndarray:
    """Vignette and a lamp that stands to one side, float32 (h, w), mean about 1."""
    strength = float(rng.uniform(*settings.vignette))
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    angle = float(rng.uniform(0, 2 * np.pi))
    slope = (np.cos(angle) * x + np.sin(angle) * y) * np.float32(0.5 * strength)
    return 1 + slope - np.float32(0.35 * strength) * (x * x + y * y - 0.67)


def fold(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """One or two folds: the cloth bends along a line, light on one side and dark on the other."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shift_x, shift_y = np.zeros_like(x), np.zeros_like(y)
    gain = np.ones_like(x)
    for _ in range(int(rng.integers(1, 4))):
        angle = float(rng.uniform(0, np.pi))
        nx, ny = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        middle = rng.uniform(0.2, 0.8, 2) * (width, height)
        wide = np.float32(rng.uniform(0.03, 0.14) * width)
        reach = height + width
        wave = field(rng, 1, 2 * reach, 8.0)[0] * wide * 0.6
        along = (-ny * x + nx * y + reach).astype(np.int32)
        d = (x - np.float32(middle[0])) * nx + (y - np.float32(middle[1])) * ny
        d = (d + wave[along]) / wide
        bump = np.exp(-d * d)
        slope = -2 * d * bump
        depth = float(rng.uniform(0.15, 0.5))
        gain += np.float32(depth * (1 if rng.random() < 0.5 else -1)) * slope * np.float32(0.8)
        gain -= np.float32(0.15 * depth) * bump
        shift_x += slope * nx * wide * np.float32(0.4 * depth)
        shift_y += slope * ny * wide * np.float32(0.4 * depth)
    moved = cv2.remap(
        picture, x + shift_x, y + shift_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    lit = moved * np.clip(gain, 0.3, 1.5)[..., None]
    return np.clip(lit, 0, 255).astype(np.uint8)


def edge(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """The swatch ends before the picture does: pinked or straight edge, shadow, background."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ground = rng.choice([245, 252, 225, 200, 120, 60, 25]) + rng.normal(0, 6, 3)
    if rng.random() < 0.3:
        ground = np.array([176, 138, 98]) + rng.normal(0, 18, 3)  # a table
    back = np.clip(ground, 0, 255).astype(np.float32)[None, None] * (
        1 + 0.03 * field(rng, height, width, 20.0)[..., None]
    )
    outside = np.full((height, width), -1e9, np.float32)
    for _ in range(1 if rng.random() < 0.6 else 2):
        angle = float(rng.uniform(0, 2 * np.pi))
        nx, ny = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        cut = np.float32(rng.uniform(0.24, 0.42)) * width
        d = (x - width / 2) * nx + (y - height / 2) * ny - cut
        along = -ny * x + nx * y
        if rng.random() < 0.5:  # pinking shears
            tooth = np.float32(width * rng.uniform(0.015, 0.03))
            d += np.abs((along / tooth) % 1 - 0.5) * tooth
        else:
            d += field(rng, 1, 64, 8.0)[0][(along / width * 63).astype(np.int32) % 64] * 0.6
        outside = np.maximum(outside, d)
    mask = np.clip(outside + 0.5, 0, 1)
    shadow = 1 - 0.45 * np.exp(-np.clip(outside, 0, None) / np.float32(width * 0.012))
    blend = mask[..., None]
    mixed = picture * (1 - blend) + back * shadow[..., None] * blend
    return np.clip(mixed, 0, 255).astype(np.uint8)
