"""The yarn counter's small network: it learns which pair is right, and keeps what it promises."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.synthesis.noise import generator
from fabricfinder.training.density import (
    Capture,
    answers,
    calibrated,
    figures,
    fit_weigher,
    photographed,
    reading_loss,
    save_weigher,
    settings_of,
)
from fabricfinder.vision import density as counting
from fabricfinder.vision.yarn_spectrum import PeakPairs

PX_PER_CM = 160.0


def drawn(rng: np.random.Generator, clear: bool = True) -> Capture:
    """Five pairs of which one is right; its first fact is high, in a plain weave also its second."""
    counts = tuple(rng.uniform(15, 40, 2))
    weave = "plain" if rng.random() < 0.5 else "twill-2-2"
    right = int(rng.integers(5))
    turns = []
    for turned in (counts, counts[::-1]):
        factors = rng.choice([0.5, 2.0], (5, 2))
        factors[right] = 1 + rng.normal(0, 0.004, 2)
        seen = np.array(turned) * factors / PX_PER_CM
        facts = rng.normal(0, 0.4, (5, 6)).astype(np.float32)
        if clear:
            facts[right, 0] += 3
            facts[right, 1] += 2 * (weave == "plain")
        spread = rng.normal(0, 1, (5, 2, 4)).astype(np.float32)
        turns.append(PeakPairs(seen[:, 0], seen[:, 1], facts, spread))
    return Capture((turns[0], turns[1]), counts, weave, PX_PER_CM)


def test_the_loss_is_the_formula() -> None:
    weights = torch.tensor(np.random.default_rng(0).normal(size=(2, 4, 3)))
    right = torch.tensor([[True, False, True], [False, False, False]])
    weave = torch.tensor([2, 0])
    share = torch.exp(weights) / torch.exp(weights).sum((1, 2), keepdim=True)
    any_weave = torch.stack([share[0, [0, 2]].sum(), share[1, 3].sum()])
    own = torch.stack([share[0, [0, 2], 2].sum(), share[1, 3, 0]])
    expected = -(any_weave.log() + 0.5 * own.log()).mean() / 1.5
    assert float(reading_loss(weights, right, weave)) == pytest.approx(float(expected), rel=1e-6)


def test_it_learns_which_pair_is_right_and_doubts_what_it_cannot_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    mixed = [drawn(rng, clear=rng.random() < 0.7) for _ in range(400)]
    weigher = calibrated(fit_weigher(mixed[:250], epochs=12), mixed[250:])
    unseen = [drawn(rng, clear=rng.random() < 0.7) for _ in range(200)]
    found = figures(weigher, unseen)
    assert found["within_3_percent"] >= 0.93
    assert found["answered"] > 0.4
    assert 0.82 <= found["inside_interval"] <= 0.99
    clear, vague = ([drawn(rng, clear) for _ in range(40)] for clear in (True, False))
    chances = [np.mean([a.chance for a in answers(weigher, some)]) for some in (clear, vague)]
    assert chances[0] > chances[1] + 0.2
    # What is written is what the program reads.
    save_weigher(weigher, tmp_path / "counter.json", found)
    monkeypatch.setattr(counting, "resource_path", lambda name: tmp_path / "counter.json")
    read = counting.pair_weigher.__wrapped__()
    facts = unseen[0].pairs[0].facts
    np.testing.assert_allclose(read.weights(facts), weigher.weights(facts), atol=0.02)
    assert read.weaves == ("plain", "twill-2-2") and read.least == round(weigher.least, 4)


def test_a_rendered_capture_has_its_true_pair_and_its_labels() -> None:
    capture = photographed((5, 2))
    assert len(capture.pairs) == 2 and capture.px_per_cm >= 75
    for turned in (0, 1):
        errors = capture.errors(turned)
        assert errors.shape == (len(capture.pairs[turned]),) and (errors >= 0).all()
    settings = [settings_of(generator(9, i)) for i in range(30)]
    assert {s.rotation_deg for s in settings} == {3.0, 15.0}


def test_the_shipped_counter_states_what_it_measured() -> None:
    raw = json.loads(counting.resource_path(counting.RESOURCE).read_text("utf-8"))
    assert raw["figures"]["within_3_percent"] >= 0.95
    assert 0.85 <= raw["figures"]["inside_interval"] <= 0.97
