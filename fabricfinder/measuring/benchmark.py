"""The rendered benchmark: drawn once into a folder, looked at once, asked in many ways."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from fabricfinder.domain.descriptor import table_of
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.labelled import RecaptureSet, read_recaptures
from fabricfinder.evaluation.truth import TRUTH_FILE, Captures, CaptureTruth, FabricTruth
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring.labels_sheet import labels_of_sheet
from fabricfinder.measuring.pictures import (
    Searches,
    Seen,
    Steps,
    handcrafted_of,
    look_at_all,
    numbers,
)
from fabricfinder.retrieval.matrix import similarity_matrix
from fabricfinder.synthesis.benchmark import (
    Recipe,
    benchmark_fabrics,
    benchmark_plan,
    load_recipe,
    training_fabrics,
)
from fabricfinder.synthesis.dataset import save_photo, write_captures
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.render import palette_of

TRAINING_FABRICS = 1000
"""Rendered cloths the classic hashes are fitted on, one picture each; no query shows one."""


def draw_benchmark(folder: Path, recipe: Recipe | None = None) -> Steps:
    """Draw a committed recipe's captures and exact labels into a folder, unless they are there."""
    sheet = folder / "labels.csv"
    if sheet.exists():
        return
    (folder / "images").mkdir(parents=True, exist_ok=True)
    recipe = recipe or load_recipe()
    rows, fabrics, families, kinds = [], [], [], []
    for item in benchmark_fabrics(recipe):
        photos = (("gallery", item.gallery), *(("query", photo) for photo in item.queries))
        for capture, (role, photo) in enumerate(photos):
            name = f"images/{item.fabric.id}-{capture}.png"
            save_photo(folder / name, photo, item.scale_known)
            rows.append((name, item.fabric.id, capture, item.fabric.coarse, item.fabric.fine, role))
        fabrics.append(item.fabric)
        families.append(item.family)
        kinds.append(item.kind)
        yield Progress("Weaving", item.index + 1, recipe.gallery, "fabrics")
    truth = yield from exact_labels(fabrics, families, kinds)
    truth.save(folder / TRUTH_FILE)
    unfinished = sheet.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("path", "fabric", "capture", "coarse_minor", "fine", "role"))
        writer.writerows(rows)
    unfinished.replace(sheet)


def exact_labels(
    fabrics: Sequence[Fabric], families: Sequence[int], kinds: Sequence[str]
) -> Steps:
    """The labels that follow from recipes, palettes under neutral light; returns FabricTruth."""
    palettes = []
    for fabric in fabrics:
        palettes.append(palette_of(fabric).to_array())
        yield Progress("Labels of the cloth", len(palettes), len(fabrics), "fabrics")
    return FabricTruth(
        fabric=np.array([f.id for f in fabrics]),
        family=np.array([f"b{family:04d}" for family in families]),
        kind=np.array(kinds),
        coarse=np.array([f.coarse for f in fabrics]),
        fine=np.array([f.fine for f in fabrics]),
        tightness=np.array([f.tightness for f in fabrics], np.float32),
        density=np.array([(f.ends_per_cm, f.picks_per_cm) for f in fabrics], np.float32),
        palette=np.stack(palettes),
    )


def truth_of(folder: Path, captures: RecaptureSet, recipe: Recipe) -> Steps:
    """Exact labels of a drawn folder; returns FabricTruth.

    An older drawing of a recipe has none beside it: they are worked out from the recipe, if its
    labels are still those. A folder of ``fabricfinder synthesize`` tells them in ``labels.csv``.

    Raises:
        FabricFinderError: neither.
    """
    path = folder / TRUTH_FILE
    if path.exists():
        return FabricTruth.load(path)
    plan = benchmark_plan(recipe)
    planned = {fabric.id: fabric.coarse for _, _, fabric in plan}
    drawn = dict(zip(captures.query_fabrics, captures.minors, strict=True))
    if drawn.items() <= planned.items():
        families, kinds, fabrics = zip(*plan, strict=True)
        labels = yield from exact_labels(fabrics, families, kinds)
        labels.save(path)
        return labels
    return labels_of_sheet(folder / "labels.csv")


def true_similarity(truth: FabricTruth) -> np.ndarray:
    """S of DVSH eq. (6) between fabrics by exact labels, float32 (m, m), diagonal 1."""
    taxonomy = default_taxonomy()
    coarse, fine = one_hot(truth)
    matrix = similarity_matrix(coarse, fine, truth.tightness, truth.palette, taxonomy)
    np.fill_diagonal(matrix, 1.0)  # "other" is no evidence of sameness, but this is itself
    return matrix


def one_hot(truth: FabricTruth) -> tuple[np.ndarray, np.ndarray]:
    """Exact coarse and fine labels as float32 rows (m, minors) and (m, classes)."""
    taxonomy = default_taxonomy()
    coarse = [taxonomy.coarse_index[str(name)] for name in truth.coarse]
    fine = [taxonomy.fine_index[str(name)] for name in truth.fine]
    return (
        np.eye(len(taxonomy.coarse), dtype=np.float32)[coarse],
        np.eye(len(taxonomy.fine), dtype=np.float32)[fine],
    )


@dataclass(frozen=True, eq=False)
class Benchmark:
    """A drawn benchmark, looked at and searched once.

    Attributes:
        folder, recipe: where and what.
        captures: files and roles.
        fabrics: exact labels.
        queries, gallery: what the eyes make of the pictures.
        searches: the app's own search of every query.
        n_bits: of the encoder.
    """

    folder: Path
    recipe: Recipe
    captures: RecaptureSet
    fabrics: FabricTruth
    queries: Seen
    gallery: Seen
    searches: Searches
    n_bits: int

    @cached_property
    def query_rows(self) -> np.ndarray:
        """The fabric of each query, int64 (q,)."""
        return self.fabrics.rows(self.captures.query_fabrics)

    @cached_property
    def gallery_rows(self) -> np.ndarray:
        """The fabric of each gallery capture, int64 (n,)."""
        return self.fabrics.rows(self.captures.gallery_fabrics)

    @cached_property
    def truth(self) -> CaptureTruth:
        """What would be right for every query."""
        matrix = true_similarity(self.fabrics)
        return CaptureTruth(
            f"benchmark {self.recipe.name}",
            Captures.of(self.captures.query_fabrics, self.fabrics),
            Captures.of(self.captures.gallery_fabrics, self.fabrics),
            matrix[np.ix_(self.query_rows, self.gallery_rows)],
        )

    @cached_property
    def true_dimensions(self) -> np.ndarray:
        """The four similarities by exact labels, float32 (q, n, 4)."""
        coarse, fine = one_hot(self.fabrics)
        columns = [
            similarity_matrix(
                coarse, fine, self.fabrics.tightness, self.fabrics.palette, default_taxonomy(),
                dimensions=(name,),
            )
            for name in DIMENSIONS
        ]  # fmt: skip
        grid = np.ix_(self.query_rows, self.gallery_rows)
        return np.stack([column[grid] for column in columns], axis=-1)


def open_benchmark(encoder: Encoder, folder: Path, recipe: Recipe | None = None) -> Steps:
    """Draw a benchmark where it is missing, look at it and search it; returns a Benchmark.

    Raises:
        FabricFinderError: the folder holds something else.
    """
    recipe = recipe or load_recipe()
    yield from draw_benchmark(folder, recipe)
    captures = read_recaptures(folder)
    fabrics = yield from truth_of(folder, captures, recipe)
    gallery = yield from look_at_all(encoder, captures.gallery)
    queries = yield from look_at_all(encoder, captures.queries)
    table = table_of(gallery.descriptors, numbers(len(gallery)))
    searches = Searches(encoder, queries.descriptors, table)
    yield from searches.run()
    return Benchmark(
        folder, recipe, captures, fabrics, queries, gallery, searches, encoder.n_bits
    )


def training_pictures(folder: Path, recipe: Recipe, n_fabrics: int = TRAINING_FABRICS) -> Steps:
    """Pictures of other cloth of the same kinds, drawn once; returns their paths.

    Raises:
        FabricFinderError: the folder holds something else.
    """
    place = folder / "training"
    if not (place / "labels.csv").exists():
        yield from write_captures(
            place, training_fabrics(recipe, n_fabrics), 1, recipe.seed + 1, recipe.settings
        )
    return tuple(sorted((place / "images").iterdir()))


def handcrafted_features(bench: Benchmark) -> Steps:
    """Hand-crafted descriptors of training cloth, queries and gallery: three float32 arrays."""
    training = yield from training_pictures(bench.folder, bench.recipe)
    features = []
    for paths in (training, bench.captures.queries, bench.captures.gallery):
        features.append((yield from handcrafted_of(paths)))
    return tuple(features)


def look_at_benchmark(encoder: Encoder, folder: Path) -> Benchmark:
    """``open_benchmark`` run to its end, for scripts."""
    return run_to_end(open_benchmark(encoder, folder))
