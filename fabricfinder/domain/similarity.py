"""The four dimensions of fabric similarity, each 0..1, over one query and a whole library at once.

Source: DVSH (Xiang, Pan, Gao 2022) §3, eq. (1)-(6), with its gaps settled. Every function compares
one query with n candidates as array operations; ``nan`` means "cannot be judged" (never 0). The
colour dimension needs an optimal transport solver and lives in ``retrieval.palette_transport``;
its paper variants are here.
"""

import math
from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.palette import cone_coordinates
from fabricfinder.domain.taxonomy import Taxonomy

DIMENSIONS = ("coarse", "fine", "color", "tightness")
TIGHTNESS_ALPHA = 2.0  # percent a step, DVSH eq. (5)
TIGHTNESS_ETA = 20.0  # steps until nothing is left of the similarity
# A quarter more threads a cm: nothing is left of the sett's similarity. On 280 re-captures among
# rendered siblings recall@1 rises from .346 to .436 with it (.396 with half again as many).
SETT_ZERO = math.log(1.25)
SETT_SHARE = 0.5  # of the tightness dimension, where the query's threads are known


@dataclass(frozen=True, slots=True)
class SimilarityBreakdown:
    """The four scores of one candidate, each 0..1, or None where it cannot be judged."""

    coarse: float | None
    fine: float | None
    color: float | None
    tightness: float | None

    @property
    def judged(self) -> int:
        """How many of the four could be judged."""
        return sum(score is not None for score in self.as_tuple())

    def as_tuple(self) -> tuple[float | None, ...]:
        """The scores in the fixed order of DIMENSIONS."""
        return self.coarse, self.fine, self.color, self.tightness

    @staticmethod
    def from_row(row: np.ndarray) -> "SimilarityBreakdown":
        """Build from float (4,) with nan for unknown."""
        return SimilarityBreakdown(*(None if math.isnan(v) else float(v) for v in row))


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each dimension counts: a preference, not evidence.

    Raises:
        ValueError: a weight is negative or not finite, or all are 0.
    """

    coarse: float = 1.0
    fine: float = 1.0
    color: float = 1.0
    tightness: float = 1.0

    def __post_init__(self) -> None:
        values = self.as_tuple()
        if not all(math.isfinite(v) and v >= 0 for v in values) or not any(values):
            raise ValueError("weights must be 0 or more, and not all 0")

    def as_tuple(self) -> tuple[float, float, float, float]:
        """In the fixed order of DIMENSIONS."""
        return self.coarse, self.fine, self.color, self.tightness

    def as_array(self) -> np.ndarray:
        """float64 (4,), normalised to sum 1."""
        array = np.array(self.as_tuple(), np.float64)
        return array / array.sum()


def coarse_similarity(query: np.ndarray, candidates: np.ndarray, taxonomy: Taxonomy) -> np.ndarray:
    """Best coupling of two beliefs over minors under the 1 / ½ / 0 table, DVSH §3.1.

    Closed form of 1 − EMD(p, q) with cost 1 − A: ½ Σ_minor min(p, q) + ½ Σ_major min(P, Q), the
    minors' sum without ``other``. One-hot beliefs reproduce the table; a belief against itself
    scores 1 less half of what it gives to ``other``, which is never evidence of sameness.

    Args:
        query: float (n_coarse,), sums to 1, or all nan when nothing is believed. Leading axes
            broadcast: (q, 1, n_coarse) against (n, n_coarse) gives (q, n).
        candidates: float (n, n_coarse).

    Returns:
        float32 (n,) in [0, 1]; nan where either side is nan.
    """
    # min(p, 0) = 0, so emptying the query's "other" leaves those columns out of the sum.
    named = np.where(taxonomy.is_other, query * 0, query)
    minor = np.minimum(candidates, named).sum(axis=-1)
    major = np.minimum(_majors(candidates, taxonomy), _majors(query, taxonomy)).sum(axis=-1)
    return np.clip(0.5 * minor + 0.5 * major, 0, 1).astype(np.float32)


def _majors(beliefs: np.ndarray, taxonomy: Taxonomy) -> np.ndarray:
    """Belief over the majors, (..., n_majors); nan stays nan without a warning from BLAS."""
    with np.errstate(invalid="ignore"):
        return beliefs @ taxonomy.major_matrix


def fine_similarity(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Best coupling of two beliefs over weaves and knits: Σ min(p, q), DVSH §3.1.

    Args and returns as ``coarse_similarity``, with (n_fine,) beliefs.
    """
    return np.clip(np.minimum(candidates, query).sum(axis=-1), 0, 1).astype(np.float32)


_erf = np.frompyfunc(math.erf, 1, 1)


def tightness_similarity(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """1 − W₁ / (α·η) between normal beliefs of tightness, at least 0; DVSH eq. (5).

    Args:
        query: float (2,): mean and standard deviation in percent; nan mean = unknown, nan
            deviation = as sure as the other side. Leading axes broadcast as (q, 1, 2).
        candidates: float (n, 2).

    Returns:
        float32 (n,) in [0, 1]; nan where either mean is unknown. For certain values this is
        max(0, 1 − |w1 − w2| / 40).
    """
    query, candidates = np.asarray(query, np.float64), np.asarray(candidates, np.float64)
    shift = np.abs(candidates[..., 0] - query[..., 0])
    spread = np.abs(candidates[..., 1] - query[..., 1])
    distance = shift.copy()
    # W₁ of two normals is the mean of |shift + spread·Z|: a folded normal.
    blurred = (spread > 1e-9) & np.isfinite(shift)
    if blurred.any():
        m, s = shift[blurred], spread[blurred]
        ratio = np.minimum(m / s, 40.0)
        erf = _erf(ratio / math.sqrt(2)).astype(np.float64)
        distance[blurred] = s * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2) + m * erf
    score = 1 - distance / (TIGHTNESS_ALPHA * TIGHTNESS_ETA)
    return np.clip(score, 0, 1).astype(np.float32)


def expected_tightness_similarity(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Mean of max(0, 1 − |w1 − w2| / 40) over *independent* normal beliefs; calibration studies.

    Not what the bars show: independence calls the same cloth, seen twice with doubt, unlike
    itself. Closed form of the triangular kernel: with m the difference of means, s² the sum of
    variances, a = 40 and g(t) = s·φ(t/s) + t·Φ(t/s), E = [g(m+a) − 2g(m) + g(m−a)] / a.

    Args and returns as ``tightness_similarity``, float64; nan where a mean or deviation is nan.
    """
    query, candidates = np.asarray(query, np.float64), np.asarray(candidates, np.float64)
    m = candidates[..., 0] - query[..., 0]
    s = np.maximum(np.hypot(candidates[..., 1], query[..., 1]), 1e-9)
    a = TIGHTNESS_ALPHA * TIGHTNESS_ETA

    def g(t: np.ndarray) -> np.ndarray:
        z = np.clip(t / s, -40.0, 40.0)
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return s * density + t * 0.5 * (1 + _erf(z / math.sqrt(2)).astype(np.float64))

    return np.clip((g(m + a) - 2 * g(m) + g(m - a)) / a, 0, 1)


def sett_similarity(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """1 − d / ln 1.25 between thread counts, at least 0; d is the mean of |ln ratio| of both systems.

    A picture does not tell warp from weft, so the better of the two ways to pair the systems
    counts. 5 % more threads both ways score .78, 10 % more .57.

    Args:
        query: float (5,) as ``YarnDensity.to_array``.
        candidates: float (n, 5).

    Returns:
        float32 (n,) in [0, 1]; nan where the threads of either side are not known.
    """
    one = np.log(np.asarray(query, np.float64)[..., :2])
    other = np.log(np.asarray(candidates, np.float64)[..., :2])
    ways = [np.abs(other - pair).mean(axis=-1) for pair in (one, one[..., ::-1])]
    return np.clip(1 - np.minimum(*ways) / SETT_ZERO, 0, 1).astype(np.float32)


def tightness_with_sett(
    tightness: np.ndarray, sett: np.ndarray, tightness_median: float, sett_median: float
) -> np.ndarray:
    """The tightness dimension where the query's threads are known: cover and sett, half each.

    As in ``overall_similarity``, what cannot be judged of a candidate takes the median of what can
    be in the library: leaving it out would reward being incomparable.

    Args:
        tightness: float (n,), similarity of cover; nan = n/a.
        sett: float (n,), similarity of thread counts; nan = n/a.
        tightness_median, sett_median: over the searched swatches; nan where none could be judged.

    Returns:
        float32 (n,); ``tightness`` itself where no sett at all could be judged, nan where
        neither of the two could be.
    """
    if math.isnan(sett_median):
        return tightness.astype(np.float32)
    cover = np.where(np.isnan(tightness), np.nan_to_num(tightness_median, nan=0.5), tightness)
    counted = np.where(np.isnan(sett), sett_median, sett)
    both = (1 - SETT_SHARE) * cover + SETT_SHARE * counted
    return np.where(np.isnan(tightness) & np.isnan(sett), np.nan, both).astype(np.float32)


def knit_against_woven(query: np.ndarray, candidates: np.ndarray, taxonomy: Taxonomy) -> np.ndarray:
    """Least probability that one of the pair is a knit and the other woven, (n,) in [0, 1].

    Tightness of a knit and of a weave are different measures, so such a pair scores tightness 0
    (not n/a): callers multiply the tightness score by 1 minus this. Under the best coupling of
    two beliefs it is max(0, w_q + k_x − 1, k_q + w_x − 1), w woven and k knit; a nonwoven goes
    with either. 0 where the weave of either side is unknown (nan): no evidence against the pair.

    Args as ``fine_similarity``.
    """
    knit, woven = taxonomy.is_knit, taxonomy.is_woven
    crossed = np.maximum(
        query[..., woven].sum(axis=-1) + candidates[..., knit].sum(axis=-1),
        query[..., knit].sum(axis=-1) + candidates[..., woven].sum(axis=-1),
    )
    return np.clip(np.nan_to_num(crossed - 1.0, nan=0.0), 0, 1)


def palette_similarity_corrected(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """DVSH eq. (2)-(4) made a similarity: Σ over shared classes of nearness × share agreement.

    S = Σ_{i,j: c_i = c_j} (1 − d_ij/2)(1 − |p_i − q_j|) min(p_i, q_j), d in HSV cone coordinates.
    Only equal classes pair up, else an N-colour palette would score up to N.

    Args:
        query: (10, 5) palette rows; candidates: (n, 10, 5).

    Returns:
        float32 (n,) in [0, 1].
    """
    d = np.linalg.norm(
        cone_coordinates(query)[None, :, None] - cone_coordinates(candidates)[:, None], axis=-1
    )  # (n, 10, 10)
    p, q = query[None, :, None, 4], candidates[:, None, :, 4]
    same = query[None, :, None, 0] == candidates[:, None, :, 0]
    terms = same * (1 - d / 2) * (1 - np.abs(p - q)) * np.minimum(p, q)
    return np.clip(terms.sum(axis=(1, 2)), 0, 1).astype(np.float32)


def palette_distance_literal(query: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """DVSH eq. (2)-(4) as printed, for audit only: a *distance*, unbounded, in 8-bit HSV units.

    Σ_{i,j} D_ij · (1 − |p_i − q_j|) · min(p_i, q_j), D the Euclidean distance of (H, S, V) region
    centres (H 0..179, S and V 0..255). Two identical solids give 0, black against white 255.
    """
    unit = np.array([0.5, 255.0, 255.0])
    diff = query[None, :, None, 1:4] * unit - candidates[:, None, :, 1:4] * unit
    p, q = query[None, :, None, 4], candidates[:, None, :, 4]
    terms = np.linalg.norm(diff, axis=-1) * (1 - np.abs(p - q)) * np.minimum(p, q)
    return terms.sum(axis=(1, 2)).astype(np.float32)


def overall_similarity(scores: np.ndarray, weights: Weights, medians: np.ndarray) -> np.ndarray:
    """Weighted mean of the four scores, DVSH eq. (6); an unknown takes the library's median.

    Dropping an unknown and renormalising would reward being incomparable.

    Args:
        scores: float (..., 4), nan = n/a.
        medians: float (4,) or broadcastable: median of each dimension over this query's library;
            nan where no candidate could be judged (then the dimension counts as ½ for all).

    Returns:
        float64 (...) in [0, 1].
    """
    neutral = np.where(np.isnan(medians), 0.5, medians)
    filled = np.where(np.isnan(scores), neutral, scores)
    return filled.astype(np.float64) @ weights.as_array()
