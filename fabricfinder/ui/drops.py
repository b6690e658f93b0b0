"""What was dropped or pasted: mime data turned into one value, once, at the edge.

Nothing is opened and nothing is fetched here. A link without a picture stays a link: the program
never goes to the network, and says so.
"""

import os
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QCoreApplication, QMimeData, QUrl
from PySide6.QtGui import QImage

from fabricfinder.ui.swatch_mime import swatch_ids


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """The one useful thing in a drop.

    Attributes:
        swatches: ids of our own swatches.
        files, folders: local paths (names that are not UTF-8 are surrogate-escaped).
        image: a picture without a file, from a browser or the clipboard.
        link: a web address that came alone.
    """

    swatches: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    image: QImage | None = None
    link: str = ""

    @property
    def can_search(self) -> bool:
        """Whether there is one picture to search with."""
        return bool(self.swatches or self.files or self.image is not None)

    @property
    def can_add(self) -> bool:
        """Whether there are files to add: a picture without a file has no original to point at."""
        return bool(self.files or self.folders) and not self.swatches

    @property
    def useful(self) -> bool:
        """Whether anything can be done, or said, about it."""
        return self.can_search or self.can_add or bool(self.link)


def read_drop(mime: QMimeData) -> Dropped:
    """Read mime data; own swatches first, then local files, then a picture, then a link."""
    ids = swatch_ids(mime)
    if ids:
        return Dropped(swatches=tuple(ids))
    urls = mime.urls() if mime.hasUrls() else []
    paths = [local_path(url) for url in urls if url.isLocalFile()]
    if paths:
        folders = tuple(p for p in paths if os.path.isdir(p))
        return Dropped(files=tuple(p for p in paths if p not in folders), folders=folders)
    if mime.hasImage():
        image = QImage(mime.imageData())
        if not image.isNull():
            return Dropped(image=image)
    links = [url.toString() for url in urls if url.scheme() in ("http", "https", "ftp")]
    text = mime.text().strip() if mime.hasText() else ""
    if not links and text.startswith(("http://", "https://")):
        links = [text.split()[0]]
    return Dropped(link=links[0]) if links else Dropped()


def local_path(url: QUrl) -> str:
    """The path of a ``file:`` URL, bytes that are not UTF-8 kept by surrogate escapes."""
    if os.name == "nt":
        return url.toLocalFile()
    encoded = bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data())
    raw = unquote_to_bytes(encoded.removeprefix(b"file://"))
    return os.fsdecode(raw if raw.startswith(b"/") else raw[raw.find(b"/") :])


def link_sentence() -> str:
    """What she reads when a bare link was dropped."""
    return QCoreApplication.translate(
        "Drops",
        "That is a link, and fabricfinder never goes online. "
        "Copy the picture itself, or save it, and drop that.",
    )
