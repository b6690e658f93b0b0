"""The application's style sheet, written from a theme's colours: flat, square and achromatic."""

from typing import Any

_SHEET = """
QToolTip {{ background: {field}; color: {text}; border: 1px solid {strong_line}; padding: 5px; }}
QMenuBar {{ background: {window}; padding: 1px 4px; }}
QMenuBar::item {{ padding: 4px 9px; background: transparent; }}
QMenuBar::item:selected {{ background: {select}; color: {select_text}; }}
QMenu {{ background: {panel}; border: 1px solid {strong_line}; padding: 4px 0; }}
QMenu::item {{ padding: 5px 28px 5px 24px; }}
QMenu::item:selected {{ background: {select}; color: {select_text}; }}
QMenu::item:disabled {{ color: {strong_line}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 0; }}
QPushButton {{
    background: {panel}; border: 1px solid {strong_line}; border-radius: 3px;
    padding: 5px 14px; min-height: 1.25em;
}}
QPushButton:hover {{ background: {field}; }}
QPushButton:pressed, QPushButton:checked {{ background: {select}; color: {select_text}; }}
QPushButton:disabled {{ border-color: {line}; color: {strong_line}; }}
QPushButton:focus {{ border: 2px solid {focus}; padding: 4px 13px; }}
QPushButton[primary="true"] {{ background: {select}; color: {select_text}; font-weight: 600; }}
QPushButton[primary="true"]:hover {{ border-color: {field}; }}
QPushButton[primary="true"]:disabled {{
    background: transparent; border-color: {line}; color: {strong_line};
}}
QPushButton[primary="true"]:focus {{ border: 2px solid {field}; }}
QPushButton[quiet="true"] {{ background: transparent; border: 1px solid transparent; }}
QPushButton[quiet="true"]:hover {{ border-color: {strong_line}; }}
QPushButton[quiet="true"]:focus {{ border: 2px solid {focus}; }}
QPushButton[link="true"] {{
    background: transparent; border: 2px solid transparent; padding: 1px 4px;
    text-decoration: underline;
}}
QPushButton[link="true"]:hover {{ color: {muted}; }}
QPushButton[link="true"]:disabled {{ text-decoration: none; }}
QPushButton[link="true"]:focus {{ border: 2px solid {focus}; }}
QToolButton {{
    background: transparent; border: 1px solid transparent; border-radius: 3px; padding: 4px 7px;
}}
QToolButton:hover {{ border-color: {strong_line}; }}
QToolButton:pressed, QToolButton:checked {{ background: {select}; color: {select_text}; }}
QToolButton:focus {{ border: 2px solid {focus}; padding: 3px 6px; }}
QToolButton::menu-indicator {{ width: 0; }}
QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox {{
    background: {field}; border: 1px solid {strong_line}; border-radius: 3px; padding: 3px 6px;
    selection-background-color: {select}; selection-color: {select_text};
}}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
    border: 2px solid {focus}; padding: 2px 5px;
}}
QAbstractSpinBox QLineEdit {{ border: none; padding: 0 4px; background: transparent; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; height: 0; border: none; }}
QToolButton[toggle="true"] {{ border-color: {line}; padding: 2px 6px; }}
QToolButton[toggle="true"]:hover {{ border-color: {strong_line}; }}
QToolButton[toggle="true"]:checked {{ border-color: {select}; }}
QToolButton[toggle="true"]:focus {{ border: 2px solid {focus}; padding: 1px 5px; }}
QToolButton[toggle="true"]:checked:focus {{ border-color: {strong_line}; }}
QToolButton[fold="true"] {{ padding: 3px 2px; }}
QToolButton[fold="true"]:checked {{ background: transparent; color: {text}; }}
QToolButton[fold="true"]:focus {{ border: 2px solid {focus}; padding: 2px 1px; }}
QPushButton[chip="true"] {{ padding: 2px 8px; min-height: 1.1em; }}
QPushButton[chip="true"]:focus {{ padding: 1px 7px; }}
QLabel[note="true"] {{
    background: {field}; border-left: 3px solid {strong_line}; padding: 3px 7px;
}}
QListView, QTableView, QTreeView {{
    background: {field}; border: 1px solid {line}; alternate-background-color: {panel};
    selection-background-color: {select}; selection-color: {select_text};
}}
QListView[surround="true"] {{ background: {surround}; border: none; outline: none; }}
QHeaderView::section {{
    background: {panel}; border: none; border-right: 1px solid {line};
    border-bottom: 1px solid {strong_line}; padding: 4px 8px;
}}
QHeaderView[sorts="true"]::section {{ padding: 4px 15px 4px 4px; }}
QHeaderView[narrow="true"]::section {{ padding: 4px 3px; }}
QRadioButton::indicator, QCheckBox::indicator {{
    width: 13px; height: 13px; background: {field}; border: 1px solid {strong_line};
}}
QRadioButton::indicator {{ border-radius: 7px; }}
QRadioButton::indicator:checked, QCheckBox::indicator:checked {{
    background: qradialgradient(cx:0.5, cy:0.5, radius:0.5, fx:0.5, fy:0.5,
        stop:0 {select}, stop:0.62 {select}, stop:0.7 {field}, stop:1 {field});
}}
QCheckBox::indicator:checked {{
    background: {select}; border: 3px solid {field}; width: 9px; height: 9px;
}}
QRadioButton:focus, QCheckBox:focus {{ outline: 1px solid {focus}; }}
QSlider::groove:horizontal {{ height: 4px; background: {track}; }}
QSlider::sub-page:horizontal {{ background: {strong_line}; }}
QSlider::handle:horizontal {{
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
    background: {panel}; border: 1px solid {text};
}}
QSlider::handle:horizontal:hover {{ background: {field}; }}
QSlider::handle:horizontal:focus {{ background: {focus}; border: 1px solid {field}; }}
QSlider::sub-page:horizontal:disabled {{ background: {track}; }}
QSlider::handle:horizontal:disabled {{ background: {panel}; border: 1px solid {line}; }}
QProgressBar {{ background: {track}; border: none; border-radius: 0; max-height: 4px; }}
QProgressBar::chunk {{ background: {text}; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {strong_line}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {line}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QStatusBar {{ background: {window}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: none; }}
QFrame[card="true"] {{ background: {panel}; border: 1px solid {line}; border-radius: 4px; }}
QFrame[bar="true"] {{ background: {window}; border: none; border-bottom: 1px solid {line}; }}
QFrame[side="true"] {{ background: {panel}; border: none; }}
QFrame[banner="true"] {{ background: {field}; border: none; border-bottom: 1px solid {line}; }}
QLabel[muted="true"] {{ color: {muted}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget[clear="true"] {{ background: transparent; }}
"""


def stylesheet(theme: Any) -> str:
    """Fill the sheet with a theme's ``#rrggbb`` attributes."""
    names = theme.__slots__
    return _SHEET.format_map({n: getattr(theme, n) for n in names if n != "dimensions"})
