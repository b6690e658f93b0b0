"""Checkpoints: the round trip, the id, and what a bad file says of itself."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.description import Describer
from fabricfinder.hashing.methods import HASHING_METHODS


def card_text(path: Path) -> str:
    """The card inside a checkpoint, as it is written."""
    with safe_open(path, "pt") as file:
        return file.metadata()["card"]


def rewritten(saved: Path, to: Path, **changes: object) -> Path:
    """A copy of a checkpoint whose card differs."""
    card = json.loads(card_text(saved)) | changes
    save_file(load_file(saved), to, {"card": json.dumps(card)})
    return to


def test_round_trip_rebuilds_model_card_and_reference(saved: Path, tmp_path: Path) -> None:
    model, card, familiarity = load_checkpoint(saved)
    assert card.command == "a test" and card.blend == (0.25, 0.5) and card.seed == 3
    assert card.figures == {"recall@1": 0.5}
    assert card.coarse == default_taxonomy().coarse and card.fine == default_taxonomy().fine
    assert (card.view_px, card.n_micro) == (64, 2)
    assert card.id.startswith("dvsh-128-") and len(card.id) == len("dvsh-128-") + 8
    assert familiarity.centres.shape == (16, 64) and familiarity.scale > 0
    assert not model.training
    again = tmp_path / "again.safetensors"
    assert save_checkpoint(model, card, again, familiarity) == card
    assert again.read_bytes() == saved.read_bytes()


def test_codes_survive_the_rounding_to_float16(saved: Path, samples: SimpleNamespace) -> None:
    model = samples.small_model()
    rounded = load_checkpoint(saved).model
    with torch.no_grad():
        views = samples.shown(40)
        before, after = model(views), rounded(views)
    differing = (model.bits(before) != rounded.bits(after)).float().mean().item()
    assert differing < 0.01
    assert torch.allclose(before.r, after.r, atol=0.02)


def test_a_checkpoint_is_small(saved: Path, samples: SimpleNamespace) -> None:
    count = sum(p.numel() for p in samples.small_model().parameters())
    assert saved.stat().st_size < 2.3 * count


def test_id_names_weights_and_calibration_but_not_the_story(saved: Path, tmp_path: Path) -> None:
    model, card, familiarity = load_checkpoint(saved)
    path = tmp_path / "other.safetensors"

    def id_of(**changes: object) -> str:
        return save_checkpoint(model, replace(card, **changes), path, familiarity).id

    assert id_of(command="another story", blend=(0.1, 0.2), minutes=9.0) == card.id
    assert id_of(coarse_temperature=2.0) != card.id
    assert save_checkpoint(model, card, path, None).id != card.id
    with torch.no_grad():
        model.structure.bias[0] += 0.5
    assert id_of() != card.id


def test_calibration_is_applied(saved: Path, samples: SimpleNamespace) -> None:
    model, card, familiarity = load_checkpoint(saved)
    views = samples.shown(6)
    shown_arrays = (views.macro.permute(0, 2, 3, 1), views.micro.permute(0, 1, 3, 4, 2))
    with torch.no_grad():
        output = model(views)
        said = Describer(model, card, familiarity)(*shown_arrays, views.scale)
    coarse = torch.softmax(output.coarse_logits / 1.5, 1)
    fine = torch.softmax(output.fine_logits / 0.8, 1)
    assert torch.allclose(said.coarse, coarse) and torch.allclose(said.fine, fine)
    assert torch.allclose(said.tightness[:, 0], output.tightness[:, 0] * 100)
    deviation = (0.5 * output.tightness[:, 1]).exp() * 1.25 * 100
    assert torch.allclose(said.tightness[:, 1], deviation)
    assert torch.isfinite(said.unfamiliarity).all() and (said.unfamiliarity > 0).all()
    blind = Describer(model, card, None)(*shown_arrays, views.scale)
    assert blind.unfamiliarity.isnan().all()


def test_a_missing_checkpoint_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="There is no encoder"):
        load_checkpoint(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"hello, I am a text file\n", b"\x00" * 5000])
def test_a_file_that_is_no_checkpoint_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="odd.safetensors is damaged or is not an encoder"):
        load_checkpoint(path)


def test_a_cut_checkpoint_says_so(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(saved.read_bytes()[:-1000])
    with pytest.raises(EncoderError, match="damaged"):
        load_checkpoint(path)


def test_one_flipped_bit_is_found(saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-1000] ^= 1
    path = tmp_path / "flipped.safetensors"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="weights are not the ones its card names"):
        load_checkpoint(path)


def test_a_foreign_safetensors_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"weight": torch.zeros(3)}, path, {"format": "pt"})
    with pytest.raises(EncoderError, match="not an encoder of this program"):
        load_checkpoint(path)


def test_a_newer_checkpoint_says_so(saved: Path, tmp_path: Path) -> None:
    path = rewritten(saved, tmp_path / "new.safetensors", version=2, sparkle=True)
    with pytest.raises(EncoderError, match="newer fabricfinder"):
        load_checkpoint(path)


def test_an_unknown_method_says_so(saved: Path, tmp_path: Path) -> None:
    card_id = json.loads(card_text(saved))["id"].replace("dvsh", "wonder")
    path = rewritten(saved, tmp_path / "w.safetensors", method="wonder", id=card_id)
    with pytest.raises(EncoderError, match="“wonder” encoder, which this program does not know"):
        load_checkpoint(path)


def test_weights_that_do_not_fit_say_so(saved: Path, tmp_path: Path) -> None:
    model, card, _ = load_checkpoint(saved)
    other = card.config | {"latent": 48}
    path = tmp_path / "misfit.safetensors"
    save_checkpoint(model, replace(card, config=other), path)
    with pytest.raises(EncoderError, match="does not fit the network"):
        load_checkpoint(path)


def test_a_model_gone_to_nan_is_not_kept(tmp_path: Path, samples: SimpleNamespace) -> None:
    model = samples.small_model()
    with torch.no_grad():
        model.mu.weight[0, 0] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        save_checkpoint(model, new_card(model), tmp_path / "nan.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_methods_are_one_dict_of_names() -> None:
    assert all(name == method.name for name, method in HASHING_METHODS.items())
    assert "dvsh" in HASHING_METHODS
