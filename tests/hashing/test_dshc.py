"""DSHC: its codes counted, its loss as printed and mended, its decoding, its labels as code."""

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.dshc import (
    DSHC,
    DSHCConfig,
    decode,
    label_bits,
    literal_loss,
    marginal_losses,
    multi_hot,
)
from fabricfinder.hashing.dshc_codes import (
    SubClassCodesError,
    candidate_codes,
    center_points,
    cpbc,
    kbc,
    spread_centres,
)

SMALL = BackboneConfig(features=32)


def small(**changes: object) -> DSHC:
    torch.manual_seed(0)
    return DSHC(DSHCConfig(**{"backbone": SMALL, "n_bits": 32, "n_coarse": 7} | changes))


@pytest.mark.parametrize(
    ("h", "total", "distinct", "between"),
    [(1, 110, 56, 0), (2, 210, 210, 2), (3, 310, 310, 4), (4, 410, 410, 6)],
)
def test_cpbc_of_ten_classes_counted(h: int, total: int, distinct: int, between: int) -> None:
    made = cpbc(10, h, checked=False)
    codes = [tuple(row) for row in made.codes.tolist()]
    assert len(codes) == total and len(set(codes)) == distinct == made.n_distinct()
    gaps, inside = [], []
    for i in range(0, total, 7):  # every seventh against all
        for j in range(total):
            gap = sum(a != b for a, b in zip(codes[i], codes[j], strict=True))
            (inside if made.owner[i] == made.owner[j] else gaps).append(gap)
    assert max(inside) <= made.widest_class() == 2
    assert min(gaps) >= made.nearest_classes() == between == max(0, 2 * h - 2)
    centres = center_points(10, h)
    apart = (centres[:, None] != centres[None]).sum(-1)
    assert set(apart[~torch.eye(10, dtype=torch.bool)].tolist()) == {2 * h}


@pytest.mark.parametrize("h", [1, 2])
def test_fewer_than_three_bits_a_class_are_refused_with_the_reason(h: int) -> None:
    with pytest.raises(SubClassCodesError, match="at least 3") as refusal:
        small(n_bits=64, construction="cpbc", bits_a_class=h, n_coarse=10)
    assert isinstance(refusal.value, FabricFinderError)
    assert f"as few as {2 * h - 2}" in str(refusal.value) and "30 bits" in str(refusal.value)
    assert cpbc(10, 3).n_distinct() == 310


def test_candidates_are_all_codes_where_there_are_few() -> None:
    points = candidate_codes(6, 0)
    assert len(points) == 64 == len(torch.unique(points, dim=0))
    assert set(points.unique().tolist()) == {-1.0, 1.0}
    assert candidate_codes(20, 0).shape == (1 << 16, 20)


@pytest.mark.parametrize(("n_classes", "length"), [(10, 10), (10, 12), (20, 24)])
def test_kbc_keeps_classes_apart_in_few_bits(n_classes: int, length: int) -> None:
    made = kbc(n_classes, length)
    assert made.n_distinct() == len(made.codes) == n_classes * made.n_each
    assert made.widest_class() <= 2
    centres = made.codes[:: made.n_each]
    for place, code in enumerate(made.codes.tolist()):
        for k, centre in enumerate(centres.tolist()):
            gap = sum(a != b for a, b in zip(code, centre, strict=True))
            assert gap <= 1 if k == made.owner[place] else gap >= 3
    if length == 10:  # where CPBC leaves 56 distinct codes and classes that coincide
        assert made.nearest_classes() > cpbc(10, 1, checked=False).nearest_classes()


def test_kbc_repeats_and_keeps_as_many_as_asked() -> None:
    assert kbc(10, 12, 5).n_each == 5
    kbc.cache_clear()
    again = kbc(10, 12, 5)
    assert torch.equal(again.codes, kbc(10, 12, 5).codes)
    assert torch.equal(again.codes[::5], kbc(10, 12).codes[:: kbc(10, 12).n_each])


def test_too_many_classes_for_so_few_bits_are_refused() -> None:
    with pytest.raises(SubClassCodesError, match="too few for 40 classes"):
        kbc(40, 6)


def test_medoids_are_codes_and_never_nearer_than_a_random_choice() -> None:
    points = candidate_codes(10, 0)
    for seed in range(3):
        centres = spread_centres(points, 8, seed)
        gaps = ((10 - centres @ centres.T) / 2)[~torch.eye(8, dtype=torch.bool)]
        chosen = points[torch.randperm(1024, generator=torch.Generator().manual_seed(seed))[:8]]
        others = ((10 - chosen @ chosen.T) / 2)[~torch.eye(8, dtype=torch.bool)]
        assert gaps.min() >= others.min() and gaps.min() >= 3


def test_literal_loss_by_loops_and_its_floor() -> None:
    made = cpbc(10, 3)
    torch.manual_seed(0)
    logits, labels = torch.randn(5, 310).double(), torch.tensor([0, 3, 9, -1, 3])
    naive = []
    for i in range(5):
        if labels[i] >= 0:
            chances = [math.exp(v) for v in logits[i].tolist()]
            total = sum(chances)
            own = range(int(labels[i]) * 31, int(labels[i]) * 31 + 31)
            naive.append(-sum(math.log(chances[c] / total) / 3 for c in own))
    found = literal_loss(logits, made.owner, labels, 3).item()
    assert found == pytest.approx(sum(naive) / 4)
    sure = torch.full((1, 310), -60.0).double()
    sure[0, 31:62] = 0
    floor = literal_loss(sure, made.owner, torch.tensor([1]), 3).item()
    assert floor == pytest.approx(31 / 3 * math.log(31), abs=1e-9) == pytest.approx(35.48, abs=0.01)


def test_the_literal_optimum_is_uniform_over_the_sub_classes() -> None:
    """Finding 7: the printed loss makes sub-classes noise; the mended one decides."""
    torch.manual_seed(0)
    start, labels = torch.randn(12, 3 * 4), torch.arange(12) % 3
    owner = torch.arange(3).repeat_interleave(4)

    def settled(loss: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
        logits = start.clone().requires_grad_()
        optimizer = torch.optim.LBFGS([logits], max_iter=60, line_search_fn="strong_wolfe")

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            value = loss(logits)
            value.backward()
            return value

        optimizer.step(closure)
        return torch.softmax(logits.detach(), 1).unflatten(1, (3, 4))[torch.arange(12), labels]

    printed = settled(lambda v: literal_loss(v, owner, labels, 3))
    assert torch.allclose(printed, torch.full((12, 4), 1 / 4), atol=3e-3)

    def mended(logits: torch.Tensor) -> torch.Tensor:
        cross, spread, entropy = marginal_losses(logits, labels, 4)
        return cross + spread + 0.2 * entropy

    sharp = settled(mended)
    assert (sharp.sum(1) > 0.98).all() and (sharp.amax(1) > 0.9).float().mean() > 0.8
    counts = torch.bincount(sharp.argmax(1), minlength=4)
    assert counts.min() >= 2  # balanced: about three pictures in each of four sub-classes


def test_the_literal_gradient_is_only_rescaled() -> None:
    made = cpbc(3, 3)
    logits = torch.randn(1, 30).double().requires_grad_()
    literal_loss(logits, made.owner, torch.tensor([1]), 3).backward()
    y = (made.owner == 1).double() / 3
    p = torch.softmax(logits.detach(), 1)[0]
    assert torch.allclose(logits.grad[0], y.sum() * p - y, atol=1e-9)
    assert y.sum().item() == pytest.approx(10 / 3)


def test_marginal_losses_by_loops() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(5, 12).double(), torch.tensor([0, 2, -1, 1, 2])
    cross, spread, entropy = (v.item() for v in marginal_losses(logits, labels, 4))
    marginals, entropies, mean = [], [], [0.0] * 4
    for i in range(5):
        if labels[i] < 0:
            continue
        chances = [math.exp(v) for v in logits[i].tolist()]
        own = chances[int(labels[i]) * 4 :][:4]
        marginals.append(-math.log(sum(own) / sum(chances)))
        q = [v / sum(own) for v in own]
        entropies.append(-sum(v * math.log(v) for v in q))
        mean = [a + b / 4 for a, b in zip(mean, q, strict=True)]
    assert cross == pytest.approx(sum(marginals) / 4)
    assert entropy == pytest.approx(sum(entropies) / 4)
    assert spread == pytest.approx(sum(v * math.log(v * 4) for v in mean))
    assert all(v.item() == 0 for v in marginal_losses(logits, torch.full((5,), -1), 4))


def test_losses_pass_gradcheck() -> None:
    torch.manual_seed(0)
    logits = torch.randn(4, 12).double().requires_grad_()
    owner, labels = torch.arange(3).repeat_interleave(4), torch.tensor([0, 2, -1, 2])
    assert torch.autograd.gradcheck(lambda v: literal_loss(v, owner, labels, 3), (logits,))
    assert torch.autograd.gradcheck(lambda v: torch.stack(marginal_losses(v, labels, 4)), (logits,))


def test_decoding_one_code_and_averaging_several() -> None:
    made = cpbc(4, 3)
    torch.manual_seed(0)
    logits = torch.randn(50, 52) * 2
    one = decode(logits, made, 1)
    for i in range(50):
        chances = [math.exp(v) for v in logits[i].tolist()]
        best = max(range(4), key=lambda c: sum(chances[c * 13 : c * 13 + 13]))
        place = max(range(best * 13, best * 13 + 13), key=lambda c: chances[c])
        assert (one[i] * 2.0 - 1).tolist() == made.codes[place].float().tolist()
    for k in (2, 3, 5):
        several = decode(logits, made, k)
        for i in range(50):
            p = torch.softmax(logits[i], 0).tolist()
            top = sorted(range(52), key=lambda c: -p[c])[:k]
            for bit in range(12):
                total = sum(p[c] * made.codes[c, bit].item() for c in top)
                if abs(total) > 1e-6:
                    assert several[i, bit].item() == (total > 0)


def test_two_equal_codes_tie_to_one_and_three_distinct_give_the_centre() -> None:
    made = cpbc(10, 3)
    logits = torch.full((1, 310), -50.0)
    logits[0, 32:34] = 0  # two flips of class 1, equally likely: the two bits cancel
    two = decode(logits, made, 2)[0]
    flipped = (made.codes[32] + made.codes[33] == 0).nonzero().flatten()
    assert len(flipped) == 2 and two[flipped].tolist() == [1, 1]
    logits[0, 34] = 0
    three = decode(logits, made, 3)[0]
    assert torch.equal(three.int() * 2 - 1, made.codes[31].int())


def test_the_label_is_the_code(samples: SimpleNamespace) -> None:
    taxonomy = default_taxonomy()
    n_coarse, n_fine = len(taxonomy.coarse), len(taxonomy.fine)
    colors = torch.zeros(8, 10)
    colors[:, 3] = 1
    batch = samples.batch_of(8)._replace(colors=colors)
    hot, known = multi_hot(batch, n_coarse, n_fine)
    assert hot.shape == known.shape == (8, label_bits(n_coarse, n_fine)) == (8, 128)
    for i in range(8):
        row, told = hot[i].tolist(), known[i].tolist()
        coarse, fine, w = int(batch.coarse[i]), int(batch.fine[i]), float(batch.tightness[i])
        groups = {"major": (0, 4), "minor": (4, n_coarse), "fine": (4 + n_coarse, n_fine),
                  "color": (118 - 5, 10), "tight": (123, 5)}  # fmt: skip
        found = {k: [j for j in range(size) if row[at + j]] for k, (at, size) in groups.items()}
        seen = {k: told[at : at + size] for k, (at, size) in groups.items()}
        if coarse >= 0:
            assert found["minor"] == [coarse]
            assert found["major"] == [taxonomy.majors.index(taxonomy.coarse[coarse].split("/")[0])]
        assert all(seen["minor"]) == (coarse >= 0) == all(seen["major"])
        assert found["fine"] == ([fine] if fine >= 0 else [])
        assert found["color"] == [3] and all(seen["color"])
        if math.isnan(w):
            assert found["tight"] == [] and not any(seen["tight"])
        else:
            assert found["tight"] == [sum(w >= e for e in (45, 60, 75, 90))]
    assert not multi_hot(batch._replace(colors=None), n_coarse, n_fine)[1][:, 113:123].any()


def test_the_multi_label_loss_by_loops(samples: SimpleNamespace) -> None:
    torch.manual_seed(0)
    model = DSHC(DSHCConfig(backbone=SMALL, mode="multi", n_bits=128, beyond=Beyond(0, 0, 0, 0)))
    batch = samples.batch_of(6)
    output = model.eval()(batch.views)
    hot, known = multi_hot(batch, model.config.n_coarse, model.config.n_fine)
    values = model.nodes(output.r)
    naive = []
    for i in range(6):
        for j in range(128):
            if known[i, j]:
                chance = 1 / (1 + math.exp(-values[i, j].item()))
                naive.append(-math.log(chance if hot[i, j] else 1 - chance))
    terms = model.terms(output, batch)
    assert list(terms) == ["class"]
    assert terms["class"].item() == pytest.approx(sum(naive) / len(naive), rel=1e-4)
    assert torch.equal(model.bits(output), (values > 0).to(torch.uint8))


def test_terms_follow_the_form_and_majors_are_a_class(samples: SimpleNamespace) -> None:
    batch = samples.batch_of(8)
    nothing = Beyond(0, 0, 0, 0)
    assert set(small(beyond=nothing).loss(batch, 0)) == {"class", "spread", "sharp"}
    literal = small(form="literal", construction="cpbc", bits_a_class=4, beyond=nothing)
    assert set(literal.loss(batch, 0)) == {"class"}
    majors = small(classes="major", construction="cpbc", bits_a_class=8, n_coarse=65)
    labels = majors.labels(batch).tolist()
    of = default_taxonomy().major_of
    assert labels == [int(of[c]) if c >= 0 else -1 for c in batch.coarse.tolist()]
    assert majors.n_used == 32 and majors.n_each == 33


def test_what_the_construction_leaves_is_zero_in_every_code(samples: SimpleNamespace) -> None:
    model = small(construction="cpbc", n_bits=32, bits_a_class=3).eval()  # 7 classes: 21 bits
    output = model(samples.shown(9, 32, 1))
    assert (model.bits(output)[:, 21:] == 0).all()
    assert torch.allclose(output.u[:, 21:], torch.tensor(-1.0))
    expected = torch.softmax(output.logits[:, 0], 1) @ model.codes.float()
    assert torch.allclose(output.u, expected, atol=1e-6)


@pytest.mark.parametrize(
    "changes",
    [{"n_bits": 7}, {"mode": "multi", "n_bits": 64}, {"top_k": 0}, {"form": "x"},
     {"construction": "cpbc", "n_bits": 64}],
)  # fmt: skip
def test_what_cannot_be_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError):
        DSHCConfig(**changes)
    assert np.prod(candidate_codes(4, 0).shape) == 64
