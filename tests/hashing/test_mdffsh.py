"""MDFF-SH: its three losses by loops, its scales, its ablations, and its printed slips."""

import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.beyond import Beyond, mean_of_pairs, similar_pairs
from fabricfinder.hashing.mdffsh import (
    MDFFSH,
    MDFFSHConfig,
    pairwise_losses,
    quantisation_losses,
)
from fabricfinder.hashing.trunks import VGG_CHANNELS, VggTrunk, load_imagenet, new_trunk

SMALL = BackboneConfig(features=32)


def small(**changes: object) -> MDFFSH:
    torch.manual_seed(0)
    return MDFFSH(MDFFSHConfig(**{"backbone": SMALL, "fusion": 48, "n_bits": 16} | changes))


@pytest.mark.parametrize(
    ("s", "w", "expected"), [(1, 0.0, 0.693147), (1, 2.0, 0.126928), (0, 2.0, 2.126928)]
)
def test_pairwise_check_values(s: int, w: float, expected: float) -> None:
    v = torch.tensor([[1.0], [2 * w]])
    losses = pairwise_losses(v, torch.full((2, 2), float(s)))
    assert losses[0, 1].item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("w", [1e4, -1e4])
def test_pairwise_loss_is_stable_at_ten_thousand(w: float) -> None:
    v = torch.tensor([[1.0], [2 * w]], requires_grad=True)
    losses = pairwise_losses(v, torch.eye(2))
    assert losses[0, 1].item() == pytest.approx(max(w, 0.0))
    losses[0, 1].backward()
    assert torch.isfinite(v.grad).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_the_losses_are_the_naive_sums(seed: int) -> None:
    torch.manual_seed(seed)
    v, s = torch.randn(4, 6).double(), torch.rand(4, 4).round().double()
    found, distances = pairwise_losses(v, s), quantisation_losses(v)
    for i in range(4):
        signs = [1 if x > 0 else -1 for x in v[i].tolist()]
        naive = sum((b - x) ** 2 for b, x in zip(signs, v[i].tolist(), strict=True))
        assert distances[i].item() == pytest.approx(naive)
        for j in range(4):
            w = 0.5 * sum(a * b for a, b in zip(v[i].tolist(), v[j].tolist(), strict=True))
            sigma = 1 / (1 + math.exp(-w))
            likelihood = sigma if s[i, j] else 1 - sigma
            assert found[i, j].item() == pytest.approx(-math.log(likelihood), rel=1e-6, abs=1e-9)


def test_losses_pass_gradcheck() -> None:
    torch.manual_seed(1)
    v = (torch.randn(3, 4).double() + 0.3).requires_grad_()
    s = torch.rand(3, 3).double()
    assert torch.autograd.gradcheck(lambda x: pairwise_losses(x, s), (v,))
    assert torch.autograd.gradcheck(quantisation_losses, (v,))


def test_what_is_printed_as_a_distance_is_a_similarity() -> None:
    torch.manual_seed(0)
    codes = torch.randint(0, 2, (12, 16)).float() * 2 - 1
    printed, true = codes @ codes.T / 2, (16 - codes @ codes.T) / 2
    differing = (codes[:, None] != codes[None]).sum(-1)
    assert torch.equal(true.long(), differing)
    assert torch.equal(printed, 8 - true)  # it falls as codes draw apart


def test_the_total_by_loops_and_as_printed(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(6)
    for form in ("corrected", "literal"):
        model = small(form=form, beyond=Beyond(0, 0, 0, 0)).eval()
        output = model(batch.views)
        terms = model.terms(output, batch)
        pairs, labels = [], batch.coarse.tolist()
        for i in range(6):
            for j in range(6):
                if i != j and labels[i] >= 0 and labels[j] >= 0:
                    w = 0.5 * (output.v[i] @ output.v[j]).item()
                    pairs.append(math.log1p(math.exp(w)) - (labels[i] == labels[j]) * w)
        known = [i for i in range(6) if labels[i] >= 0]
        entropies = [-functional.log_softmax(output.class_logits[i], 0)[labels[i]].item()
                     for i in known]  # fmt: skip
        distances = quantisation_losses(output.v).tolist()
        parts = (pairs, distances, entropies)
        totals = [sum(p) / (len(p) if form == "corrected" else 1) for p in parts]
        expected = [totals[0], 0.1 * totals[1], 0.01 * totals[2]]
        found = [terms[k].item() for k in ("pairs", "quantisation", "class")]
        assert found == pytest.approx(expected, rel=1e-4) and len(terms) == 3


def test_pairs_of_unknown_class_do_not_count(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(8)
    s, counted = similar_pairs(batch, "coarse", "class")
    for i in range(8):
        for j in range(8):
            known = batch.coarse[i] >= 0 and batch.coarse[j] >= 0
            assert counted[i, j] == (known and i != j)
            assert s[i, j] == (batch.coarse[i] == batch.coarse[j])
    graded, all_but_self = similar_pairs(batch, "coarse", "graded")
    assert torch.equal(graded, batch.similarity) and all_but_self.sum() == 56
    nothing = mean_of_pairs(torch.ones(2, 2, requires_grad=True), torch.zeros(2, 2).bool())
    assert nothing.item() == 0


def test_reducing_after_the_average_is_reducing_before_it(samples: SimpleNamespace) -> None:
    """The paper's 1×1 convolution is linear, so the average may come first."""
    model = small().eval()
    maps = torch.rand(2, model.scale_sizes[0], 5, 4)
    reduce = model.reductions[0]
    kernel = reduce.weight[:, :, None, None]
    before = functional.conv2d(maps, kernel, reduce.bias).mean((2, 3))
    assert torch.allclose(before, reduce(maps.mean((2, 3))), atol=1e-5)


@pytest.mark.parametrize("scales", ["all", "fc1", "convs"])
def test_each_ablation_reads_only_its_scales(scales: str, samples: SimpleNamespace) -> None:
    model = small(scales=scales).eval()
    looked = model.backbone.looked(samples.shown(3, 32, 1))
    bits = model.hashed(*looked).v
    other_r = model.hashed(looked.features + 1, looked.scales).v
    other_scales = model.hashed(looked.features, looked.scales + 1).v
    assert torch.equal(bits, other_r) == (scales == "convs")
    assert torch.equal(bits, other_scales) == (scales == "fc1")
    heads = {"all": 4, "fc1": 1, "convs": 3}[scales]
    assert model.final.in_features == heads * 16
    assert model.fusion[0].out_features == 48


def test_without_j2_or_j3_their_terms_are_gone(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(6)
    for changes, gone in (({"beta": 0.0}, "quantisation"), ({"gamma": 0.0}, "class")):
        assert gone not in small(**changes).loss(batch, 0)
        assert gone in small().loss(batch, 0)


def test_the_beliefs_leave_the_papers_system_alone(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(8)
    gradients = []
    for beyond in (Beyond(0, 0, 0, 0), Beyond(), Beyond(joint=True)):
        model = small(beyond=beyond).train()
        torch.stack(list(model.loss(batch, 0).values())).sum().backward()
        gradients.append(model.backbone.block_1[0][0].weight.grad)
        assert (model.heads.coarse.weight.grad is None) == (beyond.coarse == 0)
    assert torch.equal(gradients[0], gradients[1])
    assert not torch.allclose(gradients[0], gradients[2])


def test_the_lite_scales_are_the_maps_of_blocks_three_to_five(samples: SimpleNamespace) -> None:
    model = small().eval()
    trunk, views = model.backbone, samples.shown(2, 32, 3)
    looked = trunk.looked(views)
    assert torch.allclose(looked.features, trunk(views), atol=1e-5)
    third = trunk.stem(views.macro)[2]
    of_crops = trunk.stem(views.micro.flatten(0, 1))[2].mean((2, 3)).unflatten(0, (2, 3)).mean(1)
    n = trunk.scale_sizes[0] // 2
    assert torch.allclose(looked.scales[:, :n], third.mean((2, 3)), atol=1e-5)
    assert torch.allclose(looked.scales[:, n : 2 * n], of_crops, atol=1e-5)
    assert trunk.scale_sizes == (128, 256, 256) == tuple(2 * 16 * k for k in (4, 8, 8))


def test_sizes_of_the_papers_networks() -> None:
    with torch.device("meta"):
        whole = MDFFSH(MDFFSHConfig("vgg19", n_bits=48, n_coarse=10))
        without = MDFFSH(MDFFSHConfig("vgg19", fc1=False, n_bits=48, n_coarse=10))
        resnet = MDFFSH(MDFFSHConfig("resnet50", n_bits=48))
    sizes = [sum(p.numel() for n, p in m.named_parameters() if not n.startswith("heads."))
             for m in (whole, without)]  # fmt: skip
    assert sizes[0] == pytest.approx(128.3e6, rel=0.002)
    assert sizes[1] == pytest.approx(21.9e6, rel=0.01)
    assert whole.scale_sizes == (256, 512, 512) and resnet.scale_sizes == (512, 1024, 2048)
    assert [type(whole.backbone.features[k - 1]).__name__ for k in (26, 39, 52)] == ["ReLU"] * 3
    convs = sum(type(layer).__name__ == "Conv2d" for layer in whole.backbone.features)
    assert convs == 16 and whole.fusion[0].in_features == 3 * 256 + 4096


@pytest.mark.parametrize("trunk", ["vgg19", "resnet50"])
def test_the_papers_networks_run(trunk: str, samples: SimpleNamespace) -> None:
    torch.manual_seed(0)
    model = MDFFSH(MDFFSHConfig(trunk, fc1=False, n_bits=16)).eval()
    output = model(samples.shown(2, 32, 1))
    assert output.u.shape == (2, 16) and output.coarse_logits.shape[0] == 2
    assert set(model.bits(output).unique().tolist()) <= {0, 1}


def test_fc1_reads_seven_by_seven_maps_of_conv5() -> None:
    with torch.device("meta"):
        trunk = VggTrunk()
        looked = trunk.looked(SimpleNamespace(macro=torch.zeros(2, 3, 64, 64)))
    assert looked.features.shape == (2, 4096) and looked.scales.shape == (2, sum(VGG_CHANNELS))
    assert trunk.fc1[0].in_features == 25088


def test_who_starts_without_imagenet_weights_is_told(tmp_path) -> None:
    trunk = new_trunk("resnet18", SMALL)
    said = load_imagenet(trunk, "resnet18", tmp_path)
    assert "starts from nothing" in said and str(tmp_path) in said
    theirs = {}
    for key, value in trunk.state_dict().items():
        name = key.replace("stem.0.", "conv1.").replace("stem.1.", "bn1.")
        if name.startswith("layers."):
            name = f"layer{int(name[7]) + 1}.{name[9:]}"
        theirs[name] = value + 1
    torch.save(theirs | {"fc.weight": torch.zeros(1000, 512)}, tmp_path / "resnet18-f37072fd.pth")
    before = trunk.stem[0].weight.clone()
    said = load_imagenet(trunk, "resnet18", tmp_path)
    assert f"{len(theirs)} of {len(theirs)}" in said
    assert torch.equal(trunk.stem[0].weight, before + 1)
    assert "lite" in load_imagenet(trunk, "lite")


@pytest.mark.parametrize(
    "changes", [{"n_bits": 13}, {"scales": "some"}, {"form": "other"}, {"trunk": "alexnet"}]
)
def test_what_cannot_be_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError):
        MDFFSHConfig(**changes)
    with pytest.raises(ValueError):
        new_trunk("alexnet", SMALL)
