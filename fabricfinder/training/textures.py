"""The protocol of texture-synthesis hashing on our stand-in for VisTex, STex and ALOT.

One picture is one class. Three of its four quarters are learned from, patches of 128 px from the
fourth are searched for among patches of the three; no patch crosses the border. The classes are
photographs of a folder (``labels.csv``) and rendered swatches of 512 px. The paper never says what
lies in its database: here it is training patches, and every query finds those of its own picture.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np
import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.grown import PATCH_PX
from fabricfinder.domain.progress import Progress
from fabricfinder.evaluation.metrics import average_precision
from fabricfinder.hashing.base import Batch
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.growth import Generator
from fabricfinder.hashing.tsn import TSN, TSNConfig
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.sampling import ALL_MINORS, sample_fabric
from fabricfinder.training.loop import has_fast_bfloat16

SIDE = 512
HALF = SIDE // 2
TOP = 500
SILENT = Beyond(coarse=0, fine=0, tightness=0, frequency=0)


class Textures(NamedTuple):
    """n pictures, each its own class.

    Attributes:
        pictures: uint8 (n, 512, 512, 3).
        held: int (n,), which quarter of each is only searched with: 0 upper left, 1 upper right,
            2 lower left, 3 lower right.
        rendered: bool (n,), drawn by this program rather than photographed.
    """

    pictures: np.ndarray
    held: np.ndarray
    rendered: np.ndarray


def read_textures(folder: Path, n_rendered: int, seed: int = 0) -> Iterator[Progress]:
    """Photographs of a folder, central squares brought to 512 px, and rendered swatches.

    Returns (by the generator): Textures.

    Raises:
        FabricFinderError: the folder has no ``labels.csv``, or a picture of it is missing.
    """
    try:
        with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
            paths = [folder / row["path"] for row in csv.DictReader(file)]
    except (OSError, KeyError) as error:
        raise FabricFinderError(f"{folder} has no labels.csv with a column path.") from error
    pictures = []
    for path in paths:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise FabricFinderError(f"{path} is missing or is no picture.")
        side = min(image.shape[:2])
        y, x = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
        square = image[y : y + side, x : x + side, ::-1]
        pictures.append(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA))
        yield Progress("Reading", len(pictures), len(paths) + n_rendered, "pictures")
    for number in range(n_rendered):
        rng = np.random.default_rng((seed, 5, number))
        fabric = sample_fabric(rng, minor=ALL_MINORS[number % len(ALL_MINORS)], variety=2)
        repeats = max(2.0, min(40.0, max(fabric.repeat_mm) / 10 * rng.uniform(2, 4)))
        pictures.append(render(fabric, SIDE, SIDE / repeats, seed=number))
        yield Progress("Drawing cloth", len(pictures), len(paths) + n_rendered, "pictures")
    rng = np.random.default_rng((seed, 6))
    n = len(pictures)
    return Textures(np.stack(pictures), rng.integers(0, 4, n), np.arange(n) >= len(paths))


def patch_places(held: int, query: bool, rng: np.random.Generator) -> tuple[int, int]:
    """Corner (y, x) of a patch inside the held quarter, or wholly outside of it."""
    top, left = HALF * (held // 2), HALF * (held % 2)
    if query:
        y, x = (int(v) for v in rng.integers(0, HALF - PATCH_PX + 1, 2))
        return top + y, left + x
    while True:
        y, x = (int(v) for v in rng.integers(0, SIDE - PATCH_PX + 1, 2))
        crosses = y < top + HALF and y + PATCH_PX > top and x < left + HALF and x + PATCH_PX > left
        if not crosses:
            return y, x


def patches(
    textures: Textures, rows: np.ndarray, query: bool, rng: np.random.Generator
) -> torch.Tensor:
    """A patch of each of some pictures, uint8 (n, 3, 128, 128)."""
    cut = np.empty((len(rows), PATCH_PX, PATCH_PX, 3), np.uint8)
    for i, row in enumerate(rows):
        y, x = patch_places(int(textures.held[row]), query, rng)
        cut[i] = textures.pictures[row, y : y + PATCH_PX, x : x + PATCH_PX]
    return torch.from_numpy(cut).permute(0, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class TextureArm:
    """One line: which losses, and what is left out.

    Attributes:
        name: as it is kept and printed.
        hashing, attention, augment, n_bits: as ``TSNConfig``.
        generator: the given one (what ships, unless another is named), one that has learned nothing,
            or one trained by the losses of this preset (``hashing.growth.PRESETS``).
        claim: what the paper claims (MAP on STex, VisTex, ALOT).
    """

    name: str
    hashing: Literal["dsdh", "dpsh", "dhcq"] = "dsdh"
    attention: Literal["softmax", "sigmoid", "none"] = "softmax"
    augment: float = 0.1
    n_bits: int = 64
    generator: Literal["given", "untrained", "l1+style", "adv", "adv+style", "paper"] = "given"
    claim: str = ""


ARMS = (
    TextureArm("TSN + DSDH", claim=".624 .746 .722"),
    TextureArm("TSN + DHCQ", hashing="dhcq", claim=".617 .702 .700"),
    TextureArm("TSN + DPSH", hashing="dpsh", claim=".611 .699 .661"),
    TextureArm("no attention", attention="none", claim=".587 .651 .678"),
    TextureArm("no augmentation", augment=0.0, claim=".556 .592 .659"),
    TextureArm("generator untrained", generator="untrained", augment=0.0),
    TextureArm("generator by L1 + style", generator="l1+style", claim=".190 .230 .213"),
    TextureArm("generator by adv", generator="adv", claim=".482 .566 .551"),
    TextureArm("generator by adv + style", generator="adv+style", claim=".586 .671 .643"),
    TextureArm("generator by adv + style + L1", generator="paper", claim=".624 .696 .722"),
)


@dataclass(frozen=True, slots=True)
class TextureBudget:
    """How long every line trains, and on how many patches it is judged.

    Attributes:
        steps, pictures: pictures in a step, two patches of each.
        growth_steps: of the generators of Table 2, four windows of cloth in each.
        database, queries: patches of each picture in the database, and to search with.
    """

    steps: int = 300
    pictures: int = 16
    rate: float = 1e-3
    database: int = 5
    queries: int = 2
    growth_steps: int = 800

    @property
    def images(self) -> int:
        """Patches seen in stage 2."""
        return self.steps * self.pictures * 2


def fit_textures(
    arm: TextureArm, textures: Textures, generator: Generator, budget: TextureBudget, seed: int
) -> Iterator[Progress]:
    """Train stage 2 of one line on a generator; returns the TSN in evaluation mode."""
    torch.manual_seed(seed)
    config = TSNConfig(
        growth=generator.config, views="macro", depth=256, features=256, n_bits=arm.n_bits,
        hashing=arm.hashing, attention=arm.attention, augment=arm.augment,
        n_coarse=len(textures.pictures), n_fine=1, bank=256, beyond=SILENT,
    )  # fmt: skip
    model = TSN(config)
    if arm.generator != "untrained":
        model.generator.load_state_dict(generator.state_dict())
    model = model.train().to(memory_format=torch.channels_last)
    learnt = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=budget.rate)
    rng = np.random.default_rng((seed, 8))
    n = len(textures.pictures)
    for step in range(budget.steps):
        rows = np.repeat(rng.choice(n, min(n, budget.pictures), replace=False), 2)
        batch = texture_batch(patches(textures, rows, False, rng), rows)
        with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
            terms = model.loss(batch, step)
        loss = torch.stack([term.float() for term in terms.values()]).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 5.0)
        optimizer.step()
        yield Progress(arm.name, step + 1, budget.steps, "steps")
    return model.eval()


def texture_batch(macro: torch.Tensor, rows: np.ndarray) -> Batch:
    """Patches (B, 3, 128, 128) of the pictures ``rows`` as a batch: one view, the class its picture."""
    n = len(rows)
    nothing = torch.zeros(n, 0)
    label = torch.from_numpy(np.asarray(rows, np.int64))
    unknown = torch.full((n,), torch.nan)
    return Batch(
        macro, nothing, nothing, similarity=(label[:, None] == label[None]).float(), coarse=label,
        fine=torch.full((n,), -1), tightness=unknown,
        log_frequency=torch.stack([unknown, unknown], 1), fabric=label,
    )  # fmt: skip


@torch.no_grad()
def judge_textures(
    model: TSN, textures: Textures, budget: TextureBudget, seed: int = 99
) -> Iterator[Progress]:
    """Search with patches of the held quarters among patches of the others.

    Returns (by the generator): tie-aware average precision at 500 of each query, and its picture.
    """
    rng = np.random.default_rng(seed)
    sides = []
    for query, count in ((False, budget.database), (True, budget.queries)):
        rows = np.repeat(np.arange(len(textures.pictures)), count)
        codes = []
        for start in range(0, len(rows), 32):
            some = rows[start : start + 32]
            output = model.hashed(model.fused(patches(textures, some, query, rng)))
            codes.append(model.bits(output).numpy())
            yield Progress("Judging", start + len(some), len(rows), "patches")
        sides.append((np.concatenate(codes).astype(np.float32) * 2 - 1, rows))
    (gallery, kept), (asked, rows) = sides
    found = [
        average_precision(code @ gallery.T, kept == row, TOP)
        for code, row in zip(asked, rows, strict=True)
    ]
    return np.array(found), rows
