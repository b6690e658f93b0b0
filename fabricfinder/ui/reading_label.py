"""A wrapped label no wider than a line can be read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

READING_PX = 860


class ReadingLabel(QLabel):
    """Plain text in lines of at most READING_PX, as tall as those lines need."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMaximumWidth(READING_PX)

    def heightForWidth(self, width: int) -> int:
        """Override QLabel::heightForWidth: a layout asks for more width than there will be."""
        return super().heightForWidth(min(width, self.maximumWidth()))
