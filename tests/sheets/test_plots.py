"""Drawings: what they show is what the sheet says, and nothing of them leaves the house unasked."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.textile import tex_to_nm
from fabricfinder.sheets.plots import map_points, palettes_plot, scores_plot, sheet_plots


def picture(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_bars_are_as_long_as_their_scores(sheet_for) -> None:
    sheet = sheet_for()
    image = picture(scores_plot(sheet).png)
    height, width = image.shape[:2]
    row = height / len(sheet.entries)
    color = np.array([0xA8, 0x55, 0x83])  # the colour dimension's plain fill
    for number, entry in enumerate(sheet.entries):
        y = round((number + 0.2 + 0.2 * 2) * row)
        filled = (np.abs(image[y] - color).sum(axis=1) < 30).nonzero()[0]
        assert (filled.max() + 1) / width * 1.004 == pytest.approx(entry.scores[2], abs=0.01)


def test_shares_of_a_palette_are_its_widths(sheet_for) -> None:
    sheet = sheet_for()
    plot = palettes_plot(sheet)
    assert len(plot.labels) == 1 + len(sheet.entries)
    image = picture(plot.png)
    row = image.shape[0] / len(plot.labels)
    line = image[round(1.5 * row)]
    main = np.array(sheet.entries[0].palette[0].rgb)
    share = (np.abs(line - main).sum(axis=1) < 12).mean()
    assert share == pytest.approx(sheet.entries[0].palette[0].share, abs=0.01)


def test_every_word_of_a_drawing_is_text_and_any_script_is_welcome(sheet_for) -> None:
    labels = scores_plot(sheet_for()).labels
    assert any("丝绸格子" in label for label in labels)
    assert any("قماش" in label for label in labels)


def test_the_map_places_what_it_knows_and_leaves_out_what_it_does_not(shelf) -> None:
    bare = replace(shelf.catalog.swatches[1], fields={"article": "no yarns"})
    swatches = (shelf.catalog.swatches[0], bare, *shelf.catalog.swatches[2:])
    points = map_points(replace(shelf.catalog, swatches=swatches))
    assert bare.id not in points.ids
    assert len(points) == len(swatches) - 1
    assert points.fineness[0] == pytest.approx(tex_to_nm(20.25))
    assert points.tightness[0] == pytest.approx(float(shelf.catalog.table.tightness[0, 0]))
    assert points.rgb[0][2] > points.rgb[0][0]  # a blue cloth is a blue point


def test_the_archive_map_stays_in_the_house(sheet_for) -> None:
    inside = sheet_for(plots=True)
    outside = sheet_for(plots=True, profile="customer")
    mill = sheet_for(plots=True, profile="supplier")
    assert [bool(p.x_label) for p in inside.plots] == [False, False, True]
    assert [bool(p.x_label) for p in outside.plots] == [False, False]
    assert len(mill.plots) == 1  # palettes; there is no match to draw
    assert sheet_for().plots == ()


def test_a_score_not_judged_is_no_bar(sheet_for) -> None:
    sheet = sheet_for()
    image = picture(scores_plot(sheet).png)
    row = image.shape[0] / len(sheet.entries)
    y = round((2 + 0.2 + 0.2) * row)  # the third cloth's fine texture
    fill = np.array([0xB4, 0x6A, 0x08])
    assert (np.abs(image[y] - fill).sum(axis=1) < 60).mean() < 0.02


def test_no_drawing_without_anything_to_draw(sheet_for) -> None:
    sheet = replace(sheet_for(), query=None, entries=())
    assert sheet_plots(sheet) == ()
