"""eSCL network scanners, against a small scanner on loopback that speaks the protocol."""

import socket
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from fabricfinder.capture.errors import ScannerError
from fabricfinder.capture.escl import EsclScanner
from fabricfinder.capture.scanner import (
    ALL_PAGES,
    FEEDER,
    Abilities,
    Area,
    ScanReport,
    ScanSettings,
)
from fabricfinder.vision.decode import decode

PWG = "{http://www.pwg.org/schemas/2010/12/sm}"
SMALL = Area(10, 20, 25.4, 50.8)


@pytest.fixture
def responder(escl_responder: ModuleType) -> Iterator:
    """A scanner that works; tests spoil it by its ``device``."""
    serving = escl_responder.EsclResponder(escl_responder.Device())
    yield serving
    serving.close()


def ended(steps) -> ScanReport:
    """Run a scan to its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_it_says_what_it_can(responder) -> None:
    scanner = EsclScanner(responder.address)
    assert scanner.title() == "Loom LS-1"
    can = scanner.abilities()
    assert can == Abilities((100, 200, 300, 600), False, ("Platen", "Feeder"), (8,),
                            ("color", "gray"), pytest.approx(215.9), pytest.approx(297, abs=0.1))  # fmt: skip
    short = responder.address.removeprefix("http://").removesuffix("/eSCL")
    assert EsclScanner(short).name == f"escl:{responder.address}"


def test_a_part_of_the_glass_at_its_scale(responder, tmp_path: Path) -> None:
    report = ended(EsclScanner(responder.address).scan(ScanSettings(200, SMALL), tmp_path))
    (page,) = report.pages
    image = decode(page.path)
    assert (image.full_width, image.full_height) == (200, 400)
    assert image.px_per_cm == pytest.approx(200 / 2.54, rel=1e-3), "though the JPEG said nothing"
    job = responder.device.jobs[0]
    region = {name: int(job.find(f".//{PWG}{name}").text)
              for name in ("XOffset", "YOffset", "Width", "Height")}  # fmt: skip
    assert region == {"XOffset": 118, "YOffset": 236, "Width": 300, "Height": 600}
    assert job.findtext(f"{PWG}InputSource") == "Platen"
    assert responder.device.ended == [1], "the job is closed"
    assert [p.name for p in tmp_path.iterdir()] == [page.path.name]


def test_the_feeder_until_it_is_empty_or_enough(responder, tmp_path: Path) -> None:
    scanner = EsclScanner(responder.address)
    three = ended(scanner.scan(ScanSettings(100, SMALL, source=FEEDER, pages=3), tmp_path))
    assert len(three.pages) == 3
    rest = ended(scanner.scan(ScanSettings(100, SMALL, source=FEEDER, pages=ALL_PAGES), tmp_path))
    assert len(rest.pages) == 7
    assert rest.problem == ""
    with pytest.raises(ScannerError, match="feeder is empty"):
        ended(scanner.scan(ScanSettings(100, SMALL, source=FEEDER, pages=ALL_PAGES), tmp_path))


def test_a_jam_keeps_the_pages_before_it(responder, tmp_path: Path) -> None:
    responder.device.jam_after = 4
    settings = ScanSettings(100, SMALL, source=FEEDER, pages=ALL_PAGES)
    report = ended(EsclScanner(responder.address).scan(settings, tmp_path))
    assert len(report.pages) == 4
    assert report.kind == "jammed"
    responder.device.jam_after = 0
    with pytest.raises(ScannerError, match="jammed"):
        ended(EsclScanner(responder.address).scan(settings, tmp_path))


def test_warming_up_is_waited_for(responder, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("fabricfinder.capture.escl._BUSY_WAIT_S", 0.01)
    responder.device.busy = 5
    assert ended(EsclScanner(responder.address).scan(ScanSettings(100, SMALL), tmp_path)).pages


def test_half_a_page_is_no_page(responder, tmp_path: Path) -> None:
    responder.device.cut = True
    with pytest.raises(ScannerError, match="less than a whole page"):
        ended(EsclScanner(responder.address).scan(ScanSettings(100, SMALL), tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("code", "kind"), [(503, "busy"), (409, "setting"), (403, "denied"),
                                            (500, "read")])  # fmt: skip
def test_a_refused_job(responder, tmp_path: Path, monkeypatch, code: int, kind: str) -> None:
    monkeypatch.setattr("fabricfinder.capture.escl._BUSY_TRIES", 3)
    responder.device.refuse = code
    with pytest.raises(ScannerError) as refused:
        ended(EsclScanner(responder.address).scan(ScanSettings(100, SMALL), tmp_path))
    assert refused.value.kind == kind


def test_cancel_tells_the_scanner(responder, tmp_path: Path) -> None:
    responder.device.slow_s = 0.3
    steps = EsclScanner(responder.address).scan(ScanSettings(300, SMALL), tmp_path)
    for progress in steps:
        if progress.unit == "kB" and progress.done >= 1:
            break
    steps.close()
    assert responder.device.ended == [1]
    assert not [p for p in tmp_path.iterdir() if p.suffix != ".part"]


def test_settings_it_has_not_and_no_scanner_at_all(responder, tmp_path: Path) -> None:
    with pytest.raises(ScannerError, match="offers 100, 200, 300, 600"):
        ended(EsclScanner(responder.address).scan(ScanSettings(150, SMALL), tmp_path))
    with pytest.raises(ScannerError, match="not answer"):
        EsclScanner(responder.address.replace("eSCL", "other")).abilities()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ScannerError, match="does not answer"):
        EsclScanner(f"127.0.0.1:{port}").abilities()
    with pytest.raises(ScannerError, match="no address"):
        EsclScanner("ftp://somewhere")
