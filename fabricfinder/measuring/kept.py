"""A library's own measurement, kept with it, beside the last one by another model."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.evaluation.differences import Change, compare_runs
from fabricfinder.evaluation.report import Report
from fabricfinder.evaluation.saved import evaluation_content, evaluation_of
from fabricfinder.measuring.own_library import (
    RECAPTURED_AGAIN,
    OwnLibrary,
    measure_library,
)
from fabricfinder.measuring.pictures import Steps

KEPT_KEY = "measured"
RESAMPLES = 2000
COMPARED = ("P@1", "the very swatch first", "the very swatch among ten")


class Measurable(Protocol):
    """What is asked of the finder."""

    catalog: Catalog | None

    def load_encoder(self) -> Steps:
        """Load the encoder if that has not happened; returns it."""

    def keep(self, key: str, value: str) -> None:
        """Keep a word with the open library."""

    def kept(self, key: str) -> str:
        """A word kept with the open library, or ""."""


@dataclass(frozen=True, eq=False)
class OwnRun:
    """One measuring of a library.

    Attributes:
        when: local time, with its offset.
        encoder: id of the model that was measured.
        swatches: how many the library held.
        labelled: of those, with a label, by kind ("coarse", "fine").
        by_label: reports by kind.
        recaptured: of her pictures photographed again, or None.
        asked: marks of the swatches that asked, by kind and "recaptured".
    """

    when: datetime
    encoder: str
    swatches: int
    labelled: Mapping[str, int]
    by_label: Mapping[str, Report]
    recaptured: Report | None
    asked: Mapping[str, tuple[str, ...]]

    def reports(self) -> dict[str, Report]:
        """Every report by what it is of."""
        again = {} if self.recaptured is None else {RECAPTURED_AGAIN: self.recaptured}
        return dict(self.by_label) | again


@dataclass(frozen=True, eq=False)
class OwnFigures:
    """What is known of a library: the last run, the last by another model, and what changed.

    Attributes:
        now: the last run.
        before: the last run of another model, or None.
        changes: by what it is of ("coarse", "recaptured"), over the swatches that asked both times.
        kept: whether the run could be kept with the library.
    """

    now: OwnRun
    before: OwnRun | None = None
    changes: tuple[tuple[str, int, Change], ...] = ()
    kept: bool = True


def measure_own(finder: Measurable, **options: int) -> Steps:
    """Measure the open library and keep what was found; returns OwnFigures.

    Args:
        finder: with the library open.
        options: as ``measure_library``.

    Raises:
        FabricFinderError: no library is open, it is empty, or coded by another model.
    """
    encoder: Encoder = yield from finder.load_encoder()
    catalog = finder.catalog
    if catalog is None:
        raise FabricFinderError("Open a library first.")
    if catalog.other_codes and not len(catalog.table):
        raise FabricFinderError(
            "The cloth of this library was looked at by another model. Let it be looked at again first."
        )
    own: OwnLibrary = yield from measure_library(catalog, encoder, **options)
    now = _run(own, encoder.id, len(catalog.table))
    last = _read(finder.kept(KEPT_KEY))
    before = None
    if last is not None:
        before = last.now if last.now.encoder != now.encoder else last.before
    found = OwnFigures(now, before, compared(before, now), kept=not catalog.read_only)
    if found.kept:
        runs = [_content(run) for run in (now, before) if run is not None]
        finder.keep(KEPT_KEY, json.dumps(runs, ensure_ascii=False, allow_nan=False))
    return found


def read_own(finder: Measurable) -> Steps:
    """What was measured of the open library the last time; returns OwnFigures or None."""
    yield Progress("Reading")
    return None if finder.catalog is None else _read(finder.kept(KEPT_KEY))


def compared(before: OwnRun | None, now: OwnRun) -> tuple[tuple[str, int, Change], ...]:
    """What is better or worse, over the swatches that asked both times, Holm over all figures.

    Returns:
        (what it is of, how many swatches, the Change) of each figure of COMPARED.
    """
    pairs: list[tuple[Report, Report]] = []
    if before is not None:
        of_before, of_now = before.reports(), now.reports()
        for kind in sorted(of_now.keys() & of_before.keys()):
            pair = _both(of_before[kind], before.asked[kind], of_now[kind], now.asked[kind], kind)
            pairs += [pair] if len(pair[0].clusters) > 1 else []
    changes, _ = compare_runs(
        [old for old, _ in pairs], [new for _, new in pairs], resamples=RESAMPLES
    )
    counts = {new.protocol: len(new.clusters) for _, new in pairs}
    return tuple((c.protocol, counts[c.protocol], c) for c in changes)


def _both(
    old: Report, old_ids: Sequence[str], new: Report, new_ids: Sequence[str], kind: str
) -> tuple[Report, Report]:
    """Both reports on the swatches they share, in one order and with the same clusters."""
    place = {swatch: i for i, swatch in enumerate(old_ids)}
    rows = [(place[swatch], i) for i, swatch in enumerate(new_ids) if swatch in place]
    first, second = ([pair[side] for pair in rows] for side in (0, 1))
    clusters = tuple(new.clusters[i] for i in second)

    def part(report: Report, chosen: list[int]) -> Report:
        values = {
            name: of_query[chosen]
            for name, of_query in report.per_query.items()
            if name in COMPARED
        }
        return replace(
            report, system="", protocol=kind, per_query=MappingProxyType(values), clusters=clusters
        )

    return part(old, first), part(new, second)


def _run(own: OwnLibrary, encoder: str, swatches: int) -> OwnRun:
    """A measurement as it is kept: ids and articles become short marks."""

    def marked(report: Report) -> Report:
        return replace(report, clusters=tuple(_mark(str(c)) for c in report.clusters))

    by_label = dict(zip(own.kinds, map(marked, own.labels), strict=True))
    asked = {kind: tuple(map(_mark, ids)) for kind, ids in own.asked.items()}
    return OwnRun(
        datetime.now().astimezone(), encoder, swatches, own.labelled, MappingProxyType(by_label),
        None if own.recaptured is None else marked(own.recaptured), MappingProxyType(asked),
    )  # fmt: skip


def _mark(text: str) -> str:
    """Ten hex digits that stand for an id or an article."""
    return hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


def _content(run: OwnRun) -> dict[str, Any]:
    reports = run.reports()
    return {
        "when": run.when.isoformat(timespec="seconds"),
        "swatches": run.swatches,
        "labelled": dict(run.labelled),
        "of": list(reports),
        "asked": {kind: list(marks) for kind, marks in run.asked.items()},
        "measured": evaluation_content(tuple(reports.values()), {"encoder": run.encoder}),
    }


def _read(text: str) -> OwnFigures | None:
    """The runs that were kept; None where there are none, or of another version."""
    try:
        runs = [_restored(row) for row in json.loads(text)] if text else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # a measurement can be made again; nothing of hers is lost
    if not runs:
        return None
    before = runs[1] if len(runs) > 1 else None
    return OwnFigures(runs[0], before, compared(before, runs[0]))


def _restored(row: Mapping[str, Any]) -> OwnRun:
    """Undo ``_content``."""
    saved = evaluation_of(row["measured"])
    reports = dict(zip(row["of"], saved.reports, strict=True))
    recaptured = reports.pop(RECAPTURED_AGAIN, None)
    asked = {kind: tuple(marks) for kind, marks in row["asked"].items()}
    return OwnRun(
        datetime.fromisoformat(row["when"]), saved.made["encoder"], row["swatches"],
        MappingProxyType(dict(row["labelled"])), MappingProxyType(reports), recaptured,
        MappingProxyType(asked),
    )  # fmt: skip
