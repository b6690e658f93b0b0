"""Writing what a person says of swatches: labels, with who and when."""

from collections.abc import Mapping

from fabricfinder.domain.swatch import Labels
from fabricfinder.library.database import Database, to_stored

LABEL_DIMENSIONS = ("coarse", "fine", "tightness")


def write_labels(database: Database, labels: Mapping[int, Labels], who: str, now: int) -> None:
    """Write what is said for each row number; what is None stays as it was.

    Raises:
        ValueError: a tightness is no percentage from 0 to 100.
    """
    rows = []
    for row, said in labels.items():
        for dimension in LABEL_DIMENSIONS:
            value = getattr(said, dimension)
            if value is None:
                continue
            if dimension == "tightness":
                value = float(value)
                if not 0 <= value <= 100:
                    raise ValueError(f"tightness is a percentage from 0 to 100, not {value}")
            rows.append((row, dimension, value, to_stored(who), now))
    database.write_many("INSERT OR REPLACE INTO label VALUES (?, ?, ?, ?, ?)", rows)
    database.write_many(
        "INSERT OR REPLACE INTO opinion (swatch, dimension, value, who, said_at)"
        " VALUES (?, ?, ?, ?, ?)",
        rows,
    )

