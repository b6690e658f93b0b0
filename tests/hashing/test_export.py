"""The exported graph says what the checkpoint says, over thousands of pictures."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto

from fabricfinder.domain.encoder_arrays import scale_inputs
from fabricfinder.domain.encoder_card import CARD_KEY
from fabricfinder.encoding import OnnxEncoder
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.description import Describer
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.torch_encoder import TorchEncoder

CPU = torch.device("cpu")


def test_parity_with_torch_over_2000_pictures(
    saved: Path, exported: Path, samples: SimpleNamespace
) -> None:
    """A block differs only within 1e-3 of a tie, and at most one in 10,000; beliefs agree."""
    views = samples.views_of(1900) + noise_views(100)
    encoder = OnnxEncoder(exported)
    other = TorchEncoder(saved, CPU)
    ours, theirs = encoder.encode(views), other.encode(views)
    assert len({e.code.packed for e in ours}) > 1500  # codes that say something
    one, two = (np.stack([e.code.bits for e in said]) for said in (ours, theirs))
    differing = (one != two).reshape(len(views), -1, 4).any(axis=2)
    assert differing.mean() <= 1e-4
    gaps = tie_gaps(saved, [views[i] for i in np.flatnonzero(differing.any(axis=1))])
    assert all((gap[blocks] < 1e-3).all() for gap, blocks in
               zip(gaps, differing[differing.any(axis=1)], strict=True))  # fmt: skip
    for name in ("relaxed", "coarse", "fine"):
        ends = [np.stack([getattr(e, name) for e in said]) for said in (ours, theirs)]
        assert np.abs(ends[0] - ends[1]).max() < 1e-3
    assert np.allclose([e.tightness for e in ours], [e.tightness for e in theirs], atol=1e-2)
    strange = [[e.unfamiliarity for e in said] for said in (ours, theirs)]
    assert np.allclose(*strange, atol=1e-4)
    assert encoder.id == other.id and encoder.card == other.card


def noise_views(n: int) -> list:
    """Views of pure noise, black and white among them."""
    from fabricfinder.domain.encoder import Views

    rng = np.random.default_rng(0)
    shown = [
        Views(rng.integers(0, 256, (64, 64, 3), np.uint8),
              rng.integers(0, 256, (2, 64, 64, 3), np.uint8), True) for _ in range(n - 2)
    ]  # fmt: skip
    for level in (0, 255):
        shown.append(Views(np.full((64, 64, 3), level, np.uint8),
                           np.full((2, 64, 64, 3), level, np.uint8), False))  # fmt: skip
    return shown


def tie_gaps(saved: Path, views: list) -> list[np.ndarray]:
    """Difference of the two largest logits of each block, (M,) for each view."""
    describer = Describer(*load_checkpoint(saved))
    gaps = []
    for view in views:
        shown = (torch.from_numpy(a)[None] for a in (view.macro, view.micro))
        with torch.no_grad():
            logits = describer(*shown, torch.from_numpy(scale_inputs(view))[None]).logits[0]
        top = logits.topk(2, dim=1).values
        gaps.append((top[:, 0] - top[:, 1]).numpy())
    return gaps


@pytest.mark.parametrize("n", [1, 3, 16, 17])
def test_any_batch_size_gives_the_same_codes(
    exported: Path, samples: SimpleNamespace, n: int
) -> None:
    views = samples.views_of(17)[:n]
    encoder = OnnxEncoder(exported)
    together = encoder.encode(views)
    assert [e.code for e in together] == [encoder.encode([view])[0].code for view in views]
    assert len(together) == n


@pytest.mark.parametrize("ablation", ["DVSH1a", "DVSH1b", "DVSH2a"])
def test_every_ablation_exports(tmp_path: Path, samples: SimpleNamespace, ablation: str) -> None:
    from fabricfinder.hashing.checkpoint import new_card, save_checkpoint

    model = samples.small_model(ablation=ablation, n_bits=64)
    path = tmp_path / "a.safetensors"
    save_checkpoint(model, replace(new_card(model), view_px=64, n_micro=2), path)
    export_onnx(load_checkpoint(path), path.with_suffix(".onnx"))
    views = samples.views_of(6)
    ours = OnnxEncoder(path.with_suffix(".onnx")).encode(views)
    theirs = TorchEncoder(path, CPU).encode(views)
    assert [e.code for e in ours] == [e.code for e in theirs]
    assert all(np.isnan(e.unfamiliarity) for e in ours)


def test_the_graph_is_as_small_as_the_checkpoint_and_holds_its_card(
    saved: Path, exported: Path
) -> None:
    assert exported.stat().st_size < 1.1 * saved.stat().st_size
    graph = onnx.load(exported)
    onnx.checker.check_model(graph, full_check=True)
    card = json.loads({p.key: p.value for p in graph.metadata_props}[CARD_KEY])
    assert card["id"] == load_checkpoint(saved).card.id
    large = [w for w in graph.graph.initializer if len(w.dims) > 1 and np.prod(w.dims) > 1000]
    assert large and {w.data_type for w in large} == {TensorProto.FLOAT16}


def test_exporting_twice_gives_the_same_bytes(saved: Path, exported: Path, tmp_path: Path) -> None:
    export_onnx(load_checkpoint(saved), tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == exported.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["again.onnx"]


def test_only_a_saved_checkpoint_is_exported(saved: Path, tmp_path: Path) -> None:
    checkpoint = load_checkpoint(saved)
    nameless = checkpoint._replace(card=replace(checkpoint.card, id=""))
    with pytest.raises(ValueError, match="saved checkpoint"):
        export_onnx(nameless, tmp_path / "x.onnx")
