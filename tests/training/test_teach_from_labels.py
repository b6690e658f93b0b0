"""A file of labels, exported from one library, taught from in another: out, read, learned from."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.opinion import Opinion
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import new_term
from fabricfinder.finder import Finder
from fabricfinder.hashing.base import BackboneConfig, ViewBatch
from fabricfinder.hashing.checkpoint import new_card, save_checkpoint
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.jobs import run_to_end
from fabricfinder.training import held_back, teach_command
from fabricfinder.training.teach_command import labelled_by, originals_of

N = 24


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for seed in range(N):
        rng = np.random.default_rng(seed)
        one, other = rng.integers(0, 255, (2, 3))
        stripe = (np.arange(150) % (6 + 2 * seed) < 3 + seed)[None, :, None]
        image = np.where(stripe, one, other) + rng.normal(0, 4, (150, 150, 1))
        Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(folder / f"{seed:02}.png")
    return folder


def library(folder, pictures, encoder) -> Finder:
    finder = Finder(encoder)
    run_to_end(finder.open_library(folder, create=True))
    run_to_end(finder.import_paths([str(pictures)]))
    return finder


@pytest.fixture
def exported(tmp_path, pictures, fake_encoder):
    """The labels of one library in all three formats, a term of its own among them."""
    finder = library(tmp_path / "one", pictures, fake_encoder)
    own = new_term("mill stripe", "coarse", "stripe/bengal")
    run_to_end(finder.labels.change_words(lambda words: words.extended(own), "New term"))
    said = []
    for i, swatch in enumerate(finder.catalog.swatches[:18]):
        said.append(Opinion(swatch.id, "coarse", (own.id, "stripe/pin")[i % 2], "ann", 5))
        if i < 6:
            said.append(Opinion(swatch.id, "tightness", 40.0 + i, "ann", 5))
    run_to_end(finder.labels.say(said, "Labels"))
    paths = [tmp_path / f"labels{kind}" for kind in (".json", ".coco.json")]
    for path in paths:
        assert run_to_end(finder.labels.export(path)) == 24
    finder.close()
    return paths


def test_every_format_says_the_same_to_a_lesson(tmp_path, pictures, fake_encoder, exported):
    finder = library(tmp_path / "two", pictures, fake_encoder)
    swatches, words = finder._library.swatches(), finder._library.vocabulary()
    assert not any(o.labelled for o in originals_of(swatches))
    index = default_taxonomy().coarse_index
    for path in exported:
        found = originals_of(labelled_by(path, swatches, words))
        assert sum(o.labelled for o in found) == 18
        assert {o.coarse for o in found} == {-1, index["stripe/bengal"], index["stripe/pin"]}
        assert sorted(o.tightness for o in found if o.tightness == o.tightness) == [
            40.0, 41.0, 42.0, 43.0, 44.0, 45.0]  # fmt: skip
    strange = tmp_path / "strange.json"
    told = json.loads(exported[0].read_text())
    strange.write_text(json.dumps(told | {"labels": []}))
    with pytest.raises(FabricFinderError, match="speaks of no picture"):
        labelled_by(strange, swatches, words)
    finder.close()


def asked(folder, labels, model="", steps=1) -> argparse.Namespace:
    """The words of ``fabricfinder teach``."""
    return argparse.Namespace(library=str(folder), model=str(model), steps=steps, replay=0,
                              without_labels=False, labels=str(labels))  # fmt: skip


def test_the_command_hands_the_file_to_the_lesson(
    tmp_path, pictures, fake_encoder, exported, monkeypatch
):
    taught = []
    monkeypatch.setattr(teach_command, "lesson_in", lambda _, them, *more: taught.append(them))
    monkeypatch.setattr("os.nice", lambda n: 0, raising=False)
    library(tmp_path / "two", pictures, fake_encoder).close()
    assert teach_command.teach_command(asked(tmp_path / "two", exported[0])) == 0
    assert teach_command.teach_command(asked(tmp_path / "two", "")) == 0
    assert [sum(o.labelled for o in one) for one in taught] == [18, 0]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_lesson_is_learned_from_the_file(
    tmp_path, pictures, fake_encoder, exported, capsys, monkeypatch
):
    monkeypatch.setattr(held_back, "MOST_ROUNDS", 1)
    monkeypatch.setattr("os.nice", lambda n: 0, raising=False)
    library(tmp_path / "two", pictures, fake_encoder).close()
    torch.manual_seed(0)
    config = DVSHConfig(backbone=BackboneConfig(width=16, features=48), n_bits=32, latent=16,
                        list_per_item=True, weight_coarse=1.0, weight_fine=1.0)  # fmt: skip
    model = DVSH(config)
    with torch.no_grad():
        views = torch.rand(8, 3, 64, 64)
        model.train()(ViewBatch(views, views[:, None], torch.zeros(8, 4)))
    start = tmp_path / "start.safetensors"
    save_checkpoint(model, replace(new_card(model), blend=(0.3, 0.5)), start)
    assert teach_command.teach_command(asked(tmp_path / "two", exported[0], start)) == 0
    lesson = json.loads(capsys.readouterr().out.splitlines()[-1])["lesson"]
    assert lesson["labels"] > 0 and lesson["swatches"] + lesson["held_back"] == N
