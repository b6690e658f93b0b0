"""The band words of a match: what it comes to, before any number is shown.

Bands are thresholds on the overall ranking score with equal weights. "Same swatch" is not a score:
it is the same file, by digest. They were read off the rendered benchmark with the shipped encoder
(1,000 re-captured cloths against 1,000, hard siblings included): of the pairs above .90, 90 % are
one design; above .80, 62 %; 99 % of re-captured cloths lie above .65, and 96 % of other cloths below.

The score alone promises too much where both sides are in doubt: beliefs spread out thinly overlap
well, most of all those of a photograph without scale. So how sure the two sides are sets a cap:

- "Same quality" only where pattern and weave are surely the same and nothing is n/a or unsure;
- "Close" at most where one of the four is n/a, or the tightness is unsure, or one texture;
- "Related" at most where two are n/a, or neither pattern nor weave can be said.
"""

from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.certainty import Certainty


@dataclass(frozen=True, slots=True)
class Band:
    """A word for a range of scores, from ``floor`` up."""

    key: str
    word: str
    floor: float


BANDS = (
    Band("same", "Same quality", 0.90),
    Band("close", "Close", 0.80),
    Band("related", "Related", 0.65),
    Band("far", "Not close", 0.0),
)
SAME_SWATCH = Band("identical", "Same swatch", 1.0)
_SAME, _CLOSE, _RELATED = range(3)


def band_of(overall: float) -> Band:
    """The band of an overall score in [0, 1] alone; anything less, nan included, is the last."""
    return next((band for band in BANDS if overall >= band.floor), BANDS[-1])


def match_bands(overall: np.ndarray, scores: np.ndarray, sure: Certainty) -> np.ndarray:
    """The band of each of n candidates, capped by what can be judged of it; a place in BANDS.

    Args:
        overall: (n,), in [0, 1].
        scores: float (n, 4), nan = n/a.
        sure: how surely each can be compared with the query.

    Returns:
        int (n,), 0 for the best band.
    """
    floors = np.array([band.floor for band in BANDS[-2::-1]])  # ascending
    found = len(BANDS) - 1 - np.searchsorted(floors, np.nan_to_num(overall, nan=-1.0), "right")
    unknown = np.isnan(scores)
    doubtful = unknown | sure.unsure
    cap = np.where(sure.same_texture & ~doubtful.any(axis=1), _SAME, _CLOSE)
    far = (unknown.sum(axis=1) > 1) | doubtful[:, :2].all(axis=1)
    return np.maximum(found, np.where(far, _RELATED, cap))
