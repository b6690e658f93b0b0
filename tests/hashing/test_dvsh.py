"""DVSH: its codebook, its losses in three readings, its ablations, and that it can learn a list."""

import math
from dataclasses import asdict
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.hashing.base import BackboneConfig, Batch
from fabricfinder.hashing.dvsh import (
    DVSH,
    BiHalf,
    DVSHConfig,
    bit_log_odds,
    block_bits_of,
    codebook,
    kl_divergence,
    quantisation_loss,
    relaxed_code,
)

ABLATIONS = ("DVSH", "DVSH1a", "DVSH1b", "DVSH2a")
SMALL = BackboneConfig(features=32)


@pytest.mark.parametrize("b", [1, 2, 4])
def test_codebook_rows_are_numbers_and_columns_are_orthogonal(b: int) -> None:
    book = codebook(b)
    for a in range(2**b):
        assert [int(v > 0) for v in book[a]] == [int(d) for d in f"{a:0{b}b}"]
    assert torch.equal(book.mean(0), torch.zeros(b))
    assert torch.equal(book.T @ book / 2**b, torch.eye(b))


@given(st.floats(-8, 8), st.floats(-8, 8))
@settings(max_examples=50, deadline=None)
def test_two_nodes_a_block_are_the_classical_hash_layer(low: float, high: float) -> None:
    u = relaxed_code(torch.tensor([[[low, high]]], dtype=torch.float64), codebook(1).double())
    assert u.item() == pytest.approx(math.tanh((high - low) / 2), abs=1e-12)


def test_relaxed_code_by_loops() -> None:
    torch.manual_seed(0)
    logits, book = torch.randn(2, 3, 4), codebook(2)
    u = relaxed_code(logits, book)
    for i in range(2):
        for m in range(3):
            weights = [math.exp(v) for v in logits[i, m].tolist()]
            for k in range(2):
                place = m * 2 + k
                mean = sum(w * book[a, k].item() for a, w in enumerate(weights)) / sum(weights)
                assert u[i, place].item() == pytest.approx(mean, abs=1e-6)
                best = max(range(4), key=lambda a, w=weights: w[a])
                assert block_bits_of(logits, book)[i, place] == (book[best, k] > 0)


@pytest.mark.parametrize(
    ("sharp", "share"), [(1, 0.152), (0.5, 0.082), (0.2, 0.024), (0.05, 0.002)]
)
def test_bits_leave_the_signs_of_u_as_often_as_published(sharp: float, share: float) -> None:
    torch.manual_seed(0)
    logits = torch.randn(20_000, 1, 16)
    signs = relaxed_code(logits / sharp, codebook(4)) > 0
    differing = signs != block_bits_of(logits, codebook(4)).bool()
    assert differing.float().mean().item() == pytest.approx(share, abs=0.004)


def test_kl_check_value_and_prior() -> None:
    mu, variance = torch.tensor([[1.0, -0.5]]), torch.tensor([[1.0, 0.25]])
    assert kl_divergence(mu, variance.log()).item() == pytest.approx(0.943147, abs=1e-6)
    assert kl_divergence(mu, variance.log(), "signs").item() == pytest.approx(0.943147, abs=1e-6)
    assert kl_divergence(mu, variance.log(), "literal").item() == pytest.approx(-0.943147, abs=1e-6)
    assert kl_divergence(torch.zeros(2, 3), torch.zeros(2, 3)).item() == 0.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-8, 4)), min_size=1, max_size=6))
def test_kl_is_never_negative_and_is_the_naive_sum(pairs: list[tuple[float, float]]) -> None:
    mu, logvar = torch.tensor(pairs, dtype=torch.float64).T[:, None]
    naive = sum(-0.5 * (1 + v - m * m - math.exp(v)) for m, v in pairs)
    value = kl_divergence(mu, logvar).item()
    assert value == pytest.approx(naive, rel=1e-9, abs=1e-9)
    assert value >= -1e-12


def test_quantisation_check_value_and_naive_sums() -> None:
    printed = torch.tensor([[0.5, -1.0, 1.0, -0.5]])
    assert quantisation_loss(printed, "literal").item() == pytest.approx(0.5)
    assert quantisation_loss(printed, "signs").item() == pytest.approx(0.5)
    torch.manual_seed(0)
    u = torch.rand(5, 4) * 2 - 1
    rows = u.tolist()
    distance = sum((abs(v) - 1) ** 2 for row in rows for v in row) / 5
    per_bit = sum(abs(sum(row[k] for row in rows) / 5) for k in range(4))
    per_sample = sum(abs(sum(row)) for row in rows) / 5
    assert quantisation_loss(u, balance=0.5).item() == pytest.approx(distance + 0.5 * per_bit)
    assert quantisation_loss(u, "literal").item() == pytest.approx(distance + per_sample)


def test_printed_quantisation_fights_the_blocks_it_is_printed_for() -> None:
    """Finding 5 of the reading: on softmax blocks, uniform costs less than one-hot."""
    uniform, one_hot = torch.full((1, 4), 0.25), torch.eye(4)[:1]
    first = [(block.abs() - 1).square().sum().item() for block in (uniform, one_hot)]
    assert first == [2.25, 3.0]
    assert quantisation_loss(uniform, "literal") < quantisation_loss(one_hot, "literal")
    half = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    assert quantisation_loss(half).item() == 0.0
    assert quantisation_loss(half.abs()).item() == 2.0


def test_losses_pass_gradcheck() -> None:
    torch.manual_seed(0)
    mu, logvar = (torch.randn(3, 4).double().requires_grad_() for _ in range(2))
    assert torch.autograd.gradcheck(kl_divergence, (mu, logvar))
    u = (torch.rand(3, 4).double() * 0.8 + 0.1).requires_grad_()  # away from the kinks at 0
    for form in ("corrected", "literal"):
        assert torch.autograd.gradcheck(lambda v, f=form: quantisation_loss(v, f), (u,))
    logits = torch.randn(2, 3, 4).double().requires_grad_()
    book = codebook(2).double()
    assert torch.autograd.gradcheck(lambda v: relaxed_code(v, book), (logits,))


def test_bi_half_sets_the_upper_half_of_each_bit() -> None:
    u = torch.tensor([[0.1, -3.0], [0.3, -2.0], [0.2, -1.0], [-0.9, -4.0]], requires_grad=True)
    code = BiHalf.apply(u)
    assert code.tolist() == [[-1, -1], [1, 1], [1, 1], [-1, -1]]
    (code * torch.tensor([2.0, 0.0])).sum().backward()
    expected = torch.tensor([2.0, 0.0]) + 6 * (u.detach() - code.detach()) / 8
    assert torch.allclose(u.grad, expected)


@pytest.mark.parametrize("n_bits", [32, 64, 128, 256])
@pytest.mark.parametrize("ablation", ABLATIONS)
def test_every_length_and_ablation_gives_bits(
    n_bits: int, ablation: str, samples: SimpleNamespace
) -> None:
    torch.manual_seed(0)
    model = DVSH(DVSHConfig(SMALL, n_bits=n_bits, ablation=ablation, latent=16)).eval()
    output = model(samples.shown(3, 32))
    bits = model.bits(output)
    assert bits.dtype == torch.uint8 and bits.shape == (3, n_bits)
    assert set(bits.unique().tolist()) <= {0, 1}
    assert output.u.shape == (3, n_bits) and output.u.abs().max() <= 1
    structural = ablation in ("DVSH", "DVSH1a")
    expected = (3, n_bits // 4, 16) if structural else (3, n_bits, 2)
    assert output.logits.shape == expected
    assert hasattr(model, "mu") == (ablation in ("DVSH", "DVSH1b"))
    if not structural:
        assert torch.equal(bits.bool(), output.u > 0)


def test_evaluation_is_deterministic_and_training_samples(samples: SimpleNamespace) -> None:
    model = samples.small_model()
    views = samples.shown(4, 32)
    with torch.no_grad():
        first, second = model(views), model(views)
        assert torch.equal(first.u, second.u) and torch.equal(first.z, first.mu)
        model.train()
        first, second = model(views), model(views)
        assert torch.equal(first.mu, second.mu)
        assert not torch.equal(first.z, second.z)
        assert not torch.equal(first.z, first.mu)


def test_samples_have_the_posterior_mean_and_deviation(samples: SimpleNamespace) -> None:
    torch.manual_seed(0)
    model = samples.small_model().train()
    with torch.no_grad():
        r = model.eval()(samples.shown(1, 32)).r.expand(4000, -1)
        model.train()
        output = model.hashed(r)
    deviation = (0.5 * output.logvar[0]).exp()
    assert torch.allclose(output.z.mean(0), output.mu[0], atol=0.1)
    assert torch.allclose(output.z.std(0) / deviation, torch.ones_like(deviation), atol=0.08)


@pytest.mark.parametrize("form", ["signs", "literal"])
@pytest.mark.parametrize("ablation", ABLATIONS)
def test_printed_forms_have_only_the_papers_terms(
    form: str, ablation: str, samples: SimpleNamespace
) -> None:
    torch.manual_seed(0)
    weights = {"weight_coarse": 1.0, "weight_recapture": 1.0}
    model = DVSH(DVSHConfig(SMALL, form=form, ablation=ablation, latent=16, **weights)).eval()
    batch = samples.batch_of(6)
    output = model(batch.views)
    terms = model.terms(output, batch)
    assert set(terms) == {"quantisation", "list"} | ({"kld"} & set(terms))
    assert ("kld" in terms) == (ablation in ("DVSH", "DVSH1b"))
    features = output.u
    if ablation in ("DVSH", "DVSH1a"):
        features = torch.softmax(output.logits, 2).reshape(6, -1)
    naive = sum(
        sum((abs(v) - 1) ** 2 for v in row) + abs(sum(row)) for row in features.tolist()
    )
    assert terms["quantisation"].item() == pytest.approx(1e-3 * naive / 6, rel=1e-4)
    if "kld" in terms:
        assert (terms["kld"].item() < 0) == (form == "literal")


def test_corrected_terms_are_weighted_and_appear_with_their_weight(
    samples: SimpleNamespace
) -> None:
    weights = dict.fromkeys(
        ("weight_fine", "weight_tightness", "weight_frequency", "weight_recapture"), 1.0
    )
    model = samples.small_model(weight_coarse=2.0, label_smoothing=0.1, **weights)
    batch = samples.batch_of(8)
    terms = model.loss(batch, 0)
    paper = {"kld", "quantisation", "list"}
    assert set(terms) == paper | {"coarse", "fine", "tightness", "frequency", "recapture"}
    assert all(term.ndim == 0 and torch.isfinite(term) for term in terms.values())
    assert set(samples.small_model().loss(batch, 0)) == paper
    double = samples.small_model(weight_coarse=4.0, label_smoothing=0.1).loss(batch, 0)["coarse"]
    assert double.item() == pytest.approx(2 * terms["coarse"].item(), rel=1e-5)


def test_every_weight_of_the_network_is_reached_by_the_loss(samples: SimpleNamespace) -> None:
    model = samples.small_model(weight_coarse=1.0, weight_fine=1.0, weight_tightness=1.0,
                        weight_frequency=1.0, weight_recapture=1.0).train()  # fmt: skip
    sum(model.loss(samples.batch_of(8), 0).values()).backward()
    silent = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())


def test_loss_stays_in_float32_under_autocast(samples: SimpleNamespace) -> None:
    model = samples.small_model(weight_recapture=1.0).train()
    with torch.autocast("cpu", torch.bfloat16):
        terms = model.loss(samples.batch_of(8), 0)
        output = model(samples.batch_of(8).views)
    assert {term.dtype for term in terms.values()} == {torch.float32}
    assert output.r.dtype == output.u.dtype == torch.float32


def test_configuration_survives_json() -> None:
    config = DVSHConfig(SMALL, n_bits=64, ablation="DVSH1b", weight_fine=0.5, list_kind="listnet")
    assert DVSH.from_config(asdict(config)).config == config


@pytest.mark.parametrize("wrong", [{"n_bits": 48}, {"form": "exact"}, {"ablation": "DVSH3"}])
def test_impossible_configurations_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        DVSHConfig(**wrong)


def test_a_list_of_32_is_overfitted_to_a_tenth(samples: SimpleNamespace) -> None:
    """The whole network, its noise included, learns one list's order of 32 pictures."""
    torch.manual_seed(0)
    backbone = BackboneConfig(features=64, views="macro")
    config = DVSHConfig(backbone, n_bits=64, latent=64, list_anchor="first", list_temperature=0.02)
    model = DVSH(config).train()
    batch: Batch = samples.batch_of(32)
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    losses = []
    for _ in range(200):
        terms = model.loss(batch, 0)
        optimizer.zero_grad()
        sum(terms.values()).backward()
        optimizer.step()
        losses.append(terms["list"].item())
        if losses[-1] < 0.08 * losses[0]:
            break
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize("b", [1, 2, 4])
def test_log_odds_lie_under_u(b: int) -> None:
    torch.manual_seed(0)
    logits, book = torch.randn(3, 5, 2**b).double() * 3, codebook(b).double()
    odds = bit_log_odds(logits, book)
    assert torch.allclose(torch.tanh(odds), relaxed_code(logits, book))
    far = bit_log_odds(torch.full((1, 1, 2**b), 0.0).index_fill(2, torch.tensor([0]), 1e4), book)
    assert torch.isfinite(far).all() and (far < -4000).all()
