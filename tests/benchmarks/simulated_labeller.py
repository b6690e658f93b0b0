"""What labels are worth, and which order asks best: a simulated labeller on real photographs.

    python tests/benchmarks/simulated_labeller.py PHOTOS [--cache DIR] [--save FILE.json] [--plot PNG]

PHOTOS is a folder with labels.csv (path, label, near_duplicate_group). Three hundred pictures, dealt
by near-duplicate group alone, are never offered. A label is told when it is asked for, 25 at a time,
in the app's own orders; after each 25 the app's own head is fitted, and what it believes sorts the
queue anew. Five seeds, each with four fifths of the other pictures to ask about. Printed: macro
accuracy over the labels on the three hundred, and mAP among them by the app's own search; 95 %
intervals by Student's t over seeds. Pictures are looked at once and kept in --cache.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fabricfinder.domain.descriptor import TABLE_COLUMNS, DescriptorTable, table_of
from fabricfinder.domain.search import Query, SearchResult
from fabricfinder.domain.similarity import Weights, coarse_similarity
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.encoding import OnnxEncoder, load_default_encoder
from fabricfinder.evaluation.labelled import LabelledSet, read_labelled
from fabricfinder.evaluation.metrics import average_precision
from fabricfinder.jobs import run_to_end
from fabricfinder.labelling.heads import Head, Lessons, inputs, scales
from fabricfinder.labelling.judging import FEWEST, fitted, forecast
from fabricfinder.labelling.queue import LEAST_SURE, MOST_USEFUL, RANDOM, order_rows
from fabricfinder.measuring.pictures import look_at_all, numbers
from fabricfinder.retrieval.scan import search

# What each label counts as in the taxonomy; leopard and zebra are terms of her own there.
COUNTS_AS = {
    "argyle": "pattern/argyle", "checkered": "plaid/other", "dotted": "pattern/dot",
    "floral": "pattern/floral-large", "herringbone": "pattern/chevron",
    "houndstooth": "plaid/houndstooth", "leopard": "pattern/animal", "paisley": "pattern/paisley",
    "striped": "stripe/other", "tartan": "plaid/tartan", "zebra": "pattern/animal",
}  # fmt: skip
ORDERS = (RANDOM, LEAST_SURE, MOST_USEFUL)
SIZES = (25, 50, 100, 200, 400)
ASKED_AT_ONCE, TEST, OFFERED_SHARE, SEEDS = 25, 300, 0.8, 5
STUDENT_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 10: 2.262}
EVEN, TEXTURE = Weights(), Weights(1, 1, 0, 0)


@dataclass(frozen=True, eq=False)
class World:
    """The photographs as the app stores them, and what the labeller knows.

    Attributes:
        table: as the encoder sees them; relaxed: codes before binarising, float32 (n, bits).
        said: int (n,) into the labels; columns: int (11,) of the taxonomy; groups: (n,).
        test: bool (n,), never offered.
        results: the app's search of each test picture among them, its own group left out later.
    """

    table: DescriptorTable
    relaxed: np.ndarray
    labels: tuple[str, ...]
    said: np.ndarray
    columns: np.ndarray
    groups: np.ndarray
    test: np.ndarray
    results: list[SearchResult]


def say(line: str) -> None:
    """A line of progress on stderr."""
    print(line, file=sys.stderr, flush=True)


def held_out(groups: np.ndarray, wanted: int = TEST) -> np.ndarray:
    """Rows never offered, bool (n,): exactly ``wanted`` where groups allow, by their names alone."""
    names, sizes = np.unique(groups, return_counts=True)
    keys = [hashlib.sha256(str(name).encode()).digest() for name in names]
    taken, left = set(), wanted
    for at in sorted(range(len(names)), key=keys.__getitem__):
        if sizes[at] <= left:
            taken.add(names[at])
            left -= int(sizes[at])
    return np.isin(groups, list(taken))


def seen_table(encoder: OnnxEncoder, photos: LabelledSet, cache: Path) -> tuple:
    """The table of all photographs and their relaxed codes, from the cache where it is there."""
    names = hashlib.sha256("\n".join(map(str, photos.paths)).encode()).hexdigest()[:12]
    file = cache / f"labeller-{encoder.id.replace('/', '-')}-{names}.npz"
    if file.is_file():
        kept = np.load(file)
        columns = {name: kept[name] for name in TABLE_COLUMNS}
        return DescriptorTable(encoder.id, tuple(numbers(len(photos))), **columns), kept["relaxed"]

    def tell(progress: object) -> None:
        if progress.done % 200 == 0:
            say(f"looked at {progress.done} of {progress.total}")

    seen = run_to_end(look_at_all(encoder, photos.paths, baselines=False), tell)
    table = table_of(seen.descriptors, numbers(len(seen)))
    cache.mkdir(parents=True, exist_ok=True)
    columns = {name: getattr(table, name) for name in TABLE_COLUMNS}
    np.savez_compressed(file, relaxed=seen.relaxed, **columns)
    return table, seen.relaxed


def make_world(encoder: OnnxEncoder, photos: LabelledSet, cache: Path) -> World:
    """Look at everything once and search the test set once."""
    table, relaxed = seen_table(encoder, photos, cache)
    labels = tuple(sorted(set(photos.labels)))
    index = default_taxonomy().coarse_index
    groups = np.array(photos.groups)
    test = held_out(groups)
    part = table.take(test)
    swatches = tuple(Swatch(i, i, i, 1, 1) for i in part.ids)
    results = []
    for at, row in enumerate(np.flatnonzero(test)):
        query = part.descriptor(at)
        query = replace(query, encoding=replace(query.encoding, relaxed=relaxed[row]))
        results.append(run_to_end(search(query, swatches, part, Query(), blend=encoder.blend,
                                         layout=encoder.code_layout)))  # fmt: skip
    return World(
        table, relaxed, labels, np.array([labels.index(label) for label in photos.labels]),
        np.array([index[COUNTS_AS[label]] for label in labels]), groups, test, results,
    )  # fmt: skip


def head_of(world: World, rows: np.ndarray, x: np.ndarray) -> tuple[Head | None, Lessons | None]:
    """The app's head from the labels of some rows; None where the app would use none."""
    used = np.unique(world.said[rows])
    groups = world.groups[rows]
    if len(used) < 2 or len(set(groups)) < FEWEST:
        return None, None
    centre, spread = scales(x, world.table.coarse.shape[1] + world.table.fine.shape[1])
    lessons = Lessons((x[rows] - centre) / spread, world.table.coarse[rows],
                      np.searchsorted(used, world.said[rows]), world.columns[used], groups)  # fmt: skip
    weight, judged = run_to_end(fitted(lessons, "coarse"))
    if not judged.kept:
        return None, lessons
    classes = tuple(world.labels[k] for k in used)
    return Head("coarse", world.table.encoder, classes, world.columns[used], centre, spread,
                weight[:-1].astype(np.float32), weight[-1].astype(np.float32)), lessons  # fmt: skip


def macro_accuracy(world: World, head: Head | None, x: np.ndarray) -> float:
    """Share of each label named right among the eleven, averaged over them, on the test set."""
    test = world.test
    shares = np.array([(world.columns == c).sum() for c in world.columns])
    if head is None:
        chances = world.table.coarse[test][:, world.columns] / shares
    else:
        said, beliefs = head.chances(x[test], world.table.coarse[test])
        chances = beliefs[:, world.columns] / shares
        for k, name in enumerate(head.classes):
            chances[:, world.labels.index(name)] = said[:, k]
    best, truth = chances.argmax(axis=1), world.said[test]
    return float(np.mean([(best[truth == k] == k).mean() for k in np.unique(truth)]))


def retrieval(world: World, head: Head | None) -> tuple[float, float]:
    """mAP among the test pictures with what is believed now: weights 1,1,1,1 and 1,1,0,0."""
    part, said = world.table.take(world.test), world.said[world.test]
    groups = world.groups[world.test]
    beliefs = part.coarse if head is None else head.corrected(part)
    found = np.zeros((2, len(part)))
    for at, result in enumerate(world.results):
        scores, medians = result.scores.copy(), result.medians.copy()
        scores[:, 0] = np.round(coarse_similarity(beliefs[at], beliefs, default_taxonomy()), 6)
        medians[0] = np.nanmedian(scores[:, 0])
        now = replace(result, scores=scores, medians=medians)
        others = groups != groups[at]
        for way, weights in enumerate((EVEN, TEXTURE)):
            found[way, at] = average_precision(now.overall(weights)[others],
                                               (said == said[at])[others])  # fmt: skip
    return tuple(np.nanmean(found, axis=1))


def sitting(world: World, order: str, seed: int, x: np.ndarray) -> list[dict]:
    """Ask in one order; a row of figures at 0 labels and at each of SIZES."""
    rng = np.random.default_rng(1000 + seed)
    names = rng.permutation(np.unique(world.groups[~world.test]))
    offered = np.isin(world.groups, names[: round(OFFERED_SHARE * len(names))]) & ~world.test
    waiting, rows = offered.copy(), np.zeros(0, int)
    head, figures = None, []
    while True:
        if len(rows) in (0, *SIZES):
            even, texture = retrieval(world, head)
            figures.append({"labels": len(rows), "macro": macro_accuracy(world, head, x),
                            "mAP": even, "mAP texture": texture})  # fmt: skip
        if len(rows) >= SIZES[-1] or not waiting.any():
            return figures
        believed = world.table
        if head is not None:
            believed = replace(world.table, coarse=head.corrected(world.table))
        asked = order_rows(believed, "coarse", order, waiting, seed * 100 + len(rows), 2000)
        rows = np.concatenate([rows, asked[:ASKED_AT_ONCE]])
        waiting[rows] = False
        head, lessons = head_of(world, rows, x)
        if order == RANDOM and len(rows) in SIZES and lessons is not None:
            _, judged = run_to_end(fitted(lessons, "coarse"))
            told = run_to_end(forecast(lessons, "coarse", judged))
            world_forecasts.append((seed, len(rows), told.next_low, told.next_high))


world_forecasts: list[tuple[int, int, float, float]] = []


def spread_of(values: np.ndarray) -> list[float]:
    """Mean and 95 % interval by Student's t: (s,) -> [mean, low, high]."""
    mean = float(values.mean())
    half = STUDENT_95.get(len(values), 1.96) * float(values.std(ddof=1)) / np.sqrt(len(values))
    return [round(v, 4) for v in (mean, mean - half, mean + half)]


def summary(told: dict[str, list[list[dict]]]) -> dict:
    """Mean and interval of every figure by order and number of labels."""
    return {
        order: [
            {"labels": rows[0]["labels"]} | {
                key: spread_of(np.array([row[key] for row in rows]))
                for key in ("macro", "mAP", "mAP texture")}
            for rows in zip(*runs, strict=True)
        ] for order, runs in told.items()
    }  # fmt: skip


def print_table(found: dict) -> None:
    """The figures as a table."""
    for key in ("macro", "mAP", "mAP texture"):
        print(f"\n{key:14}" + "".join(f"{row['labels']:>22}" for row in found[RANDOM]))
        for order, rows in found.items():
            cells = "".join(f"   {m:.3f} ({low:.3f}–{high:.3f})" for m, low, high in
                            (row[key] for row in rows))  # fmt: skip
            print(f"{order:14}{cells}")


def main() -> None:
    """Ask by every order and seed, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("runs"))
    parser.add_argument("--save", type=Path, default=None, help="figures as JSON")
    parser.add_argument("--plot", type=Path, default=None, help="the two curves as PNG")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    arguments = parser.parse_args()
    encoder = load_default_encoder()
    world = make_world(encoder, read_labelled(arguments.photos), arguments.cache)
    x = inputs(world.table)
    told: dict[str, list[list[dict]]] = {}
    for order in ORDERS:
        told[order] = [sitting(world, order, seed, x) for seed in range(arguments.seeds)]
        say(f"{order} asked")
    found = summary(told)
    print(f"{encoder.id}; {int(world.test.sum())} pictures never offered")
    print_table(found)
    goal = found[RANDOM][-1]["macro"][0]
    for order in ORDERS[1:]:
        reached = next((row["labels"] for row in found[order] if row["macro"][0] >= goal), None)
        print(f"{order}: random's accuracy at {SIZES[-1]} labels is reached at {reached}")
    for seed, n, low, high in world_forecasts:
        if np.isfinite(low):
            say(f"forecast by seed {seed} at {n}: {low:+.3f} to {high:+.3f} for a hundred more")
    kept = {"encoder": encoder.id, "test": int(world.test.sum()), "orders": found}
    if arguments.save:
        arguments.save.write_text(json.dumps(kept, indent=1) + "\n")
    if arguments.plot:
        from fabricfinder.evaluation.label_plots import labels_plot
        from fabricfinder.evaluation.plots import DPI, LOOKS

        labels_plot(found, LOOKS["light"]).savefig(arguments.plot, dpi=DPI)


if __name__ == "__main__":
    main()
