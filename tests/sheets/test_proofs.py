"""Sheets under other programs' eyes: qpdf, LibreOffice, pandas, Chromium; each where it is there.

Slow, except for qpdf: ``sh packaging/test.sh -m slow``. On Debian these come with
``apt-get install --no-install-recommends libreoffice-calc chromium``; ``pip install pandas``.
"""

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from fabricfinder.jobs import run_to_end
from fabricfinder.sheets.csv_sheet import write_csv
from fabricfinder.sheets.html_sheet import write_html
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.request import LAYOUTS, SheetRequest
from fabricfinder.sheets.table import sheet_table
from fabricfinder.sheets.xlsx_sheet import write_xlsx
from fabricfinder.ui.sheet_files import make_sheet_file

OFFICE = shutil.which("soffice")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
VALIDATOR = shutil.which("verapdf")
PHONE = 390  # px wide


@pytest.mark.skipif(not shutil.which("qpdf"), reason="needs qpdf")
@pytest.mark.parametrize("archival", [False, True])
@pytest.mark.parametrize(
    "layout", [n if n == "2x3" else pytest.param(n, marks=pytest.mark.slow) for n in LAYOUTS]
)
def test_qpdf_finds_no_fault(shelf, tmp_path, qapp, layout, archival) -> None:
    path = tmp_path / "a.pdf"
    request = SheetRequest(shelf.result, layout=layout, top=3, plots=archival and layout != "2x3")
    run_to_end(make_sheet_file(request, shelf.catalog, Output(path, archival)))
    said = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "No syntax or stream encoding errors found" in said.stdout


@pytest.mark.skipif(not VALIDATOR, reason="needs veraPDF")
@pytest.mark.slow
def test_the_validator_finds_no_fault_in_an_archival_one(shelf, tmp_path, qapp) -> None:
    path = tmp_path / "a.pdf"
    request = SheetRequest(shelf.result, layout="2x3")
    run_to_end(make_sheet_file(request, shelf.catalog, Output(path, True)))
    said = subprocess.run([VALIDATOR, "--flavour", "1b", path], capture_output=True, text=True)
    assert 'isCompliant="true"' in said.stdout, said.stdout


def converted(path: Path, suffix: str) -> Path:
    """What LibreOffice makes of a file, in another format."""
    profile, out = path.parent / "profile", path.parent / "out"
    utf8 = "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"  # its window sees the mark itself
    kind = f"csv:{utf8}" if suffix == "csv" else suffix
    read = [f"--infilter={utf8}"] if path.suffix == ".csv" else []
    subprocess.run(
        [OFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", *read,
         "--convert-to", kind, "--outdir", out, path],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return next(out.glob(f"{path.stem}*.{suffix}"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not OFFICE, reason="needs LibreOffice")
def test_libreoffice_reads_the_same_numbers(sheet_for, tmp_path) -> None:
    sheet = sheet_for()
    table = sheet_table(sheet)
    write_xlsx(sheet, tmp_path / "a.xlsx")
    write_csv(sheet, tmp_path / "b.csv")
    with converted(tmp_path / "a.xlsx", "csv").open(encoding="utf-8-sig", newline="") as file:
        from_xlsx = list(csv.reader(file))
    book = openpyxl.load_workbook(converted(tmp_path / "b.csv", "xlsx"))
    from_csv = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    titles = [c.title for c in table.columns]
    assert from_xlsx[0][1:] == titles == from_csv[0]
    for n, expected in enumerate(table.rows, start=1):
        for want, shown, value in zip(expected, from_xlsx[n][1:], from_csv[n], strict=True):
            if isinstance(want, str):
                assert shown == want
                # A table of plain text cannot say that 07 is a name: a spreadsheet reads 7.
                text = str(value).removeprefix("'")
                assert text == want or (want.isdigit() and int(want) == value)
            elif want is None:
                assert shown == "" and value is None
            else:  # LibreOffice writes what its cell shows, at its number format's precision
                assert float(shown) == pytest.approx(want, rel=1e-3, abs=0.006)
                assert isinstance(value, int | float) and value == pytest.approx(want)


@pytest.mark.slow
def test_pandas_reads_the_same_numbers(sheet_for, tmp_path) -> None:
    pandas = pytest.importorskip("pandas")
    sheet = sheet_for()
    table = sheet_table(sheet)
    write_xlsx(sheet, tmp_path / "a.xlsx")
    write_csv(sheet, tmp_path / "a.csv")
    frames = pandas.read_excel(tmp_path / "a.xlsx"), pandas.read_csv(tmp_path / "a.csv")
    for x, column in enumerate(table.columns):
        wanted = [row[x] for row in table.rows]
        if not all(value is None or isinstance(value, int | float) for value in wanted):
            continue
        for frame in frames:
            read = frame[column.title].tolist()
            assert [None if value != value else value for value in read] == wanted
    overall = next(column.title for column in table.columns if column.key == "score_overall")
    assert frames[0][overall].dtype == frames[1][overall].dtype == float


def asked_in_browser(html: Path, folder: Path) -> tuple[str, dict]:
    """A page as Chromium builds it at phone width, and everything the network was asked for."""
    outer = folder / "phone.html"
    outer.write_text(
        f"<iframe src='{html.name}' style='width:{PHONE}px;height:844px;border:0'></iframe>"
        "<p id=said></p><script>onload=()=>{const d=document.querySelector('iframe')"
        ".contentDocument.documentElement;document.getElementById('said').textContent="
        "'wide '+d.scrollWidth+' of '+d.clientWidth+' cards '+"
        "d.querySelectorAll('img').length+' loaded '+[...d.querySelectorAll('img')]"
        ".filter(i=>i.naturalWidth>0).length}</script>",
        "utf-8",
    )
    log = folder / "net.json"
    said = subprocess.run(
        [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu",
         "--allow-file-access-from-files", f"--user-data-dir={folder / 'browser'}",
         f"--log-net-log={log}", "--window-size=800,900",
         "--disable-background-networking", "--disable-component-update", "--no-first-run",
         "--virtual-time-budget=4000", "--dump-dom", outer.as_uri()],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    return said.stdout, json.loads(log.read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not BROWSER, reason="needs Chromium")
def test_a_phone_shows_the_page_and_asks_nobody(sheet_for, tmp_path) -> None:
    sheet = sheet_for()
    write_html(sheet, tmp_path / "a.html")
    built, net = asked_in_browser(tmp_path / "a.html", tmp_path)
    wide, room, images, loaded = map(
        int, re.search(r"wide (\d+) of (\d+) cards (\d+) loaded (\d+)", built).groups()
    )
    assert wide <= room <= PHONE  # nothing to scroll sideways
    assert images == loaded >= len(sheet.entries)
    asked = {
        event["params"]["url"]
        for event in net["events"]
        if isinstance(event.get("params"), dict) and "url" in event["params"]
    }
    own = ("file:", "data:", "chrome", "about:", "blob:", "devtools:")
    # What the browser itself asks its maker for is not the page's doing.
    foreign = [u for u in asked if not u.startswith(own) and "google" not in u and "gvt" not in u]
    assert foreign == []
