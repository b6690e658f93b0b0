"""Threads per centimetre: what a picture says of them, and the count once the weave is known.

A weave repeats over several yarns and a stripe over many, so a spectrum alone leaves several
readings open. Each reading comes with a weight under every weave; the encoder's belief about the
weave then decides between them, or nothing does and the count is refused.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.taxonomy import Taxonomy

COLUMNS = 5
MIN_PX_PER_YARN = 2.5
GOOD_PX_PER_CM = 110.0  # just under 300 dpi
SAME_COUNT = 0.03  # readings this near one another are one reading
# What the interval promises: the true count lies in it for nine of ten pictures that are answered.
COVERAGE = 0.9

TOO_COARSE = "Too coarse a picture to count yarns: scan at 300 dpi or more."
UNDECIDED = "The yarns could not be counted."
KNIT = "A knit: its yarns are not counted."


@dataclass(frozen=True, slots=True)
class YarnDensity:
    """Threads of a cloth: counted in a picture, or stated for it.

    Which of the two systems is the warp cannot be told from a picture: there ``ends`` are the
    threads counted from left to right.

    Attributes:
        ends, picks: threads per cm; nan = not known.
        ends_within, picks_within: half width of the 90 % interval, threads per cm; nan where they
            are stated.
        px_per_yarn: pixels of the picture that the finer system had for a thread; nan where they
            are stated.
    """

    ends: float = math.nan
    picks: float = math.nan
    ends_within: float = math.nan
    picks_within: float = math.nan
    px_per_yarn: float = math.nan

    @property
    def known(self) -> bool:
        """Whether both systems were counted."""
        return self.ends > 0 and self.picks > 0

    @property
    def stated(self) -> bool:
        """Whether a person or a table said so, not a picture."""
        return self.known and math.isnan(self.px_per_yarn)

    @property
    def mean(self) -> float:
        """Geometric mean of both counts per cm, the same however the cloth lies; nan = unknown."""
        return math.sqrt(self.ends * self.picks) if self.known else math.nan

    def to_array(self) -> np.ndarray:
        """float32 (5,), in the order of the attributes."""
        return np.array(
            [self.ends, self.picks, self.ends_within, self.picks_within, self.px_per_yarn],
            np.float32,
        )

    @staticmethod
    def from_array(row: np.ndarray) -> "YarnDensity":
        """The inverse of ``to_array``."""
        return YarnDensity(*map(float, row))


UNCOUNTED = YarnDensity()
STATED_FIELDS = ("ends_per_cm", "picks_per_cm")


def stated_density(fields: Mapping[str, object]) -> YarnDensity:
    """The threads that trade fields state; UNCOUNTED unless ends and picks are both numbers."""
    stated = [fields.get(name) for name in STATED_FIELDS]
    if not all(isinstance(count, float | int) and count > 0 for count in stated):
        return UNCOUNTED
    return YarnDensity(float(stated[0]), float(stated[1]))


def serving_density(counted: YarnDensity, fields: Mapping[str, object]) -> YarnDensity:
    """The threads to compare a cloth by: those stated for it, else those counted in its picture.

    What is stated wins, as a person's label does: a mill's table or a pick glass counted the whole
    cloth, the picture shows a corner of it and leaves one reading in ten wrong. So all pictures of
    an article have the same threads.
    """
    stated = stated_density(fields)
    return stated if stated.known else counted


@dataclass(frozen=True, slots=True, eq=False)
class DensityReadings:
    """The readings a picture leaves open.

    Attributes:
        ends, picks: threads per cm of each reading, float (n,).
        ends_within, picks_within: half widths of their 90 % intervals, if the reading is right.
        weights: log weight of each reading under each weave, float (n + 1, w); the last row is
            "none of them".
        weaves: taxonomy ids of the fine classes the columns stand for.
        px_per_cm: scale of the picture the readings were made on.
        least: the probability a reading must have to be given.
        reason: a sentence why there are none, or "".
    """

    ends: np.ndarray
    picks: np.ndarray
    ends_within: np.ndarray
    picks_within: np.ndarray
    weights: np.ndarray
    weaves: tuple[str, ...]
    px_per_cm: float
    least: float
    reason: str = ""


BELIEF_SHARE = 0.4  # the encoder saw the same pixels: its belief counts for less than a witness
_BELIEF_FLOOR = 0.02


def settle(
    readings: DensityReadings, fine: np.ndarray, taxonomy: Taxonomy
) -> tuple[YarnDensity, str]:
    """The count that the readings and the weave agree on.

    The probability of a reading is its share of Σ exp(weight) · belief^0.4 over all readings,
    weaves and "none"; readings within 3 % of one another are one.

    Args:
        readings: from ``vision.density.density_readings``.
        fine: belief over the taxonomy's fine classes, (n_fine,); nan = nothing is believed.

    Returns:
        the count, and ""; or an unknown count and the sentence why.
    """
    if readings.reason:
        return UNCOUNTED, readings.reason
    if float(np.nan_to_num(fine[taxonomy.is_knit]).sum()) > 0.5:
        return UNCOUNTED, KNIT
    chances = _chances(readings, fine, taxonomy)
    best = int(chances.argmax())
    ends, picks = float(readings.ends[best]), float(readings.picks[best])
    alike = np.maximum(abs(readings.ends / ends - 1), abs(readings.picks / picks - 1)) < SAME_COUNT
    px_per_yarn = readings.px_per_cm / max(ends, picks)
    if float(chances[alike].sum()) < readings.least or px_per_yarn < MIN_PX_PER_YARN:
        return UNCOUNTED, UNDECIDED if readings.px_per_cm >= GOOD_PX_PER_CM else TOO_COARSE
    within = float(readings.ends_within[best]), float(readings.picks_within[best])
    return YarnDensity(ends, picks, *within, px_per_yarn), ""


def _chances(readings: DensityReadings, fine: np.ndarray, taxonomy: Taxonomy) -> np.ndarray:
    """Probability of each reading, (n,); what is left to 1 belongs to none of them."""
    believed = np.array([fine[taxonomy.fine_index[weave]] for weave in readings.weaves], np.float64)
    total = believed.sum()
    if not np.isfinite(total) or total <= 0:
        believed, total = np.ones(len(believed)), float(len(believed))
    log = readings.weights + BELIEF_SHARE * np.log(_BELIEF_FLOOR + believed / total)
    share = np.exp(log - log.max())
    return share[:-1].sum(axis=1) / share.sum()
