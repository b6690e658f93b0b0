"""The onnxruntime encoder: right answers from any batch, and a sentence for every bad file."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import fabricfinder.encoding.onnx_encoder as onnx_encoder
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.encoding import OnnxEncoder, load_default_encoder

Write = Callable[..., Path]


@pytest.mark.parametrize("n", [0, 1, 16, 17, 40])
def test_answers_are_the_graphs_in_order(
    write_graph: Write, hand: object, views: list[Views], n: int
) -> None:
    encodings = OnnxEncoder(write_graph()).encode(views[:n])
    assert len(encodings) == n
    for encoding, view in zip(encodings, views, strict=False):
        expected = hand.answers(view)
        assert np.array_equal(encoding.code.bits, expected["bits"])
        assert np.allclose(encoding.relaxed, expected["relaxed"], atol=1e-5)
        assert np.allclose(encoding.coarse, expected["coarse"], atol=1e-5)
        assert np.allclose(encoding.fine, expected["fine"], atol=1e-5)
        assert encoding.tightness == pytest.approx(expected["tightness"], rel=1e-5)
        assert encoding.unfamiliarity == pytest.approx(expected["unfamiliarity"], rel=1e-4)


def test_one_file_rebuilds_the_encoder(write_graph: Write) -> None:
    encoder = OnnxEncoder(write_graph(), threads=2)
    assert encoder.id == "dvsh-16-0123abcd/fp32"
    assert encoder.n_bits == 16 and encoder.blend == (0.3, 0.6)
    assert encoder.card.coarse == ("a/x", "a/y", "b/z") and encoder.card.view_px == 8


def test_batches_are_at_most_sixteen(
    write_graph: Write, views: list[Views], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = OnnxEncoder(write_graph())
    sizes = []
    stack = onnx_encoder.stack_views
    monkeypatch.setattr(
        onnx_encoder, "stack_views", lambda v, card: sizes.append(len(v)) or stack(v, card)
    )
    encoder.encode(views)
    assert sizes == [16, 16, 8]


def test_views_of_another_shape_are_refused(write_graph: Write, views: list[Views]) -> None:
    encoder = OnnxEncoder(write_graph())
    large = Views(np.zeros((9, 9, 3), np.uint8), views[0].micro, True)
    with pytest.raises(ValueError, match="not the 8 px"):
        encoder.encode([views[0], large])


def test_an_unknown_precision_is_refused(write_graph: Write) -> None:
    with pytest.raises(ValueError, match="int4"):
        OnnxEncoder(write_graph(), precision="int4")


def test_a_missing_graph_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="There is no encoder at"):
        OnnxEncoder(tmp_path / "none.onnx")


def test_a_folder_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be read"):
        OnnxEncoder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello, I am a text file\n", bytes(range(256)) * 40])
def test_a_file_that_is_no_graph_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.onnx"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="odd.onnx is damaged, is not an encoder"):
        OnnxEncoder(path)


def test_a_cut_graph_says_so(write_graph: Write) -> None:
    path = write_graph()
    content = path.read_bytes()
    for kept in (10, len(content) // 2, len(content) - 20):
        path.write_bytes(content[:kept])
        with pytest.raises(EncoderError, match=r"small\.onnx"):
            OnnxEncoder(path)


def test_one_flipped_bit_in_a_weight_is_found(write_graph: Write, hand: object) -> None:
    path = write_graph()
    content = bytearray(path.read_bytes())
    place = content.find(hand.code.tobytes())
    assert place > 0
    content[place + 8] ^= 1
    path.write_bytes(content)
    with pytest.raises(EncoderError, match="small.onnx is damaged"):
        OnnxEncoder(path)


def test_an_unsealed_graph_is_not_trusted(write_graph: Write) -> None:
    with pytest.raises(EncoderError, match="damaged"):
        OnnxEncoder(write_graph(sealed=False))


def test_somebody_elses_graph_says_so(write_graph: Write) -> None:
    with pytest.raises(EncoderError, match="not an encoder of this program"):
        OnnxEncoder(write_graph(card_text=None))


def test_a_newer_graph_says_so(write_graph: Write, newer_card: str) -> None:
    with pytest.raises(EncoderError, match="newer fabricfinder"):
        OnnxEncoder(write_graph(card_text=newer_card))


def test_a_graph_without_an_answer_says_so(write_graph: Write) -> None:
    with pytest.raises(EncoderError, match="does not say tightness"):
        OnnxEncoder(write_graph(dropped="tightness"))


def test_the_default_encoder_is_read_from_the_resources(
    write_graph: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_graph()
    asked = []
    monkeypatch.setattr(onnx_encoder, "resource_path", lambda name: asked.append(name) or path)
    assert load_default_encoder().id == "dvsh-16-0123abcd/fp32"
    assert asked == ["dvsh-128.onnx"]


def test_encoding_never_loads_torch(write_graph: Write) -> None:
    """In a fresh interpreter: load a graph, encode, and find no torch among the modules."""
    program = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from fabricfinder.domain.encoder import Views\n"
        "from fabricfinder.encoding import OnnxEncoder\n"
        "view = Views(np.zeros((8, 8, 3), np.uint8), np.zeros((2, 8, 8, 3), np.uint8), False)\n"
        f"encodings = OnnxEncoder(Path({str(write_graph())!r})).encode([view])\n"
        "print(len(encodings), 'torch' in sys.modules, 'onnx' in sys.modules)\n"
    )
    root = resource_path("x").parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "False", "False"]
