"""TSN's generator: sizes, where maps lie, its losses by loops, style, and its files."""

import json
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.grown import GROWTH_INPUTS, GROWTH_OUTPUTS
from fabricfinder.domain.repeats import N_CONTINUATIONS, continuations
from fabricfinder.hashing.growth import (
    PAPER,
    PRESETS,
    Discriminator,
    Generator,
    GrowthConfig,
    adversarial_loss,
    beside,
    cut_from,
    discriminator_loss,
    outward,
    pixel_loss,
    signed,
)
from fabricfinder.hashing.growth_file import export_growth, load_growth, save_growth
from fabricfinder.hashing.style import VGG19_STYLE, fabric_eyes, gram, style_loss, vgg_eyes, vgg_look

TINY = GrowthConfig((2, 3, 4, 4, 4, 4, 4), 2)


def tiny(**changes: object) -> Generator:
    torch.manual_seed(0)
    return Generator(GrowthConfig(**{"widths": TINY.widths, "last_width": 2} | changes)).eval()


def asked(samples: SimpleNamespace, n: int = 2) -> tuple[torch.Tensor, ...]:
    patches = samples.stripes(n, 128, 3)
    pictures, costs = zip(*(continuations(p) for p in patches), strict=True)
    patch = signed(torch.from_numpy(patches)).permute(0, 3, 1, 2)
    ways = signed(torch.from_numpy(np.stack(pictures))).permute(0, 1, 4, 2, 3)
    return patch, ways, torch.from_numpy(np.stack(costs))


def test_maps_halve_and_double_and_meet(samples: SimpleNamespace) -> None:
    maps = tiny().maps(asked(samples)[0])
    assert [m.shape[-1] for m in maps.encoder] == [128, 64, 32, 16, 8, 4, 2]
    assert [m.shape[-1] for m in maps.decoder] == [2, 4, 8, 16, 32, 64, 128, 256]
    for encoder, decoder in zip(maps.encoder, reversed(maps.decoder[:-1]), strict=True):
        assert encoder.shape == decoder.shape


def test_maps_are_mirrored_outwards_around_their_middle() -> None:
    maps = torch.arange(16.0).reshape(1, 1, 4, 4)
    found = outward(maps, 4)[0, 0]
    for y in range(8):
        for x in range(8):
            inner = [v - 2 for v in (y, x)]
            inner = [-1 - v if v < 0 else (7 - v if v > 3 else v) for v in inner]
            assert found[y, x] == maps[0, 0, inner[0], inner[1]]


def test_the_picture_is_its_shares_of_each_way(samples: SimpleNamespace) -> None:
    generator = tiny()
    patch, ways, costs = asked(samples)
    with torch.no_grad():
        grown = generator(patch, ways, costs)
    assert grown.picture.shape == (2, 3, 256, 256)
    assert grown.shares.shape == (2, 1 + N_CONTINUATIONS, 256, 256)
    torch.testing.assert_close(grown.shares.sum(1), torch.ones(2, 256, 256))
    for i, y, x in ((0, 3, 200), (1, 250, 9), (1, 128, 128)):
        mixed = grown.shares[i, 0, y, x] * grown.own[i, :, y, x]
        for k in range(N_CONTINUATIONS):
            mixed = mixed + grown.shares[i, k + 1, y, x] * ways[i, k, :, y, x]
        torch.testing.assert_close(grown.picture[i, :, y, x], mixed)


def test_it_begins_with_what_the_costs_say(samples: SimpleNamespace) -> None:
    generator = tiny()
    patch, ways, _ = asked(samples, 1)
    repeating, not_one = torch.tensor([[0.0, 0.3, 0.0]]), torch.tensor([[0.9, 1.0, 0.0]])
    with torch.no_grad():
        likely = [generator(patch, ways, c).shares.mean((0, 2, 3)) for c in (repeating, not_one)]
    assert likely[0].argmax() == 1  # the best repeat
    assert likely[1].argmax() == N_CONTINUATIONS  # mirrored


def test_the_paper_s_form_paints_by_itself_and_has_its_size(samples: SimpleNamespace) -> None:
    with torch.device("meta"):
        assert sum(p.numel() for p in Generator(PAPER).parameters()) == 30_977_827
    plain = tiny(aligned=False, repeats=False)
    with torch.no_grad():
        grown = plain(asked(samples)[0])
    assert torch.equal(grown.picture, grown.own) and grown.own.abs().max() <= 1
    assert PRESETS["paper"].style == 100 and PRESETS["paper"].l1 == 1
    assert PRESETS["zhou"].style == 1 and PRESETS["zhou"].l1 == 100


def test_weights_begin_as_the_paper_s() -> None:
    torch.manual_seed(1)
    kernels = [m.weight for m in Generator(GrowthConfig()).modules() if isinstance(m, nn.Conv2d)]
    values = torch.cat([k.flatten() for k in kernels])
    assert float(values.mean().detach()) == pytest.approx(0, abs=1e-3)
    assert float(values.std().detach()) == pytest.approx(0.02, rel=0.02)


def test_adversarial_losses_are_the_naive_logs() -> None:
    real, fake = [1.5, -0.3], [0.2, -2.0]
    sigma = [[1 / (1 + math.exp(-v)) for v in side] for side in (real, fake)]
    wanted = sum(-math.log(p) for p in sigma[0]) / 2 + sum(-math.log(1 - p) for p in sigma[1]) / 2
    found = discriminator_loss(torch.tensor(real), torch.tensor(fake))
    assert float(found) == pytest.approx(wanted, rel=1e-5)
    wanted = sum(-math.log(p) for p in sigma[1]) / 2
    assert float(adversarial_loss(torch.tensor(fake))) == pytest.approx(wanted, rel=1e-5)
    assert float(adversarial_loss(torch.tensor([-1e4]))) == pytest.approx(1e4)


def test_l1_is_the_mean_difference_and_beside_is_the_ring() -> None:
    a, b = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)
    naive = sum(abs(float(x) - float(y)) for x, y in zip(a.flatten(), b.flatten(), strict=True)) / 192
    assert float(pixel_loss(a, b)) == pytest.approx(naive, rel=1e-5)
    ring = beside(a)
    for y in range(8):
        for x in range(8):
            assert bool(ring[y, x]) == (not (2 <= y < 6 and 2 <= x < 6))


def test_the_discriminator_says_one_logit_a_picture() -> None:
    torch.manual_seed(0)
    verdict = Discriminator(4).eval()(torch.rand(3, 3, 256, 256))
    assert verdict.shape == (3,) and torch.isfinite(verdict).all()


def test_style_is_gatys_s_sum() -> None:
    torch.manual_seed(0)
    ours, theirs = ([torch.randn(2, n, 3, 4) for n in (2, 5)] for _ in range(2))
    total = 0.0
    for a, b in zip(ours, theirs, strict=True):
        n = a.shape[1]
        squares = 0.0
        for i in range(2):
            for c in range(n):
                for d in range(n):
                    one, two = (float((m[i, c] * m[i, d]).sum()) / 12 for m in (a, b))
                    squares += (one - two) ** 2
        total += 1000 / n**2 * squares / (2 * n * n)
    assert float(style_loss(ours, theirs)) == pytest.approx(total, rel=1e-4)
    assert float(style_loss(ours, ours)) == 0
    assert gram(ours[0]).shape == (2, 2, 2)
    # The weights of VGG-19's layers, as the paper prints four of the five.
    assert [round(1000 / n**2, 3) for n in (64, 128, 256, 512, 512)] == [.244, .061, .015, .004, .004]


def test_our_eyes_look_at_the_five_blocks(samples: SimpleNamespace) -> None:
    model = samples.small_model()
    eyes = fabric_eyes(model, "small")
    maps = eyes.look(torch.zeros(1, 3, 64, 64))
    assert [m.shape[1] for m in maps] == [16, 32, 64, 128, 128]
    assert [m.shape[2] for m in maps] == [64, 32, 16, 8, 4]
    picture = torch.rand(1, 3, 64, 64)
    first = model.backbone.block_1[0]((picture - 0.5) / 0.25)
    torch.testing.assert_close(eyes.look(picture * 2 - 1)[0], first)
    with pytest.raises(EncoderError, match="no fabric network"):
        fabric_eyes(nn.Linear(1, 1), "line")


def test_vgg_is_used_only_where_its_weights_lie(tmp_path: Path) -> None:
    from torchvision.models import vgg19

    assert vgg_eyes(tmp_path) is None
    with torch.device("meta"):
        layers = vgg19(weights=None).features
    names = [type(layers[place]).__name__ for place in VGG19_STYLE]
    channels = [layers[place - 1].out_channels for place in VGG19_STYLE]
    assert names == ["ReLU"] * 5 and channels == [64, 128, 256, 512, 512]
    small = nn.Sequential(*(
        nn.Conv2d(3 if i == 0 else 2, 2, 1) if type(layer).__name__ == "Conv2d" else layer
        for i, layer in enumerate(layers[: VGG19_STYLE[-1] + 1])
    ))  # fmt: skip
    maps = vgg_look(small)(torch.rand(1, 3, 32, 32))
    assert [m.shape[2] for m in maps] == [32, 16, 8, 4, 2]


def test_patches_are_cut_from_inside() -> None:
    torch.manual_seed(0)
    ramp = torch.linspace(-1, 1, 256).expand(2, 3, 256, 256)
    cut = cut_from(ramp, 128)
    assert cut.shape == (2, 3, 128, 128) and cut.dtype == torch.uint8
    assert (cut[0, 0, 0].int().diff() >= 0).all()
    assert cut_from(ramp, 96).shape == (2, 3, 96, 96)


def test_files_give_back_the_generator_and_its_graph(tmp_path: Path, samples: SimpleNamespace) -> None:
    path = tmp_path / "grow.safetensors"
    save_growth(tiny(), {"command": "a test"}, path)
    generator, made = load_growth(path)
    assert made == {"command": "a test"} and not generator.training
    export_growth(path, path.with_suffix(".onnx"))
    session = onnxruntime.InferenceSession(str(path.with_suffix(".onnx")))
    patches = samples.stripes(1, 128, 5)
    ways = continuations(patches[0])
    shown = dict(zip(GROWTH_INPUTS, (patches, ways.pictures[None], ways.costs[None]), strict=True))
    own, shares = session.run(list(GROWTH_OUTPUTS), shown)
    patch = signed(torch.from_numpy(patches)).permute(0, 3, 1, 2)
    laid = signed(torch.from_numpy(ways.pictures[None])).permute(0, 1, 4, 2, 3)
    with torch.no_grad():
        grown = generator(patch, laid, torch.from_numpy(ways.costs[None]))
    assert np.abs(shares - grown.shares.numpy()).max() < 1e-4
    assert np.abs(own - ((grown.own + 1) * 127.5).permute(0, 2, 3, 1).numpy()).max() < 0.05


def test_wrong_files_get_sentences(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no generator"):
        load_growth(tmp_path / "none.safetensors")
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"not a file of weights")
    with pytest.raises(EncoderError, match="damaged"):
        load_growth(bad)
    path = tmp_path / "grow.safetensors"
    save_growth(tiny(), {}, path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"fabricfinder-growth", b"fabricfinder-otherx"))
    with pytest.raises(EncoderError, match="no generator that this program knows"):
        load_growth(path)
    assert json.loads(json.dumps(PRESETS["cloth"].style)) == 100
    with pytest.raises(ValueError, match="seven widths"):
        GrowthConfig((1, 2, 3))
