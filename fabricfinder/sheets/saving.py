"""Sheets that are whole or not there, and what she reads where they are not."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fabricfinder.domain.errors import BARRED, FULL
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.sheets.errors import SheetError

_FULL = (*FULL, errno.EFBIG)


def sentence_for(target: Path, error: OSError) -> str:
    """What a failed writing means for the person who wants the sheet."""
    if error.errno in _FULL:
        return f"The disk is full, so {target.name} was not written. Make room and try again."
    if error.errno in BARRED:
        return f"{target.parent} cannot be written. Choose another folder for {target.name}."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"There is no folder {target.parent} to write {target.name} to."
    reason = error.strerror or type(error).__name__
    return f"{target.name} could not be written ({reason})."


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """A new file to write beside ``target``; it takes the target's place when all went well.

    Left by an exception, or by the closing of a generator, it is removed and the target stays as
    it was.

    Raises:
        SheetError: the folder is missing, full or cannot be written.
    """
    try:
        with whole_file(target) as unfinished:
            yield unfinished
    except OSError as error:
        raise SheetError(sentence_for(Path(target), error)) from error
