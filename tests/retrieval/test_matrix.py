"""Checks the matrices of training and evaluation against pairs worked out one by one."""

import numpy as np
import pytest

from fabricfinder.domain.search import Query
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval import matrix
from fabricfinder.retrieval.matrix import palette_matrix, similarity_matrix
from fabricfinder.retrieval.palette_transport import MEASURES, palette_similarity
from fabricfinder.retrieval.scan import search


@pytest.mark.parametrize("measure", MEASURES)
def test_a_palette_matrix_is_its_pairs(measure: str, make_palettes):
    rng = np.random.default_rng(0)
    one, two = make_palettes(rng, 70), make_palettes(rng, 45)
    one[3] = 0
    expected = np.stack([palette_similarity(p, two, measure) for p in one])
    np.testing.assert_allclose(palette_matrix(one, two, measure), expected, atol=5e-6)
    own = palette_matrix(one, measure=measure)
    expected = np.stack([palette_similarity(p, one, measure) for p in one])
    np.testing.assert_allclose(own, expected, atol=5e-6)
    assert np.isnan(own[3]).all() and np.isnan(own[:, 3]).all()
    np.testing.assert_array_equal(own, own.T)


def test_matrices_of_nothing(make_palettes, taxonomy: Taxonomy):
    none, some = np.zeros((0, 10, 5), np.float32), make_palettes(np.random.default_rng(0), 3)
    assert palette_matrix(none).shape == (0, 0)
    assert palette_matrix(none, some).shape == (0, 3) and palette_matrix(some, none).shape == (3, 0)
    assert palette_matrix(none, some, "paper_corrected").shape == (0, 3)
    nobody = np.zeros((0, 4), np.float32)
    assert similarity_matrix(nobody, nobody, nobody[:, 0], none, taxonomy).shape == (0, 0)


def test_the_matrix_is_what_a_search_would_say(make_table, make_swatches, taxonomy: Taxonomy):
    table = make_table(90, seed=1)
    swatches = make_swatches(table)
    got = similarity_matrix(table.coarse, table.fine, table.tightness, table.palettes, taxonomy)
    for row in range(0, 90, 9):
        found = run_to_end(search(table.descriptor(row), swatches, table, Query()))
        np.testing.assert_allclose(got[row], found.scores.mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(got, got.T, atol=1e-6)




def test_labels_give_the_papers_table(taxonomy: Taxonomy):
    minors = ("plaid/gingham", "plaid/gingham", "plaid/tartan", "solid/slub")
    weaves = ("plain", "twill-2-2", "plain", "single-jersey")
    coarse = np.eye(len(taxonomy.coarse))[[taxonomy.coarse_index[c] for c in minors]]
    fine = np.eye(len(taxonomy.fine))[[taxonomy.fine_index[f] for f in weaves]]
    tightness = np.array([60.0, 70.0, 100.0, 60.0])
    got = similarity_matrix(coarse, fine, tightness, None, taxonomy, color=np.ones((4, 4)))
    expected = np.array(
        [
            [4, 1 + 0 + 1 + 0.75, 0.5 + 1 + 1 + 0, 0 + 0 + 1 + 0],
            [0, 4, 0.5 + 0 + 1 + 0.25, 0 + 0 + 1 + 0],
            [0, 0, 4, 0 + 0 + 1 + 0],
            [0, 0, 0, 4],
        ]
    )
    expected = (expected + np.triu(expected, 1).T) / 4
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_dimensions_and_weights_choose_what_counts(make_table, taxonomy: Taxonomy):
    table = make_table(20, seed=2)
    columns = table.coarse, table.fine, table.tightness, table.palettes, taxonomy
    by_color = similarity_matrix(*columns, dimensions=("color",))
    np.testing.assert_allclose(by_color, palette_matrix(table.palettes), atol=1e-6)
    heavy = similarity_matrix(*columns, weights=Weights(0, 0, 3, 0))
    np.testing.assert_allclose(heavy, by_color, atol=1e-6)
    texture = similarity_matrix(
        table.coarse, table.fine, table.tightness, None, taxonomy, dimensions=("coarse", "fine")
    )
    halves = [similarity_matrix(*columns, dimensions=(d,)) for d in ("coarse", "fine")]
    np.testing.assert_allclose(texture, sum(halves) / 2, atol=1e-6)
    given = similarity_matrix(*columns[:3], None, taxonomy, color=palette_matrix(table.palettes))
    np.testing.assert_allclose(given, similarity_matrix(*columns), atol=1e-6)
    with pytest.raises(ValueError, match="colour counts"):
        similarity_matrix(*columns[:3], None, taxonomy)
    with pytest.raises(ValueError, match="no such dimension"):
        similarity_matrix(*columns, dimensions=("hue",))
    with pytest.raises(ValueError, match="weights"):
        similarity_matrix(*columns, dimensions=())


def test_what_is_unknown_takes_its_rows_median(make_table, taxonomy: Taxonomy):
    table = make_table(15, seed=3)
    tightness = table.tightness.copy()
    tightness[4] = np.nan
    only = similarity_matrix(
        table.coarse, table.fine, tightness, None, taxonomy, dimensions=("tightness",)
    )
    known = np.arange(15) != 4
    np.testing.assert_allclose(only[4], 0.5)  # nothing to compare with: a half for all
    for row in np.flatnonzero(known):
        assert only[row, 4] == pytest.approx(np.median(only[row, known]), abs=1e-6)


def test_blocks_join_without_a_seam(make_table, taxonomy: Taxonomy, monkeypatch):
    table = make_table(33, seed=4)
    columns = table.coarse, table.fine, table.tightness, table.palettes, taxonomy
    whole = similarity_matrix(*columns)
    monkeypatch.setattr(matrix, "_BLOCK", 5 * table.coarse.size)
    monkeypatch.setattr(matrix, "PAIRS_PER_STEP", 40)
    np.testing.assert_allclose(similarity_matrix(*columns), whole, atol=1e-6)
