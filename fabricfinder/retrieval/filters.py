"""Conditions applied inside a search, and how many swatches each further condition would leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.columns import TableColumns, columns_of, swatch_columns_of

# Apparent tightness in percent, with the designer's word; edges belong to both neighbours, as
# they do in the inclusive range of a filter.
TIGHTNESS_BANDS = (
    ("open", 0.0, 40.0), ("loose", 40.0, 60.0), ("medium", 60.0, 75.0), ("firm", 75.0, 90.0),
    ("tight", 90.0, 100.0),
)  # fmt: skip
FIELD_FACETS = ("supplier", "season", "finish", "customer", "end_use", "status")
RANGE_FACETS = ("weight", "ends_per_cm", "picks_per_cm", "width")
RANGE_BARS = 24


@dataclass(frozen=True, slots=True)
class TightnessCount:
    """How many swatches lie in a band of tightness: its word, inclusive range in %, and count."""

    word: str
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class RangeCount:
    """How a measured field is spread: bars between its lowest and highest value.

    Attributes:
        name: the trade field.
        low, high: the least and the greatest value any swatch has, in stored units.
        bars: how many swatches lie in each of equal steps between them.
        known: how many have a value at all.
    """

    name: str
    low: float
    high: float
    bars: tuple[int, ...]
    known: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """What ticking a value would leave, facet by facet.

    Each facet is counted under all conditions *but its own*, so that its other values stay
    visible. Values nobody has are left out; labels in the taxonomy's order, trade fields the
    library's most frequent first.

    Attributes:
        n: swatches that meet every condition.
        total: swatches without any condition.
        majors, coarse: pattern ids -> count (one facet: see Filters).
        fine: weave and knit ids -> count.
        colors: colour names -> count; a cloth of three colours counts in three.
        tightness: count of each band, all bands always there.
        labelled, scale_known: True and False -> count.
        fields: trade field -> its values -> count; only fields some swatch has.
        ranges: spread of each measured field that some swatches have different values of.
        without: condition in force -> swatches met when that one condition is dropped.
    """

    n: int
    total: int
    majors: Mapping[str, int] = field(default_factory=dict)
    coarse: Mapping[str, int] = field(default_factory=dict)
    fine: Mapping[str, int] = field(default_factory=dict)
    colors: Mapping[str, int] = field(default_factory=dict)
    tightness: tuple[TightnessCount, ...] = ()
    labelled: Mapping[bool, int] = field(default_factory=dict)
    scale_known: Mapping[bool, int] = field(default_factory=dict)
    fields: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    ranges: tuple[RangeCount, ...] = ()
    without: Mapping[str, int] = field(default_factory=dict)


def filter_mask(
    filters: Filters,
    swatches: Sequence[Swatch],
    table: DescriptorTable,
    text_ids: Collection[str] | None,
    taxonomy: Taxonomy,
) -> np.ndarray:
    """Which swatches meet every condition.

    Args:
        filters: the conditions.
        swatches: n swatches, in the table's order.
        table: their descriptors.
        text_ids: ids the text search found; None = no text condition, whatever ``filters.text``.
        taxonomy: the vocabularies the table's beliefs are over.

    Returns:
        bool (n,), a new array.
    """
    mask = np.ones(len(table), bool)
    for condition in _conditions(filters, swatches, table, text_ids, taxonomy).values():
        mask &= condition
    return mask


def facet_counts(
    filters: Filters,
    swatches: Sequence[Swatch],
    table: DescriptorTable,
    text_ids: Collection[str] | None,
    taxonomy: Taxonomy,
) -> FacetCounts:
    """Count every facet under the filters; args as ``filter_mask``."""
    columns = columns_of(table)
    conditions = _conditions(filters, swatches, table, text_ids, taxonomy)
    without = {name: _all_but(name, conditions, len(table)) for name in (*_FACETS, *conditions)}
    minors = _count(columns.coarse_label, without["pattern"], len(taxonomy.coarse))
    majors = np.bincount(taxonomy.major_of, minors, minlength=len(taxonomy.majors))
    fine = _count(columns.fine_label, without["fine"], len(taxonomy.fine))
    colors = columns.visible_colors[without["colors"]].sum(axis=0)
    percent = table.tightness[without["tightness"], 0]
    scale = swatch_columns_of(swatches, table).scale_known[without["scale_known"]]
    labelled = table.certain.any(axis=1)[without["labelled"]]
    return FacetCounts(
        n=int(_all_but("", conditions, len(table)).sum()),
        total=len(table),
        majors=_named(taxonomy.majors, majors),
        coarse=_named(taxonomy.coarse, minors),
        fine=_named(taxonomy.fine, fine),
        colors=_named(COLOR_NAMES, colors),
        tightness=tuple(
            TightnessCount(word, low, high, int(((percent >= low) & (percent <= high)).sum()))
            for word, low, high in TIGHTNESS_BANDS
        ),
        labelled=_yes_no(labelled),
        scale_known=_yes_no(scale),
        fields=_count_fields(swatches, table, conditions),
        ranges=_count_ranges(swatches, table, conditions),
        without={name: int(without[name].sum()) for name in conditions},
    )


_FACETS = ("pattern", "fine", "colors", "tightness", "labelled", "scale_known")


def _conditions(
    filters: Filters,
    swatches: Sequence[Swatch],
    table: DescriptorTable,
    text_ids: Collection[str] | None,
    taxonomy: Taxonomy,
) -> dict[str, np.ndarray]:
    """A bool (n,) for each condition in force, by the name of its facet."""
    columns, beside = columns_of(table), swatch_columns_of(swatches, table)
    met: dict[str, np.ndarray] = {}
    if filters.majors or filters.coarse:
        met["pattern"] = _pattern_condition(filters, columns, taxonomy)
    if filters.fine:
        wanted = np.array([name in filters.fine for name in taxonomy.fine])
        met["fine"] = _is_in(columns.fine_label, wanted)
    if filters.colors:
        wanted = np.array([name in filters.colors for name in COLOR_NAMES])
        met["colors"] = columns.visible_colors[:, wanted].any(axis=1)
    if filters.tightness is not None:
        low, high = filters.tightness
        percent = table.tightness[:, 0]
        met["tightness"] = (percent >= low) & (percent <= high)  # unknown is in no range
    if filters.labelled is not None:
        met["labelled"] = table.certain.any(axis=1) == filters.labelled
    if filters.scale_known is not None:
        met["scale_known"] = beside.scale_known == filters.scale_known
    if text_ids is not None:
        found = frozenset(text_ids)
        met["text"] = np.fromiter((i in found for i in table.ids), bool, len(table))
    for name in sorted({name for name, _ in filters.fields}):
        values, codes = beside.field_values(name)
        wanted = np.array([(name, value) in filters.fields for value in values], bool)
        met[f"field:{name}"] = _is_in(codes, wanted)
    for name, low, high in filters.ranges:
        values = beside.numbers(name)
        met[f"range:{name}"] = (values >= low) & (values <= high)  # unknown is in no range
    return met


def _pattern_condition(filters: Filters, columns: TableColumns, taxonomy: Taxonomy) -> np.ndarray:
    """Ticked minors, and all minors of a ticked major none of whose minors are ticked."""
    narrowed = {minor.split("/")[0] for minor in filters.coarse}
    wanted = np.array(
        [
            minor in filters.coarse
            or (minor.split("/")[0] in filters.majors and minor.split("/")[0] not in narrowed)
            for minor in taxonomy.coarse
        ]
    )
    return _is_in(columns.coarse_label, wanted)


def _is_in(labels: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Whether each label's column is wanted; an unknown one (-1) never is."""
    return np.append(wanted, False)[labels]


def _all_but(name: str, conditions: Mapping[str, np.ndarray], n: int) -> np.ndarray:
    """Swatches that meet every condition except the named one."""
    mask = np.ones(n, bool)
    for other, condition in conditions.items():
        if other != name:
            mask &= condition
    return mask


def _count(labels: np.ndarray, mask: np.ndarray, n_labels: int) -> np.ndarray:
    """How often each label occurs under a mask, int (n_labels,); unknown is not counted."""
    return np.bincount(labels[mask] + 1, minlength=n_labels + 1)[1:]


def _named(names: Sequence[str], counts: np.ndarray) -> dict[str, int]:
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}


def _yes_no(values: np.ndarray) -> dict[bool, int]:
    yes = int(values.sum())
    return {True: yes, False: len(values) - yes}


def _count_fields(
    swatches: Sequence[Swatch], table: DescriptorTable, conditions: Mapping[str, np.ndarray]
) -> dict[str, dict[str, int]]:
    """Values of each trade-field facet with their counts, the library's most frequent first."""
    counts: dict[str, dict[str, int]] = {}
    for name in FIELD_FACETS:
        values, codes = swatch_columns_of(swatches, table).field_values(name)
        met = _count(codes, _all_but(f"field:{name}", conditions, len(table)), len(values))
        if values:
            counts[name] = _named(values, met)
    return counts


def _count_ranges(
    swatches: Sequence[Swatch], table: DescriptorTable, conditions: Mapping[str, np.ndarray]
) -> tuple[RangeCount, ...]:
    """The spread of each measured facet, its bars under all conditions but its own."""
    counts = []
    for name in RANGE_FACETS:
        values = swatch_columns_of(swatches, table).numbers(name)
        known = values[np.isfinite(values)]
        if not len(known) or known.min() == known.max():
            continue
        low, high = float(known.min()), float(known.max())
        met = values[_all_but(f"range:{name}", conditions, len(table)) & np.isfinite(values)]
        place = ((met - low) / (high - low) * RANGE_BARS).astype(np.int64).clip(0, RANGE_BARS - 1)
        bars = np.bincount(place, minlength=RANGE_BARS)
        counts.append(RangeCount(name, low, high, tuple(map(int, bars)), len(met)))
    return tuple(counts)
