"""Unfamiliarity: scale, order, and the clustering behind it."""

import pytest
import torch

from fabricfinder.hashing.familiarity import Familiarity, fit_familiarity, k_means, unfamiliarity


def cloth(n: int, seed: int) -> torch.Tensor:
    """Features near four directions of twenty dimensions, of any length."""
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.randint(0, 4, (n,), generator=generator)
    points = torch.eye(20)[kinds] + 0.05 * torch.randn(n, 20, generator=generator)
    return points * (torch.rand(n, 1, generator=generator) + 0.5)


def test_unfamiliarity_by_loops() -> None:
    torch.manual_seed(0)
    features, centres = torch.rand(4, 3), torch.rand(5, 3)
    values = unfamiliarity(features, Familiarity(centres, torch.tensor(0.5)))
    for row, value in zip(features, values, strict=True):
        unit = row / row.norm()
        nearest = min((unit - centre).norm().item() for centre in centres)
        assert value.item() == pytest.approx(nearest / 0.5, abs=1e-5)


def test_one_is_the_99th_percentile_of_validation_cloth() -> None:
    validation = cloth(1000, 2)
    reference = fit_familiarity(cloth(2000, 1), validation, n_centres=16)
    share = (unfamiliarity(validation, reference) > 1).float().mean().item()
    assert share == pytest.approx(0.01, abs=0.002)
    strange = torch.eye(20)[4:] + 0.05
    assert (unfamiliarity(strange, reference) > 2).all()
    assert torch.allclose(
        unfamiliarity(validation * 7, reference), unfamiliarity(validation, reference), atol=1e-5
    )


def test_an_undecided_code_is_strange() -> None:
    validation = cloth(1000, 2)
    decided = torch.sign(torch.randn(1000, 32)) * (0.5 + 0.5 * torch.rand(1000, 1))
    reference = fit_familiarity(cloth(500, 1), validation, n_centres=8, relaxed=decided)
    share = ((1 - decided.abs().mean(1)) / reference.doubt > 1).float().mean().item()
    assert share == pytest.approx(0.03, abs=0.005)
    features = validation[:1]
    undecided, sure = torch.full((1, 32), 0.1), torch.ones(1, 32)
    assert unfamiliarity(features, reference, undecided).item() == pytest.approx(
        0.9 / reference.doubt.item(), rel=1e-4
    )
    assert torch.equal(
        unfamiliarity(features, reference, sure), unfamiliarity(features, reference)
    )


def test_k_means_finds_separate_groups_and_lowers_the_distance() -> None:
    points = cloth(400, 3)
    points = points / points.norm(dim=1, keepdim=True)
    start = k_means(points, 12, 0, rounds=0)
    end = k_means(points, 12, 0)
    spread = [torch.cdist(points, c).amin(1).square().mean() for c in (start, end)]
    assert spread[1] < spread[0]
    assert end[:, :4].amax(1).min() > 0.9  # every centre lies in one of the four directions
    assert torch.equal(end, k_means(points, 12, 0))
    assert len(k_means(points[:5], 12, 0)) == 5


def test_familiarity_needs_cloth() -> None:
    with pytest.raises(ValueError, match="needs features"):
        fit_familiarity(torch.zeros(0, 4), torch.rand(3, 4))
