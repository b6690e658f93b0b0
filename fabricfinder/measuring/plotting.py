"""The plots of what was asked: every answer drawn that has something to draw."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from matplotlib.figure import Figure as Canvas

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.beliefs import BeliefFigures
from fabricfinder.evaluation.plots import (
    LOOKS,
    Look,
    bars_plot,
    bits_plot,
    confusion_plot,
    precision_recall_plot,
    reliability_plot,
    speak,
    write_png,
)
from fabricfinder.evaluation.report import Report
from fabricfinder.measuring.asked import Answer
from fabricfinder.measuring.of_hundred import of_hundred

MOST_LABELS, LEAST_SHOWN = 24, 5
_KINDS = {
    "kind base": "as first made", "kind colour": "recoloured", "kind weave": "in another weave",
    "kind sett 10 %": "sett off by 10 %", "kind sett 25 %": "sett off by 25 %",
    "kind width": "20 % wider or narrower",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Drawing:
    """A plot that can be drawn in any look: its name ("confusion"), and how."""

    key: str
    draw: Callable[[Look], Canvas]


def plot_answers(folder: Path, answers: Sequence[Answer]) -> list[Path]:
    """Write PNGs, light and dark, into a folder; returns their paths.

    Raises:
        FabricFinderError: the folder cannot be written to.
    """
    drawings = [drawing for answer in answers for drawing in drawings_of(answer)]
    try:
        return [path for d in drawings for path in write_png(folder, d.key, d.draw)]
    except OSError as error:
        raise FabricFinderError(
            f"The plots cannot be written to {folder} ({error.strerror})."
        ) from error


def look_like(dark: bool, **colors: str) -> Look:
    """The light or the dark look on a surface of the caller's own.

    Args:
        dark: whether words are lighter than the surface.
        colors: fields of Look as ``#rrggbb`` (``surface``, ``text``, ...).
    """
    return replace(LOOKS["dark" if dark else "light"], **colors)


def png_of(
    draw: Callable[[Look], Canvas], look: Look, width_px: int,
    words: Mapping[str, str] = MappingProxyType({}),
) -> bytes:  # fmt: skip
    """A drawing as PNG for the window, ``width_px`` wide; words and lines grow and shrink with it.

    Shares stand in it as numbers of 100, as in the words beside it.
    ``words`` say it in another language, as ``speak`` takes them.
    """
    figure = draw(look)
    of_hundred(figure)
    speak(figure, words)
    out = io.BytesIO()
    dpi = width_px / figure.get_size_inches()[0]
    figure.savefig(out, format="png", dpi=dpi, facecolor=look.surface)
    return out.getvalue()


def drawings_of(answer: Answer) -> Iterator[Drawing]:
    """Every plot of one answer."""
    if answer.curves:
        yield Drawing("precision-recall", partial(precision_recall_plot, answer.curves))
    if answer.by_bits:
        yield Drawing("ndcg-by-bits", partial(bits_plot, answer.by_bits, *answer.levels))
    if answer.beliefs is not None:
        yield from _belief_drawings(answer.beliefs)
    by_label: list[str] = []
    for report in (answer.reports[i] for i in answer.details):
        if any(f.name == "told apart" for f in report.breakdown):
            yield from _sibling_drawings(report)
        if report.protocol.endswith("error of each bar"):
            yield _bar_error_drawing(report)
        if report.protocol.endswith("leave one out") and report.protocol not in by_label:
            by_label.append(report.protocol)
            number = f"-{len(by_label)}" if len(by_label) > 1 else ""
            yield labels_drawing(f"by-label{number}", report)


def _belief_drawings(found: BeliefFigures) -> Iterator[Drawing]:
    heads = {"pattern": found.reliability["coarse"], "weave or knit": found.reliability["fine"]}
    yield Drawing("reliability", partial(reliability_plot, heads))
    shown = [i for i in range(len(found.minors)) if found.confusion[i].sum()]
    table = found.confusion[shown][:, shown]
    names = [plain_name(found.minors[i]) for i in shown]
    majors = [found.minors[i].split("/")[0] for i in shown]
    yield Drawing("confusion", partial(confusion_plot, table, names, majors))


def plain_name(label: str) -> str:
    """A class's display name; "other" says of what, and a word of her own stays."""
    major, _, last = label.partition("/")
    return f"{major}, other" if last == "other" else default_taxonomy().names.get(label, label)


def _sibling_drawings(report: Report) -> Iterator[Drawing]:
    figures = [f for f in report.breakdown if f.name == "told apart"]
    words = {
        "sibling colour": "another colour", "sibling weave": "another weave",
        "sibling sett 10 %": "sett off by 10 %", "sibling sett 25 %": "sett off by 25 %",
        "sibling width": "pattern 20 % wider or narrower",
    }  # fmt: skip
    yield _bars(
        "siblings-told-apart", figures, [words[f.group] for f in figures],
        title="Is the cloth itself above its sibling?",
        subtitle="a new picture of a cloth; a sibling differs in this alone; dashed: chance",
        across="share of siblings that lie below the cloth itself",
    )  # fmt: skip
    kinds = [f for f in report.breakdown if f.group.startswith("kind ")]
    yield _bars(
        "recall-by-sibling", kinds, [_KINDS.get(f.group, f.group) for f in kinds],
        title="How often does the very cloth come first?",
        subtitle="by how the cloth asked for differs from the first of its design; dashed: chance",
        across="share found in first place",
    )  # fmt: skip


def _bar_error_drawing(report: Report) -> Drawing:
    return _bars(
        "error-of-each-bar", report.figures,
        ["coarse texture", "fine texture", "colour", "tightness"],
        title="How far is each bar from the truth?",
        subtitle="mean difference from the similarity of the exact labels, 0 to 1; "
        "dashed: always saying the mean",
        across="error (shorter is better)", in_bar_colors=True,
    )  # fmt: skip


def labels_drawing(key: str, report: Report, figure: str = "P@1") -> Drawing:
    """One figure by label, the labels of most pictures, largest first."""
    every = sorted((f for f in report.breakdown if f.name == figure), key=lambda f: -f.n)
    figures = [f for f in every if f.n >= LEAST_SHOWN] or every
    shown = figures[:MOST_LABELS]
    left = f"; the {len(shown)} commonest of {len(every)} labels" if shown != every else ""
    return _bars(
        key, shown, [f"{plain_name(f.group)} ({f.n:,})" for f in shown],
        title="How often does cloth of the same label come first?",
        subtitle=f"its own article left out; in brackets how many; dashed: chance{left}",
        across="share of the pictures",
    )  # fmt: skip


def _bars(key: str, figures: Sequence, names: Sequence[str], **words: object) -> Drawing:
    return Drawing(key, lambda look: bars_plot(figures, names, look, **words))
