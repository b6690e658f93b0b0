"""The label heads' losses against naive sums, with unknown labels left out."""

import math

import pytest
import torch

from fabricfinder.hashing.heads import LabelHeads, frequency_loss, label_loss, tightness_loss

NAN = float("nan")


def test_label_loss_leaves_out_the_unknown() -> None:
    logits = torch.tensor([[1.0, 0.0, -1.0], [9.0, 9.0, 9.0], [0.0, 2.0, 0.0]])
    each = torch.log_softmax(logits, 1)
    expected = -(each[0, 2] + each[2, 1]) / 2
    assert label_loss(logits, torch.tensor([2, -1, 1])).item() == pytest.approx(expected.item())
    assert label_loss(logits, torch.tensor([-1, -1, -1])).item() == 0.0


def test_tightness_loss_is_the_gaussian_likelihood_in_percent() -> None:
    prediction = torch.tensor([[0.7, -4.0], [0.5, -2.0], [0.1, 0.0]])
    expected = 0.0
    for (mean, log_variance), percent in zip(prediction[:2].tolist(), (64.0, 80.0), strict=True):
        variance = math.exp(log_variance)
        expected += 0.5 * (log_variance + (percent / 100 - mean) ** 2 / variance) / 2
    loss = tightness_loss(prediction, torch.tensor([64.0, 80.0, NAN]))
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_frequency_loss_by_loops() -> None:
    prediction = torch.tensor([[-1.0, -2.0], [0.0, 0.0]])
    truth = torch.tensor([[-1.05, -3.0], [NAN, NAN]])
    expected = (0.5 * 0.05**2 / 0.1 + (1.0 - 0.05)) / 2
    assert frequency_loss(prediction, truth).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", [tightness_loss, frequency_loss])
def test_nothing_known_gives_zero_and_no_nan_gradient(loss: object) -> None:
    prediction = torch.randn(3, 2, requires_grad=True)
    truth = torch.full((3,) if loss is tightness_loss else (3, 2), NAN)
    value = loss(prediction, truth)
    value.backward()
    assert value.item() == 0.0
    assert torch.equal(prediction.grad, torch.zeros(3, 2))


def test_heads_have_the_vocabularies_sizes_and_a_bounded_variance() -> None:
    heads = LabelHeads(8, 65, 44)
    output = heads(torch.randn(3, 8) * 1000)
    assert output.coarse_logits.shape == (3, 65) and output.fine_logits.shape == (3, 44)
    assert output.tightness[:, 1].min() >= -8 and output.tightness[:, 1].max() <= 2
