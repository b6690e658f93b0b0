"""Expressions over a library, beside a naive reading swatch by swatch."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.expression import (
    All,
    AnyOf,
    Expression,
    ExpressionError,
    Is,
    Not,
    Within,
    Word,
    parse,
)
from fabricfinder.domain.folding import fold
from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import filter_mask
from fabricfinder.retrieval.where import expression_text, matching

TAXONOMY = default_taxonomy()
N, CODED = 40, 34


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    rng = np.random.default_rng(5)
    swatches = []
    for n in range(N):
        fields: dict[str, str | float] = {}
        if n % 4:
            fields["supplier"] = ("Mill North", "Mill South", "Tessitura Nord")[n % 3]
        if n % 5:
            fields["weight"] = float(rng.integers(100, 300))
        labels = Labels(fine="twill-2-2") if n % 7 == 0 else Labels()
        swatches.append(
            Swatch(f"{n:040x}", f"/archive/{n % 3}/cloth {n}.jpg", f"Cloth {n}", 100, 100,
                   236.0 if n % 2 else None, labels, fields, "back" if n % 6 == 0 else "")
        )  # fmt: skip
    palettes = np.zeros((CODED, 10, 5), np.float32)
    palettes[:, 0] = np.stack(
        [rng.integers(0, 10, CODED), *rng.random((3, CODED)), np.ones(CODED)], axis=1
    )
    certain = np.zeros((CODED, 3), bool)
    certain[[n for n in range(CODED) if n % 7 == 0], 1] = True
    fine = rng.dirichlet(np.full(len(TAXONOMY.fine), 0.1), CODED).astype(np.float32)
    fine[certain[:, 1]] = 0
    fine[certain[:, 1], TAXONOMY.fine_index["twill-2-2"]] = 1
    table = DescriptorTable(
        "e", tuple(s.id for s in swatches[:CODED]), np.zeros((CODED, 8), np.uint8),
        rng.dirichlet(np.full(len(TAXONOMY.coarse), 0.1), CODED).astype(np.float32), fine,
        np.stack([rng.uniform(20, 95, CODED), np.ones(CODED)], axis=1).astype(np.float32),
        palettes, np.zeros(CODED, np.float32), certain,
    )  # fmt: skip
    return Catalog(1, Path("/library"), "library", tuple(swatches), table)


def _find_words(catalog: Catalog, text: str) -> set[str]:
    want = fold(text).split()
    return {s.id for s in catalog.swatches if set(want) <= set(fold(s.name).split())}


def _naive(catalog: Catalog, row: int, asked: Expression) -> bool:
    swatch, coded = catalog.swatches[row], row < CODED
    match asked:
        case All(parts):
            return all(_naive(catalog, row, p) for p in parts)
        case AnyOf(parts):
            return any(_naive(catalog, row, p) for p in parts)
        case Not(part):
            return not _naive(catalog, row, part)
        case Word(text, _):
            return swatch.id in _find_words(catalog, text)
        case Within("tightness", low, high):
            return coded and low <= catalog.table.tightness[row, 0] <= high
        case Within(key, low, high):
            return key in swatch.fields and low <= swatch.fields[key] <= high
        case Is("weave", text, _):
            fine = swatch.labels.fine
            if fine is None and coded:
                fine = TAXONOMY.fine[int(catalog.table.fine[row].argmax())]
            if fine is None:
                return False
            said = fold(f"{fine} {TAXONOMY.names[fine]} {TAXONOMY.families[fine]}")
            return any(word.startswith(text) for word in said.split())
        case Is("colour", text, _):
            return coded and COLOR_NAMES[int(catalog.table.palettes[row, 0, 0])] == text
        case Is("labelled", text, _):
            return (coded and row % 7 == 0) == (text == "yes")
        case Is("scale", text, _):
            return (swatch.px_per_cm is not None) == (text == "known")
        case Is("view", text, _):
            return swatch.view == text
        case Is(key, text, quoted):
            have = fold(str(swatch.fields.get(key, ""))).split()
            want = fold(text).split()
            return have == want if quoted else all(any(h.startswith(w) for h in have) for w in want)
    raise AssertionError(asked)


leaves = st.sampled_from(
    ("supplier:north", 'supplier:"Mill North"', "supplier:mill", "gsm:150..220", "gsm:200..",
     "weave:twill", "colour:red", "tightness:40..70", "scale:known", "scale:no", "labelled:yes",
     "view:back", "cloth", "7", '"cloth 12"')
)  # fmt: skip
typed = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} OR {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} {p[1]}"),
        inner.map(lambda p: f"NOT ({p})"),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(typed)
def test_every_expression_means_what_it_says(catalog: Catalog, typed: str) -> None:
    asked = parse(typed)
    mask = matching(asked, catalog, TAXONOMY, lambda text: _find_words(catalog, text))
    assert mask.tolist() == [_naive(catalog, row, asked) for row in range(N)], typed


@pytest.mark.parametrize(
    ("typed", "why"),
    [("weave:xyzzy", "No weave is called"), ("pattern:xyzzy", "No pattern"),
     ("colour:octarine", "No colour"), ("scale:perhaps", "Write scale:yes or scale:no")],
)  # fmt: skip
def test_words_nobody_knows_get_a_sentence(catalog: Catalog, typed: str, why: str) -> None:
    with pytest.raises(ExpressionError, match=why):
        matching(parse(typed), catalog, TAXONOMY, lambda text: ())


@pytest.mark.parametrize(
    "filters",
    [
        Filters(fine=frozenset({"twill-2-2", "rep"})), Filters(colors=frozenset({"red", "blue"})),
        Filters(majors=frozenset({"plaid"}), coarse=frozenset({"stripe/pin"})),
        Filters(tightness=(40.0, 60.0), scale_known=True), Filters(labelled=False),
        Filters(fields=frozenset({("supplier", "Mill North"), ("supplier", "Mill South")})),
        Filters(ranges=frozenset({("weight", 150.0, 220.0)})),
        Filters(ranges=frozenset({("weight", -math.inf, 180.0)}), scale_known=False),
    ],
    ids=str,
)  # fmt: skip
def test_filters_written_out_mean_the_same(catalog: Catalog, filters: Filters) -> None:
    coded = replace(catalog, swatches=catalog.swatches[:CODED])
    ticked = filter_mask(filters, coded.coded, coded.table, None, TAXONOMY)
    text = expression_text(filters)
    written = matching(parse(text), coded, TAXONOMY, lambda text: ())
    assert written.tolist() == ticked.tolist(), text
    assert 0 < ticked.sum() < CODED or not ticked.any()


def test_a_rule_of_words_and_ticks_is_one_line() -> None:
    filters = Filters(text="herringbone OR glen", majors=frozenset({"plaid"}), labelled=True)
    assert expression_text(filters) == '(herringbone OR glen) pattern:"plaid" labelled:yes'
