"""Checks the scan of packed codes against bits compared one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.hashcode import HashCode, unpack_bits
from fabricfinder.domain.similarity import Weights
from fabricfinder.retrieval.hamming import (
    CHUNK,
    asymmetric_similarity,
    faceted_similarity,
    hamming_distances,
    nearest_with_ties,
    sub_code_distances,
    sub_code_similarities,
)

LAYOUT = (("coarse", 0, 16), ("fine", 16, 24), ("color", 24, 48), ("tightness", 48, 56))


@pytest.mark.parametrize("n_bits", [32, 40, 48, 64, 72, 80, 128, 256])
def test_ten_thousand_distances_are_those_of_the_bits(n_bits: int):
    rng = np.random.default_rng(n_bits)
    codes = rng.integers(0, 256, (10_000, n_bits // 8), dtype=np.uint8)
    query = codes[77].copy()
    query[0] ^= 0b1000_0001
    naive = (unpack_bits(codes) != unpack_bits(query)).sum(axis=1)
    got = hamming_distances(query, codes)
    assert got.dtype == np.int32 and np.array_equal(got, naive)
    assert np.array_equal(hamming_distances(query.tobytes(), codes), naive)
    assert got[77] == 2
    one = HashCode(query.tobytes(), n_bits)
    assert one.distance(HashCode(codes[5].tobytes(), n_bits)) == got[5]


def test_chunks_join_without_a_seam():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, (CHUNK + 5, 4), dtype=np.uint8)
    naive = (unpack_bits(codes) != unpack_bits(codes[0])).sum(axis=1)
    assert np.array_equal(hamming_distances(codes[0], codes), naive)
    relaxed = rng.uniform(-1, 1, 32)
    ends = np.r_[0:3, CHUNK - 2 : CHUNK + 5]
    some = asymmetric_similarity(relaxed, codes[ends])
    assert np.array_equal(asymmetric_similarity(relaxed, codes)[ends], some)


def test_views_that_are_not_contiguous_and_no_codes_at_all():
    codes = np.random.default_rng(0).integers(0, 256, (50, 16), dtype=np.uint8)
    half = codes[::2, 4:12]
    assert np.array_equal(hamming_distances(half[3], half), hamming_distances(half[3], half.copy()))
    assert len(hamming_distances(codes[0], codes[:0])) == 0
    assert len(asymmetric_similarity(np.ones(128), codes[:0])) == 0


def test_codes_of_another_length_are_refused():
    codes = np.zeros((3, 8), np.uint8)
    with pytest.raises(ValueError, match="bytes"):
        hamming_distances(bytes(16), codes)
    with pytest.raises(ValueError, match="bits"):
        asymmetric_similarity(np.ones(128), codes)


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(-1, 70))
def test_nearest_keeps_every_tie_at_the_last_place(distances: list[int], k: int):
    rows = nearest_with_ties(np.array(distances, np.int32), k).tolist()
    ordered = sorted(range(len(distances)), key=lambda row: (distances[row], row))
    if k <= 0 or not distances:
        assert rows == []
        return
    limit = distances[ordered[min(k, len(ordered)) - 1]]
    assert rows == [row for row in ordered if distances[row] <= limit]


@pytest.mark.parametrize("n_bits", [32, 48, 128, 256])
def test_asymmetric_similarity_against_its_sum(n_bits: int):
    rng = np.random.default_rng(n_bits)
    relaxed = rng.uniform(-1, 1, n_bits)
    codes = rng.integers(0, 256, (500, n_bits // 8), dtype=np.uint8)
    signs = unpack_bits(codes) * 2.0 - 1
    naive = (1 + (signs * relaxed).sum(axis=1) / np.abs(relaxed).sum()) / 2
    got = asymmetric_similarity(relaxed, codes)
    np.testing.assert_allclose(got, naive, atol=1e-6)
    own = np.packbits(relaxed > 0)[None]
    assert asymmetric_similarity(relaxed, own)[0] == pytest.approx(1, abs=1e-6)
    assert asymmetric_similarity(relaxed, ~own)[0] == pytest.approx(0, abs=1e-6)


def test_a_query_sure_of_every_bit_alike_counts_plain_distance():
    codes = np.random.default_rng(0).integers(0, 256, (200, 16), dtype=np.uint8)
    bits = unpack_bits(codes[9]).astype(np.float32)
    for sureness in (1.0, 0.2):
        similarity = asymmetric_similarity(sureness * (bits * 2 - 1), codes)
        plain = 1 - hamming_distances(codes[9], codes) / 128
        np.testing.assert_allclose(similarity, plain, atol=1e-6)


def test_a_query_sure_of_nothing_says_a_half():
    codes = np.random.default_rng(0).integers(0, 256, (5, 8), dtype=np.uint8)
    assert (asymmetric_similarity(np.zeros(64), codes) == 0.5).all()


def test_the_distance_falls_apart_into_its_sub_codes():
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 256, (300, 7), dtype=np.uint8)
    query = codes[9]
    found = sub_code_distances(query.tobytes(), codes, LAYOUT)
    for row in range(0, 300, 17):
        for d, (_, start, stop) in enumerate(LAYOUT):
            bits = unpack_bits(codes[row])[start:stop], unpack_bits(query)[start:stop]
            assert found[row, d] == sum(a != b for a, b in zip(*bits, strict=True))
    assert np.array_equal(found.sum(axis=1), hamming_distances(query, codes))


def test_sub_codes_are_weighed_as_the_sliders_stand():
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 256, (60, 7), dtype=np.uint8)
    relaxed = rng.uniform(-1, 1, 56)
    signs = unpack_bits(codes) * 2.0 - 1
    parts = sub_code_similarities(relaxed, codes, LAYOUT)
    for weights in (Weights(), Weights(1, 0, 0, 0), Weights(3, 1, 0, 2)):
        expected = np.zeros(60)
        for d, (_, start, stop) in enumerate(LAYOUT):
            u = relaxed[start:stop]
            agreement = (signs[:, start:stop] * u).sum(1) / np.abs(u).sum()
            np.testing.assert_allclose(parts[:, d], (1 + agreement) / 2, atol=1e-6)
            expected += weights.as_tuple()[d] / sum(weights.as_tuple()) * (1 + agreement) / 2
        found = faceted_similarity(relaxed, codes, LAYOUT, weights)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_dimension_set_free_is_left_out_of_the_distance_itself():
    query = np.zeros(7, np.uint8)
    other_color = query.copy()
    other_color[3:6] = 255
    relaxed = np.full(56, -0.7)
    free = faceted_similarity(relaxed, np.stack([query, other_color]), LAYOUT, Weights(1, 1, 0, 1))
    assert free[0] == free[1] == 1
    counted = faceted_similarity(relaxed, np.stack([query, other_color]), LAYOUT, Weights())
    assert counted.tolist() == [1, 0.75]
