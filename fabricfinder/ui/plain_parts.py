"""Words and buttons as every dialog has them."""

from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QPushButton, QWidget

from fabricfinder.ui.reading_label import WrappedLabel


def plain_words(parent: QWidget, text: str = "") -> QLabel:
    """A label that wraps and takes its text as it is, never as markup."""
    return WrappedLabel(text, parent)


def off_the_frame(box: QAbstractSpinBox) -> None:
    """Keep a number from touching its frame: a style sheet's padding does not reach it."""
    box.lineEdit().setTextMargins(5, 0, 2, 0)


def plain_button(
    parent: QWidget, text: str, deed: Callable[..., object] | SignalInstance | None = None
) -> QPushButton:
    """A button that Enter in another field does not press; a click calls ``deed``."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    if deed is not None:
        button.clicked.connect(deed)
    return button
