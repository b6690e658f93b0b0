"""Codes of fixed rendered cloths, written down where the program is made, compared where it runs.

What makes codes differ from one machine to the next is the rounding of floating point numbers, in
the picture (a grey more or less) and in the network (a bit whose number was all but zero). A graph
that is another, a library of another version, or a processor that computes wrongly, differs in
half the bits.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder import __version__
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.grown import GROWTH_GRAPH
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.models import GRAPH
from fabricfinder.domain.resources import resource_path
from fabricfinder.importing import look_at
from fabricfinder.synthesis.camera import Photo
from fabricfinder.synthesis.dataset import save_photo
from fabricfinder.synthesis.demo import demo_fabrics
from fabricfinder.synthesis.render import macro_field_cm, render

CODES_FILE = "codes.json"
FORMAT, VERSION = "fabricfinder-codes", 1
N_FABRICS, EVERY = 24, 4  # of the demo's first 24 cloths every fourth
SIDE_PX = 320
ALLOWED_OF = 32  # of so many bits of a code one may differ


@dataclass(frozen=True, slots=True)
class Seen:
    """What one encoder said of the fixed pictures.

    Attributes:
        encoder: its id.
        codes: one a picture.
    """

    encoder: str
    codes: tuple[HashCode, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One encoder's codes beside those written down.

    Attributes:
        encoder: its id.
        bits: of a code.
        differing: bits that differ, a number a picture.
    """

    encoder: str
    bits: int
    differing: tuple[int, ...]

    @property
    def allowed(self) -> int:
        """How many bits of a code may differ."""
        return self.bits // ALLOWED_OF

    @property
    def good(self) -> bool:
        """Whether no code differs by more than rounding explains."""
        return max(self.differing) <= self.allowed

    @property
    def sentence(self) -> str:
        """“dvsh-128-38e7df54: 0 of 768 bits differ”."""
        total = self.bits * len(self.differing)
        worst = "" if self.good else (
            f", {max(self.differing)} in one picture where {self.allowed} are allowed"
        )  # fmt: skip
        return f"{self.encoder.partition('/')[0]}: {sum(self.differing)} of {total:,} bits differ{worst}"


def draw_pictures(folder: Path) -> list[Path]:
    """Render the fixed cloths as PNG with their scale; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for fabric in demo_fabrics(n=N_FABRICS)[::EVERY]:
        px_per_cm = SIDE_PX / macro_field_cm(fabric)
        path = folder / f"{fabric.id}.png"
        save_photo(path, Photo(render(fabric, SIDE_PX, px_per_cm, seed=1), px_per_cm))
        paths.append(path)
    return paths


def shipped_graphs(folder: Path | None = None) -> list[Path]:
    """Every encoder's graph that came with the program; ``folder`` is ``resources`` by default."""
    files = sorted((folder or resource_path("")).glob(f"*{GRAPH}"))
    return [file for file in files if file.name != GROWTH_GRAPH]


def see(pictures: Sequence[Path], graphs: Sequence[Path]) -> list[Seen]:
    """Let every graph look at the pictures, as an import would.

    Raises:
        EncoderError: a graph is damaged.
    """
    from fabricfinder.encoding import OnnxEncoder

    views = [look_at(str(picture)).views for picture in pictures]
    seen = []
    for graph in graphs:
        encoder = OnnxEncoder(graph)
        seen.append(Seen(encoder.id, tuple(e.code for e in encoder.encode(views))))
    return seen


def write_down(path: Path, pictures: Sequence[Path], seen: Sequence[Seen]) -> None:
    """Write codes, as hex, to a file.

    Raises:
        FabricFinderError: it cannot be written.
    """
    content = {
        "format": FORMAT, "version": VERSION, "program": __version__,
        "pictures": {picture.name: pixels_mark(picture) for picture in pictures},
        "codes": {each.encoder: [code.packed.hex() for code in each.codes] for each in seen},
    }  # fmt: skip
    try:
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error


def compare(
    seen: Sequence[Seen], pictures: Sequence[Path], path: Path | None = None
) -> tuple[list[Compared], int]:
    """Hold what was seen against what was written down.

    Args:
        seen: of the encoders that are here; others in the file do not count.
        path: the file; the one that ships by default.

    Returns:
        A Compared an encoder, and how many pictures were drawn otherwise here, by rounding.

    Raises:
        FabricFinderError: the file is missing or damaged, or says nothing of an encoder.
    """
    content = _content(path or resource_path(CODES_FILE))
    compared = []
    for each in seen:
        codes = content["codes"].get(each.encoder)
        if codes is None or len(codes) != len(each.codes):
            raise FabricFinderError(
                f"The codes of {each.encoder} were not written down when the program was made."
            )
        bits = each.codes[0].n_bits
        kept = [HashCode(bytes.fromhex(code), bits) for code in codes]
        differing = tuple(a.distance(b) for a, b in zip(each.codes, kept, strict=True))
        compared.append(Compared(each.encoder, bits, differing))
    marks = content["pictures"]
    return compared, sum(marks.get(p.name) != pixels_mark(p) for p in pictures)


def pixels_mark(picture: Path) -> str:
    """A checksum of a picture's pixels, whatever wrote the file."""
    from fabricfinder.vision.decode import decode

    return f"{zlib.crc32(np.ascontiguousarray(decode(picture).rgb).tobytes()):08x}"


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
        if (content["format"], content["version"]) != (FORMAT, VERSION):
            raise ValueError("another format")
        return {"codes": dict(content["codes"]), "pictures": dict(content["pictures"])}
    except FileNotFoundError as error:
        raise FabricFinderError(f"{path.name} is missing; install the program again.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FabricFinderError(f"{path.name} is damaged; install the program again.") from error
