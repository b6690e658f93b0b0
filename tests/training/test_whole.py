"""An album is the camera's own pictures; systems trained whole on it are kept seed by seed."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.terminal import run
from fabricfinder.training import album as album_room
from fabricfinder.training import whole
from fabricfinder.training.album import fill_album, open_album
from fabricfinder.training.batches import CAPTURES, photograph, photograph_batch
from fabricfinder.training.cloth import ClothSet, Stack
from fabricfinder.training.loop import Split
from fabricfinder.training.systems import SystemArm


@pytest.fixture(scope="module")
def cloth() -> ClothSet:
    """Sixteen plain fabrics of sixteen colours."""
    n = 16
    shades = np.random.default_rng(4).integers(20, 235, (n, 1, 1, 3))
    noise = np.random.default_rng(5).integers(-12, 12, (n, 384, 384, 3))
    pictures = (shades + noise).clip(0, 255).astype(np.uint8)
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = [[k % 8, 45 * (k % 8), 0.5, 0.8, 1.0] for k in range(n)]
    return ClothSet(
        Stack([pictures]), Stack([pictures[:, :224, :224]]), np.full(n, 30, np.float32),
        np.arange(n) % 4, np.arange(n) % 3, np.full(n, 60, np.float32),
        np.full((n, 2), 20, np.float32), palettes, np.arange(n) // 2,
    )  # fmt: skip


def test_an_album_holds_what_the_camera_took(cloth, tmp_path) -> None:
    rows = np.array([3, 5, 11, 12])
    album = run(fill_album(tmp_path, cloth, rows, 3, 32, seed=9))
    taken = photograph(cloth, np.repeat(rows, 3), np.random.default_rng(9), 32)
    np.testing.assert_array_equal(album.taken.macro.reshape(-1, 32, 32, 3), taken.macro)
    np.testing.assert_array_equal(album.taken.scale.reshape(-1, 4), taken.scale)
    for rng in map(np.random.default_rng, range(5)):
        asked = rng.permutation(rows)[:2]
        batch = album(cloth, asked, rng)
        other = photograph_batch(cloth, asked, rng, 32)
        for name in ("coarse", "fine", "fabric", "similarity", "colors"):
            torch.testing.assert_close(getattr(batch, name), getattr(other, name))
        assert batch.macro.shape == other.macro.shape and batch.micro.shape == other.micro.shape
        for k, row in enumerate(asked):
            own = album.taken.macro[list(rows).index(row)]
            seen = batch.macro[CAPTURES * k : CAPTURES * (k + 1)].permute(0, 2, 3, 1).numpy()
            looks = [[np.array_equal(view, one) for one in own].index(True) for view in seen]
            assert len(set(looks)) == CAPTURES  # two different pictures of that very cloth


def test_an_album_is_taken_once(cloth, tmp_path, monkeypatch) -> None:
    rows = np.array([1, 2])
    with pytest.raises(FileNotFoundError):
        open_album(tmp_path)
    first = run(fill_album(tmp_path, cloth, rows, 2, 32, seed=1))
    monkeypatch.setattr(album_room, "photograph", None)
    again = run(fill_album(tmp_path, cloth, rows, 2, 32, seed=1))
    np.testing.assert_array_equal(again.taken.micro, first.taken.micro)


def test_whole_systems_are_trained_seed_by_seed(cloth, tmp_path, monkeypatch, capsys) -> None:
    rows = np.arange(16)
    small = DVSHConfig(backbone=BackboneConfig(features=32), n_bits=32)
    arms = [SystemArm("DVSH", form, 64, lambda _: DVSH(small)) for form in ("DVSH", "DVSH1a")]
    begun: list[str] = []

    def train_whole(arm: SystemArm, *rest: object):
        begun.append(arm.form)
        return original(arm, *rest)

    original = whole.train_whole
    monkeypatch.setattr(whole, "train_whole", train_whole)
    monkeypatch.setattr(whole, "whole_arms", lambda: arms)
    monkeypatch.setattr(whole, "SEEDS", 2)
    monkeypatch.setattr(whole, "RESAMPLES", 50)
    monkeypatch.setattr(whole, "SIDE_PX", 32)
    monkeypatch.setattr(whole, "grid_plots", lambda rows, out: [out / "systems-bits.png"])
    monkeypatch.setattr(whole, "open_cloth_set", lambda folder: cloth)
    monkeypatch.setattr(whole, "split_rows", lambda c: Split(rows[:8], rows[8:12], rows[12:]))
    asked = argparse.Namespace(
        out=str(tmp_path), cloth="c", images=192, threads=1, backwards=False, only=()
    )
    assert whole.whole_command(asked) == 0
    assert whole.whole_command(asked) == 0  # everything is there already
    assert begun == ["DVSH", "DVSH1a"] * 2
    said = capsys.readouterr().out
    assert "P@H≤2" in said and "systems-bits" in said
    path = Path(tmp_path) / "whole.jsonl"
    seeds = whole.kept_seeds(path)
    assert [(s.seed, s.row.form) for s in seeds] == [(k, f) for k in (1, 2) for f in begun[:2]]
    assert all(s.row.images == 192 and s.row.seeds == 1 for s in seeds)
    loaded = load_checkpoint(tmp_path / "DVSH-DVSH,-64-bits-1.safetensors")
    assert loaded.model.n_bits == 32
    one, other = (json.loads(line)["row"] for line in path.read_text().splitlines()[::2])
    mean = whole.together([s.row for s in seeds if s.row.form == "DVSH"])
    for name, (value, low, high, spread) in mean.figures.items():
        pair = [one["figures"][name], other["figures"][name]]
        means = [(pair[0][k] + pair[1][k]) / 2 for k in range(3)]
        assert [value, low, high] == pytest.approx(means, nan_ok=True)
        assert spread == pytest.approx(abs(pair[0][0] - pair[1][0]) / 2, nan_ok=True)
    assert mean.seeds == 2
    both = path.read_text()
    path.write_text("".join(both.splitlines(keepends=True)[:-1]))

    def overtaken(*rest: object):
        path.write_text(both)  # another process ends the same seed first
        return original(*rest)

    monkeypatch.setattr(whole, "train_whole", overtaken)
    assert whole.whole_command(asked) == 0
    assert path.read_text() == both


def test_every_system_stands_in_the_whole_table() -> None:
    assert {arm.system for arm in whole.whole_arms()} == {"DVSH", "MDFF-SH", "DSHC", "DAH", "TSN"}
    assert all(arm.claim or "ours" in arm.form for arm in whole.whole_arms())
