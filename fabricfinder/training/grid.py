"""``fabricfinder study --systems``: five systems, their ablations, three lengths, three seeds.

All on the same frozen features of the same cloth, for as many looks, judged on the same unseen
fabrics. The looks and every line's figures are kept in ``OUT``, so that a grid can be stopped and
gone on with, and two processes may share one, the second with ``--backwards``.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.progress import Progress
from fabricfinder.evaluation.code_figures import CodeFigures
from fabricfinder.evaluation.differences import differences_table
from fabricfinder.evaluation.intervals import paired_difference
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.plots import (
    bits_plot,
    lines_plot,
    precision_recall_plot,
    write_png,
)
from fabricfinder.evaluation.report import BitsPoint, aligned
from fabricfinder.evaluation.truth import CaptureTruth
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.terminal import run
from fabricfinder.training.cloth import ClothSet, open_cloth_set
from fabricfinder.training.frozen import (
    LOOKS,
    Budget,
    FrozenSet,
    fit,
    freeze,
    judge,
    truth_of,
)
from fabricfinder.training.loop import split_rows
from fabricfinder.training.systems import (
    BITS,
    FROZEN,
    OURS,
    REASONS,
    SYSTEMS,
    SystemArm,
    system_arms,
)

SEEDS = 3
RESAMPLES = 1000
PAIRED = ("recall@1", "NDCG@50")
SHOWN = {
    "recall@1": "recall@1",
    "NDCG@50": "NDCG@50",
    "skill@50": "skill",
    "mAP same pattern and weave": "mAP R1",
    "P@H≤2": "P@H≤2",
}
RANKS = (1, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class GridRow:
    """What one line scored.

    Attributes:
        system, form, bits: which line.
        seeds: how many were run.
        figures: figure -> (mean over seeds, mean low, mean high of its 95 % interval, sd over
            seeds).
        per_query: figure -> mean over seeds of each query's.
        precision, recall: by RANKS, of the same pattern and weave, mean over seeds.
        radius_precision, radius_recall: within each Hamming radius 0, 1, ...
        distinct, unbalance: share of different codes, and mean |share of ones − ½|.
        images: looks at cloth each seed learned from; minutes: of all seeds together.
        claim: what the paper claims.
    """

    system: str
    form: str
    bits: int
    seeds: int
    figures: dict[str, list[float]]
    per_query: dict[str, list[float]]
    precision: list[float]
    recall: list[float]
    radius_precision: list[float]
    radius_recall: list[float]
    distinct: float
    unbalance: float
    images: int
    minutes: float
    claim: str

    @property
    def name(self) -> str:
        """As ``SystemArm.name``."""
        return f"{self.system} {self.form}, {self.bits} bits"


def row_of(arm: SystemArm, judged: Sequence[CodeFigures], images: int, minutes: float) -> GridRow:
    """Average the seeds of one line."""
    found: dict[str, list] = {}
    for one in judged:
        for figure in (f for report in one.reports[:2] for f in report.figures):
            found.setdefault(figure.name, []).append((figure.value, figure.low, figure.high))
    figures = {
        name: [*np.mean(values, 0).tolist(), float(np.std(values, 0)[0])]
        for name, values in found.items()
    }
    queries = {
        name: np.mean(
            [r.per_query[name] for one in judged for r in one.reports[:2] if name in r.per_query], 0
        )
        for name in PAIRED
    }
    at = np.minimum(RANKS, len(judged[0].by_rank.precision)) - 1

    def mean(curve: str, part: str, places: object = slice(None)) -> list[float]:
        curves = [getattr(getattr(one, curve), part)[places] for one in judged]
        return np.round(np.mean(curves, 0), 5).tolist()

    return GridRow(
        arm.system, arm.form, arm.bits, len(judged), figures,
        {name: np.round(values, 5).tolist() for name, values in queries.items()},
        mean("by_rank", "precision", at), mean("by_rank", "recall", at),
        mean("by_radius", "precision"), mean("by_radius", "recall"),
        float(np.mean([one.health.unique for one in judged])),
        float(np.mean([one.health.mean_imbalance for one in judged])),
        images, minutes, arm.claim,
    )  # fmt: skip


def run_line(
    arm: SystemArm, training: FrozenSet, test: FrozenSet, truth: CaptureTruth, budget: Budget,
    backbone: object, seeds: int = SEEDS,
) -> Iterator[Progress]:  # fmt: skip
    """Train and judge one line with each of its seeds; returns a GridRow."""
    began, judged = time.process_time(), []
    for seed in range(1, seeds + 1):
        model = yield from fit(lambda: arm.build(backbone), training, budget, seed, arm.choose)
        judged.append(judge(model, test, truth, arm.name, RESAMPLES, asymmetric=False))
    images = budget.steps * budget.fabrics * 2
    return row_of(arm, judged, images, (time.process_time() - began) / 60)


def frozen_sets(
    arguments: argparse.Namespace, cloth: ClothSet, out: Path
) -> tuple[FrozenSet, FrozenSet, object]:
    """What the checkpoint's base network sees of training and of unseen cloth; kept in OUT."""
    model = load_checkpoint(Path(arguments.model)).model
    split = split_rows(cloth)
    shuffled = np.random.default_rng(0).permutation(split.training)[: arguments.fabrics]
    sets = []
    asked = (("training", np.sort(shuffled), 31, LOOKS), ("test", split.test, 32, 2))
    for name, rows, seed, n_looks in asked:
        path = out / f"{name}.npz"
        if path.exists() and np.array_equal((kept := np.load(path))["rows"], rows):
            sets.append(FrozenSet(cloth, **{key: kept[key] for key in kept.files}))
            continue
        seen = run(freeze(model, cloth, rows, seed, classic=False, n_looks=n_looks))
        arrays = {key: getattr(seen, key) for key in
                  ("rows", "features", "handcrafted", "similarity", "scales")}  # fmt: skip
        np.savez(path, **arrays)
        sets.append(seen)
    return *sets, model.config.backbone


def kept_rows(path: Path) -> list[GridRow]:
    """The lines that are done."""
    if not path.exists():
        return []
    return [GridRow(**json.loads(line)) for line in path.read_text().splitlines()]


def grid_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder study --systems``; lines that are already in ``--out`` stay."""
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    training, test, backbone = frozen_sets(arguments, open_cloth_set(Path(arguments.cloth)), out)
    truth, budget = truth_of(test), Budget(steps=arguments.steps)
    path = out / "systems.jsonl"
    lengths = sorted(BITS, key=lambda b: b != 64)  # 64 first: it is the one spoken of
    for arm in (arm for bits in lengths for arm in system_arms(bits)[:: -1 if arguments.backwards else 1]):
        # Read anew each time, as another process may be coming from the other end.
        if arm.name in {row.name for row in kept_rows(path)}:
            continue
        row = run(run_line(arm, training, test, truth, budget, backbone))
        with path.open("a") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
        shown = {short: round(row.figures[key][0], 4) for key, short in SHOWN.items()}
        print(row.name, shown, f"{row.minutes:.2f} min", flush=True)
    done = list({row.name: row for row in kept_rows(path)}.values())
    print(grid_table(done), FROZEN, sep="\n")
    print(grid_differences(done, truth.queries.families))
    for picture in grid_plots(done, out):
        print(picture)
    return 0


def grid_table(rows: Sequence[GridRow]) -> str:
    """Every line with its figures, intervals, cost, and its paper's claim; then why they differ."""
    lines = [["", "bits", *SHOWN.values(), "P@10", "codes", "looks", "min", "the paper claims"]]
    order = {arm.name: k for bits in BITS for k, arm in enumerate(system_arms(bits))}
    for row in sorted(rows, key=lambda r: (order.get(r.name, 99), r.bits)):
        cells = [row.figures[key] for key in SHOWN]
        lines.append([
            f"{row.system} {row.form}", str(row.bits),
            *(f"{v:.3f} ({low:.3f}-{high:.3f})" for v, low, high, _ in cells),
            f"{row.precision[RANKS.index(10)]:.3f}", f"{row.distinct:.2f}", f"{row.images:,}",
            f"{row.minutes:.1f}", row.claim,
        ])  # fmt: skip
    why = "\n".join(f"{name}: {REASONS[name]}" for name in SYSTEMS)
    return f"{aligned(lines)}\n\n{why}"


def grid_plots(rows: Sequence[GridRow], folder: Path) -> list[Path]:
    """Each system's first form: precision against recall by radius, P@N, and by bits P@H≤2, NDCG.

    Written in both looks; systems and lengths that are not done yet are left out.
    """
    heads: dict[tuple[str, int], str] = {}
    for arm in (arm for bits in BITS for arm in system_arms(bits)):
        heads.setdefault((arm.system, arm.bits), arm.name)
    named = {row.name: row for row in rows}
    first = {key: named[name] for key, name in heads.items() if name in named}
    middle = {s: first[s, 64] for s in SYSTEMS if (s, 64) in first}
    by_bits = {s: [first[s, b] for b in BITS if (s, b) in first] for s in SYSTEMS}
    by_bits = {s: found for s, found in by_bits.items() if found}
    if not middle:
        return []
    curves = {
        s: PrecisionRecall(np.arange(65), np.array(r.radius_precision), np.array(r.radius_recall))
        for s, r in middle.items()
    }
    points = {
        s: [BitsPoint(r.bits, *r.figures["NDCG@50"][:3]) for r in found]
        for s, found in by_bits.items()
    }
    one = next(iter(middle.values()))
    value, skill = one.figures["NDCG@50"][0], one.figures["skill@50"][0]
    chance, coarse = (value - skill) / (1 - skill), one.figures["NDCG@50 of coarse labels"][0]
    at_n = {s: (RANKS, r.precision) for s, r in middle.items()}
    ball = {s: ([r.bits for r in found], [r.figures["P@H≤2"][0] for r in found])
            for s, found in by_bits.items()}  # fmt: skip
    kind = "right = the same pattern and the same weave, on unseen rendered cloth"
    drawn = {
        "systems-precision-recall": partial(precision_recall_plot, curves),
        "systems-precision-at-n": partial(lines_plot, at_n, (
            "How many of the first N are right? 64 bits", kind, "first N", "precision",
        )),
        "systems-precision-in-the-ball": partial(lines_plot, ball, (
            "Within two bits of the query, how much is right?", kind, "bits", "P@H≤2",
        )),
        "systems-bits": partial(bits_plot, points, chance, coarse),
    }  # fmt: skip
    return [path for name, draw in drawn.items() for path in write_png(folder, name, draw)]


def grid_differences(rows: Sequence[GridRow], families: Sequence[str]) -> str:
    """Each form against its system's first, and first forms against DVSH's, at each length."""
    by_name = {row.name: row for row in rows}
    pairs = []
    for bits in BITS:
        arms = system_arms(bits)
        heads = {arm.system: arm for arm in reversed(arms)}
        for arm in arms:
            head = heads[arm.system]
            against = heads["DVSH"] if arm is head else head
            if arm is not against:
                pairs.append((against, arm))
            if arm.form == OURS and arm.system != "DVSH":
                pairs.append((next(a for a in arms if a.system == "DVSH" and a.form == OURS), arm))
    asked = [(a, b, k) for a, b in pairs if {a.name, b.name} <= by_name.keys() for k in PAIRED]
    found = [
        paired_difference(
            np.array(by_name[a.name].per_query[k]), np.array(by_name[b.name].per_query[k]), families
        )
        for a, b, k in asked
    ]
    return differences_table([(b.name, f"{a.system} {a.form}", k) for a, b, k in asked], found)
