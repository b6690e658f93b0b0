"""Pictures read and written off the GUI thread: query preview, large view, a pasted swatch."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

from fabricfinder.domain.errors import UnreadableImageError

KEEP_PASTED = 30  # last asked and the way back reach no further


def read_picture(path: str, side: int) -> QImage:
    """Decode a picture file so that its longer edge is at most ``side`` px; null if unreadable.

    The same way thumbnails and searches read it, so colours agree everywhere. Runs in the pool.
    """
    # Imported here, in the pool: the window must not wait for the decoders before it shows.
    from fabricfinder.vision.decode import decode

    try:
        rgb = np.ascontiguousarray(decode(path, max_side=side).rgb)
    except (UnreadableImageError, OSError):
        return QImage()
    height, width, _ = rgb.shape
    # The copy makes the QImage own its pixels.
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class _Carrier(QObject):
    """Brings a pool thread's outcome to the GUI thread."""

    finished = Signal(int, object)


class PictureReader(QObject):
    """Reads one picture at a time for one view; a newer request replaces the older.

    Signals:
        read: the path asked for, and its QImage (null when it could not be read).
    """

    read = Signal(str, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tickets = itertools.count(1)
        self._newest = 0
        self._path = ""
        self._carrier = _Carrier()
        self._carrier.finished.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def ask(self, path: str, side: int) -> None:
        """Read ``path``; ``read`` answers unless something newer is asked for first."""
        self._newest, self._path = next(self._tickets), path
        self._pool.clear()
        self._pool.start(_job(self._carrier, self._newest, lambda: read_picture(path, side)))

    def forget(self) -> None:
        """Want nothing any more: an answer under way is dropped."""
        self._newest = next(self._tickets)
        self._pool.clear()

    def _take(self, ticket: int, image: object) -> None:
        if ticket == self._newest:
            self.read.emit(self._path, image)


class PictureWriter(QObject):
    """Writes pasted pictures to PNG files.

    Signals:
        written: the path of the file, or "" when it could not be written.
    """

    written = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._tickets = itertools.count(1)
        self._carrier = _Carrier()
        self._carrier.finished.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def write(self, image: QImage) -> None:
        """Write a picture under a new name; ``written`` answers."""
        image, folder, ticket = QImage(image), self._folder, next(self._tickets)
        self._pool.start(_job(self._carrier, ticket, lambda: _write_png(image, folder)))

    def _take(self, _ticket: int, path: object) -> None:
        self.written.emit(path)


def _write_png(image: QImage, folder: Path) -> str:
    """Save under the next name, ``pasted-1.png``, …; "" when it cannot be written.

    A number is never used again: the way back may still know another picture by it.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        return ""
    png = _without_scale(bytes(buffer.data().data()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(max(_pasted(folder), default=0) + 1):
            path = folder / f"pasted-{number}.png"
            try:
                file = path.open("xb")
            except FileExistsError:
                continue
            if not _filled(file, png):
                path.unlink(missing_ok=True)
                return ""
            for old in sorted(_pasted(folder))[:-KEEP_PASTED]:  # client cloth is not hoarded
                (folder / f"pasted-{old}.png").unlink(missing_ok=True)
            return str(path)
    except OSError:
        return ""
    return ""


def _filled(file: BinaryIO, content: bytes) -> bool:
    """Write all of a file and close it; False when the disk has no room for it."""
    try:
        with file:
            file.write(content)
    except OSError:
        return False
    return True


def _pasted(folder: Path) -> list[int]:
    """The numbers of the pasted pictures that are there."""
    numbers = (path.stem.removeprefix("pasted-") for path in folder.glob("pasted-*.png"))
    return [int(number) for number in numbers if number.isascii() and number.isdigit()]


def _without_scale(png: bytes) -> bytes:
    """A PNG without its pHYs chunk: Qt writes the screen's dpi, which says nothing of cloth."""
    parts, at = [png[:8]], 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big") + 12  # size, kind and checksum around it
        if png[at + 4 : at + 8] != b"pHYs":
            parts.append(png[at : at + length])
        at += length
    return b"".join(parts)


def _job(carrier: _Carrier, ticket: int, work: Callable[[], object]) -> Callable[[], None]:
    """What the pool runs: the work, then its outcome through the carrier."""

    def run() -> None:
        """Work in the pool, hand over through the carrier."""
        outcome = work()
        try:
            carrier.finished.emit(ticket, outcome)
        except RuntimeError:  # the view was deleted while this worked: nobody wants it any more
            return

    return run
