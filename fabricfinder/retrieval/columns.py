"""What searches and facets need of a descriptor table again and again, worked out once a table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from fabricfinder.domain.density import STATED_FIELDS
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.folding import fold
from fabricfinder.domain.palette import MAX_COLORS
from fabricfinder.domain.swatch import Swatch
from fabricfinder.retrieval.palette_transport import PalettePoints, join_points, palette_points

VISIBLE_SHARE = 0.1  # a colour under a tenth of the cloth is not what a designer asks for
ROWS_PER_STEP = 8_192


class TableColumns:
    """Columns derived from one table; each is made when first asked for, then kept.

    Holds the table's arrays, not the table, so that both are freed together.
    """

    def __init__(self, table: DescriptorTable) -> None:
        self._ids = table.ids
        self._coarse = table.coarse
        self._fine = table.fine
        self._palettes = table.palettes
        self._points: dict[str, PalettePoints] = {}

    @cached_property
    def id_rank(self) -> np.ndarray:
        """Place of each id in alphabetical order, int64 (n,)."""
        ids = np.array(self._ids, dtype=np.bytes_) if self._ids else np.zeros(0, "S1")
        rank = np.empty(len(ids), np.int64)
        rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
        return rank

    @cached_property
    def coarse_label(self) -> np.ndarray:
        """Most believed minor of each swatch, its taxonomy column, int (n,); -1 = unknown."""
        return most_believed(self._coarse)

    @cached_property
    def fine_label(self) -> np.ndarray:
        """Most believed weave or knit of each swatch, int (n,); -1 = unknown."""
        return most_believed(self._fine)

    @cached_property
    def visible_colors(self) -> np.ndarray:
        """Whether each named colour covers a tenth of each swatch, bool (n, 10)."""
        n, per_swatch = len(self._palettes), MAX_COLORS
        cell = self._palettes[..., 0].astype(np.int64) + np.arange(n)[:, None] * per_swatch
        shares = self._palettes[..., 4].ravel()
        covered = np.bincount(cell.ravel(), shares, minlength=n * per_swatch)
        return covered.reshape(n, per_swatch) >= VISIBLE_SHARE - 1e-6

    def point_steps(self, measure: str) -> Iterator[int]:
        """Prepare the palettes for a measure a few milliseconds at a time; yields rows done."""
        if measure in self._points:
            return
        parts = []
        for start in range(0, max(1, len(self._palettes)), ROWS_PER_STEP):
            parts.append(palette_points(self._palettes[start : start + ROWS_PER_STEP], measure))
            yield start
        self._points[measure] = join_points(parts)

    def points(self, measure: str) -> PalettePoints:
        """The palettes prepared for a measure."""
        for _ in self.point_steps(measure):
            pass
        return self._points[measure]


def most_believed(beliefs: np.ndarray) -> np.ndarray:
    """Column of the largest belief of each row (n, c), int (n,); -1 where nothing is believed."""
    if not beliefs.shape[1]:
        return np.full(len(beliefs), -1)
    best = beliefs.argmax(axis=1)
    value = np.take_along_axis(beliefs, best[:, None], axis=1)[:, 0]  # nan wins an argmax
    return np.where(value > 0, best, -1)


class SwatchColumns:
    """What facets need of the swatches beside a table, their trade fields as numbered values."""

    def __init__(self, swatches: Sequence[Swatch]) -> None:
        self.swatches = swatches
        self._fields: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
        self._numbers: dict[str, np.ndarray] = {}
        self._folded: dict[str, list[str]] = {}

    @cached_property
    def scale_known(self) -> np.ndarray:
        """Whether the physical scale of each swatch is known, bool (n,)."""
        known = (s.px_per_cm is not None for s in self.swatches)
        return np.fromiter(known, bool, len(self.swatches))

    @cached_property
    def shows_face(self) -> np.ndarray:
        """Whether each picture shows the face of its cloth, as far as anybody said, bool (n,)."""
        faces = (s.view in ("", "face") for s in self.swatches)
        return np.fromiter(faces, bool, len(self.swatches))

    @cached_property
    def stated(self) -> np.ndarray:
        """Ends and picks per cm stated for each swatch, float32 (n, 2); nan unless both are."""
        both = np.stack([self.numbers(name) for name in STATED_FIELDS], axis=1).astype(np.float32)
        return np.where((both > 0).all(axis=1, keepdims=True), both, np.float32(np.nan))

    def serving(self, counted: np.ndarray) -> np.ndarray:
        """The threads each swatch is compared by, float32 (n, 5), as ``serving_density`` has it.

        Args:
            counted: float32 (n, 5), what was counted in the pictures.
        """
        rows = np.flatnonzero(~np.isnan(self.stated[:, 0]))
        if not len(rows):
            return counted
        served = counted.copy()
        served[rows] = np.nan
        served[rows, :2] = self.stated[rows]
        return served

    def field_values(self, name: str) -> tuple[tuple[str, ...], np.ndarray]:
        """The values of a trade field, most frequent first, and each swatch's among them.

        Returns:
            the values as text; int (n,) positions in them, -1 where the field is empty.
        """
        if name not in self._fields:
            raw = [s.fields.get(name) for s in self.swatches]
            # Different values are few beside the swatches: only those are made text.
            said = Counter(raw)
            text_of = {value: _text(value) for value in said}
            counts: Counter[str] = Counter()
            for value, n in said.items():
                counts[text_of[value]] += n
            counts.pop("", None)
            values = tuple(sorted(counts, key=lambda value: (-counts[value], value)))
            place = {value: i for i, value in enumerate(values)}
            code_of = {value: place.get(text, -1) for value, text in text_of.items()}
            codes = np.fromiter(map(code_of.__getitem__, raw), np.int64, len(raw))
            self._fields[name] = values, codes
        return self._fields[name]

    def numbers(self, name: str) -> np.ndarray:
        """A measured trade field of each swatch in its stored unit, float64 (n,); nan unknown."""
        if name not in self._numbers:
            values = [s.fields.get(name) for s in self.swatches]
            numbers = [v if isinstance(v, float | int) else np.nan for v in values]
            self._numbers[name] = np.array(numbers, np.float64)
        return self._numbers[name]

    def attribute_holds(self, name: str, asked: str, exactly: bool) -> np.ndarray:
        """Whether a swatch's name, path or view holds the asked words, bool (n,).

        Args:
            name: "name", "path" or "view".
            asked: words, each by the beginning of one.
            exactly: whether the whole must be what is asked.
        """
        if name not in self._folded:
            self._folded[name] = [fold(getattr(s, name)) for s in self.swatches]
        want = fold(asked)
        if exactly:
            held = (text == want for text in self._folded[name])
        else:
            parts = [f" {part}" for part in want.split()]
            held = (all(p in f" {text}" for p in parts) for text in self._folded[name])
        return np.fromiter(held, bool, len(self.swatches))


def _text(value: str | float | None) -> str:
    """A trade field as text; "" where there is nothing."""
    return "" if value is None else str(value).strip()


_kept_swatches: WeakKeyDictionary[DescriptorTable, SwatchColumns] = WeakKeyDictionary()


def swatch_columns_of(swatches: Sequence[Swatch], table: DescriptorTable) -> SwatchColumns:
    """The columns of the swatches that go with a table; the same object while both are the same.

    Raises:
        ValueError: there is not one swatch for each descriptor.
    """
    if len(swatches) != len(table):
        raise ValueError(f"{len(swatches)} swatches for {len(table)} descriptors")
    columns = _kept_swatches.get(table)
    if columns is None or columns.swatches is not swatches:
        columns = _kept_swatches[table] = SwatchColumns(swatches)
    return columns


_kept: WeakKeyDictionary[DescriptorTable, TableColumns] = WeakKeyDictionary()


def columns_of(table: DescriptorTable) -> TableColumns:
    """The columns of a table; the same object while the table lives."""
    columns = _kept.get(table)
    if columns is None:
        columns = _kept[table] = TableColumns(table)
    return columns
