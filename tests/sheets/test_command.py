"""``fabricfinder sheet`` as its user meets it: every format, the order of ``query``, sentences."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from fabricfinder.__main__ import main

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def program(monkeypatch, fake_encoder, capsys) -> Say:
    """The command line on the fake encoder: exit code, stdout, stderr."""
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    monkeypatch.setattr("fabricfinder.encoding.load_default_encoder", lambda: fake_encoder)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main([str(a) for a in arguments])
        except SystemExit as ended:
            code = int(ended.code)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def library(program, swatch_folder, tmp_path) -> Path:
    """A library of twelve small swatches."""
    assert program("import", "--library", tmp_path / "library", swatch_folder)[0] == 0
    return tmp_path / "library"


@pytest.fixture
def scrap(swatch_folder) -> Path:
    """The picture to ask with."""
    return swatch_folder / "swatch-03.png"


@pytest.mark.parametrize("suffix", ["pdf", "html", "xlsx", "csv", "png"])
def test_every_format_is_written_and_named(program, library, scrap, tmp_path, qapp, suffix) -> None:
    out = tmp_path / f"sheet.{suffix}"
    code, said, err = program("sheet", "--library", library, "--query", scrap, "--top", 4,
                              "--out", out)  # fmt: skip
    assert (code, err) == (0, "")
    assert str(out) in said
    start = {"pdf": b"%PDF-1.", "html": b"<!DOCTYPE", "xlsx": b"PK", "csv": b"\xef\xbb\xbf",
             "png": b"\x89PNG"}[suffix]  # fmt: skip
    assert out.read_bytes().startswith(start)


def test_the_sheet_has_the_very_order_and_numbers_of_the_search(
    program, library, scrap, tmp_path
) -> None:
    weights = ("--weights", "2,0,1,1", "--exclude-self")
    _, out, _ = program("query", "--library", library, "--json", "--top", 7, *weights, scrap)
    found = json.loads(out)["results"]
    for suffix in ("csv", "xlsx"):
        target = tmp_path / f"a.{suffix}"
        program("sheet", "--library", library, "--query", scrap, "--top", 7, *weights,
                "--out", target)  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert [r["Record"].rpartition("/")[2] for r in rows] == [f["id"] for f in found]
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    heads = [c.value for c in page[1]]
    for name, key in (("Overall", "overall"), ("Coarse", "coarse"), ("Colour", "color")):
        column = heads.index(f"{name} (0–100)") + 1
        for row, (text, one) in enumerate(zip(rows, found, strict=True), start=2):
            want = round(100 * one[key], 2)
            assert float(text[f"{name} (0–100)"]) == pytest.approx(want, abs=0.011)
            assert page.cell(row, column).value == float(text[f"{name} (0–100)"])


@pytest.mark.parametrize("profile", ["customer", "supplier"])
def test_no_file_name_leaves_the_house(program, library, scrap, tmp_path, profile) -> None:
    target = tmp_path / "a.csv"
    program("sheet", "--library", library, "--query", scrap, "--profile", profile, "--out", target)
    assert "swatch-" not in target.read_text("utf-8-sig")
    program("sheet", "--library", library, "--query", scrap, "--out", target)
    assert "swatch-03" in target.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--out", "a.docx"), 1, "ends in .pdf, .html, .xlsx, .csv or .png"),
        (("--out", "gone/a.pdf"), 1, "There is no folder"),
        (("--layout", "9x9", "--out", "a.pdf"), 2, "invalid choice"),
        (("--profile", "enemy", "--out", "a.pdf"), 2, "invalid choice"),
        (("--top", "0", "--out", "a.pdf"), 2, "at least 1"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    program, library, scrap, tmp_path, monkeypatch, arguments, code, sentence
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    ended, out, err = program("sheet", "--library", library, "--query", scrap, *arguments)
    assert (ended, out) == (code, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_query_that_is_no_picture_is_said(program, library, tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("no cloth")
    code, _, err = program("sheet", "--library", library, "--query", tmp_path / "notes.txt",
                           "--out", tmp_path / "a.csv")  # fmt: skip
    assert code == 1
    assert err.startswith("fabricfinder: ")
    assert not (tmp_path / "a.csv").exists()
