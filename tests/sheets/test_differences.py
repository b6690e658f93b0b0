"""Two cloths' facts side by side."""

import math

import pytest

from fabricfinder.domain.density import UNCOUNTED, YarnDensity
from fabricfinder.sheets.content import SheetValue
from fabricfinder.sheets.differences import (
    DIFFERS,
    ONE_SIDED,
    SAME,
    counted_values,
    differences,
)
from fabricfinder.sheets.words import ENGLISH


def ends(count: float) -> SheetValue:
    return SheetValue("ends_per_cm", "Ends", f"{count:g} /cm", count, "1/cm")


@pytest.mark.parametrize(
    ("one", "other", "verdict", "words"),
    [
        (ends(26.0), ends(28.0), DIFFERS, "+2 /cm (+8 %)"),
        (ends(28.0), ends(26.0), DIFFERS, "−2 /cm (−7 %)"),
        (ends(26.0), ends(26.2), SAME, "same"),
        (SheetValue("tightness", "Tightness", "60 %", 60.0, "%"),
         SheetValue("tightness", "Tightness", "72 ± 3 %", 72.0, "%"), DIFFERS, "+12 points"),
        (SheetValue("tightness", "Tightness", "74 ± 11 %", 74.0, "%"),
         SheetValue("tightness", "Tightness", "71 ± 10 %", 71.0, "%"), SAME,
         "not to be told apart"),
        (SheetValue("weave", "Weave", "2/2 twill"), SheetValue("weave", "Weave", "2/2 Twill"),
         SAME, "same"),
        (SheetValue("weave", "Weave", "2/2 twill"), SheetValue("weave", "Weave", "satin"),
         DIFFERS, "another"),
    ],
)  # fmt: skip
def test_what_differs_is_said(one, other, verdict, words) -> None:
    (found,) = differences([one], [other], ENGLISH)
    assert (found.verdict, found.words) == (verdict, words)
    assert (found.pinned, found.candidate) == (one.text, other.text)


def test_a_fact_of_one_cloth_is_no_difference() -> None:
    finish = SheetValue("finish", "Finish", "brushed")
    found = differences([ends(26.0)], [finish, SheetValue("article", "Article", "A1")], ENGLISH)
    assert [(d.key, d.verdict) for d in found] == [
        ("finish", ONE_SIDED), ("ends_per_cm", ONE_SIDED),
    ]  # fmt: skip
    assert (found[0].pinned, found[1].candidate) == ("", "")


def test_counted_threads_come_with_their_interval() -> None:
    values = counted_values(YarnDensity(26.04, 24.0, 0.51, math.nan, 9.0), ENGLISH)
    assert values[0].text == "26.0 ± 0.5 /cm" and values[0].number == 26.04
    assert counted_values(UNCOUNTED, ENGLISH) == ()
