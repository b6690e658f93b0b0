"""The square of cloth a picture shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A square of cloth: top-left corner in cm and the pixels laid over it."""

    x_cm: float
    y_cm: float
    px: int
    px_per_cm: float

    @property
    def side_cm(self) -> float:
        """Side of the square in cm."""
        return self.px / self.px_per_cm
