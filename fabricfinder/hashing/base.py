"""The fabric CNN of the DVSH paper, and the contract every hashing method keeps.

The network of Xiang, Pan & Gao 2022 (§4.1, Fig 7) has five convolution blocks, two short-circuits
that carry the colour and yarn detail of the first two blocks past the rest, and one full
connection. A tartan's repeat is centimetres and a yarn a fraction of a millimetre, so here it may
look twice: a macro view of the whole swatch and micro crops at yarn scale, through one stem.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

PIXEL_MEAN = 0.5
PIXEL_STD = 0.25
STD_EPSILON = 1e-5
FILM_HIDDEN = 32
FULL = "backbone.full.0.weight"


class ViewBatch(NamedTuple):
    """The looks a network takes at B swatches.

    Attributes:
        macro: uint8 or float in [0, 1], RGB (B, 3, 128, 128): the whole swatch.
        micro: the same (B, C, 3, 128, 128): C crops at yarn scale (1 in training, 4 in use).
        scale: float (B, 4), what is known of their scale, as ``domain.encoder_arrays.scale_inputs``
            says it.
    """

    macro: Tensor
    micro: Tensor
    scale: Tensor


class Batch(NamedTuple):
    """One training batch of B captures; the same fabric may appear in several of them.

    Attributes:
        macro, micro, scale: as ``ViewBatch``.
        similarity: float (B, B) in [0, 1], the fine-grained similarity S of equation (6).
        coarse: int64 (B,), column of the coarse minor, -1 unknown.
        fine: int64 (B,), column of the fine class, -1 unknown.
        tightness: float (B,), percent, NaN unknown.
        log_frequency: float (B, 2), natural log of yarn frequency in cycles/px of the micro view
            along x and y, NaN unknown.
        fabric: int64 (B,), the physical fabric; captures of one fabric share it.
        similarities: float (4, B, B), the four parts of S in the order of ``DIMENSIONS``.
        family: int64 (B,), fabrics that differ in one respect only share it.
        row: int64 (B,), where in the cloth set each capture comes from.
        colors: float (B, 10), 1 where a colour of ``COLOR_NAMES`` is in the palette, NaN unknown.
    """

    macro: Tensor
    micro: Tensor
    scale: Tensor
    similarity: Tensor
    coarse: Tensor
    fine: Tensor
    tightness: Tensor
    log_frequency: Tensor
    fabric: Tensor
    similarities: Tensor | None = None
    family: Tensor | None = None
    row: Tensor | None = None
    colors: Tensor | None = None

    @property
    def views(self) -> ViewBatch:
        """The pixels alone."""
        return ViewBatch(self.macro, self.micro, self.scale)


@dataclass(frozen=True, slots=True)
class BackboneConfig:
    """The shape of a FabricCNN.

    Attributes:
        width: channels of the first block; the others have 2, 4, 8 and 8 times as many.
        pool: ``gap`` is the paper's global average; ``meanstd`` adds the standard deviation of
            each channel, because second-order statistics are what texture is.
        views: ``macro`` is the paper's single view; ``both`` adds the micro crops.
        features: length of r.
        normalise_pools: batch-normalise the pooled values before the full connection, so that
            means and deviations of five blocks start on one footing (not in the paper).
        short_stride: the short-circuits look at every position (1, the paper) or at every second
            in x and y (2): the pools of a quarter of 4,096 positions say the same for a quarter
            of what is otherwise the costliest layer.
        scale_inputs: how much of ``ViewBatch.scale`` is used: all 4, or 1, the flag of micro's
            true scale, as in encoders made before the scale was told.
        scale_film: the scale also steers the pooled values, v·(1 + g) + b with g and b a small
            network's (FiLM, Perez et al. 2018): whether a stripe of 9 px is a pinstripe or an
            awning depends on the scale, and a sum alone cannot say so.
    """

    width: Literal[16, 24, 32, 64] = 16
    pool: Literal["gap", "meanstd"] = "meanstd"
    views: Literal["macro", "both"] = "both"
    features: int = 1024
    normalise_pools: bool = True
    short_stride: Literal[1, 2] = 2
    scale_inputs: Literal[1, 4] = 4
    scale_film: bool = True

    def __post_init__(self) -> None:
        if self.width not in (16, 24, 32, 64):
            raise ValueError(f"width is 16, 24, 32 or 64, not {self.width}")
        if self.pool not in ("gap", "meanstd") or self.views not in ("macro", "both"):
            raise ValueError(f"unknown pool {self.pool!r} or views {self.views!r}")
        if self.short_stride not in (1, 2):
            raise ValueError(f"the short-circuits step by 1 or 2, not {self.short_stride}")
        if self.scale_inputs not in (1, 4):
            raise ValueError(f"the scale is told by 1 or 4 numbers, not {self.scale_inputs}")

    @classmethod
    def from_raw(cls, raw: dict[str, Any]) -> Self:
        """Build from ``asdict`` as it comes back from JSON, of today or of before the scale."""
        return cls(**{"scale_inputs": 1, "scale_film": False} | raw)


class HashingMethod(nn.Module):
    """What each of the published systems keeps to: views in, an output, named losses, bits out.

    Attributes:
        name: the method's name in ``HASHING_METHODS``.
        config: the frozen dataclass it was built from.
        n_bits: length of the code.
        code_layout: (dimension, first bit, one past the last) of each sub-code; () for a code
            that is one knot.
        frozen_inputs: what ``hashed`` takes of a frozen base network: ``r``, ``scales`` (the
            averages of its blocks 3, 4 and 5); () where it cannot stand on one.
        unseen: which of ``micro`` and ``scale`` it never looks at.
    """

    name: ClassVar[str]
    frozen_inputs: ClassVar[tuple[str, ...]] = ()
    config: Any
    n_bits: int
    code_layout: tuple[tuple[str, int, int], ...] = ()
    unseen: tuple[str, ...] = ()

    @classmethod
    @abstractmethod
    def from_config(cls, raw: dict[str, Any]) -> Self:
        """Build from a configuration as plain JSON values; TypeError or ValueError if unknown."""

    @abstractmethod
    def forward(self, views: ViewBatch) -> Any:
        """Look at B swatches; return the method's output, a NamedTuple with u (B, n_bits)."""

    @abstractmethod
    def loss(self, batch: Batch, epoch: int) -> dict[str, Tensor]:
        """Return the weighted terms by name, each a scalar; their sum is what training lowers."""

    @abstractmethod
    def bits(self, output: Any) -> Tensor:
        """Binarise an output to uint8 (B, n_bits) in {0, 1}."""

    def start_from(self, trained: "HashingMethod") -> list[str]:
        """Copy every weight that another method has under the same name and in the same shape.

        A full connection that was told the scale by one flag is widened to all of it. What is
        left as it was is returned by name.
        """
        theirs, mine = trained.state_dict(), self.state_dict()
        fresh = []
        for name, value in mine.items():
            given = theirs.get(name)
            if given is not None and given.shape == value.shape:
                value.copy_(given)
            elif given is not None and name == FULL and given.shape[1] + 3 == value.shape[1]:
                value.zero_()
                value[:, : given.shape[1] - 1] = given[:, :-1]
                value[:, -2] = given[:, -1]
            else:
                fresh.append(name)
        return fresh


def conv_bn_relu(
    channels_in: int, channels_out: int, kernel: int, stride: int = 1
) -> nn.Sequential:
    """A convolution padded to keep the size at stride 1, batch normalisation and ReLU."""
    conv = nn.Conv2d(
        channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False
    )
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(conv, nn.BatchNorm2d(channels_out), nn.ReLU(inplace=True))


def block(channels_in: int, channels_out: int) -> nn.Sequential:
    """One block of the paper's network: 2 × (3×3 convolution, BN, ReLU), then 2×2 max-pool."""
    return nn.Sequential(
        conv_bn_relu(channels_in, channels_out, 3),
        conv_bn_relu(channels_out, channels_out, 3),
        nn.MaxPool2d(2),
    )


class MeanStd(torch.autograd.Function):
    """Mean and standard deviation over space, (N, C, H, W) -> (N, 2C), in three passes.

    The sums are taken in float32 of deviations from the rounded mean, so that maps in bfloat16
    lose nothing but their own rounding; autograd's own way through float32 copies of the first
    short-circuit takes a third of a training step.
    """

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, maps: Tensor) -> Tensor:
        """Means, then sqrt(variance + 1e-5); float64 for float64 maps, else float32."""
        wide = torch.promote_types(maps.dtype, torch.float32)
        n = maps.shape[2] * maps.shape[3]
        mean = maps.mean((2, 3), keepdim=True, dtype=wide)
        away = maps - mean.to(maps.dtype)
        rest = mean - mean.to(maps.dtype)
        square = torch.linalg.vector_norm(away, dim=(2, 3), keepdim=True, dtype=wide).square() / n
        std = ((square - rest.square()).clamp(min=0) + STD_EPSILON).sqrt()
        ctx.save_for_backward(away, rest, std)
        return torch.cat([mean.flatten(1), std.flatten(1)], 1)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> Tensor:
        """∂mean/∂x = 1/n, ∂std/∂x = (x − mean)/(n·std)."""
        away, rest, std = ctx.saved_tensors  # type: ignore[attr-defined]
        n = away.shape[2] * away.shape[3]
        by_mean, by_std = gradient[:, :, None, None].chunk(2, 1)
        slope = by_std / (n * std)
        level = by_mean / n - rest * slope
        return torch.addcmul(level.to(away.dtype), away, slope.to(away.dtype))


def pooled(maps: Tensor, pool: str) -> Tensor:
    """Pool maps (N, C, H, W) over space to float32 (N, C), or (N, 2C) for ``meanstd``.

    The root is of variance + 1e-5, so that a flat map has a finite gradient.
    """
    if pool == "gap":
        return maps.float().mean((2, 3))
    if maps.requires_grad:
        return MeanStd.apply(maps)
    maps = maps.float()
    mean = maps.mean((2, 3), keepdim=True)
    variance = (maps - mean).square().mean((2, 3))
    return torch.cat([mean.flatten(1), (variance + STD_EPSILON).sqrt()], 1)


class ViewTail(nn.Module):
    """Blocks 4 and 5 and the two short-circuits, pooled: what one kind of view makes of the stem.

    ``n_out`` is 20·width values a view (twice that for ``meanstd``).
    """

    def __init__(self, width: int, pool: str, short_stride: int) -> None:
        super().__init__()
        self.pool = pool
        self.deep = nn.Sequential(block(4 * width, 8 * width), block(8 * width, 8 * width))
        self.short_1 = conv_bn_relu(width, 4 * width, 1, short_stride)
        self.short_2 = conv_bn_relu(2 * width, 8 * width, 1, short_stride)
        self.n_out = 20 * width * (2 if pool == "meanstd" else 1)

    def forward(self, first: Tensor, second: Tensor, third: Tensor) -> Tensor:
        """Maps of blocks 1, 2 and 3 of N views -> float32 (N, n_out)."""
        return self.pooled(first, second, self.deep(third))

    def pooled(self, first: Tensor, second: Tensor, fifth: Tensor) -> Tensor:
        """Maps of blocks 1, 2 and 5 of N views -> float32 (N, n_out)."""
        maps = (fifth, self.short_1(first), self.short_2(second))
        return torch.cat([pooled(m, self.pool) for m in maps], 1)


class ScaleFilm(nn.Module):
    """v·(1 + g(scale)) + b(scale) on n values; starts as v itself."""

    def __init__(self, n_scale: int, n_values: int) -> None:
        super().__init__()
        self.steer = nn.Sequential(
            nn.Linear(n_scale, FILM_HIDDEN), nn.ReLU(), nn.Linear(FILM_HIDDEN, 2 * n_values)
        )
        nn.init.zeros_(self.steer[2].weight)
        nn.init.zeros_(self.steer[2].bias)

    def forward(self, values: Tensor, scale: Tensor) -> Tensor:
        """(B, n_values), (B, n_scale) -> (B, n_values)."""
        gain, shift = self.steer(scale).chunk(2, 1)
        return values * (1 + gain) + shift


class FabricCNN(nn.Module):
    """The paper's base network: ``r = Φ_base(I)`` (DVSH §4.1), of one view or of two.

    Both views go through the same blocks 1-3 in one batch (edges, colours and yarns look alike at
    either scale, and one stem sees twice the pixels); blocks 4-5, short-circuits and pools are
    each view's own, since a stripe and a twill line are different things of the same shape.
    """

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.block_1 = block(3, width)
        self.block_2 = block(width, 2 * width)
        self.block_3 = block(2 * width, 4 * width)
        self.macro_tail = ViewTail(width, config.pool, config.short_stride)
        n_pooled = self.macro_tail.n_out
        if config.views == "both":
            self.micro_tail = ViewTail(width, config.pool, config.short_stride)
            n_pooled += self.micro_tail.n_out
        self.norm = nn.BatchNorm1d(n_pooled) if config.normalise_pools else nn.Identity()
        n_in = n_pooled + (config.scale_inputs if config.views == "both" else 0)
        self.film = None
        if config.scale_film and config.views == "both":
            self.film = ScaleFilm(config.scale_inputs, n_pooled)
        self.full = nn.Sequential(nn.Linear(n_in, config.features), nn.ReLU())

    def forward(self, views: ViewBatch) -> Tensor:
        """Views of B swatches -> r, float32 (B, features) ≥ 0.

        The full connection runs in float32 even under autocast: it is small, and everything
        the code and the beliefs are read from hangs on it.
        """
        return self.connected(self.values(views), views)

    def connected(self, values: Tensor, views: ViewBatch) -> Tensor:
        """The full connection: values (B, n_pooled) and what is told of the scale -> r."""
        with torch.autocast(values.device.type, enabled=False):
            if self.config.views == "both":
                values = torch.cat([values, self.told(views)], 1)
            return self.full(values)

    def values(self, views: ViewBatch) -> Tensor:
        """The pooled values, normalised and steered by the scale, float32 (B, n_pooled).

        Macro's come first, then micro's, half each.
        """
        return self.settled(self.pools(views), views)

    def settled(self, pools: Tensor, views: ViewBatch) -> Tensor:
        """Pooled values (B, n_pooled), normalised and steered by the scale."""
        with torch.autocast(pools.device.type, enabled=False):
            values = self.norm(pools)
            return values if self.film is None else self.film(values, self.told(views))

    def told(self, views: ViewBatch) -> Tensor:
        """What this network is told of the scale, float32 (B, scale_inputs)."""
        scale = views.scale.float()
        return scale[:, 2:3] if self.config.scale_inputs == 1 and scale.shape[1] > 1 else scale

    def pools(self, views: ViewBatch) -> Tensor:
        """The pooled values before the full connection, float32 (B, n_pooled).

        Micro pools are averaged over their crops.
        """
        if self.config.views == "macro":
            return self.macro_tail(*self.stem(views.macro))
        of_macro, of_micro = self.stems(views)
        micro = self.micro_tail(*of_micro).unflatten(0, (-1, views.micro.shape[1])).mean(1)
        return torch.cat([self.macro_tail(*of_macro), micro], 1)

    def stems(self, views: ViewBatch) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The maps of blocks 1, 2 and 3 of the B macro views, and of the B·C micro crops."""
        crops = views.micro.flatten(0, 1)
        if not self.training:
            return self.stem(views.macro), self.stem(crops)
        # Together, so that batch normalisation sees both kinds of view.
        sizes = [len(views.macro), len(crops)]
        maps = self.stem(torch.cat([views.macro, crops]))
        of_macro, of_micro = zip(*(m.split(sizes) for m in maps), strict=True)
        return of_macro, of_micro

    def stem(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pixels (N, 3, H, W) -> the maps of blocks 1, 2 and 3."""
        first = self.block_1(normalised(pixels))
        second = self.block_2(first)
        return first, second, self.block_3(second)


def normalised(pixels: Tensor) -> Tensor:
    """Pixels uint8 or float in [0, 1] -> float32 about zero: (p − 0.5) / 0.25."""
    values = pixels.float() / 255 if pixels.dtype == torch.uint8 else pixels.float()
    return (values - PIXEL_MEAN) / PIXEL_STD
