"""Whether codes use their bits: balance, correlation, uniqueness, ties."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class CodeHealth:
    """The state of n codes of n_bits.

    Attributes:
        mean_imbalance, worst_imbalance: |share of ones − ½| over the bits, 0 (best) to ½.
        dead_bits: bits that are the same in every code.
        mean_correlation: mean |correlation| of pairs of living bits, 0..1; nan under two of them.
        unique: distinct codes / codes, 0..1.
        bit_entropy: mean entropy of a bit in bits, 0..1.
        tie_at_10: how many items share the 10th neighbour's distance, mean over sampled codes;
            nan with 10 codes or fewer.
    """

    n: int
    n_bits: int
    mean_imbalance: float
    worst_imbalance: float
    dead_bits: int
    mean_correlation: float
    unique: float
    bit_entropy: float
    tie_at_10: float


def code_health(codes: np.ndarray, *, sampled: int = 500, seed: int = 0) -> CodeHealth:
    """Measure packed codes, uint8 (n, n_bits/8), n ≥ 1.

    Args:
        codes: packed, big-endian within a byte.
        sampled: at most so many codes are compared with all others for ``tie_at_10``.
        seed: of that sample.
    """
    codes = np.ascontiguousarray(codes, np.uint8)
    bits = np.unpackbits(codes, axis=1)
    share = bits.mean(axis=0)
    imbalance = np.abs(share - 0.5)
    alive = (share > 0) & (share < 1)
    return CodeHealth(
        n=len(codes),
        n_bits=bits.shape[1],
        mean_imbalance=float(imbalance.mean()),
        worst_imbalance=float(imbalance.max()),
        dead_bits=int(np.count_nonzero(~alive)),
        mean_correlation=_mean_correlation(bits[:, alive]),
        unique=len(np.unique(codes, axis=0)) / len(codes),
        bit_entropy=float(_entropy(np.stack([share, 1 - share])).mean()),
        tie_at_10=_tie_at_10(codes, sampled, seed),
    )


def block_perplexity(codes: np.ndarray, block_bits: int) -> np.ndarray:
    """How many of its values each block of bits really uses: 2^entropy, float64 (n_blocks,).

    Between 1 (always the same) and 2^block_bits. DVSH codes are made of such blocks.

    Raises:
        ValueError: the code is no whole number of blocks, or a block is over 16 bits.
    """
    bits = np.unpackbits(np.asarray(codes, np.uint8), axis=1)
    if bits.shape[1] % block_bits or block_bits > 16:
        raise ValueError(f"{bits.shape[1]} bits are no whole number of {block_bits}-bit blocks")
    values = bits.reshape(len(bits), -1, block_bits) @ (1 << np.arange(block_bits)[::-1])
    shares = np.stack(
        [np.bincount(column, minlength=1 << block_bits) / len(bits) for column in values.T], axis=1
    )
    return np.exp2(_entropy(shares))


def _entropy(shares: np.ndarray) -> np.ndarray:
    """Entropy in bits over the first axis of shares that sum to 1 there."""
    logs = np.log2(np.where(shares > 0, shares, 1.0))
    return -(shares * logs).sum(axis=0)


def _mean_correlation(bits: np.ndarray) -> float:
    """Mean |correlation| of different columns of (n, m); nan under two columns."""
    m = bits.shape[1]
    if m < 2:
        return float("nan")
    table = np.abs(np.corrcoef(bits, rowvar=False))
    return float((table.sum() - np.trace(table)) / (m * (m - 1)))


def _tie_at_10(codes: np.ndarray, sampled: int, seed: int) -> float:
    """Mean number of others at the distance of the 10th nearest other."""
    n = len(codes)
    if n <= 10:
        return float("nan")
    rows = np.random.default_rng(seed).permutation(n)[:sampled]
    ties = []
    for row in rows:
        distances = np.bitwise_count(codes ^ codes[row]).sum(axis=1, dtype=np.int64)
        others = np.delete(distances, row)
        ties.append(np.count_nonzero(others == np.partition(others, 9)[9]))
    return float(np.mean(ties))
