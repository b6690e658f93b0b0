"""The plots of what was asked: every answer drawn that has something to draw."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.beliefs import BeliefFigures
from fabricfinder.evaluation.plots import (
    bars_plot,
    bits_plot,
    confusion_plot,
    precision_recall_plot,
    reliability_plot,
    write_png,
)
from fabricfinder.evaluation.report import Report
from fabricfinder.measuring.asked import Answer


def plot_answers(folder: Path, answers: Sequence[Answer]) -> list[Path]:
    """Write PNGs, light and dark, into a folder; returns their paths.

    Raises:
        FabricFinderError: the folder cannot be written to.
    """
    try:
        return [path for answer in answers for path in _plots(folder, answer)]
    except OSError as error:
        raise FabricFinderError(
            f"The plots cannot be written to {folder} ({error.strerror})."
        ) from error


def _plots(folder: Path, answer: Answer) -> Iterator[Path]:
    if answer.curves:
        yield from write_png(folder, "precision-recall", partial(precision_recall_plot, answer.curves))
    if answer.by_bits:
        floor, coarse = answer.levels
        yield from write_png(
            folder, "ndcg-by-bits",
            lambda look: bits_plot(answer.by_bits, floor, coarse, look),
        )  # fmt: skip
    if answer.beliefs is not None:
        yield from _belief_plots(folder, answer.beliefs)
    for i in answer.details:
        report = answer.reports[i]
        if any(f.name == "told apart" for f in report.breakdown):
            yield from _sibling_plot(folder, report)
        if report.protocol.endswith("error of each bar"):
            yield from _bar_error_plot(folder, report)


def _belief_plots(folder: Path, found: BeliefFigures) -> Iterator[Path]:
    taxonomy = default_taxonomy()
    heads = {"pattern": found.reliability["coarse"], "weave or knit": found.reliability["fine"]}
    yield from write_png(folder, "reliability", lambda look: reliability_plot(heads, look))
    shown = [i for i in range(len(found.minors)) if found.confusion[i].sum()]
    table = found.confusion[shown][:, shown]
    names = [_plain(taxonomy.names[found.minors[i]], found.minors[i]) for i in shown]
    majors = [found.minors[i].split("/")[0] for i in shown]
    yield from write_png(
        folder, "confusion", lambda look: confusion_plot(table, names, majors, look)
    )


def _plain(name: str, minor: str) -> str:
    """A minor's display name; "other" says of what."""
    major, _, last = minor.partition("/")
    return f"{major}, other" if last == "other" else name


def _sibling_plot(folder: Path, report: Report) -> Iterator[Path]:
    figures = [f for f in report.breakdown if f.name == "told apart"]
    words = {
        "sibling colour": "another colour", "sibling weave": "another weave",
        "sibling sett 10 %": "sett off by 10 %", "sibling sett 25 %": "sett off by 25 %",
        "sibling width": "pattern 20 % wider or narrower",
    }  # fmt: skip
    yield from write_png(
        folder, "siblings-told-apart",
        lambda look: bars_plot(
            figures, [words[f.group] for f in figures], look,
            title="Is the cloth itself above its sibling?",
            subtitle="a new picture of a cloth; a sibling differs in this alone; dashed: chance",
            across="share of siblings that lie below the cloth itself",
        ),
    )  # fmt: skip
    kinds = [f for f in report.breakdown if f.group.startswith("kind ")]
    yield from write_png(
        folder, "recall-by-sibling",
        lambda look: bars_plot(
            kinds, [f.group.removeprefix("kind ") for f in kinds], look,
            title="How often does the very cloth come first?",
            subtitle="by what the cloth asked for differs in from its siblings; dashed: chance",
            across="recall@1",
        ),
    )  # fmt: skip


def _bar_error_plot(folder: Path, report: Report) -> Iterator[Path]:
    names = ["coarse texture", "fine texture", "colour", "tightness"]
    yield from write_png(
        folder, "error-of-each-bar",
        lambda look: bars_plot(
            report.figures, names, look, title="How far is each bar from the truth?",
            subtitle="mean difference from the similarity of the exact labels, 0 to 1; "
            "dashed: always saying the mean",
            across="error (shorter is better)", in_bar_colors=True,
        ),
    )  # fmt: skip
