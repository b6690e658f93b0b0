"""An import of large photographs beside a bare decode-to-thumbnail loop over the same files.

    python tests/benchmarks/bench_import.py --folder DIR [--pictures 200] [--copies 10] [--rounds 2]

The photographs are rendered once into DIR: half of 12, half of 24 megapixels, JPEG, TIFF and PNG as
8 : 1 : 1, each re-encoded with other noise as often as --copies says (37 GB for 200 × 10). Both run
on two threads over a warm cache, one after the other and then the other way round; what counts is
the ratio of their rates, since a busy machine slows both.
"""

import argparse
import itertools
import shutil
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from fabricfinder.eyes import best_encoder
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.vision.decode import decode
from fabricfinder.vision.thumbnail import THUMBNAIL_SIDE, thumbnail_jpeg

SIZES = ((4000, 3000), (6000, 4000))
KINDS = (".jpg",) * 8 + (".tif", ".png")
TILE_PX = 1024


def make_photographs(folder: Path, pictures: int, copies: int) -> list[str]:
    """Draw the photographs that are not there yet; returns every path, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for n in range(pictures):
        names = [folder / f"{n:04}-{c:02}{KINDS[(n * copies + c) % 10]}" for c in range(copies)]
        paths += [str(name) for name in names]
        if all(name.exists() for name in names):
            continue
        rng = generator(61_000, n)
        tile = render(sample_fabric(rng), TILE_PX, 90.0, n)
        width, height = SIZES[n % 2]
        whole = np.tile(tile, (-(-height // TILE_PX), -(-width // TILE_PX), 1))[:height, :width]
        for name in names:
            noise = rng.integers(-6, 7, (height, width, 1), np.int16)
            pixels = np.clip(whole + noise, 0, 255).astype(np.uint8)
            options = [cv2.IMWRITE_JPEG_QUALITY, 92] if name.suffix == ".jpg" else []
            assert cv2.imwrite(str(name), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
    return paths


Spent = tuple[float, float]


def bare(paths: list[str]) -> Spent:
    """Decode every file down to a thumbnail, two at a time; seconds of wall and of processor."""
    began, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(2) as pool:
        for made in pool.map(_thumbnail, paths):
            assert made
    return time.perf_counter() - began, time.process_time() - cpu


def _thumbnail(path: str) -> bytes:
    return thumbnail_jpeg(decode(path, max_side=THUMBNAIL_SIDE).rgb)


def imported(finder: Finder, paths: list[str]) -> Spent:
    """Import every file into a fresh library; seconds of wall and of processor."""
    folder = Path(tempfile.mkdtemp(prefix="bench-import-"))
    try:
        run_to_end(finder.open_library(folder / "library", create=True))
        began, cpu = time.perf_counter(), time.process_time()
        report = run_to_end(finder.import_paths(paths))
        spent = time.perf_counter() - began, time.process_time() - cpu
        assert report.imported == len(paths), report.problems
        return spent
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Make the photographs where they are not there yet, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    paths = make_photographs(arguments.folder, arguments.pictures, arguments.copies)
    for path in paths:  # a warm cache
        Path(path).read_bytes()
    finder = Finder(best_encoder(lambda _: None))
    imported(finder, paths[:2])  # everything is loaded
    ratios: list[Spent] = []
    for turn in itertools.islice(itertools.cycle((True, False)), 2 * arguments.rounds):
        if turn:
            alone, whole = bare(paths), imported(finder, paths)
        else:
            whole, alone = imported(finder, paths), bare(paths)
        ratios.append((alone[0] / whole[0], alone[1] / whole[1]))
        print(f"{'bare first' if turn else 'import first':<14}"
              f"bare {len(paths) / alone[0]:6.1f} a second, import {len(paths) / whole[0]:6.1f}, "
              f"ratio {ratios[-1][0]:.2f}; processor time {ratios[-1][1]:.2f}", flush=True)  # fmt: skip
    wall, cpu = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"{len(paths):,} photographs: the import has {wall:.2f} of the bare loop's rate (aim 0.70), "
          f"{cpu:.2f} by processor time")  # fmt: skip
    finder.close()


if __name__ == "__main__":
    main()
