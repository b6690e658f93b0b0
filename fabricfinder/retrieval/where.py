"""Which swatches a search expression means, and the expression that some filters mean."""

from collections.abc import Callable, Collection, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.expression import (
    All,
    AnyOf,
    Expression,
    ExpressionError,
    Is,
    Not,
    Within,
    Word,
    quoted,
)
from fabricfinder.domain.folding import fold
from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.trade_fields import FIELD
from fabricfinder.domain.units import UNITS, show_number
from fabricfinder.retrieval.columns import SwatchColumns, columns_of

FindWords = Callable[[str], Collection[str]]
_YES = frozenset({"yes", "y", "true", "1", "known", "ja", "oui"})
_NO = frozenset({"no", "n", "false", "0", "unknown", "nein", "non"})

_kept: WeakKeyDictionary[Catalog, SwatchColumns] = WeakKeyDictionary()


def all_columns_of(catalog: Catalog) -> SwatchColumns:
    """The columns of every swatch of a catalog, coded or not; the same while it lives."""
    columns = _kept.get(catalog)
    if columns is None:
        columns = _kept[catalog] = SwatchColumns(catalog.swatches)
    return columns


def matching(
    expression: Expression, catalog: Catalog, taxonomy: Taxonomy, find_words: FindWords
) -> np.ndarray:
    """Which swatches of a catalog meet an expression.

    Args:
        expression: see ``domain.expression``.
        catalog: the snapshot.
        taxonomy: the vocabularies of its labels and beliefs.
        find_words: ids of the swatches whose words hold a typed word or quoted phrase.

    Returns:
        bool (len(catalog),), a new array.

    Raises:
        ExpressionError: a weave, pattern or colour nobody knows.
    """
    return _Matching(catalog, taxonomy, find_words).of(expression)


class _Matching:
    """One look at one catalog."""

    def __init__(self, catalog: Catalog, taxonomy: Taxonomy, find_words: FindWords) -> None:
        self._catalog, self._taxonomy, self._find_words = catalog, taxonomy, find_words
        self._columns = all_columns_of(catalog)

    def of(self, expression: Expression) -> np.ndarray:
        n = len(self._catalog)
        match expression:
            case All(parts):
                return np.logical_and.reduce([np.ones(n, bool), *map(self.of, parts)])
            case AnyOf(parts):
                return np.logical_or.reduce([np.zeros(n, bool), *map(self.of, parts)])
            case Not(part):
                return ~self.of(part)
            case Word(text, is_quoted):
                return self._at(self._find_words(f'"{text}"' if is_quoted else text))
            case Within(key, low, high):
                values = self._tightness() if key == "tightness" else self._columns.numbers(key)
                return (values >= low) & (values <= high)  # unknown is in no range
            case Is():
                return self._holds(expression)

    def _at(self, ids: Collection[str]) -> np.ndarray:
        mask = np.zeros(len(self._catalog), bool)
        row_of = self._catalog.row_of
        mask[[row_of[i] for i in ids if i in row_of]] = True
        return mask

    def _holds(self, asked: Is) -> np.ndarray:
        """A field or label by its text."""
        names = self._taxonomy
        match asked.key:
            case "weave":
                known = [f"{f} {names.names[f]} {names.families[f]}" for f in names.fine]
                return self._is_in(self._label("fine"), self._meant(asked, names.fine, known))
            case "pattern":
                known = [f"{c} {names.names[c]}" for c in names.coarse]
                return self._is_in(self._label("coarse"), self._meant(asked, names.coarse, known))
            case "colour":
                wanted = self._meant(asked, COLOR_NAMES, COLOR_NAMES)
                visible = columns_of(self._catalog.table).visible_colors
                return self._spread(visible[:, wanted].any(axis=1), False)
            case "labelled":
                said = self._spread(self._catalog.table.certain.any(axis=1), False)
                return said == self._yes(asked)
            case "scale":
                return self._columns.scale_known == self._yes(asked)
            case "view" | "name" | "path":
                return self._columns.attribute_holds(asked.key, asked.text, asked.quoted)
        values, codes = self._columns.field_values(asked.key)
        wanted = np.array([holds(value, asked.text, exactly=asked.quoted) for value in values], bool)
        return self._is_in(codes, wanted)

    def _yes(self, asked: Is) -> bool:
        word = asked.text.casefold()
        if word not in _YES | _NO:
            raise ExpressionError(f"Write {asked.key}:yes or {asked.key}:no.")
        return word in _YES

    def _meant(self, asked: Is, ids: Sequence[str], said: Sequence[str]) -> np.ndarray:
        """Which words of a vocabulary are meant, bool over it."""
        if asked.text in ids:
            return np.array([name == asked.text for name in ids])
        wanted = np.array([holds(words, asked.text) for words in said])
        if not wanted.any():
            raise ExpressionError(f"No {asked.key} is called “{asked.text}”.")
        return wanted

    def _label(self, dimension: str) -> np.ndarray:
        """Vocabulary column of every swatch's label, a person's before the model's; -1 unknown."""
        columns = columns_of(self._catalog.table)
        seen = columns.fine_label if dimension == "fine" else columns.coarse_label
        labels = self._spread(seen, -1)
        index = getattr(self._taxonomy, f"{dimension}_index")
        if len(self._catalog.table) < len(self._catalog):
            for row, swatch in enumerate(self._catalog.swatches):
                if labels[row] < 0:  # not coded yet; coded ones have the person's word already
                    labels[row] = index.get(getattr(swatch.labels, dimension), -1)
        return labels

    def _tightness(self) -> np.ndarray:
        return self._spread(self._catalog.table.tightness[:, 0], np.nan)

    def _spread(self, values: np.ndarray, missing: object) -> np.ndarray:
        """A column of the table over all swatches of the catalog."""
        spread = np.full(len(self._catalog), missing, values.dtype)
        spread[self._catalog.coded_rows] = values
        return spread

    @staticmethod
    def _is_in(codes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        return np.append(wanted, False)[codes]


def holds(text: str, asked: str, *, exactly: bool = False) -> bool:
    """Whether a text has every asked word by its beginning, or is exactly what is asked."""
    have, want = fold(text), fold(asked)
    if exactly:
        return have == want
    words = have.split()
    return bool(want) and all(any(w.startswith(part) for w in words) for part in want.split())


def one_an_article(catalog: Catalog, rows: np.ndarray) -> tuple[np.ndarray, dict[int, int]]:
    """Rows with one picture for each article, a face where there is one, in the same order.

    Args:
        catalog: the snapshot.
        rows: int (n,), positions in its swatches.

    Returns:
        int (m,) of ``rows``; and for each of them that stands for several, how many.
    """
    columns = all_columns_of(catalog)
    _, codes = columns.field_values("article")
    codes = codes[rows]
    filed = np.flatnonzero(codes >= 0)
    # Of an article's pictures the face comes first, then the one that comes first anyway.
    order = filed[np.lexsort((filed, ~columns.shows_face[rows[filed]], codes[filed]))]
    _, first, counts = np.unique(codes[order], return_index=True, return_counts=True)
    chosen = order[first]
    kept = np.sort(np.concatenate([chosen, np.flatnonzero(codes < 0)]))
    piles = {int(rows[at]): int(n) for at, n in zip(chosen, counts, strict=True) if n > 1}
    return rows[kept], piles


def expression_text(filters: Filters) -> str:
    """Filters as they would be typed, for a collection that remembers them."""
    parts = [filters.text.strip()] if filters.text.strip() else []
    if len(parts) == 1 and " OR " in parts[0]:
        parts = [f"({parts[0]})"]
    patterns = [*sorted(filters.coarse)]
    narrowed = {minor.split("/")[0] for minor in filters.coarse}
    patterns += sorted(filters.majors - narrowed)
    fields: dict[str, list[str]] = {}
    for name, value in sorted(filters.fields):
        fields.setdefault(name, []).append(value)
    for key, values in (
        ("pattern", patterns), ("weave", sorted(filters.fine)),
        ("colour", sorted(filters.colors)), *fields.items(),
    ):  # fmt: skip
        typed = [quoted(key, value) for value in values]
        if typed:
            parts.append(typed[0] if len(typed) == 1 else f"({' OR '.join(typed)})")
    if filters.tightness is not None:
        parts.append("tightness:{}..{}".format(*map(show_number, filters.tightness)))
    for key, value in (("labelled", filters.labelled), ("scale", filters.scale_known)):
        if value is not None:
            parts.append(f"{key}:{'yes' if value else 'no'}")
    return " ".join([*parts, *map(range_text, sorted(filters.ranges))])


def range_text(condition: tuple[str, float, float]) -> str:
    """A range of a measured field as it would be typed, in the unit it is stored in."""
    name, low, high = condition
    unit = UNITS[FIELD[name].kind][0].symbol.replace("per ", "/").replace(" ", "")
    ends = ["" if np.isinf(end) else show_number(end) + unit for end in (low, high)]
    return f"{name}:{ends[0]}..{ends[1]}"
