"""Classic hash functions, fitted on training features: LSH, PCAH, ITQ and spectral hashing.

Features are float (n, d). Each hash gives ``relaxed`` values float32 (n, n_bits) whose signs are
the bits (0 counts as 1); ``packed`` makes codes of them. Nothing here ever sees what is evaluated.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from fabricfinder.domain.hashcode import pack_bits

ITQ_ITERATIONS = 50


class HashFunction(Protocol):
    """Anything that turns features into signed values."""

    def relaxed(self, features: np.ndarray) -> np.ndarray:
        """Float32 (n, n_bits) of features (n, d); the sign of each value is its bit."""
        ...


@dataclass(frozen=True, eq=False)
class LinearHash:
    """Signs of a linear map of centred features: LSH, PCAH and ITQ.

    Attributes:
        mean: float64 (d,), of the training features.
        projection: float64 (d, n_bits).
    """

    mean: np.ndarray
    projection: np.ndarray

    def relaxed(self, features: np.ndarray) -> np.ndarray:
        """As ``HashFunction``."""
        return ((features - self.mean) @ self.projection).astype(np.float32)


@dataclass(frozen=True, eq=False)
class SpectralHash:
    """Signs of sines along principal axes, after Weiss et al.

    Attributes:
        mean, components: the principal axes, float64 (d,) and (d, m).
        low: smallest training value on each axis, (m,).
        axis: the axis each bit looks along, int (n_bits,).
        omega: half-waves per unit there times π, (n_bits,).
    """

    mean: np.ndarray
    components: np.ndarray
    low: np.ndarray
    axis: np.ndarray
    omega: np.ndarray

    def relaxed(self, features: np.ndarray) -> np.ndarray:
        """As ``HashFunction``; bit 1 parts the longest axis at the middle of its range."""
        along = (features - self.mean) @ self.components - self.low
        return np.cos(along[:, self.axis] * self.omega).astype(np.float32)


def packed(relaxed: np.ndarray) -> np.ndarray:
    """Codes of signed values (n, n_bits): uint8 (n, n_bits/8)."""
    return pack_bits((np.asarray(relaxed) >= 0).astype(np.uint8))


def principal_axes(training: np.ndarray, n_axes: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and the leading principal axes (d, n_axes), orthonormal, of features (n, d).

    The sign of an axis is arbitrary in theory; here its largest entry is positive.

    Raises:
        ValueError: there are fewer features or rows than axes.
    """
    training = np.asarray(training, np.float64)
    if min(training.shape) < n_axes:
        raise ValueError(f"{training.shape} features do not span {n_axes} principal axes")
    mean = training.mean(axis=0)
    centred = training - mean
    if len(training) < training.shape[1]:  # few rows: their own space is the smaller one
        axes = np.linalg.svd(centred, full_matrices=False)[2][:n_axes].T
    else:
        values, vectors = np.linalg.eigh(centred.T @ centred)
        axes = vectors[:, np.argsort(-values, kind="stable")[:n_axes]]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(n_axes)]
    return mean, axes * np.where(largest < 0, -1.0, 1.0)


def fit_lsh(training: np.ndarray, n_bits: int, seed: int = 0) -> LinearHash:
    """Random hyperplanes through the mean of the training features.

    Source: Charikar (2002), §3.
    """
    training = np.asarray(training, np.float64)
    normals = np.random.default_rng(seed).normal(size=(training.shape[1], n_bits))
    return LinearHash(training.mean(axis=0), normals)


def fit_pcah(training: np.ndarray, n_bits: int) -> LinearHash:
    """Signs along the principal axes.

    Raises:
        ValueError: more bits than features or rows.
    """
    return LinearHash(*principal_axes(training, n_bits))


@dataclass(frozen=True, eq=False)
class IterativeQuantisation:
    """An ITQ hash and how it came to be.

    Attributes:
        hash: the fitted function.
        rotation: float64 (n_bits, n_bits), orthonormal.
        losses: ‖B − VR‖² / n before the first and after every iteration; never increasing.
    """

    hash: LinearHash
    rotation: np.ndarray
    losses: tuple[float, ...]


def fit_itq(
    training: np.ndarray, n_bits: int, *, iterations: int = ITQ_ITERATIONS, seed: int = 0,
    rotation: np.ndarray | None = None,
) -> IterativeQuantisation:  # fmt: skip
    """PCA, then the rotation that brings projections nearest to the corners of a cube.

    Args:
        training: float (n, d), n and d at least n_bits.
        iterations: of B = sign(VR), R = argmin ‖B − VR‖; 0 leaves the starting rotation.
        seed: of the random orthonormal start.
        rotation: another start, orthonormal (n_bits, n_bits).

    Source: Gong and Lazebnik (2011), §2.2.
    """
    mean, axes = principal_axes(training, n_bits)
    projected = (np.asarray(training, np.float64) - mean) @ axes
    turn = random_rotation(n_bits, seed) if rotation is None else np.array(rotation, np.float64)
    turned = projected @ turn
    signs = np.where(turned >= 0, 1.0, -1.0)
    losses = [_quantisation_loss(signs, turned)]
    for _ in range(iterations):
        left, _, right = np.linalg.svd(projected.T @ signs)
        turn = left @ right
        turned = projected @ turn
        signs = np.where(turned >= 0, 1.0, -1.0)
        losses.append(_quantisation_loss(signs, turned))
    return IterativeQuantisation(LinearHash(mean, axes @ turn), turn, tuple(losses))


def _quantisation_loss(signs: np.ndarray, turned: np.ndarray) -> float:
    return float(((signs - turned) ** 2).sum() / len(signs))


def random_rotation(n: int, seed: int) -> np.ndarray:
    """A random orthonormal matrix, float64 (n, n), evenly spread."""
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, n)))
    return q * np.sign(np.diag(r))


def fit_sh(training: np.ndarray, n_bits: int) -> SpectralHash:
    """Spectral hashing: the n_bits smoothest waves along the principal axes of a box.

    Raises:
        ValueError: more bits than features or rows.

    Source: Weiss, Torralba and Fergus (2008), §3; the ranges are those of the training features.
    """
    mean, axes = principal_axes(training, n_bits)
    along = (np.asarray(training, np.float64) - mean) @ axes
    low, span = along.min(axis=0), np.maximum(np.ptp(along, axis=0), 1e-12)
    waves = np.arange(1, n_bits + 1)
    omega = waves[:, None] * math.pi / span  # (wave, axis): its square is the eigenvalue
    order = np.argsort(omega, axis=None, kind="stable")[:n_bits]
    _, axis = np.unravel_index(order, omega.shape)
    return SpectralHash(mean, axes, low, axis, omega.ravel()[order])


def _fit_itq_hash(training: np.ndarray, n_bits: int, seed: int) -> HashFunction:
    return fit_itq(training, n_bits, seed=seed).hash


CLASSIC: Mapping[str, Callable[[np.ndarray, int, int], HashFunction]] = MappingProxyType(
    {
        "LSH": fit_lsh,
        "PCAH": lambda training, n_bits, seed: fit_pcah(training, n_bits),
        "SH": lambda training, n_bits, seed: fit_sh(training, n_bits),
        "ITQ": _fit_itq_hash,
    }
)
"""Name -> fit(training features, n_bits, seed)."""
SEEDED = frozenset({"LSH", "ITQ"})
"""Those of CLASSIC that depend on the seed."""


def cosine_scores(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Cosine of features (q, d) and (n, d), float32 (q, n); a row of zeros scores 0.

    Example:
        >>> cosine_scores(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 3.0]])).tolist()
        [[1.0, 0.0]]
    """

    def unit(rows: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)

    return unit(np.asarray(queries)) @ unit(np.asarray(gallery)).T


def hamming_matrix(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """Hamming distances of packed codes (q, bytes) and (n, bytes), int16 (q, n).

    Example:
        >>> hamming_matrix(np.array([[255]], np.uint8), np.array([[255], [254]], np.uint8))
        array([[0, 1]], dtype=int16)
    """
    n_bits = 8 * queries.shape[1]
    a = np.unpackbits(queries, axis=1).astype(np.float32) * 2 - 1
    b = np.unpackbits(gallery, axis=1).astype(np.float32) * 2 - 1
    return np.rint((n_bits - a @ b.T) / 2).astype(np.int16)  # exact: sums of ±1 below 2²⁴
