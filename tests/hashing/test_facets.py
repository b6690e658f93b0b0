"""Sub-codes: their layout, their parts beside naive loops, and that each learns its own likeness."""

import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.color_features import ColorFeatures, color_anchors, cone_points
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.facets import (
    Facets,
    FacetsConfig,
    invariance_loss,
    recoloured,
    thermometer,
)
from fabricfinder.hashing.listwise import code_scores, listwise_loss
from fabricfinder.hashing.torch_encoder import TorchEncoder

SMALL = BackboneConfig(features=32)
SOURCES = [
    {}, {"texture": "features"}, {"texture": "beliefs"}, {"tightness": "blocks"}, {"color": "features"},
    {"color": "both", "variational": True, "latent": 16}, {"bits": (8, 16, 24, 8)},
]  # fmt: skip


def small(**changes: object) -> Facets:
    torch.manual_seed(0)
    return Facets(FacetsConfig(**{"backbone": SMALL} | changes)).eval()


@pytest.mark.parametrize("changes", SOURCES)
def test_every_form_gives_bits_by_its_layout(changes: dict, samples: SimpleNamespace) -> None:
    model = small(**changes)
    with torch.no_grad():
        output = model(samples.shown(5, 64, 1))
    bits = model.bits(output)
    assert bits.shape == output.u.shape == (5, sum(model.config.bits))
    assert bits.dtype == torch.uint8 and set(bits.unique().tolist()) <= {0, 1}
    assert output.u.abs().max() <= 1
    layout = model.code_layout
    assert tuple(name for name, _, _ in layout) == DIMENSIONS
    assert [stop - start for _, start, stop in layout] == list(model.config.bits)
    assert layout[0][1] == 0 and layout[-1][2] == model.n_bits
    learned = output.logits.shape[1] * 4
    for i in range(5):  # each block's bits are its largest node's number
        for block in range(output.logits.shape[1]):
            number = int(output.logits[i, block].argmax())
            shown = bits[i, 4 * block : 4 * block + 4].tolist()
            assert shown == [int(c) for c in f"{number:04b}"]
    assert ((output.u[:, learned:] > 0) == (bits[:, learned:] == 1)).all()


@pytest.mark.parametrize("changes", SOURCES)
def test_configurations_survive_json_and_start_from_each_other(
    changes: dict, samples: SimpleNamespace
) -> None:
    model = small(**changes)
    again = Facets.from_config(json.loads(json.dumps(asdict(model.config)))).eval()
    assert again.config == model.config
    assert again.start_from(model) == []
    views = samples.shown(2, 64, 1)
    assert torch.equal(again(views).u, model(views).u)


def test_backbone_and_heads_start_from_a_dvsh(samples: SimpleNamespace) -> None:
    trained = samples.small_model()
    model = Facets(FacetsConfig(backbone=trained.config.backbone)).eval()
    fresh = model.start_from(trained)
    assert fresh and all("_blocks." in name for name in fresh)
    assert model.backbone.values(samples.shown(2, 64, 1)).shape == (2, 1280)
    views = samples.shown(3, 64, 1)
    ours, theirs = model(views), trained(views)
    assert torch.allclose(ours.r, theirs.r) and torch.allclose(ours.fine_logits, theirs.fine_logits)


@pytest.mark.parametrize("wrong", [{"bits": (32, 32, 64)}, {"bits": (30, 34, 48, 16)},
                                   {"texture": "hope"}, {"color": "sound"}])  # fmt: skip
def test_impossible_configurations_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        FacetsConfig(**wrong)


def test_a_thermometer_expects_each_threshold_to_be_passed() -> None:
    belief = torch.tensor([[0.7, math.log(0.05**2)], [0.4, math.log(0.2**2)]])
    thresholds = torch.linspace(40, 97, 16)
    u = thermometer(belief, thresholds)
    for i, (mean, deviation) in enumerate(((70, 5), (40, 20))):
        for k, t in enumerate(thresholds.tolist()):
            above = 0.5 * math.erfc((t - mean) / deviation / math.sqrt(2))  # P(w > t)
            assert u[i, k].item() == pytest.approx(2 * above - 1, abs=1e-5)
    assert (u.diff(dim=1) <= 0).all()


def test_thermometers_of_neighbours_differ_in_the_steps_between() -> None:
    thresholds = torch.linspace(40, 97, 16)
    means = torch.tensor([39.0, 50.0, 61.5, 97.5])
    belief = torch.stack([means / 100, torch.full((4,), -6.0)], 1)
    bits = thermometer(belief, thresholds) > 0
    for i in range(4):
        for j in range(4):
            low, high = sorted((means[i].item(), means[j].item()))
            steps = sum(low < t <= high for t in thresholds.tolist())
            assert (bits[i] != bits[j]).sum() == steps


def test_the_thermometers_doubt_is_not_learned_through_the_code() -> None:
    belief = torch.tensor([[0.7, -5.0]], requires_grad=True)
    thermometer(belief, torch.linspace(40, 97, 16)).sum().backward()
    assert belief.grad[0, 0] > 0 and belief.grad[0, 1] == 0


def test_invariance_is_the_distance_of_alike_siblings() -> None:
    torch.manual_seed(1)
    u, similarity = torch.rand(7, 6) * 2 - 1, torch.rand(7, 7).round(decimals=1)
    family = torch.tensor([0, 0, 1, 1, 1, 2, 0])
    shares = []
    for i in range(7):
        for j in range(7):
            if i != j and family[i] == family[j] and similarity[i, j] >= 0.5:
                pairs = zip(u[i].tolist(), u[j].tolist(), strict=True)
                shares.append(sum((a - b) ** 2 for a, b in pairs) / 24)
    assert shares
    expected = sum(shares) / len(shares)
    assert invariance_loss(u, similarity, family, 0.5).item() == pytest.approx(expected, abs=1e-6)


def test_invariance_is_nothing_without_siblings_and_zero_for_equal_sure_codes() -> None:
    u = torch.rand(4, 8, requires_grad=True)
    alone = invariance_loss(u, torch.ones(4, 4), torch.arange(4))
    alone.backward()
    assert alone == 0 and torch.isfinite(u.grad).all() and (u.grad == 0).all()
    family = torch.zeros(4, dtype=torch.long)
    assert invariance_loss(torch.full((4, 8), 0.3), torch.ones(4, 4), family) == 0
    bits = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, -1]])
    assert invariance_loss(bits, torch.ones(2, 2), family[:2]) == 0.25


@pytest.mark.parametrize("changes", SOURCES)
def test_the_terms_are_those_of_each_dimension_by_itself(
    changes: dict, samples: SimpleNamespace
) -> None:
    weights = {"weight_invariance": 2.0, "list_kind": "listnet", "list_weights": (1, 2, 3, 4)}
    model = small(**changes, **weights)
    batch = samples.batch_of(8, 64)
    batch = batch._replace(similarities=torch.rand(4, 8, 8), family=torch.arange(8) // 4)
    output = model(batch.views)
    terms = model.terms(output, batch)
    assert ("kld" in terms) == model.config.variational
    moved = []
    for d, (name, start, stop) in enumerate(model.code_layout):
        u = output.u[:, start:stop]
        loss = listwise_loss(code_scores(u), batch.similarities[d], "listnet", per_item=True)
        assert terms[f"list_{name}"].item() == pytest.approx((d + 1) * loss.item(), rel=1e-5)
        moved.append(invariance_loss(u, batch.similarities[d], batch.family).item())
    assert terms["invariance"].item() == pytest.approx(2 * sum(moved) / 4, rel=1e-5)
    assert set(terms) >= {"quantisation", "coarse", "fine", "tightness", "frequency", "recapture"}
    assert all(torch.isfinite(term) for term in terms.values())
    loss = model.train().loss(batch, 0)
    sum(loss.values()).backward()
    quiet = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not [n for n in quiet if "film" not in n]  # FiLM's first layer starts silent


def test_a_batch_that_does_not_tell_the_dimensions_is_refused(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(4, 64)._replace(similarities=None, family=None)
    with pytest.raises(ValueError, match="four similarities"):
        small().loss(batch, 0)


def test_a_sub_code_learns_its_own_dimension_and_no_other() -> None:
    """Two independent labels: each sub-code comes to follow its own and forget the other."""
    torch.manual_seed(0)
    model = Facets(FacetsConfig(
        backbone=SMALL, bits=(8, 8, 8, 8), n_coarse=4, n_fine=4, weight_recapture=0.0,
        weight_frequency=0.0, tightness="blocks", color="features", texture="features",
        lambda_quantisation=1e-2,
    ))  # fmt: skip
    n = 64
    coarse, fine = torch.randint(4, (2, n))
    r = torch.relu(
        torch.nn.functional.one_hot(coarse, 4).float() @ torch.randn(4, 32)
        + torch.nn.functional.one_hot(fine, 4).float() @ torch.randn(4, 32) + 0.1 * torch.randn(n, 32)
    )  # fmt: skip
    same = [(labels[:, None] == labels[None]).float() for labels in (coarse, fine)]
    empty = torch.full((n,), torch.nan)
    batch = SimpleNamespace(
        similarities=torch.stack([*same, same[0], same[1]]), family=torch.arange(n), coarse=coarse,
        fine=fine, tightness=empty, log_frequency=empty[:, None].repeat(1, 2), fabric=torch.arange(n),
    )  # fmt: skip
    heads = [p for name, p in model.named_parameters() if not name.startswith("backbone")]
    optimizer = torch.optim.Adam(heads, lr=0.02)
    colors = torch.zeros(n, ColorFeatures.n_out)
    model.backbone.full = torch.nn.Identity()  # r is given
    seen = (r, torch.zeros(n, 0), colors)
    for _ in range(120):
        optimizer.zero_grad()
        sum(model.terms(model.hashed(*seen), batch).values()).backward()
        optimizer.step()
    bits = model.bits(model.eval().hashed(*seen)).int()
    for d, (own, other) in enumerate(((same[0], same[1]), (same[1], same[0]))):
        part = bits[:, 8 * d : 8 * d + 8]
        distance = (part[:, None] != part[None]).sum(-1).float()
        assert distance[own > 0].mean() < 0.8
        assert distance[own == 0].mean() > 2.5
        crossed = distance[(own == 0) & (other > 0)].mean() / distance[(own == 0) & (other == 0)].mean()
        assert 0.8 < crossed < 1.25  # the other label makes no difference


def test_colours_are_shared_out_among_anchors_as_a_loop_would() -> None:
    rng = np.random.default_rng(0)
    macro = torch.from_numpy(rng.integers(0, 256, (2, 3, 8, 8), np.uint8))
    features = ColorFeatures()(macro)
    anchors = color_anchors().double().numpy()
    for i in range(2):
        shares = []
        picture = macro[i].numpy().astype(float) / 255
        for y in (0, 4):
            for x in (0, 4):
                r, g, b = picture[:, y : y + 4, x : x + 4].mean((1, 2))
                point = np.array([r - (g + b) / 2, (g - b) * 3**0.5 / 2, max(r, g, b)])
                weights = np.exp(-((anchors - point) ** 2).sum(1) / (2 * 0.1**2))
                shares.append(weights / weights.sum())
        expected = np.sqrt(np.maximum(np.mean(shares, 0), 1e-8))
        np.testing.assert_allclose(features[i], expected, atol=2e-4)
    assert torch.allclose(features.square().sum(1), torch.ones(2), atol=1e-4)


def test_the_cone_is_hsvs() -> None:
    for rgb, expected in (
        ((1, 1, 1), (0, 0, 1)), ((0, 0, 0), (0, 0, 0)), ((1, 0, 0), (1, 0, 1)),
        ((0, 1, 0), (-0.5, 3**0.5 / 2, 1)), ((0.2, 0.2, 0.6), (-0.2, -0.2 * 3**0.5, 0.6)),
    ):  # fmt: skip
        found = cone_points(torch.tensor(rgb, dtype=torch.float64))
        assert found.tolist() == pytest.approx(list(expected), abs=1e-9)


@pytest.mark.parametrize("changes", [{}, {"texture": "beliefs", "color": "both"}])
def test_facets_are_saved_exported_and_split_by_their_card(
    changes: dict, tmp_path: Path, samples: SimpleNamespace
) -> None:
    model = small(backbone=BackboneConfig(features=64), **changes)
    with torch.no_grad():
        model.train()
        for seed in range(3):
            model(samples.shown(24, 64, 1, seed))
        for name, weight in model.named_parameters():
            if "_blocks." in name:
                weight.mul_(6)
    card = replace(new_card(model.eval()), view_px=64, n_micro=2)
    path = tmp_path / "f.safetensors"
    save_checkpoint(model, card, path)
    checkpoint = load_checkpoint(path)
    assert checkpoint.card.code_layout == model.code_layout
    export_onnx(checkpoint, path.with_suffix(".onnx"))
    encoder, other = OnnxEncoder(path.with_suffix(".onnx")), TorchEncoder(path, torch.device("cpu"))
    assert encoder.code_layout == other.code_layout == model.code_layout
    views = samples.views_of(40)
    ours, theirs = encoder.encode(views), other.encode(views)
    one, two = (np.stack([e.code.bits for e in said]) for said in (ours, theirs))
    assert (one != two).mean() < 1e-3 and len(np.unique(one, axis=0)) > 20
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.relaxed, b.relaxed, atol=1e-3)


def test_recolouring_permutes_channels_of_both_views_alike(samples: SimpleNamespace) -> None:
    torch.manual_seed(0)
    views = samples.shown(40, 16, 2)
    seen = recoloured(views, 0.5)
    assert seen.macro.shape == views.macro.shape and seen.micro.shape == views.micro.shape
    moved = 0
    for i in range(40):
        order = [
            next(k for k in range(3) if torch.equal(views.macro[i, k], seen.macro[i, c]))
            for c in range(3)
        ]
        assert sorted(order) == [0, 1, 2]
        assert torch.equal(seen.micro[i], views.micro[i][:, order])
        moved += order != [0, 1, 2]
    assert 5 < moved < 30  # half of them, of which one in six keeps its order by chance
    assert torch.equal(recoloured(views, 0.0).micro, views.micro)
    assert torch.equal(seen.scale, views.scale)


def test_only_training_is_recoloured_and_never_the_colour_code(samples: SimpleNamespace) -> None:
    views = samples.shown(6, 64, 1)
    model = small(recolour=1.0)
    assert torch.equal(model(views).u, model(views).u)
    colors = ColorFeatures()(views.macro)
    heard: list[torch.Tensor] = []
    model.color_blocks.register_forward_pre_hook(lambda _, given: heard.append(given[0]))
    values = model.backbone.values
    model.backbone.values = lambda given: heard.append(given.macro) or values(given)
    model.train()(views)
    assert torch.equal(heard[1], colors) and not torch.equal(heard[0], views.macro)
