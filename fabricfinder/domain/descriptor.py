"""What the program knows of one swatch, and of many in columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fabricfinder.domain.density import COLUMNS as DENSITY_COLUMNS
from fabricfinder.domain.density import UNCOUNTED, YarnDensity, serving_density
from fabricfinder.domain.hashcode import HashCode
from fabricfinder.domain.palette import Palette


# The arrays of a DescriptorTable, in the order it takes them.
TABLE_COLUMNS = (
    "codes", "coarse", "fine", "tightness", "palettes", "unfamiliarity", "certain", "density",
)  # fmt: skip
_LABELLED = ("coarse", "fine", "tightness")  # the columns of ``certain``


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """What an encoder says of one image.

    Attributes:
        code: the binary code.
        relaxed: the code before binarising, float32 (n_bits,) in [-1, 1].
        coarse: belief over the taxonomy's minors, float32 (n_coarse,), sums to 1.
        fine: belief over the taxonomy's fine classes, float32 (n_fine,), sums to 1.
        tightness: mean and standard deviation of apparent tightness in percent; NaN = unknown.
        unfamiliarity: 0 = like the cloth it learned from; 1 and above = stranger than
            almost all of that cloth ("unfamiliar"); NaN = the encoder cannot say.
    """

    code: HashCode
    relaxed: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    tightness: tuple[float, float]
    unfamiliarity: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class FabricDescriptor:
    """An encoding, the palette seen beside it, and the id of the encoder that made it.

    ``density`` is what was counted of its threads, or what is stated of them. ``certain`` names the
    dimensions ("coarse", "fine", "tightness") a person has labelled; their belief is one-hot (or has
    standard deviation 0).
    """

    encoder: str
    encoding: Encoding
    palette: Palette
    certain: frozenset[str] = frozenset()
    density: YarnDensity = UNCOUNTED

    def with_stated_threads(self, fields: Mapping[str, object]) -> "FabricDescriptor":
        """The same with the threads to compare it by: those its trade fields state, if any."""
        density = serving_density(self.density, fields)
        return self if density is self.density else replace(self, density=density)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class DescriptorTable:
    """Descriptors of n swatches in columns; never mixed between encoders.

    Attributes:
        encoder: id of the one encoder that made every code.
        ids: content digests, n of them, in the library's order.
        codes: uint8 (n, n_bits/8), packed.
        coarse: float32 (n, n_coarse); a person's label is one-hot.
        fine: float32 (n, n_fine).
        tightness: float32 (n, 2): mean and standard deviation in percent, NaN = unknown.
        palettes: float32 (n, 10, 5) as ``Palette.to_array``.
        unfamiliarity: float32 (n,).
        certain: bool (n, 3): coarse, fine, tightness labelled by a person.
        density: float32 (n, 5) as ``YarnDensity.to_array``; left out = nothing was counted.
    """

    encoder: str
    ids: tuple[str, ...]
    codes: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    tightness: np.ndarray
    palettes: np.ndarray
    unfamiliarity: np.ndarray
    certain: np.ndarray
    density: np.ndarray = field(default_factory=lambda: np.zeros((0, DENSITY_COLUMNS), np.float32))

    def __post_init__(self) -> None:
        n = len(self.ids)
        if not len(self.density):
            uncounted = np.full((n, DENSITY_COLUMNS), np.nan, np.float32)
            object.__setattr__(self, "density", uncounted)
        for name in TABLE_COLUMNS:
            if len(getattr(self, name)) != n:
                raise ValueError(f"{name} has {len(getattr(self, name))} rows for {n} ids")

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: np.ndarray) -> "DescriptorTable":
        """The table of some rows (int indices or a bool mask), in that order."""
        rows = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows, int)
        return DescriptorTable(
            self.encoder, tuple(self.ids[i] for i in rows), self.codes[rows], self.coarse[rows],
            self.fine[rows], self.tightness[rows], self.palettes[rows],
            self.unfamiliarity[rows], self.certain[rows], self.density[rows],
        )  # fmt: skip

    def descriptor(self, row: int) -> FabricDescriptor:
        """The one swatch's descriptor; its relaxed code is the signs of its bits."""
        packed = self.codes[row]
        bits = np.unpackbits(packed).astype(np.float32)
        return FabricDescriptor(
            self.encoder,
            Encoding(
                HashCode(packed.tobytes(), bits.size), bits * 2 - 1, self.coarse[row],
                self.fine[row], (float(self.tightness[row, 0]), float(self.tightness[row, 1])),
                float(self.unfamiliarity[row]),
            ),
            Palette.from_array(self.palettes[row]),
            frozenset(n for n, sure in zip(_LABELLED, self.certain[row], strict=True) if sure),
            YarnDensity.from_array(self.density[row]),
        )  # fmt: skip


def table_of(descriptors: Sequence[FabricDescriptor], ids: Sequence[str]) -> DescriptorTable:
    """Descriptors of one encoder (at least one) as columns, ids in the same order."""
    encodings = [d.encoding for d in descriptors]
    return DescriptorTable(
        descriptors[0].encoder,
        tuple(ids),
        np.stack([np.frombuffer(e.code.packed, np.uint8) for e in encodings]),
        np.stack([e.coarse for e in encodings]).astype(np.float32),
        np.stack([e.fine for e in encodings]).astype(np.float32),
        np.array([e.tightness for e in encodings], np.float32),
        np.stack([d.palette.to_array() for d in descriptors]),
        np.array([e.unfamiliarity for e in encodings], np.float32),
        np.array([[name in d.certain for name in _LABELLED] for d in descriptors], bool),
        np.stack([d.density.to_array() for d in descriptors]),
    )
