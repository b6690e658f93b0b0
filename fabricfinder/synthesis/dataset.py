"""Write rendered cloth to a folder: pictures with their dpi, and ``labels.csv``."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from fabricfinder.domain.progress import Progress
from fabricfinder.domain.textile import CM_PER_INCH
from fabricfinder.synthesis.camera import RECIPE_V1, CaptureSettings, Photo, capture
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.processes import in_processes
from fabricfinder.synthesis.records import COLUMNS, label_row
from fabricfinder.synthesis.render import palette_of
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.siblings import redyed

POOL_FROM = 24
COLOURWAY_SHARE = 0.2
SCALE_UNKNOWN = 0.25


@dataclass(frozen=True)
class _Task:
    """One fabric to photograph: everything a worker needs."""

    out_dir: str
    fabric: Fabric
    captures: int
    seed: int
    index: int
    settings: CaptureSettings
    scale_unknown: float


def dataset_fabrics(n: int, seed: int) -> list[Fabric]:
    """n fabrics of a seed; about one in five is another colourway of the one before it."""
    fabrics: list[Fabric] = []
    for i in range(n):
        rng = generator(seed, i)
        if fabrics and rng.random() < COLOURWAY_SHARE:
            cloth = redyed(fabrics[-1], rng)
        else:
            cloth = sample_fabric(rng)
        fabrics.append(replace(cloth, id=f"f{i:06d}"))
    return fabrics


def write_dataset(
    out_dir: Path,
    n_fabrics: int,
    n_captures: int,
    seed: int,
    settings: CaptureSettings = RECIPE_V1,
    workers: int = 2,
) -> Iterator[Progress]:
    """Render fabrics and write their captures and labels; the same seed gives the same bytes.

    Args:
        out_dir: made if it is not there; pictures go to ``images/``.
        n_fabrics, n_captures: how many fabrics, and pictures of each.
        seed: non-negative.
        settings: the camera's ranges.
        workers: processes for larger sets.

    Yields:
        Progress in swatches.
    """
    fabrics = dataset_fabrics(n_fabrics, seed)
    yield from write_captures(
        out_dir, fabrics, n_captures, seed, settings, workers, SCALE_UNKNOWN
    )


def write_captures(
    out_dir: Path,
    fabrics: list[Fabric],
    n_captures: int,
    seed: int,
    settings: CaptureSettings,
    workers: int = 2,
    scale_unknown: float = 0.0,
) -> Iterator[Progress]:
    """Photograph given fabrics into a folder; otherwise as ``write_dataset``.

    ``scale_unknown`` is the share of files that carry no dpi (``labels.csv`` always tells).
    """
    (out_dir / "images").mkdir(parents=True, exist_ok=True)
    total = len(fabrics) * n_captures
    tasks = [
        _Task(str(out_dir), fabric, n_captures, seed, i, settings, scale_unknown)
        for i, fabric in enumerate(fabrics)
    ]
    yield Progress("Weaving", 0, total)
    rows: list[dict[str, str]] = []
    for made in in_processes(_write_fabric, tasks, workers if total >= POOL_FROM else 1, chunk=2):
        rows += made
        yield Progress("Weaving", len(rows), total)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (out_dir / "labels.csv").write_text(text.getvalue(), "utf-8")
    yield Progress("Weaving", total, total)


def _write_fabric(task: _Task) -> list[dict[str, str]]:
    """Render, photograph and save one fabric; return its lines of ``labels.csv``."""
    palette = palette_of(task.fabric)
    rows = []
    for k in range(task.captures):
        rng = generator(task.seed, 31, task.index, k)
        photo = capture(task.fabric, rng, task.settings)
        known = bool(rng.random() >= task.scale_unknown)
        suffix = "png" if rng.random() < 0.1 else "jpg"
        path = f"images/{task.fabric.id}-{k}.{suffix}"
        save_photo(Path(task.out_dir) / path, photo, known, int(rng.integers(84, 96)))
        rows.append(label_row(task.fabric, palette, path, k, photo.px_per_cm))
    return rows


def save_photo(path: Path, photo: Photo, scale_known: bool = True, quality: int = 92) -> None:
    """Save a capture as JPEG or PNG by its suffix; its dpi is written when the scale is known."""
    options: dict[str, object] = {}
    if scale_known:
        dpi = photo.px_per_cm * CM_PER_INCH
        options["dpi"] = (dpi, dpi) if path.suffix == ".png" else (round(dpi), round(dpi))
    if path.suffix == ".jpg":
        options["quality"] = quality
    Image.fromarray(np.ascontiguousarray(photo.image)).save(path, **options)
