"""How much a head has learned, on labels it was not shown, and what more labels would bring.

Labels are dealt into five parts, no article parted; each part is judged by a head fitted on the
other four, so every figure speaks of labels that were held back.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from fabricfinder.domain.progress import Progress
from fabricfinder.labelling.heads import (
    RIDGES,
    SURENESSES,
    Lessons,
    class_logs,
    cover_of,
    fit_classes,
    fit_cover,
    folds,
)

Steps = Generator[Progress, None, Any]
FOLDS = 5
FEWEST = 12  # labels, of as many articles, below which nothing is fitted
FEWEST_TO_FORECAST = 60
CURVE = (0.25, 0.5, 1.0)  # shares of the labels a learning curve is drawn through
REPLICATES = 400
PHASE = "Learning from your labels"


@dataclass(frozen=True, slots=True)
class Judged:
    """One dimension on labels held back, before and after.

    Attributes:
        dimension: of what.
        labels, articles: how many, of how many articles.
        before, after: share named right, averaged over the terms, 0..1, by the encoder alone and
            with the head; of tightness the mean error in percent of cover.
        low, high: 90 % interval of after less before, whole articles drawn.
        kept: whether the head is used: it gives the labels held back more chance, and does not
            surely name fewer of them right.
        curve: (labels learned from, figure), fewest first.
        next_low, next_high: 90 % interval of what a hundred more labels would add (tightness:
            take off); nan = too few to say.
    """

    dimension: str
    labels: int
    articles: int
    before: float
    after: float
    low: float
    high: float
    kept: bool
    curve: tuple[tuple[int, float], ...] = ()
    next_low: float = float("nan")
    next_high: float = float("nan")


def fitted(lessons: Lessons, dimension: str) -> Steps:
    """Fit a head's weights with the pull that does best on labels held back.

    Returns:
        weights as ``fit_classes`` or ``fit_cover`` give them, and a Judged.
    """
    if dimension == "tightness":
        return (yield from _fitted_cover(lessons))
    fold = folds(lessons.groups.tolist(), FOLDS)
    n = len(lessons)
    logs = np.zeros((len(SURENESSES), n, len(lessons.columns) + 1))
    for k in range(FOLDS):
        rows, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        start = None
        for i, pull in enumerate(SURENESSES):
            yield Progress(PHASE, k * len(SURENESSES) + i, FOLDS * len(SURENESSES) + 1, unit="")
            start = fit_classes(lessons.part(rows), pull, start)
            logs[i, held] = class_logs(lessons.part(held), start)
    own = logs[:, np.arange(n), lessons.said]
    best = int(np.argmax(own.mean(axis=1)))
    zero = np.zeros((lessons.x.shape[1] + 1, len(lessons.columns)))
    plain = class_logs(lessons, zero)
    plain_own = plain[np.arange(n), lessons.said]
    weight = fit_classes(lessons, SURENESSES[best], None, 120)
    right = np.stack([_right(plain, lessons.said), _right(logs[best], lessons.said)])
    figures = _macro(right, lessons)
    gain = _macro_replicates(right, lessons)
    low, high = np.quantile(gain[1] - gain[0], (0.05, 0.95))
    # Log chances tell better from worse with fewer labels than hits do; hits have a veto.
    kept = bool(own[best].mean() > plain_own.mean() and high >= 0)
    judged = Judged(
        dimension, n, len(set(lessons.groups.tolist())), float(figures[0]), float(figures[1]),
        float(low), float(high), kept,
    )  # fmt: skip
    return weight, judged


def _right(logs: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Whether the likeliest of the terms in use is the one said, bool (n,)."""
    return logs[:, :-1].argmax(axis=1) == said


def _macro(right: np.ndarray, lessons: Lessons) -> np.ndarray:
    """Share right of each term, averaged over the terms: bool (r, n) -> (r,)."""
    used = np.unique(lessons.said)
    return np.mean([right[:, lessons.said == c].mean(axis=1) for c in used], axis=0)


def _drawn(groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often each group is drawn in each replicate, (REPLICATES, g), and each row's group."""
    _, number = np.unique([repr(g) for g in groups.tolist()], return_inverse=True)
    rng = np.random.default_rng(0)
    g = number.max() + 1
    return rng.multinomial(g, np.full(g, 1 / g), REPLICATES), number


def _macro_replicates(right: np.ndarray, lessons: Lessons) -> np.ndarray:
    """``_macro`` with whole articles drawn with replacement, (r, REPLICATES)."""
    draws, number = _drawn(lessons.groups)
    weight = draws[:, number].astype(float)  # (REPLICATES, n)
    one_hot = (lessons.said[:, None] == np.unique(lessons.said)).astype(float)
    there = weight @ one_hot
    found = []
    for row in right:
        hits = weight @ (one_hot * row[:, None])
        share = np.where(there > 0, hits / np.maximum(there, 1), np.nan)
        found.append(np.nanmean(share, axis=1))
    return np.stack(found)


def _fitted_cover(lessons: Lessons) -> Steps:
    """As ``fitted``, of tightness; weights carry the deviation left as their last value."""
    fold = folds(lessons.groups.tolist(), FOLDS)
    guess = np.zeros((len(RIDGES), len(lessons)))
    for k in range(FOLDS):
        yield Progress(PHASE, k, FOLDS, unit="")
        rows, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        for i, pull in enumerate(RIDGES):
            guess[i, held] = cover_of(lessons.part(held), fit_cover(lessons.part(rows), pull))
    off = np.abs(guess - lessons.said)
    best = int(np.argmin(off.mean(axis=1)))
    plain = np.abs(lessons.prior[:, 0] - lessons.said)
    draws, number = _drawn(lessons.groups)
    weight = draws[:, number]
    gain = ((off[best] - plain) * weight).sum(axis=1) / weight.sum(axis=1)
    low, high = np.quantile(gain, (0.05, 0.95))
    judged = Judged(
        "tightness", len(lessons), len(set(lessons.groups.tolist())), float(plain.mean()),
        float(off[best].mean()), float(low), float(high), bool(off[best].mean() < plain.mean()),
    )  # fmt: skip
    deviation = float(np.sqrt(np.mean((guess[best] - lessons.said) ** 2)))
    return np.append(fit_cover(lessons, RIDGES[best]), deviation), judged


def forecast(lessons: Lessons, dimension: str, judged: Judged, seed: int = 0) -> Steps:
    """The learning curve so far and what a hundred more labels would bring; returns a Judged.

    The curve goes through heads fitted on a quarter, a half and all of the labels not held back;
    the gain is read off a straight line over the logarithm of their number, and its interval from
    whole articles drawn again.
    """
    from dataclasses import replace

    if len(lessons) < FEWEST_TO_FORECAST:
        return judged
    fold = folds(lessons.groups.tolist(), FOLDS)
    order = np.random.default_rng(seed).permutation(len(lessons))
    good = np.zeros((len(CURVE), len(lessons)))
    sizes = []
    for i, share in enumerate(CURVE):
        used = 0
        for k in range(FOLDS):
            yield Progress("Drawing the learning curve", i * FOLDS + k, len(CURVE) * FOLDS, unit="")
            rows = order[fold[order] != k]
            part, held = lessons.part(rows[: round(share * len(rows))]), np.flatnonzero(fold == k)
            used += len(part)
            judge = lessons.part(held)
            if dimension == "tightness":
                good[i, held] = np.abs(cover_of(judge, fit_cover(part, RIDGES[1])) - judge.said)
            else:
                logs = class_logs(judge, fit_classes(part, SURENESSES[2], None, 40))
                good[i, held] = _right(logs, judge.said)
        sizes.append(used / FOLDS)
    if dimension == "tightness":
        draws, number = _drawn(lessons.groups)
        weight = draws[:, number].astype(float)
        drawn = (good @ weight.T) / weight.sum(axis=1)
        figures = good.mean(axis=1)
    else:
        drawn, figures = _macro_replicates(good > 0.5, lessons), _macro(good > 0.5, lessons)
    gains = _next_hundred(np.array(sizes), drawn)
    if dimension == "tightness":
        gains = -gains
    low, high = np.quantile(gains, (0.05, 0.95))
    curve = tuple((round(s), float(f)) for s, f in zip(sizes, figures, strict=True))
    return replace(judged, curve=curve, next_low=float(low), next_high=float(high))


def _next_hundred(sizes: np.ndarray, figures: np.ndarray) -> np.ndarray:
    """Rise of each column's line over log2(labels) from the last size to a hundred more.

    Args:
        sizes: (s,) labels learned from.
        figures: (s, r).
    """
    logs = np.log2(sizes)
    slope = ((logs - logs.mean()) @ (figures - figures.mean(axis=0))) / (
        (logs - logs.mean()) ** 2
    ).sum()
    return slope * np.log2((sizes[-1] + 100) / sizes[-1])
