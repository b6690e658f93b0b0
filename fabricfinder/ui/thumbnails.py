"""Thumbnails on time: decoded in a small pool, kept in a bounded cache, never read in paint.

A view asks for a pixmap while it paints and gets what is there now. The newest request is decoded
first, because it is what she looks at; requests that scrolled away long ago are forgotten. Decoding
happens as QImage in the pool, QPixmap is made on the GUI thread.
"""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPen, QPixmap

from fabricfinder.ui.theme import current_theme

DEFAULT_MAX_BYTES = 192 * 2**20
MAX_PENDING = 512
POOL_THREADS = 2

Key = tuple[str, int, bool]


def thumbnail_path(folder: Path, swatch_id: str) -> Path:
    """Where a library in ``folder`` keeps the thumbnail of a swatch (a JPEG of at most 512 px)."""
    return folder / "thumbnails" / swatch_id[:2] / f"{swatch_id}.jpg"


class _Decoded(QObject):
    """Carries a decoded image from the pool to the GUI thread."""

    image = Signal(int, object, QImage)


class _Decode(QRunnable):
    """Reads one thumbnail file and brings it to size; a null image means it could not be read."""

    def __init__(self, generation: int, key: Key, path: Path, out: _Decoded) -> None:
        super().__init__()
        self._generation, self._key, self._path, self._out = generation, key, path, out

    def run(self) -> None:
        """Override QRunnable::run: decode and scale, off the GUI thread."""
        _, side, fill = self._key
        reader = QImageReader(str(self._path))
        reader.setAutoTransform(True)
        reader.setScaledSize(reduced(reader.size(), side, fill=fill))
        image = reader.read()
        if not image.isNull():
            image = fit(image, side, fill=fill)
        try:
            self._out.image.emit(self._generation, self._key, image)
        except RuntimeError:  # the cache was deleted while this decoded: nobody wants it any more
            return


def reduced(full: QSize, side: int, *, fill: bool) -> QSize:
    """The smallest size a JPEG can be decoded at directly that is still enough for ``fit``.

    Args:
        full: the picture's size; invalid where it is not known.
        side, fill: as in ``fit``.

    Returns:
        a half, a quarter or an eighth of it, or the size itself.
    """
    edge = min(full.width(), full.height()) if fill else max(full.width(), full.height())
    share = next((n for n in (8, 4, 2) if edge // n >= side), 1)
    return QSize(-(-full.width() // share), -(-full.height() // share)) if share > 1 else full


def fit(image: QImage, side: int, *, fill: bool) -> QImage:
    """Scale an image by area into a square of ``side`` device pixels.

    Args:
        image: any size, not null.
        side: edge of the square.
        fill: cover the square and cut the middle out; else fit inside it, never enlarged beyond
            the image's own pixels.
    """
    aspect = Qt.AspectRatioMode
    smooth = Qt.TransformationMode.SmoothTransformation
    if not fill:
        if max(image.width(), image.height()) > side:
            image = image.scaled(QSize(side, side), aspect.KeepAspectRatio, smooth)
    else:
        edge = min(image.width(), image.height())
        left, top = (image.width() - edge) // 2, (image.height() - edge) // 2
        image = image.copy(left, top, edge, edge)
        image = image.scaled(QSize(side, side), aspect.IgnoreAspectRatio, smooth)
    return image.convertToFormat(QImage.Format.Format_RGB32)


class ThumbnailCache(QObject):
    """Pixmaps of the open library's swatches.

    Signals:
        ready: a swatch id whose picture (or whose failure) has just become available.
    """

    ready = Signal(str)

    def __init__(
        self, parent: QObject | None = None, max_bytes: int = DEFAULT_MAX_BYTES
    ) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._generation = 0
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pixmaps: OrderedDict[Key, QPixmap] = OrderedDict()
        self._sizes_of: dict[str, set[Key]] = {}
        self._failed: set[str] = set()
        self._pending: OrderedDict[Key, None] = OrderedDict()
        self._decoding: set[Key] = set()
        self._decoded = _Decoded()
        self._decoded.image.connect(self._take)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(POOL_THREADS)

    @property
    def folder(self) -> Path | None:
        """Folder of the library whose thumbnails are shown."""
        return self._folder

    def set_library(self, folder: Path | None) -> None:
        """Show another library's thumbnails; everything of the old one is forgotten."""
        if folder == self._folder:
            return
        self._folder = folder
        self._generation += 1
        self._pixmaps.clear()
        self._sizes_of.clear()
        self._failed.clear()
        self._pending.clear()
        self._decoding.clear()
        self._bytes = 0

    def pixmap(self, swatch_id: str, side: int, *, fill: bool = False) -> QPixmap | None:
        """The swatch's picture in a square of ``side`` device pixels, or None while unknown.

        Never blocks. On a miss the right size is requested and, if another size is at hand, that
        one is returned meanwhile; draw into a rect of your own. ``ready`` follows. A picture that
        cannot be read gives the fail pixmap.

        Args:
            swatch_id: content digest.
            side: edge in *device* pixels (logical × devicePixelRatio).
            fill: cover the square, middle cut out, instead of fitting inside it.
        """
        key = (swatch_id, side, fill)
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
            return found
        if swatch_id in self._failed:
            return fail_pixmap(side)
        self._request(key)
        others = [k for k in self._sizes_of.get(swatch_id, ()) if k[2] == fill]
        return self._pixmaps[max(others, key=lambda k: k[1])] if others else None

    def failed(self, swatch_id: str) -> bool:
        """Whether the swatch's thumbnail was tried and could not be read."""
        return swatch_id in self._failed

    def forget(self, swatch_id: str) -> None:
        """Drop one swatch's pictures, to read them again (its thumbnail was made anew)."""
        self._failed.discard(swatch_id)
        for key in self._sizes_of.pop(swatch_id, set()):
            self._bytes -= _size(self._pixmaps.pop(key))

    def forget_failures(self) -> None:
        """Try again what could not be read (the library has grown or a drive came back)."""
        self._failed.clear()

    @property
    def n_bytes(self) -> int:
        """Memory the kept pixmaps take; at most the limit given."""
        return self._bytes

    @property
    def idle(self) -> bool:
        """Whether every picture asked for is there."""
        return not self._pending and not self._decoding

    def wait(self, timeout_ms: int = 2000) -> bool:
        """Wait for the running decodes (closing the program, tests); False when time ran out."""
        return self._pool.waitForDone(timeout_ms)

    def _request(self, key: Key) -> None:
        """Put a key at the front of the queue and start it if a thread is free."""
        if self._folder is None or key in self._decoding:
            return
        self._pending[key] = None
        self._pending.move_to_end(key)
        if len(self._pending) > MAX_PENDING:
            self._pending.popitem(last=False)
        self._start_some()

    def _start_some(self) -> None:
        """Give the pool work, newest request first, a few ahead so that no thread waits."""
        while self._pending and len(self._decoding) < 2 * POOL_THREADS:
            key, _ = self._pending.popitem(last=True)
            self._decoding.add(key)
            path = thumbnail_path(self._folder, key[0])
            self._pool.start(_Decode(self._generation, key, path, self._decoded))

    def _take(self, generation: int, key: Key, image: QImage) -> None:
        """Receive a decoded image on the GUI thread."""
        if generation != self._generation:
            return
        self._decoding.discard(key)
        if image.isNull():
            self._failed.add(key[0])
        else:
            self._keep(key, QPixmap.fromImage(image))
        self._start_some()
        self.ready.emit(key[0])

    def _keep(self, key: Key, pixmap: QPixmap) -> None:
        """Store a pixmap and let the least recently shown go until all fit."""
        self._pixmaps[key] = pixmap
        self._sizes_of.setdefault(key[0], set()).add(key)
        self._bytes += _size(pixmap)
        while self._bytes > self._max_bytes and len(self._pixmaps) > 1:
            old, dropped = self._pixmaps.popitem(last=False)
            self._bytes -= _size(dropped)
            self._sizes_of[old[0]].discard(old)
            if not self._sizes_of[old[0]]:
                del self._sizes_of[old[0]]


def _size(pixmap: QPixmap) -> int:
    """Bytes a pixmap takes: four a device pixel."""
    return pixmap.width() * pixmap.height() * 4


def fail_pixmap(side: int) -> QPixmap:
    """A square of ``side`` pixels with a crossed frame: a swatch whose picture cannot be read."""
    theme = current_theme()
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(theme.placeholder))
    painter = QPainter(pixmap)
    painter.setPen(QPen(QColor(theme.strong_line), max(1, side // 64)))
    third = side // 3
    painter.drawLine(third, 2 * third, 2 * third, third)
    painter.drawLine(third, third, 2 * third, 2 * third)
    painter.drawRect(third, third, third, third)
    painter.end()
    return pixmap
