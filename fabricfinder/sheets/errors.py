"""What can go wrong with a sheet that its reader can mend."""

from fabricfinder.domain.errors import FabricFinderError


class SheetError(FabricFinderError):
    """A sheet that cannot be made or written; the sentence says what to do."""
