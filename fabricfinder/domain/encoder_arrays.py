"""Views as the arrays an encoder is fed, and its answers as encodings; alike for every engine."""

from collections.abc import Mapping, Sequence

import numpy as np

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.hashcode import HashCode, pack_bits

OUTPUTS = ("bits", "relaxed", "coarse", "fine", "tightness", "unfamiliarity")


def stack_views(views: Sequence[Views], card: EncoderCard) -> dict[str, np.ndarray]:
    """Stack n views to an encoder's inputs, by name.

    Returns:
        ``macro`` uint8 (n, px, px, 3), ``micro`` uint8 (n, crops, px, px, 3), ``scale_known``
        float32 (n, 1) in {0, 1}.

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
    return {
        "macro": np.stack([view.macro for view in views]),
        "micro": np.stack([view.micro for view in views]),
        "scale_known": np.array([[view.scale_known] for view in views], np.float32),
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
