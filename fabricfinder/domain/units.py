"""The units of cloth: what a typed measure means, and how a stored one is shown.

Stored are threads per cm, tex, g/m², cm of width and mm of length. A number without a unit is
never guessed: the caller says what it assumes, and shows that beside the field, or it is refused.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.textile import (
    CM_PER_INCH,
    DENIER_PER_TEX,
    GRAMS_PER_M2_IN_OZ_PER_YD2,
    NE_TEX,
    NM_TEX,
)

MAX_PLY = 12


class MeasureError(FabricFinderError):
    """A measure that cannot be read or is impossible; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of one kind of measure.

    Attributes:
        key: its plain name in files ("per_inch").
        symbol: as it is shown ("per inch").
        factor: stored = value × factor, or factor ÷ value where ``inverse``.
        inverse: whether a larger number means less (Ne, Nm).
        spellings: other ways it is written, folded.
    """

    key: str
    symbol: str
    factor: float
    inverse: bool = False
    spellings: frozenset[str] = frozenset()

    def to_stored(self, value: float) -> float:
        """A value in this unit as it is stored; ValueError for 0 in an inverse unit."""
        if not self.inverse:
            return value * self.factor
        if value <= 0:
            raise ValueError(f"{self.symbol} must be above 0, not {value}")
        return self.factor / value

    def from_stored(self, stored: float) -> float:
        """The inverse of ``to_stored``."""
        if not self.inverse:
            return stored / self.factor
        if stored <= 0:
            raise ValueError(f"{stored} has no {self.symbol}")
        return self.factor / stored


def _unit(key: str, symbol: str, factor: float, said: str, *, inverse: bool = False) -> Unit:
    return Unit(key, symbol, factor, inverse, frozenset(said.split("|")))


# The first unit of each kind is the one it is stored in.
UNITS: Mapping[str, tuple[Unit, ...]] = MappingProxyType(
    {
        "threads": (
            _unit("per_cm", "per cm", 1.0,
                  "1/cm|/cm|per cm|cm|ends/cm|picks/cm|threads/cm|epc|ppc|th/cm|根/厘米|根/cm"),
            _unit("per_inch", "per inch", 1 / CM_PER_INCH,
                  "1/in|/in|/inch|per in|per inch|epi|ppi|ends/inch|picks/inch|ends/in|picks/in"
                  "|threads/inch|in|inch|tpi|根/英寸"),
            _unit("per_10cm", "per 10 cm", 0.1, "/10cm|/10 cm|per 10cm|per 10 cm|1/10cm|/dm|根/10厘米"),
        ),
        "yarn": (
            _unit("tex", "tex", 1.0, "tex"),
            _unit("dtex", "dtex", 0.1, "dtex|decitex"),
            _unit("den", "den", 1 / DENIER_PER_TEX, "den|denier|d|旦"),
            _unit("ne", "Ne", NE_TEX, "ne|nec|ne c|cc|english count", inverse=True),
            _unit("nm", "Nm", NM_TEX, "nm|metric count", inverse=True),
        ),
        "weight": (
            _unit("gsm", "g/m²", 1.0, "g/m2|gsm|g/sqm|g/qm|g m-2|gr/m2|gm2|克/平方米"),
            _unit("oz_yd2", "oz/yd²", GRAMS_PER_M2_IN_OZ_PER_YD2,
                  "oz/yd2|oz|osy|oz/sqyd|oz/sq yd|oz/y2"),
        ),
        "width": (
            _unit("cm", "cm", 1.0, "cm|厘米"),
            _unit("in", "in", CM_PER_INCH, 'in|inch|inches|"|″|zoll|英寸'),
            _unit("mm", "mm", 0.1, "mm|毫米"),
            _unit("m", "m", 100.0, "m|米"),
        ),
        "length": (
            _unit("mm", "mm", 1.0, "mm|毫米"),
            _unit("cm", "cm", 10.0, "cm|厘米"),
            _unit("in", "in", 10 * CM_PER_INCH, 'in|inch|inches|"|″|zoll|英寸'),
        ),
    }
)  # fmt: skip
_EXAMPLES = {
    "threads": "28 /cm or 71 /inch", "yarn": "20 tex or Ne 30", "weight": "180 g/m² or 5.3 oz/yd²",
    "width": "150 cm or 59 in", "length": "64 mm or 2.5 in",
}  # fmt: skip
YARN_UNITS = ("tex", "ne", "nm", "den", "dtex")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?")
_PLY = re.compile(r"(\d+(?:[.,]\d+)?)\s*/\s*(\d+)(?![\d.,])")


@dataclass(frozen=True, slots=True)
class DisplayUnits:
    """How a person wants measures shown.

    Attributes:
        system: "metric" (per cm, g/m², cm) or "imperial" (per inch, oz/yd², inches).
        yarn: one of YARN_UNITS, or "" for the system's own (tex; Ne).

    Raises:
        ValueError: another system or yarn count.
    """

    system: str = "metric"
    yarn: str = ""

    def __post_init__(self) -> None:
        if self.system not in ("metric", "imperial") or self.yarn not in ("", *YARN_UNITS):
            raise ValueError(f"no such way of showing measures: {self.system}, {self.yarn}")

    def unit(self, kind: str) -> Unit:
        """The unit a kind of measure is shown and typed in."""
        metric = self.system == "metric"
        keys = {
            "threads": "per_cm" if metric else "per_inch",
            "yarn": self.yarn or ("tex" if metric else "ne"),
            "weight": "gsm" if metric else "oz_yd2",
            "width": "cm" if metric else "in",
            "length": "mm" if metric else "in",
        }
        return unit_by_key(kind, keys[kind])


METRIC = DisplayUnits()
IMPERIAL = DisplayUnits("imperial")


def unit_by_key(kind: str, key: str) -> Unit:
    """The unit of a kind by its key; raises KeyError when there is none."""
    for unit in UNITS[kind]:
        if unit.key == key:
            return unit
    raise KeyError(f"{kind} is not measured in {key}")


def find_unit(kind: str, said: str) -> Unit | None:
    """The unit somebody wrote ("EPI", "g/m²", "Ne"), or None when it is none of this kind."""
    plain = _plain(said).strip(" .:()[]")
    for unit in UNITS[kind]:
        if plain in unit.spellings or plain == _plain(unit.symbol):
            return unit
    return None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_measure(
    text: str, kind: str, assumed: Unit | None = None, *, decimal_comma: bool = True
) -> float:
    """What a typed measure is in the stored unit of its kind.

    The unit may stand before or behind the number ("Ne 30", "30 Ne"); plied yarns in Ne and Nm
    are read as their resultant count ("Ne 40/2" and "2/40 Ne" are 29.5 tex).

    Args:
        text: as typed.
        kind: a key of UNITS.
        assumed: the unit of a bare number; None refuses one.
        decimal_comma: whether "2,5" is two and a half.

    Raises:
        MeasureError: it is no number, is negative, has no unit or one of another kind.
    """
    plain = _plain(text)
    before = re.match(r"[^\d.,+-]*", plain)[0]
    found = _NUMBER.match(plain, len(before))
    if found is None or "," in found[0] and not decimal_comma:
        raise MeasureError(f"“{text.strip()}” is not a number.")
    ply = _PLY.match(plain, len(before))
    rest = plain[(ply or found).end() :].strip()
    told = [word for word in (before.strip(), rest) if word]
    unit = _told_unit(text, kind, told, assumed)
    if ply is not None and not unit.inverse:
        ply = None
        rest = plain[found.end() :].strip()
        unit = _told_unit(text, kind, [w for w in (before.strip(), rest) if w], assumed)
    value = _resultant(ply, text) if ply else float(found[0].replace(",", "."))
    if not math.isfinite(value) or value < 0:
        raise MeasureError(f"“{text.strip()}” is no measure of cloth; it must be 0 or more.")
    if unit.inverse and value == 0:
        raise MeasureError(f"A yarn of {unit.symbol} 0 does not exist.")
    return unit.to_stored(value)


def _told_unit(text: str, kind: str, told: list[str], assumed: Unit | None) -> Unit:
    """The unit in a text, or the assumed one when it holds none."""
    if not told:
        if assumed is None:
            raise MeasureError(f"“{text.strip()}” has no unit; write {_EXAMPLES[kind]}.")
        return assumed
    unit = find_unit(kind, told[0]) if len(told) == 1 else None
    if unit is None:
        if kind == "weight" and told[-1] in ("g/m", "g/lm", "glm", "g/rm"):
            raise MeasureError("Grams per running metre depend on the width; give it in g/m².")
        raise MeasureError(f"“{text.strip()}” cannot be read; write {_EXAMPLES[kind]}.")
    return unit


def _resultant(ply: re.Match[str], text: str) -> float:
    """The count of a plied yarn: single count ÷ number of plies, whichever is written first."""
    one, other = float(ply[1].replace(",", ".")), float(ply[2])
    count, plies = max(one, other), min(one, other)
    if plies < 1 or plies > MAX_PLY or plies != int(plies):
        raise MeasureError(f"“{text.strip()}” cannot be read as a plied yarn, like Ne 40/2.")
    return count / plies


def show_number(value: float, digits: int = 4) -> str:
    """A number with at most ``digits`` significant digits and no needless zeros.

    >>> show_number(28.0), show_number(71.12), show_number(5.30888)
    ('28', '71.12', '5.309')
    """
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_measure(
    stored: float, unit: Unit, *, with_unit: bool = True, symbol: str | None = None
) -> str:
    """A stored measure in a unit: “71.12 per inch”, “Ne 29.53”; the dash where it has none.

    ``symbol`` is what the unit is called, where not by its own symbol.
    """
    if unit.inverse and stored <= 0:
        return "–"
    number = show_number(unit.from_stored(stored))
    if not with_unit:
        return number
    symbol = unit.symbol if symbol is None else symbol
    return f"{symbol} {number}" if unit.inverse else f"{number} {symbol}"
