"""The words for patterns and weaves: shipped terms in two languages, and a designer's own.

A designer may add a term, call one otherwise, merge two and give one more names. A term of her own
*counts as* a shipped one where cloths are compared; what a person said of a swatch keeps the term
she chose, so no such change ever loses a label.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.folding import fold
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.taxonomy import default_taxonomy

COARSE, FINE = "coarse", "fine"
_PLAIN_COLUMNS = ("id", "dimension", "also", "counts_as", "merged_into")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of the vocabulary.

    Attributes:
        id: stable; what every file stores. A coarse one is ``major/minor``.
        dimension: "coarse" or "fine".
        names: language ("en", "zh") -> what it is called.
        also: other words for it, in any language.
        counts_as: id of the term it is compared as; "" = it is a shipped term itself.
        merged_into: id of the term that is used in its place; "" = none.
    """

    id: str
    dimension: str
    names: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    counts_as: str = ""
    merged_into: str = ""

    def name(self, language: str = "en") -> str:
        """What it is called in a language; in English, or by its id, where that has no word."""
        return self.names.get(language) or self.names.get("en") or self.id


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms by id; every change makes a new one.

    Attributes:
        terms: id -> Term, shipped and own.
    """

    terms: Mapping[str, Term]

    def resolve(self, term_id: str) -> str:
        """The id used in place of one, through every merge; raises FabricFinderError if unknown."""
        term = self._term(term_id)
        while term.merged_into:
            term = self._term(term.merged_into)
        return term.id

    def shipped(self, term_id: str) -> str:
        """The shipped id a term is compared as."""
        term = self._term(self.resolve(term_id))
        while term.counts_as:
            term = self._term(self.resolve(term.counts_as))
        return term.id

    def name(self, term_id: str, language: str = "en") -> str:
        """What the term in force is called."""
        return self._term(self.resolve(term_id)).name(language)

    def offered(self, dimension: str) -> tuple[Term, ...]:
        """The terms of a dimension that are in use, in order; majors and merged ones left out."""
        return tuple(
            t for t in self.terms.values() if t.dimension == dimension and not t.merged_into
        )

    def find(self, word: str, dimension: str) -> str | None:
        """The id in force that a word means: an id, a name in any language, or another word."""
        key = fold(word.strip())
        for term in self.terms.values():
            if term.dimension == dimension and key in (
                fold(w) for w in (term.id, *term.names.values(), *term.also)
            ):
                return self.resolve(term.id)
        return None

    def extended(self, term: Term) -> "Vocabulary":
        """With a new term.

        Raises:
            FabricFinderError: its id or name is taken, or what it counts as is no such term.
        """
        if not term.name().strip():
            raise FabricFinderError("A new term needs a name.")
        for word in (term.id, *term.names.values(), *term.also):
            if word in self.terms or self.find(word, term.dimension):
                raise FabricFinderError(f"There is a term “{word}” already.")
        if not term.counts_as:
            raise FabricFinderError(
                f"Say which known term “{term.name()}” counts as, so that it can be compared."
            )
        if self._term(term.counts_as).dimension != term.dimension:
            raise FabricFinderError(
                f"“{term.name()}” cannot count as “{self.name(term.counts_as)}”:"
                " one is a pattern, the other a weave."
            )
        return self._with(term)

    def renamed(self, term_id: str, name: str, language: str = "en") -> "Vocabulary":
        """With another name for a term; the old one stays a word for it.

        Raises:
            FabricFinderError: no such term, no name, or another term has it.
        """
        term, name = self._term(term_id), " ".join(name.split())
        if not name:
            raise FabricFinderError("A term needs a name.")
        other = self.find(name, term.dimension)
        if other is not None and other != self.resolve(term_id):
            raise FabricFinderError(f"“{name}” is what another term is called: merge them instead.")
        old = term.names.get(language)
        also = term.also if not old or old in term.also or old == name else (*term.also, old)
        return self._with(replace(term, names=dict(term.names) | {language: name}, also=also))

    def merged(self, term_id: str, into: str) -> "Vocabulary":
        """With one term used in place of another; labels keep theirs and follow.

        Raises:
            FabricFinderError: no such terms, of different kinds, or the merge would run in a circle.
        """
        term, target = self._term(term_id), self._term(into)
        if term.dimension != target.dimension:
            raise FabricFinderError("A pattern and a weave cannot be merged.")
        if self.resolve(into) == term_id or self._leads_to(target, term_id):
            raise FabricFinderError(
                f"“{target.name()}” already leads to “{term.name()}”:"
                " merging back would run in a circle."
            )
        return self._with(replace(term, merged_into=into))

    def aliased(self, term_id: str, word: str) -> "Vocabulary":
        """With another word for a term; raises FabricFinderError if it means another one."""
        term, word = self._term(term_id), " ".join(word.split())
        other = self.find(word, term.dimension)
        if not word or (other is not None and other != self.resolve(term_id)):
            raise FabricFinderError(f"“{word}” already means “{self.name(other or term_id)}”.")
        return self if other else self._with(replace(term, also=(*term.also, word)))

    def own(self) -> tuple[Term, ...]:
        """The terms that differ from what ships: what a library has to keep."""
        shipped = shipped_vocabulary().terms
        return tuple(t for t in self.terms.values() if shipped.get(t.id) != t)

    def with_terms(self, terms: Iterable[Term]) -> "Vocabulary":
        """With these in place of the terms of the same id, checked as a whole.

        Raises:
            FabricFinderError: a term leads to an unknown one or in a circle.
        """
        joined = Vocabulary(dict(self.terms) | {t.id: t for t in terms})
        for term in joined.terms.values():
            seen = {term.id}
            here = term
            while step := here.merged_into or here.counts_as:
                if step in seen:
                    raise FabricFinderError(f"“{term.name()}” leads in a circle back to itself.")
                seen.add(step)
                here = joined._term(step)
        return joined

    def _with(self, term: Term) -> "Vocabulary":
        return Vocabulary(dict(self.terms) | {term.id: term})

    def _term(self, term_id: str) -> Term:
        try:
            return self.terms[term_id]
        except KeyError:
            raise FabricFinderError(f"“{term_id}” is no term of this library.") from None

    def _leads_to(self, term: Term, wanted: str) -> bool:
        while step := term.merged_into or term.counts_as:
            if step == wanted:
                return True
            term = self._term(step)
        return term.id == wanted


def new_term(name: str, dimension: str, counts_as: str) -> Term:
    """A designer's own term; its id is made from its name, under the same major when coarse.

    Args:
        name: as she writes it, in any script.
        dimension: "coarse" or "fine".
        counts_as: id of the shipped term it is compared as.
    """
    slug = re.sub(r"[^\w]+", "-", fold(name)).strip("-") or "term"
    head = f"{counts_as.split('/')[0]}/" if dimension == COARSE else "own-"
    prefix = f"{head}own-" if dimension == COARSE else head
    return Term(f"{prefix}{slug}", dimension, {"en": " ".join(name.split())}, (), counts_as)


@cache
def shipped_vocabulary() -> Vocabulary:
    """The terms that ship, in English and Chinese."""
    taxonomy = default_taxonomy()
    kinds = {i: COARSE for i in taxonomy.coarse} | {i: FINE for i in taxonomy.fine}
    told = read_terms(resource_path("terms.csv"), kinds | {m: "" for m in taxonomy.majors})
    terms = {term.id: term for term in told if term.dimension}
    for term_id, dimension in kinds.items():
        terms.setdefault(term_id, Term(term_id, dimension, {"en": taxonomy.names[term_id]}))
    return Vocabulary({i: terms[i] for i in kinds})


@cache
def major_names() -> dict[str, Mapping[str, str]]:
    """Major -> its name by language."""
    rows = read_terms(resource_path("terms.csv"), None)
    return {t.id: t.names for t in rows if t.id in default_taxonomy().majors}


def read_terms(path: Path, kinds: Mapping[str, str] | None = None) -> tuple[Term, ...]:
    """Read terms from a CSV or JSON file.

    A CSV has the columns ``id``, a column a language (``en``, ``zh``), and if wanted ``dimension``,
    ``also`` (other words, apart by semicolons), ``counts_as`` and ``merged_into``; a JSON file is a
    list of objects of the same names.

    Args:
        path: the file, UTF-8.
        kinds: id -> dimension, for files that do not say; the shipped ids by default.

    Raises:
        FabricFinderError: it cannot be read or is no such file; the sentence says which line.
    """
    if kinds is None:
        taxonomy = default_taxonomy()
        kinds = {i: COARSE for i in taxonomy.coarse} | {i: FINE for i in taxonomy.fine}
        kinds |= {m: "" for m in taxonomy.majors}
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FabricFinderError(f"{path.name} cannot be read as a file of terms.") from error
    rows = _json_rows(text, path.name) if text.lstrip()[:1] in "[{" else _csv_rows(text, path.name)
    terms: dict[str, Term] = {}
    for where, row in rows:
        term = _term_of(row, kinds, f"{path.name}, {where}")
        if term.id in terms:
            raise FabricFinderError(f"{path.name}, {where}: “{term.id}” is there twice.")
        terms[term.id] = term
    return tuple(terms.values())


def _csv_rows(text: str, name: str) -> list[tuple[str, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        rows = [(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise FabricFinderError(
            f"{name}, line {reader.line_num}: it is no table ({error})."
        ) from error
    if "id" not in (reader.fieldnames or ()):
        raise FabricFinderError(f"{name} has no column “id”, so it is no file of terms.")
    return rows


def _json_rows(text: str, name: str) -> list[tuple[str, dict[str, str]]]:
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise FabricFinderError(f"{name} is damaged JSON ({error}).") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FabricFinderError(f"{name} is no list of terms.")
    return [(f"term {i + 1}", row) for i, row in enumerate(rows)]


def _term_of(row: Mapping[str, object], kinds: Mapping[str, str], where: str) -> Term:
    cells = {k: "" if v is None else v for k, v in row.items() if k is not None}
    if None in row or not all(isinstance(v, str) for v in cells.values()):
        raise FabricFinderError(f"{where}: there are more cells than columns, or one is no text.")
    term_id = str(cells.get("id", "")).strip()
    if not term_id:
        raise FabricFinderError(f"{where}: it has no id.")
    dimension = str(cells.get("dimension", "")) or kinds.get(term_id)
    if dimension not in (COARSE, FINE, ""):
        raise FabricFinderError(
            f"{where}: say under “dimension” whether “{term_id}” is coarse or fine."
        )
    also = tuple(w.strip() for w in str(cells.get("also", "")).split(";") if w.strip())
    names = {
        k: str(v).strip() for k, v in cells.items()
        if k not in _PLAIN_COLUMNS and _LANGUAGE.fullmatch(k) and str(v).strip()
    }  # fmt: skip
    return Term(
        term_id, dimension, names, also, str(cells.get("counts_as", "")).strip(),
        str(cells.get("merged_into", "")).strip(),
    )  # fmt: skip
