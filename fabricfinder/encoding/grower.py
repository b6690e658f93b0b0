"""The texture synthesis network of the running program: its graph on onnxruntime, without torch."""

import json
from pathlib import Path

import numpy as np

from fabricfinder.domain.encoder_card import CARD_KEY, SEAL_KEY, seal_of
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.grown import GROWTH_FORMAT, GROWTH_INPUTS, GROWTH_OUTPUTS
from fabricfinder.domain.repeats import Ways
from fabricfinder.encoding.onnx_encoder import graph_content, graph_session


class Grower:
    """Says of a patch and its continuations what belongs where around it.

    Attributes:
        made: how the network was trained, as its file records it.
    """

    def __init__(self, graph_path: Path, threads: int = 1) -> None:
        """Load the graph, as ``hashing.growth_file.export_growth`` writes it.

        Raises:
            EncoderError: missing, damaged, or of another program.
        """
        content = graph_content(graph_path)
        self._session = graph_session(content, graph_path.name, threads)
        metadata = self._session.get_modelmeta().custom_metadata_map
        try:
            card = json.loads(metadata.get(CARD_KEY, ""))
        except ValueError:
            card = {}
        if not isinstance(card, dict) or card.get("format") != GROWTH_FORMAT:
            raise EncoderError(f"{graph_path.name} is no network that grows cloth.")
        if metadata.get(SEAL_KEY) != seal_of(content, metadata.get(SEAL_KEY, "")):
            raise EncoderError(f"{graph_path.name} is damaged; install the program again.")
        self.made: dict[str, object] = card["made"]

    def ask(self, patch: np.ndarray, ways: Ways) -> tuple[np.ndarray, np.ndarray]:
        """Look at one patch.

        Args:
            patch: uint8 (128, 128, 3); ways: its continuations.

        Returns:
            What the network paints by itself, float32 (256, 256, 3) in 0..255; and the shares of
            that and of each way, float32 (256, 256, 1 + N), summing to 1.
        """
        shown = dict(zip(GROWTH_INPUTS, (patch[None], *(part[None] for part in ways)), strict=True))
        own, shares = self._session.run(list(GROWTH_OUTPUTS), shown)
        return own[0], np.ascontiguousarray(shares[0].transpose(1, 2, 0))
