"""Article, colourway, picture: what is shared is kept once, and nothing said is ever lost."""

from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabricfinder.library import Library


def _fill(library: Library, made: ModuleType, *fields: dict) -> list[str]:
    library.add([made.new_swatch(n, fields=said) for n, said in enumerate(fields)])
    return [made.digest(n) for n in range(len(fields))]


def _fields(library: Library, swatch_id: str) -> dict:
    return dict(next(s for s in library.swatches() if s.id == swatch_id).fields)


def _specs(library: Library) -> list[tuple]:
    return library._db.rows("SELECT colourway != 0, name, value FROM spec ORDER BY 1, 2")


def test_what_pictures_of_an_article_agree_in_is_kept_once(
    library: Library, synthetic: ModuleType
) -> None:
    one = {"article": "20341", "colourway": "07", "weight": 180.0, "lot": "B"}
    ids = _fill(library, synthetic, one, one | {"colourway": "08", "lot": "C", "notes": "worn"})
    assert _specs(library) == [(0, "weight", 180.0), (1, "lot", "B"), (1, "lot", "C")]
    assert _fields(library, ids[0]) == one
    assert _fields(library, ids[1]) == one | {"colourway": "08", "lot": "C", "notes": "worn"}
    library.set_fields({ids[0]: {"supplier": "Mill North"}})
    assert _fields(library, ids[1])["supplier"] == "Mill North"  # one construction, many colours
    assert library.find_text("north") == ids


def test_a_picture_may_say_otherwise(library: Library, synthetic: ModuleType) -> None:
    said = {"article": "A", "weight": 180.0}
    ids = _fill(library, synthetic, said, said, said)
    library.set_fields({ids[1]: {"weight": 190.0}})
    assert [_fields(library, i)["weight"] for i in ids] == [180.0, 190.0, 180.0]
    assert library.swatches()[1].own == {"weight"}
    library.set_fields({ids[1]: {"weight": ""}})  # back to what the article says
    assert [_fields(library, i)["weight"] for i in ids] == [180.0] * 3
    assert library.swatches()[1].own == frozenset()
    library.set_fields({i: {"weight": 200.0} for i in ids})
    assert _specs(library) == [(0, "weight", 200.0)]
    library.set_fields({ids[0]: {"weight": ""}})  # it was the article's: gone from all
    assert all("weight" not in _fields(library, i) for i in ids)


def test_an_article_that_gets_another_number_stays_one_article(
    library: Library, synthetic: ModuleType
) -> None:
    said = {"article": "A", "colourway": "1", "weight": 180.0, "lot": "x"}
    ids = _fill(library, synthetic, said, said | {"colourway": "2"})
    before = library._db.value("SELECT row FROM article")
    library.set_fields({i: {"article": "B"} for i in ids})
    assert library._db.rows("SELECT row, code FROM article") == [(before, "B")]
    assert _fields(library, ids[1]) == said | {"article": "B", "colourway": "2"}
    assert [s.name for s in library.swatches()] == ["B", "B"]


def test_a_picture_filed_elsewhere_takes_its_fields_along(
    library: Library, synthetic: ModuleType
) -> None:
    said = {"article": "A", "colourway": "1", "weight": 180.0, "lot": "x"}
    ids = _fill(library, synthetic, said, said, {"article": "Z", "weight": 90.0})
    library.set_fields({ids[0]: {"article": "B"}})
    assert _fields(library, ids[0]) == said | {"article": "B"}
    library.set_fields({ids[0]: {"article": "Z", "colourway": ""}})  # now Z's construction counts
    assert _fields(library, ids[0]) == {"article": "Z", "weight": 90.0}
    library.set_fields({ids[1]: {"article": ""}})
    assert _fields(library, ids[1]) == {"colourway": "1", "weight": 180.0, "lot": "x"}
    assert library._db.rows("SELECT code FROM article") == [("Z",)]  # nothing empty is left
    assert library._db.value("SELECT count(*) FROM colourway") == 1


def test_numbers_and_odd_bytes_are_codes_too(library: Library, synthetic: ModuleType) -> None:
    ids = _fill(library, synthetic, {"article": 20341.0}, {"article": "caf\udce9", "lot": "1"})
    assert _fields(library, ids[0]) == {"article": "20341"}
    assert _fields(library, ids[1]) == {"article": "caf\udce9", "lot": "1"}


names = st.sampled_from(("article", "colourway", "weight", "lot", "notes", "of my own"))
values = st.sampled_from(("", "a", "b", "c"))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.dictionaries(st.integers(0, 3), st.dictionaries(names, values, max_size=3), max_size=4),
        max_size=8,
    )
)
def test_a_value_set_is_the_value_read(
    tmp_path_factory: pytest.TempPathFactory, synthetic: ModuleType, edits: list[dict]
) -> None:
    """Whatever was edited before: what is said of a picture now is what it says."""
    with Library.create(tmp_path_factory.mktemp("filing") / "library") as library:
        ids = _fill(library, synthetic, {}, {}, {}, {})
        for edit in edits:
            said = {ids[n]: values for n, values in edit.items()}
            library.set_fields(said)
            for swatch_id, values in said.items():
                fields = _fields(library, swatch_id)
                for name, value in values.items():
                    if value and name != "article":
                        assert fields[name] == value
                    elif value:
                        assert fields["article"] == value
        again = {s.id: dict(s.fields) for s in library.swatches()}
        library._forget()
        assert {s.id: dict(s.fields) for s in library.swatches()} == again
        assert library._db.rows("PRAGMA foreign_key_check") == []
        assert not library._db.rows(
            "SELECT 1 FROM article WHERE row NOT IN (SELECT article FROM colourway)"
        )
