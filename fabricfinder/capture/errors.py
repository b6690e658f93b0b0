"""What can go wrong between the cloth and the file, each with the sentence the designer reads."""

from fabricfinder.domain.errors import FabricFinderError


class CaptureError(FabricFinderError):
    """A picture could not be taken; the sentence says what to do."""


class ScannerError(CaptureError):
    """A scanner that is missing, busy, jammed, open, empty or broken.

    Attributes:
        kind: what happened, one of ``WORDS`` in ``capture.scanner``: "jammed", "empty", …
    """

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


class CameraError(CaptureError):
    """A camera that does not answer, sends no picture or stopped sending."""
