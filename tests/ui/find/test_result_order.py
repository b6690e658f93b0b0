"""Orders of results against naive sorting, and what each condition takes away."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.certainty import Certainty
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.similarity import DIMENSIONS, Weights
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui.result_order import (
    Column,
    OrderedResult,
    ResultFacts,
    kept_without,
    nearest_by_dimension,
)

TAXONOMY = default_taxonomy()


def drawn_result() -> SearchResult:
    """Twelve candidates of known ids, some scores n/a (fixtures do not mix with hypothesis)."""
    rng, n = np.random.default_rng(5), 12
    scores = rng.uniform(0, 1, (n, 4)).astype(np.float32)
    scores[rng.random((n, 4)) < 0.2] = np.nan
    n_coarse, n_fine = len(TAXONOMY.coarse), len(TAXONOMY.fine)
    table = DescriptorTable(
        "fake", tuple(f"{i:02}" for i in range(n)), np.zeros((n, 8), np.uint8),
        rng.dirichlet(np.ones(n_coarse), n).astype(np.float32),
        rng.dirichlet(np.ones(n_fine), n).astype(np.float32),
        np.full((n, 2), np.nan, np.float32), np.zeros((n, 10, 5), np.float32),
        np.zeros(n, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip
    swatches = tuple(Swatch(f"{i:02}", f"/c/{i % 5}.jpg", f"n{i % 3}", 9, 9) for i in range(n))
    return SearchResult(
        Query(path="q.jpg"), table.descriptor(0), swatches, table, np.arange(n) % 4,
        np.full(n, 0.5, np.float32), scores, np.full(4, 0.5), (0.2, 0.1), n, n, 0.1,
    )  # fmt: skip


def ordered(result, preference=Preference(), column=Column.RANK, backwards=False):
    return OrderedResult(ResultFacts(result, TAXONOMY), preference, column, backwards)


def test_rank_order_is_the_results_own(new_result):
    result = new_result()
    preference = Preference(Weights(1, 0, 3, 1), floor=0.55)
    assert ordered(result, preference).rows.tolist() == result.order(preference)[0].tolist()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("column", [Column.COARSE, Column.TIGHTNESS, Column.COVER, Column.SCALE])
def test_sorting_by_numbers_keeps_unknown_last(new_result, column, backwards):
    result = new_result()

    def key(row):
        if column is Column.COVER:
            return float(result.table.tightness[row, 0])
        if column is Column.SCALE:
            return result.swatches[row].px_per_cm or math.nan
        return float(result.scores[row, column - Column.COARSE])

    base = result.order(Preference())[0].tolist()
    known = [r for r in base if not math.isnan(key(r))]
    known.sort(key=key, reverse=False)
    if backwards:
        known = sorted([r for r in base if not math.isnan(key(r))], key=lambda r: -key(r))
    unknown = [r for r in base if math.isnan(key(r))]
    assert unknown, "the fake result has unknown values in every column"
    assert ordered(result, column=column, backwards=backwards).rows.tolist() == known + unknown


def test_sorting_by_words_ignores_case(new_result):
    result = new_result()
    swatches = tuple(
        replace(s, name=("b" if i % 2 else "A") + f"{i:03}", fields={})
        for i, s in enumerate(result.swatches)
    )
    result = replace(result, swatches=swatches)
    names = [swatches[r].name for r in ordered(result, column=Column.NAME).rows]
    assert names == sorted(names, key=str.casefold)


@settings(max_examples=30, deadline=None)
@given(
    weights=st.tuples(*[st.floats(0, 1)] * 4).filter(any),
    locked=st.sets(st.sampled_from(DIMENSIONS)),
    floor=st.floats(0, 1),
    column=st.sampled_from(list(Column)),
    backwards=st.booleans(),
)
def test_every_order_is_a_permutation_of_what_is_kept(weights, locked, floor, column, backwards):
    result = drawn_result()
    preference = Preference(Weights(*weights), frozenset(locked), floor=floor)
    view = ordered(result, preference, column, backwards)
    assert sorted(view.rows.tolist()) == sorted(result.order(preference)[0].tolist())
    for place, row in enumerate(view.rows.tolist()):
        assert view.place(result.swatches[row].id) == place
    left_out = set(range(len(result.swatches))) - set(view.rows.tolist())
    assert all(view.place(result.swatches[row].id) == -1 for row in left_out)


def test_best_band_looks_at_all_results_whatever_the_sort(new_result):
    result = new_result(
        code_similarity=np.full(40, 0.5, np.float32), blend=(0.0, 0.0), sure=sure_of_all(40)
    )
    scores = np.full((40, 4), 0.5, np.float32)
    scores[17] = 0.95
    result = replace(result, scores=scores)
    assert ordered(result, column=Column.PATH).best_band().key == "same"
    assert ordered(replace(result, scores=scores * 0.5)).best_band().key == "far"
    assert ordered(result, Preference(floor=1.0)).best_band() is None


def test_the_querys_own_file_is_the_same_swatch(new_result):
    result = new_result()
    own = result.swatches[7].id
    by_digest = replace(result, extra={"digest": own})
    by_id = new_result(query=Query(swatch_id=own))
    for same in (by_digest, by_id):
        view = ordered(same)
        assert view.band(7).key == "identical"
        assert view.best_band().key == "identical"
        assert view.band(8).key != "identical"


def test_kept_without_counts_by_lifting_each_alone(new_result):
    result = new_result()
    preference = Preference(locked=frozenset({"coarse", "color"}), floor=0.7)
    counts = kept_without(result, preference)
    assert set(counts) == {"coarse", "color", "floor"}
    assert counts["coarse"] == len(
        result.ranked(Preference(locked=frozenset({"color"}), floor=0.7))
    )
    assert counts["floor"] == len(result.ranked(Preference(locked=frozenset({"coarse", "color"}))))


def test_nearest_by_dimension_is_the_highest_score(new_result):
    result = new_result()
    for name, row in nearest_by_dimension(result).items():
        column = result.scores[:, DIMENSIONS.index(name)]
        assert column[row] == np.nanmax(column)
    nothing = np.full((40, 4), np.nan, np.float32)
    assert nearest_by_dimension(replace(result, scores=nothing)) == {}


def test_sentences_are_worked_out_once_and_only_when_asked(new_result, monkeypatch):
    from fabricfinder.ui import wording

    asked: list[int] = []
    real = wording.result_sentence

    def counting(result, row, taxonomy):
        asked.append(row)
        return real(result, row, taxonomy)

    monkeypatch.setattr(wording, "result_sentence", counting)
    facts = ResultFacts(new_result(), TAXONOMY)
    assert asked == []
    first = facts.sentence(3)
    assert first and facts.sentence(3) == first
    assert asked == [3]


def test_a_screen_reader_hears_title_band_and_four_scores(new_result):
    scores = np.full((40, 4), 0.5, np.float32)
    scores[2] = (0.92, 0.88, np.nan, 0.97)
    sure = sure_of_all(40)
    sure.unsure[2, 1] = True
    result = new_result(scores=scores, blend=(0.0, 0.0), sure=sure)
    view = ordered(result)
    said = view.spoken(view.place(result.swatches[2].id))
    assert said == "Article 20341-07, close, coarse 92, fine 88 unsure, colour n/a, tightness 97"


def sure_of_all(n: int) -> Certainty:
    """Every score can be said, and both textures are the same."""
    return Certainty(np.zeros((n, 4), bool), np.ones(n, bool))


@pytest.mark.parametrize(
    ("judged", "best"), [(4, "same"), (3, "close"), (2, "related"), (1, "related")]
)
def test_what_could_not_be_compared_is_never_called_the_same(new_result, judged, best):
    result = new_result(query=Query(path="/a.jpg"), n=6, sure=sure_of_all(6))
    scores = np.ones_like(result.scores)
    scores[:, [2, 1, 3][: 4 - judged]] = np.nan
    result = replace(
        result, scores=scores, code_similarity=np.ones(6, np.float32), medians=np.ones(4)
    )
    view = OrderedResult(ResultFacts(result, TAXONOMY), Preference())
    assert {view.band(int(row)).key for row in view.rows} == {best}
    coming = replace(result, complete=False)  # its colours are still being compared
    view = OrderedResult(ResultFacts(coming, TAXONOMY), Preference())
    coming_best = {4: "same", 3: "same", 2: "close", 1: "related"}[judged]
    assert {view.band(int(row)).key for row in view.rows} == {coming_best}


def test_a_guess_is_never_called_the_same(new_result):
    sure = sure_of_all(6)
    sure.unsure[1, 3] = sure.unsure[2, 1] = True  # tightness; the weave
    sure.unsure[3, :2] = True  # weave and pattern
    sure.same_texture[4] = False
    result = new_result(
        query=Query(path="/a.jpg"), n=6, sure=sure, scores=np.ones((6, 4), np.float32),
        code_similarity=np.ones(6, np.float32),
    )  # fmt: skip
    view = ordered(result)
    keys = [view.band(row).key for row in range(6)]
    assert keys == ["same", "close", "close", "related", "close", "same"]
    by_word = ordered(result, column=Column.BAND, backwards=True)
    assert [by_word.band(int(row)).key for row in by_word.rows] == sorted(
        keys, key=["same", "close", "related"].index
    )
    assert not view.held_back
    only = replace(result, sure=Certainty(np.ones((6, 4), bool), sure.same_texture))
    assert ordered(only).best_band().key == "related" and ordered(only).held_back
    far = replace(only, scores=result.scores * 0.1, blend=(0.0, 0.0))
    assert not ordered(far).held_back, "there the scores say it"
