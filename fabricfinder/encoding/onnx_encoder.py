"""The encoder of the running program: the exported graph on onnxruntime, without torch."""

import os
from collections.abc import Sequence
from pathlib import Path

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.encoder_arrays import OUTPUTS, encodings_of, stack_views
from fabricfinder.domain.encoder_card import (
    CARD_KEY,
    SEAL_KEY,
    EncoderCard,
    card_from_json,
    seal_of,
)
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.resources import resource_path

DEFAULT_GRAPH = "dvsh-128.onnx"
GRAPH_VARIABLE = "FABRICFINDER_MODEL"
BATCH = 16
LOAD_ERRORS = (
    ort_state.Fail, ort_state.InvalidArgument, ort_state.InvalidGraph, ort_state.InvalidProtobuf,
    ort_state.ModelLoadCanceled, ort_state.NotImplemented, ort_state.RuntimeException,
)  # fmt: skip


class OnnxEncoder:
    """A ``domain.encoder.Encoder`` rebuilt from one graph file; fp32 on the CPU.

    Attributes:
        card: the card inside the file.
        id: the card's id and the precision.
        n_bits, blend, code_layout, conformal: as ``Encoder``.
    """

    def __init__(self, graph_path: Path, precision: str = "fp32", threads: int = 1) -> None:
        """Load the graph.

        Args:
            graph_path: a file written by ``fabricfinder.hashing.export``.
            precision: ``fp32`` is the only one so far.
            threads: inside one picture; an import runs two encoders of one thread instead.

        Raises:
            EncoderError: missing, damaged, of another program, or from a newer version.
            ValueError: another precision.
        """
        if precision != "fp32":
            raise ValueError(f"no graph runs in {precision!r}")
        content = graph_content(graph_path)
        self._session = graph_session(content, graph_path.name, threads)
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.card: EncoderCard = card_from_json(metadata.get(CARD_KEY), graph_path.name)
        if metadata.get(SEAL_KEY) != seal_of(content, metadata.get(SEAL_KEY, "")):
            raise EncoderError(f"{graph_path.name} is damaged; install the program again.")
        if missing := set(OUTPUTS) - {output.name for output in self._session.get_outputs()}:
            raise EncoderError(f"{graph_path.name} is damaged: it does not say {min(missing)}.")
        self.id = f"{self.card.id}/{precision}"
        self.n_bits = self.card.n_bits
        self.blend = self.card.blend
        self.code_layout = self.card.code_layout
        self.conformal = self.card.conformal

    def encode(self, views: Sequence[Views]) -> list[Encoding]:
        """Encode any number of views, 16 at a time; one Encoding each, in order.

        Raises:
            ValueError: a view is not uint8 of the card's shape.
        """
        encodings: list[Encoding] = []
        for start in range(0, len(views), BATCH):
            shown = stack_views(views[start : start + BATCH], self.card)
            answers = self._session.run(list(OUTPUTS), shown)
            encodings += encodings_of(dict(zip(OUTPUTS, answers, strict=True)))
        return encodings


def load_default_encoder(threads: int = 1) -> OnnxEncoder:
    """The encoder that ships with the program, ``resources/dvsh-128.onnx``.

    The environment variable ``FABRICFINDER_MODEL`` names another graph, one's own training
    perhaps; a library coded by the shipped one then asks to be re-coded.

    Raises:
        EncoderError: the file is missing or damaged.
    """
    own = os.environ.get(GRAPH_VARIABLE)
    return OnnxEncoder(Path(own) if own else resource_path(DEFAULT_GRAPH), threads=threads)


def graph_content(path: Path) -> bytes:
    """Read a graph file; raises EncoderError if that cannot be done."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise EncoderError(f"There is no encoder at {path}.") from error
    except OSError as error:
        raise EncoderError(f"{path} cannot be read ({error.strerror}).") from error


def graph_session(content: bytes, name: str, threads: int) -> onnxruntime.InferenceSession:
    """Open a graph; raises EncoderError with a sentence that calls it ``name``."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised, and said in our words
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            content, options, providers=["CPUExecutionProvider"]
        )
    except LOAD_ERRORS as error:
        raise EncoderError(
            f"{name} is damaged, is not an encoder, or is from a newer fabricfinder."
        ) from error
