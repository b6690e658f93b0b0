"""A starting spec is a range with its sources, never a bare number."""

import pytest

from fabricfinder.sheets.content import SheetEntry, SheetValue
from fabricfinder.sheets.starting_spec import NEAREST, rests_on, starting_spec
from fabricfinder.sheets.words import ENGLISH


def cloth(number: int, overall: float | None, title: str = "", **numbers: float) -> SheetEntry:
    units = {"ends_per_cm": "1/cm", "warp_tex": "tex", "weight": "g/m²"}
    values = [SheetValue(k, k, f"{v}", v, units[k]) for k, v in numbers.items()]
    weave = SheetValue("weave", "Weave", "2/1 twill" if number % 2 else "plain")
    return SheetEntry(number, "", title or f"A{number}", (weave, *values), overall=overall)


def lines(entries) -> dict:
    return {line.key: line for line in starting_spec(entries, ENGLISH)}


def test_range_count_and_sources() -> None:
    found = lines([cloth(1, 0.95, ends_per_cm=28.0, warp_tex=25.0),
                   cloth(2, 0.9, ends_per_cm=26.0),
                   cloth(3, 0.85, ends_per_cm=27.0, warp_tex=30.0)])  # fmt: skip
    ends = found["ends_per_cm"]
    assert (ends.text, ends.low, ends.high, ends.n) == ("26 to 28 /cm", 26.0, 28.0, 3)
    assert ends.sources == ("A1", "A2", "A3")
    assert found["warp_tex"].text == "25 to 30 tex (Nm 33.3–40)"
    assert found["warp_tex"].n == 2
    assert found["weave"].text == "2/1 twill (2 of 3), plain (1 of 3)"


def test_a_line_says_which_cloths_it_rests_on() -> None:
    spec = starting_spec([cloth(1, 0.95, ends_per_cm=28.0, warp_tex=25.0),
                          cloth(2, 0.9, ends_per_cm=26.0),
                          cloth(3, 0.85, ends_per_cm=27.0, warp_tex=30.0)], ENGLISH)  # fmt: skip
    said = {line.key: rests_on(line, spec, ENGLISH) for line in spec}
    assert said["ends_per_cm"] == "from all 3 cloths"
    assert said["warp_tex"] == "from 2 of 3 cloths: A1, A3"
    warp = next(line for line in spec if line.key == "warp_tex")
    numbered = rests_on(warp, spec, ENGLISH, {"A1": 1, "A2": 2, "A3": 3})
    assert numbered == "from 2 of 3 cloths: 1, 3"
    alone = starting_spec([cloth(1, 0.95, weight=185.0)], ENGLISH)
    assert rests_on(alone[0], alone, ENGLISH) == "from one cloth"


def test_one_source_says_that_it_is_one() -> None:
    found = lines([cloth(1, 0.95, weight=185.0)])
    assert found["weight"].text == "185 g/m², one cloth only"
    alike = lines([cloth(1, 0.95, weight=185.0), cloth(3, 0.95, weight=185.0)])
    assert alike["weave"].text == "2/1 twill"
    assert alike["weight"].text == "185 g/m² in all"


def test_pictures_of_one_cloth_have_one_voice() -> None:
    found = lines([cloth(n, 0.95, "A1", ends_per_cm=20.0) for n in range(1, 5)]
                  + [cloth(5, 0.9, "A2", ends_per_cm=30.0)])  # fmt: skip
    assert found["ends_per_cm"].n == 2


def test_only_near_cloths_speak_and_at_most_five() -> None:
    near = [cloth(n, 0.9 - n / 100, ends_per_cm=20.0 + n) for n in range(1, 9)]
    assert lines(near)["ends_per_cm"].n == NEAREST
    far = [cloth(1, 0.3, ends_per_cm=20.0)]
    assert lines(far) == {}
    related = [cloth(1, 0.9, ends_per_cm=20.0), cloth(2, 0.7, ends_per_cm=40.0)]
    assert lines(related)["ends_per_cm"].n == 2


@pytest.mark.parametrize("entries", [[], [cloth(1, 0.95)]])
def test_without_any_spec_there_is_none(entries) -> None:
    assert starting_spec(entries, ENGLISH) == ()


def test_without_a_query_all_her_cloths_count() -> None:
    found = lines([cloth(n, None, ends_per_cm=20.0 + n) for n in range(1, 4)])
    assert found["ends_per_cm"].text == "21 to 23 /cm"
