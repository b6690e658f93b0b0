"""Times the rendering of 256 × 256 swatches: run it, it prints a table; it asserts nothing."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import macro_field_cm, render
from fabricfinder.synthesis.sampling import sample_fabric

PX = 256


def swatch(task: tuple[str, int]) -> float:
    """Sample and render one swatch near or far; returns the seconds of processor it took."""
    kind, seed = task
    start = time.process_time()
    fabric = sample_fabric(generator(4242, seed))
    scale = 160.0 if kind == "near" else PX / macro_field_cm(fabric)
    render(fabric, PX, scale, seed)
    return time.process_time() - start


def main() -> None:
    """Print swatches a second for near and far views on one and two processes."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    print(f"{'view':<6}{'processes':>10}{'swatches/s':>12}{'CPU ms each':>13}")
    for kind in ("near", "far"):
        tasks = [(kind, k) for k in range(n)]
        for workers in (1, 2):
            with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
                list(pool.map(swatch, tasks[:4]))
                start = time.perf_counter()
                spent = list(pool.map(swatch, tasks, chunksize=4))
                rate = n / (time.perf_counter() - start)
            print(f"{kind:<6}{workers:>10}{rate:>12.1f}{1000 * sum(spent) / n:>13.1f}")


if __name__ == "__main__":
    main()
