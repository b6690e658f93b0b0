"""Small networks, synthetic cloth and a saved checkpoint for the tests of learned codes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from fabricfinder.domain.encoder import Views
from fabricfinder.hashing.base import BackboneConfig, Batch, ViewBatch
from fabricfinder.hashing.checkpoint import load_checkpoint, new_card, save_checkpoint
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.export import export_onnx
from fabricfinder.hashing.familiarity import fit_familiarity

SIDE = 64
CROPS = 2
SCALES = ((None, None), (20.0, 160.0), (9.0, 31.0), (70.0, 160.0), (0.2, 1e4))


def stripes(n: int, side: int, seed: int) -> np.ndarray:
    """Cloth-like pictures, uint8 (n, side, side, 3): two colours, a wave of any turn, noise."""
    rng = np.random.default_rng(seed)
    axis = np.arange(side, dtype=np.float32)
    turn, period = rng.uniform(0, np.pi, n), rng.uniform(3, side / 2, n)
    along = np.cos(turn)[:, None, None] * axis + np.sin(turn)[:, None, None] * axis[:, None]
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * along / period[:, None, None])
    one, two = rng.uniform(0, 255, (2, n, 1, 1, 3))
    cloth = one * wave[..., None] + two * (1 - wave[..., None])
    cloth = cloth + rng.normal(0, 1, cloth.shape) * rng.uniform(0, 25, (n, 1, 1, 1))
    return np.clip(cloth, 0, 255).astype(np.uint8)


def shown(n: int, side: int = SIDE, crops: int = CROPS, seed: int = 0) -> ViewBatch:
    """A ViewBatch of n synthetic swatches, uint8."""
    macro = torch.from_numpy(stripes(n, side, seed)).permute(0, 3, 1, 2)
    micro = torch.from_numpy(stripes(n * crops, side, seed + 1)).permute(0, 3, 1, 2)
    rng = np.random.default_rng(seed + 2)
    scale = rng.uniform(-4, 4, (n, 4)).astype(np.float32)
    scale[:, 0], scale[:, 2] = rng.integers(0, 2, n), np.arange(n) % 2
    return ViewBatch(macro, micro.unflatten(0, (n, crops)), torch.from_numpy(scale))


def batch_of(n: int, side: int = 32, seed: int = 0) -> Batch:
    """A Batch of n captures of n/2 fabrics, some labels unknown."""
    torch.manual_seed(seed)
    views = shown(n, side, 1, seed)
    nan = torch.tensor(torch.nan)
    return Batch(
        *views,
        similarity=torch.rand(n, n),
        similarities=torch.rand(4, n, n),
        coarse=torch.arange(n) % 7 - 1,
        fine=torch.arange(n) % 5 - 1,
        tightness=torch.where(torch.arange(n) % 3 > 0, torch.rand(n) * 60 + 30, nan),
        log_frequency=torch.where(torch.arange(n)[:, None] % 4 > 0, -torch.rand(n, 2) * 3, nan),
        fabric=torch.arange(n) // 2,
        family=torch.arange(n) // 4,
    )


def small_model(**changes: object) -> DVSH:
    """A seeded DVSH of width 16 with 64 features, its batch statistics taken from stripes."""
    torch.manual_seed(3)
    backbone = BackboneConfig(features=64)
    model = DVSH(DVSHConfig(**{"backbone": backbone, "latent": 32} | changes))
    with torch.no_grad():
        model.structure.weight.mul_(40)  # codes that differ between pictures
        model.train()
        steer = model.backbone.film.steer[2]  # zero at the start; here it has learnt something
        steer.weight.normal_(0, 0.05)
        for seed in range(4):
            model(shown(32, 32, 1, seed))
    return model.eval()


def views_of(n: int, seed: int = 5) -> list[Views]:
    """Views of n synthetic swatches, as the running program hands them over."""
    macro, micro = stripes(n, SIDE, seed), stripes(n * CROPS, SIDE, seed + 1)
    micro = micro.reshape(n, CROPS, SIDE, SIDE, 3)
    return [Views(macro[i], micro[i], bool(i % 2), *SCALES[i % 5]) for i in range(n)]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: two that wait for each other on a busy machine take ten times."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def samples() -> SimpleNamespace:
    """The makers of synthetic cloth and small networks above, by name."""
    return SimpleNamespace(
        stripes=stripes, shown=shown, batch_of=batch_of, small_model=small_model,
        views_of=views_of,
    )  # fmt: skip


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint for 64 px views and 2 crops, with its reference of ordinary cloth."""
    model = small_model()
    with torch.no_grad():
        features = [model(shown(60, seed=seed)).r for seed in (20, 30)]
    card = replace(
        new_card(model), view_px=SIDE, n_micro=CROPS, command="a test", seed=3, blend=(0.25, 0.5),
        coarse_temperature=1.5, fine_temperature=0.8, tightness_sd_scale=1.25,
        figures={"recall@1": 0.5},
    )  # fmt: skip
    path = tmp_path_factory.mktemp("encoders") / "small.safetensors"
    save_checkpoint(model, card, path, fit_familiarity(*features, n_centres=16))
    return path


@pytest.fixture(scope="session")
def exported(saved: Path) -> Path:
    """The graph of the saved checkpoint."""
    path = saved.with_suffix(".onnx")
    export_onnx(load_checkpoint(saved), path)
    return path
