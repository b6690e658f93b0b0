"""The two tracks on rendered cloth: T1 the same cloth re-captured, T2 graded similarity.

A system enters as scores (q, n), larger is nearer. Everything is tie-aware; intervals
draw whole families, since siblings of one design are no independent evidence.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from weakref import WeakKeyDictionary

import numpy as np

from fabricfinder.evaluation.batched import (
    RankedRows,
    hit_chances,
    reciprocal_ranks,
    row_blocks,
)
from fabricfinder.evaluation.intervals import (
    RESAMPLES,
    bootstrap_columns,
    cluster_bootstrap,
)
from fabricfinder.evaluation.metrics import mean_of
from fabricfinder.evaluation.report import Figure, Report, figure_from
from fabricfinder.evaluation.truth import SIMILAR, CaptureTruth

K = 50
LEAST_FAMILIES = 5
"""A class of fewer families gets no interval."""
WEAK = 0.60
"""No class may have a recall@1 below this."""

SIBLING_KINDS = ("colour", "weave", "sett 10 %", "sett 25 %", "width")


def sibling_kind(kind: str) -> str:
    """What a benchmark sibling differs in: one of SIBLING_KINDS, "base", or "".

    Example:
        >>> sibling_kind("colour-2"), sibling_kind("sett+25"), sibling_kind("width-wider")
        ('colour', 'sett 25 %', 'width')
    """
    if kind.startswith("sett"):
        return f"sett {kind[-2:]} %"
    return kind.split("-")[0]


def evaluate_reidentification(
    scores: np.ndarray, truth: CaptureTruth, *, system: str = "", seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Track T1: a new capture asks for its own fabric among all others, hard siblings included.

    Args:
        scores: float (q, n).
        truth: who asks and what is right.

    Returns:
        recall@1 and @10 (chance that one of the first k is the fabric), its mean reciprocal rank
        (mAP by R3 where each fabric lies there once), "design@1" (the fabric or any sibling comes
        first); by class recall@1; by kind of sibling recall@1 of queries of that kind and "told
        apart": how often the own capture lies above the sibling that differs in this alone, ties
        as halves. Classes under WEAK are named in the notes.

    Raises:
        ValueError: the scores are not (q, n) or hold nan.
    """
    _check(scores, truth)
    families, queries = truth.queries.families, truth.queries
    values = {
        "recall@1": hit_chances(scores, truth.same_fabric, 1),
        "recall@10": hit_chances(scores, truth.same_fabric, 10),
        "MRR": reciprocal_ranks(scores, truth.same_fabric),
        "design@1": hit_chances(scores, truth.same_family, 1),
    }
    tied = np.zeros((1, len(truth.gallery)))
    floors = {
        name: float(measure(tied, _evenly(n_right, tied.shape[1]), *args)[0])
        for name, measure, n_right, args in (
            ("recall@1", hit_chances, 1, (1,)),
            ("recall@10", hit_chances, 1, (10,)),
            ("MRR", reciprocal_ranks, 1, ()),
        )
    }
    floors["design@1"] = float(np.mean(truth.same_family.sum(axis=1) / tied.shape[1]))
    classes = {
        "kind": [sibling_kind(kind) for kind in queries.kinds],
        "coarse": queries.minors,
        "fine": queries.fines,
    }
    by_class = _by_classes("recall@1", values["recall@1"], floors["recall@1"], classes, families,
                           resamples, seed)  # fmt: skip
    apart = told_apart(scores, truth)
    n_fabrics = len(set(truth.gallery.fabrics))
    return Report(
        system=system,
        protocol=f"{truth.name}, T1: re-captured among {n_fabrics:,} fabrics",
        figures=figures_of(values, floors, families, resamples, seed),
        breakdown=(*by_class, *_apart_figures(apart, families, resamples, seed)),
        notes=weak_classes(by_class),
        per_query=MappingProxyType(values),
        clusters=families,
    )


def _evenly(n_right: int, n: int) -> np.ndarray:
    """One row of which n_right are relevant."""
    return (np.arange(n) < n_right)[None]


def told_apart(scores: np.ndarray, truth: CaptureTruth) -> Mapping[str, np.ndarray]:
    """By kind: share of siblings differing in this alone that lie below the own capture, (q,).

    A base is compared with its siblings, a sibling with its base; nan where there is none.
    """
    kinds_q = np.array([sibling_kind(k) for k in truth.queries.kinds], object)
    kinds_g = np.array([sibling_kind(k) for k in truth.gallery.kinds], object)
    own = np.where(truth.same_fabric, scores, -np.inf).max(axis=1, initial=-np.inf)[:, None]
    wins = (scores < own) + 0.5 * (scores == own)
    found = {}
    for kind in SIBLING_KINDS:
        pairs = (kinds_q == "base")[:, None] & (kinds_g == kind)[None]
        pairs |= (kinds_q == kind)[:, None] & (kinds_g == "base")[None]
        pairs &= truth.same_family & truth.same_fabric.any(axis=1)[:, None]
        counted = pairs.sum(axis=1)
        share = (wins * pairs).sum(axis=1) / np.maximum(counted, 1)
        found[kind] = np.where(counted > 0, share, np.nan)
    return MappingProxyType(found)


def _apart_figures(
    apart: Mapping[str, np.ndarray], clusters: Sequence[object], resamples: int, seed: int
) -> list[Figure]:
    known = {kind: values for kind, values in apart.items() if not np.isnan(values).all()}
    if not known:
        return []
    columns = np.column_stack(list(known.values()))
    intervals = bootstrap_columns(columns, clusters, resamples=resamples, seed=seed)
    return [
        figure_from("told apart", interval, values, 0.5, f"sibling {kind}")
        for (kind, values), interval in zip(known.items(), intervals, strict=True)
    ]


def weak_classes(figures: Sequence[Figure]) -> tuple[str, ...]:
    """A sentence for each kind of class whose members lie below WEAK, worst first."""
    notes = []
    for kind in ("coarse", "fine"):
        of_kind = [f for f in figures if f.group.startswith(kind + " ")]
        weak = sorted((f for f in of_kind if f.value < WEAK), key=lambda f: f.value)
        if weak:
            names = ", ".join(
                f"{f.group.removeprefix(kind + ' ')} {f.value:.2f} (n={f.n})" for f in weak
            )
            notes.append(f"{len(weak)} of {len(of_kind)} {kind} classes below {WEAK:.0%}: {names}")
    return tuple(notes)


def evaluate_graded(
    scores: np.ndarray, truth: CaptureTruth, *, system: str = "", seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Track T2: how a ranking follows true similarity to cloth that is not the query's own.

    Args:
        scores: float (q, n); captures of the query's own fabric are left out here.
        truth: who asks and what is right.

    Returns:
        NDCG@50 with both gains, its skill (NDCG − random) / (1 − random), mAP by R1 (same minor
        and weave) and by R2 (S ≥ SIMILAR), and beside them NDCG@50 of coarse labels alone.

    Raises:
        ValueError: the scores are not (q, n) or hold nan.
    """
    _check(scores, truth)
    values = _graded_values(scores, truth)
    floors, coarse = _graded_floors(truth)
    main = f"NDCG@{K}"
    families = truth.queries.families
    values[f"{main} of coarse labels"] = coarse
    means = {name: mean_of(of_query)[0] for name, of_query in floors.items()}
    means[f"{main} of coarse labels"] = means[main]
    return Report(
        system=system,
        protocol=f"{truth.name}, T2: similarity to absent cloth",
        figures=(
            *figures_of(values, means, families, resamples, seed),
            _skill(f"skill@{K}", values[main], floors[main], families, resamples, seed),
        ),
        per_query=MappingProxyType(values),
        clusters=families,
    )


def _graded_values(scores: np.ndarray, truth: CaptureTruth) -> dict[str, np.ndarray]:
    """The metrics of track T2, (q,) each, a block of queries at a time."""
    parts: dict[str, list[np.ndarray]] = {}
    for rows in row_blocks(*scores.shape):
        similarity, own = truth.similarity[rows], truth.same_fabric[rows]
        ranked = RankedRows(scores[rows], similarity, own)
        for name, values in (
            (f"NDCG@{K}", ranked.ndcg(similarity, K)),
            (f"NDCG@{K} linear", ranked.ndcg(similarity, K, "linear")),
            ("mAP same pattern and weave", ranked.average_precision(truth.same_classes[rows])),
            (f"mAP S≥{SIMILAR}", ranked.average_precision(truth.similar[rows])),
        ):
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(blocks) for name, blocks in parts.items()}


_beside: WeakKeyDictionary[CaptureTruth, tuple[dict[str, np.ndarray], np.ndarray]] = (
    WeakKeyDictionary()
)


def _graded_floors(truth: CaptureTruth) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The metrics of a random ranking, and NDCG of coarse labels, worked out once a truth."""
    if truth not in _beside:
        floors = _graded_values(np.zeros(truth.similarity.shape), truth)
        coarse = _graded_values(truth.coarse_only, truth)[f"NDCG@{K}"]
        _beside[truth] = floors, coarse
    return _beside[truth]


def _check(scores: np.ndarray, truth: CaptureTruth) -> None:
    if scores.shape != truth.similarity.shape:
        raise ValueError(f"scores are {scores.shape}, not {truth.similarity.shape}")


def figures_of(
    values: Mapping[str, np.ndarray], floors: Mapping[str, float], clusters: Sequence[object],
    resamples: int = RESAMPLES, seed: int = 0,
) -> tuple[Figure, ...]:  # fmt: skip
    """A figure of the mean of each metric (q,), nan = left out, all resampled alike."""
    columns = np.column_stack(list(values.values()))
    intervals = bootstrap_columns(columns, clusters, resamples=resamples, seed=seed)
    return tuple(
        figure_from(name, interval, of_query, floors[name])
        for (name, of_query), interval in zip(values.items(), intervals, strict=True)
    )


def _by_classes(
    name: str, values: np.ndarray, floor: float, classes: Mapping[str, Sequence[str]],
    clusters: Sequence[object], resamples: int, seed: int,
) -> list[Figure]:  # fmt: skip
    """One metric within each class of each kind of class; the class "" is none."""
    groups = [
        (f"{kind} {member}", np.array(names, object) == member)
        for kind, names in classes.items()
        for member in sorted(set(names) - {""})
    ]
    if not groups:
        return []
    table = np.column_stack([np.where(inside, values, np.nan) for _, inside in groups])
    intervals = bootstrap_columns(
        table, clusters, resamples=resamples, seed=seed, least_clusters=LEAST_FAMILIES
    )
    return [
        figure_from(name, interval, values[inside], floor, group)
        for (group, inside), interval in zip(groups, intervals, strict=True)
    ]


def _skill(
    name: str, values: np.ndarray, floors: np.ndarray, clusters: Sequence[object], resamples: int,
    seed: int,
) -> Figure:  # fmt: skip
    """(mean − mean floor) / (1 − mean floor), resampled as a whole; a random ranking has 0."""

    def skill(means: np.ndarray) -> np.ndarray:
        return (means[:, 0] - means[:, 1]) / (1 - means[:, 1])

    interval = cluster_bootstrap(
        np.column_stack([values, floors]), clusters, skill, resamples=resamples, seed=seed
    )
    return figure_from(name, interval, values, 0.0)
