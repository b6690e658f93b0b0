"""Files that are whole or not there: written beside their place, then moved into it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A new file to write beside ``target``; it takes the target's place when all went well.

    Left by an exception, or by the closing of a generator, it is removed and the target stays as
    it was.

    Raises:
        OSError: the folder is missing, full or cannot be written.
    """
    target = Path(target)
    number, name = tempfile.mkstemp(f".part{target.suffix}", f".{target.stem}-", target.parent)
    os.close(number)
    unfinished: Path | None = Path(name)
    try:
        yield unfinished
        with unfinished.open("r+b") as file:
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        os.replace(unfinished, target)
        unfinished = None
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
