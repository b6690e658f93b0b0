"""The outcome of an evaluation: figures with n, floor and interval, as JSON and as a table."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from fabricfinder.evaluation.intervals import Interval

VERSION = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number and what is needed to believe it.

    Attributes:
        name: what was measured ("P@1").
        value: the estimate.
        n: queries it is a mean over.
        floor: what a random ranking is expected to score; nan where that has no meaning.
        low, high: 95 % interval; nan where there are fewer than two clusters.
        excluded: queries left out because nothing in the gallery was relevant to them.
        group: the label or class it is restricted to, or "" for all queries.
    """

    name: str
    value: float
    n: int
    floor: float
    low: float
    high: float
    excluded: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class BitsPoint:
    """NDCG@50 of one system at one code length, with its interval (nan = none)."""

    bits: int
    value: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True, eq=False)
class Report:
    """One system under one protocol.

    Attributes:
        system: what was evaluated ("HSV histogram", "weights 1,1,0,0").
        protocol: how ("garment-patterns, leave one out").
        figures: over all queries.
        breakdown: the same by label or class.
        notes: sentences a reader must know (what was left out and why).
        per_query: values of each query, nan where excluded; for paired comparison, not in JSON.
        clusters: the cluster of each query.
    """

    system: str
    protocol: str
    figures: tuple[Figure, ...]
    breakdown: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()
    per_query: Mapping[str, np.ndarray] = field(default_factory=lambda: MappingProxyType({}))
    clusters: tuple[object, ...] = ()

    def figure(self, name: str, group: str = "") -> Figure:
        """The figure of that name and group; raises KeyError when it was not measured."""
        for figure in (*self.figures, *self.breakdown):
            if (figure.name, figure.group) == (name, group):
                return figure
        raise KeyError(f"{name} {group}".strip())

    def to_json(self) -> str:
        """One JSON object on one line; unknown numbers are null."""
        content = {
            "version": VERSION,
            "system": self.system,
            "protocol": self.protocol,
            "figures": [_figure_fields(f) for f in self.figures],
            "breakdown": [_figure_fields(f) for f in self.breakdown],
            "notes": list(self.notes),
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False)

    @staticmethod
    def from_json(text: str) -> "Report":
        """Read ``to_json`` back, without the values of each query.

        Raises:
            ValueError: not such a report, or of another version.
        """
        try:
            content = json.loads(text)
            if content["version"] != VERSION:
                raise ValueError(f"report version {content['version']}, not {VERSION}")
            return Report(
                content["system"],
                content["protocol"],
                tuple(_figure_of(row) for row in content["figures"]),
                tuple(_figure_of(row) for row in content["breakdown"]),
                tuple(content["notes"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an evaluation report ({error!r})") from error

    def as_text(self) -> str:
        """Aligned text: title, figures, figures by group, notes."""
        parts = [f"{self.system} · {self.protocol}"]
        if self.figures:
            parts.append(_figure_table(self.figures))
        if self.breakdown:
            parts.append(_group_table(self.breakdown))
        return "\n".join([*parts, *self.notes])


def side_by_side(reports: Sequence[Report]) -> str:
    """Systems under one protocol as aligned text: one row a system, the random floor first.

    Raises:
        ValueError: no report, or reports of different protocols.
    """
    if len({report.protocol for report in reports}) != 1:
        raise ValueError("only reports of one protocol lie side by side")
    names = list(dict.fromkeys(f.name for report in reports for f in report.figures))
    first = {f.name: f for f in reversed([f for r in reports for f in r.figures])}
    rows = [["", *names], ["random", *(_number(first[name].floor) for name in names)]]
    for report in reports:
        measured = {f.name: f for f in report.figures}
        rows.append([report.system, *(_cell(measured.get(name)) for name in names)])
    return f"{reports[0].protocol}\n{aligned(rows)}"


def figure_from(
    name: str, interval: Interval, values: np.ndarray, floor: float, group: str = ""
) -> Figure:
    """A figure of per-query values (n,), nan = excluded, with its interval and floor."""
    excluded = int(np.count_nonzero(np.isnan(values)))
    return Figure(
        name, interval.value, len(values) - excluded, floor, interval.low, interval.high,
        excluded, group,
    )  # fmt: skip


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as text: first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _figure_table(figures: Sequence[Figure]) -> str:
    rows = [["", "value", "95 % interval", "random", "n", "left out"]]
    for f in figures:
        rows.append([
            f.name, _number(f.value), _range(f), _number(f.floor), f"{f.n:,}", f"{f.excluded:,}"
        ])  # fmt: skip
    return aligned(rows)


def _group_table(figures: Sequence[Figure]) -> str:
    names = list(dict.fromkeys(f.name for f in figures))
    cells = {(f.group, f.name): f for f in figures}
    rows = [["", "n", *names]]
    for group in dict.fromkeys(f.group for f in figures):
        held = [cells.get((group, name)) for name in names]
        n = max(f.n for f in held if f is not None)
        rows.append([group, f"{n:,}", *(_cell(f) for f in held)])
    return aligned(rows)


def _cell(figure: Figure | None) -> str:
    """A figure in one table cell: its value and interval."""
    if figure is None:
        return "–"
    return f"{_number(figure.value)} ({_range(figure)})"


def _range(figure: Figure) -> str:
    if math.isnan(figure.low):
        return "–"
    return f"{figure.low:.3f}–{figure.high:.3f}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _figure_fields(figure: Figure) -> dict[str, Any]:
    """A figure's fields in a fixed order, nan as None."""
    fields = {name: getattr(figure, name) for name in Figure.__slots__}
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in fields.items()
    }


def _figure_of(row: Mapping[str, Any]) -> Figure:
    """Undo ``_figure_fields``."""
    measured = {
        name: float("nan") if row[name] is None else float(row[name])
        for name in ("value", "floor", "low", "high")
    }
    return Figure(
        name=row["name"], n=row["n"], excluded=row["excluded"], group=row["group"], **measured
    )
