"""Units of cloth: every conversion beside the textbook's formula, and nothing guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.units import (
    IMPERIAL,
    METRIC,
    UNITS,
    DisplayUnits,
    MeasureError,
    find_unit,
    read_measure,
    show_measure,
    show_number,
    unit_by_key,
)


@pytest.mark.parametrize(
    ("text", "kind", "stored"),
    [
        ("28 /cm", "threads", 28.0), ("71.12 epi", "threads", 71.12 / 2.54),
        ("61 ppi", "threads", 61 / 2.54), ("280 per 10 cm", "threads", 28.0),
        ("Ne 30", "yarn", 590.5 / 30), ("30 Ne", "yarn", 590.5 / 30), ("50 Nm", "yarn", 20.0),
        ("180 den", "yarn", 20.0), ("200 dtex", "yarn", 20.0), ("20tex", "yarn", 20.0),
        ("Ne 40/2", "yarn", 2 * 590.5 / 40), ("2/60 Nm", "yarn", 1000 / 30),
        ("5.3 oz/yd²", "weight", 5.3 * 33.906), ("180 g/m²", "weight", 180.0),
        ("180 gsm", "weight", 180.0), ("59 in", "width", 59 * 2.54), ("1,5 m", "width", 150.0),
        ('59"', "width", 59 * 2.54), ("2.5 inch", "length", 63.5), ("6,4 cm", "length", 64.0),
        ("１８０ ｇ/㎡", "weight", 180.0),
    ],
)  # fmt: skip
def test_typed_measures_are_stored_in_one_unit(text: str, kind: str, stored: float) -> None:
    assert read_measure(text, kind) == pytest.approx(stored, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("28", "threads", "no unit; write 28 /cm or 71 /inch"), ("150", "width", "no unit"),
        ("-3 /cm", "threads", "0 or more"), ("abc", "yarn", "not a number"),
        ("180 g/m", "weight", "depend on the width"), ("3 kg", "weight", "cannot be read"),
        ("Ne 0", "yarn", "does not exist"), ("nan tex", "yarn", "not a number"),
        ("1e999 tex", "yarn", "0 or more"), ("Ne 40/13", "yarn", "plied"),
        ("3 in 4", "width", "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence(text: str, kind: str, why: str) -> None:
    with pytest.raises(MeasureError, match=why) as caught:
        read_measure(text, kind)
    assert str(caught.value).endswith(".")


def test_a_bare_number_is_only_read_in_a_unit_that_was_agreed() -> None:
    inch = unit_by_key("width", "in")
    assert read_measure("59", "width", inch) == pytest.approx(149.86)
    assert read_measure("150 cm", "width", inch) == 150.0  # what is written counts
    with pytest.raises(MeasureError, match="not a number"):
        read_measure("1,5", "width", inch, decimal_comma=False)


@given(
    kind=st.sampled_from(sorted(UNITS)), which=st.integers(0, 9), stored=st.floats(1e-3, 1e5)
)
def test_every_unit_goes_there_and_back(kind: str, which: int, stored: float) -> None:
    unit = UNITS[kind][which % len(UNITS[kind])]
    assert unit.to_stored(unit.from_stored(stored)) == pytest.approx(stored, rel=1e-9)
    shown = show_measure(stored, unit)
    assert read_measure(shown, kind) == pytest.approx(stored, rel=2e-3)
    assert find_unit(kind, unit.symbol) is unit


@pytest.mark.parametrize("kind", sorted(UNITS))
def test_the_first_unit_of_a_kind_is_the_stored_one(kind: str) -> None:
    assert UNITS[kind][0].to_stored(7.0) == 7.0
    assert METRIC.unit(kind) is UNITS[kind][0]


def test_a_person_sees_her_own_units() -> None:
    assert show_measure(28.0, IMPERIAL.unit("threads")) == "71.12 per inch"
    assert show_measure(590.5 / 30, IMPERIAL.unit("yarn")) == "Ne 30"
    assert show_measure(180.0, IMPERIAL.unit("weight")) == "5.309 oz/yd²"
    assert show_measure(150.0, IMPERIAL.unit("width")) == "59.06 in"
    assert DisplayUnits("imperial", "den").unit("yarn").key == "den"
    assert show_measure(0.0, IMPERIAL.unit("yarn")) == "–"
    with pytest.raises(ValueError, match="furlong"):
        DisplayUnits("furlong")
    with pytest.raises(KeyError, match="stone"):
        unit_by_key("weight", "stone")


@pytest.mark.parametrize(
    ("value", "text"), [(28.0, "28"), (0.0, "0"), (1234.0, "1234"), (12345.6, "12346"),
                        (0.037, "0.037"), (100.0, "100"), (59.055, "59.05")]
)  # fmt: skip
def test_numbers_are_shown_without_needless_digits(value: float, text: str) -> None:
    assert show_number(value) == text
