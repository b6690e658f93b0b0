"""A designer's own pictures as a cloth set: masters for the camera, and the app's plain views."""

import hashlib
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fabricfinder.domain.encoder import MICRO_PX_PER_CM, N_MICRO, VIEW_PX, Views
from fabricfinder.domain.encoder_arrays import scale_inputs
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.training.cloth import MACRO_PX, MICRO_PX, ClothSet, Stack
from fabricfinder.vision.decode import DecodedImage, decode_at_least
from fabricfinder.vision.palette import extract_palette
from fabricfinder.vision.views import MIN_PX_PER_CM, WORKING_SHORT_SIDE, cut_views, working_side

Steps = Generator[Progress, None, Any]
READERS = 2
SMALL_PX = 16
BYTES_A_PICTURE = 3 * (MACRO_PX**2 + MICRO_PX**2 + (1 + N_MICRO) * VIEW_PX**2)
SAME_PICTURE = 5.0  # mean difference of 16 px thumbnails, of 255, under which two are one picture
HELD_SHARE = 0.25
LARGEST_GROUP = 0.1  # of the library; a larger group of near-duplicates is never held back


@dataclass(frozen=True, slots=True)
class Original:
    """One picture of a library to be taught from.

    Attributes:
        path: of the file.
        px_per_cm: its scale, or None.
        cloth: name of the physical cloth: pictures of one article and colourway share it.
        article: name that pictures share which must not be parted, one held back and one not.
        coarse, fine: columns of the taxonomy, -1 unknown; tightness: percent, nan unknown.
    """

    path: str
    px_per_cm: float | None
    cloth: str
    article: str
    coarse: int = -1
    fine: int = -1
    tightness: float = float("nan")

    @property
    def labelled(self) -> bool:
        """Whether a person has said anything of it."""
        return self.coarse >= 0 or self.fine >= 0 or self.tightness == self.tightness


@dataclass(frozen=True, eq=False)
class OwnCloth:
    """A library's pictures, n of them, as a camera can look at them and as the app does.

    Attributes:
        cloth: the masters and labels.
        macro, micro: the plain views, uint8 (n, 128, 128, 3) and (n, 4, 128, 128, 3).
        scale: float32 (n, 4), as ``scale_inputs``.
        group: int64 (n,), near-duplicates and pictures of one article share it.
        group_names: of each group, a name that does not change while its pictures do not.
        unread: originals that could not be read.
    """

    cloth: ClothSet
    macro: np.ndarray
    micro: np.ndarray
    scale: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    unread: int

    def __len__(self) -> int:
        return len(self.cloth)


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """What is kept of one original."""

    macro: np.ndarray
    micro: np.ndarray
    micro_px_per_cm: float
    macro_px_per_cm: float
    views: Views
    palette: np.ndarray
    small: np.ndarray


def read_originals(originals: Sequence[Original], folder: Path) -> Steps:
    """Read pictures into arrays that lie in ``folder``; returns OwnCloth.

    Raises:
        FabricFinderError: none of them can be read.
        OSError: the disk is full.
    """
    shapes = {
        "macro": (MACRO_PX, MACRO_PX, 3), "micro": (MICRO_PX, MICRO_PX, 3),
        "plain_macro": (VIEW_PX, VIEW_PX, 3), "plain_micro": (N_MICRO, VIEW_PX, VIEW_PX, 3),
    }  # fmt: skip
    arrays = {
        name: np.lib.format.open_memmap(
            folder / f"{name}.npy", mode="w+", dtype=np.uint8, shape=(len(originals), *shape)
        )
        for name, shape in shapes.items()
    }
    taken: list[tuple[Original, _Taken]] = []
    with ThreadPoolExecutor(READERS) as pool:
        for start in range(0, len(originals), 4 * READERS):
            some = originals[start : start + 4 * READERS]
            for original, one in zip(some, pool.map(_take_or_none, some), strict=True):
                if one is None:
                    continue
                row = len(taken)
                arrays["macro"][row], arrays["micro"][row] = one.macro, one.micro
                arrays["plain_macro"][row] = one.views.macro
                arrays["plain_micro"][row] = one.views.micro
                taken.append((original, one))
            done = min(start + 4 * READERS, len(originals))
            yield Progress("Reading your cloth", done, len(originals), "pictures")
    if not taken:
        raise FabricFinderError("None of the library's pictures can be read where they lie now.")
    return _assembled(taken, arrays, len(originals) - len(taken))


def _take_or_none(original: Original) -> _Taken | None:
    try:
        return take(original.path, original.px_per_cm)
    except FabricFinderError:
        return None


def take(path: str, px_per_cm: float | None) -> _Taken:
    """Masters, plain views and palette of one picture.

    Raises:
        UnreadableImageError: no picture.
    """

    def need(width: int, height: int, stated: float | None) -> int:
        side = working_side(width, height, px_per_cm or stated)
        return max(side, int(np.ceil(max(width, height) * min(1.0, MACRO_PX / min(width, height)))))

    image = decode_at_least(path, need)
    if px_per_cm is not None:
        image = DecodedImage(image.rgb, image.full_width, image.full_height, px_per_cm,
                             image.reduction)  # fmt: skip
    micro, micro_scale = micro_master(image)
    short = min(image.rgb.shape[:2])
    macro = _square(_centre(image.rgb, short), MACRO_PX)
    scale = image.working_px_per_cm
    return _Taken(
        macro, micro, micro_scale, scale * MACRO_PX / short if scale else float("nan"),
        cut_views(image), extract_palette(image.rgb).to_array(),
        cv2.resize(macro, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA),
    )  # fmt: skip


def micro_master(image: DecodedImage) -> tuple[np.ndarray, float]:
    """The middle of a picture at yarn scale, uint8 (224, 224, 3), and its px/cm (nan unknown).

    At 160 px/cm where the views are; else at the pixels the micro crops are cut from.
    """
    scale, short = image.working_px_per_cm, min(image.rgb.shape[:2])
    if scale and image.px_per_cm and image.px_per_cm >= MIN_PX_PER_CM:
        side = max(1, round(MICRO_PX * scale / MICRO_PX_PER_CM))
        return _square(_centre(image.rgb, side), MICRO_PX), MICRO_PX_PER_CM
    working = min(max(short, VIEW_PX), WORKING_SHORT_SIDE)
    side = max(1, round(MICRO_PX * short / working))
    return _square(_centre(image.rgb, side), MICRO_PX), (
        scale * MICRO_PX / side if scale else float("nan")
    )


def _centre(rgb: np.ndarray, side: int) -> np.ndarray:
    """The middle square of ``side`` px, mirrored outwards where the picture is smaller."""
    missing = [max(0, side - n) for n in rgb.shape[:2]]
    if any(missing):
        widths = [(m // 2, m - m // 2) for m in missing]
        rgb = np.pad(rgb, (*widths, (0, 0)), mode="symmetric")
    top, left = ((n - side) // 2 for n in rgb.shape[:2])
    return rgb[top : top + side, left : left + side]


def _square(region: np.ndarray, side: int) -> np.ndarray:
    method = cv2.INTER_AREA if region.shape[0] >= side else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(region), (side, side), interpolation=method)


def _assembled(
    taken: Sequence[tuple[Original, _Taken]], arrays: dict[str, np.ndarray], unread: int
) -> OwnCloth:
    """Columns of what was read."""
    n = len(taken)
    originals = [original for original, _ in taken]
    ones = [one for _, one in taken]
    group, names = grouped(originals, np.stack([one.small for one in ones]))
    cloth = ClothSet(
        Stack([arrays["macro"][:n]]), Stack([arrays["micro"][:n]]),
        np.array([one.macro_px_per_cm for one in ones], np.float32),
        np.array([o.coarse for o in originals], np.int64),
        np.array([o.fine for o in originals], np.int64),
        np.array([o.tightness for o in originals], np.float32),
        np.full((n, 2), np.nan, np.float32), np.stack([one.palette for one in ones]), group,
        np.array([one.micro_px_per_cm for one in ones], np.float32),
        _numbered([o.cloth for o in originals]),
    )  # fmt: skip
    scale = np.stack([scale_inputs(one.views) for one in ones])
    plain = (arrays["plain_macro"][:n], arrays["plain_micro"][:n])
    return OwnCloth(cloth, *plain, scale, group, names, unread)


def _numbered(names: Sequence[str]) -> np.ndarray:
    """An integer for each name, equal for equal ones, int64 (n,)."""
    index: dict[str, int] = {}
    return np.array([index.setdefault(name, len(index)) for name in names], np.int64)


def grouped(
    originals: Sequence[Original], small: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Group pictures of one article, and pictures that are nearly the same.

    Args:
        small: thumbnails, uint8 (n, s, s, 3).

    Returns:
        int64 (n,), and the name of each group: the least of its articles' names.
    """
    articles = _numbered([o.article for o in originals])
    root = {int(a): int(a) for a in articles}

    def find(a: int) -> int:
        while root[a] != a:
            a = root[a]
        return a

    flat = small.reshape(len(small), -1).astype(np.float32)
    for i in range(len(flat)):
        near = np.abs(flat[i + 1 :] - flat[i]).mean(axis=1) < SAME_PICTURE
        for j in np.flatnonzero(near) + i + 1:
            one, other = find(int(articles[i])), find(int(articles[j]))
            root[max(one, other)] = min(one, other)
    roots = np.array([find(int(a)) for a in articles])
    _, group = np.unique(roots, return_inverse=True)
    names = [min(o.article for o, g in zip(originals, group, strict=True) if g == k)
             for k in range(group.max() + 1)]  # fmt: skip
    return group.astype(np.int64), tuple(names)


def hold_back(own: OwnCloth, share: float = HELD_SHARE) -> tuple[np.ndarray, np.ndarray]:
    """Rows to teach from and rows to judge by: about ``share`` of them, never parting a group.

    Which groups are held back follows from their names alone: the same library, the same part.
    """
    keys = [hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
            for name in own.group_names]  # fmt: skip
    sizes = np.bincount(own.group)
    held = np.zeros(len(sizes), bool)
    wanted = share * len(own)
    for k in sorted(range(len(sizes)), key=keys.__getitem__):
        if sizes[k] <= max(1, LARGEST_GROUP * len(own)) and sizes[held].sum() < wanted:
            held[k] = True
    return np.flatnonzero(~held[own.group]), np.flatnonzero(held[own.group])
