"""Which parts of a cloth spoke for a match: cover a part, look again, see what the scores lose.

Source: occlusion sensitivity, Zeiler and Fergus (2014) §4.2, on each of the four dimensions.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Query
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.swatch import Swatch
from fabricfinder.retrieval.scan import search

CELLS = 8  # a side of the map
SPAN = 2  # cells that are covered at a time, a side: neighbours overlap, so the map is smooth

Part = tuple[float, float, float, float]  # left, top, right, bottom in 0..1 of the cloth


@dataclass(frozen=True, slots=True, eq=False)
class OcclusionMaps:
    """What each part of one cloth is worth to its match with k others.

    Attributes:
        scores: float32 (k, 4), of the cloth as it is; nan = cannot be judged.
        losses: float32 (k, 4, cells, cells), what a score loses on the mean while a cell is
            covered: above 0 the part spoke for the match, below 0 against it; nan as ``scores``.
    """

    scores: np.ndarray
    losses: np.ndarray


def parts(cells: int = CELLS, span: int = SPAN) -> list[tuple[int, int]]:
    """Row and column of the first cell of every part that is covered, row by row."""
    starts = range(cells - span + 1)
    return [(row, column) for row in starts for column in starts]


def occlusion_steps(
    look: Callable[[Part | None], FabricDescriptor],
    score: Callable[[FabricDescriptor], np.ndarray],
    cells: int = CELLS,
    span: int = SPAN,
) -> Generator[Progress, None, OcclusionMaps]:
    """Cover one part after another; one Progress a part.

    A cell's loss is the mean over the parts that cover it. A part that takes away what the score
    is judged by (its covered score is nan) says nothing of its cells.

    Args:
        look: describes the cloth with a part covered, or as it is for None.
        score: the scores (k, 4) of a description against the others.
        cells, span: of the map and of a part, in cells a side.
    """
    whole = np.asarray(score(look(None)), np.float64)
    total = np.zeros((*whole.shape, cells, cells))
    counted = np.zeros_like(total)
    places = parts(cells, span)
    for done, (row, column) in enumerate(places):
        yield Progress("Covering parts of the cloth", done, len(places), "parts")
        box = column / cells, row / cells, (column + span) / cells, (row + span) / cells
        loss = whole - np.asarray(score(look(box)), np.float64)
        known = ~np.isnan(loss)
        area = (..., slice(row, row + span), slice(column, column + span))
        total[area] += np.where(known, loss, 0.0)[..., None, None]
        counted[area] += known[..., None, None]
    mean = np.divide(total, counted, out=np.zeros_like(total), where=counted > 0)
    mean[np.isnan(whole)] = np.nan
    return OcclusionMaps(whole.astype(np.float32), mean.astype(np.float32))


def scores_against(
    descriptor: FabricDescriptor,
    swatches: Sequence[Swatch],
    table: DescriptorTable,
    measure: str = "emd_hsv",
) -> np.ndarray:
    """The four scores of one cloth against k others as a search gives them, float32 (k, 4).

    Args:
        descriptor: by the table's encoder.
        swatches, table: the k others, same order.
        measure: how colours are compared, as ``Query.color_measure``.
    """
    steps = search(descriptor, swatches, table, Query(color_measure=measure), measure=measure)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            assert stop.value.scores.shape == (len(table), len(DIMENSIONS))
            return stop.value.scores
