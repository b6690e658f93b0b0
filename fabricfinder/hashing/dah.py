"""DAH: deep attention-based hash (Li et al. 2020), and NoneA-DAH, which has no attention.

    ResNet-30 of separable convolutions, CBAM after its stem and first two stages
      → average 1024 → k nodes → shrink-sigmoid x ∈ (¼, ¾) → n classes

The number of its weights settles what Table 1 leaves open: bottlenecks of kernels 1, 3, 1, every
convolution but the first depthwise-separable (shortcuts too) with a bias, CBAM with r = 16. So
counted, 2,960,570 weights are 87.46 % fewer than ResNet50's (printed: 87.48 %).

W1 asks dissimilar pairs for one constant distance: all relaxed bits 0.188 apart, or 30 % of them
fully opposed. W2 balances a *pair*, though Table 5 reports each bit; ``per_bit`` balances those.
The weight of W beside the cross entropy is not printed; it is 1 here.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import Batch, HashingMethod, ViewBatch, normalised, pooled
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

STAGES = ((64, 256), (128, 512), (256, 1024))
TRUNK_OUT = 1024
TABLE_PX = 32


@dataclass(frozen=True, slots=True)
class DAHConfig(OfClasses):
    """Everything that shapes a DAH and its losses; the defaults are the paper's.

    Attributes:
        n_bits: k; an encoder's fills bytes.
        attention: False is NoneA-DAH.
        input_px: views are brought to this side; at 64 the first convolution steps by two, so that
            everything after it has the sizes of Table 1. 32 is for pictures of that size.
        views: ``macro`` is the paper's single view; ``both`` looks at the micro crops too, through
            the same network, and hashes both averages side by side.
        scale_inputs: how much the label heads are told of the scale; the code is told nothing.
        features: length of a given r, for a DAH on frozen features that has no network of its own.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        classes: which labels are the paper's categories.
        pairs: similar means of one class, or S weighs both sides of W1 (ours).
        balance: W2 of each pair as printed, or of each bit of it (ours).
        threshold: t = k / this.
        phi_1, phi_2, weight_w: weights of W1, W2, and of W beside the cross entropy.
        class_gain: the classifier reads ``class_gain``·(x − ½) instead of x (ours; None = x). It can
            say the same, but x spans half a unit, and by Adam's steps of fixed size the weights that
            such a span needs are long in coming.
        beyond: terms beyond the paper.
    """

    n_bits: int = 64
    attention: bool = True
    input_px: Literal[32, 64] = 64
    views: Literal["macro", "both"] = "both"
    scale_inputs: Literal[4] = 4
    features: int | None = None
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    classes: Classes = "coarse"
    pairs: Pairs = "class"
    balance: Literal["pair", "per_bit"] = "pair"
    threshold: float = 4.8
    phi_1: float = 1.0
    phi_2: float = 1.0
    weight_w: float = 1.0
    class_gain: float | None = None
    beyond: Beyond = Beyond()

    def __post_init__(self) -> None:
        if self.n_bits < 8 or self.n_bits % 4:
            raise ValueError(f"{self.n_bits} bits are not a length of DAH's")
        if self.input_px not in (32, 64) or self.views not in ("macro", "both"):
            raise ValueError(f"unknown size {self.input_px} or views {self.views!r}")
        if self.balance not in ("pair", "per_bit"):
            raise ValueError(f"unknown balance {self.balance!r}")


class DAHOutput(NamedTuple):
    """What a DAH makes of B swatches.

    Attributes:
        r: features (B, F).
        x: the hash layer, shrink-sigmoid, (B, k) in (¼, ¾).
        u: 4x − 2, (B, k) in (−1, 1).
        logits: of each bit's two values (B, k, 2).
        class_logits: (B, n_classes), of x.
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    x: Tensor
    u: Tensor
    logits: Tensor
    class_logits: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


def shrink_sigmoid(values: Tensor) -> Tensor:
    """¼ + ½σ(v), DAH (1): any real -> (¼, ¾), ½ at 0."""
    return 0.25 + 0.5 * torch.sigmoid(values)


def similarity_losses(x: Tensor, s: Tensor, t: float) -> Tensor:
    """W1 of (2), pair by pair: (B, k) in (¼, ¾), s (B, B) in [0, 1] -> (B, B).

    ‖x_i − x_j‖² where s = 1, |t + Σ ln(1 − |x_i − x_j|)| where s = 0, both by their shares between.
    |Δ| < ½, so that the logarithm's argument stays in (½, 1]. Identical dissimilar codes get no
    push: |Δ| has no slope at 0.
    """
    gap = (x[:, None] - x[None]).abs()
    apart = (t + torch.log1p(-gap).sum(-1)).abs()
    return s * gap.square().sum(-1) + (1 - s) * apart


def balance_losses(x: Tensor, per_bit: bool = False) -> Tensor:
    """W2 of (4), pair by pair: (Σ_{both} Σ_j (x^j − ½))², or Σ_j (Σ_{both} (x^j − ½))²: (B, B)."""
    away = x - 0.5
    if per_bit:
        return (away[:, None] + away[None]).square().sum(-1)
    total = away.sum(1)
    return (total[:, None] + total[None]).square()


def bit_ratios(bits: Tensor) -> Tensor:
    """Ones to zeros of each bit as in Table 5, the larger over the smaller: (n, k) -> (k,) ≥ 1.

    The paper does not say how bits are put together; its values just above 1 are a mean of ratios.
    A bit that never changes has the ratio n.
    """
    ones = bits.float().sum(0)
    zeros = len(bits) - ones
    return torch.maximum(ones, zeros) / torch.minimum(ones, zeros).clamp(min=1)


class Separable(nn.Sequential):
    """A depthwise convolution, then a pointwise one with a bias."""

    def __init__(self, before: int, after: int, kernel: int = 1, stride: int = 1) -> None:
        padding = kernel // 2
        super().__init__(
            nn.Conv2d(before, before, kernel, stride, padding, groups=before, bias=False),
            nn.Conv2d(before, after, 1),
        )


class Bottleneck(nn.Module):
    """Three separable convolutions (1, 3, 1), and a shortcut with its own where sizes change."""

    def __init__(self, channels_in: int, narrow: int, wide: int, stride: int = 1) -> None:
        super().__init__()
        self.path = nn.Sequential(
            Separable(channels_in, narrow, 1, stride), nn.BatchNorm2d(narrow), nn.ReLU(),
            Separable(narrow, narrow, 3), nn.BatchNorm2d(narrow), nn.ReLU(),
            Separable(narrow, wide), nn.BatchNorm2d(wide),
        )  # fmt: skip
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or channels_in != wide:
            self.shortcut = nn.Sequential(
                Separable(channels_in, wide, 1, stride), nn.BatchNorm2d(wide)
            )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, channels_in, H, W) -> (B, wide, H/stride, W/stride)."""
        return torch.relu(self.path(maps) + self.shortcut(maps))


class CBAM(nn.Module):
    """Convolutional block attention (Woo et al. 2018): which channels, then where.

    Channels: σ(MLP(mean) + MLP(max)), one MLP for both, r = 16. Places: σ of a 7×7 convolution of
    the mean and the maximum over channels. Several copies leave the maximum out or add before the
    MLP.
    """

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(channels, channels // reduction), nn.ReLU(),
            nn.Linear(channels // reduction, channels),
        )  # fmt: skip
        self.where = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, H, W) -> the same size."""
        which = self.mlp(maps.mean((2, 3))) + self.mlp(maps.amax((2, 3)))
        maps = maps * torch.sigmoid(which)[:, :, None, None]
        seen = torch.cat([maps.mean(1, keepdim=True), maps.amax(1, keepdim=True)], 1)
        return maps * torch.sigmoid(self.where(seen))


class ResNet30(nn.Module):
    """The network of DAH's Table 1: 3 × 32 × 32 -> 1024, or from twice the side by a first step."""

    def __init__(self, attention: bool = True, stride: int = 1) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.BatchNorm2d(3), nn.Conv2d(3, 64, 3, stride, 1), nn.BatchNorm2d(64),
            nn.ReLU(inplace=True), nn.MaxPool2d(3, 1, 1),
        )  # fmt: skip
        layers: list[nn.Module] = [CBAM(64)] if attention else []
        channels = 64
        for place, (narrow, wide) in enumerate(STAGES):
            layers.append(Bottleneck(channels, narrow, wide, 2))
            layers += [Bottleneck(wide, narrow, wide) for _ in range(2)]
            if attention and place < 2:
                layers.append(CBAM(wide))
            channels = wide
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels about zero (N, 3, S, S) -> float32 (N, 1024)."""
        return pooled(self.layers(self.stem(pixels)), "gap")


class DAH(HashingMethod):
    """ResNet-30, hash layer, classifier and label heads."""

    name: ClassVar[str] = "dah"
    frozen_inputs: ClassVar[tuple[str, ...]] = ("r",)

    def __init__(self, config: DAHConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = config.n_bits
        self.unseen = () if config.views == "both" else ("micro",)
        n_features = config.features
        if n_features is None:
            self.backbone = ResNet30(config.attention, config.input_px // TABLE_PX)
            n_features = TRUNK_OUT * (2 if config.views == "both" else 1)
        self.hash = nn.Linear(n_features, config.n_bits)
        self.classifier = nn.Linear(config.n_bits, config.n_classes)
        n_told = n_features + config.scale_inputs
        self.heads = LabelHeads(n_told, config.n_coarse, config.n_fine)

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        return cls(DAHConfig(**raw | {"beyond": Beyond(**raw["beyond"])}))

    def forward(self, views: ViewBatch) -> DAHOutput:
        """Look at B swatches."""
        if self.config.views == "macro":
            r = self.backbone(self.sized(views.macro))
        else:
            n, crops = len(views.macro), views.micro.shape[1]
            pixels = [self.sized(views.macro), self.sized(views.micro.flatten(0, 1))]
            if self.training:  # together, so that batch normalisation sees both kinds of view
                of_macro, of_micro = self.backbone(torch.cat(pixels)).split([n, n * crops])
            else:
                of_macro, of_micro = map(self.backbone, pixels)
            r = torch.cat([of_macro, of_micro.unflatten(0, (-1, crops)).mean(1)], 1)
        with torch.autocast(r.device.type, enabled=False):
            return self.hashed(r, views.scale.float())

    def sized(self, pixels: Tensor) -> Tensor:
        """Pixels (N, 3, S, S), brought to ``input_px`` and taken about zero.

        From twice the side every pixel is the mean of four, from the same side itself.
        """
        side = (self.config.input_px, self.config.input_px)
        return functional.interpolate(normalised(pixels), side, mode="bilinear")

    def hashed(self, r: Tensor, scale: Tensor | None = None) -> DAHOutput:
        """Everything after the network: r (B, F), scale (B, 4) -> output, in float32.

        None of the scale is read as nothing known.
        """
        v = self.hash(r)
        if scale is None:
            scale = r.new_zeros(len(r), self.config.scale_inputs)
        x = shrink_sigmoid(v)
        beliefs = beliefs_of(self.heads, torch.cat([r, scale], 1), self.config.beyond)
        logits = torch.stack([-v / 2, v / 2], 2)
        gain = self.config.class_gain
        read = x if gain is None else gain * (x - 0.5)
        return DAHOutput(r, x, 4 * x - 2, logits, self.classifier(read), *beliefs)

    def bits(self, output: DAHOutput) -> Tensor:
        """x ≥ ½ as uint8 (B, k); (5) leaves x = ½ open, here it is 1."""
        return (output.x >= 0.5).to(torch.uint8)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms, the paper's and those beyond it."""
        output = self(batch.views)
        with torch.autocast(output.x.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: DAHOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``class`` is the cross entropy, ``similarity`` and ``balance`` are φ1W1 and φ2W2 of (6),
        means over ordered pairs.
        """
        config = self.config
        s, counted = similar_pairs(batch, config.classes, config.pairs)
        w1 = similarity_losses(output.x, s, config.n_bits / config.threshold)
        w2 = balance_losses(output.x, config.balance == "per_bit")
        terms = {
            "class": label_loss(output.class_logits, labels_of(batch, config.classes)),
            "similarity": config.weight_w * config.phi_1 * mean_of_pairs(w1, counted),
            "balance": config.weight_w * config.phi_2 * mean_of_pairs(w2, counted),
        }
        beliefs = HeadOutput(*output[-4:])
        return terms | beyond_terms(beliefs, output.u, batch, config.beyond)
