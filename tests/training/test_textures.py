"""The texture protocol: quarters that never meet, lines that learn, figures that can be kept."""

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.hashing.growth import Generator, GrowthConfig
from fabricfinder.jobs import run_to_end
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
from fabricfinder.training.textures_command import line_of, table

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


@pytest.mark.parametrize("arm", (ARMS[0], ARMS[1], ARMS[3], ARMS[5]), ids=lambda arm: arm.name)
def test_a_line_learns_and_is_judged(arm, textures: Textures) -> None:
    torch.manual_seed(0)
    generator = Generator(GrowthConfig((3, 3, 4, 4, 4, 4, 4), 2)).eval()
    model = run_to_end(fit_textures(arm, textures, generator, BUDGET, 1))
    same = [torch.equal(a, b) for a, b in zip(model.generator.state_dict().values(),
                                              generator.state_dict().values(), strict=True)]  # fmt: skip
    assert all(same) == (arm.generator == "trained")
    precision, rows = run_to_end(judge_textures(model, textures, BUDGET))
    assert rows.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert ((precision >= 0) & (precision <= 1)).all()
    line = line_of(arm, textures, [(precision, rows)] * 2, BUDGET)
    assert line["all"][0] == pytest.approx(precision.mean(), abs=1e-4)
    assert line["rendered"][0] == pytest.approx(precision[4:].mean(), abs=1e-4)
    assert line["images_seen"] == 12 and arm.name in table([line])


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
