"""Cameras by address: a phone or IP camera that sends MJPEG over HTTP, or RTSP.

MJPEG is read here, so that a taken picture is the camera's own JPEG, byte for byte. RTSP goes
through the video reader built into OpenCV where the build has one.
"""

import base64
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from fabricfinder.capture.errors import CameraError
from fabricfinder.domain.progress import Progress
from fabricfinder.vision.quality import sharpness

ANSWER_S = 6.0
PATIENCE_S = 20.0
FRAMES_TO_CHOOSE_FROM = 5
_WAITS_S = (0.2, 0.5, 1.0, 2.0)
_MAX_FRAME = 32 << 20
_CHUNK = 1 << 14
_START, _END = b"\xff\xd8\xff", b"\xff\xd9"

GONE = "The camera does not answer at this address. Check that it is on and in the same network."
DENIED = "The camera wants a name and a password: write them as http://NAME:PASSWORD@ADDRESS."
NO_PICTURE = "This address answers, but sends no pictures. Look in the camera's app for its stream."
LOST = "The camera stopped sending. Trying to reach it again."
BACK = "The camera is back."

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a stream: uint8 (h, w, 3) sRGB, and the JPEG it came as, or b""."""

    rgb: np.ndarray
    jpeg: bytes = b""


class NetworkCamera(Protocol):
    """One camera; ``frames`` connects anew each time it is called."""

    def frames(self) -> Iterator[Frame]:
        """Pictures until the stream ends. Raises CameraError when it cannot begin."""


def open_camera(url: str) -> NetworkCamera:
    """A camera by its address, ``http://…``, ``https://…`` or ``rtsp://…``.

    Raises:
        CameraError: the address is of no such kind.
    """
    kind = urllib.parse.urlsplit(url).scheme
    if kind in ("http", "https"):
        return MjpegCamera(url)
    if kind in ("rtsp", "rtsps"):
        return RtspCamera(url)
    raise CameraError(f"“{url}” is no address of a camera; it begins with http:// or rtsp://.")


class MjpegCamera:
    """JPEG pictures, one after the other, over HTTP; an address of a single picture works too.

    Args:
        url: a name and password before an @ are sent as HTTP Basic asks.
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._headers = {}
        if parts.username:
            secret = f"{urllib.parse.unquote(parts.username)}:" + urllib.parse.unquote(
                parts.password or ""
            )
            self._headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
        host = parts.netloc.rpartition("@")[2]
        self._url = urllib.parse.urlunsplit((parts.scheme, host, parts.path, parts.query, ""))

    def frames(self) -> Iterator[Frame]:
        """See ``NetworkCamera.frames``."""
        request = urllib.request.Request(self._url, headers=self._headers)
        try:
            answer = urllib.request.urlopen(request, timeout=ANSWER_S)
        except urllib.error.HTTPError as error:
            error.close()
            raise CameraError(DENIED if error.code in (401, 403) else NO_PICTURE) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise CameraError(GONE) from error
        with answer:
            kind = answer.headers.get_content_maintype()
            if kind not in ("multipart", "image", "application"):
                raise CameraError(NO_PICTURE)
            for jpeg in _jpegs(answer):
                frame = _decoded(jpeg)
                if frame is not None:
                    yield frame


class RtspCamera:
    """A stream read by OpenCV's own video reader."""

    def __init__(self, url: str) -> None:
        self._url = url

    def frames(self) -> Iterator[Frame]:
        """See ``NetworkCamera.frames``."""
        asked = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(1000 * ANSWER_S),
                 cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(1000 * ANSWER_S)]  # fmt: skip
        if cv2.CAP_FFMPEG not in cv2.videoio_registry.getStreamBackends():
            raise CameraError("RTSP cannot be read on this computer; use the camera's HTTP address.")
        stream = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, asked)
        try:
            if not stream.isOpened():
                raise CameraError(GONE)
            while True:
                there, bgr = stream.read()
                if not there:
                    return
                yield Frame(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
        finally:
            stream.release()


def live(camera: NetworkCamera, patience_s: float = PATIENCE_S) -> Steps:
    """Look through a camera until closed: each picture is a ``Frame`` as the progress's partial.

    A stream that drops is sought again, with a notice when it goes and when it is back.

    Args:
        patience_s: how long a camera that was there is waited for.

    Raises:
        CameraError: it was never there, or has not come back in time.
    """
    seen, tries, lost_at = 0, 0, 0.0
    while True:
        try:
            for frame in camera.frames():
                seen += 1
                notice = BACK if lost_at else ""
                lost_at, tries = 0.0, 0
                yield Progress("Camera", seen, None, "pictures", frame, notice)
            problem = CameraError(GONE if seen else NO_PICTURE)
        except CameraError as error:
            problem = error
        except (OSError, http.client.HTTPException) as error:
            problem = CameraError(GONE)
            problem.__cause__ = error
        if not seen:
            raise problem
        if not lost_at:
            lost_at = time.monotonic()
            yield Progress("Camera", seen, None, "pictures", None, LOST)
        if time.monotonic() - lost_at > patience_s:
            raise problem
        time.sleep(_WAITS_S[min(tries, len(_WAITS_S) - 1)])
        tries += 1
        yield Progress("Camera", seen, None, "pictures")


def take_picture(url: str, out: Path, choose_from: int = FRAMES_TO_CHOOSE_FROM) -> Steps:
    """Save the sharpest of a few pictures; returns the ``Frame`` saved.

    Args:
        out: ends in ``.jpg`` (the camera's own bytes where it sends JPEG) or ``.png``.

    Raises:
        CameraError: the camera cannot be used, or the file cannot be written.
    """
    suffix = out.suffix.lower()
    if suffix not in (".jpg", ".jpeg", ".png"):
        raise CameraError("The picture is written as JPEG or PNG: name a file ending in .jpg.")
    best: tuple[float, Frame] | None = None
    looking = live(open_camera(url))
    try:
        taken = 0
        for progress in looking:
            yield Progress("Camera", taken, choose_from, "pictures", notice=progress.notice)
            if progress.partial is None:
                continue
            taken += 1
            grey = cv2.cvtColor(progress.partial.rgb, cv2.COLOR_RGB2GRAY)
            sharp = sharpness(grey)
            if best is None or sharp > best[0]:
                best = (sharp, progress.partial)
            if taken >= choose_from:
                break
    except CameraError:
        if best is None:
            raise
    finally:
        looking.close()
    assert best is not None
    write_frame(best[1], out)
    return best[1]


def paced(url: str, every_s: float = 0.06) -> Steps:
    """``live`` for a window: no more pictures than the eye needs, every notice.

    Raises:
        CameraError: see ``live``, and for an address that is none.
    """
    looking, last = live(open_camera(url)), 0.0
    try:
        for progress in looking:
            now = time.monotonic()
            if progress.partial is not None and not progress.notice and now - last < every_s:
                yield Progress("Camera", unit="pictures")
                continue
            last = now if progress.partial is not None else last
            yield progress
    finally:
        looking.close()


def save_picture(frames: Sequence[Frame], folder: Path) -> Steps:
    """Save the sharpest of some pictures as ``camera-<day>-<n>``; returns its path.

    Raises:
        CameraError: it cannot be written.
    """
    yield Progress("Saving the picture")
    greys = (cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2GRAY) for frame in frames)
    sharp = [sharpness(grey) for grey in greys]
    frame = frames[sharp.index(max(sharp))]
    suffix = ".jpg" if frame.jpeg else ".png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {path.stem for path in folder.iterdir()}
    except OSError as error:
        raise CameraError(f"Nothing can be written to {folder} ({error.strerror}).") from error
    day, number = time.strftime("%Y-%m-%d"), 1
    while f"camera-{day}-{number:03}" in taken:
        number += 1
    path = folder / f"camera-{day}-{number:03}{suffix}"
    write_frame(frame, path)
    return path


def write_frame(frame: Frame, out: Path) -> None:
    """A picture as a file, whole or not at all; a JPEG keeps the camera's own bytes.

    Raises:
        CameraError: it cannot be written.
    """
    raw = frame.jpeg if out.suffix.lower() != ".png" else b""
    if not raw:
        flags = [] if out.suffix.lower() == ".png" else [cv2.IMWRITE_JPEG_QUALITY, 95]
        done, encoded = cv2.imencode(out.suffix, cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR), flags)
        if not done:
            raise RuntimeError("the encoder refused an 8-bit picture")
        raw = encoded.tobytes()
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(raw)
        os.replace(part, out)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise CameraError(f"{out} cannot be written ({error.strerror or error}).") from error


def _jpegs(stream: Any) -> Iterator[bytes]:
    """The JPEG files in a stream, by their own first and last marks."""
    held = bytearray()
    while chunk := stream.read1(_CHUNK):
        held += chunk
        while (start := held.find(_START)) >= 0:
            end = _end_of_jpeg(held, start)
            if end < 0:
                break
            yield bytes(held[start:end])
            del held[:end]
        if len(held) > _MAX_FRAME:
            raise CameraError(NO_PICTURE)


def _end_of_jpeg(held: bytearray, start: int) -> int:
    """Where the JPEG that starts there ends, or -1 while it is not all here.

    Segments are stepped over by their lengths: a preview inside the EXIF has an end mark too.
    """
    at = start + 2
    while at + 4 <= len(held) and held[at] == 0xFF:
        mark, length = held[at + 1], int.from_bytes(held[at + 2 : at + 4], "big")
        at += 2 + length
        if mark == 0xDA:
            end = held.find(_END, at)
            return -1 if end < 0 else end + 2
    return -1


def _decoded(jpeg: bytes) -> Frame | None:
    """A picture of a stream, or None where it came damaged."""
    bgr = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return None if bgr is None else Frame(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), jpeg)
