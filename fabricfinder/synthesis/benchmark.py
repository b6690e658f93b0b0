"""Benchmark recipe v1: which cloths and captures every method is measured on.

The committed ``resources/benchmark_v1.json`` is written before training and never edited; a
change is a v2. The same recipe and renderer give the same bytes.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.synthesis.camera import CaptureSettings, Photo, capture
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.processes import in_processes
from fabricfinder.synthesis.sampling import MINORS, sample_fabric
from fabricfinder.synthesis.siblings import siblings
from fabricfinder.synthesis.weaves import WEAVE_FINES

# Minors that can be woven in anything, and so carry the round of all weaves.
_FREE = (
    "solid/plain", "solid/melange", "solid/chambray", "solid/slub", "solid/nep", "stripe/pencil",
    "stripe/candy", "stripe/bengal", "stripe/awning", "stripe/multi", "stripe/ticking",
    "plaid/gingham", "plaid/graph", "plaid/windowpane", "plaid/tattersall",
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What a benchmark is made of.

    Attributes:
        name: ``v1``.
        seed: of every fabric and capture; training never uses it.
        bases: fabrics sampled; each joins the gallery with its siblings.
        gallery: fabrics in the gallery in all.
        query_captures: new captures of each gallery fabric.
        scale_known: share of captures whose scale is told.
        settings: the camera's ranges.
    """

    name: str
    seed: int
    bases: int
    gallery: int
    query_captures: int
    scale_known: float
    settings: CaptureSettings


@dataclass(frozen=True, eq=False)
class BenchmarkItem:
    """One fabric of the gallery with its captures.

    Attributes:
        index: place in the recipe's order.
        family: number of the base fabric; siblings share it (the unit of the bootstrap).
        kind: ``base``, or what differs from the base (``colour-1``, ``weave``, ``sett-10``...).
        fabric: the recipe of the cloth with its exact labels.
        gallery: the capture that lies in the gallery.
        queries: other captures of the same cloth.
        scale_known: whether the captures' px per cm may be told to the method.
    """

    index: int
    family: int
    kind: str
    fabric: Fabric
    gallery: Photo
    queries: tuple[Photo, ...]
    scale_known: bool


def load_recipe(path: Path | None = None) -> Recipe:
    """Read a recipe file, by default the committed v1.

    Raises:
        FabricFinderError: the file is no benchmark recipe.
    """
    path = path or resource_path("benchmark_v1.json")
    try:
        raw = json.loads(path.read_text("utf-8"))
        if raw.pop("format") != "fabricfinder-benchmark":
            raise KeyError("format")
        raw.pop("comment", None)
        camera = {
            k: tuple(v) if isinstance(v, list) else v for k, v in raw.pop("settings").items()
        }
        return Recipe(**raw, settings=CaptureSettings(**camera))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FabricFinderError(f"{path} is not a benchmark recipe ({error}).") from error


def dump_recipe(recipe: Recipe) -> str:
    """The recipe as the JSON text ``load_recipe`` reads."""
    return json.dumps({"format": "fabricfinder-benchmark", **asdict(recipe)}, indent=1) + "\n"


def benchmark_plan(recipe: Recipe) -> list[tuple[int, str, Fabric]]:
    """Every gallery fabric without pictures: (family, kind, fabric), in a fixed mixed order.

    Every minor and every weave this room renders is among the bases.
    """
    rows: list[tuple[int, str, Fabric]] = []
    for family in range(recipe.bases):
        minor, fine = _assignment(family)
        rng = generator(recipe.seed, family)
        base = sample_fabric(rng, minor, fine)
        rows.append((family, "base", base))
        rows += [(family, kind, sibling) for kind, sibling in siblings(base, rng)]
    # Cut the surplus from siblings of the last families, never a base.
    while len(rows) > recipe.gallery:
        last = max(i for i, row in enumerate(rows) if row[1] != "base")
        del rows[last]
    order = generator(recipe.seed, 999_983).permutation(len(rows))
    return [
        (family, kind, replace(fabric, id=f"b{family:04d}-{kind}"))
        for family, kind, fabric in (rows[i] for i in order)
    ]


def _assignment(family: int) -> tuple[str, str | None]:
    """Minor and weave of a base: minors in turn; then, among the free ones, weaves in turn."""
    if family < 2 * len(MINORS):
        minor = MINORS[family % len(MINORS)]
    else:
        minor = _FREE[family % len(_FREE)]
    if minor not in _FREE:
        return minor, None
    turn = _FREE.index(minor) + len(_FREE) * (family // len(MINORS))
    return minor, WEAVE_FINES[turn % len(WEAVE_FINES)]


def benchmark_fabrics(recipe: Recipe, workers: int = 2) -> Iterator[BenchmarkItem]:
    """Render the benchmark, item by item in the recipe's order.

    Args:
        recipe: what to render.
        workers: processes; 1 renders in this one. The bytes do not depend on it.
    """
    tasks = [(recipe, i, *row) for i, row in enumerate(benchmark_plan(recipe))]
    yield from in_processes(_item, tasks, workers, chunk=8)


def _item(task: tuple[Recipe, int, int, str, Fabric]) -> BenchmarkItem:
    """Render one item's captures."""
    recipe, index, family, kind, fabric = task
    photos = [
        capture(fabric, generator(recipe.seed, 7, index, k), recipe.settings)
        for k in range(1 + recipe.query_captures)
    ]
    known = bool(generator(recipe.seed, 8, index).random() < recipe.scale_known)
    return BenchmarkItem(index, family, kind, fabric, photos[0], tuple(photos[1:]), known)
