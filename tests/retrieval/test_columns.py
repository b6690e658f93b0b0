"""Checks the columns kept beside a table, and that they go when the table goes."""

import gc
import weakref

import numpy as np

from fabricfinder.retrieval.columns import columns_of, most_believed, swatch_columns_of
from fabricfinder.retrieval.palette_transport import palette_points


def test_columns_are_kept_with_their_table_and_freed_with_it(make_table, make_swatches):
    table = make_table(10)
    columns = columns_of(table)
    assert columns_of(table) is columns and columns_of(make_table(10)) is not columns
    swatches = make_swatches(table)
    assert swatch_columns_of(swatches, table) is swatch_columns_of(swatches, table)
    gone = weakref.ref(columns)
    del table, columns
    gc.collect()
    assert gone() is None


def test_ranks_of_ids_are_alphabetical(make_table):
    table = make_table(50, seed=3)
    ranks = columns_of(table).id_rank
    assert [table.ids[row] for row in np.argsort(ranks)] == sorted(table.ids)
    assert len(columns_of(table.take(np.zeros(0, int))).id_rank) == 0


def test_points_prepared_in_steps_are_those_prepared_at_once(make_table, monkeypatch):
    monkeypatch.setattr("fabricfinder.retrieval.columns.ROWS_PER_STEP", 7)
    table = make_table(30)
    columns = columns_of(table)
    assert list(columns.point_steps("emd_hsv")) == [0, 7, 14, 21, 28]
    assert list(columns.point_steps("emd_hsv")) == []
    whole = palette_points(table.palettes)
    for name in ("axes", "shares", "means", "n_colors"):
        np.testing.assert_allclose(
            getattr(columns.points("emd_hsv"), name), getattr(whole, name), atol=1e-7
        )
    assert columns.points("emd_lab").measure == "emd_lab"


def test_visible_colours_cover_a_tenth(make_table):
    palettes = np.zeros((2, 10, 5), np.float32)
    palettes[0, :3] = [[8, 0, 0, 0, 0.8], [3, 0, 0, 0, 0.1], [0, 0, 0, 0, 0.1 - 1e-3]]
    visible = columns_of(make_table(2, palettes=palettes)).visible_colors
    assert np.flatnonzero(visible[0]).tolist() == [3, 8] and not visible[1].any()


def test_the_most_believed_label():
    beliefs = np.array([[0.2, 0.5, 0.3], [np.nan] * 3, [0, 0, 0], [1, 0, 0]])
    assert most_believed(beliefs).tolist() == [1, -1, -1, 0]
    assert most_believed(np.zeros((2, 0))).tolist() == [-1, -1]
