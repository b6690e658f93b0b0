"""How large a window may open: as it would like, but never larger than the screen leaves room for."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

TITLE_BAR_PX = 32  # the desktop's own, above the window


def fitting(window: QWidget, width: int, height: int) -> QSize:
    """The size a window opens at.

    Args:
        width, height: as it would like to be, without the desktop's title bar.
    """
    room = window.screen().availableSize() - QSize(0, TITLE_BAR_PX)
    return QSize(width, height).boundedTo(room).expandedTo(window.minimumSize())
