"""A rendered cloth set: masters of every fabric, drawn once, that a camera looks at many times.

A fabric is drawn twice: a *macro master* that shows its pattern (a few repeats) and a *micro
master* that shows its yarns at a known scale. Fabrics come in families: a base and some of its hard
siblings (other colour, other weave, other sett, other width), so that a batch can hold cloths that
are easily confused. A set lies in parts, one a kind of construction, each in its own folder.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from fabricfinder.domain.encoder import MICRO_PX_PER_CM
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.render import albedo, macro_field_cm, render
from fabricfinder.synthesis.sampling import ALL_MINORS, MINORS, sample_fabric
from fabricfinder.synthesis.sampling_knit import KNIT_MINORS
from fabricfinder.synthesis.sampling_pile import PILE_MINORS
from fabricfinder.synthesis.siblings import siblings

MACRO_PX = 384
MICRO_PX = 224
FAMILIES_A_TASK = 8
SIBLINGS_A_FAMILY = 2
SIBLINGS_SHARE = 0.4
FAMILIES_A_PART = 10_000_000  # family numbers of different parts never meet
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One folder of a cloth set: which cloths, and how large a share of the whole.

    Attributes:
        name: of its folder.
        seed: of its fabrics; the same part gives the same bytes.
        construction, variety: as for ``sample_fabric``.
        minors: they go round, so that each is equally common.
        share: of all fabrics of the set.
    """

    name: str
    seed: int
    construction: str
    variety: int
    minors: tuple[str, ...]
    share: float


PARTS = (
    Part("woven", 11, "woven", 1, MINORS, 0.5),
    Part("printed", 12, "woven", 2, (*ALL_MINORS, *(m for m in ALL_MINORS if "pattern/" in m)), 0.23),
    Part("pile", 13, "pile", 2, PILE_MINORS, 0.12),
    Part("knit", 14, "knit", 2, KNIT_MINORS, 0.15),
)


@dataclass(frozen=True, eq=False)
class ClothSet:
    """Masters and exact labels of n fabrics, memory-mapped.

    Attributes:
        macro: uint8 (n, 384, 384, 3); micro: uint8 (n, 224, 224, 3) at 160 px/cm; by row.
        macro_px_per_cm: float32 (n,).
        coarse, fine: int64 (n,), columns of the taxonomy.
        tightness: float32 (n,), percent.
        density: float32 (n, 2), ends and picks per cm.
        palettes: float32 (n, 10, 5).
        family: int64 (n,), fabrics that are siblings share it.
        micro_px_per_cm: float32 (n,), where the micro masters are not all at 160 px/cm: another
            number is the picture's own scale, nan unknown.
        fabric: int64 (n,), where several rows show one physical fabric; None = each its own.
        believed: stands in where nobody knows: coarse or fine -1, tightness nan.
    """

    macro: "Stack"
    micro: "Stack"
    macro_px_per_cm: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray
    density: np.ndarray
    palettes: np.ndarray
    family: np.ndarray
    micro_px_per_cm: np.ndarray | None = None
    fabric: np.ndarray | None = None
    believed: "Believed | None" = None

    def __len__(self) -> int:
        return len(self.coarse)

    def is_close(self, row: int) -> bool:
        """Whether a micro master is at 160 px/cm."""
        return self.micro_px_per_cm is None or self.micro_px_per_cm[row] == MICRO_PX_PER_CM

    def fabrics(self, rows: np.ndarray) -> np.ndarray:
        """The physical fabric of each of some rows, int64."""
        return rows if self.fabric is None else self.fabric[rows]


class Believed(NamedTuple):
    """What an encoder believes of n fabrics that carry no label.

    Attributes:
        coarse: float32 (n, n_coarse), rows sum to 1; fine: (n, n_fine).
        tightness: float32 (n, 2), mean and standard deviation in percent.
    """

    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray


class Stack:
    """Arrays laid end to end without copying a byte, read row by row."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self._arrays = tuple(arrays)
        self._ends = np.cumsum([len(a) for a in self._arrays])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def followed_by(self, other: "Stack") -> "Stack":
        """This stack and then another, as one."""
        return Stack((*self._arrays, *other._arrays))

    def __getitem__(self, row: int) -> np.ndarray:
        place = int(np.searchsorted(self._ends, row, side="right"))
        first = int(self._ends[place - 1]) if place else 0
        return self._arrays[place][row - first]


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


def draw_family(
    seed: tuple[int, int], minor: str | None, construction: str = "woven", variety: int = 1
) -> list[tuple[dict, np.ndarray, np.ndarray]]:
    """Draw one family: [(labels, macro, micro)], a base and up to SIBLINGS_A_FAMILY siblings."""
    rng = np.random.default_rng(seed)
    base = sample_fabric(rng, minor=minor, construction=construction, variety=variety)
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


def _draw_task(first: int, count: int, part: Part) -> list:
    """Draw some families in a worker process; minors go round so that each is equally common."""
    cv2.setNumThreads(1)  # the processes are the parallelism
    drawn = []
    for number in range(first, first + count):
        minor = part.minors[number % len(part.minors)]
        drawn += draw_family((part.seed, number), minor, part.construction, part.variety)
    return drawn


def write_cloth_set(
    out: Path, n_fabrics: int, parts: tuple[Part, ...] = PARTS, workers: int = 2
) -> Iterator[Progress]:
    """Draw n fabrics into ``out``, those parts that are not there yet.

    Yields:
        Progress in fabrics of the part being drawn.
    """
    for part in parts:
        if not (out / part.name / "card.json").exists():
            count = max(1, round(n_fabrics * part.share))
            yield from _write_part(out / part.name, count, part, workers)


def _write_part(out: Path, n_fabrics: int, part: Part, workers: int) -> Iterator[Progress]:
    """Draw the fabrics of one part."""
    out.mkdir(parents=True, exist_ok=True)
    macro = _new_array(out / "macro.npy", (n_fabrics, MACRO_PX, MACRO_PX, 3))
    micro = _new_array(out / "micro.npy", (n_fabrics, MICRO_PX, MICRO_PX, 3))
    rows: list[dict] = []
    starts = itertools.count(0, FAMILIES_A_TASK)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:

        def begin() -> Future:
            return pool.submit(_draw_task, next(starts), FAMILIES_A_TASK, part)

        ahead = [begin() for _ in range(2 * workers)]
        while len(rows) < n_fabrics:
            for labels, big, small in ahead.pop(0).result():
                if len(rows) < n_fabrics:
                    macro[len(rows)], micro[len(rows)] = big, small
                    rows.append(labels)
            ahead.append(begin())
            yield Progress(f"Drawing cloth: {part.name}", len(rows), n_fabrics, "fabrics")
        for future in ahead:
            future.cancel()
    macro.flush()
    micro.flush()
    np.savez(out / "labels.npz", **{name: np.array([row[name] for row in rows]) for name in SMALL})
    card = {"format": FORMAT, "n": n_fabrics, "part": asdict(part)}
    (out / "card.json").write_text(json.dumps(card, indent=1))


def _new_array(path: Path, shape: tuple[int, ...]) -> np.memmap:
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)


def open_cloth_set(folder: Path, parts: tuple[Part, ...] = PARTS) -> ClothSet:
    """Open a set written by ``write_cloth_set``, or some parts of it.

    Raises:
        FabricFinderError: not there, unfinished, or of another format.
    """
    try:
        folders = [folder / part.name for part in parts]
        cards = [json.loads((place / "card.json").read_text()) for place in folders]
        if any(card["format"] != FORMAT for card in cards):
            raise FabricFinderError(f"{folder} was drawn by another version; draw it again.")
        labels = [dict(np.load(place / "labels.npz")) for place in folders]
    except (OSError, ValueError, KeyError) as error:
        raise FabricFinderError(f"{folder} holds no finished cloth set; draw it first.") from error
    for part, columns in zip(parts, labels, strict=True):
        columns["family"] = columns["family"] + part.seed * FAMILIES_A_PART
    columns = {name: np.concatenate([part[name] for part in labels]) for name in SMALL}
    for name in ("macro_px_per_cm", "tightness", "density", "palettes"):
        columns[name] = columns[name].astype(np.float32)
    return ClothSet(
        Stack([np.load(place / "macro.npy", mmap_mode="r") for place in folders]),
        Stack([np.load(place / "micro.npy", mmap_mode="r") for place in folders]),
        **columns,
    )
