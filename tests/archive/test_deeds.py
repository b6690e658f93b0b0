"""The deeds on an archive, through the Finder: siblings follow, everything can be taken back."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fabricfinder.__main__ import main
from fabricfinder.domain.archive import Relinked
from fabricfinder.archive.originals import lost_folders, moved_root
from fabricfinder.archive.rows import as_csv, header, rows
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.expression import ExpressionError
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.units import IMPERIAL, METRIC
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end


@pytest.fixture
def finder(fake_encoder, swatch_folder, tmp_path) -> Iterator[Finder]:
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    yield finder
    finder.close()


def _edit(finder: Finder, ids: list[str], **fields: str | float) -> None:
    run_to_end(finder.archive.edit(ids, fields, "edit"))


def test_what_is_the_articles_reaches_all_its_pictures(finder: Finder) -> None:
    ids = [s.id for s in finder.catalog.swatches[:4]]
    _edit(finder, ids[:3], article="A")
    _edit(finder, ids[:2], colourway="1")
    _edit(finder, ids[2:3], colourway="2")
    _edit(finder, ids[:1], supplier="Mill North", lot="B", notes="only here")
    said = [finder.catalog.find(i).fields for i in ids]
    assert [f.get("supplier") for f in said] == ["Mill North"] * 3 + [None]
    assert [f.get("lot") for f in said] == ["B", "B", None, None]
    assert [f.get("notes") for f in said] == ["only here", None, None, None]
    assert finder.catalog.articles == {"A": [0, 1, 2]}
    _edit(finder, ids[1:2], supplier="")
    assert all("supplier" not in finder.catalog.find(i).fields for i in ids)


def test_every_deed_is_a_step_that_goes_back_and_forth(finder: Finder) -> None:
    archive, ids = finder.archive, [s.id for s in finder.catalog.swatches]
    assert [s.name for s in finder.catalog.history] == ["Add 12 swatches"]
    deeds = (
        archive.edit(ids[:2], {"weight": 180.0}, "weight"),
        archive.label(ids[:2], Labels(fine="rep"), "label"),
        archive.set_view(ids[:1], "back", "view"), archive.set_scale(ids[:1], 99.0, "scale"),
        archive.make_collection("SS28", "make", ids=ids[:3]),
        archive.gather("SS28", ids[:1], "gather", take_out=True),
        archive.rename_collection("SS28", "AW28", "rename"),
        archive.take_out(ids[3:5], "take out"), archive.drop_collection("AW28", "drop"),
    )  # fmt: skip
    for deed in deeds:
        run_to_end(deed)
    after = finder.catalog
    assert len(after) == 10 and [r.id for r in after.removed] == ids[3:5]
    names = [s.name for s in after.history]
    assert names[1:] == [
        "weight", "label", "view", "scale", "make", "gather", "rename", "take out", "drop",
    ]  # fmt: skip
    run_to_end(archive.undo(after.history[1].number))
    assert all(not s.fields and s.labels == Labels() for s in finder.catalog.swatches)
    assert len(finder.catalog) == 12 and finder.catalog.collections == ()
    run_to_end(archive.undo())
    assert len(finder.catalog) == 0 and run_to_end(archive.undo()) is None
    run_to_end(archive.redo(after.history[-1].number))
    assert finder.catalog.swatches == after.swatches
    assert finder.catalog.collections == after.collections


def test_a_library_open_to_read_only_is_changed_by_nothing(finder, fake_encoder) -> None:
    reader = Finder(fake_encoder)
    run_to_end(reader.open_library(finder.catalog.folder, read_only=True))
    ids = [reader.catalog.swatches[0].id]
    for deed in (reader.archive.edit(ids, {"lot": "1"}, "x"), reader.archive.undo()):
        with pytest.raises(LibraryError, match="read only"):
            run_to_end(deed)
    reader.close()


def test_the_search_box_knows_fields_and_words(finder: Finder) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    _edit(finder, ids[:2], weight=200.0, supplier="Mill North")
    _edit(finder, ids[2:3], weight=200.0, supplier="Mill South")
    assert run_to_end(finder.find_text("gsm:180..220 -supplier:south")) == tuple(ids[:2])
    assert set(run_to_end(finder.find_text("swatch gsm:200"))) == set(ids[:3])
    with pytest.raises(ExpressionError, match="no unit"):
        run_to_end(finder.find_text("weight:200"))
    run_to_end(finder.archive.use_units(METRIC))
    assert len(run_to_end(finder.find_text("weight:200 OR swatch-11"))) == 4
    assert run_to_end(finder.find_text("  ")) == ()


# -- originals -------------------------------------------------------------------------------------


def test_a_moved_tree_is_found_again_by_one_example(
    finder: Finder, swatch_folder: Path, tmp_path: Path
) -> None:
    inner = swatch_folder / "inner"
    inner.mkdir()
    ids = [s.id for s in finder.catalog.swatches]
    run_to_end(finder.archive.check_originals())
    new = tmp_path / "elsewhere" / "cloth"
    shutil.move(swatch_folder, new)
    gone = run_to_end(finder.archive.check_originals())
    assert gone.missing == frozenset(ids) and gone.looked == 12
    assert sum(gone.folders.values()) == 12
    by_name = {Path(s.path).name: s for s in finder.catalog.swatches}
    touched, spoiled = new / "swatch-03.png", new / "swatch-04.png"
    os.utime(touched)  # another time, the same content
    spoiled.write_bytes(b"another picture altogether")
    (new / "swatch-05.png").unlink()
    wrong = new / "swatch-01.png"
    example = by_name["swatch-00.png"]
    with pytest.raises(LibraryError, match="another picture"):
        run_to_end(finder.archive.relink(example.id, str(wrong)))
    done = run_to_end(finder.archive.relink(example.id, str(new / "swatch-00.png")))
    assert done == Relinked(10, 2, (str(spoiled),))
    after = run_to_end(finder.archive.check_originals())
    assert {Path(finder.catalog.find(i).path).name for i in after.missing} == {
        "swatch-04.png", "swatch-05.png",
    }  # fmt: skip
    assert finder.catalog.find(by_name["swatch-03.png"].id).path == str(touched)


def test_roots_and_folders() -> None:
    assert moved_root("/a/b/c/x.jpg", "/z/c/x.jpg") == ("/a/b", "/z")
    assert moved_root("/a/x.jpg", "/z/q/x.jpg") == ("/a", "/z/q")
    assert moved_root("/a/x.jpg", "/a/y.jpg") == ("/a/x.jpg", "/a/y.jpg")
    counts = lost_folders(["/nowhere1/a/x.jpg", "/nowhere1/b/y.jpg", "/nowhere2/z.jpg"])
    assert counts == {"/nowhere1": 2, "/nowhere2": 1}


def test_one_cloth_twice_is_noticed(finder: Finder, swatch_folder: Path) -> None:
    copy = swatch_folder / "again.png"
    shutil.copy(swatch_folder / "swatch-03.png", copy)
    with copy.open("ab") as file:
        file.write(b"a few bytes behind the picture")  # another file of the same pixels
    shutil.copy(swatch_folder / "swatch-07.png", swatch_folder / "copy.png")
    run_to_end(finder.import_paths([str(swatch_folder)]))
    twice, copies = run_to_end(finder.archive.duplicates())
    names = {a: {Path(finder.catalog.find(i).path).name for i in (a.swatch, a.earlier)} for a in twice}
    assert [a.likeness for a, both in names.items() if both == {"again.png", "swatch-03.png"}] == [1]
    assert [sorted(Path(p).name for p in paths) for paths in copies.values()] == [
        ["copy.png", "swatch-07.png"]
    ]


# -- lists -----------------------------------------------------------------------------------------


def test_a_list_holds_everything_and_is_read_back(
    finder: Finder, fake_encoder, swatch_folder: Path, tmp_path: Path
) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    _edit(finder, ids[:2], article="20341", colourway="07", weight=180.0, width=150.0,
          ends_per_cm=28.0, warp_tex=590.5 / 30, composition="60 % cotton, 40 % wool",
          repeat=64.0, notes='says "much", and\nmore')  # fmt: skip
    run_to_end(finder.archive.label(ids[:1], Labels("plaid/gingham", "rep", 62.5), "label"))
    before = {s.path: s for s in finder.catalog.swatches}
    for units in (METRIC, IMPERIAL):
        sheet = tmp_path / f"{units.system}.csv"
        text = "".join(as_csv(finder.catalog, finder.catalog.swatches, units))
        sheet.write_text(text, "utf-8")
        other = Finder(fake_encoder)
        run_to_end(other.open_library(tmp_path / units.system, create=True))
        report = run_to_end(other.import_paths([str(swatch_folder)], labels_csv=str(sheet)))
        known = ("seen", "colours", "px per cm", "(px)", "“id”", "“view”")
        assert [n for n in report.notices if not any(k in n for k in known)] == []
        for swatch in other.catalog.swatches:
            said = before[swatch.path]
            assert swatch.labels == said.labels
            assert swatch.fields.keys() == said.fields.keys()
            for name, value in said.fields.items():
                assert swatch.fields[name] == (
                    pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
                )
        other.close()
    first = next(rows(finder.catalog, finder.catalog.swatches, IMPERIAL))
    assert len(first) == len(header(IMPERIAL)) == len(set(header(IMPERIAL)))
    assert first[header(IMPERIAL).index("ends (per inch)")] == pytest.approx(71.12)
    assert first[header(IMPERIAL).index("warp (Ne)")] == pytest.approx(30)


def test_the_command_lists(finder: Finder, capsys, monkeypatch, fake_encoder) -> None:
    ids = [s.id for s in finder.catalog.swatches]
    _edit(finder, ids[:2], article="20341", colourway="07", weight=180.0)
    folder = str(finder.catalog.folder)
    finder._library.close()
    monkeypatch.setattr("fabricfinder.commands.best_encoder", lambda tell: fake_encoder)
    assert main(["list", "--library", folder, "--where", "gsm:170..190", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in found] == ids[:2] and found[0]["fields"]["weight"] == 180.0
    assert main(["list", "--library", folder, "--csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 13
    assert main(["list", "--library", folder]) == 0
    assert "20341 07" in capsys.readouterr().out
    assert main(["list", "--library", folder, "--where", "gsm:999"]) == 1
    assert main(["list", "--library", folder, "--where", "weight:180"]) == 1
    assert "has no unit" in capsys.readouterr().err
    assert main(["list", "--library", folder, "--where", "suplier:x"]) == 1
    assert "Did you mean supplier:" in capsys.readouterr().err
