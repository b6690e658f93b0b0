"""Tables in and out: any header, units asked for, the mapping remembered, everything written."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from fabricfinder.domain.tables import Column, TableOffer, TableReport, missing_in
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.units import IMPERIAL, METRIC
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library.tables import guess, mapping_from, mapping_text


@pytest.fixture
def finder(fake_encoder, swatch_folder, tmp_path):
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    yield finder
    finder.close()


def _workbook(path: Path, *rows: tuple) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def _take(finder: Finder, path: Path, columns: tuple[Column, ...]) -> TableReport:
    return run_to_end(finder.archive.take_table(path, columns, f"Read {path.name}"))


def test_a_mills_workbook_is_taken_over_and_its_columns_remembered(
    finder: Finder, tmp_path: Path
) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    run_to_end(finder.archive.edit(ids[:3], {"article": "20341"}, "file"))
    run_to_end(finder.archive.edit(ids[3:4], {"article": "20342"}, "file"))
    path = _workbook(
        tmp_path / "mill.xlsx",
        ("Quality", "Mill", "Ends", "Weight (oz/yd²)", "Price", "Blend", "Weave"),
        (20341, "Reda", 71.12, 5.3, 12.5, "60 CO 40 WO", "rep"),
        ("20342", "Vitale", 60, 6, 9, "60 CO 39 WO", None),
        ("99999", "Nobody", 1, 1, 1, "wool", None),
    )
    offer: TableOffer = run_to_end(finder.archive.offer_table(path))
    assert offer.header[0] == "Quality" and offer.n_lines == 3 and not offer.remembered
    assert [c.name for c in offer.columns] == [
        "article", "supplier", "ends_per_cm", "weight", "", "composition", "fine",
    ]  # fmt: skip
    assert offer.columns[2].wants_unit and offer.columns[3].unit == "oz_yd2"
    assert offer.samples[1] == ("Reda", "Vitale", "Nobody")
    columns = (*offer.columns[:2], Column("ends_per_cm", "per_inch"), offer.columns[3], Column(),
               Column("composition"), offer.columns[6])  # fmt: skip
    report = _take(finder, path, columns)
    assert report.swatches == 4
    assert [p.split(":")[0] for p in report.problems] == ["Line 3, composition", "Line 4"]
    assert "99 %" in report.problems[0] and "99999" in report.problems[1]
    first, *_ = said = [finder.catalog.find(i) for i in ids[:4]]
    assert all(s.fields["supplier"] == "Reda" for s in said[:3])
    assert first.fields["ends_per_cm"] == pytest.approx(28.0)
    assert first.fields["weight"] == pytest.approx(5.3 * 33.906)
    assert first.fields["composition"] == "60 % cotton, 40 % wool"
    assert first.labels == Labels(fine="rep") and said[3].fields["supplier"] == "Vitale"
    assert run_to_end(finder.archive.offer_table(path)).columns == columns  # told once
    assert run_to_end(finder.archive.offer_table(path)).remembered
    run_to_end(finder.archive.undo())
    assert "supplier" not in finder.catalog.find(ids[0]).fields
    assert finder.catalog.find(ids[0]).labels == Labels()


def test_a_line_may_mean_a_picture_or_a_colourway(finder: Finder, tmp_path: Path) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    for i, colour in zip(ids[:2], ("1", "2"), strict=True):
        run_to_end(finder.archive.edit([i], {"article": "A"}, "file"))
        run_to_end(finder.archive.edit([i], {"colourway": colour}, "file"))
    path = tmp_path / "t.csv"
    path.write_text("article;colourway;lot;file;view\nA;2;B7;;\n;;;swatch-05.png;back\nA;9;;;\n")
    report = _take(finder, path, guess(("article", "colourway", "lot", "file", "view")))
    assert finder.catalog.find(ids[1]).fields["lot"] == "B7"
    assert "lot" not in finder.catalog.find(ids[0]).fields
    by_name = {s.name: s for s in finder.catalog.swatches}
    assert by_name["swatch-05"].view == "back" and report.swatches == 2
    assert "colourway “9”" in report.problems[-1]


def test_what_cannot_be_used_is_said(finder: Finder, tmp_path: Path) -> None:
    assert "names the article" in missing_in((Column("weight", "gsm"),))
    assert "Two columns" in missing_in((Column("article"), Column("lot"), Column("lot")))
    path = tmp_path / "t.csv"
    path.write_text("weight\n180\n")
    with pytest.raises(FabricFinderError, match="names the article"):
        _take(finder, path, (Column("weight", "gsm"),))
    bare = tmp_path / "bare.csv"
    bare.write_text("file,width\nswatch-01.png,150\n")
    report = _take(finder, bare, (Column("path"), Column("width")))
    assert report.problems == (
        "Line 2, width: “150” has no unit; write 150 cm or 59 in.",
    )
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK no workbook")
    for file, why in ((broken, "no spreadsheet"), (tmp_path / "none.csv", "cannot be read")):
        with pytest.raises(FabricFinderError, match=why):
            run_to_end(finder.archive.offer_table(file))
    with pytest.raises(FabricFinderError, match="empty"):
        run_to_end(finder.archive.offer_table(_workbook(tmp_path / "empty.xlsx")))


def test_a_remembered_mapping_that_does_not_fit_is_not_used() -> None:
    columns = (Column("article"), Column("width", "in"), Column())
    assert mapping_from(mapping_text(columns), 3) == columns
    for text in (None, "", "nonsense", '[["article", ""]]', '[["a", ""], ["b", ""], ["c", ""]]'):
        assert mapping_from(text, 3) is None


@pytest.mark.parametrize("units", [METRIC, IMPERIAL], ids=lambda u: u.system)
def test_what_goes_out_comes_back(
    finder: Finder, fake_encoder, swatch_folder: Path, tmp_path: Path, units
) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    run_to_end(finder.archive.edit(ids[:2], {"article": "=1+1", "weight": 180.0, "width": 150.0,
               "warp_tex": 20.0, "notes": "@risk\x07 line\nbreak"}, "edit"))  # fmt: skip
    run_to_end(finder.archive.set_view(ids[:1], "back", "view"))
    out = tmp_path / "all.xlsx"
    assert run_to_end(finder.archive.write_table(out, None, units)) == 12
    sheet = load_workbook(out).active
    assert sheet.max_row == 13 and sheet.freeze_panes == "B2"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    other = Finder(fake_encoder)
    run_to_end(other.open_library(tmp_path / "other", create=True))
    run_to_end(other.import_paths([str(swatch_folder)]))
    offer = run_to_end(other.archive.offer_table(out))
    assert not any(c.wants_unit for c in offer.columns)
    assert run_to_end(other.archive.take_table(out, offer.columns, "read")).problems == ()
    for mine, theirs in zip(finder.catalog.swatches, other.catalog.swatches, strict=True):
        assert theirs.view == mine.view and theirs.fields.keys() == mine.fields.keys()
        for name, value in mine.fields.items():
            same = pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
            assert theirs.fields[name] == (same if name != "notes" else "@risk line\nbreak")
    other.close()
    csv = tmp_path / "some.csv"
    assert run_to_end(finder.archive.write_table(csv, ids[:3], units)) == 3
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf") and csv.read_text("utf-8-sig").count("png") == 3
    with pytest.raises(FabricFinderError, match="cannot be written"):
        run_to_end(finder.archive.write_table(tmp_path / "no" / "where.csv", None, units))
