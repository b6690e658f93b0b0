"""Agreement of raters, and labels beside their neighbours, against naive recomputation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.agreement import agreements, cohen_kappa, suspicious
from fabricfinder.domain.opinion import (
    CANT_TELL,
    Opinion,
    Suggestion,
    in_force,
    read_opinion,
)


def _naive_kappa(first, second):
    labels = sorted(set(first) | set(second))
    table = np.zeros((len(labels), len(labels)))
    for a, b in zip(first, second, strict=True):
        table[labels.index(a), labels.index(b)] += 1
    table /= table.sum()
    expected = float(table.sum(0) @ table.sum(1))
    return math.nan if expected >= 1 else (np.trace(table) - expected) / (1 - expected)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_the_table_s(pairs):
    first, second = zip(*pairs, strict=True)
    assert cohen_kappa(first, second) == pytest.approx(_naive_kappa(first, second), nan_ok=True)


def test_kappa_of_the_textbook():
    # Cohen's table 20 / 5 / 10 / 15: p_o = .7, p_e = .5, kappa = .4.
    first = "y" * 25 + "n" * 25
    second = "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    with pytest.raises(ValueError, match="beside"):
        cohen_kappa("a", "ab")


def test_second_opinions_are_compared_where_both_spoke():
    said = [
        Opinion("a", "coarse", "plaid/tartan", "Ada"), Opinion("a", "coarse", "plaid/glen", "Bo"),
        Opinion("b", "coarse", "plaid/glen", "Ada"), Opinion("b", "coarse", "plaid/glen", "Bo"),
        Opinion("c", "coarse", "plaid/glen", "Ada"), Opinion("c", "coarse", CANT_TELL, "Bo"),
        Opinion("a", "tightness", 41.0, "Ada"), Opinion("a", "tightness", 49.0, "Bo"),
    ]  # fmt: skip
    coarse, tightness = agreements(said)
    assert (coarse.first, coarse.second, coarse.n, coarse.share) == ("Ada", "Bo", 2, 0.5)
    assert coarse.kappa == pytest.approx(_naive_kappa(["t", "g"], ["g", "g"]))
    assert (tightness.n, tightness.share) == (1, 1.0)


def test_a_label_alone_among_another_kind_is_suspicious():
    rng = np.random.default_rng(2)
    centres = rng.integers(0, 256, (2, 16), np.uint8)
    codes = np.repeat(centres, 12, axis=0)
    codes[np.arange(24), rng.integers(0, 16, 24)] ^= 3
    labels = ["tartan"] * 12 + ["dot"] * 12
    assert suspicious(codes, labels) == []
    labels[5] = "dot"
    labels[20] = None
    (found,) = suspicious(codes, labels)
    assert (found.row, found.said, found.expected) == (5, "dot", "tartan")
    assert found.share == 1.0 and set(found.neighbours) <= set(range(12)) - {5}
    # Pictures of its own article do not speak for a swatch.
    groups = ["one"] * 12 + list(range(12))
    assert all(s.row != 5 or s.expected != "tartan" for s in suspicious(codes, labels, groups))
    assert suspicious(codes[:3], labels[:3]) == []


def test_the_word_in_force_is_a_person_s():
    model = Opinion("a", "fine", "plain", "dvsh", 9, by_model=True)
    ada = Opinion("a", "fine", "poplin", "Ada", 3)
    unsure = Opinion("a", "fine", CANT_TELL, "Bo", 8)
    assert in_force([model, ada, unsure]) == ada
    assert in_force([model, unsure]) == model and in_force([unsure]) is None


@pytest.mark.parametrize(
    "opinion",
    [
        Opinion("a", "fine", "plain", "Ada", 5),
        Opinion("a", "tightness", 62.5, "Ada", 5, source="measured"),
        Opinion("a", "coarse", "plaid/glen", "Ada", 5,
                suggestion=Suggestion("dvsh-128", "plaid/tartan", 0.8125)),
        Opinion("a", "coarse", "plaid/glen", "dvsh-128", 5, by_model=True),
    ],
)  # fmt: skip
def test_an_opinion_is_read_back_as_it_was(opinion):
    o = opinion
    assert read_opinion(o.swatch, o.dimension, o.who, o.value, o.at, o.how()) == o


@pytest.mark.parametrize(
    "wrong", [("sheen", "a"), ("tightness", "plain"), ("tightness", 101.0), ("fine", 3.0)]
)
def test_an_impossible_opinion_is_refused(wrong):
    with pytest.raises(ValueError):
        Opinion("a", *wrong, "Ada")
