"""The contract every published system keeps: codes, checkpoints, graphs, and learning by heart."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.domain.encoder_arrays import scale_inputs
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.base import BackboneConfig, HashingMethod
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.dah import DAH, DAHConfig
from fabricfinder.hashing.description import Describer
from fabricfinder.hashing.dshc import DSHC, DSHCConfig
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.growth import GrowthConfig
from fabricfinder.hashing.mdffsh import MDFFSH, MDFFSHConfig
from fabricfinder.hashing.methods import HASHING_METHODS
from fabricfinder.hashing.tsn import TSN, TSNConfig

SMALL = BackboneConfig(features=48)
PAPER = Beyond(coarse=0, fine=0, tightness=0, frequency=0)
MAKERS: dict[str, Callable[[], HashingMethod]] = {
    "mdff-sh": lambda: MDFFSH(MDFFSHConfig(backbone=SMALL, n_bits=32, fusion=64, beyond=PAPER)),
    "dshc": lambda: DSHC(DSHCConfig(backbone=SMALL, n_bits=32, sub_classes=6, beyond=PAPER)),
    "dshc-multi": lambda: DSHC(
        DSHCConfig(backbone=SMALL, mode="multi", n_bits=128, beyond=PAPER)
    ),
    "dah": lambda: DAH(DAHConfig(n_bits=16, input_px=32, views="macro", beyond=PAPER)),
    "tsn": lambda: TSN(
        TSNConfig(GrowthConfig((6,) * 7, 4, repeats=False), depth=32, features=48, n_bits=16,
                  bank=16, augment=0.0, beyond=PAPER)
    ),
    "mdff-sh-resnet": lambda: MDFFSH(
        MDFFSHConfig("resnet18", SMALL, n_bits=16, fusion=32, beyond=PAPER)
    ),
}
LEARNERS = tuple(name for name in MAKERS if "resnet" not in name)


def made(name: str, **beyond: float) -> HashingMethod:
    torch.manual_seed(4)
    model = MAKERS[name]()
    if not beyond:
        return model
    return type(model)(replace(model.config, beyond=replace(PAPER, **beyond)))


@pytest.mark.parametrize("name", MAKERS)
def test_codes_are_bits_and_do_not_hang_on_the_company(
    name: str, samples: SimpleNamespace
) -> None:
    model = made(name).eval()
    views = samples.shown(5, 64, 2)
    with torch.no_grad():
        output, again = model(views), model(views)
        alone = model(type(views)(*(v[2:3] for v in views)))
    bits = model.bits(output)
    assert bits.dtype == torch.uint8 and bits.shape == (5, model.n_bits)
    assert set(bits.unique().tolist()) <= {0, 1}
    assert torch.equal(bits, model.bits(again))
    assert torch.equal(bits[2:3], model.bits(alone))
    assert output.u.shape == bits.shape and output.u.abs().max() <= 1 + 1e-6
    assert HASHING_METHODS[model.name] is type(model)


@pytest.mark.parametrize("name", MAKERS)
def test_a_checkpoint_and_its_graph_say_the_same(
    name: str, samples: SimpleNamespace, tmp_path
) -> None:
    model = made(name)
    with torch.no_grad():  # settle the batch statistics
        model.train()
        for seed in range(2):
            model(samples.shown(12, 64, 1, seed))
    path = tmp_path / f"{name}.safetensors"
    card = replace(new_card(model.eval()), view_px=64, n_micro=2)
    save_checkpoint(model, card, path)
    again = load_checkpoint(path)
    assert again.model.config == model.config
    assert json.loads(json.dumps(asdict(model.config))) == again.card.config
    views = samples.views_of(5)
    arrays = [np.stack([v.macro for v in views]), np.stack([v.micro for v in views])]
    shown = [torch.from_numpy(a) for a in arrays]
    told = torch.from_numpy(np.stack([scale_inputs(v) for v in views]))
    with torch.no_grad():
        said = Describer(*again)(*shown, told)
    export_onnx(again, path.with_suffix(".onnx"))
    encoder = OnnxEncoder(path.with_suffix(".onnx"))
    found = encoder.encode(views)
    relaxed = said.relaxed.numpy()
    for i, one in enumerate(found):
        sure = np.abs(relaxed[i]) > 1e-4 if "dshc" != name else np.ones(model.n_bits, bool)
        assert np.array_equal(one.code.bits[sure], said.bits[i].numpy()[sure])
        assert np.allclose(one.coarse, said.coarse[i].numpy(), atol=1e-3)


@pytest.mark.parametrize("name", LEARNERS)
def test_every_system_overfits_a_tiny_set(name: str, samples: SimpleNamespace) -> None:
    """Four classes of two by heart: the own class lies nearer, and the paper's loss is down."""
    model = made(name).train()
    batch = samples.batch_of(8)
    n = len(batch.coarse)
    batch = batch._replace(
        coarse=torch.arange(n) // 2, fine=torch.arange(n) // 2, fabric=torch.arange(n) // 2,
        tightness=torch.full((n,), 70.0), colors=torch.eye(10)[torch.arange(n) // 2],
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    values = []
    for step in range(12 if name == "dah" else 24):
        total = torch.stack(list(model.loss(batch, step).values())).sum()
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        values.append(total.item())
    assert np.mean(values[-3:]) < (0.8 if name == "dah" else 0.5) * values[0]
    with torch.no_grad():  # as it was seen in training: eight pictures settle no statistics
        bits = model.bits(model(batch.views)).float()
    distance = torch.cdist(bits, bits, p=1)
    same = batch.coarse[:, None] == batch.coarse[None]
    assert distance[same].mean() < 0.5 * distance[~same].mean()


@pytest.mark.parametrize("name", LEARNERS)
def test_beliefs_learn_without_touching_the_code(name: str, samples: SimpleNamespace) -> None:
    batch = samples.batch_of(8)
    plain, told = made(name).train(), made(name, coarse=1, fine=1, tightness=0.5).train()
    told.load_state_dict(plain.state_dict())
    for model in (plain, told):
        torch.stack(list(model.loss(batch, 0).values())).sum().backward()
    assert plain.heads.coarse.weight.grad is None
    assert told.heads.coarse.weight.grad.abs().sum() > 0
    for (key, a), (_, b) in zip(plain.named_parameters(), told.named_parameters(), strict=True):
        if not key.startswith("heads."):
            assert (a.grad is None) == (b.grad is None)
            assert a.grad is None or torch.allclose(a.grad, b.grad, atol=1e-6)


@pytest.mark.parametrize("name", ["mdff-sh", "dshc"])
def test_the_trunk_and_heads_start_from_a_dvsh(name: str, samples: SimpleNamespace) -> None:
    trained = samples.small_model()
    config = replace(made(name).config, backbone=trained.config.backbone)
    model = HASHING_METHODS[name](config).eval()
    fresh = model.start_from(trained)
    assert fresh and not any(key.startswith(("backbone.", "heads.")) for key in fresh)
    views = samples.shown(3, 64, 1)
    assert torch.allclose(model(views).r, trained(views).r, atol=1e-5)
    assert torch.allclose(model(views).coarse_logits, trained(views).coarse_logits, atol=1e-5)
