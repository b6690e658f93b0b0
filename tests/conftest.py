"""Fakes and fixtures shared by every test: a small encoder without torch, small cloths.

Garbage is collected between tests and on this thread only, as the window does while it runs: a
widget in a cycle that the automatic collector finds on a decoding thread dies there, and with it
the program. Not within a test, since pytest holds a test's fixtures until all of it is over.
"""

import gc
import os
import sys
import zlib
from collections.abc import Generator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.hashcode import HashCode, pack_bits
from fabricfinder.domain.taxonomy import default_taxonomy

QUIET_TESTS = 25  # tests without a window between two collections


class Sweeping:
    """Collects between tests; what the imports left is set aside, so that it takes moments."""

    def __init__(self) -> None:
        self._since = 0
        self._frozen = -1

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run a test with the automatic collector off, then collect."""
        if self._frozen < 0:
            self._set_aside()
        gc.disable()
        ran = yield
        gc.disable()  # a sweeper that ended has turned it on
        self._since += 1
        if "/ui/" in item.path.as_posix() or self._since >= QUIET_TESTS:
            self._sweep()
        return ran

    def _sweep(self) -> None:
        self._since = 0
        if core := sys.modules.get("PySide6.QtCore"):
            core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        if gc.get_freeze_count() <= self._frozen:
            gc.collect()
            self._frozen = gc.get_freeze_count()  # some of it died by itself
        else:  # the program set aside what it held, a window perhaps that is garbage now
            gc.unfreeze()
            self._set_aside()

    def _set_aside(self) -> None:
        gc.collect()
        gc.freeze()
        self._frozen = gc.get_freeze_count()

    def pytest_unconfigure(self) -> None:
        """The last collection, while the application still stands.

        The offscreen clipboard lives in Qt's statics: what a test copied would be destroyed when
        Python is gone already, and the process would end by a segmentation fault.
        """
        gui = sys.modules.get("PySide6.QtGui")
        if gui and gui.QGuiApplication.instance():
            gui.QGuiApplication.clipboard().clear()
        self._sweep()


def pytest_configure(config: pytest.Config) -> None:
    """Have garbage collected between tests."""
    config.pluginmanager.register(Sweeping())


class FakeEncoder:
    """An Encoder of fixed random projections: same picture same code, near pictures near codes."""

    id = "fake-64/fp32"
    n_bits = 64
    blend = (0.5, 0.3)
    code_layout = ()
    conformal = (0.0, 0.0)

    def __init__(self, seed: int = 7) -> None:
        rng = np.random.default_rng(seed)
        taxonomy = default_taxonomy()
        self._code = rng.normal(size=(192, self.n_bits)).astype(np.float32)
        self._coarse = rng.normal(size=(192, len(taxonomy.coarse))).astype(np.float32)
        self._fine = rng.normal(size=(192, len(taxonomy.fine))).astype(np.float32)
        self.calls = 0

    def encode(self, views: list[Views]) -> list[Encoding]:
        self.calls += 1
        return [self._one(v) for v in views]

    def _one(self, views: Views) -> Encoding:
        small = views.macro.reshape(8, 16, 8, 16, 3).mean(axis=(1, 3)).ravel()  # (192,)
        small = (small - small.mean()) / (small.std() + 1e-6)
        relaxed = np.tanh(small @ self._code / 14).astype(np.float32)
        packed = pack_bits((relaxed >= 0).astype(np.uint8))
        salt = zlib.crc32(views.macro.tobytes()) % 60
        return Encoding(
            HashCode(packed.tobytes(), self.n_bits), relaxed, _softmax(small @ self._coarse / 14),
            _softmax(small @ self._fine / 14), (40.0 + salt, 5.0), 0.2,
        )  # fmt: skip


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max())
    return (e / e.sum()).astype(np.float32)


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    """A fresh small encoder."""
    return FakeEncoder()


def cloth_picture(seed: int, px: int = 160) -> np.ndarray:
    """A small striped or checked picture, uint8 RGB (px, px, 3), for tests that need *a* cloth."""
    rng = np.random.default_rng(seed)
    ground, stripe = rng.integers(20, 235, (2, 3))
    period = int(rng.integers(8, 40))
    axis = np.arange(px) % period < period // 2
    image = np.where(axis[None, :, None], ground, stripe)
    if seed % 2:
        image = (image + np.where(axis[:, None, None], ground, stripe)) / 2
    image = np.broadcast_to(image, (px, px, 3)) + rng.normal(0, 6, (px, px, 1))
    return np.clip(image, 0, 255).astype(np.uint8)


@pytest.fixture
def swatch_folder(tmp_path):
    """A folder of twelve small PNG swatches."""
    from PIL import Image

    folder = tmp_path / "swatches"
    folder.mkdir()
    for seed in range(12):
        Image.fromarray(cloth_picture(seed)).save(folder / f"swatch-{seed:02}.png")
    return folder


@pytest.fixture(scope="session")
def untrained_graph(tmp_path_factory):
    """The file of a real 128-bit network that learned nothing; its codes tell cloths apart."""
    from dataclasses import replace

    import torch

    from fabricfinder.hashing.base import BackboneConfig, ViewBatch
    from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
    from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
    from fabricfinder.hashing.export import export_onnx

    torch.manual_seed(11)
    model = DVSH(DVSHConfig(backbone=BackboneConfig(features=32), latent=16))
    seen = np.stack([cloth_picture(seed, 64) for seed in range(12)]).transpose(0, 3, 1, 2)
    macro = torch.from_numpy(np.ascontiguousarray(seen))
    with torch.no_grad():
        model.structure.weight.mul_(40)  # codes that differ between pictures
        model.train()(ViewBatch(macro, macro[:, None], torch.ones(12, 4)))  # batch statistics
    path = tmp_path_factory.mktemp("encoder") / "untrained.safetensors"
    save_checkpoint(model, replace(new_card(model), command="a test", blend=(0.3, 0.5)), path)
    export_onnx(load_checkpoint(path), path.with_suffix(".onnx"))
    return path.with_suffix(".onnx")
