"""HTML, XLSX and CSV read back: equal numbers, text that stays text, no request to anywhere."""

import csv
import errno
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from fabricfinder.composing import make_document
from fabricfinder.domain import whole_file as whole_file_module
from fabricfinder.domain.certainty import Certainty
from fabricfinder.domain.search import Preference
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.sheets import saving
from fabricfinder.sheets.csv_sheet import Dialect, dialect_for, write_csv
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.html_sheet import write_html
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.sheets.table import sheet_table
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.sheets.xlsx_sheet import write_xlsx
from fabricfinder.ui.result_order import OrderedResult, ResultFacts


def read_csv(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_csv_and_xlsx_hold_the_same_numbers(sheet_for: Callable, tmp_path: Path) -> None:
    sheet = sheet_for()
    table = sheet_table(sheet)
    write_csv(sheet, tmp_path / "a.csv")
    write_xlsx(sheet, tmp_path / "a.xlsx")
    rows = read_csv(tmp_path / "a.csv")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [c.value for c in page[1]][1:] == [c.title for c in table.columns] == rows[0]
    assert len(rows) == 1 + len(sheet.entries) == page.max_row
    for n, expected in enumerate(table.rows):
        cells = [c.value for c in page[n + 2]][1:]
        for want, cell, text in zip(expected, cells, rows[n + 1], strict=True):
            if isinstance(want, str):
                assert cell == want
                assert text.removeprefix("'") == want
            elif want is None:
                assert cell is None
                assert text == ""
            else:
                assert isinstance(cell, int | float)
                assert cell == want == float(text)


def test_a_score_that_cannot_be_judged_is_empty_and_not_nought(sheet_for, tmp_path) -> None:
    sheet = sheet_for()
    table = sheet_table(sheet)
    column = [c.key for c in table.columns].index("score_fine")
    assert [row[column] is None for row in table.rows] == [n == 2 for n in range(10)]


def test_a_sheet_says_the_windows_bands_and_outlines_its_guesses(shelf, sheet_for, tmp_path) -> None:
    n = len(shelf.result.swatches)
    sure = Certainty(np.zeros((n, 4), bool), np.ones(n, bool))
    sure.unsure[1, 3] = sure.unsure[3, 0] = sure.unsure[3, 1] = True
    result = replace(shelf.result, sure=sure)
    sheet = sheet_for(result=result)
    window = OrderedResult(ResultFacts(result, default_taxonomy()), Preference())
    said = [entry.band for entry in sheet.entries]
    rows = window.rows[: len(said)].tolist()
    assert said == [ENGLISH[window.band(row).key] for row in rows]
    assert said[:4] == ["Same quality", "Close", "Close", "Related"]
    assert [entry.unsure for entry in sheet.entries] == [result.unsure(row) for row in rows]
    write_html(sheet, tmp_path / "a.html")
    articles = (tmp_path / "a.html").read_text("utf-8").split("<article")[1:]
    assert [a.count('class="unsure"') for a in articles] == [sum(e.unsure) for e in sheet.entries]


def test_names_that_begin_like_formulas_stay_text(sheet_for, tmp_path) -> None:
    sheet = sheet_for()
    write_xlsx(sheet, tmp_path / "a.xlsx")
    write_csv(sheet, tmp_path / "a.csv")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = [page.cell(row, 3) for row in range(2, page.max_row + 1)]
    assert {c.data_type for c in cells} == {"s"}
    titles = [c.value for c in cells]
    assert any(t.startswith("=1+2") for t in titles)
    assert any(t.startswith("@cmd") for t in titles)
    for row in read_csv(tmp_path / "a.csv")[1:]:
        for cell in row:
            # A number may begin with a minus; a text may begin with none of them.
            assert not re.match(r"[=+@\t\r]", cell)
            assert not cell.startswith("-") or float(cell) < 0


def test_the_demo_library_is_called_so_whatever_its_folder(shelf, tmp_path) -> None:
    for demo_query in ("", "/cloth/customer-scrap.jpg"):
        catalog = replace(shelf.catalog, demo_query=demo_query)
        out = Output(tmp_path / "a.html")
        run_to_end(make_document(SheetRequest(shelf.result), catalog, out))
        said = out.path.read_text("utf-8")
        assert ("Demo library" in said) == bool(demo_query)
        assert (catalog.name in said) != bool(demo_query)


def test_csv_begins_with_a_mark_that_spreadsheets_know(sheet_for, tmp_path) -> None:
    write_csv(sheet_for(), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "丝绸格子" in (tmp_path / "a.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(("point", "dialect"), [(",", Dialect(";", ",")), (".", Dialect())])
def test_separators_of_a_language(sheet_for, tmp_path, point, dialect) -> None:
    assert dialect_for(point) == dialect
    sheet = sheet_for()
    write_csv(sheet, tmp_path / "a.csv", dialect)
    rows = read_csv(tmp_path / "a.csv", dialect.separator)
    place = rows[0].index("ΔE00")
    expected = [round(e.color.delta_e_2000, 3) for e in sheet.entries]
    assert [float(r[place].replace(point, ".")) for r in rows[1:]] == expected


def test_xlsx_has_pictures_settings_and_an_explanation_of_every_column(sheet_for, tmp_path) -> None:
    sheet = sheet_for()
    write_xlsx(sheet, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    first, settings, fields = book.worksheets
    assert len(first._images) == len(sheet.entries)
    assert first.freeze_panes == "D2"
    assert first.auto_filter.ref
    said = {row[0].value: row[1].value for row in settings.iter_rows(min_row=3) if row[0].value}
    for label, text in sheet.query.settings:
        if label != "Date":
            assert said[label] == text or label == "Library"
    assert said["Date"].strftime("%Y-%m-%d") == sheet.date
    explained = {row[0].value for row in fields.iter_rows(min_row=2)}
    assert {c.title for c in sheet_table(sheet).columns} <= explained
    assert book.properties.title == sheet.title


class _Page(HTMLParser):
    """What a browser would see: tags with their attributes, and the words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture
def page(sheet_for, tmp_path) -> tuple[str, _Page]:
    """The text of a page and what is in it."""
    write_html(sheet_for(), tmp_path / "a.html")
    text = (tmp_path / "a.html").read_text("utf-8")
    parsed = _Page()
    parsed.feed(text)
    return text, parsed


def test_html_asks_nobody_for_anything(page) -> None:
    text, parsed = page
    for tag, attributes in parsed.tags:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith("data:image/"), (tag, name)
        assert tag not in ("link", "iframe", "object", "embed", "base")
    style = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"https?:", text)
    policy = next(a["content"] for t, a in parsed.tags if "http-equiv" in a)
    assert "default-src 'none'" in policy


def test_the_only_script_is_the_one_the_policy_names(page) -> None:
    import base64
    import hashlib

    text, _ = page
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in text


def test_markup_in_a_name_is_words(page, sheet_for) -> None:
    text, parsed = page
    assert "<b>bold</b>" not in text
    words = "".join(parsed.words)
    for entry in sheet_for().entries:
        assert entry.title in words
        assert entry.sentence in words


def test_html_fits_a_phone(page) -> None:
    text, parsed = page
    viewport = next(a for t, a in parsed.tags if a.get("name") == "viewport")
    assert viewport["content"] == "width=device-width, initial-scale=1"
    assert "min(100%,17rem)" in text  # one column on the narrowest screen
    assert all(a.get("alt") for t, a in parsed.tags if t == "img")


@pytest.mark.parametrize("suffix", ["html", "xlsx", "csv"])
def test_a_full_disk_is_said_and_leaves_nothing(shelf, tmp_path, monkeypatch, suffix) -> None:
    old = tmp_path / f"a.{suffix}"
    old.write_text("as it was")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file_module.os, "fsync", full)
    with pytest.raises(SheetError, match="The disk is full"):
        run_to_end(make_document(SheetRequest(shelf.result), shelf.catalog, Output(old)))
    assert old.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.skipif(sys.platform == "win32", reason="folders are barred another way there")
def test_a_read_only_folder_is_said(shelf, tmp_path, monkeypatch) -> None:
    barred = tmp_path / "barred"
    barred.mkdir(mode=0o500)
    if os.access(barred, os.W_OK):  # root may write anywhere: let the system call say no

        def refuse(*_: object, **__: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(whole_file_module.tempfile, "mkstemp", refuse)
    with pytest.raises(SheetError, match="cannot be written. Choose another folder"):
        run_to_end(make_document(
            SheetRequest(shelf.result), shelf.catalog, Output(barred / "a.csv")))  # fmt: skip
    assert list(barred.iterdir()) == []


def test_a_missing_folder_and_a_foreign_ending_are_said(tmp_path) -> None:
    with pytest.raises(SheetError, match="There is no folder"):
        Output(tmp_path / "gone" / "a.pdf").require_folder()
    with pytest.raises(SheetError, match="ends in"):
        Output(tmp_path / "a.docx")


def test_cancelled_halfway_nothing_is_left(shelf, tmp_path) -> None:
    making = make_document(SheetRequest(shelf.result), shelf.catalog, Output(tmp_path / "a.html"))
    for _ in range(3):
        next(making)
    making.close()
    assert list(tmp_path.iterdir()) == []


def test_written_files_are_new_whole_files(tmp_path) -> None:
    target = tmp_path / "a.txt"
    with saving.written_beside(target) as unfinished:
        unfinished.write_text("whole")
        assert not target.exists()
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]
