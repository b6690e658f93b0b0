"""The encoder on a graphics card: torch on CUDA or MPS in fp32, giving way when memory ends."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.encoder_arrays import OUTPUTS, encodings_of, stack_views
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.description import Describer

BATCH = 256
CPU_BATCH = 16  # larger ones fall out of the cache
NOTICE = "The graphics card is out of memory; looking at the cloth with the processor instead."


def best_device() -> torch.device:
    """CUDA if there is one, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


class TorchEncoder:
    """A ``domain.encoder.Encoder`` rebuilt from one checkpoint, on the best device present.

    Its id is the one of the exported graph in fp32: the weights are the same numbers, and
    tensor-float shortcuts are off, so that codes agree but for blocks on the edge of a tie.

    Attributes:
        card: the checkpoint's card.
        device: where it runs now.
        batch_size: how many pictures it looks at in one go; halves when memory ends.
        id, n_bits, blend, code_layout, conformal: as ``Encoder``.
    """

    def __init__(
        self,
        path: Path,
        device: torch.device | None = None,
        notify: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Load a checkpoint.

        Args:
            path: a file written by ``save_checkpoint``.
            device: ``best_device()`` by default.
            notify: called with one sentence, once, when it falls back to the CPU.

        Raises:
            EncoderError: as ``load_checkpoint``.
        """
        checkpoint = load_checkpoint(path)
        self.card = checkpoint.card
        self.device = device or best_device()
        self.batch_size = CPU_BATCH if self.device.type == "cpu" else BATCH
        self.id = f"{self.card.id}/fp32"
        self.n_bits = self.card.n_bits
        self.blend = self.card.blend
        self.code_layout = self.card.code_layout
        self.conformal = self.card.conformal
        self._describer = Describer(*checkpoint).to(self.device)
        self._notify = notify

    def encode(self, views: Sequence[Views]) -> list[Encoding]:
        """Encode any number of views; one Encoding each, in order.

        When the device runs out of memory the batch is halved, again and again, and at one
        picture the CPU takes over for good, with one notice.

        Raises:
            ValueError: a view is not uint8 of the card's shape.
            torch.OutOfMemoryError: the CPU has no memory either.
        """
        encodings: list[Encoding] = []
        while len(encodings) < len(views):
            start = len(encodings)
            shown = stack_views(views[start : start + self.batch_size], self.card)
            try:
                encodings += encodings_of(self._run(shown))
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not is_out_of_memory(error) or not self._give_way():
                    raise
        return encodings

    def _run(self, shown: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run one batch on the device and bring the answers back, by name."""
        inputs = [torch.from_numpy(array).to(self.device) for array in shown.values()]
        exact = torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=False, allow_tf32=False
        )
        with torch.inference_mode(), exact:
            answers = self._describer(*inputs)
        return {name: getattr(answers, name).cpu().numpy() for name in OUTPUTS}

    def _give_way(self) -> bool:
        """Halve the batch, or move to the CPU; False when neither is left to do."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        elif self.device.type == "mps":
            torch.mps.empty_cache()
        if self.batch_size > 1:
            self.batch_size //= 2
            return True
        if self.device.type == "cpu":
            return False
        self.device = torch.device("cpu")
        self._describer = self._describer.to(self.device)
        self.batch_size = CPU_BATCH
        self._notify(NOTICE)
        return True


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error is a device saying it has no memory left; MPS says so only in words."""
    return isinstance(error, torch.OutOfMemoryError) or "out of memory" in str(error).lower()
