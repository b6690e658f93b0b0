"""The texture synthesis network: a patch of 128 px in, the same cloth on 256 px out.

Stage 1 of texture-synthesis guided hashing (Bhunia et al. 2019, §3.1), after Zhou et al. 2018: a
convolutional encoder-decoder, a DCGAN discriminator, and L = L_adv + γ1·L_style + γ2·L_L1 (1).

Ours beside the paper's: the patch lies in the middle of its ground truth and not anywhere in it, so
that the truth follows from it; encoder maps reach the decoder at the place they show; and the
network may lay copies of the patch by its own repeats (``domain.repeats``) and only says which copy
is right where, instead of painting every yarn from 2 × 2 numbers. All three can be turned off.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from fabricfinder.domain.grown import GROWN_PX, PATCH_PX
from fabricfinder.domain.repeats import N_CONTINUATIONS, continuations

PAPER_WIDTHS = (64, 128, 256, 512, 512, 512, 512)
SMALL_WIDTHS = (16, 24, 32, 48, 64, 64, 64)
INIT_STD = 0.02
MOST_LOGIT = 12.0
DECIDED = 3.0  # two copies half and half are two ghosts: shares are made to decide


@dataclass(frozen=True, slots=True)
class GrowthConfig:
    """The shape of a generator.

    Attributes:
        widths: channels of the encoder's maps of 128, 64, …, 2 px; the decoder mirrors them.
        last_width: channels of the decoder's map of 256 px.
        aligned: encoder maps are added to the decoder's of twice their size, in their middle,
            mirrored outwards (the paper's text knows no such connection).
        repeats: the network chooses between continuations of the patch and its own picture; the
            paper's paints all.
    """

    widths: tuple[int, ...] = SMALL_WIDTHS
    last_width: int = 12
    aligned: bool = True
    repeats: bool = True

    def __post_init__(self) -> None:
        if len(self.widths) != 7 or min(*self.widths, self.last_width) < 1:
            raise ValueError("a generator has seven widths, of 128 to 2 px, each at least 1")

    @classmethod
    def from_raw(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict`` as it comes back from JSON."""
        return cls(**raw | {"widths": tuple(raw["widths"])})


PAPER = GrowthConfig(PAPER_WIDTHS, 32, aligned=False, repeats=False)


class Maps(NamedTuple):
    """The generator's inner maps, (B, C, M, M).

    Attributes:
        encoder: M = 128, 64, …, 2.
        decoder: M = 2, 4, …, 256.
    """

    encoder: tuple[Tensor, ...]
    decoder: tuple[Tensor, ...]


class Grown(NamedTuple):
    """A patch grown to twice its size.

    Attributes:
        picture: (B, 3, 256, 256) in [−1, 1].
        own: what the network paints by itself, the same shape.
        shares: (B, 1 + N, 256, 256), summing to 1: how much of ``own`` and of each continuation
            is in the picture; of ones (B, 1, …) without continuations.
    """

    picture: Tensor
    own: Tensor
    shares: Tensor


def signed(pixels: Tensor) -> Tensor:
    """Pixels 0..255 of any kind -> float in [−1, 1], the range of tanh."""
    return pixels.float() / 127.5 - 1


def step_down(channels_in: int, channels_out: int) -> nn.Sequential:
    """Half the size: a 4 × 4 convolution of stride 2, batch norm, leaky ReLU (DCGAN)."""
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 4, 2, 1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.LeakyReLU(0.2),
    )


def step_up(channels_in: int, channels_out: int) -> nn.Sequential:
    """Twice the size: a 4 × 4 transposed convolution of stride 2, batch norm, ReLU (DCGAN)."""
    return nn.Sequential(
        nn.ConvTranspose2d(channels_in, channels_out, 4, 2, 1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def outward(maps: Tensor, side: int) -> Tensor:
    """Maps in the middle of ones twice their size, mirrored outwards: (…, M, M) -> (…, 2M, 2M).

    Args:
        side: M, told so that an exported graph need not ask.
    """
    half = side // 2
    sides = [maps[..., :half].flip(-1), maps, maps[..., half:].flip(-1)]
    maps = torch.cat(sides, -1)
    return torch.cat([maps[..., :half, :].flip(-2), maps, maps[..., half:, :].flip(-2)], -2)


class Chooser(nn.Module):
    """How much of each continuation, and of the network's own picture, belongs where.

    Looks at all of them at 128 px beside the decoder's map; its shares are smooth over two pixels.
    It begins with what the costs of the repeats say: the best repeat, or mirrored where none is.
    """

    def __init__(self, channels: int, hidden: int = 16) -> None:
        super().__init__()
        n_ways = N_CONTINUATIONS
        self.look = nn.Sequential(
            nn.Conv2d(channels + 3 * n_ways + 3, hidden, 3, padding=1), nn.ReLU(),
            nn.Conv2d(hidden, hidden, 3, padding=3, dilation=3), nn.ReLU(),
            nn.Conv2d(hidden, hidden, 3, padding=9, dilation=9), nn.ReLU(),
        )  # fmt: skip
        self.say = nn.Conv2d(hidden, 1 + n_ways, 3, padding=1)
        rank = torch.arange(n_ways - 1, dtype=torch.float32)
        self.lean = nn.Parameter(torch.cat([torch.tensor([-1.5]), 2.5 - rank, torch.zeros(1)]))
        self.doubt = nn.Parameter(torch.tensor(5.0))

    def forward(self, decoded: Tensor, own: Tensor, ways: Tensor, costs: Tensor) -> Tensor:
        """Maps (B, C, 128, 128), own (B, 3, 256, 256), ways (B, N, 3, 256, 256), costs (B, N)
        -> shares (B, 1 + N, 256, 256).
        """
        small = functional.avg_pool2d(torch.cat([own, ways.flatten(1, 2)], 1), 2)
        said = self.say(self.look(torch.cat([decoded, small], 1))).float()
        leaning = self.lean - self.doubt * torch.cat([torch.zeros_like(costs[:, :1]), costs], 1)
        logits = DECIDED * (said + leaning[:, :, None, None])
        logits = logits.clamp(-MOST_LOGIT, MOST_LOGIT)
        return torch.softmax(functional.interpolate(logits, scale_factor=2, mode="bilinear"), 1)


class Generator(nn.Module):
    """G_TSN of the paper, 128 px to 256 px."""

    def __init__(self, config: GrowthConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.first = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, padding=1), nn.LeakyReLU(0.2)
        )
        self.down = nn.ModuleList(
            step_down(a, b) for a, b in zip(widths, widths[1:], strict=False)
        )
        self.bottom = nn.Sequential(nn.Conv2d(widths[-1], widths[-1], 1), nn.ReLU())
        rising = (*reversed(widths), config.last_width)
        self.up = nn.ModuleList(step_up(a, b) for a, b in zip(rising, rising[1:], strict=False))
        self.paint = nn.Conv2d(config.last_width, 3, 3, padding=1)
        self.bridges = nn.ModuleList()
        if config.aligned:  # from the encoder's 2, 4, …, 128 to the decoder's 4, 8, …, 256
            self.bridges.extend(
                nn.Conv2d(a, b, 1) for a, b in zip(rising, rising[1:], strict=False)
            )
        self.chooser = Chooser(rising[-2]) if config.repeats else None
        self.apply(_begin)

    def maps(self, patch: Tensor) -> Maps:
        """Patch (B, 3, 128, 128) in [−1, 1] -> its inner maps."""
        encoder = [self.first(patch)]
        for step in self.down:
            encoder.append(step(encoder[-1]))
        decoder = [self.bottom(encoder[-1])]
        for i, step in enumerate(self.up):
            risen = step(decoder[-1])
            if self.config.aligned:
                risen = risen + outward(self.bridges[i](encoder[-1 - i]), 2 ** (i + 1))
            decoder.append(risen)
        return Maps(tuple(encoder), tuple(decoder))

    def forward(
        self, patch: Tensor, ways: Tensor | None = None, costs: Tensor | None = None
    ) -> Grown:
        """Grow patches (B, 3, 128, 128) in [−1, 1].

        Args:
            ways: (B, N, 3, 256, 256) in [−1, 1], as ``domain.repeats.continuations`` gives them;
                without them the picture is the network's own.
            costs: (B, N), of the ways.
        """
        maps = self.maps(patch)
        own = torch.tanh(self.paint(maps.decoder[-1]).float())
        if self.chooser is None or ways is None:
            return Grown(own, own, torch.ones_like(own[:, :1]))
        shares = self.chooser(maps.decoder[-2], own, ways, costs).float()
        each = torch.cat([own[:, None], ways], 1)
        return Grown((shares[:, :, None] * each).sum(1), own, shares)


class Discriminator(nn.Module):
    """D_TSN: the convolutional classifier of DCGAN on 256 px, one logit a picture."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width, 4 * width, 8 * width)
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for a, b in zip(widths, widths[1:], strict=False):
            layers.append(step_down(a, b))
        self.layers = nn.Sequential(*layers)
        self.verdict = nn.Conv2d(widths[-1], 1, GROWN_PX // 2 ** len(widths))
        self.apply(_begin)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, 256, 256) in [−1, 1] -> logit of being real, (B,)."""
        return self.verdict(self.layers(pictures)).flatten().float()


def _begin(module: nn.Module) -> None:
    """N(0, 0.02) for kernels, as the paper; biases 0, since theirs drawn so change nothing."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, INIT_STD)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


@dataclass(frozen=True, slots=True)
class GrowthTerms:
    """Weights of (1): adversarial, style (γ1) and L1 (γ2)."""

    adversarial: float
    style: float
    l1: float


PRESETS: dict[str, GrowthTerms] = {
    "paper": GrowthTerms(1.0, 100.0, 1.0),
    # The public code of Zhou et al.: the hundred stands before L1.
    "zhou": GrowthTerms(1.0, 1.0, 100.0),
    # Table 2 of the paper, by the paper's weights.
    "l1+style": GrowthTerms(0.0, 100.0, 1.0),
    "adv": GrowthTerms(1.0, 0.0, 0.0),
    "adv+style": GrowthTerms(1.0, 100.0, 0.0),
    # What ships: what can be known is asked for (L1), the rest is to look like cloth.
    "cloth": GrowthTerms(1.0, 100.0, 30.0),
}
Preset = Literal["paper", "zhou", "l1+style", "adv", "adv+style", "cloth"]


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Logistic GAN loss (Goodfellow et al. 2014): logits (B,), (B,) -> scalar.

    −mean log σ(real) − mean log(1 − σ(fake)).
    """
    return functional.softplus(-real).mean() + functional.softplus(fake).mean()


def adversarial_loss(fake: Tensor) -> Tensor:
    """What the generator lowers, the non-saturating −mean log σ(fake): (B,) -> scalar."""
    return functional.softplus(-fake).mean()


def beside(picture: Tensor) -> Tensor:
    """Which places of grown pictures were not in the patch: (…, 256, 256) -> bool (256, 256)."""
    side = picture.shape[-1]
    inside = torch.zeros(side, dtype=torch.bool, device=picture.device)
    inside[side // 4 : side - side // 4] = True
    return ~(inside[:, None] & inside[None])


def pixel_loss(picture: Tensor, truth: Tensor) -> Tensor:
    """L_L1: mean absolute difference, (B, 3, S, S) twice -> scalar."""
    return (picture - truth).abs().mean()


def patches_of(pixels: Tensor) -> Tensor:
    """Views of any size and kind (uint8, or float of 0..1) -> (N, 3, 128, 128) in [−1, 1]."""
    values = signed(pixels) if pixels.dtype == torch.uint8 else pixels.float() * 2 - 1
    if torch.jit.is_tracing() or values.shape[-1] != PATCH_PX:  # traced, it is no question
        values = functional.interpolate(values, (PATCH_PX, PATCH_PX), mode="bilinear")
    return values


def grow(generator: Generator, pixels: Tensor) -> Tensor:
    """Views (N, 3, S, S) grown to (N, 3, 256, 256) in [−1, 1], by the repeats of each."""
    patch = patches_of(pixels)
    if generator.chooser is None:
        return generator(patch).picture
    shown = ((patch + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    pictures, costs = zip(*(continuations(p) for p in shown), strict=True)
    ways = signed(torch.from_numpy(np.stack(pictures))).permute(0, 1, 4, 2, 3)
    return generator(patch, ways, torch.from_numpy(np.stack(costs))).picture


def cut_from(grown: Tensor, size: int) -> Tensor:
    """A square of 128 px from anywhere in each grown picture, uint8 (N, 3, size, size)."""
    cuts = []
    for picture in grown:
        y, x = (int(v) for v in torch.randint(0, picture.shape[-1] - PATCH_PX + 1, (2,)))
        cuts.append(picture[:, y : y + PATCH_PX, x : x + PATCH_PX])
    cut = torch.stack(cuts)
    if size != PATCH_PX:
        cut = functional.interpolate(cut, (size, size), mode="bilinear", antialias=True)
    return ((cut + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
