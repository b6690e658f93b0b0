"""The demo library: some three hundred rendered cloths a designer would like to look through."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fabricfinder.domain.progress import Progress
from fabricfinder.synthesis.camera import SCANNER, CaptureSettings, capture
from fabricfinder.synthesis.dataset import save_photo, write_captures
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.sampling import MINORS, sample_fabric
from fabricfinder.synthesis.siblings import redyed

DEMO_SEED = 1851
DEMO_FABRICS = 300
DEMO_CAPTURES = 3
QUERY_NAME = "query.jpg"
# A scrap under a hand-held camera, kinder than the benchmark's worst.
DEMO_CAPTURE = replace(SCANNER, side_px=480, max_px=480, rotation_deg=4.0, quarter_turns=False)
DEMO_QUERY = CaptureSettings(
    rotation_deg=7.0, quarter_turns=False, scale=(0.9, 1.1), crop=(0.7, 0.9), exposure_stops=0.2,
    white_balance=0.05, blur_px=(0.4, 0.9), noise=(0.003, 0.008), jpeg=(85, 95),
    vignette=(0.05, 0.15), perspective=0.02, fold_or_edge=0.0,
)  # fmt: skip


def demo_fabrics(seed: int = DEMO_SEED, n: int = DEMO_FABRICS) -> list[Fabric]:
    """Every minor in turn, every third cloth with a second colourway beside it."""
    fabrics: list[Fabric] = []
    turn = 0
    while len(fabrics) < n:
        rng = generator(seed, turn)
        cloth = sample_fabric(rng, MINORS[turn % len(MINORS)])
        fabrics.append(cloth)
        if turn % 3 == 0 and len(fabrics) < n:
            fabrics.append(redyed(cloth, rng))
        turn += 1
    return [replace(cloth, id=f"demo-{i:03d}") for i, cloth in enumerate(fabrics)]


def demo_query(seed: int = DEMO_SEED, n: int = DEMO_FABRICS) -> Fabric:
    """The cloth of the query swatch: a glen check of the library, or its first cloth if it has none."""
    fabrics = demo_fabrics(seed, n)
    return next((f for f in fabrics if f.coarse == "plaid/glen"), fabrics[0])


def write_demo(
    out_dir: Path,
    seed: int = DEMO_SEED,
    n: int = DEMO_FABRICS,
    captures: int = DEMO_CAPTURES,
    workers: int = 2,
) -> Iterator[Progress]:
    """Write the demo's pictures and ``labels.csv``, and ``query.jpg``: a new capture of one."""
    fabrics = demo_fabrics(seed, n)
    yield from write_captures(out_dir, fabrics, captures, seed, DEMO_CAPTURE, workers)
    photo = capture(demo_query(seed, n), generator(seed, 90), DEMO_QUERY)
    save_photo(out_dir / QUERY_NAME, photo)
