"""Colour plans: the warp and weft orders of stripes and checks, by the trade's widths."""

import json
from functools import cache

import numpy as np

from fabricfinder.domain.resources import resource_path
from fabricfinder.synthesis.fabric import Plan

Rng = np.random.Generator
Runs = list[tuple[int, int]]
# Thread counts of well-known setts are public; these are half setts in our own invention.
GLEN = [(0, 2), (1, 2)]


@cache
def trade_widths() -> dict[str, dict[str, list[float]]]:
    """The editable table of trade widths in mm, by minor."""
    raw = json.loads(resource_path("trade_widths.json").read_text("utf-8"))
    return {k: v for k, v in raw.items() if "/" in k}


def width_mm(rng: Rng, minor: str, part: str) -> float:
    """A width in mm the trade would call by this name; log-uniform in the table's range."""
    low, high = trade_widths()[minor][part]
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def threads(mm: float, per_cm: float, multiple: int = 1) -> int:
    """Threads in a width, at least one, rounded to whole multiples."""
    return max(multiple, multiple * round(mm * per_cm / 10 / multiple))


def stripe_plan(rng: Rng, minor: str, per_cm: float, n_colours: int) -> Plan:
    """Warp order of a stripe; colour 0 is the ground.

    Raises:
        KeyError: the minor is no yarn-dyed stripe of the table.
    """
    stripe = lambda: threads(width_mm(rng, minor, "stripe"), per_cm)  # noqa: E731
    ground = lambda: threads(width_mm(rng, minor, "ground"), per_cm)  # noqa: E731
    if minor in ("stripe/candy", "stripe/bengal", "stripe/awning", "stripe/seersucker"):
        even = stripe()
        runs = [(0, even), (1, even)]
        if minor == "stripe/awning" and n_colours > 2:
            runs += [(0, even), (2, even)]
        return Plan.of_runs(runs)
    if minor in ("stripe/pin", "stripe/pencil", "stripe/chalk"):
        line, gap = stripe(), ground()
        if minor == "stripe/pin":
            line = min(line, 2)
        runs = [(0, gap), (1, line)]
        if n_colours > 2:
            runs += [(0, gap), (2, line)]
        return Plan.of_runs(runs)
    if minor == "stripe/ticking":
        fine = threads(float(rng.uniform(0.5, 1.2)), per_cm)
        broad, gap = stripe(), ground()
        side = [(0, fine), (1, fine)] * int(rng.integers(1, 3))
        return Plan.of_runs([(0, gap), *side[::-1][::-1], (0, fine), (1, broad),
                             *[(c, n) for c, n in side], (0, fine)])  # fmt: skip
    if minor == "stripe/ombre":
        return _graded(per_cm, width_mm(rng, minor, "stripe"), n_colours)
    if minor == "stripe/multi":
        return _irregular(rng, minor, per_cm, n_colours)
    return Plan.of_runs([(0, ground()), (1, stripe())])


def _irregular(rng: Rng, minor: str, per_cm: float, n_colours: int) -> Plan:
    """Barcode or Roman stripe: many widths, every colour used."""
    runs: Runs = []
    last = -1
    for k in range(int(rng.integers(5, 12))):
        colour = k % n_colours if k < n_colours else int(rng.integers(n_colours))
        if colour == last:
            colour = (colour + 1) % n_colours
        runs.append((colour, threads(width_mm(rng, minor, "stripe"), per_cm)))
        last = colour
    return Plan.of_runs(runs)


def _graded(per_cm: float, band_mm: float, n_colours: int) -> Plan:
    """Ombré stripe: the colours run 0, 1, ..., n − 1 and back in blended threads."""
    band = threads(band_mm, per_cm)
    order = []
    steps = n_colours - 1
    for k in range(2 * band):
        place = k / band * steps if k < band else (2 * band - k) / band * steps
        low = min(int(place), steps)
        # Threads of the two neighbours alternate in the proportion of the blend (4 × dither).
        dither = (0.125, 0.625, 0.375, 0.875)[k % 4]
        order.append(min(low + (place - low > dither), steps))
    return Plan(tuple(order))


def check_plans(
    rng: Rng, minor: str, ends_per_cm: float, picks_per_cm: float, n_colours: int
) -> tuple[Plan, Plan]:
    """Warp and weft orders of a check; colour 0 is the ground.

    Raises:
        KeyError: the minor is no yarn-dyed check of this room.
    """
    maker = _CHECKS[minor]
    runs_mm = maker(rng, minor, n_colours)
    warp = Plan.of_runs([(c, threads(mm, ends_per_cm)) for c, mm in runs_mm])
    weft_mm = runs_mm
    if minor in ("plaid/tartan", "plaid/madras") and rng.random() < 0.25:
        weft_mm = maker(rng, minor, n_colours)
    weft = Plan.of_runs([(c, threads(mm, picks_per_cm)) for c, mm in weft_mm])
    return warp, weft


Widths = list[tuple[int, float]]


def _even(rng: Rng, minor: str, n_colours: int) -> Widths:
    """Gingham, buffalo, shepherd: even checks."""
    mm = width_mm(rng, minor, "stripe")
    runs = [(0, mm), (1, mm)]
    if n_colours > 2:
        runs += [(0, mm), (2, mm)]
    return runs


def _lines(rng: Rng, minor: str, n_colours: int) -> Widths:
    """Graph, windowpane, tattersall: lines on a ground, their colours in turn."""
    line, gap = width_mm(rng, minor, "stripe"), width_mm(rng, minor, "ground")
    runs: Widths = []
    for colour in range(1, n_colours):
        runs += [(0, gap), (colour, line)]
        if minor == "plaid/windowpane" and rng.random() < 0.2:
            runs += [(0, line), (colour, line)]
    return runs


def _tartan(rng: Rng, minor: str, n_colours: int) -> Widths:
    """A tartan sett: broad bands and fine lines, mirrored at its pivots."""
    half: Widths = []
    last = -1
    for k in range(int(rng.integers(4, 9))):
        colour = k if k < n_colours else int(rng.integers(n_colours))
        if colour == last:
            colour = (colour + 1) % n_colours
        broad = k % 2 == 0 or colour < 2
        wide = rng.uniform(4, 14) if broad else rng.uniform(0.6, 2.2)
        half.append((colour, float(wide)))
        last = colour
    sett = half + half[-2:0:-1] if len(half) > 2 else half
    scale = width_mm(rng, minor, "repeat") / sum(w for _, w in sett)
    return [(c, w * scale) for c, w in sett]


def _madras(rng: Rng, minor: str, n_colours: int) -> Widths:
    """Madras: irregular bands, never mirrored, thin lines among them."""
    runs: Widths = []
    last = -1
    for k in range(int(rng.integers(6, 13))):
        colour = k if k < n_colours else int(rng.integers(n_colours))
        if colour == last:
            colour = (colour + 1) % n_colours
        runs.append((colour, float(rng.choice([0.6, 1.5, 4.0, 7.0], p=[0.3, 0.2, 0.3, 0.2]))))
        last = colour
    scale = width_mm(rng, minor, "repeat") / sum(w for _, w in runs)
    return [(c, w * scale) for c, w in runs]


_CHECKS = {
    "plaid/pin-check": _even, "plaid/gingham": _even, "plaid/buffalo": _even,
    "plaid/shepherd": _even, "plaid/graph": _lines, "plaid/windowpane": _lines,
    "plaid/tattersall": _lines, "plaid/tartan": _tartan, "plaid/madras": _madras,
    "plaid/shadow": _even,
}  # fmt: skip


def at_least(plan: Plan, least: int) -> Plan:
    """The same stripes with no run under ``least`` threads."""
    return Plan.of_runs([(c, max(least, n)) for c, n in plan.runs()])


def houndstooth_plan(rng: Rng) -> Plan:
    """Four and four (on 2/2 twill): the tooth."""
    return Plan.of_runs([(0, 4), (1, 4)])


def glen_plan(rng: Rng, over: bool) -> Plan:
    """Glen check: blocks of 4-and-4 beside blocks of 2-and-2, perhaps an overcheck line."""
    big, small = 4 * int(rng.integers(2, 5)), 8 * int(rng.integers(2, 4))
    order = ([0] * 4 + [1] * 4) * (big // 4) + ([0] * 2 + [1] * 2) * (small // 2)
    if over:
        order[-2:] = [2, 2]
    return Plan(tuple(order))


def gun_club_plan(rng: Rng) -> Plan:
    """Gun club: a shepherd's check whose dark takes two colours in turn."""
    n = int(rng.choice([6, 8, 10]))
    return Plan.of_runs([(0, n), (1, n), (0, n), (2, n)])
