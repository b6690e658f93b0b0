"""Batches of captures: which fabrics meet in one list, and what the camera makes of them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, VIEW_PX
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import Batch
from fabricfinder.retrieval.matrix import similarity_matrix
from fabricfinder.training.camera import Light, macro_view, micro_view, turn_of
from fabricfinder.training.cloth import ClothSet

KNOWN_SHARE = 0.5
CAPTURES = 2


def exact_similarity(cloth: ClothSet, rows: np.ndarray) -> np.ndarray:
    """S of DVSH eq. (6) between fabrics by their exact labels, float32 (n, n), diagonal 1."""
    taxonomy = default_taxonomy()
    coarse = np.eye(len(taxonomy.coarse), dtype=np.float32)[cloth.coarse[rows]]
    fine = np.eye(len(taxonomy.fine), dtype=np.float32)[cloth.fine[rows]]
    similarity = similarity_matrix(
        coarse, fine, cloth.tightness[rows], cloth.palettes[rows], taxonomy
    )
    np.fill_diagonal(similarity, 1.0)  # "other" is no evidence of sameness, but this is itself
    return similarity


def choose_rows(
    cloth: ClothSet, rows: np.ndarray, n_fabrics: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose fabrics for a batch so that half of them sit beside a sibling of their family."""
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


def photograph_batch(
    cloth: ClothSet, rows: np.ndarray, rng: np.random.Generator, size: int = VIEW_PX
) -> Batch:
    """Take CAPTURES pictures of each fabric and gather its exact labels.

    Args:
        rows: fabrics, int (n,).
        size: side of the views in px (smaller early in training is cheaper).

    Returns:
        A Batch of n·CAPTURES captures, uint8 views in channels-last memory.
    """
    pictures = np.repeat(rows, CAPTURES)
    n = len(pictures)
    macro = np.empty((n, size, size, 3), np.uint8)
    micro = np.empty((n, size, size, 3), np.uint8)
    known = rng.random(n) < KNOWN_SHARE
    frequency = np.full((n, 2), np.nan, np.float32)
    for i, row in enumerate(pictures):
        light, turn = Light.sample(rng), turn_of(rng)
        macro[i] = macro_view(cloth.macro[row], light, rng, turn, size)
        sources = (cloth.macro[row], cloth.micro[row])
        micro[i], zoom = micro_view(*sources, bool(known[i]), light, rng, turn, size)
        scale = MICRO_PX_PER_CM if known[i] else float(cloth.macro_px_per_cm[row])
        cycles = cloth.density[row] / (scale * zoom)
        quarter = round(turn / (np.pi / 2)) % 2
        if cycles.max() < 0.4:  # beyond that the camera did not resolve the yarns
            frequency[i] = np.log(cycles[::-1] if quarter else cycles)
    similarity = np.kron(exact_similarity(cloth, rows), np.ones((CAPTURES, CAPTURES), np.float32))
    return Batch(
        macro=_channels_last(macro),
        micro=_channels_last(micro)[:, None],
        scale_known=torch.from_numpy(known.astype(np.float32)[:, None]),
        similarity=torch.from_numpy(similarity),
        coarse=torch.from_numpy(cloth.coarse[pictures]),
        fine=torch.from_numpy(cloth.fine[pictures]),
        tightness=torch.from_numpy(cloth.tightness[pictures]),
        log_frequency=torch.from_numpy(frequency),
        fabric=torch.from_numpy(pictures),
    )


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
) -> Iterator[Batch]:
    """Endless batches, drawn one ahead on a thread; step k is the same whenever it is drawn.

    Args:
        size_at: callable, step -> side of the views in px.
    """

    def draw(step: int) -> Batch:
        rng = np.random.default_rng((seed, step))
        return photograph_batch(cloth, choose_rows(cloth, rows, n_fabrics, rng), rng, size_at(step))

    with ThreadPoolExecutor(1) as pool:
        step = first_step
        ahead = pool.submit(draw, step)
        while True:
            batch = ahead.result()
            step += 1
            ahead = pool.submit(draw, step)
            yield batch
