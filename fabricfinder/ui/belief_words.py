"""What a cloth is taken for, in words: how sure, what else it may be, and what is only a guess."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.certainty import SURE, UNSURE, VAGUE_TIGHTNESS
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.why_words import pattern_name, short_name
from fabricfinder.ui.cloth_words import spoken
from fabricfinder.ui.wording import UNKNOWN, phrases

translate = QCoreApplication.translate


def belief_text(
    side: FabricDescriptor, dimension: str, taxonomy: Taxonomy,
    conformal: tuple[float, float] = (0.0, 0.0),
) -> str:  # fmt: skip
    """What one side is taken for: “gingham 82 %, quite sure”, “gingham, labelled”.

    Where the encoder cannot rule the next likeliest out: “2/2 twill 48 %, or perhaps herringbone”;
    ``conformal`` is as ``Encoder.conformal``. What the sentences call unsure is a guess here too:
    “weave unsure (5-end satin?)”, “plaid, kind unsure (madras?)”. Dimension is "coarse", "fine" or
    "tightness".
    """
    if dimension == "tightness":
        return tightness_text(*side.encoding.tightness, "tightness" in side.certain)
    return _texture_text(side, dimension == "coarse", taxonomy, conformal)


def _texture_text(
    side: FabricDescriptor, coarse: bool, taxonomy: Taxonomy, conformal: tuple[float, float]
) -> str:
    """What the pattern (``coarse``) or the weave is taken for."""
    belief = side.encoding.coarse if coarse else side.encoding.fine
    if not belief.size or np.isnan(belief).any():
        return UNKNOWN
    names = spoken(taxonomy)
    shown = [pattern_name(i, names) for i in taxonomy.coarse] if coarse else [
        short_name(names.names[i]) for i in taxonomy.fine
    ]  # fmt: skip
    order = [int(column) for column in np.argsort(-belief, kind="stable")]
    first, probability = shown[order[0]], float(belief[order[0]])
    if ("coarse" if coarse else "fine") in side.certain:
        return translate("Wording", "{label}, labelled").format(label=first)
    if probability < UNSURE:
        return _guess_text(belief, first, names, coarse)
    least = conformal[0 if coarse else 1]
    others = [shown[c] for c in order[1:] if least and belief[c] >= least]
    return _belief_text([first, *others], probability)


def _guess_text(belief: np.ndarray, guess: str, taxonomy: Taxonomy, coarse: bool) -> str:
    """What is said of a belief that names nothing: its group, where that is sure, and a guess."""
    groups = belief @ (taxonomy.major_matrix if coarse else taxonomy.weave_kind_matrix)
    best = int(groups.argmax())
    if coarse:
        unsure = translate("Wording", "pattern unsure ({guess}?)")
        group = taxonomy.names[taxonomy.majors[best]]
    else:
        unsure = translate("Wording", "weave unsure ({guess}?)")
        group = phrases().get("{}_{}".format(*taxonomy.weave_kinds[best]), "")
    if groups[best] >= SURE and group and group != guess:
        return translate("Wording", "{group}, kind unsure ({guess}?)").format(
            group=group, guess=guess
        )
    return unsure.format(guess=guess)


def _belief_text(names: Sequence[str], probability: float) -> str:
    """The likeliest name and how sure it is, or what else it may be."""
    from fabricfinder.retrieval.explanation import certainty_words

    said = {"label": names[0], "percent": round(100 * probability)}
    if len(names) > 1:
        more = [translate("Wording", "another")] if len(names) > 3 else []
        others = translate("Wording", " or ").join([*names[1:3], *more])
        words = translate("Wording", "{label} {percent} %, or perhaps {others}")
        return words.format(**said, others=others)
    words = translate("Wording", "{label} {percent} %, {certainty}")
    return words.format(**said, certainty=certainty_words(probability, False, phrases()))


def tightness_text(mean: float, deviation: float, by_person: bool) -> str:
    """“68 % cover ± 4”, with who said it; the dash when unknown."""
    if math.isnan(mean):
        return UNKNOWN
    if by_person:
        return translate("Wording", "{cover} % cover, labelled").format(cover=round(mean))
    if deviation > VAGUE_TIGHTNESS:
        said = translate("Wording", "tightness unsure ({cover} % cover?)")
        return said.format(cover=round(mean))
    said = translate("Wording", "{cover} % cover, give or take {spread}")
    return said.format(cover=round(mean), spread=max(1, round(deviation)))
