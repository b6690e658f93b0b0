"""Exact labels of rendered cloth as ``fabricfinder synthesize`` writes them."""

import csv
import re
from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.palette import COLOR_NAMES, Palette, PaletteColor
from fabricfinder.domain.palette_regions import rgb_to_hsv8
from fabricfinder.evaluation.truth import FabricTruth

_COLOR = re.compile(r"(\w+) #([0-9a-f]{6}) ([0-9.]+)")


def labels_of_sheet(path: Path) -> FabricTruth:
    """Read the exact labels of every fabric; each design is a family, all of kind "base".

    Raises:
        FabricFinderError: the sheet does not tell tightness, density and palette.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = {row["fabric"]: row for row in csv.DictReader(file)}
        fabrics = list(rows.values())
        return FabricTruth(
            fabric=np.array(list(rows)),
            family=np.array([row["design"] for row in fabrics]),
            kind=np.array(["base"] * len(rows)),
            coarse=np.array([row["coarse_minor"] for row in fabrics]),
            fine=np.array([row["fine"] for row in fabrics]),
            tightness=np.array([float(row["tightness"]) for row in fabrics], np.float32),
            density=np.array(
                [(float(row["ends_per_cm"]), float(row["picks_per_cm"])) for row in fabrics],
                np.float32,
            ),
            palette=np.stack([palette_of_text(row["palette"]).to_array() for row in fabrics]),
        )
    except (OSError, KeyError, ValueError) as error:
        raise FabricFinderError(
            f"{path} does not carry the exact labels of rendered cloth; it was not drawn by "
            "this benchmark recipe."
        ) from error


def palette_of_text(text: str) -> Palette:
    """A palette from ``blue #1f2b4d 0.623; white #f4f3ee 0.377``; hues to 2 degrees.

    Raises:
        ValueError: not such a text.
    """
    found = _COLOR.findall(text)
    if not found:
        raise ValueError(f"{text!r} is no palette")
    colors = []
    total = sum(float(share) for _, _, share in found)
    for name, code, share in found:
        rgb = np.array([[int(code[i : i + 2], 16) for i in (0, 2, 4)]], np.uint8)
        hue, saturation, value = rgb_to_hsv8(rgb)[0]
        colors.append(
            PaletteColor(
                COLOR_NAMES.index(name), 2.0 * hue, saturation / 255, value / 255,
                float(share) / total,
            )
        )  # fmt: skip
    return Palette(tuple(colors))
