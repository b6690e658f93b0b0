"""The codes of DSHC's sub-classes: CPBC, KBC, and why too short ones are refused."""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from fabricfinder.domain.errors import FabricFinderError

LEAST_BITS_A_CLASS = 3
ALL_CODES_UP_TO = 16
SAMPLED_CODES = 1 << 16
MARGIN = 3
ROUNDS = 12


class SubClassCodesError(FabricFinderError, ValueError):
    """The codes asked for cannot tell the classes apart; the sentence says why and what to do."""


class SubClasses(NamedTuple):
    """Codes of the sub-classes of C classes, m each, class by class, the centre first.

    Attributes:
        codes: int8 (C·m, L) in {−1, +1}.
        owner: int64 (C·m,), the class of each.
        n_each: m.
    """

    codes: Tensor
    owner: Tensor
    n_each: int

    def distances(self) -> Tensor:
        """Hamming distance of each two codes, int64 (C·m, C·m)."""
        codes = self.codes.float()
        return ((codes.shape[1] - codes @ codes.T) / 2).long()

    def nearest_classes(self) -> int:
        """The smallest distance between sub-classes of different classes."""
        apart = self.owner[:, None] != self.owner[None]
        return int(self.distances()[apart].min())

    def widest_class(self) -> int:
        """The largest distance between sub-classes of one class."""
        same = self.owner[:, None] == self.owner[None]
        return int(self.distances()[same].max())

    def n_distinct(self) -> int:
        """How many of the codes differ."""
        return len(torch.unique(self.codes, dim=0))


def around(centres: Tensor, n_each: int | None = None) -> SubClasses:
    """Each centre and its one-bit flips: int8 (C, L) in {−1, +1} -> L + 1 sub-classes a class.

    Args:
        n_each: keep the centre and those n_each − 1 flips that lie farthest from the other centres.
    """
    n_classes, length = centres.shape
    flips = centres[:, None].repeat(1, length, 1)
    places = torch.arange(length)
    flips[:, places, places] *= -1
    if n_each is not None and n_each <= length:
        agreement = torch.einsum("cfl,dl->cfd", flips.float(), centres.float())
        agreement[torch.arange(n_classes), :, torch.arange(n_classes)] = -length
        nearest = agreement.amax(2)
        best = nearest.argsort(dim=1, stable=True)[:, : n_each - 1].sort(1).values
        flips = flips.gather(1, best[:, :, None].expand(-1, -1, length))
    codes = torch.cat([centres[:, None], flips], 1)
    m = codes.shape[1]
    owner = torch.arange(n_classes).repeat_interleave(m)
    return SubClasses(codes.flatten(0, 1).to(torch.int8), owner, m)


def center_points(n_classes: int, bits_a_class: int) -> Tensor:
    """CPBC's centres: centre i has its own H bits at +1 and all others at −1, int8 (C, C·H)."""
    own = torch.eye(n_classes, dtype=torch.int8).repeat_interleave(bits_a_class, 1)
    return own * 2 - 1


def cpbc(n_classes: int, bits_a_class: int, *, checked: bool = True) -> SubClasses:
    """Centre-point-based construction (DSHC §3.2): C(CH + 1) codes of CH bits.

    Within a class at most 2 bits differ, between centres 2H, between sub-classes at least 2H − 2.

    Args:
        checked: refuse lengths at which classes cannot be told apart.

    Raises:
        SubClassCodesError: H < 3.
    """
    if checked and bits_a_class < LEAST_BITS_A_CLASS:
        raise SubClassCodesError(
            f"{bits_a_class} bits a class are too few: sub-classes of one class differ in up to 2 "
            f"bits, those of different classes in as few as {max(0, 2 * bits_a_class - 2)}, so the "
            f"code could not tell classes apart. Choose at least {LEAST_BITS_A_CLASS}, which makes "
            f"{LEAST_BITS_A_CLASS * n_classes} bits of {n_classes} classes, or cluster centres (KBC)."
        )
    return around(center_points(n_classes, bits_a_class))


def candidate_codes(length: int, seed: int) -> Tensor:
    """All 2^L codes up to 16 bits, beyond that 2^16 drawn at random: float (n, L) in {−1, +1}.

    "All points" of 64 bits are 10^19.
    """
    if length <= ALL_CODES_UP_TO:
        numbers = torch.arange(2**length)
        return ((numbers[:, None] >> torch.arange(length)) & 1).float() * 2 - 1
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 2, (SAMPLED_CODES, length), generator=generator).float() * 2 - 1


def spread_centres(points: Tensor, n_classes: int, seed: int) -> Tensor:
    """k-medoids of codes (n, L) under Hamming distance, from centres far apart: (C, L).

    Begins with the point farthest from all chosen so far, then moves each centre to the code
    nearest to its cluster's majority. Of all rounds it keeps the one whose nearest centres
    lie farthest apart, as (1) asks for classes far from each other.
    """
    generator = torch.Generator().manual_seed(seed)
    first = int(torch.randint(len(points), (1,), generator=generator))
    chosen, nearest = [first], points @ points[first]
    while len(chosen) < n_classes:
        chosen.append(int(nearest.argmin()))
        nearest = torch.maximum(nearest, points @ points[chosen[-1]])
    centres = points[chosen]
    best, best_gap = centres, _nearest_gap(centres)
    for _ in range(ROUNDS):
        cluster = (points @ centres.T).argmax(1)
        sums = torch.zeros_like(centres).index_add_(0, cluster, points)
        scores = sums @ points.T  # the code nearest to a majority vote is the medoid
        scores[cluster[None] != torch.arange(n_classes)[:, None]] = -torch.inf
        moved = points[scores.argmax(1)]
        if torch.equal(moved, centres):
            break
        centres = moved
        if _nearest_gap(centres) > best_gap:
            best, best_gap = centres, _nearest_gap(centres)
    return best


def _nearest_gap(centres: Tensor) -> int:
    """Smallest Hamming distance between two centres."""
    agreement = centres @ centres.T - 2 * centres.shape[1] * torch.eye(len(centres))
    return int((centres.shape[1] - agreement.max()) / 2)


@lru_cache(maxsize=16)
def kbc(
    n_classes: int, length: int, n_each: int | None = None, seed: int = 0, margin: int = MARGIN
) -> SubClasses:
    """K-means-based construction (DSHC §3.2): centres by clustering, sub-classes in their balls.

    A sub-class is a centre or one of its one-bit flips that keeps ``margin`` bits from every other
    centre (the paper's "threshold 3"); every class keeps as many as the poorest has. Sub-classes of
    two classes can then still lie as near as those of one, as in 10 bits for 10 classes: 2 and 2.

    Args:
        n_each: keep no more a class.

    Raises:
        SubClassCodesError: centres so many lie nearer than the margin in so few bits.
    """
    points = candidate_codes(length, seed)
    centres = spread_centres(points, n_classes, seed).to(torch.int8)
    gap = _nearest_gap(centres.float())
    if gap < margin:
        raise SubClassCodesError(
            f"{length} bits are too few for {n_classes} classes: their centres come within {gap} "
            f"bits of each other, and {margin} are needed. Choose a longer code or fewer classes."
        )
    whole = around(centres)
    agreement = whole.codes.float() @ centres.float().T
    agreement[torch.arange(len(whole.owner)), whole.owner] = -torch.inf
    clear = (length - agreement.amax(1)) / 2 >= margin
    poorest = int(clear.view(n_classes, -1).sum(1).min())
    return around(centres, min(poorest, n_each or length + 1))
