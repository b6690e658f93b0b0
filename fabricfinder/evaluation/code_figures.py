"""All there is to say of binary codes: both tracks, curves by radius and rank, and their health."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fabricfinder.evaluation.batched import RankedRows, row_blocks
from fabricfinder.evaluation.classic_codes import hamming_matrix
from fabricfinder.evaluation.health import CodeHealth, code_health
from fabricfinder.evaluation.intervals import RESAMPLES
from fabricfinder.evaluation.metrics import PrecisionRecall, curve_by_radius
from fabricfinder.evaluation.report import Report
from fabricfinder.evaluation.tracks import (
    evaluate_graded,
    evaluate_reidentification,
    figures_of,
)
from fabricfinder.evaluation.truth import CaptureTruth

RADIUS = 2
RANKS_DRAWN = 100


@dataclass(frozen=True, eq=False)
class CodeFigures:
    """All there is to say of one set of codes.

    Attributes:
        system: its name.
        reidentification, graded: tracks T1 and T2 by Hamming distance; the graded report also has
            P@H≤2 (an empty ball counts 0) and the share of empty balls.
        asymmetric: both tracks by the queries' relaxed values against the codes, or ().
        health: of the gallery's codes.
        by_radius: precision and recall of R1 within each Hamming radius, micro over queries.
        by_rank: the same at ranks 1..100, mean over queries.
    """

    system: str
    reidentification: Report
    graded: Report
    asymmetric: tuple[Report, ...]
    health: CodeHealth
    by_radius: PrecisionRecall
    by_rank: PrecisionRecall

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report, T1 before T2."""
        return self.reidentification, self.graded, *self.asymmetric


def evaluate_codes(
    queries: np.ndarray, gallery: np.ndarray, truth: CaptureTruth, *,
    relaxed: np.ndarray | None = None, system: str = "", seed: int = 0, resamples: int = RESAMPLES,
) -> CodeFigures:  # fmt: skip
    """Both tracks, curves and health of packed codes.

    Args:
        queries, gallery: uint8 (q, n_bits/8) and (n, n_bits/8).
        truth: their labels and true similarity.
        relaxed: the queries' values before binarising, float (q, n_bits), for the asymmetric
            distance; None leaves it out.
    """
    distances = hamming_matrix(queries, gallery)
    n_bits = 8 * gallery.shape[1]
    options = {"seed": seed, "resamples": resamples}
    scores = -distances.astype(np.float32)
    graded = evaluate_graded(scores, truth, system=system, **options)
    others = np.where(truth.same_fabric, -1, distances)
    asymmetric: tuple[Report, ...] = ()
    if relaxed is not None:
        signs = np.unpackbits(gallery, axis=1).astype(np.float32) * 2 - 1
        soft, name = relaxed.astype(np.float32) @ signs.T, f"{system}, asymmetric"
        asymmetric = (
            evaluate_reidentification(soft, truth, system=name, **options),
            evaluate_graded(soft, truth, system=name, **options),
        )
    return CodeFigures(
        system=system,
        reidentification=evaluate_reidentification(scores, truth, system=system, **options),
        graded=_with_ball(graded, others, truth, resamples, seed),
        asymmetric=asymmetric,
        health=code_health(gallery),
        by_radius=curve_by_radius(others, truth.same_classes, n_bits),
        by_rank=rank_curve(scores, truth),
    )


def _with_ball(
    report: Report, distances: np.ndarray, truth: CaptureTruth, resamples: int, seed: int
) -> Report:
    """The report with P@H≤2 by R1 and the share of empty balls; −1 marks what is left out."""
    inside = (distances >= 0) & (distances <= RADIUS)
    counted = inside.sum(axis=1)
    hits = (inside & truth.same_classes).sum(axis=1)
    others = (distances >= 0).sum(axis=1)
    precision = np.where(counted > 0, hits / np.maximum(counted, 1), 0.0)
    chance = ((distances >= 0) & truth.same_classes).sum(axis=1) / np.maximum(others, 1)
    values = {f"P@H≤{RADIUS}": precision, "empty ball": (counted == 0).astype(float)}
    floors = {f"P@H≤{RADIUS}": float(chance.mean()), "empty ball": float("nan")}
    figures = figures_of(values, floors, report.clusters, resamples, seed)
    return Report(
        report.system, report.protocol, (*report.figures, *figures), report.breakdown,
        report.notes, MappingProxyType({**report.per_query, **values}), report.clusters,
    )  # fmt: skip


def rank_curve(scores: np.ndarray, truth: CaptureTruth, depth: int = RANKS_DRAWN) -> PrecisionRecall:
    """Mean expected precision and recall by R1 at ranks 1..depth; the own fabric left out."""
    n = scores.shape[1]
    depth = min(depth, n)
    precision, recall = np.zeros(depth), np.zeros(depth)
    judged = 0
    for rows in row_blocks(*scores.shape):
        relevant = truth.same_classes[rows] & ~truth.same_fabric[rows]
        ranked = RankedRows(scores[rows], truth.similarity[rows], truth.same_fabric[rows])
        hits, total = ranked.expected_hits(relevant)[:, :depth], relevant.sum(axis=1)
        has = total > 0
        judged += int(has.sum())
        precision += (hits[has] / np.arange(1, depth + 1)).sum(axis=0)
        recall += (hits[has] / total[has, None]).sum(axis=0)
    n_judged = judged or float("nan")
    return PrecisionRecall(np.arange(1, depth + 1), precision / n_judged, recall / n_judged)
