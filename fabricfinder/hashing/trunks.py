"""Base networks of the other papers: ours at three scales, VGG-19, and the ResNets.

Each gives the features of its last layer and the average of its maps at three depths. ImageNet
weights of the torchvision networks are taken from torch's own cache where the user has them, or
fetched by a training command that was asked to; who starts without them is told so.
"""

import contextlib
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.hashing.base import BackboneConfig, FabricCNN, ViewBatch, pooled

TrunkName = Literal["lite", "vgg19", "resnet18", "resnet50", "resnet101"]
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
VGG_STAGES = (26, 39, 52)  # layers of vgg19_bn up to the ReLU after conv3_4, conv4_4 and conv5_4
VGG_CHANNELS = (256, 512, 512)
WEIGHTS_AT = "https://download.pytorch.org/models/"
WEIGHT_FILES = {
    "vgg19": "vgg19_bn-c79401a0.pth",
    "resnet18": "resnet18-f37072fd.pth",
    "resnet50": "resnet50-11ad3fa6.pth",
    "resnet101": "resnet101-cd907fc2.pth",
}


class Looked(NamedTuple):
    """What a trunk makes of B swatches.

    Attributes:
        features: its last layer, float32 (B, n_features).
        scales: the averages of its maps at three depths side by side, float32 (B, Σ scale_sizes).
    """

    features: Tensor
    scales: Tensor


class LiteTrunk(FabricCNN):
    """The fabric CNN, whose blocks 3, 4 and 5 are the three depths, of each view."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__(config)
        n_views = 2 if config.views == "both" else 1
        self.n_features = config.features
        self.scale_sizes = tuple(n_views * k * config.width for k in (4, 8, 8))

    def looked(self, views: ViewBatch) -> Looked:
        """Features r, and the averages of macro's and micro's maps, side by side at each depth."""
        return looked_by(self, views)


def looked_by(cnn: FabricCNN, views: ViewBatch) -> Looked:
    """What any fabric CNN makes of B swatches: r, and the averages of its blocks 3, 4 and 5."""
    if cnn.config.views == "both":
        of_macro, of_micro = cnn.stems(views)
        crops = views.micro.shape[1]
        sides = [(cnn.macro_tail, of_macro, None), (cnn.micro_tail, of_micro, crops)]
    else:
        sides = [(cnn.macro_tail, cnn.stem(views.macro), None)]
    pools, depths = [], ([], [], [])
    for tail, (first, second, third), crops in sides:
        fourth = tail.deep[0](third)
        fifth = tail.deep[1](fourth)
        pools.append(_mean_of(tail.pooled(first, second, fifth), crops))
        for found, maps in zip(depths, (third, fourth, fifth), strict=True):
            found.append(_mean_of(pooled(maps, "gap"), crops))
    r = cnn.connected(cnn.settled(torch.cat(pools, 1), views), views)
    return Looked(r, torch.cat([v for found in depths for v in found], 1))


def _mean_of(values: Tensor, crops: int | None) -> Tensor:
    """Mean over the crops of each swatch, (B·C, F) -> (B, F); None for the one macro view."""
    return values if crops is None else values.unflatten(0, (-1, crops)).mean(1)


class VggTrunk(nn.Module):
    """VGG-19 with batch normalisation: conv3_4, conv4_4, conv5_4, and fc1 (25088 → 4096, ReLU).

    Table 1 of MDFF-SH. It sees the macro view alone; ``fc1=False`` puts the average of conv5_4
    in its place, which at 128 px loses nothing but 103 million weights.
    """

    def __init__(self, fc1: bool = True) -> None:
        super().__init__()
        self.features = _torchvision("vgg19_bn").features
        self.fc1 = nn.Sequential(nn.Linear(512 * 49, 4096), nn.ReLU()) if fc1 else None
        self.n_features = 4096 if fc1 else 512
        self.scale_sizes = VGG_CHANNELS

    def looked(self, views: ViewBatch) -> Looked:
        """Features of fc1, and the averages after the three stages."""
        maps, found = imagenet_normalised(views.macro), []
        for place, layer in enumerate(self.features):
            maps = layer(maps)
            if place + 1 in VGG_STAGES:
                found.append(pooled(maps, "gap"))
        if self.fc1 is None:
            return Looked(found[-1], torch.cat(found, 1))
        seven = functional.adaptive_avg_pool2d(maps.float(), 7)
        return Looked(self.fc1(seven.flatten(1)), torch.cat(found, 1))


class ResNetTrunk(nn.Module):
    """A torchvision ResNet: layers 2, 3 and 4, and the average of the last as its features.

    For pictures of 64 px and less the first convolution is 3×3/1 and nothing is pooled after it, as
    is usual on CIFAR-10; at 32 px the printed stem leaves one pixel of the last layer.
    """

    def __init__(self, name: str, small: bool = False) -> None:
        super().__init__()
        net = _torchvision(name)
        self.stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        if small:
            self.stem[0] = nn.Conv2d(3, 64, 3, padding=1, bias=False)
            self.stem[3] = nn.Identity()
        self.layers = nn.ModuleList([net.layer1, net.layer2, net.layer3, net.layer4])
        self.n_features = net.fc.in_features
        self.scale_sizes = tuple(self.n_features // k for k in (4, 2, 1))

    def looked(self, views: ViewBatch) -> Looked:
        """The average of layer 4, and the averages of layers 2, 3 and 4."""
        maps, found = self.stem(imagenet_normalised(views.macro)), []
        for layer in self.layers:
            maps = layer(maps)
            found.append(pooled(maps, "gap"))
        return Looked(found[-1], torch.cat(found[1:], 1))


def _torchvision(name: str) -> nn.Module:
    """A network of torchvision's without weights; importing it takes seconds, so only now."""
    import torchvision

    return getattr(torchvision.models, name)(weights=None)


def imagenet_normalised(pixels: Tensor) -> Tensor:
    """Pixels uint8 or float in [0, 1] -> float32 as ImageNet's networks expect them."""
    values = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()
    mean, std = (values.new_tensor(v)[:, None, None] for v in (IMAGENET_MEAN, IMAGENET_STD))
    return (values - mean) / std


def new_trunk(
    name: TrunkName, backbone: BackboneConfig, fc1: bool = True, small: bool = False
) -> LiteTrunk | VggTrunk | ResNetTrunk:
    """The base network of a name.

    Args:
        backbone: the shape of ``lite``.
        fc1: whether ``vgg19`` has its fc1.
        small: whether a ResNet's stem is CIFAR-10's.

    Raises:
        ValueError: no such network.
    """
    if name == "lite":
        return LiteTrunk(backbone)
    if name == "vgg19":
        return VggTrunk(fc1)
    if name in ("resnet18", "resnet50", "resnet101"):
        return ResNetTrunk(name, small)
    raise ValueError(f"there is no base network named {name!r}")


def load_imagenet(
    trunk: nn.Module, name: TrunkName, folder: Path | None = None, fetch: bool = False
) -> str:
    """Give a torchvision trunk its ImageNet weights where the user has them, or the network.

    Args:
        folder: where the weight files lie; torch's own cache by default.
        fetch: download the file where it is not there.

    Returns:
        One sentence that says what it starts from.
    """
    if name == "lite":
        return "The lite network has no ImageNet weights; it starts from rendered cloth or nothing."
    folder = folder or Path(torch.hub.get_dir()) / "checkpoints"
    path = folder / WEIGHT_FILES[name]
    if fetch and not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):  # without a network it is said below
            torch.hub.download_url_to_file(WEIGHTS_AT + path.name, str(path), progress=False)
    if not path.exists():
        return (
            f"No ImageNet weights for {name}: it starts from nothing. To start as the paper does, "
            f"put {path.name} from {WEIGHTS_AT} into {folder}."
        )
    found = torch.load(path, map_location="cpu", weights_only=True)
    wanted = trunk.state_dict()
    renamed = {_our_name(key): value for key, value in found.items()}
    fitting = {
        key: value for key, value in renamed.items()
        if key in wanted and wanted[key].shape == value.shape
    }  # fmt: skip
    trunk.load_state_dict({**wanted, **fitting})
    return f"{name} starts from ImageNet weights: {len(fitting)} of {len(wanted)} tensors."


def _our_name(key: str) -> str:
    """torchvision's name of a weight as it is called here."""
    for theirs, ours in (("conv1.", "stem.0."), ("bn1.", "stem.1."), ("classifier.0.", "fc1.0.")):
        if key.startswith(theirs):
            return ours + key.removeprefix(theirs)
    if key.startswith("layer") and key[5].isdigit():
        return f"layers.{int(key[5]) - 1}.{key[7:]}"
    return key
