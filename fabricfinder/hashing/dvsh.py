"""DVSH: deep variational and structural hashing (Xiang, Pan & Gao 2022), as printed and mended.

    views → base CNN r → (μ, σ) → z → M softmax blocks of A = 2^b → K = M·b bits

The paper's losses carry slips that keep its formulas from training. Three forms say how they are
read: ``literal`` computes the formulas as printed; ``signs`` turns only the signs of (12) and (16);
``corrected`` also ties the blocks to the code by a codebook, so that (7), (14), (15) and (16)
speak of one K-vector. The ablations: DVSH1a has no variational module, DVSH1b no structural
module, DVSH2a neither.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig, Batch, FabricCNN, HashingMethod, ViewBatch
from fabricfinder.hashing.heads import (
    HeadOutput,
    LabelHeads,
    frequency_loss,
    label_loss,
    tightness_loss,
)
from fabricfinder.hashing.listwise import (
    Form,
    code_scores,
    listwise_loss,
    printed_scores,
    recapture_loss,
)

LOG_VARIANCE_RANGE = (-8.0, 4.0)
BI_HALF_GAMMA = 6.0


@dataclass(frozen=True, slots=True)
class DVSHConfig:
    """Everything that shapes a DVSH and its losses; the defaults are the corrected paper's.

    Attributes:
        backbone: the base network.
        n_bits: K ∈ {32, 64, 128, 256}.
        form: how the losses are read.
        ablation: which modules are there.
        latent: J, the length of z.
        block_bits: b; each of the M = K/b blocks has A = 2^b nodes.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        lambda_kld, lambda_quantisation, lambda_list: λ1, λ2, λ3 of (18).
        lambda_balance: weight of per-bit balance inside L_q (corrected form).
        list_kind, list_anchor, list_temperature, list_per_item: see ``listwise_loss``
            (corrected form; the printed forms use (16) as it stands).
        weight_coarse, weight_fine, weight_tightness, weight_frequency, weight_recapture: terms
            beyond the paper; always off in the ``literal`` and ``signs`` forms.
        label_smoothing: of the coarse and fine heads' cross entropy.
        recapture_temperature: T of the InfoNCE between captures.
        bi_half: rank lists by the bi-half codes (Li & van Gemert 2021) of the layer under u; as
            in their work the layer is unbounded, since through tanh or softmax it saturates.
    """

    backbone: BackboneConfig = BackboneConfig()
    n_bits: int = 128
    form: Form = "corrected"
    ablation: Literal["DVSH", "DVSH1a", "DVSH1b", "DVSH2a"] = "DVSH"
    latent: int = 256
    block_bits: int = 4
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    lambda_kld: float = 1e-3
    lambda_quantisation: float = 1e-3
    lambda_list: float = 1.0
    lambda_balance: float = 1.0
    list_kind: Literal["listmle", "listnet"] = "listmle"
    list_anchor: Literal["all", "first"] = "all"
    list_temperature: float = 0.1
    list_per_item: bool = False
    weight_coarse: float = 0.0
    weight_fine: float = 0.0
    weight_tightness: float = 0.0
    weight_frequency: float = 0.0
    weight_recapture: float = 0.0
    label_smoothing: float = 0.0
    recapture_temperature: float = 0.1
    bi_half: bool = False

    def __post_init__(self) -> None:
        if self.n_bits not in (32, 64, 128, 256) or self.n_bits % self.block_bits:
            raise ValueError(f"{self.n_bits} bits of {self.block_bits} do not make a DVSH code")
        if self.form not in ("corrected", "signs", "literal"):
            raise ValueError(f"unknown form {self.form!r}")
        if self.ablation not in ("DVSH", "DVSH1a", "DVSH1b", "DVSH2a"):
            raise ValueError(f"unknown ablation {self.ablation!r}")

    @property
    def is_variational(self) -> bool:
        """Whether r passes the variational module."""
        return self.ablation in ("DVSH", "DVSH1b")

    @property
    def is_structural(self) -> bool:
        """Whether the code is read from softmax blocks."""
        return self.ablation in ("DVSH", "DVSH1a")


class DVSHOutput(NamedTuple):
    """What a DVSH makes of B swatches.

    Attributes:
        r: features (B, features).
        mu, logvar: the posterior (B, J); without the variational module r itself and zeros.
        z: the sample (B, J); μ in evaluation.
        logits: block logits (B, M, A).
        u: relaxed code (B, K) in [−1, 1].
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    mu: Tensor
    logvar: Tensor
    z: Tensor
    logits: Tensor
    u: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor

    @property
    def heads(self) -> HeadOutput:
        """The label heads' part."""
        return HeadOutput(
            self.coarse_logits, self.fine_logits, self.tightness, self.log_frequency
        )


def codebook(block_bits: int) -> Tensor:
    """C ∈ {±1}^(A×b): row a holds the bits of a, most significant first, 1 → +1.

    Its columns have mean zero and CᵀC/A = I.
    """
    numbers = torch.arange(2**block_bits)
    places = torch.arange(block_bits - 1, -1, -1)
    return ((numbers[:, None] >> places) & 1).float() * 2 - 1


def relaxed_code(logits: Tensor, book: Tensor) -> Tensor:
    """u = [p_1 C, …, p_M C]: block logits (B, M, A), codebook (A, b) -> (B, M·b) in [−1, 1].

    With A = 2 this is the classical hash layer u = tanh((l_1 − l_0)/2).
    """
    return (torch.softmax(logits, -1) @ book).flatten(1)


def bit_log_odds(logits: Tensor, book: Tensor) -> Tensor:
    """½ ln(P(bit = 1)/P(bit = 0)) of every bit: (B, M, A), (A, b) -> (B, M·b); u is its tanh.

    The unbounded layer under u, for what must not saturate.
    """
    rows = logits[:, :, None]  # (B, M, 1, A) against each bit's column (b, A)
    ones = rows.masked_fill(book.T < 0, -torch.inf).logsumexp(-1)
    zeros = rows.masked_fill(book.T > 0, -torch.inf).logsumexp(-1)
    return ((ones - zeros) / 2).flatten(1)


def block_bits_of(logits: Tensor, book: Tensor) -> Tensor:
    """The codebook row of each block's largest logit: (B, M, A) -> uint8 (B, M·b) in {0, 1}."""
    return (book[logits.argmax(-1)] > 0).to(torch.uint8).flatten(1)


def kl_divergence(mu: Tensor, logvar: Tensor, form: Form = "corrected") -> Tensor:
    """KL(N(μ, diag σ²) ‖ N(0, I)), sum over J, mean over the batch: (B, J), (B, J) -> scalar ≥ 0.

    DVSH (12). The printed L_KLD is −KL, which (18) then adds: minimising it drives the posterior
    away from the prior without bound. ``literal`` returns it so.
    """
    divergence = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(1).mean()
    return -divergence if form == "literal" else divergence


def quantisation_loss(u: Tensor, form: Form = "corrected", balance: float = 1.0) -> Tensor:
    """L_q of DVSH (15): (B, K) -> scalar ≥ 0.

    Corrected: mean_i Σ_k (|u_ik| − 1)² + balance · Σ_k |mean_i u_ik|: half the batch +1 in each
    bit, which is what bi-half (ref 26) means. The printed forms balance the K bits of one sample:
    mean_i [Σ_k (|u_ik| − 1)² + |Σ_k u_ik|].
    """
    distance = (u.abs() - 1).square().sum(1).mean()
    if form == "corrected":
        return distance + balance * u.mean(0).abs().sum()
    return distance + u.sum(1).abs().mean()


class BiHalf(torch.autograd.Function):
    """The bi-half layer (Li & van Gemert 2021): the upper half of each bit over the batch is +1.

    Backward passes the gradient on and adds γ(U − B)/numel. With an odd batch the middle one is −1.
    """

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, u: Tensor) -> Tensor:
        """(B, K) -> (B, K) in {−1, +1}, ⌊B/2⌋ of each column +1."""
        ranks = u.argsort(0, descending=True).argsort(0)
        code = (ranks < len(u) // 2).to(u.dtype) * 2 - 1
        ctx.save_for_backward(u, code)
        return code

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
        """The straight-through gradient, pulled towards the code."""
        u, code = ctx.saved_tensors  # type: ignore[attr-defined]
        return gradient + BI_HALF_GAMMA * (u - code) / u.numel()


class DVSH(HashingMethod):
    """Base network, variational module, structural module and label heads."""

    name: ClassVar[str] = "dvsh"
    frozen_inputs: ClassVar[tuple[str, ...]] = ("r",)

    def __init__(self, config: DVSHConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = config.n_bits
        features = config.backbone.features
        self.backbone = FabricCNN(config.backbone)
        if config.is_variational:
            self.mu = nn.Linear(features, config.latent)
            self.logvar = nn.Linear(features, config.latent)
        n_latent = config.latent if config.is_variational else features
        n_blocks = config.n_bits // config.block_bits
        n_nodes = n_blocks * 2**config.block_bits if config.is_structural else config.n_bits
        self.structure = nn.Linear(n_latent, n_nodes)
        self.heads = LabelHeads(features, config.n_coarse, config.n_fine)
        book = codebook(config.block_bits if config.is_structural else 1)
        self.block_nodes = len(book)
        self.register_buffer("book", book, persistent=False)

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        return cls(DVSHConfig(**raw | {"backbone": BackboneConfig.from_raw(raw["backbone"])}))

    def forward(self, views: ViewBatch) -> DVSHOutput:
        """Look at B swatches; z is sampled in training and is μ in evaluation."""
        r = self.backbone(views)
        with torch.autocast(r.device.type, enabled=False):
            return self.hashed(r)

    def hashed(self, r: Tensor) -> DVSHOutput:
        """Everything after the base network: r (B, features) -> output, in float32."""
        mu, logvar = r, torch.zeros_like(r)
        z = r
        if self.config.is_variational:
            mu = self.mu(r)
            logvar = self.logvar(r).clamp(*LOG_VARIANCE_RANGE)
            z = mu
            if self.training:
                z = mu + (0.5 * logvar).exp() * torch.randn_like(mu)  # (9), one sample
        nodes = self.structure(torch.relu(z))
        if self.config.is_structural:
            logits = nodes.unflatten(1, (-1, self.block_nodes))
        else:  # the classical hash layer tanh(v), written as blocks of two nodes
            logits = torch.stack([-nodes, nodes], 2)
        return DVSHOutput(
            r, mu, logvar, z, logits, relaxed_code(logits, self.book), *self.heads(r)
        )

    def bits(self, output: DVSHOutput) -> Tensor:
        """The code: the codebook row of each block's argmax, uint8 (B, n_bits)."""
        return block_bits_of(output.logits, self.book)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms (18), and those beyond the paper."""
        output = self(batch.views)
        with torch.autocast(output.u.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: DVSHOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``kld`` (variational only), ``quantisation`` and ``list`` are the paper's; ``coarse``,
        ``fine``, ``tightness``, ``frequency`` and ``recapture`` appear where their weight is not 0.
        """
        config = self.config
        terms: dict[str, Tensor] = {}
        if config.is_variational:
            terms["kld"] = config.lambda_kld * kl_divergence(output.mu, output.logvar, config.form)
        if config.form != "corrected":
            printed = self.printed_code(output)
            terms["quantisation"] = config.lambda_quantisation * quantisation_loss(
                printed, config.form
            )
            terms["list"] = config.lambda_list * listwise_loss(
                printed_scores(printed, config.form),
                batch.similarity,
                anchor="first",
                exclude_self=False,
            )
            return terms
        terms["quantisation"] = config.lambda_quantisation * quantisation_loss(
            output.u, balance=config.lambda_balance
        )
        code = output.u
        if config.bi_half:
            code = BiHalf.apply(bit_log_odds(output.logits, self.book))
        terms["list"] = config.lambda_list * listwise_loss(
            code_scores(code, config.list_temperature),
            batch.similarity,
            config.list_kind,
            config.list_anchor,
            per_item=config.list_per_item,
        )
        return terms | self.terms_beyond_paper(output, batch)

    def printed_code(self, output: DVSHOutput) -> Tensor:
        """U of (14), the concatenated softmaxes (B, M·A); u where there are no blocks."""
        if not self.config.is_structural:
            return output.u
        return torch.softmax(output.logits, -1).flatten(1)

    def terms_beyond_paper(self, output: DVSHOutput, batch: Batch) -> dict[str, Tensor]:
        """The label heads' and recapture terms with a weight, weighted."""
        config = self.config
        smoothing = config.label_smoothing
        terms: dict[str, Tensor] = {}
        if config.weight_coarse:
            loss = label_loss(output.coarse_logits, batch.coarse, smoothing)
            terms["coarse"] = config.weight_coarse * loss
        if config.weight_fine:
            loss = label_loss(output.fine_logits, batch.fine, smoothing)
            terms["fine"] = config.weight_fine * loss
        if config.weight_tightness:
            loss = tightness_loss(output.tightness, batch.tightness)
            terms["tightness"] = config.weight_tightness * loss
        if config.weight_frequency:
            loss = frequency_loss(output.log_frequency, batch.log_frequency)
            terms["frequency"] = config.weight_frequency * loss
        if config.weight_recapture:
            loss = recapture_loss(output.u, batch.fabric, config.recapture_temperature)
            terms["recapture"] = config.weight_recapture * loss
        return terms
