"""Classic hashes and plain cosine on given features, fitted on training features only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fabricfinder.evaluation.baselines import random_codes, standardised
from fabricfinder.evaluation.classic_codes import CLASSIC, SEEDED, cosine_scores, packed

SEEDS = (0, 1, 2)


@dataclass(frozen=True, eq=False)
class ClassicCodes:
    """Codes of one classic hash at one seed.

    Attributes:
        system: ``ITQ on hand-crafted``.
        seed: of the fit.
        queries, gallery: packed codes.
        relaxed: the queries' values before binarising.
    """

    system: str
    seed: int
    queries: np.ndarray
    gallery: np.ndarray
    relaxed: np.ndarray


def classic_codes(
    training: np.ndarray, queries: np.ndarray, gallery: np.ndarray, n_bits: int, features: str,
    *, scaled: bool = True, seeds: Sequence[int] = SEEDS, methods: Sequence[str] = tuple(CLASSIC),
) -> Iterator[ClassicCodes]:  # fmt: skip
    """Codes of every classic hash and of random bits, once a seed where the seed matters.

    Args:
        training, queries, gallery: float (t, d), (q, d), (n, d); no fabric of one is in another
            but queries and gallery.
        n_bits: of the codes, at most d and t.
        features: what they are, for the names ("hand-crafted", "frozen").
        scaled: standardise columns by the training features first.
    """
    if scaled:
        queries, gallery, training = (
            standardised(rows, training) for rows in (queries, gallery, training)
        )
    for name in methods:
        for seed in seeds if name in SEEDED else seeds[:1]:
            fitted = CLASSIC[name](training, n_bits, seed)
            relaxed = fitted.relaxed(queries)
            yield ClassicCodes(
                f"{name} on {features}", seed, packed(relaxed), packed(fitted.relaxed(gallery)),
                relaxed,
            )  # fmt: skip


def random_bits(n_queries: int, n_gallery: int, n_bits: int, seed: int) -> ClassicCodes:
    """Codes that know nothing, the queries' independent of the gallery's."""
    codes = random_codes(n_queries, n_bits, 2 * seed + 1)
    return ClassicCodes(
        "random codes", seed, codes, random_codes(n_gallery, n_bits, 2 * seed + 2),
        np.unpackbits(codes, axis=1).astype(np.float32) * 2 - 1,
    )  # fmt: skip


def real_valued(
    training: np.ndarray, queries: np.ndarray, gallery: np.ndarray, *, scaled: bool = True
) -> np.ndarray:
    """Cosine of features, standardised by (or centred on) the training's, float32 (q, n)."""
    if scaled:
        return cosine_scores(standardised(queries, training), standardised(gallery, training))
    mean = training.mean(axis=0)
    return cosine_scores(queries - mean, gallery - mean)
