"""Which parts spoke: the map beside a naive recomputation, part by part and cell by cell."""

from typing import Any

import numpy as np
import pytest

from fabricfinder.domain.descriptor import table_of
from fabricfinder.domain.search import Query
from fabricfinder.domain.swatch import Swatch
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.occlusion import occlusion_steps, parts, scores_against
from fabricfinder.retrieval.scan import search

CELLS, SPAN, K = 5, 2, 3


def planted(part: Any) -> np.ndarray:
    """Scores of a cloth whose lower right corner alone speaks, and a dimension never judged."""
    scores = np.full((K, 4), 0.9)
    if part is not None:
        left, top, right, bottom = part
        scores[:, 0] -= 0.5 * max(0.0, right - 0.6) * max(0.0, bottom - 0.6)
        scores[1, 1] += 0.1 * (1 - left) * (1 - top)  # covering it helps: it spoke against
        scores[2, 2] = np.nan if left < 0.1 else 0.7
    scores[:, 3] = np.nan
    return scores


def test_a_cell_loses_the_mean_over_the_parts_that_cover_it() -> None:
    maps = run_to_end(occlusion_steps(lambda part: part, planted, CELLS, SPAN))
    whole = planted(None)
    expected = np.zeros((K, 4, CELLS, CELLS))
    for k in range(K):
        for dimension in range(4):
            for row in range(CELLS):
                for column in range(CELLS):
                    losses = []
                    for top in range(row - SPAN + 1, row + 1):
                        for left in range(column - SPAN + 1, column + 1):
                            inside = 0 <= top <= CELLS - SPAN and 0 <= left <= CELLS - SPAN
                            if not inside:
                                continue
                            box = np.array([left, top, left + SPAN, top + SPAN]) / CELLS
                            losses.append((whole - planted(tuple(box)))[k, dimension])
                    known = [loss for loss in losses if not np.isnan(loss)]
                    value = float(np.mean(known)) if known else 0.0
                    expected[k, dimension, row, column] = value
    expected[np.isnan(whole)] = np.nan
    np.testing.assert_allclose(maps.losses, expected, atol=1e-6)
    np.testing.assert_allclose(maps.scores, whole, atol=1e-6)
    assert np.unravel_index(maps.losses[0, 0].argmax(), (CELLS, CELLS)) == (4, 4)
    assert (maps.losses[1, 1] < 0).all() and np.isnan(maps.losses[:, 3]).all()


def test_one_step_a_part_and_it_can_be_stopped() -> None:
    looked = []
    steps = occlusion_steps(lambda part: looked.append(part) or part, planted, CELLS, SPAN)
    progress = next(steps)
    assert (progress.done, progress.total) == (0, len(parts(CELLS, SPAN))) == (0, 16)
    next(steps)
    steps.close()
    assert len(looked) == 2  # whole, and one part


@pytest.mark.parametrize("measure", ["emd_hsv", "emd_lab"])
def test_scores_are_those_of_a_search(make_table, measure) -> None:
    drawn = make_table(4)
    query, *others = (drawn.descriptor(row) for row in range(4))
    swatches = [Swatch(f"{n}", "", "", 9, 9) for n in range(3)]
    table = table_of(others, [s.id for s in swatches])
    np.testing.assert_array_equal(table.codes, drawn.codes[1:])
    np.testing.assert_array_equal(table.certain, drawn.certain[1:])
    scores = scores_against(query, swatches, table, measure)
    result = run_to_end(search(query, swatches, table, Query(), measure=measure))
    np.testing.assert_array_equal(scores, result.scores)
    assert scores.shape == (3, 4)
