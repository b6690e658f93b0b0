"""How long finding takes at 1,000, 10,000 and 100,000 swatches; run as a script, prints a table.

    python tests/benchmarks/bench_search.py [--cpu] [n ...]

``--cpu`` counts processor time instead of the clock, for a machine that is busy otherwise.
Descriptors are random (beliefs, codes of 128 bits, palettes of one to six colours), so this is
about speed only. "longest step" is what a window's worker waits for at most between two jobs.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import Filters, Preference, Query, SearchResult
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.explanation import explain
from fabricfinder.retrieval.filters import facet_counts
from fabricfinder.retrieval.hamming import (
    asymmetric_similarity,
    hamming_distances,
    nearest_with_ties,
)
from fabricfinder.retrieval.matrix import palette_matrix, similarity_matrix
from fabricfinder.retrieval.palette_transport import MEASURES, palette_similarity
from fabricfinder.retrieval.scan import search

TAXONOMY = default_taxonomy()
SIZES = (1_000, 10_000, 100_000)
clock = time.process_time if "--cpu" in sys.argv else time.perf_counter


def beliefs(rng: np.random.Generator, n: int, width: int) -> np.ndarray:
    """Softmax beliefs, float32 (n, width)."""
    e = np.exp(rng.normal(size=(n, width)) * 3)
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def palettes(rng: np.random.Generator, n: int, most: int = 6) -> np.ndarray:
    """Palettes of one to ``most`` colours, float32 (n, 10, 5)."""
    rows = rng.uniform(0, 1, (n, 10, 5)).astype(np.float32)
    rows[..., 0], rows[..., 1] = np.arange(10), rows[..., 1] * 360
    used = np.arange(10) < rng.integers(1, most + 1, n)[:, None]
    rows *= used[..., None]
    rows[..., 4] /= rows[..., 4].sum(axis=1, keepdims=True)
    return rows


def library(n: int) -> tuple[tuple[Swatch, ...], DescriptorTable]:
    """n cloths that never were."""
    rng = np.random.default_rng(n)
    table = DescriptorTable(
        "bench", tuple(rng.bytes(32).hex() for _ in range(n)),
        rng.integers(0, 256, (n, 16), dtype=np.uint8), beliefs(rng, n, len(TAXONOMY.coarse)),
        beliefs(rng, n, len(TAXONOMY.fine)),
        np.stack([rng.uniform(20, 100, n), rng.uniform(1, 8, n)], 1).astype(np.float32),
        palettes(rng, n), rng.random(n).astype(np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip
    return tuple(Swatch(i, f"/cloth/{i}", i, 100, 100) for i in table.ids), table


def median_ms(what: Callable[[], object], times: int = 7) -> float:
    """Median time of a call in ms."""
    spent = []
    for _ in range(times):
        began = clock()
        what()
        spent.append(clock() - began)
    return 1e3 * statistics.median(spent)


def one_search(swatches, table) -> tuple[SearchResult, float, float, float]:
    """A search of everything: result, ms to the first result, ms in all, ms of the longest step."""
    steps = search(table.descriptor(0), swatches, table, Query(), None, (0.5, 0.3), TAXONOMY)
    began = before = clock()
    first, longest = None, 0.0
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            now = clock()
            total = 1e3 * (now - began)
            return stop.value, first or total, total, max(longest, 1e3 * (now - before))
        now = clock()
        longest, before = max(longest, 1e3 * (now - before)), now
        if progress.partial is not None and first is None:
            first = 1e3 * (now - began)


def measure(n: int) -> dict[str, float]:
    """Every line of the table at one size, in ms."""
    swatches, table = library(n)
    code, relaxed = table.codes[0], np.linspace(-1, 1, 128)
    distances = hamming_distances(code, table.codes)
    lines = {
        "Hamming distances": median_ms(lambda: hamming_distances(code, table.codes)),
        "nearest 500 with ties": median_ms(lambda: nearest_with_ties(distances, 500)),
        "asymmetric similarity": median_ms(lambda: asymmetric_similarity(relaxed, table.codes)),
    }
    result, *cold = one_search(swatches, table)
    runs = [one_search(swatches, table)[1:] for _ in range(5)]
    warm = [statistics.median(column) for column in zip(*runs, strict=True)]
    for name, times in (("first search of a new table", cold), ("four dimensions of all", warm)):
        for part, value in zip(("first result", "in all", "longest step"), times, strict=True):
            lines[f"{name}, {part}"] = value
    weights = iter(np.random.default_rng(0).uniform(0.1, 1, (99, 4)))
    lines["re-sort after a weight moved, top 200"] = median_ms(
        lambda: result.ranked(Preference(Weights(*next(weights))), top=200)
    )
    columns = result.ranked(Preference(), top=1)[0]
    lines["one sentence why"] = median_ms(
        lambda: explain(
            result.descriptor, result.table.descriptor(n // 2), columns.breakdown, TAXONOMY
        ), 51,
    )  # fmt: skip
    filters = Filters(majors=frozenset({"plaid"}), tightness=(40, 80))
    counts = lambda: facet_counts(filters, swatches, table, None, TAXONOMY)  # noqa: E731
    lines["facet counts, first"] = median_ms(counts, 1)
    lines["facet counts"] = median_ms(counts)
    return lines


def main(sizes: tuple[int, ...]) -> None:
    """Print the table."""
    columns = [measure(n) for n in sizes]
    print(f"{'ms, median':48}" + "".join(f"{n:>12,}" for n in sizes))
    for name in columns[0]:
        print(f"{name:48}" + "".join(f"{column[name]:12.2f}" for column in columns))
    rng = np.random.default_rng(1)
    rows = palettes(rng, 4_000)
    print(f"\n{'µs a pair of palettes':48}")
    for name in MEASURES:
        spent = median_ms(lambda name=name: palette_similarity(rows[0], rows, name), 3)
        print(f"{name:48}{1e3 * spent / len(rows):12.2f}")
    n = 64
    batch = (beliefs(rng, n, len(TAXONOMY.coarse)), beliefs(rng, n, len(TAXONOMY.fine)),
             rng.uniform(30, 100, n), rows[:n])  # fmt: skip
    color = palette_matrix(rows[:n])
    print(f"\n{'ms, similarity matrix of 64':48}")
    print(f"{'colour included':48}{median_ms(lambda: similarity_matrix(*batch, TAXONOMY)):12.2f}")
    given = median_ms(lambda: similarity_matrix(*batch[:3], None, TAXONOMY, color=color))
    print(f"{'colour given':48}{given:12.2f}")


if __name__ == "__main__":
    main(tuple(int(n) for n in sys.argv[1:] if n.isdigit()) or SIZES)
