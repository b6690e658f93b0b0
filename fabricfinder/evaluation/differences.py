"""Whether one system is better than another: paired differences over the same queries, with Holm."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fabricfinder.evaluation.intervals import (
    RESAMPLES,
    Difference,
    bootstrap_columns,
    holm,
    paired_difference,
)
from fabricfinder.evaluation.report import Figure, Report, aligned, figure_from

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of two systems, or of one system before and after.

    Attributes:
        protocol, name: which figure.
        before, after: what is compared, by name.
        value_before, value_after: the estimates over the queries judged in both.
        difference: after − before, its 95 % interval and p-value.
        p_holm: the p-value that holds jointly for all figures compared with it.
    """

    protocol: str
    name: str
    before: str
    after: str
    value_before: float
    value_after: float
    difference: Difference
    p_holm: float

    @property
    def verdict(self) -> str:
        """"better", "worse", or "no difference" where the interval or Holm says so."""
        found = self.difference
        if not self.p_holm < LEVEL or found.low <= 0 <= found.high:
            return "no difference"
        larger_is_better = not self.name.startswith(LESS_IS_BETTER)
        return "better" if (found.value > 0) == larger_is_better else "worse"


LESS_IS_BETTER = ("empty ball", "error", "ECE", "flagged of cloth")
"""Beginnings of the names of figures of which less is better."""


def compare_systems(
    reports: Sequence[Report], reference: Report, name: str, *, seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Change]:  # fmt: skip
    """One figure of each report against a reference of the same queries, Holm over the reports."""
    pairs = [(reference, report, name) for report in reports]
    return _changes(pairs, seed, resamples)


def compare_runs(
    before: Sequence[Report], after: Sequence[Report], *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[list[Change], list[str]]:
    """Every figure that two runs measured of the same system, protocol and queries.

    Returns:
        changes, Holm over all of them, and a sentence for each report that has no counterpart.
    """
    held = {(report.protocol, report.system): report for report in before}
    pairs: list[tuple[Report, Report, str]] = []
    alone: list[str] = []
    for report in after:
        old = held.get((report.protocol, report.system))
        if old is None:
            alone.append(f"{report.system} · {report.protocol}: not measured before.")
        elif _clusters(old) != _clusters(report):
            alone.append(f"{report.system} · {report.protocol}: not the same queries as before.")
        else:
            common = [name for name in report.per_query if name in old.per_query]
            pairs += [(old, report, name) for name in common]
    return _changes(pairs, seed, resamples), alone


def _clusters(report: Report) -> tuple[str, ...]:
    return tuple(str(cluster) for cluster in report.clusters)


def _changes(
    pairs: Sequence[tuple[Report, Report, str]], seed: int, resamples: int
) -> list[Change]:
    """The changes of (before, after, figure name), Holm over those that have a p-value."""
    found: list[tuple[Report, Report, str, np.ndarray, np.ndarray, Difference]] = []
    for before, after, name in pairs:
        if _clusters(before) != _clusters(after):
            raise ValueError(f"{before.system} and {after.system} are not of the same queries")
        a, b = before.per_query[name], after.per_query[name]
        both = ~(np.isnan(a) | np.isnan(b))
        if both.any():
            difference = paired_difference(a, b, after.clusters, seed=seed, resamples=resamples)
            found.append((before, after, name, a[both], b[both], difference))
    corrected = iter(holm([d.p for *_, d in found if not np.isnan(d.p)]))
    return [
        Change(
            after.protocol, name, before.system, after.system, float(a.mean()),
            float(b.mean()), d, float("nan") if np.isnan(d.p) else next(corrected),
        )
        for before, after, name, a, b, d in found
    ]  # fmt: skip


def changes_text(changes: Sequence[Change]) -> str:
    """Changes as aligned text, one table for each protocol."""
    parts = []
    for protocol in dict.fromkeys(change.protocol for change in changes):
        rows = [["", "figure", "before", "after", "difference", "95 % interval", "p (Holm)", ""]]
        for c in changes:
            if c.protocol == protocol:
                d = c.difference
                label = c.after if c.before == c.after else f"{c.after} against {c.before}"
                rows.append([
                    label, c.name, f"{c.value_before:.3f}", f"{c.value_after:.3f}",
                    f"{d.value:+.3f}", f"{d.low:+.3f} to {d.high:+.3f}", _p(c.p_holm), c.verdict,
                ])  # fmt: skip
        parts.append(f"{protocol}\n{aligned(rows)}")
    return "\n\n".join(parts)


def _p(value: float) -> str:
    if np.isnan(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def pooled(reports: Sequence[Report], *, seed: int = 0, resamples: int = RESAMPLES) -> Report:
    """One report of a system that was made several times, from different seeds.

    Each query's value is its mean over the seeds, and the interval draws clusters of queries; what
    each seed gave stands in a note. A figure that is no mean over queries (skill) is the mean of
    the seeds', and so are its bounds. The breakdown by class is that of mean figures, likewise.

    Raises:
        ValueError: no report, or reports of different systems, protocols or queries.
    """
    if len({(r.system, r.protocol, _clusters(r)) for r in reports}) != 1:
        raise ValueError("only runs of one system on the same queries can be pooled")
    first = reports[0]
    if len(reports) == 1:
        return first
    values = {
        name: np.mean([r.per_query[name] for r in reports], axis=0) for name in first.per_query
    }
    intervals = bootstrap_columns(
        np.column_stack(list(values.values())), first.clusters, seed=seed, resamples=resamples
    )
    means = dict(zip(values, intervals, strict=True))
    figures = tuple(
        figure_from(f.name, means[f.name], values[f.name], f.floor)
        if f.name in means
        else _mean_figure([r.figure(f.name) for r in reports])
        for f in first.figures
    )
    breakdown = tuple(
        _mean_figure([r.figure(f.name, f.group) for r in reports]) for f in first.breakdown
    )
    seeds = ", ".join(f"{report.figures[0].value:.3f}" for report in reports)
    notes = (*first.notes, f"{len(reports)} seeds: {first.figures[0].name} {seeds}")
    return Report(
        first.system, first.protocol, figures, breakdown, notes, values, first.clusters
    )


def _mean_figure(figures: Sequence[Figure]) -> Figure:
    """The mean of figures and of their bounds."""
    first = figures[0]
    value, low, high, floor = (
        float(np.mean([getattr(f, name) for f in figures]))
        for name in ("value", "low", "high", "floor")
    )
    return Figure(first.name, value, first.n, floor, low, high, first.excluded, first.group)


def differences_table(
    asked: Sequence[tuple[str, str, str]], found: Sequence[Difference]
) -> str:
    """Paired differences as aligned text, Holm over all of them.

    Args:
        asked: what is compared, against what, and which figure, of each.
        found: their differences, in the same order.
    """
    rows = [["", "against", "figure", "difference", "95 %", "p (Holm)"]]
    for names, d, p in zip(asked, found, holm([d.p for d in found]), strict=True):
        rows.append([*names, f"{d.value:+.3f}", f"{d.low:+.3f} to {d.high:+.3f}", f"{p:.4f}"])
    return aligned(rows)
