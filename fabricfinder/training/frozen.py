"""Many codes on one set of frozen features: what a loss is worth, in minutes instead of days.

The base network looks once at every capture; then each arm of a study trains only what lies
between its features r and the bits, on the same captures, in the same batches, for the same number
of steps, and is judged on the same unseen fabrics (science: the comparison matrix). The command is
``fabricfinder study``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from fabricfinder.domain.hashcode import pack_bits
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.code_figures import CodeFigures, evaluate_codes
from fabricfinder.evaluation.gist import handcrafted
from fabricfinder.evaluation.truth import Captures, CaptureTruth
from fabricfinder.hashing.base import BackboneConfig, Batch, HashingMethod
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.trunks import looked_by
from fabricfinder.training.batches import (
    choose_rows,
    colors_of,
    exact_similarities,
    photograph_batch,
)
from fabricfinder.training.cloth import ClothSet

LOOKS = 4
NOTHING = torch.empty(0)
TRUNKS = ("backbone.", "generator.")


@dataclass(frozen=True, eq=False)
class FrozenSet:
    """What a frozen network saw of n fabrics, ``LOOKS`` times each.

    Attributes:
        cloth: the set they are from; rows: int (n,), which of its fabrics.
        features: float32 (n, LOOKS, F), r.
        handcrafted: float32 (n, 2, 575), classic descriptors of the first two macro views, or
            (n, 2, 0) where nobody asked for them.
        similarity: float32 (n, n), exact S of DVSH eq. (6).
        scales: float32 (n, LOOKS, Σ), averages of blocks 3, 4 and 5 of both views, for systems that
            look at several depths; None where nobody asked for them.
    """

    cloth: ClothSet
    rows: np.ndarray
    features: np.ndarray
    handcrafted: np.ndarray
    similarity: np.ndarray
    scales: np.ndarray | None = None

    def inputs(self, names: Sequence[str], place: object) -> list[torch.Tensor]:
        """The arrays a method's ``hashed`` takes, at an index of (n, LOOKS)."""
        held = {"r": self.features, "scales": self.scales}
        return [torch.from_numpy(held[name][place]) for name in names]


@torch.no_grad()
def freeze(
    model: HashingMethod, cloth: ClothSet, rows: np.ndarray, seed: int, classic: bool = True,
    n_looks: int = LOOKS,
) -> Iterator[Progress]:  # fmt: skip
    """Photograph fabrics ``n_looks`` times and keep the features; returns a FrozenSet.

    Args:
        model: one whose base network is a FabricCNN.
        classic: also take hand-crafted descriptors, which cost more than the network.
        n_looks: an even number; two are enough for cloth that is only judged.
    """
    backbone = model.eval().backbone
    rng = np.random.default_rng(seed)
    features, scales, crafted = [], [], []
    for start in range(0, len(rows), 32):
        some = rows[start : start + 32]
        batches = [photograph_batch(cloth, some, rng) for _ in range(n_looks // 2)]
        looks = [looked_by(backbone, batch.views) for batch in batches]
        for found, kept in zip(zip(*looks, strict=True), (features, scales), strict=True):
            kept.append(torch.cat([v.unflatten(0, (len(some), -1)) for v in found], 1).numpy())
        described = np.empty((2 * len(some), 0), np.float32)
        if classic:
            pictures = np.ascontiguousarray(batches[0].macro.permute(0, 2, 3, 1).numpy())
            described = np.stack([handcrafted(p) for p in pictures])
        crafted.append(described.reshape(len(some), 2, -1))
        yield Progress("Looking at cloth", start + len(some), len(rows), "fabrics")
    similarity = exact_similarities(cloth, rows)[0]
    features, crafted, scales = (np.concatenate(v) for v in (features, crafted, scales))
    return FrozenSet(cloth, rows, features, crafted, similarity, scales)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long every arm of a study trains: the same for all."""

    steps: int = 1500
    fabrics: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 5e-5


def frozen_batch(
    seen: FrozenSet, places: np.ndarray, rng: np.random.Generator, names: Sequence[str] = ("r",)
) -> tuple[list[torch.Tensor], Batch]:
    """Two looks at each of some fabrics, and their exact labels, without pixels.

    Args:
        places: int (m,), positions in ``seen.rows``.
        names: of the arrays to look at.

    Returns:
        Those arrays, (2m, ...) each, and a Batch whose views are empty.
    """
    looks = np.stack([rng.permutation(LOOKS)[:2] for _ in places])
    found = [v.flatten(0, 1) for v in seen.inputs(names, (places[:, None], looks))]
    cloth, twice = seen.cloth, np.repeat(seen.rows[places], 2)
    similarity = np.kron(seen.similarity[np.ix_(places, places)], np.ones((2, 2), np.float32))
    return found, Batch(
        NOTHING, NOTHING, NOTHING,
        similarity=torch.from_numpy(similarity),
        coarse=torch.from_numpy(cloth.coarse[twice]),
        fine=torch.from_numpy(cloth.fine[twice]),
        tightness=torch.from_numpy(cloth.tightness[twice]),
        log_frequency=torch.full((len(twice), 2), torch.nan),
        fabric=torch.from_numpy(twice),
        colors=torch.from_numpy(colors_of(cloth.palettes[twice])),
    )  # fmt: skip


def fit_codes(config: DVSHConfig, seen: FrozenSet, budget: Budget, seed: int) -> Iterator[Progress]:
    """Train what lies between r and the bits of one DVSH (Adam, as the paper); returns the model.

    The base network of the model is never used: a one-pixel-wide one stands in for it.
    """
    n_features = seen.features.shape[2]
    backbone = BackboneConfig(width=16, pool="gap", views="macro", features=n_features)
    return (yield from fit(lambda: DVSH(replace(config, backbone=backbone)), seen, budget, seed))


def fit(
    build: Callable[[], HashingMethod],
    seen: FrozenSet,
    budget: Budget,
    seed: int,
    choose: Callable[..., np.ndarray] = choose_rows,
) -> Iterator[Progress]:
    """Train what lies between a frozen network and the bits of any method; returns the model.

    Args:
        build: makes the method; its own trunk is never used, nor trained.
        choose: which fabrics meet in a batch.
    """
    torch.manual_seed(seed)
    model = build().train()
    weights = [p for name, p in model.named_parameters() if not name.startswith(TRUNKS)]
    optimizer = torch.optim.Adam(
        weights, lr=budget.learning_rate, weight_decay=budget.weight_decay
    )
    rng = np.random.default_rng((seed, 7))
    place_of = {int(row): place for place, row in enumerate(seen.rows)}
    for step in range(budget.steps):
        chosen = choose(seen.cloth, seen.rows, budget.fabrics, rng)
        places = np.array([place_of[int(row)] for row in chosen])
        looks, batch = frozen_batch(seen, places, rng, model.frozen_inputs)
        loss = torch.stack(list(model.terms(model.hashed(*looks), batch).values())).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 5.0)
        optimizer.step()
        if step % 50 == 49:
            yield Progress("Training codes", step + 1, budget.steps, "steps")
    return model.eval()


def truth_of(seen: FrozenSet, name: str = "unseen rendered cloth") -> CaptureTruth:
    """Who asks (the second look at each fabric) and what lies in the gallery (the first)."""
    taxonomy = default_taxonomy()
    minors = [taxonomy.coarse[c] for c in seen.cloth.coarse[seen.rows]]
    fines = [taxonomy.fine[f] for f in seen.cloth.fine[seen.rows]]
    names = [f"f{row}" for row in seen.rows]
    families = tuple(f"d{family}" for family in seen.cloth.family[seen.rows])
    captures = replace(Captures.unrelated(names, minors, fines), families=families)
    return CaptureTruth(name, captures, captures, seen.similarity)


@torch.no_grad()
def judge(
    model: HashingMethod, test: FrozenSet, truth: CaptureTruth, system: str,
    resamples: int = 2000, asymmetric: bool = True,
) -> CodeFigures:  # fmt: skip
    """Both tracks of one trained arm on unseen fabrics."""
    sides = []
    for look in (1, 0):
        output = model.hashed(*test.inputs(model.frozen_inputs, (slice(None), look)))
        sides.append((pack_bits(model.bits(output).numpy()), output.u.numpy()))
    (queries, relaxed), (gallery, _) = sides
    return evaluate_codes(
        queries, gallery, truth, relaxed=relaxed if asymmetric else None, system=system,
        resamples=resamples,
    )  # fmt: skip
