"""Network scanners by eSCL, the driverless protocol (Mopria Alliance, eSCL Technical Specification).

``ScannerCapabilities`` says what it can do, a POST to ``ScanJobs`` begins, ``NextDocument`` under
the job gives page after page until 404, ``DELETE`` stops it, ``ScannerStatus`` says what is wrong.
A page is written to its file as it arrives.
"""

import http.client
import math
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from fabricfinder.capture.errors import CaptureError, ScannerError
from fabricfinder.capture.scanner import (
    ALL_PAGES,
    FEEDER,
    GLASS,
    Abilities,
    ScannedPage,
    ScanSettings,
    Steps,
    fresh_prefix,
    scanner_error,
    settled,
)
from fabricfinder.capture.stamp import stamp
from fabricfinder.domain.progress import Progress

UNITS_PER_MM = 300 / 25.4  # eSCL counts in 1/300 inch
_ASK_S, _PAGE_S = 15.0, 180.0
_BUSY_TRIES, _BUSY_WAIT_S = 60, 0.5
_TICK_S = 0.05
_CHUNK = 1 << 16
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}
_LOSSLESS = ("image/png", "image/tiff")
_SCAN = "http://schemas.hp.com/imaging/escl/2011/05/03"
_PWG = "http://www.pwg.org/schemas/2010/12/sm"
_MAX_XML = 1 << 20

# Adf states of ScannerStatus that stop a scan, and our words for them.
_ADF = {
    "ScannerAdfJam": "jammed",
    "ScannerAdfMispick": "jammed",
    "ScannerAdfMultipickDetected": "jammed",
    "ScannerAdfHatchOpen": "open",
    "ScannerAdfEmpty": "empty",
}


class EsclScanner:
    """A network scanner by its address, ``http://192.168.1.20/eSCL``.

    Args:
        address: with or without ``/eSCL`` at its end.
    """

    def __init__(self, address: str) -> None:
        parts = urllib.parse.urlsplit(address if "//" in address else f"http://{address}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ScannerError(f"“{address}” is no address of a scanner; it looks like "
                               "http://192.168.1.20/eSCL.", "setting")  # fmt: skip
        path = parts.path.rstrip("/") or "/eSCL"
        self.root = f"{parts.scheme}://{parts.netloc}{path}"
        self.name = f"escl:{self.root}"

    def title(self) -> str:
        """Maker and model. Raises ScannerError."""
        found = self._capabilities().find(f".//{{{_PWG}}}MakeAndModel")
        return (found.text or "").strip() if found is not None else self.root

    def abilities(self) -> Abilities:
        """Ask the device; the area and resolutions of its glass, or of its feeder without one."""
        return read_capabilities(self._capabilities())

    def scan(self, settings: ScanSettings, folder: Path) -> Steps:
        """See ``Scanner.scan``; files ``scan-<day>-<n>-p0001.jpg`` (or as the scanner sends)."""
        yield Progress("Asking the scanner", unit="pages")
        capabilities = self._capabilities()
        abilities = read_capabilities(capabilities)
        asked = job_xml(settings, abilities, _formats(capabilities))
        dpi = _asked_dpi(settings, abilities)
        prefix = fresh_prefix(folder, time.strftime("%Y-%m-%d"))
        job = self._begin(asked)
        pages: list[ScannedPage] = []
        intake = _Intake()
        kind, ended = "", False
        many = settings.source != GLASS and settings.pages != 1
        pool = ThreadPoolExecutor(1, thread_name_prefix="escl")
        try:
            while not ended and (many or not pages):
                if settings.pages != ALL_PAGES and len(pages) >= settings.pages:
                    break
                stem = folder / f"{prefix}-p{len(pages) + 1:04}"
                future = pool.submit(_next_page, f"{job}/NextDocument", stem, dpi, intake)
                yield from _awaiting(future, intake)
                path, kind = future.result()
                if path is None:
                    ended = True
                    break
                page = ScannedPage(path, dpi)
                pages.append(page)
                yield Progress("Scanning", len(pages), settings.pages or None, "pages", page)
        finally:
            intake.stopped = True
            self._end(job)
            pool.shutdown(wait=False)  # a reader still waiting clears up after itself
        if ended and not kind:
            kind = self._trouble(bool(pages), settings.source)
        return settled(pages, kind)

    def _capabilities(self) -> ElementTree.Element:
        return _xml(f"{self.root}/ScannerCapabilities")

    def _begin(self, asked: bytes) -> str:
        """Start a job; returns its address."""
        request = urllib.request.Request(
            f"{self.root}/ScanJobs", asked, {"Content-Type": "text/xml"}, method="POST"
        )
        for _ in range(_BUSY_TRIES):
            try:
                with urllib.request.urlopen(request, timeout=_ASK_S) as answer:
                    where = answer.headers.get("Location")
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == 503:
                    time.sleep(_TICK_S)
                    continue
                kinds = {409: "setting", 400: "setting", 401: "denied", 403: "denied"}
                raise scanner_error(kinds.get(error.code, "read")) from error
            except (OSError, http.client.HTTPException) as error:
                raise scanner_error("gone", self.root) from error
            if not where:
                raise scanner_error("read")
            return self._here(where)
        raise scanner_error(self._trouble(False, FEEDER) or "busy")

    def _here(self, where: str) -> str:
        """A job's address on the host we asked: printers often name themselves otherwise."""
        path = urllib.parse.urlsplit(where).path.rstrip("/")
        root = urllib.parse.urlsplit(self.root)
        return f"{root.scheme}://{root.netloc}{path}"

    def _end(self, job: str) -> None:
        """Tell the scanner that nothing more is wanted; it may know already."""
        with suppress(OSError, http.client.HTTPException):
            urllib.request.urlopen(
                urllib.request.Request(job, method="DELETE"), timeout=_ASK_S
            ).close()

    def _trouble(self, has_pages: bool, source: str) -> str:
        """Why no page came, by ``ScannerStatus``; "" where nothing is wrong."""
        try:
            status = _xml(f"{self.root}/ScannerStatus")
        except ScannerError as error:
            return error.kind
        adf = status.findtext(f"{{{_SCAN}}}AdfState") or ""
        kind = _ADF.get(adf, "")
        if kind in ("jammed", "open") or (kind and source != GLASS and not has_pages):
            return kind
        state = status.findtext(f"{{{_PWG}}}State") or ""
        return "read" if state in ("Stopped", "Down") and not has_pages else ""


def read_capabilities(capabilities: ElementTree.Element) -> Abilities:
    """What ``ScannerCapabilities`` says."""
    sources = []
    if capabilities.find(f"{{{_SCAN}}}Platen") is not None:
        sources.append("Platen")
    if capabilities.find(f"{{{_SCAN}}}Adf") is not None:
        sources.append("Feeder")
    area = capabilities.find(f".//{{{_SCAN}}}PlatenInputCaps")
    if area is None:
        area = capabilities.find(f".//{{{_SCAN}}}AdfSimplexInputCaps")
    if area is None:
        raise ScannerError("This device does not say that it can scan.", "setting")
    modes = {e.text for e in area.iter(f"{{{_SCAN}}}ColorMode") if e.text}
    listed = {float(e.text) for e in area.iter(f"{{{_SCAN}}}XResolution") if e.text}
    span = area.find(f".//{{{_SCAN}}}ResolutionRange/{{{_SCAN}}}XResolutionRange")
    is_range = not listed and span is not None
    if is_range:
        listed = {float(span.findtext(f"{{{_SCAN}}}{end}") or 0) for end in ("Min", "Max")}
    wide, high = (
        float(area.findtext(f"{{{_SCAN}}}{side}") or 0) / UNITS_PER_MM
        for side in ("MaxWidth", "MaxHeight")
    )
    depths = (8, 16) if modes & {"RGB48", "Grayscale16"} else (8,)
    words = tuple(sorted({"color" if "RGB" in m else "gray" for m in modes if m != "BlackAndWhite1"}))
    return Abilities(tuple(sorted(listed)), is_range, tuple(sources), depths, words, wide, high)


def job_xml(settings: ScanSettings, abilities: Abilities, formats: tuple[str, ...]) -> bytes:
    """The ``ScanSettings`` of a job.

    Raises:
        ScannerError: a source or resolution the scanner does not have.
    """
    source = abilities.source(settings.source) or "Feeder"
    dpi = _asked_dpi(settings, abilities)
    depth = 16 if settings.depth == 16 and 16 in abilities.depths else 8
    mode = {(True, 8): "RGB24", (True, 16): "RGB48", (False, 8): "Grayscale8",
            (False, 16): "Grayscale16"}[settings.color, depth]  # fmt: skip
    best = next((f for f in _LOSSLESS if f in formats), "image/jpeg")
    area = settings.area
    x, y = (area.x, area.y) if area else (0.0, 0.0)
    wide, high = (area.width, area.height) if area else (abilities.width_mm, abilities.height_mm)
    region = {"Height": high, "Width": wide, "XOffset": x, "YOffset": y}
    places = "".join(f"<pwg:{k}>{round(mm * UNITS_PER_MM)}</pwg:{k}>" for k, mm in region.items())
    intent = "Preview" if settings.preview else "Photo"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<scan:ScanSettings xmlns:scan="{_SCAN}" xmlns:pwg="{_PWG}">'
        f"<pwg:Version>2.63</pwg:Version><scan:Intent>{intent}</scan:Intent>"
        "<pwg:ScanRegions pwg:MustHonor=\"true\"><pwg:ScanRegion>"
        "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>"
        f"{places}</pwg:ScanRegion></pwg:ScanRegions>"
        f"<pwg:InputSource>{source}</pwg:InputSource>"
        f"<scan:XResolution>{dpi:g}</scan:XResolution><scan:YResolution>{dpi:g}</scan:YResolution>"
        f"<scan:ColorMode>{mode}</scan:ColorMode>"
        f"<pwg:DocumentFormat>{best}</pwg:DocumentFormat>"
        f"<scan:DocumentFormatExt>{best}</scan:DocumentFormatExt>"
        "</scan:ScanSettings>"
    ).encode()


def _asked_dpi(settings: ScanSettings, abilities: Abilities) -> float:
    """The resolution to ask for. Raises ScannerError when the scanner does not offer it."""
    if settings.preview:
        return min(abilities.dpi, default=75.0)
    return abilities.checked(settings.dpi)


def _formats(capabilities: ElementTree.Element) -> tuple[str, ...]:
    names = (f"{{{_PWG}}}DocumentFormat", f"{{{_SCAN}}}DocumentFormatExt")
    return tuple(e.text for name in names for e in capabilities.iter(name) if e.text)


def _xml(address: str) -> ElementTree.Element:
    """A document of the scanner.

    Raises:
        ScannerError: it does not answer, or not as a scanner does.
    """
    try:
        with urllib.request.urlopen(address, timeout=_ASK_S) as answer:
            raw = answer.read(_MAX_XML)
    except urllib.error.HTTPError as error:
        error.close()
        raise scanner_error("denied" if error.code in (401, 403) else "gone", address) from error
    except (OSError, http.client.HTTPException) as error:
        raise scanner_error("gone", address) from error
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:  # no scanner needs them; bombs do
        raise scanner_error("gone", address)
    try:
        return ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise ScannerError(f"{address} answers, but not as a scanner does.", "gone") from error


class _Intake:
    """How much has arrived, and whether anyone still wants it."""

    def __init__(self) -> None:
        self.bytes = 0
        self.stopped = False


def _next_page(
    address: str, stem: Path, dpi: float, intake: _Intake
) -> tuple[Path | None, str]:
    """Fetch a page into a file; (its path, "") or (None, kind); "" = there are no more."""
    for _ in range(_BUSY_TRIES):
        try:
            with urllib.request.urlopen(address, timeout=_PAGE_S) as answer:
                return _saved(answer, stem, dpi, intake)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 503 and not intake.stopped:
                time.sleep(_BUSY_WAIT_S)
                continue
            return None, "" if error.code in (404, 410) else "read"
        except http.client.IncompleteRead:
            return None, "cut off"
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException):
            return None, "read"
        except OSError:
            return None, "disk"
    return None, "busy"


def _saved(answer: Any, stem: Path, dpi: float, intake: _Intake) -> tuple[Path | None, str]:
    """The body of an answer as a file with its resolution in it, whole or not at all."""
    kind = answer.headers.get_content_type()
    if kind not in _SUFFIXES:
        return None, "setting"
    path = stem.with_name(stem.name + _SUFFIXES[kind])
    part = path.with_name(path.name + ".part")
    intake.bytes = 0
    try:
        with part.open("wb") as file:
            while not intake.stopped and (chunk := answer.read1(_CHUNK)):
                file.write(chunk)
                intake.bytes += len(chunk)
        if intake.stopped:
            return None, "cancelled"
        length = answer.headers.get("Content-Length")
        if length is not None and intake.bytes != int(length):
            return None, "cut off"
        stamp(part, dpi)
        part.replace(path)
        return path, ""
    except CaptureError:  # what came is no picture
        return None, "cut off"
    finally:
        part.unlink(missing_ok=True)


def _awaiting(future: Future, intake: _Intake) -> Iterator[Progress]:
    """Progress until a page is here."""
    while wait([future], timeout=_TICK_S).not_done:
        yield Progress("Scanning", math.ceil(intake.bytes / 1000), None, "kB")
