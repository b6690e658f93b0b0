"""The small pictures: JPEG files in ``thumbnails/ab/<digest>.jpg``, one a swatch.

They are written before the transaction that speaks of them, so that a swatch in the library always
has one; a file without its swatch (after a crash) does no harm and is swept away.
"""

import errno
import os
import re
from collections.abc import Container, Mapping
from pathlib import Path

from fabricfinder.domain.errors import FULL, LibraryError
from fabricfinder.library.database import DISK_FULL_SENTENCE

_DIGEST = re.compile(r"[0-9a-f]{2,128}")
_START, _END = b"\xff\xd8", b"\xff\xd9"


def require_digest(swatch_id: str) -> str:
    """Return the id; raises ValueError unless it is hex (it becomes a file name)."""
    if not _DIGEST.fullmatch(swatch_id):
        raise ValueError(f"{swatch_id!r} is no content digest")
    return swatch_id


class Thumbnails:
    """The folder of small pictures of one library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "thumbnails"
        self._made: set[str] = set()

    def file(self, swatch_id: str) -> Path:
        """Where the thumbnail of a swatch is or would be; any thread may read it."""
        return self._folder / swatch_id[:2] / f"{swatch_id}.jpg"

    def read(self, swatch_id: str) -> bytes | None:
        """The JPEG bytes; None when there is no file or a power cut left it unfinished."""
        try:
            jpeg = self.file(swatch_id).read_bytes()
        except OSError:
            return None
        return jpeg if jpeg.startswith(_START) and jpeg.endswith(_END) else None

    def write(self, jpegs: Mapping[str, bytes]) -> None:
        """Write thumbnails by digest, each whole or not at all; one that lies there stays.

        Raises:
            ValueError: an id is no digest or the bytes are no JPEG.
            LibraryError: the disk is full or cannot be written.
        """
        for swatch_id, jpeg in jpegs.items():
            if not (jpeg.startswith(_START) and jpeg.endswith(_END)):
                raise ValueError(f"the thumbnail of {swatch_id} is no JPEG")
            final = self.file(require_digest(swatch_id))
            try:
                self._write(final, jpeg)
            except OSError as error:
                full = error.errno in (*FULL, errno.EFBIG)
                sentence = DISK_FULL_SENTENCE if full else f"{final} cannot be written ({error})."
                raise LibraryError(sentence) from error

    def _write(self, final: Path, jpeg: bytes) -> None:
        if final.parent.name not in self._made:
            final.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(final.parent.name)
        unfinished = f"{final}.tmp"
        try:
            with open(unfinished, "wb", buffering=0) as file:
                file.write(jpeg)
            os.replace(unfinished, final)
        except OSError:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def sweep(self, known: Container[str]) -> int:
        """Remove what a crash left: unfinished files, and pictures of no swatch; returns how many.

        Only names this class could have written are touched.
        """
        swept = 0
        for drawer in self._folder.glob("[0-9a-f][0-9a-f]"):
            for file in drawer.iterdir():
                digest, _, tail = file.name.partition(".")
                ours = _DIGEST.fullmatch(digest) and digest.startswith(drawer.name)
                if ours and (tail == "jpg.tmp" or tail == "jpg" and digest not in known):
                    file.unlink(missing_ok=True)
                    swept += 1
        return swept
