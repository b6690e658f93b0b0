"""The papers' benchmark: each paper's split, pictures read back, and a run that goes on."""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.training import cifar
from fabricfinder.training.cifar import (
    FULL,
    Pictures,
    batch_of,
    batch_rows,
    benchmark_of,
    cifar_command,
    cifar_table,
    measured,
    new_model,
    read_cifar,
    varied,
)


def flat(n: int, seed: int = 0) -> Pictures:
    """Pictures of ten plain colours, a little noisy."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 10
    colors = np.random.default_rng(9).integers(30, 220, (10, 3))
    pixels = colors[labels][:, None, None] + rng.normal(0, 8, (n, 32, 32, 3))
    return Pictures(np.clip(pixels, 0, 255).astype(np.uint8), labels)


def written(folder: Path, n_train: int = 60, n_test: int = 30) -> Path:
    arrays = {}
    for name, pictures in (("train", flat(n_train)), ("test", flat(n_test, 1))):
        files = [cv2.imencode(".jpg", p[:, :, ::-1])[1].ravel() for p in pictures.pixels]
        arrays[f"{name}_jpeg"] = np.concatenate(files)
        arrays[f"{name}_offsets"] = np.cumsum([0, *(len(f) for f in files)])
        arrays[f"{name}_labels"] = pictures.labels
    np.savez(folder / "cifar.npz", **arrays)
    return folder / "cifar.npz"


def test_pictures_come_back_in_their_colours(tmp_path) -> None:
    train, test = read_cifar(written(tmp_path))
    assert train.pixels.shape == (60, 32, 32, 3) and len(test.labels) == 30
    mean = train.pixels.astype(float).mean((1, 2)) - flat(60).pixels.astype(float).mean((1, 2))
    assert np.abs(mean).max() < 4
    (tmp_path / "other.npz").write_bytes(b"no")
    for name in ("other.npz", "missing.npz"):
        with pytest.raises(FabricFinderError, match=name):
            read_cifar(tmp_path / name)


@pytest.mark.parametrize("small", [False, True])
def test_each_paper_s_split(small: bool) -> None:
    marked = np.arange(60_000, dtype=np.uint32).view(np.uint8).reshape(-1, 2, 2, 1)
    labels = np.arange(60_000) % 10
    train, test = (Pictures(marked[rows], labels[rows])
                   for rows in (slice(0, 50_000), slice(50_000, None)))  # fmt: skip

    def ids(pictures: Pictures) -> set[int]:
        return set(np.ascontiguousarray(pictures.pixels).reshape(-1, 4).view(np.uint32).ravel())

    split = benchmark_of("mdff-sh", train, test, small=small)
    learned, asked, lying = map(ids, split)
    assert np.bincount(split.training.labels).tolist() == [500] * 10
    assert len(asked) == 1000 and np.bincount(split.queries.labels).tolist() == [100] * 10
    assert not asked & lying and not asked & learned
    assert len(lying) == (10_000 if small else 59_000)
    assert small or learned <= lying
    split = benchmark_of("dah", train, test, small=small)
    learned, asked, lying = map(ids, split)
    assert len(learned) == 50_000 and lying <= learned and not asked & learned
    assert (len(asked), len(lying)) == ((1000, 10_000) if small else (10_000, 50_000))


def test_dah_s_batches_hold_two_of_each_and_repeat() -> None:
    labels = np.arange(300) % 10
    rows = batch_rows(labels, FULL["dah"], 1, 5)
    assert np.bincount(labels[rows]).tolist() == [2] * 10
    assert np.array_equal(rows, batch_rows(labels, FULL["dah"], 1, 5))
    assert not np.array_equal(rows, batch_rows(labels, FULL["dah"], 1, 6))
    assert len(set(batch_rows(labels, FULL["dshc"], 1, 0).tolist())) == 128


def test_variations_are_shifts_and_mirrors() -> None:
    pixels = torch.arange(32 * 32).view(1, 1, 32, 32).expand(40, 3, 32, 32) % 251
    pixels = pixels.to(torch.uint8).contiguous()
    moved = varied(pixels, torch.Generator().manual_seed(0))
    assert moved.shape == pixels.shape and moved.dtype == torch.uint8
    padded = np.pad(pixels[0, 0].numpy(), 4, mode="reflect")
    windows = [padded[y : y + 32, x : x + 32] for y in range(9) for x in range(9)]
    mirrored = 0
    for one in moved[:, 0].numpy():
        straight = any(np.array_equal(one, w) for w in windows)
        assert straight or any(np.array_equal(one[:, ::-1], w) for w in windows)
        mirrored += not straight
    assert 8 < mirrored < 32


@pytest.mark.parametrize(("system", "bits"), [("mdff-sh", 12), ("dshc", 30), ("dshc", 10)])
def test_codes_have_the_papers_lengths(system: str, bits: int) -> None:
    model = new_model(system, bits, small=True).eval()
    batch = batch_of(torch.zeros(4, 3, 32, 32, dtype=torch.uint8), torch.arange(4))
    assert model.bits(model(batch.views)).shape == (4, bits)
    with pytest.raises(FabricFinderError, match="mdff-sh"):
        new_model("dvsh", 12, small=True)


def test_balance_is_of_the_bits_that_change_and_the_others_are_counted(monkeypatch) -> None:
    rng = np.random.default_rng(3)
    codes = (rng.random((60, 12)) < np.linspace(0.2, 0.8, 12)).astype(np.uint8)
    codes[:, 4], codes[:, 9] = 0, 1
    monkeypatch.setattr(cifar, "codes_of", lambda model, pictures: codes[: len(pictures.labels)])
    split = benchmark_of("dah", flat(60), flat(30, 1), small=False)
    found = measured(None, split)
    ratios = []
    for j in range(12):
        ones = sum(int(row[j]) for row in codes)
        if 0 < ones < 60:
            ratios.append(max(ones, 60 - ones) / min(ones, 60 - ones))
    assert found["fixed_bits"] == 2 and len(ratios) == 10
    assert found["ones_to_zeros"] == pytest.approx(sum(ratios) / 10)
    row = found | {"system": "dshc", "bits": 10, "budget": "small", "images": 1, "minutes": 0.1,
                   "claim": cifar.CLAIMS["dshc"][10]}  # fmt: skip
    said = cifar_table([row, {k: v for k, v in row.items() if k != "fixed_bits"}])
    balance = f"{sum(ratios) / 10:.2f}"
    assert said.count(f"{balance} (2)") == 1 and said.count(balance) == 2
    # What DSHC prints at ten bits is of a construction that is refused here.
    assert row["claim"] is None and "0.360" not in said and "from nothing" in said


def test_a_run_is_gone_on_with_and_marked(tmp_path, monkeypatch, capsys) -> None:
    data = written(tmp_path)
    monkeypatch.setattr(cifar, "SMALL_QUERIES", 20)
    monkeypatch.setattr(cifar, "SMALL_DATABASE", 40)
    arguments = argparse.Namespace(
        data=str(data), out=str(tmp_path / "out"), systems=["mdff-sh", "dah"], bits=[12],
        budget="small", images=64,
    )  # fmt: skip
    saves: list[int] = []
    original = torch.save

    def save(state: dict, path: Path) -> None:
        original(state, path)
        saves.append(state["step"])
        if len(saves) == 2:
            raise KeyboardInterrupt  # killed while the second state is being put in its place

    monkeypatch.setattr(torch, "save", save)
    with pytest.raises(KeyboardInterrupt):
        cifar_command(arguments)
    monkeypatch.setattr(torch, "save", original)
    assert cifar_command(arguments) == 0
    capsys.readouterr()
    assert cifar_command(arguments) == 0  # both lines are there already
    said = capsys.readouterr().out
    assert "re-encoded as JPEG" in said and "Small" in said and "0.811" in said
    rows = [json.loads(line) for line in
            (tmp_path / "out" / "cifar.jsonl").read_text().splitlines()]  # fmt: skip
    assert [row["system"] for row in rows] == ["mdff-sh", "dah"]
    for row in rows:
        assert 0 <= row["map"] <= 1 and row["images"] == 64 and row["claim"] > 0.8
    wanted = argparse.Namespace(**vars(arguments) | {"budget": "full"})
    if not torch.cuda.is_available():
        with pytest.raises(FabricFinderError, match="CUDA"):
            cifar_command(wanted)
