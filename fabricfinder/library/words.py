"""Words: what of a swatch is indexed, and how a typed search for words is read.

Words are folded first (see ``domain.folding``); they are found by their beginning.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from fabricfinder.domain.folding import fold
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.library.database import Database

INDEX_VERSION = 1
MAX_QUERY = 1000
MAX_TERMS = 64
MAX_DEPTH = 16
# A sign no folded text can hold, indexed with every swatch: "NOT red" is "everything NOT red".
_EVERYTHING = "\ue000"
_TYPED = re.compile(r'"[^"]*"|[()]|[^\s()"]+')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』", '"'))


def words_of(swatch: Swatch, taxonomy: Taxonomy) -> tuple[str, str, str, str]:
    """The four indexed columns of a swatch: name, labels, fields and place, folded."""
    said = [word for word in (swatch.labels.coarse, swatch.labels.fine) if word]
    names = [taxonomy.names.get(word, "") for word in said]
    fields = [f"{v:g}" if isinstance(v, float) else v for v in swatch.fields.values()]
    path = PurePath(swatch.path.replace("\\", "/"))
    place = [path.stem, *path.parts[-3:-1]]
    return (
        fold(swatch.name),
        f"{fold(' '.join(said + names))} {_EVERYTHING}",
        fold(" ".join(fields)),
        fold(" ".join(place)),
    )


def index_words(
    database: Database, swatches: Iterable[tuple[int, Swatch]], taxonomy: Taxonomy, *, new: bool
) -> None:
    """Write the words of (row, swatch) pairs; call it inside the transaction that changed them."""
    rows = [(row, *words_of(swatch, taxonomy)) for row, swatch in swatches]
    if not new:
        database.write_many("DELETE FROM words WHERE rowid = ?", [row[:1] for row in rows])
    database.write_many(
        "INSERT INTO words(rowid, name, labels, fields, place) VALUES (?, ?, ?, ?, ?)", rows
    )


def match_expression(text: str) -> str | None:
    """The FTS5 expression for what a person typed, or None when it holds no word.

    Words are joined by AND, OR, NOT (in capitals) and brackets; two words side by side mean AND;
    quotes hold words together. What cannot be read that way is taken as plain words.
    """
    typed = _TYPED.findall(text[:MAX_QUERY].translate(_QUOTES).replace("\0", " "))[:MAX_TERMS]
    try:
        if text.translate(_QUOTES).count('"') % 2:
            raise _NotAQueryError
        reading = _Reading(typed)
        expression = reading.alternatives(0)
        if reading.next is not None:
            raise _NotAQueryError
    except _NotAQueryError:
        plain = [word for word in typed if word not in ("AND", "OR", "NOT")]
        expression = " AND ".join(filter(None, map(_term, plain)))
    return expression or None


def _term(typed: str) -> str:
    """One typed word or quoted phrase as FTS5; "" when folding leaves nothing of it.

    A word matches by its beginning, a quoted phrase as it stands (unless a * follows inside).
    """
    quoted = len(typed) > 1 and typed.startswith('"')
    folded = fold(typed)
    if not folded:
        return ""
    return f'"{folded}"' if quoted and not typed.endswith('*"') else f'"{folded}" *'


class _NotAQueryError(Exception):
    """What was typed does not follow the grammar."""


class _Reading:
    """Reads typed words by recursive descent; ``next`` is the word at hand, None at the end."""

    def __init__(self, typed: list[str]) -> None:
        self._words: Iterator[str] = iter(typed)
        self.next: str | None = None
        self._step()

    def _step(self) -> None:
        self.next = next(self._words, None)

    def alternatives(self, depth: int) -> str:
        """a OR b OR c"""
        parts = [self._together(depth)]
        while self.next == "OR":
            self._step()
            parts.append(self._together(depth))
        parts = [part for part in parts if part]
        return parts[0] if len(parts) == 1 else " OR ".join(f"({part})" for part in parts)

    def _together(self, depth: int) -> str:
        """a b AND c NOT d"""
        wanted, unwanted = [], []
        first = True
        while self.next not in (None, ")", "OR"):
            if self.next == "AND":
                if first:
                    raise _NotAQueryError
                self._step()
            refuse = self.next == "NOT"
            if refuse:
                self._step()
            (unwanted if refuse else wanted).append(self._one(depth))
            first = False
        if first:
            raise _NotAQueryError
        wanted, unwanted = [w for w in wanted if w], [u for u in unwanted if u]
        if not wanted and not unwanted:
            return ""
        left = " AND ".join(wanted) or f'"{_EVERYTHING}"'
        return f"({left}) NOT ({' OR '.join(unwanted)})" if unwanted else left

    def _one(self, depth: int) -> str:
        """A word, a phrase, or something in brackets."""
        word = self.next
        if word is None or word in ("AND", "OR", "NOT", ")") or depth > MAX_DEPTH:
            raise _NotAQueryError
        self._step()
        if word != "(":
            return _term(word)
        inside = self.alternatives(depth + 1)
        if self.next != ")":
            raise _NotAQueryError
        self._step()
        return f"({inside})" if inside else ""
