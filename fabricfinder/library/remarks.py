"""Writing what a person says of swatches: labels with who and when, and trade fields."""

import math
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


def write_fields(database: Database, fields: Mapping[int, Mapping[str, str | float]]) -> None:
    """Write trade fields for each row number; other fields stay, an empty text removes one.

    Raises:
        ValueError: a number is nan.
    """
    kept, dropped = [], []
    for row, values in fields.items():
        for name, value in values.items():
            if isinstance(value, str):
                if value:
                    kept.append((row, name, to_stored(value)))
                else:
                    dropped.append((row, name))
            elif math.isnan(value):
                raise ValueError(f"{name} is not a number; leave out what is unknown")
            else:
                kept.append((row, name, float(value)))
    database.write_many("INSERT OR REPLACE INTO field VALUES (?, ?, ?)", kept)
    database.write_many("DELETE FROM field WHERE swatch = ? AND name = ?", dropped)
