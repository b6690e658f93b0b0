"""The two kinds of failure: one the designer can mend (with a sentence), everything else is a bug."""

import errno

from fabricfinder.domain.resources import is_bundle

CRASH_SENTENCE = "fabricfinder closed unexpectedly last time; nothing was lost."
FULL = (errno.ENOSPC, errno.EDQUOT)
BARRED = (errno.EACCES, errno.EPERM, errno.EROFS)


class FabricFinderError(Exception):
    """Something the user can understand and act on; ``str(error)`` is the sentence she reads.

    Anything else that escapes an operation is a bug and keeps its traceback.
    """


class UnreadableImageError(FabricFinderError):
    """A file that is no picture we can read; the sentence says why."""


class LibraryError(FabricFinderError):
    """A library that cannot be opened, read or written; the sentence says what to do.

    Attributes:
        can_read: whether opening it to read only would work.
    """

    can_read = False


class EncoderError(FabricFinderError):
    """A checkpoint or graph that cannot be used: corrupt, foreign, newer or mismatched."""


class QueryError(FabricFinderError):
    """A query that cannot be answered: too small, nothing in it, or made by another encoder."""


def sentence_of(error: BaseException) -> str:
    """What she reads of a failure: a sentence where she can mend it, "" where it is a bug.

    A disk that is full, and a place where nothing may be written, are nobody's bug, whichever
    operation met them first.
    """
    if isinstance(error, FabricFinderError):
        return str(error)
    if not isinstance(error, OSError):
        return ""
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    if error.errno in FULL:
        return f"The disk is full{where}. Make room and try again; nothing was lost."
    if error.errno in BARRED:
        return f"The system does not let fabricfinder write or read there{where}."
    return ""


class NoTorchError(FabricFinderError):
    """Training was asked for where torch is not."""

    def __init__(self) -> None:
        super().__init__(
            "Training needs the studio edition of fabricfinder; this is the standard edition."
            if is_bundle()
            else "Training needs torch; install the extra: pip install 'fabricfinder[train]'."
        )
