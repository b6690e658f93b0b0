"""``fabricfinder grow``: a swatch enlarged to twice its size, written with its mark."""

import argparse
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError


def add_grow_command(commands: argparse._SubParsersAction) -> None:
    """Add ``grow`` to the command line."""
    grow = commands.add_parser("grow", help="a swatch enlarged to twice its size, marked as imagined")
    grow.set_defaults(command="grow")
    grow.add_argument("image", metavar="IMAGE")
    grow.add_argument("--out", metavar="FILE", required=True, help="ends in .png, .jpg or .tif")


def grow_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder grow``: 0 when the grown swatch is written."""
    from fabricfinder.growing import grow_swatch
    from fabricfinder.terminal import run
    from fabricfinder.vision.imagined import require_kind, save_marked

    source, path = Path(arguments.image), Path(arguments.out)
    require_kind(path)
    if path.exists() and source.exists() and path.samefile(source):
        raise FabricFinderError("The grown swatch would replace its own picture; name another file.")
    grown = run(grow_swatch(arguments.image))
    save_marked(grown, path)
    height, width = grown.rgb.shape[:2]
    print(f"Grown to {width} × {height} px, marked as imagined: {path}")
    if not grown.repeats:
        print("No repeat of this cloth was seen in the picture, so what lies around it is a guess.")
    for note in grown.notes:
        print(note)
    return 0


GROW_COMMANDS = {"grow": grow_command}
