"""Codes that explain themselves: a sub-code for each dimension of similarity, learned on it alone.

Not from the papers. DVSH's code holds pattern, weave, colour and sett in one knot, so its Hamming
distance is one number. Here 128 bits are 32 for coarse texture, 32 for fine texture, 48 for colour
and 16 for tightness; each sub-code has DVSH's structural blocks and its own list-wise loss on its
own similarity, and cloths of a family that are alike in a dimension are asked for equal bits in
it. The distance then falls apart into the four bars, and a slider re-weights it while searching.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig, Batch, FabricCNN, HashingMethod, ViewBatch
from fabricfinder.hashing.color_features import ColorFeatures
from fabricfinder.hashing.dvsh import (
    block_bits_of,
    codebook,
    kl_divergence,
    quantisation_loss,
    relaxed_code,
)
from fabricfinder.hashing.heads import (
    HeadOutput,
    LabelHeads,
    frequency_loss,
    label_loss,
    tightness_loss,
)
from fabricfinder.hashing.listwise import code_scores, listwise_loss, recapture_loss

LOG_VARIANCE_RANGE = (-8.0, 4.0)
COLOR_HIDDEN = 192
VIEW_HIDDEN = 384
# Of the blocks' weights on beliefs: a sure belief starts out with a decided code of its own.
BELIEF_SPREAD = 4.0


@dataclass(frozen=True, slots=True)
class FacetsConfig:
    """Everything that shapes a Facets and its losses.

    Attributes:
        backbone: the base network.
        bits: length of each sub-code in the order of ``DIMENSIONS``, whole bytes.
        block_bits: b; blocks of A = 2^b nodes, as in DVSH.
        texture: where the coarse and fine sub-codes come from: ``views``, coarse from the macro
            view alone and fine from the micro view alone (no yarn moves a pattern's bits);
            ``features``, both from r; ``beliefs``, from those of the label heads.
        tightness: the 16 bits are a thermometer over believed tightness, or blocks on r.
        tightness_range: first and last threshold of the thermometer, percent.
        color: the colour sub-code comes from a histogram of the macro view, from r, or both.
        recolour: share of training views whose channels the base network sees in another order, so
            that pattern and weave are learned apart from dye. The colour sub-code always sees the
            true ones; not with one that reads r.
        variational: r passes DVSH's variational module before the blocks.
        latent: J, the length of z.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        lambda_kld, lambda_quantisation, lambda_balance, list_kind, list_temperature: as DVSH's.
            ListNet by default: nine in ten pairs are ties in coarse or fine, and ListMLE punishes
            whatever spread a binary code has among them.
        list_weights: weight of each sub-code's list loss, a mean per place of the list.
        weight_invariance: of ``invariance_loss``.
        alike: S_d from which two of a family count as equal in d.
        weight_coarse, weight_fine, weight_tightness, weight_frequency, weight_recapture,
            label_smoothing, recapture_temperature: as DVSH's.
    """

    backbone: BackboneConfig = BackboneConfig()
    bits: tuple[int, int, int, int] = (32, 32, 48, 16)
    block_bits: int = 4
    texture: Literal["views", "features", "beliefs"] = "views"
    tightness: Literal["thermometer", "blocks"] = "thermometer"
    tightness_range: tuple[float, float] = (40.0, 97.0)
    color: Literal["histogram", "features", "both"] = "histogram"
    recolour: float = 0.6
    variational: bool = False
    latent: int = 256
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    lambda_kld: float = 3e-5
    lambda_quantisation: float = 1e-3
    lambda_balance: float = 1.0
    list_kind: Literal["listmle", "listnet"] = "listnet"
    list_temperature: float = 0.1
    list_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 0.5)
    weight_invariance: float = 4.0
    alike: float = 0.98
    weight_coarse: float = 1.0
    weight_fine: float = 1.0
    weight_tightness: float = 0.5
    weight_frequency: float = 0.3
    weight_recapture: float = 1.0
    label_smoothing: float = 0.05
    recapture_temperature: float = 0.1

    def __post_init__(self) -> None:
        if len(self.bits) != 4 or any(n <= 0 or n % 8 for n in self.bits):
            raise ValueError(f"sub-codes are four, of whole bytes, not {self.bits}")
        if any(n % self.block_bits for n in self.bits):
            raise ValueError(f"blocks of {self.block_bits} bits do not fill {self.bits}")
        if self.texture not in ("views", "features", "beliefs") or self.tightness not in (
            "thermometer", "blocks",
        ) or self.color not in ("histogram", "features", "both"):  # fmt: skip
            raise ValueError("a sub-code comes from something that is not known")
        if self.backbone.views != "both":
            raise ValueError("sub-codes look at both views")
        if not 0 <= self.recolour <= 1:
            raise ValueError(f"a share of views is recoloured, not {self.recolour}")

    @property
    def layout(self) -> tuple[tuple[str, int, int], ...]:
        """(dimension, first bit, one past the last) of each sub-code."""
        ends = [sum(self.bits[: k + 1]) for k in range(4)]
        return tuple(
            (name, end - n, end)
            for name, n, end in zip(DIMENSIONS, self.bits, ends, strict=True)
        )


class FacetsOutput(NamedTuple):
    """What a Facets makes of B swatches.

    Attributes:
        r: features (B, features).
        mu, logvar: the posterior (B, J); r itself and zeros without the variational module.
        logits: block logits (B, M, A), in the order of the bits; a thermometer has none.
        u: relaxed code (B, K) in [−1, 1].
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    mu: Tensor
    logvar: Tensor
    logits: Tensor
    u: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


def thermometer(belief: Tensor, thresholds: Tensor) -> Tensor:
    """Expected ±1 bits of "w above threshold t": 2Φ((m − t)/σ) − 1.

    Neighbouring tightness differs in few bits, so Hamming distance counts the steps between.

    Args:
        belief: (B, 2): mean and log-variance of w in percent/100.
        thresholds: (n,) in percent, rising.

    Returns:
        (B, n) in [−1, 1], falling along a row.
    """
    mean, log_variance = belief.unbind(1)
    # The doubt is what the head says, and is not to be shrunk for the code's sake.
    deviation = (0.5 * log_variance).exp().detach()
    return torch.erf((mean[:, None] - thresholds / 100) / (deviation[:, None] * 2**0.5))


def recoloured(views: ViewBatch, share: float) -> ViewBatch:
    """Views in which a share of the swatches have their three channels in another order.

    Both views of a swatch keep one order. Light stays light and no pattern is lost, as hue is
    only turned and mirrored.
    """
    n = views.macro.shape[0]
    order = torch.rand(n, 3, device=views.macro.device).argsort(1)
    kept = torch.rand(n, 1, device=views.macro.device) >= share
    order = torch.where(kept, torch.arange(3, device=order.device), order)
    swatch = torch.arange(n, device=order.device)[:, None]
    micro = views.micro.transpose(1, 2)[swatch, order].transpose(1, 2)
    return views._replace(macro=views.macro[swatch, order], micro=micro)


def invariance_loss(
    u: Tensor, similarity: Tensor, family: Tensor, alike: float = 0.98
) -> Tensor:
    """How far apart siblings alike in a dimension are in its sub-code: scalar in [0, 1].

    Mean of ‖u_i − u_j‖²/4K over pairs i ≠ j of one family with S_d ≥ alike; 0 if none. Of decided
    bits it is the share that differs; codes that doubt alike are equal, and are not pushed away
    from what they doubt (a thermometer would flee its thresholds).

    Args:
        u: the dimension's relaxed sub-code (B, K).
        similarity: S_d (B, B).
        family: int64 (B,).
    """
    pairs = (family[:, None] == family[None]) & (similarity >= alike)
    pairs &= ~torch.eye(len(u), dtype=torch.bool, device=u.device)
    differing = (u[:, None] - u[None]).square().mean(-1) / 4
    return (differing * pairs).sum() / pairs.sum().clamp(min=1)


class Facets(HashingMethod):
    """Base network, label heads, and a sub-code for each dimension."""

    name: ClassVar[str] = "dvsh-facets"

    def __init__(self, config: FacetsConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = sum(config.bits)
        self.code_layout = config.layout
        features = config.backbone.features
        self.backbone = FabricCNN(config.backbone)
        self.heads = LabelHeads(features, config.n_coarse, config.n_fine)
        n_latent = features
        if config.variational:
            self.mu = nn.Linear(features, config.latent)
            self.logvar = nn.Linear(features, config.latent)
            n_latent = config.latent
        nodes = [n // config.block_bits * 2**config.block_bits for n in config.bits]
        self.coarse_blocks, self.fine_blocks = self._texture_blocks(n_latent, nodes[0], nodes[1])
        self.colors = ColorFeatures()
        n_color = (config.color != "features") * ColorFeatures.n_out
        n_color += (config.color != "histogram") * n_latent
        self.color_blocks = nn.Sequential(
            nn.Linear(n_color, COLOR_HIDDEN), nn.ReLU(), nn.Linear(COLOR_HIDDEN, nodes[2])
        )
        if config.tightness == "blocks":
            self.tightness_blocks = nn.Linear(n_latent, nodes[3])
        self.register_buffer("book", codebook(config.block_bits), persistent=False)
        self.block_nodes = len(self.book)
        thresholds = torch.linspace(*config.tightness_range, config.bits[3])
        self.register_buffer("thresholds", thresholds, persistent=False)

    def _texture_blocks(
        self, n_latent: int, coarse_nodes: int, fine_nodes: int
    ) -> tuple[nn.Module, nn.Module]:
        """What the coarse and the fine sub-code's blocks are read by."""
        config = self.config
        if config.texture == "views":
            n_seen = self.backbone.macro_tail.n_out + config.backbone.scale_inputs
            return tuple(
                nn.Sequential(nn.Linear(n_seen, VIEW_HIDDEN), nn.ReLU(), nn.Linear(VIEW_HIDDEN, n))
                for n in (coarse_nodes, fine_nodes)
            )
        if config.texture == "features":
            return nn.Linear(n_latent, coarse_nodes), nn.Linear(n_latent, fine_nodes)
        blocks = nn.Linear(config.n_coarse, coarse_nodes), nn.Linear(config.n_fine, fine_nodes)
        for layer in blocks:
            nn.init.normal_(layer.weight, std=BELIEF_SPREAD)
        return blocks

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        lists = {n: tuple(raw[n]) for n in ("bits", "tightness_range", "list_weights") if n in raw}
        return cls(
            FacetsConfig(**raw | lists | {"backbone": BackboneConfig.from_raw(raw["backbone"])})
        )

    def forward(self, views: ViewBatch) -> FacetsOutput:
        """Look at B swatches; with the variational module z is μ in evaluation."""
        seen = views
        if self.training and self.config.color == "histogram":
            seen = recoloured(views, self.config.recolour)
        values, scale = self.backbone.values(seen), self.backbone.told(seen)
        with torch.autocast(values.device.type, enabled=False):
            return self.hashed(values, scale, self.colors(views.macro))

    def hashed(self, values: Tensor, scale: Tensor, colors: Tensor) -> FacetsOutput:
        """Everything after the pools.

        Args:
            values: as ``FabricCNN.values`` gives them (B, n_pooled).
            scale: as ``FabricCNN.told`` (B, scale_inputs).
            colors: as ``ColorFeatures`` (B, 64).
        """
        config = self.config
        r = self.backbone.full(torch.cat([values, scale], 1))
        heads = self.heads(r)
        mu, logvar, z = r, torch.zeros_like(r), r
        if config.variational:
            mu, logvar = self.mu(r), self.logvar(r).clamp(*LOG_VARIANCE_RANGE)
            z = mu + (0.5 * logvar).exp() * torch.randn_like(mu) if self.training else mu
            z = torch.relu(z)
        coarse, fine = z, z
        if config.texture == "views":
            coarse, fine = (torch.cat([part, scale], 1) for part in values.chunk(2, 1))
        if config.texture == "beliefs":
            coarse = torch.softmax(heads.coarse_logits, 1)
            fine = torch.softmax(heads.fine_logits, 1)
        seen = {"histogram": [colors], "features": [z], "both": [colors, z]}[config.color]
        nodes = [
            self.coarse_blocks(coarse), self.fine_blocks(fine),
            self.color_blocks(torch.cat(seen, 1)),
        ]  # fmt: skip
        if config.tightness == "blocks":
            nodes.append(self.tightness_blocks(z))
        logits = torch.cat(nodes, 1).unflatten(1, (-1, self.block_nodes))
        u = relaxed_code(logits, self.book)
        if config.tightness == "thermometer":
            u = torch.cat([u, thermometer(heads.tightness, self.thresholds)], 1)
        return FacetsOutput(r, mu, logvar, logits, u, *heads)

    def bits(self, output: FacetsOutput) -> Tensor:
        """The codebook row of each block's argmax, and the thresholds passed: uint8 (B, n_bits)."""
        learned = block_bits_of(output.logits, self.book)
        passed = (output.u[:, learned.shape[1] :] > 0).to(torch.uint8)
        return torch.cat([learned, passed], 1)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms by name."""
        output = self(batch.views)
        with torch.autocast(output.u.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: FacetsOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``list_<dimension>`` and ``invariance`` are the sub-codes' own; ``kld`` is there with the
        variational module; the label heads' and ``recapture`` where their weight is not 0.

        Raises:
            ValueError: the batch does not tell the four similarities and the families.
        """
        config = self.config
        if batch.similarities is None or batch.family is None:
            raise ValueError("sub-codes learn from the four similarities and the families")
        n_learned = output.logits.shape[1] * config.block_bits
        quantised = quantisation_loss(output.u[:, :n_learned], balance=config.lambda_balance)
        terms = {"quantisation": config.lambda_quantisation * quantised}
        if config.variational:
            terms["kld"] = config.lambda_kld * kl_divergence(output.mu, output.logvar)
        moved = []
        for d, (name, start, stop) in enumerate(config.layout):
            u, similarity = output.u[:, start:stop], batch.similarities[d]
            terms[f"list_{name}"] = config.list_weights[d] * listwise_loss(
                code_scores(u, config.list_temperature), similarity, config.list_kind,
                per_item=True,
            )  # fmt: skip
            moved.append(invariance_loss(u, similarity, batch.family, config.alike))
        terms["invariance"] = config.weight_invariance * torch.stack(moved).mean()
        return terms | self.head_terms(output, batch)

    def head_terms(self, output: FacetsOutput, batch: Batch) -> dict[str, Tensor]:
        """The label heads' and recapture terms with a weight, weighted."""
        config = self.config
        smoothing = config.label_smoothing
        heads = HeadOutput(*output[-4:])
        losses = {
            "coarse": lambda: label_loss(heads.coarse_logits, batch.coarse, smoothing),
            "fine": lambda: label_loss(heads.fine_logits, batch.fine, smoothing),
            "tightness": lambda: tightness_loss(heads.tightness, batch.tightness),
            "frequency": lambda: frequency_loss(heads.log_frequency, batch.log_frequency),
            "recapture": lambda: recapture_loss(
                output.u, batch.fabric, config.recapture_temperature
            ),
        }
        weights = {name: getattr(config, f"weight_{name}") for name in losses}
        return {name: weights[name] * loss() for name, loss in losses.items() if weights[name]}
