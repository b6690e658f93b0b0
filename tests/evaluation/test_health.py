"""Code health on codes whose state is known."""

import math

import numpy as np
import pytest

from fabricfinder.evaluation.baselines import random_codes
from fabricfinder.evaluation.health import block_perplexity, code_health


def test_random_codes_are_healthy() -> None:
    health = code_health(random_codes(2000, 64))
    assert (health.n, health.n_bits, health.dead_bits) == (2000, 64, 0)
    assert health.mean_imbalance < 0.02
    assert health.worst_imbalance < 0.06
    assert health.mean_correlation < 0.03
    assert health.unique == 1.0
    assert health.bit_entropy > 0.999
    assert 1 <= health.tie_at_10 < 40


def test_one_code_for_all_is_dead() -> None:
    health = code_health(np.full((50, 4), 0b10110000, np.uint8))
    assert health.dead_bits == 32
    assert health.mean_imbalance == health.worst_imbalance == 0.5
    assert math.isnan(health.mean_correlation)
    assert health.unique == pytest.approx(1 / 50)
    assert health.bit_entropy == 0.0
    assert health.tie_at_10 == 49  # every other one ties


def test_copied_bits_correlate() -> None:
    bit = np.random.default_rng(0).integers(0, 2, 300).astype(np.uint8)
    bits = np.stack([bit, 1 - bit] * 4, axis=1)
    health = code_health(np.packbits(bits, axis=1))
    assert health.mean_correlation == pytest.approx(1.0)
    assert health.unique == pytest.approx(2 / 300)


def test_ties_are_counted_naively() -> None:
    codes = np.random.default_rng(1).integers(0, 4, (30, 1), dtype=np.uint8)
    bits = np.unpackbits(codes, axis=1)
    ties = []
    for i in range(30):
        d = sorted(int((bits[i] != bits[j]).sum()) for j in range(30) if j != i)
        ties.append(d.count(d[9]))
    assert code_health(codes).tie_at_10 == pytest.approx(np.mean(ties))
    assert math.isnan(code_health(codes[:10]).tie_at_10)


def test_block_perplexity_counts_the_values_in_use() -> None:
    # First half-byte always 5, second runs evenly over four values.
    codes = np.array([[0x50 + v] for v in (1, 2, 4, 8)] * 25, np.uint8)
    assert block_perplexity(codes, 4) == pytest.approx([1.0, 4.0])
    assert block_perplexity(codes, 8) == pytest.approx([4.0])
    with pytest.raises(ValueError, match="blocks"):
        block_perplexity(codes, 3)
