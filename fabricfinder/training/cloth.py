"""A rendered cloth set: masters of every fabric, drawn once, that a camera looks at many times.

A fabric is drawn twice: a *macro master* that shows its pattern (a few repeats) and a *micro
master* that shows its yarns at a known scale. Fabrics come in families: a base and some of its hard
siblings (other colour, other weave, other sett, other width), so that a batch can hold cloths that
are easily confused.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from fabricfinder.domain.encoder import MICRO_PX_PER_CM
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.render import albedo, macro_field_cm, render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.siblings import siblings

MACRO_PX = 384
MICRO_PX = 224
FAMILIES_A_TASK = 8
SIBLINGS_A_FAMILY = 2
SIBLINGS_SHARE = 0.4
FORMAT = 1


@dataclass(frozen=True, eq=False)
class ClothSet:
    """Masters and exact labels of n fabrics, memory-mapped.

    Attributes:
        macro: uint8 (n, 384, 384, 3); micro: uint8 (n, 224, 224, 3) at 160 px/cm.
        macro_px_per_cm: float32 (n,).
        coarse, fine: int64 (n,), columns of the taxonomy.
        tightness: float32 (n,), percent.
        density: float32 (n, 2), ends and picks per cm.
        palettes: float32 (n, 10, 5).
        family: int64 (n,), fabrics that are siblings share it.
    """

    macro: np.ndarray
    micro: np.ndarray
    macro_px_per_cm: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray
    density: np.ndarray
    palettes: np.ndarray
    family: np.ndarray

    def __len__(self) -> int:
        return len(self.coarse)


SMALL = ("macro_px_per_cm", "coarse", "fine", "tightness", "density", "palettes", "family")


def macro_scale(fabric: Fabric, rng: np.random.Generator) -> float:
    """Pixels per cm of a macro master: between 1.2 and 9 repeats across, 2 to 60 cm.

    Cloth is photographed as a scrap on a scanner and as a coat in the street, so the field varies
    far more than the pattern does.
    """
    repeat_cm = max(fabric.repeat_mm) / 10
    if repeat_cm < 0.3 or rng.random() < 0.25:  # no pattern to fill the frame with
        field = np.exp(rng.uniform(np.log(2.5), np.log(40)))
    else:
        field = repeat_cm * np.exp(rng.uniform(np.log(1.2), np.log(9)))
    return MACRO_PX / float(np.clip(field, 2.0, 60.0))


def quick_palette(fabric: Fabric) -> np.ndarray:
    """The palette before any light falls on it, (10, 5), from one view of a repeat or two.

    ``palette_of`` looks at three larger views; for a training target one is enough, and drawing
    the set takes half as long.
    """
    side = min(macro_field_cm(fabric, repeats=1.5), 12.0)
    view = albedo(fabric, 128, 128 / side, seed=11)
    return palette_from_rgb(view.reshape(-1, 3)).to_array()


def draw_family(seed: tuple[int, int], minor: str | None) -> list[tuple[dict, np.ndarray, np.ndarray]]:
    """Draw one family: [(labels, macro, micro)], a base and up to SIBLINGS_A_FAMILY siblings."""
    rng = np.random.default_rng(seed)
    base = sample_fabric(rng, minor=minor)
    family = [base]
    if rng.random() < SIBLINGS_SHARE:
        others = siblings(base, rng)
        picks = rng.permutation(len(others))[:SIBLINGS_A_FAMILY]
        family += [others[i][1] for i in picks]
    taxonomy = default_taxonomy()
    drawn = []
    for fabric in family:
        scale = macro_scale(fabric, rng)
        labels = {
            "macro_px_per_cm": scale,
            "coarse": taxonomy.coarse_index[fabric.coarse],
            "fine": taxonomy.fine_index[fabric.fine],
            "tightness": fabric.tightness,
            "density": (fabric.ends_per_cm, fabric.picks_per_cm),
            "palettes": quick_palette(fabric),
            "family": seed[1],
        }
        render_seed = int(rng.integers(2**31))
        macro = render(fabric, MACRO_PX, scale, seed=render_seed)
        micro = render(fabric, MICRO_PX, MICRO_PX_PER_CM, seed=render_seed + 1)
        drawn.append((labels, macro, micro))
    return drawn


def _draw_task(seed: int, first: int, count: int, minors: tuple[str, ...]) -> list:
    """Draw some families in a worker process; minors go round so that each is equally common."""
    cv2.setNumThreads(1)  # the processes are the parallelism
    drawn = []
    for number in range(first, first + count):
        drawn += draw_family((seed, number), minors[number % len(minors)])
    return drawn


def write_cloth_set(
    out: Path, n_fabrics: int, seed: int, minors: tuple[str, ...], workers: int = 2
) -> Iterator[Progress]:
    """Draw n fabrics into ``out``; the same seed gives the same bytes.

    Yields:
        Progress in fabrics.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "card.json").unlink(missing_ok=True)
    macro = _new_array(out / "macro.npy", (n_fabrics, MACRO_PX, MACRO_PX, 3))
    micro = _new_array(out / "micro.npy", (n_fabrics, MICRO_PX, MICRO_PX, 3))
    rows: list[dict] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        ahead = [
            pool.submit(_draw_task, seed, i * FAMILIES_A_TASK, FAMILIES_A_TASK, minors)
            for i in range(2 * workers)
        ]
        task = len(ahead)
        while len(rows) < n_fabrics:
            for labels, big, small in ahead.pop(0).result():
                if len(rows) < n_fabrics:
                    macro[len(rows)], micro[len(rows)] = big, small
                    rows.append(labels)
            ahead.append(
                pool.submit(_draw_task, seed, task * FAMILIES_A_TASK, FAMILIES_A_TASK, minors)
            )
            task += 1
            yield Progress("Drawing cloth", len(rows), n_fabrics, "fabrics")
        for future in ahead:
            future.cancel()
    macro.flush()
    micro.flush()
    labels = {name: np.array([row[name] for row in rows]) for name in SMALL}
    np.savez(out / "labels.npz", **labels)
    card = {"format": FORMAT, "n": n_fabrics, "seed": seed, "minors": list(minors)}
    (out / "card.json").write_text(json.dumps(card, indent=1))


def _new_array(path: Path, shape: tuple[int, ...]) -> np.memmap:
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)


def open_cloth_set(folder: Path) -> ClothSet:
    """Open a set written by ``write_cloth_set``.

    Raises:
        FabricFinderError: not there, unfinished, or of another format.
    """
    try:
        card = json.loads((folder / "card.json").read_text())
        if card["format"] != FORMAT:
            raise FabricFinderError(f"{folder} was drawn by another version; draw it again.")
        labels = np.load(folder / "labels.npz")
    except (OSError, ValueError, KeyError) as error:
        raise FabricFinderError(f"{folder} holds no finished cloth set; draw it first.") from error
    columns = {name: labels[name] for name in SMALL}
    for name in ("macro_px_per_cm", "tightness", "density", "palettes"):
        columns[name] = columns[name].astype(np.float32)
    return ClothSet(
        np.load(folder / "macro.npy", mmap_mode="r"),
        np.load(folder / "micro.npy", mmap_mode="r"),
        **columns,
    )
