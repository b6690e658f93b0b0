"""A scan as a window plays it: look around, preview, correct the frames, scan, cut apart.

Frames are in millimetres of the glass, so those drawn on a coarse preview hold for the fine scan.
"""

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.capture.errors import ScannerError
from fabricfinder.capture.finding import Listing, list_scanners, open_scanner
from fabricfinder.capture.scanner import (
    ALL_PAGES,
    FEEDER,
    Abilities,
    Area,
    FoundScanner,
    ScannedPage,
    ScanSettings,
    Steps,
)
from fabricfinder.capture.split import SwatchOutline, find_swatches
from fabricfinder.capture.splitting import cut_page, split_page
from fabricfinder.domain.progress import Progress
from fabricfinder.vision.decode import decode
from fabricfinder.vision.scale import CM_PER_INCH

_TICK_S = 0.05
_MM_PER_INCH = 10 * CM_PER_INCH
LEAST_FRAME_MM = 4.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A swatch on the glass, mm: its middle, its sides, and how far it is turned (clockwise)."""

    x: float
    y: float
    width: float
    height: float
    turned_deg: float = 0.0

    @property
    def corners(self) -> np.ndarray:
        """Top left, top right, bottom right, bottom left, mm, float (4, 2)."""
        turn = math.radians(self.turned_deg)
        across = np.array([math.cos(turn), math.sin(turn)]) * self.width / 2
        down = np.array([-math.sin(turn), math.cos(turn)]) * self.height / 2
        middle = np.array([self.x, self.y])
        return np.array([middle - across - down, middle + across - down,
                         middle + across + down, middle - across + down])  # fmt: skip

    def outline(self, px_per_mm: float, origin: tuple[float, float]) -> SwatchOutline:
        """The same on a scan of this scale whose upper left corner lies at ``origin`` (mm)."""
        return SwatchOutline((self.corners - origin) * px_per_mm - 0.5, self.turned_deg)


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """The glass, seen quickly.

    Attributes:
        rgb: uint8 (h, w, 3).
        px_per_mm: of ``rgb``.
        frames: the swatches found on it.
    """

    rgb: np.ndarray
    px_per_mm: float
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of a scan.

    Attributes:
        files: for the library: the swatches cut out, and pages on which nothing was cut.
        pages: how many whole pages there are; swatches: how many pieces were cut.
        problem, kind: what ended it early, as in ``ScanReport``.
    """

    files: tuple[Path, ...]
    pages: int
    swatches: int
    problem: str = ""
    kind: str = ""


def look_around(addresses: Iterable[str] = ()) -> Steps:
    """Look for scanners, those of some addresses too; returns a Listing."""
    listing: Listing = yield from _waiting(list_scanners, "Looking for scanners")
    known = {found.name for found in listing.found}
    named = [open_scanner(address).name for address in addresses]
    extra = [FoundScanner(name, name.removeprefix("escl:")) for name in named if name not in known]
    return replace(listing, found=(*listing.found, *extra))


def ask_scanner(name: str) -> Steps:
    """What a scanner can do; returns its Abilities. Raises ScannerError."""
    return (yield from _waiting(open_scanner(name).abilities, "Asking the scanner"))


def preview_glass(name: str, settings: ScanSettings) -> Steps:
    """See all of the glass coarsely; returns a Preview. Raises ScannerError."""
    with tempfile.TemporaryDirectory(prefix="fabricfinder-") as folder:
        asked = replace(settings, area=None, preview=True, pages=1, depth=8)
        report = yield from open_scanner(name).scan(asked, Path(folder))
        page: ScannedPage = report.pages[0]
        image = decode(page.path, max_side=1600)
    px_per_mm = _px_per_mm(page, image.working_px_per_cm, image.reduction)
    yield Progress("Looking for swatches")
    return Preview(image.rgb, px_per_mm, frames_on(image.rgb, px_per_mm))


def frames_on(rgb: np.ndarray, px_per_mm: float) -> tuple[Frame, ...]:
    """The swatches on a picture of the glass, uint8 (h, w, 3), row by row."""
    frames = []
    for found in find_swatches(rgb):
        (x, y), (width, height) = found.corners.mean(axis=0) + 0.5, found.size
        frames.append(
            Frame(x / px_per_mm, y / px_per_mm, width / px_per_mm, height / px_per_mm,
                  found.turned_deg)
        )  # fmt: skip
    return tuple(frames)


def scan_to_files(
    name: str,
    settings: ScanSettings,
    folder: Path,
    frames: Sequence[Frame] | None = None,
    *,
    split: bool = False,
) -> Steps:
    """Scan into a folder and cut the swatches apart; returns a Scanned.

    Each finished page comes as a ``ScannedPage`` partial, each piece as a Path.

    Args:
        frames: where the swatches lie on the glass, corrected by her; None finds them on each page.
        split: cut them apart where no frames are given; a page with none stays whole.

    Raises:
        ScannerError: not one page came.
    """
    report = yield from open_scanner(name).scan(settings, folder)
    files: list[Path] = []
    swatches = 0
    for page in report.pages:
        pieces: list[Path] = []
        if frames:
            image = decode(page.path)
            scale = _px_per_mm(page, image.working_px_per_cm, image.reduction)
            origin = (settings.area.x, settings.area.y) if settings.area else (0.0, 0.0)
            outlines = [frame.outline(scale, origin) for frame in frames]
            pieces = yield from cut_page(page, image, outlines)
        elif split:
            pieces = yield from split_page(page)
        swatches += len(pieces)
        files += pieces or [page.path]
    return Scanned(tuple(files), len(report.pages), swatches, report.problem, report.kind)


def is_from_feeder(abilities: Abilities, source: str) -> bool:
    """Whether one of a scanner's sources gives page after page."""
    try:
        return bool(source) and abilities.source(FEEDER) == source
    except ScannerError:
        return False


def scan_megapixels(settings: ScanSettings, abilities: Abilities) -> float | None:
    """How large a page will be, in megapixels, or None where the area is not known."""
    wide = settings.area.width if settings.area else abilities.width_mm
    high = settings.area.height if settings.area else abilities.height_mm
    if not wide or not high:
        return None
    return wide * high * (settings.dpi / _MM_PER_INCH) ** 2 / 1e6


def fitted_area(area: Area, abilities: Abilities) -> Area:
    """An area brought inside the glass, at least 4 mm a side."""
    wide, high = abilities.width_mm or math.inf, abilities.height_mm or math.inf
    x = min(max(0.0, area.x), wide - LEAST_FRAME_MM)
    y = min(max(0.0, area.y), high - LEAST_FRAME_MM)
    width = min(max(LEAST_FRAME_MM, area.width), wide - x)
    return Area(x, y, width, min(max(LEAST_FRAME_MM, area.height), high - y))


def pages_wanted(abilities: Abilities, source: str, pages: int) -> int:
    """One from the glass; from the feeder so many, or all (0)."""
    return (pages or ALL_PAGES) if is_from_feeder(abilities, source) else 1


def _px_per_mm(page: ScannedPage, working_px_per_cm: float | None, reduction: float) -> float:
    """Scale of a decoded page: what its file says, else what was asked for."""
    if working_px_per_cm is not None:
        return working_px_per_cm / 10
    return page.dpi / _MM_PER_INCH / reduction


def _waiting(work: Callable[[], Any], phase: str) -> Steps:
    """Do something slow beside the thread that steps; what nobody waits for any more runs out."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="scanner")
    try:
        future = pool.submit(work)
        while wait([future], timeout=_TICK_S).not_done:
            yield Progress(phase)
        return future.result()
    finally:
        pool.shutdown(wait=False)
