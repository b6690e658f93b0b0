"""Takes the README's pictures from the real window on the demo library: one command, never stale.

    .venv/bin/python packaging/screenshots.py            writes resources/pictures/*.jpg
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image

from fabricfinder.commands import finder_here
from fabricfinder.demo import default_demo_folder, make_demo
from fabricfinder.terminal import run
from fabricfinder.ui.app import screenshot
from fabricfinder.ui.main_window import FIND, LIBRARY

PICTURES = Path(__file__).resolve().parents[1] / "resources" / "pictures"
SHOTS = (
    ("find-light", "light", FIND),
    ("find-dark", "dark", FIND),
    ("library-grey", "grey", LIBRARY),
)


def main() -> None:
    """Make the demo where it is missing, then take each picture."""
    finder = finder_here()
    try:
        demo = run(make_demo(finder, Path(sys.argv[1]) if sys.argv[1:] else default_demo_folder()))
    finally:
        finder.close()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, theme, page in SHOTS:
        raw = screenshot(demo.folder, PICTURES / f"{name}.png", demo.query_path, theme, page)
        Image.open(raw).convert("RGB").save(PICTURES / f"{name}.jpg", quality=88)
        raw.unlink()
        print(PICTURES / f"{name}.jpg")


if __name__ == "__main__":
    main()
