"""A small eSCL scanner on loopback: speaks the published protocol, and fails when asked to."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import cv2
import numpy as np

SCAN = "http://schemas.hp.com/imaging/escl/2011/05/03"
PWG = "http://www.pwg.org/schemas/2010/12/sm"
NAMES = f'xmlns:scan="{SCAN}" xmlns:pwg="{PWG}"'
CAPS = """<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth>
<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>{high}</scan:MaxHeight>
<scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>
<scan:ColorMode>BlackAndWhite1</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode>
<scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes><scan:DocumentFormats>
<pwg:DocumentFormat>application/pdf</pwg:DocumentFormat>
<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>{resolutions}</scan:DiscreteResolutions>
</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>"""


@dataclass
class Device:
    """What the scanner is and what will go wrong with it.

    Attributes:
        sheets: in its feeder; jam_after: sheets before one jams, -1 = none does.
        busy: how many times NextDocument says "not yet".
        cut: send only half of a page; slow_s: pause between the pieces of a page.
        refuse: status of every POST, 0 = accepted.
        jobs, ended: settings received, job numbers deleted.
        glass: what lies on it, uint8 (h, w, 3) at ``glass_dpi``; None = a 10 mm grid.
    """

    sheets: int = 10
    jam_after: int = -1
    busy: int = 0
    cut: bool = False
    slow_s: float = 0.0
    refuse: int = 0
    hatch_open: bool = False
    jobs: list[ElementTree.Element] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    given: int = 0
    glass: np.ndarray | None = None
    glass_dpi: float = 200.0
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def adf(self) -> str:
        """Its feeder's state in the protocol's words."""
        if self.hatch_open:
            return "ScannerAdfHatchOpen"
        if self.jam_after >= 0 and self.given >= self.jam_after:
            return "ScannerAdfJam"
        return "ScannerAdfLoaded" if self.sheets > 0 else "ScannerAdfEmpty"

    def page(self) -> bytes:
        """A JPEG of the asked size, a 10 mm grid, without a word about its resolution."""
        job = self.jobs[-1]
        dpi = int(job.findtext(f"{{{SCAN}}}XResolution"))
        region = job.find(f".//{{{PWG}}}ScanRegion")
        wide, high = (int(region.findtext(f"{{{PWG}}}{k}")) * dpi // 300 for k in ("Width", "Height"))
        if self.glass is None:
            y, x = np.indices((high, wide)) / dpi * 2.54
            grid = ((x.astype(int) + y.astype(int)) % 2 * 255).astype(np.uint8)
            seen = np.repeat(grid[..., None], 3, axis=2)
        else:
            scale = dpi / self.glass_dpi
            left, top = (
                int(region.findtext(f"{{{PWG}}}{k}")) * dpi / 300 for k in ("XOffset", "YOffset")
            )
            there = np.float64([[scale, 0, -left], [0, scale, -top]])
            seen = cv2.warpAffine(cv2.cvtColor(self.glass, cv2.COLOR_RGB2BGR), there, (wide, high),
                                  flags=cv2.INTER_AREA, borderValue=(244, 244, 244))  # fmt: skip
        raw = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        return raw[:2] + raw[20:] if raw[2:4] == b"\xff\xe0" else raw  # no JFIF either


class EsclResponder:
    """Serves a ``Device`` until closed; ``address`` is its root."""

    def __init__(self, device: Device) -> None:
        self.device = device

        class Answers(_Answers):
            scanner = device

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}/eSCL"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.device.stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Answers(BaseHTTPRequestHandler):
    scanner: Device

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802
        device = self.scanner
        if self.path == "/eSCL/ScannerCapabilities":
            self._send(200, "text/xml", _capabilities().encode())
        elif self.path == "/eSCL/ScannerStatus":
            body = f"<scan:ScannerStatus {NAMES}><pwg:State>Idle</pwg:State><scan:AdfState>" \
                   f"{device.adf}</scan:AdfState></scan:ScannerStatus>"  # fmt: skip
            self._send(200, "text/xml", body.encode())
        elif self.path.endswith("/NextDocument"):
            self._next()
        else:
            self._send(404)

    def do_POST(self) -> None:  # noqa: N802
        device = self.scanner
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if device.refuse:
            self._send(device.refuse)
            return
        device.jobs.append(ElementTree.fromstring(body))
        device.given = 0
        self.send_response(201)  # names itself otherwise, as printers do
        self.send_header("Location", f"http://printer.local:8080/eSCL/ScanJobs/{len(device.jobs)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self) -> None:  # noqa: N802
        self.scanner.ended.append(int(self.path.rsplit("/", 1)[1]))
        self.scanner.stop.set()
        self._send(200)

    def _next(self) -> None:
        device = self.scanner
        if device.busy:
            device.busy -= 1
            self._send(503)
            return
        from_feeder = device.jobs[-1].findtext(f"{{{PWG}}}InputSource") == "Feeder"
        done = device.adf != "ScannerAdfLoaded" if from_feeder else device.given >= 1
        if done:
            self._send(404)
            return
        device.given += 1
        device.sheets -= from_feeder
        self._page(device.page())

    def _page(self, raw: bytes) -> None:
        device = self.scanner
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if device.slow_s:
            for start in range(0, len(raw), 500):
                if device.stop.wait(device.slow_s):
                    self.close_connection = True
                    return
                self.wfile.write(raw[start : start + 500])
                self.wfile.flush()
            return
        self.wfile.write(raw[: len(raw) // 2] if device.cut else raw)

    def _send(self, code: int, kind: str = "text/plain", body: bytes = b"") -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _capabilities() -> str:
    resolutions = "".join(
        f"<scan:DiscreteResolution><scan:XResolution>{n}</scan:XResolution>"
        f"<scan:YResolution>{n}</scan:YResolution></scan:DiscreteResolution>"
        for n in (100, 200, 300, 600)
    )
    platen = CAPS.format(high=3508, resolutions=resolutions)
    feeder = CAPS.format(high=4200, resolutions=resolutions)
    return (
        f'<?xml version="1.0"?><scan:ScannerCapabilities {NAMES}><pwg:Version>2.63</pwg:Version>'
        "<pwg:MakeAndModel>Loom LS-1</pwg:MakeAndModel><scan:Platen><scan:PlatenInputCaps>"
        f"{platen}</scan:PlatenInputCaps></scan:Platen><scan:Adf><scan:AdfSimplexInputCaps>"
        f"{feeder}</scan:AdfSimplexInputCaps></scan:Adf></scan:ScannerCapabilities>"
    )
