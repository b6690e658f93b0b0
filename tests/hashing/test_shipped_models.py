"""Every checkpoint that ships: counted as torch counts, its graph of the same weights."""

import pytest

from fabricfinder.domain.models import HEADER, Model, list_models
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.checkpoint import load_checkpoint

SHIPPED = [m for m in list_models() if m.checkpoint is not None and m.checkpoint.suffix != HEADER]


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.system.name)
def test_the_list_says_what_the_files_hold(model: Model) -> None:
    checkpoint = load_checkpoint(model.checkpoint)  # its id is made of its weights: checked there
    assert checkpoint.card == model.card
    assert model.parameters == sum(p.numel() for p in checkpoint.model.parameters())
    graph = OnnxEncoder(model.graph)  # its bytes are sealed: checked there
    assert graph.card == model.card and model.made(graph.id)
    assert checkpoint.card.method == model.system.name and checkpoint.card.command
