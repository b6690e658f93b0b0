"""Many codes on one set of frozen features: what a loss is worth, in minutes instead of days.

The base network looks once at every capture; then each arm of a study trains only what lies
between its features r and the bits, on the same captures, in the same batches, for the same number
of steps, and is judged on the same unseen fabrics (science: the comparison matrix). The command is
``fabricfinder study``.
"""

from collections.abc import Iterator
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
from fabricfinder.training.batches import choose_rows, exact_similarities, photograph_batch
from fabricfinder.training.cloth import ClothSet

LOOKS = 4
NOTHING = torch.empty(0)


@dataclass(frozen=True, eq=False)
class FrozenSet:
    """What a frozen network saw of n fabrics, ``LOOKS`` times each.

    Attributes:
        cloth: the set they are from; rows: int (n,), which of its fabrics.
        features: float32 (n, LOOKS, F).
        handcrafted: float32 (n, 2, 575), classic descriptors of the first two macro views.
        similarity: float32 (n, n), exact S of DVSH eq. (6).
    """

    cloth: ClothSet
    rows: np.ndarray
    features: np.ndarray
    handcrafted: np.ndarray
    similarity: np.ndarray


@torch.no_grad()
def freeze(
    model: HashingMethod, cloth: ClothSet, rows: np.ndarray, seed: int
) -> Iterator[Progress]:
    """Photograph fabrics LOOKS times and keep the features; returns a FrozenSet."""
    model.eval()
    rng = np.random.default_rng(seed)
    features, classic = [], []
    for start in range(0, len(rows), 32):
        some = rows[start : start + 32]
        batches = [photograph_batch(cloth, some, rng) for _ in range(LOOKS // 2)]
        looks = [model(batch.views).r.float().unflatten(0, (len(some), -1)) for batch in batches]
        features.append(torch.cat(looks, 1).numpy())
        pictures = np.ascontiguousarray(batches[0].macro.permute(0, 2, 3, 1).numpy())
        classic.append(np.stack([handcrafted(p) for p in pictures]).reshape(len(some), 2, -1))
        yield Progress("Looking at cloth", start + len(some), len(rows), "fabrics")
    similarity = exact_similarities(cloth, rows)[0]
    return FrozenSet(cloth, rows, np.concatenate(features), np.concatenate(classic), similarity)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long every arm of a study trains: the same for all."""

    steps: int = 1500
    fabrics: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 5e-5


def frozen_batch(
    seen: FrozenSet, places: np.ndarray, rng: np.random.Generator
) -> tuple[torch.Tensor, Batch]:
    """Two looks at each of some fabrics, and their exact labels, without pixels.

    Args:
        places: int (m,), positions in ``seen.rows``.

    Returns:
        Features (2m, F), and a Batch whose views are empty.
    """
    looks = np.stack([rng.permutation(LOOKS)[:2] for _ in places])
    features = torch.from_numpy(seen.features[places[:, None], looks]).flatten(0, 1)
    cloth, twice = seen.cloth, np.repeat(seen.rows[places], 2)
    similarity = np.kron(seen.similarity[np.ix_(places, places)], np.ones((2, 2), np.float32))
    return features, Batch(
        NOTHING, NOTHING, NOTHING,
        similarity=torch.from_numpy(similarity),
        coarse=torch.from_numpy(cloth.coarse[twice]),
        fine=torch.from_numpy(cloth.fine[twice]),
        tightness=torch.from_numpy(cloth.tightness[twice]),
        log_frequency=torch.full((len(twice), 2), torch.nan),
        fabric=torch.from_numpy(twice),
    )  # fmt: skip


def fit_codes(config: DVSHConfig, seen: FrozenSet, budget: Budget, seed: int) -> Iterator[Progress]:
    """Train what lies between r and the bits of one DVSH (Adam, as the paper); returns the model.

    The base network of the model is never used: a one-pixel-wide one stands in for it.
    """
    torch.manual_seed(seed)
    n_features = seen.features.shape[2]
    backbone = BackboneConfig(width=16, pool="gap", views="macro", features=n_features)
    model = DVSH(replace(config, backbone=backbone)).train()
    weights = [p for name, p in model.named_parameters() if not name.startswith("backbone.")]
    optimizer = torch.optim.Adam(
        weights, lr=budget.learning_rate, weight_decay=budget.weight_decay
    )
    rng = np.random.default_rng((seed, 7))
    place_of = {int(row): place for place, row in enumerate(seen.rows)}
    for step in range(budget.steps):
        chosen = choose_rows(seen.cloth, seen.rows, budget.fabrics, rng)
        places = np.array([place_of[int(row)] for row in chosen])
        features, batch = frozen_batch(seen, places, rng)
        loss = torch.stack(list(model.terms(model.hashed(features), batch).values())).sum()
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
    model: DVSH, test: FrozenSet, truth: CaptureTruth, system: str, resamples: int = 2000
) -> CodeFigures:
    """Both tracks of one trained arm on unseen fabrics."""
    sides = []
    for look in (1, 0):
        output = model.hashed(torch.from_numpy(test.features[:, look]))
        sides.append((pack_bits(model.bits(output).numpy()), output.u.numpy()))
    (queries, relaxed), (gallery, _) = sides
    return evaluate_codes(queries, gallery, truth, relaxed=relaxed, system=system, resamples=resamples)
