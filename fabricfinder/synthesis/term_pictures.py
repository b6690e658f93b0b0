"""A rendered example of every pattern and weave the vocabulary ships, and of the ladder's rungs.

Drawn once and kept as PNG in a folder; the names tell which renderer made them, so that a better
one draws them anew.
"""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.ladder import ladder, rung_picture
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import RENDERER, macro_field_cm, render
from fabricfinder.synthesis.sampling import ALL_MINORS, CONSTRUCTIONS, sample_fabric

SIDE = 168
_ONE, _TWO = ((0.62, 0.59, 0.54),), ((0.17, 0.25, 0.40), (0.90, 0.87, 0.80))
# Weaves that belong to one pattern and are drawn by it.
_SHOWN_BY = {"jacquard": "pattern/jacquard", "seersucker": "stripe/seersucker"}
# Yarns across a picture of a weave; pile and open weaves show themselves in more.
_YARNS = {"woven": 18.0, "pile": 40.0, "knit": 14.0}


def term_file(folder: Path, key: str) -> Path:
    """Where the picture of a term (or rung, ``rung-3``) lies; it need not be there."""
    return folder / f"r{RENDERER}-{key.replace('/', '~')}.png"


def picture_keys() -> tuple[str, ...]:
    """Every key there is a picture of, rungs first."""
    taxonomy = default_taxonomy()
    return (*(f"rung-{i}" for i in range(10)), *taxonomy.coarse, *taxonomy.fine)


def draw_terms(folder: Path, side: int = SIDE) -> Iterator[Progress]:
    """Draw the pictures that are not there yet.

    Yields:
        Progress whose ``partial`` is (key, path) of a picture that is there from now on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = picture_keys()
    for i, key in enumerate(keys):
        path = term_file(folder, key)
        if not path.exists():
            picture = term_picture(key, side)
            if picture is None:
                continue
            unfinished = path.with_suffix(".tmp")
            Image.fromarray(picture).save(unfinished, format="PNG")
            unfinished.replace(path)
        yield Progress("Drawing examples", i + 1, len(keys), unit="pictures", partial=(key, path))


def term_picture(key: str, side: int = SIDE) -> np.ndarray | None:
    """One example, uint8 sRGB (side, side, 3); None for a term this program cannot draw."""
    if key.startswith("rung-"):
        rung = ladder()[int(key.removeprefix("rung-"))]
        return rung_picture(rung, side, 0.8 * side)
    coarse = key in default_taxonomy().coarse_index
    fabric = _coarse_example(key) if coarse else _fine_example(key)
    if fabric is None:
        return None
    if coarse:
        scale = side / macro_field_cm(fabric)
    else:
        kind = "knit" if fabric.knit is not None else "pile" if _is_deep(fabric) else "woven"
        thread = fabric.ends_per_cm if np.isfinite(fabric.ends_per_cm) else 20.0
        scale = side * thread / _YARNS[kind]
    return render(fabric, side, scale, 1)


def _is_deep(fabric: Fabric) -> bool:
    return any(part is not None for part in (fabric.pile, fabric.openwork, fabric.quilt))


def _coarse_example(minor: str) -> Fabric | None:
    rng = generator(zlib.crc32(minor.encode()), 5)
    if minor in ALL_MINORS:
        return sample_fabric(rng, minor, variety=2)
    try:
        return sample_fabric(rng, minor, None, "pile")
    except (KeyError, IndexError, ValueError):
        return None


def _fine_example(fine: str) -> Fabric | None:
    """A cloth of this weave or knit in the example's colours, by whichever sampler knows it."""
    if fine in _SHOWN_BY:
        return _dyed(_coarse_example(_SHOWN_BY[fine]))
    for construction in CONSTRUCTIONS:
        minor = "solid/chambray" if construction == "woven" else "solid/plain"
        try:
            rng = generator(zlib.crc32(fine.encode()), 3)
            return _dyed(sample_fabric(rng, minor, fine, construction))
        except (KeyError, IndexError, ValueError):
            continue
    return None


def _dyed(fabric: Fabric | None) -> Fabric | None:
    """Every weave in the same colours, so that only the weave differs from picture to picture."""
    if fabric is None:
        return None
    colours = _ONE if len(fabric.colours) == 1 else _TWO
    shown = tuple(colours[i % len(colours)] for i in range(len(fabric.colours)))
    return replace(fabric, colours=shown)
