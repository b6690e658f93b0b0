"""What the figures of an evaluation say, in a designer's words: "of 100 scraps, 61 ..."."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.number_words import count_text, in_a_row, listed

if TYPE_CHECKING:
    from fabricfinder.evaluation.beliefs import BeliefFigures
    from fabricfinder.evaluation.report import Figure, Report
    from fabricfinder.measuring.drawn import Measurement

translate = QCoreApplication.translate

HABITS_SAID, HABITS_FROM = 3, 2
# The order of the page, by the keys of the plots.
ORDER = (
    "recall-by-sibling", "by-label", "siblings-told-apart", "ndcg-by-bits", "precision-recall",
    "reliability", "error-of-each-bar", "confusion",
)  # fmt: skip


def hundred(share: float) -> str:
    """A share as a number of 100: ``0.614`` → 61; what is above 0 is never said to be 0."""
    if math.isnan(share):
        return wording.UNKNOWN
    if 0 < share < 0.005:
        return translate("HowWell", "less than 1")
    return str(round(100 * share))


def hundred_range(figure: "Figure") -> str:
    """A figure and its 95 % interval of 100: ``61 (58 to 64)``."""
    if math.isnan(figure.low):
        return hundred(figure.value)
    return translate("HowWell", "{value} ({low} to {high})").format(
        value=hundred(figure.value), low=round(100 * figure.low), high=round(100 * figure.high)
    )


def found(report: "Report | None", name: str, group: str = "") -> "Figure | None":
    """A figure of a report, or None where it was not measured."""
    if report is None:
        return None
    figures = (*report.figures, *report.breakdown)
    return next((f for f in figures if (f.name, f.group) == (name, group)), None)


def chance(figure: "Figure") -> str:
    """What a shuffled drawer would score, as a sentence; "" where that has no meaning."""
    if math.isnan(figure.floor):
        return ""
    return translate("HowWell", "By chance it would be {n}.").format(n=hundred(figure.floor))


def joined(*sentences: str) -> str:
    """Sentences in one line, empty ones left out."""
    return in_a_row(*sentences)


# The model's own figures --------------------------------------------------------------------------


def shipped_words(measured: "Measurement") -> dict[str, str]:
    """What each plot of the model says, by the plot's key; only what was measured."""
    said = {
        "recall-by-sibling": _first_place(measured.first("T1: re-captured")),
        "by-label": _photographs(measured.first("leave one out")),
        "siblings-told-apart": _told_apart(measured.first("T1: re-captured")),
        "ndcg-by-bits": _order(measured),
        "precision-recall": _first_ten(measured),
        "reliability": _sureness(measured.first("beliefs about new captures")),
        "error-of-each-bar": _bars(measured.first("error of each bar")),
        "confusion": _habits(measured),
    }
    return {key: words for key, words in said.items() if words}


def _first_place(report: "Report | None") -> str:
    first, ten = found(report, "recall@1"), found(report, "recall@10")
    if first is None or ten is None:
        return ""
    drawer = count_text(round(1 / first.floor)) if first.floor > 0 else wording.UNKNOWN
    return joined(
        translate(
            "HowWell",
            "Of 100 scraps of cloth already in the drawer, {first} are found in first place, {ten}"
            " among the first ten. The drawer holds {n} cloths, many of them the same design in"
            " another colour, weave or sett.",
        ).format(first=hundred_range(first), ten=hundred_range(ten), n=drawer),
        chance(first),
        _hardest(report),
    )


def _hardest(report: "Report | None") -> str:
    """Which kind of cloth is found least often."""
    kinds = [f for f in report.breakdown if f.name == "recall@1" and f.group.startswith("kind ")]
    if len(kinds) < 2:
        return ""
    worst = min(kinds, key=lambda f: f.value)
    return translate("HowWell", "Hardest is {kind}: {n} in first place.").format(
        kind=_kinds().get(worst.group.removeprefix("kind "), worst.group), n=hundred_range(worst)
    )


def _kinds() -> Mapping[str, str]:
    """What a cloth is, beside its siblings in the drawer."""
    return {
        "base": translate("HowWell", "a design as it was first made"),
        "colour": translate("HowWell", "a recoloured design"),
        "weave": translate("HowWell", "a design in another weave"),
        "sett 10 %": translate("HowWell", "a design with its sett off by 10 %"),
        "sett 25 %": translate("HowWell", "a design with its sett off by 25 %"),
        "width": translate("HowWell", "a design 20 % wider or narrower"),
    }


def _photographs(report: "Report | None") -> str:
    first, order = found(report, "P@1"), found(report, "mAP")
    if first is None:
        return ""
    return joined(
        translate(
            "HowWell",
            "Real photographs it has never learned from, {n} of them: for {first} of 100 the"
            " nearest other one carries the same label.",
        ).format(n=count_text(first.n), first=hundred_range(first)),
        chance(first),
        ""
        if order is None
        else translate("HowWell", "All of one label together (mAP): {n}; by chance {floor}.").format(
            n=hundred_range(order), floor=hundred(order.floor)
        ),
    )


def _told_apart(report: "Report | None") -> str:
    parts = [
        translate("HowWell", "{n} for {kind}").format(
            n=hundred_range(figure), kind=_siblings().get(figure.group, figure.group)
        )
        for figure in (report.breakdown if report is not None else ())
        if figure.name == "told apart"
    ]
    if not parts:
        return ""
    return translate(
        "HowWell",
        "Shown a cloth again, it puts that cloth above a sibling this many times of 100: {parts}."
        " Guessing would be 50.",
    ).format(parts=listed(parts))


def _siblings() -> Mapping[str, str]:
    return {
        "sibling colour": translate("HowWell", "another colour"),
        "sibling weave": translate("HowWell", "another weave"),
        "sibling sett 10 %": translate("HowWell", "a sett off by 10 %"),
        "sibling sett 25 %": translate("HowWell", "a sett off by 25 %"),
        "sibling width": translate("HowWell", "a pattern 20 % wider or narrower"),
    }


def _order(measured: "Measurement") -> str:
    """How well all is in order, from the graded track."""
    report = measured.first("T2: similarity")
    skill, coarse = found(report, "skill@50"), found(report, "NDCG@50 of coarse labels")
    if skill is None:
        return ""
    said = translate(
        "HowWell",
        "How well the first fifty lie in the order of true likeness, from 0, a shuffled drawer, to"
        " 100, the perfect order: {n}.",
    ).format(n=hundred_range(skill))
    if coarse is None or not coarse.floor < 1:
        return said
    reach = (coarse.value - coarse.floor) / (1 - coarse.floor)
    alone = translate("HowWell", "Sorting by the name of the pattern alone would reach {n}.")
    return joined(said, alone.format(n=hundred(reach)))


def _first_ten(measured: "Measurement") -> str:
    """Precision after ten, beside the best of what one would pick instead."""
    curves = next((answer.curves for answer in measured.answers if answer.curves), {})
    at_ten = {
        name: float(curve.precision[list(curve.at).index(10)])
        for name, curve in curves.items()
        if 10 in list(curve.at)
    }
    if not at_ten:
        return ""
    own, *others = at_ten.items()
    said = translate(
        "HowWell",
        "By its code alone, {n} of every 100 cloths among the first ten have both the pattern and"
        " the weave of the scrap.",
    ).format(n=hundred(own[1]))
    if not others:
        return said
    name, value = max(others, key=lambda pair: pair[1])
    best = translate("HowWell", "The best of the older methods shows {n} ({name}).")
    return joined(said, best.format(n=hundred(value), name=name))


def _sureness(report: "Report | None") -> str:
    parts = []
    for key, gap, words in (
        ("minor right", "ECE minor", translate("HowWell", "the pattern")),
        ("fine right", "ECE fine", translate("HowWell", "the weave or knit of all cloth")),
    ):
        right, off = found(report, key), found(report, gap)
        if right is not None and off is not None:
            parts.append(
                translate(
                    "HowWell",
                    "It names {what} rightly {n} times of 100, and what it says of its own sureness"
                    " is off by {gap} of 100 on average.",
                ).format(what=words, n=hundred_range(right), gap=hundred(off.value))
            )
    seen = found(report, "fine right, ≥ 4 px a yarn")
    if parts and seen is not None:
        parts.append(
            translate(
                "HowWell",
                "Of cloth whose yarns can be seen alone, it names the weave or knit rightly {n} times"
                " of 100.",
            ).format(n=hundred_range(seen))
        )
    return in_a_row(*parts)


def _bars(report: "Report | None") -> str:
    if report is None or len(report.figures) != 4:
        return ""
    parts = [
        f"{name.lower()} {hundred(figure.value)}"
        for name, figure in zip(wording.dimension_names(), report.figures, strict=True)
    ]
    return translate(
        "HowWell", "The four bars are off by this many of 100 points on average: {parts}."
    ).format(parts=listed(parts))


def _habits(measured: "Measurement") -> str:
    """The commonest mistakes."""
    beliefs = next((a.beliefs for a in measured.answers if a.beliefs is not None), None)
    if beliefs is None:
        return ""
    habits = _mistakes(beliefs)
    if not habits:
        return translate("HowWell", "No pattern is habitually taken for another.")
    taxonomy = default_taxonomy()
    parts = [
        translate("HowWell", "{true} for {believed} ({n} of {total})").format(
            true=wording.coarse_name(true, taxonomy),
            believed=wording.coarse_name(believed, taxonomy), n=n, total=total,
        )
        for true, believed, n, total in habits
    ]  # fmt: skip
    return translate("HowWell", "Most often mistaken: {parts}.").format(parts="; ".join(parts))


def _mistakes(beliefs: "BeliefFigures") -> list[tuple[str, str, int, int]]:
    """(true, believed, how often, of how many) of the commonest mistakes, as a share of the row."""
    table = beliefs.confusion
    rows = []
    for i, true in enumerate(beliefs.minors):
        total = int(table[i].sum())
        for j, believed in enumerate(beliefs.minors):
            if i != j and table[i, j] >= HABITS_FROM:
                rows.append((true, believed, int(table[i, j]), total))
    return sorted(rows, key=lambda row: -row[2] / row[3])[:HABITS_SAID]


def shipped_note(measured: "Measurement", encoder: str) -> str:
    """Of which model the figures are, if not of the one at work."""
    of = measured.made.get("encoder", "")
    if not encoder or not of or of.split("/")[0] == encoder.split("/")[0]:
        return translate(
            "HowWell",
            "Measured on cloth it had never seen. In brackets: the range in which the true figure"
            " lies, 19 times in 20.",
        )
    return translate(
        "HowWell",
        "These figures are of the model {of}. The model at work here is {here}; it may find better"
        " or worse.",
    ).format(of=of, here=encoder)


def card_words(figures: Mapping[str, float]) -> str:
    """What the model's own card tells, counted while it learned; "" where it tells nothing."""
    phrases = {
        "recall@1": translate("HowWell", "found the very cloth in first place {n} times"),
        "coarse": translate("HowWell", "named the pattern rightly {n} times"),
        "fine": translate("HowWell", "named the weave or knit rightly {n} times"),
    }
    parts = [phrases[k].format(n=hundred(figures[k])) for k in phrases if k in figures]
    if not parts:
        return ""
    return translate(
        "HowWell",
        "All that is known of it was counted while it learned, on rendered cloth kept back: of 100"
        " it {parts}. An evaluation would be harder and tell more.",
    ).format(parts=listed(parts))
