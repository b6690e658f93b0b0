"""Swatches made of numbers, for tests of the library; also run by the killed import's process."""

import hashlib
from dataclasses import replace

import numpy as np

from fabricfinder.domain.density import UNCOUNTED, YarnDensity
from fabricfinder.domain.descriptor import Encoding, FabricDescriptor
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.library import NewSwatch

ENCODER = "small-64/fp32"
TAXONOMY = default_taxonomy()


def digest(number: int) -> str:
    """A content digest for swatch ``number``."""
    return hashlib.sha256(b"cloth %d" % number).hexdigest()


def jpeg(number: int) -> bytes:
    """Bytes that begin and end as a JPEG does."""
    return b"\xff\xd8" + b"%06d" % number * 20 + b"\xff\xd9"


def descriptor(number: int, encoder: str = ENCODER) -> FabricDescriptor:
    """A descriptor that depends on the number and the encoder only."""
    seed = int.from_bytes(hashlib.sha256(f"{number} {encoder}".encode()).digest()[:4], "big")
    rng = np.random.default_rng(seed)
    coarse = rng.dirichlet(np.ones(len(TAXONOMY.coarse))).astype(np.float32)
    fine = rng.dirichlet(np.ones(len(TAXONOMY.fine))).astype(np.float32)
    shares = rng.dirichlet(np.ones(1 + number % 5))
    colors = tuple(
        PaletteColor(region, float(rng.uniform(0, 360)), *map(float, rng.random(2)), float(share))
        for region, share in enumerate(sorted(shares, reverse=True))
    )
    tightness = (float(rng.uniform(20, 90)), 4.0) if number % 3 else (float("nan"), float("nan"))
    encoding = Encoding(
        HashCode(rng.bytes(8), 64), np.zeros(64, np.float32), coarse, fine, tightness,
        float("nan") if number % 4 == 0 else float(rng.random()),
    )  # fmt: skip
    counted = YarnDensity(*rng.uniform(10, 40, 5).tolist()) if number % 2 else UNCOUNTED
    return FabricDescriptor(encoder, encoding, Palette(colors), density=counted)


def new_swatch(
    number: int, *, path: str = "", encoder: str | None = ENCODER, **changes: object
) -> NewSwatch:
    """Swatch ``number``, ready to add; ``changes`` replace fields of its Swatch."""
    path = path or f"/cloth/shirting/IMG_{number:05}.jpg"
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    scale = 118.1 if number % 2 else None
    swatch = Swatch(digest(number), path, stem, 640 + number, 480, scale)
    coded = descriptor(number, encoder) if encoder else None
    return NewSwatch(
        replace(swatch, **changes), jpeg(number), coded, 1_700_000_000_000_000_000 + number, 1000
    )  # type: ignore[arg-type]
