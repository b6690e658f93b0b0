"""200 results as PDF: seconds and megabytes a layout, over 12 MP photographs of rendered cloth.

    python tests/benchmarks/bench_sheets.py [FOLDER]

``FOLDER`` keeps the library between runs. Aim: under 10 s and 20 MB. Pictures are read by two threads
and more, pages are painted by one: the seconds of processor are told apart, so that a figure
measured beside other work can still be judged.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from fabricfinder.commands import finder_here
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Query
from fabricfinder.jobs import run_to_end
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.synthesis.dataset import write_dataset
from fabricfinder.ui.sheet_files import headless_application, make_sheet_file

N, CLOTHS, SIZE = 200, 20, (4000, 3000)
READING = "Reading pictures"


def photographs(place: Path) -> Path:
    """N pictures of 12 megapixels at 300 dpi: rendered cloths enlarged, each with ten grains."""
    folder = place / "photographs"
    if folder.exists() and len(list(folder.iterdir())) == N:
        return folder
    run_to_end(write_dataset(place / "cloth", CLOTHS, 1, 5))
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(1)
    grain = rng.normal(0, 4, (SIZE[1], SIZE[0], 1)).astype(np.float32)
    for path in sorted((place / "cloth" / "images").glob("*.*"))[:CLOTHS]:
        large = np.asarray(Image.open(path).convert("RGB").resize(SIZE), np.float32)
        for n in range(N // CLOTHS):
            noisy = large + np.roll(grain, 97 * n, axis=1)
            image = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
            image.save(folder / f"{path.stem}-{n}.jpg", quality=92, dpi=(300, 300))
    return folder


def phases(steps: Generator[Progress, None, Any]) -> Counter[str]:
    """Run an operation; seconds of processor by the phase its progress named."""
    spent: Counter[str] = Counter()
    phase, since = "", time.process_time()
    for progress in steps:
        now = time.process_time()
        spent[phase] += now - since
        phase, since = progress.phase, now
    spent[phase] += time.process_time() - since
    return spent


def main() -> None:
    """Print a line a layout."""
    with TemporaryDirectory() as scratch:
        place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        folder = photographs(place)
        application = headless_application()
        finder = finder_here()
        library = place / "library"
        run_to_end(finder.open_library(library, create=not (library / "library.fflib").exists()))
        run_to_end(finder.import_paths([str(folder)]))
        result = run_to_end(finder.search(Query(path=str(next(folder.iterdir())))))
        for layout in ("2x3", "3x4", "card", "hanger", "spec"):
            request = SheetRequest(result, top=N, layout=layout)
            out = Output(Path(scratch) / f"{layout}.pdf")
            wall, cpu = time.perf_counter(), phases(make_sheet_file(request, finder.catalog, out))
            wall = time.perf_counter() - wall
            size = os.path.getsize(out.path) / 1e6
            print(f"{layout:>7}: {wall:5.1f} s; processor: reading {cpu[READING]:5.1f} s, "
                  f"the rest {sum(cpu.values()) - cpu[READING]:5.1f} s; {size:5.1f} MB",
                  flush=True)  # fmt: skip
        finder.close()
        del application


if __name__ == "__main__":
    main()
