"""Checks the search against scores worked out one by one, and what it must never do."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.certainty import certainty
from fabricfinder.domain.descriptor import DescriptorTable, Encoding, FabricDescriptor
from fabricfinder.domain.errors import QueryError
from fabricfinder.domain.hashcode import HashCode, unpack_bits
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query, SearchResult, code_weight
from fabricfinder.domain.similarity import (
    Weights,
    coarse_similarity,
    fine_similarity,
    knit_against_woven,
    overall_similarity,
    sett_similarity,
    tightness_similarity,
    tightness_with_sett,
)
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval import scan
from fabricfinder.retrieval.hamming import (
    faceted_similarity,
    hamming_distances,
    nearest_with_ties,
)
from fabricfinder.retrieval.palette_transport import palette_similarity
from fabricfinder.retrieval.scan import search

BLEND = (0.5, 0.3)


@pytest.fixture(scope="module")
def find(make_swatches) -> Callable[..., SearchResult]:
    """Search a table with the descriptor of one of its rows, or with a given one."""

    def run(table: DescriptorTable, by=0, query: Query | None = None, watch=None, **options):
        descriptor = table.descriptor(by) if isinstance(by, int) else by
        steps = search(
            descriptor, make_swatches(table), table, query or Query(),
            options.pop("mask", None), BLEND, **options,
        )  # fmt: skip
        return run_to_end(steps, watch)

    return run


def one_hot(width: int, column: int) -> np.ndarray:
    return np.eye(width, dtype=np.float32)[column]


def test_every_score_is_the_one_worked_out_alone(find, make_table, taxonomy: Taxonomy):
    table = make_table(300, seed=1)
    result = find(table, by=7)
    query = table.descriptor(7)
    assert result.n_searched == result.n_library == 300 and result.complete
    assert result.table is table
    for row in range(0, 300, 7):
        seen = table.descriptor(row)
        code = seen.encoding.code
        assert result.hamming[row] == query.encoding.code.distance(code)
        assert result.code_similarity[row] == pytest.approx(1 - result.hamming[row] / 64, abs=1e-6)
        tight = tightness_similarity(np.array(query.encoding.tightness), table.tightness[row, None])
        crossed = knit_against_woven(query.encoding.fine, table.fine[row, None], taxonomy)
        expected = [
            coarse_similarity(query.encoding.coarse, table.coarse[row, None], taxonomy)[0],
            fine_similarity(query.encoding.fine, table.fine[row, None])[0],
            palette_similarity(query.palette.to_array(), table.palettes[row, None])[0],
            tight[0] * (1 - crossed[0]),
        ]
        np.testing.assert_allclose(result.scores[row], expected, atol=1e-6)
    np.testing.assert_allclose(result.medians, np.median(result.scores, axis=0), atol=1e-6)
    best = result.ranked(Preference(), top=1)[0]
    assert best.swatch.id == table.ids[7] and best.hamming == 0 and best.overall > 0.9


def test_counted_threads_speak_in_the_tightness_dimension(find, make_table):
    rng = np.random.default_rng(4)
    density = rng.uniform(12, 40, (60, 5)).astype(np.float32)
    density[::4] = np.nan
    bare, counted = make_table(60, seed=4), make_table(60, seed=4, density=density)
    plain, result = find(bare, by=7), find(counted, by=7)
    crossed = knit_against_woven(bare.fine[7], bare.fine, default_taxonomy())
    sett = sett_similarity(density[7], density) * (1 - crossed)
    expected = tightness_with_sett(
        plain.scores[:, 3], sett, plain.medians[3], float(np.nanmedian(sett))
    )
    np.testing.assert_allclose(result.scores[:, 3], expected, atol=2e-6)
    np.testing.assert_array_equal(result.scores[:, :3], plain.scores[:, :3])
    uncounted = find(counted, by=4)  # a query without a count: nothing changes
    np.testing.assert_array_equal(uncounted.scores, find(bare, by=4).scores)
    assert result.attainable[3] == pytest.approx((1 + plain.attainable[3]) / 2)


def test_stated_threads_serve_and_win_over_a_count(make_table, make_swatches):
    rng = np.random.default_rng(4)
    density = rng.uniform(12, 40, (60, 5)).astype(np.float32)
    density[::4] = np.nan
    table = make_table(60, seed=4, density=density)
    fields = [{} for _ in range(60)]
    for row in range(0, 60, 3):
        fields[row] = {"ends_per_cm": float(rng.uniform(12, 40)), "picks_per_cm": 20.5}
    fields[3] = {"ends_per_cm": 20.0}  # half a sett is none
    fields[6] = {"ends_per_cm": 20.0, "picks_per_cm": "many"}
    swatches = [
        replace(swatch, fields=said)
        for swatch, said in zip(make_swatches(table), fields, strict=True)
    ]
    query = table.descriptor(7)
    result = run_to_end(search(query, swatches, table, Query(), None, BLEND))
    served, setts, covers = [], [], []
    for row, said in enumerate(fields):
        both = [said.get(name) for name in ("ends_per_cm", "picks_per_cm")]
        stated = all(isinstance(count, float) for count in both)
        threads = both if stated else density[row, :2].tolist()
        served.append(threads)
        crossed = knit_against_woven(query.encoding.fine, table.fine[row, None], default_taxonomy())
        gaps = [
            sum(abs(math.log(a / b)) for a, b in zip(pair, threads, strict=True)) / 2
            for pair in ((query.density.ends, query.density.picks),
                         (query.density.picks, query.density.ends))
        ]  # fmt: skip
        sett = max(0.0, 1 - min(gaps) / math.log(1.25)) if threads[0] > 0 else math.nan
        setts.append(sett * (1 - float(crossed[0])))
        tight = tightness_similarity(np.array(query.encoding.tightness), table.tightness[row, None])
        covers.append(float(tight[0]) * (1 - float(crossed[0])))
    median = float(np.nanmedian(setts))
    expected = [(c + (median if math.isnan(s) else s)) / 2
                for c, s in zip(covers, setts, strict=True)]  # fmt: skip
    np.testing.assert_allclose(result.scores[:, 3], expected, atol=2e-6)
    for row, (ends, picks) in enumerate(served):
        told = result.candidate(row).density
        np.testing.assert_allclose((told.ends, told.picks), (ends, picks), rtol=1e-6)
        assert told.stated == (row % 3 == 0 and row not in (3, 6))
    np.testing.assert_array_equal(table.density, density)  # what was counted stays what it was


def test_how_sure_a_comparison_is_comes_with_the_search(find, make_table, taxonomy: Taxonomy):
    table = make_table(90, seed=5)
    table.tightness[::5, 1] = 14.0
    table.coarse[3] = np.nan
    mask = np.arange(90) % 7 != 0
    result = find(table, by=2, mask=mask)
    whole = certainty(table.descriptor(2), table, table.density, taxonomy)
    np.testing.assert_array_equal(result.certainty.unsure, whole.unsure[mask])
    np.testing.assert_array_equal(result.certainty.same_texture, whole.same_texture[mask])
    assert 0 < result.certainty.unsure[:, 3].sum() < mask.sum()
    again = replace(result, sure=None)
    np.testing.assert_array_equal(again.certainty.unsure, result.certainty.unsure)


def test_the_query_is_asymmetric_where_it_knows_its_doubts(find, make_table):
    table = make_table(50)
    query = table.descriptor(3)
    bits = unpack_bits(table.codes[3])
    doubts = np.linspace(0.1, 1, 64) * (bits * 2.0 - 1)
    unsure = replace(query, encoding=replace(query.encoding, relaxed=doubts.astype(np.float32)))
    result = find(table, by=unsure)
    differs = unpack_bits(table.codes) != bits
    expected = 1 - (differs * np.abs(doubts)).sum(axis=1) / np.abs(doubts).sum()
    np.testing.assert_allclose(result.code_similarity, expected, atol=1e-6)


@pytest.mark.parametrize("measure", ["emd_hsv_wide", "emd_lab", "paper_corrected"])
def test_the_other_colour_measures(find, make_table, measure: str):
    table = make_table(40)
    result = find(table, by=2, measure=measure)
    own = table.descriptor(2).palette.to_array()
    expected = palette_similarity(own, table.palettes, measure)
    np.testing.assert_allclose(result.scores[:, 2], expected, atol=1e-6)


def test_a_distance_is_no_measure_to_rank_by(find, make_table):
    with pytest.raises(ValueError, match="no colour similarity"):
        find(make_table(3), measure="paper_literal")


def test_filters_work_inside_the_search(find, make_table):
    table = make_table(200, seed=2)
    mask = np.random.default_rng(0).random(200) < 0.2
    everything, some = find(table), find(table, mask=mask)
    rows = np.flatnonzero(mask)
    assert some.n_searched == len(rows) and some.n_library == 200
    assert [s.id for s in some.swatches] == [table.ids[row] for row in rows]
    assert some.table.ids == tuple(table.ids[row] for row in rows)
    np.testing.assert_array_equal(some.scores, everything.scores[rows])
    np.testing.assert_array_equal(some.table.codes, table.codes[rows])
    # neutral means the median of what was searched, not of the library
    np.testing.assert_allclose(some.medians, np.median(some.scores, axis=0), atol=1e-6)


def test_the_query_itself_can_be_left_out(find, make_table):
    table = make_table(20)
    query = Query(swatch_id=table.ids[4], exclude_self=True)
    result = find(table, by=4, query=query)
    assert table.ids[4] not in result.table.ids and result.n_searched == 19
    kept = find(table, by=4, query=replace(query, exclude_self=False))
    assert table.ids[4] in kept.table.ids
    elsewhere = Query(path="/somewhere/else.jpg", exclude_self=True)
    assert find(table, query=elsewhere).n_searched == 20


def test_an_empty_library_and_filters_nothing_meets_are_answers(find, make_table):
    table = make_table(5)
    nothing = find(table.take(np.zeros(0, int)), by=table.descriptor(0))
    assert nothing.n_searched == nothing.n_library == 0 and nothing.ranked(Preference()) == []
    unmet = find(table, mask=np.zeros(5, bool))
    assert unmet.n_searched == 0 and unmet.n_library == 5 and np.isnan(unmet.medians).all()
    fresh = replace(table.take(np.zeros(0, int)), encoder="", codes=np.zeros((0, 0), np.uint8))
    assert find(fresh, by=table.descriptor(0)).n_library == 0


def test_codes_of_different_encoders_are_never_compared(find, make_table):
    table = make_table(5)
    foreign = replace(table.descriptor(0), encoder="another")
    with pytest.raises(QueryError, match="looked at again first"):
        find(table, by=foreign)
    relaxed = np.ones(128, np.float32)
    longer = replace(
        table.descriptor(0).encoding, code=HashCode(bytes(16), 128), relaxed=relaxed
    )
    with pytest.raises(QueryError, match="looked at again first"):
        find(table, by=replace(table.descriptor(0), encoding=longer))


def test_columns_that_do_not_belong_together_are_a_bug(make_table, make_swatches):
    table = make_table(5)
    swatches = make_swatches(table)
    with pytest.raises(ValueError, match="4 swatches"):
        next(search(table.descriptor(0), swatches[:4], table, Query()))
    with pytest.raises(ValueError, match="mask of 3"):
        next(search(table.descriptor(0), swatches, table, Query(), np.ones(3, bool)))


def test_a_knit_beside_a_weave_has_no_tightness_in_common(find, make_table, taxonomy: Taxonomy):
    labels = ["single-jersey", "poplin", "interlock", "felt"]
    fine = np.stack([one_hot(len(taxonomy.fine), taxonomy.fine_index[f]) for f in labels])
    tightness = np.array([[60, 0]] * 4, np.float32)
    table = make_table(4, fine=fine, tightness=tightness)
    assert find(table, by=0).scores[:, 3].tolist() == [1, 0, 1, 1]  # 0, not n/a
    assert find(table, by=1).scores[:, 3].tolist() == [0, 1, 0, 1]


def test_unlabelled_recapture_outranks_a_labelled_other_cloth(find, make_table, taxonomy: Taxonomy):
    table = make_table(40, seed=3)
    coarse, fine = table.coarse.copy(), table.fine.copy()
    tightness, palettes, codes = table.tightness.copy(), table.palettes.copy(), table.codes.copy()
    certain = table.certain.copy()
    for column, beliefs in ((0, coarse), (1, fine)):  # the same cloth seen twice, in doubt
        beliefs[:3] = 0
        beliefs[:2, 0], beliefs[:2, 1] = 0.6, 0.4
        beliefs[2, 0] = 1  # another cloth, labelled as the likelier of the two
        certain[2, column] = True
    tightness[:3] = [[60, 6], [60, 6], [60, 0]]
    palettes[:3] = palettes[0]
    codes[1], codes[2] = codes[0], codes[0] ^ 0b0001_0001
    table = replace(
        table, coarse=coarse, fine=fine, tightness=tightness, palettes=palettes, codes=codes,
        certain=certain,
    )  # fmt: skip
    result = find(table, by=0)
    ranked = [r.row for r in result.ranked(Preference(), top=3)]
    assert sorted(ranked[:2]) == [0, 1] and ranked[2] == 2
    assert result.scores[1].tolist() == pytest.approx([1, 1, 1, 1])


def remove(table: DescriptorTable, row: int, name: str) -> DescriptorTable:
    """The table with one field of one record unknown."""
    column = getattr(table, name).copy()
    column[row] = 0 if name == "palettes" else np.nan
    return replace(table, **{name: column})


def test_removing_a_field_that_scored_above_the_median_never_raises_a_rank(
    find, make_table, taxonomy: Taxonomy
):
    table = make_table(60, seed=4)
    # weaves by label: a record is either the same weave or not (see domain's test for beliefs)
    columns = np.random.default_rng(4).integers(0, 3, 60)
    table = replace(table, fine=np.eye(len(taxonomy.fine), dtype=np.float32)[columns])
    before = find(table, by=5)
    names = ("coarse", "fine", "palettes", "tightness")
    for weights in (Weights(), Weights(1, 3, 0.5, 2)):
        rank = {r.swatch.id: r.rank for r in before.ranked(Preference(weights))}
        for column, name in enumerate(names):
            above = np.flatnonzero(before.scores[:, column] > before.medians[column])
            assert len(above)
            for row in above[::4].tolist():
                poorer = find(remove(table, row, name), by=table.descriptor(5))
                assert np.isnan(poorer.scores[row, column])
                after = {r.swatch.id: r.rank for r in poorer.ranked(Preference(weights))}
                assert after[table.ids[row]] >= rank[table.ids[row]], (name, row)


def test_nothing_is_known_of_the_query_and_still_there_is_an_order(find, make_table):
    table = make_table(30)
    blind = table.descriptor(0)
    nan = np.float32(np.nan)
    blind = replace(
        blind,
        encoding=replace(
            blind.encoding, coarse=blind.encoding.coarse * nan, fine=blind.encoding.fine * nan,
            tightness=(float("nan"), float("nan")),
        ),
        palette=replace(blind.palette, colors=()),
    )  # fmt: skip
    result = find(table, by=blind)
    assert np.isnan(result.scores).all()
    rows, _ = result.order(Preference())
    assert (np.diff(result.hamming[rows]) >= 0).all()  # only the code is left to tell


def test_a_large_library_is_scored_by_candidates(find, make_table, monkeypatch):
    monkeypatch.setattr(scan, "CANDIDATES_AT_LEAST", 400)
    monkeypatch.setattr(scan, "MEDIAN_SAMPLE", 1000)
    table = make_table(3000, seed=5, n_bytes=4)
    codes = table.codes.copy()
    codes[np.random.default_rng(0).permutation(3000)[:700]] = codes[11] ^ 1  # ties by the hundred
    table = replace(table, codes=codes)
    everything, some = find(table, by=11), find(table, by=11, exhaustive_up_to=2999)
    assert some.n_searched == 3000
    rows = np.array([table.ids.index(i) for i in some.table.ids])
    assert (np.diff(rows) > 0).all() and 700 < len(rows) < 1600
    np.testing.assert_array_equal(some.scores, everything.scores[rows])
    np.testing.assert_array_equal(some.hamming, everything.hamming[rows])
    distances = hamming_distances(table.codes[11], table.codes)
    assert set(nearest_with_ties(distances, 400).tolist()) <= set(rows.tolist())
    # whatever she sorts by, the best is among them
    for order in ("overall", "hamming", "coarse", "fine", "tightness"):
        one = everything.ranked(Preference(order=order), top=5)
        two = some.ranked(Preference(order=order), top=5)
        assert [r.swatch.id for r in one] == [r.swatch.id for r in two], order
    # colour's candidates are chosen by mean colour, which only bounds the distance
    best, found = (np.sort(r.scores[:, 2])[::-1][:5] for r in (everything, some))
    assert best[0] == found[0] == 1 and (best - found).max() < 0.08
    # medians are those of all that was searched: colour's by a sample of a third
    np.testing.assert_allclose(some.medians[[0, 1, 3]], everything.medians[[0, 1, 3]], atol=1e-6)
    assert some.medians[2] == pytest.approx(everything.medians[2], abs=0.03)


def test_an_early_result_comes_first_and_stays_as_it_was(find, make_table, monkeypatch):
    monkeypatch.setattr(scan, "EARLY_RESULT_FROM", 3000)
    table = make_table(5000, seed=6)
    early: list[SearchResult] = []
    kept: list[np.ndarray] = []

    def watch(progress: Progress) -> None:
        if progress.partial is not None:
            early.append(progress.partial)
            kept.append(progress.partial.scores.copy())

    final = find(table, by=9, watch=watch)
    assert len(early) == 1 and not early[0].complete and final.complete
    np.testing.assert_array_equal(early[0].scores, kept[0])
    judged = ~np.isnan(early[0].scores[:, 2])
    assert judged.sum() == scan.PAIRS_PER_STEP
    np.testing.assert_array_equal(early[0].scores[judged], final.scores[judged])
    assert early[0].ranked(Preference(), 1)[0].swatch.id == table.ids[9]
    others = (final.scores[:, [0, 1, 3]]).mean(axis=1)
    assert others[judged].min() >= others[~judged].max() - 1e-6  # the best by the others first
    assert not find(make_table(50), watch=watch).n_searched == 0 and len(early) == 1


def test_progress_counts_up_and_a_search_can_be_dropped_at_any_step(
    find, make_table, make_swatches
):
    table = make_table(5000, seed=7)
    seen: list[Progress] = []
    find(table, watch=seen.append)
    done = [p.done for p in seen]
    assert done == sorted(done) and done[-1] == 5000 and {p.phase for p in seen} == {"Searching"}
    swatches = make_swatches(table)
    for stop in range(len(seen)):
        steps = search(table.descriptor(0), swatches, table, Query())
        for _ in range(stop):
            next(steps)
        steps.close()


def test_the_search_leaves_the_table_as_it_was(find, make_table):
    table = make_table(100, seed=8)
    copies = {name: getattr(table, name).copy() for name in ("codes", "coarse", "palettes")}
    one, two = find(table, by=3), find(table, by=3)
    for name, copy in copies.items():
        np.testing.assert_array_equal(getattr(table, name), copy)
    np.testing.assert_array_equal(one.scores, two.scores)
    assert one.order(Preference())[0].tolist() == two.order(Preference())[0].tolist()


def test_what_a_doubtful_query_could_score_is_told() -> None:
    taxonomy = default_taxonomy()
    coarse = np.zeros(len(taxonomy.coarse), np.float32)
    coarse[taxonomy.coarse_index["plaid/gingham"]] = 0.4
    coarse[taxonomy.coarse_index["plaid/tartan"]] = 0.6
    fine = np.full(len(taxonomy.fine), 1 / len(taxonomy.fine), np.float32)
    encoding = Encoding(HashCode(bytes(8), 64), np.ones(64, np.float32), coarse, fine, (60.0, 5.0))
    descriptor = FabricDescriptor("none", encoding, Palette(()))
    empty = DescriptorTable(
        "none", (), np.zeros((0, 8), np.uint8), np.zeros((0, coarse.size), np.float32),
        np.zeros((0, fine.size), np.float32), np.zeros((0, 2), np.float32),
        np.zeros((0, 10, 5), np.float32), np.zeros(0, np.float32), np.zeros((0, 3), bool),
    )  # fmt: skip
    result = run_to_end(search(descriptor, (), empty, Query()))
    spread = 5.0 * np.sqrt(2 / np.pi) / 40  # mean distance of N(60, 5²) from 60, of 40 points
    expected = (0.5 * 0.6 + 0.5, 1 / fine.size, 1, 1 - spread)
    assert result.attainable == pytest.approx(expected, abs=1e-6)


def test_a_code_of_sub_codes_counts_as_the_weights_do(find, make_table):
    layout = (("coarse", 0, 16), ("fine", 16, 32), ("color", 32, 56), ("tightness", 56, 64))
    table = make_table(60, seed=3)
    whole, split = find(table, by=5), find(table, by=5, layout=layout)
    assert split.code_similarity.shape == (60, 4)
    relaxed = unpack_bits(table.codes[5]) * 2.0 - 1
    for weights in (Weights(), Weights(1, 1, 0, 1), Weights(0, 0, 2, 1)):
        share = code_weight(BLEND, weights)
        four = overall_similarity(split.scores, weights, split.medians)
        code = faceted_similarity(relaxed, table.codes, layout, weights)
        expected = (1 - share) * four + share * code
        np.testing.assert_allclose(split.overall(weights), expected, atol=2e-6)
    assert np.array_equal(split.hamming, whole.hamming)
    assert np.array_equal(split.scores, whole.scores)
    assert whole.code_similarity.shape == (60,)
