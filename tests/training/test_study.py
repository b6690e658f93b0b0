"""Studies on frozen features: equal footing for every arm, and nothing run twice."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.dvsh import DVSHConfig
from fabricfinder.jobs import run_to_end
from fabricfinder.training import study
from fabricfinder.training.cloth import ClothSet, Stack
from fabricfinder.training.frozen import (
    LOOKS,
    Budget,
    FrozenSet,
    fit_codes,
    frozen_batch,
    judge,
    truth_of,
)


def frozen_set(n: int = 24, seed: int = 0) -> FrozenSet:
    """Features that hold the fabric, noisily, without any picture."""
    rng = np.random.default_rng(seed)
    taxonomy = default_taxonomy()
    nothing = Stack([np.zeros((n, 1, 1, 3), np.uint8)])
    kinds = np.arange(n) % 4
    cloth = ClothSet(
        nothing, nothing, np.ones(n, np.float32), kinds % len(taxonomy.coarse), kinds,
        np.full(n, 60, np.float32), np.full((n, 2), 20, np.float32), np.zeros((n, 10, 5)),
        np.arange(n) // 2,
    )  # fmt: skip
    centre = rng.normal(size=(4, 32))[kinds] + 0.5 * rng.normal(size=(n, 32))
    looks = centre[:, None] + 0.1 * rng.normal(size=(n, LOOKS, 32))
    same = (kinds[:, None] == kinds[None]).astype(np.float32)
    similarity = 0.2 + 0.5 * same + 0.3 * np.eye(n, dtype=np.float32)
    crafted = np.repeat(centre[:, None, :16], 2, 1).astype(np.float32)
    crafted += 0.1 * rng.normal(size=crafted.shape).astype(np.float32)
    return FrozenSet(cloth, np.arange(n), looks.astype(np.float32), crafted, similarity)


def test_a_frozen_batch_is_two_different_looks_at_each_fabric() -> None:
    seen = frozen_set()
    places = np.array([3, 8, 9])
    (features,), batch = frozen_batch(seen, places, np.random.default_rng(1))
    assert features.shape == (6, 32) and batch.fabric.tolist() == [3, 3, 8, 8, 9, 9]
    for k, place in enumerate(places):
        pair = features[2 * k : 2 * k + 2].numpy()
        found = [np.flatnonzero((seen.features[place] == row).all(1)).tolist() for row in pair]
        assert len(found[0]) == len(found[1]) == 1 and found[0] != found[1]
    assert batch.similarity[0, 2] == pytest.approx(seen.similarity[3, 8])


def test_an_arm_learns_the_similarity_it_is_shown() -> None:
    seen, test = frozen_set(40), frozen_set(40, seed=0)
    truth = truth_of(test)
    config = replace(DVSHConfig(n_bits=32), list_per_item=True, lambda_kld=3e-5)
    scores = []
    for steps in (1, 60):
        model = run_to_end(fit_codes(config, seen, Budget(steps=steps, fabrics=16), seed=1))
        scores.append(judge(model, test, truth, "x", 50).graded.figure("NDCG@50").value)
    assert scores[1] > 0.99 and scores[0] < 0.97


def test_equal_seeds_give_equal_codes() -> None:
    seen = frozen_set()
    outputs = []
    for seed in (1, 1, 2):
        model = run_to_end(fit_codes(DVSHConfig(n_bits=32), seen, Budget(5, 8), seed))
        outputs.append(model.hashed(torch.from_numpy(seen.features[:, 0])).u)
    assert torch.equal(outputs[0], outputs[1]) and not torch.equal(outputs[0], outputs[2])


def test_a_study_is_gone_on_with_and_asks_its_questions(tmp_path, monkeypatch, capsys) -> None:
    paper = DVSHConfig(n_bits=32)
    lines = {"forms": (study.Arm("signs", replace(paper, form="signs"), 2),
                       study.Arm("corrected", paper, 2))}  # fmt: skip
    runs: list[str] = []

    def arm(one, *args):
        runs.append(one.name)
        return (yield from original(one, *args))

    original = study.run_arm
    monkeypatch.setattr(study, "run_arm", arm)
    monkeypatch.setattr(study, "arms", lambda: lines)
    monkeypatch.setattr(study, "CLASSIC_BITS", (16,))
    monkeypatch.setattr(study, "RESAMPLES", 50)
    monkeypatch.setattr(study, "open_cloth_set", lambda folder: frozen_set().cloth)
    monkeypatch.setattr(study, "load_checkpoint", lambda path: argparse.Namespace(model=None))

    def fake_freeze(model, cloth, rows, seed):
        yield from ()
        return frozen_set(24, seed=seed)

    monkeypatch.setattr(study, "freeze", fake_freeze)
    arguments = argparse.Namespace(
        out=str(tmp_path), cloth="c", model="m", fabrics=24, steps=4, threads=1
    )
    assert study.study_command(arguments) == 0
    first = capsys.readouterr().out
    assert study.study_command(arguments) == 0  # everything is there already
    assert runs == ["signs", "corrected"]
    for name in ("ITQ on r, 16 bits", "SH on hand-crafted, 16 bits", "oracle S", "random codes"):
        assert name in first
    kept = [study.Outcome.from_json(line) for line in
            (Path(tmp_path) / "arms.jsonl").read_text().splitlines()]  # fmt: skip
    oracle = next(o for o in kept if o.name == "oracle S")
    assert oracle.figures["NDCG@50"][0] == pytest.approx(1.0)
    assert "p (Holm)" in first
    assert "corrected" in first.split("against")[1]
