"""The self-check finds what is broken, part by part, and goes on to the next."""

import json
from pathlib import Path

import numpy as np
import pytest

from fabricfinder.__main__ import main
from fabricfinder.checking import parts
from fabricfinder.checking.codes import Seen
from fabricfinder.checking.parts import KEPT, Way, colours_of, pdf_pages, tried
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.vision.decode import decode


@pytest.fixture
def on_the_processor(monkeypatch) -> None:
    """The model that ships, by the processor."""
    monkeypatch.delenv("FABRICFINDER_MODEL", raising=False)
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)


def test_the_whole_way(on_the_processor, tmp_path, capsys, qapp) -> None:
    place, kept = tmp_path / "work 布", tmp_path / "kept 样"
    assert main(["self-check", "--folder", str(place), "--keep", str(kept), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] and not said["frozen"]
    by_name = {part["part"]: part for part in said["parts"]}
    assert list(by_name) == ["library", "search", "labels", "reopening", "sheets", "window",
                             "growing", "codes", "learning"]  # fmt: skip
    assert by_name["learning"]["here"] and by_name["learning"]["differing_bits"] <= 6
    assert by_name["library"]["swatches"] == 24
    assert by_name["sheets"]["pages"] == pdf_pages(kept / "sheet.pdf") >= 2
    assert decode(kept / "screenshot.png").rgb.shape == (1000, 1600, 3)
    assert sum(by_name["codes"]["differing_bits"].values()) <= 8
    assert sorted(file.name for file in kept.iterdir()) == sorted(KEPT)


def test_what_is_broken_fails_and_the_rest_is_tried(monkeypatch, tmp_path, capsys) -> None:
    def broken() -> None:
        raise FabricFinderError("There is no model here.")

    monkeypatch.setattr("fabricfinder.commands.finder_here", broken)
    wrong = lambda pictures, graphs: [Seen("dvsh-128-0/fp32", ())]  # noqa: E731
    monkeypatch.setattr(parts, "see", wrong)
    monkeypatch.setattr(parts, "hindrance", lambda: "No torch.")
    assert main(["self-check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAILED library") and "There is no model here." in lines[0]
    assert all(line.startswith("FAILED") and "Not tried" in line for line in lines[1:6])
    assert lines[6].startswith("ok     growing")
    assert lines[7].startswith("FAILED codes") and "were not written down" in lines[7]
    assert lines[8].startswith("ok     learning") and "No torch." in lines[8]
    assert lines[9] == "7 of 9 parts failed."


def test_codes_of_another_network_fail(monkeypatch, tmp_path) -> None:
    """Half the bits of one code are others."""
    content = {"dvsh-128-0/fp32": ["00" * 16] * 6}
    monkeypatch.setattr(
        "fabricfinder.checking.codes._content", lambda _: {"codes": content, "pictures": {}}
    )
    codes = (*[HashCode(bytes(16), 128)] * 5, HashCode(b"\x0f" * 16, 128))
    monkeypatch.setattr(parts, "see", lambda *_: [Seen("dvsh-128-0/fp32", codes)])
    outcome = tried(Way(tmp_path, lambda: None).codes)
    assert not outcome.good and "64 in one picture where 4 are allowed" in outcome.says
    assert "6 of 6 pictures are rounded otherwise" in outcome.says


def test_a_bug_is_an_outcome_with_its_trace() -> None:
    def part() -> tuple[str, dict]:
        raise KeyError("warp")

    outcome = tried(part)
    assert not outcome.good and outcome.says == "KeyError: 'warp'"
    assert "raise KeyError" in outcome.trace and outcome.part == "part"


def test_a_flat_window_is_not_a_window(monkeypatch, tmp_path) -> None:
    flat = np.full((40, 60, 3), 240, np.uint8)
    assert colours_of(flat) == (1, 1.0)
    flat[:20, :, 0] = 7
    assert colours_of(flat) == (2, 0.5)
    way = Way(tmp_path, lambda: None)
    monkeypatch.setattr(way, "_opened", lambda: (None, type("D", (), {"folder": "", "query_path": ""})))
    monkeypatch.setattr(way, "_paint", lambda: None)
    monkeypatch.setattr("fabricfinder.ui.app.screenshot", lambda *_: tmp_path / "w.png")
    from PIL import Image

    Image.fromarray(flat).save(tmp_path / "w.png")
    outcome = tried(way.window)
    assert not outcome.good and "shows next to nothing: 2 colours, 50% of it one" in outcome.says


def test_pages_are_counted_in_whole_pdfs_only(tmp_path) -> None:
    file = tmp_path / "a.pdf"
    body = b"%PDF-1.4\n<< /Type /Page >> << /Type /Pages >> << /Type/Page /X 1 >>\n%%EOF\n"
    file.write_bytes(body)
    assert pdf_pages(file) == 2
    file.write_bytes(body[:-6])
    assert pdf_pages(file) == 0
    file.write_bytes(b"<html>%%EOF")
    assert pdf_pages(file) == 0


def test_codes_are_written_down_by_the_command(tmp_path, capsys) -> None:
    target = tmp_path / "codes.json"
    assert main(["self-check", "--record", str(target)]) == 0
    from fabricfinder.domain.resources import resource_path

    shipped = json.loads(resource_path("codes.json").read_text("utf-8"))
    assert json.loads(target.read_text("utf-8"))["codes"].keys() == shipped["codes"].keys()
    assert main(["self-check", "--record", str(tmp_path / "no" / "codes.json")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert not Path(tmp_path / "no").exists()


def test_without_a_temporary_folder_it_is_a_sentence(monkeypatch, capsys) -> None:
    def nowhere(**_: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryDirectory", nowhere)
    assert main(["self-check"]) == 1
    assert "No temporary folder can be made" in capsys.readouterr().err
