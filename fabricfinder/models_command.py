"""``fabricfinder models``: every published system, what came of it here, and what it was measured at."""

import argparse
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fabricfinder.domain.errors import EncoderError
from fabricfinder.domain.models import (
    FIGURES_FILE,
    KeyFigure,
    Model,
    Standing,
    list_models,
    standings,
)
from fabricfinder.domain.resources import resource_path
from fabricfinder.domain.systems import find_system

MEGABYTE = 1_000_000
NOWHERE = Standing()  # of a model that nothing was compared of
NOT_MEASURED = "not measured"


def model_name(text: str) -> str:
    """The name of a system (or nothing) on the command line, else a usage error."""
    try:
        return find_system(text).name if text else ""
    except EncoderError as error:
        raise argparse.ArgumentTypeError(str(error).rstrip(".")) from error


def model_or_graph(text: str) -> str:
    """The name of a system or a file that ends in .onnx, else a usage error."""
    return text if text.endswith(".onnx") else model_name(text)


def add_model_choice(command: argparse.ArgumentParser, deed: str, *, graph: bool = False) -> None:
    """Add ``--model`` to a command.

    Args:
        deed: what the model is for, for the help.
        graph: whether a graph of one's own will do too.
    """
    command.add_argument(
        "--model", metavar="NAME|FILE.onnx" if graph else "NAME", default="",
        type=model_or_graph if graph else model_name, help=f"{deed} (see “fabricfinder models”)",
    )  # fmt: skip


def add_models_command(commands: argparse._SubParsersAction) -> None:
    """Add this module's word to the command line."""
    models = commands.add_parser("models", help="list every model, and how well it finds")
    models.set_defaults(command="models")
    models.add_argument("--json", action="store_true", help="one JSON array")
    models.add_argument("--speed", action="store_true",
                        help="also measure how fast each looks at cloth here")  # fmt: skip
    models.add_argument("--take", metavar="FILE.json", nargs="+", default=(),
                        help="add what “evaluate … --save” or “--figures” kept to the table")  # fmt: skip
    models.add_argument("--table", metavar="FILE.json", default="",
                        help="with --take: the table (default: the one that ships)")  # fmt: skip


def models_command(arguments: argparse.Namespace) -> int:
    """List the models, or add figures to their table."""
    if arguments.take:
        from fabricfinder.measuring.key_figures import take_figures

        table = Path(arguments.table) if arguments.table else resource_path(FIGURES_FILE)
        for saved in arguments.take:
            print(f"{take_figures(table, Path(saved))} figures of {saved} kept in {table}.")
        return 0
    models = list_models()
    seconds = _seconds(models) if arguments.speed else {}
    places = standings(models)
    if arguments.json:
        rows = [as_json(m, places.get(m.system.name, NOWHERE), seconds.get(m.system.name)) for m in models]
        print(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        print("\n\n".join(
            as_text(m, places.get(m.system.name, NOWHERE), seconds.get(m.system.name)) for m in models
        ))  # fmt: skip
    return 0


def _seconds(models: tuple[Model, ...]) -> Mapping[str, float]:
    """Seconds a picture of every model that can be used here."""
    from fabricfinder.commands import tell
    from fabricfinder.eyes import named_encoder
    from fabricfinder.measuring.speed import measure_speed
    from fabricfinder.terminal import run

    def loader(name: str) -> Callable[[], Any]:
        return lambda: named_encoder(name, tell)

    here = [model.system.name for model in models if model.shipped]
    return run(measure_speed({name: loader(name) for name in here}))


def as_json(
    model: Model, standing: Standing = NOWHERE, seconds: float | None = None
) -> dict[str, Any]:
    """A model as plain JSON values; what is not known is null."""
    row = {
        "name": model.system.name,
        "title": model.system.title,
        "paper": model.system.reference,
        "year": model.system.year,
        "bits": model.card.n_bits if model.card else None,
        "parameters": model.parameters,
        "checkpoint": str(model.checkpoint) if model.checkpoint else None,
        "shipped": model.shipped,
        "reason": model.reason,
        "encoder": model.card.id if model.card else None,
        "bytes": model.size or None,
        "built_for": model.system.built_for,
        "best_at": list(standing.best),
        "not_clearly_behind_at": list(standing.level),
        "trained_by": model.card.command if model.card else None,
        "measured_by": model.command or None,
        "figures": {
            name: {
                k: None if isinstance(v := getattr(figure, k), float) and math.isnan(v) else v
                for k in ("value", "low", "high", "floor", "n", "protocol")
            }
            for name, figure in model.figures.items()
        },
    }
    return row | ({"seconds_a_picture": seconds} if seconds is not None else {})


def as_text(model: Model, standing: Standing = NOWHERE, seconds: float | None = None) -> str:
    """A model in a few lines."""
    system = model.system
    facts = []
    if model.card is not None and model.parameters is not None:
        facts = [f"{model.card.n_bits} bits", f"{model.parameters / 1e6:.2f} M parameters",
                 f"{model.size / MEGABYTE:.1f} MB"]  # fmt: skip
    if seconds is not None:
        facts.append(f"{1000 * seconds:.0f} ms a picture here")
    head = f"{system.name}: {', '.join(facts) or 'not here'}"
    lines = [head, f"  {system.reference}", f"  {system.built_for}"]
    if model.reason:
        lines.append(f"  Not to be chosen: {model.reason}")
    else:
        lines.append(f"  {figures_text(model.figures)}")
    places = {"best of all": standing.best, "not clearly behind the best": standing.level}
    lines += [f"  Measured {w} at: {', '.join(names)}" for w, names in places.items() if names]
    return "\n".join(lines)


def figures_text(figures: Mapping[str, KeyFigure]) -> str:
    """Figures in one line: ``recall@1 0.312 (0.284–0.339), …``; or that there are none."""
    if not figures:
        return NOT_MEASURED
    return ", ".join(
        f"{name} {f.value:.3g}" + ("" if math.isnan(f.low) else f" ({f.low:.3g}–{f.high:.3g})")
        for name, f in figures.items()
    )


MODELS_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {"models": models_command}
