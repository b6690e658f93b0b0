"""Where the files that ship lie: beside a checkout, inside an installed package, in a frozen bundle."""

import sys
from pathlib import Path

SHIPPED_CHECKPOINT = "dvsh-128.safetensors"
FOLDER = "resources"


def is_bundle() -> bool:
    """Whether the program runs from a bundle, which packages cannot be added to."""
    return bool(getattr(sys, "_MEIPASS", ""))


def resource_path(name: str) -> Path:
    """Return the path of ``resources/<name>``; it need not exist."""
    if is_bundle():
        return Path(sys._MEIPASS) / FOLDER / name
    package = Path(__file__).resolve().parents[1]
    installed = package / FOLDER
    return (installed if installed.is_dir() else package.parent / FOLDER) / name
