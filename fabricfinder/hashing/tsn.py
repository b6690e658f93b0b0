"""TSN: texture synthesis guided deep hashing (Bhunia, Kishore, Mukherjee et al. 2019), stage 2.

    128 px → frozen generator → maps of 256 … 2 px → attention → progressive fusion → d → code

A network that has learned to go on with a texture (``hashing.growth``) knows it in its inner maps;
encoder and decoder maps of one size are weighed channel by channel and fused from large to small.
Three losses make a code of it: DSDH (the paper's, by discrete coordinate descent), DPSH, DHCQ.

What the paper leaves open or says twice is settled so. At 256 px there is no encoder map, so
attention sees the decoder's alone. A softmax over C channels shrinks maps C-fold, so it is
multiplied by C. Sums over pairs are means. DHCQ's body could not be had: it is read as
classification of the relaxed code and its quantisation error. Ours is the second view of yarns.
"""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import Batch, HashingMethod, ViewBatch, conv_bn_relu
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
from fabricfinder.hashing.growth import (
    Generator,
    GrowthConfig,
    Maps,
    cut_from,
    grow,
    patches_of,
)
from fabricfinder.hashing.heads import HeadOutput, LabelHeads, label_loss
from fabricfinder.hashing.mdffsh import pairwise_losses, quantisation_losses

TIGHTNESS = DIMENSIONS.index("tightness")


@dataclass(frozen=True, slots=True)
class TSNConfig(OfClasses):
    """Everything that shapes a TSN's hashing network and its losses.

    Attributes:
        growth: shape of the generator, which is frozen.
        views: ``macro`` is the paper's one patch; ``both`` also looks at the crops of yarns.
        depth: d, length of the fused vector.
        features: length of r: with ``macro`` r is the fused vector and this is ``depth``.
        attention: ``softmax`` is (2), ``sigmoid`` lets channels speak together, ``none`` is an
            ablation of Table 2.
        n_bits: k, a multiple of 8.
        hashing: which of the three losses.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        classes: which labels are the paper's classes.
        pairs: similar means of one class, or S (ours).
        eta, mu, nu: weights of DSDH: ‖B − U‖² (also DPSH's and DHCQ's), ‖Y − WᵀB‖², ‖W‖².
        bank: how many of the last captures DSDH's discrete steps are taken over.
        augment: share of captures whose macro view is cut from what the generator made of it;
            0 is an ablation of Table 2.
        scale_inputs: how many numbers of ``ViewBatch.scale`` it is told, as ``BackboneConfig``.
        scale_kept: such captures keep their tightness; off unless that has been measured.
        beyond: terms beyond the paper.
    """

    growth: GrowthConfig = GrowthConfig()
    views: Literal["macro", "both"] = "both"
    depth: int = 256
    features: int = 512
    attention: Literal["softmax", "sigmoid", "none"] = "softmax"
    n_bits: int = 64
    hashing: Literal["dsdh", "dpsh", "dhcq"] = "dsdh"
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    classes: Classes = "coarse"
    pairs: Pairs = "class"
    eta: float = 0.01
    mu: float = 0.01
    nu: float = 1.0
    bank: int = 512
    augment: float = 0.1
    scale_inputs: Literal[4] = 4
    scale_kept: bool = False
    beyond: Beyond = Beyond()

    def __post_init__(self) -> None:
        if self.n_bits < 8 or self.n_bits % 8:
            raise ValueError(f"{self.n_bits} bits do not fill bytes")
        if self.attention not in ("softmax", "sigmoid", "none"):
            raise ValueError(f"unknown attention {self.attention!r}")
        if self.hashing not in ("dsdh", "dpsh", "dhcq") or self.views not in ("macro", "both"):
            raise ValueError(f"unknown losses {self.hashing!r} or views {self.views!r}")
        if self.views == "macro" and self.features != self.depth:
            raise ValueError("with one view the features are the fused vector")
        if not 0 <= self.augment <= 1 or self.mu <= 0:
            raise ValueError("a share lies in 0 to 1, and μ is above 0")


class TSNOutput(NamedTuple):
    """What a TSN makes of B swatches.

    Attributes:
        r: features (B, features).
        v: the hash layer (B, k), unbounded; the losses are of this.
        u: v clipped to [−1, 1].
        logits: (−v, v) of each bit (B, k, 2).
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    v: Tensor
    u: Tensor
    logits: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


class ChannelAttention(nn.Module):
    """(2): A = softmax(W·q + b) of the channels' averages q; the maps times C·A."""

    def __init__(self, channels: int, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.weigh = nn.Linear(channels, channels) if kind != "none" else None

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, M, M) -> the same, each channel weighed; weights average 1 under softmax."""
        if self.weigh is None:
            return maps
        said = self.weigh(maps.mean((2, 3)))
        share = torch.sigmoid(said)
        if self.kind == "softmax":
            share = torch.softmax(said, 1) * said.shape[1]
        return maps * share[:, :, None, None]


class Fusion(nn.Module):
    """(3) and (4): a generator's maps, weighed, fused from 256 px down to one vector."""

    def __init__(self, growth: GrowthConfig, depth: int, attention: str) -> None:
        super().__init__()
        widths = growth.widths
        self.attend = nn.ModuleList(
            ChannelAttention(n, attention) for n in (growth.last_width, *(2 * w for w in widths))
        )
        self.mix = nn.ModuleList(nn.Conv2d(2 * w, w, 1) for w in widths)
        n_out = (*widths[1:], depth)
        self.first = conv_bn_relu(growth.last_width, widths[0], 3, 2)
        self.shrink = nn.ModuleList(
            conv_bn_relu(2 * a, b, 3, 2) for a, b in zip(widths, n_out, strict=True)
        )

    def forward(self, maps: Maps) -> Tensor:
        """Maps of a patch of 128 px -> (B, depth), float32."""
        *decoder, largest = maps.decoder
        fused = self.first(self.attend[0](largest))
        pairs = zip(maps.encoder, reversed(decoder), strict=True)
        steps = zip(self.attend[1:], self.mix, self.shrink, strict=True)
        for both, (attend, mix, shrink) in zip(pairs, steps, strict=True):
            mixed = mix(attend(torch.cat(both, 1)))
            fused = shrink(torch.cat([fused, mixed], 1))
        return fused.flatten(1).float()


def signs_of(values: Tensor) -> Tensor:
    """±1; −1 at zero, as its bit is 0."""
    return (values > 0).to(values.dtype) * 2 - 1


def classifier_step(codes: Tensor, labels: Tensor, ridge: float) -> Tensor:
    """DSDH's W = (BBᵀ + ν/μ·I)⁻¹BYᵀ: codes (n, k), labels (n, C), ν/μ -> (k, C)."""
    square = codes.T @ codes + ridge * torch.eye(codes.shape[1], dtype=codes.dtype)
    return torch.linalg.solve(square, codes.T @ labels)


def code_step(codes: Tensor, v: Tensor, labels: Tensor, weights: Tensor, pull: float) -> Tensor:
    """One sweep of discrete cyclic coordinate descent over the bits (DSDH eq. (13)).

    Bit by bit b = sgn(p − B′ᵀW′w) with P = WY + (η/μ)U, each on the bits before it as they now
    are: the best of its column given the others, so the objective never rises.

    Args:
        codes: ±1 (n, k); v: (n, k); labels: (n, C); weights: W (k, C); pull: η/μ.

    Returns:
        ±1 (n, k).
    """
    codes = codes.clone()
    wanted = labels @ weights.T + pull * v
    said = codes @ weights
    for bit in range(codes.shape[1]):
        others = said - codes[:, bit, None] * weights[bit]
        column = signs_of(wanted[:, bit] - others @ weights[bit])
        said = others + column[:, None] * weights[bit]
        codes[:, bit] = column
    return codes


def discrete_objective(
    codes: Tensor, v: Tensor, labels: Tensor, weights: Tensor, config: TSNConfig
) -> Tensor:
    """μ‖Y − WᵀB‖² + ν‖W‖² + η‖B − U‖², what DSDH's discrete steps lower; scalar."""
    fit = (labels - codes @ weights).square().sum()
    pull = (codes - v).square().sum()
    return config.mu * fit + config.nu * weights.square().sum() + config.eta * pull


class Bank(nn.Module):
    """The last captures of training: their hash layers, codes and labels, and W fitted to them.

    DSDH alternates over the whole training set; here cloth is photographed anew in every batch, so
    it alternates over the last few batches. Only W is kept in a checkpoint.
    """

    def __init__(self, size: int, n_bits: int, n_classes: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.zeros(n_bits, n_classes))
        for name, n in (("v", n_bits), ("codes", n_bits), ("labels", n_classes)):
            self.register_buffer(name, torch.zeros(size, n), persistent=False)
        self.register_buffer("filled", torch.zeros((), dtype=torch.long), persistent=False)

    @torch.no_grad()
    def settle(self, v: Tensor, labels: Tensor, config: TSNConfig) -> Tensor:
        """Take a batch in, alternate W and B once over all; returns the batch's codes (B, k)."""
        n = len(v)
        size = len(self.v)
        latest = {"v": v.detach().float(), "codes": signs_of(v.detach().float()), "labels": labels}
        for name, values in latest.items():
            held = getattr(self, name)
            held.copy_(torch.cat([values, held])[:size])
        self.filled += n
        here = slice(0, min(int(self.filled), size))
        codes, labels = self.codes[here], self.labels[here]
        self.weights.copy_(classifier_step(codes, labels, config.nu / config.mu))
        pull = config.eta / config.mu
        codes = code_step(codes, self.v[here], labels, self.weights, pull)
        self.codes[here] = codes
        return codes[:n]


class TSN(HashingMethod):
    """Frozen generator, channel attention, progressive fusion, hash layer and label heads."""

    name: ClassVar[str] = "tsn"
    frozen_inputs: ClassVar[tuple[str, ...]] = ("r",)

    def __init__(self, config: TSNConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = config.n_bits
        self.generator = Generator(config.growth).eval().requires_grad_(False)
        self.fusion = Fusion(config.growth, config.depth, config.attention)
        self.full = None
        if config.views == "both":
            n_in = 2 * config.depth + config.scale_inputs
            self.full = nn.Sequential(nn.Linear(n_in, config.features), nn.ReLU())
        self.hash = nn.Linear(config.features, config.n_bits)
        self.classifier = None
        if config.hashing == "dhcq":
            self.classifier = nn.Linear(config.n_bits, config.n_classes, bias=False)
        self.bank = None
        if config.hashing == "dsdh":
            self.bank = Bank(config.bank, config.n_bits, config.n_classes)
        self.heads = LabelHeads(config.features, config.n_coarse, config.n_fine)

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        parts = {"growth": GrowthConfig.from_raw(raw["growth"]), "beyond": Beyond(**raw["beyond"])}
        return cls(TSNConfig(**raw | parts))

    @classmethod
    def on_generator(cls, config: TSNConfig, generator: Generator) -> Self:
        """One that stands on a generator, whose shape takes the place of ``config.growth``."""
        model = cls(replace(config, growth=generator.config))
        model.generator.load_state_dict(generator.state_dict())
        return model

    @classmethod
    def for_features(cls, config: TSNConfig, n_features: int) -> Self:
        """One that is given features r of another network; its own trunk is as small as can be."""
        tiny = GrowthConfig((1,) * 7, 1, repeats=False)
        changes = {"growth": tiny, "views": "both", "depth": 1, "augment": 0.0}
        return cls(replace(config, features=n_features, **changes))

    def train(self, mode: bool = True) -> Self:
        """The generator stays as stage 1 left it, batch statistics included."""
        super().train(mode)
        self.generator.eval()
        return self

    def forward(self, views: ViewBatch) -> TSNOutput:
        """Look at B swatches."""
        r = self.fused(views.macro)
        if self.full is not None:
            micro = self.fused(views.micro.flatten(0, 1))
            micro = micro.unflatten(0, (-1, views.micro.shape[1])).mean(1)
            with torch.autocast(r.device.type, enabled=False):
                r = self.full(torch.cat([r, micro, views.scale.float()], 1))
        with torch.autocast(r.device.type, enabled=False):
            return self.hashed(r)

    def fused(self, pixels: Tensor) -> Tensor:
        """One vector a view: pixels (N, 3, S, S) -> (N, depth)."""
        with torch.no_grad():
            maps = self.generator.maps(patches_of(pixels))
        return self.fusion(maps)

    def hashed(self, r: Tensor) -> TSNOutput:
        """Everything after the trunk: r (B, features) -> output, in float32."""
        v = self.hash(r)
        beliefs = beliefs_of(self.heads, r, self.config.beyond)
        return TSNOutput(r, v, v.clamp(-1, 1), torch.stack([-v, v], 2), *beliefs)

    def bits(self, output: TSNOutput) -> Tensor:
        """sgn(v) as uint8 (B, k) in {0, 1}; 0 where v = 0."""
        return (output.v > 0).to(torch.uint8)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms of (5), and those beyond the paper."""
        batch = self.augmented(batch)
        output = self(batch.views)
        with torch.autocast(output.v.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: TSNOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``pairs`` (DSDH, DPSH) is the likelihood J, ``class`` (DHCQ) the classification,
        ``quantisation`` is η‖B − U‖²: B is the discrete step's in DSDH, else sgn(U).
        """
        config, v = self.config, output.v
        terms: dict[str, Tensor] = {}
        if self.classifier is None:
            s, counted = similar_pairs(batch, config.classes, config.pairs)
            terms["pairs"] = mean_of_pairs(pairwise_losses(v, s), counted)
        else:
            terms["class"] = label_loss(self.classifier(v), labels_of(batch, config.classes))
        if self.bank is None:
            distance = quantisation_losses(v).mean()
        else:
            codes = self.discrete(v, labels_of(batch, config.classes))
            distance = (codes - v).square().sum(1).mean()
        terms["quantisation"] = config.eta * distance
        return terms | beyond_terms(HeadOutput(*output[-4:]), output.u, batch, config.beyond)

    def discrete(self, v: Tensor, labels: Tensor) -> Tensor:
        """DSDH's B of a batch, ±1 (B, k); in training W and the bank follow. −1 labels are none."""
        config = self.config
        rows = functional.one_hot(labels.clamp(min=0), config.n_classes).float()
        rows = rows * (labels >= 0)[:, None]
        if self.training:
            return self.bank.settle(v, rows, config)
        with torch.no_grad():
            start = signs_of(v)
            return code_step(start, v, rows, self.bank.weights, config.eta / config.mu)

    @torch.no_grad()
    def augmented(self, batch: Batch) -> Batch:
        """Some captures with patches of what the generator makes of their macro view.

        A generator may invent yarns, so they keep pattern and weave and lose tightness and yarn
        frequency, unless ``scale_kept``; S of their pairs is then of the other three dimensions.
        """
        n = round(self.config.augment * len(batch.macro))
        if not n or not self.training:
            return batch
        chosen = torch.randperm(len(batch.macro))[:n]
        size = batch.macro.shape[-1]
        macro = batch.macro.clone()
        macro[chosen] = cut_from(grow(self.generator, batch.macro[chosen]), size)
        batch = batch._replace(macro=macro)
        if self.config.scale_kept:
            return batch
        tightness, frequency = batch.tightness.clone(), batch.log_frequency.clone()
        tightness[chosen], frequency[chosen] = torch.nan, torch.nan
        batch = batch._replace(tightness=tightness, log_frequency=frequency)
        if batch.similarities is None:
            return batch
        grown = torch.zeros(len(macro), dtype=torch.bool)
        grown[chosen] = True
        others = batch.similarities[[d for d in range(len(DIMENSIONS)) if d != TIGHTNESS]].mean(0)
        either = grown[:, None] | grown
        return batch._replace(similarity=torch.where(either, others, batch.similarity))
