"""The models that came with the program: what each checkpoint says of itself, read without torch."""

import json
import math
import os
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fabricfinder.domain.encoder_card import EncoderCard, card_from_json
from fabricfinder.domain.errors import EncoderError, FabricFinderError
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.systems import SYSTEMS, System, find_system

CHECKPOINT, GRAPH = ".safetensors", ".onnx"
# The standard edition, which has no torch, carries only what a checkpoint says of itself.
HEADER = ".header"
FIGURES_FILE = "models.json"
FIGURES_FORMAT = "fabricfinder-models"
FIGURES_VERSION = 1
MOST_HEADER_BYTES = 10_000_000
WEIGHTS = "model."
# What batch normalisation counts along the way, and the W that DSDH solves for beside its training:
# no gradient ever reaches them.
COUNTED = ("running_mean", "running_var", "num_batches_tracked", "bank.weights")
FLOATS = ("F", "BF")  # whole numbers, such as a system's fixed codes, are nobody's weights
# The figures that models are compared by; of each more is better.
SHOWN = ("recall@1", "design@1", "skill@50", "photos P@1", "pattern", "weave seen")
UNTRAINED = "It has not been trained for this program yet."


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of a model that is shown beside those of the others.

    Attributes:
        value: what was measured; low, high: its 95 % interval; floor: by chance. NaN = unknown.
        n: how many were asked.
        protocol: what was asked of what, in words.
    """

    value: float
    low: float
    high: float
    floor: float
    n: int
    protocol: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a model stands among those that can be used here, by what was measured.

    Attributes:
        best: names of figures in which none is better.
        level: in which its interval reaches that of the best.
        behind: in which another is clearly better.
    """

    best: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A system and what came of it with this program.

    Attributes:
        system: the published system.
        card: of its checkpoint; None where none came, or none that can be used.
        parameters: trained numbers in it; None where there is no checkpoint.
        checkpoint, graph: its files, or None; of the checkpoint it may be the header alone.
        reason: why it cannot be used here; "" where it can.
        figures: what it was measured at, by name; empty = not measured.
        command: how it was measured, or "".
    """

    system: System
    card: EncoderCard | None = None
    parameters: int | None = None
    checkpoint: Path | None = None
    graph: Path | None = None
    reason: str = ""
    figures: Mapping[str, KeyFigure] = field(default_factory=lambda: MappingProxyType({}))
    command: str = ""

    @property
    def shipped(self) -> bool:
        """Whether it can be used here."""
        return self.card is not None and not self.reason

    @property
    def size(self) -> int:
        """Bytes of the graph, the file that looks at cloth; 0 where there is none."""
        return self.graph.stat().st_size if self.graph is not None else 0

    def made(self, encoder_id: str) -> bool:
        """Whether an encoder's codes are this model's."""
        return self.card is not None and encoder_id.partition("/")[0] == self.card.id


def own_graph() -> str:
    """The graph that ``FABRICFINDER_MODEL`` names, used instead of every model; "" = none."""
    return os.environ.get("FABRICFINDER_MODEL", "")


def list_models(folder: Path | None = None) -> tuple[Model, ...]:
    """Every system in its order, each with what came of it.

    Args:
        folder: where checkpoints, graphs and ``models.json`` lie; ``resources`` by default.
    """
    folder = folder or resource_path("")
    measured = _read_figures(folder / FIGURES_FILE)
    return tuple(_model(system, folder, measured) for system in SYSTEMS)


def find_model(name: str, folder: Path | None = None) -> Model:
    """The model of a system that can be used here.

    Raises:
        EncoderError: there is no such system, or it did not come with this program.
    """
    find_system(name)
    models = list_models(folder)
    model = next(model for model in models if model.system.name == name)
    if not model.shipped:
        here = ", ".join(m.system.name for m in models if m.shipped) or "none"
        raise EncoderError(
            f"The model “{name}” did not come with this program. {model.reason} Here: {here}."
        )
    return model


def _model(system: System, folder: Path, measured: Mapping[str, Any]) -> Model:
    """What lies in a folder of a system; its longest code where there are several."""
    name = re.compile(rf"{re.escape(system.name)}-(\d+){re.escape(CHECKPOINT)}({HEADER})?")
    files = sorted(folder.glob(f"{system.name}-*"), reverse=True)  # the whole after its header
    found = {int(m[1]): file for file in files if (m := name.fullmatch(file.name))}
    if not found:
        return Model(system, reason=system.unshipped or UNTRAINED)
    path = found[max(found)]
    try:
        card, parameters = read_checkpoint(path)
    except EncoderError as error:
        return Model(system, checkpoint=path, reason=str(error))
    graph = folder / f"{path.name.partition(CHECKPOINT)[0]}{GRAPH}"
    reason = ""
    if card.method != system.name:
        reason = f"{path.name} holds a model of “{card.method}”."
    elif not graph.is_file():
        reason = f"The file {graph.name} is missing; install the program again."
    told = measured.get(card.id, {})
    return Model(
        system, card, parameters, path, graph if graph.is_file() else None, reason,
        MappingProxyType({k: _figure(row) for k, row in told.get("figures", {}).items()}),
        told.get("command", ""),
    )  # fmt: skip


def header_of(path: Path) -> bytes:
    """The first bytes of a checkpoint, all that ``read_checkpoint`` reads.

    Raises:
        OSError, struct.error, ValueError: it cannot be read, or is no checkpoint.
    """
    with path.open("rb") as file:
        length = file.read(8)
        if struct.unpack("<Q", length)[0] > MOST_HEADER_BYTES:
            raise ValueError("no header of this size")
        return length + file.read(*struct.unpack("<Q", length))


def read_checkpoint(path: Path) -> tuple[EncoderCard, int]:
    """The card of a checkpoint and how many numbers in it were trained; its weights stay unread.

    A safetensors file begins with the length of its header, little-endian in eight bytes, and the
    header, a JSON object of tensors by name.

    Raises:
        EncoderError: missing, damaged, of another program, or from a newer version.
    """
    try:
        header = json.loads(header_of(path)[8:])
        told = header.pop("__metadata__", {}).get("card")
        trained = sum(
            math.prod(tensor["shape"])
            for name, tensor in header.items()
            if name.startswith(WEIGHTS) and not name.endswith(COUNTED)
            and tensor["dtype"].startswith(FLOATS)
        )
    except FileNotFoundError as error:
        raise EncoderError(f"There is no encoder at {path}.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise EncoderError(f"{path.name} is damaged or is not an encoder.") from error
    return card_from_json(told, path.name), trained


# What each was measured at -----------------------------------------------------------------------


def _figure(row: Mapping[str, Any]) -> KeyFigure:
    numbers = {k: math.nan if row[k] is None else float(row[k])
               for k in ("value", "low", "high", "floor")}  # fmt: skip
    return KeyFigure(n=int(row["n"]), protocol=str(row["protocol"]), **numbers)


def _read_figures(path: Path) -> Mapping[str, Any]:
    """Rows by the id of a card; a table that is missing or cannot be read says nothing."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if (content["format"], content["version"]) != (FIGURES_FORMAT, FIGURES_VERSION):
            return {}
        rows = dict(content["models"])
        for row in rows.values():
            for figure in row["figures"].values():
                _figure(figure)
        return rows
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def standings(models: Iterable[Model], names: Sequence[str] = SHOWN) -> dict[str, Standing]:
    """Where each model stands, by the name of its system; a figure of one alone says nothing.

    Args:
        names: figures of which more is better.
    """
    here = {model.system.name: model.figures for model in models if model.shipped}
    places: dict[str, dict[str, list[str]]] = {system: {} for system in here}
    for name in names:
        known = {system: figures[name] for system, figures in here.items() if name in figures}
        if len(known) < 2:
            continue
        top = max(known.values(), key=lambda figure: figure.value)
        least = top.value if math.isnan(top.low) else top.low
        for system, figure in known.items():
            reaches = (figure.value if math.isnan(figure.high) else figure.high) >= least
            place = "best" if figure.value >= top.value else "level" if reaches else "behind"
            places[system].setdefault(place, []).append(name)
    return {
        system: Standing(**{place: tuple(named) for place, named in found.items()})
        for system, found in places.items()
    }


def keep_figures(
    path: Path, encoder_id: str, figures: Mapping[str, KeyFigure], command: str
) -> None:
    """Add what a model was measured at to the table, beside what is known of it and of others.

    Args:
        path: the table; made where it is missing.
        encoder_id: of the encoder that was measured.
        figures: by name; those of the same name are replaced.
        command: how they were measured.

    Raises:
        FabricFinderError: it cannot be written.
    """
    rows = dict(_read_figures(path))
    card = encoder_id.partition("/")[0]
    before = rows.get(card, {"figures": {}, "command": ""})
    told = [line for line in (before["command"], command) if line]
    rows[card] = {
        "command": " && ".join(dict.fromkeys(told)),
        "figures": before["figures"] | {name: _row(figure) for name, figure in figures.items()},
    }
    models = dict(sorted(rows.items()))
    content = {"format": FIGURES_FORMAT, "version": FIGURES_VERSION, "models": models}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
    try:
        path.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror}).") from error


def _row(figure: KeyFigure) -> dict[str, Any]:
    numbers = {k: getattr(figure, k) for k in ("value", "low", "high", "floor")}
    rounded = {k: None if math.isnan(v) else round(v, 4) for k, v in numbers.items()}
    return rounded | {"n": figure.n, "protocol": figure.protocol}
