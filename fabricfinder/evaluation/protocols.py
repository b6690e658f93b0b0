"""The three questions asked of a system: real photographs, re-captured cloth, graded similarity.

A system enters as its scores only, larger is nearer: a matrix with one row a query, or a function
of the query's number. So a histogram, a hash code and the four-dimension ranking all pass through
the same door. Nothing is tuned here on what is measured here.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from fabricfinder.evaluation.intervals import RESAMPLES, Interval, cluster_bootstrap
from fabricfinder.evaluation.labelled import LabelledSet, RecaptureSet
from fabricfinder.evaluation.metrics import (
    average_precision,
    floor_of,
    hit_at,
    mean_of,
    ndcg_at,
    precision_at,
    reciprocal_rank,
)
from fabricfinder.evaluation.report import Figure, Report, figure_from

Scores = np.ndarray | Callable[[int], np.ndarray]
"""(q, n) or query number -> (n,); float, larger is nearer, -inf for what cannot be found."""

SIMILAR = 0.75
"""Graded similarity from which cloth counts as relevant for the mAP of track T2."""

Metric = tuple[str, Callable[..., float], tuple[object, ...]]

RANKING: tuple[Metric, ...] = (
    ("P@1", precision_at, (1,)),
    ("P@10", precision_at, (10,)),
    ("mAP", average_precision, ()),
)
REIDENTIFICATION: tuple[Metric, ...] = (
    ("recall@1", hit_at, (1,)),
    ("recall@10", hit_at, (10,)),
    ("MRR", reciprocal_rank, ()),
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


def evaluate_recaptures(
    scores: Scores, captures: RecaptureSet, *, system: str = "", seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Track T1: a new capture asks for its own fabric among all others, hard siblings included.

    Args:
        scores: of the n gallery captures for query i.
        captures: who asks and what is searched; relevant is the same physical fabric.

    Returns:
        recall@1, recall@10 (chance that one of the first k is the fabric) and MRR, tie-aware, with
        intervals over fabrics, and recall@1 by coarse minor and by fine class.

    Raises:
        ValueError: a query's scores are not (n,) or hold nan.
    """
    _check_rows(scores, len(captures))
    gallery = np.array(captures.gallery_fabrics, object)

    def query(i: int) -> tuple[np.ndarray, np.ndarray]:
        relevant = np.asarray(gallery == captures.query_fabrics[i], bool)
        return _row(scores, i, len(gallery)), relevant

    values, floors = _measure(REIDENTIFICATION, query, len(captures))
    first = {"recall@1": values["recall@1"]}
    clusters = captures.query_fabrics
    breakdown = [
        figure
        for kind, classes in (("coarse", captures.minors), ("fine", captures.fines))
        for figure in _by_class(
            first, floors, clusters, [f"{kind} {c}" if c else "" for c in classes], seed, resamples
        )
    ]
    n_fabrics = len(set(captures.gallery_fabrics))
    return Report(
        system=system,
        protocol=f"{captures.name}, re-captured among {n_fabrics:,} fabrics",
        figures=_figures(values, floors, clusters, seed, resamples),
        breakdown=tuple(breakdown),
        per_query=MappingProxyType(values),
        clusters=clusters,
    )


def evaluate_graded(
    scores: Scores, similarity: Scores, clusters: Sequence[object], *, system: str = "",
    name: str = "graded", coarse_only: Scores | None = None, k: int = 50, seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Track T2: how well a ranking follows the graded similarity S to cloth that is not its own.

    Args:
        scores: of the n gallery items for query i.
        similarity: true S in [0, 1] in the same shape; nan marks an item left out for that query
            (its own fabric's captures).
        clusters: the fabric of each of the q queries.
        coarse_only: scores of the ranking by coarse minor alone, printed beside.

    Returns:
        NDCG@k with both gains, its skill (NDCG − random) / (1 − random), mAP of S ≥ SIMILAR, and
        NDCG@k of coarse-only.

    Raises:
        ValueError: a query's rows differ in length or its scores hold nan.
    """
    main = f"NDCG@{k}"
    metrics: tuple[Metric, ...] = (
        (main, ndcg_at, (k,)),
        (f"{main} linear", ndcg_at, (k, "linear")),
        (f"mAP S≥{SIMILAR}", _similar_precision, ()),
    )
    values, floors = _measure(metrics, _judged(scores, similarity, len(clusters)), len(clusters))
    if coarse_only is not None:
        beside = ((f"{main} coarse only", ndcg_at, (k,)),)
        query = _judged(coarse_only, similarity, len(clusters))
        coarse = _measure(beside, query, len(clusters))
        values, floors = values | coarse[0], floors | coarse[1]
    return Report(
        system=system,
        protocol=f"{name}, similarity to absent cloth",
        figures=(
            *_figures(values, floors, clusters, seed, resamples),
            _skill(f"skill@{k}", values[main], floors[main], clusters, seed, resamples),
        ),
        per_query=MappingProxyType(values),
        clusters=tuple(clusters),
    )


def _similar_precision(scores: np.ndarray, similarity: np.ndarray) -> float:
    """Average precision where an item of similarity at least SIMILAR is relevant."""
    return average_precision(scores, similarity >= SIMILAR)


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


def _judged(
    scores: Scores, similarity: Scores, n_queries: int
) -> Callable[[int], tuple[np.ndarray, np.ndarray]]:
    """Rows of scores and similarity without the items that are left out (nan similarity)."""
    _check_rows(scores, n_queries)
    _check_rows(similarity, n_queries)

    def query(i: int) -> tuple[np.ndarray, np.ndarray]:
        truth = np.asarray(similarity(i) if callable(similarity) else similarity[i], np.float64)
        kept = ~np.isnan(truth)
        return _row(scores, i, len(truth))[kept], truth[kept]

    return query


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


def _skill(
    name: str,
    values: np.ndarray,
    floors: np.ndarray,
    clusters: Sequence[object],
    seed: int,
    resamples: int,
) -> Figure:
    """(mean − mean floor) / (1 − mean floor), resampled as a whole; a random ranking has 0."""

    def skill(means: np.ndarray) -> np.ndarray:
        return (means[:, 0] - means[:, 1]) / (1 - means[:, 1])

    interval: Interval = cluster_bootstrap(
        np.column_stack([values, floors]), clusters, skill, seed=seed, resamples=resamples
    )
    return figure_from(name, interval, values, 0.0)
