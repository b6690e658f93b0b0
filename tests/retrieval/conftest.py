"""Builders of tables, swatches and palettes for tests of finding."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    """The shipped vocabularies."""
    return default_taxonomy()


def random_palettes(rng: np.random.Generator, n: int, most: int = 6) -> np.ndarray:
    """n palettes of one to ``most`` colours, float32 (n, 10, 5)."""
    rows = np.zeros((n, 10, 5), np.float32)
    for palette in rows:
        k = int(rng.integers(1, most + 1))
        palette[:k, 0] = rng.permutation(10)[:k]
        palette[:k, 1] = rng.uniform(0, 360, k)
        palette[:k, 2:4] = rng.uniform(0, 1, (k, 2))
        palette[:k, 4] = np.sort(rng.dirichlet(np.ones(k)))[::-1]
    return rows


def random_beliefs(rng: np.random.Generator, n: int, width: int) -> np.ndarray:
    """Softmax beliefs, float32 (n, width)."""
    e = np.exp(rng.normal(size=(n, width)) * 3)
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def random_table(n: int, seed: int = 0, n_bytes: int = 8, encoder: str = "fake") -> DescriptorTable:
    """Descriptors of n cloths that never were; nothing labelled by a person."""
    rng, vocabulary = np.random.default_rng(seed), default_taxonomy()
    return DescriptorTable(
        encoder,
        tuple(f"{value:016x}" for value in rng.permutation(n) + 2**40),
        rng.integers(0, 256, (n, n_bytes), dtype=np.uint8),
        random_beliefs(rng, n, len(vocabulary.coarse)),
        random_beliefs(rng, n, len(vocabulary.fine)),
        np.stack([rng.uniform(20, 100, n), rng.uniform(1, 8, n)], axis=1).astype(np.float32),
        random_palettes(rng, n),
        rng.random(n).astype(np.float32),
        np.zeros((n, 3), bool),
    )


@pytest.fixture(scope="session")
def make_palettes() -> Callable[..., np.ndarray]:
    """random_palettes."""
    return random_palettes


@pytest.fixture(scope="session")
def make_table() -> Callable[..., DescriptorTable]:
    """random_table, with any column given by name."""

    def make(n: int, seed: int = 0, n_bytes: int = 8, **columns) -> DescriptorTable:
        return replace(random_table(n, seed, n_bytes), **columns)

    return make


@pytest.fixture(scope="session")
def make_swatches() -> Callable[..., tuple[Swatch, ...]]:
    """Swatches to go with a table; every third of known scale."""

    def make(table: DescriptorTable, fields: list[dict] | None = None) -> tuple[Swatch, ...]:
        return tuple(
            Swatch(
                i, f"/cloth/{row}.png", str(row), 100, 100, 118.0 if row % 3 == 0 else None,
                fields=fields[row] if fields else {},
            )  # fmt: skip
            for row, i in enumerate(table.ids)
        )

    return make
