"""MDFF-SH: multiscale deep feature fusion in supervised hashing (Belalia et al. 2025).

    conv3, conv4, conv5 → 1×1 reduction → averages ┐
    fc1 ───────────────────────────────────────────┴→ fusion 1024 → hash heads → code → classifier

What the paper leaves open or says twice is settled so. Its text says ResNet50, its Table 1 is
VGG-19: both are here, and ``lite`` takes the same four scales from our own base network. "Multiple
hash layers" are one tanh layer a scale, concatenated. Its ½bᵀb is called a distance and is a
similarity; the distance is ½(L − bᵀb). Its three sums are means here, so that β and γ do not
change with the batch; ``literal`` sums as printed.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig, Batch, HashingMethod, ViewBatch
from fabricfinder.hashing.beyond import (
    Beyond,
    Classes,
    OfClasses,
    Pairs,
    beliefs_of,
    beyond_terms,
    labels_of,
    mean_of_pairs,
    similar_pairs,
)
from fabricfinder.hashing.heads import HeadOutput, LabelHeads, label_loss
from fabricfinder.hashing.trunks import new_trunk


@dataclass(frozen=True, slots=True)
class MDFFSHConfig(OfClasses):
    """Everything that shapes an MDFF-SH and its losses; the defaults are the paper's on ``lite``.

    Attributes:
        trunk: base network: ``vgg19`` (the paper's table), ``resnet50`` (its words), ``resnet18``
            for small pictures, ``lite``.
        small: whether a ResNet's stem is CIFAR-10's.
        backbone: shape of ``lite``.
        fc1: whether ``vgg19`` has its fc1; without, the average of conv5_4 stands for it.
        n_bits: L; an encoder's fills bytes.
        scales: ``fc1`` and ``convs`` are the ablations of its Table 4.
        reduced: channels after each 1×1 convolution, or as many as there are.
        fusion: nodes of the fusion layer.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        classes: which labels are the paper's classes.
        pairs: similar means of one class, or S (ours).
        form: means, or sums as printed.
        beta, gamma: weights of J2 and J3 in (5); 0 is an ablation of its Table 5.
        beyond: terms beyond the paper.
    """

    trunk: Literal["lite", "vgg19", "resnet18", "resnet50"] = "lite"
    backbone: BackboneConfig = BackboneConfig()
    small: bool = False
    fc1: bool = True
    n_bits: int = 64
    scales: Literal["all", "fc1", "convs"] = "all"
    reduced: int = 256
    fusion: int = 1024
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    classes: Classes = "coarse"
    pairs: Pairs = "class"
    form: Literal["corrected", "literal"] = "corrected"
    beta: float = 0.1
    gamma: float = 0.01
    beyond: Beyond = Beyond()

    def __post_init__(self) -> None:
        if self.n_bits < 8 or self.n_bits % 2:
            raise ValueError(f"{self.n_bits} bits are not a length of MDFF-SH's")
        if self.scales not in ("all", "fc1", "convs") or self.form not in ("corrected", "literal"):
            raise ValueError(f"unknown scales {self.scales!r} or form {self.form!r}")
        if self.trunk not in ("lite", "vgg19", "resnet18", "resnet50"):
            raise ValueError(f"unknown base network {self.trunk!r}")


class MDFFSHOutput(NamedTuple):
    """What an MDFF-SH makes of B swatches.

    Attributes:
        r: features at fc1 (B, F).
        v: the final hash layer (B, L), unbounded; the losses are of this.
        u: v clipped to [−1, 1].
        logits: (−v, v) of each bit (B, L, 2).
        class_logits: (B, n_classes), of v.
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    v: Tensor
    u: Tensor
    logits: Tensor
    class_logits: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


def pairwise_losses(v: Tensor, s: Tensor) -> Tensor:
    """J1 of (2), pair by pair: softplus(w) − s·w with w = ½vᵀv: (B, L), (B, B) -> (B, B).

    Softplus is linear beyond its threshold, so that |w| = 10⁴ neither overflows nor loses a digit.
    """
    w = v @ v.T / 2
    return functional.softplus(w) - s * w


def quantisation_losses(v: Tensor) -> Tensor:
    """J2 of (3), item by item: ‖sgn(v) − v‖², (B, L) -> (B,); sgn(0) = −1, as its bit is 0."""
    signs = (v > 0).to(v.dtype) * 2 - 1
    return (signs - v).square().sum(1)


class MDFFSH(HashingMethod):
    """Base network, reductions, fusion, hash heads, final hash layer, classifier, label heads.

    The 1×1 reduction combines channels "in a linear manner", so averaging before it is the same as
    after it, and is done before.
    """

    name: ClassVar[str] = "mdff-sh"
    frozen_inputs: ClassVar[tuple[str, ...]] = ("r", "scales")

    def __init__(self, config: MDFFSHConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = config.n_bits
        self.unseen = () if config.trunk == "lite" else ("micro", "scale")
        self.backbone = new_trunk(config.trunk, config.backbone, config.fc1, config.small)
        self.scale_sizes = self.backbone.scale_sizes
        reduced = [min(config.reduced, n) for n in self.scale_sizes]
        n_in, n_heads = 0, 0
        if config.scales != "fc1":
            self.reductions = nn.ModuleList(
                nn.Linear(n, m) for n, m in zip(self.scale_sizes, reduced, strict=True)
            )
            n_in, n_heads = sum(reduced), 3
        if config.scales != "convs":
            n_in, n_heads = n_in + self.backbone.n_features, n_heads + 1
        self.fusion = nn.Sequential(nn.Linear(n_in, config.fusion), nn.ReLU())
        # One hash layer a scale, of L nodes each; side by side they are one matrix.
        n_nodes = n_heads * config.n_bits
        self.hash_heads = nn.Sequential(nn.Linear(config.fusion, n_nodes), nn.Tanh())
        self.final = nn.Linear(n_nodes, config.n_bits)
        self.classifier = nn.Linear(config.n_bits, config.n_classes)
        self.heads = LabelHeads(self.backbone.n_features, config.n_coarse, config.n_fine)

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        parts = {"backbone": BackboneConfig.from_raw(raw["backbone"])}
        return cls(MDFFSHConfig(**raw | parts | {"beyond": Beyond(**raw["beyond"])}))

    def forward(self, views: ViewBatch) -> MDFFSHOutput:
        """Look at B swatches."""
        looked = self.backbone.looked(views)
        with torch.autocast(looked.features.device.type, enabled=False):
            return self.hashed(*looked)

    def hashed(self, r: Tensor, scales: Tensor) -> MDFFSHOutput:
        """Everything after the base network, in float32.

        Args:
            r: features at fc1 (B, F).
            scales: averages of conv3, conv4 and conv5 side by side (B, Σ scale_sizes).
        """
        seen = []
        if self.config.scales != "fc1":
            parts = scales.split(self.scale_sizes, 1)
            seen += [reduce(p) for reduce, p in zip(self.reductions, parts, strict=True)]
        if self.config.scales != "convs":
            seen.append(r)
        v = self.final(self.hash_heads(self.fusion(torch.cat(seen, 1))))
        beliefs = beliefs_of(self.heads, r, self.config.beyond)
        logits = torch.stack([-v, v], 2)
        return MDFFSHOutput(r, v, v.clamp(-1, 1), logits, self.classifier(v), *beliefs)

    def bits(self, output: MDFFSHOutput) -> Tensor:
        """sgn(v) as uint8 (B, L) in {0, 1}; 0 where v = 0."""
        return (output.v > 0).to(torch.uint8)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms of (5), and those beyond the paper."""
        output = self(batch.views)
        with torch.autocast(output.v.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: MDFFSHOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``pairs``, ``quantisation`` and ``class`` are J1, βJ2 and γJ3; a weight of 0 leaves one out.
        """
        config = self.config
        labels = labels_of(batch, config.classes)
        s, counted = similar_pairs(batch, config.classes, config.pairs)
        pairs, distances = pairwise_losses(output.v, s), quantisation_losses(output.v)
        if config.form == "literal":
            known = (labels >= 0).sum()
            terms = {"pairs": torch.where(counted, pairs, 0.0).sum()}
            further = distances.sum(), label_loss(output.class_logits, labels) * known
        else:
            terms = {"pairs": mean_of_pairs(pairs, counted)}
            further = distances.mean(), label_loss(output.class_logits, labels)
        if config.beta:
            terms["quantisation"] = config.beta * further[0]
        if config.gamma:
            terms["class"] = config.gamma * further[1]
        beliefs = HeadOutput(*output[-4:])
        return terms | beyond_terms(beliefs, output.u, batch, config.beyond)
