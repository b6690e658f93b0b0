"""Lessons from a designer's own pictures: what is read, what is held back, what is kept."""

import copy
import json
import math
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.lesson import (
    CHECKPOINT_NAME,
    GRAPH_NAME,
    Marks,
    forget_own_encoder,
    lesson_from,
    own_encoder,
    own_lesson,
)
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.base import BackboneConfig, ViewBatch
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.training import teach_command, teaching
from fabricfinder.training.batches import exact_similarities, photograph_batch
from fabricfinder.training.cloth import Believed
from fabricfinder.training.held_back import judge
from fabricfinder.training.loop import Schedule, optimizer_for
from fabricfinder.training.originals import Original, hold_back, read_originals, take
from fabricfinder.training.teach_command import lesson_in
from fabricfinder.training.teaching import (
    Plan,
    _one_step,
    choose_fellows,
    fellows_loss,
    joined,
    kept_loss,
    lesson_terms,
)

N = 26


def run(operation):
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(operation)
        except StopIteration as stop:
            return stop.value


@pytest.fixture(autouse=True)
def few_photographs(monkeypatch) -> None:
    """Each held-back swatch is photographed again once, not five times."""
    monkeypatch.setattr(sys.modules[judge.__module__], "MOST_ROUNDS", 1)


def draw(path, seed: int) -> None:
    """A striped cloth of its own colours and width."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 255, (2, 3))
    stripe = (np.arange(150) % (6 + 2 * seed) < 3 + seed)[None, :, None]
    image = np.where(stripe, one, other) + rng.normal(0, 4, (150, 150, 1))
    Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> list[Original]:
    """26 pictures: two of one article, one drawn twice, half of them labelled, one not there."""
    folder = tmp_path_factory.mktemp("originals")
    found = []
    for seed in range(N):
        path = folder / f"{seed:02}.png"
        draw(path, 1 if seed == 2 else seed)  # 2 is 1 again
        article = "twins" if seed in (3, 4) else f"article {seed}"
        found.append(
            Original(
                str(path), 100.0 if seed % 2 else None, article, article,
                coarse=seed % 2 if seed < 13 else -1, fine=3 if seed == 20 else -1,
            )
        )  # fmt: skip
    return [*found, Original(str(folder / "gone.png"), None, "gone", "gone")]


@pytest.fixture(scope="module")
def own(originals, tmp_path_factory):
    """The pictures, read."""
    return run(read_originals(originals, tmp_path_factory.mktemp("arrays")))


@pytest.fixture(scope="module")
def start(tmp_path_factory, own):
    """A tiny checkpoint that has learned nothing; its codes tell pictures apart."""
    torch.manual_seed(0)
    config = DVSHConfig(
        backbone=BackboneConfig(width=16, features=48), n_bits=32, latent=16, list_per_item=True,
        weight_coarse=1.0, weight_fine=1.0, weight_recapture=1.0,
    )  # fmt: skip
    model = DVSH(config)
    seen = torch.from_numpy(np.ascontiguousarray(own.macro.transpose(0, 3, 1, 2)))
    with torch.no_grad():
        model.structure.weight.mul_(10)
        for _ in range(20):  # batch statistics, which a lesson leaves as they are
            model.train()(ViewBatch(seen[:8, :, ::2, ::2], seen[8:16, None, :, ::2, ::2],
                                    torch.zeros(8, 4)))  # fmt: skip
    path = tmp_path_factory.mktemp("start") / "start.safetensors"
    save_checkpoint(model, replace(new_card(model), blend=(0.3, 0.5)), path)
    return path


def test_originals_become_masters_and_plain_views(own) -> None:
    assert len(own) == N and own.unread == 1
    assert own.cloth.macro[5].shape == (384, 384, 3) and own.cloth.micro[5].shape == (224, 224, 3)
    assert own.macro.shape == (N, 128, 128, 3) and own.micro.shape == (N, 4, 128, 128, 3)
    known = np.arange(N) % 2 == 1
    assert (own.cloth.micro_px_per_cm[known] == 160).all()
    assert np.isnan(own.cloth.micro_px_per_cm[~known]).all()
    assert np.allclose(own.cloth.macro_px_per_cm[known], 100 * 384 / 150)
    assert (own.scale[~known] == 0).all() and (own.scale[known, 2] == 1).all()
    assert len(set(own.cloth.fabric[[3, 4]])) == 1 and len(set(own.cloth.fabric)) == N - 1


def test_a_micro_master_is_at_its_scale(tmp_path) -> None:
    """A period of 1 mm is 16 px at 160 px/cm; a picture of unknown scale keeps its pixels."""
    stripe = np.where(np.arange(900) % 20 < 10, 240, 10)
    image = np.broadcast_to(stripe[None, :, None], (900, 900, 3)).astype(np.uint8)
    path = tmp_path / "ruler.png"
    Image.fromarray(image).save(path)
    for px_per_cm, period in ((200.0, 16.0), (None, 20 * 512 / 900)):
        master = take(str(path), px_per_cm).micro
        power = np.abs(np.fft.rfft(master[..., 1].mean(0) - master[..., 1].mean(), 1 << 14))
        assert (1 << 14) / power.argmax() == pytest.approx(period, rel=0.02)


def test_what_belongs_together_is_never_parted(own) -> None:
    assert own.group[1] == own.group[2] and own.group[3] == own.group[4]
    rows, held = hold_back(own)
    assert not set(own.group[rows]) & set(own.group[held])
    assert len(rows) + len(held) == N and 0.15 < len(held) / N < 0.4
    again = hold_back(own)
    assert np.array_equal(again[0], rows) and np.array_equal(again[1], held)


def test_unknown_labels_are_neither_the_last_class_nor_forgotten(own) -> None:
    rows = np.array([1, 5, 15, 17])  # labelled alike, and two without a label
    _, each = exact_similarities(own.cloth, rows)
    taxonomy = default_taxonomy()
    assert each[0, 0, 1] == taxonomy.coarse_table[own.cloth.coarse[1], own.cloth.coarse[5]]
    believed = Believed(
        np.zeros((N, len(taxonomy.coarse)), np.float32),
        np.full((N, len(taxonomy.fine)), 1 / len(taxonomy.fine), np.float32),
        np.tile(np.array([60, 5], np.float32), (N, 1)),
    )
    column = taxonomy.coarse_index["pattern/dot"]
    believed.coarse[:, column] = 1
    _, each = exact_similarities(replace(own.cloth, believed=believed), rows)
    assert each[0, 2, 3] == 1  # both believed dots
    assert each[0, 0, 2] == taxonomy.coarse_table[own.cloth.coarse[1], column]
    assert each[1, 2, 3] == pytest.approx(1) and each[3, 2, 3] == pytest.approx(1)


def test_a_scale_nobody_knows_is_never_told(own) -> None:
    batch = photograph_batch(own.cloth, np.arange(0, N, 2), np.random.default_rng(1))
    assert (batch.scale == 0).all()
    assert torch.isnan(batch.log_frequency).all()
    batch = photograph_batch(own.cloth, np.arange(1, N, 2), np.random.default_rng(1))
    assert (batch.scale[:, 0] == 1).any() and (batch.scale[:, 2] == 1).any()
    assert batch.row.tolist() == np.repeat(np.arange(1, N, 2), 2).tolist()
    assert batch.fabric[2:4].tolist() == [own.cloth.fabric[3]] * 2


def flat_beliefs(n: int) -> Believed:
    """Nothing is believed of n swatches."""
    taxonomy = default_taxonomy()
    return Believed(
        np.full((n, len(taxonomy.coarse)), 1 / len(taxonomy.coarse), np.float32),
        np.full((n, len(taxonomy.fine)), 1 / len(taxonomy.fine), np.float32),
        np.tile(np.array([70, 8], np.float32), (n, 1)),
    )


def test_batches_mix_rendered_cloth_and_fellows(own) -> None:
    replay = run(teaching.draw_replay(3))
    cloth = joined(own.cloth, replay, flat_beliefs(N))
    assert len(cloth) == N + 3 and np.array_equal(cloth.macro[N + 1], replay.macro[1])
    assert not set(cloth.family[N:]) & set(cloth.family[:N])
    rows = np.arange(N)
    chosen = choose_fellows(cloth, rows, 15, np.random.default_rng(2))
    assert len(set(chosen.tolist())) == 15 and (chosen >= N).sum() == 3
    batch = photograph_batch(cloth, chosen, np.random.default_rng(0), 64)
    assert (batch.coarse[batch.row >= N] >= 0).all()
    few = choose_fellows(cloth, rows[:4], 15, np.random.default_rng(2))
    assert set(few[few < N].tolist()) == {0, 1, 2, 3}


def test_beliefs_are_kept_only_where_nobody_has_said_otherwise(own, start) -> None:
    checkpoint = load_checkpoint(start)
    cloth = joined(own.cloth, None, flat_beliefs(N))
    batch = photograph_batch(cloth, np.array([1, 20]), np.random.default_rng(0), 64)
    with torch.no_grad():
        output = checkpoint.model(batch.views)
    loss = float(kept_loss(output, batch, cloth.believed, checkpoint.card))
    coarse = -torch.log_softmax(output.coarse_logits[2:], 1).mean()  # of 20 alone: 1 is labelled
    fine = -torch.log_softmax(output.fine_logits[:2], 1).mean()  # of 1 alone
    gap = (output.tightness[:, 0] - 0.7).abs()
    huber = torch.where(gap < 0.05, 0.5 * gap**2 / 0.05, gap - 0.025).mean()
    assert loss == pytest.approx(float(coarse + fine + huber), abs=1e-4)


def test_fellows_are_pulled_together(own) -> None:
    cloth = joined(own.cloth, None, flat_beliefs(N))
    batch = photograph_batch(cloth, np.arange(8), np.random.default_rng(0), 64)
    alike = torch.where(batch.coarse[:, None] == 0, 1.0, -1.0).repeat(1, 6)
    alike[:, 3:] = 1
    apart = alike.roll(1, 0)
    assert fellows_loss(alike, batch) < fellows_loss(apart, batch)
    layout = (("coarse", 0, 3), ("fine", 3, 4), ("color", 4, 5), ("tightness", 5, 6))
    dyed = alike.clone()
    dyed[:, 4] *= -1  # another colour: nothing to do with a pattern's name
    dyed[::2, 5] *= -1
    assert fellows_loss(dyed, batch, layout) == fellows_loss(alike, batch, layout)
    assert fellows_loss(dyed, batch) > fellows_loss(alike, batch)


def test_the_gate() -> None:
    before = Marks(0.60, 0.5, 0.40)
    assert Marks(0.62, 0.5, 0.40).better_than(before)
    assert Marks(0.60, 0.2, 0.50).better_than(before)
    assert not Marks(0.604, 0.9, 0.404).better_than(before)  # nothing to speak of
    assert Marks(0.595, 0.9, 0.5).better_than(before)  # within what a second look moves
    assert not Marks(0.90, 0.9, 0.38).better_than(before)
    assert not Marks(0.58, 0.9, 0.90).better_than(before)
    assert Marks(0.7).better_than(Marks(0.6)) and not Marks(0.6).better_than(Marks(0.6))


def test_a_step_lowers_what_a_lesson_minimises(own, start) -> None:
    base = load_checkpoint(start)
    model, plan = copy.deepcopy(base.model), Plan()
    cloth = joined(own.cloth, None, flat_beliefs(N))
    batch = photograph_batch(cloth, np.arange(8), np.random.default_rng(3), 48)
    optimizer = optimizer_for(model, Schedule())
    losses = []
    statistics = model.backbone.norm.running_mean.clone()
    for _ in range(8):
        torch.manual_seed(4)  # equal similarities are put in a random order
        with torch.no_grad():
            terms = lesson_terms(model.eval(), batch, cloth.believed, base.card, plan)
        losses.append(float(sum(terms.values())))
        assert {"kept", "fellows", "list", "recapture", "coarse"} <= set(terms)
        _one_step(model, batch, cloth.believed, optimizer, 1e-3, base.card, plan)
    assert losses[-1] < 0.95 * losses[0]
    assert torch.equal(model.backbone.norm.running_mean, statistics)


def of_the_taught(gain: float, start):
    """A stand-in for ``judge``: anything but the weights of the start finds so much more."""
    weights = load_checkpoint(start).model.state_dict()

    def marked(model, card, own, held, seed) -> Marks:
        real = judge(model, card, own, held, seed)
        assert 0 <= real.recaptured <= 1
        state = model.state_dict()
        taught = any(not torch.equal(weights[name], state[name]) for name in weights)
        return Marks(0.5 + gain * taught if seed == teaching.JUDGING_SEED else 0.5)

    return marked


def test_a_lesson_worth_keeping_is_put_beside_the_library(
    originals, start, tmp_path, monkeypatch
) -> None:
    told: list[dict] = []
    monkeypatch.setattr(teaching, "judge", of_the_taught(+0.2, start))
    plan = Plan(steps=2, fabrics=6, replay=2, checks=1)
    lesson = lesson_in(tmp_path, originals, start, plan, told.append)
    assert lesson.swatches + lesson.held_back == N and lesson.unread == 1
    assert 0 < lesson.labels < 14
    phases = [line["phase"] for line in told if "phase" in line]
    assert "Reading your cloth" in phases and "Learning your cloth" in phases
    assert lesson_from(told[-1]["lesson"]).to_json() == lesson.to_json()  # nan is nan there
    assert lesson.kept and lesson.after.recaptured == pytest.approx(0.7)
    place = own_encoder(tmp_path)
    assert {f.name for f in place.iterdir()} == {CHECKPOINT_NAME, GRAPH_NAME, "lesson.json"}
    assert own_lesson(tmp_path).taught == lesson.taught != lesson.base
    checkpoint = load_checkpoint(place / CHECKPOINT_NAME)
    assert checkpoint.card.id == lesson.taught and lesson.base in checkpoint.card.command
    assert checkpoint.card.figures["taught_swatches"] == lesson.swatches
    assert checkpoint.familiarity is not None
    assert OnnxEncoder(place / GRAPH_NAME).card == checkpoint.card
    forget_own_encoder(tmp_path)
    assert own_encoder(tmp_path) is None and own_lesson(tmp_path) is None
    assert not (tmp_path / "encoder").exists()


def test_a_lesson_that_makes_it_worse_is_thrown_away(
    originals, start, tmp_path, monkeypatch
) -> None:
    """What is held back is found less often after the lesson: nothing is changed."""
    monkeypatch.setattr(teaching, "judge", of_the_taught(-0.1, start))
    plan = Plan(steps=2, fabrics=6, replay=0, checks=1)
    lesson = lesson_in(tmp_path, originals, start, plan, lambda line: None)
    assert not lesson.kept and lesson.taught == ""
    assert lesson.after.recaptured < lesson.before.recaptured
    assert own_encoder(tmp_path) is None
    assert not list((tmp_path / "encoder").iterdir())


def test_without_labels_none_is_looked_at(originals, start, tmp_path) -> None:
    plan = Plan(steps=1, fabrics=6, replay=0, with_labels=False)
    lesson = lesson_in(tmp_path, originals, start, plan, lambda line: None)
    assert lesson.labels == 0 and math.isnan(lesson.before.label_map)
    assert json.loads(lesson.to_json())["before"]["label_map"] is None


def test_a_disk_too_full_is_said_before_anything_is_read(
    originals, start, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(teach_command.shutil, "disk_usage", lambda p: SimpleNamespace(free=10**8))
    with pytest.raises(FabricFinderError, match="0.1 GB of free space"):
        lesson_in(tmp_path, originals, start, Plan(), lambda line: None)
    assert not list((tmp_path / "encoder").iterdir())


def test_what_a_library_has_to_teach() -> None:
    """Articles and colourways tell what belongs together; the back of a cloth is another face."""
    said = Labels(coarse="stripe/pin", tightness=80.0)
    swatches = [
        Swatch("a", "/1", "1", 9, 9, 60.0, said, {"article": "A", "colourway": "red"}),
        Swatch("b", "/2", "2", 9, 9, None, Labels(), {"article": "A", "colourway": "blue"}),
        Swatch("c", "/3", "3", 9, 9, view="back"),
        Swatch("d", "/4", "4", 9, 9),
    ]
    found = {o.path: o for o in teach_command.originals_of(swatches)}
    assert set(found) == {"/1", "/2", "/4"}
    assert found["/1"].article == found["/2"].article and found["/1"].cloth != found["/2"].cloth
    assert found["/1"].coarse == default_taxonomy().coarse_index["stripe/pin"]
    assert found["/1"].tightness == 80 and found["/1"].fine == -1 and found["/1"].labelled
    assert not found["/4"].labelled and found["/4"].cloth == "d"
    assert [o.path for o in teach_command.originals_of(swatches, at_most=1)] == ["/1"]


def test_too_few_swatches_are_said_to_be_too_few(originals, start, tmp_path) -> None:
    with pytest.raises(FabricFinderError, match="too few swatches"):
        lesson_in(tmp_path, originals[:5], start, Plan(), lambda line: None)
    with pytest.raises(FabricFinderError, match="None of the library's pictures"):
        lesson_in(tmp_path, [originals[-1]] * 30, start, Plan(), lambda line: None)
