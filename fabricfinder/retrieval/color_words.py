"""How one cloth's colour differs from another's, measured and in the words of a dye house."""

from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.color import delta_e_2000, palette_lab
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.retrieval.palette_transport import transport_plan

SEEN = 0.05  # share of the cloth under which a colour is only a trace
STRANGE = 15.0  # ΔE00 beyond which two colours are not taken for each other
NEAR_GREY = 15.0  # CIELAB chroma under which a colour has no hue to speak of

# Directions in the a*b* plane from a near grey, by the angle at which each sector ends.
_GREY_SECTORS = (
    (20.0, "redder"), (100.0, "warmer"), (120.0, "yellower"), (200.0, "greener"),
    (280.0, "cooler"), (320.0, "bluer"), (360.0, "redder"),
)  # fmt: skip
# From a colour the trade names the neighbour its hue leans to: below and above its hue angle.
_HUE_NEIGHBOURS = (
    (45.0, "bluer", "yellower"),  # reds
    (135.0, "redder", "greener"),  # yellows
    (225.0, "yellower", "bluer"),  # greens
    (315.0, "greener", "redder"),  # blues
    (360.0, "bluer", "yellower"),  # reds again
)


@dataclass(frozen=True, slots=True)
class ColorDifference:
    """The query's main colour and what it becomes in the candidate.

    Attributes:
        delta_e: CIEDE2000 between the two.
        direction: lighter, darker, brighter, duller, redder, greener, yellower, bluer, warmer or
            cooler: the candidate against the query.
        query, candidate: the two colours.
        rest: mean CIEDE2000 over all the other matched colours, 0 when there are none.
        rest_share: how much of the cloth they cover, 0..1.
        strangers: whether one cloth has a colour that nothing in the other comes near.
    """

    delta_e: float
    direction: str
    query: PaletteColor
    candidate: PaletteColor
    rest: float
    rest_share: float
    strangers: bool


def color_difference(query: Palette, candidate: Palette) -> ColorDifference | None:
    """Compare the main colour with the one it is matched to; None where a palette is empty.

    The match is the optimal transport's: the candidate's colour that takes up most of the
    query's main colour.
    """
    if not query.colors or not candidate.colors:
        return None
    plan = transport_plan(query.to_array(), candidate.to_array())
    plan = plan[: len(query.colors), : len(candidate.colors)]
    lab_query, lab_candidate = palette_lab(query)[:, :3], palette_lab(candidate)[:, :3]
    differences = delta_e_2000(lab_query[:, None], lab_candidate[None])
    main = int(np.argmax([color.share for color in query.colors]))
    match = int(np.argmax(plan[main]))
    others = plan.copy()
    others[main, match] = 0
    share = float(others.sum())
    return ColorDifference(
        float(differences[main, match]),
        direction(lab_query[main], lab_candidate[match]),
        query.colors[main],
        candidate.colors[match],
        float((others * differences).sum() / share) if share > 1e-6 else 0.0,
        share,
        _strangers(differences, query) or _strangers(differences.T, candidate),
    )


def _strangers(differences: np.ndarray, palette: Palette) -> bool:
    """Whether a colour that can be seen (row) is far from every colour of the other (column)."""
    seen = np.array([color.share >= SEEN for color in palette.colors])
    return bool((differences.min(axis=1)[seen] > STRANGE).any())


def direction(start: np.ndarray, end: np.ndarray) -> str:
    """The word for how CIELAB colour ``end`` (3,) differs most from ``start`` (3,).

    Lightness, chroma and hue are weighed as CIE94 weighs them. A hue leans to its neighbour as
    the trade says it (a red is yellower or bluer, never greener); a near grey drifts in the a*b*
    plane (warmer towards orange, cooler towards blue).
    """
    lightness, a, b = (float(x) for x in np.asarray(end, float) - np.asarray(start, float))
    chroma_start, chroma_end = np.hypot(start[1], start[2]), np.hypot(end[1], end[2])
    mean = (chroma_start + chroma_end) / 2
    chroma = chroma_end - chroma_start
    hue = np.sqrt(max(0.0, a * a + b * b - chroma * chroma))
    if mean < NEAR_GREY:
        if abs(lightness) >= np.hypot(a, b) / (1 + 0.03 * mean):
            return "lighter" if lightness >= 0 else "darker"
        angle = _angle(a, b)
        return next(word for end_angle, word in _GREY_SECTORS if angle < end_angle)
    parts = (abs(lightness), abs(chroma) / (1 + 0.045 * mean), hue / (1 + 0.015 * mean))
    if parts[0] >= max(parts[1:]):
        return "lighter" if lightness >= 0 else "darker"
    if parts[1] >= parts[2]:
        return "brighter" if chroma > 0 else "duller"
    # Near grey its own hue is noise: the one it goes to speaks.
    angle = _angle(*(end if chroma_start < NEAR_GREY else start)[1:])
    turn = start[1] * end[2] - start[2] * end[1]  # above 0: the hue angle grows
    below, above = next(words for limit, *words in _HUE_NEIGHBOURS if angle < limit)
    return above if turn > 0 else below


def _angle(a: float, b: float) -> float:
    """Hue angle in degrees, in [0, 360); a tiny negative one is 0, not 360."""
    return float(np.degrees(np.arctan2(b, a)) % 360.0) % 360.0
