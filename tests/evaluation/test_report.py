"""Reports: JSON there and back, tables that line up, paired comparison."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from fabricfinder.evaluation.intervals import Interval
from fabricfinder.evaluation.labelled import LabelledSet
from fabricfinder.evaluation.protocols import evaluate_photos
from fabricfinder.evaluation.report import (
    Figure,
    Report,
    aligned,
    figure_from,
    side_by_side,
)


def small_report(seed: int, system: str = "random") -> Report:
    labels = tuple("aaaabbbbbc")
    photos = LabelledSet(
        "cloths", tuple(Path(str(i)) for i in range(10)), labels, tuple(map(str, range(10))), 2
    )
    scores = np.random.default_rng(seed).random((10, 10))
    return evaluate_photos(scores, photos, system=system, resamples=30)


def test_json_and_back_keeps_every_figure() -> None:
    report = small_report(0)
    content = json.loads(report.to_json())
    assert "\n" not in report.to_json()
    assert set(content["figures"][0]) == {
        "name", "value", "n", "floor", "low", "high", "excluded", "group",
    }  # fmt: skip
    again = Report.from_json(report.to_json())
    assert (again.system, again.protocol, again.notes) == ("random", report.protocol, report.notes)
    assert again.figures == report.figures
    # The lone "c" has nothing relevant: null in JSON, nan again.
    lone = again.figure("P@1", "c")
    assert math.isnan(lone.value)
    assert (lone.n, lone.excluded) == (0, 1)
    assert next(f for f in content["breakdown"] if f["group"] == "c")["value"] is None


@pytest.mark.parametrize("text", ['{"version": 1}', '{"version": 2}', "[]", "{"])
def test_a_foreign_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Report.from_json(text)


def test_the_text_lines_up_and_says_what_was_left_out() -> None:
    text = small_report(0).as_text()
    lines = text.splitlines()
    assert lines[0] == "random · cloths, leave one out"
    assert lines[-1] == "2 pictures without a label were left out."
    ends = {len(line) for line in lines[1:5]}
    assert len(ends) == 1
    assert any(line.startswith("c ") and "–" in line for line in lines)
    row = next(line for line in lines if line.startswith("P@1 "))
    assert f"{small_report(0).figure('P@1').value:.3f}" in row


def test_systems_lie_side_by_side_under_the_random_floor() -> None:
    first, second = small_report(0, "one"), small_report(1, "two")
    lines = side_by_side([first, second]).splitlines()
    assert lines[1].split() == ["P@1", "P@10", "mAP"]
    assert lines[2].split() == ["random", *(f"{f.floor:.3f}" for f in first.figures)]
    assert lines[3].startswith("one ")
    assert lines[4].startswith("two ")
    other = Report("three", "another protocol", ())
    with pytest.raises(ValueError, match="one protocol"):
        side_by_side([first, other])


def test_figures_by_name() -> None:
    figure = figure_from("P@1", Interval(0.5, 0.4, 0.6), np.array([0.5, np.nan]), 0.1)
    assert figure == Figure("P@1", 0.5, 1, 0.1, 0.4, 0.6, 1, "")
    report = Report("s", "p", (figure,))
    assert report.figure("P@1") is figure
    with pytest.raises(KeyError):
        report.figure("P@1", "striped")


def test_cells_align_left_then_right() -> None:
    assert aligned([["", "n"], ["argyle", "10"]]) == "         n\nargyle  10"
