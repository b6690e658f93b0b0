"""Views as the arrays an encoder is fed, and its answers as encodings; alike for every engine."""

from collections.abc import Mapping, Sequence
from math import log2

import numpy as np

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import MICRO_PX_PER_CM, Views
from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.hashcode import HashCode, pack_bits

OUTPUTS = ("bits", "relaxed", "coarse", "fine", "tightness", "unfamiliarity")
TYPICAL_MACRO_PX_PER_CM = 16.0
OCTAVES = 4.0


def scale_inputs(views: Views) -> np.ndarray:
    """What a network is told of the scale of its views, float32 (4,).

    Macro's scale known (0 or 1), log2(macro px/cm / 16), micro at true 160 px/cm (0 or 1),
    log2(micro px/cm / 160); the logs are clipped to ±4 octaves and 0 where unknown.
    """
    macro = _octaves(views.macro_px_per_cm, TYPICAL_MACRO_PX_PER_CM)
    micro = _octaves(views.micro_px_per_cm, MICRO_PX_PER_CM)
    known = views.macro_px_per_cm is not None
    return np.array([known, macro, views.scale_known, micro], np.float32)


def _octaves(px_per_cm: float | None, typical: float) -> float:
    """How many octaves finer than typical, within ±4; 0 for an unknown scale."""
    if px_per_cm is None:
        return 0.0
    return max(-OCTAVES, min(OCTAVES, log2(px_per_cm / typical)))


def stack_views(views: Sequence[Views], card: EncoderCard) -> dict[str, np.ndarray]:
    """Stack n views to an encoder's inputs, by name.

    Returns:
        ``macro`` uint8 (n, px, px, 3), ``micro`` uint8 (n, crops, px, px, 3), and
        ``scale`` float32 (n, 4) by ``scale_inputs``; an encoder that takes a single flag gets
        ``scale_known`` float32 (n, 1) in {0, 1} instead.

    Raises:
        ValueError: a view is not uint8 of the card's shape.
    """
    side = card.view_px
    for view in views:
        shapes = (view.macro.shape, view.micro.shape)
        if shapes != ((side, side, 3), (card.n_micro, side, side, 3)):
            raise ValueError(f"views of {shapes} are not the {side} px this encoder is shown")
        if view.macro.dtype != np.uint8 or view.micro.dtype != np.uint8:
            raise ValueError("views must be uint8")
    scale = np.stack([scale_inputs(view) for view in views])
    return {
        "macro": np.stack([view.macro for view in views]),
        "micro": np.stack([view.micro for view in views]),
        card.scale_input: scale if card.scale_input == "scale" else scale[:, 2:3],
    }


def encodings_of(answers: Mapping[str, np.ndarray]) -> list[Encoding]:
    """Split an encoder's answers, n rows under each name of ``OUTPUTS``, into n encodings."""
    packed = pack_bits(answers["bits"])
    n_bits = answers["bits"].shape[1]
    return [
        Encoding(
            code=HashCode(packed[i].tobytes(), n_bits),
            relaxed=answers["relaxed"][i],
            coarse=answers["coarse"][i],
            fine=answers["fine"][i],
            tightness=(float(answers["tightness"][i, 0]), float(answers["tightness"][i, 1])),
            unfamiliarity=float(answers["unfamiliarity"][i]),
        )
        for i in range(len(packed))
    ]
