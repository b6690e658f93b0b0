"""Exact distances between one packed hash code and all of a library's, and the nearest of them."""

import numpy as np

from fabricfinder.domain.encoder import CodeLayout
from fabricfinder.domain.search import weighted_code
from fabricfinder.domain.similarity import Weights

CHUNK = 65_536


def hamming_distances(query: bytes | np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Hamming distance of one code to each of n codes.

    Args:
        query: the packed code, bytes or uint8 (n_bytes,).
        codes: uint8 (n, n_bytes), packed, big-endian bits.

    Returns:
        int32 (n,) in 0..8·n_bytes.

    Raises:
        ValueError: the codes have another length than the query.
    """
    one = np.frombuffer(query, np.uint8) if isinstance(query, bytes) else np.asarray(query)
    one, codes = one.astype(np.uint8, copy=False).reshape(1, -1), np.asarray(codes, np.uint8)
    if codes.ndim != 2 or codes.shape[1] != one.shape[1]:
        raise ValueError(f"a code of {one.shape[1]} bytes against codes of shape {codes.shape}")
    word = _words(one)[0]
    distances = np.zeros(len(codes), np.int32)
    for start in range(0, len(codes), CHUNK):
        words = _words(codes[start : start + CHUNK])
        part = distances[start : start + CHUNK]
        for column, value in enumerate(word):
            part += np.bitwise_count(words[:, column] ^ value)
    return distances


def _words(codes: np.ndarray) -> np.ndarray:
    """The same bits in the widest words that divide a code: uint64 down to uint8 (n, n_words)."""
    n_bytes = codes.shape[1]
    width = next(size for size in (8, 4, 2, 1) if n_bytes % size == 0)
    return np.ascontiguousarray(codes).view(f"u{width}")


def nearest_with_ties(distances: np.ndarray, k: int) -> np.ndarray:
    """Rows of the k smallest distances and of every tie at the k-th place, nearest first.

    Args:
        distances: int (n,).
        k: how many are wanted; at least n gives all.

    Returns:
        int64 (m,), m ≥ min(k, n), ordered by distance, then row.
    """
    distances = np.asarray(distances)
    if k <= 0 or not len(distances):
        return np.zeros(0, np.int64)
    if k >= len(distances):
        return np.argsort(distances, kind="stable")
    rows = np.flatnonzero(distances <= np.partition(distances, k - 1)[k - 1])
    return rows[np.argsort(distances[rows], kind="stable")]


# ±1 for each bit of each byte value, big-endian, float32 (8, 256).
_BYTE_SIGNS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).T * 2.0 - 1.0


def asymmetric_similarity(relaxed: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Agreement of a relaxed code with packed ones: (1 + Σ u_k·(2b_k − 1) / Σ|u_k|) / 2.

    Each bit counts by how sure the query was of it, so equal Hamming distances fall apart; where
    |u| is the same for all bits this is 1 − Hamming/bits. Summed byte by byte from 256-entry
    tables, in fixed order, so that equal codes get equal scores.

    Args:
        relaxed: float (K,) in [-1, 1].
        codes: uint8 (n, K/8), packed.

    Returns:
        float32 (n,) in [0, 1]: 1 for the signs of ``relaxed``, 0 for their opposite; ½ for all
        when the query is sure of nothing.

    Raises:
        ValueError: the codes have another length than the query.
    """
    u = np.asarray(relaxed, np.float64).reshape(-1, 8)
    codes = np.asarray(codes, np.uint8)
    if codes.ndim != 2 or codes.shape[1] != len(u):
        raise ValueError(f"a code of {8 * len(u)} bits against codes of shape {codes.shape}")
    total = np.abs(u).sum()
    if total == 0:
        return np.full(len(codes), 0.5, np.float32)
    tables = (u @ _BYTE_SIGNS / total).astype(np.float32)  # (n_bytes, 256)
    similarity = np.empty(len(codes), np.float32)
    for start in range(0, len(codes), CHUNK):
        planes = np.ascontiguousarray(codes[start : start + CHUNK].T)
        agreement = np.zeros(planes.shape[1], np.float32)
        for table, plane in zip(tables, planes, strict=True):
            agreement += table[plane]
        similarity[start : start + CHUNK] = agreement
    return np.clip(0.5 + 0.5 * similarity, 0, 1)


def sub_code_distances(
    query: bytes | np.ndarray, codes: np.ndarray, layout: CodeLayout
) -> np.ndarray:
    """Hamming distance within each sub-code, int32 (n, d); the row sums are the whole distance.

    Args:
        query, codes: as ``hamming_distances``.
        layout: the sub-codes' bits, whole bytes.
    """
    one = np.frombuffer(query, np.uint8) if isinstance(query, bytes) else np.asarray(query)
    parts = [slice(start // 8, stop // 8) for _, start, stop in layout]
    return np.stack([hamming_distances(one[part], codes[:, part]) for part in parts], 1)


def sub_code_similarities(
    relaxed: np.ndarray, codes: np.ndarray, layout: CodeLayout
) -> np.ndarray:
    """``asymmetric_similarity`` within each sub-code, float32 (n, d) in [0, 1]."""
    return np.stack(
        [
            asymmetric_similarity(relaxed[start:stop], codes[:, start // 8 : stop // 8])
            for _, start, stop in layout
        ],
        axis=1,
    )


def faceted_similarity(
    relaxed: np.ndarray, codes: np.ndarray, layout: CodeLayout, weights: Weights
) -> np.ndarray:
    """Agreement of a code made of sub-codes, as the four weights count them.

    Σ_d w_d·s_d with Σ w_d = 1: a slider re-weights the distance itself, and a dimension set free
    is left out of it.

    Args:
        relaxed: float (K,) in [-1, 1], the query's.
        codes: uint8 (n, K/8), packed.
        layout: the sub-codes' bits, in the order of ``DIMENSIONS``.
        weights: how much each dimension counts.

    Returns:
        float32 (n,) in [0, 1].
    """
    return weighted_code(sub_code_similarities(relaxed, codes, layout), weights)
