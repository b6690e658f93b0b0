"""The band words of a match: what a score means before any number is shown.

Bands are thresholds on the overall ranking score with equal weights. "Same swatch" is not a score:
it is the same file, by digest. They were read off the rendered benchmark with the shipped encoder
(1,000 re-captured cloths against 1,000, hard siblings included): of the pairs above .90, 90 % are
one design; above .80, 62 %; 99 % of re-captured cloths lie above .65, and 96 % of other cloths below.
"""

from dataclasses import dataclass


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


def band_of(overall: float, *, same_file: bool = False) -> Band:
    """The band of an overall score in [0, 1]; anything less, nan included, is the last band."""
    if same_file:
        return SAME_SWATCH
    return next((band for band in BANDS if overall >= band.floor), BANDS[-1])
