"""Why a cloth was found: one sentence for its card, and the same in parts for the inspector.

All words are templates in one table, so that another language is another table.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from fabricfinder.domain.density import YarnDensity
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    SimilarityBreakdown,
    knit_against_woven,
)
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.color_words import color_difference

SURE = 0.6  # a belief under this is said with "probably"
UNSURE = 0.35  # and under this is no statement at all
SAME_TIGHTNESS = 1.5  # percent: what two measurements of one cloth differ by
VAGUE_TIGHTNESS = 12.0  # percent of standard deviation beyond which nothing is said
SAME_COLOR = 1.0  # ΔE00: no eye tells the two apart
MEASURED_COLOR = 10.0  # ΔE00: above, the number says nothing a word does not
OTHER_COLOR = 25.0  # ΔE00: another colour altogether
FINER = 1.08  # ratio of threads per cm

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "join": ", ",
        "nothing": "nothing in it could be compared",
        "probably": "probably {words}",
        "same_weave": "same {name}",
        "probably_same_weave": "probably the same {name}",
        "same_family": "also a {family}",
        "woven_plain": "plain weave", "woven_twill": "twill weave", "woven_satin": "satin weave",
        "woven_crepe": "crepe weave", "woven_dobby": "dobby weave", "woven_leno": "leno weave",
        "woven_double": "double weave", "woven_honeycomb": "honeycomb weave",
        "woven_jacquard": "jacquard weave", "woven_pile": "pile weave",
        "woven_seersucker": "seersucker weave", "knit_cable": "cable knit",
        "knit_fleece": "fleece knit", "knit_jacquard": "jacquard knit", "knit_rib": "rib knit",
        "knit_jersey": "jersey knit", "knit_warp-knit": "warp knit",
        "other_weave": "{name} instead of {other}",
        "weave_unsure": "weave unsure",
        "textures_unsure": "weave and pattern unsure",
        "weave_unknown": "weave not known",
        "same_pattern": "{name} too",
        "other_pattern": "{name} instead of {other}",
        "pattern_unsure": "pattern unsure",
        "pattern_unknown": "pattern not known",
        "finer": "finer", "coarser": "coarser",
        "finer_counted": "finer: {new} against {old} threads/cm",
        "coarser_counted": "coarser: {new} against {old} threads/cm",
        "same_color": "same colour",
        "same_ground": "same ground colour, other accents",
        "same_colors": "same colours in other shares",
        "ground_measured": "ground ΔE00 {delta_e} {direction}, other accents",
        "color_measured": "ΔE00 {delta_e} {direction}",
        "color_shifted": "{direction}",
        "color_much": "much {direction}",
        "other_color": "{name} instead of {other}",
        "color_unknown": "colour not known",
        "tighter": "{percent} % tighter",
        "looser": "{percent} % looser",
        "same_tightness": "same tightness",
        "tightness_unsure": "tightness unsure", "tightness_unknown": "tightness not known",
        "knit_and_woven": "knit and woven: tightness does not compare",
        "by_person": "labelled", "sure": "sure", "quite_sure": "quite sure",
        "perhaps": "probably", "unsure": "unsure", "unknown": "not known", "measured": "measured",
        "spread": "give or take {percent} %",
        "lighter": "lighter", "darker": "darker", "brighter": "brighter", "duller": "duller",
        "redder": "redder", "greener": "greener", "yellower": "yellower", "bluer": "bluer",
        "warmer": "warmer", "cooler": "cooler",
        "black": "black", "white": "white", "grey": "grey", "red": "red", "orange": "orange",
        "yellow": "yellow", "green": "green", "cyan": "cyan", "blue": "blue", "purple": "purple",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExplanationPart:
    """What one dimension has to say.

    Attributes:
        dimension: one of DIMENSIONS.
        score: 0..1, or None when it cannot be judged.
        words: the statement, candidate against query.
        agrees: whether it speaks for the match.
        query_certainty, candidate_certainty: how far each side can be trusted, in words.
    """

    dimension: str
    score: float | None
    words: str
    agrees: bool
    query_certainty: str
    candidate_certainty: str


def certainty_words(
    belief: float, by_person: bool = False, phrases: Mapping[str, str] = ENGLISH
) -> str:
    """How sure a label is, in words: a person's is "labelled", nan is "not known"."""
    if by_person:
        return phrases["by_person"]
    if math.isnan(belief):
        return phrases["unknown"]
    for floor, key in ((0.9, "sure"), (SURE, "quite_sure"), (UNSURE, "perhaps")):
        if belief >= floor:
            return phrases[key]
    return phrases["unsure"]


def explain(
    query: FabricDescriptor,
    candidate: FabricDescriptor,
    breakdown: SimilarityBreakdown,
    taxonomy: Taxonomy,
    *,
    threads_per_cm: tuple[float | None, float | None] = (None, None),
    phrases: Mapping[str, str] = ENGLISH,
) -> str:
    """One sentence why: "same 2/2 twill, finer, ΔE00 2.1 warmer, 4 % looser".

    Args:
        query, candidate: what is known of both.
        breakdown: the candidate's four scores.
        taxonomy: the vocabularies of the beliefs.
        threads_per_cm: yarn density of query and candidate by their trade fields, where known;
            finer and coarser are said only when both are. Where both pictures were counted, that
            is said instead, with the numbers.
        phrases: the templates, ``ENGLISH`` or a translation of it.

    Returns:
        the sentence, without capital or full stop; what speaks for the match comes first among
        the textures, what is unsure last. Dimensions that cannot be judged are left out.
    """
    stated = _stated(query, candidate, breakdown, taxonomy, phrases)
    parts = {part.dimension: part for part in stated}
    textures = [parts[name] for name in ("fine", "coarse") if parts[name].score is not None]
    nothing = {phrases["weave_unsure"], phrases["pattern_unsure"]}
    textures.sort(key=lambda part: (not part.agrees, part.words in nothing))
    said = [part.words for part in textures]
    if said == [phrases["weave_unsure"], phrases["pattern_unsure"]]:
        said = [phrases["textures_unsure"]]
    fineness = _counted_fineness(query.density, candidate.density, phrases)
    if fineness is None and (key := _fineness(threads_per_cm)):
        fineness = phrases[key]
    if fineness:
        said.append(fineness)
    if parts["color"].score is not None:
        said.append(parts["color"].words)
    tightness = parts["tightness"]
    comparable = tightness.score is not None and not _crosses(query, candidate, taxonomy)
    if comparable and (tightness.words != phrases["same_tightness"] or len(said) < 3):
        said.append(tightness.words)
    return phrases["join"].join(said) or phrases["nothing"]


def explain_parts(
    query: FabricDescriptor,
    candidate: FabricDescriptor,
    breakdown: SimilarityBreakdown,
    taxonomy: Taxonomy,
    phrases: Mapping[str, str] = ENGLISH,
) -> tuple[ExplanationPart, ...]:
    """The four dimensions in words, in the order of DIMENSIONS; args as ``explain``."""
    parts = _stated(query, candidate, breakdown, taxonomy, phrases)
    fineness = _counted_fineness(query.density, candidate.density, phrases)
    if not fineness:
        return parts
    words = phrases["join"].join((parts[3].words, fineness))  # counts speak in the tightness bar
    return (*parts[:3], replace(parts[3], words=words, agrees=False))


def _stated(
    query: FabricDescriptor, candidate: FabricDescriptor, breakdown: SimilarityBreakdown,
    taxonomy: Taxonomy, phrases: Mapping[str, str],
) -> tuple[ExplanationPart, ...]:  # fmt: skip
    """The four dimensions by what is believed of them."""
    said = {
        "coarse": _pattern_words(query, candidate, taxonomy, phrases),
        "fine": _weave_words(query, candidate, taxonomy, phrases),
        "color": _color_words(query, candidate, phrases),
        "tightness": _tightness_words(query, candidate, taxonomy, phrases),
    }
    return tuple(
        ExplanationPart(
            name, score, *said[name], _certainty(query, name, phrases),
            _certainty(candidate, name, phrases),
        )  # fmt: skip
        for name, score in zip(DIMENSIONS, breakdown.as_tuple(), strict=True)
    )


def threads_per_cm(fields: Mapping[str, str | float]) -> float | None:
    """Mean of ends and picks per cm from a swatch's trade fields; None unless both are numbers."""
    counts = [fields.get(name) for name in ("ends_per_cm", "picks_per_cm")]
    if not all(isinstance(count, float | int) and count > 0 for count in counts):
        return None
    return sum(counts) / 2


def _fineness(threads_per_cm: tuple[float | None, float | None]) -> str:
    """The phrase for how the candidate's yarns are set, or "" when alike or not known."""
    query, candidate = threads_per_cm
    if not query or not candidate:
        return ""
    if candidate / query > FINER:
        return "finer"
    return "coarser" if query / candidate > FINER else ""


def _counted_fineness(
    query: YarnDensity, candidate: YarnDensity, phrases: Mapping[str, str]
) -> str | None:
    """Finer or coarser by the denser system of both counts; "" alike, None where one is missing."""
    if not (query.known and candidate.known):
        return None
    key = _fineness((query.mean, candidate.mean))
    old, new = (round(max(side.ends, side.picks)) for side in (query, candidate))
    return phrases[f"{key}_counted"].format(new=new, old=old) if key else ""


@dataclass(frozen=True, slots=True)
class _Label:
    """The most believed label of one side: its column, and how much it is believed."""

    column: int
    belief: float


def _label(beliefs: np.ndarray, certain: bool) -> _Label | None:
    """The label of a belief (c,), or None when nothing is believed."""
    if not beliefs.size or np.isnan(beliefs).any():
        return None
    best = int(beliefs.argmax())
    return _Label(best, 1.0 if certain else float(beliefs[best]))


def _pattern_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool]:  # fmt: skip
    """What is said of the coarse texture, and whether it agrees."""
    sides = (query, candidate)
    labels = [_label(d.encoding.coarse, "coarse" in d.certain) for d in sides]
    if None in labels:
        return phrases["pattern_unknown"], False
    names = [_pattern_name(taxonomy.coarse[label.column], taxonomy) for label in labels]
    belief = min(label.belief for label in labels)
    if belief < UNSURE:  # which kind is unclear, but perhaps not that it is, say, a plaid
        majors = [d.encoding.coarse @ taxonomy.major_matrix for d in sides]
        belief = min(float(major.max()) for major in majors)
        names = [taxonomy.names[taxonomy.majors[int(major.argmax())]] for major in majors]
        if belief < SURE:
            return phrases["pattern_unsure"], False
    same = names[0] == names[1]
    words = phrases["same_pattern" if same else "other_pattern"]
    return _hedged(words.format(name=names[1], other=names[0]), belief, phrases), same


def _weave_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool]:  # fmt: skip
    """What is said of the fine texture, and whether it agrees."""
    sides = (query, candidate)
    labels = [_label(d.encoding.fine, "fine" in d.certain) for d in sides]
    if None in labels:
        return phrases["weave_unknown"], False
    belief = min(label.belief for label in labels)
    if belief < UNSURE:
        return _weave_family_words(query, candidate, taxonomy, phrases)
    ids = [taxonomy.fine[label.column] for label in labels]
    names = [short_name(taxonomy.names[i]) for i in ids]
    if ids[0] != ids[1]:
        words = phrases["other_weave"].format(name=names[1], other=names[0])
        return _hedged(words, belief, phrases), False
    key = "same_weave" if belief >= SURE else "probably_same_weave"
    return phrases[key].format(name=names[1]), True


def _weave_family_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool]:  # fmt: skip
    """The weave's family, where the weave itself is unsure but both are of one family."""
    kinds = sorted({(taxonomy.constructions[f], taxonomy.families[f]) for f in taxonomy.fine})
    of_kind = np.array(
        [[(taxonomy.constructions[f], taxonomy.families[f]) == kind for f in taxonomy.fine]
         for kind in kinds], np.float32,
    )  # fmt: skip
    beliefs = [of_kind @ side.encoding.fine for side in (query, candidate)]
    best = {int(belief.argmax()) for belief in beliefs}
    construction, family = kinds[min(best)]
    sure = min(float(belief.max()) for belief in beliefs) >= SURE
    if len(best) > 1 or not sure or construction == "nonwoven":
        return phrases["weave_unsure"], False
    return phrases["same_family"].format(family=phrases[f"{construction}_{family}"]), True


def _color_words(
    query: FabricDescriptor, candidate: FabricDescriptor, phrases: Mapping[str, str]
) -> tuple[str, bool]:
    """What is said of the colour, and whether it agrees."""
    difference = color_difference(query.palette, candidate.palette)
    if difference is None:
        return phrases["color_unknown"], False
    turned = phrases[difference.direction]
    delta_e = difference.delta_e
    shifted = difference.rest_share >= 0.15 and difference.rest > MEASURED_COLOR
    accents = shifted and difference.strangers
    if delta_e < SAME_COLOR:
        key = "same_ground" if accents else "same_colors" if shifted else "same_color"
        return phrases[key], not accents
    if delta_e <= MEASURED_COLOR:
        words = phrases["ground_measured" if accents else "color_measured"]
        words = words.format(delta_e=f"{delta_e:.1f}", direction=turned)
        return words, delta_e <= MEASURED_COLOR / 2 and not accents
    if delta_e <= OTHER_COLOR:
        return phrases["color_shifted"].format(direction=turned), False
    old, new = difference.query.name, difference.candidate.name
    if old == new:
        return phrases["color_much"].format(direction=turned), False
    return phrases["other_color"].format(name=phrases[new], other=phrases[old]), False


def _tightness_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool]:  # fmt: skip
    """What is said of the tightness, and whether it agrees."""
    (old, old_spread), (new, new_spread) = query.encoding.tightness, candidate.encoding.tightness
    if math.isnan(old) or math.isnan(new):
        return phrases["tightness_unknown"], False
    if _crosses(query, candidate, taxonomy):
        return phrases["knit_and_woven"], False
    spread = math.hypot(*(0.0 if math.isnan(s) else s for s in (old_spread, new_spread)))
    difference = new - old
    if spread > VAGUE_TIGHTNESS:
        return phrases["tightness_unsure"], False
    if abs(difference) < SAME_TIGHTNESS:
        return phrases["same_tightness"], True
    words = phrases["tighter" if difference > 0 else "looser"]
    words = words.format(percent=f"{abs(difference):.0f}")
    unsure = abs(difference) < 2 * spread  # within what chance alone would show in one of twenty
    return (phrases["probably"].format(words=words) if unsure else words), abs(difference) < 5


def _crosses(query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy) -> bool:
    """Whether the one is rather a knit and the other rather woven."""
    beliefs = query.encoding.fine, candidate.encoding.fine[None]
    return bool(knit_against_woven(*beliefs, taxonomy)[0] > 0.5)


def _hedged(words: str, belief: float, phrases: Mapping[str, str]) -> str:
    """The words, with "probably" before them when they are not sure."""
    return words if belief >= SURE else phrases["probably"].format(words=words)


def _certainty(side: FabricDescriptor, dimension: str, phrases: Mapping[str, str]) -> str:
    """How far one side of one dimension can be trusted, in words."""
    if dimension in side.certain:
        return phrases["by_person"]
    if dimension == "color":
        return phrases["measured" if side.palette.colors else "unknown"]
    if dimension == "tightness":
        mean, spread = side.encoding.tightness
        if math.isnan(mean) or math.isnan(spread):
            return phrases["unknown"]
        return phrases["spread"].format(percent=f"{spread:.0f}")
    label = _label(getattr(side.encoding, dimension), False)
    return certainty_words(math.nan if label is None else label.belief, False, phrases)


def _pattern_name(minor: str, taxonomy: Taxonomy) -> str:
    """What a minor is called in a sentence; ``plaid/other`` is a plaid."""
    major, _, tail = minor.partition("/")
    return taxonomy.names[major] if tail == "other" else short_name(taxonomy.names[minor])


def short_name(name: str) -> str:
    """The first synonym of a display name, with the noun the last one carries.

    >>> short_name("glen / Prince of Wales check")
    'glen check'
    """
    first, *synonyms = name.split(" / ")
    noun = synonyms[-1].rsplit(" ", 1)[-1] if synonyms else ""
    wants = noun in ("stripe", "check") and noun not in first
    return f"{first} {noun}" if wants else first
