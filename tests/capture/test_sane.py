"""SANE's own virtual scanner (its ``test`` backend): pages, feeder, faults, cancel, big pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fabricfinder.capture.errors import ScannerError
from fabricfinder.capture.sane import SaneScanner, list_sane, read_abilities
from fabricfinder.capture.scanner import (
    ALL_PAGES,
    FEEDER,
    WORDS,
    Abilities,
    Area,
    ScannedPage,
    ScanReport,
    ScanSettings,
)
from fabricfinder.domain.progress import Progress
from fabricfinder.vision.decode import decode

CONFIGURED = Path("/etc/sane.d/test.conf")
needs_sane = pytest.mark.skipif(
    not (shutil.which("scanimage") and CONFIGURED.exists()),
    reason="needs SANE's scanimage and its test backend (libsane1, sane-utils)",
)
SMALL = Area(10, 20, 40, 30)
GRID = {"test-picture": "Grid"}
GENESYS = """
All options specific to device `genesys:libusb:001:004':
  Scan Mode:
    --mode Color|Gray [Gray]
        Selects the scan mode.
    --source Flatbed [Flatbed]
    --depth 16|8 [8]
    --resolution 4800|2400|1200|600|300|150|75dpi [75]
    --x-resolution 4800|75dpi [inactive]
    --preview[=(yes|no)] [no]
  Geometry:
    -l 0..216.7mm [0]
    -t 0..297.5mm [0]
    -x 0..216.7mm [216.7]
    -y 0..297.5mm [297.5]
"""


@pytest.fixture
def virtual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SaneScanner:
    """The virtual scanner, the only one SANE knows of here."""
    configured = tmp_path / "sane.d"
    configured.mkdir()
    (configured / "dll.conf").write_text("test\n")
    shutil.copy(CONFIGURED, configured / "test.conf")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(configured))
    return SaneScanner("test:0")


def ended(steps) -> tuple[ScanReport, list[Progress]]:
    """Run a scan to its end."""
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            return end.value, told


def test_what_scanimage_says_of_a_flatbed() -> None:
    can = read_abilities(GENESYS)
    assert can == Abilities(
        (4800, 2400, 1200, 600, 300, 150, 75), False, ("Flatbed",), (16, 8), ("Color", "Gray"),
        216.7, 297.5, True,
    )  # fmt: skip
    assert can.offers(600)
    assert not can.offers(200)
    assert can.source("glass") == "Flatbed"
    with pytest.raises(ScannerError, match="no feeder"):
        can.source(FEEDER)
    with pytest.raises(ScannerError, match="It has: Flatbed"):
        can.source("ADF")


@needs_sane
def test_list_and_abilities(virtual: SaneScanner) -> None:
    assert [found.name for found in list_sane()] == ["sane:test:0", "sane:test:1"]
    can = virtual.abilities()
    assert can.dpi == (1, 1200)
    assert can.dpi_range
    assert can.offers(317)
    assert can.sources == ("Flatbed", "Automatic Document Feeder")
    assert can.depths == (8, 16)
    assert (can.width_mm, can.height_mm) == (200, 200)


@needs_sane
def test_a_grid_of_10_mm_comes_at_its_scale(virtual: SaneScanner, tmp_path: Path) -> None:
    settings = ScanSettings(dpi=254, area=Area(0, 0, 60, 50), options=GRID)
    report, told = ended(virtual.scan(settings, tmp_path / "out"))
    (page,) = report.pages
    assert report.problem == ""
    assert [p.partial for p in told if p.partial is not None] == [page]
    image = decode(page.path)
    assert image.px_per_cm == pytest.approx(100, rel=1e-3)
    assert image.rgb.shape[:2] == (pytest.approx(500, abs=2), pytest.approx(600, abs=2))
    row = image.rgb[30, :, 0].astype(int)
    edges = np.flatnonzero(np.abs(np.diff(row)) > 100)
    assert np.diff(edges) == pytest.approx(100, abs=1), "10 mm at 254 dpi are 100 px"


@needs_sane
@pytest.mark.parametrize(("color", "depth"), [(True, 16), (False, 8), (False, 16)])
def test_modes_and_depths(virtual: SaneScanner, tmp_path: Path, color: bool, depth: int) -> None:
    settings = ScanSettings(100, SMALL, color, depth, options=GRID)
    report, _ = ended(virtual.scan(settings, tmp_path))
    image = decode(report.pages[0].path)
    assert image.px_per_cm == pytest.approx(100 / 2.54, rel=1e-3), "100 dpi from us is believed"
    assert image.rgb.max() == 255
    assert image.rgb.min() == 0


@needs_sane
def test_all_of_the_glass_and_the_preview(virtual: SaneScanner, tmp_path: Path) -> None:
    report, _ = ended(virtual.scan(ScanSettings(preview=False, dpi=50), tmp_path))
    assert decode(report.pages[0].path).full_width == pytest.approx(200 / 25.4 * 50, abs=2)
    preview, _ = ended(virtual.scan(ScanSettings(dpi=1200, preview=True), tmp_path))
    (page,) = preview.pages
    assert page.dpi == pytest.approx(75), "coarse, though the virtual scanner has no preview option"


@needs_sane
def test_the_feeder_gives_ten_pages_and_then_no_more(virtual: SaneScanner, tmp_path: Path) -> None:
    settings = ScanSettings(50, SMALL, source=FEEDER, pages=ALL_PAGES)
    report, told = ended(virtual.scan(settings, tmp_path))
    assert len(report.pages) == 10
    assert report.problem == ""
    assert [p.done for p in told if isinstance(p.partial, ScannedPage)] == list(range(1, 11))
    assert sorted(tmp_path.glob("scan-*")) == [page.path for page in report.pages]
    some, _ = ended(virtual.scan(ScanSettings(50, SMALL, source=FEEDER, pages=3), tmp_path))
    assert len(some.pages) == 3
    assert not {p.path for p in some.pages} & {p.path for p in report.pages}, "nothing overwritten"


FAULTS = {
    "JAMMED": "jammed", "NO_DOCS": "empty", "COVER_OPEN": "open", "IO_ERROR": "read",
    "NO_MEM": "memory", "ACCESS_DENIED": "denied", "DEVICE_BUSY": "busy", "CANCELLED": "cancelled",
    "UNSUPPORTED": "setting", "INVAL": "setting", "EOF": "cut off",
}  # fmt: skip


@needs_sane
@pytest.mark.parametrize("status", FAULTS)
def test_every_fault_is_a_sentence(virtual: SaneScanner, tmp_path: Path, status: str) -> None:
    options = {"enable-test-options": "yes", "read-return-value": f"SANE_STATUS_{status}"}
    with pytest.raises(ScannerError) as refused:
        ended(virtual.scan(ScanSettings(50, SMALL, options=options), tmp_path / "out"))
    assert refused.value.kind == FAULTS[status]
    assert str(refused.value).startswith(WORDS[FAULTS[status]])
    assert not list((tmp_path / "out").iterdir()), "no half page is left lying about"


@needs_sane
def test_a_jam_in_the_feeder_keeps_the_pages_before_it(
    virtual: SaneScanner, tmp_path: Path
) -> None:
    """Three real pages, then the real driver says it jammed: as a feeder jams at its fourth."""
    program = tmp_path / "scanimage-that-jams"
    program.write_text(
        f"#!{sys.executable}\n"
        "import subprocess, sys\n"
        "asked = sys.argv[1:]\n"
        "if '-A' in asked:\n"
        "    sys.exit(subprocess.run(['scanimage', *asked]).returncode)\n"
        "asked = [a for a in asked if not a.startswith('--batch-count')]\n"
        "subprocess.run(['scanimage', *asked, '--batch-count=3'])\n"
        "sys.exit(subprocess.run(['scanimage', *asked, '--batch-start=4',\n"
        "         '--read-return-value=SANE_STATUS_JAMMED']).returncode)\n"
    )
    program.chmod(0o755)
    scanner = SaneScanner("test:0", str(program))
    settings = ScanSettings(50, SMALL, source=FEEDER, pages=ALL_PAGES)
    report, _ = ended(scanner.scan(settings, tmp_path / "out"))
    assert len(report.pages) == 3
    assert all(decode(page.path).px_per_cm for page in report.pages)
    assert report.kind == "jammed"
    assert "Take it out" in report.problem
    assert len(list((tmp_path / "out").iterdir())) == 3


@needs_sane
def test_cancel_stops_the_scanner_and_keeps_whole_pages(
    virtual: SaneScanner, tmp_path: Path
) -> None:
    slow = {"read-delay": "yes", "read-delay-duration": "100000"}
    settings = ScanSettings(200, source=FEEDER, pages=ALL_PAGES, options=slow)
    steps = virtual.scan(settings, tmp_path)
    told = []
    for progress in steps:
        told.append(progress)
        if progress.unit == "% of a page" and progress.done > 5:
            break
    steps.close()
    assert told[-1].done < 100 * 10
    assert all(path.suffix == ".tif" for path in tmp_path.glob("scan-*"))
    mine = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True,
                          text=True, check=False).stdout  # fmt: skip
    assert "scanimage" not in mine, "the child has ended"


@needs_sane
def test_wrong_settings_and_missing_devices(virtual: SaneScanner, tmp_path: Path) -> None:
    with pytest.raises(ScannerError, match="offers 1–1200"):
        ended(virtual.scan(ScanSettings(dpi=2400), tmp_path))
    with pytest.raises(ScannerError, match="does not answer"):
        ended(SaneScanner("nothing:0").scan(ScanSettings(), tmp_path))
    with pytest.raises(ScannerError, match="sane-utils"):
        ended(SaneScanner("test:0", str(tmp_path / "none")).scan(ScanSettings(), tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(ScannerError, match="Nothing can be written"):
        ended(virtual.scan(ScanSettings(dpi=50, area=SMALL), tmp_path / "file" / "out"))
