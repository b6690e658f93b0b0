"""What was measured of her own library, in a designer's words, and what is too small to judge."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui import wording
from fabricfinder.ui.how_well_words import chance, found, hundred, hundred_range, joined
from fabricfinder.ui.number_words import count_text, day_text, in_a_row

if TYPE_CHECKING:
    from fabricfinder.evaluation.differences import Change
    from fabricfinder.evaluation.report import Figure, Report
    from fabricfinder.measuring.kept import OwnFigures, OwnRun

translate = QCoreApplication.translate

WORTH_READING = 50
"""Labelled swatches, or pictures photographed again, from which on a figure is worth reading."""
FEWEST = 5
"""Swatches of one label from which on a figure of that label is shown at all."""


def own_words(figures: "OwnFigures") -> list[str]:
    """Every figure of a measurement of her library, what counts most first."""
    run = figures.now
    said = [
        _again(run), *change_words(figures), _by_label(run, "coarse"), _by_label(run, "fine"),
        _as_she_did(run),
    ]  # fmt: skip
    return [words for words in said if words]


def wanting_words(figures: "OwnFigures", encoder: str) -> list[str]:
    """What is too small to judge, what could not be kept, and whether it is out of date."""
    run = figures.now
    said = too_small(run)
    if not figures.kept:
        said.append(
            translate("HowWell", "This library is open to read only, so this could not be kept.")
        )
    if encoder and run.encoder != encoder:
        said.append(
            translate(
                "HowWell",
                "The model has changed since: measure again to see what has become better or worse.",
            )
        )
    return said


def when_words(run: "OwnRun") -> str:
    """When and on how much it was measured."""
    return translate("HowWell", "Measured on {date}, {n} swatches, model {model}.").format(
        date=day_text(run.when.astimezone()), n=count_text(run.swatches),
        model=run.encoder,
    )  # fmt: skip


def _again(run: "OwnRun") -> str:
    first = found(run.recaptured, "the very swatch first")
    ten = found(run.recaptured, "the very swatch among ten")
    if first is None or ten is None:
        return translate(
            "HowWell",
            "None of the originals could be read, so none could be photographed again. Connect"
            " their drive and measure again.",
        )
    return joined(
        translate(
            "HowWell",
            "{n} of your pictures were photographed again. Of 100 such scraps, {first} find the"
            " very swatch in first place, {ten} among the first ten.",
        ).format(n=count_text(first.n), first=hundred_range(first), ten=hundred_range(ten)),
        chance(first),
    )


def _by_label(run: "OwnRun", kind: str) -> str:
    first = found(run.by_label.get(kind), "P@1")
    if first is None:
        return ""
    return joined(
        translate(
            "HowWell",
            "By your labels of {kind}: for {n} of 100 swatches the nearest cloth of another article"
            " carries the same label.",
        ).format(kind=kind_word(kind), n=hundred_range(first)),
        chance(first),
    )


def _as_she_did(run: "OwnRun") -> str:
    """How often it names a cloth as she did, and how near it comes to her tightness."""
    parts = []
    for kind in ("coarse", "fine"):
        word = {"coarse": "pattern", "fine": "weave or knit"}[kind]  # as the report names it
        named = found(run.recaptured, f"{word} named as you did")
        if named is not None:
            parts.append(
                translate("HowWell", "It names the {kind} as you did {n} times of 100.").format(
                    kind=kind_word(kind), n=hundred_range(named)
                )
            )
    off = found(run.recaptured, "error of tightness, points")
    if off is not None:
        parts.append(
            translate("HowWell", "Its tightness is {n} points off yours on average.").format(
                n=f"{off.value:.0f}"
            )
        )
    return in_a_row(*parts)


def too_small(run: "OwnRun") -> list[str]:
    """What cannot be judged yet, and how much is wanting."""
    said = []
    for kind in ("coarse", "fine"):
        n = run.labelled.get(kind, 0)
        if n < WORTH_READING:
            said.append(
                translate(
                    "HowWell",
                    "{n} swatches with your label of {kind}: label {least} for a figure worth"
                    " reading.",
                ).format(n=n, kind=kind_word(kind), least=WORTH_READING)
            )
        elif kind not in run.by_label:
            said.append(
                translate(
                    "HowWell",
                    "Your labels of {kind} are all alike, or each on one article only, so that none"
                    " can find another.",
                ).format(kind=kind_word(kind))
            )
    first = found(run.recaptured, "the very swatch first")
    if first is not None and first.n < WORTH_READING:
        said.append(
            translate(
                "HowWell",
                "Only {n} pictures could be photographed again: from {least} on the figures above"
                " are worth reading.",
            ).format(n=first.n, least=WORTH_READING)
        )
    return said


def kind_word(kind: str) -> str:
    """What a kind of label is called."""
    return {
        "coarse": translate("HowWell", "pattern"),
        "fine": translate("HowWell", "weave or knit"),
    }[kind]


def change_words(figures: "OwnFigures") -> list[str]:
    """Better or worse than with the model before, over the swatches that asked both times."""
    if figures.before is None:
        return []
    wanted = {("recaptured", "the very swatch first"), ("coarse", "P@1"), ("fine", "P@1")}
    said = [
        _change(of, n, change)
        for of, n, change in figures.changes
        if (of, change.name) in wanted and not math.isnan(change.difference.low)
    ]
    if not said:
        return [
            translate(
                "HowWell",
                "Too few swatches were asked both now and with the model before, so the two cannot"
                " be compared.",
            )
        ]
    return said


def _change(of: str, n: int, change: "Change") -> str:
    """“Better by 4 (1 to 7) of 100 than with the model before: ...”."""
    d = change.difference
    sign = -1 if change.verdict == "worse" else 1
    low, high = sorted((sign * d.low, sign * d.high))
    what = {
        "recaptured": translate("HowWell", "the very swatch in first place"),
        "coarse": translate("HowWell", "the same pattern in first place"),
        "fine": translate("HowWell", "the same weave or knit in first place"),
    }[of]
    words = {
        "better": translate(
            "HowWell", "Better by {value} ({low} to {high}) of 100 than with the model before:"
        ),
        "worse": translate(
            "HowWell", "Worse by {value} ({low} to {high}) of 100 than with the model before:"
        ),
        "no difference": translate(
            "HowWell", "No difference that counts, {value} ({low} to {high}) of 100, from the model"
            " before:"
        ),
    }[change.verdict].format(
        value=_signed(sign * d.value, change.verdict == "no difference"),
        low=_signed(low), high=_signed(high),
    )  # fmt: skip
    asked = translate("HowWell", "{words} {what} ({n} swatches asked both times).")
    return asked.format(words=words, what=what, n=count_text(n))


def _signed(share: float, plus: bool = False) -> str:
    """A difference of 100, with a true minus."""
    if math.isnan(share):
        return wording.UNKNOWN
    number = round(100 * share)
    return f"−{-number}" if number < 0 else f"+{number}" if plus and number else str(number)


def label_rows(report: "Report") -> list[Sequence[str]]:
    """The table of labels: name, swatches, first place, chance, mAP, chance; commonest first."""
    taxonomy = default_taxonomy()
    by_label: dict[str, dict[str, Figure]] = {}
    for figure in report.breakdown:
        by_label.setdefault(figure.group, {})[figure.name] = figure
    rows = []
    for label, figures in by_label.items():
        first, order = figures["P@1"], figures["mAP"]
        swatches = first.n + first.excluded
        name = taxonomy.names.get(label, label)
        measured = (
            (hundred_range(first), hundred(first.floor), hundred_range(order), hundred(order.floor))
            if first.n >= FEWEST
            else (translate("HowWell", "too few to say"), *[wording.UNKNOWN] * 3)
        )
        rows.append((swatches, (name, count_text(swatches), *measured)))
    return [row for _, row in sorted(rows, key=lambda pair: (-pair[0], pair[1][0]))]
