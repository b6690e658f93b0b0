"""Style: how alike two pictures' textures are by the Gram matrices of a trained network's maps.

Gatys et al. 2016, as texture-synthesis guided hashing uses it (§4.2): the layers relu1_1 … relu5_1
of VGG-19, weighted by 1000/n² for n channels. VGG-19 learned from ImageNet and is used where its
weights lie on this computer already; it is never fetched. Else our own fabric CNN stands in, by the
first layer of each of its five blocks, and which of the two it was is told.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from fabricfinder.domain.errors import EncoderError
from fabricfinder.hashing.base import FabricCNN, HashingMethod
from fabricfinder.hashing.trunks import IMAGENET_MEAN, IMAGENET_STD

VGG19_FILE = "vgg19-dcbb9e9d.pth"
VGG19_STYLE = (1, 6, 11, 20, 29)  # relu1_1, relu2_1, relu3_1, relu4_1, relu5_1


def gram(maps: Tensor) -> Tensor:
    """Mean product of every pair of channels over space: (B, n, H, W) -> (B, n, n)."""
    flat = maps.float().flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def style_loss(maps: Sequence[Tensor], truth: Sequence[Tensor]) -> Tensor:
    """Σ over layers of 1000/n² · mean squared difference of Gram matrices; scalar ≥ 0.

    The paper's 0.244, 0.061, 0.15, 0.004, 0.004 are 1000/n² of VGG-19 with a slip in the third.
    """
    terms = [
        1000 / ours.shape[1] ** 2 * (gram(ours) - gram(theirs)).square().mean()
        for ours, theirs in zip(maps, truth, strict=True)
    ]
    return torch.stack(terms).sum()


class StyleEyes(NamedTuple):
    """A frozen network that is asked for five maps.

    Attributes:
        name: which network, as it is recorded with what it taught.
        look: pictures (B, 3, S, S) in [−1, 1] -> five maps.
    """

    name: str
    look: Callable[[Tensor], list[Tensor]]


def fabric_eyes(method: HashingMethod, name: str) -> StyleEyes:
    """The first layers of the five blocks of a trained method's fabric CNN, on the macro view.

    Raises:
        EncoderError: the method has no fabric CNN.
    """
    backbone = getattr(method, "backbone", None)
    if not isinstance(backbone, FabricCNN):
        raise EncoderError(f"{name} has no fabric network to see style with; choose a dvsh file.")
    frozen = backbone.eval().requires_grad_(False)
    blocks = (frozen.block_1, frozen.block_2, frozen.block_3, *frozen.macro_tail.deep)

    def look(pictures: Tensor) -> list[Tensor]:
        maps, values = [], pictures * 2  # (p − 0.5) / 0.25 of [0, 1] is twice [−1, 1]
        for number, block in enumerate(blocks):
            first = block[0](values)
            maps.append(first)
            if number + 1 < len(blocks):
                values = block[2](block[1](first))
        return maps

    return StyleEyes(name, look)


def vgg_eyes(folder: Path | None = None) -> StyleEyes | None:
    """VGG-19 from weights that already lie in torch's folder of checkpoints; None without them.

    Args:
        folder: instead of torch's own.
    """
    path = (folder or Path(torch.hub.get_dir()) / "checkpoints") / VGG19_FILE
    if not path.is_file():
        return None
    from torchvision.models import vgg19

    network = vgg19(weights=None)
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    layers = network.features[: VGG19_STYLE[-1] + 1].eval().requires_grad_(False)
    return StyleEyes("VGG-19, ImageNet", vgg_look(layers))


def vgg_look(layers: nn.Sequential) -> Callable[[Tensor], list[Tensor]]:
    """How VGG-19's five style layers are asked: pictures in [−1, 1] -> relu1_1 … relu5_1."""
    mean = torch.tensor(IMAGENET_MEAN)[:, None, None]
    std = torch.tensor(IMAGENET_STD)[:, None, None]
    for layer in layers:  # an in-place ReLU would change the maps already kept
        if isinstance(layer, nn.ReLU):
            layer.inplace = False

    def look(pictures: Tensor) -> list[Tensor]:
        values, maps = ((pictures + 1) / 2 - mean) / std, []
        for place, layer in enumerate(layers):
            values = layer(values)
            if place in VGG19_STYLE:
                maps.append(values)
        return maps

    return look
