"""Swatches on the clipboard and in drags: real files, text, a picture, and their ids."""

import os
from collections.abc import Sequence
from urllib.parse import quote

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QPixmap

from fabricfinder.domain.swatch import Swatch
from fabricfinder.ui import wording

SWATCH_IDS = "application/x-fabricfinder-swatches"


def file_url(path: str) -> QUrl:
    """The URL of a local file; a name that is not UTF-8 keeps its bytes."""
    if any(0xDC80 <= ord(c) <= 0xDCFF for c in path):
        encoded = ("file://" + quote(os.fsencode(path))).encode("ascii")
        return QUrl.fromEncoded(QByteArray(encoded))
    return QUrl.fromLocalFile(path)


def swatch_mime(swatches: Sequence[Swatch], picture: QPixmap | None = None) -> QMimeData:
    """What goes out when swatches are dragged or copied.

    Args:
        swatches: at least one.
        picture: the picture at hand, for programs that take no files; or None.
    """
    mime = QMimeData()
    mime.setUrls([file_url(s.path) for s in swatches])
    mime.setText("\n".join(wording.shown_path(s.path) for s in swatches))
    mime.setData(SWATCH_IDS, QByteArray("\n".join(s.id for s in swatches).encode("utf-8")))
    if picture is not None and not picture.isNull():
        mime.setImageData(picture.toImage())
    return mime


def swatch_ids(mime: QMimeData) -> list[str]:
    """The ids of our own swatches in a drag, none for a drag from elsewhere."""
    raw = bytes(mime.data(SWATCH_IDS).data()).decode("utf-8", "replace")
    return [line for line in raw.splitlines() if line]
