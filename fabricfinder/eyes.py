"""Which encoder looks at the cloth: the graphics card's where there is one, else the processor's."""

import importlib.util
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.lesson import CHECKPOINT_NAME, GRAPH_NAME, own_encoder
from fabricfinder.domain.models import GRAPH, HEADER, find_model, own_graph
from fabricfinder.domain.resources import SHIPPED_CHECKPOINT, resource_path
from fabricfinder.domain.taxonomy import default_taxonomy

CHECKPOINT = SHIPPED_CHECKPOINT


def may_have_graphics_card() -> bool:
    """Whether a card that torch can use may be present; cheap, without importing torch."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32/nvcuda.dll").exists()
    return Path("/dev/nvidiactl").exists()


def best_encoder(notify: Callable[[str], None], library: Path | None = None) -> Encoder:
    """The encoder for this machine: a library's own, else from the weights that ship.

    ``FABRICFINDER_MODEL`` names a graph that is used instead of both.

    Args:
        notify: receives one quiet sentence if the card runs out of memory later.
        library: the folder of a library that may have been taught an encoder of its own.

    Raises:
        EncoderError: the files are missing, corrupt or of another version.
    """
    own = taught_encoder(library, notify) if library is not None else None
    if own is not None:
        return own
    if not own_graph():  # a graph is for the processor
        on_card = _on_graphics_card(resource_path(CHECKPOINT), notify)
        if on_card is not None:
            return on_card
    return plain_encoder()


def plain_encoder() -> Encoder:
    """The encoder that ships, on the processor, whatever else there is.

    Raises:
        EncoderError: its file is missing or damaged.
    """
    from fabricfinder.encoding import load_default_encoder

    return load_default_encoder()


def taught_encoder(library: Path, notify: Callable[[str], None]) -> Encoder | None:
    """The encoder a library was taught, or None where it uses the one that ships.

    Raises:
        EncoderError: its files are corrupt or of another version.
    """
    folder = own_encoder(library)
    if folder is None or own_graph():
        return None
    on_card = _on_graphics_card(folder / CHECKPOINT_NAME, notify)
    if on_card is not None:
        return on_card
    from fabricfinder.encoding import OnnxEncoder

    encoder = OnnxEncoder(folder / GRAPH_NAME)
    encoder.card.check_taxonomy(default_taxonomy())
    return encoder


def named_encoder(name: str, notify: Callable[[str], None]) -> Encoder:
    """The encoder of a system by its name, or of a graph of one's own by its file's.

    Raises:
        EncoderError: no such system, it did not come with this program, or its files are corrupt
            or of another version.
    """
    from fabricfinder.encoding import OnnxEncoder

    if name.endswith(GRAPH):
        return OnnxEncoder(Path(name))
    model = find_model(name)
    assert model.checkpoint is not None and model.graph is not None  # it is shipped
    on_card = _on_graphics_card(model.checkpoint, notify)
    if on_card is not None:
        return on_card
    encoder = OnnxEncoder(model.graph)
    encoder.card.check_taxonomy(default_taxonomy())
    if not model.made(encoder.id):
        raise EncoderError(
            f"{model.graph.name} and {model.checkpoint.name} are of two models; install the "
            "program again."
        )
    return encoder


def _on_graphics_card(checkpoint: Path, notify: Callable[[str], None]) -> Encoder | None:
    """A checkpoint's encoder on the card torch can use, or None where there is none."""
    if not may_have_graphics_card() or importlib.util.find_spec("torch") is None:
        return None
    if checkpoint.suffix == HEADER:  # the weights did not come along
        return None
    from fabricfinder.hashing.torch_encoder import TorchEncoder, best_device

    device = best_device()
    return TorchEncoder(checkpoint, device, notify) if device.type != "cpu" else None
