"""The few figures by which models are compared, picked out of all that ``evaluate`` measured."""

from collections.abc import Sequence
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.models import KeyFigure, keep_figures
from fabricfinder.evaluation.report import Report
from fabricfinder.evaluation.saved import load_evaluation
from fabricfinder.measuring.pictures import CODE_ONLY, EVEN

T1, T2, PHOTOS, BELIEFS = (
    "T1: re-captured", "T2: similarity", "leave one out", "beliefs about new captures",
)  # fmt: skip
HAMMING = " bits, Hamming"
ANY = ""
# Key -> (words of the protocol, how the system's name ends, figure).
KEYS = {
    "recall@1": (T1, EVEN, "recall@1"),
    "recall@10": (T1, EVEN, "recall@10"),
    "design@1": (T1, EVEN, "design@1"),
    "code recall@1": (T1, HAMMING, "recall@1"),
    "skill@50": (T2, EVEN, "skill@50"),
    "photos P@1": (PHOTOS, EVEN, "P@1"),
    "photos mAP": (PHOTOS, EVEN, "mAP"),
    "photos code mAP": (PHOTOS, CODE_ONLY, "mAP"),
    "pattern": (BELIEFS, ANY, "minor right"),
    "weave": (BELIEFS, ANY, "fine right"),
    "weave seen": (BELIEFS, ANY, "fine right, ≥ 4 px a yarn"),
    "tightness": (BELIEFS, ANY, "error of tightness, points"),
}


def key_figures(reports: Sequence[Report]) -> dict[str, KeyFigure]:
    """The figures of KEYS that some reports hold, by key."""
    found = {}
    for key, (words, ending, name) in KEYS.items():
        for report in reports:
            if words in report.protocol and report.system.endswith(ending):
                for f in report.figures:
                    if f.name == name and key not in found:
                        found[key] = KeyFigure(f.value, f.low, f.high, f.floor, f.n, report.protocol)
    return found


def take_figures(table: Path, saved: Path) -> int:
    """Add a saved evaluation's key figures to the table of the models; returns how many.

    Raises:
        FabricFinderError: the evaluation cannot be read, holds none of them, or the table cannot
            be written.
    """
    evaluation = load_evaluation(saved)
    figures = key_figures(evaluation.reports)
    if not figures:
        raise FabricFinderError(
            f"{saved} answers none of the questions by which models are compared; evaluate "
            "“recaptures graded beliefs photos”."
        )
    made = evaluation.made
    keep_figures(table, made["encoder"], figures, made.get("command", ""))
    return len(figures)
