"""The question asked of a system on real photographs: does a picture of the same label come first?

A system enters as its scores only, larger is nearer: a matrix with one row a query, or a function
of the query's number. So a histogram, a hash code and the four-dimension ranking all pass through
the same door. Nothing is tuned here on what is measured here.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from fabricfinder.evaluation.intervals import RESAMPLES, cluster_bootstrap
from fabricfinder.evaluation.labelled import LabelledSet
from fabricfinder.evaluation.metrics import (
    average_precision,
    floor_of,
    mean_of,
    precision_at,
)
from fabricfinder.evaluation.report import Figure, Report, figure_from

Scores = np.ndarray | Callable[[int], np.ndarray]
"""(q, n) or query number -> (n,); float, larger is nearer, -inf for what cannot be found."""

Metric = tuple[str, Callable[..., float], tuple[object, ...]]

RANKING: tuple[Metric, ...] = (
    ("P@1", precision_at, (1,)),
    ("P@10", precision_at, (10,)),
    ("mAP", average_precision, ()),
)


def evaluate_photos(
    scores: Scores, labelled: LabelledSet, *, system: str = "", seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """The real protocol: every picture asks, the whole set is ranked, its own group left out.

    Args:
        scores: of all n pictures for query i, the query itself and its near duplicates included;
            those are left out here.
        labelled: the pictures; relevant is an equal label.

    Returns:
        P@1, P@10 and mAP, tie-aware, over all queries and by label; the interval draws
        near-duplicate groups; the floor is the exact expectation of a random ranking.

    Raises:
        ValueError: a query's scores are not (n,) or hold nan.
    """
    groups, labels = labelled.group_codes, labelled.label_codes
    _check_rows(scores, len(labelled))

    def query(i: int) -> tuple[np.ndarray, np.ndarray]:
        others = groups != groups[i]
        return _row(scores, i, len(labelled))[others], (labels == labels[i])[others]

    values, floors = _measure(RANKING, query, len(labelled))
    notes = [f"{labelled.unlabelled} pictures without a label were left out."]
    return Report(
        system=system,
        protocol=f"{labelled.name}, leave one out",
        figures=_figures(values, floors, labelled.groups, seed, resamples),
        breakdown=_by_class(values, floors, labelled.groups, labelled.labels, seed, resamples),
        notes=tuple(notes if labelled.unlabelled else ()),
        per_query=MappingProxyType(values),
        clusters=labelled.groups,
    )


def _row(scores: Scores, i: int, n: int) -> np.ndarray:
    """The scores of query i, checked to be (n,)."""
    row = np.asarray(scores(i) if callable(scores) else scores[i], np.float64)
    if row.shape != (n,):
        raise ValueError(f"query {i} has scores of shape {row.shape}, not ({n},)")
    return row


def _check_rows(scores: Scores, n_queries: int) -> None:
    """Raise ValueError unless a matrix has one row for each query."""
    if not callable(scores) and len(scores) != n_queries:
        raise ValueError(f"{len(scores)} rows for {n_queries} queries")


def _measure(
    metrics: Sequence[Metric],
    query: Callable[[int], tuple[np.ndarray, np.ndarray]],
    n_queries: int,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Every metric of every query and of a random ranking of the same items, (q,) each."""
    values = {name: np.full(n_queries, np.nan) for name, _, _ in metrics}
    floors = {name: np.full(n_queries, np.nan) for name, _, _ in metrics}
    for i in range(n_queries):
        row, truth = query(i)
        for name, metric, args in metrics:
            values[name][i] = metric(row, truth, *args)
            floors[name][i] = floor_of(metric, truth, *args)
    return values, floors


def _figures(
    values: Mapping[str, np.ndarray],
    floors: Mapping[str, np.ndarray],
    clusters: Sequence[object],
    seed: int,
    resamples: int,
    group: str = "",
) -> tuple[Figure, ...]:
    """A figure of each metric; all are resampled alike."""
    return tuple(
        figure_from(
            name,
            cluster_bootstrap(of_query, clusters, seed=seed, resamples=resamples),
            of_query,
            mean_of(floors[name])[0],
            group,
        )
        for name, of_query in values.items()
    )


def _by_class(
    values: Mapping[str, np.ndarray],
    floors: Mapping[str, np.ndarray],
    clusters: Sequence[object],
    classes: Sequence[str],
    seed: int,
    resamples: int,
) -> tuple[Figure, ...]:
    """The figures of each class by name; queries of class "" are in none."""
    figures: list[Figure] = []
    for group in sorted(set(classes) - {""}):
        rows = [i for i, name in enumerate(classes) if name == group]
        inside = [clusters[i] for i in rows]
        part = {name: of_query[rows] for name, of_query in values.items()}
        part_floors = {name: of_query[rows] for name, of_query in floors.items()}
        figures += _figures(part, part_floors, inside, seed, resamples, group)
    return tuple(figures)

