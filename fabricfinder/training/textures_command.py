"""``fabricfinder textures``: texture-synthesis hashing by its own protocol, line by line.

What each line scored is kept in ``OUT/lines.jsonl`` as soon as it is there, so that a study can be
stopped and gone on with.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.grown import GROWTH_CHECKPOINT
from fabricfinder.domain.resources import resource_path
from fabricfinder.evaluation.intervals import cluster_bootstrap
from fabricfinder.evaluation.report import aligned
from fabricfinder.hashing.growth_file import load_growth
from fabricfinder.terminal import run
from fabricfinder.training.textures import (
    ARMS,
    TextureArm,
    TextureBudget,
    Textures,
    fit_textures,
    judge_textures,
    read_textures,
)

RESAMPLES = 2000


def textures_command(arguments: argparse.Namespace) -> int:
    """Run the protocol; lines that are already in ``--out`` are not run again."""
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    kept = out / "lines.jsonl"
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    textures: Textures = run(read_textures(Path(arguments.photos), arguments.rendered))
    generator = load_growth(
        Path(arguments.generator) if arguments.generator else resource_path(GROWTH_CHECKPOINT)
    ).generator
    budget = TextureBudget(steps=arguments.steps)
    done = {line["name"] for line in lines}
    for arm in (a for a in ARMS if a.name not in done):
        if arguments.only and arm.name not in arguments.only:
            continue
        began, judged = time.process_time(), []
        for seed in range(1, arguments.seeds + 1):
            model = run(fit_textures(arm, textures, generator, budget, seed))
            judged.append(run(judge_textures(model, textures, budget)))
        line = line_of(arm, textures, judged, budget)
        line["cpu_minutes"] = round((time.process_time() - began) / 60, 1)
        lines.append(line)
        with kept.open("a") as file:
            file.write(json.dumps(line) + "\n")
    print(f"Stand-in for VisTex, STex and ALOT: {int((~textures.rendered).sum())} photographs and "
          f"{int(textures.rendered.sum())} rendered swatches, each its own class.")  # fmt: skip
    print(table(lines))
    return 0


def line_of(
    arm: TextureArm, textures: Textures, judged: list, budget: TextureBudget
) -> dict[str, object]:
    """One line as it is kept: MAP at 500 with its interval over pictures, of all and of each kind."""
    precision = np.mean([values for values, _ in judged], 0)
    rows = judged[0][1]
    line: dict[str, object] = {
        "name": arm.name, "bits": arm.n_bits, "seeds": len(judged),
        "images_seen": budget.steps * budget.pictures * 2,
        "classes": len(textures.pictures), "claim": arm.claim,
    }  # fmt: skip
    kinds = {"all": np.ones(len(rows), bool), "photographs": ~textures.rendered[rows],
             "rendered": textures.rendered[rows]}  # fmt: skip
    for kind, chosen in kinds.items():
        if chosen.any():
            interval = cluster_bootstrap(precision[chosen], rows[chosen], resamples=RESAMPLES)
            mean = float(precision[chosen].mean())
            line[kind] = [round(float(v), 4) for v in (mean, interval.low, interval.high)]
    line["sd_over_seeds"] = round(float(np.std([values.mean() for values, _ in judged])), 4)
    return line


def table(lines: list[dict]) -> str:
    """All lines, with what the paper claims beside them."""
    rows = [["MAP@500", "bits", "all", "photographs", "rendered", "patches seen",
             "paper: STex VisTex ALOT"]]  # fmt: skip
    for line in lines:
        cells = [line.get(kind) for kind in ("all", "photographs", "rendered")]
        shown = ["" if c is None else f"{c[0]:.3f} ({c[1]:.3f}-{c[2]:.3f})" for c in cells]
        rows.append([str(line["name"]), str(line["bits"]), *shown, f"{line['images_seen']:,}",
                     str(line["claim"])])  # fmt: skip
    return aligned(rows)
