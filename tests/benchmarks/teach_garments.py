"""Teach it my cloth, proved on real photographs: one half teaches, the other half is searched.

    python tests/benchmarks/teach_garments.py PHOTOS [--out DIR] [--model FILE] [--limit N]

PHOTOS is a folder with labels.csv (path, label, near_duplicate_group). Groups of near-duplicates
are dealt into halves by seed 0; the first half becomes a library, once without a single label and once
with them, and is taught as the window teaches. The other half is searched by the real protocol
(every picture asks, whole ranking, its own group left out, tie-aware) before and after. A lesson
that its own gate throws away counts as no change, and is said to be one.
"""

import argparse
import csv
import json
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from fabricfinder.domain.descriptor import table_of
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.lesson import GRAPH_NAME, Lesson, own_encoder
from fabricfinder.encoding import OnnxEncoder, load_default_encoder
from fabricfinder.evaluation.labelled import LabelledSet, read_labelled
from fabricfinder.evaluation.protocols import evaluate_photos
from fabricfinder.evaluation.report import Report
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.pictures import CODE_ONLY, EVEN, TEXTURE, Searches, look_at_all
from fabricfinder.measuring.pictures import numbers
from fabricfinder.teaching import told

# What a label of these photographs is in the taxonomy: (coarse, fine); a weave is no pattern.
MEANING = {
    "argyle": ("pattern/argyle", ""), "checkered": ("plaid/other", ""),
    "dotted": ("pattern/dot", ""), "floral": ("pattern/floral-large", ""),
    "herringbone": ("", "herringbone"), "houndstooth": ("plaid/houndstooth", ""),
    "leopard": ("pattern/animal", ""), "paisley": ("pattern/paisley", ""),
    "striped": ("stripe/other", ""), "tartan": ("plaid/tartan", ""),
    "zebra": ("pattern/animal", ""),
}  # fmt: skip
SYSTEMS = (EVEN, TEXTURE, CODE_ONLY)
SEED = 0


def halves(labelled: LabelledSet) -> tuple[LabelledSet, LabelledSet]:
    """Two halves of the near-duplicate groups, dealt by seed 0."""
    groups = sorted(set(labelled.groups))
    order = np.random.default_rng(SEED).permutation(len(groups))
    first = {groups[i] for i in order[: len(groups) // 2]}
    return _part(labelled, first), _part(labelled, set(groups) - first)


def _part(labelled: LabelledSet, groups: set[str]) -> LabelledSet:
    rows = [i for i, group in enumerate(labelled.groups) if group in groups]
    columns = ([column[i] for i in rows] for column in
               (labelled.paths, labelled.labels, labelled.groups))  # fmt: skip
    return LabelledSet(labelled.name, *(tuple(column) for column in columns))


def thinned(labelled: LabelledSet, limit: int) -> LabelledSet:
    """At most ``limit`` pictures by lot, for a quick trial."""
    if not limit or len(labelled) <= limit:
        return labelled
    rows = np.sort(np.random.default_rng(SEED).permutation(len(labelled))[:limit])
    columns = ([column[i] for i in rows] for column in
               (labelled.paths, labelled.labels, labelled.groups))  # fmt: skip
    return replace(labelled, **dict(zip(("paths", "labels", "groups"), map(tuple, columns),
                                        strict=True)))  # fmt: skip


def make_library(folder: Path, half: LabelledSet, with_labels: bool) -> Finder:
    """A library of a half; its near-duplicates are one article."""
    table = folder.with_suffix(".csv")
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "article", "coarse", "fine"])
        for path, label, group in zip(half.paths, half.labels, half.groups, strict=True):
            coarse, fine = MEANING[label] if with_labels else ("", "")
            writer.writerow([str(path), f"group {group}", coarse, fine])
    finder = Finder(
        encoder_source=load_default_encoder,
        own_source=lambda place: _own(place),
    )
    run_to_end(finder.open_library(folder, create=True))
    paths = [str(path) for path in half.paths]
    report = run_to_end(finder.import_paths(paths, labels_csv=str(table)))
    say(f"{report.imported} imported, {report.labelled} labelled, "
        f"{len(report.problems)} problems")  # fmt: skip
    return finder


def _own(library: Path) -> Encoder | None:
    folder = own_encoder(library)
    return OnnxEncoder(folder / GRAPH_NAME) if folder is not None else None


def searched(encoder: Encoder, half: LabelledSet) -> dict[str, Report]:
    """The real protocol on a half, by each system."""
    seen = run_to_end(look_at_all(encoder, half.paths, baselines=False))
    searches = Searches(encoder, seen.descriptors, table_of(seen.descriptors, numbers(len(seen))))
    run_to_end(searches.run())
    return {name: evaluate_photos(searches.scores[name], half, system=name) for name in SYSTEMS}


def lesson_of(
    folder: Path, half: LabelledSet, with_labels: bool, asked: argparse.Namespace
) -> tuple[Lesson, Encoder | None]:
    """Make a library of a half and teach it; returns the lesson and the taught encoder or None."""
    finder = make_library(folder, half, with_labels)
    before = time.monotonic()
    told_at = [before]

    def watch(progress: object) -> None:
        if time.monotonic() - told_at[0] > 20:
            told_at[0] = time.monotonic()
            say(f"  {progress.phase} {progress.done} of {progress.total}")

    try:
        lesson = run_to_end(
            finder.teaching.learn(
                with_labels=with_labels, steps=asked.steps, model=asked.model, replay=asked.replay
            ),
            watch,
        )
    finally:
        finder.close()
    say(f"{told(lesson)} ({(time.monotonic() - before) / 60:.1f} min)")
    return lesson, _own(folder)


def say(line: str) -> None:
    """A line of progress on stderr."""
    print(line, file=sys.stderr, flush=True)


def rows_of(name: str, reports: dict[str, Report]) -> list[dict]:
    """P@1 and mAP of each system with their intervals."""
    return [
        {"state": name, "system": system, **{
            figure.name: [round(figure.value, 4), *(round(v, 4) for v in (figure.low, figure.high))]
            for figure in report.figures if not figure.group and figure.name in ("P@1", "mAP")}}
        for system, report in reports.items()
    ]  # fmt: skip


def main() -> None:
    """Teach twice, search thrice, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--out", type=Path, default=None, help="keep libraries and figures here")
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--replay", type=int, default=None, help="rendered cloths mixed in")
    parser.add_argument("--model", default="", help="checkpoint to begin with (.onnx beside it)")
    parser.add_argument("--limit", type=int, default=0, help="pictures in all, for a trial")
    arguments = parser.parse_args()
    if arguments.model:
        os.environ["FABRICFINDER_MODEL"] = str(Path(arguments.model).with_suffix(".onnx"))
    place = arguments.out or Path(tempfile.mkdtemp(prefix="teach-"))
    place.mkdir(parents=True, exist_ok=True)
    teaching, asked = halves(thinned(read_labelled(arguments.photos), arguments.limit))
    say(f"{len(teaching)} pictures teach, {len(asked)} are searched")
    states = {"before": searched(load_default_encoder(), asked)}
    lessons = {}
    for name, with_labels in (("without labels", False), ("with labels", True)):
        folder = place / name.replace(" ", "-")
        shutil.rmtree(folder, ignore_errors=True)
        lesson, encoder = lesson_of(folder, teaching, with_labels, arguments)
        lessons[name] = json.loads(lesson.to_json())
        states[f"taught {name}"] = searched(encoder, asked) if encoder else states["before"]
    rows = [row for name, reports in states.items() for row in rows_of(name, reports)]
    for row in rows:
        cells = [f"{key} {v[0]:.3f} ({v[1]:.3f}–{v[2]:.3f})" for key, v in row.items()
                 if isinstance(v, list)]  # fmt: skip
        print(f"{row['state']:22} {row['system']:40} {'  '.join(cells)}")
    for name, reports in states.items():
        if name != "before":
            for system in SYSTEMS:
                before, after = states["before"][system], reports[system]
                gain = np.nanmean(after.per_query["mAP"]) / np.nanmean(before.per_query["mAP"]) - 1
                print(f"{name:22} {system:40} mAP {100 * gain:+.0f} %")
    (place / "figures.json").write_text(json.dumps({"lessons": lessons, "rows": rows}, indent=1))
    if not arguments.out:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
