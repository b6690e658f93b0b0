"""How much of each colour a view shows: features that see dye and nothing of weave or sett."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

POOL_PX = 4
SPREAD = 0.1
# Lightness levels, and at each the chroma of its rings and how many hues lie on them.
RINGS = {
    0.12: {},
    0.4: {0.25: 8},
    0.65: {0.25: 8, 0.5: 12},
    0.92: {0.2: 8, 0.45: 12, 0.8: 12},
}


def color_anchors() -> Tensor:
    """64 points of the HSV cone (chroma·cos h, chroma·sin h, value), float32 (64, 3)."""
    points = []
    for value, rings in RINGS.items():
        points.append((0.0, 0.0, value))
        for chroma, n_hues in rings.items():
            turns = [2 * math.pi * k / n_hues for k in range(n_hues)]
            points += [(chroma * math.cos(t), chroma * math.sin(t), value) for t in turns]
    return torch.tensor(points)


def cone_points(rgb: Tensor) -> Tensor:
    """RGB in [0, 1] (..., 3) -> the HSV cone (..., 3), with hue taken on a hexagon.

    The plane (R − (G + B)/2, √3/2·(G − B)) is HSV's hue and chroma to within 1.2° and a seventh,
    and has no seam at red.
    """
    red, green, blue = rgb.unbind(-1)
    along = red - (green + blue) / 2
    across = (green - blue) * (math.sqrt(3) / 2)
    return torch.stack([along, across, rgb.amax(-1)], -1)


class ColorFeatures(nn.Module):
    """The square roots of a soft histogram of a macro view's colours: 64 values, no weights.

    Pixels are averaged 4 × 4 first, as the eye mixes yarns. Every pixel is shared out among the
    anchors by softmax(−distance²/2s²); roots, so that a pinstripe's little is still seen.
    """

    n_out = len(color_anchors())

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("anchors", color_anchors(), persistent=False)

    @torch.no_grad()
    def forward(self, macro: Tensor) -> Tensor:
        """uint8 or float in [0, 1] (B, 3, H, W) -> float32 (B, 64), squares sum to 1."""
        pixels = macro.float() / 255 if macro.dtype == torch.uint8 else macro.float()
        pixels = functional.avg_pool2d(pixels, POOL_PX).flatten(2).transpose(1, 2)
        points = cone_points(pixels)
        nearness = points @ self.anchors.T - 0.5 * self.anchors.square().sum(1)
        shares = torch.softmax(nearness / SPREAD**2, -1)
        return shares.mean(1).clamp(min=1e-8).sqrt()
