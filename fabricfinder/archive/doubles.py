"""Swatches of different articles that seem to be one cloth, alike by code and in their colours.

Measured on the demo, three pictures of 300 cloths under other light, scale and turn: 82 % of the
pictures of one cloth are within the reach of the code, and 98 % of those are this alike in their
colours. Of other cloths 13 pairs of articles are told too, siblings of a design: so it is only
shown, never acted on.
"""

from collections.abc import Generator

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resemblance import MOST_BITS_APART, code_distances
from fabricfinder.domain.swatch import Alike
from fabricfinder.retrieval.palette_transport import pair_similarity, palette_points

LEAST_COLOUR = 0.85
_CHUNK = 64
_NEAREST = 8  # of each swatch, at most: a drawer of black cloth is alike through and through


def doubles(catalog: Catalog) -> Generator[Progress, None, tuple[Alike, ...]]:
    """Pairs of swatches that may be one cloth, the most alike first.

    Pictures of one article are no doubles. Every article, and every swatch without one, is in one
    pair at most, with what is nearest to it: when those two are filed together, the next is seen.
    """
    table = catalog.table
    n, bits = len(table), 8 * table.codes.shape[1] if len(table) else 0
    articles = [s.fields.get("article") or f"\0{row}" for row, s in enumerate(catalog.coded)]
    family = np.unique(np.array(articles, str), return_inverse=True)[1] if n else np.zeros(0, int)
    points = palette_points(table.palettes)
    found: list[tuple[int, int, int]] = []
    for start in range(0, n, _CHUNK):
        yield Progress("Looking for the same cloth twice", start, n)
        end = min(n, start + _CHUNK)
        apart = code_distances(table.codes[start:end], table.codes[:end])
        apart[family[start:end, None] == family[None, :end]] = bits
        near = [_nearest(apart[row - start, :row], MOST_BITS_APART * bits) for row in range(start, end)]
        rows = np.repeat(np.arange(start, end), [len(others) for others in near])
        others = np.concatenate(near)
        if not len(rows):
            continue
        colour = pair_similarity(points, rows, points, others)
        alike = ~(colour < LEAST_COLOUR)  # where no colour is known, the code decides
        rows, others = rows[alike], others[alike]
        found += zip(apart[rows - start, others].tolist(), rows.tolist(), others.tolist(), strict=True)
    told: list[Alike] = []
    taken: set[int] = set()
    for distance, row, other in sorted(found):
        if not taken & {family[row], family[other]}:
            taken |= {family[row], family[other]}
            told.append(Alike(table.ids[row], table.ids[other], 1 - distance / bits))
    return tuple(told)


def _nearest(apart: np.ndarray, most: float) -> np.ndarray:
    """Positions of the nearest few of int32 (n,) distances that are no more than ``most``."""
    near = np.flatnonzero(apart <= most)
    if len(near) > _NEAREST:
        near = near[np.argsort(apart[near], kind="stable")[:_NEAREST]]
    return near
