"""What every scanner is to this program: a name, what it can do, and an operation that scans."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fabricfinder.capture.errors import ScannerError
from fabricfinder.domain.progress import Progress

GLASS, FEEDER = "glass", "feeder"
ALL_PAGES = 0

# What may happen to a scanner, and what to do about it.
WORDS = {
    "jammed": "Paper is jammed in the scanner's feeder. Take it out, put the rest back, and go on.",
    "empty": "The scanner's feeder is empty. Put the sheets in, or choose the glass.",
    "open": "The scanner's lid or feeder is open. Close it and scan again.",
    "busy": "The scanner is busy. Wait until it is done, or close the program that uses it.",
    "cancelled": "The scan was stopped.",
    "denied": "You have no permission to use this scanner; ask whoever looks after this computer.",
    "memory": "The scanner ran out of memory. Choose fewer dpi or a smaller area.",
    "setting": "The scanner does not know one of these settings. Choose another dpi, area or source.",
    "read": "The scanner stopped in mid-page. Check its cable, switch it off and on, scan again.",
    "cut off": "The scanner sent less than a whole page. Scan it again.",
    "gone": "The scanner does not answer. Check that it is switched on and connected.",
    "disk": "The page could not be written; there may be no room left on the drive.",
}
# A scan that ends so, with pages there already, has simply come to its end.
ENDINGS = frozenset({"empty"})


def scanner_error(kind: str, detail: str = "") -> ScannerError:
    """The error of a kind of ``WORDS``, its detail in brackets."""
    sentence = WORDS[kind]
    return ScannerError(f"{sentence} ({detail})" if detail else sentence, kind)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the glass in mm: its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How to scan.

    Attributes:
        dpi: dots per inch, the same both ways.
        area: None = all of the glass or sheet.
        color: or grey; depth: bits of a channel, 8 or 16.
        source: ``GLASS``, ``FEEDER`` or the device's own word for one.
        pages: from the feeder; ``ALL_PAGES`` until it is empty. The glass gives one.
        preview: quick and coarse, for choosing the area.
        options: further settings by the device's own names.
    """

    dpi: float = 300.0
    area: Area | None = None
    color: bool = True
    depth: int = 8
    source: str = GLASS
    pages: int = 1
    preview: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a scanner can do.

    Attributes:
        dpi: resolutions it offers; two of a ``dpi_range`` are its ends.
        dpi_range: whether every resolution between the two is offered.
        sources: its own words, the usual one first.
        depths: bits a channel.
        modes: its own words for colour, grey and the like.
        width_mm, height_mm: of the largest area; 0 = not said.
        preview: whether it has a quick and coarse way of its own.
    """

    dpi: tuple[float, ...]
    dpi_range: bool = False
    sources: tuple[str, ...] = ()
    depths: tuple[int, ...] = (8,)
    modes: tuple[str, ...] = ()
    width_mm: float = 0.0
    height_mm: float = 0.0
    preview: bool = False

    def offers(self, dpi: float) -> bool:
        """Whether it scans at this resolution (unknown ones are tried)."""
        if not self.dpi:
            return True
        return min(self.dpi) <= dpi <= max(self.dpi) if self.dpi_range else dpi in self.dpi

    def checked(self, dpi: float) -> float:
        """The resolution itself.

        Raises:
            ScannerError: it is not offered; the sentence says which are.
        """
        if self.offers(dpi):
            return dpi
        join = "–" if self.dpi_range else ", "
        offered = join.join(f"{d:g}" for d in sorted(self.dpi))
        raise ScannerError(f"This scanner cannot scan at {dpi:g} dpi. It offers {offered}.", "setting")

    def source(self, wanted: str) -> str:
        """The device's word for glass or feeder; "" where it has no choice.

        Raises:
            ScannerError: it has no such source.
        """
        if wanted in self.sources:
            return wanted
        feeders = [s for s in self.sources if _is_feeder(s)]
        if wanted == FEEDER:
            if not feeders:
                raise ScannerError("This scanner has no feeder; lay the cloth on its glass.", "setting")
            return feeders[0]
        glasses = [s for s in self.sources if s not in feeders]
        if wanted == GLASS:
            return glasses[0] if glasses else ""
        names = ", ".join(self.sources) or "none to choose from"
        raise ScannerError(f"This scanner has no source “{wanted}”. It has: {names}.", "setting")

    def mode(self, color: bool) -> str:
        """The device's word for colour or grey; "" where it has no choice."""
        wanted = ("color", "colour") if color else ("gray", "grey")
        return next((m for m in self.modes if any(w in m.lower() for w in wanted)), "")


def _is_feeder(source: str) -> bool:
    return any(word in source.lower() for word in ("feeder", "adf", "duplex"))


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page as a file whose resolution is written in it."""

    path: Path
    dpi: float


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What came of a scan: the whole pages, and what ended it early, or "" for both words."""

    pages: tuple[ScannedPage, ...]
    problem: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FoundScanner:
    """A scanner in the list.

    Attributes:
        name: what ``open_scanner`` takes: ``sane:…`` or ``escl:http://…``.
        title: maker and model.
    """

    name: str
    title: str


Steps = Generator[Progress, None, Any]


class Scanner(Protocol):
    """One scanner."""

    name: str

    def abilities(self) -> Abilities:
        """What it can do; asks the device. Raises ScannerError."""

    def scan(self, settings: ScanSettings, folder: Path) -> Steps:
        """Scan into a folder, progress with each finished page as its partial; a ScanReport.

        Closing the generator stops the scanner; pages that were whole stay. Raises ScannerError
        when not one page was whole.
        """


def settled(pages: Sequence[ScannedPage], kind: str, detail: str = "") -> ScanReport:
    """The report of a scan that ended as ``kind`` ("" = as it should).

    Raises:
        ScannerError: something went wrong and there is no page.
    """
    if not kind or (kind in ENDINGS and pages):
        if not pages:
            raise scanner_error("cut off", detail)
        return ScanReport(tuple(pages))
    error = scanner_error(kind, detail)
    if not pages:
        raise error
    return ScanReport(tuple(pages), str(error), kind)


def scans_folder(library: Path) -> Path:
    """The folder beside a library's file where its scans and camera pictures are kept."""
    return (library.parent if library.is_file() else library) / "scans"


def fresh_prefix(folder: Path, day: str) -> str:
    """A beginning for file names that no file in the folder has yet: ``scan-<day>-<n>``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise ScannerError(f"Nothing can be written to {folder} ({error.strerror}).", "disk") from error
    number = 1
    while any(name.startswith(f"scan-{day}-{number:03}-") for name in taken):
        number += 1
    return f"scan-{day}-{number:03}"
