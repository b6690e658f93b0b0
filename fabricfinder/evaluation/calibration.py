"""Beliefs that can be trusted: temperature, calibration error, conformal sets and intervals.

Everything is fitted on validation cloth and measured on other cloth.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fabricfinder.evaluation.intervals import (
    LEVEL,
    RESAMPLES,
    Interval,
    cluster_sums,
    cluster_weights,
)

N_BINS = 15
TEMPERATURES = (0.05, 20.0)
_GOLDEN = (math.sqrt(5) - 1) / 2


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities of logits (n, c) divided by a temperature, float64 (n, c)."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def negative_log_likelihood(
    logits: np.ndarray, labels: np.ndarray, temperature: float = 1.0
) -> float:
    """Mean −log p of the true class in nats; logits (n, c), labels int (n,)."""
    scaled = np.asarray(logits, np.float64) / temperature
    shifted = scaled - scaled.max(axis=1, keepdims=True)
    picked = shifted[np.arange(len(labels)), labels]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - picked))


def fit_temperature(logits: np.ndarray, labels: np.ndarray, *, steps: int = 60) -> float:
    """The temperature in [0.05, 20] of least negative log-likelihood, by golden section.

    The likelihood has one optimum in 1 / T, so the search over log T cannot be caught elsewhere.

    Args:
        logits: float (n, c); log-probabilities do as well.
        labels: true classes, int (n,), n ≥ 1.

    Source: Guo et al. (2017), equation (9).
    """
    low, high = (math.log(t) for t in TEMPERATURES)

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(logits, labels, math.exp(log_temperature))

    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return math.exp((low + high) / 2)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions of about equal confidence: said ``confidence``, were right ``accuracy``."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """The reliability table of top classes: 15 equal bins of confidence, nan where empty.

    Args:
        probabilities: float (n, c), rows sum to 1.
        labels: true classes, int (n,).
    """
    sums = _bin_columns(probabilities, labels).sum(axis=0).reshape(3, N_BINS)
    counts, confidence, right = sums
    with_any = np.maximum(counts, 1)
    return tuple(
        ReliabilityBin(
            low=i / N_BINS,
            high=(i + 1) / N_BINS,
            n=int(counts[i]),
            confidence=float(confidence[i] / with_any[i]) if counts[i] else float("nan"),
            accuracy=float(right[i] / with_any[i]) if counts[i] else float("nan"),
        )
        for i in range(N_BINS)
    )


def expected_calibration_error(
    probabilities: np.ndarray,
    labels: np.ndarray,
    clusters: Sequence[object] | np.ndarray | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Mean gap of confidence and accuracy over 15 bins, with its 95 % cluster bootstrap interval.

    The error is never negative, so its resamples lie higher than the estimate: the interval says
    how far it may move, and need not be centred on it.

    Args:
        probabilities: float (n, c), rows sum to 1.
        labels: true classes, int (n,).
        clusters: the fabric of each row, or None when every row is its own.

    Source: Guo et al. (2017), equation (3).
    """
    columns = _bin_columns(probabilities, labels)
    sums = cluster_sums(columns, range(len(columns)) if clusters is None else clusters)
    value = float(_error(sums.sum(axis=0, keepdims=True))[0])
    if len(sums) < 2:
        return Interval(value, float("nan"), float("nan"))
    drawn = np.concatenate([_error(w @ sums) for w in cluster_weights(len(sums), resamples, seed)])
    low, high = np.percentile(drawn, [50 * (1 - LEVEL), 100 - 50 * (1 - LEVEL)])
    return Interval(value, float(low), float(high))


def _bin_columns(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count, confidence and rightness of each row in its bin, float64 (n, 3 · 15)."""
    probabilities = np.asarray(probabilities, np.float64)
    n = len(labels)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * N_BINS).astype(np.int64), N_BINS - 1)
    columns = np.zeros((n, 3, N_BINS))
    rows = np.arange(n)
    for i, value in enumerate((np.ones(n), confidence, right)):
        columns[rows, i, bins] = value
    return columns.reshape(n, 3 * N_BINS)


def _error(sums: np.ndarray) -> np.ndarray:
    """ECE of summed bin columns (b, 45): Σ |confidence − rightness| / n, (b,)."""
    counts, confidence, right = np.moveaxis(sums.reshape(-1, 3, N_BINS), 1, 0)
    return np.abs(confidence - right).sum(axis=1) / counts.sum(axis=1)


def conformal_quantile(errors: np.ndarray, coverage: float = 0.9) -> float:
    """The error that new cloth stays within at least ``coverage`` of the time.

    The ⌈(n + 1)·coverage⌉-th smallest validation error; inf where n is too small to promise it.

    Args:
        errors: nonconformity of validation cloth, float (n,): 1 − p(true class) for sets,
            |measured − predicted| / deviation for intervals.
        coverage: 0..1, exclusive.

    Example:
        >>> conformal_quantile(np.arange(1, 10) / 10, 0.9)
        0.9

    Source: Vovk et al. (2005); Angelopoulos and Bates (2021), §1.
    """
    rank = math.ceil(round((len(errors) + 1) * coverage, 9))
    if rank > len(errors):
        return math.inf
    return float(np.sort(errors)[max(rank, 1) - 1])


def conformal_threshold(
    probabilities: np.ndarray, labels: np.ndarray, coverage: float = 0.9
) -> float:
    """The least probability at which a class cannot be ruled out, for an encoder's card.

    The classes with at least this probability hold the true one for ``coverage`` of new cloth:
    1 − ``conformal_quantile`` of 1 − p(true class). 0 where there is too little cloth to promise it,
    so that nothing is ruled out.

    Args:
        probabilities: calibrated beliefs about validation cloth, float (n, c), one row a fabric.
        labels: true classes, int (n,).
        coverage: 0..1, exclusive.
    """
    labels = np.asarray(labels, np.int64)
    error = 1 - np.asarray(probabilities, np.float64)[np.arange(len(labels)), labels]
    return min(max(0.0, 1 - conformal_quantile(error, coverage)), 0.999)


def conformal_set(probabilities: np.ndarray, quantile: float) -> np.ndarray:
    """Classes that cannot be ruled out: 1 − p ≤ quantile, and always the likeliest.

    Args:
        probabilities: float (n, c).
        quantile: of 1 − p(true class), from ``conformal_quantile``.

    Returns:
        bool (n, c).
    """
    probabilities = np.asarray(probabilities, np.float64)
    kept = 1 - probabilities <= quantile
    kept[np.arange(len(probabilities)), probabilities.argmax(axis=1)] = True
    return kept
