"""Labelled pictures to evaluate on: what is in a folder's ``labels.csv``, and no pixels."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """Pictures with one label each, for the leave-one-out protocol on real photographs.

    Attributes:
        name: of the set, as printed.
        paths: absolute paths, n of them.
        labels: n labels.
        groups: n names of near-duplicate groups; a picture of no group is alone in its own.
        unlabelled: rows of the file left out because they carry no label.

    Raises:
        ValueError: the three differ in length.
    """

    name: str
    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    unlabelled: int = 0

    def __post_init__(self) -> None:
        if not len(self.paths) == len(self.labels) == len(self.groups):
            raise ValueError("paths, labels and groups must be as many")

    def __len__(self) -> int:
        return len(self.paths)

    @cached_property
    def group_codes(self) -> np.ndarray:
        """An integer for each picture, equal within a near-duplicate group, int64 (n,)."""
        return _codes(self.groups)

    @cached_property
    def label_codes(self) -> np.ndarray:
        """An integer for each picture, equal for equal labels, int64 (n,)."""
        return _codes(self.labels)


@dataclass(frozen=True, eq=False)
class RecaptureSet:
    """Captures of known fabrics, some of them queries: benchmark recipe, track T1.

    Attributes:
        name: of the set, as printed.
        gallery: paths of the searched captures, n of them, with ``gallery_fabrics``.
        queries: paths of the new captures, q of them, with ``query_fabrics`` and the classes
            ``minors`` and ``fines`` of their cloth ("" = unknown).

    Raises:
        ValueError: the columns differ in length.
    """

    name: str
    gallery: tuple[Path, ...]
    gallery_fabrics: tuple[str, ...]
    queries: tuple[Path, ...]
    query_fabrics: tuple[str, ...]
    minors: tuple[str, ...]
    fines: tuple[str, ...]

    def __post_init__(self) -> None:
        columns = (self.query_fabrics, self.minors, self.fines)
        if len(self.gallery) != len(self.gallery_fabrics):
            raise ValueError("every gallery capture needs its fabric")
        if any(len(column) != len(self.queries) for column in columns):
            raise ValueError("every query needs its fabric and classes")

    def __len__(self) -> int:
        return len(self.queries)


def read_labelled(folder: Path) -> LabelledSet:
    """Read ``labels.csv`` of a folder of pictures: path, label and perhaps near_duplicate_group.

    Raises:
        FabricFinderError: no such file, a column or a picture is missing, or fewer than two
            labels are used.
    """
    rows = _read_rows(folder, ("path", "label"))
    used = [(number, row) for number, row in enumerate(rows) if row["label"]]
    if len({row["label"] for _, row in used}) < 2:
        raise FabricFinderError(f"{folder / 'labels.csv'} needs at least two different labels.")
    return LabelledSet(
        name=folder.name,
        paths=_existing(folder, [row["path"] for _, row in used]),
        labels=tuple(row["label"] for _, row in used),
        groups=tuple(
            row.get("near_duplicate_group") or f"row {number} alone" for number, row in used
        ),
        unlabelled=len(rows) - len(used),
    )


def read_recaptures(folder: Path) -> RecaptureSet:
    """Read ``labels.csv`` of rendered captures: path, fabric, capture, coarse_minor and fine.

    A column ``role`` with the words query and gallery decides who asks. Without it, the capture of
    the highest number of each fabric that has at least two is its query, all others are searched.

    Raises:
        FabricFinderError: no such file, a column or a picture is missing, a role is unknown, or
            there is no query or no gallery.
    """
    rows = _read_rows(folder, ("path", "fabric", "capture", "coarse_minor", "fine"))
    roles = [row["role"].casefold() for row in rows] if "role" in rows[0] else _last_asks(rows)
    unknown = sorted(set(roles) - {"query", "gallery"})
    if unknown:
        raise FabricFinderError(f"“{unknown[0]}” is no role; use query or gallery.")
    queries = [row for row, role in zip(rows, roles, strict=True) if role == "query"]
    gallery = [row for row, role in zip(rows, roles, strict=True) if role == "gallery"]
    if not queries or not gallery:
        raise FabricFinderError(
            f"{folder / 'labels.csv'} needs fabrics that were captured at least twice."
        )
    return RecaptureSet(
        name=folder.name,
        gallery=_existing(folder, [row["path"] for row in gallery]),
        gallery_fabrics=tuple(row["fabric"] for row in gallery),
        queries=_existing(folder, [row["path"] for row in queries]),
        query_fabrics=tuple(row["fabric"] for row in queries),
        minors=tuple(row["coarse_minor"] for row in queries),
        fines=tuple(row["fine"] for row in queries),
    )


def _last_asks(rows: Sequence[dict[str, str]]) -> list[str]:
    """The role of each row by capture number."""
    try:
        numbers = [int(row["capture"]) for row in rows]
    except ValueError as error:
        raise FabricFinderError("The column capture must hold whole numbers.") from error
    captures = Counter(row["fabric"] for row in rows)
    last: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row["fabric"] not in last or numbers[i] > numbers[last[row["fabric"]]]:
            last[row["fabric"]] = i
    return [
        "query" if captures[row["fabric"]] > 1 and last[row["fabric"]] == i else "gallery"
        for i, row in enumerate(rows)
    ]


def _read_rows(folder: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of ``labels.csv``, every cell stripped and a string."""
    path = folder / "labels.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            rows = [{k: v.strip() for k, v in row.items() if k is not None} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FabricFinderError(f"{path} cannot be read ({error}).") from error
    if missing:
        raise FabricFinderError(f"{path} has no column {' or '.join(missing)}.")
    if not rows:
        raise FabricFinderError(f"{path} has no rows.")
    return rows


def _existing(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """Absolute paths of the named pictures; raises FabricFinderError when some are missing."""
    paths = tuple((folder / name).absolute() for name in names)
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise FabricFinderError(
            f"{len(missing)} of {len(paths)} pictures named in labels.csv are missing, "
            f"the first is {missing[0]}."
        )
    return paths


def _codes(names: Sequence[str]) -> np.ndarray:
    """Integers, equal for equal names, in order of first appearance."""
    index: dict[str, int] = {}
    return np.array([index.setdefault(name, len(index)) for name in names], np.int64)
