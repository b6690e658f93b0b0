"""New pictures of cloth that was here before, by their codes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.resemblance import MOST_BITS_APART, resembling


def table_of(codes: np.ndarray) -> DescriptorTable:
    """A table that holds only codes, uint8 (n, b)."""
    n = len(codes)
    nothing = {"coarse": (n, 3), "fine": (n, 3), "tightness": (n, 2), "palettes": (n, 10, 5),
               "unfamiliarity": (n,)}  # fmt: skip
    return DescriptorTable(
        "e", tuple(f"s{i}" for i in range(n)), codes,
        **{name: np.zeros(shape, np.float32) for name, shape in nothing.items()},
        certain=np.zeros((n, 3), bool),
    )  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 150), st.integers(0, 150))
def test_it_is_the_nearest_of_all_before_it(seed: int, n: int, old: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, (max(1, n // 2), 8), np.uint8)
    codes = base[rng.integers(0, len(base), n)]
    codes[:, 0] ^= rng.integers(0, 256, n, np.uint8)
    codes[:, 1] ^= rng.integers(0, 256, n, np.uint8)
    new = [f"s{i}" for i in range(min(old, n), n)]
    found = list(resembling(table_of(codes), new))
    assert len(found) == len(new)
    bits = np.unpackbits(codes, axis=1).astype(int)
    for name, alike in zip(new, found, strict=True):
        row = int(name[1:])
        apart = np.abs(bits[:row] - bits[row]).sum(axis=1)
        near = bool(len(apart)) and apart.min() <= MOST_BITS_APART * 64
        assert (alike is not None) == near
        if alike is not None:
            assert alike.swatch == name
            assert apart[int(alike.earlier[1:])] == apart.min()
            assert alike.likeness == 1 - apart.min() / 64


def test_an_empty_library_has_nothing_like_it() -> None:
    assert list(resembling(table_of(np.zeros((0, 8), np.uint8)), ["s0"])) == []
    assert list(resembling(table_of(np.zeros((1, 8), np.uint8)), ["s0"])) == [None]
