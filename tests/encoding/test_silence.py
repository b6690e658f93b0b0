"""The encoder's runtime tells nobody what it does, and keeps nothing to tell later."""

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import numpy as np
from fabricfinder.domain.encoder import VIEW_PX, Views
from fabricfinder.encoding import load_default_encoder
encoder = load_default_encoder()
view = np.zeros((VIEW_PX, VIEW_PX, 3), np.uint8)
micro = np.repeat(view[None], encoder.card.n_micro, 0)
encoder.encode([Views(view, micro, False, None, None)])
"""


def test_looking_at_cloth_leaves_no_trace_outside(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    kept = {k: v for k, v in kept.items() if not k.startswith("XDG_")}
    home = kept | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    subprocess.run([sys.executable, "-B", "-c", LOOK], check=True, env=home, timeout=120)
    assert [str(p) for p in tmp_path.rglob("*") if p.is_file()] == []
