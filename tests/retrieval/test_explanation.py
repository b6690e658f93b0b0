"""Checks the sentence why, part by part, and that it never claims more than is known."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.certainty import certainty
from fabricfinder.domain.density import YarnDensity
from fabricfinder.domain.descriptor import Encoding, FabricDescriptor, table_of
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.similarity import DIMENSIONS, SimilarityBreakdown
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.explanation import (
    ENGLISH,
    certainty_words,
    explain,
    explain_parts,
)
from fabricfinder.retrieval.why_words import short_name

TAXONOMY = default_taxonomy()
NAN = float("nan")
ALL = SimilarityBreakdown(0.9, 0.9, 0.9, 0.9)


def belief(ids: tuple[str, ...], given: str | dict[str, float] | None) -> np.ndarray:
    """A belief: one label for sure, some labels with their share, or none at all (nan)."""
    if given is None:
        return np.full(len(ids), np.nan, np.float32)
    shares = given if isinstance(given, dict) else {given: 0.95}
    row = np.full(len(ids), (1 - sum(shares.values())) / len(ids), np.float32)
    for name, share in shares.items():
        row[ids.index(name)] += share
    return row


def colors(*parts: tuple[tuple[int, int, int], float]) -> Palette:
    """The palette of colours in given shares."""
    rgb = np.array([color for color, _ in parts], np.uint8).reshape(-1, 3)
    return palette_from_rgb(rgb, np.array([share for _, share in parts]))


NAVY = colors(((30, 40, 90), 1.0))


def cloth(coarse="solid/plain", fine="twill-2-2", tightness=(62.0, 1.0), palette=NAVY, certain=()):
    """What is known of a cloth."""
    encoding = Encoding(
        HashCode(bytes(8), 64), np.zeros(64), belief(TAXONOMY.coarse, coarse),
        belief(TAXONOMY.fine, fine), tightness,
    )  # fmt: skip
    return FabricDescriptor("fake", encoding, palette, frozenset(certain))


def why(query, candidate, breakdown=ALL, **options) -> str:
    return explain(query, candidate, breakdown, TAXONOMY, **options)


def test_the_sentence_of_the_readme():
    warmer = colors(((125, 120, 113), 1.0))
    query = cloth(palette=colors(((120, 119, 117), 1.0)))
    query = replace(query, density=YarnDensity(24.0, 24.0))
    candidate = replace(
        cloth(palette=warmer, tightness=(58.0, 1.0)), density=YarnDensity(31.0, 29.0)
    )
    sentence = why(query, candidate)
    expected = r"same 2/2 twill, plain dyed too, finer, ΔE00 \d\.\d warmer, 4 points looser"
    assert re.fullmatch(expected, sentence), sentence


@pytest.mark.parametrize(
    ("one", "two", "said", "in_full"),
    [
        ((26, 24), (25, 31), "finer", "finer: 31 against 26 threads/cm"),
        ((26, 24), (20, 19.6), "coarser", "coarser: 20 against 26 threads/cm"),
        ((35.4, 35.6), (36, 36), "same sett", "same sett, 36 × 36 threads/cm"),
        ((30, 20), (20, 30), "same sett", "same sett, 20 × 30 threads/cm"),
        ((30, 20), (24.5, 24.5), "another sett", "sett 24 × 24 against 30 × 20 threads/cm"),
        ((26, 24), None, "", "threads not known"),
        (None, (26, 24), "", ""),
    ],
)
def test_threads_are_said_short_and_in_full(one, two, said: str, in_full: str):
    query, candidate = (
        replace(cloth(), density=YarnDensity(*side, 0.5, 0.5, 6.0)) if side else cloth()
        for side in (one, two)
    )
    words = set(why(query, candidate).split(", "))
    assert words & {"finer", "coarser", "same sett", "another sett"} == ({said} if said else set())
    part = explain_parts(query, candidate, ALL, TAXONOMY)[3]
    in_words = ", ".join(filter(None, ("same tightness", in_full)))
    assert part.words.replace("\u00a0", " ") == in_words
    assert part.agrees == (said == "same sett" or not in_full)


def test_of_two_textures_the_unsure_one_comes_second():
    unsure = {"plain": 0.2, "twill-2-2": 0.25, "interlock": 0.2, "felt": 0.2}
    one, two = cloth("plaid/tartan", unsure), cloth("plaid/gingham", unsure)
    assert why(one, two).startswith("gingham instead of tartan, weave unsure, ")


def test_another_as_the_brief_has_it():
    unsure = {"plain": 0.2, "twill-2-2": 0.25, "interlock": 0.2, "felt": 0.2}
    query = cloth("plaid/houndstooth", unsure, (NAN, NAN), colors(((60, 110, 80), 1.0)))
    candidate = cloth("plaid/houndstooth", unsure, (NAN, NAN), colors(((60, 110, 120), 1.0)))
    breakdown = SimilarityBreakdown(1.0, 0.9, 0.6, None)
    assert why(query, candidate, breakdown) == "houndstooth too, weave unsure, bluer"


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("twill-2-2", "twill-2-2", "same 2/2 twill"),
        ("twill-2-2", "herringbone", "herringbone instead of 2/2 twill"),
        ({"satin-5": 0.5}, "satin-5", "probably the same 5-end satin"),
        ({"satin-5": 0.5}, "plain", "probably plain weave instead of 5-end satin"),
        ({"satin-5": 0.3, "satin-8": 0.3, "sateen": 0.3}, "sateen", "also a satin weave"),
        ({"tricot": 0.32, "raschel": 0.32, "lace-knit": 0.3}, "tricot", "also a warp knit"),
        ({"satin-5": 0.3, "tricot": 0.3, "felt": 0.3}, "sateen", "weave unsure"),
        (None, "plain", "weave not known"),
    ],
)
def test_words_for_the_weave(one, two, said: str):
    parts = explain_parts(cloth(fine=one), cloth(fine=two), ALL, TAXONOMY)
    assert parts[1].words == said


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ("plaid/gingham", "plaid/gingham", "gingham too"),
        ("plaid/glen", "plaid/tartan", "tartan instead of glen check"),
        ("stripe/other", "stripe/other", "also striped"),
        ("stripe/other", "stripe/pin", "also striped"),
        ("pattern/other", "pattern/other", "also patterned"),
        ("pattern/other", "pattern/paisley", "another motif"),
        ({"pattern/paisley": 0.3, "pattern/animal": 0.3, "pattern/ogee": 0.3}, "pattern/paisley",
         "probably another motif"),
        ({"pattern/paisley": 0.3, "pattern/animal": 0.3, "pattern/ogee": 0.3},
         {"pattern/paisley": 0.34, "pattern/animal": 0.3}, "also patterned"),
        ({"plaid/glen": 0.5}, "plaid/glen", "probably glen check too"),
        ({"plaid/glen": 0.3, "plaid/tartan": 0.3, "plaid/graph": 0.3}, "plaid/glen", "also a plaid"),
        ({"plaid/graph": 0.4}, "solid/slub", "probably slub instead of graph check"),
        ({"plaid/glen": 0.3, "solid/slub": 0.3}, "plaid/glen", "pattern unsure"),
        (None, "plaid/glen", "pattern not known"),
    ],
)
def test_words_for_the_pattern(one, two, said: str):
    parts = explain_parts(cloth(coarse=one), cloth(coarse=two), ALL, TAXONOMY)
    assert parts[0].words == said


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ((60, 1), (64, 1), "4 points tighter"), ((64, 1), (60, 1), "4 points looser"),
        ((60, 5), (64, 5), "about 4 points tighter"), ((77, 1), (88, 1), "11 points tighter"), ((60, 1), (61, 1), "same tightness"),
        ((60, 11), (90, 11), "tightness unsure"), ((NAN, NAN), (60, 1), "tightness not known"),
        ((60, NAN), (64, 1), "4 points tighter"),
    ],
)  # fmt: skip
def test_words_for_the_tightness(one, two, said: str):
    parts = explain_parts(cloth(tightness=one), cloth(tightness=two), ALL, TAXONOMY)
    assert parts[3].words == said


def test_a_knit_and_a_weave_are_not_called_looser():
    query, candidate = cloth(fine="poplin"), cloth(fine="interlock", tightness=(40, 1))
    assert explain_parts(query, candidate, ALL, TAXONOMY)[3].words == ENGLISH["knit_and_woven"]
    sentence = why(query, candidate)
    assert "looser" not in sentence and "interlock instead of poplin" in sentence


RED, DARK_RED, GREEN = (200, 30, 30), (120, 18, 18), (30, 160, 60)


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (colors((RED, 1.0)), colors((RED, 1.0)), "same colour"),
        (colors((RED, 1.0)), colors((GREEN, 1.0)), "green instead of red"),
        (colors((RED, 1.0)), colors(((70, 6, 6), 1.0)), "much darker"),
        (colors((RED, 1.0)), colors(((160, 24, 24), 1.0)), r"darker|ΔE00 \d+\.\d darker"),
        (colors((RED, 0.7), (GREEN, 0.3)), colors((RED, 0.7), ((20, 20, 20), 0.3)),
         "same ground colour, other accents"),
        (colors((RED, 0.7), (GREEN, 0.3)), colors((RED, 0.4), (GREEN, 0.6)),
         "same colours in other shares"),
        (colors((RED, 0.7), (GREEN, 0.3)), colors(((190, 28, 28), 0.7), ((20, 20, 20), 0.3)),
         r"ground ΔE00 \d\.\d darker, other accents"),
        (Palette(()), colors((RED, 1.0)), "colour not known"),
    ],
)  # fmt: skip
def test_words_for_the_colour(one: Palette, two: Palette, said: str):
    words = explain_parts(cloth(palette=one), cloth(palette=two), ALL, TAXONOMY)[2].words
    assert re.fullmatch(said, words), words


def test_what_cannot_be_judged_is_left_out_of_the_sentence():
    query, candidate = cloth(), cloth(coarse="stripe/pin", fine="plain", tightness=(80, 1))
    only_color = SimilarityBreakdown(None, None, 1.0, None)
    assert why(query, candidate, only_color) == "same colour"
    nothing = SimilarityBreakdown(None, None, None, None)
    assert why(query, candidate, nothing) == "nothing in it could be compared"
    parts = explain_parts(query, candidate, nothing, TAXONOMY)
    assert [part.score for part in parts] == [None] * 4
    assert [part.dimension for part in parts] == list(DIMENSIONS)


def test_what_speaks_for_the_match_comes_first():
    query = cloth("plaid/gingham", "plain")
    assert why(query, cloth("plaid/gingham", "oxford")).startswith("gingham too, oxford instead")
    assert why(query, cloth("plaid/tartan", "plain")).startswith("same plain weave, tartan instead")
    vague = {"plain": 0.2, "interlock": 0.2}
    nobody = cloth({"plaid/glen": 0.2, "solid/slub": 0.2}, vague)
    assert why(query, nobody).startswith("weave and pattern unsure")


def test_certainty_is_said_as_it_is():
    assert certainty_words(0.3, by_person=True) == "labelled"
    words = [certainty_words(p) for p in (0.95, 0.7, 0.5, 0.2, NAN)]
    assert words == ["sure", "quite sure", "probably", "unsure", "not known"]
    query = cloth(fine={"plain": 0.7}, certain={"coarse"})
    candidate = cloth(fine=None, tightness=(60, 4.4), palette=Palette(()), certain={"tightness"})
    parts = {p.dimension: p for p in explain_parts(query, candidate, ALL, TAXONOMY)}
    assert parts["coarse"].query_certainty == "labelled"
    assert parts["fine"].query_certainty == "quite sure"
    assert parts["fine"].candidate_certainty == "not known"
    assert parts["color"].query_certainty == "measured"
    assert parts["color"].candidate_certainty == "not known"
    assert parts["tightness"].candidate_certainty == "labelled"
    vague = replace(candidate, certain=frozenset())
    part = explain_parts(query, vague, ALL, TAXONOMY)[3]
    assert part.candidate_certainty == "give or take 4 %"


def test_a_persons_label_is_never_only_probable():
    row = np.zeros(len(TAXONOMY.fine), np.float32)
    row[TAXONOMY.fine.index("leno")] = 1
    labelled = cloth(fine="leno", certain={"fine"})
    labelled = replace(labelled, encoding=replace(labelled.encoding, fine=row))
    assert "same leno" in why(labelled, labelled) and "probably" not in why(labelled, labelled)


def test_only_a_designers_words_whatever_is_compared():
    rng = np.random.default_rng(0)
    coarse = [None, "plaid/gingham", {"stripe/pin": 0.4}, "solid/other"]
    fine = [None, "plain", {"plain": 0.3, "oxford": 0.35}, "interlock"]
    cloths = [
        cloth(c, f, (float(rng.uniform(20, 90)), float(rng.uniform(0, 9))),
              colors((tuple(rng.integers(0, 255, 3)), 0.6), (tuple(rng.integers(0, 255, 3)), 0.4)))
        for c, f in itertools.product(coarse, fine)
    ]  # fmt: skip
    for query, candidate in itertools.product(cloths, cloths):
        sentence = why(query, candidate)
        assert sentence and "{" not in sentence and "None" not in sentence and "nan" not in sentence
        assert not re.search("hamming|embedding|vector|bits|top-k|cosine", sentence.lower())


def test_another_language_is_another_table():
    german = {**ENGLISH, "same_weave": "gleich: {name}", "same_color": "gleiche Farbe"}
    german["join"] = "; "
    said = why(cloth(), cloth(), SimilarityBreakdown(None, 1, 1, None), phrases=german)
    assert said == "gleich: 2/2 twill; gleiche Farbe"


def test_every_family_has_its_phrase():
    kinds = {(TAXONOMY.constructions[f], TAXONOMY.families[f]) for f in TAXONOMY.fine}
    said = {ENGLISH[f"{kind}_{family}"] for kind, family in kinds if kind != "nonwoven"}
    assert {"twill weave", "warp knit", "jacquard knit", "jacquard weave"} <= said


def test_short_names_are_what_one_would_say():
    names = [short_name(TAXONOMY.names[i]) for i in (*TAXONOMY.coarse, *TAXONOMY.fine)]
    assert all(name and " / " not in name for name in names)
    assert short_name("horizontal / Breton stripe") == "horizontal stripe"
    assert short_name("pinstripe / hairline") == "pinstripe"
    assert short_name("2/2 twill") == "2/2 twill"


def test_what_the_words_call_unsure_is_what_bars_and_bands_call_unsure():
    rng = np.random.default_rng(3)
    weaves = [None, "plain", {"plain": 0.3, "oxford": 0.35}, {"plain": 0.2, "interlock": 0.2}]
    patterns = [None, "plaid/gingham", {"plaid/gingham": 0.3, "plaid/glen": 0.33},
                {"plaid/glen": 0.2, "solid/slub": 0.2}]  # fmt: skip
    cloths = [
        cloth(c, f, (float(rng.uniform(20, 90)), float(rng.uniform(0, 16))))
        for c, f in itertools.product(patterns, weaves)
    ] + [cloth(tightness=(60.0, 14.0)), replace(cloth(tightness=(60.0, 14.0)),
                                                 density=YarnDensity(20.0, 20.0))]  # fmt: skip
    table = table_of(cloths, [str(i) for i in range(len(cloths))])
    for query in cloths:
        judged = certainty(query, table, table.density, TAXONOMY)
        for row, candidate in enumerate(cloths):
            parts = explain_parts(query, candidate, ALL, TAXONOMY)
            assert [part.unsure for part in parts] == judged.unsure[row].tolist()
            said = [parts[0].words, parts[1].words]
            same = said[0].endswith(" too") and said[1].startswith("same ")
            hedged = "probably" in said[0] or said[0].startswith("also")
            assert judged.same_texture[row] == (same and not hedged)
