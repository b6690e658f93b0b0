"""The command line's way from cloth to files: scale-card, measure, scan, camera, watch."""

import argparse
import json
import math
import sys
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


def _dpi(text: str) -> float:
    """Dots per inch between 10 and 20,000, or a usage error."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 10 <= value <= 20_000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a resolution of 10 to 20,000 dpi")
    return value


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
        "capture": {"flags": list(seen.quality.flags), "sentences": list(seen.quality.sentences)},
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


CAPTURE_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "scale-card": scale_card_command,
    "measure": measure_command,
}
