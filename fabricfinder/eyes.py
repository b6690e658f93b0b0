"""Which encoder looks at the cloth: the graphics card's where there is one, else the processor's."""

import importlib.util
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.resources import resource_path

CHECKPOINT = "dvsh-128.safetensors"


def may_have_graphics_card() -> bool:
    """Whether a card that torch can use may be present; cheap, without importing torch."""
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32/nvcuda.dll").exists()
    return Path("/dev/nvidiactl").exists()


def best_encoder(notify: Callable[[str], None]) -> Encoder:
    """The encoder for this machine, from the weights that ship (or ``FABRICFINDER_MODEL``'s).

    Args:
        notify: receives one quiet sentence if the card runs out of memory later.

    Raises:
        EncoderError: the shipped files are missing, corrupt or of another version.
    """
    own_graph = os.environ.get("FABRICFINDER_MODEL")  # a graph is for the processor
    if not own_graph and may_have_graphics_card() and importlib.util.find_spec("torch") is not None:
        from fabricfinder.hashing.torch_encoder import TorchEncoder, best_device

        device = best_device()
        if device.type != "cpu":
            return TorchEncoder(resource_path(CHECKPOINT), device, notify)
    from fabricfinder.encoding import load_default_encoder

    return load_default_encoder()
