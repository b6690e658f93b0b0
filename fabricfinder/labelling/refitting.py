"""The open library's own heads: fitted from its labels, laid over its beliefs, given back.

A head lies over what the encoder believes wherever no person has spoken; what a person said is
never touched, and what the encoder said stays in the library as it was. A head that names labels
held back no better than the encoder alone is not used.
"""

import json
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable, Encoding
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import DIMENSIONS, TRUST, Opinion, in_force
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.heads import Head, Lessons, head_from, inputs, scales
from fabricfinder.labelling.judging import FEWEST, PHASE, Judged, fitted, forecast
from fabricfinder.library import Library

Steps = Generator[Progress, None, Any]
_SCALED_ON = 4096  # swatches the inputs are centred and scaled on
_HEAD, _JUDGED = "head-{}", "head-judged-{}"


@dataclass(frozen=True, slots=True)
class Refit:
    """What came of a fit.

    Attributes:
        dimension: of what.
        judged: on labels held back; None when there were too few labels to fit anything.
        labels: how many there are.
    """

    dimension: str
    judged: Judged | None
    labels: int

    @property
    def kept(self) -> bool:
        """Whether the head is used from now on."""
        return self.judged is not None and self.judged.kept


class Refitting:
    """Heads of the open library; made by Labelling."""

    def __init__(
        self, library: Callable[[], Library], publish: Callable[[], None],
        catalog: Callable[[], Catalog],
    ) -> None:  # fmt: skip
        """``library`` and ``catalog`` give the open ones or raise; ``publish`` renews the latter."""
        self._library, self._publish, self._catalog = library, publish, catalog
        self._heads: dict[str, Head] = {}
        self._read_of: Library | None = None
        self._plain: DescriptorTable | None = None  # of the last table, as the encoder sees it
        self._last: tuple[DescriptorTable, DescriptorTable] | None = None
        # What the encoder said of labelled swatches: their rows in a library's table say the label.
        self._seen: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._seen_of = ""

    # -- laid over the beliefs -----------------------------------------------------------------

    def over_table(self, table: DescriptorTable) -> DescriptorTable:
        """A library's table with the heads' beliefs where no person has spoken."""
        heads = self._fitting(table.encoder)
        if not heads or not len(table):
            self._plain = self._last = None
            return table
        if self._last is not None and self._last[0] is table:
            return self._last[1]
        self._plain = plain = self._as_seen(table)
        new = {}
        for dimension, head in heads.items():
            own = table.certain[:, DIMENSIONS.index(dimension)]
            value = head.corrected(plain)
            value[own] = getattr(table, dimension)[own]
            value.flags.writeable = False
            new[dimension] = value
        found = replace(table, **new)
        self._last = table, found
        return found

    def over_encoding(self, encoding: Encoding, encoder: str) -> Encoding:
        """What is believed of a query with the heads."""
        heads = self._fitting(encoder)
        if not heads:
            return encoding
        row = DescriptorTable(
            encoder, ("",), np.frombuffer(encoding.code.packed, np.uint8)[None],
            np.asarray(encoding.coarse, np.float32)[None],
            np.asarray(encoding.fine, np.float32)[None],
            np.array([encoding.tightness], np.float32), np.zeros((1, 10, 5), np.float32),
            np.zeros(1, np.float32), np.zeros((1, 3), bool),
        )  # fmt: skip
        new: dict[str, Any] = {name: head.corrected(row)[0] for name, head in heads.items()}
        if "tightness" in new:
            new["tightness"] = tuple(float(v) for v in new["tightness"])
        return replace(encoding, **new)

    def believed(self, table: DescriptorTable, dimension: str, rows: np.ndarray) -> np.ndarray:
        """What would be believed of labelled rows had nobody spoken; the rows' own column."""
        plain = self._as_seen(table.take(rows))
        head = self._fitting(table.encoder).get(dimension)
        return getattr(plain, dimension) if head is None else head.corrected(plain)

    def own_terms(
        self, table: DescriptorTable, dimension: str, rows: Sequence[int]
    ) -> list[list[tuple[str, str, float]]]:
        """Of each row, the library's own terms: (term, the shipped one it counts as, chance)."""
        head = self._fitting(table.encoder).get(dimension)
        taxonomy = default_taxonomy()
        index = taxonomy.coarse_index if dimension == "coarse" else taxonomy.fine_index
        own = [] if head is None else [k for k, c in enumerate(head.classes) if c not in index]
        if not own or self._plain is None or len(self._plain) != len(table):
            return [[] for _ in rows]
        ids = taxonomy.coarse if dimension == "coarse" else taxonomy.fine
        part = self._plain.take(np.asarray(rows, int))
        chances = head.chances(inputs(part), getattr(part, dimension))[0]
        return [
            [(head.classes[k], ids[head.columns[k]], float(row[k])) for k in own if row[k] > 0]
            for row in chances
        ]  # fmt: skip

    def _as_seen(self, table: DescriptorTable) -> DescriptorTable:
        """A table as the encoder itself sees the swatches, nobody's label merged in."""
        rows = np.flatnonzero(table.certain.any(axis=1))
        if not len(rows):
            return table
        if self._seen_of != table.encoder:
            self._seen, self._seen_of = {}, table.encoder
        missing = [table.ids[r] for r in rows if table.ids[r] not in self._seen]
        if missing:
            seen = self._library().seen_table(table.encoder, missing)
            for at, swatch_id in enumerate(seen.ids):
                self._seen[swatch_id] = seen.coarse[at], seen.fine[at], seen.tightness[at]
        columns = {name: getattr(table, name).copy() for name in DIMENSIONS}
        for r in rows:
            told = self._seen.get(table.ids[r])
            if told is not None:
                for name, value in zip(DIMENSIONS, told, strict=True):
                    columns[name][r] = value
        return replace(table, **columns)

    def _fitting(self, encoder: str) -> dict[str, Head]:
        """The heads of the open library that correct this encoder."""
        library = self._library()
        if self._read_of is not library:
            self._read_of, self._heads = library, {}
            self._seen, self._last, self._plain = {}, None, None
            for dimension in DIMENSIONS:
                if text := library.meta_get(_HEAD.format(dimension)):
                    try:
                        self._heads[dimension] = head_from(json.loads(text))
                    except (FabricFinderError, ValueError):
                        continue  # a newer program's; the encoder's own word counts
        return {name: h for name, h in self._heads.items() if h.encoder == encoder}

    # -- fitting -------------------------------------------------------------------------------

    def refit(self, dimension: str, *, curve: bool = False) -> Steps:
        """Fit a dimension's head anew from all labels; returns a Refit.

        Args:
            dimension: of what.
            curve: also draw the learning curve and say what more labels would bring.
        """
        yield Progress(PHASE, unit="")
        library, table = self._library(), self._catalog().table
        lessons, classes, centre, spread = yield from self._lessons(dimension, table)
        if len(set(lessons.groups.tolist())) < FEWEST or (classes and len(classes) < 2):
            self._keep(dimension, None, None)
            return Refit(dimension, None, len(lessons))
        weight, judged = yield from fitted(lessons, dimension)
        if curve:
            judged = yield from forecast(lessons, dimension, judged)
        if library.read_only:
            return Refit(dimension, judged, len(lessons))
        deviation = 0.0
        if dimension == "tightness":
            weight, deviation = weight[:-1, None], float(weight[-1])
        head = Head(
            dimension, table.encoder, classes, lessons.columns, centre, spread,
            weight[:-1].astype(np.float32), weight[-1].astype(np.float32), len(lessons),
            int(time.time()), deviation,
        )  # fmt: skip
        self._keep(dimension, head if judged.kept else None, judged)
        self._publish()
        return Refit(dimension, judged, len(lessons))

    def give_back(self, dimension: str) -> Steps:
        """Let the encoder's own word count again in a dimension; returns a Refit of None."""
        yield Progress("Going back", unit="")
        self._keep(dimension, None, None)
        self._publish()
        return Refit(dimension, None, 0)

    def used(self, dimension: str) -> bool:
        """Whether a head lies over what the encoder believes in a dimension."""
        return dimension in self._fitting(self._catalog().table.encoder)

    def standing(self) -> Steps:
        """How each dimension's head stands: dimension -> (Judged or None, labels fitted on or 0)."""
        yield Progress("Looking up")
        library = self._library()
        heads = self._fitting(self._catalog().table.encoder)
        found: dict[str, tuple[Judged | None, int]] = {}
        for dimension in DIMENSIONS:
            text = library.meta_get(_JUDGED.format(dimension))
            judged = judged_from(text) if text else None
            found[dimension] = judged, heads[dimension].labels if dimension in heads else 0
        return found

    def _keep(self, dimension: str, head: Head | None, judged: Judged | None) -> None:
        library = self._library()
        self._fitting("")  # what the library keeps is read before it is written over
        self._last = None
        if head is None:
            self._heads.pop(dimension, None)
        else:
            self._heads[dimension] = head
        if library.read_only:
            return
        texts = (
            (_HEAD, "" if head is None else json.dumps(head.to_json())),
            (_JUDGED, "" if judged is None else json.dumps(asdict(judged))),
        )
        for key, text in texts:
            if (library.meta_get(key.format(dimension)) or "") != text:
                library.meta_set(key.format(dimension), text)

    def _lessons(self, dimension: str, table: DescriptorTable) -> Steps:
        """What people have said of coded swatches; returns Lessons, classes, centre and spread."""
        library, catalog = self._library(), self._catalog()
        said = labels_in_force(library.opinions(), dimension)
        yield Progress(PHASE, unit="")
        rows = [r for i in said if (r := catalog.table_row_of.get(i)) is not None]
        part = self._as_seen(library.table(table.encoder).take(np.array(sorted(rows), int)))
        x = inputs(part)
        judged = np.isfinite(x).all(axis=1) & np.isfinite(getattr(part, dimension)).all(axis=1)
        part, x = part.take(judged), x[judged]
        opinions = [said[i] for i in part.ids]
        groups = np.array([_group(catalog, i) for i in part.ids], object)
        yield Progress(PHASE, unit="")
        centre, spread = self._scales(library.table(table.encoder))
        scaled = (x - centre) / spread
        if dimension == "tightness":
            values = np.array([float(o.value) for o in opinions])
            trust = np.array([TRUST[o.source] for o in opinions])
            none = np.zeros(0, np.int64)
            return Lessons(scaled, part.tightness, values, none, groups, trust), (), centre, spread
        classes, columns, value = classes_of(opinions, dimension, library.vocabulary())
        lessons = Lessons(scaled, getattr(part, dimension), value, columns, groups)
        return lessons, classes, centre, spread

    def _scales(self, table: DescriptorTable) -> tuple[np.ndarray, np.ndarray]:
        """Centre and spread of the inputs over the library's swatches, by lot where it is large."""
        n = len(table)
        rows = np.arange(n)
        if n > _SCALED_ON:
            rows = np.random.default_rng(0).permutation(n)[:_SCALED_ON]
        x = inputs(self._as_seen(table.take(rows)))
        x = x[np.isfinite(x).all(axis=1)]
        return scales(x, table.coarse.shape[1] + table.fine.shape[1])


def labels_in_force(opinions: Sequence[Opinion], dimension: str) -> dict[str, Opinion]:
    """Swatch id -> the person's word that counts in a dimension."""
    by: dict[str, list[Opinion]] = {}
    for opinion in opinions:
        if opinion.dimension == dimension and not opinion.by_model:
            by.setdefault(opinion.swatch, []).append(opinion)
    return {i: word for i, said in by.items() if (word := in_force(said)) is not None}


def classes_of(
    opinions: Sequence[Opinion], dimension: str, words: Vocabulary
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """The terms that were said, the taxonomy's column of each, and each opinion's term, by number."""
    taxonomy = default_taxonomy()
    index = taxonomy.coarse_index if dimension == "coarse" else taxonomy.fine_index
    terms = [words.resolve(str(o.value)) for o in opinions]
    classes = tuple(sorted(set(terms)))
    columns = np.array([index[words.shipped(c)] for c in classes], np.int64)
    return classes, columns, np.array([classes.index(t) for t in terms], np.int64)


def judged_from(text: str) -> Judged | None:
    """Read what was kept of a judgement; None when it is none of this program's."""
    try:
        told = json.loads(text)
        return Judged(**told | {"curve": tuple((int(n), float(f)) for n, f in told["curve"])})
    except (ValueError, TypeError, KeyError):
        return None


def _group(catalog: Catalog, swatch_id: str) -> str:
    swatch = catalog.find(swatch_id)
    return str((swatch.fields.get("article") if swatch else None) or swatch_id)
