"""Why a library cannot be opened or written, in kinds the window can answer with a button."""

from pathlib import Path

from fabricfinder.domain.errors import LibraryError


class LibraryInUseError(LibraryError):
    """Another window is writing to this library; it can be opened to read only.

    Attributes:
        holder: who has it, "Ana on STUDIO-2 since 09:12", or "" when that cannot be told.
    """

    can_read = True

    def __init__(self, sentence: str, holder: str = "") -> None:
        super().__init__(sentence)
        self.holder = holder


class LibraryReadOnlyError(LibraryError):
    """The library or its folder cannot be written; it can be opened to read only."""

    can_read = True


class LibraryNewerError(LibraryError):
    """The library was written by a newer program than this one."""


class LibraryDamagedError(LibraryError):
    """The library's file is not readable any more.

    Attributes:
        backup: the newest backup lying beside it, or None.
    """

    def __init__(self, sentence: str, backup: Path | None = None) -> None:
        super().__init__(sentence)
        self.backup = backup
