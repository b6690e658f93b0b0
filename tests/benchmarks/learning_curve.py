"""Where the next gain lies: an encoder on fabrics it learned from beside fabrics it never saw.

    python tests/benchmarks/learning_curve.py CHECKPOINT --cloth DIR [--log FILE.jsonl ...] [--fabrics N]

Both halves are photographed by the training camera with the same seed. A gap says that more cloth
would help, none that more pictures or a larger network would. ``--log`` prints the validation
curves that training kept.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from fabricfinder.evaluation.report import aligned
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.training.cloth import open_cloth_set
from fabricfinder.training.loop import figures, look, split_rows

SHOWN = ("recall@1", "coarse", "fine", "tightness_error")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--cloth", type=Path, required=True)
    parser.add_argument("--log", type=Path, nargs="*", default=[])
    parser.add_argument("--fabrics", type=int, default=429)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    rows = [["pictures seen", "minutes", *SHOWN]]
    for log in arguments.log:
        rows.append([log.name, "", *[""] * len(SHOWN)])
        for line in log.read_text("utf-8").splitlines():
            kept = json.loads(line)
            rows.append([f"{kept['images']:,}", f"{kept['minutes']:.0f}",
                         *(f"{kept[name]:.3f}" for name in SHOWN)])  # fmt: skip
    print(aligned(rows))
    cloth = open_cloth_set(arguments.cloth)
    split = split_rows(cloth)
    model = load_checkpoint(arguments.checkpoint).model
    rows = [["fabrics", "n", *SHOWN]]
    for name, part in (("learned from", split.training), ("never seen", split.test)):
        chosen = np.random.default_rng(3).permutation(part)[: arguments.fabrics]
        scores = figures(look(model, cloth, np.sort(chosen), 9))
        rows.append([name, str(len(chosen)), *(f"{scores[key]:.3f}" for key in SHOWN)])
    print(aligned(rows))


if __name__ == "__main__":
    main()
