"""A trained generator as files: weights that rebuild it, and the graph the running program reads.

``tsn-grow.safetensors`` is what TSN's hashing network starts from; ``tsn-grow.onnx`` grows
swatches without torch.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.grown import (
    GROWN_PX,
    GROWTH_FORMAT,
    GROWTH_INPUTS,
    GROWTH_OUTPUTS,
    PATCH_PX,
)
from fabricfinder.domain.repeats import N_CONTINUATIONS
from fabricfinder.hashing.checkpoint import stored
from fabricfinder.hashing.export import seal_graph, trace_graph
from fabricfinder.hashing.growth import Generator, GrowthConfig, signed


class GrowthFile(NamedTuple):
    """A trained generator in evaluation mode, and how it came to be."""

    generator: Generator
    made: dict[str, Any]


def save_growth(generator: Generator, made: dict[str, Any], path: Path) -> None:
    """Write a generator's weights, its shape and how it was made, in one step.

    Raises:
        ValueError: a weight is not finite in float16.
        OSError: the file cannot be written.
    """
    tensors = {name: stored(value) for name, value in generator.state_dict().items()}
    bad = [name for name, value in tensors.items() if not torch.isfinite(value).all()]
    if bad:
        raise ValueError(f"{bad[0]} is not finite; this generator is not worth keeping")
    card = {"format": GROWTH_FORMAT, "config": asdict(generator.config), "made": made}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    save_file(tensors, unfinished, {"card": json.dumps(card)})
    os.replace(unfinished, path)


def load_growth(path: Path) -> GrowthFile:
    """Rebuild a generator from its file alone.

    Raises:
        EncoderError: missing, damaged, or of another program.
    """
    try:
        with safe_open(path, "pt") as file:
            card = json.loads((file.metadata() or {}).get("card", "{}"))
            tensors = {key: file.get_tensor(key) for key in file.keys()}
    except FileNotFoundError as error:
        raise EncoderError(f"There is no generator at {path}.") from error
    except (OSError, SafetensorError, ValueError) as error:
        raise EncoderError(f"{path.name} is damaged or holds no generator.") from error
    if card.get("format") != GROWTH_FORMAT:
        raise EncoderError(f"{path.name} holds no generator that this program knows.")
    try:
        generator = Generator(GrowthConfig.from_raw(card["config"]))
        state = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
        generator.load_state_dict(state)
    except (TypeError, ValueError, RuntimeError, KeyError) as error:
        raise EncoderError(f"{path.name} does not fit the network it describes.") from error
    return GrowthFile(generator.eval(), card["made"])


class _Grower(nn.Module):
    """From pixels to what a picture is put together from."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator.eval()

    def forward(self, patch: Tensor, ways: Tensor, costs: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 (B, 128, 128, 3), uint8 (B, N, 256, 256, 3), (B, N) -> own, shares."""
        pictures = (signed(patch.permute(0, 3, 1, 2)), signed(ways.permute(0, 1, 4, 2, 3)))
        grown = self.generator(*pictures, costs)
        return ((grown.own + 1) * 127.5).permute(0, 2, 3, 1), grown.shares


def export_growth(saved: Path, path: Path) -> None:
    """Write the graph of a saved generator, sealed, with its card.

    Inputs ``patch`` uint8 (B, 128, 128, 3), ``ways`` uint8 (B, N, 256, 256, 3) and ``costs``
    float32 (B, N); outputs ``own`` float32 (B, 256, 256, 3) of 0..255 and ``shares`` float32
    (B, 1 + N, 256, 256).

    Raises:
        EncoderError: there is no such generator.
        ValueError: the generator paints all by itself; nothing but the paper's form does.
        OSError: the file cannot be written.
    """
    generator, made = load_growth(saved)
    if generator.chooser is None:
        raise ValueError("a generator without continuations is for comparison, not for the window")
    shown = (
        torch.zeros(1, PATCH_PX, PATCH_PX, 3, dtype=torch.uint8),
        torch.zeros(1, N_CONTINUATIONS, GROWN_PX, GROWN_PX, 3, dtype=torch.uint8),
        torch.zeros(1, N_CONTINUATIONS),
    )
    unfinished = path.with_name(path.name + ".part")
    inputs, outputs = list(GROWTH_INPUTS), list(GROWTH_OUTPUTS)
    trace_graph(_Grower(generator), shown, inputs, outputs, unfinished, "patch_number")
    seal_graph(unfinished, path, json.dumps({"format": GROWTH_FORMAT, "made": made}))
