"""``fabricfinder study``: forms, ablations, λ sweep, code lengths and classic hashes, side by side.

Everything stands on the same frozen features, budget and unseen fabrics; each arm's figures are kept
in ``OUT/arms.jsonl`` as soon as they are there, so that a study can be stopped and gone on with.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.progress import Progress
from fabricfinder.evaluation.baselines import random_codes, standardised
from fabricfinder.evaluation.classic_codes import CLASSIC, SEEDED, cosine_scores, packed
from fabricfinder.evaluation.code_figures import CodeFigures, evaluate_codes
from fabricfinder.evaluation.differences import differences_table
from fabricfinder.evaluation.intervals import Difference, paired_difference
from fabricfinder.evaluation.report import aligned
from fabricfinder.evaluation.tracks import evaluate_graded, evaluate_reidentification
from fabricfinder.evaluation.truth import CaptureTruth
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.dvsh import DVSHConfig
from fabricfinder.terminal import run
from fabricfinder.training.cloth import open_cloth_set
from fabricfinder.training.frozen import Budget, FrozenSet, fit_codes, freeze, judge, truth_of
from fabricfinder.training.loop import split_rows

RESAMPLES = 2000
SHOWN = ("recall@1", "recall@10", "NDCG@50", "skill@50", "mAP S≥0.75", "mAP same pattern and weave")
PAIRED = ("recall@1", "NDCG@50")
CLASSIC_BITS = (32, 64, 128)
SEEDS = 3


@dataclass(frozen=True, slots=True)
class Arm:
    """One line of a study: its name, what is trained, and with how many seeds."""

    name: str
    config: DVSHConfig
    seeds: int = 3


OURS = DVSHConfig(list_per_item=True, lambda_kld=3e-5, weight_recapture=1.0)
"""The shipped form's code terms: the corrected paper with a mean list loss and recapture."""
SWEEP = tuple(10.0**k for k in (-6, -5, -4, -3, -2, -1, 0))


def arms() -> dict[str, tuple[Arm, ...]]:
    """The arms of the issue's comparisons, by group."""
    paper = DVSHConfig(n_bits=64)
    printed = (Arm("literal", replace(paper, form="literal")), Arm("signs", replace(paper, form="signs")))
    ablations = ("DVSH1a", "DVSH1b", "DVSH2a")  # the whole DVSH is among the forms
    return {
        "forms": (*printed, Arm("corrected", paper), Arm("corrected + recapture", replace(OURS, n_bits=64))),
        "ablations": tuple(Arm(a, replace(paper, ablation=a)) for a in ablations),
        "ablations + recapture": tuple(
            Arm(f"{a} + recapture", replace(OURS, n_bits=64, ablation=a)) for a in ablations
        ),
        "bits": tuple(
            Arm(f"corrected + recapture, {bits} bits", replace(OURS, n_bits=bits))
            for bits in (32, 128, 256)  # 64 is among the forms
        ),
        "lambda 1": tuple(
            Arm(f"λ1 = {value:.0e}", replace(paper, lambda_kld=value), 1) for value in SWEEP
        ),
        "lambda 2": tuple(
            Arm(f"λ2 = {value:.0e}", replace(paper, lambda_quantisation=value), 1)
            for value in SWEEP
        ),
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one line of a study scored.

    Attributes:
        group, name: which line.
        figures: figure -> (mean over seeds, mean low, mean high of its 95 % interval, sd over
            seeds).
        per_query: figure -> float (q,), mean over seeds; what paired differences are drawn from.
    """

    group: str
    name: str
    figures: dict[str, tuple[float, float, float, float]]
    per_query: dict[str, np.ndarray]

    @staticmethod
    def of(group: str, name: str, judged: Sequence[CodeFigures | tuple]) -> "Outcome":
        """Average the reports of several seeds."""
        runs = [one.reports[:2] if isinstance(one, CodeFigures) else one for one in judged]
        found: dict[str, list] = {}
        for reports in runs:
            for figure in (f for report in reports for f in report.figures):
                found.setdefault(figure.name, []).append((figure.value, figure.low, figure.high))
        figures = {
            key: (*(float(v) for v in np.mean(values, 0)), float(np.std(values, 0)[0]))
            for key, values in found.items()
        }
        per_query = {
            key: np.mean([r.per_query[key] for reports in runs for r in reports
                          if key in r.per_query], 0) for key in PAIRED
        }  # fmt: skip
        return Outcome(group, name, figures, per_query)

    def to_json(self) -> str:
        """One line; ``from_json`` reads it back."""
        values = {k: [round(float(v), 5) for v in row] for k, row in self.per_query.items()}
        return json.dumps({"group": self.group, "name": self.name, "figures": self.figures,
                           "per_query": values}, ensure_ascii=False)  # fmt: skip

    @staticmethod
    def from_json(text: str) -> "Outcome":
        """Read ``to_json`` back."""
        raw = json.loads(text)
        figures = {k: tuple(v) for k, v in raw["figures"].items()}
        queries = {k: np.array(v) for k, v in raw["per_query"].items()}
        return Outcome(raw["group"], raw["name"], figures, queries)


def run_arm(
    arm: Arm, training: FrozenSet, test: FrozenSet, truth: CaptureTruth, budget: Budget
) -> Iterator[Progress]:
    """Train and judge one arm with each of its seeds; returns a list of CodeFigures."""
    judged = []
    for seed in range(1, arm.seeds + 1):
        model = yield from fit_codes(arm.config, training, budget, seed)
        judged.append(judge(model, test, truth, arm.name, RESAMPLES))
    return judged


def classics(
    training: FrozenSet, test: FrozenSet, truth: CaptureTruth
) -> Iterator[tuple[str, list]]:
    """Classic hashes on both kinds of features, real-valued cosine on both, random, oracle."""
    learned = training.features[:, :2].reshape(-1, training.features.shape[2])
    crafted = training.handcrafted.reshape(-1, training.handcrafted.shape[2])
    sides = {
        "r": (learned, test.features[:, 1], test.features[:, 0]),
        "hand-crafted": (
            standardised(crafted, crafted),
            *(standardised(test.handcrafted[:, look], crafted) for look in (1, 0)),
        ),
    }
    for kind, (fitted, queries, gallery) in sides.items():
        for name, fit in CLASSIC.items():
            for bits in CLASSIC_BITS:
                judged = []
                for seed in range(SEEDS if name in SEEDED else 1):
                    codes = fit(fitted, bits, seed)
                    asked, lying = (packed(codes.relaxed(side)) for side in (queries, gallery))
                    judged.append(evaluate_codes(asked, lying, truth, resamples=RESAMPLES))
                yield f"{name} on {kind}, {bits} bits", judged
        yield f"cosine of {kind}, real values", [_of_scores(cosine_scores(queries, gallery), truth)]
    n = len(test.rows)
    yield "random codes, 128 bits", [
        evaluate_codes(*np.split(random_codes(2 * n, 128, seed), 2), truth, resamples=RESAMPLES)
        for seed in range(SEEDS)
    ]
    yield "coarse labels alone", [_of_scores(truth.coarse_only, truth)]
    yield "oracle S", [_of_scores(truth.similarity, truth)]


def _of_scores(scores: np.ndarray, truth: CaptureTruth) -> tuple:
    """Both tracks of real-valued scores."""
    return (
        evaluate_reidentification(scores, truth, resamples=RESAMPLES),
        evaluate_graded(scores, truth, resamples=RESAMPLES),
    )


def study_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder study``; arms that are already in ``--out`` are not run again."""
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "arms.jsonl"
    done = [Outcome.from_json(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    torch.set_num_threads(arguments.threads)
    cloth = open_cloth_set(Path(arguments.cloth))
    split = split_rows(cloth)
    model = load_checkpoint(Path(arguments.model)).model
    shuffled = np.random.default_rng(0).permutation(split.training)[: arguments.fabrics]
    training = run(freeze(model, cloth, np.sort(shuffled), 31))
    test = run(freeze(model, cloth, split.test, 32))
    truth = truth_of(test)
    budget = Budget(steps=arguments.steps)

    def keep(outcome: Outcome) -> None:
        done.append(outcome)
        with kept.open("a") as file:
            file.write(outcome.to_json() + "\n")
        print(outcome.name, {k: round(outcome.figures[k][0], 4) for k in SHOWN}, flush=True)

    names = {(o.group, o.name) for o in done}
    for group, lines in arms().items():
        for arm in lines:
            if (group, arm.name) not in names:
                keep(Outcome.of(group, arm.name, run(run_arm(arm, training, test, truth, budget))))
    if not any(o.group == "classic" for o in done):
        for name, judged in classics(training, test, truth):
            keep(Outcome.of("classic", name, judged))
    print(table(done))
    print(differences(done, truth.queries.families))
    return 0


def table(outcomes: Sequence[Outcome]) -> str:
    """Every line with its figures and intervals, by group."""
    rows = [["", *SHOWN]]
    group = ""
    for outcome in outcomes:
        if outcome.group != group:
            group = outcome.group
            rows.append([f"[{group}]", *([""] * len(SHOWN))])
        cells = [outcome.figures[k] for k in SHOWN]
        rows.append([outcome.name, *(f"{v:.3f} ({lo:.3f}-{hi:.3f})" for v, lo, hi, _ in cells)])
    return aligned(rows)


OURS_64 = "corrected + recapture"
QUESTIONS = (
    ("signs", "corrected"), ("literal", "corrected"), ("corrected", OURS_64),
    ("DVSH1a", "corrected"), ("DVSH1b", "corrected"), ("DVSH2a", "corrected"),
    ("DVSH1a + recapture", OURS_64), ("DVSH1b + recapture", OURS_64),
    ("DVSH2a + recapture", OURS_64),
    *((f"{name} on {kind}, {bits} bits", OURS_64 if bits == 64 else f"{OURS_64}, {bits} bits")
      for kind in ("r", "hand-crafted") for name in CLASSIC for bits in CLASSIC_BITS),
)  # fmt: skip


def differences(outcomes: Sequence[Outcome], families: Sequence[str]) -> str:
    """Each question's paired difference with its interval and Holm-corrected p, as text."""
    by_name = {outcome.name: outcome for outcome in outcomes}
    asked = [(a, b, k) for a, b in QUESTIONS if a in by_name and b in by_name for k in PAIRED]
    found: list[Difference] = [
        paired_difference(by_name[a].per_query[k], by_name[b].per_query[k], families)
        for a, b, k in asked
    ]
    return differences_table([(b, a, k) for a, b, k in asked], found)
