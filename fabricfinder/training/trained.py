"""``fabricfinder study --trained``: checkpoints trained end to end, side by side on unseen cloth.

Every checkpoint looks at the same two captures of each fabric of the test families and is judged by
its code alone; what it cost stands on its card. Checkpoints of one system, form and length are
seeds of one line.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.encoder_card import EncoderCard
from fabricfinder.domain.hashcode import pack_bits
from fabricfinder.evaluation.code_figures import CodeFigures, evaluate_codes
from fabricfinder.evaluation.report import aligned
from fabricfinder.evaluation.truth import CaptureTruth
from fabricfinder.hashing.base import Batch, HashingMethod
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.training.batches import CAPTURES, exact_similarities, photograph_batch
from fabricfinder.training.cloth import ClothSet, open_cloth_set
from fabricfinder.training.frozen import FrozenSet, truth_of
from fabricfinder.training.loop import look, split_rows

SEED = 41
RESAMPLES = 2000
SHOWN = ("recall@1", "recall@10", "NDCG@50", "skill@50", "mAP same pattern and weave", "P@H≤2")
UNTOLD = ("backbone", "n_coarse", "n_fine")


def line_of(card: EncoderCard) -> str:
    """What makes checkpoints seeds of one line: method, length, and its configuration."""
    rest = {key: value for key, value in card.config.items() if key not in UNTOLD}
    return f"{card.method} {json.dumps(rest, sort_keys=True)}"


def truth_for(cloth: ClothSet, rows: np.ndarray) -> CaptureTruth:
    """Who asks and what lies in the gallery, of fabrics seen twice."""
    nothing = np.empty((len(rows), CAPTURES, 0), np.float32)
    return truth_of(FrozenSet(cloth, rows, nothing, nothing, exact_similarities(cloth, rows)[0]))


def judge_looks(
    model: HashingMethod, cloth: ClothSet, rows: np.ndarray, truth: CaptureTruth, system: str,
    resamples: int, taken: Callable[..., Batch] = photograph_batch,
) -> CodeFigures:  # fmt: skip
    """Both tracks of one network, by Hamming distance of its codes of two pictures a fabric.

    Args:
        taken: takes the pictures, as ``photograph_batch``.
    """
    seen = look(model, cloth, rows, SEED, taken=taken)
    codes = pack_bits(seen["bits"].astype(np.uint8))
    asked, lying = codes[1::CAPTURES], codes[0::CAPTURES]
    return evaluate_codes(asked, lying, truth, system=system, resamples=resamples)


def judge_trained(
    path: Path, cloth: ClothSet, rows: np.ndarray, truth: CaptureTruth
) -> CodeFigures:
    """Both tracks of one checkpoint."""
    model = load_checkpoint(path).model
    return judge_looks(model, cloth, rows, truth, path.stem, RESAMPLES)


def trained_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder study --trained FILE...``; figures are kept in ``--out``."""
    torch.set_num_threads(arguments.threads)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    cloth = open_cloth_set(Path(arguments.cloth))
    rows = split_rows(cloth).test[: arguments.fabrics]
    truth = truth_for(cloth, rows)
    path = out / "trained.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    for file in map(Path, arguments.trained):
        card = load_checkpoint(file).card
        if any(line["id"] == card.id and line["fabrics"] == len(rows) for line in lines):
            continue
        judged = judge_trained(file, cloth, rows, truth)
        figures = {f.name: [f.value, f.low, f.high] for r in judged.reports[:2] for f in r.figures}
        line = {
            "id": card.id, "line": line_of(card), "bits": card.n_bits, "seed": card.seed,
            "fabrics": len(rows), "images": card.images_seen, "minutes": card.minutes,
            "command": card.command, "distinct": judged.health.unique,
            "figures": {name: figures[name] for name in SHOWN},
        }  # fmt: skip
        lines.append(line)
        with path.open("a") as kept:
            kept.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(trained_table(lines))
    return 0


def trained_table(lines: Sequence[dict]) -> str:
    """One line a system: means over seeds, mean intervals, the spread of seeds, and its cost."""
    groups: dict[str, list[dict]] = {}
    for line in lines:
        groups.setdefault(line["line"], []).append(line)
    table = [["", "bits", "seeds", *SHOWN, "codes", "images", "min"]]
    for name, seeds in groups.items():
        cells = []
        for key in SHOWN:
            values = np.array([seed["figures"][key] for seed in seeds])
            value, low, high = values.mean(0)
            spread = f" ±{values[:, 0].std():.3f}" if len(seeds) > 1 else ""
            cells.append(f"{value:.3f} ({low:.3f}-{high:.3f}){spread}")
        table.append([
            name.split(" ")[0], str(seeds[0]["bits"]), str(len(seeds)), *cells,
            f"{np.mean([s['distinct'] for s in seeds]):.2f}",
            f"{np.mean([s['images'] for s in seeds]):,.0f}",
            f"{np.mean([s['minutes'] for s in seeds]):.0f}",
        ])  # fmt: skip
    commands = "\n".join(f"{line['id']}: {line['command']}" for line in lines)
    return f"{aligned(table)}\n\n{commands}"
