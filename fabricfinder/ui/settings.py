"""The settings: what exists can be set, nothing else; every choice acts at once, none needs OK."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fabricfinder.domain.units import YARN_UNITS, DisplayUnits, unit_by_key
from fabricfinder.ui.field_words import display_units, unit_symbol
from fabricfinder.ui.language import SYSTEM, language_title, languages
from fabricfinder.ui.plain_parts import plain_button, plain_words
from fabricfinder.ui.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XL, asked_theme, scaled_font


class SettingsSheet(QDialog):
    """Not modal; Esc puts it away.

    Signals:
        theme_chosen: one of THEME_NAMES.
        language_chosen: a language's name, "" for the desktop's; seen at the next start.
        units_chosen: the DisplayUnits measures are to be shown in.
        reset_wanted: all of it, the window's places too, is to be as on the first day.
    """

    theme_chosen = Signal(str)
    language_chosen = Signal(str)
    units_chosen = Signal(object)
    reset_wanted = Signal()

    def __init__(self, parent: QWidget, language: str = "", safe: bool = False) -> None:
        """Make the page.

        Args:
            language: the one chosen so far, "" for the desktop's.
            safe: whether this is safe mode, where nothing chosen is kept.
        """
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
        self._add_units(column)
        self._add_language(column, language)
        self._add_end(column, safe)
        self.setMinimumWidth(340)

    def _add_units(self, column: QVBoxLayout) -> None:
        """Metric or imperial, and how yarns are counted."""
        heading = QLabel(self.tr("Measures"), self)
        heading.setFont(scaled_font(1.0, bold=True))
        column.addSpacing(SPACE_M)
        column.addWidget(heading)
        units = display_units()
        self._systems = QButtonGroup(self)
        for key, text in (
            ("metric", self.tr("Metric: per cm, g/m², cm")),
            ("imperial", self.tr("Imperial: per inch, oz/yd², inches")),
        ):
            radio = QRadioButton(text, self)
            radio.setObjectName(f"units-{key}")
            radio.setChecked(key == units.system)
            self._systems.addButton(radio)
            column.addWidget(radio)
        self._yarn = QComboBox(self)
        self._yarn.setAccessibleName(self.tr("Yarn count"))
        self._yarn.addItem(self.tr("Yarns as usual there (tex, or Ne)"), "")
        for key in YARN_UNITS:
            symbol = unit_symbol(unit_by_key("yarn", key))
            self._yarn.addItem(self.tr("Yarns in {unit}").format(unit=symbol), key)
        self._yarn.setCurrentIndex(self._yarn.findData(units.yarn))
        column.addWidget(self._yarn)
        self._systems.buttonClicked.connect(self._choose_units)
        self._yarn.activated.connect(self._choose_units)

    def _add_language(self, column: QVBoxLayout, chosen: str) -> None:
        """The language, each called as those who speak it call it."""
        heading = QLabel(self.tr("Language"), self)
        heading.setFont(scaled_font(1.0, bold=True))
        column.addSpacing(SPACE_M)
        column.addWidget(heading)
        self.language = QComboBox(self)
        self.language.setAccessibleName(self.tr("Language"))
        self.language.addItem(self.tr("Like the desktop"), SYSTEM)
        for name in languages():
            self.language.addItem(language_title(name), name)
        self.language.setCurrentIndex(max(0, self.language.findData(chosen)))
        column.addWidget(self.language)
        self.language_note = QLabel(self.tr("Seen from the next start on."), self)
        self.language_note.setProperty("muted", True)
        self.language_note.hide()
        column.addWidget(self.language_note)
        self.language.activated.connect(self._choose_language)

    def _add_end(self, column: QVBoxLayout, safe: bool) -> None:
        """The way back to the first day, and out."""
        column.addSpacing(SPACE_M)
        if safe:
            column.addWidget(
                plain_words(self, self.tr("Safe mode: what is chosen here is not kept."))
            )
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        self.reset = plain_button(self, self.tr("Reset settings"), self._reset)
        self.reset.setToolTip(
            self.tr("Everything here, windows and panes as on the first day; your libraries stay.")
        )
        row.addWidget(self.reset)
        row.addStretch(1)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.close)
        row.addWidget(close)
        column.addLayout(row)

    def _reset(self) -> None:
        self.reset_wanted.emit()
        self.close()

    def _choose_language(self, _: int) -> None:
        self.language_note.show()
        self.language_chosen.emit(self.language.currentData())

    def _choose_units(self, _: object) -> None:
        system = self._systems.checkedButton().objectName().removeprefix("units-")
        self.units_chosen.emit(DisplayUnits(system, self._yarn.currentData()))

    def _choose(self, radio: QRadioButton) -> None:
        self.theme_chosen.emit(radio.objectName().removeprefix("theme-"))
