"""The one painting: true millimetres, whole words, embedded fonts, every layout, no half file."""

import errno
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

from fabricfinder import composing
from fabricfinder.composing import PictureWish, print_ppi, whole_side
from fabricfinder.domain import whole_file as whole_file_module
from fabricfinder.jobs import run_to_end
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.profiles import PROFILES
from fabricfinder.sheets.request import LAYOUTS, Pick, SheetRequest
from fabricfinder.sheets.values import swatch_name
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.ui.sheet_files import make_sheet_file, page_image
from fabricfinder.ui.sheet_pages import SheetPages, wish_for

MM_PER_POINT = 25.4 / 72
pytestmark = pytest.mark.usefixtures("qapp")


def make_pdf(shelf, path: Path, **asked) -> Path:
    archival = asked.pop("archival", False)
    request = SheetRequest(shelf.result, **({"top": 10} | asked))
    return run_to_end(make_sheet_file(request, shelf.catalog, Output(path, archival)))


def contents(pdf: Path) -> Iterator[str]:
    """The unpacked content streams of a PDF that draw something."""
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", pdf.read_bytes(), re.DOTALL):
        try:
            text = zlib.decompressobj().decompress(stream[1]).decode("latin-1")
        except zlib.error:
            continue
        if re.search(r"^[-\d. ]+ l$", text, re.MULTILINE):
            yield text


def strokes(content: str) -> Iterator[tuple[float, float, float, float]]:
    """Every straight line in points from the page's lower left corner, whatever its matrix."""
    matrix, kept, start = np.eye(3), [], np.zeros(3)
    for line in content.splitlines():
        *numbers, operator = line.split() or [""]
        if operator == "cm":
            a, b, c, d, e, f = map(float, numbers)
            matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ matrix
        elif operator == "q":
            kept.append(matrix)
        elif operator == "Q":
            matrix = kept.pop()
        elif operator == "m":
            start = np.array([*map(float, numbers), 1]) @ matrix
        elif operator == "l":
            end = np.array([*map(float, numbers), 1]) @ matrix
            yield (*start[:2], *end[:2])


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_ruler_of_100_mm_measures_100_mm(shelf, tmp_path, paper) -> None:
    pdf = make_pdf(shelf, tmp_path / "a.pdf", paper=paper)
    lines = list(strokes(next(contents(pdf))))
    flat = [abs(x2 - x1) * MM_PER_POINT for x1, y1, x2, y2 in lines if abs(y1 - y2) < 1e-3]
    assert min(abs(length - 100) for length in flat) < 0.05
    upright = [(x1 * MM_PER_POINT, max(y1, y2)) for x1, y1, x2, y2 in lines if abs(x1 - x2) < 1e-3]
    foot = min(y for _, y in upright)
    marks = sorted(x for x, y in upright if y - foot < 1)
    assert len(marks) == 101
    assert marks[-1] - marks[0] == pytest.approx(100, abs=0.05)
    assert np.diff(marks) == pytest.approx(np.ones(100), abs=0.02)


def test_cloth_is_drawn_at_its_true_size(sheet_for) -> None:
    """A picture of 40 mm is 40 mm of paper: its stripes of 1.5 mm come back every 3 mm."""
    wish = PictureWish(200, (60.0, 42.0))
    pages = SheetPages(sheet_for(wish), "hanger", "A4")
    image = page_image(pages, 0, 10.0)
    # The first label's cloth: from 9.5 to 49.5 mm across, about 40 mm down the page.
    row = np.array([image.pixelColor(x, 400).lightness() for x in range(110, 470)])
    spectrum = np.abs(np.fft.rfft(row - row.mean()))
    period_px = len(row) / int(spectrum.argmax())
    assert period_px == pytest.approx(30, rel=0.05)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_pages_with_ink(sheet_for, layout) -> None:
    sheet = sheet_for(wish_for(layout, "A4")(10))
    pages = SheetPages(sheet, layout, "A4")
    counts = {"card": 10, "compare": 10, "2x3": 2, "3x4": 2, "hanger": 1, "spec": 1, "process": 1}
    assert len(pages) == counts[layout]
    image = page_image(pages, len(pages) - 1, 2.0)
    assert (image.width(), image.height()) == (420, 594)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(594, image.bytesPerLine())
    assert (pixels < 128).mean() > 0.002
    edge = np.concatenate([pixels[:6].ravel(), pixels[-6:].ravel()])
    assert edge.min() == 255  # nothing runs off the paper


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler-utils")
@pytest.mark.parametrize("layout", ["2x3", "3x4", "card", "compare", "spec", "hanger"])
def test_each_article_can_be_read_once(shelf, tmp_path, layout) -> None:
    pdf = make_pdf(shelf, tmp_path / "a.pdf", layout=layout)
    said = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True)
    words = re.sub(r"[\s\u202a-\u202e]+", "", said.stdout)
    assert words.count("قماشصوفي") == 1  # its number may stand on either side
    for i in (0, 1, 3, 4, 7, 9):  # short names
        name = swatch_name(shelf.catalog.swatches[i], PROFILES["internal"], ENGLISH)
        if "🌸" in name:
            name = "Office-03"  # no joined letters; a picture letter may have no text
        assert words.count(re.sub(r"\s+", "", name)) == 1, name


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="needs poppler-utils")
def test_every_font_is_inside_the_file(shelf, tmp_path) -> None:
    pdf = make_pdf(shelf, tmp_path / "a.pdf", layout="3x4")
    rows = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout
    fonts = rows.splitlines()[2:]
    assert fonts
    for font in fonts:
        embedded, _, to_unicode = font[56:].split()[-5:-2]
        assert (embedded, to_unicode) == ("yes", "yes"), font


def test_pdf_has_its_title_and_an_archival_one_says_what_it_is(shelf, tmp_path) -> None:
    plain = make_pdf(shelf, tmp_path / "a.pdf", title="Chosen for Ana").read_bytes()
    assert "Chosen for Ana".encode("utf-16-be") in plain or b"Chosen for Ana" in plain
    kept = make_pdf(shelf, tmp_path / "b.pdf", archival=True).read_bytes()
    assert b"pdfaid:part" in kept
    assert b"OutputIntent" in kept
    assert b"pdfaid:part" not in plain


def test_png_shows_every_page_under_one_another(shelf, tmp_path) -> None:
    png = make_pdf(shelf, tmp_path / "a.png", layout="2x3")
    image = QImage(str(png))
    assert image.text("Title").startswith("Nearest cloths")
    assert image.height() / image.width() == pytest.approx(2 * 297 / 210, rel=0.01)
    assert image.dotsPerMeterX() == pytest.approx(150 / 0.0254, rel=0.01)


def test_a_full_disk_leaves_no_half_pdf(shelf, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(whole_file_module.os, "fsync", full)
    with pytest.raises(SheetError, match="The disk is full"):
        make_pdf(shelf, tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_pdf_cut_short_is_noticed(shelf, tmp_path, monkeypatch) -> None:
    """Qt says nothing when the disk fills up while it writes: the missing end mark does."""
    from fabricfinder.ui import sheet_files

    class Full(sheet_files.QPdfWriter):
        def __init__(self, _: str) -> None:
            super().__init__("/dev/full")

    monkeypatch.setattr(sheet_files, "QPdfWriter", Full)
    with pytest.raises(SheetError, match="The disk is full"):
        make_pdf(shelf, tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


def test_stopped_between_two_pages_nothing_is_left(shelf, tmp_path) -> None:
    out = Output(tmp_path / "a.pdf")
    request = SheetRequest(shelf.result, top=10, layout="card")
    writing = make_sheet_file(request, shelf.catalog, out)
    for progress in writing:
        if progress.phase == "Writing the sheet" and progress.done == 2:
            break
    assert list(tmp_path.iterdir()) != []
    writing.close()
    assert list(tmp_path.iterdir()) == []


def test_long_sheets_keep_within_their_pixels() -> None:
    for n in (1, 24, 200, 1000):
        for box in ((124.0, 118.0), (90.0, 42.0), (59.0, 30.0)):
            ppi = print_ppi(box, n)
            assert 72 <= ppi <= 400
            pixels = n * box[0] * box[1] * (ppi / 25.4) ** 2
            assert pixels <= 60.1e6 or ppi == 72
            assert n * whole_side(1300, n) ** 2 <= 6.1e6
    assert print_ppi((59.0, 30.0), 24) == 400


def test_many_pictures_of_noise_keep_within_their_bytes(tmp_path) -> None:
    """The hardest cloth there is for a JPEG; a sheet of two hundred gives each its share."""
    noise = np.random.default_rng(3).integers(0, 256, (900, 900, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    source = composing._Source(str(tmp_path / "noise.png"), 11.8, 900)
    wish = wish_for("card", "A4")(200)
    whole, true = composing._read(source.path, source, wish)
    assert 0.8 * composing.TRUE_BYTES / 200 < len(true.jpeg) <= composing.TRUE_BYTES / 200
    assert len(whole.jpeg) <= composing.WHOLE_BYTES / 200
    few = composing._read(source.path, source, wish_for("card", "A4")(2))[1]
    assert few.width >= true.width and len(few.jpeg) > 3 * len(true.jpeg)


@pytest.mark.parametrize("n", [1, 200])
def test_a_picture_is_read_no_larger_than_it_is_printed(tmp_path, monkeypatch, n) -> None:
    """12 MP at 300 dpi: for two hundred labels half its size is read, 150 ppi on paper."""
    Image.new("RGB", (4000, 3000), (90, 30, 30)).save(tmp_path / "a.jpg", dpi=(300, 300))
    source = composing._Source(str(tmp_path / "a.jpg"), 300 / 25.4, 4000)
    read = []
    decode = composing.decode_at_least
    monkeypatch.setattr(composing, "decode_at_least",
                        lambda path, need: read.append(decode(path, need)) or read[-1])  # fmt: skip
    _, true = composing._read(source.path, source, wish_for("hanger", "A4")(n))
    assert read[0].rgb.shape[1] == (4000 if n == 1 else 2000)
    assert true.px_per_mm * 25.4 == pytest.approx(300 if n == 1 else 150, rel=0.02)
    assert true.size_mm == pytest.approx((44.0, 41.0), abs=0.2)


def test_a_long_sheet_tells_of_every_page(shelf, tmp_path) -> None:
    """Time and size of 200 photographs: ``tests/benchmarks/bench_sheets.py``."""
    ids = [s.id for s in shelf.catalog.swatches]
    picks = tuple(Pick(ids[i % len(ids)]) for i in range(30))
    request = SheetRequest(shelf.result, picks=picks, layout="3x4")
    pages = []
    writing = make_sheet_file(request, shelf.catalog, Output(tmp_path / "a.pdf"))
    for progress in writing:
        if progress.phase == "Writing the sheet" and progress.done:
            pages.append((progress.done, progress.total))
    assert pages == [(1, 3), (2, 3), (3, 3)]
