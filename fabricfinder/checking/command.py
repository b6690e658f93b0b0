"""``fabricfinder self-check``: a line a part, or one JSON object; what it made can be kept."""

import argparse
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fabricfinder import __version__
from fabricfinder.checking.codes import draw_pictures, see, shipped_graphs, write_down
from fabricfinder.checking.parts import KEPT, Outcome, self_check
from fabricfinder.domain.errors import FabricFinderError

if TYPE_CHECKING:
    from fabricfinder.finder import Finder


def check(arguments: argparse.Namespace, make_finder: "Callable[[], Finder]") -> int:
    """Run the check or, with ``--record``, write down the codes; 0 when all is well."""
    with _scratch() as scratch:
        place = Path(arguments.folder) if arguments.folder else Path(scratch)
        if arguments.record:
            return _record(Path(arguments.record), Path(scratch))
        outcomes = []
        for outcome in self_check(place, make_finder):
            outcomes.append(outcome)
            _tell(outcome, arguments.json)
        if arguments.keep:
            _keep(place, Path(arguments.keep))
    failed = sum(not outcome.good for outcome in outcomes)
    if arguments.json:
        print(as_json(outcomes), flush=True)
    else:
        print(f"{failed} of {len(outcomes)} parts failed." if failed else "All works.", flush=True)
    return 1 if failed else 0


def _scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder that goes when it is left."""
    try:
        return tempfile.TemporaryDirectory(prefix="fabricfinder-", ignore_cleanup_errors=True)
    except OSError as error:
        raise FabricFinderError(
            f"No temporary folder can be made ({error.strerror}); name another one in TMPDIR."
        ) from error


def as_json(outcomes: Sequence[Outcome]) -> str:
    """All outcomes and where they were seen, as one JSON object."""
    return json.dumps({
        "version": __version__, "python": platform.python_version(),
        "system": platform.platform(), "frozen": bool(getattr(sys, "frozen", False)),
        "ok": all(outcome.good for outcome in outcomes),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 2),
        "parts": [
            {"part": o.part, "ok": o.good, "says": o.says, "seconds": round(o.seconds, 2),
             **o.figures}
            for o in outcomes
        ],
    })  # fmt: skip


def _tell(outcome: Outcome, as_json: bool) -> None:
    """The line of a part; a bug's trace goes to stderr."""
    if outcome.trace:
        print(outcome.trace, end="", file=sys.stderr)
    if not as_json:
        word = "ok    " if outcome.good else "FAILED"
        print(f"{word} {outcome.part:<9} {outcome.seconds:5.1f} s  {outcome.says}", flush=True)


def _keep(place: Path, folder: Path) -> None:
    """Copy what was made to a folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in KEPT:
            if (place / name).exists():
                shutil.copyfile(place / name, folder / name)
    except shutil.SameFileError:
        pass
    except OSError as error:
        raise FabricFinderError(f"{folder} cannot be written ({error.strerror}).") from error


def _record(path: Path, scratch: Path) -> int:
    """Write down the codes of the encoders that ship, by this machine."""
    pictures, graphs = draw_pictures(scratch), shipped_graphs()
    write_down(path, pictures, see(pictures, graphs))
    print(f"Codes of {len(pictures)} pictures by {len(graphs)} encoders: {path}")
    return 0
