"""Pictures of different articles that seem to be one cloth."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.archive.doubles import LEAST_COLOUR, doubles
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.resemblance import MOST_BITS_APART
from fabricfinder.domain.swatch import Alike, Swatch
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.palette_transport import palette_similarity


def catalog_of(codes: np.ndarray, articles: list[str], hues: np.ndarray) -> Catalog:
    """A library of one-coloured cloth: codes uint8 (n, b), hues in degrees (n,)."""
    n = len(codes)
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = np.stack([np.zeros(n), hues, *np.ones((3, n))], axis=1)
    ids = tuple(f"s{i}" for i in range(n))
    table = DescriptorTable(
        "e", ids, codes, np.zeros((n, 3), np.float32), np.zeros((n, 3), np.float32),
        np.zeros((n, 2), np.float32), palettes, np.zeros(n, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip
    swatches = tuple(
        Swatch(i, f"/cloth/{i}.jpg", i, 9, 9, fields={"article": a} if a else {})
        for i, a in zip(ids, articles, strict=True)
    )
    return Catalog(1, Path("/library"), "Cloth", swatches, table)


def told(catalog: Catalog) -> tuple[Alike, ...]:
    return run_to_end(doubles(catalog))


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 140))
def test_pairs_are_the_nearest_of_another_article_and_of_like_colour(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, (max(1, n // 3), 8), np.uint8)
    codes = base[rng.integers(0, len(base), n)]
    codes[:, 0] ^= rng.integers(0, 256, n, np.uint8)
    articles = [["", "A", "B", "C"][k] for k in rng.integers(0, 4, n)]
    hues = rng.choice([0.0, 5.0, 140.0], n)
    catalog = catalog_of(codes, articles, hues)
    bits = np.unpackbits(codes, axis=1).astype(int)
    # Naively: every pair there is, the most alike first, each article once.
    pairs = []
    for row in range(n):
        for other in range(row):
            apart = int(np.abs(bits[row] - bits[other]).sum())
            if apart > MOST_BITS_APART * 64 or articles[row] and articles[row] == articles[other]:
                continue
            palettes = catalog.table.palettes
            if palette_similarity(palettes[row], palettes[other][None])[0] >= LEAST_COLOUR:
                pairs.append((apart, row, other))
    expected, taken = [], set()
    for apart, row, other in sorted(pairs):
        both = {articles[row] or row, articles[other] or other}
        if not taken & both:
            taken |= both
            expected.append(1 - apart / 64)
    found = told(catalog)
    # Which of several equally near ones is shown does not matter; how alike the pairs are does.
    assert [a.likeness for a in found[:1]] == expected[:1]
    assert sorted((a.likeness for a in found), reverse=True) == [a.likeness for a in found]
    known = {(f"s{row}", f"s{other}"): 1 - apart / 64 for apart, row, other in pairs}
    assert all(known[a.swatch, a.earlier] == a.likeness for a in found)
    names = {f"s{row}": articles[row] or row for row in range(n)}
    once = [names[i] for a in found for i in (a.swatch, a.earlier)]
    assert len(once) == len(set(once))


def test_photographs_of_one_article_and_recoloured_cloth_are_no_doubles() -> None:
    codes = np.zeros((4, 16), np.uint8)
    hues = np.array([0.0, 0.0, 0.0, 180.0])
    found = told(catalog_of(codes, ["A", "A", "A", "B"], hues))
    assert found == ()
    found = told(catalog_of(codes, ["A", "A", "", "B"], hues))
    assert [(a.swatch, a.earlier, a.likeness) for a in found] == [("s2", "s0", 1.0)]


@pytest.mark.slow
def test_twenty_thousand_swatches_are_a_matter_of_seconds() -> None:
    rng = np.random.default_rng(0)
    n = 20_000
    codes = rng.integers(0, 256, (n, 16), np.uint8)
    began = time.perf_counter()
    steps, slowest = doubles(catalog_of(codes, [""] * n, 360 * rng.random(n))), 0.0
    while True:
        at = time.perf_counter()
        try:
            next(steps)
        except StopIteration:
            break
        slowest = max(slowest, time.perf_counter() - at)
    assert time.perf_counter() - began < 60 and slowest < 1
