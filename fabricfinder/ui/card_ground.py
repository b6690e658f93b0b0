"""What lies behind a swatch's card: nothing, a panel under the pointer, a frame, a keyboard ring."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle

from fabricfinder.ui.theme import current_theme


def paint_card_ground(painter: QPainter, card: QRect, state: QStyle.StateFlag) -> None:
    """Draw the ground: neutral, framed when chosen, ringed for the keyboard."""
    theme, flags = current_theme(), QStyle.StateFlag
    if state & (flags.State_Selected | flags.State_MouseOver):
        painter.fillRect(card, theme.color("panel"))
    if state & flags.State_Selected:
        painter.setPen(QPen(theme.color("strong_line"), 1))
        painter.drawRect(card.adjusted(0, 0, -1, -1))
    if state & flags.State_HasFocus:
        painter.setPen(QPen(theme.color("focus"), 2))
        painter.drawRect(card.adjusted(1, 1, -1, -1))
