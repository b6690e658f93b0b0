"""The label heads on r: beliefs over coarse and fine texture, tightness, and yarn frequency."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

LOG_VARIANCE_RANGE = (-8.0, 2.0)
TYPICAL_TIGHTNESS = 0.7


class HeadOutput(NamedTuple):
    """What the heads say of B swatches.

    Attributes:
        coarse_logits: (B, n_coarse) over the minors; a major's belief is the sum of its minors'.
        fine_logits: (B, n_fine); construction (woven, knit) follows from the fine class.
        tightness: (B, 2): mean and log-variance of apparent tightness, in percent/100.
        log_frequency: (B, 2): natural log of yarn frequency, cycles/px of the micro view, x and y.
    """

    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


class LabelHeads(nn.Module):
    """Four linear heads on r."""

    def __init__(self, features: int, n_coarse: int, n_fine: int) -> None:
        super().__init__()
        self.coarse = nn.Linear(features, n_coarse)
        self.fine = nn.Linear(features, n_fine)
        self.tightness = nn.Linear(features, 2)
        self.log_frequency = nn.Linear(features, 2)
        with torch.no_grad():  # Start at ordinary cloth, ± 14 points, 6 px a yarn.
            self.tightness.bias.copy_(torch.tensor([TYPICAL_TIGHTNESS, -4.0]))
            self.log_frequency.bias.fill_(-1.8)

    def forward(self, features: Tensor) -> HeadOutput:
        """r (B, features) -> the beliefs."""
        mean, log_variance = self.tightness(features).unbind(1)
        return HeadOutput(
            self.coarse(features),
            self.fine(features),
            torch.stack([mean, log_variance.clamp(*LOG_VARIANCE_RANGE)], 1),
            self.log_frequency(features),
        )


def label_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross entropy over known labels (−1 = unknown): (B, C), int64 (B,) -> scalar; 0 if none."""
    total = functional.cross_entropy(
        logits, labels, ignore_index=-1, reduction="sum", label_smoothing=smoothing
    )
    return total / (labels >= 0).sum().clamp(min=1)


def tightness_loss(prediction: Tensor, percent: Tensor) -> Tensor:
    """Gaussian negative log-likelihood: (B, 2) in percent/100, (B,) in percent, NaN = unknown.

    ½(log σ² + (w/100 − m)²/σ²), mean over the known; 0 if none.
    """
    known = torch.isfinite(percent)
    target = torch.where(known, percent, 0.0) / 100
    mean, log_variance = prediction.unbind(1)
    losses = 0.5 * (log_variance + (target - mean).square() * (-log_variance).exp())
    return (losses * known).sum() / known.sum().clamp(min=1)


def frequency_loss(prediction: Tensor, log_frequency: Tensor) -> Tensor:
    """Huber loss (δ = 0.1, a tenth of the frequency) on logs: (B, 2), (B, 2); NaN = unknown.

    Divided by δ, so that far misses cost their size in logs; 0 if none is known.
    """
    known = torch.isfinite(log_frequency)
    target = torch.where(known, log_frequency, 0.0)
    losses = functional.smooth_l1_loss(prediction, target, beta=0.1, reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)
