"""Checks filters and facet counts against conditions written out swatch by swatch."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import TIGHTNESS_BANDS, facet_counts, filter_mask

TAXONOMY = default_taxonomy()
N = 120


@pytest.fixture(scope="module")
def library(make_table, make_swatches) -> tuple[tuple[Swatch, ...], DescriptorTable]:
    """Cloths, some labelled, some of unknown tightness or weave, some with trade fields."""
    rng = np.random.default_rng(0)
    table = make_table(N, seed=11)
    coarse, fine, tightness = table.coarse.copy(), table.fine.copy(), table.tightness.copy()
    certain = rng.random((N, 3)) < 0.15
    for row in np.flatnonzero(certain[:, 0]):
        coarse[row] = np.eye(coarse.shape[1])[rng.integers(coarse.shape[1])]
    fine[:5], tightness[5:10] = np.nan, np.nan
    tightness[10:13, 0] = 60  # on the edge of two bands
    mills = ("Mill A", "Mill B", "", "Weber")
    fields = [{"supplier": mills[row % 4]} for row in range(N)]
    for row in range(N):
        if row % 7:
            fields[row]["season"] = "SS27"
    table = replace(table, coarse=coarse, fine=fine, tightness=tightness, certain=certain)
    return make_swatches(table, fields), table


def label(beliefs: np.ndarray, names: tuple[str, ...]) -> str:
    return "" if np.isnan(beliefs).any() else names[int(beliefs.argmax())]


def passes(
    filters: Filters, swatch: Swatch, table: DescriptorTable, row: int, found: set | None
) -> dict[str, bool]:
    """Each condition in force, judged for one swatch."""
    met: dict[str, bool] = {}
    if filters.majors or filters.coarse:
        minor = label(table.coarse[row], TAXONOMY.coarse)
        major = minor.split("/")[0]
        ticked = any(one.startswith(major + "/") for one in filters.coarse)
        met["pattern"] = minor in filters.coarse if ticked else major in filters.majors
    if filters.fine:
        met["fine"] = label(table.fine[row], TAXONOMY.fine) in filters.fine
    if filters.colors:
        met["colors"] = any(
            COLOR_NAMES[int(c[0])] in filters.colors and c[4] >= 0.1 for c in table.palettes[row]
        )
    if filters.tightness is not None:
        percent = float(table.tightness[row, 0])
        met["tightness"] = (
            not math.isnan(percent) and filters.tightness[0] <= percent <= filters.tightness[1]
        )
    if filters.labelled is not None:
        met["labelled"] = bool(table.certain[row].any()) == filters.labelled
    if filters.scale_known is not None:
        met["scale_known"] = (swatch.px_per_cm is not None) == filters.scale_known
    if found is not None:
        met["text"] = swatch.id in found
    for name in {name for name, _ in filters.fields}:
        met[f"field:{name}"] = (name, swatch.fields.get(name, "")) in filters.fields
    return met


def some(values, most: int = 3) -> st.SearchStrategy[frozenset]:
    return st.one_of(
        st.just(frozenset()), st.frozensets(st.sampled_from(sorted(values)), max_size=most)
    )


all_filters = st.builds(
    Filters,
    majors=some(TAXONOMY.majors, 2),
    coarse=some(TAXONOMY.coarse, 12),
    fine=some(TAXONOMY.fine, 15),
    colors=some(COLOR_NAMES),
    tightness=st.sampled_from([None, (0.0, 60.0), (60.0, 75.0), (40.0, 90.0)]),
    labelled=st.sampled_from([None, None, True, False]),
    scale_known=st.sampled_from([None, None, True, False]),
    fields=some({("supplier", "Mill A"), ("supplier", "Weber"), ("season", "SS27")}),
)


@given(all_filters, st.sampled_from([None, 0, 60]))
@settings(max_examples=60, deadline=None)
def test_the_mask_and_all_counts_are_those_counted_by_hand(library, filters: Filters, n_found):
    swatches, table = library
    found = None if n_found is None else set(table.ids[:n_found])
    met = [passes(filters, s, table, row, found) for row, s in enumerate(swatches)]
    mask = filter_mask(filters, swatches, table, found, TAXONOMY)
    assert mask.tolist() == [all(m.values()) for m in met]
    counts = facet_counts(filters, swatches, table, found, TAXONOMY)
    assert counts.n == mask.sum() and counts.total == N

    def rows(facet: str) -> list[int]:
        return [r for r, m in enumerate(met) if all(ok for name, ok in m.items() if name != facet)]

    def tally(facet: str, of) -> dict:
        values: dict = {}
        for row in rows(facet):
            for value in of(row):
                if value != "":
                    values[value] = values.get(value, 0) + 1
        return values

    minor = {row: label(table.coarse[row], TAXONOMY.coarse) for row in range(N)}
    assert counts.coarse == tally("pattern", lambda row: [minor[row]])
    assert counts.majors == tally("pattern", lambda row: [minor[row].split("/")[0]])
    assert counts.fine == tally("fine", lambda row: [label(table.fine[row], TAXONOMY.fine)])

    def visible(row: int) -> list[str]:
        return [COLOR_NAMES[int(c[0])] for c in table.palettes[row] if c[4] >= 0.1]

    assert counts.colors == tally("colors", visible)
    percent = [float(table.tightness[row, 0]) for row in rows("tightness")]
    assert [(b.word, b.low, b.high, b.count) for b in counts.tightness] == [
        (word, low, high, sum(low <= p <= high for p in percent))
        for word, low, high in TIGHTNESS_BANDS
    ]
    for name in ("supplier", "season"):
        own = tally(f"field:{name}", lambda row, name=name: [swatches[row].fields.get(name, "")])
        assert counts.fields[name] == own
    for facet, attribute in (("labelled", counts.labelled), ("scale_known", counts.scale_known)):
        assert sum(attribute.values()) == len(rows(facet))
    assert counts.labelled[True] == sum(table.certain[row].any() for row in rows("labelled"))
    known = sum(swatches[row].px_per_cm is not None for row in rows("scale_known"))
    assert counts.scale_known[True] == known
    names = {name for m in met for name in m}
    assert counts.without == {name: len(rows(name)) for name in names}


def test_no_condition_keeps_everything(library):
    swatches, table = library
    assert filter_mask(Filters(), swatches, table, None, TAXONOMY).all()
    counts = facet_counts(Filters(), swatches, table, None, TAXONOMY)
    assert counts.n == N and counts.without == {}
    assert sum(counts.majors.values()) == N and sum(counts.fine.values()) == N - 5


def test_a_count_is_what_ticking_it_gives(library):
    swatches, table = library
    filters = Filters(scale_known=True, colors=frozenset({"blue", "red"}))
    counts = facet_counts(filters, swatches, table, None, TAXONOMY)

    def ticked(**change) -> int:
        mask = filter_mask(replace(filters, **change), swatches, table, None, TAXONOMY)
        return int(mask.sum())

    assert counts.fine and counts.colors and counts.majors
    for name, count in counts.fine.items():
        assert ticked(fine=frozenset({name})) == count
    for name, count in counts.colors.items():
        assert ticked(colors=frozenset({name})) == count
    for name, count in counts.majors.items():
        assert ticked(majors=frozenset({name})) == count
    for band in counts.tightness:
        assert ticked(tightness=(band.low, band.high)) == band.count
    for name, count in counts.fields["supplier"].items():
        assert ticked(fields=frozenset({("supplier", name)})) == count
    for value in (True, False):
        assert ticked(scale_known=value) == counts.scale_known[value]


def test_patterns_are_one_tree(library):
    swatches, table = library

    def kept(**ticks) -> set[str]:
        mask = filter_mask(Filters(**ticks), swatches, table, None, TAXONOMY)
        return {label(table.coarse[row], TAXONOMY.coarse) for row in np.flatnonzero(mask)}

    stripes = kept(majors=frozenset({"stripe"}))
    assert len(stripes) > 2 and all(minor.startswith("stripe/") for minor in stripes)
    one = sorted(stripes)[0]
    assert kept(majors=frozenset({"stripe"}), coarse=frozenset({one})) == {one}
    plaid = sorted(kept(majors=frozenset({"plaid"})))[0]
    assert kept(majors=frozenset({"stripe"}), coarse=frozenset({plaid})) == stripes | {plaid}


def test_an_edited_library_is_counted_afresh(make_table, make_swatches):
    table = make_table(6)
    before = make_swatches(table, [{"supplier": "Mill A"}] * 6)
    after = make_swatches(table, [{"supplier": "Mill B"}] * 6)
    for swatches, name in ((before, "Mill A"), (after, "Mill B"), (before, "Mill A")):
        counts = facet_counts(Filters(), swatches, table, None, TAXONOMY)
        assert counts.fields == {"supplier": {name: 6}}


def test_an_empty_library_has_no_counts(make_table, make_swatches):
    table = make_table(4).take(np.zeros(0, int))
    counts = facet_counts(Filters(labelled=True), (), table, set(), TAXONOMY)
    assert counts.n == counts.total == 0 and counts.majors == {} and counts.fields == {}
    with pytest.raises(ValueError, match="swatches"):
        filter_mask(Filters(), make_swatches(make_table(3)), table, None, TAXONOMY)
