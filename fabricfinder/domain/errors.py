"""The two kinds of failure: one the designer can mend (with a sentence), everything else is a bug."""


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
