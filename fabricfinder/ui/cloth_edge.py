"""The outline of a picture of cloth: without it black cloth melts into a dark surround."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen

from fabricfinder.ui.theme import current_theme


def paint_cloth_edge(painter: QPainter, place: QRect) -> None:
    """Draw a neutral hairline just outside ``place``; no pixel of the cloth is touched."""
    painter.setPen(QPen(current_theme().color("line"), 1))
    painter.drawRect(place.adjusted(-1, -1, 0, 0))
