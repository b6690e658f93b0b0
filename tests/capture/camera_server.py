"""A camera on loopback that sends a real MJPEG stream, and drops it when asked to."""

import base64
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np


def jpeg(n: int, blur: float = 0.0) -> bytes:
    """The n-th picture: a check whose upper left pixel block is as bright as its number."""
    rng = np.random.default_rng(n)
    y, x = np.indices((120, 160))
    grey = (((x // 6 + y // 6) % 2) * 120 + 60 + rng.normal(0, 6, (120, 160))).clip(0, 255)
    picture = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    return cv2.imencode(".jpg", picture)[1].tobytes()


@dataclass
class Lens:
    """What the camera sends.

    Attributes:
        frames: JPEG files, sent round and round.
        drop_after: pictures after which each connection is dropped, 0 = never.
        refuse_next: so many connections after a drop are refused with 503.
        lengths: whether parts say their length; kind: of the answer.
        secret: "name:password", or "".
        connections: how many there were.
    """

    frames: list[bytes]
    drop_after: int = 0
    refuse_next: int = 0
    lengths: bool = True
    kind: str = "multipart/x-mixed-replace; boundary=frame"
    secret: str = ""
    connections: int = 0
    stop: threading.Event = field(default_factory=threading.Event)


class CameraServer:
    """Serves a ``Lens`` at ``url`` until closed."""

    def __init__(self, lens: Lens) -> None:
        self.lens = lens

        class Answers(_Answers):
            camera = lens

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}/video"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop sending."""
        self.lens.stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Answers(BaseHTTPRequestHandler):
    camera: Lens

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # noqa: N802
        lens = self.camera
        lens.connections += 1
        asked = self.headers.get("Authorization", "")
        if lens.secret and asked != "Basic " + base64.b64encode(lens.secret.encode()).decode():
            self._end(401)
        elif lens.connections > 1 and lens.refuse_next > 0:
            lens.refuse_next -= 1
            self._end(503)
        else:
            self.send_response(200)
            self.send_header("Content-Type", lens.kind)
            self.end_headers()
            self._stream()

    def _stream(self) -> None:
        lens, sent = self.camera, 0
        try:
            while not lens.stop.is_set() and not (lens.drop_after and sent >= lens.drop_after):
                raw = lens.frames[sent % len(lens.frames)]
                sent += 1
                if not lens.kind.startswith("multipart"):
                    self.wfile.write(raw)
                    return
                length = f"Content-Length: {len(raw)}\r\n" if lens.lengths else ""
                self.wfile.write(f"--frame\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode())
                for start in range(0, len(raw), 1000):  # in pieces, as a network brings them
                    self.wfile.write(raw[start : start + 1000])
                self.wfile.write(b"\r\n")
                time.sleep(0.005)
            if lens.drop_after:  # in the middle of a picture
                self.wfile.write(b"--frame\r\n\r\n" + lens.frames[0][:200])
        except OSError:
            pass

    def _end(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()
