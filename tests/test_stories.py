"""Stories of whole days at the command line, with the model that ships, on rendered cloth."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.__main__ import main
from fabricfinder.domain.search import Query
from fabricfinder.finder import Finder
from fabricfinder.jobs import URGENT, JobRunner, run_to_end
from fabricfinder.library import Library

ROOT = Path(__file__).resolve().parents[1]
FABRICS, CAPTURES = 10, 3

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(capsys) -> Run:
    """The command line in this process; what it says on stdout and stderr, ending with 0."""
    assert (ROOT / "resources" / "dvsh-128.onnx").is_file(), "the model ships with the program"

    def command(*arguments: object, code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        ended = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        assert ended == code, err
        return out, err

    return command


@pytest.fixture(scope="module")
def cloth(tmp_path_factory) -> Path:
    """Ten fabrics, three captures each, and their exact labels."""
    folder = tmp_path_factory.mktemp("cloth")
    arguments = ["--fabrics", str(FABRICS), "--captures", str(CAPTURES), "--seed", "77"]
    assert main(["synthesize", "--out", str(folder), *arguments]) == 0
    return folder


def rows_of(cloth: Path) -> list[dict[str, str]]:
    with (cloth / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def archive_of(cloth: Path, folder: Path) -> Path:
    """The captures that lie in the archive (all but the last of each fabric), with their sheet."""
    (folder / "images").mkdir(parents=True)
    kept = [row for row in rows_of(cloth) if int(row["capture"]) < CAPTURES - 1]
    for row in kept:
        (folder / row["path"]).write_bytes((cloth / row["path"]).read_bytes())
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(kept[0]))
        writer.writeheader()
        writer.writerows(kept)
    return folder


def test_a_new_scrap_of_a_cloth_in_the_archive_is_found(run, cloth, tmp_path) -> None:
    """She scans an archive, imports it with its sheet, and asks with new photographs."""
    archive = archive_of(cloth, tmp_path / "archive")
    out, err = run("import", "--library", tmp_path / "library", "--labels",
                   archive / "labels.csv", archive / "images")  # fmt: skip
    assert out.startswith(f"{FABRICS * (CAPTURES - 1)} imported") and err == ""
    with Library.open(tmp_path / "library") as library:
        known = {Path(s.path).name: s for s in library.swatches()}
    fabric_of = {}
    for row in rows_of(cloth):
        name = Path(row["path"]).name
        fabric_of[name] = row["fabric"]
        if name in known:
            swatch = known[name]
            assert swatch.labels.coarse == row["coarse_minor"]
            assert swatch.labels.fine == row["fine"]
            assert swatch.labels.tightness == pytest.approx(float(row["tightness"]))
            assert swatch.fields["ends_per_cm"] == pytest.approx(float(row["ends_per_cm"]))
            assert swatch.fields["design"] == row["design"]
    scraps = [cloth / r["path"] for r in rows_of(cloth) if int(r["capture"]) == CAPTURES - 1]
    out, err = run("query", "--library", tmp_path / "library", "--json", "--top", 3, *scraps)
    answers = [json.loads(line) for line in out.splitlines()]
    assert err == "" and [a["query"] for a in answers] == [str(s) for s in scraps]
    first = [fabric_of[Path(a["results"][0]["path"]).name] for a in answers]
    right = [fabric_of[s.name] == found for s, found in zip(scraps, first, strict=True)]
    assert np.mean(right) >= 0.6  # by chance one in ten


def test_the_archive_moves_and_is_found_again(run, cloth, tmp_path) -> None:
    """Her pictures and her library change their places; nothing is imported twice or lost."""
    archive, library = archive_of(cloth, tmp_path / "archive"), tmp_path / "library"
    run("import", "--library", library, archive / "images")
    archive.rename(tmp_path / "shelf 7")
    library.rename(tmp_path / "new place")
    archive, library = tmp_path / "shelf 7", tmp_path / "new place"
    out, _ = run("import", "--library", library, archive / "images")
    assert out.startswith("0 imported, 20 already here")
    picture = sorted((archive / "images").iterdir())[0]
    out, _ = run("query", "--library", library, "--json", "--top", 99, picture)
    found = json.loads(out)["results"]
    assert len(found) == 20 and found[0]["path"] == str(picture) and found[0]["hamming"] == 0
    assert all(Path(result["path"]).is_file() for result in found)


def test_codes_for_a_colleague_rank_as_the_library_does(run, cloth, tmp_path) -> None:
    """The exported codes give the very distances the search shows."""
    archive, library = archive_of(cloth, tmp_path / "archive"), tmp_path / "library"
    run("import", "--library", library, archive / "images")
    run("encode", archive / "images", "--out", tmp_path / "codes.npz")
    picture = sorted((archive / "images").iterdir())[3]
    out, _ = run("query", "--library", library, "--json", "--rank", "hamming", "--top", 99, picture)
    answer = json.loads(out)
    with np.load(tmp_path / "codes.npz") as made:
        assert str(made["encoder"]) == answer["encoder"]
        codes = dict(zip(made["paths"].tolist(), made["codes"], strict=True))
    for result in answer["results"]:
        differing = np.bitwise_count(codes[result["path"]] ^ codes[str(picture)]).sum()
        assert result["hamming"] == differing


def test_evaluating_the_cloth_beats_its_floors(run, cloth) -> None:
    """Re-captured rendered cloth is found more often than a random ranking finds it."""
    out, _ = run("evaluate", "recaptures", "--folder", cloth, "--json")
    ours = json.loads(out.splitlines()[0])
    recall = next(f for f in ours["figures"] if f["name"] == "recall@1")
    assert recall["n"] == FABRICS and recall["value"] > 3 * recall["floor"]


def test_a_search_overtakes_a_running_import(fake_encoder, swatch_folder, tmp_path) -> None:
    """She drops a scrap while her archive is still coming in, twice."""
    finder, runner = Finder(fake_encoder), JobRunner()
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    bringing = runner.submit("import", lambda: finder.import_paths([str(swatch_folder)]))
    query = Query(path=str(swatch_folder / "swatch-11.png"))
    searches: list[int] = []
    ended: list[tuple[int, object]] = []
    while not runner.idle:
        for event in runner.step():
            if event.kind == "progress" and event.job == bringing and len(searches) < 2:
                if event.progress.done >= 3 * (1 + len(searches)):
                    start = lambda: finder.search(query)  # noqa: E731
                    searches.append(runner.submit("search", start, priority=URGENT))
            assert event.kind not in ("failed", "cancelled"), event
            if event.kind == "done":
                ended.append((event.job, event.value))
    assert [job for job, _ in ended] == [*searches, bringing]
    (_, first), (_, second), (_, report) = ended
    assert first.n_searched <= second.n_searched <= 12 and report.imported == 12
    assert len(finder.catalog.table) == 12
    finder.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent another way there")
def test_ctrl_c_keeps_what_was_done_and_the_same_command_goes_on(
    untrained_graph, tmp_path
) -> None:
    """She stops an import with Ctrl-C and starts it again after lunch."""
    library, pictures, n = tmp_path / "library", tmp_path / "pictures", 900
    pictures.mkdir()
    for i in range(n):
        dots = np.random.default_rng(i).integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(dots).save(pictures / f"{i}.png")
    command = [sys.executable, "-m", "fabricfinder", "import", "--library", library, pictures]
    environment = os.environ | {"FABRICFINDER_MODEL": str(untrained_graph)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT, "env": environment}
    # Whoever started the tests in the background made SIGINT ignored, which children inherit.
    program = subprocess.Popen(
        command, **pipes, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    give_up = time.monotonic() + 120
    while not list((library / "thumbnails").glob("*/*.jpg")) and time.monotonic() < give_up:
        time.sleep(0.005)
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out) == (1, b""), err
    assert err == b"fabricfinder: stopped; what was done is kept.\n"
    with Library.open(library) as opened:
        before = len(opened)
        assert before < n and before + len(opened.pending_import()) == n
    program = subprocess.Popen(command, **pipes)
    out, err = program.communicate(timeout=280)
    assert program.returncode == 0 and err == b""
    assert out.startswith(f"{n - before} imported, {before} already".encode())
