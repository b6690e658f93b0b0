"""The vocabulary: extended, renamed, merged and aliased without a circle, and its files."""

import json

import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import (
    Term,
    major_names,
    new_term,
    read_terms,
    shipped_vocabulary,
)


@pytest.fixture
def words():
    own = new_term("Mill check", "coarse", "plaid/glen")
    return shipped_vocabulary().extended(own)


def test_every_shipped_term_has_an_english_and_a_chinese_name():
    taxonomy, words = default_taxonomy(), shipped_vocabulary()
    assert tuple(t.id for t in words.offered("coarse")) == taxonomy.coarse
    assert tuple(t.id for t in words.offered("fine")) == taxonomy.fine
    for term in words.terms.values():
        assert term.name("en") == taxonomy.names[term.id]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in term.name("zh")), term.id
        assert words.find(term.name("zh"), term.dimension) == term.id
    assert {m: major_names()[m]["zh"] for m in taxonomy.majors}["plaid"] == "格子"
    assert words.own() == ()


def test_an_own_term_counts_as_a_shipped_one(words):
    (own,) = words.own()
    assert own.id == "plaid/own-mill-check" and words.shipped(own.id) == "plaid/glen"
    assert words.find("MILL  check", "coarse") == own.id
    with pytest.raises(FabricFinderError, match="already"):
        words.extended(new_term("mill check", "coarse", "plaid/glen"))
    with pytest.raises(FabricFinderError, match="counts as"):
        words.extended(Term("plaid/own-x", "coarse", {"en": "x"}))
    with pytest.raises(FabricFinderError, match="one is a pattern"):
        words.extended(Term("own-x", "fine", {"en": "x"}, (), "plaid/glen"))


def test_renamed_and_aliased_the_old_words_still_find_it(words):
    renamed = words.renamed("plaid/glen", "Glencheck", "de").renamed("plaid/glen", "Esterhazy")
    assert renamed.name("plaid/glen") == "Esterhazy" and renamed.name("plaid/glen", "de") == "Glencheck"
    assert renamed.find("glen / Prince of Wales check", "coarse") == "plaid/glen"
    with pytest.raises(FabricFinderError, match="merge them"):
        words.renamed("plaid/glen", "tartan")
    assert words.aliased("plaid/glen", "PoW").find("pow", "coarse") == "plaid/glen"
    with pytest.raises(FabricFinderError, match="already means"):
        words.aliased("plaid/glen", "gingham")


def test_merging_follows_and_never_runs_in_a_circle(words):
    own = "plaid/own-mill-check"
    merged = words.merged(own, "plaid/tartan")
    assert merged.resolve(own) == "plaid/tartan" and own in merged.terms
    assert own not in [t.id for t in merged.offered("coarse")]
    assert merged.name(own) == "tartan"
    with pytest.raises(FabricFinderError, match="circle"):
        merged.merged("plaid/tartan", own)
    with pytest.raises(FabricFinderError, match="circle"):
        words.merged("plaid/glen", own)  # it counts as glen
    with pytest.raises(FabricFinderError, match="circle"):
        words.merged(own, own)
    with pytest.raises(FabricFinderError, match="cannot be merged"):
        words.merged(own, "plain")
    twice = shipped_vocabulary().merged("sateen", "satin-5").merged("satin-5", "satin-8")
    assert twice.shipped("sateen") == "satin-8"
    with pytest.raises(FabricFinderError, match="circle"):
        twice.merged("satin-8", "sateen")
    with pytest.raises(FabricFinderError, match="no term"):
        words.resolve("plaid/none")


def test_terms_are_read_from_csv_and_json(tmp_path):
    sheet = tmp_path / "mill.csv"
    sheet.write_text("id,dimension,en,de,counts_as,also\n"
                     "own-loden,fine,loden,Loden,twill-2-2,walk;fulled\n", "utf-8")  # fmt: skip
    (term,) = read_terms(sheet)
    assert term == Term("own-loden", "fine", {"en": "loden", "de": "Loden"}, ("walk", "fulled"),
                        "twill-2-2")  # fmt: skip
    as_json = tmp_path / "mill.json"
    as_json.write_text(json.dumps([{"id": "plain", "en": "tabby", "zh": "平布"}]), "utf-8")
    (plain,) = read_terms(as_json)
    assert plain.dimension == "fine" and plain.name("zh") == "平布"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "name,en\nplain,x\n", "no column “id”"),
        ("a.csv", "id,en\nplain,x\nplain,y\n", "line 3: “plain” is there twice"),
        ("a.csv", "id,en\nown-x,x\n", "line 2: say under “dimension”"),
        ("a.csv", "id,en\nplain,x,y\n", "more cells"),
        ("a.csv", 'id,en\n"plain,x\n', "no table"),
        ("a.json", "[{", "damaged JSON"),
        ("a.json", '{"id": 3}', "no list of terms"),
        ("a.json", '[{"id": 3}]', "more cells than columns, or one is no text"),
    ],
)
def test_a_malformed_file_gets_a_sentence(tmp_path, name, text, sentence):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(FabricFinderError, match=sentence):
        read_terms(path)
    with pytest.raises(FabricFinderError, match="cannot be read"):
        read_terms(tmp_path / "none.csv")


def test_terms_that_lead_in_a_circle_are_refused():
    one, two = Term("own-a", "fine", {}, (), "own-b"), Term("own-b", "fine", {}, (), "own-a")
    with pytest.raises(FabricFinderError, match="circle"):
        shipped_vocabulary().with_terms([one, two])
