"""Batches of captures: which fabrics meet in one list, and what the camera makes of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import torch

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, VIEW_PX, Views
from fabricfinder.domain.encoder_arrays import scale_inputs
from fabricfinder.domain.palette import MAX_COLORS
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import Batch
from fabricfinder.retrieval.matrix import palette_matrix, similarity_matrix
from fabricfinder.training.camera import Light, close_view, macro_view, native_view, turn_of
from fabricfinder.training.cloth import ClothSet

# Captures whose yarns are seen at true scale; whose scale is known but too coarse for that; the
# rest state no scale.
CLOSE_SHARE = 0.45
COARSE_SHARE = 0.15
CAPTURES = 2
LEAST_COLOR = 0.05


def exact_similarities(cloth: ClothSet, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """S of DVSH eq. (6) between fabrics by their exact labels, and its four dimensions.

    Where a label is unknown, what is believed counts; where nothing is, the row's median.

    Returns:
        float32 (n, n), and float32 (4, n, n) in the order of ``DIMENSIONS``; diagonals are 1.
    """
    taxonomy = default_taxonomy()
    coarse = _known_or(cloth.coarse[rows], len(taxonomy.coarse))
    fine = _known_or(cloth.fine[rows], len(taxonomy.fine))
    tightness = cloth.tightness[rows]
    if cloth.believed is not None:
        coarse, fine, tight = (
            np.where(np.isnan(known), believed[rows], known)
            for known, believed in zip(
                (coarse, fine, np.stack([tightness, 0 * tightness], 1)), cloth.believed, strict=True
            )
        )
        tightness = tight
    color = palette_matrix(cloth.palettes[rows])
    labels = (coarse, fine, tightness, None, taxonomy)
    overall = similarity_matrix(*labels, color=color)
    each = np.stack([similarity_matrix(*labels, color=color, dimensions=(d,)) for d in DIMENSIONS])
    for matrix in (overall, *each):
        np.fill_diagonal(matrix, 1.0)  # "other" is no evidence of sameness, but this is itself
    return overall, np.nan_to_num(each)


def _known_or(labels: np.ndarray, n_classes: int) -> np.ndarray:
    """One-hot rows of labels, float32 (n, n_classes); nan rows where the label is -1."""
    rows = np.eye(n_classes, dtype=np.float32)[labels]
    rows[labels < 0] = np.nan
    return rows


def colors_of(palettes: np.ndarray) -> np.ndarray:
    """Which colours a cloth has: palettes (n, 10, 5) -> float32 (n, 10), 1 from a share of 0.05."""
    n = len(palettes)
    here = palettes[:, :, 4] >= LEAST_COLOR
    hot = np.zeros((n, MAX_COLORS), np.float32)
    fabric, place = np.nonzero(here)
    hot[fabric, palettes[fabric, place, 0].astype(int)] = 1
    return hot


def choose_by_class(
    cloth: ClothSet, rows: np.ndarray, n_fabrics: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose fabrics two of a class, as many classes as there is room for, none twice.

    DAH's batch of 2n "contains almost all combinations" only if it is drawn so. Classes are minors;
    one with a single fabric gives that one. Fewer than ``n_fabrics`` where there are no more.
    """
    labels = cloth.coarse[rows]
    chosen: list[int] = []
    classes = rng.permutation(np.unique(labels))
    for label in classes:
        if len(chosen) + 1 >= n_fabrics:
            break
        chosen += rng.permutation(rows[labels == label])[:2].tolist()
    rest = rng.permutation(np.setdiff1d(rows, chosen))
    return np.array(chosen + rest[: max(0, n_fabrics - len(chosen))].tolist())


def choose_rows(
    cloth: ClothSet, rows: np.ndarray, n_fabrics: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose fabrics for a batch so that half of them sit beside a sibling of their family.

    Fewer than ``n_fabrics`` where there are no more.
    """
    n_fabrics = min(n_fabrics, len(rows))
    chosen: list[int] = []
    taken: set[int] = set()
    by_family: dict[int, np.ndarray] = {}
    families = cloth.family[rows]
    while len(chosen) < n_fabrics:
        row = int(rng.choice(rows))
        if row in taken:
            continue
        chosen.append(row)
        taken.add(row)
        family = int(cloth.family[row])
        if family not in by_family:
            by_family[family] = rows[families == family]
        others = [int(r) for r in by_family[family] if int(r) not in taken]
        if others and len(chosen) < n_fabrics and rng.random() < 0.8:
            sibling = others[int(rng.integers(len(others)))]
            chosen.append(sibling)
            taken.add(sibling)
    return np.array(chosen)


class Photographs(NamedTuple):
    """What the camera made of n captures, still as bytes.

    Attributes:
        macro, micro: uint8 (n, s, s, 3).
        scale: float32 (n, 4), as ``ViewBatch.scale``.
        log_frequency: float32 (n, 2), ln of cycles per px of the near view; nan where the camera did
            not resolve the yarns.
    """

    macro: np.ndarray
    micro: np.ndarray
    scale: np.ndarray
    log_frequency: np.ndarray


def photograph(
    cloth: ClothSet, pictures: np.ndarray, rng: np.random.Generator, size: int
) -> Photographs:
    """Take one picture of each fabric of ``pictures``, int (n,), at ``size`` px."""
    n = len(pictures)
    macro = np.empty((n, size, size, 3), np.uint8)
    micro = np.empty((n, size, size, 3), np.uint8)
    scale = np.zeros((n, 4), np.float32)
    frequency = np.full((n, 2), np.nan, np.float32)
    for i, row in enumerate(pictures):
        light, turn = Light.sample(rng), turn_of(rng)
        far = macro_view(cloth.macro[row], light, rng, turn, size)
        kind = rng.random()
        close = kind < CLOSE_SHARE and cloth.is_close(row)
        if close:
            near, near_scale = close_view(cloth.micro[row], light, rng, turn, size), MICRO_PX_PER_CM
        elif cloth.is_close(row):
            near = native_view(cloth.macro[row], light, rng, turn, size)
            near_scale = float(cloth.macro_px_per_cm[row]) * near.zoom
        else:
            near = native_view(cloth.micro[row], light, rng, turn, size)
            near_scale = float(cloth.micro_px_per_cm[row]) * near.zoom
        macro[i], micro[i] = far.view, near.view
        if kind < CLOSE_SHARE + COARSE_SHARE and np.isfinite(near_scale):
            told = float(cloth.macro_px_per_cm[row]) * far.zoom * rng.uniform(0.97, 1.03)
            scale[i] = scale_inputs(Views(far.view, near.view[None], close, told, near_scale))
        true_scale = MICRO_PX_PER_CM * near.zoom if close else near_scale
        cycles = cloth.density[row] / true_scale
        quarter = round(turn / (np.pi / 2)) % 2
        if cycles.max() < 0.4:  # beyond that the camera did not resolve the yarns
            frequency[i] = np.log(cycles[::-1] if quarter else cycles)
    return Photographs(macro, micro, scale, frequency)


def batch_of(cloth: ClothSet, rows: np.ndarray, taken: Photographs) -> Batch:
    """Gather the exact labels of n fabrics beside CAPTURES pictures of each, in turn.

    Returns:
        A Batch of n·CAPTURES captures, uint8 views in channels-last memory.
    """
    pictures = np.repeat(rows, CAPTURES)
    overall, each = exact_similarities(cloth, rows)
    both = np.ones((CAPTURES, CAPTURES), np.float32)
    return Batch(
        macro=_channels_last(taken.macro),
        micro=_channels_last(taken.micro)[:, None],
        scale=torch.from_numpy(taken.scale),
        similarity=torch.from_numpy(np.kron(overall, both)),
        similarities=torch.from_numpy(np.stack([np.kron(s, both) for s in each])),
        coarse=torch.from_numpy(cloth.coarse[pictures]),
        fine=torch.from_numpy(cloth.fine[pictures]),
        tightness=torch.from_numpy(cloth.tightness[pictures]),
        log_frequency=torch.from_numpy(taken.log_frequency),
        fabric=torch.from_numpy(cloth.fabrics(pictures)),
        family=torch.from_numpy(cloth.family[pictures]),
        row=torch.from_numpy(pictures),
        colors=torch.from_numpy(colors_of(cloth.palettes[pictures])),
    )


def photograph_batch(
    cloth: ClothSet, rows: np.ndarray, rng: np.random.Generator, size: int = VIEW_PX
) -> Batch:
    """Take CAPTURES pictures of each fabric and gather its exact labels.

    Args:
        rows: fabrics, int (n,).
        size: side of the views in px (smaller early in training is cheaper).

    Returns:
        As ``batch_of``.
    """
    return batch_of(cloth, rows, photograph(cloth, np.repeat(rows, CAPTURES), rng, size))


def _channels_last(images: np.ndarray) -> torch.Tensor:
    """uint8 (n, s, s, 3) -> (n, 3, s, s) without moving a byte."""
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def batch_stream(
    cloth: ClothSet,
    rows: np.ndarray,
    n_fabrics: int,
    seed: int,
    first_step: int,
    size_at: Callable[[int], int],
    choose: Callable[..., np.ndarray] = choose_rows,
    taken: Callable[..., Batch] = photograph_batch,
) -> Iterator[Batch]:
    """Endless batches, drawn one ahead on a thread; step k is the same whenever it is drawn.

    Args:
        size_at: callable, step -> side of the views in px.
        choose: (cloth, rows, n_fabrics, rng) -> the rows that meet in a batch.
        taken: (cloth, rows, rng, side) -> their pictures, as ``photograph_batch``.
    """

    def draw(step: int) -> Batch:
        rng = np.random.default_rng((seed, step))
        return taken(cloth, choose(cloth, rows, n_fabrics, rng), rng, size_at(step))

    with ThreadPoolExecutor(1) as pool:
        step = first_step
        ahead = pool.submit(draw, step)
        while True:
            batch = ahead.result()
            step += 1
            ahead = pool.submit(draw, step)
            yield batch
