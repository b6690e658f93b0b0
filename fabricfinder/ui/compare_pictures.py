"""The pictures of a comparison in several sizes, each read off the GUI thread when it is wanted."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from fabricfinder.comparing import Cloth
from fabricfinder.ui.picture_files import PictureReader

# Longer sides in px. A picture is shown from the next larger one, so that it is never shrunk to
# less than half on the screen: cloth shrunk further by a quick filter shows stripes of its own.
SIDES = (720, 1440, 2880, 5760, 11520)
KEPT_LARGE = 2  # cloths of which more than the two smallest sizes are kept


class ComparePictures(QObject):
    """Reads and keeps.

    Signals:
        ready: the key of a cloth of which a better picture has come, or none can be had.
    """

    ready = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: dict[str, dict[int, QImage]] = {}
        self._cloths: dict[str, Cloth] = {}
        self._failed: set[str] = set()
        self._wanted: list[tuple[str, int]] = []
        self._reading: tuple[str, int, str] | None = None
        self._recent: list[str] = []
        self._reader = PictureReader(self)
        self._reader.read.connect(self._take)

    def show(self, cloths: list[Cloth]) -> None:
        """Keep the pictures of these cloths only, and read a small one of each, first to last."""
        self._cloths = {cloth.key: cloth for cloth in cloths}
        self._images = {k: v for k, v in self._images.items() if k in self._cloths}
        self._failed &= set(self._cloths)
        self._wanted = [(c.key, SIDES[0]) for c in cloths if c.key not in self._images]
        self._go_on()

    def want(self, key: str, px: float) -> None:
        """Ask for a picture whose longer side has at least ``px``; read before the small ones."""
        cloth = self._cloths.get(key)
        if cloth is None or key in self._failed:
            return
        own = max(cloth.width, cloth.height) or SIDES[-1]
        side = next((s for s in SIDES if s >= min(px, own)), SIDES[-1])
        there = self._images.get(key, {})
        enough = [s for s, image in there.items() if s >= side or max(_size(image)) >= own]
        if enough or (key, side) in self._wanted[:1]:
            return
        if self._reading is not None and self._reading[:2] == (key, side):
            return
        self._wanted = [(key, side), *(w for w in self._wanted if w[0] != key)]
        self._remember(key)
        self._go_on()

    def best(self, key: str, px: float) -> QImage | None:
        """The smallest picture with at least ``px``, else the largest; None where there is none."""
        there = self._images.get(key)
        if not there:
            return None
        fitting = [image for _, image in sorted(there.items()) if max(_size(image)) >= px]
        return fitting[0] if fitting else there[max(there)]

    def failed(self, key: str) -> bool:
        """Whether the cloth has no picture that can be read."""
        return key in self._failed

    def stop(self) -> None:
        """Want nothing any more."""
        self._wanted, self._reading = [], None
        self._reader.forget()

    def _remember(self, key: str) -> None:
        """Let go of the large pictures of cloths that were not looked at lately."""
        self._recent = [key, *(k for k in self._recent if k != key)][: KEPT_LARGE + 1]
        for other, images in self._images.items():
            if other not in self._recent[:KEPT_LARGE]:
                small = {s: i for s, i in images.items() if s <= SIDES[1]}
                self._images[other] = small or images

    def _go_on(self) -> None:
        if self._reading is not None or not self._wanted:
            return
        key, side = self._wanted.pop(0)
        path = self._cloths[key].path or self._cloths[key].fallback
        self._reading = key, side, path
        self._reader.ask(path, side)

    def _take(self, path: str, image: QImage) -> None:
        if self._reading is None or path != self._reading[2]:
            return
        key, side, _ = self._reading
        self._reading = None
        cloth = self._cloths.get(key)
        if cloth is not None and image.isNull() and cloth.fallback and path != cloth.fallback:
            self._reading = key, side, cloth.fallback
            self._reader.ask(cloth.fallback, side)
            return
        if cloth is not None:
            if image.isNull():
                self._failed.add(key)
            else:
                shown = image.convertToFormat(QImage.Format.Format_RGB32)
                self._images.setdefault(key, {})[side] = shown
                if path == cloth.fallback and cloth.path:  # there is no better one to be had
                    self._images[key] = {SIDES[-1]: shown}
            self.ready.emit(key)
        self._go_on()


def _size(image: QImage) -> tuple[int, int]:
    return image.width(), image.height()
