"""What the benchmarks measure on: drawn photographs, libraries of many swatches, plain tables."""

import io
import os
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench_search import library as made_up_library
from PIL import Image

from fabricfinder.library import Library, NewSwatch
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.vision.files import list_images

TILE_PX = 1024
STORE_BATCH = 500


def draw_photograph(
    path: Path, seed: int, width: int, height: int, dpi: int | None = None
) -> Path:
    """Write a JPEG of rendered cloth with falling light and sensor noise, quality 92."""
    rng = generator(60_000, seed)
    tile = render(sample_fabric(rng), TILE_PX, 90.0, seed)
    whole = np.tile(tile, (-(-height // TILE_PX), -(-width // TILE_PX), 1))[:height, :width]
    light = np.linspace(0.8, 1.05, width, dtype=np.float32)[None, :, None]
    noise = rng.normal(0, 4, (height, width, 1)).astype(np.float32)
    pixels = np.clip(whole * light + noise, 0, 255).astype(np.uint8)
    options = {} if dpi is None else {"dpi": (dpi, dpi)}
    Image.fromarray(pixels).save(path, quality=92, **options)
    return path


def photographs(folder: Path, n: int, source: str = "", drawn: int = 40) -> list[str]:
    """Put n picture files of different bytes into a folder; returns their paths.

    Args:
        source: a folder of real photographs, taken in turn; "" draws ``drawn`` pictures of
            1600 × 1200 and takes those in turn. From the second turn on some bytes that no decoder
            reads are appended, so that every file is another swatch.
    """
    folder.mkdir(parents=True)
    if source:
        bases = [Path(p) for p in list_images([source])]
    else:
        (folder.parent / "bases").mkdir()
        bases = [
            draw_photograph(folder.parent / "bases" / f"{i}.jpg", i, 1600, 1200)
            for i in range(min(n, drawn))
        ]
    paths = []
    for i in range(n):
        base, turn = bases[i % len(bases)], i // len(bases)
        path = folder / f"{i:05}{base.suffix.lower()}"
        path.write_bytes(base.read_bytes() + (os.urandom(8) if turn else b""))
        paths.append(str(path))
    return paths


def stock_library(folder: Path, n: int, encoder_id: str) -> None:
    """Make a library of n swatches with random descriptors of one encoder and real thumbnails."""
    swatches, table = made_up_library(n)
    table = replace(table, encoder=encoder_id)
    stream = io.BytesIO()
    Image.new("RGB", (256, 256), (120, 90, 70)).save(stream, "JPEG")
    with Library.create(folder) as library:
        for start in range(0, n, STORE_BATCH):
            rows = range(start, min(start + STORE_BATCH, n))
            library.add(
                [NewSwatch(swatches[i], stream.getvalue(), table.descriptor(i), 1, 1) for i in rows]
            )


def spread(values: Sequence[float]) -> str:
    """Median, 90th percentile and worst of some milliseconds, as cells of a table."""
    ranked = sorted(values)
    p90 = ranked[min(len(ranked) - 1, round(0.9 * (len(ranked) - 1)))]
    return f"{statistics.median(ranked):10.1f}{p90:10.1f}{ranked[-1]:10.1f}"
