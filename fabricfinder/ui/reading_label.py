"""Wrapped labels whose lines break where a reader would break them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fabricfinder.ui.number_words import held_together

READING_PX = 860


class WrappedLabel(QLabel):
    """Plain text over several lines; a number and its unit stay on one."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(words)

    def text(self) -> str:
        """In place of QLabel::text: the words as they were given."""
        return self._words

    def setText(self, words: str) -> None:
        """In place of QLabel::setText."""
        self._words = words
        super().setText(held_together(words))

    def clear(self) -> None:
        """In place of QLabel::clear."""
        self.setText("")


class ReadingLabel(WrappedLabel):
    """No wider than a line can be read, and as tall as those lines need."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setMaximumWidth(READING_PX)

    def heightForWidth(self, width: int) -> int:
        """Override QLabel::heightForWidth: a layout asks for more width than there will be."""
        return super().heightForWidth(min(width, self.maximumWidth()))
