"""Benchmark recipes: which cloths and captures every method is measured on.

The committed ``resources/benchmark_v1.json`` is written before training and never edited; a
change is a v2, and both are printed. v2 is twice as large and takes in every class of the taxonomy
that this room draws: pile, openwork, knits and the widened prints. v2-beyond photographs other cloth of
the same kinds as no training camera does: fields, blur, noise, JPEG and uneven light lie wholly in
bands held out of training, turn, exposure, white balance and perspective reach twice as far. The
same recipe and renderer give the same bytes.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.camera import CaptureSettings, Photo, capture
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.processes import in_processes
from fabricfinder.synthesis.sampling import ALL_MINORS, MINORS, sample_fabric
from fabricfinder.synthesis.sampling_knit import KNIT_MINORS
from fabricfinder.synthesis.sampling_pile import PILE_FINES, PILE_MINORS
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
        name: one of ``RECIPES``.
        seed: of every fabric and capture; training never uses it.
        bases: fabrics sampled; each joins the gallery with its siblings.
        gallery: fabrics in the gallery in all.
        query_captures: new captures of each gallery fabric.
        scale_known: share of captures whose scale is told.
        settings: the camera's ranges.
        variety: 1 for the flat weaves and prints of v1; 2 for all cloth this room draws.
    """

    name: str
    seed: int
    bases: int
    gallery: int
    query_captures: int
    scale_known: float
    settings: CaptureSettings
    variety: int = 1


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


RECIPES = ("v1", "v2", "v2-beyond")


def load_recipe(source: Path | str = "v1") -> Recipe:
    """Read a recipe: a committed one by its name, or a file.

    Raises:
        FabricFinderError: the file is no benchmark recipe.
    """
    path = resource_path(f"benchmark_{source}.json") if source in RECIPES else Path(source)
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

    Raises:
        KeyError: a class of the recipe cannot be drawn.
    """
    rows: list[tuple[int, str, Fabric]] = []
    for family in range(recipe.bases):
        rng = generator(recipe.seed, family)
        base = _base(recipe, family, rng)
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


def training_fabrics(recipe: Recipe, n: int) -> list[Fabric]:
    """n other cloths of the same kinds as a recipe's bases, for what must be fitted; no siblings."""
    return [
        # Never 0 at the end: a seed sequence is the same with trailing zeros left out.
        replace(_base(recipe, i, generator(recipe.seed, 1_000_003, i + 1)), id=f"t{i:05d}")
        for i in range(n)
    ]


def _base(recipe: Recipe, family: int, rng: np.random.Generator) -> Fabric:
    """Sample the base of a family."""
    if recipe.variety == 1:
        return sample_fabric(rng, *_assignment(family))
    slots = _slots()
    minor, fine, construction = slots[family % len(slots)]
    return sample_fabric(rng, minor, fine, construction, recipe.variety)


Slot = tuple[str | None, str | None, str]
"""Minor, fine class (None = whatever suits) and construction."""


def _slots() -> list[Slot]:
    """One slot for every class, in the taxonomy's order; bases go round them.

    A minor is taken from flat weaves where those have it, else from knits, else from pile and
    openwork; then every weave, every other structure and every knit once more by itself. What
    nothing draws (``nonwoven-other``) has no slot.
    """
    taxonomy = default_taxonomy()
    slots: list[Slot] = []
    for minor in taxonomy.coarse:
        if minor in ALL_MINORS:
            slots.append((minor, None, "woven"))
        elif minor in KNIT_MINORS:
            slots.append((minor, None, "knit"))
        elif minor in PILE_MINORS:
            slots.append((minor, None, "pile"))
    slots += [(_FREE[i % len(_FREE)], fine, "woven") for i, fine in enumerate(WEAVE_FINES)]
    slots += [(None, fine, "pile") for fine in PILE_FINES]
    slots += [(None, fine, "knit") for fine in taxonomy.fine if taxonomy.constructions[fine] == "knit"]
    return slots


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
