"""From a dropped photograph to the first results: run as a script, prints a table.

    python tests/benchmarks/bench_first_results.py [--swatches 10000] [--rounds 11]

A 12 MP JPEG is searched in a library of 10,000 swatches, model loaded, as the window does it
(``Finder.search``); and, on the same picture, its three parts by themselves. Then a weight moves.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from drawn import draw_photograph, spread, stock_library

from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.similarity import Weights
from fabricfinder.encoding import load_default_encoder
from fabricfinder.finder import Finder
from fabricfinder.importing import look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.scan import search as scan

SIZE_12_MP = (4000, 3000)


def timed(what: Callable[[], object]) -> tuple[float, object]:
    """Milliseconds and value of a call."""
    began = time.perf_counter()
    value = what()
    return 1e3 * (time.perf_counter() - began), value


def first_results(finder: Finder, path: Path) -> tuple[float, SearchResult]:
    """Milliseconds to the first results the window can show, and the whole result."""
    first: list[float] = []
    began = time.perf_counter()

    def watch(progress: Progress) -> None:
        if progress.partial is not None and not first:
            first.append(time.perf_counter() - began)

    result = run_to_end(finder.search(Query(path=str(path))), watch)
    return 1e3 * (first[0] if first else time.perf_counter() - began), result


def measure_picture(finder: Finder, path: Path, rounds: int) -> SearchResult:
    """Print the rows of one picture; returns its result."""
    encoder, catalog = finder.encoder, finder.catalog
    assert encoder is not None and catalog is not None
    cold, result = first_results(finder, path)
    whole = [first_results(finder, path)[0] for _ in range(rounds)]
    decode, encode, scans = [], [], []
    for _ in range(rounds):
        spent, look = timed(lambda: look_at(str(path)))
        decode.append(spent)
        spent, encodings = timed(lambda look=look: encoder.encode([look.views]))
        encode.append(spent)
        descriptor = FabricDescriptor(encoder.id, encodings[0], look.palette)
        search = lambda d=descriptor: run_to_end(  # noqa: E731
            scan(d, catalog.coded, catalog.table, Query(), None, encoder.blend)
        )
        scans.append(timed(search)[0])
    print(f"{'first search after opening':<44}{cold:10.1f}")
    print(f"{'first results':<44}{spread(whole)}")
    for name, values in (("decode, views, palette", decode), ("encode", encode), ("scan", scans)):
        print(f"{'  of which ' + name:<44}{spread(values)}")
    return result


def measure_weights(result: SearchResult, rounds: int) -> None:
    """Print how long a new order and its top 200 take when a weight moves."""
    rng = np.random.default_rng(1)
    spent = []
    for _ in range(max(rounds, 30)):
        preference = Preference(Weights(*rng.uniform(0.05, 1, 4)))
        spent.append(timed(lambda p=preference: result.ranked(p, 200))[0])
    print(f"{f'a weight moves: order of {len(result.swatches):,}, top 200':<44}{spread(spent)}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--swatches", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    loading, encoder = timed(load_default_encoder)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        stock_library(folder / "library", arguments.swatches, encoder.id)
        phone = draw_photograph(folder / "phone.jpg", 1, *SIZE_12_MP)
        scanned = draw_photograph(folder / "scan.jpg", 2, *SIZE_12_MP, dpi=600)
        finder = Finder(encoder)
        opening, _ = timed(
            lambda: run_to_end(finder.open_library(folder / "library", read_only=True))
        )
        print(f"{encoder.id}; {arguments.swatches:,} swatches; {arguments.rounds} rounds")
        print(f"model loaded in {loading:.0f} ms, library opened in {opening:.0f} ms")
        for name, path in (("phone photograph, scale unknown", phone), ("scan, 600 dpi", scanned)):
            size = path.stat().st_size / 1e6
            title = f"{name}, 12 MP, {size:.1f} MB"
            print(f"\n{title:<44}{'median':>10}{'p90':>10}{'worst':>10}  ms")
            result = measure_picture(finder, path, arguments.rounds)
        print()
        measure_weights(result, arguments.rounds)
        finder.close()


if __name__ == "__main__":
    main()
