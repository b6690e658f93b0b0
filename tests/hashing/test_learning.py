"""Each form of DVSH learns to rank cloth on frozen features; the literal formulas do not."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.evaluation.metrics import ndcg_at
from fabricfinder.hashing.base import BackboneConfig, Batch, ViewBatch
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig

N_FABRICS, CAPTURES = 64, 4


def fabrics(samples: SimpleNamespace) -> tuple[torch.Tensor, np.ndarray]:
    """64 striped fabrics, each photographed 4 times with other light and noise, and their S.

    S is the mean of four: stripe pitch (same 1, near ½), same turn, colour, tightness.
    """
    rng = np.random.default_rng(0)
    pitch, turn = rng.integers(0, 4, N_FABRICS), rng.integers(0, 4, N_FABRICS)
    colour, tight = rng.uniform(0.1, 0.9, (N_FABRICS, 3)), rng.uniform(40, 90, N_FABRICS)
    axis = np.arange(32.0)
    pictures = []
    for i in range(N_FABRICS):
        angle, period = turn[i] * np.pi / 4, 3 * 1.6 ** pitch[i]
        along = np.cos(angle) * axis + np.sin(angle) * axis[:, None]
        for _ in range(CAPTURES):
            wave = np.sin(2 * np.pi * (along / period + rng.random()))
            cloth = colour[i] * (0.75 + 0.25 * wave[..., None] * tight[i] / 90)
            cloth = cloth * rng.uniform(0.85, 1.15) + rng.normal(0, 0.03, (32, 32, 3))
            pictures.append(np.clip(cloth * 255, 0, 255).astype(np.uint8))
    gap = np.abs(pitch[:, None] - pitch)
    near = np.where(gap == 0, 1.0, np.where(gap == 1, 0.5, 0.0))
    same_turn = (turn[:, None] == turn).astype(float)
    alike = 1 - np.linalg.norm(colour[:, None] - colour, axis=2).clip(0, 1)
    firm = (1 - np.abs(tight[:, None] - tight) / 40).clip(0, 1)
    similarity = (near + same_turn + alike + firm) / 4
    similarity = np.kron(similarity, np.ones((CAPTURES, CAPTURES)))
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2), similarity


def ndcg(bits: np.ndarray, similarity: np.ndarray) -> float:
    """Mean tie-aware NDCG@50 of the codes, each picture a query on the others."""
    signs = bits.astype(np.int32) * 2 - 1
    agreement = signs @ signs.T
    others = ~np.eye(len(bits), dtype=bool)
    rows = range(len(bits))
    each = [ndcg_at(agreement[i][others[i]], similarity[i][others[i]], 50) for i in rows]
    return float(np.mean(each))


@pytest.fixture(scope="module")
def frozen(samples: SimpleNamespace) -> tuple[torch.Tensor, np.ndarray]:
    """r of a random network with settled batch statistics, (256, 256), and S."""
    pictures, similarity = fabrics(samples)
    torch.manual_seed(0)
    model = DVSH(DVSHConfig(BackboneConfig(views="macro", features=256)))
    views = ViewBatch(pictures, pictures[:, None], torch.ones(len(pictures), 1))
    with torch.no_grad():
        model.train()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d | torch.nn.BatchNorm1d):
                module.momentum = 1.0  # one look at everything settles the statistics
        model.backbone(views)
        features = model.eval().backbone(views)
    return features, similarity


def train_head(model: DVSH, features: torch.Tensor, similarity: np.ndarray) -> float:
    """Train everything after the features for 300 lists of 32; the codes' NDCG@50."""
    torch.manual_seed(1)
    parts = [m for name, m in model.named_children() if name != "backbone"]
    optimizer = torch.optim.Adam([p for m in parts for p in m.parameters()], 1e-3)
    truth = torch.from_numpy(similarity).float()
    empty = torch.zeros(0)
    model.train()
    for _ in range(300):
        rows = torch.randperm(len(features))[:32]
        batch = Batch(empty, empty, empty, truth[rows][:, rows], *[empty] * 5)
        terms = model.terms(model.hashed(features[rows]), batch)
        optimizer.zero_grad()
        sum(terms.values()).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        return ndcg(model.bits(model.hashed(features)).numpy(), similarity)


def head(**changes: object) -> DVSH:
    """A seeded 64-bit DVSH on 256 features."""
    torch.manual_seed(2)
    return DVSH(DVSHConfig(BackboneConfig(views="macro", features=256), n_bits=64, **changes))


def floor_of(similarity: np.ndarray) -> float:
    """NDCG@50 of codes that are all the same: a random order."""
    return ndcg(np.zeros((len(similarity), 8), np.uint8), similarity)


@pytest.mark.parametrize(
    "changes",
    [{}, {"list_kind": "listnet"}, {"form": "signs"}, {"ablation": "DVSH1a"},
     {"ablation": "DVSH1b"}, {"ablation": "DVSH2a"},
     {"ablation": "DVSH2a", "bi_half": True, "list_per_item": True}],
    ids=["corrected", "listnet", "signs", "DVSH1a", "DVSH1b", "DVSH2a", "bi-half"],
)  # fmt: skip
def test_codes_rank_above_chance_and_above_the_untrained(
    frozen: tuple[torch.Tensor, np.ndarray], changes: dict
) -> None:
    features, similarity = frozen
    untrained = head(**changes).eval()
    with torch.no_grad():
        before = ndcg(untrained.bits(untrained.hashed(features)).numpy(), similarity)
    after = train_head(head(**changes), features, similarity)
    assert after >= floor_of(similarity) + 0.15
    assert after >= before + 0.03


def test_the_literal_formulas_do_not_train(frozen: tuple[torch.Tensor, np.ndarray]) -> None:
    """As printed, lists are learned backwards; two signs mend that, and the codebook the rest."""
    features, similarity = frozen
    literal, signs = (
        train_head(head(form=form), features, similarity) for form in ("literal", "signs")
    )
    assert literal < signs - 0.05
    corrected = train_head(head(), features, similarity)
    assert corrected > signs + 0.03
