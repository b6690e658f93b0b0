"""What a person does to her archive; every deed a named step that can be taken back."""

from fabricfinder.archive.deeds import Archive, swatches_text
from fabricfinder.archive.originals import Originals, Relinked

__all__ = ["Archive", "Originals", "Relinked", "swatches_text"]
