"""How fast a library opens, grows and is searched by words.

    python tests/benchmarks/bench_library.py [--swatches 100000] [--rounds 5]

Prints medians of interleaved rounds, so that a busy machine touches both sides of a ratio alike,
as wall time and as the time this thread had a processor; ratios are of the latter.
The swatches are made of numbers: speed only, nothing about quality.
"""

import argparse
import importlib.util
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import Library, NewSwatch
from fabricfinder.library.descriptor_rows import read_table
from fabricfinder.library.sidecars import checksum
from fabricfinder.library.swatch_rows import read_swatches

FILL_BATCH = 512


def synthetic() -> ModuleType:
    """The module of the tests that makes swatches of numbers."""
    path = Path(__file__).parents[1] / "library" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("synthetic", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Times = tuple[float, float]


def timed(work: Callable[[], object]) -> Times:
    """Milliseconds one call takes, on the wall and of this thread's processor time."""
    wall, cpu = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - wall) * 1e3, (time.thread_time() - cpu) * 1e3


def show(what: str, times: list[Times], note: str = "") -> float:
    """Print the median and the worst, and return the median of processor time in ms."""
    wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
    worst = max(time for time, _ in times)
    print(f"{what:<50}{wall:>9.2f} ms  cpu {cpu:>8.2f}  worst {worst:>9.2f}  {note}")
    return cpu


def fill(library: Library, made: ModuleType, count: int) -> None:
    """Add ``count`` swatches that share a few hundred descriptors; no thumbnails."""
    coded = [made.descriptor(number) for number in range(300)]
    for start in range(0, count, FILL_BATCH):
        numbers = range(start, min(start + FILL_BATCH, count))
        batch = [made.new_swatch(number, encoder=None) for number in numbers]
        library.add(
            [
                NewSwatch(n.swatch, b"", coded[number % 300], n.mtime_ns, n.file_size)
                for number, n in zip(numbers, batch, strict=True)
            ]
        )


def row_by_row(library: Library) -> None:
    """The plain way: one blob a row, taken apart row by row."""
    rows = library._db.rows("SELECT code, coarse, fine, palette FROM descriptor ORDER BY swatch")
    codes = np.empty((len(rows), 8), np.uint8)
    coarse = np.empty((len(rows), len(rows[0][1]) // 2), np.float32)
    fine = np.empty((len(rows), len(rows[0][2]) // 2), np.float32)
    palettes = np.zeros((len(rows), 50), np.float32)
    for at, (code, coarse_blob, fine_blob, palette) in enumerate(rows):
        codes[at] = np.frombuffer(code, np.uint8)
        coarse[at] = np.frombuffer(coarse_blob, "<f2")
        fine[at] = np.frombuffer(fine_blob, "<f2")
        palettes[at, : len(palette) // 4] = np.frombuffer(palette, "<f4")


def bench_opening(folder: Path, encoder: str, rounds: int) -> None:
    """The sidecar against the database, by rows and by columns, and against bare files."""
    from_rows, from_columns, from_sidecar, bare, swatches, opening = ([] for _ in range(6))
    files = [f for f in folder.glob("columns/*/*.npy")]
    for _ in range(rounds):
        opened: list[Library] = []
        opening.append(timed(lambda: opened.append(Library.open(folder))))  # noqa: B023
        library = opened[0]
        swatches.append(timed(lambda: read_swatches(library._db)))  # noqa: B023
        loaded = library._loaded()
        from_sidecar.append(timed(lambda: library._read(encoder, loaded)))  # noqa: B023
        assert encoder in library._sidecars, "the sidecar was not believed"
        bare.append(timed(lambda: [checksum(np.load(f, mmap_mode="r")) for f in files]))
        words = default_taxonomy()
        from_columns.append(timed(lambda: read_table(library._db, encoder, words)))  # noqa: B023
        from_rows.append(timed(lambda: row_by_row(library)))  # noqa: B023
        library.close()
    show("open the library", opening)
    show("read every swatch", swatches, "aim 1000")
    fast = show("table from the sidecar", from_sidecar)
    slow = show("table from the database, column by column", from_columns)
    rows = show("table from the database, blob by blob", from_rows)
    floor = show("memory-map the sidecar's files and add them up", bare)
    print(f"sidecar: {rows / fast:.1f} x faster than row blobs (aim 10), "
          f"{slow / fast:.1f} x than columns from SQL; {fast / floor:.2f} x bare files")  # fmt: skip


def bench_growing(library: Library, made: ModuleType, encoder: str, rounds: int) -> None:
    """Adding a batch of an import, and the snapshot the window gets after it."""
    library.swatches()
    library.table(encoder)
    adding, snapshot, labelling, relabelled = [], [], [], []
    first = 10_000_000
    for number in range(rounds * 6):
        batch = [made.new_swatch(first + number * 32 + i) for i in range(32)]
        adding.append(timed(lambda: library.add(batch)))  # noqa: B023
        snapshot.append(timed(lambda: (library.swatches(), library.table(encoder))))
        labels = {batch[0].swatch.id: Labels("plaid/gingham", "plain", 50.0)}
        labelling.append(timed(lambda: library.set_labels(labels)))  # noqa: B023
        relabelled.append(timed(lambda: (library.swatches(), library.table(encoder))))
    show("add 32 swatches with thumbnails", adding, "aim 5")
    show("snapshot after it", snapshot)
    show("label one swatch", labelling)
    show("snapshot after it", relabelled)


def bench_asking(library: Library, encoder: str, rounds: int) -> None:
    """Questions that are asked often."""
    for text in ("00042", "img 0004", "NOT 00042"):
        found = len(library.find_text(text))
        times = [timed(lambda: library.find_text(text)) for _ in range(rounds)]  # noqa: B023
        show(f"find “{text}” ({found:,} found)", times)
    path = "/cloth/shirting/IMG_00042.jpg"
    asked = range(1000)
    times = [timed(lambda: [library.seen(path, 1000, 1) for _ in asked]) for _ in range(rounds)]
    show("seen, 1000 files", times)
    show("encoder_counts", [timed(library.encoder_counts) for _ in range(rounds)])
    show("ids_without", [timed(lambda: library.ids_without(encoder)) for _ in range(rounds)])


def main() -> None:
    """Make a library, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--swatches", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    made = synthetic()
    scratch = Path(tempfile.mkdtemp())
    try:
        with Library.create(scratch / "library") as library:
            took = timed(lambda: fill(library, made, arguments.swatches))
            print(f"{arguments.swatches:,} swatches, {took[0] / arguments.swatches * 1e3:.0f} µs each")
            library.table(made.ENCODER)
            print(f"sidecar written in {timed(library.flush_columns)[0]:.0f} ms")
        took = timed(lambda: Library.open(scratch / "library").close())
        print(f"opened and closed in {took[0]:.0f} ms with check and backup of the day")
        bench_opening(scratch / "library", made.ENCODER, arguments.rounds)
        with Library.open(scratch / "library") as library:
            bench_asking(library, made.ENCODER, arguments.rounds)
            bench_growing(library, made, made.ENCODER, arguments.rounds)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
