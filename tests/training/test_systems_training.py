"""Every published system trains by the one loop and stands in the one grid."""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.__main__ import parse
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.base import BackboneConfig, HashingMethod
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.dah import DAH, DAHConfig
from fabricfinder.hashing.dshc import DSHC, DSHCConfig
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.growth import GrowthConfig
from fabricfinder.hashing.mdffsh import MDFFSH, MDFFSHConfig
from fabricfinder.hashing.tsn import TSN, TSNConfig
from fabricfinder.training import command, grid, trained
from fabricfinder.training.batches import choose_by_class, colors_of
from fabricfinder.training.cloth import ClothSet, Stack
from fabricfinder.training.settings import configured
from fabricfinder.training.frozen import LOOKS, Budget, FrozenSet, fit, truth_of
from fabricfinder.training.growth_command import growth_form, growth_schedule
from fabricfinder.training.loop import Schedule, split_rows, train
from fabricfinder.training.systems import BITS, SYSTEMS, system_arms

SMALL = BackboneConfig(features=32)
WIDE = sum(MDFFSH(MDFFSHConfig(backbone=SMALL, n_bits=8)).scale_sizes)


def cloth_of(n: int, side: int = 1) -> ClothSet:
    """n fabrics of four kinds, of noise where pictures are asked for."""
    rng = np.random.default_rng(3)
    pictures = rng.integers(0, 255, (n, side, side, 3)).astype(np.uint8)
    kinds = np.arange(n) % 4
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = [[k, 36 * k, 0.5, 0.8, 0.97] for k in kinds]
    palettes[:, 1] = [9, 300, 0.5, 0.8, 0.03]
    return ClothSet(
        Stack([pictures]), Stack([pictures[:, :224, :224]]), np.full(n, 30, np.float32), kinds,
        kinds, np.full(n, 60, np.float32), np.full((n, 2), 20, np.float32), palettes,
        np.arange(n) // 2,
    )  # fmt: skip


def frozen_set(n: int = 32, seed: int = 0, looks: int = LOOKS) -> FrozenSet:
    """Looks that hold the kind and the fabric, noisily, without any picture."""
    rng = np.random.default_rng(5)
    cloth = cloth_of(n)

    def seen(width: int) -> np.ndarray:
        centre = rng.normal(size=(4, width))[cloth.coarse] + 0.5 * rng.normal(size=(n, width))
        noise = np.random.default_rng(seed).normal(size=(n, looks, width))
        return (centre[:, None] + 0.1 * noise).astype(np.float32)

    same = (cloth.coarse[:, None] == cloth.coarse[None]).astype(np.float32)
    similarity = 0.2 + 0.5 * same + 0.3 * np.eye(n, dtype=np.float32)
    nothing = np.empty((n, 2, 0), np.float32)
    return FrozenSet(cloth, np.arange(n), seen(32), nothing, similarity, seen(WIDE))


def small_system(name: str) -> HashingMethod:
    torch.manual_seed(0)
    if name == "mdff-sh":
        return MDFFSH(MDFFSHConfig(backbone=SMALL, n_bits=16, fusion=32))
    if name == "dshc":
        return DSHC(DSHCConfig(backbone=SMALL, n_bits=32, sub_classes=4))
    if name == "tsn":
        growth = GrowthConfig((2,) * 7, 2, repeats=False)
        return TSN(TSNConfig(growth=growth, depth=8, features=16, n_bits=16, bank=24))
    return DAH(DAHConfig(n_bits=16, input_px=32, views="macro"))


@pytest.mark.parametrize("name", ["mdff-sh", "dshc", "dah", "tsn"])
def test_each_goes_on_after_a_kill(name: str, tmp_path) -> None:
    cloth = cloth_of(10, 384)
    rows, held, _ = split_rows(cloth, 0.3, 0.0)
    schedule = Schedule(steps=4, fabrics=4, validate_every=2, warmup=1, small_px=32, seed=2)
    schedule = replace(schedule, small_until=1.0)
    choose = choose_by_class
    operation = train(small_system(name), cloth, rows, held[:2], schedule, tmp_path, choose)
    first = next(p.partial for p in operation if p.partial)
    operation.close()  # killed after the first validation
    operation = train(small_system(name), cloth, rows, held[:2], schedule, tmp_path, choose)
    last = [p.partial for p in operation if p.partial][-1]
    assert first["step"] == 2 and last["step"] == 4
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2
    if name != "tsn":  # its bank begins anew, and it draws which captures it grows
        whole = tmp_path / "whole"
        _result(train(small_system(name), cloth, rows, held[:2], schedule, whole, choose))
        states = (torch.load(f / "state.pt", weights_only=True)["model"] for f in (tmp_path, whole))
        for one, other in zip(*(state.values() for state in states), strict=True):
            assert torch.equal(one, other)  # as if it had not been killed


def test_a_batch_by_class_holds_two_of_each() -> None:
    cloth = cloth_of(40)
    rows = np.arange(3, 40)
    chosen = choose_by_class(cloth, rows, 8, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == 8 and set(chosen) <= set(rows)
    assert np.bincount(cloth.coarse[chosen]).tolist() == [2, 2, 2, 2]
    others = choose_by_class(cloth, rows, 8, np.random.default_rng(1))
    assert set(others.tolist()) != set(chosen.tolist())
    assert len(choose_by_class(cloth, rows, 12, np.random.default_rng(0))) == 12
    assert set(choose_by_class(cloth, rows[:5], 12, np.random.default_rng(0))) == set(rows[:5])


def test_colours_of_a_palette_by_loops() -> None:
    cloth = cloth_of(8)
    hot = colors_of(cloth.palettes)
    for i in range(8):
        here = {int(r[0]) for r in cloth.palettes[i] if r[4] >= 0.05}
        assert {k for k in range(10) if hot[i, k]} == here == {i % 4}


@pytest.mark.parametrize("bits", BITS)
def test_the_grid_holds_every_system_and_stands_on_frozen_features(bits: int) -> None:
    arms = system_arms(bits)
    assert {arm.system for arm in arms} == set(SYSTEMS)
    assert len({arm.name for arm in arms}) == len(arms)
    if bits != 32:
        return
    seen = frozen_set(12)
    for arm in arms:
        operation = fit(lambda a=arm: a.build(SMALL), seen, Budget(2, 4), 1, arm.choose)
        model = _result(operation)
        looks = seen.inputs(model.frozen_inputs, (slice(None), 0))
        output = model.hashed(*looks)
        assert model.bits(output).shape == (12, bits) and model.n_bits == bits


def _result(operation) -> object:
    while True:
        try:
            next(operation)
        except StopIteration as stop:
            return stop.value


def test_a_trunk_is_not_trained_on_frozen_features() -> None:
    arm = next(a for a in system_arms(32) if a.name.startswith("MDFF-SH whole"))
    torch.manual_seed(1)
    before = arm.build(SMALL).backbone.state_dict()
    model = _result(fit(lambda: arm.build(SMALL), frozen_set(12), Budget(3, 4), 1))
    after = model.backbone.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_grid_is_gone_on_with_and_tells_its_table(tmp_path, monkeypatch, capsys) -> None:
    lines = {
        bits: [a for a in system_arms(bits) if "whole" in a.form or a.form in ("DVSH", "DSDH")]
        for bits in (32, 64)
    }
    runs: list[str] = []
    original = grid.run_line

    def run_line(arm, *args):
        runs.append(arm.name)
        return (yield from original(arm, *args, seeds=2))

    def fake_freeze(model, cloth, rows, seed, classic, n_looks):
        yield from ()
        seen = frozen_set(len(cloth), seed, n_looks)
        return replace(seen, rows=rows, **{
            key: getattr(seen, key)[rows] for key in ("features", "handcrafted", "scales")
        }, similarity=seen.similarity[np.ix_(rows, rows)])  # fmt: skip

    cloth = cloth_of(48)
    monkeypatch.setattr(grid, "run_line", run_line)
    monkeypatch.setattr(grid, "system_arms", lambda bits: lines[bits])
    monkeypatch.setattr(grid, "BITS", (32, 64))
    monkeypatch.setattr(grid, "RESAMPLES", 50)
    monkeypatch.setattr(grid, "freeze", fake_freeze)
    monkeypatch.setattr(grid, "open_cloth_set", lambda folder: cloth)
    monkeypatch.setattr(grid, "split_rows", lambda c: split_rows(c, 0.1, 0.5))
    loaded = argparse.Namespace(model=argparse.Namespace(config=argparse.Namespace(backbone=SMALL)))
    monkeypatch.setattr(grid, "load_checkpoint", lambda path: loaded)
    arguments = argparse.Namespace(
        out=str(tmp_path), cloth="c", model="m", fabrics=16, steps=3, threads=1, backwards=False
    )
    assert grid.grid_command(arguments) == 0
    first = capsys.readouterr().out
    before = len(runs)
    assert before == 8 and runs[0].endswith("64 bits")
    arguments.backwards = True
    assert grid.grid_command(arguments) == 0  # everything is there already
    assert len(runs) == before
    again = capsys.readouterr().out
    assert again.splitlines()[-3:] == first.splitlines()[-3:]
    for words in ("MDFF-SH whole", "CIFAR-10 MAP .811", "DSHC: ", "p (Holm)", "recall@1", "192"):
        assert words in again
    pictures = {path.name for path in Path(tmp_path).glob("*.png")}
    assert {f"systems-{name}-{look}.png" for look in ("light", "dark") for name in
            ("bits", "precision-at-n", "precision-in-the-ball", "precision-recall")} == pictures
    rows = grid.kept_rows(Path(tmp_path) / "systems.jsonl")
    for row in rows:
        assert row.seeds == 2 and row.images == 3 * 32 * 2 and row.minutes > 0
        assert len(row.precision) == len(grid.RANKS)
        assert len(row.radius_recall) == row.bits + 1 and 0 < row.distinct <= 1
        low, high = row.figures["recall@1"][1:3]
        assert 0 <= low <= high <= 1


def test_a_row_averages_its_seeds() -> None:
    arm = next(a for a in system_arms(32) if a.system == "DAH")
    seen = frozen_set(24)
    truth = truth_of(seen)
    both, judged = [], []
    for seed in (1, 2):
        model = _result(fit(lambda: arm.build(SMALL), seen, Budget(2, 8), seed))
        judged.append(grid.judge(model, seen, truth, arm.name, 50, asymmetric=False))
        both.append(judged[-1].graded.figure("NDCG@50").value)
    row = grid.row_of(arm, judged, 7, 0.5)
    value, low, high, sd = row.figures["NDCG@50"]
    assert value == pytest.approx(np.mean(both)) and sd == pytest.approx(np.std(both))
    assert low <= value <= high
    assert np.mean(row.per_query["NDCG@50"]) == pytest.approx(value, abs=1e-4)
    kept = json.dumps(asdict(row))
    assert json.dumps(asdict(grid.GridRow(**json.loads(kept)))) == kept


def test_fields_are_set_by_name_and_what_is_wrong_is_said() -> None:
    config = configured(
        MDFFSHConfig(), ["beta=0", "scales=fc1", "beyond.joint=true", "beyond.recapture=0.5"]
    )
    assert config.beta == 0 and config.scales == "fc1"
    assert config.beyond == Beyond(joint=True, recapture=0.5)
    for wrong in ("gamma", "depth=3", "scales=some", "beyond.speed=1", "n_bits=7"):
        with pytest.raises(FabricFinderError, match="cannot be set"):
            configured(MDFFSHConfig(), [wrong])
    together = ["construction=cpbc", "bits_a_class=16", "classes=major"]  # no two of them alone
    for order in (together, together[::-1]):
        assert configured(DSHCConfig(), order).n_classes == 4
    with pytest.raises(FabricFinderError, match="“construction=cpbc” cannot be set .65 classes"):
        configured(DSHCConfig(), together[:1])
    assert len(default_taxonomy().coarse) == configured(DAHConfig(), []).n_classes


def test_what_cannot_be_is_refused_before_cloth_is_drawn(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(command, "write_cloth_set", None)
    line = ["train", "dshc", "--bits", "128", "--out", str(tmp_path), "--set", "construction=cpbc",
            "--set", "bits_a_class=2", "--set", "classes=fine"]  # fmt: skip
    with pytest.raises(FabricFinderError, match="2 bits a class are too few.*at least 3"):
        command.train_command(parse(line))
    assert not any(tmp_path.iterdir())


def test_trained_checkpoints_stand_side_by_side(tmp_path, monkeypatch, capsys) -> None:
    cloth = cloth_of(24, 384)
    files = []
    for name, seed in (("mdff-sh", 1), ("mdff-sh", 2), ("dshc", 1)):
        torch.manual_seed(seed)
        model = small_system(name).eval()
        card = replace(new_card(model), seed=seed, images_seen=960, minutes=1.5, command="made")
        files.append(tmp_path / f"{name}-{seed}.safetensors")
        with torch.no_grad():
            model.heads.coarse.bias.fill_(float(seed))  # seeds are not one checkpoint
        save_checkpoint(model, card, files[-1])
    monkeypatch.setattr(trained, "open_cloth_set", lambda folder: cloth)
    monkeypatch.setattr(trained, "split_rows", lambda c: split_rows(c, 0.0, 0.5))
    monkeypatch.setattr(trained, "RESAMPLES", 50)
    looked: list[Path] = []
    original = trained.judge_trained

    def judge(path: Path, *args):
        looked.append(path)
        return original(path, *args)

    monkeypatch.setattr(trained, "judge_trained", judge)
    arguments = argparse.Namespace(
        out=str(tmp_path), cloth="c", trained=list(map(str, files)), fabrics=6, threads=1
    )
    assert trained.trained_command(arguments) == 0
    capsys.readouterr()
    assert trained.trained_command(arguments) == 0 and len(looked) == 3  # nothing is judged twice
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in said[1:3]] == [["mdff-sh", "16", "2"], ["dshc", "32", "1"]]
    assert "960" in said[1] and said[-1].endswith(": made")
    kept = [json.loads(line) for line in (tmp_path / "trained.jsonl").read_text().splitlines()]
    for line in kept:
        value, low, high = line["figures"]["NDCG@50"]
        assert 0 <= low <= value <= high <= 1


def test_behind_a_frozen_trunk_only_the_rest_learns(tmp_path, monkeypatch) -> None:
    cloth = cloth_of(16, 384)
    start = tmp_path / "start.safetensors"
    torch.manual_seed(5)
    first = DVSH(DVSHConfig(backbone=SMALL, n_bits=32)).eval()
    save_checkpoint(first, new_card(first), start)
    monkeypatch.setattr(command, "new_model", lambda arguments: small_system(arguments.method))
    arguments = argparse.Namespace(
        method="mdff-sh", start=str(start), frozen=6, steps=3, batch=4, rate=1e-3, seed=1,
        imagenet=False,
    )  # fmt: skip
    model = command.learn_frozen(arguments, cloth, np.arange(16), tmp_path)
    kept = load_checkpoint(start).model.state_dict()
    for name, value in model.state_dict().items():
        if name.startswith("backbone."):
            assert torch.equal(value, kept[name])
    fresh = small_system("mdff-sh")
    assert not torch.equal(model.final.weight, fresh.final.weight)
    row = json.loads((tmp_path / "log.jsonl").read_text())
    assert row["images"] == 3 * 4 * 2 and row["frozen"] == 6
    for wrong in ({"start": ""}, {"method": "dah"}):
        with pytest.raises(FabricFinderError, match="base network"):
            command.learn_frozen(
                argparse.Namespace(**vars(arguments) | wrong), cloth, np.arange(16), tmp_path
            )


def test_who_begins_without_imagenet_is_told_unasked_and_start_has_the_last_word(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    line = ["train", "mdff-sh", "--bits", "32", "--set", "trunk=resnet18", "--set", "fusion=8"]
    model = command.begun(parse([*line, "--out", "x"]))
    said = capsys.readouterr().err
    assert "No ImageNet weights for resnet18" in said and str(tmp_path) in said
    kept = tmp_path / "checkpoints" / "resnet18-f37072fd.pth"
    kept.parent.mkdir()
    theirs = {"conv1.weight": torch.full((64, 3, 7, 7), 0.5)}
    torch.save(theirs, kept)
    begun = command.begun(parse([*line, "--out", "x"]))
    assert "starts from ImageNet weights: 1 of" in capsys.readouterr().err
    assert torch.equal(begun.backbone.stem[0].weight, theirs["conv1.weight"])
    start = tmp_path / "start.safetensors"
    save_checkpoint(model.eval(), new_card(model), start)
    begun = command.begun(parse([*line, "--out", "x", "--start", str(start)]))
    kept_half = model.backbone.stem[0].weight.half().float()  # as a checkpoint keeps it
    assert torch.equal(begun.backbone.stem[0].weight, kept_half)
    command.begun(parse(["train", "mdff-sh", "--out", "x"]))
    assert capsys.readouterr().err.endswith("0 tensors.\n")  # lite: there is nothing to say


def test_every_system_s_fields_can_be_set_on_the_command_line() -> None:
    wanted = {"dvsh": ("latent=8", "latent", 8), "dvsh-facets": ("form=listnet", "", None),
              "tsn": ("attention=none", "attention", "none"), "dah": ("phi_2=0", "phi_2", 0)}
    for name, (setting, field, value) in wanted.items():
        arguments = parse(["train", name, "--bits", "64", "--out", "x", "--set", setting])
        if not field:
            with pytest.raises(FabricFinderError, match="cannot be set"):
                command.new_model(arguments)
            continue
        assert getattr(command.new_model(arguments).config, field) == value


def test_the_generator_s_fields_can_be_set_on_the_command_line() -> None:
    line = ["train", "tsn", "--stage", "1", "--out", "x", "--set"]
    assert growth_form(parse([*line, "repeats=false"])) == GrowthConfig(repeats=False)
    with pytest.raises(FabricFinderError, match="There are: .*repeats"):
        growth_form(parse([*line, "attention=none"]))


def test_stage_1_as_printed_has_the_paper_s_rate() -> None:
    line = ["train", "tsn", "--stage", "1", "--preset", "paper", "--steps", "7", "--out", "x"]
    ours, printed = (growth_schedule(parse([*line, *more])) for more in ((), ("--form", "literal")))
    assert printed.rate == 2e-4 and printed.anywhere and printed.steps == ours.steps == 7
    assert ours.rate > printed.rate and not ours.anywhere
    assert printed.terms == ours.terms and (ours.terms.style, ours.terms.l1) == (100, 1)
