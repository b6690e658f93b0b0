"""How surely two cloths can be compared: which of the four scores rest on something that can be said.

Two beliefs that are both spread out thinly overlap well, so a score may be high where nothing is
known of either cloth. The score stays what it is; that it is a guess is told beside it.
"""

from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.similarity import DIMENSIONS, knit_against_woven
from fabricfinder.domain.taxonomy import Taxonomy

SURE = 0.6  # a belief under this is said with "probably"
UNSURE = 0.35  # and under this is no statement at all
VAGUE_TIGHTNESS = 12.0  # percent of standard deviation beyond which nothing is said


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """Of n candidates against one query.

    Attributes:
        unsure: bool (n, 4), in the order of DIMENSIONS: the score stands on beliefs too weak to be
            said. False where there is no belief at all: that score is n/a. Colour is seen, not
            believed, and never unsure.
        same_texture: bool (n,), pattern and weave are both surely the same.
    """

    unsure: np.ndarray
    same_texture: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """What the two beliefs of one texture come to, for n candidates.

    Attributes:
        belief: (n,), that of the less believed label of the two, 1 for a person's; nan = unknown.
        same: bool (n,), both are taken for the same; two of "other" are not.
        unsure: bool (n,), neither the label nor the group it belongs to can be said.
    """

    belief: np.ndarray
    same: np.ndarray
    unsure: np.ndarray


def certainty(
    query: FabricDescriptor, table: DescriptorTable, density: np.ndarray, taxonomy: Taxonomy,
    rows: np.ndarray | slice = slice(None),
) -> Certainty:  # fmt: skip
    """Judge n candidates; array operations only, about a microsecond a candidate.

    Args:
        query: what is known of the query.
        table: of the candidates and perhaps others.
        density: float (len(table), 5), the threads each is compared by, ``YarnDensity.to_array``.
        taxonomy: the vocabularies of the beliefs.
        rows: the candidates' rows of the table, int (n,); all of them by default.
    """
    seen, certain = query.encoding, table.certain[rows]
    fine = table.fine[rows]
    pattern = pattern_agreement(
        seen.coarse, table.coarse[rows], "coarse" in query.certain, certain[:, 0], taxonomy
    )
    weave = weave_agreement(seen.fine, fine, "fine" in query.certain, certain[:, 1], taxonomy)
    unsure = np.zeros((len(certain), len(DIMENSIONS)), bool)
    unsure[:, 0], unsure[:, 1] = pattern.unsure, weave.unsure
    by_threads = query.density.known & (density[rows, :2] > 0).all(axis=1)
    crossed = knit_against_woven(seen.fine, fine, taxonomy) > 0.5
    vague = tightness_spread(np.array(seen.tightness), table.tightness[rows]) > VAGUE_TIGHTNESS
    unsure[:, 3] = vague & ~by_threads & ~crossed
    same = (pattern.same & (pattern.belief >= SURE)) & (weave.same & (weave.belief >= SURE))
    return Certainty(unsure, same)


def pattern_agreement(
    query: np.ndarray, candidates: np.ndarray, query_certain: bool, certain: np.ndarray,
    taxonomy: Taxonomy,
) -> Agreement:  # fmt: skip
    """Compare beliefs over the patterns.

    Args:
        query: float (n_coarse,), nan = nothing is believed.
        candidates: float (n, n_coarse).
        query_certain, certain: whether a person said so; bool, and bool (n,).
    """
    belief, columns = _less_believed(query, candidates, query_certain, certain)
    with np.errstate(invalid="ignore"):
        group = np.minimum((query @ taxonomy.major_matrix).max(),
                           (candidates @ taxonomy.major_matrix).max(axis=1))  # fmt: skip
        unsure = (belief < UNSURE) & (group < SURE)
    same = (columns[0] == columns[1]) & ~taxonomy.is_other[columns[1]]
    return Agreement(belief, same, unsure)


def weave_agreement(
    query: np.ndarray, candidates: np.ndarray, query_certain: bool, certain: np.ndarray,
    taxonomy: Taxonomy,
) -> Agreement:  # fmt: skip
    """Compare beliefs over the weaves and knits, (n_fine,) and (n, n_fine); as the patterns."""
    belief, columns = _less_believed(query, candidates, query_certain, certain)
    one, other = query @ taxonomy.weave_kind_matrix, candidates @ taxonomy.weave_kind_matrix
    woven_or_knit = np.array([kind[0] != "nonwoven" for kind in taxonomy.weave_kinds])
    kind = int(one.argmax())
    with np.errstate(invalid="ignore"):
        family = (other.argmax(axis=1) == kind) & woven_or_knit[kind]
        family &= np.minimum(one.max(), other.max(axis=1)) >= SURE
        unsure = (belief < UNSURE) & ~family
    return Agreement(belief, columns[0] == columns[1], unsure)


def _less_believed(
    query: np.ndarray, candidates: np.ndarray, query_certain: bool, certain: np.ndarray
) -> tuple[np.ndarray, tuple[int, np.ndarray]]:
    """The lesser belief of both labels, (n,), and both labels' columns, int and int (n,)."""
    mine = 1.0 if query_certain else float(query.max())
    theirs = np.where(certain, 1.0, candidates.max(axis=1))
    unknown = np.isnan(query).any() | np.isnan(candidates).any(axis=1)
    belief = np.where(unknown, np.nan, np.minimum(mine, theirs))
    return belief, (int(query.argmax()), candidates.argmax(axis=1))


def tightness_spread(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Standard deviation of the difference of two beliefs of tightness, percent.

    Args:
        query: float (2,), mean and deviation; an unknown deviation adds nothing.
        candidates: float (n, 2).

    Returns:
        float (n,); nan where either mean is unknown.
    """
    spread = np.hypot(np.nan_to_num(query[1]), np.nan_to_num(candidates[:, 1]))
    return np.where(np.isnan(query[0]) | np.isnan(candidates[:, 0]), np.nan, spread)
