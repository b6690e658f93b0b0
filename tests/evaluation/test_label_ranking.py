"""Ranking by labels: against every order of ties, against loops, whatever order the gallery is in."""

import itertools

import numpy as np
import pytest

from fabricfinder.evaluation.label_ranking import (
    expected_ap,
    expected_hits,
    rank_by_label,
    sorted_ap,
)


def counted(distances: list[int], relevant: list[int]) -> tuple[np.ndarray, np.ndarray]:
    size = max(distances) + 1
    counts = np.bincount(distances, minlength=size)[None]
    hits = np.bincount([d for d, r in zip(distances, relevant, strict=True) if r], minlength=size)
    return counts, hits[None]


@pytest.mark.parametrize(
    ("distances", "relevant", "value"),
    [([0, 1, 1, 1, 2], [1, 1, 0, 0, 1], 0.774074), ([0, 0, 0, 0], [1, 1, 0, 0], 0.680556)],
)
def test_published_values_and_every_order_of_ties(
    distances: list[int], relevant: list[int], value: float
) -> None:
    found = expected_ap(*counted(distances, relevant))[0]
    assert found == pytest.approx(value, abs=1e-6)
    each, first_two = [], []
    for order in itertools.permutations(range(len(distances))):
        ranked = sorted(order, key=lambda i: distances[i])
        hits = [relevant[i] for i in ranked]
        at = [sum(hits[: k + 1]) / (k + 1) for k in range(len(hits)) if hits[k]]
        each.append(sum(at) / sum(relevant))
        first_two.append(sum(hits[:2]))
    assert found == pytest.approx(np.mean(each))
    assert expected_hits(*counted(distances, relevant), 2)[0] == pytest.approx(np.mean(first_two))


def test_sorted_ap_is_the_loop() -> None:
    rng = np.random.default_rng(0)
    distances, relevant = rng.integers(0, 4, (6, 30)), rng.random((6, 30)) < 0.3
    relevant[5] = False
    found = sorted_ap(distances, relevant)
    for row in range(5):
        hits, total = 0, []
        for place, i in enumerate(np.argsort(distances[row], kind="stable")):
            if relevant[row, i]:
                hits += 1
                total.append(hits / (place + 1))
        assert found[row] == pytest.approx(np.mean(total))
    assert np.isnan(found[5])


def test_the_order_of_the_gallery_is_no_matter_but_to_the_plain_sort() -> None:
    rng = np.random.default_rng(1)
    gallery, lying = rng.integers(0, 256, (300, 1)).astype(np.uint8), rng.integers(0, 5, 300)
    queries, asked = gallery[:40], lying[:40]
    grouped = np.argsort(lying)
    one = rank_by_label(queries, gallery, asked, lying, depth=50)
    two = rank_by_label(queries, gallery[grouped], asked, lying[grouped], depth=50)
    assert one.tie_aware == pytest.approx(two.tie_aware, abs=1e-12)
    assert (one.at_depth, one.within, one.empty) == (two.at_depth, two.within, two.empty)
    assert np.array_equal(one.recall, two.recall) and one.recall[-1] == 1
    assert abs(one.sorted - one.tie_aware) < 0.02
    for r in range(9):
        gaps = np.array([[bin(int(a[0]) ^ int(b[0])).count("1") for b in gallery] for a in queries])
        inside, same = gaps <= r, asked[:, None] == lying[None]
        assert one.precision[r] == pytest.approx((inside & same).sum() / inside.sum())
        if r == 2:
            each = [(i & s).sum() / i.sum() for i, s in zip(inside, same, strict=True)]
            assert one.within == pytest.approx(np.mean(each)) and one.empty == 0


def test_perfect_codes_find_all_and_equal_ones_what_chance_finds() -> None:
    labels = np.arange(200) % 4
    codes = (labels * 85).astype(np.uint8)[:, None]
    perfect = rank_by_label(codes, codes, labels, labels, depth=50)
    assert (perfect.tie_aware, perfect.sorted, perfect.at_depth, perfect.within) == (1, 1, 1, 1)
    same = rank_by_label(codes * 0, codes * 0, labels, labels, depth=50)
    assert same.at_depth == pytest.approx(0.25) and same.within == pytest.approx(0.25)
    assert 0.25 < same.tie_aware < 0.28
