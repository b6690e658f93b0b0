"""What the designer owns: her swatches, labels and codes. The only room with SQL."""

from fabricfinder.library.errors import (
    LibraryDamagedError,
    LibraryInUseError,
    LibraryNewerError,
    LibraryReadOnlyError,
)
from fabricfinder.library.library import Library
from fabricfinder.library.places import Surroundings
from fabricfinder.library.shelf import NewSwatch

__all__ = [
    "Library",
    "LibraryDamagedError",
    "LibraryInUseError",
    "LibraryNewerError",
    "LibraryReadOnlyError",
    "NewSwatch",
    "Surroundings",
]
