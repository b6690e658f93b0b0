"""Numbers, days, times and lists as her language writes them."""

import math
import re
from collections.abc import Iterable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from fabricfinder.domain.units import UNITS

translate = QCoreApplication.translate

MINUS = "−"
NO_BREAK = "\N{NO-BREAK SPACE}"
# Beside those of the trade fields; an inch is not told from the word “in”.
_SYMBOLS = {unit.symbol for units in UNITS.values() for unit in units} - {"in"} | {
    "%", "mm", "cm", "m", "px", "dpi", "px/cm", "/cm", "s", "min", "h", "MB", "°", "厘米", "毫米",
}  # fmt: skip
_BEFORE_UNIT = re.compile(
    rf"(?<=\d) (?=(?:{'|'.join(sorted(map(re.escape, _SYMBOLS), key=len, reverse=True))})(?![\w/]))"
)


def formats_for(language: str, desktop: str) -> QLocale:
    """How numbers and days are written in a language: as on her desktop where that speaks it too.

    Args:
        language: as ``languages`` names it, ``zh_CN``.
        desktop: the desktop's locale, ``en_GB``; its region decides the order of a date.
    """
    here, there = QLocale(desktop), QLocale(language)
    if (here.language(), here.script()) == (there.language(), there.script()):
        return here
    # English for the rest of the world: no month before its day, and 24 hours.
    return QLocale(there.language(), there.script(), QLocale.Country.Europe)


def count_text(n: int) -> str:
    """A count with thousands parted: “41,207”."""
    return _written().toString(int(n))


def decimal_text(value: float, places: int, *, signed: bool = False) -> str:
    """A number with so many places behind its point: “0.4”; with ``signed``, “+0.4” or “−0.4”."""
    said = _written().toString(abs(float(value)) if signed else float(value), "f", places)
    if not signed:
        return said
    return f"{MINUS if math.copysign(1, value) < 0 else '+'}{said}"


def pointed(number: str) -> str:
    """A number that was written with a point, “5.309 oz/yd²”, with her language's mark."""
    return number.replace(".", QLocale().decimalPoint())


def clock_text(at: datetime) -> str:
    """The time of the day: “14:02”."""
    return QLocale().toString(at.time(), QLocale.FormatType.ShortFormat)


def day_text(at: datetime) -> str:
    """A day and its time: “21/11/2026 14:02”."""
    return f"{QLocale().toString(at.date(), QLocale.FormatType.ShortFormat)} {clock_text(at)}"


def held_together(text: str) -> str:
    """A text in which no number parts from its unit at the end of a line; for the screen only."""
    return _BEFORE_UNIT.sub(NO_BREAK, text)


def listed(words: Iterable[str]) -> str:
    """Words in a line, “blue 62 %, white 38 %”; empty ones are left out."""
    return translate("Wording", ", ").join(filter(None, words))


def named(name: str, text: str) -> str:
    """What something is called and what is said of it: “supplier: Vitale”."""
    return translate("Wording", "{name}: {text}").format(name=name, text=text)


def in_a_row(*sentences: str) -> str:
    """Sentences one after the other, as the language parts them; empty ones are left out."""
    joint = translate("Wording", "{first} {second}").format(first="", second="")
    return joint.join(filter(None, sentences))


def _written() -> QLocale:
    """Her locale; the one of no country, too, parts thousands."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
    return locale
