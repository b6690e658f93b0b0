"""Thread counts as a designer reads them."""

import math

from fabricfinder.domain.density import YarnDensity
from fabricfinder.ui.wording import UNKNOWN, translate


def density_text(density: YarnDensity) -> str:
    """“26 ± 0.5 × 24 ± 0.5 threads/cm, measured”; the dash when nothing was counted."""
    if not density.known:
        return UNKNOWN
    return translate("ThreadWords", "{ends} ± {e} × {picks} ± {p} threads/cm, measured").format(
        ends=_count(density.ends), e=_within(density.ends_within),
        picks=_count(density.picks), p=_within(density.picks_within),
    )  # fmt: skip


def _count(per_cm: float) -> str:
    """Threads per cm: whole from 20 up, else to a half."""
    return f"{per_cm:.0f}" if per_cm >= 20 else f"{round(2 * per_cm) / 2:g}"


def _within(half_width: float) -> str:
    """Half a thread at least: counts are not given more exactly."""
    return f"{max(0.5, math.ceil(2 * half_width) / 2):g}"
