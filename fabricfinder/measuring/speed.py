"""How fast models look at cloth on this very computer."""

import time
from collections.abc import Callable, Generator, Mapping
from statistics import median
from typing import Any

from fabricfinder.domain.encoder import Encoder, Views
from fabricfinder.domain.progress import Progress
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.vision.views import views_of

Steps = Generator[Progress, None, Any]
PICTURES = 8
SIDE, PX_PER_CM = 320, 60.0
UNIT = "pictures"


def measure_speed(
    loaders: Mapping[str, Callable[[], Encoder]], pictures: int = PICTURES
) -> Steps:
    """Let each model look at the same few drawn cloths, one by one.

    Args:
        loaders: of each model's encoder, by name; called one after the other.
        pictures: how many cloths.

    Returns:
        seconds a picture by name: the median, the first look of each model not counted.
    """
    total = len(loaders) * pictures
    shown: list[Views] = []
    for seed in range(pictures):
        yield Progress("Drawing cloth to look at", seed, pictures, UNIT)
        cloth = sample_fabric(generator(31, seed), variety=1)
        shown.append(views_of(render(cloth, SIDE, PX_PER_CM, seed), PX_PER_CM))
    seconds: dict[str, float] = {}
    for place, (name, load) in enumerate(loaders.items()):
        yield Progress("Measuring the speed", place * pictures, total, UNIT)
        encoder = load()
        encoder.encode(shown[:1])
        took = []
        for i, views in enumerate(shown):
            began = time.perf_counter()
            encoder.encode([views])
            took.append(time.perf_counter() - began)
            yield Progress("Measuring the speed", place * pictures + i + 1, total, UNIT)
        seconds[name] = median(took)
    return seconds
