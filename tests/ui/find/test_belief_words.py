"""Beliefs and thread counts in words: what is sure, what else it may be, what was counted."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.density import UNCOUNTED, YarnDensity
from fabricfinder.domain.descriptor import Encoding, FabricDescriptor
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.belief_words import belief_text
from fabricfinder.ui.thread_words import density_text

TAXONOMY = default_taxonomy()


def cloth(certain: frozenset[str] = frozenset(), **fine: float) -> FabricDescriptor:
    """A cloth whose weave is believed to be this and that."""
    belief = np.zeros(len(TAXONOMY.fine), np.float32)
    for name, share in fine.items():
        belief[TAXONOMY.fine_index[name.replace("_", "-")]] = share
    coarse = np.eye(len(TAXONOMY.coarse), dtype=np.float32)[0]
    encoding = Encoding(HashCode(bytes(8), 64), np.zeros(64), coarse, belief, (math.nan, math.nan))
    return FabricDescriptor("fake", encoding, Palette(()), certain)


def said(conformal: float, certain: frozenset[str] = frozenset(), **fine: float) -> str:
    side = cloth(certain, **fine)
    return belief_text(side, "fine", TAXONOMY, (0.0, conformal))


def test_what_cannot_be_ruled_out_is_said() -> None:
    one, two = (TAXONOMY.names[i] for i in ("twill-2-2", "herringbone"))
    beliefs = {"twill_2_2": 0.6, "herringbone": 0.3, "plain": 0.06, "rep": 0.04}
    assert said(0.2, **beliefs) == f"{one} 60 %, or perhaps {two}"
    assert said(0.4, **beliefs) == f"{one} 60 %, quite sure"
    assert said(0.0, **beliefs) == f"{one} 60 %, quite sure"  # never measured
    third = TAXONOMY.names["plain"]
    assert said(0.05, **beliefs) == f"{one} 60 %, or perhaps {two} or {third}"
    assert said(0.03, **beliefs).endswith(f"perhaps {two} or {third} or another")


def test_a_persons_label_leaves_nothing_open() -> None:
    assert said(0.001, frozenset({"fine"}), plain=1.0).endswith(", labelled")


def test_a_guess_is_told_as_one() -> None:
    assert said(0.1, satin_5=0.3, tricot=0.25, felt=0.2, plain=0.25) == "weave unsure (5-end satin?)"
    assert said(0.1, satin_5=0.33, satin_8=0.32, plain=0.3) == (
        "satin weave, kind unsure (5-end satin?)"
    )
    side = cloth(plain=1.0)
    belief = np.zeros(len(TAXONOMY.coarse), np.float32)
    for name, share in {"plaid/glen": 0.3, "plaid/madras": 0.29, "plaid/tartan": 0.29}.items():
        belief[TAXONOMY.coarse.index(name)] = share
    side = replace(side, encoding=replace(side.encoding, coarse=belief, tightness=(65.0, 14.0)))
    assert belief_text(side, "coarse", TAXONOMY) == "plaid, kind unsure (glen check?)"
    assert belief_text(side, "tightness", TAXONOMY) == "tightness unsure (65 % cover?)"
    belief[TAXONOMY.coarse.index("plaid/madras")] = 0
    assert belief_text(side, "coarse", TAXONOMY) == "pattern unsure (glen check?)"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (YarnDensity(26.2, 24.4, 0.41, 0.52, 6.0), "26 ± 0.5 × 24 ± 1 threads/cm, measured"),
        (YarnDensity(12.3, 9.9, 0.2, 0.2, 12.0), "12.5 ± 0.5 × 10 ± 0.5 threads/cm, measured"),
        (YarnDensity(35.46, 12.4), "35 × 12.5 threads/cm, stated"),
        (UNCOUNTED, wording.UNKNOWN),
    ],
)
def test_threads_are_said_with_their_interval(count: YarnDensity, words: str) -> None:
    assert density_text(count).replace("\u00a0", " ") == words
    assert " ±" not in density_text(count)
    alone = density_text(count, unit=False).replace("\u00a0", " ")
    assert alone == words.replace(" threads/cm", "")
