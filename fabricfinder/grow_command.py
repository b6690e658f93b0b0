"""``fabricfinder grow``: a swatch enlarged to twice its size, written with its mark."""

import argparse
from collections.abc import Callable
from pathlib import Path

from fabricfinder.domain.errors import FabricFinderError, NoTorchError


def add_grow_command(
    commands: argparse._SubParsersAction, count: Callable[[str], int]
) -> None:
    """Add ``grow`` and ``textures``; ``count`` reads a whole number from 1."""
    grow = commands.add_parser("grow", help="a swatch enlarged to twice its size, marked as imagined")
    grow.set_defaults(command="grow")
    grow.add_argument("image", metavar="IMAGE")
    grow.add_argument("--out", metavar="FILE", required=True, help="ends in .png, .jpg or .tif")
    textures = commands.add_parser("textures",
                                   help="texture-synthesis hashing by its own protocol (extra: train)")  # fmt: skip
    textures.set_defaults(command="textures")
    textures.add_argument("--photos", metavar="DIR", required=True, help="pictures and labels.csv")
    textures.add_argument("--out", metavar="DIR", required=True, help="where each line is kept")
    textures.add_argument("--generator", metavar="FILE", default="", help="instead of the shipped one")
    textures.add_argument("--cloth", metavar="DIR", default="",
                          help="cloth set, as train draws it: also trains the generators of the "
                               "paper's Table 2 on it, and their lines")  # fmt: skip
    textures.add_argument("--only", nargs="*", default=(), metavar="LINE", help="these lines")
    for name, value, words in (("rendered", 200, "rendered swatches"), ("steps", 300, "of each line"),
                               ("growth-steps", 800, "with --cloth: of each generator"),
                               ("seeds", 3, "of each line"), ("threads", 1, "of the processor")):  # fmt: skip
        textures.add_argument(f"--{name}", type=count, default=value, metavar="N", help=words)


def add_tsn_choices(train: argparse.ArgumentParser) -> None:
    """Add what only ``train tsn`` listens to."""
    train.add_argument("--stage", type=int, choices=(1, 2), default=2,
                       help="tsn: 1 the generator, 2 the hashing network on it")  # fmt: skip
    train.add_argument("--preset", default="cloth",
                       choices=("cloth", "paper", "zhou", "l1+style", "adv", "adv+style"),
                       help="tsn, stage 1: which losses at which weights")  # fmt: skip
    train.add_argument("--generator", metavar="FILE", default="", help="tsn, stage 2: on this one")
    train.add_argument("--hashing", choices=("dsdh", "dpsh", "dhcq"), default="dsdh",
                       help="tsn, stage 2: which losses")  # fmt: skip


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


def textures_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder textures``: run the protocol, where torch is installed."""
    try:
        from fabricfinder.training import textures_command as textures
    except ModuleNotFoundError as error:
        raise NoTorchError from error
    return textures.textures_command(arguments)


GROW_COMMANDS = {"grow": grow_command, "textures": textures_command}
