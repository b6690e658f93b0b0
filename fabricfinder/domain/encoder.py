"""The contract between the pixels and the codes: views in, encodings out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fabricfinder.domain.descriptor import Encoding

VIEW_PX = 128
N_MICRO = 4
MICRO_PX_PER_CM = 160.0


# (dimension, first bit, one past the last) of each sub-code, in the order of DIMENSIONS.
CodeLayout = tuple[tuple[str, int, int], ...]
# Weights of the code for two questions, and how far it is stretched (1 where not told).
Blend = tuple[float, float] | tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The two looks a network takes at one swatch.

    A tartan's repeat is centimetres and a yarn a fraction of a millimetre, so no single 128 px
    view carries both.

    Attributes:
        macro: the whole swatch, area-averaged, uint8 RGB (128, 128, 3).
        micro: crops, uint8 RGB (4, 128, 128, 3): at 160 px/cm when the scale is known, else at
            the working image's own pixels.
        scale_known: whether micro is at true physical scale, 160 px/cm.
        macro_px_per_cm, micro_px_per_cm: scale of the views' own pixels, None where the picture's
            is unknown. A picture too coarse for micro at 160 px/cm still has both.
    """

    macro: np.ndarray
    micro: np.ndarray
    scale_known: bool
    macro_px_per_cm: float | None = None
    micro_px_per_cm: float | None = None


class Encoder(Protocol):
    """Anything that turns views into encodings.

    ``id`` names the weights and the precision; codes with different ids are never compared.
    ``blend`` is the weight of code similarity in the ranking score, chosen on validation cloth
    for two questions: all four dimensions counted, and colour freed; then the code's stretch. ``code_layout`` says which
    bits are whose where the code is made of sub-codes, one a dimension; () where it is one knot.
    ``conformal`` is the least belief a minor and a fine class must have not to be ruled out (their
    set holds the true one nine times of ten); 0 = not measured.
    """

    id: str
    n_bits: int
    blend: Blend
    code_layout: CodeLayout
    conformal: tuple[float, float]

    def encode(self, views: Sequence[Views]) -> list[Encoding]:
        """Encode a batch; one Encoding a Views, in order."""
        ...
