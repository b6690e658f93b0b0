"""``fabricfinder evaluate``: asks the questions given, prints, saves, compares and plots."""

import argparse
import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.encoder import Encoder
from fabricfinder.evaluation.differences import changes_text, compare_runs
from fabricfinder.evaluation.health import CodeHealth
from fabricfinder.evaluation.report import side_by_side
from fabricfinder.evaluation.saved import load_evaluation
from fabricfinder.measuring.asked import (
    Answer,
    ask_bands,
    ask_beliefs,
    ask_codes,
    ask_colorways,
    ask_graded,
    ask_photos,
    ask_recaptures,
    ask_unfamiliar,
)
from fabricfinder.measuring.benchmark import open_benchmark
from fabricfinder.measuring.drawn import save_answers
from fabricfinder.measuring.interventions import evaluate_leak
from fabricfinder.measuring.own_library import OwnLibrary, measure_library
from fabricfinder.synthesis.benchmark import load_recipe

Runner = Callable[[Any], Any]

OF_BENCHMARK = {
    "recaptures": ask_recaptures,
    "graded": ask_graded,
    "codes": ask_codes,
    "beliefs": ask_beliefs,
    "bands": ask_bands,
    "colourways": ask_colorways,
}


def evaluate(
    arguments: argparse.Namespace, encoder: Encoder, run: Runner, catalog: Catalog | None = None
) -> int:
    """Answer every question of a command line; 0 when all could be answered.

    Args:
        arguments: as ``fabricfinder evaluate`` parses them.
        encoder: whose eyes are measured.
        run: steps an operation to its end.
        catalog: the library that the question "library" is about.

    Raises:
        FabricFinderError: pictures, recipes or earlier results that cannot be read, or a result
            that cannot be written.
    """
    before = load_evaluation(Path(arguments.compare)) if arguments.compare else None
    answers = list(answer_all(arguments, encoder, run, catalog))
    reports = [report for answer in answers for report in answer.reports]
    made = made_of(arguments, encoder)
    if arguments.save:
        save_answers(Path(arguments.save), answers, made)
    if arguments.figures:
        save_answers(Path(arguments.figures), answers, made, queries=False)
    if arguments.plots:
        from fabricfinder.measuring.plotting import plot_answers

        for path in plot_answers(Path(arguments.plots), answers):
            print(path)
    if before is not None:
        changes, alone = compare_runs(before.reports, reports)
        if arguments.json:
            print("\n".join(json.dumps(asdict(c) | {"verdict": c.verdict}) for c in changes))
        else:
            print(f"before: {before.made.get('encoder', 'unknown')}, after: {encoder.id}\n")
            print("\n".join([changes_text(changes), *alone]))
    elif arguments.json:
        print("\n".join(report.to_json() for report in reports))
    else:
        print(as_text(answers))
    return 0


def made_of(arguments: argparse.Namespace, encoder: Encoder) -> dict[str, str]:
    """How a result came to be: the encoder and the questions."""
    words = ["fabricfinder", "evaluate", *arguments.protocol, "--recipe", arguments.recipe]
    if arguments.model:  # of a graph its name alone: the folder is nobody's business
        words += ["--model", Path(arguments.model).name]
    return {"encoder": encoder.id, "command": shlex.join(words)}


def answer_all(
    arguments: argparse.Namespace, encoder: Encoder, run: Runner, catalog: Catalog | None = None
) -> Iterator[Answer]:
    """Ask in the order given; the benchmark is drawn, looked at and searched once."""
    bench = None
    for question in arguments.protocol:
        if question == "photos":
            yield run(ask_photos(encoder, Path(arguments.photos)))
        elif question == "library":
            assert catalog is not None  # the command line has opened it
            own: OwnLibrary = run(measure_library(catalog, encoder))
            yield Answer(own.reports, details=tuple(range(len(own.reports))), notes=own.notes)
        elif question == "leak":
            yield Answer((run(evaluate_leak(encoder, arguments.pairs)),), details=(0,))
        elif question == "unfamiliar":
            cloth, other = (
                tuple(map(Path, places)) for places in (arguments.cloth, arguments.other)
            )
            yield run(ask_unfamiliar(encoder, cloth, other))
        else:
            if bench is None:
                recipe = load_recipe(arguments.recipe)
                folder = arguments.folder or _cache() / f"benchmark-{recipe.name}"
                bench = run(open_benchmark(encoder, Path(folder), recipe))
            yield run(OF_BENCHMARK[question](encoder, bench))


def _cache() -> Path:
    return user_cache_path("fabricfinder")


def as_text(answers: Sequence[Answer]) -> str:
    """Tables side by side, differences, then what each answer details."""
    reports = [report for answer in answers for report in answer.reports]
    parts = []
    for protocol in dict.fromkeys(report.protocol for report in reports):
        of_protocol = [r for r in reports if r.protocol == protocol and r.figures]
        if len(of_protocol) > 1:
            parts.append(side_by_side(of_protocol))
    for answer in answers:
        if answer.changes:
            parts.append(f"Differences\n{changes_text(answer.changes)}")
        if answer.health is not None:
            parts.append(health_text(answer.health))
        parts += [answer.reports[i].as_text() for i in answer.details]
        parts += answer.notes
    return "\n\n".join(parts)


def health_text(health: CodeHealth) -> str:
    """The state of codes in a few lines."""
    return (
        f"Codes: {health.n:,} of {health.n_bits} bits\n"
        f"share of ones off ½: mean {health.mean_imbalance:.3f}, worst "
        f"{health.worst_imbalance:.3f}; {health.dead_bits} dead bits; entropy of a bit "
        f"{health.bit_entropy:.3f}\n"
        f"mean correlation of bits {health.mean_correlation:.3f}; distinct codes "
        f"{health.unique:.1%}; cloths that tie for the 10th place {health.tie_at_10:.1f}"
    )
