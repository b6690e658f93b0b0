"""One search's results in one order: plain values that the Qt model mirrors, no Qt items."""

from copy import copy
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np

from fabricfinder.domain.bands import BANDS, SAME_SWATCH, Band, band_of
from fabricfinder.domain.search import Preference, RankedSwatch, SearchResult
from fabricfinder.domain.similarity import DIMENSIONS, SimilarityBreakdown
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import listed

# ``SearchResult.extra`` may name the digest of the query's own file under this key.
QUERY_DIGEST = "digest"


class Column(IntEnum):
    """What the table shows, left to right; the grid looks at RANK."""

    RANK = 0
    PICTURE = 1
    NAME = 2
    BAND = 3
    OVERALL = 4
    COARSE = 5
    FINE = 6
    COLOR = 7
    TIGHTNESS = 8
    WEAVE = 9
    PATTERN = 10
    COVER = 11
    SCALE = 12
    PATH = 13


SCORE_COLUMNS = (Column.COARSE, Column.FINE, Column.COLOR, Column.TIGHTNESS)
NUMBER_COLUMNS = frozenset(
    {Column.RANK, Column.OVERALL, *SCORE_COLUMNS, Column.COVER, Column.SCALE}
)


class ResultFacts:
    """What is worked out of one search once, whatever its order: names and sentences.

    Attributes:
        result: the search.
        row_of: candidate row of each swatch id.
        same_file: candidate row that is the query's own file, or -1.
    """

    def __init__(self, result: SearchResult, taxonomy: Taxonomy) -> None:
        self.result = result
        self.row_of = {swatch.id: row for row, swatch in enumerate(result.swatches)}
        digest = result.query.swatch_id or str(result.extra.get(QUERY_DIGEST, ""))
        self.same_file = self.row_of.get(digest, -1)
        self._taxonomy = taxonomy
        self._sentences: dict[int, str] = {}

    @cached_property
    def weaves(self) -> np.ndarray:
        """Fine label of each candidate, its column in the taxonomy, -1 = unknown; int (n,)."""
        return _best(self.result.table.fine)

    @cached_property
    def patterns(self) -> np.ndarray:
        """Coarse label of each candidate, as ``weaves``."""
        return _best(self.result.table.coarse)

    @property
    def familiar(self) -> bool:
        """Whether the query is like the cloth the program learned from; unknown counts as yes."""
        return not self.result.descriptor.encoding.unfamiliarity >= 1.0

    def sentence(self, row: int) -> str:
        """Why candidate ``row`` is here; worked out when first asked for, then kept."""
        if row not in self._sentences:
            self._sentences[row] = wording.result_sentence(self.result, row, self._taxonomy)
        return self._sentences[row]

    def weave(self, row: int) -> str:
        """Weave or knit of candidate ``row`` in words."""
        fine = int(self.weaves[row])
        return wording.UNKNOWN if fine < 0 else self._taxonomy.names[self._taxonomy.fine[fine]]

    def pattern(self, row: int) -> str:
        """Coarse texture of candidate ``row`` in words."""
        coarse = int(self.patterns[row])
        if coarse < 0:
            return wording.UNKNOWN
        return wording.coarse_name(self._taxonomy.coarse[coarse], self._taxonomy)

    def column_keys(self, column: Column, overall: np.ndarray) -> np.ndarray:
        """What the table sorts ``column`` by, one key a candidate, nan where unknown; (n,)."""
        result = self.result
        if column in SCORE_COLUMNS:
            return result.scores[:, SCORE_COLUMNS.index(column)].astype(np.float64)
        if column is Column.OVERALL:
            return overall
        if column is Column.BAND:  # the words alike, the better score before
            return len(BANDS) - result.bands(overall) + overall / 2
        if column is Column.COVER:
            return result.table.tightness[:, 0].astype(np.float64)
        if column is Column.SCALE:
            return np.array([s.px_per_cm or np.nan for s in result.swatches], np.float64)
        return self._text_keys(column)

    def _text_keys(self, column: Column) -> np.ndarray:
        """Case-blind words of a text column, (n,)."""
        swatches = self.result.swatches
        if column is Column.NAME:
            words = [wording.swatch_title(s).casefold() for s in swatches]
        elif column is Column.PATH:
            words = [wording.shown_path(s.path).casefold() for s in swatches]
        else:
            word = self.weave if column is Column.WEAVE else self.pattern
            words = [word(row).casefold() for row in range(len(swatches))]
        return np.array(words, dtype=np.str_) if words else np.zeros(0, np.str_)


def _best(belief: np.ndarray) -> np.ndarray:
    """Most believed column of each row (n, c), -1 where nothing is believed."""
    if not belief.size:
        return np.full(len(belief), -1)
    known = ~np.isnan(belief).any(axis=1)
    return np.where(known, np.nan_to_num(belief).argmax(axis=1), -1)


def _places(keys: np.ndarray, backwards: bool) -> np.ndarray:
    """The place of each key among the different keys, int (n,); unknown (nan) last either way."""
    places = np.unique(keys, return_inverse=True)[1]
    places = -places if backwards else places
    if keys.dtype.kind == "f":
        places = np.where(np.isnan(keys), len(keys), places)
    return places


@dataclass(frozen=True, eq=False)
class OrderedResult:
    """A search under one preference, and perhaps sorted by a column of the table.

    Attributes:
        facts: what is known of the search.
        preference: her weights, locks and floor.
        column: the table column it is sorted by; RANK is her own order.
        backwards: whether that sort is turned round.
        rows: candidate rows in order, int (m,).
        overall: every candidate's overall score, float64 (n,).
        place_of_row: place of each candidate in ``rows``, -1 = left out; int (n,).
        bands: every candidate's band, its place in BANDS; int (n,).
    """

    facts: ResultFacts
    preference: Preference
    column: Column = Column.RANK
    backwards: bool = False
    rows: np.ndarray = field(init=False)
    overall: np.ndarray = field(init=False)
    place_of_row: np.ndarray = field(init=False)
    bands: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        rows, overall = self.facts.result.order(self.preference)
        if self.column not in (Column.RANK, Column.PICTURE):
            places = _places(self.facts.column_keys(self.column, overall), self.backwards)
            rows = rows[np.argsort(places[rows], kind="stable")]
        elif self.backwards:
            rows = rows[::-1]
        object.__setattr__(self, "overall", overall)
        object.__setattr__(self, "bands", self.facts.result.bands(overall))
        self._set_rows(rows)

    def _set_rows(self, rows: np.ndarray) -> None:
        place = np.full(len(self.facts.result.swatches), -1)
        place[rows] = np.arange(len(rows))
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "place_of_row", place)

    def rearranged(self, rows: np.ndarray) -> "OrderedResult":
        """The same with other candidate rows, int (m,): a step on the way to a new order."""
        other = copy(self)
        other._set_rows(rows)
        return other

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, swatch_id: str) -> int:
        """Place of a swatch from 0, or -1 when it is left out or was no candidate."""
        row = self.facts.row_of.get(swatch_id, -1)
        return -1 if row < 0 else int(self.place_of_row[row])

    def band(self, row: int) -> Band:
        """The band of candidate ``row``; the query's own file is the same swatch."""
        return SAME_SWATCH if row == self.facts.same_file else BANDS[int(self.bands[row])]

    def best_band(self) -> Band | None:
        """The highest band among the results, whatever they are sorted by; None without any."""
        if not len(self):
            return None
        if self.facts.same_file >= 0 and self.place_of_row[self.facts.same_file] >= 0:
            return SAME_SWATCH
        return BANDS[int(self.bands[self.rows].min())]

    @property
    def held_back(self) -> bool:
        """Whether some score is that of a close cloth, but nothing is sure enough to say so."""
        best = self.best_band()
        if best is None or best.key not in ("related", "far"):
            return False
        return band_of(float(self.overall[self.rows].max())).key in ("same", "close")

    def ranked(self, place: int) -> RankedSwatch:
        """The result at a place as a value; its rank counts from 1."""
        row, result = int(self.rows[place]), self.facts.result
        return RankedSwatch(
            place + 1, row, result.swatches[row], int(result.hamming[row]),
            float(self.overall[row]), SimilarityBreakdown.from_row(result.scores[row]),
        )  # fmt: skip

    def cell(self, place: int, column: Column) -> str:
        """What the table shows at a place in a column; "" for the picture."""
        row, facts = int(self.rows[place]), self.facts
        swatch = facts.result.swatches[row]
        if column is Column.RANK:
            return str(place + 1)
        if column is Column.NAME:
            return wording.swatch_title(swatch)
        if column is Column.BAND:
            return wording.band_word(self.band(row))
        if column is Column.OVERALL:
            return wording.score_text(float(self.overall[row]))
        if column in SCORE_COLUMNS:
            scores = SimilarityBreakdown.from_row(facts.result.scores[row]).as_tuple()
            return wording.score_text(scores[SCORE_COLUMNS.index(column)])
        if column is Column.WEAVE:
            return facts.weave(row)
        if column is Column.PATTERN:
            return facts.pattern(row)
        if column is Column.COVER:
            cover = float(facts.result.table.tightness[row, 0])
            return wording.UNKNOWN if np.isnan(cover) else f"{cover:.0f}"
        if column is Column.SCALE:
            return wording.short_scale_text(swatch.px_per_cm)
        return wording.shown_path(swatch.path) if column is Column.PATH else ""

    def spoken(self, place: int) -> str:
        """What a screen reader says: “Article 20341-07, same quality, coarse 92, fine 88, …”."""
        one = self.ranked(place)
        return listed(
            (wording.spoken_title(one.swatch), wording.band_word(self.band(one.row)).lower(),
             wording.scores_text(one.breakdown, self.facts.result.unsure(one.row)))
        )  # fmt: skip


def kept_without(result: SearchResult, preference: Preference) -> dict[str, int]:
    """How many results each lock and the floor take away: keys of DIMENSIONS and "floor".

    Each condition is lifted alone; the value is how many results there would be without it.
    """
    counts = {
        name: len(result.order(replace(preference, locked=preference.locked - {name}))[0])
        for name in DIMENSIONS
        if name in preference.locked
    }
    if preference.floor > 0:
        counts["floor"] = len(result.order(replace(preference, floor=0.0))[0])
    return counts


def nearest_by_dimension(result: SearchResult) -> dict[str, int]:
    """The candidate row nearest in each dimension that could be judged; ties by overall score."""
    overall = result.order(Preference())[1]
    nearest: dict[str, int] = {}
    for column, name in enumerate(DIMENSIONS):
        scores = result.scores[:, column]
        if len(scores) and not np.isnan(scores).all():
            filled = np.nan_to_num(scores.astype(np.float64), nan=-1.0)
            nearest[name] = int(np.lexsort((-overall, -np.round(filled, 6)))[0])
    return nearest
