"""``fabricfinder train``: draw the cloth if it is missing, train, calibrate, write the files."""

import argparse
import shlex
import shutil
import sys
from pathlib import Path

import torch

from fabricfinder.hashing.base import BackboneConfig
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.methods import HASHING_METHODS
from fabricfinder.synthesis.sampling import MINORS, PRINTS
from fabricfinder.terminal import run
from fabricfinder.training.cloth import open_cloth_set, write_cloth_set
from fabricfinder.training.finish import finish
from fabricfinder.training.loop import Schedule, split_rows, train

SPLIT_SEED = 0
# Prints vary more within a minor than stripes do, so they come round twice as often.
DRAWN_MINORS = (*MINORS, *PRINTS)


def dvsh_config(arguments: argparse.Namespace) -> DVSHConfig:
    """The configuration a command line asks for; the weights beyond the paper are ours."""
    return DVSHConfig(
        backbone=BackboneConfig(width=arguments.width),
        n_bits=arguments.bits,
        form=arguments.form,
        ablation=arguments.ablation,
        # The list loss is a mean per place (about 3.5), a 95th of the paper's sum, so that the heads
        # are heard beside it; the KL weight is brought down with it.
        list_per_item=True,
        lambda_kld=3e-5,
        weight_coarse=1.0,
        weight_fine=1.0,
        weight_tightness=0.5,
        weight_frequency=0.3,
        weight_recapture=1.0,
        label_smoothing=0.05,
    )


def train_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder train``; resumes by itself when ``--out`` holds an unfinished run."""
    out = Path(arguments.out)
    folder = Path(arguments.cloth) if arguments.cloth else out / "cloth"
    if not (folder / "card.json").exists():
        run(write_cloth_set(folder, arguments.fabrics, arguments.seed, DRAWN_MINORS))
    cloth = open_cloth_set(folder)
    rows, held = split_rows(cloth, arguments.validation, SPLIT_SEED)
    schedule = Schedule(steps=arguments.steps, fabrics=arguments.batch, seed=arguments.seed)
    torch.manual_seed(arguments.seed)
    assert HASHING_METHODS[arguments.method] is DVSH
    model = DVSH(dvsh_config(arguments))
    operation = train(model, cloth, rows, held, schedule, out)
    last: dict = {}
    while True:
        try:
            progress = next(operation)
        except StopIteration as stop:
            model = stop.value
            break
        if progress.partial:
            last = progress.partial
            print(last, file=sys.stderr, flush=True)
    made = {
        "command": "fabricfinder train " + shlex.join(sys.argv[2:]),
        "seed": arguments.seed,
        "images_seen": int(last.get("images", 0)),
        "minutes": float(last.get("minutes", 0.0)),
    }
    path = finish(model, cloth, rows, held, out, made, lambda line: print(line, file=sys.stderr))
    print(f"Written: {path} and {path.with_suffix('.onnx')}")
    if arguments.ship:
        for file in (path, path.with_suffix(".onnx"), out / "log.jsonl"):
            name = file.name if file.suffix != ".jsonl" else f"{path.stem}.log.jsonl"
            shutil.copyfile(file, Path(arguments.ship) / name)
    return 0
