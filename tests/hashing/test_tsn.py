"""TSN's hashing network: attention, fusion and the three losses by loops, and its contract."""

import math
from itertools import product
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from fabricfinder.hashing.base import Batch
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.growth import PAPER, GrowthConfig
from fabricfinder.hashing.methods import HASHING_METHODS
from fabricfinder.hashing.tsn import (
    TSN,
    Bank,
    ChannelAttention,
    Fusion,
    TSNConfig,
    classifier_step,
    code_step,
    discrete_objective,
    signs_of,
)

TINY = GrowthConfig((2, 3, 4, 4, 4, 4, 4), 2)


def small(**changes: object) -> TSN:
    torch.manual_seed(0)
    given_ = {"growth": TINY, "depth": 8, "features": 16, "n_bits": 16, "bank": 24, "augment": 0.0}
    return TSN(TSNConfig(**given_ | changes))


def some(n: int = 6, k: int = 5, classes: int = 3, seed: int = 0) -> tuple[Tensor, ...]:
    torch.manual_seed(seed)
    v = torch.randn(n, k).double()
    labels = functional.one_hot(torch.randint(0, classes, (n,)), classes).double()
    return signs_of(torch.randn(n, k).double()), v, labels, torch.randn(k, classes).double()


def test_w_is_the_ridge_solution() -> None:
    codes, _, labels, _ = some()
    weights = classifier_step(codes, labels, 0.7)
    n, k = codes.shape
    square = [
        [sum(codes[i, a] * codes[i, b] for i in range(n)) + 0.7 * (a == b) for b in range(k)]
        for a in range(k)
    ]
    right = [
        [sum(codes[i, a] * labels[i, c] for i in range(n)) for c in range(3)] for a in range(k)
    ]
    naive = torch.linalg.inv(torch.tensor(square, dtype=torch.double)) @ torch.tensor(
        right, dtype=torch.double
    )
    torch.testing.assert_close(weights, naive)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_each_bit_is_the_best_of_two_given_the_others(seed: int) -> None:
    """The discrete step, bit by bit, by trying both values of every bit in the objective."""
    codes, v, labels, weights = some(seed=seed)
    config = TSNConfig(mu=0.3, nu=0.5, eta=0.2)
    stepped = code_step(codes, v, labels, weights, config.eta / config.mu)
    naive = codes.clone()
    for bit in range(codes.shape[1]):
        for i in range(len(codes)):
            costs = {}
            for value in (-1.0, 1.0):
                naive[i, bit] = value
                costs[value] = float(discrete_objective(naive, v, labels, weights, config))
            naive[i, bit] = min(costs, key=costs.__getitem__)
    assert torch.equal(stepped, naive)


def test_the_objective_is_the_paper_s_sum() -> None:
    codes, v, labels, weights = some()
    config = TSNConfig(mu=0.3, nu=0.5, eta=0.2)
    fit = pull = 0.0
    for i in range(len(codes)):
        for c in range(3):
            said = sum(float(codes[i, k] * weights[k, c]) for k in range(5))
            fit += (float(labels[i, c]) - said) ** 2
        pull += sum(float(codes[i, k] - v[i, k]) ** 2 for k in range(5))
    size = sum(float(w) ** 2 for w in weights.flatten())
    wanted = 0.3 * fit + 0.5 * size + 0.2 * pull
    assert float(discrete_objective(codes, v, labels, weights, config)) == pytest.approx(wanted)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_alternating_never_raises_the_objective(seed: int) -> None:
    codes, v, labels, weights = some(12, 8, 4, seed)
    config = TSNConfig(mu=1.0, nu=0.1, eta=0.05)
    values = [float(discrete_objective(codes, v, labels, weights, config))]
    for _ in range(4):
        weights = classifier_step(codes, labels, config.nu / config.mu)
        values.append(float(discrete_objective(codes, v, labels, weights, config)))
        codes = code_step(codes, v, labels, weights, config.eta / config.mu)
        values.append(float(discrete_objective(codes, v, labels, weights, config)))
    assert all(b <= a + 1e-9 for a, b in zip(values, values[1:], strict=False))
    assert values[-1] < values[0]


def batch_like(samples: SimpleNamespace, n: int = 8) -> Batch:
    return samples.batch_of(n)


def test_dpsh_terms_are_the_naive_sums(samples: SimpleNamespace) -> None:
    model, batch = small(hashing="dpsh", beyond=Beyond(0, 0, 0, 0)).train(), batch_like(samples)
    with torch.no_grad():
        output = model.hashed(torch.rand(8, 16))
        terms = model.terms(output, batch)
    v, labels = output.v.double().tolist(), batch.coarse.tolist()
    total, count, distance = 0.0, 0, 0.0
    for i, j in product(range(8), range(8)):
        if i != j and labels[i] >= 0 and labels[j] >= 0:
            theta = 0.5 * sum(a * b for a, b in zip(v[i], v[j], strict=True))
            total += math.log1p(math.exp(theta)) - (labels[i] == labels[j]) * theta
            count += 1
    for row in v:
        distance += sum(((1 if x > 0 else -1) - x) ** 2 for x in row) / 8
    assert set(terms) == {"pairs", "quantisation"}
    assert float(terms["pairs"]) == pytest.approx(total / count, rel=1e-5)
    assert float(terms["quantisation"]) == pytest.approx(0.01 * distance, rel=1e-5)


def test_dhcq_terms_are_the_naive_sums(samples: SimpleNamespace) -> None:
    model, batch = small(hashing="dhcq", beyond=Beyond(0, 0, 0, 0)).train(), batch_like(samples)
    with torch.no_grad():
        output = model.hashed(torch.rand(8, 16))
        terms = model.terms(output, batch)
    weights = model.classifier.weight.detach().double().tolist()
    known = [i for i in range(8) if batch.coarse[i] >= 0]
    total = 0.0
    for i in known:
        row = output.v[i].double().tolist()
        said = [sum(w * x for w, x in zip(column, row, strict=True)) for column in weights]
        total += math.log(sum(math.exp(s) for s in said)) - said[int(batch.coarse[i])]
    assert set(terms) == {"class", "quantisation"}
    assert float(terms["class"]) == pytest.approx(total / len(known), rel=1e-5)


def test_dsdh_pulls_towards_its_discrete_codes(samples: SimpleNamespace) -> None:
    """The CNN step sees η‖B − U‖²: its gradient alone is 2η(U − B)/n, and not zero."""
    model, batch = small(beyond=Beyond(0, 0, 0, 0), eta=0.5).train(), batch_like(samples)
    v = torch.randn(8, 16, requires_grad=True)
    output = model.hashed(torch.rand(8, 16))._replace(v=v)
    terms = model.terms(output, batch)
    codes = model.bank.codes[:8].clone()
    (gradient,) = torch.autograd.grad(terms["quantisation"], v)
    torch.testing.assert_close(gradient, 2 * 0.5 * (v.detach() - codes) / 8)
    assert gradient.abs().min() > 0
    assert set(codes.unique().tolist()) == {-1.0, 1.0}


def test_the_bank_holds_the_last_captures_and_fits_w_to_them() -> None:
    torch.manual_seed(1)
    config = TSNConfig(n_bits=8, mu=0.5, nu=0.1, eta=0.1)
    bank = Bank(10, 8, 3)
    for n in (4, 4, 4):
        v = torch.randn(n, 8)
        labels = functional.one_hot(torch.arange(n) % 3, 3).float()
        before = bank.codes[: max(0, min(int(bank.filled), 10 - n))].clone()
        codes = bank.settle(v, labels, config)
        assert torch.equal(bank.v[:n], v) and torch.equal(bank.codes[:n], codes)
        entered = torch.cat([signs_of(v), before])
        wanted = classifier_step(entered, bank.labels[: len(entered)], 0.2)
        torch.testing.assert_close(bank.weights, wanted)
    assert int(bank.filled) == 12
    assert set(bank.state_dict()) == {"weights"}


@pytest.mark.parametrize("kind", ["softmax", "sigmoid", "none"])
def test_attention_weighs_channels(kind: str) -> None:
    torch.manual_seed(2)
    attend, maps = ChannelAttention(5, kind), torch.randn(2, 5, 3, 3)
    found = attend(maps)
    for i in range(2):
        q = [float(maps[i, c].mean()) for c in range(5)]
        said = [0.0] * 5
        if kind != "none":
            weights, bias = attend.weigh.weight.tolist(), attend.weigh.bias.tolist()
            dots = [sum(w * x for w, x in zip(row, q, strict=True)) for row in weights]
            said = [dot + shift for dot, shift in zip(dots, bias, strict=True)]
        for c in range(5):
            factor = {
                "softmax": 5 * math.exp(said[c]) / sum(map(math.exp, said)),
                "sigmoid": 1 / (1 + math.exp(-said[c])),
                "none": 1.0,
            }[kind]
            torch.testing.assert_close(found[i, c], maps[i, c] * factor)


def test_fusion_walks_from_256_down_to_one_vector() -> None:
    """(3) and (4) step by step; F has half the depth of its input."""
    model = small().eval()
    torch.manual_seed(5)
    maps = model.generator.maps(torch.rand(2, 3, 128, 128) * 2 - 1)
    fusion = model.fusion
    with torch.no_grad():
        fused = fusion.first(fusion.attend[0](maps.decoder[-1]))
        sizes = [fused.shape[-1]]
        for i, side in enumerate((128, 64, 32, 16, 8, 4, 2)):
            encoder, decoder = maps.encoder[i], maps.decoder[-2 - i]
            assert encoder.shape[-1] == decoder.shape[-1] == side
            mixed = fusion.mix[i](fusion.attend[i + 1](torch.cat([encoder, decoder], 1)))
            assert mixed.shape[1] * 2 == encoder.shape[1] + decoder.shape[1] == 2 * fused.shape[1]
            fused = fusion.shrink[i](torch.cat([fused, mixed], 1))
            sizes.append(fused.shape[-1])
        torch.testing.assert_close(fusion(maps), fused.flatten(1))
    assert sizes == [128, 64, 32, 16, 8, 4, 2, 1]
    assert len(fusion.attend) == 8


def test_the_paper_s_size() -> None:
    """33.5 million in stage 2 (science: 33.6), on a generator of 31.0 million."""
    with torch.device("meta"):
        fusion = Fusion(PAPER, 1024, "softmax")
    assert sum(p.numel() for p in fusion.parameters()) == 33_531_104


def test_codes_are_bits_and_the_same_each_time(samples: SimpleNamespace) -> None:
    model = small().eval()
    views = samples.shown(3, 128, 2)
    with torch.no_grad():
        one, two = model(views), model(views)
    bits = model.bits(one)
    assert bits.dtype == torch.uint8 and bits.shape == (3, 16)
    assert set(bits.unique().tolist()) <= {0, 1}
    assert torch.equal(bits, model.bits(two)) and torch.equal(bits, (one.v > 0).to(torch.uint8))


def test_the_generator_stays_frozen(samples: SimpleNamespace) -> None:
    model = small().train()
    before = {k: v.clone() for k, v in model.generator.state_dict().items()}
    torch.stack(list(model.loss(batch_like(samples), 0).values())).sum().backward()
    assert all(p.grad is None for p in model.generator.parameters())
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.fusion.parameters())
    after = model.generator.state_dict()
    assert all(torch.equal(before[k], after[k]) for k in before)


@pytest.mark.parametrize("kept", [False, True])
def test_made_patches_lose_their_tightness(samples: SimpleNamespace, kept: bool) -> None:
    model = small(augment=0.5, scale_kept=kept).train()
    batch = batch_like(samples)._replace(tightness=torch.full((8,), 60.0))
    changed = model.augmented(batch)
    moved = (changed.macro != batch.macro).flatten(1).any(1)
    assert int(moved.sum()) == 4 and changed.macro.dtype == torch.uint8
    assert torch.equal(torch.isnan(changed.tightness), moved & (not kept))
    assert torch.isnan(changed.log_frequency[moved]).all() or kept
    assert torch.equal(changed.coarse, batch.coarse) and torch.equal(changed.micro, batch.micro)
    for i, j in product(range(8), range(8)):  # nor does the S of a pair tell how tight it was
        coarse, fine, color, _ = batch.similarities[:, i, j].tolist()
        told = (coarse + fine + color) / 3
        if kept or not (moved[i] or moved[j]):
            told = batch.similarity[i, j].item()
        assert changed.similarity[i, j].item() == pytest.approx(told)
    alone = model.augmented(batch._replace(similarities=None))
    assert torch.equal(alone.similarity, batch.similarity)
    assert model.eval().augmented(batch) is batch


@pytest.mark.parametrize("hashing", ["dsdh", "dpsh", "dhcq"])
def test_it_overfits_a_tiny_set(hashing: str) -> None:
    """The nearest other code is one of its own class, for every capture; or the bits say it."""
    torch.manual_seed(0)
    model = TSN.for_features(TSNConfig(n_bits=16, hashing=hashing, eta=0.005), 12).train()
    r, coarse = torch.randn(12, 12), torch.arange(12) % 3
    nan = torch.full((12,), torch.nan)
    empty = torch.empty(0)
    batch = Batch(
        empty, empty, empty, similarity=torch.eye(12), coarse=coarse, fine=coarse,
        tightness=nan, log_frequency=torch.stack([nan, nan], 1), fabric=torch.arange(12),
    )  # fmt: skip
    learnt = ("hash", "heads", "classifier")
    weights = [p for n, p in model.named_parameters() if n.startswith(learnt)]
    optimizer = torch.optim.Adam(weights, lr=0.03)
    for _ in range(150):
        loss = torch.stack(list(model.terms(model.hashed(r), batch).values())).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    bits = model.eval().bits(model.hashed(r)).int()
    if hashing == "dhcq":  # its aim: the bits can be classified
        assert torch.equal(model.classifier(bits * 2.0 - 1).argmax(1), coarse)
        return
    distance = (bits[:, None] != bits[None]).sum(-1).fill_diagonal_(99)
    same = coarse[:, None] == coarse[None]
    assert (distance.masked_fill(~same, 99).amin(1) < distance.masked_fill(same, 99).amin(1)).all()


def test_a_checkpoint_and_its_graph_give_the_same_codes(
    tmp_path: object, samples: SimpleNamespace
) -> None:
    import numpy as np
    import onnxruntime

    model = small().eval()
    path = tmp_path / "tsn.safetensors"
    save_checkpoint(model, new_card(model), path)
    loaded = load_checkpoint(path)
    export_onnx(loaded, path.with_suffix(".onnx"))
    session = onnxruntime.InferenceSession(str(path.with_suffix(".onnx")))
    views = samples.shown(3, 128, 4)
    asked = {
        "macro": views.macro.permute(0, 2, 3, 1).contiguous().numpy(),
        "micro": views.micro.permute(0, 1, 3, 4, 2).contiguous().numpy(),
        "scale": views.scale.numpy(),
    }
    names = [o.name for o in session.get_outputs()]
    answered = dict(zip(names, session.run(None, asked), strict=True))
    with torch.no_grad():
        output = loaded.model(views)
    assert np.array_equal(answered["bits"], loaded.model.bits(output).numpy())
    assert np.allclose(answered["relaxed"], output.u.numpy(), atol=1e-4)


def test_wrong_configurations_are_refused() -> None:
    for wrong in ({"n_bits": 12}, {"attention": "max"}, {"hashing": "dvsh"}, {"mu": 0.0},
                  {"augment": 1.5}, {"views": "macro", "features": 512}):  # fmt: skip
        with pytest.raises(ValueError, match="."):
            TSNConfig(**wrong)
    assert HASHING_METHODS["tsn"] is TSN


def test_the_paper_s_single_view_hashes_the_fused_vector(samples: SimpleNamespace) -> None:
    model = small(views="macro", features=8).eval()
    views = samples.shown(2, 96, 1)
    with torch.no_grad():
        torch.testing.assert_close(model(views).r, model.fused(views.macro))
