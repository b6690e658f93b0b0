"""The graph that the running program reads: a checkpoint as ONNX, calibrated, with its card."""

import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from fabricfinder.domain.encoder_card import BLANK_SEAL, CARD_KEY, SEAL_KEY, seal_of
from fabricfinder.hashing.checkpoint import Checkpoint
from fabricfinder.hashing.description import Describer, Description

OPSET = 17
SMALL = 256


def export_onnx(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint's ``Describer`` as one ONNX file of any batch size.

    Inputs ``macro`` uint8 (B, 128, 128, 3), ``micro`` uint8 (B, 4, 128, 128, 3) and
    ``scale`` float32 (B, 4), or ``scale_known`` (B, 1) for a network of one flag; outputs as the
    fields of ``Description``. The card lies in the model's metadata, with a seal over every byte
    of the file. Weights that float16 holds exactly lie as float16 and are widened when the graph
    is loaded, so that the file is as small as the checkpoint and computes the same in float32.

    Raises:
        ValueError: the card has no id (save the checkpoint first and load it again).
        OSError: the file cannot be written.
    """
    if not checkpoint.card.id:
        raise ValueError("a graph is exported from a saved checkpoint, whose card has an id")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    _trace(checkpoint, unfinished)
    seal_graph(unfinished, path, checkpoint.card.to_json())


def seal_graph(unfinished: Path, path: Path, card: str) -> None:
    """Turn a traced graph into the file that ships: halved weights, card and seal, in one step.

    Raises:
        OSError: the file cannot be written.
    """
    graph = onnx.load(unfinished)
    _halve(graph.graph)
    onnx.helper.set_model_props(graph, {CARD_KEY: card, SEAL_KEY: BLANK_SEAL})
    onnx.checker.check_model(graph, full_check=True)
    content = graph.SerializeToString(deterministic=True)
    seal = seal_of(content, BLANK_SEAL)
    unfinished.write_bytes(content.replace(BLANK_SEAL.encode(), seal.encode()))
    os.replace(unfinished, path)


def _trace(checkpoint: Checkpoint, path: Path) -> None:
    """Trace the describer with two swatches; the batch axis stays open."""
    card = checkpoint.card
    describer = Describer(*checkpoint).float().cpu().eval()
    side = card.view_px
    shown = (
        torch.zeros(2, side, side, 3, dtype=torch.uint8),
        torch.zeros(2, card.n_micro, side, side, 3, dtype=torch.uint8),
        torch.ones(2, 4 if card.scale_input == "scale" else 1),
    )
    inputs = ["macro", "micro", card.scale_input]
    trace_graph(describer, shown, inputs, list(Description._fields), path, "swatch")


def trace_graph(
    module: torch.nn.Module,
    shown: tuple[torch.Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    path: Path,
    open_axis: str,
) -> None:
    """Trace a module with what it is shown; the first axis of all stays open, by this name."""
    with torch.no_grad(), warnings.catch_warnings():
        # The tracing exporter is deprecated for one that needs a further package; nothing else
        # it might say is silenced.
        for sentence in ("You are using the legacy", "The feature will be removed"):
            warnings.filterwarnings("ignore", sentence, DeprecationWarning)
        torch.onnx.export(
            module,
            shown,
            str(path),
            dynamo=False,
            opset_version=OPSET,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes={name: {0: open_axis} for name in (*inputs, *outputs)},
            # Nothing is folded here: the runtime folds when it loads, and weights folded into
            # each other would no longer be the checkpoint's float16 numbers.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
        )


def _halve(graph: onnx.GraphProto) -> None:
    """Store every large float32 weight that float16 holds exactly as float16 and a Cast."""
    casts = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < SMALL:
            continue
        half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(half, name + ".half"))
        casts.append(onnx.helper.make_node("Cast", [name + ".half"], [name], to=1))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
