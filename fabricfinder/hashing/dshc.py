"""DSHC: deep supervised hashing by classification (Luo et al. 2021).

    base network → features → C·m sub-class nodes, softmax → the likeliest sub-class's code

Printed (2) spreads 1/H over *all* sub-classes of a class, so that its optimum is the same
probability for each of them and the sub-class is noise (``literal``). ``marginal`` asks only for
the class, and makes what happens inside it a clustering: sharp for a picture, balanced over a batch.
Averaging the K likeliest codes gives back the class centre as soon as three sub-classes of it
differ, so K = 1 is the default. The multi-label form, (3) with y ∈ {0, 1} and its bracket closed,
is the natural one for cloth: its code *is* the label: kind, weave, colours, tightness.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig, Batch, HashingMethod, ViewBatch
from fabricfinder.hashing.beyond import Beyond, beliefs_of, beyond_terms, labels_of
from fabricfinder.hashing.dshc_codes import SubClasses, cpbc, kbc
from fabricfinder.hashing.heads import HeadOutput, LabelHeads, label_loss
from fabricfinder.hashing.trunks import TrunkName, new_trunk

TIGHTNESS_EDGES = (45.0, 60.0, 75.0, 90.0)
NEVER = -1e4


@dataclass(frozen=True, slots=True)
class DSHCConfig:
    """Everything that shapes a DSHC and its losses.

    Attributes:
        trunk: base network; the paper's are ``resnet50`` and ``resnet101``.
        backbone: shape of ``lite``.
        small: whether a ResNet's stem is CIFAR-10's.
        mode: ``single``, sub-classes of one class; ``multi``, the code is the multi-hot label.
        n_bits: length of the code; an encoder's fills bytes. What construction or labels leave of
            it is −1 in every code.
        construction: ``cpbc`` or ``kbc``.
        classes: which labels are the paper's classes.
        bits_a_class: H of CPBC.
        sub_classes: most a class keeps in KBC; None keeps all.
        form: loss (2) as printed, or mended.
        lambda_uniform, lambda_sharp: of the mended loss: KL(mean over the batch of p(sub-class |
            class) ‖ uniform), and mean entropy of p(sub-class | class).
        top_k: how many of the likeliest codes are averaged; 1 takes the likeliest class's
            likeliest.
        n_coarse, n_fine: sizes of the vocabularies the label heads speak.
        beyond: terms beyond the paper.
    """

    trunk: TrunkName = "lite"
    backbone: BackboneConfig = BackboneConfig()
    small: bool = False
    mode: Literal["single", "multi"] = "single"
    n_bits: int = 64
    construction: Literal["cpbc", "kbc"] = "kbc"
    classes: Literal["coarse", "fine", "major"] = "coarse"
    bits_a_class: int = 3
    sub_classes: int | None = 16
    form: Literal["marginal", "literal"] = "marginal"
    lambda_uniform: float = 1.0
    lambda_sharp: float = 0.1
    top_k: int = 1
    n_coarse: int = field(default_factory=lambda: len(default_taxonomy().coarse))
    n_fine: int = field(default_factory=lambda: len(default_taxonomy().fine))
    beyond: Beyond = Beyond()

    def __post_init__(self) -> None:
        if self.n_bits < 8 or self.n_bits % 2:
            raise ValueError(f"{self.n_bits} bits are not a length of DSHC's")
        if self.mode == "multi" and self.n_bits < label_bits(self.n_coarse, self.n_fine):
            raise ValueError(f"{self.n_bits} bits do not hold every label")
        if self.mode == "single" and self.construction == "cpbc":
            needed = self.n_classes * self.bits_a_class
            if needed > self.n_bits:
                raise ValueError(
                    f"{self.n_classes} classes of {self.bits_a_class} bits make {needed} bits, "
                    f"more than {self.n_bits}"
                )
        if self.form not in ("marginal", "literal") or self.construction not in ("cpbc", "kbc"):
            raise ValueError(f"unknown form {self.form!r} or construction {self.construction!r}")
        if self.top_k < 1:
            raise ValueError("at least the likeliest code is taken")

    @property
    def n_classes(self) -> int:
        """How many classes the paper's single-label form tells apart."""
        sizes = {"coarse": self.n_coarse, "fine": self.n_fine, "major": n_majors()}
        return sizes[self.classes]


class DSHCOutput(NamedTuple):
    """What a DSHC makes of B swatches.

    Attributes:
        r: features (B, F).
        u: the expected code, (B, n_bits) in [−1, 1].
        logits: of the sub-classes (B, 1, C·m); in ``multi`` of each bit's values (B, n_bits, 2).
        coarse_logits, fine_logits, tightness, log_frequency: as ``HeadOutput``.
    """

    r: Tensor
    u: Tensor
    logits: Tensor
    coarse_logits: Tensor
    fine_logits: Tensor
    tightness: Tensor
    log_frequency: Tensor


def n_majors() -> int:
    """How many majors the taxonomy has."""
    return len(default_taxonomy().majors)


def label_bits(n_coarse: int, n_fine: int) -> int:
    """Length of the multi-hot label: major, minor, fine, colours, tightness bin."""
    return n_majors() + n_coarse + n_fine + len(COLOR_NAMES) + len(TIGHTNESS_EDGES) + 1


def multi_hot(batch: Batch, n_coarse: int, n_fine: int) -> tuple[Tensor, Tensor]:
    """The labels of a batch as bits, and which of them are known.

    Returns:
        float (B, label_bits) in {0, 1}, and bool of the same shape: a group whose label is unknown
        is unknown in every bit.
    """
    device = batch.coarse.device
    major_of = torch.as_tensor(default_taxonomy().major_of, device=device)
    major = torch.where(batch.coarse >= 0, major_of[batch.coarse.clamp(0, len(major_of) - 1)], -1)
    edges = torch.tensor(TIGHTNESS_EDGES, device=device)
    known_tightness = torch.isfinite(batch.tightness)
    bins = torch.bucketize(torch.nan_to_num(batch.tightness), edges, right=True)
    groups = (
        (major, n_majors()), (batch.coarse, n_coarse), (batch.fine, n_fine),
        (torch.where(known_tightness, bins, -1), len(TIGHTNESS_EDGES) + 1),
    )  # fmt: skip
    hot, known = [], []
    for labels, size in groups:
        hot.append(functional.one_hot(labels.clamp(min=0), size).float() * (labels >= 0)[:, None])
        known.append((labels >= 0)[:, None].expand(-1, size))
    colors = batch.colors
    if colors is None:
        colors = torch.full((len(major), len(COLOR_NAMES)), torch.nan, device=device)
    hot.insert(3, torch.nan_to_num(colors))
    known.insert(3, torch.isfinite(colors))
    return torch.cat(hot, 1), torch.cat(known, 1)


def literal_loss(logits: Tensor, owner: Tensor, labels: Tensor, bits_a_class: float) -> Tensor:
    """(2) as printed: −Σ_c y_c ln p_c, y = 1/H on every sub-class of the class; mean over known.

    Σy = (CH + 1)/H, so that it only scales the gradient (Σy)p − y, whose zero is p equal over all.

    Args:
        logits: (B, n); owner: int64 (n,); labels: int64 (B,), −1 unknown.
    """
    own = owner[None] == labels[:, None]
    losses = -torch.where(own, torch.log_softmax(logits, 1), 0.0).sum(1) / bits_a_class
    return losses.sum() / (labels >= 0).sum().clamp(min=1)


def marginal_losses(
    logits: Tensor, labels: Tensor, n_each: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The mended loss's three parts, each a mean over captures of known class.

    Args:
        logits: (B, C·m), class by class; labels: int64 (B,), −1 unknown; n_each: m.

    Returns:
        −ln Σ_{c ∈ class} p_c; KL(q̄ ‖ uniform) of the batch's mean q of p(sub-class | class); mean
        entropy of q. All ≥ 0.
    """
    known = labels >= 0
    by_class = logits.unflatten(1, (-1, n_each))
    cross = label_loss(torch.logsumexp(by_class, 2), labels)
    rows = torch.arange(len(labels), device=labels.device)
    log_q = torch.log_softmax(by_class[rows, labels.clamp(min=0)], 1)
    q = log_q.exp() * known[:, None]
    n_known = known.sum().clamp(min=1)
    entropy = -(q * log_q).sum() / n_known
    mean = q.sum(0) / n_known
    spread = (mean * (mean.clamp(min=1e-12) * n_each).log()).sum()
    return cross, spread, entropy


def decode(logits: Tensor, classes: SubClasses, top_k: int) -> Tensor:
    """Codes from sub-class logits (B, C·m): uint8 (B, L) in {0, 1}.

    K = 1: the likeliest class by the sum over its sub-classes, then its likeliest sub-class. K > 1:
    the sign of Σ p_c · code_c over the K likeliest sub-classes, 0 → 1.
    """
    codes = classes.codes.to(logits.dtype)
    if top_k == 1:
        best = torch.logsumexp(logits.unflatten(1, (-1, classes.n_each)), 2).argmax(1)
        inside = torch.where(classes.owner[None] == best[:, None], logits, logits - 1e6)
        return (codes[inside.argmax(1)] > 0).to(torch.uint8)
    chances, places = torch.softmax(logits, 1).topk(min(top_k, logits.shape[1]), 1)
    return ((chances[:, :, None] * codes[places]).sum(1) >= 0).to(torch.uint8)


class DSHC(HashingMethod):
    """Base network, sub-class nodes (or one node a label), label heads."""

    name: ClassVar[str] = "dshc"
    frozen_inputs: ClassVar[tuple[str, ...]] = ("r",)

    def __init__(self, config: DSHCConfig) -> None:
        super().__init__()
        self.config = config
        self.n_bits = config.n_bits
        self.unseen = () if config.trunk == "lite" else ("micro", "scale")
        self.backbone = new_trunk(config.trunk, config.backbone, small=config.small)
        features = self.backbone.n_features
        self.heads = LabelHeads(features, config.n_coarse, config.n_fine)
        if config.mode == "multi":
            self.nodes = nn.Linear(features, label_bits(config.n_coarse, config.n_fine))
            return
        if config.construction == "cpbc":
            made = cpbc(config.n_classes, config.bits_a_class)
        else:
            made = kbc(config.n_classes, config.n_bits, config.sub_classes)
        self.n_each, self.n_used = made.n_each, made.codes.shape[1]
        self.nodes = nn.Linear(features, len(made.codes))
        # Kept with the weights: another release of torch may draw another sample to cluster.
        padded = functional.pad(made.codes, (0, config.n_bits - self.n_used), value=-1)
        self.register_buffer("codes", padded)
        self.register_buffer("owner", made.owner, persistent=False)
        major_of = torch.as_tensor(default_taxonomy().major_of)
        self.register_buffer("major_of", major_of, persistent=False)

    @classmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict(config)`` as it comes back from JSON."""
        parts = {"backbone": BackboneConfig.from_raw(raw["backbone"])}
        return cls(DSHCConfig(**raw | parts | {"beyond": Beyond(**raw["beyond"])}))

    def forward(self, views: ViewBatch) -> DSHCOutput:
        """Look at B swatches."""
        if self.config.trunk == "lite":
            r = self.backbone(views)
        else:
            r = self.backbone.looked(views).features
        with torch.autocast(r.device.type, enabled=False):
            return self.hashed(r)

    def hashed(self, r: Tensor) -> DSHCOutput:
        """Everything after the base network: r (B, F) -> output, in float32."""
        values = self.nodes(r)
        beliefs = beliefs_of(self.heads, r, self.config.beyond)
        if self.config.mode == "multi":
            values = functional.pad(values, (0, self.n_bits - values.shape[1]), value=NEVER)
            logits = torch.stack([-values / 2, values / 2], 2)
            return DSHCOutput(r, torch.tanh(values / 2), logits, *beliefs)
        u = torch.softmax(values, 1) @ self.codes.to(values.dtype)
        return DSHCOutput(r, u, values[:, None], *beliefs)

    def bits(self, output: DSHCOutput) -> Tensor:
        """The code of the likeliest sub-class, or the labels believed: uint8 (B, n_bits)."""
        if self.config.mode == "multi":
            return (output.logits[:, :, 1] > 0).to(torch.uint8)
        classes = SubClasses(self.codes, self.owner, self.n_each)
        return decode(output.logits[:, 0], classes, self.config.top_k)

    def labels(self, batch: Batch) -> Tensor:
        """The class of each capture, int64 (B,), −1 unknown."""
        if self.config.classes != "major":
            return labels_of(batch, self.config.classes)
        return torch.where(batch.coarse >= 0, self.major_of[batch.coarse.clamp(min=0)], -1)

    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Run forward and return the weighted terms, the paper's and those beyond it."""
        output = self(batch.views)
        with torch.autocast(output.u.device.type, enabled=False):
            return self.terms(output, batch)

    def terms(self, output: DSHCOutput, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms of an output already computed; scalars by name.

        ``class`` is (2) or its mended form, with ``spread`` and ``sharp``; in ``multi`` it is (3).
        """
        config = self.config
        if config.mode == "multi":
            hot, known = multi_hot(batch, config.n_coarse, config.n_fine)
            values = 2 * output.logits[:, : hot.shape[1], 1]
            losses = functional.binary_cross_entropy_with_logits(values, hot, reduction="none")
            terms = {"class": (losses * known).sum() / known.sum().clamp(min=1)}
        elif config.form == "literal":
            h = self.n_used / config.n_classes
            terms = {"class": literal_loss(output.logits[:, 0], self.owner, self.labels(batch), h)}
        else:
            cross, spread, entropy = marginal_losses(
                output.logits[:, 0], self.labels(batch), self.n_each
            )
            terms = {"class": cross, "spread": config.lambda_uniform * spread,
                     "sharp": config.lambda_sharp * entropy}  # fmt: skip
        beliefs = HeadOutput(*output[-4:])
        return terms | beyond_terms(beliefs, output.u, batch, config.beyond)
