"""Whether beliefs are right and as sure as they should be: classes, tightness, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fabricfinder.evaluation.calibration import (
    ReliabilityBin,
    conformal_quantile,
    conformal_set,
    expected_calibration_error,
    reliability,
)
from fabricfinder.evaluation.intervals import RESAMPLES, bootstrap_columns
from fabricfinder.evaluation.report import Figure, Report, figure_from
from fabricfinder.evaluation.tracks import LEAST_FAMILIES, figures_of, weak_classes

COVERAGE = 0.9
FINE_PX_PER_YARN = 4.0
NORMAL_95 = 1.959964
DENSITY_WITHIN = 0.03


@dataclass(frozen=True, eq=False)
class BeliefFigures:
    """What is known of beliefs about n captures.

    Attributes:
        report: accuracies, errors, calibration; by class.
        confusion: int64 (minors, minors), rows true, columns believed.
        minors: names of its rows.
        reliability: of the most believed minor and fine class.
    """

    report: Report
    confusion: np.ndarray
    minors: tuple[str, ...]
    reliability: dict[str, tuple[ReliabilityBin, ...]]


@dataclass(frozen=True, eq=False)
class BelievedAndTrue:
    """Beliefs about n captures beside exact labels.

    Attributes:
        coarse, fine: beliefs, float (n, minors) and (n, classes).
        tightness: mean and standard deviation in percent, float (n, 2).
        true_coarse, true_fine: columns of the truth, int (n,).
        true_tightness: percent, float (n,); nan where cloth has none.
        px_per_yarn: pixels between neighbouring threads of the denser direction, float (n,);
            nan where the scale is not told.
        families: the clusters of the intervals, n of them.
    """

    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray
    true_coarse: np.ndarray
    true_fine: np.ndarray
    true_tightness: np.ndarray
    px_per_yarn: np.ndarray
    families: Sequence[str]


def evaluate_beliefs(
    seen: BelievedAndTrue, minors: Sequence[str], fines: Sequence[str], *, name: str = "beliefs",
    system: str = "", seed: int = 0, resamples: int = RESAMPLES,
) -> BeliefFigures:  # fmt: skip
    """Measure beliefs about rendered captures.

    Args:
        seen: beliefs and truth.
        minors, fines: names of the columns.

    Returns:
        accuracy of minor, major and fine class (the latter also where the scale is told, and at
        FINE_PX_PER_YARN or more); mean error of tightness in points where the scale is told, and
        the share inside its own 95 % interval; expected calibration error; coverage and mean size
        of 90 % conformal sets, fitted on one half of the families and measured on the other, both
        ways. By class accuracy; those below 60 % stand in the notes.
    """
    values, floors = _values(seen, minors)
    intervals = bootstrap_columns(
        np.column_stack(list(values.values())), seen.families, seed=seed, resamples=resamples
    )
    figures = [
        figure_from(key, interval, values[key], floors.get(key, float("nan")))
        for key, interval in zip(values, intervals, strict=True)
    ]
    for key, beliefs, truth in (
        ("ECE minor", seen.coarse, seen.true_coarse),
        ("ECE fine", seen.fine, seen.true_fine),
    ):
        error = expected_calibration_error(
            beliefs, truth, seen.families, seed=seed, resamples=resamples
        )
        figures.append(
            Figure(key, error.value, len(truth), float("nan"), error.low, error.high)
        )
    breakdown = _by_class(seen, minors, fines, values, seed, resamples)
    report = Report(
        system=system,
        protocol=f"{name}, beliefs about new captures",
        figures=tuple(figures),
        breakdown=tuple(breakdown),
        notes=weak_classes(breakdown),
        per_query=MappingProxyType(values),
        clusters=tuple(seen.families),
    )
    return BeliefFigures(
        report, _confusion(seen, len(minors)), tuple(minors),
        {"coarse": reliability(seen.coarse, seen.true_coarse),
         "fine": reliability(seen.fine, seen.true_fine)},
    )  # fmt: skip


def _values(
    seen: BelievedAndTrue, minors: Sequence[str]
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Every per-capture value, nan where it does not count, and the floors of the accuracies."""
    majors = np.unique([m.split("/")[0] for m in minors], return_inverse=True)[1]
    believed = seen.coarse.argmax(axis=1)
    right = (believed == seen.true_coarse).astype(float)
    major = (majors[believed] == majors[seen.true_coarse]).astype(float)
    fine = (seen.fine.argmax(axis=1) == seen.true_fine).astype(float)
    told = ~np.isnan(seen.px_per_yarn)
    resolved = told & (np.nan_to_num(seen.px_per_yarn) >= FINE_PX_PER_YARN)
    mean, deviation = seen.tightness.T
    error = np.where(told, np.abs(mean - seen.true_tightness), np.nan)
    inside = np.where(np.isnan(error), np.nan, error <= NORMAL_95 * deviation)
    coarse_set = _conformal(seen.coarse, seen.true_coarse, seen.families)
    fine_set = _conformal(seen.fine, seen.true_fine, seen.families)
    values = {
        "minor right": right,
        "major right": major,
        "fine right": fine,
        "fine right, scale told": np.where(told, fine, np.nan),
        "fine right, ≥ 4 px a yarn": np.where(resolved, fine, np.nan),
        "error of tightness, points": error,
        "tightness in its 95 % interval": inside,
        "minor in its 90 % set": coarse_set[0],
        "size of minor's set": coarse_set[1],
        "fine in its 90 % set": fine_set[0],
        "size of fine's set": fine_set[1],
    }
    n = len(right)
    floors = {
        "minor right": _chance(seen.true_coarse, n),
        "major right": _chance(majors[seen.true_coarse], n),
        "fine right": _chance(seen.true_fine, n),
    }
    floors["fine right, scale told"] = _chance(seen.true_fine[told], int(told.sum()))
    floors["fine right, ≥ 4 px a yarn"] = _chance(seen.true_fine[resolved], int(resolved.sum()))
    return values, floors


def _chance(labels: np.ndarray, n: int) -> float:
    """Share of the commonest class: what always naming it would score."""
    return float(np.bincount(labels).max() / n) if n else float("nan")


def _conformal(
    beliefs: np.ndarray, truth: np.ndarray, families: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each truth lies in its set, and the set's size; each half fitted on the other."""
    index: dict[str, int] = {}
    half = np.array([index.setdefault(f, len(index)) % 2 for f in families], bool)
    covered, size = np.full(len(truth), np.nan), np.full(len(truth), np.nan)
    rows = np.arange(len(truth))
    for held in (half, ~half):
        fitted = rows[~held]
        if not len(fitted) or not held.any():
            continue
        quantile = conformal_quantile(1 - beliefs[fitted, truth[fitted]], COVERAGE)
        sets = conformal_set(beliefs[held], quantile)
        covered[held] = sets[np.arange(held.sum()), truth[held]]
        size[held] = sets.sum(axis=1)
    return covered, size


def _by_class(
    seen: BelievedAndTrue, minors: Sequence[str], fines: Sequence[str],
    values: dict[str, np.ndarray], seed: int, resamples: int,
) -> list[Figure]:  # fmt: skip
    """Accuracy within each true class; of the weaves where yarns are resolved."""
    groups: list[tuple[str, np.ndarray]] = []
    for kind, names, truth, key in (
        ("coarse", minors, seen.true_coarse, "minor right"),
        ("fine", fines, seen.true_fine, "fine right, ≥ 4 px a yarn"),
    ):
        for column in np.unique(truth):
            of_class = np.where(truth == column, values[key], np.nan)
            if not np.isnan(of_class).all():
                groups.append((f"{kind} {names[column]}", of_class))
    table = np.column_stack([values for _, values in groups])
    intervals = bootstrap_columns(
        table, seen.families, seed=seed, resamples=resamples, least_clusters=LEAST_FAMILIES
    )
    return [
        figure_from("right", interval, of_class[~np.isnan(of_class)], float("nan"), group)
        for (group, of_class), interval in zip(groups, intervals, strict=True)
    ]


def _confusion(seen: BelievedAndTrue, n: int) -> np.ndarray:
    table = np.zeros((n, n), np.int64)
    np.add.at(table, (seen.true_coarse, seen.coarse.argmax(axis=1)), 1)
    return table


def dimension_errors(
    believed: np.ndarray, true: np.ndarray, families: Sequence[str], *, name: str = "",
    system: str = "", seed: int = 0, resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """How far each of the four bars is from the similarity of the exact labels.

    Args:
        believed, true: float (q, n, 4) in the order of DIMENSIONS; nan = not judged.
        families: of the queries.

    Returns:
        mean |believed − true| of every dimension over pairs, by query; the floor is the error of
        always saying the dimension's mean truth.
    """
    errors = np.nanmean(np.abs(believed - true), axis=1)
    means = np.nanmean(true, axis=(0, 1))
    floors = np.nanmean(np.abs(true - means), axis=(0, 1))
    values = {
        f"error of the {bar} bar": errors[:, i]
        for i, bar in enumerate(("coarse texture", "fine texture", "colour", "tightness"))
    }
    intervals = bootstrap_columns(errors, families, seed=seed, resamples=resamples)
    figures = tuple(
        figure_from(key, interval, of_query, float(floor))
        for (key, of_query), interval, floor in zip(values.items(), intervals, floors, strict=True)
    )
    return Report(
        system, f"{name}, error of each bar", figures, per_query=MappingProxyType(values),
        clusters=tuple(families),
    )  # fmt: skip


def evaluate_density(
    counted: np.ndarray, true: np.ndarray, families: Sequence[str], *, name: str = "",
    system: str = "", seed: int = 0, resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Threads counted from pixels beside the true sett.

    Args:
        counted: threads per cm of the two directions, float (n, 2); nan = refused.
        true: float (n, 2); a picture may lie on its side, so the better of both ways round counts.

    Returns:
        of the answered pictures the share with both directions within 3 %, and their mean relative
        error; the share that was answered at all.
    """
    either = np.stack([counted, counted[:, ::-1]])
    errors = np.abs(either / true - 1).max(axis=2).min(axis=0)
    answered = ~np.isnan(errors)
    within = np.where(answered, np.nan_to_num(errors, nan=1.0) <= DENSITY_WITHIN, np.nan)
    values = {
        "density within 3 %": within,
        "error of density, relative": errors,
        "answered": answered.astype(float),
    }
    return Report(
        system, f"{name}, threads counted",
        figures_of(values, dict.fromkeys(values, float("nan")), families, resamples, seed),
        per_query=MappingProxyType(values), clusters=tuple(families),
    )  # fmt: skip
