"""Words and buttons as every dialog has them."""

from collections.abc import Callable

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def plain_words(parent: QWidget, text: str = "") -> QLabel:
    """A label that wraps and takes its text as it is, never as markup."""
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def plain_button(
    parent: QWidget, text: str, deed: Callable[..., object] | SignalInstance | None = None
) -> QPushButton:
    """A button that Enter in another field does not press; a click calls ``deed``."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    if deed is not None:
        button.clicked.connect(deed)
    return button
