"""The program killed with ``kill -9`` at random moments of an import: nothing lost or doubled."""

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.encoding import OnnxEncoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.library import Library

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 120


@dataclass(frozen=True)
class Archive:
    """Pictures to import, and what a library of them must hold.

    Attributes:
        folder: where they lie.
        digest_of: absolute path -> content digest, of every readable file.
        unreadable: absolute paths of the others.
        codes: content digest -> packed code, by an import nobody disturbed.
        environment: for the program that imports them.
    """

    folder: Path
    digest_of: dict[str, str]
    unreadable: set[str]
    codes: dict[str, bytes]
    environment: dict[str, str]

    @property
    def paths(self) -> set[str]:
        return set(self.digest_of) | self.unreadable


def draw_archive(folder: Path, n: int) -> tuple[dict[str, str], set[str]]:
    """Write n small cloths, every tenth a copy of the one before, every 25th cut short."""
    folder.mkdir()
    rng = np.random.default_rng(n)
    digests: dict[str, str] = {}
    unreadable: set[str] = set()
    axis = np.arange(96)
    for i in range(n):
        path = folder / f"cloth-{i:04}.png"
        ground, stripe = rng.integers(0, 256, (2, 3))
        wave = (axis // (2 + i % 11) % 2)[None, :, None]
        pixels = np.broadcast_to(np.where(wave, ground, stripe), (96, 96, 3)).astype(np.uint8)
        Image.fromarray(np.ascontiguousarray(pixels)).save(path)
        if i % 10 == 9:
            path.write_bytes((folder / f"cloth-{i - 1:04}.png").read_bytes())
        elif i % 25 == 3 and i % 10 != 8:
            path.write_bytes(path.read_bytes()[:40])
            unreadable.add(str(path))
            continue
        digests[str(path)] = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    return digests, unreadable


@pytest.fixture(scope="module")
def make_archive(untrained_graph, tmp_path_factory):
    """Makes an Archive of n files, imported once without disturbance."""

    def make(n: int) -> Archive:
        work = tmp_path_factory.mktemp("archive")
        digests, unreadable = draw_archive(work / "pictures", n)
        finder = Finder(OnnxEncoder(untrained_graph))
        try:
            run_to_end(finder.open_library(work / "calm", create=True))
            run_to_end(finder.import_paths([str(work / "pictures")]))
            table = finder.catalog.table
            codes = {i: c.tobytes() for i, c in zip(table.ids, table.codes, strict=True)}
        finally:
            finder.close()
        assert set(codes) == set(digests.values())
        environment = os.environ | {"FABRICFINDER_MODEL": str(untrained_graph)}
        return Archive(work / "pictures", digests, unreadable, codes, environment)

    return make


def start(archive: Archive, library: Path) -> subprocess.Popen[bytes]:
    """The program, importing."""
    command = [sys.executable, "-m", "fabricfinder", "import", "--library", str(library)]
    return subprocess.Popen(
        [*command, str(archive.folder)], cwd=ROOT, env=archive.environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def stored_ids(library: Path) -> list[str]:
    """What another process sees committed, in order of arrival; [] while there is no library."""
    try:
        address = f"{(library / 'library.fflib').as_uri()}?mode=ro"
        database = sqlite3.connect(address, uri=True)
    except sqlite3.OperationalError:
        return []
    try:
        return [i for (i,) in database.execute("SELECT id FROM swatch ORDER BY row")]
    finally:
        database.close()


def kill_at(program: subprocess.Popen, library: Path, goal: int, late_s: float) -> list[str]:
    """Kill when ``goal`` swatches are stored and a little later; returns the ids last seen."""
    give_up = time.monotonic() + PATIENCE_S
    seen: list[str] = []
    while program.poll() is None and len(seen) < goal:
        assert time.monotonic() < give_up
        seen = stored_ids(library)
        time.sleep(0.002)
    time.sleep(late_s)
    seen = stored_ids(library) or seen
    program.kill()
    program.communicate()
    return seen


def check_as_the_kill_left_it(archive: Archive, library: Path, seen: list[str]) -> int:
    """Nothing stored is lost, nothing is there twice, nothing is half there; returns how many."""
    if not (library / "library.fflib").exists():
        assert seen == []
        return 0
    with Library.open(library, read_only=True) as opened:
        swatches = opened.swatches()
        ids = [s.id for s in swatches]
        assert ids[: len(seen)] == seen
        assert len(set(ids)) == len(ids) and set(ids) <= set(archive.codes)
        encoder = next(iter(opened.encoder_counts()), "")
        table = opened.table(encoder)
        assert list(table.ids) == ids
        assert all(c.tobytes() == archive.codes[i] for i, c in zip(ids, table.codes, strict=True))
        for swatch in swatches:
            jpeg = opened.thumbnail(swatch.id)
            assert jpeg is not None and jpeg.startswith(b"\xff\xd8")
            assert archive.digest_of[swatch.path] == swatch.id
        waiting = set(opened.pending_import())
        placed = {path for i in ids for path in opened.locations(i)}
        told = {p.path for p in opened.problems()}
    if ids or waiting or told:
        assert waiting | placed | told == archive.paths  # every file is somewhere
        assert not waiting & placed
    database = sqlite3.connect(library / "library.fflib")
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()
    return len(ids)


def check_complete(archive: Archive, library: Path) -> None:
    """The library holds exactly the archive, coded and placed as by an import in one go."""
    check_as_the_kill_left_it(archive, library, [])
    with Library.open(library) as opened:
        assert {s.id for s in opened.swatches()} == set(archive.codes)
        assert opened.pending_import() == []
        assert {p.path for p in opened.problems()} == archive.unreadable
        placed = {path: i for i in archive.codes for path in opened.locations(i)}
        assert placed == archive.digest_of
        thumbnails = {p.stem for p in (library / "thumbnails").rglob("*") if p.is_file()}
        assert thumbnails == set(archive.codes)  # and what the kills left behind is swept away


def kills(archive: Archive, work: Path, rng: random.Random) -> Iterator[tuple[Path, int, int]]:
    """Kill an import again and again, on a fresh library whenever one is complete.

    Yields the library, how many swatches were stored before the kill, and how many after it.
    """
    size = len(archive.codes)
    for number in range(1000):
        library = work / f"library-{number}"
        before = 0
        while before < size:
            goal = before + rng.choice((0, 0, 1, rng.randint(1, size)))
            program = start(archive, library)
            seen = kill_at(program, library, min(goal, size), rng.uniform(0, 0.8))
            after = check_as_the_kill_left_it(archive, library, seen)
            assert after >= before
            yield library, before, after
            before = after


def storm(archive: Archive, work: Path, n: int, seed: int) -> None:
    """Kill n times in mid-import, then let it finish, by the window's way and by the command's."""
    size, inside = len(archive.codes), 0
    library = work
    for library, _, after in kills(archive, work, random.Random(seed)):
        inside += 0 < after < size
        if inside >= n and after < size:
            break
    encoder = OnnxEncoder(Path(archive.environment["FABRICFINDER_MODEL"]))
    finder = Finder(encoder)
    try:
        catalog = run_to_end(finder.open_library(library))
        assert catalog.pending_import
        report = run_to_end(finder.resume_import())
        assert report.imported == size - len(catalog)
        assert finder.catalog.pending_import == 0 and len(finder.catalog) == size
    finally:
        finder.close()
    check_complete(archive, library)
    program = start(archive, library)
    said, errors = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0
    assert said.decode().startswith(f"0 imported, {len(archive.digest_of)} already here"), said
    assert len(errors.splitlines()) == len(archive.unreadable)
    check_complete(archive, library)


def test_an_import_killed_three_times_resumes_with_nothing_lost(make_archive, tmp_path) -> None:
    storm(make_archive(120), tmp_path, 3, seed=3)


@pytest.mark.slow
def test_twenty_kills(make_archive, tmp_path) -> None:
    storm(make_archive(400), tmp_path, 20, seed=20)
