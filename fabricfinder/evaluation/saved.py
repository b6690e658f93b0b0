"""Evaluations kept in a file, with the value of every query, so that two runs can be compared."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.evaluation.report import Report

FORMAT = "fabricfinder-evaluation"
VERSION = 1
_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class SavedEvaluation:
    """What one run measured.

    Attributes:
        made: how it came to be, plain text by name (``encoder``, ``command``).
        reports: with per-query values, unless they were saved without.
        drawn: what plots are drawn from besides, one object of plain JSON values a question.
    """

    made: Mapping[str, str]
    reports: tuple[Report, ...]
    drawn: tuple[Mapping[str, Any], ...] = ()


def evaluation_content(
    reports: Sequence[Report], made: Mapping[str, str], drawn: Sequence[Mapping[str, Any]] = (),
    *, queries: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """An evaluation as JSON values; without ``queries`` it is small, but cannot be compared."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": dict(made),
        "reports": [_content(report, queries) for report in reports],
        "drawn": [dict(one) for one in drawn],
    }


def save_evaluation(
    path: Path, reports: Sequence[Report], made: Mapping[str, str],
    drawn: Sequence[Mapping[str, Any]] = (), *, queries: bool = True,
) -> None:  # fmt: skip
    """Write an evaluation to a JSON file.

    Raises:
        FabricFinderError: it cannot be written.
    """
    content = evaluation_content(reports, made, drawn, queries=queries)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    try:
        path.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error


def load_evaluation(path: Path) -> SavedEvaluation:
    """Read what ``save_evaluation`` wrote.

    Raises:
        FabricFinderError: missing, of another kind, or of a newer program.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] == FORMAT and content["version"] != VERSION:
            raise FabricFinderError(f"{path} was saved by another version; evaluate again.")
        return evaluation_of(content)
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FabricFinderError(
            f"{path} is no evaluation; save one with “fabricfinder evaluate … --save {path.name}”."
        ) from error


def evaluation_of(content: Mapping[str, Any]) -> SavedEvaluation:
    """Undo ``evaluation_content``.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: not such a content.
    """
    if content["format"] != FORMAT or content["version"] != VERSION:
        raise ValueError("not an evaluation of this version")
    reports = tuple(_report(row) for row in content["reports"])
    made = MappingProxyType(dict(content["made"]))
    return SavedEvaluation(made, reports, tuple(content.get("drawn", ())))


def _content(report: Report, queries: bool) -> dict:
    """A report as JSON values, with its queries where they are wanted."""
    if not queries:
        return json.loads(report.to_json()) | {"per_query": {}, "clusters": []}
    values = {
        name: [None if math.isnan(v) else round(float(v), _DECIMALS) for v in of_query]
        for name, of_query in report.per_query.items()
    }
    clusters = [str(cluster) for cluster in report.clusters]
    return json.loads(report.to_json()) | {"per_query": values, "clusters": clusters}


def _report(row: dict) -> Report:
    """Undo ``_content``."""
    values = {
        name: np.array([np.nan if v is None else v for v in of_query], np.float64)
        for name, of_query in row["per_query"].items()
    }
    bare = Report.from_json(json.dumps(row))
    return replace(bare, per_query=MappingProxyType(values), clusters=tuple(row["clusters"]))
