"""What an encoder was taught from a designer's own library, how well it learned, and where it lies.

A library's own encoder is a folder ``encoder/<id>`` beside the library's database; the file
``encoder/current`` names the one in use, so that a lesson takes effect in a single rename.
"""

import json
import math
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FOLDER = "encoder"
CURRENT = "current"
UNFINISHED = "unfinished"
CHECKPOINT_NAME, GRAPH_NAME, LESSON_NAME = "taught.safetensors", "taught.onnx", "lesson.json"
# A second look at the same cloth moves a figure by this much without anything having changed.
SLACK = 0.01
WORTH = 0.01


@dataclass(frozen=True, slots=True)
class Marks:
    """How well the part of a library that was held back is found; shares in [0, 1].

    Attributes:
        recaptured: chance that another photograph of a swatch has it first, by code alone.
        label_first: chance that the nearest other article has the same label; nan = no labels.
        label_map: mean average precision of equal labels, other articles only; nan = no labels.
    """

    recaptured: float
    label_first: float = math.nan
    label_map: float = math.nan

    def not_worse_than(self, before: "Marks") -> bool:
        """Whether neither figure of the gate has fallen by more than SLACK."""
        return all(gain >= -SLACK for gain in self._gains(before))

    def better_than(self, before: "Marks") -> bool:
        """Whether nothing got worse, and something better by WORTH at least."""
        return self.not_worse_than(before) and max(self._gains(before)) >= WORTH

    def score(self) -> float:
        """The sum of the gate's figures: which of several states of a lesson is the best."""
        return self.recaptured + (0.0 if math.isnan(self.label_map) else self.label_map)

    def _gains(self, before: "Marks") -> list[float]:
        gains = (self.recaptured - before.recaptured, self.label_map - before.label_map)
        return [gain for gain in gains if not math.isnan(gain)]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson from a designer's library.

    Attributes:
        kept: whether the taught encoder is used from now on.
        swatches: pictures it was taught from; held_back: others it was judged by.
        labels: how many of the former a person had labelled; 0 = taught without labels.
        unread: originals that could not be read.
        before, after: on the part held back.
        minutes: it took.
        base: id of the encoder it began with; taught: id of the new one, "" where not kept.
    """

    kept: bool
    swatches: int
    held_back: int
    labels: int
    unread: int
    before: Marks
    after: Marks
    minutes: float
    base: str
    taught: str = ""

    def to_json(self) -> str:
        """One JSON object; nan as null."""
        raw = asdict(self)
        for name in ("before", "after"):
            raw[name] = {k: None if math.isnan(v) else v for k, v in raw[name].items()}
        return json.dumps(raw)


def lesson_from(raw: dict[str, Any]) -> Lesson:
    """Read what ``to_json`` wrote; ValueError when it is not that."""
    try:
        marks = {
            name: Marks(**{k: math.nan if v is None else float(v) for k, v in raw[name].items()})
            for name in ("before", "after")
        }
        return Lesson(**raw | marks)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no lesson ({error})") from error


def own_encoder(library: Path) -> Path | None:
    """The folder of a library's own encoder, or None when it uses the one that ships."""
    place = library / FOLDER
    try:
        name = (place / CURRENT).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    whole = name and Path(name).name == name and (place / name / GRAPH_NAME).is_file()
    return place / name if whole else None


def own_lesson(library: Path) -> Lesson | None:
    """The lesson a library's own encoder had, or None."""
    folder = own_encoder(library)
    if folder is None:
        return None
    try:
        return lesson_from(json.loads((folder / LESSON_NAME).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def adopt(library: Path, finished: Path, name: str) -> Path:
    """Make a folder of finished files the library's own encoder in one step; returns its place.

    Args:
        finished: a folder on the same disk, moved to ``encoder/<name>``.
        name: of the new encoder.

    Raises:
        OSError: it cannot be moved or written.
    """
    place = library / FOLDER / name
    if place.exists():
        shutil.rmtree(place)
    os.replace(finished, place)
    note = library / FOLDER / f"{CURRENT}.part"
    note.write_text(name, "utf-8")
    os.replace(note, library / FOLDER / CURRENT)
    sweep(library)
    return place


def sweep(library: Path) -> None:
    """Remove what an interrupted lesson left, and encoders no longer in use."""
    place, here = library / FOLDER, own_encoder(library)
    if place.is_dir():
        for entry in place.iterdir():
            if entry.is_dir() and entry != here:
                shutil.rmtree(entry, ignore_errors=True)


def forget_own_encoder(library: Path) -> None:
    """Go back to the encoder that ships; what the library was coded by it stays in the library."""
    (library / FOLDER / CURRENT).unlink(missing_ok=True)
    shutil.rmtree(library / FOLDER, ignore_errors=True)
