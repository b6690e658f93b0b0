"""A library's own encoder: taught in a process of its own, taken up, and given back."""

import importlib.util
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import EncoderError, FabricFinderError, LibraryError
from fabricfinder.domain.lesson import (
    FOLDER,
    UNFINISHED,
    Lesson,
    forget_own_encoder,
    lesson_from,
    own_lesson,
)
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import SHIPPED_CHECKPOINT, is_bundle, resource_path
from fabricfinder.domain.systems import CHOSEN_KEY, WANTED_KEY

if TYPE_CHECKING:
    from fabricfinder.library import Library

Steps = Generator[Progress, None, Any]
WAIT_S = 0.02
END_S = 3.0
OURS = "fabricfinder: "
NO_TORCH = (
    "Teaching needs the larger edition of fabricfinder, with torch, which is not installed here: "
    "pip install 'fabricfinder[train]'."
)
STANDARD = (
    "Teaching needs the studio edition of fabricfinder; this is the standard edition. Your library "
    "opens in both."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a library stands with its own encoder.

    Attributes:
        lesson: what its own encoder was taught, or None while it uses the one that ships.
        waiting: swatches its own encoder has not looked at yet; until there are none the other
            answers.
        hindrance: why nothing can be taught here, or "".
    """

    lesson: Lesson | None
    waiting: int
    hindrance: str


class Teaching:
    """Lessons for the open library; made by the Finder, which owns library and encoders."""

    def __init__(
        self,
        library: Callable[[], "Library"],
        encoders: Callable[[], tuple[Encoder, Encoder]],
        code_all: Callable[[Encoder], Steps],
        source: Callable[[Path], Encoder | None] | None = None,
    ) -> None:
        """Tie the parts together.

        Args:
            library: gives the open one, or raises when there is none or it cannot be written.
            encoders: the one that answers, and the one that ships.
            code_all: codes the library with an encoder and then lets it answer.
            source: loads a library's own encoder; None where it has none.
        """
        self._library, self._encoders = library, encoders
        self._code_all, self._source = code_all, source

    def fitting(self, library: "Library", shipped: Encoder) -> tuple[Encoder, str]:
        """The encoder whose codes answer for a library, and a quiet sentence or "".

        It is the library's own once that has looked at as many swatches as the one that ships.
        """
        try:
            own = self._source(library.folder) if self._source is not None else None
        except EncoderError:
            return shipped, (
                "What this library was taught cannot be used by this fabricfinder; the encoder "
                "that came with it answers."
            )
        if own is None:
            return shipped, ""
        counts = library.encoder_counts()
        if counts.get(own.id, 0) >= counts.get(shipped.id, 0):
            return own, ""
        return shipped, (
            "What was learned of your cloth waits until every swatch is looked at again."
        )

    def standing(self) -> Steps:
        """How the open library stands; returns Standing."""
        yield Progress("Looking up")
        library = self._library()
        lesson = own_lesson(library.folder)
        own = self._source(library.folder) if lesson and self._source else None
        waiting = len(library.ids_without(own.id)) if own is not None else 0
        return Standing(lesson if own is not None else None, waiting, hindrance())

    def learn(
        self, *, with_labels: bool = True, steps: int = 0, model: str = "",
        replay: int | None = None, labels: str = "",
    ) -> Steps:  # fmt: skip
        """Teach from the library's own pictures, and take up what is worth it; returns a Lesson.

        The process that learns ends with this generator; nothing half stays behind. A search in
        between is answered by the encoder of before.

        Args:
            with_labels: whether a person's labels are used.
            steps: of learning; 0 = as many as the library needs.
            model: the checkpoint to begin with; "" = the one that ships.
            replay: rendered cloths mixed in; None = as many as usual.
            labels: a file of labels used in place of the library's own; "" = the library's.

        Raises:
            FabricFinderError: it cannot be taught; the sentence says why.
        """
        if sentence := hindrance():
            raise FabricFinderError(sentence)
        folder = self._library().folder
        command = [*this_program(), "teach", "--library", str(folder), "--progress", "json"]
        command += [] if with_labels else ["--without-labels"]
        command += ["--steps", str(steps)] if steps else []
        command += ["--model", model] if model else []
        command += ["--labels", str(Path(labels).absolute())] if labels else []
        command += ["--replay", str(replay)] if replay is not None else []
        lesson: Lesson = yield from in_process(command, folder)
        if lesson.kept:
            yield from self.take_up()
        return lesson

    def take_up(self) -> Steps:
        """Look at every swatch with the library's own encoder, and let it answer from then on.

        Raises:
            LibraryError: the library has none.
        """
        library = self._library()
        own = self._source(library.folder) if self._source is not None else None
        if own is None:
            raise LibraryError("This library has not been taught anything yet.")
        before, shipped = self._encoders()
        another = library.meta_get(CHOSEN_KEY)
        yield from self._code_all(own)
        if before.id not in (own.id, shipped.id) and not another:
            library.drop_encoder(before.id)  # an earlier lesson's
        _choose_none(library)
        return own

    def go_back(self) -> Steps:
        """Let the encoder that ships answer again, and forget what was taught."""
        library = self._library()
        before, shipped = self._encoders()
        another = library.meta_get(CHOSEN_KEY)
        yield from self._code_all(shipped)
        forget_own_encoder(library.folder)
        if before.id != shipped.id and not another:
            library.drop_encoder(before.id)
        _choose_none(library)
        return shipped


def _choose_none(library: "Library") -> None:
    """What a library was taught takes the place of a model chosen before."""
    for key in (CHOSEN_KEY, WANTED_KEY):
        if library.meta_get(key):
            library.meta_set(key, "")


def hindrance() -> str:
    """Why nothing can be taught on this installation, in a sentence, or ""."""
    missing = [m for m in ("torch", "safetensors", "onnx") if importlib.util.find_spec(m) is None]
    if missing or not resource_path(SHIPPED_CHECKPOINT).is_file():
        return STANDARD if is_bundle() else NO_TORCH
    return ""


def this_program() -> list[str]:
    """The command that starts this very program again."""
    frozen = getattr(sys, "frozen", False)
    return [sys.executable] if frozen else [sys.executable, "-m", "fabricfinder"]


def in_process(command: Sequence[str], folder: Path) -> Steps:
    """Run a lesson in a process of its own, line by line; returns its Lesson.

    Closing the generator ends the process and removes what it has not finished.

    Raises:
        FabricFinderError: with the sentence the process ended with.
        RuntimeError: it ended without one.
    """
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    home = str(Path(__file__).resolve().parents[1])
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", creationflags=flags,
        env=os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": paths},
    )  # fmt: skip
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
    reader.start()
    try:
        return (yield from _followed(child, lines))
    finally:
        _end(child)
        reader.join(END_S)
        if child.stdout is not None:
            child.stdout.close()
        shutil.rmtree(folder / FOLDER / UNFINISHED, ignore_errors=True)


def _read(child: subprocess.Popen, lines: "queue.Queue[str | None]") -> None:
    """Hand over a process's lines, and None at the end; runs on a thread."""
    assert child.stdout is not None
    try:
        for line in child.stdout:
            lines.put(line)
    except ValueError:  # closed meanwhile
        pass
    lines.put(None)


def _followed(child: subprocess.Popen, lines: "queue.Queue[str | None]") -> Steps:
    """Turn lines into Progress until the process ends; returns the Lesson."""
    now = Progress("Getting ready to learn", unit="")
    said: list[str] = []
    lesson: Lesson | None = None
    yield now
    while True:
        try:
            line = lines.get(timeout=WAIT_S)
        except queue.Empty:
            yield now
            continue
        if line is None:
            break
        try:
            told = json.loads(line)
            if "lesson" in told:
                lesson = lesson_from(told["lesson"])
            else:
                now = Progress(told["phase"], told["done"], told["total"], told["unit"])
        except (ValueError, KeyError, TypeError):
            said.append(line.rstrip())
            continue
        yield now
    code = child.wait()
    if code == 0 and lesson is not None:
        return lesson
    sentences = [line.removeprefix(OURS) for line in said if line.startswith(OURS)]
    if sentences:
        raise FabricFinderError(sentences[-1])
    raise RuntimeError(f"the lesson ended with {code}: " + "\n".join(said[-20:]))


def _end(child: subprocess.Popen) -> None:
    """End a process that still runs."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def told(lesson: Lesson) -> str:
    """What came of a lesson, in a few plain sentences."""
    before, after = lesson.before, lesson.after
    held = f"the {lesson.held_back} swatches held back"
    found = f"a swatch photographed again {_of_100(before.recaptured)} -> " \
            f"{_of_100(after.recaptured)} of 100"  # fmt: skip
    if before.label_first == before.label_first:
        found += (
            f", another cloth of the same label first {_of_100(before.label_first)} -> "
            f"{_of_100(after.label_first)} of 100"
        )
    if lesson.kept:
        return f"It finds your cloth better, on {held}: {found}."
    return f"No better on {held} ({found}); nothing was changed."


def _of_100(share: float) -> str:
    return f"{100 * share:.0f}"
