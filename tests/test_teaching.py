"""A library's own encoder: the process it learns in, when it is taken up, and the way back."""

import json
import os
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabricfinder.domain.errors import EncoderError, FabricFinderError, LibraryError
from fabricfinder.domain.lesson import (
    CHECKPOINT_NAME,
    FOLDER,
    GRAPH_NAME,
    LESSON_NAME,
    UNFINISHED,
    Lesson,
    Marks,
    adopt,
    own_encoder,
    sweep,
)
from fabricfinder.domain.search import Query
from fabricfinder.eyes import best_encoder, taught_encoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.teaching import NO_TORCH, in_process, told

LESSON = Lesson(True, 18, 6, 4, 0, Marks(0.5), Marks(0.75), 1.5, "base", "taught")


def script(tmp_path: Path, body: str) -> list[str]:
    """A child program."""
    path = tmp_path / "child.py"
    path.write_text("import json, sys, time\n" + body, "utf-8")
    return [sys.executable, str(path)]


def test_a_process_is_followed_line_by_line(tmp_path) -> None:
    child = script(tmp_path, f"""
print("torch says something of its own")
for i in range(3):
    print(json.dumps(dict(phase="Learning your cloth", done=i, total=3, unit="steps")), flush=True)
print(json.dumps(dict(lesson={json.loads(LESSON.to_json())!r})))
""")  # fmt: skip
    seen = []
    operation = in_process(child, tmp_path)
    lesson = run_to_end(operation, seen.append)
    assert lesson.taught == "taught" and lesson.after.recaptured == 0.75
    assert lesson.before.label_map != lesson.before.label_map  # nan came through
    steps = [p.done for p in seen if p.phase == "Learning your cloth"]
    assert set(steps) == {0, 1, 2} and steps == sorted(steps)


def test_closing_ends_the_process_and_leaves_nothing_half(tmp_path) -> None:
    work = tmp_path / FOLDER / UNFINISHED
    work.mkdir(parents=True)
    (work / "macro.npy").write_bytes(b"half")
    child = script(tmp_path, f"""
import os
open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
print(json.dumps(dict(phase="Learning your cloth", done=1, total=9, unit="steps")), flush=True)
time.sleep(600)
""")  # fmt: skip
    operation = in_process(child, tmp_path)
    deadline = time.monotonic() + 60
    while next(operation).done != 1:
        assert time.monotonic() < deadline
    pid = int((tmp_path / "pid").read_text())
    operation.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not work.exists()


def test_its_own_sentence_is_what_she_reads(tmp_path) -> None:
    child = script(tmp_path, """
print("a warning")
print("fabricfinder: There are too few swatches to learn from.", file=sys.stderr)
sys.exit(1)
""")  # fmt: skip
    with pytest.raises(FabricFinderError, match="^There are too few swatches"):
        run_to_end(in_process(child, tmp_path))
    child = script(tmp_path, "raise KeyError('a bug')")
    with pytest.raises(RuntimeError, match="a bug"):
        run_to_end(in_process(child, tmp_path))


def test_an_own_encoder_is_taken_up_in_one_step(tmp_path) -> None:
    for name in ("first", "second"):
        work = tmp_path / FOLDER / UNFINISHED
        work.mkdir(parents=True)
        (work / GRAPH_NAME).write_text(name)
        assert own_encoder(tmp_path) is None or name == "second"
        place = adopt(tmp_path, work, name)
        assert own_encoder(tmp_path) == place and not work.exists()
    assert sorted(e.name for e in (tmp_path / FOLDER).iterdir()) == ["current", "second"]
    (tmp_path / FOLDER / UNFINISHED).mkdir()
    sweep(tmp_path)  # after a crash
    assert sorted(e.name for e in (tmp_path / FOLDER).iterdir()) == ["current", "second"]
    (tmp_path / FOLDER / "current").write_text("../elsewhere")
    assert own_encoder(tmp_path) is None


@pytest.fixture
def taught(fake_encoder: Any) -> Any:
    """Another encoder, as a lesson would have made it."""
    other = type(fake_encoder)(seed=8)
    other.id = "taught-64/fp32"
    return other


@pytest.fixture
def own() -> dict[str, Any]:
    """What a library's own encoder is now, under "encoder"."""
    return {}


@pytest.fixture
def finder(
    fake_encoder: Any, own: dict, tmp_path: Path, swatch_folder: Path
) -> Any:
    """A finder with twelve swatches imported, whose library has what ``own`` says."""
    finder = Finder(fake_encoder, own_source=lambda folder: own.get("encoder"))
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    yield finder
    finder.close()


def asked(finder: Finder) -> str:
    """Search with the first swatch; which encoder answered."""
    result = run_to_end(finder.search(Query(swatch_id=finder.catalog.swatches[0].id)))
    assert len(result.table) == 12
    return result.table.encoder


def test_the_old_codes_answer_until_the_new_are_complete(finder, own, taught, fake_encoder) -> None:
    own["encoder"] = taught
    operation = finder.teaching.take_up()
    steps = 0
    for _ in operation:
        assert asked(finder) == fake_encoder.id
        steps += 1
    assert steps > 1 and asked(finder) == taught.id
    assert finder.catalog.other_codes == 0


def test_a_taking_up_that_was_stopped_goes_on_later(finder, own, taught, fake_encoder) -> None:
    own["encoder"] = taught
    operation = finder.teaching.take_up()
    while not finder._library.encoder_counts().get(taught.id):
        next(operation)
    operation.close()
    assert asked(finder) == fake_encoder.id
    folder = finder.catalog.folder
    again = Finder(fake_encoder, own_source=lambda folder: own["encoder"])
    finder.close()
    try:
        notices = []
        run_to_end(again.open_library(folder), lambda p: notices.append(p.notice))
        assert any("waits until every swatch" in notice for notice in notices)
        assert asked(again) == fake_encoder.id
        run_to_end(again.teaching.take_up())
        assert asked(again) == taught.id
    finally:
        again.close()


def test_a_library_is_opened_with_its_own_encoder(finder, own, taught, fake_encoder) -> None:
    own["encoder"] = taught
    run_to_end(finder.teaching.take_up())
    folder = finder.catalog.folder
    finder.close()
    again = Finder(fake_encoder, own_source=lambda folder: own.get("encoder"))
    try:
        run_to_end(again.open_library(folder))
        assert asked(again) == taught.id
        run_to_end(again.open_library(folder.parent / "another", create=True))
        own.clear()
        run_to_end(again.open_library(folder))
        assert asked(again) == fake_encoder.id  # the shipped one's codes were kept

        def broken(folder: Path) -> None:
            raise EncoderError("taught.onnx is damaged.")

        again.teaching._source = broken
        run_to_end(again.open_library(folder.parent / "another"))
        notices: list[str] = []
        run_to_end(again.open_library(folder), lambda p: notices.append(p.notice))
        assert asked(again) == fake_encoder.id
        assert any("cannot be used" in notice for notice in notices)
    finally:
        again.close()


def test_going_back_forgets_what_was_taught(finder, own, taught, fake_encoder) -> None:
    with pytest.raises(LibraryError, match="not been taught"):
        run_to_end(finder.teaching.take_up())
    own["encoder"] = taught
    run_to_end(finder.teaching.take_up())
    (finder.catalog.folder / FOLDER).mkdir()
    run_to_end(finder.teaching.go_back())
    assert asked(finder) == fake_encoder.id
    assert not (finder.catalog.folder / FOLDER).exists()
    assert finder._library.encoder_counts() == {fake_encoder.id: 12}


def test_an_earlier_lesson_makes_way_for_a_later(finder, own, taught, fake_encoder) -> None:
    own["encoder"] = taught
    run_to_end(finder.teaching.take_up())
    later = type(fake_encoder)(seed=9)
    later.id = "later-64/fp32"
    own["encoder"] = later
    run_to_end(finder.teaching.take_up())
    assert finder._library.encoder_counts() == {fake_encoder.id: 12, later.id: 12}


def test_standing_tells_what_waits(finder, own, taught) -> None:
    standing = run_to_end(finder.teaching.standing())
    assert standing.lesson is None and standing.waiting == 0
    place = finder.catalog.folder / FOLDER / "taught"
    place.mkdir(parents=True)
    (place / GRAPH_NAME).touch()
    (place / LESSON_NAME).write_text(LESSON.to_json())
    (place.parent / "current").write_text("taught")
    own["encoder"] = taught
    standing = run_to_end(finder.teaching.standing())
    assert standing.lesson.swatches == 18 and standing.waiting == 12


def test_a_lesson_worth_keeping_is_taken_up(finder, own, taught, monkeypatch) -> None:
    """The whole operation, with a stand-in for the process."""

    def process(command: list[str], folder: Path) -> Any:
        assert command[-3:] == ["--progress", "json", "--without-labels"]
        yield from ()
        own["encoder"] = taught
        return LESSON

    monkeypatch.setattr("fabricfinder.teaching.in_process", process)
    assert run_to_end(finder.teaching.learn(with_labels=False)) == LESSON
    assert asked(finder) == taught.id


def test_without_torch_the_sentence_says_so(finder, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(FabricFinderError, match="torch") as caught:
        run_to_end(finder.teaching.learn())
    assert str(caught.value) == NO_TORCH


def test_the_eyes_prefer_what_a_library_was_taught(untrained_graph, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("FABRICFINDER_MODEL", raising=False)
    monkeypatch.setattr("fabricfinder.eyes.may_have_graphics_card", lambda: False)
    assert taught_encoder(tmp_path, print) is None
    shipped = best_encoder(print, tmp_path)
    work = tmp_path / FOLDER / UNFINISHED
    work.mkdir(parents=True)
    shutil.copy(untrained_graph, work / GRAPH_NAME)
    shutil.copy(untrained_graph.with_suffix(".safetensors"), work / CHECKPOINT_NAME)
    adopt(tmp_path, work, "taught")
    own = best_encoder(print, tmp_path)
    assert own.id != shipped.id and own.card.command == "a test"
    assert best_encoder(print).id == shipped.id
    monkeypatch.setenv("FABRICFINDER_MODEL", str(untrained_graph))
    assert taught_encoder(tmp_path, print) is None  # asked for by name: nothing else


def test_what_came_of_it_is_told_in_words() -> None:
    assert "50 -> 75 of 100" in told(LESSON) and "finds your cloth better" in told(LESSON)
    worse = replace(LESSON, kept=False, after=Marks(0.4, 0.2, 0.2), before=Marks(0.5, 0.3, 0.3))
    assert "nothing was changed" in told(worse) and "30 -> 20" in told(worse)


@pytest.fixture
def real(tmp_path: Path) -> Any:
    """A finder with the shipped encoder and a library of 26 drawn cloths."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(26):
        rng = np.random.default_rng(seed)
        image = rng.integers(0, 255, (8, 8, 3), np.uint8).repeat(16, 0).repeat(16, 1)
        Image.fromarray(image).save(folder / f"{seed}.png")
    finder = Finder(best_encoder(print), own_source=lambda place: taught_encoder(place, print))
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(folder)]))
    yield finder
    finder.close()


def test_the_real_process_reads_the_open_library_and_can_be_stopped(real: Finder) -> None:
    place = real.catalog.folder / FOLDER
    operation = real.teaching.learn(steps=1, replay=0)
    for progress in operation:
        if progress.phase == "Seeing how well it finds now":
            break
        assert progress.phase in ("Getting ready to learn", "Reading your cloth")
    assert (place / UNFINISHED / "macro.npy").exists()
    operation.close()
    assert not list(place.iterdir()) and len(real.catalog.table) == 26


@pytest.mark.slow
def test_the_real_process_teaches_and_tells(real: Finder, untrained_graph: Path) -> None:
    """Two steps of learning: the process reads, learns, judges and tells."""
    seen: list[str] = []
    lesson = run_to_end(
        real.teaching.learn(
            steps=2, replay=0, model=str(untrained_graph.with_suffix(".safetensors"))
        ),
        lambda p: seen.append(p.phase),
    )
    assert lesson.swatches + lesson.held_back == 26 and lesson.labels == 0
    assert {"Reading your cloth", "Learning your cloth"} <= set(seen)
    assert (own_encoder(real.catalog.folder) is not None) == lesson.kept
    assert not (real.catalog.folder / FOLDER / UNFINISHED).exists()
