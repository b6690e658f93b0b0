"""The command line's way from cloth to files: scale-card, measure, scan, camera, watch."""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fabricfinder.domain.errors import FabricFinderError


def add_capture_commands(
    commands: argparse._SubParsersAction, count: Callable[[str], int]
) -> None:
    """Add this module's words to the command line; ``count`` reads a whole number from 1."""
    card = commands.add_parser("scale-card", help="a card to print and lay beside the cloth")
    card.set_defaults(command="scale-card")
    card.add_argument("--out", metavar="FILE", required=True, help="ends in .pdf or .png")
    card.add_argument("--paper", choices=("A4", "Letter"), default="A4", help="of the PDF")
    measuring = commands.add_parser("measure", help="scale, threads, repeat and fitness of a picture")
    measuring.set_defaults(command="measure")
    measuring.add_argument("image", metavar="IMAGE")
    measuring.add_argument("--dpi", type=_dpi, default=None, metavar="N",
                           help="its scale, where neither card nor file says it")  # fmt: skip
    measuring.add_argument("--json", action="store_true", help="one JSON object")
    _add_scan(commands, count)
    camera = commands.add_parser("camera", help="take a picture with a phone or network camera")
    camera.set_defaults(command="camera")
    camera.add_argument("--url", required=True, metavar="URL", help="http://… (MJPEG) or rtsp://…")
    camera.add_argument("--out", required=True, metavar="FILE", help="ends in .jpg or .png")
    watching = commands.add_parser("watch", help="bring in what appears in a folder")
    watching.set_defaults(command="watch")
    watching.add_argument("--library", metavar="DIR", required=True)
    watching.add_argument("folder", metavar="FOLDER")
    watching.add_argument("--every", type=_seconds, default=5.0, metavar="S",
                          help="seconds between two looks (default: %(default)s)")  # fmt: skip
    watching.add_argument("--once", action="store_true", help="bring in what is there, and end")


def _add_scan(commands: argparse._SubParsersAction, count: Callable[[str], int]) -> None:
    scan = commands.add_parser("scan", help="scan cloth, its scale known by the dpi")
    scan.set_defaults(command="scan")
    scan.add_argument("--list", action="store_true", help="the scanners of this computer")
    scan.add_argument("--device", metavar="NAME", default="",
                      help="a name of the list, or a network scanner's address")  # fmt: skip
    scan.add_argument("--dpi", type=_dpi, default=300.0, metavar="N")
    scan.add_argument("--area", type=_area, default=None, metavar="X,Y,W,H", help="mm of the glass")
    scan.add_argument("--source", default="", metavar="NAME",
                      help="glass, feeder, or the scanner's own word")  # fmt: skip
    scan.add_argument("--pages", type=count, default=0, metavar="N",
                      help="from the feeder (default: all of them)")  # fmt: skip
    scan.add_argument("--gray", action="store_true", help="not in colour")
    scan.add_argument("--depth", type=int, choices=(8, 16), default=8, help="bits of a channel")
    scan.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                      help="a setting by the scanner's own name")  # fmt: skip
    scan.add_argument("--split", action="store_true",
                      help="cut the swatches that lie on the glass apart, straightened")  # fmt: skip
    where = scan.add_mutually_exclusive_group()
    where.add_argument("--out", metavar="DIR", default="", help="a folder for the pages")
    where.add_argument("--library", metavar="DIR", default="", help="scan into this library")


def _area(text: str) -> tuple[float, ...]:
    """Four numbers in mm, or a usage error."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 4 or min(values) < 0 or min(values[2:]) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not an area in mm like 0,0,100,150")
    return values


def number_between(low: float, high: float, what: str) -> Callable[[str], float]:
    """What reads a number from ``low`` to ``high``; anything else is a usage error that says
    ``what`` it is not.
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"“{text}” is not {what}")
        return value

    return read


_seconds = number_between(0.1, 3600, "a time of 0.1 to 3,600 seconds")
_dpi = number_between(10, 20_000, "a resolution of 10 to 20,000 dpi")


def tell(sentence: str) -> None:
    """A quiet sentence on stderr."""
    print(f"fabricfinder: {sentence}", file=sys.stderr)


def scale_card_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder scale-card``: the card as PDF or PNG."""
    from fabricfinder.capture.card_drawing import write_card

    path = Path(arguments.out)
    write_card(path, arguments.paper)
    print(f"The scale card: {path}")
    return 0


def measure_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder measure``: what a picture can be measured for."""
    row = measured_row(arguments.image, arguments.dpi)
    if arguments.json:
        print(json.dumps(row))
    else:
        for line in _measured_lines(row):
            print(line)
    return 0


def measured_row(path: str, dpi: float | None = None) -> dict[str, Any]:
    """Everything ``measure --json`` says; lengths in px, mm and cm as named, None = not known.

    Raises:
        FabricFinderError: the picture cannot be read.
    """
    from fabricfinder.capture.measure import measure
    from fabricfinder.domain.density import settle
    from fabricfinder.domain.taxonomy import default_taxonomy
    from fabricfinder.eyes import best_encoder
    from fabricfinder.vision.views import views_of

    seen = measure(path, dpi)
    reason = seen.threads.reason
    fine = None
    if not reason:  # only then the weave is needed, and the encoder with it
        (encoding,) = best_encoder(tell).encode([views_of(seen.cloth, seen.cloth_px_per_cm)])
        fine = encoding.fine
    counted, reason = (None, reason) if fine is None else settle(
        seen.threads, fine, default_taxonomy()
    )  # fmt: skip
    known = counted is not None and counted.known
    across, down = seen.repeat_mm
    return {
        "image": path,
        "width": seen.width,
        "height": seen.height,
        "px_per_mm": _rounded(seen.px_per_cm and seen.px_per_cm / 10),
        "scale_source": seen.source,
        "card_tilt_deg": None if seen.card is None else round(seen.card.tilt_deg, 1),
        "ends_per_cm": _rounded(counted.ends if known else None),
        "ends_interval": _interval(counted.ends, counted.ends_within) if known else None,
        "picks_per_cm": _rounded(counted.picks if known else None),
        "picks_interval": _interval(counted.picks, counted.picks_within) if known else None,
        "not_counted_because": reason,
        "repeat_mm": {"across": _rounded(across), "down": _rounded(down)},
        "repeat_px": {"across": _rounded(seen.repeat.across), "down": _rounded(seen.repeat.down)},
        "capture": {
            "flags": [finding.flag for finding in seen.findings],
            "sentences": [finding.sentence for finding in seen.findings],
        },
        "notes": list(seen.notes),
    }  # fmt: skip


def _rounded(value: float | None) -> float | None:
    """Four significant digits."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.4g}")


def _interval(middle: float, within: float) -> list[float]:
    """The interval that holds the true count in nine of ten pictures."""
    return [round(middle - within, 2), round(middle + within, 2)]


_SCALE_WORDS = {
    "card": "by the scale card",
    "file": "as the file says",
    "hand": "as you say",
}


def _measured_lines(row: dict[str, Any]) -> list[str]:
    """The same for people."""
    lines = [f"{row['image']}: {row['width']:,} × {row['height']:,} px"]
    if row["px_per_mm"] is None:
        lines.append("  scale: not known; lay a scale card beside the cloth, or say --dpi")
    else:
        tilt = row["card_tilt_deg"]
        lean = f", tilted {tilt:.0f}°" if row["scale_source"] == "card" else ""
        lines.append(f"  scale: {row['px_per_mm']} px per mm, {_SCALE_WORDS[row['scale_source']]}{lean}")
    if row["ends_per_cm"] is None:
        lines.append(f"  threads: {row['not_counted_because']}")
    else:
        for name, one in (("ends", "ends"), ("picks", "picks")):
            low, high = row[f"{one}_interval"]
            lines.append(f"  {name}: {row[f'{one}_per_cm']} per cm ({low} to {high})")
    repeat = [f"{mm:g} mm {way}" for way, mm in row["repeat_mm"].items() if mm is not None]
    repeat = repeat or [f"{px:g} px {way}" for way, px in row["repeat_px"].items() if px is not None]
    lines.append(f"  repeat: {', '.join(repeat) or 'none seen'}")
    lines.append(f"  capture: {' '.join(row['capture']['sentences']) or 'good.'}")
    return lines + [f"  ({note})" for note in row["notes"]]


def scan_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder scan``: 0 when a page is there (or with --list, always)."""
    if arguments.list:
        return _list_scanners()
    if not arguments.device:
        raise FabricFinderError("Say which scanner: --device NAME. “fabricfinder scan --list” names them.")
    if arguments.out:
        _scanned(arguments, Path(arguments.out))
        return 0
    if not arguments.library:
        raise FabricFinderError("Say where the pages go: --out DIR or --library DIR.")
    from fabricfinder.capture.scanner import scans_folder
    from fabricfinder.commands import open_finder
    from fabricfinder.terminal import run

    finder = open_finder(arguments.library, create=True)  # before any cloth is laid on the glass
    try:
        paths = _scanned(arguments, scans_folder(Path(arguments.library)))
        return _told(run(finder.import_paths([str(path) for path in paths])))
    finally:
        finder.close()


def _scanned(arguments: argparse.Namespace, folder: Path) -> list[Path]:
    """Scan into a folder and print the files: the pages, or the swatches cut from them."""
    from fabricfinder.capture.finding import open_scanner
    from fabricfinder.capture.splitting import split_pages
    from fabricfinder.terminal import run

    report = run(open_scanner(arguments.device).scan(_scan_settings(arguments), folder))
    paths = [page.path for page in report.pages]
    if arguments.split:
        paths = run(split_pages(report.pages)) or paths
    for path in paths:
        print(path, flush=True)
    if report.problem:
        tell(report.problem)
    return paths


def _scan_settings(arguments: argparse.Namespace) -> Any:
    """What was asked for as ``ScanSettings``."""
    from fabricfinder.capture.scanner import FEEDER, GLASS, Area, ScanSettings

    source = arguments.source or (FEEDER if arguments.pages > 1 else GLASS)
    options = dict(pair.partition("=")[::2] for pair in arguments.set)
    return ScanSettings(
        arguments.dpi, Area(*arguments.area) if arguments.area else None, not arguments.gray,
        arguments.depth, source, arguments.pages, options=options,
    )  # fmt: skip


def _list_scanners() -> int:
    from fabricfinder.capture.finding import list_scanners

    listing = list_scanners()
    for found in listing.found:
        print(f"{found.name}  {found.title}")
    if not listing.found:
        print("No scanner was found.")
    for note in listing.notes:
        tell(note)
    return 0


def _told(report: Any) -> int:
    """Say what an import did; 0 when anything is in the library that was asked for."""
    print(f"{report.imported:,} imported, {report.already_here:,} already here, "
          f"{len(report.problems):,} could not be read.", flush=True)  # fmt: skip
    for problem in report.problems:
        tell(f"{problem.path}: {problem.reason}")
    return 0 if report.imported or report.already_here else 1


def camera_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder camera``: the sharpest of a few pictures as a file."""
    from fabricfinder.capture.camera import take_picture
    from fabricfinder.capture.check import capture_findings
    from fabricfinder.terminal import run

    def watch(progress: Any) -> None:
        if progress.notice:
            tell(progress.notice)

    frame = run(take_picture(arguments.url, Path(arguments.out)), watch)
    height, width = frame.rgb.shape[:2]
    print(f"The picture: {arguments.out} ({width:,} × {height:,} px)")
    for finding in capture_findings(frame.rgb):
        tell(finding.sentence)
    return 0


def pause(seconds: float) -> None:
    """Wait between two looks."""
    time.sleep(seconds)


def watch_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder watch``: until Ctrl+C, or once; 0 when the folder could be read."""
    from fabricfinder.capture.watched import WatchedFolder
    from fabricfinder.commands import open_finder
    from fabricfinder.terminal import run

    watched = WatchedFolder(str(Path(arguments.folder).absolute()))
    finder = open_finder(arguments.library, create=True)
    was_there = None
    try:
        while True:
            look = watched.look()
            if look.there != was_there:
                tell(f"Watching {watched.folder}." if look.there else
                     f"{watched.folder} is not there now; it is looked for again.")  # fmt: skip
            was_there = look.there
            if look.new:
                _told(run(finder.import_paths(look.new)))
            if arguments.once and not look.coming:
                return 0 if look.there else 1
            pause(arguments.every)
    finally:
        finder.close()


CAPTURE_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "scale-card": scale_card_command,
    "measure": measure_command,
    "scan": scan_command,
    "camera": camera_command,
    "watch": watch_command,
}
