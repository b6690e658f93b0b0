"""Growing a swatch to twice its size: its own repeats laid around it, and a network that chooses.

The texture synthesis network looks at the whole swatch as one patch of 128 px and says, for every
place around it, which continuation of the cloth belongs there, or paints it by itself. What it
chose is then laid from the swatch's own pixels at full size, so that yarns stay yarns.
"""

import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from fabricfinder.domain.errors import UnreadableImageError
from fabricfinder.domain.grown import (
    GROWN_PX,
    GROWTH_GRAPH,
    PATCH_PX,
    GrownSwatch,
    stretched,
)
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.repeats import (
    Continuation,
    Repeat,
    continuations,
    find_repeats,
    finer_repeat,
)
from fabricfinder.domain.resources import resource_path
from fabricfinder.vision.decode import decode, shrink_to
from fabricfinder.vision.imagined import marked, require_kind, save_marked
from fabricfinder.vision.views import resized

Steps = Generator[Progress, None, Any]
MAX_SIDE = 3000
STRIP = 64
DECIDED = 4  # two copies half and half are two ghosts: the likelier one is let win
WAIT_S = 0.01
PHASE = "Growing"


def grow_swatch(
    source: str | os.PathLike[str] | BinaryIO,
    *,
    graph: Path | None = None,
    max_side: int = MAX_SIDE,
) -> Steps:
    """Grow one picture; returns (by the generator) a GrownSwatch.

    Args:
        source: a path or an open binary file.
        graph: instead of the network that ships.
        max_side: larger pictures are reduced to it first, and a note says so.

    Raises:
        UnreadableImageError: no picture, or one too flat to be cut in patches.
        EncoderError: the network is missing or damaged.
    """
    yield Progress(PHASE, 0, None, "rows")
    image = decode(source, max_side=max_side)
    rgb = np.ascontiguousarray(image.rgb)
    height, width = rgb.shape[:2]
    if max(height, width) > 12 * min(height, width):
        raise UnreadableImageError(
            "This picture is too narrow to grow; choose one that is at most 12 times as long as wide."
        )
    repeats = find_repeats(patch_of(rgb))
    yield Progress(PHASE, 0, 2 * height, "rows")
    own, shares = choose(rgb, repeats, graph)
    shares = shares**DECIDED
    shares /= shares.sum(-1, keepdims=True)
    yield Progress(PHASE, 0, 2 * height, "rows")
    fine = []
    for repeat in repeats:
        settled = yield from settled_repeat(repeat, rgb)
        fine.append(settled)
    # Light is judged on the patch, where it was trained, and not in every yarn's own shade.
    levels = [Continuation(patch_of(rgb), repeat).level for repeat in repeats]
    ways = [Continuation(rgb, *way) for way in zip(fine, levels, strict=True)]
    whole = yield from laid(rgb, [*ways, Continuation(rgb, None)], own, shares)
    around = np.ones(shares.shape[:2], bool)
    around[GROWN_PX // 4 : -GROWN_PX // 4, GROWN_PX // 4 : -GROWN_PX // 4] = False
    notes = image.notes
    if image.reduction > 1.001:
        notes += (f"It was reduced to {width} × {height} px before it was grown.",)
    left, top = width // 2, height // 2
    return GrownSwatch(
        whole, (left, top, left + width, top + height), image.working_px_per_cm,
        float(shares[around, 0].mean()), bool(shares[around, 1:-1].sum(-1).mean() > 0.5), notes,
    )  # fmt: skip


def patch_of(rgb: np.ndarray) -> np.ndarray:
    """The whole picture as one patch, uint8 (128, 128, 3), averaged; sides by themselves."""
    return resized(rgb, PATCH_PX, PATCH_PX)


def choose(
    rgb: np.ndarray, repeats: list[Repeat], graph: Path | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Ask the network what belongs where: its own picture and the shares, as ``Grower.ask``.

    Raises:
        EncoderError: the network is missing or damaged.
    """
    from fabricfinder.encoding.grower import Grower  # onnxruntime, not before it is needed

    patch = patch_of(rgb)
    grower = Grower(graph or resource_path(GROWTH_GRAPH))
    return grower.ask(patch, continuations(patch, repeats))


def settled_repeat(repeat: Repeat, rgb: np.ndarray) -> Steps:
    """A patch's repeat sought again on ever larger pictures up to the whole; returns the Repeat.

    A yarn is a pixel of the patch and twenty of the picture, and copies must meet yarn by yarn.
    """
    height, width = rgb.shape[:2]
    # The patch's sides were brought to 128 each by itself; from here on both go together.
    side = min(PATCH_PX, max(height, width))
    small = shrink_to(rgb, side)
    scale = np.array(small.shape[:2]) / PATCH_PX
    first, second = (tuple(int(v) for v in np.rint(np.array(s) * scale)) for s in repeat[:2])
    repeat = finer_repeat(repeat._replace(first=first, second=second), small, 1.0)
    while side < max(height, width):
        larger = min(2 * side, max(height, width))
        repeat = finer_repeat(repeat, shrink_to(rgb, larger), larger / side)
        side = larger
        yield Progress(PHASE, 0, 2 * height, "rows")
    return repeat


def laid(
    rgb: np.ndarray, ways: list[Continuation], own: np.ndarray, shares: np.ndarray
) -> Steps:
    """Lay what was chosen at full size, strip by strip; returns uint8 (2h, 2w, 3)."""
    height, width = rgb.shape[:2]
    whole = np.empty((2 * height, 2 * width, 3), np.uint8)
    for start in range(0, 2 * height, STRIP):
        rows = slice(start, min(start + STRIP, 2 * height))
        share = stretched(shares, 2 * height, 2 * width, rows)
        strip = share[..., :1] * stretched(own, 2 * height, 2 * width, rows)
        for place, way in enumerate(ways):
            strip += share[..., place + 1, None] * way.rows(rows)
        whole[rows] = np.clip(np.rint(strip), 0, 255).astype(np.uint8)
        yield Progress(PHASE, rows.stop, 2 * height, "rows")
    left, top = width // 2, height // 2
    whole[top : top + height, left : left + width] = rgb
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class ShownGrowth:
    """A grown swatch, and small pictures of it for a window.

    Attributes:
        grown: the whole.
        true, imagined: uint8 (h', w', 3) and (2h', 2w', 3): the picture, and the marked result,
            reduced by the same factor.
    """

    grown: GrownSwatch
    true: np.ndarray
    imagined: np.ndarray


def grow_to_show(
    source: str | os.PathLike[str], side: int, *,
    graph: Path | None = None, ink: np.ndarray | None = None,
) -> Steps:  # fmt: skip
    """Grow a picture for a window; returns a ShownGrowth whose result is at most ``side`` px.

    Args:
        source, graph: as ``grow_swatch`` takes them.
        side: px.
        ink: the words of the mark, as ``marked`` takes them.

    Raises: as ``grow_swatch``.
    """
    grown = yield from grow_swatch(source, graph=graph)
    left, top, right, bottom = grown.true_box
    height, width = grown.rgb.shape[:2]

    def small() -> tuple[np.ndarray, np.ndarray]:
        imagined = shrink_to(marked(grown, ink), side)
        size = max(1, imagined.shape[1] // 2), max(1, imagined.shape[0] // 2)
        return resized(grown.rgb[top:bottom, left:right], *size), imagined

    pictures = yield from _meanwhile(small, Progress(PHASE, height, height, "rows"))
    return ShownGrowth(grown, *pictures)


def save_grown(grown: GrownSwatch, path: Path, ink: np.ndarray | None = None) -> Steps:
    """Write a grown swatch with its mark, its words as ``marked`` takes them; returns the path.

    Raises:
        FabricFinderError: it cannot be written there.
    """
    require_kind(path)
    yield from _meanwhile(lambda: save_marked(grown, path, ink), Progress("Writing", unit="pictures"))
    return path


def _meanwhile(work: Callable[[], Any], progress: Progress) -> Steps:
    """Do one long thing on a thread of its own, so that others have their turn; returns its value."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        while not future.done():
            wait([future], timeout=WAIT_S)
            yield progress
    return future.result()
