"""The rendered example of every term: drawn on the worker, kept on disk, shown when it comes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from fabricfinder.jobs import BACKGROUND, JobEvent

if TYPE_CHECKING:
    from fabricfinder.ui.desk import Desk, Steps

PICTURES = "term-pictures"


class TermPictures(QObject):
    """Pictures by term id, and ``rung-0`` to ``rung-9``.

    Signals:
        arrived: the key of a picture that is there from now on.
    """

    arrived = Signal(str)

    def __init__(self, desk: "Desk", folder: Path, parent: QObject | None = None) -> None:
        """``folder`` is where they are kept; it need not exist."""
        super().__init__(parent)
        self._desk, self._folder = desk, folder
        self._pixmaps: dict[str, QPixmap] = {}
        self._asked = False
        desk.job_event.connect(self._take_event)

    def want(self) -> None:
        """Have them drawn, once."""
        if not self._asked:
            self._asked = True
            self._desk.submit(PICTURES, self._draw, BACKGROUND, replaces=PICTURES)

    def _draw(self, finder: Any) -> "Steps":
        return finder.labels.pictures(self._folder)

    def pixmap(self, key: str) -> QPixmap | None:
        """The picture of a term, or None while there is none."""
        return self._pixmaps.get(key)

    def _take_event(self, event: JobEvent) -> None:
        if event.name != PICTURES:
            return
        if event.kind in ("cancelled", "failed"):
            self._asked = False  # another library was opened meanwhile: ask again when wanted
        if event.kind == "progress" and event.progress.partial is not None:
            key, path = event.progress.partial
            pixmap = QPixmap(str(path))
            if not pixmap.isNull():
                self._pixmaps[key] = pixmap
                self.arrived.emit(key)
