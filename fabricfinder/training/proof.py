"""One step of learning, from a checkpoint to a graph: whether training works on this installation."""

from dataclasses import replace
from pathlib import Path

import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.resources import SHIPPED_CHECKPOINT, resource_path
from fabricfinder.hashing.base import ViewBatch
from fabricfinder.hashing.checkpoint import load_checkpoint, save_checkpoint
from fabricfinder.hashing.export import export_onnx

CAPTURES = 4
RATE = 1e-3


def learn_once(folder: Path) -> tuple[Path, Path]:
    """Take one step of the shipped network on noise; its checkpoint and graph are written.

    Args:
        folder: exists.

    Returns:
        Paths of checkpoint and graph.

    Raises:
        FabricFinderError: the step left the weights as they were.
        EncoderError: the shipped checkpoint is missing or damaged.
        OSError: the files cannot be written.
    """
    loaded = load_checkpoint(resource_path(SHIPPED_CHECKPOINT))
    model = loaded.model.train()
    generator = torch.Generator().manual_seed(0)
    side = loaded.card.view_px
    noise = torch.rand((CAPTURES, 2, 3, side, side), generator=generator)
    views = ViewBatch(noise[:, 0], noise[:, 1:], torch.zeros(CAPTURES, 4))
    before = first_weight(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    loss = (model(views).u - 0.5).square().mean()
    loss.backward()
    optimizer.step()
    if torch.equal(before, first_weight(model)) or not torch.isfinite(loss):
        raise FabricFinderError("Training does not change anything on this computer.")
    checkpoint = folder / "learned.safetensors"
    save_checkpoint(model.eval(), replace(loaded.card, command="one step on noise"), checkpoint)
    graph = checkpoint.with_suffix(".onnx")
    export_onnx(load_checkpoint(checkpoint), graph)
    return checkpoint, graph


def first_weight(model: torch.nn.Module) -> torch.Tensor:
    """A copy of the first parameter."""
    return next(model.parameters()).detach().clone()
