"""The sheet's phrases in her language, and the names of its choices."""

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QCoreApplication

from fabricfinder.sheets.words import ENGLISH

translate = QCoreApplication.translate


@cache
def sheet_words() -> Mapping[str, str]:
    """Every phrase of ``words.ENGLISH`` in the window's language."""
    return {key: translate("Sheet", text) for key, text in ENGLISH.items()}


def layout_names() -> dict[str, str]:
    """The layouts by key."""
    return {
        "card": translate("Sheet", "Swatch card, one a page"),
        "2x3": translate("Sheet", "Six a page"),
        "3x4": translate("Sheet", "Twelve a page"),
        "compare": translate("Sheet", "Query beside one"),
        "hanger": translate("Sheet", "Hanger labels, 100 × 50 mm"),
        "spec": translate("Sheet", "Spec table"),
        "process": translate("Sheet", "Process sheet: starting spec"),
    }


def profile_names() -> dict[str, str]:
    """The profiles by key, each with what it leaves out."""
    return {
        "internal": translate("Sheet", "Internal: everything"),
        "customer": translate("Sheet", "Customer: no supplier, price, place or file"),
        "supplier": translate("Sheet", "Supplier: specification only"),
    }


def format_filters() -> dict[str, str]:
    """File dialog filters by suffix."""
    return {
        ".pdf": translate("Sheet", "PDF (*.pdf)"),
        ".html": translate("Sheet", "Web page in one file (*.html)"),
        ".xlsx": translate("Sheet", "Spreadsheet (*.xlsx)"),
        ".csv": translate("Sheet", "CSV (*.csv)"),
        ".png": translate("Sheet", "Picture (*.png)"),
    }
