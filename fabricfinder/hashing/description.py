"""From pixels to all that is stored of a swatch, as one module: run on a GPU, or exported."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.hashing.base import HashingMethod, ViewBatch
from fabricfinder.hashing.familiarity import Familiarity, unfamiliarity


class Description(NamedTuple):
    """What an encoder says of B swatches, calibrated.

    Attributes:
        bits: uint8 (B, n_bits) in {0, 1}.
        relaxed: float (B, n_bits) in [-1, 1].
        coarse, fine: float (B, n_coarse), (B, n_fine), each row sums to 1.
        tightness: float (B, 2), mean and standard deviation in percent.
        unfamiliarity: float (B,), NaN where the checkpoint holds no reference.
        features: r, float (B, features).
        logits: the method's block logits (B, M, A).
    """

    bits: Tensor
    relaxed: Tensor
    coarse: Tensor
    fine: Tensor
    tightness: Tensor
    unfamiliarity: Tensor
    features: Tensor
    logits: Tensor


class Describer(nn.Module):
    """A trained method with its card's calibration and its reference of ordinary cloth."""

    def __init__(
        self, model: HashingMethod, card: EncoderCard, familiarity: Familiarity | None
    ) -> None:
        super().__init__()
        self.model = model.eval()
        self.card = card
        self.knows_cloth = familiarity is not None
        if familiarity is not None:
            self.register_buffer("centres", familiarity.centres.float())
            self.register_buffer("scale", familiarity.scale.float())
            self.register_buffer("doubt", familiarity.doubt.float())

    def forward(self, macro: Tensor, micro: Tensor, scale: Tensor) -> Description:
        """uint8 (B, 128, 128, 3), uint8 (B, C, 128, 128, 3), float (B, 4 or 1) -> description.

        The scale comes under the name and in the length that the card's ``scale_input`` tells.
        """
        views = ViewBatch(macro.permute(0, 3, 1, 2), micro.permute(0, 1, 4, 2, 3), scale)
        output = self.model(views)
        mean, log_variance = output.tightness.unbind(1)
        for name in self.model.unseen:  # or the exported graph would not take it
            mean = mean + 0 * getattr(views, name).flatten(1)[:, 0]
        deviation = (0.5 * log_variance).exp() * self.card.tightness_sd_scale
        strange = mean * torch.nan  # a filled tensor would fix the batch in an exported graph
        if self.knows_cloth:
            reference = Familiarity(self.centres, self.scale, self.doubt)
            strange = unfamiliarity(output.r, reference, output.u)
        return Description(
            self.model.bits(output),
            output.u,
            torch.softmax(output.coarse_logits / self.card.coarse_temperature, 1),
            torch.softmax(output.fine_logits / self.card.fine_temperature, 1),
            torch.stack([mean, deviation], 1) * 100,
            strange,
            output.r,
            output.logits,
        )
