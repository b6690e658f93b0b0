"""List-wise and contrastive losses against their check values and naive loops."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.hashing.listwise import (
    code_scores,
    listmle,
    listnet,
    listwise_loss,
    printed_scores,
    recapture_loss,
    shuffled_order,
    without_self,
)

RIGHT = torch.tensor([[1.0, 0.5, 0.0]])


def naive_listmle(scores: list[float], similarity: list[float]) -> float:
    """(17) by loops, for similarities without ties; φ = exp of the score."""
    order = sorted(range(len(scores)), key=lambda j: -similarity[j])
    total = 0.0
    for j in range(len(order)):
        total += math.log(sum(math.exp(scores[k]) for k in order[j:])) - scores[order[j]]
    return total


def test_listmle_check_values() -> None:
    assert listmle(torch.tensor([[2.0, 1, 0]]), RIGHT).item() == pytest.approx(0.720868, abs=1e-6)
    assert listmle(torch.tensor([[0.0, 1, 2]]), RIGHT).item() == pytest.approx(3.720868, abs=1e-6)
    equal = listmle(torch.zeros(1, 5), torch.rand(1, 5)).item()
    assert equal == pytest.approx(4.787492, abs=1e-6) == pytest.approx(math.log(math.factorial(5)))


def test_listmle_gradient_check_values() -> None:
    scores = torch.tensor([[2.0, 1.0, 0.0]], requires_grad=True)
    listmle(scores, RIGHT).sum().backward()
    expected = torch.tensor([[-0.334759, -0.024213, 0.358972]])
    assert torch.allclose(scores.grad, expected, atol=1e-6)
    assert scores.grad.sum().item() == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-6, 6), min_size=2, max_size=9), st.randoms())
def test_listmle_is_the_naive_sum_and_shift_invariant(scores: list[float], random: object) -> None:
    similarity = [i / len(scores) for i in range(len(scores))]
    random.shuffle(similarity)
    s = torch.tensor([scores], dtype=torch.float64)
    y = torch.tensor([similarity], dtype=torch.float64)
    assert listmle(s, y).item() == pytest.approx(naive_listmle(scores, similarity), rel=1e-9)
    assert listmle(s + 123.0, y).item() == pytest.approx(listmle(s, y).item(), rel=1e-9)


def test_listmle_gradcheck() -> None:
    scores = torch.randn(3, 6, dtype=torch.float64, requires_grad=True)
    similarity = torch.rand(3, 6, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda s: listmle(s, similarity), (scores,))


def test_ties_are_shuffled_and_order_is_kept() -> None:
    torch.manual_seed(0)
    similarity = torch.tensor([[0.5, 1.0, 0.5, 0.0, 0.5]])
    orders = {tuple(shuffled_order(similarity)[0].tolist()) for _ in range(200)}
    assert all(order[0] == 1 and order[-1] == 3 for order in orders)
    assert {order[1:4] for order in orders} == {
        (0, 2, 4), (0, 4, 2), (2, 0, 4), (2, 4, 0), (4, 0, 2), (4, 2, 0),
    }  # fmt: skip


def test_listnet_by_loops_and_without_regard_to_ties() -> None:
    scores, similarity = torch.tensor([[0.3, -1.0, 2.0]]), torch.tensor([[0.5, 0.5, 1.0]])
    weights = [math.exp(s / 0.1) for s in (0.5, 0.5, 1.0)]
    shares = [math.exp(s) for s in (0.3, -1.0, 2.0)]
    by_loops = -sum(
        w / sum(weights) * math.log(p / sum(shares)) for w, p in zip(weights, shares, strict=True)
    )
    assert listnet(scores, similarity).item() == pytest.approx(by_loops, rel=1e-6)
    turned = listnet(scores[:, [1, 0, 2]], similarity[:, [1, 0, 2]])
    assert turned.item() == pytest.approx(by_loops, rel=1e-6)


def test_code_scores_are_expected_agreement() -> None:
    u = torch.tensor([[1.0, 1, -1, -1], [1, 1, 1, 1], [-1, -1, 1, 1]])
    assert torch.allclose(code_scores(u, 1.0), torch.tensor([[1.0, 0, -1], [0, 1, 0], [-1, 0, 1]]))
    assert torch.allclose(code_scores(u), code_scores(u, 1.0) * 10)


def test_without_self_keeps_the_rest_in_order() -> None:
    matrix = torch.arange(9).view(3, 3)
    assert without_self(matrix).tolist() == [[1, 2], [3, 5], [6, 7]]


@pytest.mark.parametrize(("form", "sign"), [("literal", 1), ("signs", -1)])
def test_printed_list_loss_by_loops(form: str, sign: int) -> None:
    torch.manual_seed(1)
    blocks, similarity = torch.rand(5, 8, dtype=torch.float64), torch.rand(5, 5).double()
    distances = [sign * math.dist(blocks[0].tolist(), row.tolist()) for row in blocks]
    expected = naive_listmle(distances, similarity[0].tolist())
    scores = printed_scores(blocks, form)
    loss = listwise_loss(scores, similarity, anchor="first", exclude_self=False)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_literal_form_prefers_the_worst_order() -> None:
    """Finding 3 of the reading: exp of a distance rewards putting the most similar last."""
    similarity = torch.tensor([[1.0, 0.6, 0.2], [0.6, 1, 0], [0.2, 0, 1]])
    right = torch.tensor([[0.0], [1.0], [2.0]])
    wrong = torch.tensor([[2.0], [1.0], [2.0]])

    def loss(places: torch.Tensor, form: str) -> float:
        scores = printed_scores(places, form)
        return listwise_loss(scores, similarity, anchor="first", exclude_self=False).item()

    assert loss(right, "signs") < loss(wrong, "signs")
    assert loss(right, "literal") > loss(wrong, "literal")


def test_every_anchor_counts_and_self_does_not() -> None:
    torch.manual_seed(2)
    scores, similarity = torch.randn(6, 6).double(), torch.rand(6, 6).double()
    rows = [
        naive_listmle(
            [scores[i, j].item() for j in range(6) if j != i],
            [similarity[i, j].item() for j in range(6) if j != i],
        )
        for i in range(6)
    ]
    assert listwise_loss(scores, similarity).item() == pytest.approx(sum(rows) / 6)
    assert listwise_loss(scores, similarity, anchor="first").item() == pytest.approx(rows[0])
    assert listwise_loss(scores, similarity, per_item=True).item() == pytest.approx(sum(rows) / 30)
    own = scores + torch.eye(6) * 50
    assert listwise_loss(own, similarity).item() == pytest.approx(sum(rows) / 6)


def test_a_list_needs_two_images() -> None:
    with pytest.raises(ValueError, match="two images"):
        listwise_loss(torch.zeros(1, 1), torch.ones(1, 1))


def test_recapture_loss_by_loops() -> None:
    torch.manual_seed(4)
    u, fabric = torch.randn(7, 5).double(), torch.tensor([0, 0, 1, 1, 1, 2, 3])

    def score(i: int, j: int) -> float:
        return math.exp(torch.cosine_similarity(u[i], u[j], 0).item() / 0.1)

    losses = []
    for i in range(7):
        others = sum(score(i, k) for k in range(7) if fabric[k] != fabric[i])
        for j in range(7):
            if j != i and fabric[j] == fabric[i]:
                losses.append(-math.log(score(i, j) / (score(i, j) + others)))
    assert len(losses) == 8
    assert recapture_loss(u, fabric).item() == pytest.approx(sum(losses) / 8)


@pytest.mark.parametrize("fabric", [torch.arange(4), torch.zeros(4, dtype=torch.int64)])
def test_recapture_loss_without_a_contrast_is_zero_with_a_finite_gradient(
    fabric: torch.Tensor,
) -> None:
    u = torch.randn(4, 8, requires_grad=True)
    loss = recapture_loss(u, fabric)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert torch.isfinite(u.grad).all()
