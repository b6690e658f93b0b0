"""Writes what every checkpoint says of itself, for the edition that leaves their weights out.

    python packaging/headers.py --into DIR       # NAME.safetensors.header for each checkpoint
"""

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fabricfinder.domain.models import CHECKPOINT, HEADER, header_of  # noqa: E402


def main() -> None:
    """Write them into an empty folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, required=True)
    into = parser.parse_args().into
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    for path in sorted((ROOT / "resources").glob(f"*{CHECKPOINT}")):
        (into / f"{path.name}{HEADER}").write_bytes(header_of(path))


if __name__ == "__main__":
    main()
