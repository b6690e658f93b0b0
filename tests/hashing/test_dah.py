"""DAH: its activation, its two losses by loops, its attention, and the weights it saves."""

import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.hashing.base import normalised
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.dah import (
    CBAM,
    DAH,
    Bottleneck,
    DAHConfig,
    ResNet30,
    Separable,
    balance_losses,
    bit_ratios,
    shrink_sigmoid,
    similarity_losses,
)

KERAS_RESNET50_OF_TEN = 23_587_712 + 2048 * 10 + 10


def small(**changes: object) -> DAH:
    torch.manual_seed(0)
    return DAH(DAHConfig(**{"n_bits": 16} | changes))


def test_shrink_sigmoid_check_values() -> None:
    assert shrink_sigmoid(torch.tensor(0.0)).item() == 0.5
    assert shrink_sigmoid(torch.tensor(1.0)).item() == pytest.approx(0.615529, abs=1e-6)
    x = shrink_sigmoid(torch.tensor([-50.0, -2.0, 2.0, 50.0]))
    assert x.min() >= 0.25 and x.max() <= 0.75 and (x[1:] > x[:-1]).all()
    assert x[1].item() == pytest.approx(0.25 + 0.5 / (1 + math.exp(2)))


def test_dissimilar_check_value() -> None:
    x = torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.25, 0.25, 0.75, 0.75]])
    loss = similarity_losses(x, torch.zeros(2, 2), 4 / 4.8)[0, 1]
    assert loss.item() == pytest.approx(0.552961, abs=1e-6)


@pytest.mark.parametrize("k", [12, 48, 64])
def test_where_the_dissimilar_loss_is_zero(k: int) -> None:
    """All bits 0.18806 apart, or 30.06 % of them fully opposed."""
    alike = torch.full((k,), 0.25)
    apart = alike + 0.18806
    loss = similarity_losses(torch.stack([alike, apart]), torch.zeros(2, 2), k / 4.8)
    assert loss[0, 1].item() == pytest.approx(0, abs=1e-3)
    assert 1 - math.exp(-1 / 4.8) == pytest.approx(0.18806, abs=1e-5)
    assert 1 / 4.8 / math.log(2) == pytest.approx(0.3006, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_the_losses_are_the_naive_sums(seed: int) -> None:
    torch.manual_seed(seed)
    x, s = shrink_sigmoid(torch.randn(4, 6).double()), torch.rand(4, 4).round().double()
    t = 6 / 4.8
    first, pair, bit = similarity_losses(x, s, t), balance_losses(x), balance_losses(x, True)
    rows = x.tolist()
    for i in range(4):
        for j in range(4):
            gaps = [abs(a - b) for a, b in zip(rows[i], rows[j], strict=True)]
            if s[i, j]:
                w1 = sum(g * g for g in gaps)
            else:
                w1 = abs(t + sum(math.log(1 - g) for g in gaps))
            total = sum(a - 0.5 for a in rows[i]) + sum(b - 0.5 for b in rows[j])
            each = sum((a + b - 1) ** 2 for a, b in zip(rows[i], rows[j], strict=True))
            assert first[i, j].item() == pytest.approx(w1, abs=1e-9)
            assert pair[i, j].item() == pytest.approx(total**2, abs=1e-9)
            assert bit[i, j].item() == pytest.approx(each, abs=1e-9)


def test_identical_dissimilar_codes_get_no_push_until_noise_parts_them() -> None:
    x = torch.full((2, 8), 0.5, requires_grad=True)
    similarity_losses(x, torch.zeros(2, 2), 8 / 4.8)[0, 1].backward()
    assert torch.equal(x.grad, torch.zeros(2, 8))
    parted = (torch.full((2, 8), 0.5) + torch.tensor([[0.0], [1e-4]])).requires_grad_()
    similarity_losses(parted, torch.zeros(2, 2), 8 / 4.8)[0, 1].backward()
    # Downhill draws them apart.
    assert (parted.grad[0] > 0.9).all() and (parted.grad[1] < -0.9).all()


def test_losses_pass_gradcheck() -> None:
    torch.manual_seed(1)
    x = (0.3 + 0.4 * torch.rand(3, 4).double()).requires_grad_()
    s = torch.tensor([[1.0, 0, 0.3], [0, 1, 1], [0.3, 1, 1]]).double()
    away = ~torch.eye(3, dtype=torch.bool)  # the kinks at Δ = 0 lie on the diagonal
    assert torch.autograd.gradcheck(lambda v: similarity_losses(v, s, 0.8)[away], (x,))
    for per_bit in (False, True):
        assert torch.autograd.gradcheck(lambda v, p=per_bit: balance_losses(v, p), (x,))


def test_a_balanced_pair_need_not_be_balanced_in_any_bit() -> None:
    """(4) sums over the bits before it squares, so a code of constant bits costs it nothing."""
    constant = torch.tensor([[0.25, 0.75], [0.25, 0.75]])
    assert balance_losses(constant)[0, 1] == 0
    assert balance_losses(constant, per_bit=True)[0, 1].item() == pytest.approx(0.5)


def test_the_total_by_loops(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(6)
    model = small(beyond=Beyond(0, 0, 0, 0)).eval()
    output = model(batch.views)
    terms = model.terms(output, batch)
    w1, w2, labels = [], [], batch.coarse.tolist()
    for i in range(6):
        for j in range(6):
            if i != j and min(labels[i], labels[j]) >= 0:
                pair = output.x[[i, j]]
                s = torch.full((2, 2), float(labels[i] == labels[j]))
                w1.append(similarity_losses(pair, s, 16 / 4.8)[0, 1].item())
                w2.append(balance_losses(pair)[0, 1].item())
    known = [i for i in range(6) if labels[i] >= 0]
    entropies = [-torch.log_softmax(output.class_logits[i], 0)[labels[i]].item() for i in known]
    expected = [sum(v) / len(v) for v in (entropies, w1, w2)]
    found = [terms[k].item() for k in ("class", "similarity", "balance")]
    assert found == pytest.approx(expected, rel=1e-4) and len(terms) == 3


def test_the_weights_are_as_many_as_the_paper_saves() -> None:
    with torch.device("meta"):
        trunk, plain = ResNet30(), ResNet30(attention=False)
        ends = torch.nn.Linear(1024, 48), torch.nn.Linear(48, 10)
    count = sum(p.numel() for m in (trunk, *ends) for p in m.parameters())
    assert count == 2_960_570
    assert 1 - count / KERAS_RESNET50_OF_TEN == pytest.approx(0.8746, abs=5e-5)  # printed: 0.8748
    blocks = [m for m in trunk.modules() if isinstance(m, CBAM)]
    attention = sum(p.numel() for block in blocks for p in block.parameters())
    assert sum(p.numel() for p in plain.parameters()) == sum(
        p.numel() for p in trunk.parameters()
    ) - attention


def test_sizes_are_those_of_table_1() -> None:
    for stride, side in ((1, 32), (2, 64)):
        trunk = ResNet30(stride=stride).eval()
        maps, sizes = torch.rand(1, 3, side, side), []
        maps = trunk.stem(maps)
        for layer in trunk.layers:
            maps = layer(maps)
            sizes.append((type(layer).__name__, *maps.shape[1:3]))
        block = "Bottleneck"
        assert sizes == [
            ("CBAM", 64, 32), *[(block, 256, 16)] * 3, ("CBAM", 256, 16), *[(block, 512, 8)] * 3,
            ("CBAM", 512, 8), *[(block, 1024, 4)] * 3,
        ]  # fmt: skip
    convolutions = 1 + sum(isinstance(m, Separable) for m in trunk.modules())
    assert convolutions - 3 == 28  # without the three shortcuts; with hash layer and classifier 30


def test_attention_by_loops() -> None:
    torch.manual_seed(0)
    cbam, maps = CBAM(16).eval(), torch.randn(1, 16, 5, 4)
    with torch.no_grad():
        found = cbam(maps)[0]
    first, second = cbam.mlp[0], cbam.mlp[2]

    def mlp(values: list[float]) -> list[float]:
        for layer in (first, second):
            rows = zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
            values = [sum(w * v for w, v in zip(row, values, strict=True)) + b for row, b in rows]
            values = [max(0.0, v) for v in values] if layer is first else values
        return values

    flat = [channel.flatten().tolist() for channel in maps[0]]
    means, tops = mlp([sum(c) / 20 for c in flat]), mlp([max(c) for c in flat])
    gates = [1 / (1 + math.exp(-a - b)) for a, b in zip(means, tops, strict=True)]
    scaled = maps[0] * torch.tensor(gates)[:, None, None]
    kernel = cbam.where.weight[0]
    for y in range(5):
        for x in range(4):
            total = 0.0
            for dy in range(-3, 4):
                for dx in range(-3, 4):
                    if 0 <= y + dy < 5 and 0 <= x + dx < 4:
                        column = scaled[:, y + dy, x + dx]
                        total += kernel[0, dy + 3, dx + 3].item() * column.mean().item()
                        total += kernel[1, dy + 3, dx + 3].item() * column.max().item()
            gate = 1 / (1 + math.exp(-total))
            assert torch.allclose(found[:, y, x], scaled[:, y, x] * gate, atol=1e-5)


def test_a_separable_convolution_is_depthwise_then_pointwise() -> None:
    torch.manual_seed(0)
    layer, maps = Separable(3, 5, 3), torch.randn(1, 3, 4, 4)
    # The two together are one convolution whose kernel is their product.
    whole = layer[1].weight * layer[0].weight[:, 0][None]
    expected = torch.nn.functional.conv2d(maps, whole, layer[1].bias, padding=1)
    assert torch.allclose(layer(maps), expected, atol=1e-5)


def test_a_bottleneck_adds_its_shortcut() -> None:
    torch.manual_seed(0)
    block, maps = Bottleneck(8, 4, 8).eval(), torch.randn(2, 8, 5, 5)
    assert torch.equal(block(maps), torch.relu(block.path(maps) + maps))
    assert Bottleneck(4, 4, 8, 2).eval()(maps[:, :4]).shape == (2, 8, 3, 3)


@pytest.mark.parametrize("views", ["macro", "both"])
@pytest.mark.parametrize("side", [32, 64, 128, 96])
def test_any_side_of_view_and_number_of_crops(
    views: str, side: int, samples: SimpleNamespace
) -> None:
    model = small(views=views, attention=side != 96).eval()
    shown = samples.shown(2, side, 2)
    output = model(shown)
    assert output.r.shape == (2, 2048 if views == "both" else 1024)
    assert (output.u.abs() < 1).all() and torch.allclose(output.u, 4 * output.x - 2)
    sized = model.sized(shown.macro)
    assert sized.shape[-1] == 64
    if side == 128:  # the mean of four
        fours = normalised(shown.macro).unflatten(3, (64, 2)).unflatten(2, (64, 2)).mean((3, 5))
        assert torch.allclose(sized, fours, atol=1e-5)
    if side == 64:
        assert torch.equal(sized, normalised(shown.macro))
    assert torch.equal(model.bits(output), (output.u >= 0).to(torch.uint8))


def test_a_value_of_one_half_is_a_one() -> None:
    model = small(features=4)
    with torch.no_grad():
        model.hash.weight.zero_()
        model.hash.bias.zero_()
        assert model.bits(model.hashed(torch.rand(2, 4))).min() == 1


def test_a_classifier_with_gain_can_say_what_the_printed_one_says() -> None:
    """G·w·(x − ½) + (b + Σw/2) are the logits w·x + b, for weights w/G."""
    printed, gained = small(features=4), small(features=4, class_gain=16.0)
    r = torch.rand(5, 4)
    own = printed.classifier
    with torch.no_grad():
        gained.hash.load_state_dict(printed.hash.state_dict())
        gained.classifier.weight.copy_(own.weight / 16)
        gained.classifier.bias.copy_(own.bias + own.weight.sum(1) / 2)
        a, b = printed.hashed(r), gained.hashed(r)
        torch.testing.assert_close(a.class_logits, b.class_logits, rtol=1e-5, atol=1e-6)
        assert torch.equal(a.x, b.x)
        gained.classifier.weight.copy_(own.weight)
        biases = gained.classifier.bias.tolist()
        want = [[16 * float(w @ (x - 0.5)) + c for w, c in zip(own.weight, biases, strict=True)]
                for x in b.x]  # fmt: skip
        found = gained.hashed(r).class_logits
    torch.testing.assert_close(found, torch.tensor(want), rtol=1e-4, atol=1e-5)


def test_ratios_of_ones_to_zeros_by_loops() -> None:
    torch.manual_seed(0)
    bits = (torch.rand(40, 12) < torch.linspace(0.1, 0.9, 12)).to(torch.uint8)
    found = bit_ratios(bits)
    for j in range(12):
        ones = sum(int(row[j]) for row in bits)
        zeros = 40 - ones
        assert found[j].item() == pytest.approx(max(ones, zeros) / max(1, min(ones, zeros)))
    assert found.min() >= 1 and bit_ratios(torch.ones(7, 1)).item() == 7


@pytest.mark.parametrize("changes", [{"n_bits": 5}, {"input_px": 50}, {"balance": "bit"}])
def test_what_cannot_be_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError):
        DAHConfig(**changes)
