"""Finding swatches by words: any script, any spelling, and nothing typed can break it."""

import sqlite3
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library
from fabricfinder.library import words as words_module
from fabricfinder.library.words import fold, match_expression, words_of

NAMES = [
    "Blue gingham shirting", "Red tartan", "Köper dunkelblau", "蓝色斜纹布", "紺の千鳥格子",
    "빨간 체크무늬", "AR-20341/07", "crêpe de Chine", "green_tweed_HERRINGBONE", "ผ้าไหม",
]  # fmt: skip


@pytest.fixture
def named(library: Library, synthetic: ModuleType) -> Library:
    """A library of ten swatches with names in several scripts."""
    library.add(
        [synthetic.new_swatch(i, path=f"/a/{i}.jpg", name=name) for i, name in enumerate(NAMES)]
    )
    return library


def _found(library: Library, text: str) -> list[str]:
    names = {s.id: s.name for s in library.swatches()}
    return sorted(names[swatch_id] for swatch_id in library.find_text(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gingham", [0]), ("GING", [0]), ("blue ging", [0]), ("blue tartan", []),
        ("blue OR tartan", [0, 1]), ("red OR gingham", [0, 1]), ("gingham NOT blue", []),
        ("tartan NOT blue", [1]), ("(red OR blue) NOT tartan", [0]), ("red AND tartan", [1]),
        ("koper", [2]), ("Köper", [2]), ("ko\u0308per", [2]), ("KÖPER", [2]),
        ("斜", [3]), ("斜纹", [3]), ("纹斜", []), ("蓝色斜纹布", [3]), ("蓝 布", [3]), ("布 NOT 蓝", []),
        ("千鳥", [4]), ("の千", [4]), ("빨간", [5]), ("체크", [5]), ("ไหม", [9]),
        ("20341", [6]), ("20341-07", [6]), ("2034", [6]), ("ar-20341/07", [6]), ("07", [6]),
        ("crepe", [7]), ("crêpe de chi", [7]), ('"crepe de"', [7]), ('"de crepe"', []),
        ("herring", [8]), ("tweed", [8]), ("green tweed", [8]), ("ＧＲＥＥＮ", [8]),
        ('"gin"', []), ('"gingham shirt*"', [0]), ("gingham*", [0]), ("“red tartan”", [1]),
        ("NOT a/1 NOT blue", [1, 2, 3, 4, 5, 6, 7, 8, 9]), ("nothing like it", []),
        ("and", []), ("or", []), ("", []), ("   ", []), ("***", []), ('""', []), ("-", []),
    ],
)  # fmt: skip
def test_what_is_typed_finds_what_is_meant(
    named: Library, text: str, expected: list[int]
) -> None:
    assert _found(named, text) == sorted(NAMES[i] for i in expected)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('gingham "', "gingham"), ("(gingham", "gingham"), ("gingham)", "gingham"),
        ("gingham AND", "gingham"), ("OR gingham", "gingham"), ("AND AND", ""), ("()", ""),
        ("gingham NOT", "gingham"), ("blue OR OR gingham", "blue gingham"), ("name:gingham", None),
        ("gingham ^ { } : + -", "gingham"), ("NEAR(gingham blue)", None), ("ging*ham", None),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_taken_as_plain_words(
    named: Library, text: str, plain: str | None
) -> None:
    found = named.find_text(text)
    if plain is not None:
        assert found == named.find_text(plain)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=40)
    | st.text('()"*ANDORT :-^', max_size=40)
)
def test_nothing_typed_can_break_it(named: Library, text: str) -> None:
    found = named.find_text(text)
    assert len(set(found)) == len(found) and set(found) <= set(named.known())


def test_very_long_and_deep_questions_are_answered(named: Library) -> None:
    for text in ("(" * 5000, "(" * 300 + "red" + ")" * 300, "red " * 5000, "NOT " * 900 + "red",
                 "red OR " * 3000, '"' * 999):  # fmt: skip
        assert isinstance(named.find_text(text), list)


def test_names_count_more_than_places(library: Library, synthetic: ModuleType) -> None:
    library.add(
        [
            synthetic.new_swatch(0, path="/denim/a.jpg", name="a"),
            synthetic.new_swatch(1, path="/x/b.jpg", name="b", fields={"notes": "not denim"}),
            synthetic.new_swatch(2, path="/x/c.jpg", name="c", labels=Labels("solid/denim")),
            synthetic.new_swatch(3, path="/x/d.jpg", name="denim"),
            synthetic.new_swatch(4, path="/denim/x/y/e.jpg", name="e"),  # too far up to say much
        ]
    )
    assert library.find_text("denim") == [synthetic.digest(i) for i in (3, 2, 1, 0)]


def test_words_follow_labels_and_fields(named: Library, synthetic: ModuleType) -> None:
    one = synthetic.digest(1)
    named.set_labels({one: Labels("plaid/houndstooth", "twill-2-2")})
    assert named.find_text("houndstooth 2/2 twill") == [one]
    named.set_labels({one: Labels()})
    assert named.find_text("houndstooth") == []
    named.set_fields({one: {"supplier": "Lanificio Bianchi", "weight": 180.5}})
    assert named.find_text("bianchi") == named.find_text("180.5") == [one]
    named.set_fields({one: {"supplier": ""}})
    assert named.find_text("bianchi") == []


def test_the_model_is_not_quoted(library: Library, synthetic: ModuleType) -> None:
    library.add([synthetic.new_swatch(1)])
    assert library.find_text("gingham") == []


def test_an_index_of_an_older_taxonomy_is_renewed(
    named: Library, synthetic: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    named.close()
    database = sqlite3.connect(named.folder / "library.fflib")
    database.execute("DELETE FROM words")
    database.commit()
    database.close()
    with Library.open(named.folder) as library:
        assert library.find_text("gingham") == []
    newer = words_module.INDEX_VERSION + 1
    monkeypatch.setattr("fabricfinder.library.library.INDEX_VERSION", newer)
    with Library.open(named.folder) as library:
        assert library.find_text("gingham") == [synthetic.digest(0)]


def test_a_search_that_finds_nearly_everything_comes_in_order_of_arrival(
    named: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fabricfinder.library.annotations._RANKED", 3)
    assert named.find_text("NOT zebra") == [s.id for s in named.swatches()]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Köper_2/2 斜纹", "koper 2 2 斜 纹"), ("ŁÓDŹ Straße", "lodz strasse"), ("ﬁne", "fine"),
        ("がぎ", "が ぎ"), ("한글", "한 글"), ("a\udce9b", "a b"), ("²⁄₃", "2 3"), ("", ""),
    ],
)  # fmt: skip
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_expressions() -> None:
    assert match_expression("blue tartan") == '"blue" * AND "tartan" *'
    assert match_expression("a OR b") == '("a" *) OR ("b" *)'
    assert match_expression('"a b" NOT c') == '("a b") NOT ("c" *)'
    assert match_expression(" ") is None


def test_words_come_from_name_labels_fields_and_the_nearest_folders() -> None:
    swatch = Swatch(
        "ab", "/home/ana/Archive/SS27/shirting/IMG_1.jpg", "20341", 1, 1,
        labels=Labels("plaid/gingham", "plain"), fields={"lot": "B", "weight": 120.0},
    )  # fmt: skip
    name, labels, fields, place = words_of(swatch, default_taxonomy())
    assert (name, fields, place) == ("20341", "b 120", "img 1 ss27 shirting")
    assert labels.split() == ["plaid", "gingham", "plain", "gingham", "plain", "weave", "\ue000"]
