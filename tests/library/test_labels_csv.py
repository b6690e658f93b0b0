"""Label sheets as spreadsheets and people write them: what can be read is, the rest is told."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.trade_fields import TRADE_FIELDS
from fabricfinder.library.labels_csv import LabelSheet, read_labels_csv
from fabricfinder.library.spreadsheet_text import decode, looks_chinese

TAXONOMY = default_taxonomy()


def _read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> LabelSheet:
    file = folder / "labels.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read_labels_csv(file, TAXONOMY)


def test_a_plain_sheet(tmp_path: Path) -> None:
    sheet = _read(
        tmp_path,
        "path,coarse,fine,tightness,article,ends_per_cm,composition\n"
        "a.jpg,gingham,2/2 twill,72.5,20341-07,28,100 % cotton\n"
        "b.jpg,plaid/tartan,,,,,\n",
    )
    assert sheet.problems == ()
    fields = {"article": "20341-07", "ends_per_cm": 28.0, "composition": "100 % cotton"}
    assert sheet.row_for("/x/a.jpg") == (Labels("plaid/gingham", "twill-2-2", 72.5), fields)
    assert sheet.rows["b.jpg"] == (Labels("plaid/tartan"), {})
    assert sheet.row_for("/x/c.jpg") is None


def test_every_trade_field_is_read_by_its_name(tmp_path: Path) -> None:
    values = {name: "7" if unit else f"some {name}" for name, unit in TRADE_FIELDS.items()}
    text = ",".join(["path", *values]) + "\n" + ",".join(["a.jpg", *values.values()]) + "\n"
    labels, fields = _read(tmp_path, text).rows["a.jpg"]
    assert labels == Labels()
    assert fields == {n: 7.0 if unit else f"some {n}" for n, unit in TRADE_FIELDS.items()}


ENCODED = "path,coarse,notes\n靛蓝.jpg,gingham,靛蓝格子布 à la\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("utf-16-le", False),
        ("gb18030", True),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, told: bool) -> None:
    sheet = _read(tmp_path, ENCODED, encoding)
    assert sheet.rows["靛蓝.jpg"] == (Labels("plaid/gingham"), {"notes": "靛蓝格子布 à la"})
    assert [("GB18030" in p) for p in sheet.problems] == ([True] if told else [])


def test_western_sheets_are_not_taken_for_chinese(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "path;notes\na.jpg;Köper, crêpe façonné à 12 €\n", "cp1252")
    assert sheet.rows["a.jpg"][1] == {"notes": "Köper, crêpe façonné à 12 €"}
    assert any("Windows-1252" in problem for problem in sheet.problems)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x7FFF), min_size=1, max_size=30))
def test_common_chinese_looks_chinese(text: str) -> None:
    raw = ("path,notes\na.jpg," + text.encode("gb2312", "ignore").decode("gb2312")).encode("gb2312")
    if max(raw) >= 0x80:
        assert looks_chinese(raw)
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            assert decode(raw) == (raw.decode("gb18030"), "gb18030")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_bring_decimal_commas(tmp_path: Path, separator: str) -> None:
    lines = ["path,tightness,ends_per_cm,notes", "a.jpg,62.5,28.25,x", "b.jpg,1,3.,x"]
    text = "\n".join(lines).replace(",", separator).replace(".2", ",2").replace("62.5", "62,5")
    sheet = _read(tmp_path, text)
    assert sheet.rows["a.jpg"][0].tightness == 62.5
    assert sheet.rows["a.jpg"][1]["ends_per_cm"] == 28.25
    assert sheet.rows["b.jpg"][1]["ends_per_cm"] == 3.0
    (problem,) = sheet.problems
    assert ("semicolons" if separator == ";" else "tabs") in problem


def test_excels_own_separator_line_and_quotes(tmp_path: Path) -> None:
    text = 'sep=;\r\npath;notes\r\n"a;b.jpg";"two\r\nlines, ""quoted"""\r\nc.jpg;\r\n'
    sheet = _read(tmp_path, text)
    assert sheet.rows["a;b.jpg"][1] == {"notes": 'two\r\nlines, "quoted"'}
    assert sheet.lines == {"a;b.jpg": 3, "c.jpg": 5}


def test_a_decimal_comma_in_a_sheet_of_commas_is_told(tmp_path: Path) -> None:
    sheet = _read(tmp_path, 'path,tightness,weight\na.jpg,"62,5","1,200"\n')
    assert sheet.rows["a.jpg"] == (Labels(), {})
    unit, *lines = sheet.problems
    assert unit == "The column “weight” names no unit; read in g/m²."  # never guessed silently
    assert [p.split(":")[0] for p in lines] == ["Line 2, tightness", "Line 2, weight"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("45", 45.0), ("45 %", 45.0), ("45%", 45.0), ("４５％", 45.0), ("0", 0.0), ("100", 100.0),
        ("0.5 %", 0.5), ("1", 1.0), ("", None), ("-", None), ("n/a", None), (" 45.5 ", 45.5),
    ],
)  # fmt: skip
def test_tightness_is_a_percentage(tmp_path: Path, cell: str, value: float | None) -> None:
    sheet = _read(tmp_path, f"path,tightness\na.jpg,{cell}\n")
    assert (sheet.rows["a.jpg"][0].tightness, sheet.problems) == (value, ())


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("0.2", "looks like a share; write the percentage, 20"), (".45", "percentage, 45"),
        ("101", "above 100 %"), ("-5", "0 or more"), ("dense", "not a number"),
        ("45 cm", "give it in %"), ("nan", "not a number"), ("inf", "not a number"),
        ("1e400", "0 or more"), ("45 45", "cannot be read"),
    ],
)  # fmt: skip
def test_tightness_traps_get_a_sentence(tmp_path: Path, cell: str, told: str) -> None:
    sheet = _read(tmp_path, f"path,fine,tightness\na.jpg,plain,{cell}\nb.jpg,rep,50\n")
    (problem,) = sheet.problems
    assert problem.startswith("Line 2, tightness: ") and told in problem and problem.endswith(".")
    assert sheet.rows["a.jpg"][0] == Labels(fine="plain")  # the rest of the line counts
    assert sheet.rows["b.jpg"][0] == Labels(None, "rep", 50.0)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("ends_per_cm", "70 kg", "per inch|/inch"), ("weight", "180 g/m", "width"),
        ("warp_tex", "Ne 0", "does not exist"), ("width", "-3 cm", "0 or more"),
        ("repeat", "a lot", "not a number"), ("ends", "28", "no unit"),
        ("composition", "60 CO 41 PES", "1 % too much"),
    ],
)  # fmt: skip
def test_measures_that_cannot_be_read_get_a_sentence(
    tmp_path: Path, column: str, cell: str, told: str
) -> None:
    sheet = _read(tmp_path, f"path,{column},lot\na.jpg,{cell},B\n")
    (problem,) = sheet.problems
    field = "ends_per_cm" if column == "ends" else column
    assert problem.startswith(f"Line 2, {field}: ") and re.search(told, problem)
    assert sheet.rows["a.jpg"][1] == {"lot": "B"}


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [("weight", "180 g/m²", 180.0), ("weight", "180 g/m2", 180.0), ("width", "150 CM", 150.0),
     ("repeat", "12 mm", 12.0), ("warp_tex", "20tex", 20.0), ("ends_per_cm", "28 1/cm", 28.0),
     ("ends_per_cm", "71.12 epi", 28.0), ("weight", "6 oz", 6 * 33.906), ("width", "59 in", 149.86),
     ("warp_tex", "Ne 30", 590.5 / 30), ("repeat", "2 x 1 in", 50.8)],
)  # fmt: skip
def test_numbers_with_their_own_unit_are_read(
    tmp_path: Path, column: str, cell: str, value: float
) -> None:
    sheet = _read(tmp_path, f"path,{column}\na.jpg,{cell}\n")
    assert sheet.rows["a.jpg"][1] == pytest.approx({column: value}) and sheet.problems == ()


@pytest.mark.parametrize(
    ("header", "column", "value"),
    [("EPI", "ends_per_cm", 71.12), ("Ends per inch", "ends_per_cm", 71.12),
     ("Weight (oz/yd²)", "weight", 180 / 33.906), ("Warp Ne", "warp_tex", 590.5 / 20),
     ("Width in inches", "width", 150 / 2.54)],
)  # fmt: skip
def test_a_column_may_tell_the_unit(
    tmp_path: Path, header: str, column: str, value: float
) -> None:
    sheet = _read(tmp_path, f"path,{header}\na.jpg,{value}\n")
    stored = {"ends_per_cm": 28.0, "weight": 180.0, "warp_tex": 20.0, "width": 150.0}
    assert sheet.rows["a.jpg"][1] == pytest.approx({column: stored[column]})
    assert sheet.problems == ()


def test_unknown_columns_and_words_get_a_sentence_each(tmp_path: Path) -> None:
    sheet = _read(
        tmp_path,
        "path,Pattern Name,coarse,fine,lot,lot\n"
        "a.jpg,x,ginghamm,plain,1,2\n"
        "b.jpg,x,gingham,plein,,2\n",
    )
    unknown, twice, coarse, fine = sheet.problems
    assert "“Pattern Name” is not known" in unknown and "tightness" in unknown
    assert "“lot” is there twice; the first counts" in twice
    assert coarse.startswith("Line 2, coarse: “ginghamm”") and "plaid/gingham" in coarse
    assert fine.startswith("Line 3, fine: “plein”") and "plain" in fine
    assert sheet.rows["a.jpg"] == (Labels(fine="plain"), {"lot": "1"})
    assert sheet.rows["b.jpg"] == (Labels(coarse="plaid/gingham"), {})


def test_header_names_are_forgiving(tmp_path: Path) -> None:
    sheet = _read(tmp_path, " File Name ,COARSE,Ends per cm,Colorway\na.jpg,gingham,28,navy\n")
    assert sheet.problems == ()
    assert sheet.rows["a.jpg"] == (
        Labels("plaid/gingham"), {"ends_per_cm": 28.0, "colourway": "navy"},
    )  # fmt: skip


def test_our_own_rendered_sheets_are_read_without_complaint(tmp_path: Path) -> None:
    sheet = _read(
        tmp_path,
        "path,fabric,design,colourway,capture,coarse_major,coarse_minor,fine,palette,ends_per_cm,"
        "picks_per_cm,warp_tex,weft_tex,tightness,repeat_mm,px_per_cm\n"
        "a.jpg,f1,d1,c1,0,plaid,gingham,twill-2-2,#aabbcc:0.5,28,24,20,20,67.645,12.5,160\n"
        "b.jpg,f2,d2,c2,0,stripe,stripe/pin,plain,,28,24,20,20,67,,\n"
        "c.jpg,f3,d3,c3,0,solid,,plain,,,,,,,,\n",
    )
    assert sheet.problems == ()
    labels, fields = sheet.rows["a.jpg"]
    assert labels == Labels("plaid/gingham", "twill-2-2", 67.645)
    assert fields == {
        "design": "d1", "colourway": "c1", "ends_per_cm": 28.0, "picks_per_cm": 24.0,
        "warp_tex": 20.0, "weft_tex": 20.0, "repeat": 12.5,
    }  # fmt: skip
    assert sheet.rows["b.jpg"][0].coarse == "stripe/pin"
    assert sheet.rows["c.jpg"][0].coarse == "solid/other"


# -- which picture is meant ----------------------------------------------------------------------


def test_paths_beside_the_sheet_absolute_and_bare(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.jpg", "sub/b.jpg", "c.jpg", "d.jpg"):
        (tmp_path / name).write_bytes(b"cloth")
    absolute = tmp_path / "c.jpg"
    sheet = _read(
        tmp_path,
        f"path,lot\na.jpg,1\nsub/b.jpg,2\n{absolute},3\n./sub/../d.jpg,4\nelsewhere.jpg,5\n",
    )
    lots = {path: said[1]["lot"] for path, said in sheet.rows.items()}
    assert lots == {
        str(tmp_path / "a.jpg"): "1", str(tmp_path / "sub" / "b.jpg"): "2", str(absolute): "3",
        str(tmp_path / "d.jpg"): "4", "elsewhere.jpg": "5",
    }  # fmt: skip
    assert sheet.row_for(str(tmp_path / "sub" / "b.jpg")) == (Labels(), {"lot": "2"})
    assert sheet.row_for("/library/elsewhere.jpg") == (Labels(), {"lot": "5"})
    # a.jpg lies beside the sheet, so another a.jpg is not the one that is meant.
    assert sheet.row_for("/other/a.jpg") is None


def test_the_longest_ending_of_a_path_wins(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "path,lot\n1.jpg,any\nred/1.jpg,red\nblue\\1.jpg,blue\n")
    lots = {
        path: said[1]["lot"] if (said := sheet.row_for(path)) else None
        for path in ("/x/red/1.jpg", "/x/blue/1.jpg", "/x/green/1.jpg", "/x/scarlet-red/1.jpg")
    }
    assert list(lots.values()) == ["red", "blue", "any", "any"]


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_file_reached_through_a_link_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.jpg").write_bytes(b"cloth")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    sheet = _read(tmp_path / "real", "path,lot\na.jpg,1\n")
    assert sheet.row_for(str(tmp_path / "link" / "a.jpg")) == (Labels(), {"lot": "1"})


def test_the_two_spellings_of_an_accent_are_one_name(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "path,lot\nKo\u0308per.jpg,1\n")
    assert sheet.row_for("/x/K\u00f6per.jpg") == (Labels(), {"lot": "1"})


@pytest.mark.skipif(os.name == "nt", reason="names in other bytes")
def test_names_written_to_disk_in_the_sheets_own_encoding(tmp_path: Path) -> None:
    name = os.fsdecode("靛蓝.jpg".encode("gb18030"))
    (tmp_path / name).write_bytes(b"cloth")
    sheet = _read(tmp_path, "path,lot\n靛蓝.jpg,靛\n", "gb18030")
    assert sheet.row_for(str(tmp_path / name)) == (Labels(), {"lot": "靛"})


def test_missing_paths_get_a_sentence_with_the_line(tmp_path: Path) -> None:
    text = f"path,lot\n,1\n{tmp_path}/gone.jpg,2\nC:\\swatches\\w.jpg,3\nd.jpg,4\n"
    sheet = _read(tmp_path, text)
    blank, gone, windows = sheet.problems
    assert blank == "Line 2: no path, so it is not known which picture is meant."
    assert gone == f"Line 3: there is no file “{tmp_path}/gone.jpg”."
    assert windows == "Line 4: there is no file “C:\\swatches\\w.jpg”."
    # A drive that is not connected: the library may know the picture all the same.
    assert sheet.row_for(f"{tmp_path}/gone.jpg") == (Labels(), {"lot": "2"})
    assert sheet.unmatched(["/library/d.jpg", f"{tmp_path}/gone.jpg"]) == (
        "Line 4: no picture “C:\\swatches\\w.jpg” is in the library.",
    )
    assert len(sheet.unmatched([])) == 3


def test_a_picture_named_twice_is_told(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "path,lot\na.jpg,1\n\n\nb.jpg,x\na.jpg,2\n")
    assert sheet.problems == ("Line 6: “a.jpg” was on line 2 too; this line counts.",)
    assert sheet.rows["a.jpg"][1] == {"lot": "2"}


def test_lines_that_are_too_long_or_too_short(tmp_path: Path) -> None:
    sheet = _read(tmp_path, "path,fine,lot\na.jpg,plain,1,2,3\nb.jpg\nc.jpg,plain,1,,\n")
    assert sheet.problems == ("Line 2: there are 5 cells for 3 columns.",)
    assert sheet.rows["b.jpg"] == (Labels(), {}) and len(sheet.rows) == 3


# -- no sheet at all -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"), (b"\n\n", "empty"), (b"a,b\n1,2\n", "no column “path”"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no table of text"), (b"\xff\xfe", "empty"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_gets_a_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(FabricFinderError, match=told):
        _read(tmp_path, content)


def test_no_file_a_folder_and_a_huge_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(FabricFinderError, match="cannot be read"):
            read_labels_csv(path, TAXONOMY)
    monkeypatch.setattr("fabricfinder.library.labels_csv.MAX_BYTES", 10)
    with pytest.raises(FabricFinderError, match="too large"):
        _read(tmp_path, "path,lot\na.jpg,1\n")


def test_a_quote_that_never_ends_keeps_the_lines_before(tmp_path: Path) -> None:
    text = 'path,notes\na.jpg,fine\nb.jpg,"' + "x" * 200_000 + "\n"
    sheet = _read(tmp_path, text)
    assert sheet.rows["a.jpg"] == (Labels(), {"notes": "fine"})
    assert any(p.startswith("Line 3: nothing from here on") for p in sheet.problems)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200) | st.text('path,fine;\t"\n\r0.%é靛', max_size=80).map(str.encode))
def test_any_bytes_are_a_sheet_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    try:
        sheet = _read(tmp_path, b"path,fine\n" + content)
    except FabricFinderError:
        return
    assert all(isinstance(problem, str) and problem for problem in sheet.problems)
    assert all(sheet.row_for(f"/x/{key}") is not None for key in sheet.rows if _plain(key))


def _plain(key: str) -> bool:
    """A bare file name that means itself."""
    return key.isalnum() and key.isascii()
