"""Answers as plain JSON values beside their reports, so that their plots can be drawn elsewhere."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.beliefs import BeliefFigures
from fabricfinder.evaluation.calibration import ReliabilityBin
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.report import BitsPoint, Report
from fabricfinder.evaluation.saved import load_evaluation, save_evaluation
from fabricfinder.measuring.asked import Answer
from fabricfinder.measuring.pictures import EVEN

_DECIMALS = 5


@dataclass(frozen=True, eq=False)
class Measurement:
    """What one run of ``fabricfinder evaluate`` found out.

    Attributes:
        made: how it came to be, by name (``encoder``, ``command``).
        answers: one a question.
    """

    made: Mapping[str, str]
    answers: tuple[Answer, ...]

    def reports(self) -> Iterable[Report]:
        """Every report, in the order asked."""
        return (report for answer in self.answers for report in answer.reports)

    def first(self, words: str, system: str = EVEN) -> Report | None:
        """The report whose protocol has these words, of a system if it is there, else the first."""
        fitting = [r for r in self.reports() if words in r.protocol]
        return next((r for r in fitting if r.system == system), next(iter(fitting), None))

    def answer_of(self, report: Report) -> Answer:
        """The answer that holds a report."""
        return next(answer for answer in self.answers if report in answer.reports)


def save_answers(
    path: Path, answers: Sequence[Answer], made: Mapping[str, str], *, queries: bool = True
) -> None:
    """Write answers to a file; without ``queries`` it is small, but cannot be compared.

    Raises:
        FabricFinderError: it cannot be written.
    """
    reports = [report for answer in answers for report in answer.reports]
    save_evaluation(path, reports, made, [_content(one) for one in answers], queries=queries)


def load_answers(path: Path) -> Measurement:
    """Read what ``save_answers`` wrote; of older files, their reports as one answer.

    Raises:
        FabricFinderError: missing, of another kind, or of a newer program.
    """
    saved = load_evaluation(path)
    if not saved.drawn:
        first = {report.protocol: i for i, report in reversed(list(enumerate(saved.reports)))}
        answer = Answer(saved.reports, details=tuple(sorted(first.values())))
        return Measurement(saved.made, (answer,) if saved.reports else ())
    answers, start = [], 0
    try:
        for row in saved.drawn:
            reports = saved.reports[start : start + row["reports"]]
            start += row["reports"]
            answers.append(_answer(row, reports))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FabricFinderError(f"{path} is damaged ({error!r}); evaluate again.") from error
    return Measurement(saved.made, tuple(answers))


def _content(answer: Answer) -> dict[str, Any]:
    """What an answer holds beside its reports."""
    content: dict[str, Any] = {
        "reports": len(answer.reports),
        "details": list(answer.details),
        "curves": {
            name: [curve.at.tolist(), _plain(curve.precision), _plain(curve.recall)]
            for name, curve in answer.curves.items()
        },
        "by_bits": {
            name: [_plain((p.bits, p.value, p.low, p.high)) for p in points]
            for name, points in answer.by_bits.items()
        },
        "levels": _plain(answer.levels),
        "notes": list(answer.notes),
    }
    if answer.beliefs is not None:
        found = answer.beliefs
        content["beliefs"] = {
            "minors": list(found.minors),
            "confusion": found.confusion.tolist(),
            "reliability": {
                head: [_plain((b.low, b.high, b.n, b.confidence, b.accuracy)) for b in bins]
                for head, bins in found.reliability.items()
            },
        }
    return content


def _answer(row: Mapping[str, Any], reports: tuple[Report, ...]) -> Answer:
    """Undo ``_content``; the health of codes is not kept."""
    curves = {
        name: PrecisionRecall(np.array(at), _numbers(precision), _numbers(recall))
        for name, (at, precision, recall) in row["curves"].items()
    }
    by_bits = {
        name: tuple(BitsPoint(int(bits), *_numbers(rest).tolist()) for bits, *rest in points)
        for name, points in row["by_bits"].items()
    }
    floor, coarse = _numbers(row["levels"]).tolist()
    return Answer(
        reports, tuple(row["details"]), curves=MappingProxyType(curves),
        by_bits=MappingProxyType(by_bits), levels=(floor, coarse),
        beliefs=_beliefs(row["beliefs"], reports[0]) if "beliefs" in row else None,
        notes=tuple(row["notes"]),
    )  # fmt: skip


def _beliefs(row: Mapping[str, Any], report: Report) -> BeliefFigures:
    reliability = {
        head: tuple(
            ReliabilityBin(low, high, int(n), *_numbers(rest).tolist())
            for low, high, n, *rest in bins
        )
        for head, bins in row["reliability"].items()
    }
    confusion = np.array(row["confusion"], np.int64)
    return BeliefFigures(report, confusion, tuple(row["minors"]), reliability)


def _plain(values: Iterable[float]) -> list[float | None]:
    """Numbers for JSON: rounded, nan as null."""
    return [None if math.isnan(v) else round(float(v), _DECIMALS) for v in values]


def _numbers(values: Iterable[float | None]) -> np.ndarray:
    """Undo ``_plain``."""
    return np.array([np.nan if v is None else v for v in values], np.float64)
