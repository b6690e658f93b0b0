"""An import killed at any moment goes on: nothing lost, nothing doubled, nothing damaged."""

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library
from fabricfinder.library.descriptor_rows import read_table

WORKER = Path(__file__).with_name("killed_import.py")


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), str(folder)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _storm(folder: Path, synthetic: ModuleType, kills: int, files: int, longest_s: float) -> None:
    paths = [f"/cloth/drawer/swatch {number}.jpg" for number in range(files)]
    with Library.create(folder) as library:
        library.queue_import(paths)
    rng = random.Random(files)
    died_at_work = 0
    for _ in range(kills):
        worker = _start(folder)
        assert worker.stdout is not None
        if rng.random() < 0.8:
            assert worker.stdout.readline() == "open\n"
        time.sleep(rng.uniform(0, longest_s))
        worker.kill()
        worker.communicate()
        # Looking does not mend: this is the file as the kill left it.
        with Library.open(folder, read_only=True) as library:
            done, pending = len(library.swatches()), library.pending_count()
            assert done == len(library.known()) == len(library.table(synthetic.ENCODER))
        died_at_work += 0 < pending < files
        _check(folder)
    assert died_at_work, "no kill fell into the import; give it more files"
    worker = _start(folder)
    _, errors = worker.communicate(timeout=120)
    assert worker.returncode == 0, errors
    _check_all(folder, synthetic, paths)


def _check(folder: Path) -> None:
    database = sqlite3.connect(folder / "library.fflib")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.execute("INSERT INTO words(words) VALUES ('integrity-check')")
    counts = {
        database.execute(f"SELECT count(*) FROM {table}").fetchone()
        for table in ("swatch", "descriptor", "words")
    }
    assert len(counts) == 1, counts
    for (digest,) in database.execute("SELECT id FROM swatch").fetchall():
        jpeg = (folder / "thumbnails" / digest[:2] / f"{digest}.jpg").read_bytes()
        assert jpeg.startswith(b"\xff\xd8") and jpeg.endswith(b"\xff\xd9")
    database.close()


def _check_all(folder: Path, synthetic: ModuleType, paths: list[str]) -> None:
    numbers = [number for number in range(len(paths)) if number % 10 != 9]
    with Library.open(folder) as library:
        assert library.pending_import() == [] and library.problems() == ()
        swatches = library.swatches()
        assert [s.id for s in swatches] == [synthetic.digest(number) for number in numbers]
        for path in paths:
            number = int(path.rsplit(" ", 1)[1].removesuffix(".jpg"))
            cloth = number - 1 if number % 10 == 9 else number
            new = synthetic.new_swatch(cloth)
            assert library.seen(path, new.file_size, new.mtime_ns) == synthetic.digest(cloth)
        assert swatches[0].labels == Labels("stripe/pin", None, 60.0)
        labelled = {s.id for s in swatches[1:] if s.labels == Labels("plaid/gingham")}
        assert labelled == {synthetic.digest(n) for n in numbers[1:] if n % 4 == 0}
        _, truth = read_table(library._db, synthetic.ENCODER, default_taxonomy())
        table = library.table(synthetic.ENCODER)
        assert table.ids == truth.ids == tuple(s.id for s in swatches)
        for name in ("codes", "coarse", "fine", "tightness", "palettes", "certain"):
            np.testing.assert_array_equal(getattr(table, name), getattr(truth, name))
        for number in numbers:
            assert library.thumbnail(synthetic.digest(number)) == synthetic.jpeg(number)
    left = [p.name for p in folder.rglob("*") if p.name.endswith(".tmp")]
    assert left == []
    assert len(list(folder.glob("thumbnails/*/*.jpg"))) == len(numbers)


def test_three_kills(tmp_path: Path, synthetic: ModuleType) -> None:
    _storm(tmp_path / "library", synthetic, kills=3, files=1000, longest_s=0.25)


@pytest.mark.slow
def test_twenty_kills(tmp_path: Path, synthetic: ModuleType) -> None:
    _storm(tmp_path / "library", synthetic, kills=20, files=12_000, longest_s=0.5)
