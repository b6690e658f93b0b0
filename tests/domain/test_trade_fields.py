"""Trade fields: what people call them, and values as they are stored."""

import pytest

from fabricfinder.domain.composition import CompositionError
from fabricfinder.domain.trade_fields import FIELD, FIELDS, TRADE_FIELDS, find_field, read_value
from fabricfinder.domain.units import IMPERIAL, MeasureError


@pytest.mark.parametrize(
    ("words", "name", "unit"),
    [
        ("Ends per inch", "ends_per_cm", "per_inch"), ("EPI", "ends_per_cm", "per_inch"),
        ("ends/cm", "ends_per_cm", "per_cm"), ("Weight (oz/yd²)", "weight", "oz_yd2"),
        ("warp Ne", "warp_tex", "ne"), ("Warp (Nm)", "warp_tex", "nm"),
        ("warp_tex", "warp_tex", "tex"), ("ends_per_cm", "ends_per_cm", "per_cm"),
        ("Width [in]", "width", "in"), ("width in cm", "width", "cm"), ("GSM", "weight", "gsm"),
        ("picks per 10 cm", "picks_per_cm", "per_10cm"), ("repeat mm", "repeat", "mm"),
        ("ends", "ends_per_cm", None), ("Width", "width", None), ("Quality", "article", None),
        ("Mill", "supplier", None), ("Colorway", "colourway", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names(words: str, name: str, unit: str | None) -> None:
    field, told = find_field(words)
    assert (field.name, told and told.key) == (name, unit)


@pytest.mark.parametrize("words", ["", "price", "endsper", "width in furlongs", "width of warp"])
def test_what_nobody_knows_is_no_field(words: str) -> None:
    assert find_field(words) is None


def test_names_and_words_are_told_apart() -> None:
    said = [word for f in FIELDS for word in (f.name.replace("_", " "), *f.words)]
    assert len(said) == len(set(said))
    assert all(find_field(f.name)[0] is f for f in FIELDS)
    assert TRADE_FIELDS["ends_per_cm"] == "1/cm" and TRADE_FIELDS["supplier"] == ""


def test_values_are_read_as_they_are_stored() -> None:
    assert read_value(FIELD["weight"], "5.3 oz/yd²") == pytest.approx(179.7, abs=0.01)
    assert read_value(FIELD["ends_per_cm"], "71.12", IMPERIAL.unit("threads")) == pytest.approx(28)
    assert read_value(FIELD["composition"], "CO 60 PES 40") == "60 % cotton, 40 % polyester"
    assert read_value(FIELD["composition"], "wool and a little silk") == "wool and a little silk"
    assert read_value(FIELD["composition"], "Wolle") == "100 % wool"
    assert read_value(FIELD["supplier"], "  Mill  North ") == "Mill North"
    assert read_value(FIELD["notes"], " one\n two ") == "one\n two"
    assert read_value(FIELD["width"], "  ") == ""
    with pytest.raises(CompositionError, match="add up to 99"):
        read_value(FIELD["composition"], "60 CO 39 PES")
    with pytest.raises(MeasureError, match="no unit"):
        read_value(FIELD["ends_per_cm"], "28")
