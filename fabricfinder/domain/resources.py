"""Where the files that ship with the program lie, from a checkout or from a frozen bundle."""

import sys
from pathlib import Path

SHIPPED_CHECKPOINT = "dvsh-128.safetensors"


def resource_path(name: str) -> Path:
    """Return the path of ``resources/<name>``; it need not exist."""
    root = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parents[2]))
    return root / "resources" / name
