"""scan, watch and their ways to end, as their user meets them; the encoder is a small one."""

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from fabricfinder import commands
from fabricfinder.__main__ import main
from fabricfinder.capture import finding
from fabricfinder.capture.finding import list_scanners, open_scanner
from fabricfinder.finder import Finder

CONFIGURED = Path("/etc/sane.d/test.conf")
needs_sane = pytest.mark.skipif(
    not (shutil.which("scanimage") and CONFIGURED.exists()),
    reason="needs SANE's scanimage and its test backend (libsane1, sane-utils)",
)


@pytest.fixture(autouse=True)
def small_encoder(fake_encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every finder of the command line sees with the small encoder."""
    monkeypatch.setattr(commands, "finder_here", lambda: Finder(encoder_source=lambda: fake_encoder))


@pytest.fixture
def virtual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SANE's virtual scanner, the only one it knows of."""
    configured = tmp_path / "sane.d"
    configured.mkdir()
    (configured / "dll.conf").write_text("test\n")
    shutil.copy(CONFIGURED, configured / "test.conf")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(configured))


def listed(library: Path, capsys: pytest.CaptureFixture) -> list[dict]:
    """What a library holds."""
    capsys.readouterr()
    assert main(["list", "--library", str(library), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


SCAN = ("scan", "--device", "sane:test:0", "--dpi", "100", "--area", "0,0,60,50")
PATTERN = ("--set", "test-picture=Color pattern")


@needs_sane
def test_a_scan_lands_in_the_library_with_its_scale(
    virtual: None, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    library = tmp_path / "archive"
    assert main([*SCAN, *PATTERN, "--library", str(library)]) == 0
    (row,) = listed(library, capsys)
    assert row["px_per_cm"] == pytest.approx(100 / 2.54, rel=1e-3)
    assert Path(row["path"]).parent == library / "scans"
    assert main([*SCAN, "--set", "test-picture=Grid", "--library", str(library)]) == 0
    assert len(listed(library, capsys)) == 2
    assert main(["query", "--library", str(library), row["path"], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["results"][0]["path"] == row["path"]
    assert found["searched"] == 2


@needs_sane
def test_ways_to_scan(virtual: None, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["scan", "--list"]) == 0
    assert "sane:test:0  Noname frontend-tester" in capsys.readouterr().out
    out = tmp_path / "out"
    assert main([*SCAN, *PATTERN, "--pages", "2", "--gray", "--out", str(out)]) == 0
    pages = capsys.readouterr().out.split()
    assert len(pages) == 2
    with Image.open(pages[0]) as page:
        assert page.mode == "L"
    fault = ("--set", "read-return-value=SANE_STATUS_JAMMED", "--set", "enable-test-options=yes")
    assert main([*SCAN, *fault, "--out", str(out)]) == 1
    assert "jammed in the scanner's feeder" in capsys.readouterr().err


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["scan"]) == 1
    assert "--device NAME" in capsys.readouterr().err
    assert main(["scan", "--device", "x"]) == 1
    assert "--out DIR or --library DIR" in capsys.readouterr().err
    for wrong in ("0,0,10", "a,b,c,d", "0,0,0,10", "-1,0,10,10"):
        with pytest.raises(SystemExit, match="2"):
            main(["scan", f"--area={wrong}", "--device", "x", "--out", str(tmp_path)])


def test_other_systems_are_listed_honestly(monkeypatch: pytest.MonkeyPatch) -> None:
    for system, word in (("win32", "WIA"), ("darwin", "ImageCaptureCore")):
        listing = list_scanners(system)
        assert listing.found == ()
        assert word in listing.notes[0]
        assert "http://192.168.1.20/eSCL" in listing.notes[-1]
    monkeypatch.setattr(finding, "is_here", lambda: False)
    assert "sane-utils" in list_scanners("linux").notes[0]
    assert open_scanner("genesys:libusb:001:004").name == "sane:genesys:libusb:001:004"
    assert open_scanner("escl:http://h/eSCL").name == open_scanner("http://h").name


def test_watch_brings_in_what_is_there(
    swatch_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    library = tmp_path / "archive"
    watch = ["watch", "--once", "--every", "0.1", "--library", str(library)]
    assert main([*watch, str(swatch_folder)]) == 0
    assert len(listed(library, capsys)) == 12
    assert main([*watch, str(tmp_path / "none")]) == 1
    assert "is not there now" in capsys.readouterr().err


def test_watch_sees_what_comes_and_ends_with_a_sentence(
    tmp_path: Path, swatch_folder: Path, capsys: pytest.CaptureFixture, monkeypatch
) -> None:
    folder, library = tmp_path / "drop", tmp_path / "archive"
    waits = iter(range(100))

    def wait(_: float) -> None:
        """Between two looks: first the folder comes, then a picture, then Ctrl+C."""
        n = next(waits)
        if n == 0:
            folder.mkdir()
        elif n == 1:
            shutil.copy(swatch_folder / "swatch-03.png", folder / "new.png")
        elif n == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("fabricfinder.capture_commands.pause", wait)
    assert main(["watch", "--library", str(library), str(folder)]) == 1
    said = capsys.readouterr()
    assert "1 imported" in said.out
    assert "is not there now" in said.err
    assert f"Watching {folder}" in said.err
    assert "what was done is kept" in said.err
    assert [os.path.basename(row["path"]) for row in listed(library, capsys)] == ["new.png"]
