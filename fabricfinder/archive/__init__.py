"""What a person does to her archive; every deed a named step that can be taken back."""

from fabricfinder.archive.deeds import Archive, swatches_text
from fabricfinder.archive.originals import Originals, Relinked, backup_list
from fabricfinder.archive.tables import Column, TableOffer, TableReport, missing_in

__all__ = [
    "Archive", "Column", "Originals", "Relinked", "TableOffer", "TableReport", "backup_list",
    "missing_in", "swatches_text",
]  # fmt: skip
