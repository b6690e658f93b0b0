"""Stage 1 learns, goes on after a kill as if nothing had been, and is judged on held-out cloth."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.growth import PRESETS, Discriminator, Generator, GrowthConfig, beside
from fabricfinder.hashing.style import StyleEyes
from fabricfinder.training import growth
from fabricfinder.training.cloth import ClothSet, Stack
from fabricfinder.training.growth import (
    GrowthRun,
    GrowthSchedule,
    draw_pairs,
    generator_terms,
    grow_cloth,
    judge_growth,
    learn_step,
)

TINY = GrowthConfig((2, 2, 3, 3, 3, 3, 3), 2)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """One thread of torch: two that wait for each other on a busy machine take ten times."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def cloth() -> ClothSet:
    """Ten plaids of three colours."""
    n, taxonomy = 10, default_taxonomy()
    rng = np.random.default_rng(1)
    macro = np.empty((n, 384, 384, 3), np.uint8)
    for i in range(n):
        colors, period = rng.integers(0, 256, (3, 3)), int(rng.integers(12, 40))
        band = (np.arange(384) % period < period // 2).astype(int)
        macro[i] = colors[band[:, None] + band[None]]
    labels = np.zeros(n, np.int64)
    assert len(taxonomy.coarse) > 0
    return ClothSet(
        Stack([macro]), Stack([macro[:, :224, :224].copy()]), np.full(n, 30, np.float32), labels,
        labels, np.full(n, 60, np.float32), np.full((n, 2), 20, np.float32),
        np.zeros((n, 10, 5), np.float32), np.arange(n),
    )  # fmt: skip


@pytest.fixture(scope="module")
def eyes() -> StyleEyes:
    """Colours alone: what networks see of style has its own tests."""
    return StyleEyes("colours", lambda pictures: [pictures])


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two held windows instead of sixteen, and a discriminator a fifth as wide."""
    monkeypatch.setattr(growth, "N_JUDGED", 2)
    monkeypatch.setattr(growth, "N_SHOWN", 2)
    monkeypatch.setattr(growth, "Discriminator", lambda: Discriminator(3))


def schedule(**changes: object) -> GrowthSchedule:
    return GrowthSchedule(PRESETS["cloth"], **{"steps": 4, "pairs": 1, "keep_every": 2, "style_px": 32} | changes)


def fresh() -> Generator:
    torch.manual_seed(3)
    return Generator(TINY)


def to_end(steps) -> Generator:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_a_patch_lies_in_the_middle_of_its_truth_or_anywhere(cloth: ClothSet) -> None:
    rows = np.arange(4)
    pairs = draw_pairs(cloth, rows, np.random.default_rng(0))
    assert pairs.truth.shape == (4, 3, 256, 256) and pairs.ways.shape[2:] == (3, 256, 256)
    assert torch.equal(pairs.patch, pairs.truth[..., 64:192, 64:192])
    assert torch.equal(pairs.ways[:, 0, :, 64:192, 64:192], pairs.patch)
    again = draw_pairs(cloth, rows, np.random.default_rng(0))
    assert all(torch.equal(a, b) for a, b in zip(pairs, again, strict=True))
    moved = draw_pairs(cloth, rows, np.random.default_rng(0), anywhere=True)
    corners = (moved.truth[0, :, :129, :129] == moved.patch[0, :, :1, :1]).all(0).nonzero().tolist()
    assert any(
        torch.equal(moved.truth[0, :, y : y + 128, x : x + 128], moved.patch[0]) for y, x in corners
    )
    assert not torch.equal(moved.patch, moved.truth[..., 64:192, 64:192])


def test_every_preset_has_the_terms_of_its_name(cloth: ClothSet, eyes: StyleEyes) -> None:
    pairs = draw_pairs(cloth, np.arange(2), np.random.default_rng(0))
    run = GrowthRun.begin(fresh(), schedule(), Path("/nowhere"))
    names = {
        "paper": {"adversarial", "style", "l1", "own"}, "l1+style": {"style", "l1", "own"},
        "adv": {"adversarial"}, "adv+style": {"adversarial", "style"},
    }  # fmt: skip
    for preset, wanted in names.items():
        terms, picture = generator_terms(
            run.generator, run.discriminator, pairs, eyes,
            GrowthSchedule(PRESETS[preset], style_px=32), np.random.default_rng(0),
        )  # fmt: skip
        assert set(terms) == wanted and picture.shape == (2, 3, 256, 256)
        assert all(torch.isfinite(term) for term in terms.values())


def test_a_killed_run_goes_on_as_if_it_had_not_been(
    cloth: ClothSet, eyes: StyleEyes, tmp_path: Path
) -> None:
    rows, held = np.arange(8), np.arange(8, 10)
    whole = to_end(grow_cloth(fresh(), cloth, rows, held, eyes, schedule(), tmp_path / "a"))
    steps = grow_cloth(fresh(), cloth, rows, held, eyes, schedule(), tmp_path / "b")
    for _ in range(3):
        next(steps)
    steps.close()  # after step 3: what step 2 kept is what is left
    resumed = to_end(grow_cloth(fresh(), cloth, rows, held, eyes, schedule(), tmp_path / "b"))
    for a, b in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    log = [json.loads(line) for line in (tmp_path / "b" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log] == [2, 4]
    assert (tmp_path / "b" / "grown-000004.png").stat().st_size > 1000


def test_it_learns_a_tiny_set(cloth: ClothSet, eyes: StyleEyes) -> None:
    """L1 alone on two windows: its own picture comes nearer to the truth."""
    pairs = draw_pairs(cloth, np.arange(1), np.random.default_rng(0))
    plan = GrowthSchedule(PRESETS["zhou"], rate=1e-2, style_px=32)
    run = GrowthRun.begin(fresh(), plan, Path("/nowhere"))
    before = judge_growth(run.generator, pairs, eyes, plan.terms)
    for _ in range(10):
        learn_step(run, pairs, eyes, plan)
        run.step += 1
    after = judge_growth(run.generator.eval(), pairs, eyes, plan.terms)
    assert after["l1_own"] < 0.9 * before["l1_own"]
    assert after["l1_repeat"] == before["l1_repeat"]


def test_judgement_is_of_the_ring(cloth: ClothSet, eyes: StyleEyes) -> None:
    pairs = draw_pairs(cloth, np.arange(2), np.random.default_rng(0))
    figures = judge_growth(fresh(), pairs, eyes, PRESETS["cloth"])
    truth, repeat = (p.float() / 127.5 for p in (pairs.truth, pairs.ways[:, 0]))
    ring = beside(truth)
    naive = float((truth - repeat).abs().permute(2, 3, 0, 1)[ring].mean())
    assert figures["l1_repeat"] == pytest.approx(naive, rel=1e-4)
    wanted = 100 * figures["style"] + 30 * figures["l1"]
    assert figures["judged"] == pytest.approx(wanted)
