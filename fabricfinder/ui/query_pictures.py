"""The pictures of queries: read for the pane, kept small for “last asked”, saved when pasted."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from fabricfinder.domain.search import Query
from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui.picture_files import PictureReader, PictureWriter
from fabricfinder.ui.thumbnails import ThumbnailCache

PREVIEW_PX = 1200
SMALL_PX = 256


class QueryPictures(QObject):
    """One picture at a time for the query pane.

    Signals:
        ready: the QPixmap of the query shown last, None when there is none yet, a null one when
            there will be none.
        saved: the path of a pasted picture, now a file.
        small_ready: the path of a file whose small picture has been read.
        not_saved: a pasted picture could not be written.
    """

    ready = Signal(object)
    saved = Signal(str)
    small_ready = Signal(str)
    not_saved = Signal()

    def __init__(
        self, thumbnails: ThumbnailCache, pasted_folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._swatch: Swatch | None = None
        self._path = ""
        self._small: dict[str, QPixmap] = {}
        self._read = False
        self._reader = PictureReader(self)
        self._reader.read.connect(self._take)
        self._small_reader = PictureReader(self)
        self._small_reader.read.connect(self._take_small)
        self._writer = PictureWriter(pasted_folder, self)
        self._writer.written.connect(self._written)
        thumbnails.ready.connect(self._thumbnail_ready)

    def show(self, query: Query | None, swatch: Swatch | None) -> None:
        """Bring a query's picture: what is at hand at once, the file itself when it is read."""
        path = "" if query is None else swatch.path if swatch is not None else query.path
        if path == self._path and self._read:
            return
        self._path, self._swatch, self._read = path, swatch, False
        if swatch is not None:
            self.ready.emit(self._thumbnails.pixmap(swatch.id, SMALL_PX))
        else:
            self.ready.emit(self._small.get(path))
        if path:
            self._reader.ask(path, PREVIEW_PX)
        else:
            self._reader.forget()

    def small(self, path: str) -> QPixmap | None:
        """A small picture of a file that was asked with before, or None."""
        return self._small.get(path)

    def want_small(self, path: str) -> None:
        """Read the small picture of a file she may want to ask with; ``small_ready`` answers."""
        if path not in self._small:
            self._small_reader.ask(path, SMALL_PX)

    def save_pasted(self, image: QImage) -> None:
        """Save a pasted picture to a file; ``saved`` answers."""
        self._writer.write(image)

    def forget(self) -> None:
        """Drop the small pictures: another library was opened."""
        self._small.clear()

    def _take(self, path: str, image: QImage) -> None:
        """Show the picture that was read; a swatch whose file is gone keeps its thumbnail."""
        if path == self._path and image.isNull() and self._swatch is None:
            self.ready.emit(QPixmap())
        if path != self._path or image.isNull():
            return
        self._read = True
        picture = QPixmap.fromImage(image)
        self._small[path] = picture.scaled(
            SMALL_PX, SMALL_PX, Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        self.ready.emit(picture)

    def _take_small(self, path: str, image: QImage) -> None:
        if not image.isNull():
            self._small[path] = QPixmap.fromImage(image)
            self.small_ready.emit(path)

    def _thumbnail_ready(self, swatch_id: str) -> None:
        if self._swatch is not None and swatch_id == self._swatch.id and not self._read:
            self.ready.emit(self._thumbnails.pixmap(swatch_id, SMALL_PX))

    def _written(self, path: str) -> None:
        if path:
            self.saved.emit(path)
        else:
            self.not_saved.emit()
