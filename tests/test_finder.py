"""The hall: import, search, label and re-code through a small fake encoder, on real files."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.errors import LibraryError, QueryError, UnreadableImageError
from fabricfinder.domain.search import Filters, Preference, Query
from fabricfinder.domain.swatch import Labels
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end


@pytest.fixture
def finder(fake_encoder, tmp_path):
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    yield finder
    finder.close()


def test_the_same_picture_comes_first(finder, swatch_folder) -> None:
    report = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert (report.imported, report.already_here, report.problems) == (12, 0, ())
    path = swatch_folder / "swatch-05.png"
    result = run_to_end(finder.search(Query(path=str(path))))
    best = result.ranked(Preference(), 3)[0]
    assert best.swatch.path == str(path) and best.hamming == 0
    assert best.swatch.id == result.extra["digest"]
    assert result.n_searched == 12


def test_importing_again_does_nothing_and_copies_are_one_swatch(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    again = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert (again.imported, again.already_here) == (0, 12)
    copy = swatch_folder / "copy-of-03.png"
    copy.write_bytes((swatch_folder / "swatch-03.png").read_bytes())
    third = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert (third.imported, third.already_here) == (0, 13)
    assert len(finder.catalog) == 12


def test_bad_files_become_lines_and_stop_nothing(finder, swatch_folder) -> None:
    (swatch_folder / "empty.jpg").write_bytes(b"")
    (swatch_folder / "notes.png").write_text("this is no picture")
    Image.new("RGB", (1, 1)).save(swatch_folder / "dot.png")
    whole = (swatch_folder / "swatch-01.png").read_bytes()
    (swatch_folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    report = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert report.imported == 12
    assert sorted(Path(p.path).name for p in report.problems) == [
        "cut.png", "dot.png", "empty.jpg", "notes.png",
    ]  # fmt: skip
    assert all(p.reason.endswith(".") for p in report.problems)
    assert len(finder.catalog.problems) == 4


def test_a_cancelled_import_resumes_with_nothing_lost(finder, swatch_folder, fake_encoder) -> None:
    operation = finder.import_paths([str(swatch_folder)])
    for _ in range(12):
        next(operation)
    operation.close()
    report = run_to_end(finder.resume_import())
    assert report.imported > 0
    assert len(finder.catalog) == 12 and finder.catalog.pending_import == 0
    assert len(set(finder.catalog.table.ids)) == 12


def test_labels_of_a_sheet_and_of_a_person(finder, swatch_folder, tmp_path) -> None:
    sheet = tmp_path / "labels.csv"
    sheet.write_text(
        "path,coarse,fine,tightness,article\n"
        f"{swatch_folder / 'swatch-00.png'},plaid/gingham,twill-2-2,62.5,Firenze\n"
        "nowhere.png,gingham,,,\n"
    )
    report = run_to_end(finder.import_paths([str(swatch_folder)], labels_csv=str(sheet)))
    assert report.labelled == 1 and any("nowhere.png" in n for n in report.notices)
    swatch = next(s for s in finder.catalog.swatches if s.name == "Firenze")
    assert swatch.labels == Labels("plaid/gingham", "twill-2-2", 62.5)
    run_to_end(finder.label([swatch.id], Labels(fine="satin-5")))
    assert finder.catalog.find(swatch.id).labels == Labels("plaid/gingham", "satin-5", 62.5)
    row = finder.catalog.table_row_of[swatch.id]
    fine = finder.taxonomy.fine_index["satin-5"]
    assert finder.catalog.table.fine[row, fine] == 1 and finder.catalog.table.certain[row].all()
    run_to_end(finder.label([swatch.id], Labels("plaid/glen", "satin-5"), replace=True))
    assert finder.catalog.find(swatch.id).labels == Labels("plaid/glen", "satin-5")
    run_to_end(finder.label([swatch.id], Labels(), replace=True))
    assert finder.catalog.find(swatch.id).labels == Labels()
    assert finder.catalog.table.descriptor(row).certain == frozenset()


def test_filters_apply_inside_the_search(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    ids = [s.id for s in finder.catalog.swatches[:3]]
    run_to_end(finder.label(ids, Labels(coarse="plaid/tartan")))
    query = Query(
        path=str(swatch_folder / "swatch-09.png"),
        filters=Filters(coarse=frozenset({"plaid/tartan"}), labelled=True),
    )
    result = run_to_end(finder.search(query))
    assert result.n_searched == 3 and {s.id for s in result.swatches} == set(ids)
    assert finder.facets(Filters()).total == 12


def test_words_find_swatches(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    found = run_to_end(finder.find_text("swatch-07"))
    assert finder.catalog.find(found[0]).name == "swatch-07"


def test_exclude_self_and_search_by_swatch(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    swatch = finder.catalog.swatches[4]
    for query in (
        Query(swatch_id=swatch.id, exclude_self=True), Query(path=swatch.path, exclude_self=True),
    ):  # fmt: skip
        result = run_to_end(finder.search(query))
        assert result.n_searched == 11
        assert swatch.id not in {s.id for s in result.swatches}


def test_a_crop_is_another_query(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    swatch = finder.catalog.swatches[0]
    cropped = run_to_end(finder.search(Query(swatch_id=swatch.id, crop=(0, 0, 0.5, 0.5))))
    assert len(cropped.swatches) == 12
    with pytest.raises(QueryError, match="too small"):
        run_to_end(finder.search(Query(path=swatch.path, crop=(0, 0, 0.1, 0.1))))


def test_black_photo_and_empty_library_are_friendly(finder, tmp_path, swatch_folder) -> None:
    black = tmp_path / "black.png"
    Image.fromarray(np.zeros((200, 200, 3), np.uint8)).save(black)
    empty = run_to_end(finder.search(Query(path=str(black))))
    assert empty.swatches == () and empty.n_library == 0
    run_to_end(finder.import_paths([str(swatch_folder)]))
    result = run_to_end(finder.search(Query(path=str(black))))
    assert len(result.swatches) == 12 and any("dark" in n.casefold() for n in result.notes)
    with pytest.raises(UnreadableImageError):
        run_to_end(finder.search(Query(path=str(tmp_path / "gone.png"))))


def test_another_encoder_is_refused_until_recoded(tmp_path, fake_encoder, swatch_folder) -> None:
    folder = tmp_path / "library"
    first = Finder(fake_encoder)
    run_to_end(first.open_library(folder, create=True))
    run_to_end(first.import_paths([str(swatch_folder)]))
    first.close()
    other = type(fake_encoder)(seed=99)
    other.id = "other-64/fp32"
    second = Finder(other)
    try:
        catalog = run_to_end(second.open_library(folder))
        assert catalog.other_codes == 12 and len(catalog.table) == 0
        query = Query(path=str(swatch_folder / "swatch-02.png"))
        with pytest.raises(QueryError, match="looked at again"):
            run_to_end(second.search(query))
        catalog = run_to_end(second.recode())
        assert len(catalog.table) == 12 and catalog.other_codes == 0
        assert run_to_end(second.search(query)).ranked(Preference(), 1)[0].hamming == 0
    finally:
        second.close()


def test_nothing_happens_without_a_library(fake_encoder) -> None:
    finder = Finder(fake_encoder)
    with pytest.raises(LibraryError, match="Open a library"):
        run_to_end(finder.import_paths(["x.png"]))
    finder.close()
    finder.close()


def test_a_read_only_library_answers_and_refuses_writes(tmp_path, fake_encoder, swatch_folder) -> None:
    folder = tmp_path / "library"
    writer = Finder(fake_encoder)
    run_to_end(writer.open_library(folder, create=True))
    run_to_end(writer.import_paths([str(swatch_folder)]))
    reader = Finder(fake_encoder)
    with pytest.raises(LibraryError):
        run_to_end(reader.open_library(folder))
    run_to_end(reader.open_library(folder, read_only=True))
    result = run_to_end(reader.search(Query(path=str(swatch_folder / "swatch-00.png"))))
    assert len(result.swatches) == 12
    with pytest.raises(LibraryError, match="read only"):
        run_to_end(reader.import_paths([str(swatch_folder)]))
    reader.close()
    writer.close()


def test_of_a_black_photo_only_the_colour_is_compared(finder, swatch_folder, tmp_path) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    Image.new("RGB", (300, 300)).save(tmp_path / "black.png")
    result = run_to_end(finder.search(Query(path=str(tmp_path / "black.png"))))
    assert len(result.notes) == 1 and "too dark" in result.notes[0]
    for one in result.ranked(Preference(), 12):
        assert one.breakdown.judged == 1 and one.breakdown.color is not None


def test_colours_can_be_compared_in_other_ways(finder, swatch_folder) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    columns = {}
    for measure in ("emd_hsv", "emd_hsv_wide", "emd_lab", "paper_corrected"):
        query = Query(path=str(swatch_folder / "swatch-02.png"), color_measure=measure)
        result = run_to_end(finder.search(query))
        columns[measure] = tuple(result.scores[:, 2].tolist())
        assert max(columns[measure]) == pytest.approx(1, abs=1e-4)
    assert len(set(columns.values())) == 4


@pytest.mark.parametrize("sheet_is_there", [True, False])
def test_an_interrupted_import_remembers_its_sheet(
    finder, swatch_folder, tmp_path, sheet_is_there
) -> None:
    sheet = tmp_path / "labels.csv"
    rows = [f"swatch-{i:02}.png,plaid/tartan" for i in range(12)]
    sheet.write_text("\n".join(["path,coarse", *rows]))
    operation = finder.import_paths([str(swatch_folder)], labels_csv=str(sheet))
    for _ in range(8):
        next(operation)
    operation.close()
    if not sheet_is_there:
        sheet.unlink()
    report = run_to_end(finder.resume_import())
    labels = {s.labels.coarse for s in finder.catalog.swatches}
    assert len(finder.catalog) == 12
    if sheet_is_there:
        assert labels == {"plaid/tartan"} and report.notices == ()
    else:
        assert "were not applied" in report.notices[0]
    again = run_to_end(finder.resume_import())
    assert again.labelled == 0 and again.notices == ()


def test_an_import_tells_new_from_here_from_another_photo_of_the_same_cloth(
    finder, swatch_folder, tmp_path
) -> None:
    first = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert len(first.new) == 12 and not first.here
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(swatch_folder / "swatch-03.png", again / "copy.png")
    with Image.open(swatch_folder / "swatch-05.png") as cloth:  # the same cloth, other bytes
        cloth.point(lambda v: min(255, v + 1)).save(again / "another photo.png")
    (again / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    report = run_to_end(finder.import_paths([str(again)]))
    swatches = {s.name: s.id for s in finder.catalog.swatches}
    assert report.here == ((str(again / "copy.png"), swatches["swatch-03"]),)
    assert report.new == (swatches["another photo"],)
    assert [(a.swatch, a.earlier) for a in report.alike] == [
        (swatches["another photo"], swatches["swatch-05"])
    ]
    assert report.alike[0].likeness > 0.9
    assert [Path(p.path).name for p in report.problems] == ["torn.png"]
    once_more = run_to_end(finder.import_paths([str(again)]))
    assert not once_more.new and len(once_more.here) == 2
