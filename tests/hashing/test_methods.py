"""Every listed system has its network, and a sixth one is a file and an entry."""

import argparse
import sys
import types
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from fabricfinder.__main__ import parse
from fabricfinder.domain import models, systems
from fabricfinder.domain.models import list_models
from fabricfinder.domain.systems import SYSTEMS, System, find_system
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing import dvsh, methods
from fabricfinder.hashing.base import HashingMethod
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.methods import HASHING_METHODS
from fabricfinder.training.command import new_model


def test_every_system_has_its_network_under_its_own_name() -> None:
    assert list(HASHING_METHODS) == [system.name for system in SYSTEMS]
    for name, network in HASHING_METHODS.items():
        assert issubclass(network, HashingMethod) and network.name == name
    with pytest.raises(KeyError):
        HASHING_METHODS["perceptron"]
    assert "perceptron" not in HASHING_METHODS and len(HASHING_METHODS) == len(SYSTEMS)


def test_a_sixth_system_is_one_file_and_one_entry(tmp_path: Path, monkeypatch) -> None:
    """A module with its network, an entry: it can be trained, is kept, listed and encodes."""

    class Sixth(dvsh.DVSH):
        name = "sixth"

    module = types.ModuleType("fabricfinder.hashing.sixth")
    module.Sixth = Sixth
    entry = System("sixth", "SIXTH", "Nobody", 2027, "A test", "sixth:Sixth", "For a test.")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for place in (systems, models, methods):
        monkeypatch.setattr(place, "SYSTEMS", (*SYSTEMS, entry))
    assert parse(["train", "sixth", "--out", "x"]).method == "sixth"
    torch.manual_seed(3)
    asked = argparse.Namespace(method="sixth", bits=32, set=["latent=8", "backbone.features=16"])
    model = new_model(asked)
    assert type(model) is Sixth and model.n_bits == 32 and model.config.latent == 8
    path = tmp_path / "sixth-32.safetensors"
    save_checkpoint(model, replace(new_card(model), command="a test"), path)
    checkpoint = load_checkpoint(path)
    assert isinstance(checkpoint.model, Sixth)
    export_onnx(checkpoint, path.with_suffix(".onnx"))
    listed = list_models(tmp_path)[-1]
    assert listed.shipped and listed.system is entry is find_system("sixth")
    assert listed.parameters == sum(p.numel() for p in model.parameters())
    assert listed.made(OnnxEncoder(listed.graph).id)
