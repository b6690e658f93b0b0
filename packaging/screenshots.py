"""Takes the README's pictures: the real window on the demo library, and a sheet of rendered cloth.

    .venv/bin/python packaging/screenshots.py            writes resources/pictures/*.jpg
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image

from fabricfinder.commands import finder_here
from fabricfinder.demo import default_demo_folder, make_demo
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import macro_field_cm, render
from fabricfinder.synthesis.sampling import ALL_MINORS, sample_fabric
from fabricfinder.synthesis.sampling_knit import KNIT_FINES, sample_knit
from fabricfinder.synthesis.sampling_pile import PILE_FINES, sample_pile
from fabricfinder.synthesis.weaves import WEAVE_FINES
from fabricfinder.terminal import run
from fabricfinder.ui.app import screenshot
from fabricfinder.ui.main_window import FIND, LIBRARY

PICTURES = Path(__file__).resolve().parents[1] / "resources" / "pictures"
SHOTS = (
    ("find-light", "light", FIND),
    ("find-dark", "dark", FIND),
    ("library-grey", "grey", LIBRARY),
)


SHEET_PX = 150
SHEET_COLUMNS = 12
MID_PX_PER_CM = 60.0
NEAR_PX_PER_CM = 160.0


def cloth_sheet() -> Image.Image:
    """Every minor from afar, then pile and openwork, then knits, and below weaves from near."""
    far = [sample_fabric(generator(77, i), minor, variety=2) for i, minor in enumerate(ALL_MINORS)]
    shown = WEAVE_FINES[5:5 + SHEET_COLUMNS]
    near = [sample_fabric(generator(78, i), "solid/chambray", fine) for i, fine in enumerate(shown)]
    rich = [sample_pile(generator(79, i), fine=fine) for i, fine in enumerate(PILE_FINES)]
    knitted = [sample_knit(generator(80, i), fine=fine) for i, fine in enumerate(KNIT_FINES)]
    rows = [
        [render(f, SHEET_PX, SHEET_PX / macro_field_cm(f), 1) for f in far],
        [render(f, SHEET_PX, MID_PX_PER_CM, 1) for f in rich + knitted],
        [render(f, SHEET_PX, NEAR_PX_PER_CM, 1) for f in near],
    ]
    lines = [
        np.hstack(pictures[i : i + SHEET_COLUMNS])
        for pictures in rows
        for i in range(0, len(pictures) // SHEET_COLUMNS * SHEET_COLUMNS, SHEET_COLUMNS)
    ]
    return Image.fromarray(np.vstack(lines))


def main() -> None:
    """Make the demo where it is missing, then take each picture."""
    finder = finder_here()
    try:
        demo = run(make_demo(finder, Path(sys.argv[1]) if sys.argv[1:] else default_demo_folder()))
    finally:
        finder.close()
    PICTURES.mkdir(parents=True, exist_ok=True)
    cloth_sheet().save(PICTURES / "rendered-cloth.jpg", quality=86)
    for name, theme, page in SHOTS:
        raw = screenshot(demo.folder, PICTURES / f"{name}.png", demo.query_path, theme, page)
        Image.open(raw).convert("RGB").save(PICTURES / f"{name}.jpg", quality=88)
        raw.unlink()
        print(PICTURES / f"{name}.jpg")


if __name__ == "__main__":
    main()
