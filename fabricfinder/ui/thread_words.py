"""Thread counts as a designer reads them."""

import math

from fabricfinder.domain.density import YarnDensity
from fabricfinder.ui.number_words import pointed
from fabricfinder.ui.wording import UNKNOWN, translate


def density_text(density: YarnDensity, *, unit: bool = True) -> str:
    """“26 ± 0.5 × 24 ± 0.5 threads/cm, measured”, “26 × 24 threads/cm, stated”; else the dash.

    A count and its interval never part at the end of a line. Without ``unit`` it is said elsewhere.
    """
    if not density.known:
        return UNKNOWN
    if density.stated:
        ends, picks = _whole_or_half(density.ends), _whole_or_half(density.picks)
        said = translate("ThreadWords", "{ends} × {picks} threads/cm, stated")
        bare = translate("ThreadWords", "{ends} × {picks}, stated")
    else:
        ends = _count(density.ends, density.ends_within)
        picks = _count(density.picks, density.picks_within)
        said = translate("ThreadWords", "{ends} × {picks} threads/cm, measured")
        bare = translate("ThreadWords", "{ends} × {picks}, measured")
    return (said if unit else bare).format(ends=ends, picks=picks)


def _count(per_cm: float, half_width: float) -> str:
    """A count with its interval, half a thread at least."""
    count = _whole_or_half(per_cm)
    return f"{count}\u00a0±\u00a0{pointed(f'{max(0.5, math.ceil(2 * half_width) / 2):g}')}"


def _whole_or_half(per_cm: float) -> str:
    """Threads per cm, whole from 20 up, else to a half."""
    return f"{per_cm:.0f}" if per_cm >= 20 else pointed(f"{round(2 * per_cm) / 2:g}")
