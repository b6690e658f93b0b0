"""A library's measurement stays with it, and a new model is compared with the one before."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.differences import compare_runs
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.kept import (
    KEPT_KEY,
    OwnRun,
    compared,
    measure_own,
    read_own,
)


@pytest.fixture
def finder(fake_encoder, swatch_folder, tmp_path):
    """A library of twelve swatches with labels of their pattern."""
    made = Finder(fake_encoder)
    run_to_end(made.open_library(tmp_path / "library", create=True))
    sheet = swatch_folder / "sheet.csv"
    with sheet.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "coarse"))
        writer.writerows(
            (f"swatch-{i:02}.png", "plaid/gingham" if i % 2 else "stripe/candy") for i in range(12)
        )
    run_to_end(made.import_paths([str(swatch_folder)], labels_csv=str(sheet)))
    yield made
    made.close()


def test_a_measurement_is_kept_and_read_again(finder) -> None:
    assert run_to_end(read_own(finder)) is None
    found = run_to_end(measure_own(finder, at_most=2))
    assert found.kept and found.before is None and found.changes == ()
    again = run_to_end(read_own(finder))
    one, other = found.now, again.now
    assert other.when == one.when.replace(microsecond=0)
    assert (other.encoder, other.swatches, dict(other.labelled)) == (
        finder.encoder.id, 12, {"coarse": 12, "fine": 0},
    )  # fmt: skip
    assert list(other.by_label) == ["coarse"] and len(other.asked["coarse"]) == 12
    assert repr(other.by_label["coarse"].figures) == repr(one.by_label["coarse"].figures)
    assert repr(other.by_label["coarse"].breakdown) == repr(one.by_label["coarse"].breakdown)
    assert other.recaptured.figure("MRR").n == 2 == len(other.asked["recaptured"])
    assert "swatch" not in finder.kept(KEPT_KEY).replace('"swatches"', "").replace("the very swatch", "")


def test_another_model_is_compared_with_the_last(finder) -> None:
    first = run_to_end(measure_own(finder, at_most=2))
    finder.encoder.id = "fake-65/fp32"
    finder.encoder._code = -finder.encoder._code[::-1]
    run_to_end(finder.recode())
    second = run_to_end(measure_own(finder, at_most=2))
    assert second.before.encoder == "fake-64/fp32" and second.now.encoder == "fake-65/fp32"
    of = {(kind, change.name): (n, change) for kind, n, change in second.changes}
    n, change = of["coarse", "P@1"]
    before, after = (r.by_label["coarse"].per_query["P@1"] for r in (first.now, second.now))
    assert n == 12
    assert change.difference.value == pytest.approx(after.mean() - before.mean(), abs=1e-5)
    assert of["recaptured", "the very swatch first"][0] == 2
    third = run_to_end(measure_own(finder, at_most=2))  # the same model again: still against it
    assert third.before.when == second.before.when
    assert run_to_end(read_own(finder)).before.encoder == "fake-64/fp32"
    assert len(json.loads(finder.kept(KEPT_KEY))) == 2


def test_only_swatches_that_asked_both_times_are_compared(finder) -> None:
    run: OwnRun = run_to_end(measure_own(finder, at_most=1)).now
    report = run.by_label["coarse"]
    rows = [7, 3, 5, 4]
    values = {name: v[rows] + 0.25 for name, v in report.per_query.items()}
    part = replace(report, per_query=values, clusters=tuple(report.clusters[i] for i in rows))
    asked = {"coarse": (*(run.asked["coarse"][i] for i in rows), "gone")[:4]}
    other = replace(run, by_label={"coarse": part}, asked=asked, recaptured=None)
    ((of, n, change),) = [c for c in compared(run, other) if c[2].name == "P@1"]
    assert (of, n) == ("coarse", 4)
    assert change.difference.value == pytest.approx(0.25)
    assert change.value_before == pytest.approx(float(np.mean(report.per_query["P@1"][rows])))
    assert compare_runs([report], [part])[0] == []  # they do not lie side by side as they are


def test_nothing_is_kept_of_a_stopped_or_impossible_measuring(finder, tmp_path) -> None:
    steps = measure_own(finder, at_most=4)
    for progress in steps:
        if progress.phase == "Photographing again":
            break
    steps.close()
    assert finder.kept(KEPT_KEY) == ""
    finder.keep(KEPT_KEY, '[{"when": "yesterday"}]')
    assert run_to_end(read_own(finder)) is None  # of another version, or damaged
    folder = finder.catalog.folder
    finder.close()
    looking = Finder(finder.encoder)
    with pytest.raises(FabricFinderError, match="Open a library"):
        run_to_end(measure_own(looking))
    run_to_end(looking.open_library(folder, read_only=True))
    found = run_to_end(measure_own(looking, at_most=1))
    assert not found.kept and found.now.swatches == 12
    looking.encoder.id = "fake-99/fp32"
    looking._publish()
    with pytest.raises(FabricFinderError, match="another model"):
        run_to_end(measure_own(looking))
    looking.close()
