"""What every system learns beside its paper: the beliefs behind the four bars.

The papers know classes; the window shows four bars. So each system carries the label heads, by
default *detached*: they read the features and send no gradient back, and the code is trained by the
paper's own terms alone.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from fabricfinder.hashing.base import Batch
from fabricfinder.hashing.heads import (
    HeadOutput,
    LabelHeads,
    frequency_loss,
    label_loss,
    tightness_loss,
)
from fabricfinder.hashing.listwise import recapture_loss

Classes = Literal["coarse", "fine"]
Pairs = Literal["class", "graded"]


class OfClasses:
    """A configuration of a system that learns from one kind of class; dataclasses inherit from it."""

    __slots__ = ()
    n_coarse: int
    n_fine: int
    classes: Classes

    @property
    def n_classes(self) -> int:
        """How many classes the paper's classifier tells apart."""
        return self.n_coarse if self.classes == "coarse" else self.n_fine


@dataclass(frozen=True, slots=True)
class Beyond:
    """Terms beyond a paper, and whether they reach its features.

    Attributes:
        coarse, fine, tightness, frequency: weights of the label heads' losses.
        smoothing: of the coarse and fine heads' cross entropy.
        joint: let the heads' gradients into the features; then the system is ours, not the paper's.
        recapture: weight of the InfoNCE between captures, on the relaxed code; 0 in the paper.
        recapture_temperature: its T.
    """

    coarse: float = 1.0
    fine: float = 1.0
    tightness: float = 0.5
    frequency: float = 0.3
    smoothing: float = 0.05
    joint: bool = False
    recapture: float = 0.0
    recapture_temperature: float = 0.1


def beliefs_of(heads: LabelHeads, features: Tensor, beyond: Beyond) -> HeadOutput:
    """What the heads say of features (B, F), which they leave alone unless ``joint``."""
    return heads(features if beyond.joint else features.detach())


def beyond_terms(
    heads: HeadOutput, u: Tensor, batch: Batch, beyond: Beyond
) -> dict[str, Tensor]:
    """The weighted terms beyond the paper, scalars by name; a weight of 0 leaves its term out.

    Args:
        u: relaxed code (B, K) in [−1, 1].
    """
    losses = {
        "coarse": lambda: label_loss(heads.coarse_logits, batch.coarse, beyond.smoothing),
        "fine": lambda: label_loss(heads.fine_logits, batch.fine, beyond.smoothing),
        "tightness": lambda: tightness_loss(heads.tightness, batch.tightness),
        "frequency": lambda: frequency_loss(heads.log_frequency, batch.log_frequency),
        "recapture": lambda: recapture_loss(u, batch.fabric, beyond.recapture_temperature),
    }
    weights = {name: getattr(beyond, name) for name in losses}
    return {name: weights[name] * loss() for name, loss in losses.items() if weights[name]}


def labels_of(batch: Batch, classes: Classes) -> Tensor:
    """The column of each capture's class, int64 (B,), −1 unknown."""
    return batch.coarse if classes == "coarse" else batch.fine


def similar_pairs(batch: Batch, classes: Classes, pairs: Pairs) -> tuple[Tensor, Tensor]:
    """Which pairs count as similar, and which pairs count at all.

    Returns:
        s (B, B) in [0, 1]: 1 where the class is the same, as in the papers, or the fine-grained S
        for ``graded`` (ours); and a mask (B, B), False on the diagonal and for unknown classes.
    """
    away = ~torch.eye(len(batch.coarse), dtype=torch.bool, device=batch.coarse.device)
    if pairs == "graded":
        return batch.similarity, away
    labels = labels_of(batch, classes)
    known = labels >= 0
    return (labels[:, None] == labels[None]).float(), away & known[:, None] & known[None]


def mean_of_pairs(losses: Tensor, counted: Tensor) -> Tensor:
    """Mean of (B, B) losses over the pairs that count; 0, with a gradient of 0, if none does."""
    return torch.where(counted, losses, 0.0).sum() / counted.sum().clamp(min=1)
