"""Measuring the designer's own library: her labels, her pictures, nothing changed."""

import csv

import numpy as np
import pytest

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.own_library import measure_library
from fabricfinder.measuring.pictures import CODE_ONLY, EVEN


@pytest.fixture
def finder(fake_encoder, tmp_path):
    """An empty library."""
    made = Finder(fake_encoder)
    run_to_end(made.open_library(tmp_path / "library", create=True))
    yield made
    made.close()


@pytest.fixture
def labelled_finder(finder, swatch_folder):
    """Twelve labelled swatches: two patterns, two weaves, pairs that are one article."""
    sheet = swatch_folder / "sheet.csv"
    with sheet.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "coarse", "fine", "tightness", "article"))
        for i in range(12):
            pattern = "plaid/gingham" if i % 2 else "stripe/candy"
            weave = "plain" if i % 3 else "twill-2-2"
            writer.writerow((f"swatch-{i:02}.png", pattern, weave, 50 + i, f"A{i // 4}"))
    run_to_end(finder.import_paths([str(swatch_folder)], labels_csv=str(sheet)))
    return finder


def test_labels_and_pictures_are_measured(labelled_finder, fake_encoder) -> None:
    before = labelled_finder.catalog
    steps = []
    found = run_to_end(measure_library(before, fake_encoder, at_most=6), steps.append)
    assert {s.phase for s in steps} >= {"Measuring by your labels", "Photographing again"}
    coarse, fine = found.labels
    assert coarse.system == CODE_ONLY and "pattern" in coarse.protocol and "weave" in fine.protocol
    figure = coarse.figure("P@1")
    assert figure.n == 12 and 0 < figure.floor < 1 and figure.low <= figure.value <= figure.high
    # An article of four holds two of each pattern: of the other eight, four are of the same.
    assert figure.floor == pytest.approx(0.5)
    again = found.recaptured
    assert again.system == EVEN and again.figure("the very swatch first").n == 6
    assert again.figure("the very swatch first").floor == pytest.approx(1 / 12)
    assert again.figure("the very swatch among ten").floor == pytest.approx(10 / 12)
    same = again.figure("another cloth of the same pattern first")
    assert same.floor == pytest.approx(0.5) and same.n == 6
    assert again.figure("error of tightness, points").n == 6
    assert labelled_finder.catalog is before  # nothing was written


def test_the_code_row_is_leave_one_article_out(labelled_finder, fake_encoder) -> None:
    catalog = labelled_finder.catalog
    found = run_to_end(measure_library(catalog, fake_encoder, at_most=1))
    table, swatches = catalog.table, catalog.coded
    bits = np.unpackbits(table.codes, axis=1).astype(int)
    values = []
    for i, swatch in enumerate(swatches):
        distance = (bits != bits[i]).sum(axis=1)
        others = [j for j, s in enumerate(swatches) if s.fields["article"] != swatch.fields["article"]]
        least = min(distance[j] for j in others)
        tied = [j for j in others if distance[j] == least]
        values.append(np.mean([swatches[j].labels.coarse == swatch.labels.coarse for j in tied]))
    assert found.labels[0].per_query["P@1"] == pytest.approx(values)


def test_a_library_without_labels_says_what_is_missing(finder, swatch_folder, fake_encoder) -> None:
    with pytest.raises(FabricFinderError, match="no cloth in this library"):
        run_to_end(measure_library(finder.catalog, fake_encoder))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    found = run_to_end(measure_library(finder.catalog, fake_encoder, at_most=3))
    assert found.labels == () and len(found.notes) == 2
    assert "Too few labels of pattern: 0 swatches" in found.notes[0]
    assert {f.name for f in found.recaptured.figures} == {
        "the very swatch first", "the very swatch among ten", "MRR",
    }  # fmt: skip


def test_pictures_that_are_gone_are_left_out(labelled_finder, swatch_folder, fake_encoder) -> None:
    for path in sorted(swatch_folder.glob("*.png"))[:11]:
        path.unlink()
    found = run_to_end(measure_library(labelled_finder.catalog, fake_encoder, at_most=6))
    assert found.recaptured.figure("MRR").n == 1
    (swatch_folder / "swatch-11.png").unlink()
    found = run_to_end(measure_library(labelled_finder.catalog, fake_encoder, at_most=6))
    assert found.recaptured is None and "none was photographed again" in found.notes[-1]


def test_the_same_seed_measures_the_same(labelled_finder, fake_encoder) -> None:
    first, again = (
        run_to_end(measure_library(labelled_finder.catalog, fake_encoder, at_most=2, seed=5))
        for _ in range(2)
    )
    assert repr(first.recaptured.figures) == repr(again.recaptured.figures)
