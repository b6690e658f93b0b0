"""The settings: what exists can be set, nothing else; every choice acts at once, none needs OK."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, asked_theme, scaled_font


class SettingsSheet(QDialog):
    """Not modal; Esc puts it away.

    Signals:
        theme_chosen: one of THEME_NAMES.
    """

    theme_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(self.tr("Light of the window"), self)
        heading.setFont(scaled_font(1.0, bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_L, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addWidget(heading)
        self._group = QButtonGroup(self)
        choices = (
            ("system", self.tr("Like the desktop")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
            ("grey", self.tr("Neutral grey, to judge colour by")),
        )
        for key, text in choices:
            radio = QRadioButton(text, self)
            radio.setObjectName(f"theme-{key}")
            radio.setChecked(key == asked_theme())
            self._group.addButton(radio)
            column.addWidget(radio)
        self._group.buttonClicked.connect(self._choose)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.close)
        column.addSpacing(SPACE_M)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(340)

    def _choose(self, radio: QRadioButton) -> None:
        self.theme_chosen.emit(radio.objectName().removeprefix("theme-"))
