"""How far labels can be trusted: two people beside one another, and a label beside its neighbours."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from fabricfinder.domain.opinion import Opinion

# Tightness is compared in steps of the ladder: ten percent of cover.
STEP = 10.0
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people's words on the same swatches.

    Attributes:
        first, second: who.
        dimension: of what.
        n: swatches both have labelled.
        share: of them, labelled alike, 0..1.
        kappa: Cohen's kappa; nan when both only ever used one and the same label.
    """

    first: str
    second: str
    dimension: str
    n: int
    share: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label its neighbours speak against.

    Attributes:
        row: of the swatch, as the caller counts.
        said: its label.
        expected: what its neighbours say.
        share: of the neighbours' weight that says so, 0..1.
        neighbours: their rows, nearest first.
    """

    row: int
    said: Hashable
    expected: Hashable
    share: float
    neighbours: tuple[int, ...]


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Agreement beyond chance of two raters: (p_o − p_e) / (1 − p_e), Cohen 1960.

    Args:
        first, second: n labels each, of the same n things.

    Returns:
        1 for perfect agreement, 0 for chance, below for less; nan when p_e = 1 or n = 0.

    Raises:
        ValueError: not the same number of labels.
    """
    n = len(first)
    if n != len(second):
        raise ValueError(f"{n} labels beside {len(second)}")
    if n == 0:
        return math.nan
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    one, two = Counter(first), Counter(second)
    expected = sum(one[label] * two[label] for label in one) / n**2
    return math.nan if expected >= 1 else (observed - expected) / (1 - expected)


def agreements(opinions: Iterable[Opinion]) -> list[Agreement]:
    """Every pair of raters in every dimension in which both labelled a swatch, most swatches first.

    Models count as raters. Tightness agrees within the same step of ten percent.
    """
    said: dict[tuple[str, str], dict[str, Hashable]] = {}
    for opinion in opinions:
        if opinion.is_answer:
            continue
        value: Hashable = opinion.value
        if opinion.dimension == "tightness":
            value = int(float(opinion.value) // STEP)
        said.setdefault((opinion.dimension, opinion.who), {})[opinion.swatch] = value
    found = []
    for (dimension, first), (other, second) in combinations(sorted(said), 2):
        if dimension != other:
            continue
        one, two = said[dimension, first], said[dimension, second]
        both = sorted(one.keys() & two.keys())
        if not both:
            continue
        a, b = [one[i] for i in both], [two[i] for i in both]
        share = sum(x == y for x, y in zip(a, b, strict=True)) / len(both)
        found.append(Agreement(first, second, dimension, len(both), share, cohen_kappa(a, b)))
    return sorted(found, key=lambda one: -one.n)


def suspicious(
    codes: np.ndarray,
    labels: Sequence[Hashable | None],
    groups: Sequence[Hashable] | None = None,
    *,
    k: int = 7,
    sure: float = 0.7,
) -> list[Suspect]:
    """Labels that the nearest labelled swatches speak against, the most suspicious first.

    Args:
        codes: uint8 (n, bytes), packed binary codes.
        labels: n labels; None = not labelled, neither judged nor asked.
        groups: n articles; a swatch is not judged by pictures of its own. None = all apart.
        k: how many neighbours are asked.
        sure: the share of their weight that must say one other thing, in (0.5, 1].

    Neighbours weigh exp(−d / τ), τ an eighth of the code's bits; fewer than three say nothing.
    """
    rows = np.array([i for i, label in enumerate(labels) if label is not None], np.int64)
    if len(rows) < 4:
        return []
    own = codes[rows]
    group = [i if groups is None else groups[i] for i in rows]
    _, number = np.unique([repr(g) for g in group], return_inverse=True)
    tau = codes.shape[1]  # bits / 8
    suspects = []
    for start in range(0, len(rows), _BLOCK):
        block = own[start : start + _BLOCK]
        distance = np.bitwise_count(block[:, None, :] ^ own[None, :, :]).sum(2).astype(float)
        distance[number[start : start + len(block), None] == number[None, :]] = np.inf
        nearest = np.argsort(distance, axis=1, kind="stable")[:, :k]
        for at, near in enumerate(nearest):
            d = distance[at, near]
            near = near[np.isfinite(d)]
            if len(near) >= 3:
                weights = np.exp(-(d[np.isfinite(d)] - d[0]) / tau)
                asked = [int(rows[j]) for j in near]
                suspect = _judge(int(rows[start + at]), asked, weights, labels, sure)
                suspects += [suspect] if suspect else []
    return sorted(suspects, key=lambda s: (-s.share, s.row))


def _judge(
    row: int, near: Sequence[int], weights: np.ndarray, labels: Sequence[Hashable | None],
    sure: float,
) -> Suspect | None:  # fmt: skip
    """A Suspect when the neighbours are sure of another label."""
    votes: Counter[Hashable] = Counter()
    for neighbour, weight in zip(near, weights, strict=True):
        votes[labels[neighbour]] += float(weight)
    expected, weight = votes.most_common(1)[0]
    share = weight / float(weights.sum())
    if expected == labels[row] or share < sure:
        return None
    return Suspect(row, labels[row], expected, share, tuple(near))
