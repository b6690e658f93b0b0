"""Frames on the glass moved, turned and stretched: plain geometry in millimetres, no Qt."""

import math
from dataclasses import replace

import numpy as np

from fabricfinder.capture.scanning import LEAST_FRAME_MM, Frame

CORNERS = ("tl", "tr", "br", "bl")
_SIGNS = {"tl": (-1, -1), "tr": (1, -1), "br": (1, 1), "bl": (-1, 1)}


def frame_of(x0: float, y0: float, x1: float, y1: float) -> Frame:
    """An upright frame from corner to corner, mm."""
    return Frame((x0 + x1) / 2, (y0 + y1) / 2, abs(x1 - x0), abs(y1 - y0))


def holds(frame: Frame, x: float, y: float) -> bool:
    """Whether a point of the glass lies inside a frame."""
    across, down = _own(frame, x - frame.x, y - frame.y)
    return abs(across) <= frame.width / 2 and abs(down) <= frame.height / 2


def moved(frame: Frame, dx: float, dy: float) -> Frame:
    """A frame elsewhere."""
    return replace(frame, x=frame.x + dx, y=frame.y + dy)


def turned(frame: Frame, by_deg: float) -> Frame:
    """A frame turned about its middle, kept within half a quarter turn either way."""
    angle = (frame.turned_deg + by_deg + 45) % 90 - 45
    quarter = round((frame.turned_deg + by_deg - angle) / 90) % 2
    sides = (frame.height, frame.width) if quarter else (frame.width, frame.height)
    return replace(frame, width=sides[0], height=sides[1], turned_deg=angle)


def turned_to(frame: Frame, x: float, y: float) -> Frame:
    """A frame turned so that its upper side looks at a point."""
    angle = math.degrees(math.atan2(y - frame.y, x - frame.x)) + 90
    return replace(frame, turned_deg=(angle + 180) % 360 - 180)


def stretched(frame: Frame, corner: str, x: float, y: float) -> Frame:
    """A frame whose corner is drawn to a point, the opposite corner staying where it is."""
    sx, sy = _SIGNS[corner]
    opposite = frame.corners[(CORNERS.index(corner) + 2) % 4]
    across, down = _own(frame, x - opposite[0], y - opposite[1])
    width, height = max(LEAST_FRAME_MM, sx * across), max(LEAST_FRAME_MM, sy * down)
    turn = math.radians(frame.turned_deg)
    unit = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    middle = opposite + (sx * width / 2) * unit[0] + (sy * height / 2) * unit[1]
    return Frame(float(middle[0]), float(middle[1]), width, height, frame.turned_deg)


def grown(frame: Frame, dx: float, dy: float) -> Frame:
    """A frame wider and higher, its middle staying where it is."""
    return replace(
        frame, width=max(LEAST_FRAME_MM, frame.width + dx),
        height=max(LEAST_FRAME_MM, frame.height + dy),
    )  # fmt: skip


def _own(frame: Frame, dx: float, dy: float) -> tuple[float, float]:
    """A step on the glass along a frame's own sides."""
    turn = math.radians(frame.turned_deg)
    return (
        dx * math.cos(turn) + dy * math.sin(turn), -dx * math.sin(turn) + dy * math.cos(turn)
    )  # fmt: skip
