"""Why a cloth was found: one sentence for its card, and the same in parts for the inspector.

All words are templates in one table (``why_words``), so that another language is another table.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from fabricfinder.domain.certainty import (
    SURE,
    UNSURE,
    VAGUE_TIGHTNESS,
    Agreement,
    pattern_agreement,
    tightness_spread,
    weave_agreement,
)
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.similarity import (
    DIMENSIONS,
    SETT_ZERO,
    SimilarityBreakdown,
    knit_against_woven,
    sett_similarity,
)
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.color_words import color_difference
from fabricfinder.retrieval.why_words import ENGLISH, pattern_name, short_name

SAME_TIGHTNESS = 1.5  # percent: what two measurements of one cloth differ by
SAME_COLOR = 1.0  # ΔE00: no eye tells the two apart
MEASURED_COLOR = 10.0  # ΔE00: above, the number says nothing a word does not
OTHER_COLOR = 25.0  # ΔE00: another colour altogether
FINER = 1.08  # ratio of threads per cm
SAME_SETT = 1.05  # mean ratio of both systems: what two counts of one cloth differ by
_SAME_SETT_SCORE = 1 - math.log(SAME_SETT) / SETT_ZERO


@dataclass(frozen=True, slots=True)
class ExplanationPart:
    """What one dimension has to say.

    Attributes:
        dimension: one of DIMENSIONS.
        score: 0..1, or None when it cannot be judged.
        words: the statement, candidate against query.
        agrees: whether it speaks for the match.
        unsure: whether the score is a guess: no statement can be made.
        query_certainty, candidate_certainty: how far each side can be trusted, in words.
    """

    dimension: str
    score: float | None
    words: str
    agrees: bool
    unsure: bool
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
    phrases: Mapping[str, str] = ENGLISH,
) -> str:
    """One sentence why: "same 2/2 twill, ΔE00 2.1 warmer, 4 points looser".

    Args:
        query, candidate: what is known of both, with the threads to compare them by.
        breakdown: the candidate's four scores.
        taxonomy: the vocabularies of the beliefs.
        phrases: the templates, ``ENGLISH`` or a translation of it.

    Returns:
        the sentence, without capital or full stop; what speaks for the match comes first among
        the textures, what is unsure last. Dimensions that cannot be judged are left out.
    """
    parts = {
        part.dimension: part for part in _stated(query, candidate, breakdown, taxonomy, phrases)
    }
    textures = [parts[name] for name in ("fine", "coarse") if parts[name].score is not None]
    textures.sort(key=lambda part: (not part.agrees, part.unsure))
    said = [part.words for part in textures]
    if said == [phrases["weave_unsure"], phrases["pattern_unsure"]]:
        said = [phrases["textures_unsure"]]
    if (sett := _sett(query, candidate)) and parts["tightness"].score is not None:
        said.append(phrases[sett])
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
    counted = _counted_words(query, candidate, phrases)
    if not counted or parts[3].score is None:
        return parts
    words = phrases["join"].join((parts[3].words, counted))  # threads speak in the tightness bar
    agrees = parts[3].agrees and _sett(query, candidate) == "same_sett"
    return (*parts[:3], replace(parts[3], words=words, agrees=agrees))


def _stated(
    query: FabricDescriptor, candidate: FabricDescriptor, breakdown: SimilarityBreakdown,
    taxonomy: Taxonomy, phrases: Mapping[str, str],
) -> tuple[ExplanationPart, ...]:  # fmt: skip
    """The four dimensions by what is believed of them."""
    said = {
        "coarse": _pattern_words(query, candidate, taxonomy, phrases),
        "fine": _weave_words(query, candidate, taxonomy, phrases),
        "color": (*_color_words(query, candidate, phrases), False),
        "tightness": _tightness_words(query, candidate, taxonomy, phrases),
    }
    return tuple(
        ExplanationPart(
            name, score, *said[name], _certainty(query, name, phrases),
            _certainty(candidate, name, phrases),
        )  # fmt: skip
        for name, score in zip(DIMENSIONS, breakdown.as_tuple(), strict=True)
    )


def _sett(query: FabricDescriptor, candidate: FabricDescriptor) -> str:
    """How the threads of both compare, a key of the phrases; "" where those of one are not known.

    A picture does not tell warp from weft, so the systems are paired the way that suits better.
    """
    one, other = query.density, candidate.density
    if not (one.known and other.known):
        return ""
    if max(other.mean / one.mean, one.mean / other.mean) > FINER:
        return "finer" if other.mean > one.mean else "coarser"
    alike = float(sett_similarity(one.to_array(), other.to_array()[None])[0])
    return "same_sett" if alike >= _SAME_SETT_SCORE else "other_sett"


def _counted_words(
    query: FabricDescriptor, candidate: FabricDescriptor, phrases: Mapping[str, str]
) -> str:
    """The same with the numbers, for where there is room; or that the candidate's are not known."""
    one, other = query.density, candidate.density
    key = _sett(query, candidate)
    if not key:
        return phrases["threads_unknown"] if one.known else ""
    # Both numbers of a sett stay on one line.
    old, new = (f"{side.ends:.0f}\u00a0×\u00a0{side.picks:.0f}" for side in (one, other))
    if key in ("finer", "coarser"):
        old, new = (f"{max(side.ends, side.picks):.0f}" for side in (one, other))
    return phrases[f"{key}_counted"].format(new=new, old=old)


def _top(beliefs: np.ndarray) -> int:
    """The column of the most believed label of a belief (c,), -1 when nothing is believed."""
    return int(beliefs.argmax()) if beliefs.size and not np.isnan(beliefs).any() else -1


def _pattern_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool, bool]:  # fmt: skip
    """What is said of the coarse texture, whether it agrees, and whether it is unsure."""
    beliefs = [side.encoding.coarse for side in (query, candidate)]
    columns = [_top(belief) for belief in beliefs]
    if -1 in columns:
        return phrases["pattern_unknown"], False, False
    found = _agreement(pattern_agreement, query, candidate, "coarse", taxonomy)
    if found.unsure[0]:
        return phrases["pattern_unsure"], False, True
    belief = float(found.belief[0])
    ids = [taxonomy.coarse[column] for column in columns]
    majors = [name.split("/")[0] for name in ids]
    grouped = taxonomy.is_other[columns].any() and majors[0] == majors[1]
    if belief < UNSURE:  # which kind is unclear, but not that it is, say, a plaid
        majors = [taxonomy.majors[int((b @ taxonomy.major_matrix).argmax())] for b in beliefs]
        if majors[0] != majors[1]:
            names = [taxonomy.names[major] for major in majors]
            return phrases["other_pattern"].format(name=names[1], other=names[0]), False, False
        grouped = True
    if grouped:
        return (*_group_words(majors[0], *beliefs, belief, phrases), False)
    same, names = ids[0] == ids[1], [pattern_name(name, taxonomy) for name in ids]
    words = phrases["same_pattern" if same else "other_pattern"]
    return _hedged(words.format(name=names[1], other=names[0]), belief, phrases), same, False


def _group_words(
    major: str, query: np.ndarray, candidate: np.ndarray, belief: float,
    phrases: Mapping[str, str],
) -> tuple[str, bool]:  # fmt: skip
    """What is said where only the group is the same, and whether it agrees.

    "Also patterned" says little, herringbone and paisley are both: where the beliefs leave the same
    motif little room, that is said instead.
    """
    room = float(np.minimum(query, candidate).sum())
    if major == "pattern" and room <= 1 - SURE:
        return _hedged(phrases["another_motif"], belief, phrases), False
    return phrases[f"also_{major}"], True


def _weave_words(
    query: FabricDescriptor, candidate: FabricDescriptor, taxonomy: Taxonomy,
    phrases: Mapping[str, str],
) -> tuple[str, bool, bool]:  # fmt: skip
    """What is said of the fine texture, whether it agrees, and whether it is unsure."""
    columns = [_top(side.encoding.fine) for side in (query, candidate)]
    if -1 in columns:
        return phrases["weave_unknown"], False, False
    found = _agreement(weave_agreement, query, candidate, "fine", taxonomy)
    if found.unsure[0]:
        return phrases["weave_unsure"], False, True
    belief = float(found.belief[0])
    if belief < UNSURE:  # which weave is unclear, but not its family
        kinds = candidate.encoding.fine @ taxonomy.weave_kind_matrix
        construction, family = taxonomy.weave_kinds[int(kinds.argmax())]
        family = phrases[f"{construction}_{family}"]
        return phrases["same_family"].format(family=family), True, False
    ids = [taxonomy.fine[column] for column in columns]
    names = [short_name(taxonomy.names[i]) for i in ids]
    if ids[0] != ids[1]:
        words = phrases["other_weave"].format(name=names[1], other=names[0])
        return _hedged(words, belief, phrases), False, False
    key = "same_weave" if belief >= SURE else "probably_same_weave"
    return phrases[key].format(name=names[1]), True, False


def _agreement(
    judge: Callable[..., Agreement], query: FabricDescriptor, candidate: FabricDescriptor,
    dimension: str, taxonomy: Taxonomy,
) -> Agreement:  # fmt: skip
    """How the two textures agree, as the bands and the bars judge it."""
    one, other = (getattr(side.encoding, dimension) for side in (query, candidate))
    certain = np.array([dimension in candidate.certain])
    return judge(one, other[None], dimension in query.certain, certain, taxonomy)


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
) -> tuple[str, bool, bool]:  # fmt: skip
    """What is said of the tightness, whether it agrees, and whether it is unsure.

    Both are percentages of the cloth, so that they differ by points: 77 % and 88 % by 11.
    """
    one, other = np.array(query.encoding.tightness), np.array(candidate.encoding.tightness)
    spread = float(tightness_spread(one, other[None])[0])
    if math.isnan(spread):
        return phrases["tightness_unknown"], False, False
    if _crosses(query, candidate, taxonomy):
        return phrases["knit_and_woven"], False, False
    if spread > VAGUE_TIGHTNESS:
        by_threads = query.density.known and candidate.density.known
        return phrases["tightness_unsure"], False, not by_threads
    difference = float(other[0] - one[0])
    if abs(difference) < SAME_TIGHTNESS:
        return phrases["same_tightness"], True, False
    points = round(abs(difference))
    words = phrases["tighter" if difference > 0 else "looser"].format(n=points)
    unsure = abs(difference) < 2 * spread  # within what chance alone would show in one of twenty
    words = phrases["about"].format(words=words) if unsure else words
    return words, abs(difference) < 5, False


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
    beliefs = getattr(side.encoding, dimension)
    top = _top(beliefs)
    return certainty_words(math.nan if top < 0 else float(beliefs[top]), False, phrases)
