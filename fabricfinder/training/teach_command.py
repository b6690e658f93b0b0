"""``fabricfinder teach --progress json``: one lesson in a process of its own, told line by line."""

import argparse
import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.lesson import FOLDER, UNFINISHED, Lesson, adopt, sweep
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import SHIPPED_CHECKPOINT, resource_path
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.exchange import read_opinions
from fabricfinder.labelling.refitting import labels_in_force
from fabricfinder.library import Library
from fabricfinder.training.originals import BYTES_A_PICTURE, Original
from fabricfinder.training.teaching import Plan, teach

MOST_SWATCHES = 3000
NOT_THE_CLOTH = ("back", "selvedge")  # views of an article that look otherwise than its face
NICENESS = 10
SPARE_BYTES = 100_000_000
MOST_THREADS = 8


def teach_command(arguments: argparse.Namespace) -> int:
    """Teach in this process; prints progress and at last the lesson, a JSON object a line.

    The library is only read; a lesson worth keeping is put beside it in one step.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)  # she goes on working meanwhile
    torch.set_num_threads(min(MOST_THREADS, os.cpu_count() or 1))
    folder = Path(arguments.library)
    start = Path(arguments.model) if arguments.model else resource_path(SHIPPED_CHECKPOINT)
    with Library.open(folder, read_only=True) as library:
        swatches = library.swatches()
        if arguments.labels:
            swatches = labelled_by(Path(arguments.labels), swatches, library.vocabulary())
        originals = originals_of(swatches)
    plan = Plan(
        steps=arguments.steps, with_labels=not arguments.without_labels, replay=arguments.replay
    )
    lesson_in(folder, originals, start, plan, _print_progress)
    return 0


def _print_progress(line: dict) -> None:
    print(json.dumps(line), flush=True)


def lesson_in(
    folder: Path, originals: list[Original], start: Path, plan: Plan, tell: Callable[[dict], None]
) -> Lesson:
    """Teach from originals, with what is kept in a library's folder; ``tell`` gets every line.

    Raises:
        FabricFinderError: it cannot be taught, or the disk is full.
    """
    sweep(folder)
    work = folder / FOLDER / UNFINISHED
    try:
        work.mkdir(parents=True)
        _require_room(work, len(originals))
        lesson = _stepped(teach(originals, start, work, plan), tell)
        if lesson.kept:
            for array in work.glob("*.npy"):
                array.unlink()
            adopt(folder, work, lesson.taught)
    except OSError as error:
        raise FabricFinderError(
            f"What is learned cannot be written to {folder} ({error.strerror or error})."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tell({"lesson": json.loads(lesson.to_json())})
    return lesson


def _require_room(folder: Path, pictures: int) -> None:
    """Refuse before a disk is full: a file mapped into memory would end the process there."""
    needed = pictures * BYTES_A_PICTURE + SPARE_BYTES
    if shutil.disk_usage(folder).free < needed:
        raise FabricFinderError(
            f"While it learns it needs {needed / 1e9:.1f} GB of free space on the disk of the "
            "library; make room there and start again."
        )


def _stepped(operation: object, tell: Callable[[dict], None]) -> Lesson:
    """Run a lesson to its end."""
    while True:
        try:
            progress: Progress = next(operation)
        except StopIteration as stop:
            return stop.value
        tell({"phase": progress.phase, "done": progress.done, "total": progress.total,
              "unit": progress.unit})  # fmt: skip


def labelled_by(
    path: Path, swatches: tuple[Swatch, ...], words: Vocabulary
) -> tuple[Swatch, ...]:
    """Swatches with what a file of labels says of them, and nothing else.

    Args:
        path: written by ``fabricfinder labels export``; CSV, JSON or COCO-style JSON.
        swatches: known by id, else by path.
        words: the library's vocabulary; the file's own terms are added.

    Raises:
        FabricFinderError: it is no such file, or speaks of no swatch that is here.
    """
    read = read_opinions(path, swatches, words)
    words = words.with_terms(read.terms) if read.terms else words
    found: dict[str, dict[str, str | float]] = {}
    for dimension in ("coarse", "fine", "tightness"):
        for swatch_id, opinion in labels_in_force(read.opinions, dimension).items():
            value = opinion.value
            value = words.shipped(value) if isinstance(value, str) else float(value)
            found.setdefault(swatch_id, {})[dimension] = value
    if not found:
        raise FabricFinderError(f"{path.name} speaks of no picture of this library.")
    return tuple(replace(s, labels=Labels(**found.get(s.id, {}))) for s in swatches)


def originals_of(swatches: Iterable[Swatch], at_most: int = MOST_SWATCHES) -> list[Original]:
    """What a lesson may be taught from; of a larger library the labelled first, then by lot."""
    taxonomy = default_taxonomy()
    found = []
    for swatch in swatches:
        if swatch.view in NOT_THE_CLOTH:
            continue
        article = str(swatch.fields.get("article") or "")
        colourway = str(swatch.fields.get("colourway") or "")
        labels = swatch.labels
        found.append(
            Original(
                swatch.path, swatch.px_per_cm,
                f"{article}\n{colourway}" if article else swatch.id, article or swatch.id,
                taxonomy.coarse_index.get(labels.coarse or "", -1),
                taxonomy.fine_index.get(labels.fine or "", -1),
                math.nan if labels.tightness is None else labels.tightness,
            )
        )  # fmt: skip
    if len(found) > at_most:
        found.sort(key=lambda o: (not o.labelled, _lot(o.path)))
    return sorted(found[:at_most], key=lambda o: _lot(o.path))


def _lot(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).digest()
