"""Classic hashes against their definitions, and what each of them must never do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.evaluation.classic_codes import (
    CLASSIC,
    cosine_scores,
    fit_itq,
    fit_lsh,
    fit_pcah,
    fit_sh,
    hamming_matrix,
    packed,
    principal_axes,
    random_rotation,
)


def features(n: int = 300, d: int = 24, seed: int = 0) -> np.ndarray:
    """Correlated features whose axes differ in spread."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * np.linspace(3, 0.2, d) @ random_rotation(d, seed) + 5


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_itq_never_gets_worse_and_only_turns(seed: int) -> None:
    found = fit_itq(features(120, 16, seed), 8, iterations=30, seed=seed)
    assert len(found.losses) == 31
    assert np.all(np.diff(found.losses) <= 1e-9 * found.losses[0])
    assert found.rotation.T @ found.rotation == pytest.approx(np.eye(8), abs=1e-10)
    axes = found.hash.projection
    assert axes.T @ axes == pytest.approx(np.eye(8), abs=1e-10)


def test_itq_beats_the_unturned_axes_it_starts_from() -> None:
    found = fit_itq(features(), 16)
    assert len(found.losses) == 51  # 50 iterations by default
    assert found.losses[-1] < 0.99 * found.losses[0]


def test_pcah_is_itq_that_never_turned() -> None:
    training, others = features(), features(seed=3)
    unturned = fit_itq(training, 16, iterations=0, rotation=np.eye(16))
    plain = fit_pcah(training, 16)
    assert np.array_equal(unturned.hash.relaxed(others), plain.relaxed(others))
    assert np.array_equal(packed(unturned.hash.relaxed(others)), packed(plain.relaxed(others)))


def test_principal_axes_are_those_of_largest_variance() -> None:
    training = features()
    mean, axes = principal_axes(training, 24)
    spread = ((training - mean) @ axes).std(axis=0)
    assert np.all(np.diff(spread) <= 1e-9)
    assert np.sum(spread**2) == pytest.approx(training.var(axis=0).sum())
    covariance = np.cov((training - mean) @ axes, rowvar=False)
    assert covariance - np.diag(np.diag(covariance)) == pytest.approx(np.zeros((24, 24)), abs=1e-9)


def test_few_rows_have_the_same_axes_as_their_covariance() -> None:
    training = features(20, 24)
    mean, axes = principal_axes(training, 12)
    values, vectors = np.linalg.eigh(np.cov(training, rowvar=False))
    usual = vectors[:, np.argsort(-values)[:12]]
    assert np.abs(np.sum(axes * usual, axis=0)) == pytest.approx(np.ones(12), abs=1e-6)
    assert axes.T @ axes == pytest.approx(np.eye(12), abs=1e-10)
    assert mean == pytest.approx(training.mean(axis=0))


def test_the_first_bit_of_spectral_hashing_parts_the_longest_axis() -> None:
    training = features()
    mean, axes = principal_axes(training, 8)
    along = (training - mean) @ axes
    span = np.ptp(along, axis=0)
    longest = int(span.argmax())
    middle = along[:, longest].min() + span[longest] / 2
    first = fit_sh(training, 8).relaxed(training)[:, 0]
    assert np.array_equal(first >= 0, along[:, longest] <= middle)


def test_spectral_bits_are_the_smoothest_waves() -> None:
    """Against all waves listed and sorted, with a box whose sides are 4 : 2 : 1."""
    rng = np.random.default_rng(1)
    box = rng.uniform(-1, 1, (4000, 3)) * [4.0, 2.0, 1.0]
    box[:2] = [[4, 2, 1], [-4, -2, -1]]
    hashed = fit_sh(box, 3)
    waves = sorted((k / side, axis) for axis, side in enumerate((4, 2, 1)) for k in range(1, 4))
    assert [axis for _, axis in waves[:1]] == hashed.axis[:1].tolist() == [0]
    assert sorted(hashed.axis.tolist()) == sorted(axis for _, axis in waves[:3])
    assert np.all(np.diff(hashed.omega) >= -1e-9)


def test_lsh_keeps_angles() -> None:
    """The share of differing bits is the angle over π."""
    rng = np.random.default_rng(2)
    training = rng.normal(size=(400, 6))
    centred = training - training.mean(axis=0)
    codes = packed(fit_lsh(training, 4096, seed=5).relaxed(training))
    distances = hamming_matrix(codes[:20], codes[20:40]) / 4096
    cosine = cosine_scores(centred[:20], centred[20:40])
    assert distances == pytest.approx(np.arccos(cosine) / np.pi, abs=0.045)
    assert not np.array_equal(codes, packed(fit_lsh(training, 4096, seed=6).relaxed(training)))


@pytest.mark.parametrize("name", CLASSIC)
def test_every_hash_is_fitted_on_training_only_and_repeats(name: str) -> None:
    training = features()
    first, again = (CLASSIC[name](training, 16, 4).relaxed(features(seed=9)) for _ in range(2))
    assert first.shape == (300, 16) and first.dtype == np.float32
    assert np.array_equal(first, again)
    alone = CLASSIC[name](training, 16, 4).relaxed(features(seed=9)[:1])
    assert alone[0] == pytest.approx(first[0], rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", [n for n in CLASSIC if n != "LSH"])
def test_more_bits_than_features_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="principal axes"):
        CLASSIC[name](features(d=8), 16, 0)


def test_hamming_matrix_is_the_naive_count() -> None:
    rng = np.random.default_rng(3)
    a, b = (rng.integers(256, size=(n, 16), dtype=np.uint8) for n in (7, 9))
    bits = [np.unpackbits(x, axis=1) for x in (a, b)]
    naive = (bits[0][:, None] != bits[1][None]).sum(axis=2)
    assert np.array_equal(hamming_matrix(a, b), naive)


def test_bits_of_exact_zeros_are_ones() -> None:
    assert packed(np.array([[0.0, -0.1, 0.1, -1, 1, -1, -1, -1]])).tolist() == [[0b10101000]]
