"""A graph made by hand, small enough to know every answer, dressed as an exported encoder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from fabricfinder.domain.encoder import Views
from fabricfinder.domain.encoder_card import (
    BLANK_SEAL,
    CARD_KEY,
    SEAL_KEY,
    EncoderCard,
    seal_of,
)

SIDE, CROPS, N_BITS = 8, 2, 16
CARD = EncoderCard(
    "dvsh", N_BITS, {}, 1, ("a/x", "a/y", "b/z"), ("plain", "twill"), id="dvsh-16-0123abcd",
    view_px=SIDE, n_micro=CROPS, blend=(0.3, 0.6),
)  # fmt: skip


@dataclass(frozen=True)
class HandGraph:
    """The weights of the hand-made encoder: everything is read from the macro view's mean RGB."""

    code: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray

    def answers(self, view: Views) -> dict[str, np.ndarray | float]:
        """What it must say of one view, by numpy."""
        mean = view.macro.astype(np.float64).mean((0, 1))
        relaxed = np.tanh(mean @ self.code)
        coarse, fine = (np.exp(mean @ w) for w in (self.coarse, self.fine))
        return {
            "bits": (relaxed > 0).astype(np.uint8),
            "relaxed": relaxed,
            "coarse": coarse / coarse.sum(),
            "fine": fine / fine.sum(),
            "tightness": (mean[0], mean[1]),
            "unfamiliarity": view.micro.mean() * float(view.scale_known),
        }


def _model(hand: HandGraph, dropped: str) -> onnx.ModelProto:
    """The graph of a HandGraph; ``dropped`` is an output it does not have, or ""."""
    node = helper.make_node
    nodes = [
        node("Cast", ["macro"], ["macro_f"], to=TensorProto.FLOAT),
        node("Cast", ["micro"], ["micro_f"], to=TensorProto.FLOAT),
        node("ReduceMean", ["macro_f"], ["mean"], axes=[1, 2], keepdims=0),
        node("MatMul", ["mean", "code"], ["drive"]),
        node("Tanh", ["drive"], ["relaxed"]),
        node("Greater", ["relaxed", "zero"], ["positive"]),
        node("Cast", ["positive"], ["bits"], to=TensorProto.UINT8),
        node("MatMul", ["mean", "coarse_w"], ["coarse_l"]),
        node("Softmax", ["coarse_l"], ["coarse"], axis=1),
        node("MatMul", ["mean", "fine_w"], ["fine_l"]),
        node("Softmax", ["fine_l"], ["fine"], axis=1),
        node("Gather", ["mean", "first_two"], ["tightness"], axis=1),
        node("ReduceMean", ["micro_f"], ["micro_mean"], axes=[1, 2, 3, 4], keepdims=0),
        node("Squeeze", ["scale_known", "last"], ["known"]),
        node("Mul", ["micro_mean", "known"], ["unfamiliarity"]),
    ]
    weights = {
        "code": hand.code, "coarse_w": hand.coarse, "fine_w": hand.fine,
        "zero": np.float32(0), "first_two": np.array([0, 1]), "last": np.array([1]),
    }  # fmt: skip
    value = helper.make_tensor_value_info
    sides = [SIDE, SIDE, 3]
    inputs = [
        value("macro", TensorProto.UINT8, ["n", *sides]),
        value("micro", TensorProto.UINT8, ["n", CROPS, *sides]),
        value("scale_known", TensorProto.FLOAT, ["n", 1]),
    ]
    outputs = [
        value("bits", TensorProto.UINT8, ["n", N_BITS]),
        value("relaxed", TensorProto.FLOAT, ["n", N_BITS]),
        value("coarse", TensorProto.FLOAT, ["n", 3]),
        value("fine", TensorProto.FLOAT, ["n", 2]),
        value("tightness", TensorProto.FLOAT, ["n", 2]),
        value("unfamiliarity", TensorProto.FLOAT, ["n"]),
    ]
    initializers = [numpy_helper.from_array(np.asarray(v), k) for k, v in weights.items()]
    graph = helper.make_graph(
        nodes, "hand", inputs, [o for o in outputs if o.name != dropped], initializers
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.fixture(scope="session")
def hand() -> HandGraph:
    """Seeded weights."""
    rng = np.random.default_rng(1)
    return HandGraph(
        *(rng.normal(0, s, (3, n)).astype(np.float32)
          for s, n in ((0.02, N_BITS), (0.01, 3), (0.01, 2)))
    )  # fmt: skip


@pytest.fixture
def write_graph(hand: HandGraph, tmp_path: Path) -> Callable[..., Path]:
    """Write a graph file: write_graph(card_text=..., dropped=..., sealed=...) -> its path."""

    def write(
        card_text: str | None = CARD.to_json(), dropped: str = "", sealed: bool = True
    ) -> Path:
        model = _model(hand, dropped)
        properties = {SEAL_KEY: BLANK_SEAL} if sealed else {}
        if card_text is not None:
            properties[CARD_KEY] = card_text
        helper.set_model_props(model, properties)
        content = model.SerializeToString(deterministic=True)
        path = tmp_path / "small.onnx"
        seal = seal_of(content, BLANK_SEAL)
        path.write_bytes(content.replace(BLANK_SEAL.encode(), seal.encode()))
        return path

    return write


@pytest.fixture(scope="session")
def views() -> list[Views]:
    """Forty small random views, every second at a known scale."""
    rng = np.random.default_rng(2)
    level = rng.integers(1, 256, (40, 1, 1, 3))
    macro = rng.integers(0, level, (40, SIDE, SIDE, 3)).astype(np.uint8)
    micro = rng.integers(0, 256, (40, CROPS, SIDE, SIDE, 3), np.uint8)
    return [Views(macro[i], micro[i], bool(i % 2)) for i in range(40)]


@pytest.fixture
def newer_card() -> str:
    """A card of the next version with a field nobody knows yet."""
    return replace(CARD, command="later").to_json().replace('"version": 1', '"version": 2')
