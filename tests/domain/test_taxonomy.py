"""Checks the vocabularies: their file, their lookup by word, and the 1 / ½ / 0 table."""

import json

import numpy as np
import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.taxonomy import FORMAT_VERSION, default_taxonomy, load_taxonomy

TAXONOMY = default_taxonomy()


def test_the_shipped_vocabularies_are_those_of_the_settled_taxonomy():
    assert TAXONOMY.majors == ("solid", "stripe", "plaid", "pattern")
    for major in TAXONOMY.majors:
        assert f"{major}/other" in TAXONOMY.coarse
    assert len(set(TAXONOMY.coarse)) == len(TAXONOMY.coarse) >= 60
    assert len(set(TAXONOMY.fine)) == len(TAXONOMY.fine) >= 40
    assert {"plaid/gingham", "plaid/houndstooth", "stripe/bengal"} <= set(TAXONOMY.coarse)
    assert {"plain", "twill-2-2", "satin-8", "single-jersey", "felt"} <= set(TAXONOMY.fine)


def test_every_id_has_a_name_a_construction_and_a_family():
    for id_ in (*TAXONOMY.majors, *TAXONOMY.coarse, *TAXONOMY.fine):
        assert TAXONOMY.names[id_].strip()
    for id_ in TAXONOMY.fine:
        assert TAXONOMY.constructions[id_] in ("woven", "knit", "nonwoven")
        assert TAXONOMY.families[id_]


def test_a_weave_is_woven_a_knit_or_neither():
    knit, woven = TAXONOMY.is_knit, TAXONOMY.is_woven
    assert not (knit & woven).any()
    neither = [f for f, k, w in zip(TAXONOMY.fine, knit, woven, strict=True) if not (k or w)]
    assert neither == ["felt", "nonwoven-other"]
    assert knit[TAXONOMY.fine_index["interlock"]] and woven[TAXONOMY.fine_index["poplin"]]


def test_columns_and_majors_agree_with_the_ids():
    for column, id_ in enumerate(TAXONOMY.coarse):
        assert TAXONOMY.coarse_index[id_] == column
        assert TAXONOMY.majors[TAXONOMY.major_of[column]] == id_.split("/")[0]
    assert np.array_equal(TAXONOMY.major_matrix.argmax(axis=1), TAXONOMY.major_of)
    assert np.array_equal(TAXONOMY.major_matrix.sum(axis=1), np.ones(len(TAXONOMY.coarse)))


def test_the_coarse_table_is_one_half_nothing():
    table = TAXONOMY.coarse_table
    assert np.array_equal(table, table.T)
    for i, a in enumerate(TAXONOMY.coarse):
        for j, b in enumerate(TAXONOMY.coarse):
            if a.split("/")[0] != b.split("/")[0]:
                expected = 0.0
            elif a != b or a.endswith("/other"):  # "other" beside itself is the one exception
                expected = 0.5
            else:
                expected = 1.0
            assert table[i, j] == expected, (a, b)


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("plaid/gingham", "plaid/gingham"), ("Gingham", "plaid/gingham"),
        ("  houndstooth ", "plaid/houndstooth"), ("stripe", "stripe/other"),
        ("pinstripe / hairline", "stripe/pin"), ("glen", "plaid/glen"),
    ],
)  # fmt: skip
def test_coarse_words(word: str, id_: str):
    assert TAXONOMY.coarse_id(word) == id_


@pytest.mark.parametrize(
    ("word", "id_"), [("twill-2-2", "twill-2-2"), ("2/2 Twill", "twill-2-2"), ("PIQUÉ", "pique")]
)
def test_fine_words(word: str, id_: str):
    assert TAXONOMY.fine_id(word) == id_


def test_an_unknown_word_gets_a_sentence_with_near_ones():
    with pytest.raises(FabricFinderError, match="hounds-tooth.*coarse.*plaid/houndstooth"):
        TAXONOMY.coarse_id("hounds-tooth")
    with pytest.raises(FabricFinderError, match="not a fine texture"):
        TAXONOMY.fine_id("zzzzzz")
    with pytest.raises(FabricFinderError):
        TAXONOMY.coarse_id("shadow")  # a stripe and a plaid: the word alone does not tell
    with pytest.raises(FabricFinderError):
        TAXONOMY.coarse_id("")


def test_files_that_are_no_taxonomy(tmp_path):
    path = tmp_path / "taxonomy.json"
    for text in ("", "[]", "{", '{"format": "other"}', '{"format": "fabricfinder-taxonomy"}'):
        path.write_text(text, "utf-8")
        with pytest.raises(FabricFinderError, match="is not a taxonomy file"):
            load_taxonomy(path)
    with pytest.raises(FabricFinderError, match="is not a taxonomy file"):
        load_taxonomy(tmp_path / "missing.json")


def test_a_newer_taxonomy_is_refused_and_an_equal_one_read(tmp_path):
    raw = json.loads(resource_path("taxonomy.json").read_text("utf-8"))
    path = tmp_path / "taxonomy.json"
    path.write_text(json.dumps(raw), "utf-8")
    assert load_taxonomy(path).coarse == TAXONOMY.coarse
    raw["version"] = FORMAT_VERSION + 1
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(FabricFinderError, match="newer"):
        load_taxonomy(path)
