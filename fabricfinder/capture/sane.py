"""Scanners on Linux by SANE, through its own ``scanimage`` as a child process.

The library could be called directly, but its drivers are other people's C: they block for
minutes, keep global state, and some crash. As a child they cannot take the window down, a hung
one can be stopped, and the pages go straight to files, row by row, without passing our memory.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fabricfinder.capture.errors import CaptureError, ScannerError
from fabricfinder.capture.scanner import (
    ALL_PAGES,
    Abilities,
    FoundScanner,
    ScannedPage,
    ScanSettings,
    Steps,
    fresh_prefix,
    scanner_error,
    settled,
)
from fabricfinder.capture.stamp import stamp, tiff_dpi, tiff_is_whole
from fabricfinder.domain.progress import Progress

PROGRAM = "scanimage"
LIST_S, ASK_S, STOP_S = 30.0, 30.0, 8.0
_TICK_S = 0.05
PREVIEW_DPI = 75.0

# sane_strstatus() in the C locale, the same since SANE 1.0.
_STATUS = {
    "document feeder jammed": "jammed",
    "document feeder out of documents": "empty",
    "scanner cover is open": "open",
    "device busy": "busy",
    "operation was cancel": "cancelled",
    "access to resource has been denied": "denied",
    "out of memory": "memory",
    "invalid argument": "setting",
    "operation not supported": "setting",
    "unrecognized option": "setting",
    "error during device i/o": "read",
    "end of file reached": "cut off",
    "no space left": "disk",
}
_OPTION = re.compile(r"^\s+(?:--?)([a-z][\w-]*)[ =\[]*(\S.*?)\s\[([^\[\]]*)\]\s*(?:\[.*\])?$", re.I)


def is_here() -> bool:
    """Whether SANE's program is on this computer."""
    return shutil.which(PROGRAM) is not None


def list_sane() -> list[FoundScanner]:
    """The scanners SANE sees; asking the network may take seconds.

    Raises:
        ScannerError: SANE is missing or does not answer.
    """
    made = _asked(["-f", "%d\t%v %m%n"], LIST_S)
    rows = (line.split("\t", 1) for line in made.stdout.splitlines() if "\t" in line)
    return [FoundScanner(f"sane:{name}", title.strip()) for name, title in rows]


class SaneScanner:
    """A scanner by its SANE name (``test:0``, ``genesys:libusb:001:004``).

    Args:
        device: as SANE calls it.
        program: SANE's ``scanimage``.
    """

    def __init__(self, device: str, program: str = PROGRAM) -> None:
        self.device = device
        self.name = f"sane:{device}"
        self._program = program

    def abilities(self) -> Abilities:
        """Ask the device for its options."""
        made = _asked(["-d", self.device, "-A"], ASK_S, self._program)
        if made.returncode or "specific to device" not in made.stdout:
            raise scanner_error(_kind_of(made.stderr) or "gone", self.device)
        return read_abilities(made.stdout)

    def scan(self, settings: ScanSettings, folder: Path) -> Steps:
        """See ``Scanner.scan``; TIFF files ``scan-<day>-<n>-p0001.tif``."""
        yield Progress("Asking the scanner", unit="pages")
        abilities = self.abilities()
        dpi = _dpi_for(settings, abilities)
        prefix = fresh_prefix(folder, time.strftime("%Y-%m-%d"))
        asked = [
            self._program, "-d", self.device, "--format=tiff", "-p", "--batch-print",
            f"--batch={_percented(folder / prefix)}-p%04d.tif", *_pages(settings, abilities),
            *options_for(settings, abilities, dpi),
        ]  # fmt: skip
        try:
            child = subprocess.Popen(
                asked, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env=_plain_environment(), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise _no_sane() from error
        pages: list[ScannedPage] = []
        said = ""
        try:
            for text in _heard(child):
                said = (said + text)[-4000:]
                done, part = _progress(said)
                for path in _finished(folder, prefix, len(pages), done):
                    page = _whole_page(path, dpi)
                    if page is None:
                        return settled(pages, "cut off")
                    pages.append(page)
                    yield Progress("Scanning", len(pages), settings.pages or None, "pages", page)
                yield Progress("Scanning", 100 * len(pages) + part, None, "% of a page")
        finally:
            _stopped(child)
            for left in folder.glob(f"{prefix}-*.part"):
                left.unlink(missing_ok=True)
        for path in _finished(folder, prefix, len(pages), 1 << 30):
            page = _whole_page(path, dpi)
            if page is None:
                return settled(pages, "cut off")
            pages.append(page)
            yield Progress("Scanning", len(pages), settings.pages or None, "pages", page)
        return settled(pages, _ended_as(child.returncode, said))


def read_abilities(text: str) -> Abilities:
    """What ``scanimage -A`` says a device can do."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _OPTION.match(line)
        if match and match[3] != "inactive":
            found.setdefault(match[1], match[2])
    dpi = _numbers(found.get("resolution", found.get("x-resolution", "")))
    depths = tuple(int(n) for n in _numbers(found.get("depth", "")) if n >= 8)
    return Abilities(
        dpi,
        ".." in found.get("resolution", found.get("x-resolution", "")),
        _choices(found.get("source", "")),
        depths or (8,),
        _choices(found.get("mode", "")),
        max(_numbers(found.get("x", "")), default=0.0),
        max(_numbers(found.get("y", "")), default=0.0),
        "preview" in found,
    )


def options_for(settings: ScanSettings, abilities: Abilities, dpi: float) -> list[str]:
    """The settings as ``scanimage`` takes them.

    Raises:
        ScannerError: the device has no such source.
    """
    made = []
    source = abilities.source(settings.source)
    if source:
        made.append(f"--source={source}")
    mode = abilities.mode(settings.color)
    if mode:
        made.append(f"--mode={mode}")
    made.append(f"--resolution={dpi:g}")
    if len(abilities.depths) > 1:
        made.append(f"--depth={settings.depth}")
    if settings.preview and abilities.preview:
        made.append("--preview=yes")
    area = settings.area
    if area is not None:
        made += ["-l", f"{area.x:g}", "-t", f"{area.y:g}"]
        made += ["-x", f"{area.width:g}", "-y", f"{area.height:g}"]
    elif abilities.width_mm and abilities.height_mm:
        made += ["-l", "0", "-t", "0"]
        made += ["-x", f"{abilities.width_mm:g}", "-y", f"{abilities.height_mm:g}"]
    return made + [f"--{name}={value}" for name, value in settings.options.items()]


def _dpi_for(settings: ScanSettings, abilities: Abilities) -> float:
    """The resolution to ask for.

    Raises:
        ScannerError: the device does not offer it; the sentence says what it offers.
    """
    if settings.preview:
        if abilities.offers(PREVIEW_DPI):
            return PREVIEW_DPI
        return min(abilities.dpi, key=lambda offered: abs(offered - PREVIEW_DPI))
    return abilities.checked(settings.dpi)


def _pages(settings: ScanSettings, abilities: Abilities) -> list[str]:
    """How many pages: only a feeder has more than one."""
    from_feeder = abilities.source(settings.source) not in ("", abilities.source("glass"))
    if not from_feeder:
        return ["--batch-count=1"]
    return [] if settings.pages == ALL_PAGES else [f"--batch-count={settings.pages}"]


def _percented(path: Path) -> str:
    """A path as ``scanimage`` reads it, in which a % begins a number."""
    return str(path.absolute()).replace("%", "%%")


def _heard(child: subprocess.Popen) -> Iterator[str]:
    """What the child says, piece by piece, "" each tick it says nothing, until it ends."""
    assert child.stderr is not None
    pipe = child.stderr.fileno()
    while True:
        ready, _, _ = select.select([pipe], [], [], _TICK_S)
        if not ready:
            yield ""
            continue
        raw = os.read(pipe, 4096)
        if not raw:
            child.wait()
            return
        yield raw.decode("utf-8", "replace")


def _progress(said: str) -> tuple[int, int]:
    """(pages finished, percent of the one being scanned) from what was said so far."""
    done = re.findall(r"Scanned page (\d+)", said)
    now = re.findall(r"Progress: ([\d.]+)%", said)
    part = int(float(now[-1])) if now else 0
    return (int(done[-1]) if done else 0), (0 if part >= 100 else part)


def _finished(folder: Path, prefix: str, have: int, done: int) -> list[Path]:
    """Files of the pages after the first ``have``, up to the ``done``-th."""
    numbers = range(have + 1, min(done, have + 10_000) + 1)
    found = []
    for number in numbers:
        path = folder / f"{prefix}-p{number:04}.tif"
        if not path.exists():
            break
        found.append(path)
    return found


def _whole_page(path: Path, dpi: float) -> ScannedPage | None:
    """A finished file with its resolution written in it, or None (and no file) when cut off."""
    try:
        if tiff_is_whole(path):
            true = tiff_dpi(path) or dpi  # the driver may have rounded what was asked
            stamp(path, true)
            return ScannedPage(path, true)
    except CaptureError:
        pass
    path.unlink(missing_ok=True)
    return None


def _stopped(child: subprocess.Popen) -> None:
    """End the child: first as Ctrl+C does, so that the scanner carries its lamp home."""
    assert child.stderr is not None
    if child.poll() is None:
        for how, patience in ((signal.SIGINT, STOP_S), (signal.SIGKILL, STOP_S)):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, how)
            with suppress(subprocess.TimeoutExpired):
                child.wait(patience)
                break
    child.stderr.close()


def _ended_as(code: int | None, said: str) -> str:
    """The kind of ``WORDS`` a scan ended with, or "" when nothing was wrong."""
    kind = _kind_of(said)
    if kind == "empty" or code == 0:
        return kind
    return kind or ("read" if code and code < 0 else "gone")


def _kind_of(said: str) -> str:
    """The kind of the last complaint of ``scanimage``, or ""."""
    complaints = re.findall(r"^.*scanimage[^:\n]*: (.*)$", said, re.MULTILINE)
    for line in reversed(complaints):
        for words, kind in _STATUS.items():
            if words in line.lower():
                return "gone" if kind == "setting" and "open of device" in line else kind
    return ""


def _asked(asked: list[str], patience: float, program: str = PROGRAM) -> subprocess.CompletedProcess:
    """Run ``scanimage`` for an answer in text."""
    try:
        return subprocess.run(
            [program, *asked], capture_output=True, text=True, errors="replace", timeout=patience,
            env=_plain_environment(), stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise scanner_error("gone") from error
    except OSError as error:
        raise _no_sane() from error


def _no_sane() -> ScannerError:
    return ScannerError(
        "SANE is not on this computer. Install its package (sane-utils) to use scanners here.", "gone"
    )


def _plain_environment() -> dict[str, str]:
    """Ours, speaking English with points in numbers, so that what is said can be read."""
    return os.environ | {"LC_ALL": "C", "LANGUAGE": "C"}


def _choices(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _numbers(text: str) -> tuple[float, ...]:
    """The numbers of ``1..1200dpi (in steps of 1)`` or ``75|150|300dpi``."""
    text = text.split("(")[0].replace("auto|", "")
    return tuple(float(n) for n in re.findall(r"\d+(?:\.\d+)?", text.replace("..", " ")))
