"""What stands behind the words of the window: band words, "unfamiliar", colourways found."""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from fabricfinder.domain.bands import BANDS
from fabricfinder.evaluation.batched import RankedRows, hit_chances
from fabricfinder.evaluation.intervals import RESAMPLES, Interval, cluster_bootstrap
from fabricfinder.evaluation.report import Figure, Report
from fabricfinder.evaluation.tracks import figures_of
from fabricfinder.evaluation.truth import CaptureTruth

UNFAMILIAR = 1.0


def evaluate_bands(
    overall: np.ndarray, truth: CaptureTruth, *, system: str = "", seed: int = 0,
    resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """The percentages behind the band words, at equal weights.

    Args:
        overall: the app's overall score of every pair, float (q, n).

    Returns:
        for each band but the last: of the pairs at or above its floor, the share that is the same
        fabric and that is the same design (each query weighs by its pairs); of the re-captured
        cloths the share at or above it; of other designs' cloths the share below it.
    """
    own, family = truth.same_fabric, truth.same_family
    figures: list[Figure] = []
    notes: list[str] = []
    for band in BANDS[:-1]:
        above = overall >= band.floor
        notes.append(f"{band.word}: {int(above.sum()):,} pairs at {band.floor:.2f} or above.")
        of_pairs = above.sum(axis=1)
        for what, of_query, counted, chance in (
            ("same design", (above & family).sum(axis=1), of_pairs, family.mean()),
            ("same fabric", (above & own).sum(axis=1), of_pairs, own.mean()),
            ("re-captures at or above", (above & own).sum(axis=1), own.sum(axis=1), np.nan),
            ("other designs below", (~above & ~family).sum(axis=1), (~family).sum(axis=1), np.nan),
        ):
            share = _share(of_query, counted, truth.queries.families, seed, resamples)
            n = int(counted.sum())
            group = f"{band.word} ({band.floor:.2f})"
            figures.append(
                Figure(what, share.value, n, float(chance), share.low, share.high, 0, group)
            )
    return Report(
        system, f"{truth.name}, band words", (), tuple(figures), tuple(notes),
        clusters=truth.queries.families,
    )  # fmt: skip


def _share(
    hits: np.ndarray, counted: np.ndarray, clusters: Sequence[object], seed: int, resamples: int
) -> Interval:
    """Σ hits / Σ counted over queries, resampled by cluster."""

    def ratio(means: np.ndarray) -> np.ndarray:
        return np.where(means[:, 1] > 0, means[:, 0] / np.maximum(means[:, 1], 1e-12), np.nan)

    columns = np.column_stack([hits, counted]).astype(np.float64)
    if not counted.sum():
        return Interval(float("nan"), float("nan"), float("nan"))
    return cluster_bootstrap(columns, clusters, ratio, seed=seed, resamples=resamples)


def evaluate_unfamiliar(
    unfamiliarity: np.ndarray, groups: Sequence[str], *, name: str = "", is_cloth: bool,
    system: str = "", seed: int = 0, resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """How often "unfamiliar" is said of pictures that show cloth, or that do not.

    Args:
        unfamiliarity: float (n,); 1 and above is flagged; nan = the encoder cannot say.
        groups: clusters of the pictures (near duplicates), n of them.
        is_cloth: decides the figure's name: flagged of cloth (less is better) or of other things.
    """
    flagged = np.where(np.isnan(unfamiliarity), np.nan, unfamiliarity >= UNFAMILIAR)
    key = "flagged of cloth" if is_cloth else "flagged of other things"
    values = {key: flagged}
    figures = figures_of(values, {key: float("nan")}, groups, resamples, seed)
    return Report(
        system, f"{name}, “unfamiliar cloth”", figures, per_query=MappingProxyType(values),
        clusters=tuple(groups),
    )  # fmt: skip


def evaluate_colorways(
    even: np.ndarray, color_free: np.ndarray, truth: CaptureTruth, *, system: str = "",
    seed: int = 0, resamples: int = RESAMPLES,
) -> Report:  # fmt: skip
    """Whether an article is found in its other colours, and in the right colour first.

    The colourways of a family are its base and its colour siblings; only they ask.

    Args:
        even, color_free: overall scores with all four dimensions, and with colour freed, (q, n).

    Returns:
        "other colourways found": of the k other colourways, the share among the first k results
        once the own capture is left out (R-precision; siblings in other weaves, setts and widths
        compete for the places), and "another colourway among ten", each with colour freed and
        beside it with colour counted; "right colourway first": chance that the own colourway is ahead of all others of
        its family, with colour counted.
    """
    asks, shown = (
        np.array([kind == "base" or kind.startswith("colour") for kind in side.kinds])
        for side in (truth.queries, truth.gallery)
    )
    others = truth.same_family & shown[None] & ~truth.same_fabric
    colorways = truth.same_family & shown[None]
    rows = asks & others.any(axis=1) & truth.same_fabric.any(axis=1)
    right_first = np.where(colorways, even, -np.inf)
    values = {
        "other colourways found, colour freed": _r_precision(color_free, others, truth),
        "other colourways found, colour counted": _r_precision(even, others, truth),
        "another colourway among ten, colour freed": _among_ten(color_free, others, truth),
        "another colourway among ten, colour counted": _among_ten(even, others, truth),
        "right colourway first": hit_chances(right_first, truth.same_fabric, 1),
    }
    values = {key: np.where(rows, of_query, np.nan) for key, of_query in values.items()}
    chance = float((others.sum(axis=1) / others.shape[1])[rows].mean()) if rows.any() else np.nan
    floors = {key: chance * (10 if "among ten" in key else 1) for key in values}
    first = 1 / np.maximum(colorways.sum(axis=1), 1)
    floors["right colourway first"] = float(first[rows].mean()) if rows.any() else float("nan")
    return Report(
        system, f"{truth.name}, colourways",
        figures_of(values, floors, truth.queries.families, resamples, seed),
        per_query=MappingProxyType(values), clusters=truth.queries.families,
    )  # fmt: skip


def _among_ten(scores: np.ndarray, relevant: np.ndarray, truth: CaptureTruth) -> np.ndarray:
    """Chance that one of the first ten is relevant, the own fabric left out, (q,)."""
    return hit_chances(np.where(truth.same_fabric, -np.inf, scores), relevant, 10)


def _r_precision(scores: np.ndarray, relevant: np.ndarray, truth: CaptureTruth) -> np.ndarray:
    """Expected share of the R relevant items among the first R, the own fabric left out, (q,)."""
    ranked = RankedRows(scores, truth.similarity, truth.same_fabric)
    total = relevant.sum(axis=1)
    hits = ranked.expected_hits(relevant)
    at = np.maximum(total, 1) - 1
    found = hits[np.arange(len(hits)), at] / np.maximum(total, 1)
    return np.where(total > 0, found, np.nan)
