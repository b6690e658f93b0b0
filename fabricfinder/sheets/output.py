"""Where a sheet goes, and in which format."""

from dataclasses import dataclass
from pathlib import Path

from fabricfinder.sheets.csv_sheet import STANDARD, Dialect
from fabricfinder.sheets.errors import SheetError

SUFFIXES = (".pdf", ".html", ".xlsx", ".csv", ".png")


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written.

    Attributes:
        path: its ending says the format, one of SUFFIXES.
        archival: PDF/A-1b instead of plain PDF.
        dialect: separators of a CSV.

    Raises:
        SheetError: no such format.
    """

    path: Path
    archival: bool = False
    dialect: Dialect = STANDARD

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in SUFFIXES:
            raise SheetError(
                f"“{self.path.name}”: a sheet’s name ends in .pdf, .html, .xlsx, .csv or .png."
            )

    @property
    def kind(self) -> str:
        """The ending without its dot."""
        return self.path.suffix.lower().removeprefix(".")

    def require_folder(self) -> None:
        """Raises SheetError when there is no folder to write to: better before the work."""
        if not self.path.parent.is_dir():
            raise SheetError(f"There is no folder {self.path.parent} to write the sheet to.")
        if self.path.is_dir():
            raise SheetError(f"{self.path} is a folder. Choose another name for the sheet.")
