"""The search box's grammar: words, fields and ranges, joined by AND, OR, NOT and brackets.

    weave:twill gsm:180..220 -supplier:"Mill North" (season:SS27 OR season:SS28) herringbone

Two things side by side mean AND; a minus or NOT in front refuses. What is still being typed is
read as far as it goes: an open bracket is closed, an operator without its other side is left out.
"""

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.trade_fields import FIELD, FIELDS, TradeField, find_field
from fabricfinder.domain.units import DisplayUnits, Unit, find_unit, read_measure

MAX_TEXT, MAX_TERMS, MAX_DEPTH = 1000, 64, 16


class ExpressionError(FabricFinderError):
    """A search that cannot be understood; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be found in the words of a swatch; ``quoted`` as it stands."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """A field that holds a text: every word of it by its beginning, or exactly when quoted.

    ``key`` is a trade field's name or one of SPECIAL.
    """

    key: str
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """A measured field between two stored values, both included; infinite where open."""

    key: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be so."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """Everything must be so; nothing at all is always so."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of some must be so."""

    parts: tuple["Expression", ...]


Expression = Word | Is | Within | Not | All | AnyOf

# What can be asked of a swatch beside its trade fields -> its other names.
SPECIAL = {
    "weave": ("fine", "knit", "structure"),
    "pattern": ("coarse", "motif"),
    "colour": ("color", "colours", "colors"),
    "tightness": ("cover",),
    "view": ("side",),
    "name": ("title",),
    "path": ("file", "folder"),
    "labelled": ("labeled", "label"),
    "scale": (),
}
_CANONICAL = {word: key for key, words in SPECIAL.items() for word in (key, *words)}
MEASURED = frozenset({"tightness", *(f.name for f in FIELDS if f.measured)})
_TOKEN = re.compile(r'-?[^\s():"]+:"[^"]*"?|-?"[^"]*"?|[()]|[^\s()"]+')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』", '"'))
_KEYED = re.compile(r"([^\W\d_][^\s:\"]*):(.*)", re.DOTALL)
_RANGE = re.compile(r"(?P<low>[^.]*(?:\.\d[^.]*)?)\.\.(?P<high>.*)")
_BOUND = re.compile(r"(>=|<=|=|>|<|≥|≤)(.+)")
_NUMBER = re.compile(r"\d+(?:[.,](\d+))?")


def parse(text: str, units: DisplayUnits | None = None) -> Expression:
    """Read a search; an empty one is ``All(())``, which everything meets.

    Args:
        text: as typed.
        units: in which bare numbers are meant, as the person sees them; None refuses a number
            whose unit neither its field's name (gsm, epi) nor it itself tells.

    Raises:
        ExpressionError: a field nobody knows, or a measure that cannot be read.
    """
    typed = _TOKEN.findall(text[:MAX_TEXT].translate(_QUOTES).replace("\0", " "))[:MAX_TERMS]
    return _Reading(typed, units).alternatives(0)


def is_plain(text: str) -> bool:
    """Whether a search holds words only, without fields and minus signs."""
    tokens = _TOKEN.findall(text[:MAX_TEXT].translate(_QUOTES))
    return not any(t.startswith("-") or _KEYED.match(t) for t in tokens if t != "-")


def words_wanted(expression: Expression) -> tuple[Word, ...]:
    """The words every match holds, to rank matches by."""
    if isinstance(expression, Word):
        return (expression,)
    if isinstance(expression, All):
        return tuple(word for part in expression.parts for word in words_wanted(part))
    return ()


def quoted(key: str, value: str) -> str:
    """A condition on a field as it would be typed, for exactly this value."""
    return f'{key}:"{value.replace(chr(34), " ")}"'


class _Reading:
    """Reads typed words by recursive descent; never fails for want of a bracket."""

    def __init__(self, typed: Sequence[str], units: DisplayUnits | None) -> None:
        self._typed, self._at, self._units = typed, 0, units

    @property
    def _next(self) -> str | None:
        return self._typed[self._at] if self._at < len(self._typed) else None

    def alternatives(self, depth: int) -> Expression:
        """a OR b OR c, to the end or to the bracket that closes."""
        parts = [self._together(depth)]
        while self._next == "OR":
            self._at += 1
            parts.append(self._together(depth))
        parts = [part for part in parts if part != All(())]
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts)) if parts else All(())

    def _together(self, depth: int) -> Expression:
        """a b AND c NOT d -e"""
        parts: list[Expression] = []
        ends = (None, "OR", ")") if depth else (None, "OR")
        while self._next not in ends:
            refuse = False
            while self._next in ("AND", "NOT", "-", ")"):  # a bracket nobody opened is nothing
                refuse ^= self._next in ("NOT", "-")
                self._at += 1
            if self._next in ends:
                break
            part = self._one(depth)
            if part != All(()):
                parts.append(Not(part) if refuse else part)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Expression:
        """A word, a phrase, a field, or something in brackets."""
        word = self._next or ""
        self._at += 1
        if word == "(":
            inside = self.alternatives(depth + 1) if depth < MAX_DEPTH else All(())
            if self._next == ")":
                self._at += 1
            return inside
        if len(word) > 1 and word.startswith("-"):
            part = self._term(word[1:])
            return part if part == All(()) else Not(part)
        return self._term(word)

    def _term(self, word: str) -> Expression:
        if word.startswith('"'):
            inside = word.strip('"').strip()
            return Word(inside, quoted=True) if inside else All(())
        keyed = _KEYED.fullmatch(word)
        if keyed is None:
            return Word(word)
        key, value = keyed[1], keyed[2]
        exact = value.startswith('"')
        value = value.strip('"').strip()
        return self._condition(key, value, exact) if value else All(())

    def _condition(self, key: str, value: str, exact: bool) -> Expression:
        """What “key:value” asks."""
        name = _CANONICAL.get(key.casefold().replace("_", " "))
        if name == "tightness":
            return Within(name, *_span(value, lambda text: _percent(value, text)))
        if name is not None:
            return Is(name, value, exact)
        found = find_field(key)
        if found is None:
            raise ExpressionError(_unknown(key))
        field, unit = found
        if not field.measured:
            return Is(field.name, value, exact)
        return self._measured(field, unit, key, value)

    def _measured(self, field: TradeField, unit: Unit | None, key: str, value: str) -> Expression:
        assumed = unit or (self._units.unit(field.kind) if self._units else None)
        # “180..220gsm”: a unit behind the upper end is meant for both.
        last = value.rpartition("..")[2].lstrip("<>=≥≤ ")
        number = _NUMBER.match(last)
        told = last[number.end() if number else 0 :]
        tail = told if ".." in value else ""
        value = value[: len(value) - len(tail)]

        def stored(text: str) -> float:
            bare = tail and _NUMBER.fullmatch(text.strip())
            try:
                return read_measure(text + tail if bare else text, field.kind, assumed)
            except FabricFinderError as error:
                raise ExpressionError(f"{key}: {error}") from error

        low, high = _span(value, stored)
        if math.isfinite(low) != math.isfinite(high):
            # Of Ne and Nm a higher number is a finer yarn: from 20 up is from 29.5 tex down.
            unit = find_unit(field.kind, told) if told else assumed
            if unit is not None and unit.inverse:
                low, high = (high, math.inf) if math.isfinite(high) else (-math.inf, low)
            return Within(field.name, low, high)
        return Within(field.name, min(low, high), max(low, high))


def _span(value: str, read: object) -> tuple[float, float]:
    """The lowest and highest value meant by “180..220”, “180..”, “>=180” or “180”."""
    if found := _RANGE.fullmatch(value):
        low, high = found["low"].strip(), found["high"].strip()
        return _end(low, -math.inf, read), _end(high, math.inf, read)
    if found := _BOUND.fullmatch(value):
        bound = read(found[2])  # type: ignore[operator]
        if found[1] in (">=", ">", "≥"):
            return bound, math.inf
        if found[1] in ("<=", "<", "≤"):
            return -math.inf, bound
        value = found[2]
    number = _NUMBER.search(value)
    if number is None:
        read(value)  # type: ignore[operator]  # raises its own sentence
    assert number is not None
    # A single number is meant as exactly as it is written: 180 is 179.5 to 180.5.
    half = 0.5 * 10.0 ** -len(number[1] or "")
    middle = float(number[0].replace(",", "."))
    ends = [
        read(value.replace(number[0], f"{max(0.0, end):.10g}", 1))  # type: ignore[operator]
        for end in (middle - half, middle + half)
    ]
    return min(ends), max(ends)


def _end(text: str, open_end: float, read: object) -> float:
    return read(text) if text else open_end  # type: ignore[operator]


def _percent(value: str, text: str) -> float:
    try:
        return float(text.strip().rstrip("%").replace(",", "."))
    except ValueError:
        raise ExpressionError(
            f"“{value}” is no tightness; write tightness:60..75, in percent."
        ) from None


def _unknown(key: str) -> str:
    """The sentence for a field nobody knows, with near ones."""
    known = [*_CANONICAL, *FIELD, "gsm", "epi", "ppi", "mill"]
    close = difflib.get_close_matches(key.casefold(), known, n=2, cutoff=0.6)
    hint = (
        " You can ask for pattern:plaid, weave:twill, colour:blue, supplier:vitale, season:SS27 or"
        " gsm:180..220, among others."
    )
    if close:
        hint = f" Did you mean {', '.join(f'{c}:' for c in close)}?"
    return f"There is no field “{key}”.{hint}"
