"""List-wise and contrastive losses on relaxed codes: which cloth should lie nearer than which."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Form = Literal["corrected", "signs", "literal"]
Anchor = Literal["all", "first"]


def shuffled_order(similarity: Tensor) -> Tensor:
    """Positions by descending similarity (L, n) -> int64 (L, n); equal ones in random order.

    Half of the similarities in a batch are ties (three coarse levels, two fine), and a stable
    sort would teach the order in which the batch happened to be drawn.
    """
    shuffle = torch.rand(similarity.shape, device=similarity.device).argsort(-1)
    order = similarity.gather(-1, shuffle).argsort(stable=True, dim=-1, descending=True)
    return shuffle.gather(-1, order)


def listmle(scores: Tensor, similarity: Tensor) -> Tensor:
    """Negative log-likelihood of the true permutation, one a list: (L, n), (L, n) -> (L,).

    DVSH (16)-(17) with φ = exp: with scores sorted by descending similarity,
    L = Σ_j [logsumexp_{k≥j} s_k − s_j]. The printed upper limit 5 is read as n.

    >>> listmle(torch.tensor([[2.0, 1.0, 0.0]]), torch.tensor([[1.0, 0.5, 0.0]]))
    tensor([0.7209])
    """
    ordered = scores.gather(-1, shuffled_order(similarity))
    tails = torch.logcumsumexp(ordered.flip(-1), -1).flip(-1)
    return (tails - ordered).sum(-1)


def listnet(scores: Tensor, similarity: Tensor, target_temperature: float = 0.1) -> Tensor:
    """Cross entropy of top-one probabilities, target softmax(S/T_s): (L, n), (L, n) -> (L,).

    Ties need no shuffling: equal similarities have equal targets (Cao et al. 2007).
    """
    target = torch.softmax(similarity / target_temperature, -1)
    return -(target * torch.log_softmax(scores, -1)).sum(-1)


def without_self(matrix: Tensor) -> Tensor:
    """A square (B, B) matrix without its diagonal, (B, B−1), rows in order."""
    n = len(matrix)
    away = ~torch.eye(n, dtype=torch.bool, device=matrix.device)
    return matrix[away].view(n, n - 1)


def code_scores(relaxed: Tensor, temperature: float = 0.1) -> Tensor:
    """Scores of each pair of relaxed codes u in [−1, 1]^K: ⟨u_i, u_j⟩/K/T, (B, B).

    ⟨u_i, u_j⟩/K is the expected agreement of the codes; an unscaled Hamming distance of up to
    256 would saturate the exponential.
    """
    return relaxed @ relaxed.T / relaxed.shape[1] / temperature


def printed_scores(blocks: Tensor, form: Form) -> Tensor:
    """The exponents of (16) from the features U of (14), (B, F) -> (B, B).

    "Distance" is not defined there; Euclidean is read. ``literal`` keeps φ(d) = exp(+d), which
    rewards the worst order; ``signs`` uses exp(−d).
    """
    gap = (blocks[:, None] - blocks[None]).square().sum(-1)
    distance = (gap + 1e-12).sqrt()
    return distance if form == "literal" else -distance


def listwise_loss(
    scores: Tensor,
    similarity: Tensor,
    kind: Literal["listmle", "listnet"] = "listmle",
    anchor: Anchor = "all",
    exclude_self: bool = True,
    per_item: bool = False,
) -> Tensor:
    """Mean list loss over the anchors of a batch: (B, B), (B, B) -> scalar.

    Args:
        scores: larger = nearer.
        similarity: S in [0, 1].
        kind: ``listmle`` (the paper) or ``listnet``.
        anchor: ``first`` is the paper's x_1 alone; ``all`` lets every image be the anchor.
        exclude_self: leave S_11 out; printed (16) keeps it.
        per_item: divide ListMLE's sum over positions by their number.

    Raises:
        ValueError: fewer than two images.
    """
    if len(scores) < 2:
        raise ValueError("a list needs at least two images")
    if exclude_self:
        scores, similarity = without_self(scores), without_self(similarity)
    if anchor == "first":
        scores, similarity = scores[:1], similarity[:1]
    if kind == "listnet":
        return listnet(scores, similarity).mean()
    losses = listmle(scores, similarity)
    return (losses / scores.shape[1] if per_item else losses).mean()


def recapture_loss(relaxed: Tensor, fabric: Tensor, temperature: float = 0.1) -> Tensor:
    """InfoNCE between captures of one fabric: (B, K), int64 (B,) -> scalar ≥ 0.

    For each capture that has another of its fabric in the batch, −log of the share its partners
    have of exp(cos(u_i, u_j)/T) against all captures of *other* fabrics, averaged over partners.
    Zero, with a gradient of zero, when no fabric appears twice.
    """
    unit = functional.normalize(relaxed, dim=1)
    scores = unit @ unit.T / temperature
    same = fabric[:, None] == fabric[None]
    partner = same & ~torch.eye(len(fabric), dtype=torch.bool, device=fabric.device)
    # A finite floor: logsumexp over nothing but −inf (one fabric only) has a NaN gradient.
    others = torch.logsumexp(scores.masked_fill(same, -1e4), 1, keepdim=True)
    losses = torch.logaddexp(scores, others) - scores
    return (losses * partner).sum() / partner.sum().clamp(min=1)
