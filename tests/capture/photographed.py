"""The scale card on a cloth as a camera at an angle sees it, with the true scale of that picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from fabricfinder.capture.card_drawing import card_picture
from fabricfinder.capture.scale_card import HEIGHT_MM, WIDTH_MM, local_scale

TABLE_MM = (360.0, 280.0)  # cloth, the card in its middle
TABLE_PX_PER_MM = 10.0


@dataclass(frozen=True, eq=False)
class Pose:
    """Where a camera stands and how well it sees.

    Attributes:
        tilt_deg: of the card's normal from the line of sight.
        turn_deg: direction it is tilted to; roll_deg: of the camera about its own axis.
        px_per_mm: scale the picture would have at the card without tilt.
        focal: focal length in widths of the picture (0.7 a phone's wide lens .. 2 a tele).
        off: where the card lies off the middle, shares of the picture's size (2,).
        blur_px, noise, jpeg: sigma in px; standard deviation of 255; quality.
        size: width and height of the picture, px.
    """

    tilt_deg: float
    turn_deg: float
    roll_deg: float
    px_per_mm: float
    focal: float = 1.0
    off: tuple[float, float] = (0.0, 0.0)
    blur_px: float = 0.7
    noise: float = 3.0
    jpeg: int = 85
    size: tuple[int, int] = (1600, 1200)


@dataclass(frozen=True, eq=False)
class Photograph:
    """A picture, uint8 (h, w, 3), and what is true of it at the middle of the card."""

    rgb: np.ndarray
    px_per_mm: float
    px_per_mm_along: float
    to_px: np.ndarray


def random_pose(rng: np.random.Generator, most_tilt: float = 45.0) -> Pose:
    """A pose as hand-held cameras have them, the tilt even over 0..most_tilt."""
    return Pose(
        float(rng.uniform(0, most_tilt)), float(rng.uniform(0, 360)), float(rng.uniform(0, 360)),
        float(np.exp(rng.uniform(*np.log((3.0, 7.0))))), float(rng.uniform(0.7, 2.0)),
        (float(rng.uniform(-0.12, 0.12)), float(rng.uniform(-0.12, 0.12))),
        float(rng.uniform(0.3, 1.8)), float(rng.uniform(1, 8)), int(rng.integers(60, 96)),
    )  # fmt: skip


def homography(pose: Pose) -> np.ndarray:
    """From mm on the card to pixels of the picture by a pinhole camera, (3, 3)."""
    width, height = pose.size
    focal = pose.focal * width
    distance = focal / pose.px_per_mm
    tilt, turn, roll = np.radians((pose.tilt_deg, pose.turn_deg, pose.roll_deg))
    rotation = _about_z(roll) @ _about_z(turn) @ _about_x(tilt) @ _about_z(-turn)
    place = np.array([pose.off[0] * width, pose.off[1] * height, focal]) * distance / focal
    centred = np.array([[1, 0, -WIDTH_MM / 2], [0, 1, -HEIGHT_MM / 2], [0, 0, 1.0]])
    camera = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return camera @ np.column_stack([rotation[:, 0], rotation[:, 1], place]) @ centred


def _about_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])


def _about_x(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def table(cloth: np.ndarray | None = None, card: bool = True) -> np.ndarray:
    """The cloth from straight above at ``TABLE_PX_PER_MM``, uint8 (h, w, 3), the card on it."""
    width, height = (round(n * TABLE_PX_PER_MM) for n in TABLE_MM)
    if cloth is None:
        cloth = np.full((8, 8, 3), (150, 120, 100), np.uint8)
    across, down = -(-width // cloth.shape[1]), -(-height // cloth.shape[0])
    laid = np.tile(cloth, (down, across, 1))[:height, :width].copy()
    if card:
        drawn = card_picture(TABLE_PX_PER_MM)
        top, left = (height - drawn.shape[0]) // 2, (width - drawn.shape[1]) // 2
        laid[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn[..., None]
    return laid


def photograph(laid: np.ndarray, pose: Pose, rng: np.random.Generator) -> Photograph:
    """The table in the light of a room, through a lens, on a sensor, as a JPEG."""
    to_px = homography(pose)
    most, least = local_scale(to_px, WIDTH_MM / 2, HEIGHT_MM / 2)
    # Pixel i of the table covers i..i+1: its middle is at i + 0.5, as it is in the photograph.
    margin = [(TABLE_MM[0] - WIDTH_MM) / 2, (TABLE_MM[1] - HEIGHT_MM) / 2]
    s = 1 / TABLE_PX_PER_MM
    to_mm = np.array([[s, 0, s / 2 - margin[0]], [0, s, s / 2 - margin[1]], [0, 0, 1.0]])
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    shrink = TABLE_PX_PER_MM / most
    if shrink > 1.5:  # else fine detail would alias, which no lens does
        laid = cv2.GaussianBlur(laid, (0, 0), 0.4 * shrink)
    picture = cv2.warpPerspective(laid, half @ to_px @ to_mm, pose.size, flags=cv2.INTER_LINEAR,
                                  borderValue=(70, 60, 55)).astype(np.float32)  # fmt: skip
    picture = cv2.GaussianBlur(picture, (0, 0), pose.blur_px)
    y, x = np.mgrid[-1 : 1 : pose.size[1] * 1j, -1 : 1 : pose.size[0] * 1j]
    slope = rng.uniform(-0.2, 0.2, 2)
    light = (0.9 + slope[0] * x + slope[1] * y - 0.1 * (x**2 + y**2)).astype(np.float32)
    picture *= light[..., None]
    picture += pose.noise * rng.standard_normal(picture.shape, np.float32)
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, pose.jpeg])
    rgb = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return Photograph(rgb, (most * least) ** 0.5, most, to_px)
