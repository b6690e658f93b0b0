"""The texture protocol: quarters that never meet, lines that learn, figures that can be kept."""

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.hashing.growth import Generator, GrowthConfig
from fabricfinder.hashing.style import StyleEyes
from fabricfinder.jobs import run_to_end
from fabricfinder.training import growth, textures_command
from fabricfinder.training.textures import (
    ARMS,
    HALF,
    SIDE,
    TextureBudget,
    Textures,
    fit_textures,
    judge_textures,
    patch_places,
    patches,
    read_textures,
)
from fabricfinder.training.textures_command import (
    FULL_LOSSES,
    Judged,
    differences,
    judged_seed,
    kept_seeds,
    mean_precision,
    table,
)

BUDGET = TextureBudget(steps=2, pictures=3, rate=3e-3, database=2, queries=2)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """One thread of torch: two that wait for each other on a busy machine take ten times."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def textures() -> Textures:
    """Four plain colours: told apart by anything that looks."""
    pictures = np.zeros((4, SIDE, SIDE, 3), np.uint8)
    for i, color in enumerate(((220, 30, 30), (20, 200, 40), (30, 30, 230), (240, 240, 240))):
        pictures[i] = color
    return Textures(pictures, np.arange(4), np.array([False, False, True, True]))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.booleans(), st.integers(0, 10_000))
def test_no_patch_crosses_the_border(held: int, query: bool, seed: int) -> None:
    y, x = patch_places(held, query, np.random.default_rng(seed))
    inside = np.zeros((SIDE, SIDE), bool)
    top, left = HALF * (held // 2), HALF * (held % 2)
    inside[top : top + HALF, left : left + HALF] = True
    cut = inside[y : y + 128, x : x + 128]
    assert cut.shape == (128, 128)
    assert cut.all() if query else not cut.any()


def test_patches_come_from_their_pictures(textures: Textures) -> None:
    rows = np.array([2, 0, 0, 3])
    cut = patches(textures, rows, True, np.random.default_rng(0))
    assert cut.shape == (4, 3, 128, 128)
    for i, row in enumerate(rows):
        assert (cut[i].permute(1, 2, 0).numpy() == textures.pictures[row, 0, 0]).all()


def tiny(config: GrowthConfig) -> Generator:
    torch.manual_seed(0)
    return Generator(config).eval()


@pytest.mark.parametrize("arm", (ARMS[0], ARMS[1], ARMS[3], ARMS[5]), ids=lambda arm: arm.name)
def test_a_line_learns_and_is_judged(arm, textures: Textures) -> None:
    generator = tiny(GrowthConfig((3, 3, 4, 4, 4, 4, 4), 2))
    model = run_to_end(fit_textures(arm, textures, generator, BUDGET, 1))
    same = [torch.equal(a, b) for a, b in zip(model.generator.state_dict().values(),
                                              generator.state_dict().values(), strict=True)]  # fmt: skip
    assert all(same) == (arm.generator == "given")
    precision, rows = run_to_end(judge_textures(model, textures, BUDGET))
    assert rows.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert ((precision >= 0) & (precision <= 1)).all()


def test_a_seed_is_kept_as_it_was_judged(textures: Textures, tmp_path: Path) -> None:
    one = judged_seed(ARMS[6], textures, tiny(GrowthConfig((2,) * 7, 2, repeats=False)), BUDGET, 1)
    assert one.images == 2 * 3 * 2 and len(one.precision) == len(one.pictures) == 8
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps(asdict(one)) + "\n")
    assert kept_seeds(path, one.images) == [one]
    assert kept_seeds(path, one.images + 1) == [] == kept_seeds(tmp_path / "none", 12)


def judged(line: str, seed: int, *precision: float) -> Judged:
    return Judged(line, seed, 12, list(precision), [0, 0, 1, 1, 2, 2, 3, 3], 1.0)


def test_lines_are_means_of_seeds_and_compared_by_query(textures: Textures) -> None:
    first = [judged(ARMS[0].name, seed, *np.linspace(0.1, 0.8, 8) + seed / 10) for seed in (1, 2)]
    worse = [judged("no attention", 1, *mean_precision(first) - 0.2)]
    full = [judged(FULL_LOSSES, 1, *np.full(8, 0.5))]
    adv = [judged("generator by adv", 1, *np.full(8, 0.25))]
    done = [*full, *worse, *adv, *first]
    rows = [line.split() for line in table(done, textures).splitlines() if line.startswith("TSN + ")]
    assert rows[0][3:5] == ["2", "0.600"] and "0.800" in rows[0]  # all; those that were drawn
    shown = differences(done).splitlines()
    assert not any(line.startswith(("TSN + DSDH", FULL_LOSSES)) for line in shown)
    assert ["-0.200", "-0.200", "to", "-0.200"] == next(
        line for line in shown if line.startswith("no attention")
    ).split()[6:10]
    assert "-0.250" in next(line for line in shown if line.startswith("generator by adv "))


def test_the_command_goes_on_where_it_was(
    textures: Textures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    """Table 2's generator is trained once; what is kept is not run again."""
    monkeypatch.setattr(textures_command, "read_textures", lambda *_: _returning(textures))
    monkeypatch.setattr(textures_command, "open_cloth_set", lambda _: object())
    monkeypatch.setattr(textures_command, "split_rows", lambda _: (np.arange(3), np.arange(2), None))
    monkeypatch.setattr(textures_command, "best_eyes", lambda: StyleEyes("colours", lambda x: [x]))
    grown = []

    def grow(generator, cloth, rows, held, eyes, schedule, out):
        grown.append((schedule.terms, schedule.steps, out.name, generator.chooser))
        return _returning(generator)

    monkeypatch.setattr(textures_command, "grow_cloth", grow)
    asked = argparse.Namespace(
        photos="", out=str(tmp_path), rendered=0, generator="", cloth="somewhere", steps=1,
        growth_steps=7, seeds=1, threads=1, only=["generator by adv"],
    )  # fmt: skip
    assert textures_command.textures_command(asked) == 0
    assert grown == [(growth.GrowthTerms(1.0, 0.0, 0.0), 7, "generator-adv", None)]
    said = capsys.readouterr().out
    assert "generator by adv, seed 1" in said and ".482 .566 .551" in said
    assert "style seen by colours" in said
    asked.cloth = ""  # without cloth there is no Table 2
    with pytest.raises(FabricFinderError, match="“generator by adv”.*--cloth"):
        textures_command.textures_command(asked)
    asked.only = ["TSN"]
    with pytest.raises(FabricFinderError, match="no line “TSN”; there are: TSN \\+ DSDH, "):
        textures_command.textures_command(asked)
    asked.cloth, asked.only = "somewhere", ["generator by adv"]
    assert textures_command.textures_command(asked) == 0
    assert len(grown) == 1 and "generator by adv " in capsys.readouterr().out
    assert len((tmp_path / "seeds.jsonl").read_text().splitlines()) == 1


def _returning(value: object) -> Iterator[None]:
    return value
    yield


def test_pictures_are_read_and_drawn(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wide.png"), np.full((200, 300, 3), (10, 90, 200), np.uint8))
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["path", "label"], ["wide.png", "banded"]])
    textures = run_to_end(read_textures(tmp_path, 1))
    assert textures.pictures.shape == (2, SIDE, SIDE, 3)
    assert textures.pictures[0, 0, 0].tolist() == [200, 90, 10]  # red, green, blue
    assert textures.rendered.tolist() == [False, True] and textures.pictures[1].std() > 0
    again = run_to_end(read_textures(tmp_path, 1))
    assert np.array_equal(textures.pictures, again.pictures)
    (tmp_path / "wide.png").unlink()
    with pytest.raises(FabricFinderError, match="missing or is no picture"):
        run_to_end(read_textures(tmp_path, 1))
    with pytest.raises(FabricFinderError, match=r"no labels\.csv"):
        run_to_end(read_textures(tmp_path / "nowhere", 1))
