"""Heads over a real library: beliefs change, a person's label never, and all can be given back."""

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.opinion import Opinion
from fabricfinder.domain.search import Query
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import new_term
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.queue import LEAST_SURE

DARK, PALE = "solid/ombre", "pattern/text"


@pytest.fixture
def finder(tmp_path, fake_encoder):
    """Forty plain colours, stripes dark above in half of them: two kinds the encoder mixes up."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(4)
    for i in range(40):
        picture = np.zeros((64, 64, 3)) + rng.integers(90, 160)
        (picture[:32] if i % 2 else picture[:, :32])[...] *= rng.uniform(0.2, 0.5)
        picture += rng.normal(0, 4, picture.shape)
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(folder / f"{i:02}.png")
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(folder)]))
    yield finder
    finder.close()


def say(finder, names, dimension="coarse"):
    swatches = {s.name.removesuffix(".png"): s for s in finder.catalog.swatches}
    run_to_end(finder.labels.say(
        [Opinion(swatches[n].id, dimension, v, "ann", 5) for n, v in names.items()], "Labels"))
    run_to_end(finder.labels.settle())


def kinds(rows):
    return {f"{i:02}": DARK if i % 2 else PALE for i in rows}


def test_labels_change_what_is_believed_of_the_rest_and_never_what_was_said(finder):
    taxonomy = default_taxonomy()
    before = finder.catalog.table
    say(finder, kinds(range(24)))
    result = run_to_end(finder.labels.heads.refit("coarse"))
    assert result.kept and result.judged.after > result.judged.before
    table = finder.catalog.table
    columns = [taxonomy.coarse_index[v] for v in (PALE, DARK)]
    rest = {s.id: i for i, s in enumerate(finder.catalog.swatches) if int(s.name[:2]) >= 24}
    kind = [int(s.name[:2]) % 2 for s in finder.catalog.swatches]
    right = [table.coarse[finder.catalog.table_row_of[i], columns].argmax() == kind[at]
             for i, at in rest.items()]  # fmt: skip
    was = [before.coarse[r, columns].argmax() == kind[at]
           for i, at in rest.items() for r in [before.ids.index(i)]]  # fmt: skip
    assert sum(right) >= 14 and sum(right) > sum(was)
    own = table.certain[:, 0]
    assert own.sum() == 24 and (table.coarse[own].max(axis=1) == 1).all()
    assert np.array_equal(table.fine, before.fine) and np.array_equal(table.codes, before.codes)
    library = finder._library
    assert {o.value for o in library.opinions()} == {DARK, PALE}
    assert np.array_equal(library.table("fake-64/fp32").coarse[~own], before.coarse[~own])


def test_the_query_is_seen_the_same_way_and_the_queue_sorts_anew(finder, tmp_path):
    say(finder, kinds(range(24)))
    asked = [a.swatch.id for a in run_to_end(finder.labels.begin("coarse", LEAST_SURE)).asked]
    run_to_end(finder.labels.heads.refit("coarse"))
    queue = run_to_end(finder.labels.begin("coarse", LEAST_SURE))
    assert {a.swatch.id for a in queue.asked} == set(asked)
    assert [a.swatch.id for a in queue.asked] != asked
    assert all(a.ghosts[0].value in (DARK, PALE) for a in queue.asked)
    swatch = queue.asked[0].swatch
    table, row = finder.catalog.table, finder.catalog.table_row_of[swatch.id]
    found = run_to_end(finder.search(Query(path=swatch.path)))
    best = next(i for i, s in enumerate(found.swatches) if s.id == swatch.id)
    assert found.scores[best, 0] == pytest.approx(
        0.5 + 0.5 * (table.coarse[row] * ~default_taxonomy().is_other).sum(), abs=0.02)


def test_it_is_kept_over_sittings_and_given_back(finder, tmp_path, fake_encoder):
    plain = finder.catalog.table.coarse.copy()
    say(finder, kinds(range(24)))
    run_to_end(finder.labels.heads.refit("coarse"))
    learned = finder.catalog.table.coarse.copy()
    finder.close()
    again = Finder(fake_encoder)
    run_to_end(again.open_library(tmp_path / "library"))
    assert np.allclose(again.catalog.table.coarse, learned, atol=1e-6)
    judged, labels = run_to_end(again.labels.heads.standing())["coarse"]
    assert judged.kept and labels == 24
    run_to_end(again.labels.heads.give_back("coarse"))
    open_rows = ~again.catalog.table.certain[:, 0]
    assert np.array_equal(again.catalog.table.coarse[open_rows], plain[open_rows])
    assert run_to_end(again.labels.heads.standing())["coarse"] == (None, 0)
    again.close()


def test_too_few_labels_teach_nothing_and_labels_by_lot_are_not_kept(finder):
    say(finder, kinds(range(6)))
    assert run_to_end(finder.labels.heads.refit("coarse")).judged is None
    before = finder.catalog.table.coarse.copy()
    seen = finder.catalog.table
    columns = [default_taxonomy().coarse_index[v] for v in (DARK, PALE)]
    told = {}  # just what the encoder believes already: nothing is left to learn
    for swatch in finder.catalog.swatches[:30]:
        row = finder.catalog.table_row_of[swatch.id]
        told[swatch.name[:2]] = (DARK, PALE)[int(seen.coarse[row, columns].argmax())]
    rng = np.random.default_rng(1)
    told |= {n: (DARK, PALE)[rng.integers(2)] for n in list(told)[::2]}
    say(finder, told, "coarse")
    result = run_to_end(finder.labels.heads.refit("coarse"))
    assert result.judged is not None and not result.kept
    rows = ~finder.catalog.table.certain[:, 0]  # the encoder's own word stays
    assert np.array_equal(finder.catalog.table.coarse[rows], before[rows])


def test_a_term_of_her_own_is_suggested_once_it_was_said(finder):
    own = new_term("dark above", "coarse", "solid/ombre")
    run_to_end(finder.labels.change_words(lambda words: words.extended(own), "New term"))
    say(finder, {n: own.id if v == DARK else v for n, v in kinds(range(24)).items()})
    run_to_end(finder.labels.heads.refit("coarse"))
    queue = run_to_end(finder.labels.begin("coarse", LEAST_SURE))
    by = {int(a.swatch.name[:2]) % 2: a.ghosts[0].value for a in queue.asked}
    assert by == {1: own.id, 0: PALE}
    assert all(sum(g.certainty for g in a.ghosts) <= 1.001 for a in queue.asked)


def test_tightness_learns_what_the_encoder_is_off_by(finder):
    table, catalog = finder.catalog.table, finder.catalog
    names = {s.id: s.name.removesuffix(".png") for s in catalog.swatches}
    told = {names[i]: float(table.tightness[r, 0]) * 0.6 for r, i in enumerate(table.ids) if r < 30}
    say(finder, told, "tightness")
    result = run_to_end(finder.labels.heads.refit("tightness"))
    assert result.kept and result.judged.after < 0.5 * result.judged.before
    now = finder.catalog.table
    rows = ~now.certain[:, 2]
    assert np.abs(now.tightness[rows, 0] - 0.6 * table.tightness[rows, 0]).mean() < 4
