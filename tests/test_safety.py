"""What may befall an archive: a full disk, a moved tree, a pulled plug, a backup, an old schema.

Each time nothing is lost, and there is a sentence for her.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.search import Preference, Query
from fabricfinder.domain.swatch import Labels
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library import Library
from fabricfinder.library.backups import backups

FROZEN = Path(__file__).parent / "fixtures" / "libraries"
PICTURES = 40

# Runs in a mount namespace of its own: the library lies on a drive of 1.5 MB.
ON_A_SMALL_DRIVE = """
import importlib.util, json, subprocess, sys
from pathlib import Path
from fabricfinder.domain.errors import LibraryError
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
drive, pictures, conftest = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", drive], check=True)
spec = importlib.util.spec_from_file_location("fakes", conftest)
fakes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fakes)
finder = Finder(fakes.FakeEncoder())
run_to_end(finder.open_library(Path(drive) / "library", create=True))
said = ""
try:
    run_to_end(finder.import_paths([pictures]))
except LibraryError as error:
    said = str(error)
before = len(finder._opened())
subprocess.run(["mount", "-o", "remount,size=64m", drive], check=True)
report = run_to_end(finder.resume_import())
library = finder._opened()
whole = [library.thumbnail(s.id) is not None for s in library.swatches()]
print(json.dumps({
    "said": said, "before": before, "then": report.imported, "all": len(library),
    "coded": len(set(finder.catalog.table.ids)), "thumbnails": sum(whole),
    "pending": library.pending_count(), "check": library._db.value("PRAGMA integrity_check"),
}))
finder.close()
"""


def noisy_pictures(folder: Path, n: int) -> Path:
    """Pictures whose thumbnails are large, because noise does not compress."""
    folder.mkdir()
    for i in range(n):
        rng = np.random.default_rng(i)
        pixels = rng.integers(0, 256, (300, 300, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:02}.png")
    return folder


def can_mount() -> bool:
    """Whether this user may mount a drive in a namespace of its own."""
    if not shutil.which("unshare"):
        return False
    asked = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /tmp && mount -o remount,size=1m /tmp"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def test_a_drive_that_fills_in_mid_import_loses_nothing(tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("no drive can be mounted here; the quota below is tried instead")
    pictures = noisy_pictures(tmp_path / "pictures", PICTURES)
    (tmp_path / "drive").mkdir()
    script = tmp_path / "import.py"
    script.write_text(ON_A_SMALL_DRIVE)
    fakes = Path(__file__).parent / "conftest.py"
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, str(script), str(tmp_path / "drive"), str(pictures), str(fakes)],
        capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[1], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert "full" in seen["said"] and "nothing was lost" in seen["said"]
    assert 0 < seen["before"] < PICTURES, "it filled in mid-import"
    assert seen["before"] + seen["then"] == seen["all"] == PICTURES
    assert seen["coded"] == seen["thumbnails"] == PICTURES
    assert seen["pending"] == 0 and seen["check"] == "ok"


@pytest.fixture
def finder(fake_encoder, tmp_path):
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "archive" / "library", create=True))
    yield finder
    finder.close()


def test_a_quota_reached_in_mid_import_loses_nothing(finder: Finder, tmp_path: Path) -> None:
    """SQLite's own “disk is full”, where no drive can be mounted."""
    pictures = noisy_pictures(tmp_path / "pictures", 24)
    library = finder._opened()
    library._db.rows(f"PRAGMA max_page_count = {library._db.value('PRAGMA page_count') + 3}")
    with pytest.raises(LibraryError, match="full.*nothing was lost"):
        run_to_end(finder.import_paths([str(pictures)]))
    assert len(library) + library.pending_count() >= 24
    library._db.rows("PRAGMA max_page_count = 1000000")
    report = run_to_end(finder.resume_import())
    assert len(finder.catalog) == 24 and finder.catalog.pending_import == 0
    assert report.imported > 0 and len(set(finder.catalog.table.ids)) == 24


def test_a_whole_tree_that_moves_keeps_everything(
    finder: Finder, fake_encoder, swatch_folder: Path, tmp_path: Path
) -> None:
    """Library and originals are moved to another drive together."""
    originals = tmp_path / "archive" / "originals"
    shutil.copytree(swatch_folder, originals)
    run_to_end(finder.import_paths([str(originals)]))
    ids = [s.id for s in finder.catalog.swatches]
    run_to_end(finder.label(ids[:2], Labels("plaid/gingham", None, 60.0)))
    run_to_end(finder.archive.edit(ids[:3], {"article": "20341", "weight": 185.0}, "spec"))
    before = [(s.id, s.labels, s.fields) for s in finder.catalog.swatches]
    finder.close()
    (tmp_path / "new drive").mkdir()
    shutil.move(tmp_path / "archive", tmp_path / "new drive" / "archive")
    moved = Finder(fake_encoder)
    place = tmp_path / "new drive" / "archive"
    run_to_end(moved.open_library(place / "library"))
    assert [(s.id, s.labels, s.fields) for s in moved.catalog.swatches] == before
    gone = run_to_end(moved.archive.check_originals())
    assert len(gone.missing) == 12
    assert all(moved._opened().thumbnail(i) for i in ids), "seen from thumbnails meanwhile"
    done = run_to_end(moved.archive.relink(ids[0], str(place / "originals" / "swatch-00.png")))
    assert (done.found, done.missing) == (12, 0)
    assert not run_to_end(moved.archive.check_originals()).missing
    moved.close()


def test_with_the_drive_of_the_originals_unplugged_it_still_finds(
    finder: Finder, swatch_folder: Path
) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    first = finder.catalog.swatches[0]
    away = swatch_folder.with_name("unplugged")
    swatch_folder.rename(away)
    result = run_to_end(finder.search(Query(swatch_id=first.id)))
    assert result.ranked(Preference(), 1)[0].swatch.id
    with pytest.raises(Exception, match="not there") as refused:
        run_to_end(finder.search(Query(path=first.path)))
    assert str(refused.value).endswith(".")
    report = run_to_end(finder.import_paths([str(away / "swatch-00.png")]))
    assert report.here == ((str(away / "swatch-00.png"), first.id),)
    assert finder.catalog.find(first.id).path == str(away / "swatch-00.png"), "found where it is now"


def test_a_backup_put_back_keeps_the_damaged_file_too(
    finder: Finder, fake_encoder, swatch_folder: Path
) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    folder, count = finder.catalog.folder, len(finder.catalog)
    finder.close()
    Library.open(folder).close()  # the day's backup
    (backup,) = backups(folder)
    file = folder / "library.fflib"
    raw = bytearray(file.read_bytes())
    raw[4096:20000] = bytes(20000 - 4096)
    file.write_bytes(raw)
    again = Finder(fake_encoder)
    with pytest.raises(LibraryError, match=r"damaged") as refused:
        run_to_end(again.open_library(folder))
    assert getattr(refused.value, "backup", None) is not None, "the sentence offers a backup"
    run_to_end(again.restore_backup(folder, backup))
    assert len(again.catalog) == count
    assert len(list(folder.glob("library*damaged*"))) == 1, "nothing is thrown away"
    again.close()


def test_a_library_of_the_first_schema_opens_and_takes_in(
    fake_encoder, swatch_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(FROZEN / "v1", tmp_path / "v1"))
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(folder))
    assert len(finder.catalog) == 4
    assert {s.scale_source for s in finder.catalog.swatches} == {""}, "who said it was not kept then"
    report = run_to_end(finder.import_paths([str(swatch_folder)]))
    assert report.imported == 12 and len(finder.catalog) == 16
    assert backups(folder), "a backup of the old version was made first"
    finder.close()


def test_a_library_open_elsewhere_says_by_whom_and_can_be_read(
    finder: Finder, fake_encoder, swatch_folder: Path
) -> None:
    run_to_end(finder.import_paths([str(swatch_folder)]))
    folder = finder.catalog.folder
    second = Finder(fake_encoder)
    with pytest.raises(LibraryError, match="open") as refused:
        run_to_end(second.open_library(folder))
    assert refused.value.can_read and str(refused.value).rstrip()[-1] in ".?"
    run_to_end(second.open_library(folder, read_only=True))
    assert len(second.catalog) == 12
    with pytest.raises(LibraryError, match="read only"):
        run_to_end(second.import_paths([str(swatch_folder)]))
    assert len(finder.catalog) == 12
    second.close()
