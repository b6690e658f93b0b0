"""The queue and the deeds of the Label workspace on a real library of synthetic swatches."""

from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.opinion import CANT_TELL, Opinion
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import new_term, shipped_vocabulary
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.choices import KEYS, groups_of
from fabricfinder.labelling.queue import DISAGREE, LEAST_SURE, MOST_USEFUL, RANDOM
from fabricfinder.labelling.deeds import computed_cover
from fabricfinder.labelling.queue import alike_in, nearest, order_rows, suggestions, unsureness


@pytest.fixture
def table():
    rng, taxonomy, n = np.random.default_rng(3), default_taxonomy(), 60
    return DescriptorTable(
        "m", tuple(f"{i:040x}" for i in range(n)), rng.integers(0, 256, (n, 16), np.uint8),
        rng.dirichlet(np.full(len(taxonomy.coarse), 0.05), n).astype(np.float32),
        rng.dirichlet(np.full(len(taxonomy.fine), 0.05), n).astype(np.float32),
        np.stack([rng.uniform(20, 95, n), rng.uniform(2, 20, n)], 1).astype(np.float32),
        np.zeros((n, 10, 5), np.float32), np.zeros(n, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip


def test_least_sure_asks_the_flattest_belief_first(table):
    waiting = np.ones(60, bool)
    waiting[:10] = False
    rows = order_rows(table, "coarse", LEAST_SURE, waiting)
    unsure = unsureness(table, "coarse")
    entropy = [-sum(p * np.log(p) for p in row if p > 0) for row in table.coarse.astype(float)]
    assert np.argsort(unsure).tolist() == np.argsort(entropy).tolist()
    assert sorted(rows) == list(range(10, 60)) and (np.diff(unsure[rows]) <= 1e-9).all()
    spread = order_rows(table, "tightness", LEAST_SURE, waiting)
    assert table.tightness[spread[0], 1] == table.tightness[10:, 1].max()


def test_random_is_a_lot_and_useful_asks_one_of_twins(table):
    waiting = np.ones(60, bool)
    one, two = (order_rows(table, "fine", RANDOM, waiting, seed) for seed in (1, 2))
    assert sorted(one) == sorted(two) == list(range(60)) and one.tolist() != two.tolist()
    codes = table.codes.copy()
    codes[:30] = codes[0]  # thirty pictures of one cloth
    fine = table.fine.copy()
    fine[:30] = 1 / fine.shape[1]
    rows = order_rows(replace(table, codes=codes, fine=fine), "fine", MOST_USEFUL, waiting)
    assert sorted(rows) == list(range(60))
    # Of thirty twins one is asked; the others come after everything else.
    assert (rows[:31] < 30).sum() == 1 and (rows[31:] < 30).all()
    waiting[0] = False  # one of them is answered: all others wait to the end
    rows = order_rows(replace(table, codes=codes, fine=fine), "fine", MOST_USEFUL, waiting, 3)
    assert (rows[:30] >= 30).all() and sorted(rows) == list(range(1, 60))


def test_ghosts_are_the_beliefs(table):
    best = suggestions(table, "fine", 7)
    expected = [p for p in sorted(map(float, table.fine[7]))[::-1] if p >= 0.01]
    assert [s.certainty for s in best] == expected[:12]
    assert best[0].value == default_taxonomy().fine[int(table.fine[7].argmax())]
    (cover,) = suggestions(table, "tightness", 7)
    assert cover.value == pytest.approx(float(table.tightness[7, 0]), abs=0.06)
    nothing = replace(table, fine=np.full_like(table.fine, np.nan))
    assert suggestions(nothing, "fine", 7) == ()


def test_neighbours_and_look_alikes(table):
    near = nearest(table.codes, 5, np.arange(60), 4)
    distance = np.unpackbits(table.codes ^ table.codes[5], axis=1).sum(1)
    assert 5 not in near and distance[near].tolist() == sorted(distance)[1:5]
    coarse = table.coarse.copy()
    coarse[[9, 11]] = coarse[5]
    rows = alike_in(replace(table, coarse=coarse), "coarse", 5, np.ones(60, bool), 2)
    assert set(rows) == {9, 11}
    said = default_taxonomy().coarse[3]
    coarse[20] = 0
    coarse[20, 3] = 1  # what was said of it finds those the model thinks to be that
    (first,) = alike_in(replace(table, coarse=coarse), "coarse", 5, waiting_but(9, 11), 1, said)
    assert first == 20


def waiting_but(*rows):
    waiting = np.ones(60, bool)
    waiting[list(rows)] = False
    return waiting


def test_every_term_is_in_one_group_under_its_own_key():
    words = shipped_vocabulary().extended(new_term("Mill check", "coarse", "plaid/glen"))
    for dimension in ("coarse", "fine"):
        groups = groups_of(words, dimension)
        ids = [t.id for g in groups for t in g.terms]
        assert sorted(ids) == sorted(t.id for t in words.offered(dimension))
        assert all(len(g.terms) <= len(KEYS) and g.example in ids for g in groups)
    assert "s" not in KEYS and groups_of(words, "coarse", "zh")[2].name == "格子"


@pytest.fixture
def finder(tmp_path, swatch_folder, fake_encoder):
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    yield finder
    finder.close()


def test_a_sitting_is_asked_answered_undone_and_reopened(finder):
    labels = finder.labels
    queue = run_to_end(labels.begin("coarse", MOST_USEFUL))
    assert (len(queue.asked), queue.labelled, queue.total) == (12, 0, 12)
    first, second = queue.asked[0], queue.asked[1]
    said = Opinion(first.swatch.id, "coarse", "plaid/glen", "Ada", 1, suggestion=first.ghosts[0])
    step = run_to_end(labels.say([said], "Label one swatch"))
    assert step.step.name == "Label one swatch" and step.history[-1] == step.step
    run_to_end(labels.say([Opinion(second.swatch.id, "coarse", CANT_TELL, "Ada", 2)], "Can't tell"))
    assert finder.catalog.find(first.swatch.id).labels.coarse is None  # not published yet
    run_to_end(labels.settle())
    assert finder.catalog.find(first.swatch.id).labels.coarse == "plaid/glen"
    again = run_to_end(labels.begin("coarse", LEAST_SURE))
    assert len(again.asked) == 10 and again.labelled == 1  # neither is asked again
    _, near = run_to_end(labels.references(again.asked[0].swatch.id, "coarse"))
    assert [(a.swatch.id, a.said) for a in near] == [(first.swatch.id, "plaid/glen")]
    folder = finder.catalog.folder
    finder.close()
    other = Finder(finder.encoder)
    run_to_end(other.open_library(folder))
    for _ in range(2):
        run_to_end(other.labels.undo())
    assert len(run_to_end(other.labels.begin("coarse", RANDOM)).asked) == 12
    run_to_end(other.labels.redo())
    assert len(run_to_end(other.labels.begin("coarse", RANDOM)).asked) == 11
    other.close()


def test_disagreement_is_with_the_model_s_own_belief(finder):
    labels = finder.labels
    queue = run_to_end(labels.begin("fine", RANDOM))
    agreed, against = queue.asked[0], queue.asked[1]
    run_to_end(labels.say([
        Opinion(agreed.swatch.id, "fine", agreed.ghosts[0].value, "Ada", 1),
        Opinion(against.swatch.id, "fine", "felt", "Ada", 1),
    ], "Label 2 swatches"))  # fmt: skip
    queue = run_to_end(labels.begin("fine", DISAGREE))
    assert [a.swatch.id for a in queue.asked] == [against.swatch.id]
    assert queue.asked[0].said == "felt" and queue.asked[0].ghosts == against.ghosts


def test_spreading_is_one_step(finder):
    labels = finder.labels
    first = finder.catalog.swatches[0].id
    run_to_end(labels.say([Opinion(first, "coarse", "plaid/glen", "Ada", 1)], "Label"))
    alike = run_to_end(labels.alike(first, "coarse", 5))
    assert len(alike) == 5 and first not in [a.swatch.id for a in alike]
    run_to_end(labels.say(
        [Opinion(a.swatch.id, "coarse", "plaid/glen", "Ada", 2) for a in alike], "Spread"
    ))  # fmt: skip
    assert run_to_end(labels.begin("coarse", RANDOM)).labelled == 6
    run_to_end(labels.undo())
    assert run_to_end(labels.begin("coarse", RANDOM)).labelled == 1


def test_pairs_make_a_scale_with_what_is_known(finder):
    labels = finder.labels
    ids, scale, pair, n = run_to_end(labels.pairs.scale())
    assert sorted(ids) == sorted(s.id for s in finder.catalog.swatches) and n == 0
    a, b = pair
    for _ in range(5):
        run_to_end(labels.pairs.answer(a, b, "Say which is tighter"))
    ids, after, _, n = run_to_end(labels.pairs.scale())
    before = scale.mean[ids.index(a)] - scale.mean[ids.index(b)]
    assert n == 5 and after.mean[ids.index(a)] - after.mean[ids.index(b)] > before
    run_to_end(labels.say([Opinion(a, "tightness", 30.0, "Ada", 1, source="measured")], "Measure"))
    ids, held, _, _ = run_to_end(labels.pairs.scale())
    assert held.mean[ids.index(a)] == pytest.approx(30, abs=3)


def test_counts_give_the_cover(finder):
    swatch = replace(finder.catalog.swatches[0], fields={
        "ends_per_cm": 28.0, "picks_per_cm": 24.0, "warp_tex": 20.0, "weft_tex": 20.0,
    })  # fmt: skip
    assert computed_cover(swatch) == 67.6
    assert computed_cover(replace(swatch, fields={"ends_per_cm": 28.0})) is None


def test_files_in_and_out_of_a_library(finder, tmp_path):
    labels = finder.labels
    first = finder.catalog.swatches[0].id
    own = new_term("Mill check", "coarse", "plaid/glen")
    run_to_end(labels.change_words(lambda words: words.extended(own), "New term"))
    run_to_end(labels.say([Opinion(first, "coarse", own.id, "Ada", 1)], "Label"))
    path = tmp_path / "labels.json"
    assert run_to_end(labels.export(path)) == 1
    run_to_end(labels.undo())
    run_to_end(labels.undo())
    read = run_to_end(labels.bring(path, "Read labels"))
    assert len(read.opinions) == 1 and finder.catalog.find(first).labels.coarse == "plaid/glen"
    assert run_to_end(labels.agreement()) == () and run_to_end(labels.suspects("coarse")) == ()


def test_the_scale_becomes_labels_that_are_judged_and_no_evidence_for_themselves(finder):
    labels, ids = finder.labels, [s.id for s in finder.catalog.swatches]
    run_to_end(labels.say([Opinion(ids[0], "tightness", 40.0, "Ada", 1, source="measured")], "M"))
    for tighter, looser in [(ids[1], ids[0]), (ids[2], ids[1]), (ids[2], ids[0])] * 6:
        run_to_end(labels.pairs.answer(tighter, looser, "Pair"))
    before = run_to_end(labels.pairs.scale())[1].mean
    assert run_to_end(labels.pairs.take_over("Take the scale")) == 2
    said = {o.swatch: o for o in finder._library.opinions() if o.dimension == "tightness"}
    assert said[ids[0]].value == 40.0 and said[ids[0]].source == "measured"
    assert 40 < said[ids[1]].value < said[ids[2]].value and len(said) == 3
    assert said[ids[1]].source == "judged" and said[ids[1]].suggestion.model == "pairs"
    assert np.allclose(run_to_end(labels.pairs.scale())[1].mean, before)
    assert run_to_end(labels.pairs.take_over("Take the scale")) == 2  # they follow new answers
    run_to_end(labels.undo())
    run_to_end(labels.undo())
    assert len([o for o in finder._library.opinions() if o.dimension == "tightness"]) == 1
