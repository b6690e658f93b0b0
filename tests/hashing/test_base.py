"""The fabric CNN: its shape by the published account, its pools, its views."""

from dataclasses import asdict
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from fabricfinder.hashing.base import (
    BackboneConfig,
    FabricCNN,
    MeanStd,
    ViewBatch,
    normalised,
    pooled,
)
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig

PAPER = {"pool": "gap", "views": "macro", "normalise_pools": False, "short_stride": 1}


@pytest.mark.parametrize(("width", "n_bits", "millions"), [(16, 64, 1.51), (32, 64, 3.62)])
def test_parameter_counts_of_the_paper_network(width: int, n_bits: int, millions: float) -> None:
    model = DVSH(DVSHConfig(BackboneConfig(width=width, **PAPER), n_bits=n_bits))
    count = sum(p.numel() for p in model.parameters())
    count -= sum(p.numel() for p in model.heads.parameters())
    assert round(count / 1e6, 2) == millions


def test_maps_have_the_published_sizes() -> None:
    """Width 32 at 128 px: 32×64², 64×32², 128×16², 256×8², 256×4²; 640 pooled values."""
    network = FabricCNN(BackboneConfig(width=32, **PAPER)).eval()
    first, second, third = network.stem(torch.rand(1, 3, 128, 128))
    assert first.shape == (1, 32, 64, 64)
    assert second.shape == (1, 64, 32, 32)
    assert third.shape == (1, 128, 16, 16)
    fourth = network.macro_tail.deep[0](third)
    assert fourth.shape == (1, 256, 8, 8)
    assert network.macro_tail.deep[1](fourth).shape == (1, 256, 4, 4)
    assert network.macro_tail(first, second, third).shape == (1, 640)
    assert network.full[0].in_features == 640 and network.full[0].out_features == 1024


def test_both_short_circuits_reach_the_full_connection() -> None:
    """With the deep blocks silenced, r still follows blocks 1 and 2, and each by itself."""
    network = FabricCNN(BackboneConfig(width=16, **PAPER)).eval()
    maps = network.stem(torch.rand(2, 3, 64, 64))
    for silent in (0, 1):
        kept = [m if i == silent else torch.zeros_like(m) for i, m in enumerate(maps)]
        values = network.macro_tail(*kept)
        assert (values[0] - values[1]).abs().max() > 1e-6


def test_meanstd_is_the_two_moments_and_its_gradient_is_right() -> None:
    maps = torch.rand(2, 3, 5, 4, dtype=torch.float64, requires_grad=True)
    for n in range(2):
        for c in range(3):
            values = maps[n, c].flatten().tolist()
            mean = sum(values) / 20
            std = (sum((v - mean) ** 2 for v in values) / 20 + 1e-5) ** 0.5
            pools = MeanStd.apply(maps)[n]
            assert pools[c].item() == pytest.approx(mean, rel=1e-12)
            assert pools[3 + c].item() == pytest.approx(std, rel=1e-9)
    assert torch.autograd.gradcheck(MeanStd.apply, (maps,))


@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_meanstd_survives_bfloat16(offset: float) -> None:
    """A spread of 1 on a level of 100 keeps its size, in training and in evaluation."""
    torch.manual_seed(0)
    maps = (torch.randn(2, 4, 32, 32) + offset).to(torch.bfloat16)
    exact = maps.double()
    expected = torch.cat([exact.mean((2, 3)), exact.var((2, 3), correction=0).sqrt()], 1)
    assert torch.allclose(MeanStd.apply(maps).double(), expected, rtol=1e-4, atol=1e-4)
    assert torch.allclose(pooled(maps, "meanstd").double(), expected, rtol=1e-4, atol=1e-4)


def test_meanstd_of_a_flat_map_has_a_finite_gradient() -> None:
    maps = torch.full((1, 2, 8, 8), 3.0, requires_grad=True)
    MeanStd.apply(maps).sum().backward()
    assert torch.isfinite(maps.grad).all()


def test_uint8_and_float_pixels_are_the_same_picture() -> None:
    pixels = torch.randint(0, 256, (2, 3, 8, 8), dtype=torch.uint8)
    assert torch.allclose(normalised(pixels), normalised(pixels.float() / 255), atol=1e-6)
    assert normalised(torch.tensor([0.0, 0.5, 1.0])).tolist() == [-2.0, 0.0, 2.0]


def test_micro_pools_are_averaged_over_crops_in_any_order() -> None:
    torch.manual_seed(0)
    network = FabricCNN(BackboneConfig(features=32)).eval()
    macro, micro = torch.rand(2, 3, 32, 32), torch.rand(2, 4, 3, 32, 32)
    known = torch.ones(2, 1)
    pools = network.pools(ViewBatch(macro, micro, known))
    half = pools.shape[1] // 2
    single = [network.pools(ViewBatch(macro, micro[:, i : i + 1], known)) for i in range(4)]
    assert torch.allclose(pools[:, half:], torch.stack(single).mean(0)[:, half:], atol=1e-5)
    assert torch.allclose(pools[:, :half], single[0][:, :half], atol=1e-6)
    turned = network.pools(ViewBatch(macro, micro.flip(1), known))
    assert torch.allclose(turned, pools, atol=1e-5)


def test_training_and_evaluation_take_the_same_path_but_for_batch_statistics() -> None:
    """With every batch normalisation frozen, the joint and the separate stem agree."""
    torch.manual_seed(0)
    network = FabricCNN(BackboneConfig(features=32))
    views = ViewBatch(torch.rand(3, 3, 32, 32), torch.rand(3, 2, 3, 32, 32), torch.rand(3, 4))
    together = network.eval()(views)
    network.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
            module.eval()
    assert torch.allclose(network(views), together, atol=1e-5)


@pytest.mark.parametrize("place", range(4))
def test_every_number_of_the_scale_reaches_r(place: int) -> None:
    torch.manual_seed(0)
    network = FabricCNN(BackboneConfig(features=32)).eval()
    macro, micro = torch.rand(1, 3, 32, 32), torch.rand(1, 1, 3, 32, 32)
    told = torch.zeros(1, 4)
    unknown = network(ViewBatch(macro, micro, told))
    told[0, place] = 1
    assert not torch.allclose(network(ViewBatch(macro, micro, told)), unknown)


@pytest.mark.parametrize(
    "wrong", [{"width": 20}, {"pool": "max"}, {"views": "micro"}, {"short_stride": 3}]
)
def test_impossible_networks_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        BackboneConfig(**wrong)


def test_the_scale_steers_the_pools_and_starts_silent(samples: SimpleNamespace) -> None:
    """At the start FiLM passes everything on; once it has learnt, scale multiplies and shifts."""
    views = samples.shown(4, 64, 1)
    network = FabricCNN(BackboneConfig(features=32)).eval()
    plain = FabricCNN(BackboneConfig(features=32, scale_film=False)).eval()
    plain.load_state_dict({k: v for k, v in network.state_dict().items() if "film" not in k})
    assert torch.equal(network(views), plain(views))
    last = network.film.steer[2]
    torch.nn.init.normal_(last.weight)
    with torch.no_grad():
        values = network.norm(network.pools(views))
        gain, shift = network.film.steer(views.scale).chunk(2, 1)
        steered = torch.cat([values * (1 + gain) + shift, views.scale], 1)
        assert torch.allclose(network(views), network.full(steered))
    assert not torch.equal(network(views), plain(views))


@pytest.mark.parametrize("kept", [1, 4])
def test_a_network_of_one_flag_hears_only_the_flag(kept: int, samples: SimpleNamespace) -> None:
    network = FabricCNN(BackboneConfig(features=32, scale_inputs=kept)).eval()
    views = samples.shown(4, 64, 1)
    other = views.scale + torch.tensor([1.0, 0.5, 0.0, -2.0])
    same = torch.equal(network(views), network(views._replace(scale=other)))
    assert same == (kept == 1)
    if kept == 1:  # which may also come by itself
        assert torch.equal(network(views), network(views._replace(scale=views.scale[:, 2:3])))


def test_a_method_starts_from_one_that_was_told_less(samples: SimpleNamespace) -> None:
    """A widened full connection answers as before while the new inputs are not heard."""
    torch.manual_seed(0)
    old = DVSH(DVSHConfig(BackboneConfig(features=32, scale_inputs=1, scale_film=False))).eval()
    new = DVSH(DVSHConfig(BackboneConfig(features=32))).eval()
    fresh = new.start_from(old)
    assert fresh and all(name.startswith("backbone.film.") for name in fresh)
    views = samples.shown(3, 64, 1)
    heard = views._replace(scale=views.scale * torch.tensor([0.0, 0.0, 1.0, 0.0]))
    assert torch.allclose(old(views).u, new(heard).u, atol=1e-6)
    twin = DVSH(DVSHConfig(BackboneConfig(features=32))).eval()
    assert twin.start_from(new) == []
    assert torch.equal(twin(views).u, new(views).u)
    shorter = DVSH(DVSHConfig(BackboneConfig(features=32), n_bits=64)).eval()
    assert shorter.start_from(new) == ["structure.weight", "structure.bias"]


def test_configurations_of_before_the_scale_are_read_as_they_were() -> None:
    old = BackboneConfig.from_raw({"width": 16, "features": 64})
    assert old.scale_inputs == 1 and not old.scale_film
    today = BackboneConfig(scale_film=False)
    assert BackboneConfig.from_raw(asdict(today)) == today
    with pytest.raises(ValueError, match="1 or 4"):
        BackboneConfig(scale_inputs=2)
