"""How unlike the cloth it learned from a picture is.

Two signs, each of them weak: the distance of its features to the nearest of a few centres of ordinary
cloth, and an undecided code, whose relaxed bits stay near zero. On photographs of animals and cars
against rendered cloth the first has an area under the curve of 0.75, the second of 0.89.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

N_CENTRES = 256
QUANTILE = 0.99
DOUBT_QUANTILE = 0.97


class Familiarity(NamedTuple):
    """A reference bank of ordinary cloth.

    Attributes:
        centres: float (k, features), centres of the directions of r on training cloth.
        scale: scalar tensor, the distance that 99 % of validation cloth stays within.
        doubt: scalar tensor, the mean of 1 − |u| that 97 % of it stays within; 1 = never doubted.
    """

    centres: Tensor
    scale: Tensor
    doubt: Tensor = torch.tensor(1.0)


def unfamiliarity(
    features: Tensor, reference: Familiarity, relaxed: Tensor | None = None
) -> Tensor:
    """r (B, features), u (B, n_bits) -> (B,) ≥ 0, the larger of both signs; 1 and above is strange.

    Distances are between directions r/‖r‖: they tell strange pictures apart better than r itself,
    whose length follows contrast (deep nearest neighbours, Sun et al. 2022).
    """
    cosine = functional.normalize(features, dim=1) @ reference.centres.T
    square = 1 + reference.centres.square().sum(1) - 2 * cosine
    distance = square.amin(1).clamp(min=0).sqrt() / reference.scale
    if relaxed is None:
        return distance
    return torch.maximum(distance, (1 - relaxed.abs().mean(1)) / reference.doubt)


def k_means(points: Tensor, k: int, seed: int, rounds: int = 25) -> Tensor:
    """Lloyd's algorithm from k points chosen at random: (n, d) -> centres (min(k, n), d).

    An empty cluster keeps its centre.
    """
    generator = torch.Generator().manual_seed(seed)
    centres = points[torch.randperm(len(points), generator=generator)[:k]].clone()
    for _ in range(rounds):
        nearest = torch.cdist(points, centres).argmin(1)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        counts = torch.bincount(nearest, minlength=len(centres))[:, None]
        centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
    return centres


def fit_familiarity(
    training: Tensor,
    validation: Tensor,
    n_centres: int = N_CENTRES,
    seed: int = 0,
    relaxed: Tensor | None = None,
) -> Familiarity:
    """Fit the bank: r of training cloth (n, F) and of validation cloth (m, F), with its u (m, K).

    The centres are rounded to float16, as they are stored, before the scale is taken.

    Raises:
        ValueError: either set is empty, or all of validation lies on the centres.
    """
    if not len(training) or not len(validation):
        raise ValueError("familiarity needs features of training and of validation cloth")
    centres = k_means(functional.normalize(training.float(), dim=1), n_centres, seed)
    plain = Familiarity(centres.half().float(), torch.tensor(1.0))
    scale = torch.quantile(unfamiliarity(validation.float(), plain), QUANTILE)
    if scale <= 0:
        raise ValueError("validation cloth lies on the centres; it cannot set a scale")
    doubt = torch.tensor(1.0)
    if relaxed is not None:
        doubt = torch.quantile(1 - relaxed.float().abs().mean(1), DOUBT_QUANTILE).clamp(min=1e-3)
    return plain._replace(scale=scale, doubt=doubt)
