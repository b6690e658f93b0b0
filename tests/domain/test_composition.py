"""Compositions: what designers write, and shares that must add up to 100 %."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.composition import (
    FIBRES,
    CompositionError,
    fibre_code,
    make_composition,
    read_composition,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("60 % cotton, 40 % polyester", (("CO", 60), ("PES", 40))),
        ("CO 60 PES 40", (("CO", 60), ("PES", 40))),
        ("cotton 40%; wool 60%", (("WO", 60), ("CO", 40))),
        ("65/35 PES/CO", (("PES", 65), ("CO", 35))),
        ("98% Baumwolle 2% Elasthan", (("CO", 98), ("EL", 2))),
        ("55 % Leinen/45 % Baumwolle", (("LI", 55), ("CO", 45))),
        ("97,5 % Virgin Wool + 2,5 % Lycra", (("WV", 97.5), ("EL", 2.5))),
        ("silk", (("SE", 100),)),
        ("50% cotton 30% wool 20% cotton", (("CO", 70), ("WO", 30))),
        ("90 % yak, 10 % silk", (("yak", 90), ("SE", 10))),
    ],
)
def test_designers_words_are_read(text: str, parts: tuple) -> None:
    assert read_composition(text).parts == parts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("60% CO 39% PES", "The fibres add up to 99 %; 1 % is missing."),
        ("61% CO 40% PES", "The fibres add up to 101 %; that is 1 % too much."),
        ("0 % wool 100 % silk", "0 % wool cannot be."),
        ("soft stuff", "“soft stuff” names no fibres; write 60 % cotton, 40 % wool."),
        ("60 % 40 %", "“60 % 40 %” names no fibres; write 60 % cotton, 40 % wool."),
    ],
)
def test_what_cannot_be_true_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(CompositionError) as caught:
        read_composition(text)
    assert str(caught.value) == sentence


@given(st.lists(st.sampled_from(sorted(FIBRES)), min_size=1, max_size=5, unique=True), st.data())
def test_what_is_shown_is_read_back(codes: list[str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, 99), min_size=len(codes) - 1,
                                    max_size=len(codes) - 1)))  # fmt: skip
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    made = make_composition(zip(codes, map(float, shares), strict=True))
    assert read_composition(str(made)) == made and made.complaint == ""


@given(st.floats(0.1, 300))
def test_only_a_hundred_is_a_hundred(share: float) -> None:
    if abs(share - 100) <= 0.05:
        assert make_composition([("CO", share)]).complaint == ""
    else:
        with pytest.raises(CompositionError, match="add up to"):
            make_composition([("CO", share)])


def test_codes_and_names_are_one_fibre() -> None:
    assert fibre_code("Baumwolle") == fibre_code("co") == fibre_code(" COTTON ") == "CO"
    assert fibre_code("yak") == "yak"
