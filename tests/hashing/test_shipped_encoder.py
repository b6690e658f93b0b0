"""The encoder in ``resources/``: graph and checkpoint are one encoder, fit for this taxonomy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fabricfinder.domain.encoder_arrays import stack_views
from fabricfinder.domain.encoder import N_MICRO, VIEW_PX, Views
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.encoding import OnnxEncoder, load_default_encoder
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.description import Describer
from fabricfinder.hashing.torch_encoder import TorchEncoder
from fabricfinder.synthesis.camera import capture
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.vision.views import views_of as views_of_pixels

CHECKPOINT = resource_path("dvsh-128.safetensors")


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    """The encoder the program starts with."""
    return load_default_encoder()


def views_of(samples: object, n: int) -> list[Views]:
    """Views of n synthetic swatches at full size."""
    macro = samples.stripes(n, VIEW_PX, 41)
    micro = samples.stripes(n * N_MICRO, VIEW_PX, 42).reshape(n, N_MICRO, VIEW_PX, VIEW_PX, 3)
    scales = ((None, None), (20.0, 160.0))
    return [Views(macro[i], micro[i], bool(i % 2), *scales[i % 2]) for i in range(n)]


def check_parity(encoder: OnnxEncoder, views: list[Views]) -> None:
    """A block may differ only within 1e-3 of a tie, and at most one in 10,000."""
    theirs = TorchEncoder(CHECKPOINT, torch.device("cpu")).encode(views)
    one, two = (
        np.stack([e.code.bits for e in said]) for said in (encoder.encode(views), theirs)
    )
    width = load_checkpoint(CHECKPOINT).model.config.block_bits
    blocks = (one != two).reshape(len(views), -1, width)
    differing = blocks.any(axis=2)
    assert differing.sum() <= max(1, differing.size // 10_000)
    describer = Describer(*load_checkpoint(CHECKPOINT))
    told = stack_views(views, encoder.card)[encoder.card.scale_input]
    for i in np.flatnonzero(differing.any(axis=1)):
        shown = (torch.from_numpy(a)[None] for a in (views[i].macro, views[i].micro))
        with torch.no_grad():
            logits = describer(*shown, torch.from_numpy(told[i : i + 1])).logits[0]
        top = logits.topk(2, dim=1).values
        assert ((top[:, 0] - top[:, 1]).numpy()[differing[i]] < 1e-3).all()


def test_graph_and_checkpoint_are_one_encoder(encoder: OnnxEncoder) -> None:
    card = load_checkpoint(CHECKPOINT).card
    assert encoder.card == card
    card.check_taxonomy(default_taxonomy())
    assert card.n_bits == 128 and (card.view_px, card.n_micro) == (VIEW_PX, N_MICRO)
    assert card.command and card.images_seen > 0 and card.minutes > 0


def test_it_is_a_few_megabytes() -> None:
    paths: list[Path] = [CHECKPOINT, resource_path("dvsh-128.onnx")]
    assert all(path.stat().st_size < 10e6 for path in paths)


def test_parity_at_full_size(encoder: OnnxEncoder, samples: object) -> None:
    check_parity(encoder, views_of(samples, 100))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_parity_at_full_size_over_2000(encoder: OnnxEncoder, samples: object) -> None:
    check_parity(encoder, views_of(samples, 2000))


def test_pure_noise_is_stranger_than_cloth(encoder: OnnxEncoder) -> None:
    rng = np.random.default_rng(0)
    noise = Views(rng.integers(0, 256, (VIEW_PX, VIEW_PX, 3), np.uint8),
                  rng.integers(0, 256, (N_MICRO, VIEW_PX, VIEW_PX, 3), np.uint8), True)  # fmt: skip
    cloths = [look_at_cloth(seed) for seed in range(20)]
    ordinary = [e.unfamiliarity for e in encoder.encode(cloths)]
    assert encoder.encode([noise])[0].unfamiliarity > np.percentile(ordinary, 85)
    assert np.median(ordinary) < 0.95 and np.mean(np.array(ordinary) >= 1) <= 0.1


def look_at_cloth(seed: int) -> Views:
    """Views of a rendered cloth."""
    fabric = sample_fabric(generator(31, seed))
    photo = capture(fabric, generator(32, seed))
    return views_of_pixels(photo.image, photo.px_per_cm)
