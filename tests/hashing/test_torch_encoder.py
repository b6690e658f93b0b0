"""The torch encoder, and how it gives way when a device has no memory left."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.domain.encoder import Views
from fabricfinder.hashing.torch_encoder import (
    NOTICE,
    TorchEncoder,
    best_device,
    is_out_of_memory,
)

CPU = torch.device("cpu")


class Cramped(TorchEncoder):
    """A TorchEncoder on a device that holds only ``room`` pictures, of a kind named by hand."""

    def __init__(self, path: Path, room: int, error: Exception, notices: list[str]) -> None:
        super().__init__(path, CPU, notices.append)
        self.device = torch.device("meta")  # stands for the full card; the weights stay on the CPU
        self.room, self.error, self.tried = room, error, []

    def _run(self, shown: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        self.tried.append((len(shown["macro"]), self.device.type))
        if self.device.type != "cpu" and len(shown["macro"]) > self.room:
            raise self.error
        device, self.device = self.device, CPU
        try:
            return super()._run(shown)
        finally:
            self.device = device


def same(one: list, two: list) -> bool:
    """Whether two lists of encodings have the same codes."""
    return [e.code for e in one] == [e.code for e in two]


def test_encodings_are_in_order_and_well_formed(saved: Path, samples: SimpleNamespace) -> None:
    encoder = TorchEncoder(saved, CPU)
    views = samples.views_of(5)
    encodings = encoder.encode(views)
    assert encoder.encode([]) == []
    assert len({e.code.packed for e in encodings}) == 5
    assert same(encodings, [encoder.encode([view])[0] for view in views])
    for encoding in encodings:
        assert encoding.code.n_bits == encoder.n_bits == 128
        assert encoding.coarse.shape == (65,) and encoding.fine.shape == (44,)
        assert encoding.coarse.sum() == pytest.approx(1, abs=1e-5)
        assert encoding.tightness[1] > 0 and encoding.unfamiliarity > 0
    assert encoder.id == f"{encoder.card.id}/fp32" and encoder.blend == (0.25, 0.5)


def test_memory_running_out_halves_the_batch_without_a_word(
    saved: Path, samples: SimpleNamespace
) -> None:
    notices: list[str] = []
    encoder = Cramped(saved, 3, torch.OutOfMemoryError("CUDA out of memory"), notices)
    encoder.batch_size = 16
    views = samples.views_of(7)
    assert same(encoder.encode(views), TorchEncoder(saved, CPU).encode(views))
    assert encoder.tried[:4] == [(7, "meta"), (7, "meta"), (4, "meta"), (2, "meta")]
    assert encoder.batch_size == 2 and encoder.device.type == "meta"
    assert notices == []


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("MPS backend out of memory")],
)
def test_no_room_at_all_moves_to_the_processor_with_one_notice(
    saved: Path, samples: SimpleNamespace, error: Exception
) -> None:
    notices: list[str] = []
    encoder = Cramped(saved, 0, error, notices)
    views = samples.views_of(5)
    assert same(encoder.encode(views), TorchEncoder(saved, CPU).encode(views))
    encoder.encode(views)
    assert notices == [NOTICE]
    assert encoder.device == CPU and encoder.batch_size == 16


def test_other_errors_are_bugs_and_are_raised(saved: Path, samples: SimpleNamespace) -> None:
    encoder = Cramped(saved, 0, RuntimeError("shapes do not match"), [])
    with pytest.raises(RuntimeError, match="shapes do not match"):
        encoder.encode(samples.views_of(2))


def test_a_processor_out_of_memory_is_raised(
    saved: Path, samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = TorchEncoder(saved, CPU)

    def full(shown: dict) -> dict:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(encoder, "_run", full)
    with pytest.raises(torch.OutOfMemoryError):
        encoder.encode(samples.views_of(2))
    assert encoder.batch_size == 1


def test_wrong_views_are_refused(saved: Path, samples: SimpleNamespace) -> None:
    encoder = TorchEncoder(saved, CPU)
    view = samples.views_of(1)[0]
    with pytest.raises(ValueError, match="not the 64 px"):
        encoder.encode([Views(view.macro[:32], view.micro, True)])
    with pytest.raises(ValueError, match="uint8"):
        encoder.encode([Views(view.macro.astype(np.float32), view.micro, True)])


def test_best_device_is_one_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert best_device().type in ("cpu", "cuda", "mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert best_device().type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert best_device().type == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert best_device().type == "cpu"


def test_out_of_memory_is_told_from_other_errors() -> None:
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"))
    assert is_out_of_memory(torch.OutOfMemoryError("x"))
    assert not is_out_of_memory(RuntimeError("expected scalar type"))
