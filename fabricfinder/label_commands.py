"""The command line's way for labels in and out of a library: labels export, labels import."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path


def add_label_commands(commands: argparse._SubParsersAction) -> None:
    """Add this module's word to the command line."""
    labels = commands.add_parser("labels", help="write or read everybody's labels")
    labels.set_defaults(command="labels")
    labels.add_argument("deed", choices=("export", "import"))
    labels.add_argument("--library", metavar="DIR", required=True)
    labels.add_argument("file", metavar="FILE", help="ends in .csv, .json or .coco.json")


def labels_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder labels``: 0 when at least one label went out or in."""
    from fabricfinder.commands import open_finder
    from fabricfinder.labelling.exchange import format_of
    from fabricfinder.terminal import run

    path = Path(arguments.file)
    format_of(path)
    finder = open_finder(arguments.library, read_only=arguments.deed == "export")
    try:
        if arguments.deed == "export":
            n = run(finder.labels.export(path))
            print(f"{n:,} labels written to {path}.")
            return 0 if n else 1
        read = run(finder.labels.bring(path, f"Read labels from {path.name}"))
    finally:
        finder.close()
    print(f"{len(read.opinions):,} labels read.")
    if read.unknown:
        print(f"fabricfinder: {read.unknown:,} speak of pictures that are not in this library.",
              file=sys.stderr)  # fmt: skip
    return 0 if read.opinions else 1


LABEL_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {"labels": labels_command}
