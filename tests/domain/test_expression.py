"""The search box's grammar, read as far as it goes and explained where it cannot be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.expression import (
    All,
    AnyOf,
    ExpressionError,
    Is,
    Not,
    Within,
    Word,
    is_plain,
    parse,
    quoted,
    words_wanted,
)
from fabricfinder.domain.units import IMPERIAL, METRIC, DisplayUnits


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("", All(())), ("a b", All((Word("a"), Word("b")))), ("a AND b", All((Word("a"), Word("b")))),
        ("a OR b c", AnyOf((Word("a"), All((Word("b"), Word("c")))))),
        ("a NOT b", All((Word("a"), Not(Word("b"))))), ("-a", Not(Word("a"))),
        ("NOT -a", Not(Not(Word("a")))), ('"blue gingham"', Word("blue gingham", True)),
        ("weave:twill", Is("weave", "twill")), ("Mill:north", Is("supplier", "north")),
        ("color:red", Is("colour", "red")), ("„Mill“ x", All((Word("Mill", True), Word("x")))),
        ('-supplier:"Mill North"', Not(Is("supplier", "Mill North", True))),
        ("gsm:180..220", Within("weight", 180, 220)), ("gsm:180..", Within("weight", 180, math.inf)),
        ("gsm:..220", Within("weight", -math.inf, 220)), ("gsm:>=180", Within("weight", 180, math.inf)),
        ("gsm:<180", Within("weight", -math.inf, 180)), ("gsm:180", Within("weight", 179.5, 180.5)),
        ("gsm:180.5", Within("weight", 180.45, 180.55)), ("gsm:220..180", Within("weight", 180, 220)),
        ("ends:28..30/cm", Within("ends_per_cm", 28, 30)), ("tightness:60..75%", Within("tightness", 60, 75)),
        ("12:30", Word("12:30")), ("weave:", All(())), ("a OR", Word("a")), ("( a b", All((Word("a"), Word("b")))),
        ("a ) b", All((Word("a"), Word("b")))), ("NOT", All(())), ("()", All(())), ("AND OR", All(())),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(typed: str, means: object) -> None:
    assert parse(typed) == means


@pytest.mark.parametrize(
    ("typed", "key", "low", "high"),
    [
        ("width:55..59in", "width", 139.7, 149.86), ("epi:70..76", "ends_per_cm", 70 / 2.54, 76 / 2.54),
        ("warp_ne:20..30", "warp_tex", 590.5 / 30, 590.5 / 20), ("weight:>5.3oz", "weight", 5.3 * 33.906, math.inf),
        ("warp:20..ne", "warp_tex", -math.inf, 590.5 / 20), ("warp:>=40nm", "warp_tex", -math.inf, 25),
        ("warp:<=40nm", "warp_tex", 25, math.inf), ("warp:20..30ne", "warp_tex", 590.5 / 30, 590.5 / 20),
    ],
)  # fmt: skip
def test_ranges_in_any_unit(typed: str, key: str, low: float, high: float) -> None:
    found = parse(typed)
    assert isinstance(found, Within) and found.key == key
    assert (found.low, found.high) == pytest.approx((low, high))


def test_a_bare_number_means_the_units_she_sees() -> None:
    assert parse("width:150", METRIC) == Within("width", 149.5, 150.5)
    assert parse("weight:5..6", IMPERIAL).low == pytest.approx(5 * 33.906)
    assert parse("warp:30..", DisplayUnits("metric", "ne")).high == pytest.approx(590.5 / 30)
    with pytest.raises(ExpressionError, match="no unit"):
        parse("width:150")


@pytest.mark.parametrize(
    ("typed", "why"),
    [("foo:bar", "no field “foo”. You can ask for pattern:plaid, weave:twill"), ("suplier:x", "Did you mean supplier:"),
     ("gsm:abc", "not a number"), ("tightness:x", "in percent"), ("width:150", "has no unit"),
     ("ends:70kg", "cannot be read")],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(typed: str, why: str) -> None:
    with pytest.raises(ExpressionError, match=why) as caught:
        parse(typed)
    assert str(caught.value)[-1] in ".?"


@given(st.text(st.sampled_from('abN OT AND:"().-><=15 gsmweavcolorx'), max_size=60))
def test_nothing_typed_breaks_it(typed: str) -> None:
    try:
        parse(typed)
    except FabricFinderError as error:
        assert str(error)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20))
def test_a_quoted_value_is_read_back(value: str) -> None:
    value = " ".join(value.replace('"', " ").translate(dict.fromkeys(map(ord, "“”„«»「」『』"))).split())
    found = parse(quoted("supplier", value))
    assert found == (Is("supplier", value, True) if value else All(()))


def test_plain_words_and_words_wanted() -> None:
    assert is_plain('a OR "b c" AND (d NOT e)') and is_plain("a - b")
    assert not is_plain("a -b") and not is_plain("weave:twill")
    assert words_wanted(parse("a weave:twill -b (c d)")) == (Word("a"), Word("c"), Word("d"))
